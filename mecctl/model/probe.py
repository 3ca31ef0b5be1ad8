"""How the kubelet finds out whether a workload's program has started, serves and lives."""

from typing import Annotated, Self

from pydantic import Field, Strict, model_validator

from mecctl.model.base import Model
from mecctl.model.quantity import Seconds
from mecctl.model.types import Port, UrlPath, fault


class HttpProbe(Model):
    """A GET by HTTP; a status from 200 to 399 is good."""

    path: UrlPath = Field("/", description="Path to ask for.")
    port: Port | None = Field(None, description="Port of the program; that of the first TCP port if left out.")


class TcpProbe(Model):
    """A connection by TCP; that it is taken is good."""

    port: Port | None = Field(None, description="Port of the program; that of the first TCP port if left out.")


class Probe(Model):
    """One question, asked again and again (https://kubernetes.io/docs/concepts/workloads/pods/probes/)."""

    http: HttpProbe | None = Field(None, description="GET by HTTP.")
    tcp: TcpProbe | None = Field(None, description="Connect by TCP.")
    exec: Annotated[tuple[str, ...], Field(min_length=1)] | None = Field(
        None, description="Run a program in the container; exit code 0 is good."
    )
    period: Seconds = Field(10, description="Time between two tries, for example 5s.")
    timeout: Seconds = Field(1, description="How long an answer may take.")
    failures: Annotated[int, Strict(), Field(ge=1, le=1000)] = Field(3, description="How many in a row are a failure.")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if sum(way is not None for way in (self.http, self.tcp, self.exec)) != 1:
            raise fault("this must ask in one way", "http, tcp or exec, one of them")
        return self


class Probes(Model):
    """The three questions; one that is left out is a connection to the first TCP port, where there is one."""

    startup: Probe | None = Field(None, description="Has it started? Until then the others aren't asked.")
    readiness: Probe | None = Field(None, description="Does it serve? While it doesn't, it gets no traffic.")
    liveness: Probe | None = Field(None, description="Does it live? If not, it is restarted.")
