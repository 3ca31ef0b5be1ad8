"""NODE-SSH: the SSH server as it would run now (sshd -T)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mecctl.audit.control import Control, Finding, failed, held, on_nodes

if TYPE_CHECKING:
    from collections.abc import Callable

    from mecctl.audit.evidence import Machine

WEAK_CIPHERS = ("3des", "-cbc", "arcfour", "blowfish", "cast128")
WEAK_MACS = ("md5", "sha1", "ripemd", "umac-64")
WEAK_EXCHANGES = ("sha1",)
WEAK_KEYS = ("ssh-dss", "ssh-rsa")


def _setting(key: str, holds: Callable[[str], bool], wanted: str) -> Callable[[Machine], Finding]:
    def check(machine: Machine) -> Finding:
        value = machine.seen["sshd"].get(key)
        if value is None:
            return failed(
                "sshd -T", f"{key} is not told: there is no SSH server, or its file is wrong", f"wanted: {wanted}"
            )
        return held(holds(value), "sshd -T", f"{key} {value}", wanted)

    return check


def _is(*values: str) -> Callable[[str], bool]:
    return lambda value: value in values


def _between(least: int, most: int) -> Callable[[str], bool]:
    return lambda value: value.isdigit() and least <= int(value) <= most


def _without(*weak: str) -> Callable[[str], bool]:
    return lambda value: not any(mark in one for one in value.split(",") for mark in weak)


def _keys(value: str) -> bool:
    return not any(one.startswith(WEAK_KEYS) for one in value.split(","))


_ROWS: tuple[tuple[str, str, Callable[[str], bool], str], ...] = (
    ("root has no password here", "permitrootlogin", _is("no", "prohibit-password", "without-password"), "no password"),
    ("Nobody logs in by password", "passwordauthentication", _is("no"), "no"),
    ("Nor by questions", "kbdinteractiveauthentication", _is("no"), "no"),
    ("Nobody logs in without a password", "permitemptypasswords", _is("no"), "no"),
    ("Nobody logs in because of their machine", "hostbasedauthentication", _is("no"), "no"),
    ("Old lists of trusted machines don't count", "ignorerhosts", _is("yes", "shosts-only"), "yes"),
    ("Users don't change how they log in", "permituserenvironment", _is("no"), "no"),
    ("Files that others could have changed don't count", "strictmodes", _is("yes"), "yes"),
    ("No windows come through", "x11forwarding", _is("no"), "no"),
    ("No connections go through", "allowtcpforwarding", _is("no"), "no"),
    ("No keys of others come through", "allowagentforwarding", _is("no"), "no"),
    ("No networks are tied together", "permittunnel", _is("no"), "no"),
    ("A login has few tries", "maxauthtries", _between(1, 4), "4 or less"),
    ("A login ends in time", "logingracetime", _between(1, 60), "1 to 60 s"),
    ("A dead connection is noticed", "clientaliveinterval", _between(1, 300), "1 to 300 s"),
    ("Logins are told with their key", "loglevel", _is("VERBOSE", "INFO"), "VERBOSE or INFO"),
    ("Ciphers are strong", "ciphers", _without(*WEAK_CIPHERS), f"without {', '.join(WEAK_CIPHERS)}"),
    ("Messages are sealed well", "macs", _without(*WEAK_MACS), f"without {', '.join(WEAK_MACS)}"),
    ("Keys are agreed on well", "kexalgorithms", _without(*WEAK_EXCHANGES), f"without {', '.join(WEAK_EXCHANGES)}"),
    ("The machine's own keys are strong", "hostkeyalgorithms", _keys, f"without {', '.join(WEAK_KEYS)}"),
)


def _control(number: int, row: tuple[str, str, Callable[[str], bool], str]) -> Control:
    title, key, holds, wanted = row
    return on_nodes(f"NODE-SSH-{number:02}", title, _setting(key, holds, wanted))


CONTROLS = tuple(_control(number, row) for number, row in enumerate(_ROWS, 1))
