"""Which report answers which line."""

from __future__ import annotations

import pytest

from dpm_core.protocol.lip import (
    ErrorReport,
    LipCommand,
    PressButton,
    PulseOutput,
    answers,
    parse_command,
    parse_report,
)
from dpm_core.protocol.lip.answers import confirms

pytestmark = pytest.mark.requirement("E8")


@pytest.mark.parametrize(
    ("said", "heard", "is_answer"),
    [
        ("#OUTPUT,101,1,50", "~OUTPUT,101,1,100.00", True),
        ("#OUTPUT,101,1,0", "~OUTPUT,101,1,0.00", True),
        ("#OUTPUT,101,1,0", "~OUTPUT,101,1,100.00", False),
        ("#OUTPUT,101,1,0", "~OUTPUT,102,1,0.00", False),
        ("#OUTPUT,101,1,0", "~OUTPUT,101,29,8", False),
        ("?OUTPUT,101,1", "~OUTPUT,101,1,0.00", True),
        ("?OUTPUT,101,1", "~OUTPUT,102,1,0.00", False),
        ("?OUTPUT,101,1", "~OUTPUT,101,30,1,0.00", False),
        ("?AREA,5,1", "~OUTPUT,199,1,0.00", True),
        ("?AREA,5,1", "~AREA,5,8,3", False),
        ("?AREA,5,8", "~AREA,5,8,3", True),
        ("?AREA,5,8", "~AREA,6,8,3", False),
        ("?GROUP,5,3", "~GROUP,5,3,255", True),
        ("?GROUP,5,3", "~AREA,5,8,3", False),
        ("?SYSVAR,90,1", "~SYSVAR,90,1,7", True),
        ("?SYSVAR,90,1", "~SYSVAR,91,1,7", False),
        ("#DEVICE,30,81,9,1", "~DEVICE,30,81,9,1", True),
        ("#DEVICE,30,81,9,1", "~DEVICE,30,81,9,0", False),
        ("#DEVICE,30,81,9,1", "~DEVICE,30,81,9,255", False),
        ("?DEVICE,30,81,9", "~DEVICE,30,81,9,0", True),
        ("?DEVICE,30,81,9", "~DEVICE,30,82,9,0", False),
        ("?DEVICE,30,81,9", "~DEVICE,30,81,9,255", True),
        ("?DEVICE,30,81,9", "~DEVICE,30,81,3", False),
        ("?DEVICE,31,1,35", "~DEVICE,31,1,3", True),
        ("?DEVICE,31,1,35", "~DEVICE,31,1,4", True),
        ("?DEVICE,31,1,35", "~DEVICE,31,1,35,0", True),
        ("?DEVICE,31,1,35", "~DEVICE,31,1,35,7", True),
        ("?DEVICE,31,1,35", "~DEVICE,31,1,5", False),
        ("?DEVICE,31,1,35", "~DEVICE,31,2,3", False),
        ("#MONITORING,5,1", "~MONITORING,5,1", True),
        ("#MONITORING,5,1", "~MONITORING,5,2", False),
        ("?MONITORING,5", "~MONITORING,5,2", True),
        ("?MONITORING,5", "~MONITORING,6,2", False),
        ("?SYSTEM,10", "~SYSTEM,01/31/2026,12:00:00", True),
        ("?SYSTEM,10", "~SYSTEM,10,01/31/2026,12:00:00", True),
        ("?SYSTEM,10", "~SYSTEM,1,11:05:00", False),
        ("?SYSTEM,10", "~OUTPUT,101,1,0.00", False),
        ("?SYSTEM,1", "~SYSTEM,1,11:05:00", True),
        ("?SYSTEM,8", "OS Firmware Revision = 8.0", True),
        ("?SYSTEM,8", "hello", False),
        ("?SYSTEM,8", "~OUTPUT,101,1,0.00", False),
        ("?INTEGRATIONID,3,30", "~INTEGRATIONID,3,30,DEVICE,00A1B2C3", True),
        ("?INTEGRATIONID,3,30", "~INTEGRATIONID,3,31,DEVICE,00A1B2C3", False),
        ("?INTEGRATIONID,3,30", "~INTEGRATIONID,3", False),
        ("?INTEGRATIONID,3,30", "~OUTPUT,30,1,0.00", False),
    ],
)
def test_a_report_answers_what_asked_for_it(said: str, heard: str, is_answer: bool) -> None:
    assert answers(parse_command(said), parse_report(heard)) is is_answer


@pytest.mark.parametrize("command", [PulseOutput(105), PressButton(30, 1)])
def test_some_commands_have_no_answer(command: LipCommand) -> None:
    assert not answers(command, parse_report("~OUTPUT,105,1,100.00"))
    assert not answers(command, ErrorReport(2))


@pytest.mark.parametrize(
    ("said", "is_sure"),
    [
        ("?SYSTEM,10", True),
        ("?INTEGRATIONID,3,30", True),
        ("?OUTPUT,101,1", False),
        ("?DEVICE,30,81,9", False),
        ("?AREA,5,1", False),
        ("?MONITORING,5", False),
        ("#OUTPUT,105,6", False),
    ],
)
def test_an_answer_confirms_what_is_in_front_if_nothing_else_can_have_caused_it(
    said: str, is_sure: bool
) -> None:
    assert confirms(parse_command(said)) is is_sure
