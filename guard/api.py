"""The Kubernetes API as a pod sees it: single requests, and lists that are followed for ever."""

from __future__ import annotations

import http.client
import json
import ssl
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

Object = dict[str, Any]
ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
TIMEOUT = 15.0
_AGAIN = 1.0


class ApiError(Exception):
    """The API server refused, or didn't answer."""


class Api:
    """One API server, by the service account of the pod; its token is read anew each time, for it changes."""

    def __init__(self, host: str, port: int, account: Path = ACCOUNT) -> None:
        self._host, self._port, self._account = host, port, account
        self._tls = ssl.create_default_context(cafile=str(account / "ca.crt"))

    def request(self, method: str, path: str, body: Object | None = None, content: str = "application/json") -> Object:
        """Return the answer to one request. Raises ApiError for any status but 2xx."""
        connection, answer = self._send(method, path, body, content, TIMEOUT)
        try:
            found: Object = json.loads(answer.read())
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise ApiError(f"{method} {path}: {error}") from error
        finally:
            connection.close()
        if answer.status // 100 != 2:
            raise ApiError(f"{method} {path}: {found.get('message', answer.status)}")
        return found

    def follow(self, path: str, seconds: int) -> Iterator[Object | None]:
        """Yield every object of a list as it is or becomes, and None once all of the list were yielded.

        An object that goes is yielded with `deleted` true. The list is read anew every `seconds`, and after any error,
        which is printed.
        """
        while True:
            try:
                listed = self.request("GET", path)
                yield from listed["items"]
                yield None
                yield from self._watch(path, listed["metadata"]["resourceVersion"], seconds)
            except ApiError as error:
                print(error, file=sys.stderr, flush=True)  # noqa: T201 - a container's log
                time.sleep(_AGAIN)

    def _watch(self, path: str, version: str, seconds: int) -> Iterator[Object]:
        joint = "&" if "?" in path else "?"
        where = f"{path}{joint}watch=1&resourceVersion={version}&timeoutSeconds={seconds}"
        connection, answer = self._send("GET", where, None, "application/json", seconds + TIMEOUT)
        try:
            for line in answer:
                event = json.loads(line)
                if event["type"] == "ERROR":
                    raise ApiError(f"watch {path}: {event['object'].get('message')}")
                yield {**event["object"], "deleted": event["type"] == "DELETED"}
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise ApiError(f"watch {path}: {error}") from error
        finally:
            connection.close()

    def _send(
        self, method: str, path: str, body: Object | None, content: str, timeout: float
    ) -> tuple[http.client.HTTPSConnection, http.client.HTTPResponse]:
        connection = http.client.HTTPSConnection(self._host, self._port, timeout=timeout, context=self._tls)
        token = (self._account / "token").read_text().strip()
        headers = {"Authorization": f"Bearer {token}", "Content-Type": content, "Accept": "application/json"}
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            return connection, connection.getresponse()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise ApiError(f"{method} {path}: {error}") from error
