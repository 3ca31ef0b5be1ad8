import pulumi

from mecctl.model import Slice
from stacks.components.networkslice import NetworkSlice, NetworkSliceArgs
from tests.stacks.rendering import VIDEO, recording


@pulumi.runtime.test
def test_its_namespace_is_known_to_who_builds_on_it():
    recording()

    made = NetworkSlice("video", NetworkSliceArgs(Slice.model_validate(VIDEO)))

    def check(namespace):
        assert namespace == "slice-1-0000a1"

    return made.namespace.apply(check)
