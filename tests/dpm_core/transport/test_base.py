"""The gate, and what a transport shows of itself."""

import logging
import os

import pytest

from dpm_core.transport import SendGate, memory_pair, transport_for_url
from tests.dpm_core.transport.far_ends import Listener

pytestmark = pytest.mark.requirement("E3")


def test_a_new_transport_only_listens() -> None:
    one, other = memory_pair()
    assert transport_for_url("/dev/ttyUSB0").gate is SendGate.LISTEN
    assert (one.gate, other.gate) == (SendGate.LISTEN, SendGate.LISTEN)


def test_each_end_of_a_pair_has_its_own_gate() -> None:
    one, other = memory_pair()
    one.allow_sending()
    assert (one.gate, other.gate) == (SendGate.SEND, SendGate.LISTEN)


def test_a_transport_never_shows_its_credentials() -> None:
    transport = transport_for_url("esphome://proxy/?port_name=qs&key=hidden")
    assert "hidden" not in transport.url
    assert "hidden" not in repr(transport)
    assert repr(transport) == (
        "<SerialxTransport esphome://proxy/?port_name=qs&key=REDACTED listen>"
    )


async def test_octets_are_logged_as_hex_at_debug_level(
    caplog: pytest.LogCaptureFixture,
) -> None:
    one, other = memory_pair(gate=SendGate.SEND)
    await one.open(Listener())
    await other.open(Listener())
    with caplog.at_level(logging.INFO, "dpm_core.transport"):
        one.write(b"\x55")
        await one.drain()
    assert not caplog.messages
    with caplog.at_level(logging.DEBUG, "dpm_core.transport"):
        one.write(b"\xfa\xde")
        await one.drain()
    assert caplog.messages == ["memory:// < fa de", "memory:// > fa de"]
    await one.close()
    await other.close()


async def test_octets_that_are_hidden_are_only_counted_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    one, other = memory_pair(gate=SendGate.SEND)
    await one.open(Listener())
    await other.open(Listener())
    one.hides_octets = other.hides_octets = True
    with caplog.at_level(logging.DEBUG, "dpm_core.transport"):
        one.write(b"\xfa\xde")
        await one.drain()
    shown = "(2 octets, not shown)"
    assert caplog.messages == [f"memory:// < {shown}", f"memory:// > {shown}"]
    await one.close()
    await other.close()


async def test_hidden_octets_are_not_in_the_log_of_the_serial_library_either(
    caplog: pytest.LogCaptureFixture,
) -> None:
    controller, worker = os.openpty()
    transport = transport_for_url(os.ttyname(worker), gate=SendGate.SEND)
    with caplog.at_level(logging.DEBUG):
        await transport.open(Listener())
        transport.hides_octets = True
        transport.write(b"integration")
        await transport.close()
    assert os.read(controller, 100) == b"integration"
    os.close(controller)
    os.close(worker)
    assert any("Immediately writing" in message for message in caplog.messages)
    assert "integration" not in caplog.text
