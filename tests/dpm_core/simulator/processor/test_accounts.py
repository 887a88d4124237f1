"""Who may log in, and what a wrong login comes to."""

import pytest

from dpm_core.errors import UnsupportedSetting
from dpm_core.simulator.processor.accounts import Accounts
from dpm_core.simulator.processor.faults import ProcessorFaults, parse_processor_fault
from dpm_core.simulator.processor.settings import SimulatedProcessorSettings

pytestmark = pytest.mark.requirement("G3")


def accounts(*faults: str, **settings: object) -> Accounts:
    there = ProcessorFaults()
    for words in faults:
        there.set(parse_processor_fault(words))
    return Accounts(SimulatedProcessorSettings(**settings), there)  # type: ignore[arg-type]


def test_the_long_standing_default_comes_in() -> None:
    assert accounts().refusal("lutron", "integration", 0.0) is None


@pytest.mark.parametrize(
    ("user", "password"),
    [("lutron", ""), ("lutron", "Integration"), ("Lutron", "integration"), ("", "integration")],
)
def test_any_other_is_refused_in_the_words_of_a_processor(user: str, password: str) -> None:
    assert accounts().refusal(user, password, 0.0) == "bad login"


def test_a_changed_password_takes_the_place_of_the_old_one() -> None:
    ours = accounts(user="house", password="first")
    assert ours.refusal("house", "first", 0.0) is None
    ours.change_password("second")
    assert ours.refusal("house", "first", 0.0) == "bad login"
    assert ours.refusal("house", "second", 0.0) is None


def test_every_login_can_be_refused_in_other_words() -> None:
    assert accounts("bad-login=no").refusal("lutron", "integration", 0.0) == "no"


def test_a_lock_refuses_the_right_login_too_for_a_quarter_of_an_hour() -> None:
    ours = accounts("lock=2")
    for now in (0.0, 1.0):
        assert ours.refusal("lutron", "wrong", now) == "bad login"
    assert ours.refusal("lutron", "integration", 2.0) == "bad login"
    assert ours.refusal("lutron", "integration", 900.0) == "bad login"
    assert ours.refusal("lutron", "integration", 901.0) is None


def test_a_right_login_starts_the_count_again() -> None:
    ours = accounts("lock=2")
    for password in ("wrong", "integration", "wrong"):
        ours.refusal("lutron", password, 0.0)
    assert ours.refusal("lutron", "integration", 0.0) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"user": ""},
        {"user": "a\nb"},
        {"user": 65 * "x"},
        {"lock_s": 0.0},
        {"line_max": 0},
        {"waiting_max": 0},
        {"backlog_max": 0},
    ],
)
def test_a_setting_that_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(UnsupportedSetting):
        SimulatedProcessorSettings(**wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("password", ["", "two\nlines", 65 * "s", "se\u00e7ret"])
def test_no_password_is_shown_not_even_one_that_cannot_be(password: str) -> None:
    with pytest.raises(UnsupportedSetting) as refused:
        SimulatedProcessorSettings(password=password)
    assert not password or password not in str(refused.value)
    with pytest.raises(UnsupportedSetting):
        accounts().change_password(password)
    assert "integration" not in repr(SimulatedProcessorSettings())
