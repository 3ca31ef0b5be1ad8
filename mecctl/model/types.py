"""Named types of the site file: what a name, an address, a rate or an amount may look like, each with its unit.

A type refuses with PydanticCustomError("mecctl", ...) whose context keeps what is wrong and what is allowed apart.
"""

import re
from ipaddress import AddressValueError, IPv4Address, IPv4Network
from typing import Annotated, Any

from pydantic import AfterValidator, Field, Strict, WithJsonSchema
from pydantic_core import PydanticCustomError

LABEL_1123 = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_LABEL_1035 = r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?"
_LONGEST = 512
_HOST = rf"{LABEL_1123}(\.{LABEL_1123})*"
_DOMAIN = rf"(?=.{{1,253}}$){LABEL_1123}(\.{LABEL_1123})+"
_HTTPS = rf"https://{_HOST}(:[0-9]{{1,5}})?(/[A-Za-z0-9._~%-]*)*"
_PREFIX = r"(?!(system|kubeadm|mecctl):)[a-z0-9][a-z0-9._-]{0,30}:"
_VERSION = r"v(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)(\+k3s[1-9][0-9]*)?"
_LABEL_VALUE = r"([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?"
_LABEL_KEY = rf"({LABEL_1123}(\.{LABEL_1123})*/)?[A-Za-z0-9]([A-Za-z0-9._-]{{0,61}}[A-Za-z0-9])?"
_IMAGE = (
    r"([a-z0-9.-]+(:[0-9]+)?/)?[a-z0-9]+([._/-]+[a-z0-9]+)*"
    r"(?P<version>:[A-Za-z0-9_][A-Za-z0-9._-]{0,127}|@sha256:[0-9a-f]{64})?"
)


def fault(what: str, allowed: str) -> PydanticCustomError:
    """Build the error a validator raises: what is wrong with the value, and what is allowed instead."""
    return PydanticCustomError("mecctl", "{what}; {allowed}", {"what": what, "allowed": allowed})


