"""What a master asks and tells modules in class 7D."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dpm_core.errors import UnsupportedSetting
from dpm_core.model import CcoAction, SerialNumber
from dpm_core.protocol import (
    CcoSet,
    CounterMask,
    CountersClear,
    Discover,
    LinkSource,
    Malformed,
    Message,
    StatusMask,
    StatusQuery,
    build_frame,
    decode_message,
)

from .strategies import serials

pytestmark = pytest.mark.requirement("E4")

MODULE = SerialNumber(0x00A1B2C3)


def heard(payload: str) -> Message:
    """Return what a command with this payload says."""
    return decode_message(
        build_frame(0x91, 1, LinkSource().to_octets(), 0x21, bytes.fromhex(payload))
    )


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (
            StatusQuery(MODULE, StatusMask.ZONES | StatusMask.CCI),
            "Ask module 00A1B2C3 for its zones, cci.",
        ),
        (CcoSet(MODULE, CcoAction.OPEN), "Open the CCO of module 00A1B2C3."),
        (CcoSet(MODULE, CcoAction.CLOSE), "Close the CCO of module 00A1B2C3."),
        (CcoSet(MODULE, CcoAction.PULSE, 0.5), "Pulse the CCO of module 00A1B2C3 for 0.5 s."),
        (CcoSet(MODULE, CcoAction.PULSE), "Pulse the CCO of module 00A1B2C3 as programmed."),
        (CcoSet(MODULE, CcoAction.END_PULSE), "End the pulse of the CCO of module 00A1B2C3."),
        (
            CountersClear(MODULE, CounterMask.CRC_ERRORS),
            "Clear counters of module 00A1B2C3: crc errors.",
        ),
        (Discover(), "Ask every module to answer in 16 slots."),
        (
            Discover(0x80000000, 1, 4),
            (
                "Ask modules whose serial begins with the first 1 bits of 80000000 "
                "to answer in 4 slots."
            ),
        ),
    ],
)
def test_a_command_is_said_in_words(message: Message, words: str) -> None:
    assert message.words() == words


@pytest.mark.parametrize("pulse_s", [0.0, 0.09, 60.01, 0.505, -1.0, float("nan")])
def test_a_pulse_of_no_programmable_length_is_refused(pulse_s: float) -> None:
    with pytest.raises(UnsupportedSetting):
        CcoSet(MODULE, CcoAction.PULSE, pulse_s)


def test_a_pulse_is_the_same_however_its_length_was_worked_out() -> None:
    assert CcoSet(MODULE, CcoAction.PULSE, 0.1 + 0.2) == CcoSet(MODULE, CcoAction.PULSE, 0.3)


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        ("0000a1b2c3fe7d0504000000", "CCO action"),
        ("0000a1b2c3fe7d0502000009", "cco_pulse_s"),
        ("0000a1b2c3fe7d0502001771", "cco_pulse_s"),
        ("0000a1b2c3fe7d0a0100", "guard"),
        ("0000a1b2c3fe7d0a00a5", "counter mask"),
        ("0000a1b2c3fe7d0a10a5", "counter mask"),
        ("00ffffffffff7d0e000000002110", "prefix length"),
        ("00ffffffffff7d0e000000000000", "slots"),
        ("00ffffffffff7d0e000000000011", "slots"),
        ("0000a1b2c3fe7d0e000000000010", "everybody"),
    ],
)
def test_a_command_out_of_its_range_is_malformed(payload: str, reason: str) -> None:
    message = heard(payload)
    assert isinstance(message, Malformed)
    assert reason in message.reason


@pytest.mark.parametrize(
    "parts", [(-1, 0, 16), (1 << 32, 0, 16), (0, 33, 16), (0, -1, 16), (0, 0, 0), (0, 0, 17)]
)
def test_a_search_that_cannot_be_is_refused(parts: tuple[int, int, int]) -> None:
    with pytest.raises(UnsupportedSetting):
        Discover(*parts)


def test_a_search_asks_everybody_unless_told_otherwise() -> None:
    assert Discover() == Discover(0, 0, 16)


@pytest.mark.requirement("E6")
@given(serials, st.integers(0, 32), st.integers(0, 31))
def test_a_search_is_for_the_serials_with_its_prefix(
    serial: SerialNumber, bits: int, bit: int
) -> None:
    search = Discover(int(serial), bits)
    assert search.is_for(serial)
    other = int(serial) ^ (1 << 31 - bit)
    if other in (0, 0xFFFFFFFF):
        return
    assert search.is_for(SerialNumber(other)) == (bit >= bits)
