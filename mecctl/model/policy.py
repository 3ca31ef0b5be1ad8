"""The openings between slices; everything that is not declared stays closed."""

from pydantic import Field

from mecctl.model.base import Model
from mecctl.model.port import ServicePort
from mecctl.model.types import Name, Port, ServiceName
from mecctl.model.workload import Workload


class PolicyPeer(Model):
    """Who may open the connection."""

    slice: Name = Field(description="Name of the slice whose pods may connect.")


class PolicyTarget(Model):
    """What may be reached."""

    slice: Name = Field(description="Name of the slice that is reached.")
    workload: ServiceName | None = Field(None, description="Only this workload of the slice; all where left out.")
    ports: tuple[Port, ...] = Field((), description="Only these ports; all that its workloads declare if left out.")


class Policy(Model):
    """One opening from a slice to another."""

    source: PolicyPeer = Field(alias="from", description="Who may open the connection.")
    target: PolicyTarget = Field(alias="to", description="What may be reached.")

    def opens(self, workload: Workload) -> tuple[ServicePort, ...]:
        """Return the ports of `workload` that this opens: none unless it is the target or one of its workloads."""
        if workload.slice != self.target.slice or self.target.workload not in (None, workload.name):
            return ()
        named = [port for port in workload.ports if not self.target.ports or port.port in self.target.ports]
        # A policy of the network judges by the pods' port, so another port of the Service that ends there opens too.
        behind = {(port.protocol, port.target) for port in named}
        return tuple(port for port in workload.ports if (port.protocol, port.target) in behind)
