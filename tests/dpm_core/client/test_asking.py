"""Every outcome is a result or a named error."""

import pytest

from dpm_core.client import ClientSettings
from dpm_core.client.asking import Asker
from dpm_core.client.wire import Wire
from dpm_core.errors import LinkUnavailable, NoReply, OverrideActive, Rejected
from dpm_core.protocol import MasterSession, Outcome, ResultCode
from dpm_core.protocol.requests import Expired, LinkGone, Refused, Unanswered
from dpm_core.transport import memory_pair


def asker() -> Asker:
    near, _ = memory_pair("memory://somewhere")
    wire = Wire(near, MasterSession(), lambda _: None, lambda: None, lambda _: None)
    wire.lost_because = "unplugged"
    return Asker(wire, near, ClientSettings())


@pytest.mark.requirement("G2", "C4")
@pytest.mark.parametrize(
    ("outcome", "error", "words"),
    [
        (LinkGone(), LinkUnavailable, "unplugged"),
        (Unanswered(0.165, 3), NoReply, "within 0.165 s"),
        (Expired(15.0, 0), NoReply, "within 15 s"),
        (Refused(ResultCode.OVERRIDE), OverrideActive, "its CCI is open"),
        (Refused(ResultCode.BAD_VALUE), Rejected, "cannot have this value"),
        (Refused(ResultCode.UNKNOWN_TYPE), Rejected, "does not know this command"),
        (Refused(ResultCode.BUSY), Rejected, "busy"),
        (Refused(0x2E), Rejected, "code 2E"),
    ],
)
def test_each_outcome_has_its_error_and_its_words(
    outcome: Outcome, error: type[Exception], words: str
) -> None:
    raised = asker().error_of(outcome, "00A1B2C3", "zone 2 on")
    assert type(raised) is error
    assert words in str(raised)
    if error is not LinkUnavailable:
        assert "00A1B2C3" in str(raised)
        assert "zone 2 on" in str(raised)
