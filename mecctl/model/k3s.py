"""What only a site under K3s has: its components, its tokens, its options, its registries."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, Strict, WithJsonSchema

from mecctl.model.base import Model
from mecctl.model.types import FilePath, fault, shown

OptionName = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
OptionValue = Annotated[bool, Strict()] | Annotated[int, Strict()] | str | tuple[str, ...]
KubeletValue = OptionValue | dict[str, str]


def _mirror(value: str) -> str:
    scheme, found, rest = value.partition("://")
    if scheme not in {"http", "https"} or not found or not rest or "@" in rest:
        raise fault(f"{shown(value)} isn't a registry's address", "for example https://registry.site.example:5000")
    return value


MirrorUrl = Annotated[str, AfterValidator(_mirror), WithJsonSchema({"type": "string", "pattern": "^https?://[^@]+$"})]


def _no_password(value: object) -> None:
    if value is not None:
        what = "users and passwords of registries aren't built: they would stand here in the clear"
        raise fault(what, "leave it out; a client certificate goes by tls: {certFile, keyFile}")


NoPassword = Annotated[None, BeforeValidator(_no_password)]


class Mirror(Model):
    """Where images of one registry are fetched from instead."""

    endpoint: tuple[MirrorUrl, ...] = Field((), description="Addresses that are tried in turn, before the registry.")
    rewrite: dict[str, str] = Field(
        default_factory=dict, description="Image names that are other ones there: regex, text."
    )


class RegistryTls(Model):
    """How a registry's certificate is checked; paths are the nodes'."""

    ca_file: FilePath | None = Field(None, description="The authority's certificate, a file on every node.")
    cert_file: FilePath | None = Field(None, description="The node's own certificate, a file on every node.")
    key_file: FilePath | None = Field(None, description="The key of that certificate, a file on every node.")


class RegistryConfig(Model):
    """How one registry is spoken to."""

    tls: RegistryTls = Field(description="How its certificate is checked.")
    auth: NoPassword = Field(None, description="User and password; only null so far.")


class Registries(Model):
    """Where the nodes fetch images from (registries.yaml)."""

    mirrors: dict[str, Mirror] = Field(default_factory=dict, description='Mirrors by registry; "*" is all of them.')
    configs: dict[str, RegistryConfig] = Field(
        default_factory=dict, description="How registries are spoken to, by host."
    )


class K3s(Model):
    """What only K3s has."""

    disable: tuple[Literal["servicelb", "traefik", "local-storage", "metrics-server"], ...] = Field(
        (), description="Components that K3s brings and the site does without."
    )
    embedded_registry: bool = Field(
        False, description="Nodes hand each other the images that they have; all of them must trust each other."
    )
    token_file: FilePath | None = Field(
        None,
        description="File of the servers' token, mode 0600, relative to the site's folder; made up where left out.",
    )
    agent_token_file: FilePath | None = Field(
        None, description="File of the agents' token, mode 0600, relative to the site's folder; made up where left out."
    )
    server_options: dict[OptionName, OptionValue] = Field(
        default_factory=dict, description="Options of K3s for all servers, by the names that its documentation has."
    )
    node_options: dict[OptionName, OptionValue] = Field(
        default_factory=dict, description="Options of K3s for all nodes, servers as well."
    )
    kubelet: dict[str, KubeletValue] = Field(
        default_factory=dict, description="Fields of every kubelet's KubeletConfiguration, for example maxPods: 60."
    )
