"""State in an S3-compatible object store.

The URL is Pulumi's: `s3://bucket/prefix?region=…&endpoint=…&profile=…&disableSSL=true&s3ForcePathStyle=true`
(gocloud.dev blob/s3blob). Credentials are found the way every AWS tool does: environment, files, the machine's role.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # noqa: A004 - botocore's own
    HTTPClientError,
    NoCredentialsError,
)

from mecctl.engine.state.store import Found
from mecctl.errors import MecctlError, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Iterator

_TRUE = {"true", "1", "t"}
_KNOWN = {"region", "endpoint", "profile", "awssdk"}
_PLAIN = ("disableSSL", "disable_https")
_BY_PATH = ("s3ForcePathStyle", "use_path_style")
_AT_ONCE = 1000  # keys that one request may delete
_CONFLICTS = ("PreconditionFailed", "ConditionalRequestConflict")


class S3Store:
    """Objects under a prefix of a bucket."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._bucket = parts.netloc
        self._prefix = f"{parts.path.strip('/')}/".lstrip("/")
        self._s3 = _client(url, dict(parse_qsl(parts.query)))

    def where(self, key: str) -> str:
        """Return the URL of an object."""
        return f"s3://{self._bucket}/{self._prefix}{key}"

    def get(self, key: str) -> bytes | None:
        """Return the content of an object, None when there is none."""
        with self._telling(key, "read"):
            try:
                answer = self._s3.get_object(Bucket=self._bucket, Key=self._prefix + key)
                return bytes(answer["Body"].read())
            except ClientError as error:
                if _code(error) == "NoSuchKey":
                    return None
                raise

    def put(self, key: str, content: bytes) -> None:
        """Write an object; the store shows it whole or not at all."""
        with self._telling(key, "written"):
            self._s3.put_object(Bucket=self._bucket, Key=self._prefix + key, Body=content)

    def put_if_absent(self, key: str, content: bytes) -> bool:
        """Write an object unless it is there; whether what is there now is `content`, which nobody else would write."""
        with self._telling(key, "written"):
            try:
                self._s3.put_object(Bucket=self._bucket, Key=self._prefix + key, Body=content, IfNoneMatch="*")
            except ClientError as error:
                if _code(error) not in _CONFLICTS:
                    raise
                return self.get(key) == content  # a request that was sent again because its answer got lost
        return True

    def copy(self, source: str, target: str) -> None:
        """Copy an object inside the store."""
        with self._telling(target, "written"):
            there = {"Bucket": self._bucket, "Key": self._prefix + source}
            self._s3.copy_object(Bucket=self._bucket, Key=self._prefix + target, CopySource=there)

    def list(self, prefix: str) -> list[Found]:
        """Return the objects whose key begins with `prefix`."""
        with self._telling(prefix, "read"):
            pages = self._s3.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket, Prefix=self._prefix + prefix
            )
            every = [one for page in pages for one in page.get("Contents", ())]
        found = [Found(one["Key"].removeprefix(self._prefix), one["LastModified"].timestamp()) for one in every]
        return sorted(found, key=lambda one: one.key)

    def delete(self, *keys: str) -> None:
        """Delete objects."""
        for start in range(0, len(keys), _AT_ONCE):
            some = [{"Key": self._prefix + key} for key in keys[start : start + _AT_ONCE]]
            with self._telling(keys[start], "written"):
                answer = self._s3.delete_objects(Bucket=self._bucket, Delete={"Objects": some, "Quiet": True})
            if failed := answer.get("Errors"):
                raise MecctlError(
                    "an object of the state can't be deleted",
                    where=f"s3://{self._bucket}/{failed[0].get('Key')}",
                    why=str(failed[0].get("Message") or failed[0].get("Code")),
                )

    @contextmanager
    def _telling(self, key: str, verb: str) -> Iterator[None]:
        """Turn a fault of the store into a MecctlError."""
        try:
            yield
        except NoCredentialsError as error:
            raise MecctlError(
                "there are no credentials for the object store",
                where=self.where(key),
                fix="set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE",
            ) from error
        except (ConnectionError, HTTPClientError) as error:
            raise UnreachableError(
                "the object store can't be reached", where=self.where(key), why=str(error)
            ) from error
        except (BotoCoreError, ClientError) as error:
            raise MecctlError(
                f"the state can't be {verb}",
                where=self.where(key),
                why=str(error),
                fix="mend it, then run the same command again: nothing was lost",
            ) from error


def _client(url: str, options: dict[str, str]) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
    if unknown := options.keys() - _KNOWN - {*_PLAIN, *_BY_PATH}:
        raise MecctlError(
            f"the URL of the state has an option that isn't known: {', '.join(sorted(unknown))}", where=url
        )
    endpoint = options.get("endpoint")
    if endpoint and "://" not in endpoint:
        endpoint = f"{'http' if _says(options, _PLAIN) else 'https'}://{endpoint}"
    by_path = _says(options, _BY_PATH) or bool(endpoint)  # few stores but Amazon's have a host name a bucket
    try:
        return boto3.Session(profile_name=options.get("profile")).client(
            "s3",
            endpoint_url=endpoint,
            region_name=options.get("region"),
            config=Config(
                retries={"mode": "standard", "total_max_attempts": 5},
                connect_timeout=10,
                read_timeout=60,
                s3={"addressing_style": "path" if by_path else "auto"},
            ),
        )
    except (BotoCoreError, ValueError) as error:
        raise MecctlError("the object store of the state can't be used", where=url, why=str(error)) from error


def _says(options: dict[str, str], names: tuple[str, ...]) -> bool:
    return any(options.get(name, "").lower() in _TRUE for name in names)


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code"))
