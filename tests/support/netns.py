"""Runs a test in a network namespace of its own: what it does to devices and traffic control ends with it."""

import contextlib
import ctypes
import functools
import os
import signal
import traceback

import pytest

from mecctl.process import run

_NEW_NETWORK = 0x40000000


def in_netns(test):
    """Fork, leave the machine's network, and run the test there; its failure is told with its traceback."""

    @functools.wraps(test)
    def forked(*arguments, **named):
        if os.geteuid() != 0:
            pytest.skip("needs root")
        end, told = os.pipe()
        child = os.fork()
        if not child:
            _exit(told, lambda: test(*arguments, **named))
        os.close(told)
        with os.fdopen(end) as said:
            text = said.read()
        assert os.waitpid(child, 0)[1] == 0, text

    return forked


def _exit(told, act):
    try:
        leave_network()
        act()
    except BaseException:  # noqa: BLE001 - whatever it is, the parent tells it
        os.write(told, traceback.format_exc().encode())
        os._exit(1)
    os._exit(0)


def leave_network():
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_NEW_NETWORK):
        raise OSError(ctypes.get_errno(), "unshare")
    run(["ip", "link", "set", "lo", "up"])


@contextlib.contextmanager
def pod(name, number):
    """A device `name`, whose other end is eth0, 10.9.`number`.2, of another network namespace; yields `run there`."""
    ready, told = os.pipe()
    child = os.fork()
    if not child:
        leave_network()
        os.write(told, b".")
        signal.pause()
        os._exit(0)
    os.read(ready, 1)
    try:
        run(["ip", "link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", str(child)])
        run(["ip", "addr", "add", f"10.9.{number}.1/24", "dev", name])
        run(["ip", "link", "set", name, "up"])
        inside = ["nsenter", "--net", f"--target={child}"]
        run([*inside, "ip", "addr", "add", f"10.9.{number}.2/24", "dev", "eth0"])
        run([*inside, "ip", "link", "set", "eth0", "up"])
        run([*inside, "ip", "route", "add", "default", "via", f"10.9.{number}.1"])
        yield inside
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
