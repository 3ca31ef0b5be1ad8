"""Calls functions of a running program: the SDK serves them by gRPC on the loopback, on the program's event loop.

Protocol: pulumi/pulumi proto/pulumi/callback.proto. Whoever calls must be in another thread than that loop.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, TypeVar

import grpc
from pulumi.runtime.proto import callback_pb2, callback_pb2_grpc

from mecctl.errors import MecctlError

if TYPE_CHECKING:
    from google.protobuf.message import Message

_UNBOUNDED = -1
_OPTIONS = (
    ("grpc.max_receive_message_length", _UNBOUNDED),
    ("grpc.max_send_message_length", _UNBOUNDED),
    ("grpc.enable_http_proxy", 0),  # the environment's proxies are for downloads
)

AnyMessage = TypeVar("AnyMessage", bound="Message")


class Callbacks:
    """Keeps a channel for each server that a program opened; safe between threads."""

    def __init__(self) -> None:
        self._channels: dict[str, grpc.Channel] = {}
        self._lock = threading.Lock()

    def call(self, callback: callback_pb2.Callback, request: Message, answer: type[AnyMessage]) -> AnyMessage:
        """Call a function of the program and return what it answers. Raises MecctlError with what it raised."""
        asked = callback_pb2.CallbackInvokeRequest(token=callback.token, request=request.SerializeToString())
        try:
            told = callback_pb2_grpc.CallbacksStub(self._channel(callback.target)).Invoke(asked)
        except grpc.RpcError as error:
            raise MecctlError(_said(error, callback.token)) from error
        return answer.FromString(told.response)

    def close(self) -> None:
        """Close every channel; the program has ended."""
        with self._lock:
            for channel in self._channels.values():
                channel.close()
            self._channels.clear()

    def _channel(self, target: str) -> grpc.Channel:
        with self._lock:
            if target not in self._channels:
                self._channels[target] = grpc.insecure_channel(target, options=_OPTIONS)
            return self._channels[target]


def _said(error: grpc.RpcError, token: str) -> str:
    """Return what the program raised, without the words that the SDK puts around it."""
    details = error.details() if isinstance(error, grpc.Call) else str(error)
    said = str(details or "the program gave no reason").removeprefix(f"Invoke callback {token} error: ")
    return said.strip()
