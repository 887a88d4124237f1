"""Who is told what, and what stands in the window of the link."""

import asyncio

import pytest

from dpm_core.client import (
    ClientSettings,
    FrameSent,
    LinkEvent,
    MessageHeard,
    ModuleAnnounced,
    ModuleChanged,
    NoiseHeard,
    ZoneSwitched,
)
from dpm_core.errors import InvalidAddress, NoReply
from dpm_core.model import SerialNumber
from dpm_core.protocol import (
    Announce,
    GoToLevel,
    IdentityReport,
    LinkSource,
    encode_message,
    encode_wire,
)
from dpm_core.transport import SendGate
from tests.dpm_core.client.links import ONE, TWO, Diary, MemoryLink, eventually, now

pytestmark = pytest.mark.virtual_time


async def test_who_wants_one_module_hears_of_that_one_only(memory_link: MemoryLink) -> None:
    async with memory_link.client(ONE, TWO) as client:
        await eventually(lambda: all(view.is_fresh for view in client.modules.values()))
        of_one: list[object] = []
        end = client.subscribe(of_one.append, ONE)
        await client.turn_zone_on(TWO, 1)
        assert of_one == []
        await client.turn_zone_on(ONE, 1)
        assert {type(event) for event in of_one} == {ModuleChanged, ZoneSwitched}
        end()
        end()
        heard = len(of_one)
        await client.turn_zone_off(ONE, 1)
        assert len(of_one) == heard


async def test_a_subscriber_that_fails_harms_neither_the_link_nor_the_others(
    memory_link: MemoryLink, caplog: pytest.LogCaptureFixture
) -> None:
    async with memory_link.client(ONE) as client:

        def fail(event: object) -> None:
            raise RuntimeError("a bug of somebody else")

        end = client.subscribe(fail)
        diary = Diary(client)
        await client.turn_zone_on(ONE, 1)
        end()
        await client.turn_zone_off(ONE, 1)
        assert len(diary.of(ZoneSwitched)) >= 1
    assert any("a bug of somebody else" in str(record.exc_info) for record in caplog.records)
    # The loop has told it, as it should.
    caplog.get_records("call").clear()


async def test_all_that_passes_over_the_link_can_be_watched(memory_link: MemoryLink) -> None:
    async with memory_link.client(ONE) as client:
        seen: list[LinkEvent] = []
        end = client.watch_link(seen.append)
        await client.turn_zone_on(ONE, 1)
        memory_link.line.deliver(b"\x01\x02\x03" * 4)
        await asyncio.sleep(0.1)
        assert {type(event) for event in seen} == {FrameSent, MessageHeard, NoiseHeard}
        (sent,) = [e for e in seen if isinstance(e, FrameSent) and isinstance(e.message, GoToLevel)]
        assert sent.sending == 1
        end()
        seen.clear()
        await client.turn_zone_off(ONE, 1)
        assert seen == []


async def test_the_window_shows_where_the_link_is_and_what_it_counts(
    memory_link: MemoryLink,
) -> None:
    async with memory_link.client(ONE) as client:
        assert client.url == "memory://"
        assert not client.is_listening_only
        assert client.settings.allow_extension
        await client.turn_zone_on(ONE, 1)
        statistics = client.statistics
        assert statistics.frames_sent > 0
        assert statistics.frames_heard > 0
        assert statistics.crc_errors == 0
        assert (statistics.connections, statistics.losses) == (1, 0)
        memory_link.line.inner.break_link()
        await asyncio.sleep(1.0)
        assert (statistics.connections, statistics.losses) == (2, 1)


async def test_a_serial_number_that_cannot_be_is_not_added(memory_link: MemoryLink) -> None:
    async with memory_link.client() as client:
        for number in (0, 0xFFFFFFFF):
            with pytest.raises(InvalidAddress):
                client.add_module(number)  # type: ignore[arg-type]  # that is the point


async def test_a_device_without_an_address_announces_itself(memory_link: MemoryLink) -> None:
    async with memory_link.client() as client:
        diary = Diary(client)
        for serial in (0x012C0F7C, 0xFFFFFFFF):
            announce = Announce(serial, 0x04340301)
            frame = encode_message(announce, counter=0, sequence=0, source=SerialNumber(0x012C0F7C))
            memory_link.line.deliver(encode_wire(frame))
        await asyncio.sleep(0.1)
        assert diary.of(ModuleAnnounced) == [ModuleAnnounced(SerialNumber(0x012C0F7C))]


async def test_an_identity_that_nobody_asked_for_announces_and_its_duplicate_does_not(
    memory_link: MemoryLink,
) -> None:
    async with memory_link.client() as client:
        diary = Diary(client)
        identity = IdentityReport(TWO, 0x09110104, (2, 54))
        octets = encode_wire(encode_message(identity, counter=1, sequence=0, source=TWO))
        memory_link.line.deliver(octets)
        memory_link.line.deliver(octets)
        await asyncio.sleep(2.0)
        assert diary.of(ModuleAnnounced) == [ModuleAnnounced(TWO)]
        memory_link.line.deliver(octets)
        await asyncio.sleep(0.1)
        assert len(diary.of(ModuleAnnounced)) == 2


async def test_a_listener_may_learn_who_is_there_from_what_is_said(
    memory_link: MemoryLink,
) -> None:
    async with memory_link.client(gate=SendGate.LISTEN) as client:
        memory_link[ONE].press_button(1)
        await asyncio.sleep(0.2)
        assert len(client.modules) == 0
        client.add_heard_modules()
        memory_link[ONE].press_button(2)
        await asyncio.sleep(0.2)
        assert client.modules[ONE].zones == (True, True, False, False)
        assert list(client.modules) == [ONE]


async def test_another_masters_commands_are_heard_and_change_nothing(
    memory_link: MemoryLink,
) -> None:
    async with memory_link.client(ONE) as client:
        await eventually(lambda: client.modules[ONE].is_fresh)
        before = client.modules[ONE]
        command = GoToLevel(ONE, 1, 0xFEFF)
        frame = encode_message(command, counter=1, sequence=0, source=LinkSource(0x22))
        memory_link.line.deliver(encode_wire(frame))
        await asyncio.sleep(0.01)
        assert client.modules[ONE].zones == before.zones


@pytest.mark.requirement("E6", "G2")
async def test_searches_follow_each_other_and_end_in_their_time(memory_link: MemoryLink) -> None:
    async with memory_link.client() as client:
        found = await asyncio.gather(client.discover(), client.discover())
        assert [len(modules) for modules in found] == [3, 3]
    settings = ClientSettings(allow_extension=True, discover_limit_s=1.0)
    async with memory_link.client(settings=settings) as client:
        begun_at = now()
        results = await asyncio.gather(
            client.discover(), client.discover(), client.discover(), return_exceptions=True
        )
        assert isinstance(results[0], tuple)
        assert isinstance(results[1], NoReply)
        assert isinstance(results[2], NoReply)
        assert now() - begun_at < 2.0
