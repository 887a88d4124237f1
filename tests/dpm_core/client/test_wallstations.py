"""Wallstations are heard by every client, and one that takes the processor's place acts for them."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import pytest

from dpm_core.client import (
    ClientSettings,
    DpmClient,
    WallstationButtonPressed,
    WallstationButtonReleased,
    WallstationLedChanged,
)
from dpm_core.errors import LinkFull, LinkUnavailable, SendingNotAllowed, UnsupportedSetting
from dpm_core.model import (
    ContactState,
    GroupNumber,
    IntegrationId,
    SerialNumber,
    Wallstation,
    WallstationAction,
    WallstationButton,
    ZoneNumber,
)
from dpm_core.protocol import (
    ButtonAction,
    ButtonEvent,
    Dialect,
    Frame,
    GoToLevel,
    LedsReport,
    LedsSet,
    Message,
    StatusQuery,
    ZoneReport,
    encode_message,
    encode_wire,
)
from dpm_core.simulator import parse_wallstation
from dpm_core.simulator.link_processor import YIELD_S
from dpm_core.transport import SendGate
from tests.dpm_core.client.links import (
    ONE,
    THREE,
    TWO,
    Diary,
    MemoryLink,
    PtyLink,
    SimulatedLink,
    TcpLink,
    eventually,
    lose_all,
)

pytestmark = pytest.mark.requirement("E5", "G2")

KEYPAD = parse_wallstation(
    "02A24C77=1:on:00A1B2C3.1+00A1B2C4.1,2:off:00A1B2C3.1+00A1B2C4.1+00A1B2C5.1,"
    "3:toggle:00A1B2C3.2+00A1B2C4.2,4:scene:00A1B2C3.1-00A1B2C4.1"
)
HALL = SerialNumber(0x02A24C77)
MODULES = (ONE, TWO, THREE)


@pytest.fixture(
    params=[
        pytest.param(MemoryLink, id="memory", marks=pytest.mark.virtual_time),
        pytest.param(PtyLink, id="pty"),
        pytest.param(TcpLink, id="tcp"),
    ]
)
async def any_link(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[SimulatedLink]:
    """Three modules and a wallstation, behind each kind of link in turn."""
    async with request.param(tmp_path, wallstations=(KEYPAD,)) as made:
        yield made


@pytest.fixture
async def memory(tmp_path: Path) -> AsyncIterator[MemoryLink]:
    """The same in memory, on the virtual clock."""
    async with MemoryLink(tmp_path, wallstations=(KEYPAD,)) as made:
        yield made


def lit(link: SimulatedLink) -> frozenset[int]:
    return link.simulator.wallstations[HALL].leds


def press_frame() -> bytes:
    """What the wallstation says when its button 1 is pressed."""
    event = ButtonEvent(1, ButtonAction.PRESS)
    return encode_wire(encode_message(event, counter=1, sequence=0, source=HALL))


async def fresh(client: DpmClient) -> None:
    await eventually(lambda: all(view.is_fresh for view in client.modules.values()))


async def test_a_client_that_only_listens_hears_presses_and_leds_and_the_processor_acts(
    any_link: SimulatedLink,
) -> None:
    await eventually(lambda: lit(any_link) == {2})
    client = any_link.client(gate=SendGate.LISTEN, settings=ClientSettings())
    async with client:
        diary = Diary(client)
        any_link.simulator.wallstations[HALL].tap(1)
        await eventually(lambda: any_link[TWO].state.zones[0])
        await eventually(lambda: WallstationLedChanged(HALL, 1, True) in diary.events)
        moved = (WallstationButtonPressed, WallstationButtonReleased)
        await eventually(lambda: len(diary.of(*moved)) == 2)
        assert diary.of(*moved) == [moved[0](HALL, 1), moved[1](HALL, 1)]
        await eventually(lambda: client.leds_of(HALL) == (1,))
        assert lit(any_link) == {1}
        assert any_link.simulator.link_processor is not None
        assert any_link.simulator.link_processor.is_master
        assert HALL not in client.modules


async def test_a_client_that_takes_the_processors_place_acts_and_tells_the_leds(
    any_link: SimulatedLink,
) -> None:
    keypad = any_link.simulator.wallstations[HALL]
    async with any_link.client(*MODULES) as client:
        client.add_wallstation(KEYPAD)
        diary = Diary(client)
        await fresh(client)
        await eventually(lambda: lit(any_link) == {2})
        assert any_link.simulator.link_processor is not None
        assert not any_link.simulator.link_processor.is_master, "never two masters"
        keypad.tap(1)
        await eventually(lambda: lit(any_link) == {1})
        assert any_link[ONE].state.zones[0]
        assert any_link[TWO].state.zones[0]
        keypad.tap(4)
        await eventually(lambda: lit(any_link) == {4})
        assert not any_link[TWO].state.zones[0]
        keypad.tap(3)
        keypad.tap(3)
        keypad.tap(3)
        await eventually(lambda: lit(any_link) == {3, 4})
        await eventually(lambda: client.leds_of(HALL) == (3, 4))
        keypad.tap(2)
        await eventually(lambda: lit(any_link) == {2, 3})
        assert len(diary.of(WallstationButtonPressed)) == 6
        assert dict(client.wallstations) == {HALL: KEYPAD}


@pytest.mark.virtual_time
class TestMaster:
    async def test_presses_do_nothing_while_a_client_polls_that_was_told_of_none(
        self, memory: MemoryLink
    ) -> None:
        async with memory.client(*MODULES) as client:
            await fresh(client)
            diary = Diary(client)
            memory.simulator.wallstations[HALL].tap(1)
            await asyncio.sleep(2 * YIELD_S)
            assert memory.line.messages(GoToLevel) == []
            assert memory.line.messages(LedsSet) == []
            assert not memory[ONE].state.zones[0]
            assert len(diary.of(WallstationButtonPressed)) == 1
        await asyncio.sleep(YIELD_S + 1)
        memory.simulator.wallstations[HALL].tap(1)
        await asyncio.sleep(1)
        assert memory[ONE].state.zones[0], "the processor is the master again"

    @pytest.mark.requirement("C4", "C9")
    async def test_a_press_acts_on_the_modules_that_are_not_in_override(
        self, memory: MemoryLink
    ) -> None:
        keypad = memory.simulator.wallstations[HALL]
        async with memory.client(*MODULES) as client:
            client.add_wallstation(KEYPAD)
            await fresh(client)
            memory[ONE].move_cci(ContactState.OPEN)
            await eventually(lambda: client.modules[ONE].override is True)
            await eventually(lambda: lit(memory) == {3, 4})
            keypad.tap(1)
            await eventually(lambda: lit(memory) == {1, 3})
            assert {message.target for message in memory.line.messages(GoToLevel)} == {TWO}
            keypad.tap(2)
            await eventually(lambda: lit(memory) == {3, 4})
            memory[ONE].move_cci(ContactState.CLOSED)
            await eventually(lambda: lit(memory) == {2})
            assert memory[ONE].state.zones == (False,) * 4, "nothing was kept for later"

    async def test_leds_show_nothing_that_is_not_known_and_return_with_the_module(
        self, memory: MemoryLink
    ) -> None:
        async with memory.client(*MODULES) as client:
            client.add_wallstation(KEYPAD)
            await fresh(client)
            await client.turn_zone_on(ONE, 2)
            await eventually(lambda: lit(memory) == {2, 3})
            memory[ONE].set_power(False)
            await eventually(lambda: lit(memory) == frozenset())
            memory[ONE].set_power(True)
            await eventually(lambda: lit(memory) == {2, 3})

    async def test_leds_are_told_anew_after_a_loss_of_the_link(self, memory: MemoryLink) -> None:
        async with memory.client(*MODULES) as client:
            client.add_wallstation(KEYPAD)
            await fresh(client)
            await eventually(lambda: lit(memory) == {2})
            diary = Diary(client)
            await memory.vanish()
            await asyncio.sleep(0.5)
            assert client.leds_of(HALL) is None
            memory[ONE].press_button(2)
            await memory.appear()
            await eventually(lambda: lit(memory) == {2, 3})
            await eventually(lambda: client.leds_of(HALL) == (2, 3))
            assert WallstationLedChanged(HALL, 3, True) in diary.events

    async def test_leds_that_another_master_told_are_put_right(self, memory: MemoryLink) -> None:
        async with memory.client(*MODULES) as client:
            client.add_wallstation(KEYPAD)
            await fresh(client)
            await eventually(lambda: lit(memory) == {2})
            memory.line.put(
                encode_wire(
                    encode_message(
                        LedsSet(HALL, (7,)), counter=1, sequence=0, source=client.settings.source
                    )
                )
            )
            await eventually(lambda: lit(memory) == {7})
            await eventually(lambda: lit(memory) == {2})

    async def test_a_wallstation_that_does_not_answer_is_told_until_it_does(
        self, memory: MemoryLink
    ) -> None:
        async with memory.client(*MODULES) as client:
            memory.line.from_us = lambda frame, message: (
                () if isinstance(message, LedsSet) else (frame,)
            )
            client.add_wallstation(KEYPAD)
            await fresh(client)
            await asyncio.sleep(30)
            assert 5 < len(memory.line.messages(LedsSet)) < 40, "at growing distances"
            memory.line.mend()
            await asyncio.sleep(6)
            assert client.leds_of(HALL) == (2,)
            memory.line.from_us = lose_all(LedsSet)
            await client.turn_zone_on(ONE, 2)
            await asyncio.sleep(0.5)  # closed while it waits to tell it again

    async def test_a_press_with_a_dead_module_acts_on_the_others_and_says_so(
        self, memory: MemoryLink, caplog: pytest.LogCaptureFixture
    ) -> None:
        async with memory.client(*MODULES) as client:
            client.add_wallstation(KEYPAD)
            await fresh(client)
            memory[ONE].set_power(False)
            memory.simulator.wallstations[HALL].tap(1)
            await asyncio.sleep(1)
            assert memory[TWO].state.zones[0]
            (record,) = [one for one in caplog.records if one.levelno == logging.WARNING]
            assert "Button 1 of wallstation 02A24C77: module 00A1B2C3" in record.getMessage()

    async def test_a_repeated_frame_is_one_press(self, memory: MemoryLink) -> None:
        def thrice(frame: Frame, message: Message) -> Iterable[Frame]:
            return (frame,) * (3 if isinstance(message, ButtonEvent) else 1)

        async with memory.client(*MODULES) as client:
            client.add_wallstation(KEYPAD)
            await fresh(client)
            memory.line.to_us = thrice
            diary = Diary(client)
            memory.simulator.wallstations[HALL].tap(3)
            await asyncio.sleep(1)
            assert len(diary.of(WallstationButtonPressed)) == 1
            assert memory[ONE].state.zones[1]

    async def test_presses_that_waited_too_long_are_dropped(self, memory: MemoryLink) -> None:
        async with memory.client(*MODULES) as client:
            client.add_wallstation(KEYPAD)
            await fresh(client)
            memory.line.to_us = lose_all(ZoneReport)
            for _ in range(20):
                memory.simulator.wallstations[HALL].tap(3)
            await asyncio.sleep(client.settings.press_fresh_s + 2)
            memory.line.mend()
            before = len(memory.line.messages(GoToLevel))
            await asyncio.sleep(10)
            assert len(memory.line.messages(GoToLevel)) == before

    async def test_closing_in_the_middle_of_a_press_ends_it(self, memory: MemoryLink) -> None:
        async with memory.client(*MODULES) as client:
            client.add_wallstation(KEYPAD)
            await fresh(client)
            memory[ONE].set_power(False)
            memory.simulator.wallstations[HALL].tap(1)
            await asyncio.sleep(0.05)

    async def test_a_press_that_is_heard_while_the_client_closes_is_not_begun(
        self, memory: MemoryLink
    ) -> None:
        async with memory.client(*MODULES) as client:
            client.add_wallstation(KEYPAD)
            await fresh(client)
            memory.line.deliver(press_frame())
        await asyncio.sleep(1)
        assert not memory[ONE].state.zones[0]

    async def test_a_press_that_is_told_after_the_loss_does_nothing(
        self, memory: MemoryLink
    ) -> None:
        async with memory.client(*MODULES) as client:
            client.add_wallstation(KEYPAD)
            await fresh(client)
            # Told in the same turn of the loop, and before subscribers are.
            memory.line.deliver(press_frame())
            memory.line.connection_lost(LinkUnavailable("memory", "unplugged"))
            await asyncio.sleep(0)
            assert memory.line.messages(GoToLevel) == []

    async def test_a_press_that_cannot_be_sent_is_said_in_the_log(
        self, memory: MemoryLink, caplog: pytest.LogCaptureFixture
    ) -> None:
        settings = ClientSettings(allow_extension=True, dialect=Dialect.RADIO)
        async with memory.client(*MODULES, settings=settings) as client:
            client.add_wallstation(KEYPAD)
            await fresh(client)
            memory.simulator.wallstations[HALL].tap(1)
            await asyncio.sleep(0.5)
        assert "the radio dialect names no single zone" in caplog.text

    async def test_a_removed_wallstation_is_only_listened_to(self, memory: MemoryLink) -> None:
        async with memory.client(*MODULES) as client:
            client.add_wallstation(KEYPAD)
            await fresh(client)
            client.remove_wallstation(HALL)
            client.remove_wallstation(HALL)
            assert dict(client.wallstations) == {}
            diary = Diary(client)
            memory.simulator.wallstations[HALL].tap(1)
            await asyncio.sleep(1)
            assert not memory[ONE].state.zones[0]
            assert len(diary.of(WallstationButtonPressed)) == 1

    async def test_a_module_that_was_removed_is_left_out(self, memory: MemoryLink) -> None:
        async with memory.client(*MODULES) as client:
            client.add_wallstation(KEYPAD)
            await fresh(client)
            client.remove_module(ONE)
            memory.simulator.wallstations[HALL].tap(1)
            await asyncio.sleep(1)
            assert memory[TWO].state.zones[0]
            assert not memory[ONE].state.zones[0]

    async def test_a_button_for_a_group_goes_out_in_one_frame(self, memory: MemoryLink) -> None:
        both = ((ONE, ZoneNumber(1)), (TWO, ZoneNumber(1)))
        button = WallstationButton(
            number=1, action=WallstationAction.ON, zones=both, group=GroupNumber(7)
        )
        async with memory.client(*MODULES) as client:
            await fresh(client)
            for serial in await client.discover():
                assert serial.serial in client.modules
            for serial in (ONE, TWO):
                await client.set_group(serial, GroupNumber(7), (True, False, False, False))
            for serial in MODULES:
                await client.read_groups(serial)
            client.add_wallstation(Wallstation(address=HALL, buttons=(button,)))
            memory.simulator.wallstations[HALL].tap(1)
            await asyncio.sleep(1)
            (message,) = memory.line.messages(GoToLevel)
            assert message.target == GroupNumber(7)
            assert memory[ONE].state.zones[0]
            assert memory[TWO].state.zones[0]

    async def test_without_our_own_messages_it_acts_by_what_was_heard_and_tells_no_led(
        self, memory: MemoryLink
    ) -> None:
        async with memory.client(*MODULES, settings=ClientSettings()) as client:
            client.add_wallstation(KEYPAD)
            keypad = memory.simulator.wallstations[HALL]
            await client.turn_zone_on(ONE, 2)
            await asyncio.sleep(0.2)
            keypad.tap(3)
            await asyncio.sleep(0.5)
            assert not memory[ONE].state.zones[1], "one zone was on, so all go off"
            assert memory.line.messages(LedsSet) == memory.line.messages(StatusQuery) == []

    async def test_a_subscriber_may_ask_for_one_wallstation_alone(self, memory: MemoryLink) -> None:
        async with memory.client(*MODULES) as client:
            heard: list[object] = []
            client.subscribe(heard.append, HALL)
            await fresh(client)
            memory.simulator.wallstations[HALL].tap(9)
            await asyncio.sleep(0.5)
            assert heard == [WallstationButtonPressed(HALL, 9), WallstationButtonReleased(HALL, 9)]

    async def test_a_button_that_is_held_to_save_is_no_press(self, memory: MemoryLink) -> None:
        async with memory.client(*MODULES) as client:
            diary = Diary(client)
            for action in (ButtonAction.SAVE, ButtonAction.RELEASE):
                frame = encode_message(
                    ButtonEvent(1, action), counter=1, sequence=0, source=client.settings.source
                )
                memory.line.deliver(encode_wire(frame))
            frame = encode_message(
                ButtonEvent(1, ButtonAction.SAVE), counter=1, sequence=0, source=HALL
            )
            memory.line.deliver(encode_wire(frame))
            await asyncio.sleep(0.1)
            assert diary.of(WallstationButtonPressed, WallstationButtonReleased) == []

    async def test_a_wallstation_that_is_heard_is_never_taken_for_a_module(
        self, memory: MemoryLink
    ) -> None:
        async with memory.client(gate=SendGate.LISTEN, settings=ClientSettings()) as client:
            client.add_heard_modules()
            memory.line.deliver(
                encode_wire(
                    encode_message(LedsReport(HALL, (1,)), counter=1, sequence=0, source=HALL)
                )
            )
            assert client.leds_of(HALL) == (1,)
            assert HALL not in client.modules


@pytest.mark.virtual_time
class TestRefusals:
    async def test_a_wallstation_that_cannot_be_is_refused(self, memory: MemoryLink) -> None:
        async with memory.client(ONE) as client:
            for wrong in (
                Wallstation(address=ONE),
                Wallstation(address=IntegrationId(7)),
                KEYPAD,
            ):
                with pytest.raises(UnsupportedSetting):
                    client.add_wallstation(wrong)
            assert dict(client.wallstations) == {}

    async def test_on_a_listen_only_link_there_is_no_place_to_take(
        self, memory: MemoryLink
    ) -> None:
        async with memory.client(*MODULES, gate=SendGate.LISTEN) as client:
            with pytest.raises(SendingNotAllowed):
                client.add_wallstation(KEYPAD)

    @pytest.mark.requirement("E1")
    async def test_wallstations_count_as_devices(self, memory: MemoryLink) -> None:
        settings = ClientSettings(allow_extension=True, other_devices=95)
        async with memory.client(*MODULES, settings=settings) as client:
            client.add_wallstation(KEYPAD)
            client.add_wallstation(KEYPAD)  # once more is no more
            with pytest.raises(LinkFull) as refused:
                client.add_wallstation(Wallstation(address=SerialNumber(0x02A24C78)))
            assert (refused.value.devices, refused.value.zones) == (101, 12)
            with pytest.raises(LinkFull):
                client.count_others(96, 0)
            client.remove_wallstation(HALL)
            client.count_others(96, 0)
