"""A cluster in a dictionary, as far as the guard asks it."""

from __future__ import annotations

from typing import Any

from guard.api import Api, ApiError


class Cluster(Api):
    """Answers requests from `objects` (path → object) and records what was written."""

    def __init__(self, **objects: Any) -> None:  # it has no connection
        self.objects: dict[str, Any] = objects
        self.written: list[tuple[str, str, Any]] = []

    def request(self, method: str, path: str, body: Any = None, content: str = "application/json") -> Any:
        if method == "GET":
            if path not in self.objects:
                raise ApiError(f"GET {path}: not found")
            return self.objects[path]
        if method == "POST" and f"{path}/{body['metadata']['name']}" in self.objects:
            raise ApiError(f"POST {path}: already exists")
        self.written.append((method, path, body))
        return body
