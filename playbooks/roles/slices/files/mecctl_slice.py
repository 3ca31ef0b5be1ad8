#!/usr/bin/python3 -ISE
"""CNI plugin at the end of the chain: a pod of a slice with rates starts only once the node's agent holds it to them.

https://www.cni.dev/docs/spec: configuration on stdin, the result on stdout, errors as JSON with exit code 1. A pod of
any other namespace passes at once. Without the agent a slice's pod doesn't start, and the kubelet tries again.
"""

import json
import os
import socket
import sys
from pathlib import Path

SHAPED, SOCKET = Path("/etc/mecctl/slices"), "/run/mecctl/slices.sock"
VERSIONS = ["0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"]
PATIENCE = 20.0
TRY_AGAIN, FAILED = 11, 102


class RefusedError(Exception):
    """The pod can't start now; carries CNI's error code."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


def main() -> int:
    """Answer one CNI call."""
    command = os.environ.get("CNI_COMMAND")
    if command == "VERSION":
        return say({"cniVersion": VERSIONS[-1], "supportedVersions": VERSIONS})
    if command != "ADD":
        return 0  # the agent sees by itself when a pod's device goes
    config = json.load(sys.stdin)
    try:
        return say(add(config, os.environ.get("CNI_ARGS", "")))
    except RefusedError as error:
        version = config.get("cniVersion", VERSIONS[0])
        return say({"cniVersion": version, "code": error.code, "msg": str(error)}, 1)


def say(answer: dict, code: int = 0) -> int:
    """Write the answer where CNI looks for it, and return the exit code."""
    sys.stdout.write(json.dumps(answer) + "\n")
    return code


def add(config: dict, arguments: str) -> dict:
    """Return the chain's result, unchanged, once the pod may start; raises RefusedError."""
    result = config.get("prevResult")
    if result is None:
        raise RefusedError(FAILED, "mecctl-slice must come after the plugin that makes the pod's network")
    given = dict(one.split("=", 1) for one in arguments.split(";") if "=" in one)
    namespace = given.get("K8S_POD_NAMESPACE", "")
    if namespace in shaped():
        devices = [one["name"] for one in result.get("interfaces", ()) if not one.get("sandbox")]
        ask({"namespace": namespace, "pod": given.get("K8S_POD_NAME", ""), "devices": devices})
    return result


def shaped() -> list:
    """Return the namespaces whose pods wait for the agent."""
    try:
        return SHAPED.read_text().split()
    except FileNotFoundError:
        return []


def ask(pod: dict) -> None:
    """Ask the agent to hold the pod to its slice's rates, and wait for it; raises RefusedError."""
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(PATIENCE)
            connection.connect(SOCKET)
            connection.sendall(json.dumps(pod).encode() + b"\n")
            answer = json.loads(connection.makefile().readline() or '{"error": "it said nothing"}')
    except OSError as error:
        raise RefusedError(TRY_AGAIN, f"the slice agent of this node doesn't answer: {error}") from error
    if answer.get("error"):
        raise RefusedError(TRY_AGAIN, f"the slice agent of this node: {answer['error']}")


if __name__ == "__main__":
    sys.exit(main())
