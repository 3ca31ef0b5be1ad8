"""What QEMU is told, and what its monitor's table says."""

from pathlib import Path

import pytest

from machine.qemu import answered, command, ports

TABLE = """\
Hub -1 (net):
  Protocol[State]    FD  Source Address  Port   Dest. Address  Port RecvQ SendQ
  TCP[ESTABLISHED]   20       127.0.0.1  8080       10.0.2.15  8080     0     0
  TCP[SYN_SENT]      21       127.0.0.1    22       10.0.2.15    22     0     0
  TCP[ESTABLISHED]   22       127.0.0.1    22       10.0.2.15    22     0     0
  TCP[HOST_FORWARD]  11               *  8080       10.0.2.15  8080     0     0
  TCP[HOST_FORWARD]  12               *    53       10.0.2.15    53     0     0
  UDP[236 sec]       19       10.0.2.15 49744        10.0.2.3    53     0     0
"""
TOLD = {"PORTS": "tcp:8080,udp:53", "CPUS": "2", "MEMORY": "512"}


@pytest.mark.parametrize(("port", "taken"), [(8080, True), (22, False), (53, False), (9, False)])
def test_a_port_answers_once_the_guest_has_taken_all_its_connections(port, taken):
    assert answered(TABLE, port) is taken


def test_ports_are_those_of_the_guest():
    assert ports("") == ()
    words = command(Path("/machine"), TOLD)

    assert "user,id=net,hostfwd=tcp::8080-:8080,hostfwd=udp::53-:53" in words
    assert words[words.index("-smp") + 1] == "2"
    assert words[words.index("-m") + 1] == "512"


@pytest.mark.parametrize(("usable", "by"), [(True, "kvm"), (False, "tcg,thread=multi,tb-size=64")])
def test_kvm_is_used_where_it_may_be(monkeypatch, usable, by):
    monkeypatch.setattr("machine.qemu.os.access", lambda *_: usable)
    words = command(Path("/machine"), TOLD)

    assert words[words.index("-accel") + 1] == by
