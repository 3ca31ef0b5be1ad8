"""Downloads a file over HTTP: resumes what an earlier run left, and hashes while it streams."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import httpx

from mecctl.errors import MecctlError, UnreachableError

if TYPE_CHECKING:
    from pathlib import Path

    from mecctl.plan.progress import Progress

_TRIES = 3
_TIMEOUT = httpx.Timeout(30.0)  # for connecting and for each read, not for the whole


def download(url: str, part: Path, sha256: str, label: str, progress: Progress) -> None:
    """Bring `part`, which may hold the start of the file already, to the whole file with this hash.

    A dropped connection is taken up again where it broke. Raises UnreachableError when the server can't be reached or
    keeps dropping, MecctlError when it has no such file or the content isn't what was pinned (`part` is then gone).
    """
    task = f"download {label}"
    with httpx.Client(timeout=_TIMEOUT, follow_redirects=True) as client:
        resumed = _complete(client, url, part, label, progress)
        got = _hash(part)
        if got != sha256 and resumed:  # what was there before may have been of another file
            part.unlink()
            _complete(client, url, part, label, progress)
            got = _hash(part)
    progress.end(task)
    if got != sha256:
        size = part.stat().st_size
        part.unlink()
        raise MecctlError(
            f"the download of {label} isn't what the lock pins: sha256 {got} instead of {sha256}",
            where=url,
            why=f"the server sent {size} bytes of something else",
            fix="run the same command again; if it stays so, compare the publisher's sha256 with the lock",
        )


def fetch_text(url: str, label: str) -> str:
    """Return a small text file; raises as `download` does."""
    try:
        with httpx.Client(timeout=_TIMEOUT, follow_redirects=True) as client:
            answer = client.get(url)
    except httpx.TransportError as error:
        raise _unreachable(url, label, error) from error
    _refuse_failure(answer, url, label)
    return answer.text


def _complete(client: httpx.Client, url: str, part: Path, label: str, progress: Progress) -> bool:
    """Download what is missing; returns whether bytes of an earlier run were used."""
    resumed = part.exists() and part.stat().st_size > 0
    for attempt in range(1, _TRIES + 1):
        try:
            _stream(client, url, part, label, progress)
        except httpx.TransportError as error:
            if attempt == _TRIES:
                raise _unreachable(url, label, error) from error
            progress.log(f"{label}: the connection broke ({error}), taking it up again")
        else:
            break
    return resumed


def _stream(client: httpx.Client, url: str, part: Path, label: str, progress: Progress) -> None:
    have = part.stat().st_size if part.exists() else 0
    # Stored bytes must be the ones that the publisher hashed, so no content encoding.
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    with client.stream("GET", url, headers=headers) as answer:
        if answer.status_code == 416:  # nothing after what is there: either whole or of another file, the hash tells
            return
        _refuse_failure(answer, url, label)
        if answer.status_code != 206:
            have = 0
        length = answer.headers.get("Content-Length")
        progress.begin(f"download {label}", have + float(length) if length else None, "B")
        with part.open("ab" if have else "wb") as file:
            for chunk in answer.iter_raw():
                file.write(chunk)
                have += len(chunk)
                progress.advance(f"download {label}", float(have))


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _refuse_failure(answer: httpx.Response, url: str, label: str) -> None:
    status = answer.status_code
    if status >= 500 or status == 429:
        raise UnreachableError(
            f"{label} can't be downloaded: the server answers {status} {answer.reason_phrase}",
            where=url,
            fix="run the same command again later",
        )
    if status >= 400:
        raise MecctlError(
            f"{label} can't be downloaded: the server answers {status} {answer.reason_phrase}",
            where=url,
            why="the address in the artifact lock is wrong, or the server doesn't give it to this machine",
            fix="correct the entry's url in the site's artifacts.lock.yaml",
        )


def _unreachable(url: str, label: str, error: httpx.TransportError) -> UnreachableError:
    return UnreachableError(
        f"{label} can't be downloaded",
        where=url,
        why=str(error) or type(error).__name__,
        fix="check the network and the proxy settings, then run the same command again; it resumes",
    )
