"""The Kubernetes API client: typed by apiVersion and kind, objects are plain dicts."""

from __future__ import annotations

import json
import time
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, Self

from mecctl.engine.kube import config, deletion
from mecctl.engine.kube.discovery import Discovery
from mecctl.engine.kube.errors import KubeError
from mecctl.engine.kube.exec import session
from mecctl.engine.kube.transport import Transport
from mecctl.engine.kube.watch import Event, watch

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from mecctl.engine.kube.config import Connection
    from mecctl.engine.kube.discovery import Served
    from mecctl.engine.kube.exec import Session
    from mecctl.engine.kube.stop import Stop

FIELD_MANAGER = "mecctl"
_PAGE = "500"
_SILENCE = 86400.0  # seconds for which a pod may print nothing

Object = dict[str, Any]
Answer = Any  # parsed JSON of any shape, or text


class KubeClient:
    """Talks to one API server over one connection pool; safe to share between threads.

    Once `stop` is asked for, whoever waits by this client gets a StoppedError.
    """

    def __init__(self, transport: Transport, namespace: str) -> None:
        self._transport = transport
        self.stop = transport.stop
        self._discovery = Discovery(lambda path: self.request("GET", path))
        self.namespace = namespace

    @classmethod
    def from_kubeconfig(
        cls, path: Path, context: str | None = None, timeout: float = 30.0, stop: Stop | None = None
    ) -> Self:
        """Read a kubeconfig; `timeout` is in seconds for each request. Raises MecctlError when it is not usable."""
        return cls.connected(config.load(path, context), timeout, stop)

    @classmethod
    def connected(cls, connection: Connection, timeout: float, stop: Stop | None = None) -> Self:
        """Return a client for a connection; `timeout` is in seconds for each request."""
        return cls(Transport(connection, timeout, stop), connection.namespace)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection."""
        self._transport.close()

    def served(self, api_version: str, kind: str) -> Served:
        """Return how a kind is served; KubeError 404 with reason `NoKind` when it isn't (yet)."""
        return self._discovery.find(api_version, kind)

    def versions(self, api_version: str, kind: str) -> list[str]:
        """Return every apiVersion of the group of `api_version` in which a kind is served now."""
        return self._discovery.versions(api_version, kind)

    def get(self, api_version: str, kind: str, name: str, namespace: str | None = None) -> Object:
        """Return one object; KubeError with status 404 when there is none.

        Without `namespace`, an object that has one is looked for in that of the kubeconfig's context.
        """
        with self._path(api_version, kind, name, namespace or self.namespace) as path:
            answer: Object = self.request("GET", path)
        return answer

    def list(
        self,
        api_version: str,
        kind: str,
        namespace: str | None = None,
        label_selector: str | None = None,
        *,
        field_selector: str | None = None,
    ) -> list[Object]:
        """Return the objects of a kind, of all namespaces without `namespace`."""
        chosen = {"labelSelector": label_selector, "fieldSelector": field_selector}
        params = {"limit": _PAGE, **{key: value for key, value in chosen.items() if value}}
        path, items = self.served(api_version, kind).path(None, namespace), []
        while True:
            page = self.request("GET", path, params=params)
            # Items of a list lack what the list itself says once.
            items += [{"apiVersion": api_version, "kind": kind, **item} for item in page["items"]]
            if not (token := page["metadata"].get("continue")):
                return items
            params["continue"] = token

    def apply(self, obj: Object, dry_run: bool = False, force: bool = False, manager: str = FIELD_MANAGER) -> Object:
        """Apply `obj` by server-side apply as field manager `manager` and return the object as it is then.

        ConflictError names the managers and fields in the way unless `force`.
        """
        return self.apply_status(obj, dry_run=dry_run, force=force, manager=manager)[0]

    def apply_status(
        self, obj: Object, dry_run: bool = False, force: bool = False, manager: str = FIELD_MANAGER
    ) -> tuple[Object, bool]:
        """Do as `apply`; the second value says whether the object was not there before."""
        params = {"fieldManager": manager, "force": str(force).lower(), **({"dryRun": "All"} if dry_run else {})}
        headers = {"Content-Type": "application/apply-patch+yaml"}
        try:
            with self.at(obj) as path:
                response = self._transport.send(
                    "PATCH", path, params=params, content=json.dumps(obj).encode(), headers=headers
                )
        except KubeError as error:
            raise deletion.held_namespace(self, obj, error) from error
        return response.json(), response.status == 201

    def create(self, obj: Object) -> Object:
        """Create an object that must not exist (KubeError 409 `AlreadyExists` when it does); not for lasting state."""
        served = self.served(obj["apiVersion"], obj["kind"])
        path = served.path(None, obj["metadata"].get("namespace") or self.namespace)
        answer: Object = self.request("POST", path, params={"fieldManager": FIELD_MANAGER}, body=obj)
        return answer

    def delete(self, obj: Object, wait: float | None = None, propagation: str = "Background") -> bool:
        """Delete an object, only the very one if `obj` has a uid; False when it wasn't there.

        With `wait` seconds it returns when the object is gone, finalizers and all; MecctlError when it isn't by then.
        """
        return deletion.delete(self, obj, wait, propagation)

    def wait_gone(self, obj: Object, wait: float) -> None:
        """Return when an object that was deleted is gone; MecctlError after `wait` seconds names its finalizers."""
        deletion.wait_gone(self, obj, wait)

    def watch(
        self,
        api_version: str,
        kind: str,
        namespace: str | None = None,
        *,
        name: str | None = None,
        label_selector: str | None = None,
        timeout: float = 60.0,
    ) -> Iterator[Event]:
        """Yield what is there as ADDED, then SYNCED, then each change as it happens, for `timeout` seconds."""
        selectors = {"labelSelector": label_selector} if label_selector else {}
        if name:
            selectors["fieldSelector"] = f"metadata.name={name}"
        with self._path(api_version, kind, None, namespace) as path:
            yield from watch(self._transport, path, selectors, time.monotonic() + timeout)

    def logs(
        self, namespace: str, pod: str, container: str | None = None, *, tail: int = 20, previous: bool = False
    ) -> str:
        """Return the last `tail` lines that a container printed (`previous`: before its last restart)."""
        params = {"tailLines": str(tail), "previous": str(previous).lower()}
        if container:
            params["container"] = container
        return str(self.request("GET", f"/api/v1/namespaces/{namespace}/pods/{pod}/log", params=params))

    def follow_logs(self, namespace: str, pod: str, tail: int = 20) -> Generator[str]:
        """Yield the last `tail` lines that a pod printed, then each as it is printed, until it ends. Close it."""
        params = {"tailLines": str(tail), "follow": "true"}
        stream = self._transport.stream(f"/api/v1/namespaces/{namespace}/pods/{pod}/log", params, _SILENCE)
        with self.stop.cutting(stream.socket), closing(stream):
            for line in stream.lines():
                yield line.decode(errors="replace").rstrip("\n")

    def exec(
        self, namespace: str, pod: str, container: str, command: Sequence[str], *, tty: bool, timeout: float = 30.0
    ) -> AbstractContextManager[Session]:
        """Give a program that runs in a container, with stdin, and on a terminal if `tty`."""
        return session(self._transport, namespace, pod, container, command, tty=tty, timeout=timeout)

    def attach(
        self, namespace: str, pod: str, container: str, *, timeout: float = 30.0
    ) -> AbstractContextManager[Session]:
        """Give the program that a container runs, whose stdin has to be open."""
        return session(self._transport, namespace, pod, container, (), tty=False, timeout=timeout)

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: Object | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> Answer:
        """Send any request; `body` goes as JSON. Returns parsed JSON, or the text of another content type."""
        content = None if body is None else json.dumps(body).encode()
        sent = {"Content-Type": "application/json", **(headers or {})} if content else headers
        response = self._transport.send(method, path, params=params, content=content, headers=sent, timeout=timeout)
        return response.json() if "json" in response.headers.get("Content-Type", "") else response.text

    def at(self, obj: Object) -> AbstractContextManager[str]:
        """Give the path that an object is served at; KubeError 404 with reason `NoKind` when its kind isn't (any more).

        Ask for it inside of the context: a path that is refused there is told from a kind that has gone meanwhile.
        """
        metadata = obj["metadata"]
        namespace = metadata.get("namespace") or self.namespace
        return self._path(obj["apiVersion"], obj["kind"], metadata["name"], namespace)

    @contextmanager
    def _path(self, api_version: str, kind: str, name: str | None, namespace: str | None) -> Iterator[str]:
        try:
            yield self.served(api_version, kind).path(name, namespace)
        except KubeError as error:
            if error.status == 404 and error.reason == "NoStatus":
                self._discovery.ask_anew(api_version, kind)
            raise
