"""`source: FILE` of a workload's file: what is in that file beside the site file, in the place of its name."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mecctl.model.file import MAX_BYTES

if TYPE_CHECKING:
    from pathlib import Path

    from mecctl.document import Document, Place
    from mecctl.errors import Problem

_FIX = "a text file in UTF-8, relative to the site's folder"


@dataclass
class Sources:
    """Takes every file that a workload's `files` name as `source` into the site's data.

    `explained` are entries about which a problem has told all already.
    """

    document: Document
    folder: Path
    problems: list[Problem] = field(default_factory=list)
    explained: list[Place] = field(default_factory=list)

    def data(self, root: Any) -> Any:  # noqa: ANN401 - what YAML holds
        """Return a site file's data with the texts of all sources."""
        spec = root.get("spec") if isinstance(root, dict) else None
        workloads = spec.get("workloads") if isinstance(spec, dict) else None
        if not isinstance(spec, dict) or not isinstance(workloads, list):
            return root
        taken = [self._workload(item, ("spec", "workloads", index)) for index, item in enumerate(workloads)]
        return {**root, "spec": {**spec, "workloads": taken}}

    def _workload(self, item: Any, place: Place) -> Any:  # noqa: ANN401
        files = item.get("files") if isinstance(item, dict) else None
        if not isinstance(files, list):
            return item
        taken = [self._file(entry, (*place, "files", index)) for index, entry in enumerate(files)]
        return {**item, "files": taken}

    def _file(self, entry: Any, place: Place) -> Any:  # noqa: ANN401
        if not isinstance(entry, dict) or "source" not in entry:
            return entry
        own = {key: value for key, value in entry.items() if key != "source"}
        if {"text", "fromSecret", "fromEnv", "fromFile"} & own.keys():
            self._problem(place, "this says more than once what is in it", "source, or what stands beside it")
            return own
        return {**own, "text": self._read(entry["source"], (*place, "source"))}

    def _read(self, name: object, place: Place) -> str:
        if not isinstance(name, str) or not name:
            return self._problem(place, "isn't a file's name", "for example files/app.conf")
        path = self.folder / name
        try:
            content = path.read_bytes()
            text = content.decode()
        except OSError as error:
            return self._problem(place, f"{path} can't be read: {error.strerror}", _FIX)
        except UnicodeDecodeError:
            return self._problem(place, f"{path} isn't text", _FIX)
        if len(content) > MAX_BYTES:
            return self._problem(place, f"{path} is too big", f"at most {MAX_BYTES} bytes")
        return text

    def _problem(self, place: Place, what: str, allowed: str) -> str:
        self.problems.append(self.document.problem(place, what, allowed))
        self.explained.append(place[:-1] if place[-1] == "source" else place)
        return ""
