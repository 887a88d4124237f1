"""What an installer programs into a module over class 7D."""

from __future__ import annotations

import pytest

from dpm_core.errors import UnsupportedSetting
from dpm_core.model import CcoType, GroupNumber, OverrideAction, SerialNumber
from dpm_core.protocol import (
    EmergencySet,
    GroupQuery,
    GroupSet,
    IoProgramSet,
    LinkSource,
    Malformed,
    Message,
    NameQuery,
    NameSet,
    build_frame,
    decode_message,
)

pytestmark = pytest.mark.requirement("E4")

MODULE = SerialNumber(0x00A1B2C3)
ON, OFF, UNAFFECTED = OverrideAction.ON, OverrideAction.OFF, OverrideAction.UNAFFECTED


def heard(payload: str, packet_type: int = 0x91) -> Message:
    """Return what a command with this payload says."""
    return decode_message(
        build_frame(packet_type, 1, LinkSource().to_octets(), 0x21, bytes.fromhex(payload))
    )


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (
            EmergencySet(MODULE, (ON, ON, UNAFFECTED, OFF)),
            (
                "Program what manual override does in module 00A1B2C3: "
                "zone 1 on, zone 2 on, zone 3 unaffected, zone 4 off."
            ),
        ),
        (
            IoProgramSet(MODULE, CcoType.MAINTAINED, 0.5, 0.05),
            "Program module 00A1B2C3: CCO maintained, pulse 0.5 s, CCI debounce 0.05 s.",
        ),
        (NameSet(MODULE, 2, "Hall"), 'Name zone 2 of module 00A1B2C3 "Hall".'),
        (NameSet(MODULE, 0, "Attic"), 'Name the module itself of module 00A1B2C3 "Attic".'),
        (
            GroupSet(MODULE, GroupNumber(5), (True, False, True, False)),
            "Program group 5 in module 00A1B2C3: zones 1 and 3.",
        ),
        (NameQuery(MODULE, 4), "Ask module 00A1B2C3 for the name of zone 4."),
        (GroupQuery(MODULE), "Ask module 00A1B2C3 for its groups."),
    ],
)
def test_a_command_is_said_in_words(message: Message, words: str) -> None:
    assert message.words() == words


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        ("0000a1b2c3fe7d070f000100a4", "guard"),
        ("0000a1b2c3fe7d0703020100a5", "not both"),
        ("0000a1b2c3fe7d0710000100a5", "zone bits"),
        ("0000a1b2c3fe7d1000003200325a", "guard"),
        ("0000a1b2c3fe7d10020032 0032a5", "CCO type"),
        ("0000a1b2c3fe7d10000009 0032a5", "cco_pulse_s"),
        ("0000a1b2c3fe7d10000032 01f5a5", "cci_debounce_s"),
        ("0000a1b2c3fe7d14000005a5", "group number"),
        ("0000a1b2c3fe7d14ffff05a5", "group number"),
        ("0000a1b2c3fe7d14000510a5", "zone bits"),
        ("0000a1b2c3fe7d1400050500", "guard"),
        ("0000a1b2c3fe7d1605", "name index"),
    ],
)
def test_a_command_out_of_its_range_is_malformed(payload: str, reason: str) -> None:
    message = heard(payload)
    assert isinstance(message, Malformed)
    assert reason in message.reason


@pytest.mark.parametrize(
    ("data", "reason"),
    [("05" + "00" * 32, "name index"), ("00ff" + "00" * 31, "UTF-8"), ("00" + "07" * 32, "name")],
)
def test_a_name_that_is_none_is_malformed(data: str, reason: str) -> None:
    message = heard("0000a1b2c3fe7d12" + data, 0xB1)
    assert isinstance(message, Malformed)
    assert reason in message.reason


@pytest.mark.parametrize("name", ["a" * 33, "ü" * 17, "a\nb", "\x00", "\ud800"])
def test_a_name_that_cannot_be_kept_is_refused(name: str) -> None:
    with pytest.raises(UnsupportedSetting):
        NameSet(MODULE, 0, name)


@pytest.mark.parametrize("index", [-1, 5])
def test_only_the_module_and_its_four_zones_have_names(index: int) -> None:
    with pytest.raises(UnsupportedSetting):
        NameSet(MODULE, index, "Hall")
    with pytest.raises(UnsupportedSetting):
        NameQuery(MODULE, index)


@pytest.mark.parametrize(("pulse_s", "debounce_s"), [(0.05, 0.05), (0.5, 0.6), (0.505, 0.05)])
def test_times_out_of_their_range_are_refused(pulse_s: float, debounce_s: float) -> None:
    with pytest.raises(UnsupportedSetting):
        IoProgramSet(MODULE, CcoType.MOMENTARY, pulse_s, debounce_s)
