"""What people do with modules: one suite, the real client against the real simulator, on a memory
pair, a pseudo-terminal and TCP."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from typing import Any

import pytest

from dpm_core.client import (
    DONE,
    CciChanged,
    CcoChanged,
    ClientSettings,
    ConnectionState,
    DpmClient,
    ModuleAnnounced,
    ModuleChanged,
    OverrideEntered,
    OverrideLeft,
    ZoneButtonPressed,
    ZoneSwitched,
)
from dpm_core.errors import (
    DpmError,
    ExtensionNotAllowed,
    InvalidAddress,
    InvalidLevel,
    InvalidZone,
    LinkUnavailable,
    NoReply,
    NotConfirmed,
    OverrideActive,
    Rejected,
    SendingNotAllowed,
    UnknownModule,
    UnsupportedSetting,
)
from dpm_core.model import (
    Cause,
    CcoType,
    ContactState,
    GroupNumber,
    OverrideAction,
    Program,
    SerialNumber,
    ZoneNumber,
)
from dpm_core.protocol import (
    Acknowledge,
    CcoSet,
    Dialect,
    Frame,
    GoToLevel,
    LinkSource,
    Message,
    NameSet,
    Result,
    SessionSettings,
    StatusMask,
    StatusQuery,
    ZoneReport,
    encode_message,
)
from dpm_core.protocol.messages import ProgramCommit, ProgramStage
from dpm_core.simulator import SimulatorSettings
from dpm_core.transport import SendGate
from tests.dpm_core.client.links import (
    ONE,
    THREE,
    TWO,
    Diary,
    MemoryLink,
    SimulatedLink,
    double,
    eventually,
    lose_all,
    lose_first,
    now,
)

OFF = (False, False, False, False)


def fresh(client: DpmClient, *serials: SerialNumber) -> Callable[[], bool]:
    return lambda: all(client.modules[serial].is_fresh for serial in serials or client.modules)


async def open_cci(link: SimulatedLink, client: DpmClient, serial: SerialNumber = ONE) -> None:
    link[serial].move_cci(ContactState.OPEN)
    await eventually(lambda: client.modules[serial].saved is not None)


# --- finding and reading --------------------------------------------------------------------


@pytest.mark.requirement("E6", "G2", "E3")
async def test_all_modules_are_found_with_no_prior_knowledge(link: SimulatedLink) -> None:
    async with link.client() as client:
        assert client.connection is ConnectionState.CONNECTED
        found = await client.discover()
        assert [module.serial for module in found] == [ONE, TWO, THREE]
        assert found[0].identity.class_word == 0x09110104
        assert not client.modules


@pytest.mark.requirement("G2")
async def test_an_added_module_is_read_and_then_known(link: SimulatedLink) -> None:
    link[ONE].press_button(2)
    await link[ONE].settled()
    async with link.client(ONE) as client:
        # The report of the press may still be on its way: then that is known, and nothing else.
        assert client.modules[ONE].zones in ((None,) * 4, (False, True, False, False))
        await eventually(fresh(client))
        view = client.modules[ONE]
        assert view.is_online
        assert view.zones == (False, True, False, False)
        assert (view.override, view.saved) == (False, None)
        assert view.cci is ContactState.CLOSED
        assert (view.cco_closed, view.cco_type) == (False, CcoType.MOMENTARY)
        await eventually(lambda: client.modules[ONE].program is not None)
        assert client.modules[ONE].program == Program()
        assert client.modules[ONE].identity is not None


@pytest.mark.requirement("G2")
async def test_refresh_reads_it_all_and_counters_are_read_on_demand(link: SimulatedLink) -> None:
    async with link.client(ONE) as client:
        view = await client.refresh(ONE)
        assert view.zones == OFF
        assert view.override_actions == (OverrideAction.ON,) * 4
        assert view.identity is not None
        await client.turn_zone_on(ONE, 1)
        counters = await client.read_counters(ONE)
        assert counters.relay_operations == (1, 0, 0, 0)
        assert client.modules[ONE].counters == counters
        await client.clear_counters(ONE)
        cleared = await client.read_counters(ONE)
        assert cleared.frames_good < counters.frames_good
        assert cleared.relay_operations == (1, 0, 0, 0)


# --- zones ----------------------------------------------------------------------------------


@pytest.mark.requirement("G2", "A1")
async def test_a_zone_is_what_it_was_told_when_the_call_returns(link: SimulatedLink) -> None:
    async with link.client(ONE) as client:
        await client.turn_zone_on(ONE, 2)
        assert link[ONE].state.zones == (False, True, False, False)
        assert client.modules[ONE].zones == (False, True, False, False)
        await client.turn_zone_off(ONE, 2)
        assert link[ONE].state.zones == OFF
        await client.set_zone_level(ONE, 4, 0.5)
        assert link[ONE].state.zones == (False, False, False, True)
        await client.set_zone_level(ONE, 4, 0)
        assert link[ONE].state.zones == OFF


async def test_several_zones_of_a_module_are_switched_by_one_call(link: SimulatedLink) -> None:
    async with link.client(ONE) as client:
        await client.set_zones(ONE, {1: True, 2: False, 4: True})
        assert link[ONE].state.zones == (True, False, False, True)
        await client.set_zones(ONE, {})
        assert link[ONE].state.zones == (True, False, False, True)


async def test_a_toggle_switches_to_what_the_zone_is_not(link: SimulatedLink) -> None:
    async with link.client(ONE) as client:
        assert await client.toggle_zone(ONE, 3)
        assert link[ONE].state.zones == (False, False, True, False)
        assert not await client.toggle_zone(ONE, 3)
        assert link[ONE].state.zones == OFF


async def test_toggles_at_once_follow_each_other(link: SimulatedLink) -> None:
    async with link.client(ONE) as client:
        results = await asyncio.gather(*(client.toggle_zone(ONE, 1) for _ in range(4)))
        assert results == [True, False, True, False]
        assert link[ONE].state.zones == OFF
        assert link[ONE].state.cycles[0] == 4


async def test_calls_for_one_zone_take_effect_in_their_order(link: SimulatedLink) -> None:
    async with link.client(ONE) as client:
        await asyncio.gather(
            client.turn_zone_on(ONE, 1), client.turn_zone_off(ONE, 1), client.turn_zone_on(ONE, 1)
        )
        assert link[ONE].state.zones == (True, False, False, False)
        assert link[ONE].state.cycles[0] == 3


@pytest.mark.requirement("G2")
async def test_what_was_heard_is_told_once_each(link: SimulatedLink) -> None:
    async with link.client(ONE) as client:
        await eventually(fresh(client))
        diary = Diary(client)
        link[ONE].press_button(3)
        await eventually(lambda: bool(diary.of(ZoneButtonPressed)))
        await client.turn_zone_off(ONE, 3)
        await asyncio.sleep(0.3)
        assert diary.of(ZoneButtonPressed) == [ZoneButtonPressed(ONE, ZoneNumber(3))]
        assert [(e.zone, e.is_on) for e in diary.of(ZoneSwitched)] == [(3, True), (3, False)]
        changed = diary.of(ModuleChanged)[0]
        assert changed.previous.zones == OFF
        assert changed.view.zones == (False, False, True, False)


@pytest.mark.requirement("G2")
@pytest.mark.virtual_time
async def test_why_a_zone_was_switched_is_told(memory_link: MemoryLink) -> None:
    quiet = SessionSettings(poll_interval_s=3600.0)
    settings = ClientSettings(allow_extension=True, session=quiet)
    async with memory_link.client(ONE, settings=settings) as client:
        await eventually(lambda: client.modules[ONE].program is not None)
        diary = Diary(client)
        memory_link[ONE].press_button(3)
        await eventually(lambda: bool(diary.of(ZoneSwitched)))
        await client.turn_zone_off(ONE, 3)
        await client.broadcast_level(100)
        causes = [event.cause for event in diary.of(ZoneSwitched)]
        assert causes == [Cause.ZONE_BUTTON, Cause.LINK_COMMAND, *[Cause.GROUP] * 4]
        assert client.modules[ONE].zone_causes == (Cause.GROUP,) * 4


@pytest.mark.requirement("B4")
async def test_the_prog_button_announces_a_module_known_or_not(link: SimulatedLink) -> None:
    async with link.client(ONE) as client:
        await eventually(lambda: client.modules[ONE].program is not None)
        diary = Diary(client)
        link[TWO].press_prog()
        await eventually(lambda: bool(diary.of(ModuleAnnounced)))
        await asyncio.sleep(0.2)
        assert diary.of(ModuleAnnounced) == [ModuleAnnounced(TWO)]


async def test_a_search_announces_nobody(link: SimulatedLink) -> None:
    async with link.client() as client:
        diary = Diary(client)
        await client.discover()
        await asyncio.sleep(0.1)
        assert diary.of(ModuleAnnounced) == []


# --- override -------------------------------------------------------------------------------


@pytest.mark.requirement("C4", "G2")
async def test_in_override_every_control_is_refused_by_name_and_nothing_is_kept_for_later(
    link: SimulatedLink,
) -> None:
    async with link.client(ONE) as client:
        await eventually(fresh(client))
        diary = Diary(client)
        await client.turn_zone_on(ONE, 2)
        await open_cci(link, client)
        controls: list[Awaitable[Any]] = [
            client.turn_zone_off(ONE, 2),
            client.set_zones(ONE, {1: False, 3: False}),
            client.toggle_zone(ONE, 4),
            client.pulse_cco(ONE),
            client.close_cco(ONE),
        ]
        for control in controls:
            with pytest.raises(OverrideActive) as refused:
                await control
            assert refused.value.address == "00A1B2C3"
        view = client.modules[ONE]
        assert view.override
        assert view.zones == (True,) * 4
        assert view.saved == (False, True, False, False)
        await client.identify(ONE)
        await client.identify(ONE, False)
        await client.read_program(ONE)
        link[ONE].move_cci(ContactState.CLOSED)
        await eventually(lambda: client.modules[ONE].override is False)
        await asyncio.sleep(0.3)
        assert link[ONE].state.zones == (False, True, False, False)
        assert client.modules[ONE].zones == (False, True, False, False)
        assert client.modules[ONE].saved is None
        kinds = [type(e) for e in diary.of(OverrideEntered, OverrideLeft)]
        assert kinds == [OverrideEntered, OverrideLeft]
        assert [e.contact for e in diary.of(CciChanged)] == [
            ContactState.OPEN,
            ContactState.CLOSED,
        ]


@pytest.mark.requirement("C4")
@pytest.mark.virtual_time
async def test_a_setting_accepted_just_before_override_is_kept_and_a_success(
    memory_link: MemoryLink,
) -> None:
    link = memory_link
    async with link.client(ONE) as client:
        await client.write_program(ONE, replace(Program(), cci_debounce_s=0.0))

        def open_on_answer(frame: Any, message: Any) -> Any:
            if isinstance(message, Acknowledge):
                link[ONE].move_cci(ContactState.OPEN)
            return () if isinstance(message, ZoneReport) and message.cause else (frame,)

        link.line.to_us = open_on_answer
        await client.turn_zone_on(ONE, 3)
        link.line.mend()
        assert link[ONE].state.in_override
        assert link[ONE].state.saved == (False, False, True, False)
        link[ONE].move_cci(ContactState.CLOSED)
        await eventually(lambda: client.modules[ONE].zones == (False, False, True, False))
        assert client.modules[ONE].override is False


# --- CCO and LEDs ---------------------------------------------------------------------------


@pytest.mark.requirement("G2")
async def test_the_cco_closes_opens_and_pulses(link: SimulatedLink) -> None:
    async with link.client(ONE) as client:
        await eventually(fresh(client))
        diary = Diary(client)
        await client.close_cco(ONE)
        assert link[ONE].state.cco.is_closed
        await client.end_cco_pulse(ONE)
        assert link[ONE].state.cco.is_closed
        await client.open_cco(ONE)
        assert not link[ONE].state.cco.is_closed
        await client.pulse_cco(ONE, 0.2)
        await eventually(lambda: not link[ONE].state.cco.is_closed)
        await eventually(lambda: len(diary.of(CcoChanged)) == 4)
        assert [e.is_closed for e in diary.of(CcoChanged)] == [True, False, True, False]
        await client.pulse_cco(ONE)
        await client.end_cco_pulse(ONE)
        assert not link[ONE].state.cco.is_closed


@pytest.mark.requirement("E7")
async def test_identify_flashes_the_leds(link: SimulatedLink) -> None:
    async with link.client(ONE) as client:
        still = link[ONE].snapshot()["leds"]
        await client.identify(ONE)
        assert link[ONE].snapshot()["leds"] != still
        await client.identify(ONE, False)
        assert link[ONE].snapshot()["leds"]["zone_1"] == still["zone_1"]


# --- programs and groups --------------------------------------------------------------------

PROGRAM = Program(
    name="Panel 1",
    zone_names=("Hall", "Küche", "", "Stairs"),
    override_actions=(
        OverrideAction.ON,
        OverrideAction.OFF,
        OverrideAction.UNAFFECTED,
        OverrideAction.ON,
    ),
    cco_type=CcoType.MAINTAINED,
    cco_pulse_s=1.5,
    cci_debounce_s=0.1,
)


@pytest.mark.requirement("G2")
async def test_a_program_is_written_and_read_back(link: SimulatedLink) -> None:
    async with link.client(ONE) as client:
        assert await client.write_program(ONE, PROGRAM) == PROGRAM
        assert link[ONE].state.memory.program == PROGRAM
        assert await client.read_program(ONE) == PROGRAM
        assert client.modules[ONE].program == PROGRAM
        assert client.modules[ONE].cco_type is CcoType.MAINTAINED


@pytest.mark.virtual_time
async def test_only_what_is_different_is_written(memory_link: MemoryLink) -> None:
    async with memory_link.client(ONE) as client:
        await client.write_program(ONE, PROGRAM)
        memory_link.line.sent.clear()
        await client.write_program(ONE, PROGRAM)
        await client.write_program(ONE, replace(PROGRAM, name="Panel 2"))
        staged = [m.command for m in memory_link.line.messages(ProgramStage)]
        assert staged == [NameSet(ONE, 0, "Panel 2")]


@pytest.mark.requirement("G2")
@pytest.mark.virtual_time
async def test_a_program_that_reads_back_otherwise_is_not_confirmed(
    memory_link: MemoryLink,
) -> None:
    def rename(frame: Frame, message: Message) -> Iterable[Frame]:
        if isinstance(message, ProgramCommit):
            other = NameSet(ONE, 0, "Panel 2")
            source = LinkSource(0x30)
            return (frame, encode_message(other, counter=1, sequence=60, source=source))
        return (frame,)

    async with memory_link.client(ONE) as client:
        memory_link.line.from_us = rename
        with pytest.raises(NotConfirmed) as other:
            await client.write_program(ONE, PROGRAM)
        assert "Panel 2" in other.value.reported


@pytest.mark.requirement("G2")
async def test_groups_are_programmed_read_and_switched(link: SimulatedLink) -> None:
    async with link.client(ONE, TWO, THREE) as client:
        assert await client.read_groups(ONE) == {}
        await client.set_group(ONE, 5, (True, False, False, True))
        await client.set_group(TWO, GroupNumber(5), (False, True, False, False))
        assert await client.read_groups(ONE) == {5: (True, False, False, True)}
        outcomes = await client.set_group_level(5, 100)
        assert outcomes == {ONE: DONE, TWO: DONE}
        assert link[ONE].state.zones == (True, False, False, True)
        assert link[TWO].state.zones == (False, True, False, False)
        assert link[THREE].state.zones == OFF
        await client.set_group(ONE, 5, OFF)
        assert await client.read_groups(ONE) == {}
        assert await client.set_group_level(5, 0) == {TWO: DONE}


@pytest.mark.requirement("C9")
async def test_a_broadcast_gives_one_outcome_for_each_module(link: SimulatedLink) -> None:
    async with link.client(ONE, TWO, THREE) as client:
        await eventually(fresh(client))
        await open_cci(link, client, TWO)
        outcomes = await client.broadcast_level(100)
        assert outcomes[ONE] is outcomes[THREE] is DONE
        assert isinstance(outcomes[TWO], OverrideActive)
        assert link[ONE].state.zones == link[THREE].state.zones == (True,) * 4
        link[TWO].move_cci(ContactState.CLOSED)
        await eventually(lambda: client.modules[TWO].zones == OFF)
        assert link[TWO].state.zones == OFF


# --- calls that cannot be -------------------------------------------------------------------


@pytest.mark.virtual_time
async def test_a_call_that_cannot_be_is_refused_before_anything_is_sent(
    memory_link: MemoryLink,
) -> None:
    async with memory_link.client(ONE) as client:
        await eventually(fresh(client))
        memory_link.line.sent.clear()
        calls: list[tuple[type[DpmError], Awaitable[Any]]] = [
            (InvalidZone, client.turn_zone_on(ONE, 5)),
            (InvalidZone, client.set_zones(ONE, {0: True})),
            (InvalidZone, client.toggle_zone(ONE, 0)),
            (InvalidLevel, client.set_zone_level(ONE, 1, 101)),
            (InvalidLevel, client.set_group_level(1, -1)),
            (InvalidLevel, client.broadcast_level(float("nan"))),
            (InvalidAddress, client.set_group_level(0, 100)),
            (InvalidAddress, client.set_group(ONE, 0xFFFF, OFF)),
            (UnsupportedSetting, client.pulse_cco(ONE, 0.05)),
            (UnknownModule, client.turn_zone_on(TWO, 1)),
            (UnknownModule, client.refresh(TWO)),
            (UnknownModule, client.read_program(TWO)),
            (UnknownModule, client.pulse_cco(TWO)),
        ]
        for error, call in calls:
            with pytest.raises(error):
                await call
        assert not memory_link.line.messages(GoToLevel)
        assert not memory_link.line.messages(CcoSet)


@pytest.mark.virtual_time
async def test_the_radio_dialect_switches_groups_and_no_single_zone(
    memory_link: MemoryLink,
) -> None:
    settings = ClientSettings(dialect=Dialect.RADIO)
    async with memory_link.client(ONE, settings=settings) as client:
        with pytest.raises(UnsupportedSetting):
            await client.turn_zone_on(ONE, 1)
        assert await client.set_group_level(5, 100) == {}
        (message,) = memory_link.line.messages(GoToLevel)
        assert message.target == GroupNumber(5)


def every_call(client: DpmClient) -> dict[str, Callable[[], Awaitable[Any]]]:
    return {
        "turn_zone_on": lambda: client.turn_zone_on(ONE, 1),
        "set_zones": lambda: client.set_zones(ONE, {1: True}),
        "set_group_level": lambda: client.set_group_level(5, 100),
        "toggle_zone": lambda: client.toggle_zone(ONE, 1),
        "discover": client.discover,
        "refresh": lambda: client.refresh(ONE),
        "read_counters": lambda: client.read_counters(ONE),
        "clear_counters": lambda: client.clear_counters(ONE),
        "read_program": lambda: client.read_program(ONE),
        "write_program": lambda: client.write_program(ONE, PROGRAM),
        "read_groups": lambda: client.read_groups(ONE),
        "set_group": lambda: client.set_group(ONE, 5, OFF),
        "broadcast_level": lambda: client.broadcast_level(100),
        "pulse_cco": lambda: client.pulse_cco(ONE),
        "close_cco": lambda: client.close_cco(ONE),
        "open_cco": lambda: client.open_cco(ONE),
        "end_cco_pulse": lambda: client.end_cco_pulse(ONE),
        "identify": lambda: client.identify(ONE),
    }


PUBLIC = {"turn_zone_on", "set_zones", "set_group_level"}


@pytest.mark.requirement("E3", "E4")
@pytest.mark.virtual_time
async def test_without_the_extension_only_the_public_level_is_sent_and_nothing_is_known(
    memory_link: MemoryLink,
) -> None:
    link = memory_link
    async with link.client(ONE, settings=ClientSettings()) as client:
        for name, call in every_call(client).items():
            if name in PUBLIC:
                await call()
            else:
                with pytest.raises(ExtensionNotAllowed) as refused:
                    await call()
                assert str(refused.value)[0].isupper()
        await asyncio.sleep(30.0)
        assert {type(message) for _, message in link.line.sent} == {GoToLevel}
        assert link[ONE].state.zones == (True, False, False, False)
        view = client.modules[ONE]
        assert view.is_online
        assert not view.is_fresh


@pytest.mark.virtual_time
async def test_without_the_extension_a_dead_module_leaves_its_calls_unanswered_and_stays_there(
    memory_link: MemoryLink,
) -> None:
    async with memory_link.client(ONE, settings=ClientSettings()) as client:
        memory_link[ONE].set_power(False)
        for _ in range(3):
            await asyncio.sleep(3.0)
            with pytest.raises(NoReply):
                await client.turn_zone_on(ONE, 1)
        assert client.modules[ONE].is_online
        memory_link[ONE].set_power(True)
        await asyncio.sleep(1.0)
        await client.turn_zone_on(ONE, 1)


@pytest.mark.requirement("E3")
async def test_a_listener_sends_nothing_and_knows_what_it_hears(link: SimulatedLink) -> None:
    async with link.client(ONE, gate=SendGate.LISTEN) as client:
        assert client.is_listening_only
        for call in every_call(client).values():
            with pytest.raises(SendingNotAllowed):
                await call()
        link[ONE].press_button(2)
        await eventually(lambda: client.modules[ONE].zones == (False, True, False, False))
        assert link.line.sent == []
        assert client.statistics.frames_sent == 0


# --- answers that are late, lost or doubled -------------------------------------------------


@pytest.mark.requirement("G2")
@pytest.mark.parametrize("lost", [1, 2])
async def test_a_lost_answer_is_asked_for_again_and_the_module_acts_once(
    link: SimulatedLink, lost: int
) -> None:
    async with link.client(ONE) as client:
        link.line.to_us = lose_first(Acknowledge, lost)
        await client.turn_zone_on(ONE, 1)
        assert len(link.line.messages(GoToLevel)) >= 1 + lost
        assert link[ONE].state.zones == (True, False, False, False)
        assert link[ONE].state.cycles[0] == 1


@pytest.mark.virtual_time
async def test_a_toggle_whose_answers_are_lost_toggles_once(memory_link: MemoryLink) -> None:
    async with memory_link.client(ONE) as client:
        memory_link.line.to_us = lose_first(Acknowledge, 2)
        assert await client.toggle_zone(ONE, 1)
        assert memory_link[ONE].state.cycles == (1, 0, 0, 0)


@pytest.mark.requirement("G2")
@pytest.mark.virtual_time
async def test_a_module_that_never_answers_is_a_named_error_in_a_stated_time(
    memory_link: MemoryLink,
) -> None:
    async with memory_link.client(ONE) as client:
        await eventually(lambda: client.modules[ONE].program is not None)
        memory_link[ONE].set_power(False)
        begun_at = now()
        with pytest.raises(NoReply) as missing:
            await client.turn_zone_on(ONE, 1)
        assert missing.value.address == "00A1B2C3"
        assert now() - begun_at < 0.3
        memory_link[ONE].set_power(True)
        await asyncio.sleep(10.0)
        assert memory_link[ONE].state.zones == OFF


@pytest.mark.virtual_time
async def test_without_a_report_the_module_is_asked_and_with_one_it_is_not(
    memory_link: MemoryLink,
) -> None:
    quiet = SessionSettings(poll_interval_s=3600.0)
    settings = ClientSettings(allow_extension=True, session=quiet)
    async with memory_link.client(ONE, settings=settings) as client:
        await eventually(lambda: client.modules[ONE].program is not None)
        memory_link.line.sent.clear()
        await client.turn_zone_on(ONE, 1)
        assert not memory_link.line.messages(StatusQuery)
        begun_at = now()
        memory_link.line.to_us = lambda frame, message: (
            () if isinstance(message, ZoneReport) and message.cause else (frame,)
        )
        await client.turn_zone_off(ONE, 1)
        assert len(memory_link.line.messages(StatusQuery)) == 1
        assert now() - begun_at == pytest.approx(settings.report_wait_s, abs=0.01)


@pytest.mark.virtual_time
async def test_a_zone_that_is_there_already_is_confirmed_without_waiting_for_a_report(
    memory_link: MemoryLink,
) -> None:
    async with memory_link.client(ONE) as client:
        await eventually(lambda: client.modules[ONE].program is not None)
        begun_at = now()
        await client.turn_zone_off(ONE, 1)
        assert now() - begun_at < 0.02


@pytest.mark.requirement("G2")
@pytest.mark.virtual_time
async def test_a_module_that_reports_otherwise_is_not_confirmed(memory_link: MemoryLink) -> None:
    async with memory_link.client(ONE) as client:
        await eventually(fresh(client))

        def press_button(frame: Any, message: Any) -> Any:
            if isinstance(message, Acknowledge):
                memory_link[ONE].press_button(1)
            return (frame,)

        memory_link.line.to_us = press_button
        begun_at = now()
        with pytest.raises(NotConfirmed) as other:
            await client.turn_zone_on(ONE, 1)
        assert other.value.reported == "zone 1 off"
        assert 0.5 <= now() - begun_at < 1.0


@pytest.mark.requirement("G2")
@pytest.mark.virtual_time
async def test_a_module_that_accepts_and_then_says_nothing_more_is_not_confirmed(
    memory_link: MemoryLink,
) -> None:
    async with memory_link.client(ONE) as client:
        await eventually(fresh(client))
        memory_link.line.to_us = lose_all(ZoneReport)
        with pytest.raises(NotConfirmed) as nothing:
            await client.turn_zone_on(ONE, 1)
        assert nothing.value.reported == "nothing more"
        assert isinstance(nothing.value.__cause__, NoReply)


@pytest.mark.virtual_time
async def test_a_pulse_that_is_over_before_it_was_asked_for_is_confirmed(
    memory_link: MemoryLink,
) -> None:
    async with memory_link.client(ONE) as client:
        await eventually(lambda: client.modules[ONE].program is not None)
        left = 2

        def lose_questions(frame: Any, message: Any) -> Any:
            nonlocal left
            if isinstance(message, StatusQuery) and StatusMask.CCO in message.mask and left:
                left -= 1
                return ()
            return (frame,)

        memory_link.line.from_us = lose_questions
        await client.pulse_cco(ONE, 0.1)
        assert not memory_link[ONE].state.cco.is_closed


@pytest.mark.virtual_time
async def test_a_pulse_that_never_was_is_not_confirmed(memory_link: MemoryLink) -> None:
    async with memory_link.client(ONE) as client:
        await eventually(lambda: client.modules[ONE].program is not None)
        cut = memory_link[ONE]

        def lose_power(frame: Any, message: Any) -> Any:
            if isinstance(message, Result):
                cut.set_power(False)
                cut.set_power(True)
            return (frame,)

        memory_link.line.to_us = lose_power
        with pytest.raises(NotConfirmed) as other:
            await client.pulse_cco(ONE, 30.0)
        assert "CCO open" in other.value.reported


@pytest.mark.requirement("G2")
async def test_frames_that_arrive_twice_do_everything_once(link: SimulatedLink) -> None:
    async with link.client(ONE) as client:
        await eventually(fresh(client))
        diary = Diary(client)
        link.line.to_us = double
        link.line.from_us = double
        await client.turn_zone_on(ONE, 1)
        link[ONE].press_button(2)
        await eventually(lambda: bool(diary.of(ZoneButtonPressed)))
        await asyncio.sleep(0.2)
        assert diary.of(ZoneButtonPressed) == [ZoneButtonPressed(ONE, ZoneNumber(2))]
        assert [(e.zone, e.is_on) for e in diary.of(ZoneSwitched)] == [(1, True), (2, True)]
        assert link[ONE].state.cycles == (1, 1, 0, 0)


@pytest.mark.virtual_time
async def test_a_refusal_for_another_reason_is_named(memory_link: MemoryLink) -> None:
    settings = ClientSettings(allow_extension=True, component_base=0x0081)
    async with memory_link.client(ONE, settings=settings) as client:
        with pytest.raises(Rejected) as refused:
            await client.turn_zone_on(ONE, 1)
        assert refused.value.reason == "it cannot have this value"
        assert not isinstance(refused.value, OverrideActive)


@pytest.mark.requirement("G2")
@pytest.mark.virtual_time
async def test_a_cancelled_call_leaves_the_link_usable_and_is_not_sent_later(
    memory_link: MemoryLink,
) -> None:
    async with memory_link.client(ONE) as client:
        await eventually(fresh(client))
        first = asyncio.ensure_future(client.turn_zone_on(ONE, 1))
        second = asyncio.ensure_future(client.turn_zone_on(ONE, 2))
        await asyncio.sleep(0)
        for call in (first, second):
            call.cancel()
        results = await asyncio.gather(first, second, return_exceptions=True)
        assert [type(result) for result in results] == [asyncio.CancelledError] * 2
        await asyncio.sleep(5.0)
        assert not memory_link[ONE].state.zones[1]
        await client.turn_zone_on(ONE, 3)
        assert memory_link[ONE].state.zones[2]


# --- a full link ----------------------------------------------------------------------------


@pytest.mark.requirement("E6", "G2")
@pytest.mark.virtual_time
@pytest.mark.parametrize("is_paced", [False, True])
async def test_99_modules_are_found_read_and_switched(tmp_path: Any, is_paced: bool) -> None:
    serials = tuple(SerialNumber(0x00A10001 + number) for number in range(99))
    simulator = SimulatorSettings(is_paced=is_paced)
    async with MemoryLink(tmp_path, serials, simulator) as link, link.client() as client:
        found = await client.discover()
        assert [module.serial for module in found] == list(serials)
        for module in found:
            client.add_module(module.serial)
        await eventually(fresh(client), 60.0)
        begun_at = now()
        await asyncio.gather(*(client.turn_zone_on(serial, 1) for serial in serials))
        assert now() - begun_at < client.settings.command_limit_s
        assert all(link[serial].state.zones[0] for serial in serials)
        outcomes = await client.broadcast_level(0)
        assert outcomes == dict.fromkeys(serials, DONE)
        with pytest.raises(LinkUnavailable):
            await client.connect()


@pytest.mark.requirement("C8", "G2")
@pytest.mark.virtual_time
@pytest.mark.parametrize("is_paced", [False, True])
async def test_32_modules_that_an_emergency_moves_are_heard_although_programs_are_being_read(
    tmp_path: Any, is_paced: bool
) -> None:
    serials = tuple(SerialNumber(0x00A10001 + number) for number in range(99))
    held = serials[40:72]
    simulator = SimulatorSettings(is_paced=is_paced)
    async with MemoryLink(tmp_path, serials, simulator) as link, link.client() as client:
        for serial in serials:
            client.add_module(serial)
        await eventually(fresh(client), 60.0)
        # Everybody says that the mains are back; reading 99 programs takes longer.
        await eventually(
            lambda: not any(link[serial].device.is_reporting for serial in serials), 60.0
        )
        assert not all(client.modules[serial].program for serial in serials)
        begun_at = now()
        for serial in held:
            link[serial].move_cci(ContactState.OPEN)
        await eventually(
            lambda: all(client.modules[s].override and all(client.modules[s].zones) for s in held),
            60.0,
        )
        # A poll of all 99 takes ten seconds: these were heard, not asked.
        assert now() - begun_at < 5.0
