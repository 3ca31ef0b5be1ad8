"""Programs in containers, against a real WebSocket server on the loopback that speaks the API's protocol."""

import json
import threading
from http import HTTPStatus

import pytest
from websockets.sync.server import ServerConnection, serve

from mecctl.engine.kube import KubeError
from mecctl.engine.kube.config import Connection
from mecctl.engine.kube.exec import session
from mecctl.engine.kube.transport import Transport
from mecctl.errors import MecctlError, UnreachableError

PROTOCOL = "v5.channel.k8s.io"
FAILED = {"status": "Failure", "reason": "InternalError", "message": "no such file"}


def ended(code: int) -> dict[str, object]:
    if code == 0:
        return {"status": "Success"}
    cause = {"reason": "ExitCode", "message": str(code)}
    return {"status": "Failure", "reason": "NonZeroExitCode", "details": {"causes": [cause]}}


class Kubelet:
    """Runs the programs `upper` (reads all, prints it in capitals), `size`, and any that ends with `status`."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.status: dict[str, object] | None = ended(0)

    def __call__(self, socket: ServerConnection) -> None:
        assert socket.request is not None
        self.asked.append(socket.request.path)
        if "command=upper" in socket.request.path:
            said = b""
            for message in socket:
                assert isinstance(message, bytes)
                if message == b"\xff\x00":
                    break
                said += message[1:]
            socket.send(b"\x01" + said.upper())
            socket.send(b"\x02warned")
        if "command=size" in socket.request.path:
            size = socket.recv()
            assert isinstance(size, bytes)
            socket.send(b"\x01" + size[1:])
        if self.status:
            socket.send(b"\x03" + json.dumps(self.status).encode())


@pytest.fixture
def kubelet():
    return Kubelet()


def refuse(connection: ServerConnection, request: object) -> object:
    if "/pods/none/" not in request.path:  # type: ignore[attr-defined]
        return None
    status = {"kind": "Status", "reason": "NotFound", "message": 'pods "none" not found', "code": 404}
    return connection.respond(HTTPStatus.NOT_FOUND, json.dumps(status))


@pytest.fixture
def transport(kubelet):
    with serve(kubelet, "127.0.0.1", 0, subprotocols=[PROTOCOL], process_request=refuse) as server:  # type: ignore[list-item,arg-type]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = server.socket.getsockname()[1]
        made = Transport(Connection(f"http://127.0.0.1:{port}", False, {"Authorization": "Bearer x"}, None, "d"), 5)
        yield made
        made.close()
        server.shutdown()


def start(transport, *command, pod="web-1", tty=False):
    return session(transport, "ns", pod, "web", command, tty=tty, timeout=5)


def test_what_is_written_is_read_and_both_outputs_are_told_apart(transport, kubelet):
    kubelet.status = ended(7)
    with start(transport, "upper", "a b") as run:
        run.write(b"some ")
        run.write(b"text")
        run.end_input()
        said = list(run.output())

    assert said == [(1, b"SOME TEXT"), (2, b"warned")]
    assert run.code == 7
    assert kubelet.asked == [
        (
            "/api/v1/namespaces/ns/pods/web-1/exec?container=web&stdin=true&stdout=true&stderr=true&tty=false"
            "&command=upper&command=a+b"
        )
    ]


def test_a_terminal_says_how_big_it_is_and_has_one_output(transport, kubelet):
    with start(transport, "size", tty=True) as run:
        run.resize(80, 24)
        (said,) = run.output()

    assert json.loads(said[1]) == {"Width": 80, "Height": 24}
    assert "stderr=false&tty=true" in kubelet.asked[0]


def test_a_program_that_is_not_there(transport, kubelet):
    kubelet.status = FAILED
    with start(transport, "none") as run, pytest.raises(MecctlError, match="can't be run") as caught:
        list(run.output())

    assert caught.value.why == "no such file"


def test_a_connection_that_ends_before_the_program_does(transport, kubelet):
    kubelet.status = None
    with start(transport, "any") as run:
        list(run.output())
        run.write(b"too late")
    with pytest.raises(MecctlError, match="the connection ended before the program did"):
        _ = run.code


def test_a_pod_that_is_not_there(transport):
    with pytest.raises(KubeError, match='pods "none" not found') as caught, start(transport, "any", pod="none"):
        pass

    assert caught.value.missing


def test_a_server_that_is_not_there():
    gone = Transport(Connection("http://127.0.0.1:9", False, {}, None, "d"), 5)

    with pytest.raises(UnreachableError), start(gone, "any"):
        pass