def shown(value: object) -> str:
    """Show a value in a sentence: a scalar as it is, cut when long; a list or mapping can be huge and is only named."""
    if isinstance(value, list | tuple | dict):
        return "this"
    text = repr(value[:100] if isinstance(value, str) else value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def or_text(schema: dict[str, Any]) -> None:
    """Allow, in the JSON Schema of a mapping of two directions, one text for both."""
    schema["anyOf"].insert(0, {"type": "string"})


def _text(pattern: str, allowed: str, example: str) -> tuple[AfterValidator, WithJsonSchema]:
    """Build a text type that matches `pattern` as a whole."""

    def check(value: str) -> str:
        if len(value) > _LONGEST or not re.fullmatch(pattern, value):
            raise fault(f"{shown(value)} isn't valid here", f"{allowed}, for example {example}")
        return value

    return AfterValidator(check), WithJsonSchema({"type": "string", "pattern": f"^{pattern}$"})


def _address(value: str) -> str:
    try:
        return str(IPv4Address(value))
    except AddressValueError as error:
        raise fault(f"{shown(value)} isn't an IPv4 address", "an IPv4 address, for example 10.77.0.11") from error


def _cidr(value: str) -> str:
    try:
        network = IPv4Network(value, strict=False)
    except ValueError as error:
        raise fault(f"{shown(value)} isn't an IPv4 range", "address/prefix, for example 10.42.0.0/16") from error
    if "/" not in value:
        raise fault(f"{shown(value)} has no prefix length", "address/prefix, for example 10.42.0.0/16")
    if str(network) != value:
        raise fault(f"{shown(value)} isn't the start of its range", f"write {network}")
    return value


def _version(value: str) -> str:
    if not re.fullmatch(_VERSION, value):
        raise fault(f"{shown(value)} isn't a Kubernetes version", "v1.36.3 (kubeadm) or v1.36.5+k3s1 (k3s)")
    return value


def _endpoint(value: str) -> str:
    host, colon, port = value.partition(":")
    port_ok = port.isascii() and port.isdigit() and 1 <= int(port) <= 65535
    if not re.fullmatch(_HOST, host) or (colon and not port_ok):
        raise fault(f"{shown(value)} isn't host or host:port", "for example api.site.example or 10.0.0.10:6443")
    return value


def _https(value: str) -> str:
    if len(value) > _LONGEST or not re.fullmatch(_HTTPS, value):
        allowed = "https://, a host and a path, no more, for example https://login.example/realms/mec"
        raise fault(f"{shown(value)} isn't an issuer's address", allowed)
    return value


def _image(value: str) -> str:
    match = re.fullmatch(_IMAGE, value) if len(value) <= _LONGEST else None
    if not match:
        raise fault(f"{shown(value)} isn't an image reference", "registry/name:tag, for example mecctl.io/web:1")
    if not match["version"]:
        raise fault(f"{shown(value)} doesn't say which version", "add a tag or a digest, for example mecctl.io/web:1")
    return value


Name = Annotated[str, *_text(LABEL_1123, "lower-case letters, digits and '-', at most 63 (DNS-1123)", "edge-1")]
ServiceName = Annotated[
    str, *_text(_LABEL_1035, "a letter, then lower-case letters, digits and '-', at most 63 (DNS-1035)", "cache")
]
DomainName = Annotated[
    str, *_text(_DOMAIN, "labels of lower-case letters, digits and '-' with dots between, at most 253", "mec.example")
]
LabelKey = Annotated[str, *_text(_LABEL_KEY, "a Kubernetes label key", "region or example.org/region")]
LabelValue = Annotated[
    str, *_text(_LABEL_VALUE, "letters, digits, '-', '_' and '.', at most 63 (a Kubernetes label value)", "campus")
]
NoteKey = Annotated[
    str, *_text(r"mec\.io/[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?", "mec.io/ and a name", "mec.io/max-ues")
]
PortName = Annotated[
    str,
    *_text(
        r"(?=.{0,14}[a-z])(?!.*--)[a-z0-9]([a-z0-9-]{0,13}[a-z0-9])?",
        "at most 15 lower-case letters, digits and '-', one letter among them",
        "http",
    ),
]
MountPath = Annotated[
    str,
    *_text(
        r"(?!/(proc|sys|dev)(/|$))(/(?!\.{1,2}(/|$))[A-Za-z0-9._@+-]+)+",
        "an absolute path, none of /proc, /sys and /dev",
        "/etc/app/app.conf",
    ),
]
VolumeName = Annotated[
    str, *_text(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?", "lower-case letters, digits and '-', at most 40", "data")
]
DnsName = Annotated[str, *_text(_HOST, "lower-case letters, digits, '-' and '.' (DNS-1123)", "fast.example")]
UrlPath = Annotated[str, *_text(r"/[!-~]*", "a path that starts with '/'", "/health")]
EnvName = Annotated[str, *_text(r"[A-Za-z_][A-Za-z0-9_]*", "letters, digits and '_', no digit first", "LOG_LEVEL")]
SecretName = Annotated[
    str, *_text(r"[A-Za-z0-9][A-Za-z0-9._-]{0,252}", "letters, digits, '-', '_' and '.'", "db-password")
]
UserName = Annotated[str, *_text(r"[a-z_][a-z0-9_-]{0,31}", "a Linux user's name", "root")]
CountryCode = Annotated[str, *_text(r"[A-Z]{2}", "two capital letters (ISO 3166-1 alpha-2)", "DE")]
SubjectPrefix = Annotated[
    str, *_text(_PREFIX, "a word and ':', but not system:, kubeadm: or mecctl:, which are the cluster's own", "oidc:")
]
FilePath = Annotated[str, Field(min_length=1)]
Int = Annotated[int, Strict()]
Float = Annotated[float, Strict()]
Port = Annotated[int, Strict(), Field(ge=1, le=65535)]
Address = Annotated[str, AfterValidator(_address), WithJsonSchema({"type": "string", "format": "ipv4"})]
Cidr = Annotated[
    str,
    AfterValidator(_cidr),
    WithJsonSchema({"type": "string", "pattern": r"^([0-9]{1,3}\.){3}[0-9]{1,3}/[0-9]{1,2}$"}),
]
KubernetesVersion = Annotated[
    str, AfterValidator(_version), WithJsonSchema({"type": "string", "pattern": f"^{_VERSION}$"})
]
Endpoint = Annotated[str, AfterValidator(_endpoint), WithJsonSchema({"type": "string", "examples": ["10.0.0.10:6443"]})]
HttpsUrl = Annotated[str, AfterValidator(_https), WithJsonSchema({"type": "string", "pattern": f"^{_HTTPS}$"})]
Image = Annotated[str, AfterValidator(_image), WithJsonSchema({"type": "string", "examples": ["mecctl.io/web:1"]})]
