"""Subscribers are called by the loop, in order, until they end it."""

import asyncio

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
