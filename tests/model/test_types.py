"""Named types: what each takes, and the sentence it refuses the rest with."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from mecctl.model import types

GOOD: list[tuple[Any, object]] = [
    (types.Name, "edge-1"),
    (types.Name, "0a"),
    (types.Name, "a" * 63),
    (types.ServiceName, "cache"),
    (types.LabelKey, "region"),
    (types.LabelKey, "example.org/region"),
    (types.LabelValue, ""),
    (types.LabelValue, "Campus_2.b"),
    (types.EnvName, "LOG_LEVEL"),
    (types.UserName, "mec"),
    (types.CountryCode, "NO"),
    (types.Port, 65535),
    (types.Address, "10.77.0.11"),
    (types.Cidr, "10.42.0.0/16"),
    (types.KubernetesVersion, "v1.36.3"),
    (types.KubernetesVersion, "v1.36.5+k3s1"),
    (types.Endpoint, "10.0.0.10"),
    (types.Endpoint, "api.site.example:6443"),
    (types.Image, "mecctl.io/web:1"),
    (types.Image, "localhost:5000/a/b_c-d:v1.0"),
    (types.Image, "web@sha256:" + "0" * 64),
]

BAD: list[tuple[Any, object, str]] = [
    (types.Name, "Edge", "DNS-1123"),
    (types.Name, "-edge", "DNS-1123"),
    (types.Name, "edge\n", "DNS-1123"),
    (types.Name, "a" * 64, "DNS-1123"),
    (types.Name, "", "DNS-1123"),
    (types.ServiceName, "1cache", "DNS-1035"),
    (types.LabelKey, "a/b/c", "label key"),
    (types.LabelValue, "-x", "label value"),
    (types.EnvName, "1A", "no digit first"),
    (types.UserName, "Root", "Linux user"),
    (types.CountryCode, "Norway", "ISO 3166-1"),
    (types.Port, 0, "greater than or equal to 1"),
    (types.Port, 65536, "less than or equal to 65535"),
    (types.Port, "80", "valid integer"),
    (types.Port, True, "valid integer"),
    (types.Port, 80.0, "valid integer"),
    (types.Address, "10.77.0.256", "isn't an IPv4 address"),
    (types.Address, "fd00::1", "isn't an IPv4 address"),
    (types.Address, "edge-1.example", "isn't an IPv4 address"),
    (types.Address, "010.1.1.1", "isn't an IPv4 address"),
    (types.Cidr, "10.42.0.1/16", "write 10.42.0.0/16"),
    (types.Cidr, "10.42.0.0", "has no prefix length"),
    (types.Cidr, "10.42.0.0/33", "isn't an IPv4 range"),
    (types.Cidr, "10.42.0.0/255.255.0.0", "write 10.42.0.0/16"),
    (types.Cidr, "fd00::/64", "isn't an IPv4 range"),
    (types.KubernetesVersion, "1.36.3", "v1.36.3 (kubeadm)"),
    (types.KubernetesVersion, "v1.36", "isn't a Kubernetes version"),
    (types.KubernetesVersion, "v1.36.3-rc.1", "isn't a Kubernetes version"),
    (types.KubernetesVersion, "v1.36.3+k3s0", "isn't a Kubernetes version"),
    (types.Endpoint, "https://api:6443", "isn't host or host:port"),
    (types.Endpoint, "api:", "isn't host or host:port"),
    (types.Endpoint, "api:70000", "isn't host or host:port"),
    (types.Image, "web", "doesn't say which version"),
    (types.Image, "Web:1", "isn't an image reference"),
    (types.Image, "web :1", "isn't an image reference"),
    (types.Image, "web@sha256:abc", "isn't an image reference"),
    (types.Image, "a/" * 3000 + "web:1", "isn't an image reference"),
]


@pytest.mark.parametrize(("kind", "value"), GOOD)
def test_takes(kind, value):
    assert TypeAdapter(kind).validate_python(value) == value


@pytest.mark.parametrize(("kind", "value", "said"), BAD)
def test_refuses(kind, value, said):
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(kind).validate_python(value)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", "'a'"),
        (1, "1"),
        (None, "None"),
        ([["x"]], "this"),
        ({"a": 1}, "this"),
        ("x" * 500, "'" + "x" * 76 + "..."),
    ],
)
def test_shown_is_short(value, text):
    assert types.shown(value) == text
