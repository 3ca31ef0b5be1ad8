"""What an AppD and a CAMARA application manifest consist of, as tables that files are held against.

ETSI GS MEC 010-2 V2.1.1 clause 6.2 (JSON names; the attributes that V3.2.1 added are among them), ETSI GS MEC 037
V3.2.1 clause 5.2 (the same in TOSCA), CAMARA EdgeApplicationManagement AppManifest.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Scalar:
    """A text, number or truth value; `values` are the only ones allowed, `least` and `most` bound a number."""

    what: str
    values: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True)
class Anything:
    """A value whose form the standard leaves to others, such as a structure of NFV's."""


@dataclass(frozen=True)
class Many:
    """A list of `least` or more."""

    item: Shape
    least: int = 0


@dataclass(frozen=True)
class Object:
    """An object by the name its standard has for it; `other` are further names of a field."""

    name: str
    fields: Mapping[str, Shape]
    required: tuple[str, ...] = ()
    other: Mapping[str, str] = field(default_factory=lambda: _NONE)


Shape = Scalar | Anything | Many | Object

TEXT, WHOLE, FLAG, ANY = Scalar("text"), Scalar("a whole number"), Scalar("true or false"), Anything()
TEXTS = Many(TEXT)
ACTIONS = {
    "DROP": 0,
    "PASSTHROUGH": 1,
    "FORWARD_DECAPSULATED": 1,
    "FORWARD_AS_IS": 1,
    "FORWARD_ENCAPSULATED": 1,
    "DUPLICATE_DECAPSULATED": 2,
    "DUPLICATED_DECAPSULATED": 2,
    "DUPLICATE_AS_IS": 2,
    "DUPLICATE_ENCAPSULATED": 2,
}
"""What a traffic rule does, of V2.1.1 and V3.2.1, and to how many interfaces it sends."""
DESCRIPTORS = ("virtualComputeDescriptor", "swImageDescriptor")
REQUIRED = (
    "appDId",
    "appName",
    "appProvider",
    "appSoftVersion",
    "appDVersion",
    "mecVersion",
    "appDescription",
    *DESCRIPTORS,
)

_TRANSPORT = Object(
    "TransportDescriptor",
    {"type": TEXT, "protocol": TEXT, "version": TEXT, "security": ANY},
    ("type", "protocol", "version", "security"),
)
_TRANSPORT_DEPENDENCY = Object(
    "TransportDependency",
    {"transport": _TRANSPORT, "serializers": Many(TEXT, 1), "labels": Many(TEXT, 1)},
    ("transport", "serializers", "labels"),
)
_SERVICE_DEPENDENCY = Object(
    "ServiceDependency",
    {
        "serName": TEXT,
        "version": TEXT,
        "serCategory": ANY,
        "serTransportDependencies": Many(_TRANSPORT_DEPENDENCY),
        "requestedPermissions": ANY,
    },
    ("serName", "version"),
)
_SERVICE = Object(
    "ServiceDescriptor",
    {"serName": TEXT, "version": TEXT, "serCategory": ANY, "transportsSupported": ANY},
    ("serName", "version"),
    {"transportSupported": "transportsSupported"},
)
_FEATURE = Object("FeatureDependency", {"featureName": TEXT, "version": TEXT}, ("featureName", "version"))
_FILTER = Object(
    "TrafficFilter",
    {
        **dict.fromkeys(("srcAddress", "dstAddress", "srcPort", "dstPort", "protocol", "tag"), TEXTS),
        **dict.fromkeys(("srcTunnelAddress", "tgtTunnelAddress", "srcTunnelPort", "dstTunnelPort"), TEXTS),
        **dict.fromkeys(("qCI", "dSCP", "tC"), WHOLE),
        "direction": TEXT,
    },
    other={"token": "tag", "dstTunnelAddress": "tgtTunnelAddress"},
)
_TUNNEL = Object(
    "TunnelInfo",
    {
        "tunnelType": Scalar("text", ("GTP-U", "GTP_U", "GRE")),
        "tunnelDstAddress": TEXT,
        "tunnelSrcAddress": TEXT,
        "tunnelSpecificData": ANY,
    },
    ("tunnelType", "tunnelDstAddress", "tunnelSrcAddress"),
)
_INTERFACE = Object(
    "InterfaceDescriptor",
    {
        "interfaceType": Scalar("text", ("TUNNEL", "MAC", "IP")),
        "tunnelInfo": _TUNNEL,
        **dict.fromkeys(("srcMACAddress", "dstMACAddress", "dstIPAddress"), TEXT),
    },
    ("interfaceType",),
)
_TRAFFIC_RULE = Object(
    "TrafficRuleDescriptor",
    {
        "trafficRuleId": TEXT,
        "filterType": Scalar("text", ("FLOW", "PACKET")),
        "priority": WHOLE,
        "trafficFilter": Many(_FILTER, 1),
        "action": Scalar("text", tuple(ACTIONS)),
        "dstInterface": Many(_INTERFACE),
    },
    ("trafficRuleId", "filterType", "priority", "trafficFilter", "action"),
)
_DNS_RULE = Object(
    "DNSRuleDescriptor",
    {
        "dnsRuleId": TEXT,
        "domainName": TEXT,
        "ipAddressType": Scalar("text", ("IP_V4", "IP_V6")),
        "ipAddress": TEXT,
        "ttl": Scalar("a whole number", (), 1, 2**31 - 1),
    },
    ("dnsRuleId", "domainName", "ipAddressType", "ipAddress"),
)
_LATENCY = Object("LatencyDescriptor", {"maxLatency": Scalar("a whole number", (), 1, 2**32 - 1)}, ("maxLatency",))
_CONTEXT_TRANSFER = Object(
    "UserContextTransferCapability",
    {"statefulApplication": FLAG, "userContextTransferSupport": FLAG},
    ("statefulApplication",),
)

