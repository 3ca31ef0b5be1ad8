"""Settings as the stack writes them, for tests."""

import json

from sliceagent.settings import read


def settings(link=None, **slices):
    """Settings of slices by name; a slice's namespace is `slice-NAME`."""
    basis = {"dscp": None, "turn": 7, "shaped": True}
    given = {f"slice-{name}": {**basis, "name": name, **fields} for name, fields in slices.items()}
    return read(json.dumps({"slices": given, "links": {"edge-1": link} if link else {}}), "edge-1")
