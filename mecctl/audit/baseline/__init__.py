"""The machine below Kubernetes: mecctl's own baseline, after the CIS Debian Linux 12 benchmark and dev-sec's."""

from __future__ import annotations

from mecctl.audit.baseline import exposure, kernel, ssh, system
from mecctl.audit.control import Benchmark

NODE = Benchmark(
    "node",
    "mecctl node baseline 1",
    (*kernel.CONTROLS, *ssh.CONTROLS, *exposure.CONTROLS, *system.CONTROLS),
)
