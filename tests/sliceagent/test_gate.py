import json
import socket
import threading

import pytest

from sliceagent import gate
from sliceagent.pods import Pod


@pytest.fixture
def ask(tmp_path):
    """Ask a gate whose agent refuses pods without a device."""

    def admit(pod):
        if not pod.devices:
            raise LookupError("none of the devices - is there")
        admitted.append(pod)

    def asked(line):
        path = tmp_path / "s"
        with gate.listen(path) as listener, socket.socket(socket.AF_UNIX) as client:
            assert path.stat().st_mode & 0o777 == 0o600
            answering = threading.Thread(target=gate.answer, args=(listener, admit))
            answering.start()
            client.connect(str(path))
            client.sendall(line)
            client.shutdown(socket.SHUT_WR)
            answering.join(10)
            return json.loads(client.recv(1 << 16))

    admitted: list[Pod] = []
    return asked, admitted


def test_a_pod_is_admitted(ask):
    asked, admitted = ask
    assert asked(b'{"namespace": "slice-2", "pod": "a", "devices": ["va"]}\n') == {}
    assert admitted == [Pod("slice-2", "a", ("va",))]


@pytest.mark.parametrize(
    ("line", "error"),
    [
        (b'{"namespace": "slice-2", "pod": "a", "devices": []}\n', "none of the devices"),
        (b"{}\n", "the request isn't one: KeyError('namespace')"),
        (b"hello\n", "the request isn't one"),
        (b"[]\n", "the request isn't one"),
        (b"\xff\n", "the request isn't one"),
        (b"", "the request isn't one"),
    ],
)
def test_what_can_not_be_is_refused(ask, line, error):
    asked, admitted = ask
    assert error in asked(line)["error"]
    assert not admitted


def test_who_goes_before_the_answer_harms_nobody(tmp_path):
    with gate.listen(tmp_path / "s") as listener:
        client = socket.socket(socket.AF_UNIX)
        client.connect(str(tmp_path / "s"))
        client.close()
        gate.answer(listener, lambda _: None)
