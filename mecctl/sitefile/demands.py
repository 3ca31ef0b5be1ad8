"""What becomes of a slice's demands on a site: some count, some are only noted, some would come up as less."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic_core import PydanticCustomError

from mecctl.sitefile.unbuilt import slice_refusals
from mecctl.standards.nest.leaves import from_note, to_notes
from mecctl.standards.nest.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mecctl.document import Document, Place
    from mecctl.errors import Problem
    from mecctl.sitefile.unbuilt import Unbuilt


@dataclass(frozen=True)
class Demands:
    """A slice's fields: those that `count`, those only `noted`, and `lesser`: those whose value isn't built.

    A field that isn't built can be noted. One that is built has a default, so that a slice with a value that isn't
    built would come up as less than it asks for.
    """

    count: dict[str, Any]
    noted: dict[str, Any]
    lesser: dict[str, Any]
    rows: Mapping[str, Unbuilt]

    @property
    def notes(self) -> dict[str, str]:
        """The annotations of all that doesn't count."""
        return to_notes({**self.noted, **self.lesser})


def sort(fields: Mapping[str, Any]) -> Demands:
    """Sort a slice's fields by what becomes of them."""
    rows = slice_refusals(fields)
    return Demands(
        {key: value for key, value in fields.items() if key not in rows},
        {key: fields[key] for key, row in rows.items() if row.values is None},
        {key: fields[key] for key, row in rows.items() if row.values is not None},
        rows,
    )


def words(value: object) -> str:
    """Write a demand's value, or its values, in a sentence."""
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def note_problems(document: Document, notes: Mapping[str, object], place: Place) -> Iterator[Problem]:
    """Yield what is wrong with annotations, at `place`, that say a demand."""
    reading = Reading("", document.file, document.lines)
    for note, text in notes.items():
        at = (*place, note)
        try:
            found = from_note(note, text) if isinstance(text, str) else None
        except PydanticCustomError as error:
            context = error.context or {}
            yield document.problem(at, str(context.get("what")), str(context.get("allowed")))
            continue
        if found:
            reading.take(*found, at)
    reading.check()
    for faults in reading.faults.values():
        yield from faults
