"""How an installer's program is read back over class 7D."""

from __future__ import annotations

import pytest

from dpm_core.errors import UnsupportedSetting
from dpm_core.model import CcoType, GroupNumber, OverrideAction, SerialNumber
from dpm_core.protocol import (
    EmergencyReport,
    GroupReport,
    IoProgramReport,
    Malformed,
    Message,
    NameReport,
    build_frame,
    decode_message,
)

pytestmark = pytest.mark.requirement("E4")

MODULE = SerialNumber(0x00A1B2C3)
ON, OFF, UNAFFECTED = OverrideAction.ON, OverrideAction.OFF, OverrideAction.UNAFFECTED


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (
            EmergencyReport(MODULE, (ON, ON, UNAFFECTED, OFF)),
            (
                "Module 00A1B2C3: in manual override zone 1 on, zone 2 on, zone 3 unaffected, "
                "zone 4 off."
            ),
        ),
        (
            IoProgramReport(MODULE, CcoType.MOMENTARY, 60.0, 0.5),
            "Module 00A1B2C3: CCO momentary, pulse 60 s, CCI debounce 0.5 s.",
        ),
        (NameReport(MODULE, 2, "Hall"), 'Module 00A1B2C3: zone 2 is called "Hall".'),
        (NameReport(MODULE, 0, ""), "Module 00A1B2C3: the module itself has no name."),
        (
            GroupReport(MODULE, GroupNumber(5), (True, False, True, False)),
            "Module 00A1B2C3: zones 1 and 3 in group 5.",
        ),
    ],
)
def test_a_report_is_said_in_words(message: Message, words: str) -> None:
    assert message.words() == words


@pytest.mark.parametrize(
    ("packet_type", "payload", "reason"),
    [
        (0x89, "0000a1b2c3fe7d0801010100 00", "not both"),
        (0x89, "0000a1b2c3fe7d1102 0032 0032", "CCO type"),
        (0x89, "0000a1b2c3fe7d1100 0000 0032", "cco_pulse_s"),
        (0x89, "0000a1b2c3fe7d1100 0032 01f5", "cci_debounce_s"),
        (0x89, "0000a1b2c3fe7d15 0000 01", "group number"),
        (0x89, "0000a1b2c3fe7d15 0001 10", "zone bits"),
        (0xA9, "0000a1b2c3fe7d13 05" + "00" * 32, "name index"),
        (0xA9, "0000a1b2c3fe7d13 00ff" + "00" * 31, "UTF-8"),
    ],
)
def test_a_report_out_of_its_range_is_malformed(
    packet_type: int, payload: str, reason: str
) -> None:
    message = decode_message(
        build_frame(packet_type, 0, int(MODULE).to_bytes(4), 0x00, bytes.fromhex(payload))
    )
    assert isinstance(message, Malformed)
    assert reason in message.reason


def test_values_that_cannot_be_are_refused() -> None:
    with pytest.raises(UnsupportedSetting):
        NameReport(MODULE, 5, "Hall")
    with pytest.raises(UnsupportedSetting):
        NameReport(MODULE, 0, "a" * 33)
    with pytest.raises(UnsupportedSetting):
        IoProgramReport(MODULE, CcoType.MOMENTARY, 0.05, 0.05)
    with pytest.raises(UnsupportedSetting):
        IoProgramReport(MODULE, CcoType.MOMENTARY, 0.5, 0.6)
