"""The three small eBPF programs that lead a slice's packets through its queue, assembled by hand.

A packet that leaves a pod is caught at the ingress of the pod's host-side device, before the CNI's own program sees
it; one that goes to a pod at that device's egress. Both are sent out of one end of a veth pair, whose HTB holds the
rates, with the class in skb->priority and the device to come back to in skb->mark. At the other end they are put back
where they were caught, marked as done, and from there everything goes on as if nothing had happened, the CNI's policy
included. (An IFB can't do this: what it gives back skips classification at ingress, and so Cilium's policy.)

A mark doesn't survive the way out of a pod's network namespace, so no pod can forge one. Instruction set: RFC 9669;
offsets in __sk_buff and numbers of helpers: linux/bpf.h.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct

_MARK, _PROTOCOL, _PRIORITY, _IFINDEX = 8, 16, 32, 40
_STORE, _LOAD, _L3_CHECKSUM, _REDIRECT = 9, 26, 10, 23
_UNSPEC, _DROP = -1, 2
_DONE = 0x4D454343
_INWARD = 31  # bit of the mark: come back at ingress, not at egress
_IPV4 = 0x0008  # ETH_P_IP as it lies in memory on a little-endian machine
_ETHERNET = 14
_SYSCALL = {"x86_64": 321, "aarch64": 280, "armv7l": 386}
_LOAD_PROGRAM, _SCHED_CLS = 5, 3


def _op(code: int, to: int = 0, source: int = 0, offset: int = 0, value: int = 0) -> bytes:
    return struct.pack("=BBhi", code, source << 4 | to, offset, value if value < 1 << 31 else value - (1 << 32))


def _set(to: int, value: int) -> bytes:
    return _op(0xB4, to, value=value)


def _copy(to: int, source: int) -> bytes:
    return _op(0xBF, to, source)


def _read(to: int, offset: int) -> bytes:
    return _op(0x61, to, 6, offset)


def _write(offset: int, source: int) -> bytes:
    return _op(0x63, 6, source, offset)


def _call(helper: int) -> bytes:
    return _op(0x85, value=helper)


_BEGIN = _copy(6, 1)
_EXIT = _op(0x95)
_LEAVE = _set(0, _UNSPEC) + _EXIT
_PASS_DONE = _read(2, _MARK) + _op(0x56, 2, offset=4, value=_DONE) + _set(2, 0) + _write(_MARK, 2) + _LEAVE


def to_queue(pair: int, minor: int, *, inward: bool, dscp: int | None) -> bytes:
    """Return the program of one pod and direction: into class 1:`minor` of device `pair`, and back.

    `inward` packets come back at ingress: those that leave the pod. `dscp` is written into IPv4 headers on the way.
    """
    back = _read(2, _IFINDEX) + (_op(0x44, 2, value=1 << _INWARD) if inward else b"") + _write(_MARK, 2)
    queue = _set(2, 1 << 16 | minor) + _write(_PRIORITY, 2)
    go = _set(1, pair) + _set(2, 0) + _call(_REDIRECT) + _EXIT
    return _BEGIN + _PASS_DONE + (_mark_dscp(dscp) if dscp is not None else b"") + back + queue + go


def only_dscp(dscp: int) -> bytes:
    """Return the program that only writes `dscp` into the IPv4 headers of what leaves a pod."""
    return _BEGIN + _mark_dscp(dscp) + _LEAVE


def turn_back() -> bytes:
    """Return the program at the far end of the pair; what doesn't come from a pod is dropped."""
    drop = _op(0x56, 2, offset=2) + _set(0, _DROP) + _EXIT
    way = _copy(1, 2) + _op(0x54, 1, value=(1 << _INWARD) - 1) + _op(0x74, 2, value=_INWARD)
    done = _set(3, _DONE) + _write(_MARK, 3)
    return _BEGIN + _read(2, _MARK) + drop + done + way + _call(_REDIRECT) + _EXIT


def _mark_dscp(dscp: int) -> bytes:
    """Exchange the six DSCP bits of an IPv4 header (RFC 2474) and mend its checksum; ECN stays as it is."""
    load = _copy(1, 6) + _set(2, _ETHERNET) + _copy(3, 10) + _op(0x07, 3, value=-8) + _set(4, 2) + _call(_LOAD)
    old = _op(0x69, 7, 10, -8)
    new = _copy(8, 7) + _op(0x54, 8, value=0x03FF) + _op(0x44, 8, value=dscp << 10)
    keep = _op(0x6B, 10, 8, -8)
    mend = _copy(1, 6) + _set(2, _ETHERNET + 10) + _copy(3, 7) + _copy(4, 8) + _set(5, 2) + _call(_L3_CHECKSUM)
    store = _copy(1, 6) + _set(2, _ETHERNET) + _copy(3, 10) + _op(0x07, 3, value=-8) + _set(4, 2) + _set(5, 0)
    write = new + keep + mend + store + _call(_STORE)
    check = load + _skip(0x55, 0, 0, old + _skip_equal(write, dscp))
    return _read(2, _PROTOCOL) + _skip(0x56, 2, _IPV4, check)


def _skip_equal(body: bytes, dscp: int) -> bytes:
    """Leave out `body` where r7 has the DSCP already."""
    return _copy(8, 7) + _op(0x54, 8, value=0xFC00) + _skip(0x16, 8, dscp << 10, body)


def _skip(code: int, register: int, value: int, body: bytes) -> bytes:
    return _op(code, register, offset=len(body) // 8, value=value) + body


def load(program: bytes) -> int:
    """Hand a program to the kernel and return its file descriptor; raises OSError with the verifier's last words."""
    log = ctypes.create_string_buffer(1 << 14)
    code, license_ = ctypes.create_string_buffer(program), ctypes.create_string_buffer(b"Apache-2.0")
    numbers = (_SCHED_CLS, len(program) // 8, ctypes.addressof(code), ctypes.addressof(license_))
    request = ctypes.create_string_buffer(struct.pack("=IIQQIIQII", *numbers, 1, len(log), ctypes.addressof(log), 0, 0))
    libc = ctypes.CDLL(None, use_errno=True)
    found = int(libc.syscall(_SYSCALL[platform.machine()], _LOAD_PROGRAM, request, len(request) - 1))
    if found < 0:
        error, said = ctypes.get_errno(), log.value.decode(errors="replace").strip().splitlines()
        raise OSError(error, f"bpf: {os.strerror(error)}{': ' + said[-1] if said else ''}")
    return found
