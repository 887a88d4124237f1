"""Nothing of a change shows before its memory is written; a power cut drops the rest."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from dpm_core.model import (
    Cause,
    ContactState,
    Event,
    Memory,
    ModuleState,
    PowerDown,
    PowerUp,
    SerialNumber,
    Transition,
    ZoneNumber,
    ZonesSettled,
    decode_memory,
    factory_module,
    move_cci,
    press_zone_button,
    set_zones,
)
from dpm_core.simulator.durable import DurableModule
from dpm_core.simulator.store import RamStore

pytestmark = [pytest.mark.virtual_time, pytest.mark.requirement("A8")]

ONE = SerialNumber(0x00A1B2C3)
ALL_OFF = (False, False, False, False)


class HeldStore(RamStore):
    """A store whose writes end when the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.held: list[Callable[[], None]] = []
        self.is_held = True
        self.error: OSError | None = None

    def save(
        self, serial: SerialNumber, octets: bytes, done: Callable[[OSError | None], None]
    ) -> None:
        error = self.error

        def write() -> None:
            if error is None:
                self.memories[serial] = octets
            done(error)

        if self.is_held:
            self.held.append(write)
        else:
            write()

    def let_go(self) -> None:
        self.held.pop(0)()


class Rig:
    def __init__(self) -> None:
        self.store = HeldStore()
        self.events: list[Event] = []
        state = replace(factory_module(ONE), is_memory_written=False)
        self.module = DurableModule(
            state, Memory(), self.store, lambda events, _now: self.events.extend(events)
        )
        self.shown: list[tuple[str, Transition | None]] = []

    async def started(self) -> "Rig":
        self.module.switch_mains(is_on=True)
        await self.module.settled()
        self.events.clear()
        return self

    def zone(self, number: int, is_on: bool, name: str = "") -> None:
        def change(state: ModuleState, now: float) -> Transition:
            return set_zones(state, {ZoneNumber(number): is_on}, Cause.LINK_COMMAND, now)

        self.module.submit(change, lambda transition, _now: self.shown.append((name, transition)))

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.shown]


async def test_a_change_shows_when_its_memory_is_written_and_not_before() -> None:
    rig = await Rig().started()
    rig.zone(1, True, "on")
    assert rig.names == []
    assert rig.module.state.saved == ALL_OFF
    assert not rig.module.is_settled
    rig.store.let_go()
    assert rig.names == ["on"]
    assert rig.module.state.saved == (True, False, False, False)
    assert rig.module.state.zones == ALL_OFF


async def test_the_relay_has_its_order_only_after_the_answer() -> None:
    rig = await Rig().started()
    order: list[str] = []

    def change(state: ModuleState, now: float) -> Transition:
        return set_zones(state, {ZoneNumber(1): True}, Cause.LINK_COMMAND, now)

    def shown(_transition: Transition | None, _now: float) -> None:
        is_moving = rig.module.state.is_any_relay_moving
        order.append("answered, relays at rest" if not is_moving else "too late")

    rig.module.submit(change, shown)
    rig.store.let_go()
    assert order == ["answered, relays at rest"]
    assert rig.module.state.is_any_relay_moving


async def test_causes_are_done_one_at_a_time_in_their_order() -> None:
    rig = await Rig().started()
    for name, number in (("first", 1), ("second", 2)):
        rig.zone(number, True, name)
    assert len(rig.store.held) == 1
    rig.store.let_go()
    assert rig.names == ["first"]
    assert len(rig.store.held) == 1
    rig.store.let_go()
    assert rig.names == ["first", "second"]


async def test_what_changes_no_memory_waits_for_no_write() -> None:
    rig = await Rig().started()
    rig.zone(1, False, "as it was")
    assert rig.names == ["as it was"]
    assert rig.store.held == []


async def test_settled_waits_for_relays_and_for_the_counts_to_be_written() -> None:
    rig = await Rig().started()
    rig.zone(1, True)
    waiting = asyncio.ensure_future(rig.module.settled())
    rig.store.let_go()
    await asyncio.sleep(1)
    assert not waiting.done()
    # The contact has moved, but nobody may know before its count is written.
    assert rig.module.state.zones == ALL_OFF
    rig.store.let_go()
    await waiting
    assert rig.module.state.zones == (True, False, False, False)
    assert decode_memory(ONE, rig.store.memories[ONE]).relay_operations == (1, 0, 0, 0)
    assert isinstance(rig.events[-1], ZonesSettled)


async def test_a_cut_during_the_write_drops_the_change_unless_the_write_comes_through() -> None:
    rig = await Rig().started()
    rig.zone(1, True, "on")
    rig.module.switch_mains(is_on=False)
    assert rig.names == []
    assert rig.module.state.saved == ALL_OFF
    assert not rig.module.is_settled
    rig.store.let_go()
    assert rig.names == []
    # It had been asked for, and was written: one in flight.
    assert rig.module.state.saved == (True, False, False, False)
    assert not rig.module.state.is_powered
    rig.store.is_held = False
    rig.module.switch_mains(is_on=True)
    await rig.module.settled()
    assert rig.module.state.zones == (True, False, False, False)
    assert rig.module.state.was_restored


