"""The words of the processor's faults, read and written."""

import pytest

from dpm_core.errors import UnsupportedSetting
from dpm_core.simulator.processor.faults import (
    COUNT_MAX,
    MOMENT_FAULTS,
    SECONDS_MAX,
    ProcessorFault,
    ProcessorFaults,
    parse_processor_fault,
    parse_processor_kind,
)
from dpm_core.simulator.processor.faults import ProcessorFaultKind as Kind

pytestmark = pytest.mark.requirement("G3")

VALUES = {
    "no-push": ProcessorFault(Kind.NO_PUSH),
    "prompt=GNET": ProcessorFault(Kind.PROMPT, word="GNET"),
    "prompt=SAFE": ProcessorFault(Kind.PROMPT, word="SAFE"),
    "prompt=QSE": ProcessorFault(Kind.PROMPT, word="QSE"),
    "glue-prompts=before": ProcessorFault(Kind.GLUE_PROMPTS, word="before"),
    "glue-prompts=inside": ProcessorFault(Kind.GLUE_PROMPTS, word="inside"),
    "bad-login=go away": ProcessorFault(Kind.BAD_LOGIN, word="go away"),
    "lock=2": ProcessorFault(Kind.LOCK, count=2),
    "sessions=4": ProcessorFault(Kind.SESSIONS, count=4),
    "login-delay=0.5s": ProcessorFault(Kind.LOGIN_DELAY, seconds=0.5),
    "drop-fast=0.1s": ProcessorFault(Kind.DROP_FAST, seconds=0.1),
    "away": ProcessorFault(Kind.AWAY),
    "away=3s": ProcessorFault(Kind.AWAY, seconds=3.0),
    "transfer=3s": ProcessorFault(Kind.TRANSFER, seconds=3.0),
    "transfer=3s:ids": ProcessorFault(Kind.TRANSFER, seconds=3.0, changes_ids=True),
}


@pytest.mark.parametrize(("words", "fault"), VALUES.items())
def test_words_and_faults_are_two_ways_to_say_the_same(words: str, fault: ProcessorFault) -> None:
    assert parse_processor_fault(words) == fault
    assert str(fault) == words


@pytest.mark.parametrize("kind", Kind)
def test_every_fault_has_a_name_that_stands_alone(kind: Kind) -> None:
    fault = parse_processor_fault(str(kind))
    assert fault.kind is kind
    assert parse_processor_fault(str(fault)) == fault
    assert parse_processor_kind(str(kind)) is kind


@pytest.mark.parametrize(
    ("words", "default"),
    [
        ("login-delay", "login-delay=30s"),
        ("drop-fast", "drop-fast=0.05s"),
        ("transfer", "transfer=5s"),
        ("transfer=ids", "transfer=5s:ids"),
        ("sessions", "sessions=1"),
        ("lock", "lock=3"),
        ("prompt", "prompt=GNET"),
        ("glue-prompts", "glue-prompts=before"),
        ("bad-login", "bad-login=bad login"),
    ],
)
def test_what_is_not_said_is_filled_in(words: str, default: str) -> None:
    assert str(parse_processor_fault(words)) == default


@pytest.mark.parametrize(
    "words",
    [
        "",
        "melt",
        "no-push=1",
        "no-push=",
        "prompt=LNET",
        "prompt=",
        "glue-prompts=after",
        "bad-login=",
        "bad-login=" + 81 * "x",
        "bad-login=two\nlines",
        "bad-login=\u00fcber",
        "lock=0",
        "lock=many",
        f"sessions={COUNT_MAX + 1}",
        "login-delay=0s",
        "login-delay=5",
        "login-delay=infs",
        f"away={SECONDS_MAX + 1:g}s",
        "transfer=5",
        "transfer=5s:names",
        "transfer=:5s",
        "transfer=x:ids",
        "away=5s:ids",
    ],
)
def test_what_is_none_is_refused(words: str) -> None:
    with pytest.raises(UnsupportedSetting):
        parse_processor_fault(words)


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": Kind.NO_PUSH, "seconds": 1.0},
        {"kind": Kind.NO_PUSH, "count": 1},
        {"kind": Kind.NO_PUSH, "word": "GNET"},
        {"kind": Kind.AWAY, "changes_ids": True},
        {"kind": Kind.TRANSFER, "seconds": 0.0},
        {"kind": Kind.LOGIN_DELAY, "seconds": float("nan")},
    ],
)
def test_a_value_that_says_nothing_about_a_kind_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(UnsupportedSetting):
        ProcessorFault(**wrong)  # type: ignore[arg-type]


def test_a_fault_takes_the_place_of_the_same_kind_and_goes_with_it() -> None:
    faults = ProcessorFaults()
    faults.set(parse_processor_fault("sessions=1"))
    faults.set(parse_processor_fault("sessions=2"))
    faults.set(parse_processor_fault("no-push"))
    assert [str(fault) for fault in faults] == ["sessions=2", "no-push"]
    assert Kind.NO_PUSH in faults
    faults.clear(Kind.NO_PUSH)
    assert Kind.NO_PUSH not in faults
    assert faults.get(Kind.NO_PUSH) is None
    faults.clear(Kind.NO_PUSH)
    faults.clear()
    assert list(faults) == []


@pytest.mark.parametrize("kind", MOMENT_FAULTS, ids=str)
def test_what_is_over_at_once_cannot_last(kind: Kind) -> None:
    with pytest.raises(UnsupportedSetting, match="one that lasts"):
        ProcessorFaults().set(ProcessorFault(kind))
