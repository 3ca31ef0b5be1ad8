"""What the agent says of itself and the slices, in Prometheus' text format (prometheus.io/docs/instrumenting)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator

    from sliceagent.keeper import Keeper
    from sliceagent.settings import Settings

_HELP = {
    "mecctl_slice_sent_bytes_total": ("counter", "Bytes of frames that the slice's pods on this node sent or got."),
    "mecctl_slice_packets_total": ("counter", "Packets that the slice's pods on this node sent or got."),
    "mecctl_slice_dropped_packets_total": ("counter", "Packets thrown away because the slice was over its rate."),
    "mecctl_slice_waiting_bytes": ("gauge", "Bytes that wait for their turn."),
    "mecctl_slice_rate_bits": ("gauge", "Declared rate in bits per second."),
    "mecctl_slice_pods": ("gauge", "Pods of the slice on this node."),
    "mecctl_slice_drift_total": ("counter", "How often something of the slice was no longer in place, and was mended."),
    "mecctl_slice_failures_total": ("counter", "How often the node could not be brought in step."),
}
_PATIENCE = 0.5


def render(keeper: Keeper, settings: Settings, failures: int) -> str:
    """Return all metrics as text."""
    samples: dict[str, list[str]] = {name: [] for name in _HELP}
    for name, labels, value in (*_traffic(keeper, settings), *_state(keeper, settings)):
        shown = ",".join(f'{key}="{text}"' for key, text in labels.items())
        samples[name].append(f"{name}{{{shown}}} {value}")
    samples["mecctl_slice_failures_total"].append(f"mecctl_slice_failures_total {failures}")
    lines = []
    for name, (kind, text) in _HELP.items():
        lines += [f"# HELP {name} {text}", f"# TYPE {name} {kind}", *samples[name]]
    return "\n".join(lines) + "\n"


def _traffic(keeper: Keeper, settings: Settings) -> Iterator[tuple[str, dict[str, str], int]]:
    for (namespace, direction), found in keeper.counters().items():
        labels = {"slice": settings.slices[namespace].name, "direction": direction}
        yield "mecctl_slice_sent_bytes_total", labels, found.sent_bytes
        yield "mecctl_slice_packets_total", labels, found.packets
        yield "mecctl_slice_dropped_packets_total", labels, found.dropped
        yield "mecctl_slice_waiting_bytes", labels, found.waiting_bytes


def _state(keeper: Keeper, settings: Settings) -> Iterator[tuple[str, dict[str, str], int]]:
    pods = keeper.pods()
    for namespace, part in settings.slices.items():
        yield "mecctl_slice_pods", {"slice": part.name}, pods[namespace]
        yield "mecctl_slice_drift_total", {"slice": part.name}, keeper.drift[namespace]
        for direction, rate in (("downlink", part.downlink), ("uplink", part.uplink)):
            for bound, value in (("guaranteed", rate.guaranteed), ("maximum", rate.maximum), ("perPod", rate.per_pod)):
                if value is not None:
                    yield "mecctl_slice_rate_bits", {"slice": part.name, "direction": direction, "bound": bound}, value


def answer(listener: socket.socket, metrics: Callable[[], str], *, ready: bool) -> None:
    """Take one HTTP connection: `/metrics`, or whether all is in place for any other path."""
    connection, _ = listener.accept()
    with connection:
        connection.settimeout(_PATIENCE)
        try:
            asked = connection.recv(1 << 13).split(b" ", 2)
            wanted = asked[1:2] == [b"/metrics"]
            body = metrics() if wanted else ""
            status = "200 OK" if ready or wanted else "503 Service Unavailable"
            head = f"HTTP/1.1 {status}\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: {len(body)}\r\n"
            connection.sendall(f"{head}Connection: close\r\n\r\n{body}".encode())
        except OSError:
            return  # it has gone
