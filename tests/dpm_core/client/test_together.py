"""Commands of one moment go out in the fewest frames, and each has its own outcome."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dpm_core.client import DONE, ClientSettings, ConnectionState, DpmClient
from dpm_core.errors import (
    LinkUnavailable,
    NoReply,
    OverrideActive,
    SendingNotAllowed,
    UnknownModule,
)
from dpm_core.model import ContactState, GroupNumber, SerialNumber
from dpm_core.protocol import Broadcast, Frame, GoToLevel, Message, SessionSettings, ZoneReport
from dpm_core.transport import SendGate
from tests.dpm_core.client.links import ONE, THREE, TWO, MemoryLink, eventually
from tests.dpm_core.virtual_time import run_virtual

pytestmark = pytest.mark.virtual_time

OFF = (False, False, False, False)
ON = (True, True, True, True)
ALL = (ONE, TWO, THREE)
QUIET = SessionSettings(poll_interval_s=3600.0)
ALL_ON = {serial: dict.fromkeys((1, 2, 3, 4), True) for serial in ALL}

Groups = Mapping[int, Mapping[SerialNumber, tuple[bool, bool, bool, bool]]]

HALL = {5: {ONE: (True, True, False, False), TWO: (True, False, False, False)}}
"""A group over two modules."""


@asynccontextmanager
async def known(
    link: MemoryLink, groups: Groups | None = None, **more: object
) -> AsyncIterator[DpmClient]:
    """A client that knows the whole link, and which groups are programmed."""
    given_settings = ClientSettings(allow_extension=True, session=QUIET, **more)  # type: ignore[arg-type]  # fields of it
    async with link.client(*ALL, settings=given_settings) as client:
        await eventually(lambda: all(view.program for view in client.modules.values()))
        for group, members in (groups or {}).items():
            for serial, zones in members.items():
                await client.set_group(serial, group, zones)
        if groups is not None:
            for serial in ALL:
                await client.read_groups(serial)
        assert len(await client.discover()) == 3
        link.line.sent.clear()
        yield client


def commands(link: MemoryLink) -> list[GoToLevel]:
    """Return the commands that were sent, repeats included."""
    sent: list[GoToLevel] = link.line.messages(GoToLevel)
    return sent


def targets(link: MemoryLink) -> list[object]:
    return [message.target for message in commands(link)]


def zones(link: MemoryLink) -> list[tuple[bool, ...]]:
    return [link[serial].state.zones for serial in ALL]


def lose_commands_to(target: object, count: int = 1000) -> object:
    left = [count]

    def fault(frame: Frame, message: Message) -> Iterable[Frame]:
        if isinstance(message, GoToLevel) and message.target == target and left[0]:
            left[0] -= 1
            return ()
        return (frame,)

    return fault


# --- how many frames -----------------------------------------------------------------------


@pytest.mark.requirement("G2")
async def test_every_zone_of_the_link_is_one_broadcast(memory_link: MemoryLink) -> None:
    async with known(memory_link) as client:
        assert await client.set_zones_of(ALL_ON) == dict.fromkeys(ALL, DONE)
        assert targets(memory_link) == [Broadcast.ALL]
        assert len(memory_link.line.sent) == 1, "reports confirm it, nobody is asked"
        assert zones(memory_link) == [ON] * 3


@pytest.mark.requirement("G2")
async def test_a_group_goes_out_as_one_frame_and_the_rest_zone_by_zone(
    memory_link: MemoryLink,
) -> None:
    async with known(memory_link, HALL) as client:
        wanted = {ONE: {1: True, 2: True, 3: False}, TWO: {1: True, 2: True}}
        assert await client.set_zones_of(wanted) == {ONE: DONE, TWO: DONE}
        sent = commands(memory_link)
        assert [m.target for m in sent if not isinstance(m.target, SerialNumber)] == [
            GroupNumber(5)
        ]
        singles = {(m.target, m.component) for m in sent if isinstance(m.target, SerialNumber)}
        assert singles == {(ONE, 3), (TWO, 2)}
        assert len(sent) == 3
        assert zones(memory_link) == [(True, True, False, False), (True, True, False, False), OFF]


async def test_single_calls_of_one_turn_of_the_loop_share_a_frame(memory_link: MemoryLink) -> None:
    async with known(memory_link, HALL) as client:
        await asyncio.gather(
            client.turn_zone_on(ONE, 1), client.turn_zone_on(TWO, 1), client.turn_zone_on(ONE, 2)
        )
        assert targets(memory_link) == [GroupNumber(5)]
        assert zones(memory_link) == [(True, True, False, False), (True, False, False, False), OFF]


async def test_calls_of_different_turns_do_not_wait_for_each_other(memory_link: MemoryLink) -> None:
    async with known(memory_link, HALL) as client:
        for serial, zone in ((ONE, 1), (TWO, 1), (ONE, 2)):
            await client.turn_zone_on(serial, zone)
        assert targets(memory_link) == [ONE, TWO, ONE]


async def test_only_the_same_level_shares_a_frame(memory_link: MemoryLink) -> None:
    async with known(memory_link, HALL) as client:
        await asyncio.gather(
            client.set_zone_level(ONE, 1, 50),
            client.set_zone_level(TWO, 1, 100),
            client.set_zone_level(ONE, 2, 100),
        )
        assert set(targets(memory_link)) == {ONE, TWO}
        assert len(commands(memory_link)) == 3


# --- nothing but what is meant -------------------------------------------------------------


async def test_a_group_with_a_zone_that_is_not_meant_is_not_named(memory_link: MemoryLink) -> None:
    async with known(memory_link, HALL) as client:
        await client.set_zones_of({ONE: {1: True, 2: True}})
        assert targets(memory_link) == [ONE, ONE]
        assert zones(memory_link)[1] == OFF


async def test_without_a_search_nobody_knows_who_else_would_obey(memory_link: MemoryLink) -> None:
    async with memory_link.client(*ALL) as client:
        await eventually(lambda: all(view.program for view in client.modules.values()))
        assert await client.set_zones_of(ALL_ON) == dict.fromkeys(ALL, DONE)
        assert Broadcast.ALL not in targets(memory_link)
        assert len(commands(memory_link)) == 12


async def test_a_module_that_was_found_and_not_added_is_not_switched(
    memory_link: MemoryLink,
) -> None:
    async with known(memory_link, HALL) as client:
        client.remove_module(THREE)
        assert await client.set_zones_of({s: ALL_ON[s] for s in (ONE, TWO)}) == {
            ONE: DONE,
            TWO: DONE,
        }
        assert set(targets(memory_link)) == {ONE, TWO}
        assert zones(memory_link) == [ON, ON, OFF]


async def test_other_devices_with_zones_keep_everything_single(memory_link: MemoryLink) -> None:
    async with known(memory_link, HALL, other_zones=6) as client:
        await client.set_zones_of(ALL_ON)
        assert set(targets(memory_link)) == set(ALL)


async def test_as_long_as_the_groups_of_one_module_are_not_known_none_is_named(
    memory_link: MemoryLink,
) -> None:
    async with known(memory_link, HALL) as client:
        memory_link.line.inner.break_link("unplugged")
        await eventually(lambda: not client.modules[ONE].is_fresh)
        await eventually(lambda: all(view.is_fresh for view in client.modules.values()))
        wanted = {ONE: {1: True, 2: True}, TWO: {1: True}}
        memory_link.line.sent.clear()
        await client.set_zones_of(wanted)
        assert GroupNumber(5) not in targets(memory_link)
        for serial in ALL:
            await client.read_groups(serial)
        memory_link.line.sent.clear()
        await client.set_zones_of({s: dict.fromkeys(z, False) for s, z in wanted.items()})
        assert targets(memory_link) == [GroupNumber(5)]


async def test_before_modules_were_read_again_it_may_be_another_link(
    memory_link: MemoryLink,
) -> None:
    async with known(memory_link) as client:
        memory_link.line.to_us = lambda frame, message: (
            () if isinstance(message, ZoneReport) else (frame,)
        )
        memory_link.line.inner.break_link("plugged in elsewhere")
        await eventually(lambda: not client.modules[ONE].is_fresh)
        await eventually(lambda: client.connection is ConnectionState.CONNECTED)
        memory_link.line.sent.clear()
        call = asyncio.ensure_future(client.set_zones_of(ALL_ON))
        await asyncio.sleep(0.5)
        memory_link.line.mend()
        await call
        assert set(targets(memory_link)) == set(ALL)


# --- order ---------------------------------------------------------------------------------


async def test_two_commands_to_one_zone_in_one_turn_keep_their_order(
    memory_link: MemoryLink,
) -> None:
    async with known(memory_link, HALL) as client:
        calls = [
            client.set_zones_of(ALL_ON),
            client.turn_zone_off(ONE, 2),
            client.turn_zone_on(ONE, 2),
            client.turn_zone_off(ONE, 2),
        ]
        await asyncio.gather(*calls)
        sent = commands(memory_link)
        assert sent[0].target is Broadcast.ALL
        assert [(m.target, m.raw_level > 0) for m in sent[1:]] == [
            (ONE, False),
            (ONE, True),
            (ONE, False),
        ]
        assert zones(memory_link)[0] == (True, False, True, True)


async def test_a_call_for_all_is_overtaken_by_none_that_came_later_nor_when_it_is_cancelled(
    memory_link: MemoryLink,
) -> None:
    async with known(memory_link, HALL) as client:
        first = asyncio.ensure_future(client.set_zones_of(ALL_ON))
        second = asyncio.ensure_future(client.set_zones_of({ONE: {1: False}}))
        third = asyncio.ensure_future(client.turn_zone_on(ONE, 1))
        await asyncio.sleep(0)
        second.cancel()
        assert await first == dict.fromkeys(ALL, DONE)
        await third
        assert second.cancelled()
        assert zones(memory_link) == [ON] * 3
        await asyncio.sleep(1.0)
        assert not client._controls._locks._held


async def test_a_zone_with_an_earlier_command_comes_later_and_holds_nobody_up(
    memory_link: MemoryLink,
) -> None:
    async with known(memory_link, HALL) as client:
        memory_link.line.from_us = lose_commands_to(TWO)  # type: ignore[assignment]
        earlier = asyncio.ensure_future(client.turn_zone_off(TWO, 1))
        await asyncio.sleep(0)
        done: list[SerialNumber] = []

        async def on(serial: SerialNumber) -> None:
            await client.set_zones(serial, {1: True})
            done.append(serial)

        later = [asyncio.ensure_future(on(serial)) for serial in (TWO, ONE, THREE)]
        await eventually(lambda: len(done) == 2)
        assert not earlier.done()
        memory_link.line.mend()
        await asyncio.gather(*later)
        await asyncio.wait((earlier,))
        assert done[-1] == TWO
        assert memory_link[TWO].state.zones[0], "the later command is what counts"


# --- outcomes ------------------------------------------------------------------------------


@pytest.mark.requirement("C4", "C9")
async def test_each_module_has_its_own_outcome(memory_link: MemoryLink) -> None:
    async with known(memory_link) as client:
        memory_link[TWO].set_power(False)
        memory_link[THREE].move_cci(ContactState.OPEN)
        await eventually(lambda: bool(client.modules[THREE].override))
        outcomes = await client.set_zones_of(ALL_ON)
        assert outcomes[ONE] is DONE
        assert isinstance(outcomes[TWO], NoReply)
        assert outcomes[TWO].address == str(TWO)
        assert isinstance(outcomes[THREE], OverrideActive)
        memory_link[THREE].move_cci(ContactState.CLOSED)
        memory_link[TWO].set_power(True)
        await asyncio.sleep(1.0)
        assert zones(memory_link) == [ON, OFF, OFF], "nothing is applied later"


@pytest.mark.requirement("C9")
async def test_in_override_what_returns_may_be_as_told_and_is_refused_all_the_same(
    memory_link: MemoryLink,
) -> None:
    async with known(memory_link) as client:
        memory_link[ONE].move_cci(ContactState.OPEN)
        await eventually(lambda: client.modules[ONE].saved == OFF)
        outcomes = await client.set_zones_of(
            {serial: dict.fromkeys((1, 2, 3, 4), False) for serial in ALL}
        )
        assert isinstance(outcomes[ONE], OverrideActive)
        assert outcomes[TWO] is outcomes[THREE] is DONE


async def test_a_module_known_to_be_gone_is_told_alone_and_the_others_together(
    memory_link: MemoryLink,
) -> None:
    async with known(memory_link) as client:
        memory_link[TWO].set_power(False)
        with pytest.raises(NoReply):
            await client.turn_zone_on(TWO, 1)
        await eventually(lambda: not client.modules[TWO].is_online, patience_s=60)
        memory_link[TWO].set_power(True)
        await memory_link[TWO].settled()
        memory_link.line.sent.clear()
        assert await client.set_zones_of(ALL_ON) == dict.fromkeys(ALL, DONE)
        assert zones(memory_link) == [ON] * 3


async def test_modules_that_missed_the_frame_get_commands_of_their_own(
    memory_link: MemoryLink,
) -> None:
    async with known(memory_link) as client:
        memory_link.line.from_us = lose_commands_to(Broadcast.ALL)  # type: ignore[assignment]
        assert await client.set_zones_of(ALL_ON) == dict.fromkeys(ALL, DONE)
        assert targets(memory_link).count(Broadcast.ALL) == 1
        assert zones(memory_link) == [ON] * 3


async def test_a_lost_link_ends_every_call(memory_link: MemoryLink) -> None:
    async with known(memory_link) as client:
        memory_link.line.to_us = lambda frame, message: ()
        call = asyncio.ensure_future(client.set_zones_of(ALL_ON))
        await asyncio.sleep(0.03)
        memory_link.line.inner.break_link("unplugged", until_mended=True)
        outcomes = await call
        assert {type(outcome) for outcome in outcomes.values()} == {LinkUnavailable}
        outcomes = await client.set_zones_of(ALL_ON)
        assert {type(outcome) for outcome in outcomes.values()} == {LinkUnavailable}


async def test_a_line_that_is_never_free_is_no_reply_of_each_module(
    memory_link: MemoryLink,
) -> None:
    async with known(memory_link, command_limit_s=0.001) as client:
        # Somebody else's question is on the line for longer than the calls may take.
        memory_link.line.to_us = lambda frame, message: ()
        question = asyncio.ensure_future(client.read_program(ONE))
        await asyncio.sleep(0.0001)
        outcomes = await client.set_zones_of(ALL_ON)
        assert {type(outcome) for outcome in outcomes.values()} == {NoReply}
        assert {outcome.address for outcome in outcomes.values()} == set(map(str, ALL))  # type: ignore[union-attr]
        memory_link.line.mend()
        await asyncio.wait((question,))
        question.exception()
        await asyncio.sleep(1.0)
        assert zones(memory_link) == [OFF] * 3, "nothing is applied later"


async def test_a_call_that_is_cancelled_before_its_frame_went_is_not_sent(
    memory_link: MemoryLink,
) -> None:
    async with known(memory_link, HALL) as client:
        memory_link.line.to_us = lambda frame, message: ()
        question = asyncio.ensure_future(client.read_counters(ONE))
        await asyncio.sleep(0.0001)
        calls = [
            asyncio.ensure_future(call)
            for call in (
                client.turn_zone_on(ONE, 1), client.turn_zone_on(TWO, 1), client.turn_zone_on(ONE, 2)
            )
        ]  # fmt: skip
        await asyncio.sleep(0.0001)
        assert commands(memory_link) == []
        calls[1].cancel()
        memory_link.line.mend()
        await asyncio.gather(calls[0], calls[2])
        assert calls[1].cancelled()
        assert set(targets(memory_link)) == {ONE}
        assert zones(memory_link) == [(True, True, False, False), OFF, OFF]
        await asyncio.wait((question,))
        question.exception()


async def test_a_call_that_is_cancelled_at_once_was_never_made(memory_link: MemoryLink) -> None:
    async with known(memory_link, HALL) as client:
        call = asyncio.ensure_future(client.turn_zone_on(ONE, 1))
        await asyncio.sleep(0)
        call.cancel()
        await asyncio.wait((call,))
        await asyncio.sleep(0.5)
        assert commands(memory_link) == []
        await client.turn_zone_on(ONE, 1)


async def test_what_cannot_be_asked_for_is_refused_before_anything_is_sent(
    memory_link: MemoryLink,
) -> None:
    async with known(memory_link) as client:
        stranger = SerialNumber(0x00000009)
        with pytest.raises(UnknownModule):
            await client.set_zones_of({ONE: {1: True}, stranger: {1: True}})
        assert await client.set_zones_of({}) == {}
        assert await client.set_zones_of({ONE: {}}) == {ONE: DONE}
        assert memory_link.line.sent == []
    async with memory_link.client(ONE, gate=SendGate.LISTEN) as client:
        with pytest.raises(SendingNotAllowed):
            await client.set_zones_of({ONE: {1: True}})


# --- whatever is asked for -----------------------------------------------------------------

_FOUR = st.tuples(*[st.booleans()] * 4)
_GROUPS = st.dictionaries(
    st.integers(1, 5), st.dictionaries(st.sampled_from(ALL), _FOUR, min_size=1), max_size=4
)
_WANTED = st.dictionaries(
    st.sampled_from(ALL), st.dictionaries(st.integers(1, 4), st.booleans(), min_size=1), min_size=1
)


@given(groups=_GROUPS, wanted=st.lists(_WANTED, min_size=1, max_size=3))
@settings(max_examples=25)
def test_never_more_frames_than_one_by_one_and_always_the_same_result(
    groups: Groups, wanted: list[dict[SerialNumber, dict[int, bool]]]
) -> None:
    async def go() -> None:
        with TemporaryDirectory() as folder:
            async with MemoryLink(Path(folder), ALL) as link, known(link, groups) as client:
                shall_be = {serial: list(OFF) for serial in ALL}
                for change in wanted:
                    link.line.sent.clear()
                    assert await client.set_zones_of(change) == dict.fromkeys(change, DONE)
                    for serial, each in change.items():
                        for zone, is_on in each.items():
                            shall_be[serial][zone - 1] = is_on
                    assert zones(link) == [tuple(shall_be[serial]) for serial in ALL]
                    assert len(commands(link)) <= sum(map(len, change.values()))

    run_virtual(go())
