"""Images that mecctl itself runs, whatever a site's workloads are."""

from mecctl.model.site import Site

PYTHON = "docker.io/library/python:3.13-slim"
LAB_PYTHON = "mecctl.io/python:1"

LAB_GATE = "mecctl.io/gate:1"
LAB_QEMU = "mecctl.io/qemu:1"


def gate_image(site: Site) -> str:
    """Return the image that stands before workloads that move: the site's own, or a lab's among its artifacts."""
    return site.spec.platform.gate or LAB_GATE


def machine_image(site: Site) -> str:
    """Return the image that runs virtual machines in pods: the site's own, or a lab's among its artifacts."""
    own = site.spec.platform.machines
    return own.image if own and own.image else LAB_QEMU


def python_image(site: Site) -> str:
    """Return the image that mecctl's own Python programs run in: a lab has it among its artifacts, others pull it."""
    return LAB_PYTHON if site.spec.lab else PYTHON
