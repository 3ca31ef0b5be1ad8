"""Network slices: who they are, what they may use, how they are kept apart and what they ask of the network."""

from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, Strict, model_validator

from mecctl.model.base import Model
from mecctl.model.demand import (
    DataNetworkAccess,
    Isolation,
    Latency,
    MaxPacketSize,
    MissionCritical,
    Qos,
    SliceThroughput,
    Throughput,
)
from mecctl.model.notes import check_notes
from mecctl.model.quantity import Cpu, Memory, Percent
from mecctl.model.snssai import Snssai
from mecctl.model.types import Name, NoteKey, or_text

Area = Annotated[str, Field(min_length=1)]
Count = Annotated[int, Strict(), Field(ge=1)]
STANDBY = Decimal("99.9")
"""Percent of availability from which on a workload needs a second replica."""
SPREAD = Decimal("99.99")
"""Percent of availability from which on its replicas need different nodes."""


class Quota(Model):
    """The most that all pods of the slice together may use on the site."""

    cpu: Cpu | None = Field(None, description="CPU in cores or millicores, for example 2 or 500m.")
    memory: Memory | None = Field(None, description="Memory with its unit, for example 2Gi.")
    pods: Count | None = Field(None, description="Number of pods.")


class Slice(Model):
    """One network slice; on the cluster it is a namespace that only its own traffic reaches."""

    name: Name = Field(description="What the site file calls the slice.")
    snssai: Snssai = Field(description="The slice's identity in the 5G network; no two slices share one.")
    qos: Qos | None = Field(None, description="The quality class of the slice's traffic; decides who is served first.")
    isolation: Isolation = Field(
        "tenant",
        description="none: traffic is kept apart; tenant: also quota and limits for what the slice uses; "
        "network-function: also workloads that serve no other slice, and none of others' that serve it; "
        "virtual-resource: also CPU and memory that no other pod can have; physical: also nodes of its own.",
    )
    pool: Name | None = Field(
        None, description="Pool of nodes that the slice's pods run on; isolation physical keeps all others off them."
    )
    quota: Quota | None = Field(None, description="The most that the slice may use on the site.")
    throughput: SliceThroughput | None = Field(None, description="The slice's rates on each node, its pods together.")
    ue_throughput: Throughput | None = Field(None, description="The rates of each UE in the slice.")
    latency: Latency | None = Field(
        None, description="Delay budget: a time both ways, or downlink and uplink.", json_schema_extra=or_text
    )
    max_packet_size: MaxPacketSize | None = Field(
        None, description="Largest packet: a size both ways, or downlink and uplink.", json_schema_extra=or_text
    )
    max_ues: Count | None = Field(None, alias="maxUEs", description="The most UEs in the slice at once.")
    max_pdu_sessions: Count | None = Field(None, alias="maxPDUSessions", description="The most PDU sessions at once.")
    availability: Percent | None = Field(None, description="Share of the time that the slice serves, such as 99.9%.")
    mission_critical: MissionCritical | None = Field(None, description="Mission-critical communication.")
    coverage: tuple[Area, ...] = Field((), description="Areas where the slice can be used, by name or country code.")
    data_network_access: tuple[DataNetworkAccess, ...] = Field(
        (), description="internet: direct access; private-network: ends in one; local: local traffic only."
    )
    annotations: dict[NoteKey, str] = Field(
        default_factory=dict, description="Notes on the slice's namespace (mec.io/...), such as what a NEST says."
    )

    @model_validator(mode="after")
    def _notes_fit(self) -> Self:
        check_notes(self.annotations)
        return self

    @property
    def namespace(self) -> str:
        """The slice's Kubernetes namespace: `slice-` and the S-NSSAI."""
        return f"slice-{self.snssai}"
