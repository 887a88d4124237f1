"""Each error has one exit status, one name for programs, and says which option helps."""

import pytest

from dpm_core import errors
from dpm_core.cli.exits import (
    EXIT_STATUSES,
    ExitStatus,
    facts_of,
    hint_of,
    kind_of,
    status_of,
)

pytestmark = pytest.mark.requirement("G4")

URL = "/dev/x"
CASES = [
    (errors.InvalidZone(5), 2, "invalid_zone"),
    (errors.InvalidLevel(101), 2, "invalid_level"),
    (errors.UnsupportedSetting("baud", 5, "300"), 2, "unsupported_setting"),
    (errors.SendingNotAllowed(URL), 2, "sending_not_allowed"),
    (errors.ExtensionNotAllowed(URL, "x"), 2, "extension_not_allowed"),
    (errors.UnknownModule("00A1B2C3"), 2, "unknown_module"),
    (errors.LinkUnavailable(URL), 3, "link_unavailable"),
    (errors.MemoryInUse(URL), 3, "memory_in_use"),
    (errors.MemoryDamaged(URL, "torn"), 3, "memory_damaged"),
    (errors.NoReply("00A1B2C3", "x", 0.1), 4, "no_reply"),
    (errors.Rejected("00A1B2C3", "x", "busy"), 5, "rejected"),
    (errors.OverrideActive("00A1B2C3", "x"), 6, "override_active"),
    (errors.NotConfirmed("00A1B2C3", "x", "off"), 7, "not_confirmed"),
    (errors.ProtocolViolation(b"", "x"), 1, "protocol_violation"),
]


@pytest.mark.parametrize(("error", "status", "kind"), CASES)
def test_an_error_has_its_status_and_name(error: errors.DpmError, status: int, kind: str) -> None:
    assert (status_of(error), kind_of(error)) == (status, kind)


def test_every_status_has_its_words() -> None:
    assert set(EXIT_STATUSES) == set(ExitStatus)


def test_facts_are_what_json_can_hold() -> None:
    assert facts_of(errors.NoReply("00A1B2C3", "zone 1 on", 0.25)) == {
        "address": "00A1B2C3",
        "command": "zone 1 on",
        "waited_s": 0.25,
    }
    assert facts_of(errors.ProtocolViolation(b"\x01", "no"))["octets"] == "b'\\x01'"


def test_the_option_that_helps_is_named() -> None:
    assert "--allow-sending" in hint_of(errors.SendingNotAllowed(URL))
    assert "--allow-extension" in hint_of(errors.ExtensionNotAllowed(URL, "x"))
    assert "dpm scan" in hint_of(errors.UnknownModule("00A1B2C3"))
    assert hint_of(errors.InvalidZone(5)) == ""
