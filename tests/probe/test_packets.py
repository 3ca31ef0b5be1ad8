from typing import Any

import pytest

from mecctl.probe.packets import size_checks, sizes
from tests.stacks.rendering import URLLC, VIDEO, site

SITE = site(slices=[{**VIDEO, "maxPacketSize": {"downlink": "1500B"}}, URLLC])
(PART, _) = SITE.slices
WAY: dict[str, Any] = {"id": "size-downlink", "node": "edge-2", "peer": "edge-1", "mtu": 1450}


def test_only_what_is_declared_is_sent():
    assert sizes(SITE) == {"video": [{"id": "size-downlink", "do": "size", "bytes": 1500}]}
    assert list(size_checks(SITE.slices[1], {})) == []


@pytest.mark.parametrize(
    ("result", "measured", "ok"),
    [
        ({**WAY, "mtu": 1500, "carried": True}, "1500", True),
        ({**WAY, "carried": False}, "1450", False),
        ({**WAY, "mtu": 1500, "carried": False}, "lost on the way", False),
        ({**WAY, "error": "timed out"}, "no result: timed out", False),
        ({}, "no result: nothing came back", False),
    ],
)
def test_a_packet_that_comes_back_whole_keeps_the_promise(result, measured, ok):
    (check,) = size_checks(PART, {"size-downlink": result} if result else {})

    assert (check.kind, check.slice, check.declared, check.unit) == ("packet", "video", "1500", "bytes")
    assert (check.measured, check.ok) == (measured, ok)
