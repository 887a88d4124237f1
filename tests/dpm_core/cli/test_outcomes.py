"""A command to many has one answer for each, and the status of the first that failed."""

import pytest

from dpm_core.cli.exits import ExitStatus
from dpm_core.cli.outcomes import show_outcomes
from dpm_core.cli.output import Output
from dpm_core.client import DONE, Outcome
from dpm_core.errors import NoReply, OverrideActive
from dpm_core.model import SerialNumber

pytestmark = pytest.mark.requirement("G4")

ONE, TWO, THREE = (SerialNumber(number) for number in (1, 2, 3))


def test_all_done_is_success(capsys: pytest.CaptureFixture[str]) -> None:
    assert show_outcomes(Output(is_json=False), {TWO: DONE, ONE: DONE}) is None
    assert capsys.readouterr().out == "Module 00000001: done.\nModule 00000002: done.\n"


def test_the_first_failure_decides(capsys: pytest.CaptureFixture[str]) -> None:
    outcomes: dict[SerialNumber, Outcome] = {
        THREE: NoReply("00000003", "x", 0.1),
        TWO: OverrideActive("00000002", "x"),
        ONE: DONE,
    }
    assert show_outcomes(Output(is_json=False), outcomes) is ExitStatus.OVERRIDE
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Module 00000001: done."
    assert "refused" in lines[1]
    assert "did not answer" in lines[2]


def test_nobody_asked_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert show_outcomes(Output(is_json=False), {}) is None
    assert capsys.readouterr().out.startswith("Sent;")
