"""What one look at a node found out."""

from __future__ import annotations

from dataclasses import dataclass, field

from mecctl.nodes import certificates, system

ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64", "armv7l": "arm"}


@dataclass(frozen=True)
class Facts:
    """A node's own answers; sizes in bytes, `clock_skew` in seconds ahead of this machine.

    `encrypts` is whether its kernel can encrypt as it was asked.
    `container`, `swap`, `raise_limits` (CAP_SYS_RESOURCE) and `conntrack_writable` decide settings that only some
    machines need. `listeners` maps a TCP port to the name of the program that holds it. By IPv4 address, `speeds` has
    the bits per second of its link, as far as the kernel knows, and `mtus` the bytes of the largest packet there.
    `certificates` has until when (Unix seconds) those of the cluster hold, by their paths.
    """

    node: str
    arch: str
    kernel: tuple[int, int]
    hostname: str
    machine_id: str
    cores: int
    memory: int
    disk_free: int
    disk_size: int
    clock_skew: float
    cgroup: str
    container: bool
    swap: bool
    raise_limits: bool
    conntrack_writable: bool
    encrypts: bool
    system: system.System
    listeners: dict[int, str]
    speeds: dict[str, int]
    mtus: dict[str, int]
    certificates: dict[str, float] = field(default_factory=dict)


# One round trip: plain sh, for a node may lack everything else. The clock is read last, when the link is warm.
LOOK = (
    certificates.LOOK
    + system.LOOK
    + r"""
echo "machine=$(uname -m)"
echo "kernel=$(uname -r)"
echo "hostname=$(uname -n)"
echo "machine_id=$(cat /etc/machine-id 2>/dev/null)"
echo "cores=$(nproc)"
echo "memory=$(sed -n 's/^MemTotal: *\([0-9]*\) kB/\1/p' /proc/meminfo)"
echo "disk=$(df -Pk /var/lib | awk 'NR==2 {print $2, $4}')"
echo "cgroup=$(stat -fc %T /sys/fs/cgroup)"
echo "container=$(systemd-detect-virt -c 2>/dev/null)"
echo "swap=$(awk 'NR>1' /proc/swaps | wc -l)"
echo "caps=$(sed -n 's/^CapEff:\t//p' /proc/self/status)"
test -w /proc/sys/net/netfilter/nf_conntrack_max && echo conntrack_writable=1
ss -Hltnp 2>/dev/null | sed -n 's/^[^ ]* *[^ ]* *[^ ]* *[^ ]*:\([0-9]*\) .*users:(("\([^"]*\)".*/listen=\1 \2/p'
ip -o -4 addr show 2>/dev/null | while read -r _ device _ address _; do
  echo "speed=${address%/*} $(cat "/sys/class/net/$device/speed" 2>/dev/null)"
  echo "mtu=${address%/*} $(cat "/sys/class/net/$device/mtu" 2>/dev/null)"
done
echo "clock=$(date +%s.%N)"
"""
)

# In a network of its own, which is gone with the command; a module is loaded as `up` would load it.
_TRY = {
    "wireguard": "ip link add look type wireguard",
    "ipsec": "ip xfrm state add src 192.0.2.1 dst 192.0.2.2 proto esp spi 1 mode tunnel "
    f"aead 'rfc4106(gcm(aes))' 0x{'5a' * 20} 128",
}
LOOK_FOR = {way: f"\nunshare -n {command} 2>/dev/null && echo encrypts=1\n" for way, command in _TRY.items()}
"""By the site's `encryption`, what goes before LOOK: it may load a module, which no other site needs."""

_CAP_SYS_RESOURCE = 24
_MANY = {"listen", "speed", "mtu", "cert", "conf", "filter"}


def parse(node: str, text: str, sent: float, received: float) -> Facts:
    """Read the answer to LOOK, sent and received at these times of this machine's clock (Unix seconds)."""
    lines = [(key, value) for key, found, value in (line.partition("=") for line in text.splitlines()) if found]
    one = {key: value.strip() for key, value in lines if key not in _MANY}
    size, free = (int(number) * 1024 for number in one["disk"].split())
    # The clock was read at some moment of the round trip: what the trip itself may explain is not skew.
    clock = float(one["clock"])
    skew = clock - received if clock > received else min(clock - sent, 0.0)
    major, minor = one["kernel"].split(".")[:2]
    return Facts(
        node=node,
        arch=ARCHITECTURES.get(one["machine"], one["machine"]),
        kernel=(int(major), int("".join(filter(str.isdigit, minor)))),
        hostname=one["hostname"],
        machine_id=one["machine_id"],
        cores=int(one["cores"]),
        memory=int(one["memory"]) * 1024,
        disk_free=free,
        disk_size=size,
        clock_skew=skew,
        cgroup={"cgroup2fs": "v2", "tmpfs": "v1"}.get(one["cgroup"], one["cgroup"]),
        container=one["container"] not in {"", "none"},
        swap=one["swap"] != "0",
        raise_limits=bool(int(one["caps"], 16) >> _CAP_SYS_RESOURCE & 1),
        conntrack_writable="conntrack_writable" in one,
        encrypts="encrypts" in one,
        system=system.parse(one, [value for key, value in lines if key == "filter"]),
        listeners={int(port): name for key, value in lines if key == "listen" for port, name in [value.split(" ", 1)]},
        speeds={address: mbps * 10**6 for address, mbps in _links(lines, "speed").items()},
        mtus=_links(lines, "mtu"),
        certificates=dict(certificates.read(key, value) for key, value in lines if key in {"cert", "conf"}),
    )


def _links(lines: list[tuple[str, str]], wanted: str) -> dict[str, int]:
    """Return a number of each address's link; -1 or nothing stands where the kernel doesn't know."""
    links = [value.split() for key, value in lines if key == wanted]
    return {link[0]: int(link[1]) for link in links if len(link) == 2 and int(link[1]) > 0}
