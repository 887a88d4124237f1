"""Calls for the same zone follow each other."""

import asyncio

import pytest

from dpm_core.client.locks import CCO, Key, Locks
from dpm_core.errors import NoReply
from tests.dpm_core.client.links import ONE, TWO, now

pytestmark = pytest.mark.virtual_time


async def hold(
    locks: Locks, keys: list[Key], diary: list[str], name: str, hold_s: float = 1.0
) -> None:
    async with locks.hold(keys, "zone 1 on", give_up_at=100.0, limit_s=100.0):
        diary.append(f"+{name}")
        await asyncio.sleep(hold_s)
        diary.append(f"-{name}")


async def test_others_are_not_waited_for() -> None:
    diary: list[str] = []
    locks = Locks()
    await asyncio.gather(
        hold(locks, [(ONE, 1)], diary, "a"),
        hold(locks, [(ONE, 2)], diary, "b"),
        hold(locks, [(TWO, 1)], diary, "c"),
        hold(locks, [(ONE, CCO)], diary, "d"),
    )
    assert now() == 1.0


async def test_the_same_zone_is_held_by_one_after_the_other_in_order() -> None:
    diary: list[str] = []
    locks = Locks()
    await asyncio.gather(*(hold(locks, [(ONE, 1)], diary, name) for name in "abc"))
    assert diary == ["+a", "-a", "+b", "-b", "+c", "-c"]


async def test_many_zones_in_any_order_never_wait_for_each_other_for_ever() -> None:
    diary: list[str] = []
    locks = Locks()
    await asyncio.gather(
        hold(locks, [(ONE, 1), (TWO, 2)], diary, "a"),
        hold(locks, [(TWO, 2), (ONE, 1)], diary, "b"),
    )
    assert diary == ["+a", "-a", "+b", "-b"]


async def test_nobody_is_overtaken_in_one_line_while_he_waits_in_another() -> None:
    diary: list[str] = []
    locks = Locks()
    await asyncio.gather(
        hold(locks, [(ONE, 1)], diary, "a"),
        hold(locks, [(ONE, 1), (ONE, 2)], diary, "b"),
        hold(locks, [(ONE, 2)], diary, "c"),
    )
    assert diary == ["+a", "-a", "+b", "-b", "+c", "-c"]


async def test_a_place_that_was_taken_before_is_kept_or_given_up() -> None:
    diary: list[str] = []
    locks = Locks()
    first = locks.hold([(ONE, 1)], "zone 1 on", give_up_at=100.0, limit_s=100.0)
    never = locks.hold([(ONE, 1)], "zone 1 on", give_up_at=100.0, limit_s=100.0)
    first.stand_in_line()
    never.stand_in_line()
    later = asyncio.ensure_future(hold(locks, [(ONE, 1)], diary, "b"))
    await asyncio.sleep(0.1)
    never.leave()
    never.leave()
    async with first:
        diary.append("a")
    await later
    assert diary == ["a", "+b", "-b"]
    assert not locks._held


async def test_who_waits_too_long_is_told_and_holds_nothing() -> None:
    diary: list[str] = []
    locks = Locks()
    holder = asyncio.ensure_future(hold(locks, [(TWO, 1)], diary, "a", 10.0))
    await asyncio.sleep(0.1)
    with pytest.raises(NoReply) as late:
        async with locks.hold([(ONE, 1), (TWO, 1)], "zone 1 on", give_up_at=2.0, limit_s=1.9):
            diary.append("never")
    assert (late.value.address, late.value.waited_s) == (str(TWO), 1.9)
    assert now() == 2.0
    await hold(locks, [(ONE, 1)], diary, "b")
    await holder
    assert diary == ["+a", "+b", "-b", "-a"]


async def test_who_is_cancelled_while_waiting_holds_nothing() -> None:
    diary: list[str] = []
    locks = Locks()
    holder = asyncio.ensure_future(hold(locks, [(TWO, 1)], diary, "a", 10.0))
    waiter = asyncio.ensure_future(hold(locks, [(ONE, 1), (TWO, 1)], diary, "b"))
    await asyncio.sleep(0.1)
    waiter.cancel()
    await asyncio.gather(waiter, return_exceptions=True)
    await hold(locks, [(ONE, 1)], diary, "c")
    await holder
    assert diary == ["+a", "+c", "-c", "-a"]


async def test_what_is_handed_over_to_one_that_is_being_cancelled_goes_to_the_next() -> None:
    diary: list[str] = []
    locks, loop = Locks(), asyncio.get_running_loop()
    holder = asyncio.ensure_future(hold(locks, [(ONE, 1)], diary, "a", 1.0))
    waiter = asyncio.ensure_future(hold(locks, [(ONE, 1)], diary, "never"))
    third = asyncio.ensure_future(hold(locks, [(ONE, 1)], diary, "c"))
    await asyncio.sleep(0)
    # One turn of the loop after the holder's own timer: the zone is the waiter's already.
    loop.call_at(1.0, lambda: loop.call_soon(waiter.cancel))
    await asyncio.gather(holder, waiter, third, return_exceptions=True)
    assert waiter.cancelled()
    assert diary == ["+a", "-a", "+c", "-c"]


async def test_nothing_is_kept_of_what_nobody_holds() -> None:
    diary: list[str] = []
    locks = Locks()
    await asyncio.gather(*(hold(locks, [(ONE, zone)], diary, "a") for zone in (1, 1, 2)))
    assert not locks._held
