"""Ports that workloads listen on."""

from typing import Any, Literal

from pydantic import Field, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema

from mecctl.model.base import Model
from mecctl.model.types import Port, PortName, fault, shown

Protocol = Literal["TCP", "UDP", "SCTP"]


class ServicePort(Model):
    """A port of a workload's Service, and the one of its pods behind it; a number alone is a TCP port."""

    port: Port = Field(description="Port of the Service.")
    name: PortName | None = Field(None, description="Its name; protocol and number, such as tcp-8080, if left out.")
    protocol: Protocol = Field("TCP", description="TCP, UDP or SCTP.")
    target_port: Port | None = Field(None, description="Port that the program listens on; the same if left out.")

    @model_validator(mode="before")
    @classmethod
    def _number(cls, value: object) -> object:
        if isinstance(value, dict | ServicePort):
            return value
        if isinstance(value, bool) or not isinstance(value, int):
            raise fault(f"{shown(value)} isn't a port", "a number, or port:, protocol: and targetPort:")
        if not 1 <= value <= 65535:
            raise fault(f"{value} isn't a port", "from 1 to 65535")
        return {"port": value}

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Allow a number for the whole."""
        found = handler.resolve_ref_schema(handler(schema))
        found.update({"type": ["integer", "object"], "minimum": 1, "maximum": 65535})
        return found

    @property
    def label(self) -> str:
        """The port's name in Kubernetes, at most 15 characters (RFC 6335 section 5.1)."""
        return self.name or f"{self.protocol.lower()}-{self.port}"

    @property
    def target(self) -> int:
        """The port of the pods."""
        return self.target_port or self.port

    @property
    def written(self) -> str:
        """The Service's port for people: `8080`, `5353/UDP`."""
        return str(self.port) if self.protocol == "TCP" else f"{self.port}/{self.protocol}"
