"""Local nodes for a site: containers that are machines to everything that meets them, on this machine."""

from mecctl.lab.needs import Requirement, requirements
from mecctl.lab.podman import NodeStatus, down, status, up

__all__ = ["NodeStatus", "Requirement", "down", "requirements", "status", "up"]
