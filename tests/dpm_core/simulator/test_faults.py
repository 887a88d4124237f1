"""What the words for faults mean, and that nonsense is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dpm_core.errors import UnsupportedSetting
from dpm_core.simulator.faults import (
    DELAY_S,
    FRAME_FAULTS,
    MOMENT_FAULTS,
    OCTET_FAULTS,
    Direction,
    Fault,
    FaultKind,
    parse_fault,
    parse_kind,
)

pytestmark = pytest.mark.requirement("G3")


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ("lose:0.01", Fault(FaultKind.LOSE, 0.01)),
        (
            "corrupt:3x:from-modules",
            Fault(FaultKind.CORRUPT, count=3, direction=Direction.FROM_MODULES),
        ),
        (
            "lose:0.001:octets:to-modules",
            Fault(FaultKind.LOSE, 0.001, direction=Direction.TO_MODULES, of_octets=True),
        ),
        ("delay:0.1:0.05s", Fault(FaultKind.DELAY, 0.1, delay_s=0.05)),
        ("noise:5", Fault(FaultKind.NOISE, 5.0)),
        ("unplug", Fault(FaultKind.UNPLUG)),
        ("unplug:elsewhere", Fault(FaultKind.UNPLUG, is_elsewhere=True)),
    ],
)
def test_a_fault_is_what_its_words_say(words: str, fault: Fault) -> None:
    assert parse_fault(words) == fault


@pytest.mark.parametrize(
    "words",
    [
        "",
        "melt",
        "lose:",
        "lose:2",
        "lose:0",
        "lose:-1",
        "lose:nan",
        "lose:0.1:0.2",
        "lose:0x",
        "lose:1s",
        "lose:elsewhere",
        "delay:0s",
        "delay:61s",
        "merge:octets",
        "noise:2000",
        "noise:3x",
        "noise:to-modules",
        "unplug:0.5",
        "unplug:3x",
        "close:from-modules",
        "lose:sometimes",
    ],
)
def test_what_makes_no_sense_is_refused(words: str) -> None:
    with pytest.raises(UnsupportedSetting):
        parse_fault(words)


def test_a_kind_that_is_none_is_refused_with_those_that_there_are() -> None:
    assert parse_kind("hang") is FaultKind.HANG
    with pytest.raises(UnsupportedSetting, match="lose, corrupt"):
        parse_kind("melt")


@st.composite
def faults(draw: st.DrawFn) -> Fault:
    kind = draw(st.sampled_from(sorted(FRAME_FAULTS, key=str)))
    return Fault(
        kind,
        draw(st.floats(1e-6, 1.0)),
        draw(st.none() | st.integers(1, 999)),
        draw(st.none() | st.sampled_from(Direction)),
        of_octets=kind in OCTET_FAULTS and draw(st.booleans()),
        delay_s=draw(st.floats(1e-4, 60)) if kind is FaultKind.DELAY else DELAY_S,
    )


@given(faults())
def test_a_fault_is_said_in_the_words_that_set_it(fault: Fault) -> None:
    assert parse_fault(str(fault)) == fault


def test_every_kind_can_be_set_by_its_name_alone() -> None:
    for kind in FaultKind:
        assert parse_fault(str(kind)).kind is kind
    assert not MOMENT_FAULTS & FRAME_FAULTS
