"""The Kubernetes API as this node's administrator, by the few requests that are needed here."""

from __future__ import annotations

import base64
import http.client
import json
import re
import ssl
import tempfile
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ansible.module_utils.mecctl.item import NodeError

if TYPE_CHECKING:
    from pathlib import Path

GROUPS = {
    "v1": "/api/v1",
    "apps/v1": "/apis/apps/v1",
    "rbac.authorization.k8s.io/v1": "/apis/rbac.authorization.k8s.io/v1",
}
APPLY = "application/apply-patch+yaml"
MERGE = "application/merge-patch+json"


class Api:
    """A connection by the certificates of a kubeconfig that kubeadm or K3s wrote."""

    def __init__(self, kubeconfig: Path, timeout: float = 15) -> None:
        text = kubeconfig.read_text()
        server = urlsplit(_field(text, "server"))
        self._where = server.netloc
        tls = ssl.create_default_context(cadata=_data(text, "certificate-authority-data").decode())
        # Newer Pythons ask more of a certificate than the ones that kubeadm and K3s make.
        tls.verify_flags &= ~ssl.VERIFY_X509_STRICT
        with tempfile.NamedTemporaryFile(dir="/run") as file:
            file.write(_data(text, "client-certificate-data") + b"\n" + _data(text, "client-key-data"))
            file.flush()
            tls.load_cert_chain(file.name)
        self._connection = http.client.HTTPSConnection(
            server.hostname or "", server.port or 443, timeout=timeout, context=tls
        )

    def wait(self, path: str, seconds: float) -> None:
        """Wait until `path` answers well. Raises NodeError when it doesn't within that time."""
        end = time.monotonic() + seconds
        while True:
            try:
                status, answer = self.request("GET", path)
                if status == 200:
                    return
                why = str(answer.get("message", status))
            except NodeError as failure:
                why = failure.why
            if time.monotonic() > end:
                fix = "on the node: journalctl -u kubelet"
                raise NodeError("the API server isn't ready", where=f"{self._where}{path}", why=why, fix=fix)
            time.sleep(0.3)

    def request(self, method: str, path: str, body: Any = None, content: str = "application/json") -> tuple[int, Any]:
        """One request: its HTTP status and the answer. Raises NodeError when nobody answers."""
        data = None if body is None else json.dumps(body)
        try:
            self._connection.request(method, path, data, {"Content-Type": content, "Accept": "application/json"})
            answer = self._connection.getresponse()
            text = answer.read().decode(errors="replace")
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()  # the next request opens it again
            raise NodeError("the API server doesn't answer", where=self._where, why=str(error)) from error
        try:
            return answer.status, json.loads(text)
        except ValueError:
            return answer.status, {"message": text[:400]}


def path_of(thing: dict[str, Any]) -> str:
    """The API path of an object of one of the built-in kinds used here."""
    meta = thing["metadata"]
    namespace = f"/namespaces/{meta['namespace']}" if "namespace" in meta else ""
    return f"{GROUPS[thing['apiVersion']]}{namespace}/{thing['kind'].lower()}s/{meta['name']}"


def _field(text: str, name: str) -> str:
    found = re.search(rf"^\s+{name}: (\S+)$", text, re.MULTILINE)
    if not found:
        raise NodeError(f"the kubeconfig has no {name}")
    return found[1].strip('"')


def _data(text: str, name: str) -> bytes:
    return base64.b64decode(_field(text, name))
