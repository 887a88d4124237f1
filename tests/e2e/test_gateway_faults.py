"""The main job behind TCP gateways that close, reset, hang, and accept without saying anything.

Two links behind a gateway each go wrong at once, so that each test waits only once.
"""

from __future__ import annotations

import asyncio

import pytest

from tests.e2e.house import House
from tests.e2e.user import DONE, User

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(600)]

Gateways = tuple[House, House]


@pytest.mark.requirement("E3", "H6")
async def test_a_gateway_that_closes_or_resets_is_reached_again(gateways: Gateways) -> None:
    async def goes_wrong(house: House, fault: str) -> None:
        lost, back = await house.losses_and_returns()
        user = User(house)
        using = asyncio.create_task(user.use(2))
        await asyncio.sleep(0.5)
        await house.spoil(fault)
        await using
        assert user.outcomes[DONE], user.outcomes
        # Stated: commands are taken within 1 s of the gateway's return, and it was never away.
        await house.shows_the_truth(within_s=20)
        assert await house.losses_and_returns() == (lost + 1, back + 1)

    west, east = gateways
    async with asyncio.TaskGroup() as both:
        both.create_task(goes_wrong(west, "close"))
        both.create_task(goes_wrong(east, "reset"))


@pytest.mark.requirement("E3", "H6")
async def test_a_gateway_that_says_nothing_is_noticed_and_replaced(gateways: Gateways) -> None:
    async def mute_and_idle(house: House) -> None:
        lost, back = await house.losses_and_returns()
        serial = house.serials[0]
        await house.spoil("mute")
        await house.shows_nothing(within_s=30)
        # Stated: within 14 s, idle or busy. A new connection says nothing either.
        await house.loses_its_link(lost + 1, within_s=45)
        await house.link.ask(serial, "button", zone=1)
        await house.mend()
        await house.shows_the_truth(within_s=45)
        await house.switch(serial, 2, on=True)
        assert (await house.link.state(serial))["saved"] == [True, True, False, False]
        assert await house.losses_and_returns() == (lost + 1, back + 1)

    async def hung_and_busy(house: House) -> None:
        lost, back = await house.losses_and_returns()
        await house.spoil("hang")
        user = User(house)
        await user.use(3)
        assert user.outcomes, "nothing was tried"
        assert not user.outcomes[DONE], user.outcomes
        await house.link.ask(house.serials[0], "button", zone=1)
        # Only the connection that was there is dead: the truth comes over a new one.
        await house.shows_the_truth(within_s=45)
        assert await house.losses_and_returns() == (lost + 1, back + 1)
        await user.use(0.5)
        assert user.outcomes[DONE], user.outcomes

    west, east = gateways
    async with asyncio.TaskGroup() as both:
        both.create_task(mute_and_idle(west))
        both.create_task(hung_and_busy(east))
