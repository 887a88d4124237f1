"""Which faults there are, and when they strike."""

import pytest

from dpm_core.errors import UnsupportedSetting
from dpm_core.simulator.faults import Direction, FaultKind, parse_fault
from dpm_core.simulator.faults_set import Faults

pytestmark = pytest.mark.requirement("G3")

TO, FROM = Direction.TO_MODULES, Direction.FROM_MODULES


def test_without_faults_nothing_strikes() -> None:
    faults = Faults()
    assert not faults.is_any
    assert list(faults) == []
    assert faults.strikes(FaultKind.LOSE, TO) is None


def test_a_count_is_used_up_and_then_the_fault_is_gone() -> None:
    faults = Faults()
    faults.set(parse_fault("lose:2x"))
    struck = [faults.strikes(FaultKind.LOSE, TO) is not None for _ in range(3)]
    assert struck == [True, True, False]
    assert not faults.is_any


def test_one_way_leaves_the_other_alone() -> None:
    faults = Faults()
    faults.set(parse_fault("lose:to-modules"))
    assert faults.concern(TO)
    assert not faults.concern(FROM)
    assert faults.strikes(FaultKind.LOSE, TO)
    assert not faults.strikes(FaultKind.LOSE, FROM)
    assert not faults.strikes(FaultKind.LOSE, TO, of_octets=True)


def test_a_rate_strikes_about_so_often_and_the_same_for_the_same_seed() -> None:
    def run(seed: int) -> list[bool]:
        faults = Faults(seed)
        faults.set(parse_fault("lose:0.25"))
        return [faults.strikes(FaultKind.LOSE, TO) is not None for _ in range(2000)]

    assert run(1) == run(1) != run(2)
    assert 0.2 < sum(run(1)) / 2000 < 0.3


def test_the_same_kind_takes_the_place_and_clearing_ends_one_kind_or_all() -> None:
    faults = Faults()
    for words in ("lose:0.1", "lose:0.2", "lose:0.3:octets", "noise:5", "mute"):
        faults.set(parse_fault(words))
    assert [str(fault) for fault in faults] == ["lose:0.2", "lose:0.3:octets", "noise:5.0", "mute"]
    assert faults.has(FaultKind.MUTE)
    faults.clear(FaultKind.LOSE)
    assert [str(fault) for fault in faults] == ["noise:5.0", "mute"]
    faults.clear()
    assert list(faults) == []
    assert faults.has(FaultKind.MUTE) is None


def test_what_is_over_at_once_cannot_be_set() -> None:
    with pytest.raises(UnsupportedSetting, match="reset"):
        Faults().set(parse_fault("reset"))


def test_who_watches_is_told_of_every_change_until_he_stops() -> None:
    faults = Faults()
    told: list[int] = []
    unwatch = faults.watch(lambda: told.append(len(list(faults))))
    faults.set(parse_fault("lose:1x"))
    faults.strikes(FaultKind.LOSE, TO)
    faults.set(parse_fault("mute"))
    unwatch()
    faults.clear()
    assert told == [1, 0, 1]
