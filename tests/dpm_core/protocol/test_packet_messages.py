"""Messages that are known by their packet alone, and what is said of those that are not known."""

from __future__ import annotations

import pytest

from dpm_core.protocol import (
    Acknowledge,
    Frame,
    Handshake,
    LinkSource,
    Malformed,
    UnknownMessage,
    build_frame,
)

pytestmark = pytest.mark.requirement("E4")


def frame(payload: str) -> Frame:
    """Return a command with this payload."""
    return build_frame(0x91, 1, LinkSource().to_octets(), 0x21, bytes.fromhex(payload))


def test_a_target_that_cannot_be_read_is_none() -> None:
    unknown = UnknownMessage(frame("0000000000fe7e01"))
    assert unknown.target is None
    assert (unknown.message_class, unknown.message_type) == (0x7E, 0x01)


def test_messages_without_a_layout_say_what_they_are() -> None:
    unknown = UnknownMessage(frame("0000a1b2c3fe7e01"))
    assert unknown.words() == "Unknown message in a packet of type 91: class 7E type 01."
    malformed = Malformed(frame("0000a1b2c3fe7d01"), "STATUS_QUERY", "it is broken.")
    assert malformed.words() == "STATUS_QUERY that cannot be: it is broken."
    handshake = Handshake(Frame(b"\xc7" + bytes(23)))
    assert handshake.words() == "Radio pairing handshake, type C7, passed through."


def test_an_acknowledgement_says_which_command_it_is_for() -> None:
    assert Acknowledge(0x3D).words() == (
        "Acknowledgement of the command with sequence 3D: accepted."
    )
    assert Acknowledge(0x01, 0x2E).words() == (
        "Acknowledgement of the command with sequence 01: response 2E."
    )
