"""Annotations of an object on the cluster, by which a site file keeps what has no field of its own."""

from collections.abc import Mapping

from mecctl.model.types import fault

MOST_NOTES = 2**18
"""Bytes of all annotations of one object together; Kubernetes takes no more."""


def check_notes(notes: Mapping[str, str]) -> None:
    """Raise PydanticCustomError when the annotations of one object are too big together."""
    size = sum(len(key.encode()) + len(value.encode()) for key, value in notes.items())
    if size > MOST_NOTES:
        raise fault(f"the annotations are {size} bytes together", f"at most {MOST_NOTES}, Kubernetes' limit")
