"""Local nodes for a site on this machine: containers that are machines to everything that meets them, or machines."""

from mecctl.lab.lifecycle import NodeStatus, down, status, up, with_driver
from mecctl.lab.needs import requirements
from mecctl.lab.requirement import Requirement

__all__ = ["NodeStatus", "Requirement", "down", "requirements", "status", "up", "with_driver"]