APPD = Object(
    "AppD",
    {
        **dict.fromkeys(("appDId", "appName", "appProvider", "appSoftVersion", "appDVersion"), TEXT),
        "mecVersion": Many(TEXT, 1),
        **dict.fromkeys(("appInfoName", "appDescription", "mciopId"), TEXT),
        **dict.fromkeys(DESCRIPTORS, ANY),
        **dict.fromkeys(("virtualStorageDescriptor", "appExtCpd", "osContainerDescriptor"), Many(ANY)),
        **dict.fromkeys(("mcioIdentificationData", "logicalNode", "requestAdditionalCapabilities"), ANY),
        **dict.fromkeys(("mcioConstraintParams", "appNetworkPolicy"), ANY),
        **dict.fromkeys(("terminateAppInstanceOpConfig", "changeAppInstanceStateOpConfig"), ANY),
        **dict.fromkeys(("appServiceRequired", "appServiceOptional"), Many(_SERVICE_DEPENDENCY)),
        "appServiceProduced": Many(_SERVICE),
        **dict.fromkeys(("appFeatureRequired", "appFeatureOptional"), Many(_FEATURE)),
        "transportDependencies": Many(_TRANSPORT_DEPENDENCY),
        "appTrafficRule": Many(_TRAFFIC_RULE),
        "appDNSRule": Many(_DNS_RULE),
        "appLatency": _LATENCY,
        "userContextTransferCapability": _CONTEXT_TRANSFER,
    },
    REQUIRED,
)

_NETWORK = Object(
    "NetworkInterface",
    {
        "interfaceId": TEXT,
        "protocol": Scalar("text", ("TCP", "UDP", "ANY")),
        "port": Scalar("a whole number", (), 1, 65535),
        "visibilityType": Scalar("text", ("VISIBILITY_EXTERNAL", "VISIBILITY_INTERNAL")),
    },
    ("interfaceId", "protocol", "port", "visibilityType"),
)
_COMPONENT = Object(
    "ComponentSpec",
    {"componentName": TEXT, "networkInterfaces": Many(_NETWORK, 1)},
    ("componentName", "networkInterfaces"),
)
_REPOSITORY = Object(
    "AppRepo",
    {"type": Scalar("text", ("PRIVATEREPO", "PUBLICREPO")), "imagePath": TEXT, "checksum": TEXT},
    ("type", "imagePath"),
)
_INFRASTRUCTURE = ("kubernetes", "virtualMachine", "container", "dockerCompose")
MANIFEST = Object(
    "AppManifest",
    {
        **dict.fromkeys(("name", "appProvider", "version"), TEXT),
        "packageType": Scalar("text", ("QCOW2", "OVA", "CONTAINER", "HELM", "CSAR")),
        "operatingSystem": ANY,
        "appRepo": _REPOSITORY,
        "requiredResources": Object(
            "RequiredResources", {"infraKind": Scalar("text", _INFRASTRUCTURE)}, ("infraKind",)
        ),
        "componentSpec": Many(_COMPONENT, 1),
    },
    ("name", "appProvider", "version", "packageType", "appRepo", "requiredResources", "componentSpec"),
)
