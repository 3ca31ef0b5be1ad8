"""What a node shows and no more: listeners and programs that run with their owner's rights, on a node of a site.

A listener's shape is `protocol place port program`; `place` is loopback, node (one address) or any. A new one is a
failure until it stands here: that is how a port that a new release opens is noticed (CVE-2025-46599 was one).
"""

from __future__ import annotations

EVERY_NODE = frozenset(
    {
        "tcp any 10250 kubelet",
        "tcp loopback 10248 kubelet",
        "tcp loopback ephemeral containerd",
    }
)
"""The kubelet, and what containerd streams a pod's output through; SSH's port is the site's."""

KUBEADM_SERVER = frozenset(
    {
        "tcp any 6443 kube-apiserver",
        "tcp node 2379 etcd",
        "tcp node 2380 etcd",
        "tcp loopback 2379 etcd",
        "tcp loopback 2381 etcd",
        "tcp loopback 10257 kube-controller",
        "tcp loopback 10259 kube-scheduler",
    }
)

KUBE_PROXY = frozenset({"tcp loopback 10249 kube-proxy", "tcp any 10256 kube-proxy"})
"""Its metrics, and its health, which load balancers outside ask for."""

CILIUM = frozenset(
    {
        "tcp node 4240 cilium-agent",
        "tcp loopback 9878 cilium-agent",
        "tcp loopback 9879 cilium-agent",
        "tcp loopback 9890 cilium-agent",
        "tcp loopback 9891 cilium-operator",
        "tcp loopback 9234 cilium-operator",
        "tcp loopback ephemeral cilium-agent",
        "udp any 8472 kernel",
    }
)
"""Health of its own and between nodes, the API of its operator, and VXLAN between nodes, which is the kernel's."""

SLICE_AGENT = frozenset({"tcp node 9477 python3"})
"""The metrics of slices."""

NAME_SERVER = frozenset({"tcp node 53 coredns", "udp node 53 coredns"})
"""Names of workloads, for clients outside."""

K3S = frozenset(
    {
        "tcp any 6443 k3s-server",
        "tcp any 10250 k3s-server",
        "tcp any 10250 k3s-agent",
        *(f"tcp loopback {port} k3s-server" for port in (6444, 10248, 10249, 10256, 10257, 10258, 10259, 10010)),
        *(f"tcp loopback {port} k3s-agent" for port in (6444, 10248, 10249, 10256, 10010)),
        "tcp node 2379 k3s-server",
        "tcp node 2380 k3s-server",
        *(f"tcp loopback {port} k3s-server" for port in (2379, 2380, 2381, 2382)),
        "udp any 8472 kernel",
    }
)
"""From K3s's documentation of its ports (https://docs.k3s.io/installation/requirements#networking)."""

CLOCK = frozenset({"udp loopback 323 chronyd", "udp any 123 ntpd"})

SETUID = frozenset(
    {
        "/usr/bin/chage", "/usr/bin/chfn", "/usr/bin/chsh", "/usr/bin/crontab", "/usr/bin/dotlockfile",
        "/usr/bin/expiry", "/usr/bin/fusermount3", "/usr/bin/gpasswd", "/usr/bin/mount", "/usr/bin/newgrp",
        "/usr/bin/passwd", "/usr/bin/pkexec", "/usr/bin/ssh-agent", "/usr/bin/su", "/usr/bin/sudo", "/usr/bin/umount",
        "/usr/bin/wall", "/usr/bin/write.ul", "/usr/lib/dbus-1.0/dbus-daemon-launch-helper",
        "/usr/lib/openssh/ssh-keysign", "/usr/lib/polkit-1/polkit-agent-helper-1", "/usr/lib/utempter/utempter",
        "/usr/lib/x86_64-linux-gnu/utempter/utempter", "/usr/sbin/postdrop", "/usr/sbin/postqueue",
        "/usr/sbin/unix_chkpwd",
    }
)  # fmt: skip
"""Programs of Debian 12's packages that run as their owner or group, whoever starts them."""
