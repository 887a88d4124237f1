"""One emergency contact acts on the modules that it is wired to, and on no others."""

import pytest

from dpm_core.errors import GroupFull
from dpm_core.model import (
    CONTACT_MODULES_MAX,
    ZONES,
    Cause,
    ContactState,
    EmergencyContact,
    Event,
    OverrideEntered,
    OverrideLeft,
    Refusal,
    SerialNumber,
    set_zones,
)
from tests.dpm_core.model.running import Bench, started

SERIALS = [SerialNumber(0x00A10001 + count) for count in range(40)]


def wired(count: int) -> EmergencyContact:
    return EmergencyContact("Stair", frozenset(SERIALS[:count]))


def moved(
    emergency: EmergencyContact,
    contact: ContactState,
    benches: dict[SerialNumber, Bench],
    now: float,
) -> EmergencyContact:
    for bench in benches.values():
        bench.wait(now - bench.now)
    modules = {serial: bench.state for serial, bench in benches.items()}
    emergency, transitions = emergency.moved(contact, modules, now)
    for serial, transition in transitions.items():
        benches[serial].take(transition)
    return emergency


@pytest.mark.requirement("C8")
def test_one_contact_holds_32_modules_and_no_33rd() -> None:
    assert CONTACT_MODULES_MAX == 32
    full = wired(31).wired_to(SERIALS[31])
    assert len(full.serials) == 32
    assert full.wired_to(SERIALS[0]) == full
    with pytest.raises(GroupFull) as caught:
        full.wired_to(SERIALS[32])
    assert (caught.value.contact, caught.value.modules, caught.value.modules_max) == (
        "Stair",
        33,
        32,
    )
    with pytest.raises(GroupFull):
        wired(40)


def instants(
    benches: dict[SerialNumber, Bench], serials: list[SerialNumber], expected: type[Event]
) -> set[float]:
    """Return when each module told of something: the first whole millisecond after it."""
    found = set()
    for serial in serials:
        bench = benches[serial]
        bench.told()
        while not any(isinstance(event, expected) for event in bench.told()):
            bench.wait(0.001)
        found.add(round(bench.now, 3))
        bench.rest()
    return found


@pytest.mark.requirement("C8", "C7")
def test_all_its_modules_enter_and_leave_together_and_the_others_do_not() -> None:
    benches = {serial: started(serial=serial) for serial in SERIALS[:33]}
    emergency = moved(wired(32), ContactState.OPEN, benches, 1001.0)
    assert emergency.contact is ContactState.OPEN
    assert instants(benches, SERIALS[:32], OverrideEntered) == {1001.051}
    emergency = moved(emergency, ContactState.CLOSED, benches, 1002.0)
    assert instants(benches, SERIALS[:32], OverrideLeft) == {1002.051}
    apart = benches[SERIALS[32]]
    apart.rest()
    assert apart.told() == []
    assert not apart.state.in_override


@pytest.mark.requirement("C9", "C7")
def test_a_broadcast_still_acts_on_the_modules_that_are_not_in_override() -> None:
    benches = {serial: started(serial=serial) for serial in SERIALS[:3]}
    moved(wired(2), ContactState.OPEN, benches, 1001.0)
    for bench in benches.values():
        bench.rest()
    refusals = [
        bench.take(
            set_zones(bench.state, dict.fromkeys(ZONES, True), Cause.GROUP, bench.now)
        ).refusal
        for bench in benches.values()
    ]
    assert refusals == [Refusal.OVERRIDE, Refusal.OVERRIDE, None]
    for bench in benches.values():
        bench.rest()
    assert [bench.state.saved[0] for bench in benches.values()] == [False, False, True]
    assert benches[SERIALS[2]].state.zones == (True, True, True, True)
