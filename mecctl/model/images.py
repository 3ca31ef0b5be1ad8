"""Images that mecctl itself runs, whatever a site's workloads are."""

from mecctl.model.site import Site

PYTHON = "docker.io/library/python:3.13-slim"
LAB_PYTHON = "mecctl.io/python:1"


def python_image(site: Site) -> str:
    """Return the image that mecctl's own Python programs run in: a lab has it among its artifacts, others pull it."""
    return LAB_PYTHON if site.spec.lab else PYTHON
