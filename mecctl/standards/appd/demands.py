"""What an AppD asks of the site: services, names, latency, traffic.

ETSI GS MEC 010-2 V2.1.1 clauses 6.2.1.7 to 6.2.1.18.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from mecctl.model.quantity import format_duration
from mecctl.model.types import LABEL_1123, shown
from mecctl.standards.appd.descriptors import add_port
from mecctl.standards.appd.fields import ACTIONS
from mecctl.standards.appd.reading import Opening

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mecctl.document import Place
    from mecctl.standards.appd.reading import Reading

_NOT_HELD = {
    "appFeatureRequired": "features of a MEC platform aren't known here",
    "transportDependencies": "transports of a MEC platform aren't chosen here",
    "terminateAppInstanceOpConfig": "how long a stop may take is Kubernetes' own",
    "changeAppInstanceStateOpConfig": "how long a start or stop may take is Kubernetes' own",
    "mcioIdentificationData": "it is a Deployment, or with storage a StatefulSet, of the workload's name",
    "mcioConstraintParams": "constraints of containers aren't read: write pool: or architecture: beside appd:",
    "logicalNode": "logical nodes aren't built",
    "requestAdditionalCapabilities": "hardware is chosen by pool: and architecture: beside appd:",
    "appNetworkPolicy": "kinds of access networks aren't told apart here",
}
_TUNNELS = ("srcTunnelAddress", "tgtTunnelAddress", "srcTunnelPort", "dstTunnelPort")
_NARROW = ("srcAddress", "srcPort", *_TUNNELS, "qCI", "dSCP", "tC")
_RANGE = re.compile(r"([0-9]{1,5})(?: *- *([0-9]{1,5}))?")
_MOST_PORTS = 64
_NUMBERS = {"6": "TCP", "17": "UDP", "132": "SCTP"}


def read(reading: Reading, document: Mapping[str, Any]) -> None:
    """Read all that the AppD asks for beside what runs."""
    _services(reading, document)
    for index, one in enumerate(document.get("appDNSRule", [])):
        _name(reading, one, ("appDNSRule", index))
    if latency := document.get("appLatency", {}).get("maxLatency"):
        reading.take("maximumLatency", format_duration(latency), ("appLatency", "maxLatency"))
    for index, rule in enumerate(document.get("appTrafficRule", [])):
        _traffic(reading, rule, ("appTrafficRule", index))
    for key, why in _NOT_HELD.items():
        if key in document:
            reading.lacks((key,), why)
    if document.get("userContextTransferCapability", {}).get("statefulApplication"):
        reading.lacks(("userContextTransferCapability",), "contexts of users aren't moved by what the AppD says")


def _services(reading: Reading, document: Mapping[str, Any]) -> None:
    for index, one in enumerate(document.get("appServiceRequired", [])):
        reading.add("requires", one["serName"], ("appServiceRequired", index, "serName"))
    for index, one in enumerate(document.get("appServiceProduced", [])):
        category = one.get("serCategory")
        named = category.get("name") if isinstance(category, dict) else category
        whole = {"name": one["serName"], "version": one["version"]}
        whole |= {"category": named} if isinstance(named, str) else {}
        reading.add("provides", whole, ("appServiceProduced", index))


def _name(reading: Reading, rule: Mapping[str, Any], at: Place) -> None:
    name = rule["domainName"].rstrip(".").lower()
    reading.add("dns", {"name": name, **({"ttl": rule["ttl"]} if "ttl" in rule else {})}, (*at, "domainName"))
    if "dns" in reading.fields:
        reading.lacks((*at, "ipAddress"), "the name points at the workload, wherever that is")


def _traffic(reading: Reading, rule: Mapping[str, Any], at: Place) -> None:
    """Read one rule: what lets traffic in unchanged can become a policy, for all is closed until one opens it."""
    action, sent = rule["action"], len(rule.get("dstInterface", []))
    wanted = ACTIONS[action]
    if sent > wanted:
        what = f"{action} has {wanted or 'no'} interface{'s' if wanted != 1 else ''} to send to, and {sent} are given"
        reading.deviations.append(reading.problem((*at, "dstInterface"), what, f"{wanted}"))
    if action == "DROP":
        why = "nothing is dropped by rule: other slices are out until a policy lets them in, its own slice is in"
        reading.lacks((*at, "action"), why)
    elif wanted == 2:
        reading.lacks((*at, "action"), "traffic isn't duplicated here")
    else:
        for index, one in enumerate(rule["trafficFilter"]):
            _filter(reading, rule["trafficRuleId"], one, (*at, "trafficFilter", index))
        if sent and action != "PASSTHROUGH":
            why = "traffic isn't sent to interfaces: the Service brings it to the workload"
            reading.lacks((*at, "dstInterface"), why)


def _filter(reading: Reading, rule: str, one: Mapping[str, Any], at: Place) -> None:
    """Read one filter; one that a policy would open wider than it says isn't opened at all."""
    narrow = [key for key in _NARROW if key in one]
    for key in narrow:
        reading.lacks((*at, key), "policies know slices and ports only, and would open more than this")
    odd = _odd_protocols(reading, one, at)
    ports = [_ports(reading, text, (*at, "dstPort", index)) for index, text in enumerate(one.get("dstPort", []))]
    flat = list(dict.fromkeys(port for some in ports for port in some or ()))
    for protocol in _protocols(one) if not odd else ():
        for port in flat:
            add_port(reading, port, protocol, None, (*at, "dstPort"))
    if narrow or odd or None in ports:
        return
    if "dstAddress" in one:
        reading.lacks((*at, "dstAddress"), "the workload's addresses are the cluster's to give")
    _open(reading, rule, one, flat, at)


def _open(reading: Reading, rule: str, one: Mapping[str, Any], ports: list[int], at: Place) -> None:
    """Open the ports to the slices that the filter's tags name."""
    if "tag" not in one:
        reading.lacks(at, "names no slice that may connect: write the policy, or tag the filter with a slice's name")
        return
    for index, tag in enumerate(one["tag"]):
        if not re.fullmatch(LABEL_1123, tag):
            reading.lacks((*at, "tag", index), f"{shown(tag)} can't be a slice's name")
    tags = tuple(tag for tag in one["tag"] if re.fullmatch(LABEL_1123, tag))
    reading.openings.append(Opening(rule, tags, tuple(ports), at))


def _odd_protocols(reading: Reading, one: Mapping[str, Any], at: Place) -> list[str]:
    """Return, and tell, the protocols that no policy has."""
    odd = [text for text in _protocols(one) if text not in _NUMBERS.values()]
    if odd:
        reading.lacks((*at, "protocol"), f"{shown(odd[0])} isn't a protocol that policies have: TCP, UDP or SCTP")
    return odd


def _protocols(one: Mapping[str, Any]) -> list[str]:
    """Return the protocols of a filter, TCP where it names none; IANA's numbers stand for their names."""
    return [_NUMBERS.get(text, text.upper()) for text in one.get("protocol", ["TCP"])]


def _ports(reading: Reading, text: str, at: Place) -> list[int] | None:
    """Return the ports of a port or a range; None, and told, where it is no such or too wide."""
    match = _RANGE.fullmatch(text.strip())
    low = int(match[1]) if match else 0
    high = int(match[2] or match[1]) if match else 0
    if not 1 <= low <= high <= 65535:
        reading.lacks(at, f"{shown(text)} isn't a port or a range of ports")
        return None
    if high - low >= _MOST_PORTS:
        reading.lacks(at, f"{shown(text)} are too many ports for a policy: at most {_MOST_PORTS}")
        return None
    return list(range(low, high + 1))