async def test_a_cut_during_a_write_that_fails_leaves_the_old_memory() -> None:
    rig = await Rig().started()
    rig.store.error = OSError(5, "Input/output error")
    rig.zone(1, True, "on")
    rig.module.switch_mains(is_on=False)
    rig.store.let_go()
    assert rig.module.state.saved == ALL_OFF
    assert rig.names == []


async def test_what_waits_behind_a_cut_meets_a_module_without_power() -> None:
    rig = await Rig().started()
    rig.zone(1, True, "kept")
    rig.zone(2, True, "waits")
    rig.module.submit(lambda state, now: move_cci(state, ContactState.OPEN, now))
    rig.module.switch_mains(is_on=False)
    rig.store.let_go()
    assert rig.names == ["waits"]
    assert rig.module.state.saved == (True, False, False, False)
    # The contact belongs to the outside: it has moved all the same.
    assert rig.module.state.cci.contact is ContactState.OPEN


async def test_mains_that_comes_back_during_the_write_waits_for_it() -> None:
    rig = await Rig().started()
    rig.zone(1, True)
    rig.module.switch_mains(is_on=False)
    rig.module.switch_mains(is_on=True)
    assert not rig.module.state.is_powered
    rig.store.is_held = False
    rig.store.let_go()
    assert rig.module.state.is_powered
    await rig.module.settled()
    assert rig.module.state.zones == (True, False, False, False)


async def test_mains_that_is_cut_again_before_it_could_come_back_stays_off() -> None:
    rig = await Rig().started()
    rig.zone(1, True)
    rig.module.switch_mains(is_on=False)
    rig.module.switch_mains(is_on=True)
    rig.module.switch_mains(is_on=False)
    rig.store.let_go()
    await asyncio.sleep(1)
    assert not rig.module.state.is_powered


async def test_cutting_twice_tells_it_once() -> None:
    rig = await Rig().started()
    rig.module.switch_mains(is_on=False)
    rig.module.switch_mains(is_on=False)
    assert rig.events == [PowerDown()]
    rig.module.switch_mains(is_on=True)
    rig.module.switch_mains(is_on=True)
    await rig.module.settled()
    assert [event for event in rig.events if isinstance(event, PowerUp)] == [PowerUp(True)]


async def test_operations_that_were_not_written_go_with_the_power_and_never_back() -> None:
    rig = await Rig().started()
    rig.zone(1, True)
    rig.store.let_go()
    await asyncio.sleep(1)  # the contact has moved, its count is being written
    assert rig.module.state.cycles == (0, 0, 0, 0)
    rig.module.switch_mains(is_on=False)
    assert rig.module.state.cycles == (0, 0, 0, 0)
    rig.store.let_go()
    assert rig.module.state.cycles == (1, 0, 0, 0)


async def test_a_command_whose_memory_cannot_be_written_changes_nothing() -> None:
    rig = await Rig().started()
    rig.store.error = OSError(28, "No space left on device")
    rig.zone(1, True, "on")
    rig.store.let_go()
    assert rig.shown == [("on", None)]
    assert rig.module.state.saved == ALL_OFF
    assert rig.module.is_settled


async def test_a_contact_has_moved_even_if_its_count_cannot_be_written(
    caplog: pytest.LogCaptureFixture,
) -> None:
    rig = await Rig().started()
    rig.store.is_held = False
    rig.zone(1, True)
    rig.store.error = OSError(28, "No space left on device")
    await rig.module.settled()
    assert rig.module.state.zones == (True, False, False, False)
    assert rig.module.state.cycles == (1, 0, 0, 0)
    assert decode_memory(ONE, rig.store.memories[ONE]).relay_operations == (0, 0, 0, 0)
    rig.store.error = None
    with caplog.at_level("INFO"):
        rig.module.submit(lambda state, _now: Transition(state))
    # The next occasion writes it.
    assert decode_memory(ONE, rig.store.memories[ONE]).relay_operations == (1, 0, 0, 0)
    assert "writes its memory again" in caplog.text


async def test_a_stopped_module_has_no_power_and_lets_nobody_wait() -> None:
    rig = await Rig().started()
    rig.zone(1, True, "on")
    waiting = asyncio.ensure_future(rig.module.settled())
    await asyncio.sleep(0)
    rig.module.stop()
    await waiting
    assert not rig.module.state.is_powered
    rig.store.let_go()
    assert rig.names == []
    assert rig.module.state.saved == ALL_OFF


async def test_who_stops_waiting_is_forgotten() -> None:
    rig = await Rig().started()
    rig.zone(1, True)
    waiting = asyncio.ensure_future(rig.module.settled())
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert not rig.module._waiting


async def test_a_cause_from_within_what_is_shown_comes_after_it() -> None:
    rig = await Rig().started()
    rig.store.is_held = False

    def shown(_transition: Transition | None, _now: float) -> None:
        rig.module.submit(lambda state, now: press_zone_button(state, 2, now))
        rig.shown.append(("first", None))
        assert rig.module.state.saved == (True, False, False, False)

    rig.module.submit(
        lambda state, now: set_zones(state, {ZoneNumber(1): True}, Cause.LINK_COMMAND, now), shown
    )
    await rig.module.settled()
    assert rig.module.state.zones == (True, True, False, False)
