"""Writing a program all or nothing, over class 7D."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given

from dpm_core.errors import UnsupportedSetting
from dpm_core.model import CcoType, OverrideAction, Program, SerialNumber
from dpm_core.protocol import (
    EmergencySet,
    IoProgramSet,
    LinkSource,
    Malformed,
    Message,
    NameSet,
    build_frame,
    crc16,
    decode_message,
)
from dpm_core.protocol.extension_program_write import STAGE_MAX, program_checksum
from dpm_core.protocol.messages import (
    LoadsSet,
    ProgramAbort,
    ProgramBegin,
    ProgramCommit,
    ProgramStage,
    ProgramVersionQuery,
    ProgramVersionReport,
)
from tests.dpm_core.model.test_power import FULL, programs

pytestmark = pytest.mark.requirement("E4", "F1")

MODULE = SerialNumber(0x00A1B2C3)
OTHER = SerialNumber(0x00A1B2C4)
NAMED = NameSet(MODULE, 2, "Hall")


def heard(payload: str, packet_type: int = 0x91) -> Message:
    """Return what a command with this payload says."""
    octets = bytes.fromhex("0000a1b2c3fe7d" + payload)
    return decode_message(build_frame(packet_type, 1, LinkSource().to_octets(), 0x21, octets))


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (ProgramVersionQuery(MODULE), f"Ask module {MODULE} for the version of its program."),
        (
            ProgramVersionReport(MODULE, 2, 7, 0xBEEF),
            f"Module {MODULE}: program of format 2, revision 7, checksum BEEF.",
        ),
        (
            ProgramVersionReport(MODULE, 2, 7, 0xBEEF, 9),
            f"Module {MODULE}: program of format 2, revision 7, checksum BEEF, stage 9 is open.",
        ),
        (ProgramBegin(MODULE, 9), f"Begin stage 9 of a new program in module {MODULE}."),
        (
            ProgramStage(MODULE, 9, NAMED),
            f'Put into stage 9: Name zone 2 of module {MODULE} "Hall".',
        ),
        (
            ProgramCommit(MODULE, 9, 7, 0xBEEF),
            (
                f"Write stage 9 as the program of module {MODULE}: in place of revision 7, "
                "checksum BEEF."
            ),
        ),
        (ProgramAbort(MODULE, 9), f"Drop stage 9 in module {MODULE}."),
    ],
)
def test_each_is_said_in_words(message: Message, words: str) -> None:
    assert message.words() == words


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        ("2300a5", "stage"),
        ("2309a4", "guard"),
        ("2500000700 00a5", "stage"),
        ("250900070000a4", "guard"),
        ("2600a5", "stage"),
        ("260900", "guard"),
    ],
)
def test_a_command_out_of_its_range_is_malformed(payload: str, reason: str) -> None:
    message = heard(payload)
    assert isinstance(message, Malformed)
    assert reason in message.reason


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        ("24" + "00" + "07" + "0f000100a5", "stage"),
        ("24" + "09" + "07" + "0f000100a4", "guard"),
        ("24" + "09" + "07" + "0f0f0100a5", "not both"),
        ("24" + "09" + "14" + "000505a500", "staged type"),
        ("24" + "09" + "24" + "0907" + "0f0001", "staged type"),
        ("24" + "09" + "10" + "0f000100a5", "staged type"),
        ("24" + "09" + "12" + "05" + "00" * 32, "name index"),
        ("24" + "09" + "07" + "0f0001", "format"),
    ],
)
def test_what_cannot_be_staged_is_malformed(payload: str, reason: str) -> None:
    message = heard(payload, 0xB1)
    assert isinstance(message, Malformed)
    assert reason in message.reason


@pytest.mark.parametrize("stage", [0, -1, STAGE_MAX + 1])
def test_a_stage_is_1_to_255(stage: int) -> None:
    for made in (
        lambda: ProgramBegin(MODULE, stage),
        lambda: ProgramStage(MODULE, stage, NAMED),
        lambda: ProgramCommit(MODULE, stage, 0, 0),
        lambda: ProgramAbort(MODULE, stage),
    ):
        with pytest.raises(UnsupportedSetting, match="stage"):
            made()
    assert ProgramBegin(MODULE, 1).stage == 1
    assert ProgramBegin(MODULE, STAGE_MAX).stage == STAGE_MAX


def test_a_number_that_does_not_fit_its_field_is_refused() -> None:
    for numbers in ((-1, 0), (0x10000, 0), (0, -1), (0, 0x10000)):
        with pytest.raises(UnsupportedSetting):
            ProgramCommit(MODULE, 1, *numbers)
    for report in ((256, 0, 0, 0), (2, 0x10000, 0, 0), (2, 0, 0x10000, 0), (2, 0, 0, 256)):
        with pytest.raises(UnsupportedSetting):
            ProgramVersionReport(MODULE, *report)


def test_a_command_for_another_module_cannot_be_staged() -> None:
    with pytest.raises(UnsupportedSetting, match="same module"):
        ProgramStage(MODULE, 1, NameSet(OTHER, 2, "Hall"))


@given(programs)
def test_the_checksum_is_that_of_what_the_messages_carry(program: Program) -> None:
    octets = b""
    for index, name in enumerate((program.name, *program.zone_names)):
        octets += NameSet(MODULE, index, name).data()[1:]
    octets += EmergencySet(MODULE, program.override_actions).data()[:2]
    octets += IoProgramSet(
        MODULE, program.cco_type, program.cco_pulse_s, program.cci_debounce_s
    ).data()[:-1]
    octets += LoadsSet(MODULE, program.zone_loads, program.cco_load).data()[:-1]
    assert program_checksum(program) == crc16(octets)


CHANGED: dict[str, Any] = {
    "name": "Attic",
    "zone_names": ("Hall", "", "", ""),
    "override_actions": (OverrideAction.OFF,) * 4,
    "cco_type": CcoType.MAINTAINED,
    "cco_pulse_s": 0.51,
    "cci_debounce_s": 0.051,
    "zone_loads": FULL.program.zone_loads,
    "cco_load": FULL.program.cco_load,
}


def test_every_field_of_a_program_is_in_its_checksum() -> None:
    factory = Program()
    assert set(CHANGED) == {field.name for field in fields(Program)}
    sums = {program_checksum(replace(factory, **{name: CHANGED[name]})) for name in CHANGED}
    assert len(sums | {program_checksum(factory)}) == len(CHANGED) + 1
