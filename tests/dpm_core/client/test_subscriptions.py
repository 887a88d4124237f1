"""Subscribers are called by the loop, in order, until they end it."""

import asyncio
from collections import deque

import pytest

from dpm_core.client.subscriptions import Subscriptions

pytestmark = pytest.mark.virtual_time


async def test_everybody_is_told_what_concerns_them() -> None:
    told: Subscriptions[str] = Subscriptions()
    assert not told
    everything: list[str] = []
    of_one: list[str] = []
    told.add(everything.append)
    told.add(of_one.append, "one")
    assert told
    told.tell("a", "one")
    told.tell("b", "two")
    told.tell("c")
    assert everything == [], "never from inside"
    await asyncio.sleep(0)
    assert everything == ["a", "b", "c"]
    assert of_one == ["a"]


async def test_who_ended_it_is_not_told_any_more_not_even_what_was_on_its_way() -> None:
    told: Subscriptions[str] = Subscriptions()
    heard: list[str] = []
    end = told.add(heard.append)
    told.tell("a")
    end()
    end()
    told.tell("b")
    await asyncio.sleep(0)
    assert heard == []
    assert not told


async def test_the_same_callback_twice_is_two_subscribers() -> None:
    told: Subscriptions[str] = Subscriptions()
    heard: list[str] = []
    first = told.add(heard.append)
    told.add(heard.append)
    told.tell("a")
    await asyncio.sleep(0)
    first()
    told.tell("b")
    await asyncio.sleep(0)
    assert heard == ["a", "a", "b"]


async def test_one_that_fails_keeps_nothing_from_the_others_and_the_loop_is_told() -> None:
    told: Subscriptions[str] = Subscriptions()
    heard: list[str] = []
    complaints: list[BaseException] = []
    asyncio.get_running_loop().set_exception_handler(
        lambda _, context: complaints.append(context["exception"])
    )

    def fail(what: str) -> None:
        raise ValueError(what)

    told.add(fail)
    told.add(heard.append)
    told.tell("a")
    told.tell("b")
    await asyncio.sleep(0)
    assert heard == ["a", "b"]
    assert [str(complaint) for complaint in complaints] == ["a", "b"]


async def test_what_is_told_by_a_subscriber_is_for_the_next_turn_of_the_loop() -> None:
    told: Subscriptions[str] = Subscriptions()
    heard: list[str] = []

    def answer(what: str) -> None:
        heard.append(what)
        if len(what) < 3:
            told.tell(f"{what}!")

    told.add(answer)
    told.tell("a")
    await asyncio.sleep(0)
    assert heard == ["a"]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert heard == ["a", "a!", "a!!"]


async def test_who_wants_to_end_the_program_can_do_so_from_a_subscriber() -> None:
    told: Subscriptions[str] = Subscriptions()

    def end(_: str) -> None:
        raise KeyboardInterrupt

    told.add(end)
    with pytest.raises(KeyboardInterrupt):
        told._deliver(deque([(next(iter(told._subscribers)), "a")]))
