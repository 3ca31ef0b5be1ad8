"""Registrations as the SDK sends them."""

import pytest
from google.protobuf import struct_pb2
from pulumi.runtime.proto import alias_pb2
from pulumi.runtime.proto import resource_pb2 as pb

from mecctl.engine.sdk.wire import read_goal, to_struct
from mecctl.errors import MecctlError

TYPE = "kubernetes:core/v1:ConfigMap"
STACK = "urn:pulumi:dev::shop::pulumi:pulumi:Stack::shop-dev"


def test_a_registration_is_read_in_full():
    deps = pb.RegisterResourceRequest.PropertyDependencies
    goal = read_goal(
        pb.RegisterResourceRequest(
            type=TYPE,
            name="a",
            parent=STACK,
            custom=True,
            object=to_struct({"data": {"k": "v"}}),
            protect=False,
            version="4.34.2",
            dependencies=["urn:b", "urn:a"],
            propertyDependencies={"data": deps(urns=["urn:c"])},
            ignoreChanges=["data.k"],
            customTimeouts=pb.RegisterResourceRequest.CustomTimeouts(create="1m30s", delete="500ms"),
        ),
        "shop",
        "dev",
    )
    assert goal.urn == f"urn:pulumi:dev::shop::{TYPE}::a"
    assert goal.inputs == {"data": {"k": "v"}}
    assert goal.protect is False
    assert goal.retain_on_delete is None
    assert goal.dependencies == ("urn:a", "urn:b")
    assert goal.needs() == {STACK, "urn:a", "urn:b", "urn:c"}
    assert goal.timeouts == {"create": 90.0, "delete": 0.5}


def test_aliases_become_urns():
    spec = alias_pb2.Alias.Spec
    aliases = [
        alias_pb2.Alias(urn="urn:whole"),
        alias_pb2.Alias(spec=spec(name="old")),
        alias_pb2.Alias(spec=spec(type="x:y:Z", noParent=True)),
    ]
    request = pb.RegisterResourceRequest(type=TYPE, name="a", parent=STACK, aliases=aliases)
    assert read_goal(request, "shop", "dev").aliases == (
        "urn:whole",
        f"urn:pulumi:dev::shop::{TYPE}::old",
        "urn:pulumi:dev::shop::x:y:Z::a",
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"packageRef": "x"}, "parameterized"),
        ({"replacement_trigger": struct_pb2.Value(string_value="x")}, "replacement_trigger"),
        ({"replace_with": [STACK]}, "replace_with"),
        ({"customTimeouts": pb.RegisterResourceRequest.CustomTimeouts(create="soon")}, "'soon'"),
    ],
)
def test_options_that_the_engine_lacks_are_refused(given, said):
    with pytest.raises(MecctlError, match=said):
        read_goal(pb.RegisterResourceRequest(type=TYPE, name="a", **given), "shop", "dev")
