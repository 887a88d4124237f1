"""The least of an ESPHome device with one serial proxy, spoken to with ESPHome's own messages.

Source: aioesphomeapi's messages (plain text framing: 0, length, type, protobuf).
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

from tests.dpm_core.transport.raw_server import RawSession

if TYPE_CHECKING:
    from collections.abc import Callable

PORT_NAME: Final = "qs_link"


class EsphomeSession(RawSession):
    """One client of the device; its proxy's far side is plain octets."""

    def __init__(
        self, received: Callable[[bytes], None], noticed: Callable[[RawSession], None]
    ) -> None:
        super().__init__(received, noticed)
        self.baud: int | None = None
        self.is_subscribed = False
        self._waiting = bytearray()

    def data_received(self, data: bytes) -> None:
        self._noticed(self)
        self._waiting += data
        while (packet := self._packet()) is not None:
            self._answer(*packet)

    def send(self, octets: bytes) -> None:
        # A device reports what its UART holds, and a client refuses long messages.
        for start in range(0, len(octets), 1024):
            piece = octets[start : start + 1024]
            self._say(_messages().SerialProxyDataReceived(instance=0, data=piece))

    def _packet(self) -> tuple[int, bytes] | None:
        if not self._waiting:
            return None
        assert self._waiting[0] == 0, "plain text only"
        numbers, at = [], 1
        for _ in range(2):
            value, shift = 0, 0
            while True:
                if at >= len(self._waiting):
                    return None
                octet = self._waiting[at]
                at += 1
                value |= (octet & 0x7F) << shift
                shift += 7
                if octet < 0x80:
                    break
            numbers.append(value)
        length, kind = numbers
        if len(self._waiting) < at + length:
            return None
        body = bytes(self._waiting[at : at + length])
        del self._waiting[: at + length]
        return kind, body

    def _answer(self, kind: int, body: bytes) -> None:
        said: Any = _core().MESSAGE_TYPE_TO_PROTO[kind]()
        said.MergeFromString(body)
        match type(said).__name__:
            case "HelloRequest":
                self._say(
                    _messages().HelloResponse(
                        api_version_major=1, api_version_minor=17, name="proxy", server_info="test"
                    )
                )
            case "AuthenticationRequest":
                self._say(_messages().AuthenticationResponse())
            case "DeviceInfoRequest":
                port = _messages().SerialProxyInfo(
                    name=PORT_NAME, port_type=_messages().SERIAL_PROXY_PORT_TYPE_RS485
                )
                self._say(_messages().DeviceInfoResponse(name="proxy", serial_proxies=[port]))
            case "PingRequest":
                self._say(_messages().PingResponse())
            case "DisconnectRequest":
                self._say(_messages().DisconnectResponse())
            case "SerialProxyRequest":
                self.is_subscribed = said.type == _messages().SERIAL_PROXY_REQUEST_TYPE_SUBSCRIBE
                self._agree(said.type)
            case "SerialProxySetModeRequest":
                self._agree(_messages().SERIAL_PROXY_REQUEST_TYPE_SET_MODE)
            case "SerialProxyConfigureRequest":
                self.baud = said.baudrate
                self._agree(_messages().SERIAL_PROXY_REQUEST_TYPE_CONFIGURE)
            case "SerialProxyWriteRequest":
                self._received(said.data)

    def _agree(self, asked: int) -> None:
        self._say(_messages().SerialProxyRequestResponse(instance=0, type=asked))

    def _say(self, message: Any) -> None:
        kind = next(
            number
            for number, proto in _core().MESSAGE_TYPE_TO_PROTO.items()
            if proto is type(message)
        )
        body = message.SerializeToString()
        super().send(b"\0" + _varint(len(body)) + _varint(kind) + body)


def _messages() -> Any:
    # Imported late: only some environments have it. Untyped: protobuf makes it while it loads.
    return importlib.import_module("aioesphomeapi.api_pb2")


def _core() -> Any:
    return importlib.import_module("aioesphomeapi.core")


def _varint(value: int) -> bytes:
    octets = bytearray()
    while True:
        value, low = value >> 7, value & 0x7F
        octets.append(low | 0x80 if value else low)
        if not value:
            return bytes(octets)
