"""What a session tells: facts that compare, and that show no credentials."""

from __future__ import annotations

import dataclasses

import pytest

from dpm_core.protocol.lip import (
    OutputLevel,
    ReportHeard,
    RequestDone,
    RequestFailed,
    RequestId,
    SessionHung,
    WrongPrompt,
)

pytestmark = pytest.mark.requirement("E8")


def test_events_compare_by_what_happened() -> None:
    assert ReportHeard(OutputLevel(101, 0)) == ReportHeard(OutputLevel(101, 0), None)
    assert RequestDone(RequestId(1)) != RequestDone(RequestId(2))
    assert RequestFailed(RequestId(1), 2) != RequestFailed(RequestId(1))


def test_what_ends_a_session_cannot_be_changed() -> None:
    for event in (SessionHung(1.0), WrongPrompt("QSE>")):
        (name,) = (one.name for one in dataclasses.fields(event))
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(event, name, 2.0)
