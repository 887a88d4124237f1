"""The main job on a bad line: a real serial port whose octets are lost, broken, doubled and late.

While a fault lasts, an action that succeeded is what the module does and one that failed has said
so; once it is over, Home Assistant shows exactly what the modules are. What each fault does to the
client alone is proved in `tests/dpm_core/faults`.
"""

from __future__ import annotations

import asyncio

import pytest

from scripts.hass.api import ApiError
from scripts.hass.setup_flow import DOMAIN
from tests.e2e.home import UNAVAILABLE
from tests.e2e.house import HALL, STUDIO, House
from tests.e2e.user import DONE, User

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(600)]

ON, OFF = "on", "off"

USE_S = 1.5
ROUNDS_MAX = 20
"""A fault strikes by chance, so the link is used until it has struck, and something was done too."""


@pytest.mark.requirement("E4", "G2", "H6")
@pytest.mark.parametrize(
    "faults",
    [
        ("lose:0.3",),
        ("lose:0.01:octets",),
        ("corrupt:0.3",),
        ("double:0.4",),
        ("delay:0.4:0.05s", "delay:0.2:octets"),
        ("truncate:0.3",),
        ("merge:0.2",),
        ("collide:0.3",),
        ("noise:20",),
        ("babble:0.3",),
    ],
    ids=" ".join,
)
async def test_a_bad_line_breaks_no_promise(house: House, faults: tuple[str, ...]) -> None:
    links = await house.losses_and_returns()
    told = await house.module_losses_and_returns()
    user = User(house)
    before = await house.trouble()
    await house.spoil(*faults)
    for _ in range(ROUNDS_MAX):
        await user.use(USE_S)
        has_struck = await house.trouble() > before
        if has_struck and user.outcomes[DONE]:
            break
    await house.mend()
    assert user.outcomes[DONE], user.outcomes
    assert has_struck, "nothing went wrong"

    await house.shows_the_truth()
    await house.switch(STUDIO, 1, on=True)
    await house.module_has(STUDIO, zones=[True, *(await house.link.state(STUDIO))["zones"][1:]])
    # The port was there all the time; what fell silent has been said once, and its return too.
    assert await house.losses_and_returns() == links
    now = await house.module_losses_and_returns()
    for serial, (lost, back) in told.items():
        assert now[serial][0] - lost == now[serial][1] - back, serial


@pytest.mark.requirement("H6")
@pytest.mark.parametrize("way", ["unplug", "unplug:elsewhere"])
async def test_an_adapter_that_is_pulled_out_while_it_is_used_returns(
    house: House, way: str
) -> None:
    lost, back = await house.losses_and_returns()
    user = User(house)
    using = asyncio.create_task(user.use(2))
    await asyncio.sleep(0.5)
    await house.spoil(way)
    # Stated: at once.
    await house.shows_nothing(within_s=10)
    await using
    assert user.outcomes[DONE], user.outcomes
    # The unit goes on by itself.
    await house.link.ask(HALL, "button", zone=4)
    await house.mend()
    # Stated: tried again at least every 0.5 s.
    await house.shows_the_truth(within_s=20)
    await house.switch(HALL, 2, on=True)
    assert (await house.link.state(HALL))["zones"][1]
    assert await house.losses_and_returns() == (lost + 1, back + 1)


@pytest.mark.requirement("A8", "H6")
async def test_mains_cut_in_the_middle_of_actions_bring_back_what_was_confirmed(
    house: House,
) -> None:
    lost, back = (await house.module_losses_and_returns())[HALL]
    user = User(house)
    using = asyncio.create_task(user.use(4))
    await asyncio.sleep(0.37)
    await house.link.ask(HALL, "power", on=False)
    # Stated: 2.4 s, and 0.1 s more for each module.
    await house.shows_zones(HALL, *[UNAVAILABLE] * 4)
    await using
    assert user.outcomes[DONE], user.outcomes
    saved = (await house.link.state(HALL))["saved"]
    await house.link.ask(HALL, "power", on=True)
    await house.shows_zones(HALL, *(ON if is_on else OFF for is_on in saved))
    await house.shows_the_truth()
    assert (await house.module_losses_and_returns())[HALL] == (lost + 1, back + 1)


@pytest.mark.requirement("A4", "A8", "H6")
async def test_a_simulator_killed_in_the_middle_of_actions_keeps_what_was_confirmed(
    house: House,
) -> None:
    lost, back = await house.losses_and_returns()
    cycles = (await house.link.state(HALL))["cycles"]
    told: dict[tuple[str, int], bool | None] = {}

    async def switch(serial: str, zone: int) -> None:
        for on in (True, False) * 20:
            told[serial, zone] = None
            try:
                await house.switch(serial, zone, on=on)
            except ApiError as error:
                assert error.translation_domain == DOMAIN, error
                return
            told[serial, zone] = on

    switching = asyncio.gather(
        *(switch(serial, zone) for serial in house.serials for zone in (1, 3))
    )
    await asyncio.sleep(0.4)
    await house.link.kill()
    await house.shows_nothing(within_s=10)
    await switching
    await house.link.start()
    await house.shows_the_truth(within_s=30)
    assert await house.losses_and_returns() == (lost + 1, back + 1)
    now = (await house.link.state(HALL))["cycles"]
    assert all(after >= before for after, before in zip(now, cycles, strict=True))
    for (serial, zone), is_on in told.items():
        if is_on is not None:
            assert (await house.link.state(serial))["saved"][zone - 1] is is_on
