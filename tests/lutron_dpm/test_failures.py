"""Every error of the library reaches the user in the user's language, with its facts."""

import inspect
import json

import pytest
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from custom_components.lutron_dpm.failures import explained, failure_of
from dpm_core import errors
from dpm_core.errors import (
    DpmError,
    ExtensionNotAllowed,
    LinkFull,
    LinkUnavailable,
    MemoryInUse,
    NoReply,
    NotConfirmed,
    OverrideActive,
    Rejected,
    SendingNotAllowed,
    UnknownModule,
    UnsupportedSetting,
)

from .places import INTEGRATION

pytestmark = pytest.mark.requirement("H5")

EN = json.loads((INTEGRATION / "translations" / "en.json").read_text())

EVERY = {
    OverrideActive("00A1B2C3", "zone 2 on"): "override_active",
    Rejected("00A1B2C3", "zone 2 on", "it is busy"): "rejected",
    NoReply("00A1B2C3", "zone 2 on", 0.25): "no_reply",
    NotConfirmed("00A1B2C3", "zone 2 on", "zone 2 off"): "not_confirmed",
    LinkUnavailable("/dev/ttyUSB0", "it was unplugged"): "link_unavailable",
    LinkUnavailable("/dev/ttyUSB0"): "link_unavailable",
    SendingNotAllowed("/dev/ttyUSB0"): "listen_only",
    ExtensionNotAllowed("/dev/ttyUSB0", "CCO pulse"): "extension_not_allowed",
    UnknownModule("00A1B2C3"): "unknown_module",
    LinkFull(101, 100, 400, 512): "link_full",
    UnsupportedSetting("name", "x", "y"): "unsupported_setting",
    MemoryInUse("somewhere"): "unexpected",
}


@pytest.mark.parametrize("error", EVERY, ids=lambda error: type(error).__name__)
def test_every_error_has_its_text_with_all_its_facts(error: DpmError) -> None:
    assert failure_of(error).key == EVERY[error]
    with pytest.raises(HomeAssistantError) as raised, explained("Hall panel", "Zone 2"):
        raise error
    said = raised.value
    assert said.__cause__ is error
    assert said.translation_domain == "lutron_dpm"
    assert said.translation_key
    text = EN["exceptions"][said.translation_key]["message"].format(
        **said.translation_placeholders or {}
    )
    assert "{" not in text


@pytest.mark.parametrize("error", EVERY, ids=lambda error: type(error).__name__)
def test_every_form_has_a_text_for_it_with_all_its_facts(error: DpmError) -> None:
    key, facts = failure_of(error)
    for texts in (EN["config"]["error"], EN["config_subentries"]["module"]["error"]):
        assert texts[key].format(**facts)


def test_a_call_that_cannot_work_on_this_link_is_told_apart() -> None:
    for error in (SendingNotAllowed("url"), ExtensionNotAllowed("url", "CCO pulse")):
        with pytest.raises(ServiceValidationError), explained("Hall panel", "CCO"):
            raise error
    with pytest.raises(HomeAssistantError) as raised, explained("Hall panel", "CCO"):
        raise OverrideActive("00A1B2C3", "CCO pulse")
    assert not isinstance(raised.value, ServiceValidationError)


def test_no_error_of_the_library_is_forgotten() -> None:
    """One that has no text of its own is told in the library's words."""
    kinds = {
        kind
        for _, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, DpmError)
    }
    assert {type(error) for error in EVERY} <= kinds
    assert failure_of(DpmError("whatever")) == ("unexpected", {"error": "whatever"})


def test_what_is_no_error_of_the_library_passes() -> None:
    with pytest.raises(ValueError, match="ours"), explained("Hall panel", "CCO"):
        raise ValueError("ours")
