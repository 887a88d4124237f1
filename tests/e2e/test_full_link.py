"""The main job at its full size: one Home Assistant and the 99 modules that a link holds.

Each test begins in a settled house (`full_house`) and may run in any order. A restart of Home
Assistant is in `test_main_job.py`, for all links at once.
"""

from __future__ import annotations

from collections import Counter

import pytest

from tests.e2e.conftest import CONTACT, HELD
from tests.e2e.home import until
from tests.e2e.house import ZONE_KEYS, House
from tests.e2e.user import DONE, User

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(600)]

ON, OFF = "on", "off"


@pytest.mark.requirement("E1", "E6", "H1", "H2", "H4")
async def test_the_flow_finds_99_modules_and_makes_all_of_their_entities(full_house: House) -> None:
    assert len(full_house.serials) == 99
    assert {serial for serial, _ in full_house.entities} == set(full_house.serials)
    wanted = Counter(switch=4 * 99, button=99, event=99)
    kinds = Counter(entity.split(".")[0] for entity in full_house.entities.values())
    assert {kind: kinds[kind] for kind in wanted} == wanted
    overrides = full_house.entities_with("override")
    assert all(entity.startswith("binary_sensor.") for entity in overrides)


@pytest.mark.requirement("A1", "E1", "G2", "H1", "H4")
async def test_one_action_switches_all_396_zones_off(full_house: House) -> None:
    for zone in range(1, 5):
        await full_house.link.ask_each(full_house.serials, "button", zone=zone)
    await full_house.shows_the_truth()
    zones = full_house.entities_with(*ZONE_KEYS)
    assert {full_house.home.shown[zone]["state"] for zone in zones} == {ON}
    assert len(zones) == 396

    await full_house.api.act("switch.turn_off", zones)
    # The action returns when every module has confirmed: no waiting here.
    assert await full_house.every_module(lambda state: state["saved"] == [False] * 4)
    await full_house.shows_the_truth()


@pytest.mark.requirement("A1", "A4", "H1")
async def test_one_zone_of_396_moves_alone(full_house: House) -> None:
    serial = full_house.serials[57]
    before = await full_house.link.ask_each(full_house.serials, "state")
    await full_house.switch(serial, 3, on=True)
    after = await full_house.link.ask_each(full_house.serials, "state")
    moved = {
        (each, zone)
        for each in full_house.serials
        for zone, (then, now) in enumerate(
            zip(before[each]["cycles"], after[each]["cycles"], strict=True), start=1
        )
        if now != then
    }
    assert moved == {(serial, 3)}
    assert after[serial]["zones"] == [False, False, True, False]
    await full_house.shows_the_truth()


@pytest.mark.requirement("C2", "C4", "C5", "C7", "C8", "C9", "H5")
async def test_an_emergency_contact_holds_32_modules_and_lets_them_go(full_house: House) -> None:
    held, free = HELD[5], full_house.serials[3]
    await full_house.switch(held, 2, on=True)
    await full_house.link.tell("contact", name=CONTACT, contact="open")

    async def all_are_shown() -> bool:
        shown = full_house.home.shown
        return {
            serial
            for serial in full_house.serials
            if shown[full_house.entity(serial, "override")]["state"] == ON
        } == set(HELD)

    await until(all_are_shown, "the 32 modules and no other are shown in override")
    await full_house.shows_the_truth()
    await full_house.shows_zones(held, ON, ON, ON, ON)

    error = await full_house.refused("switch.turn_off", held, "zone_1")
    assert error.translation_key == "override_active"
    # An action for modules in override and others: the others do it.
    both = [full_house.entity(serial, "zone_1") for serial in (held, free)]
    error = await full_house.refused_all("switch.turn_on", both)
    assert error.translation_key == "override_active"
    await full_house.module_has(free, zones=[True, False, False, False])
    await full_house.module_has(held, zones=[True] * 4, saved=[False, True, False, False])

    await full_house.link.tell("contact", name=CONTACT, contact="closed")
    await full_house.shows(held, "override", OFF)
    await full_house.shows_the_truth()
    await full_house.shows_zones(held, OFF, ON, OFF, OFF)


@pytest.mark.requirement("A8", "H6")
async def test_a_full_link_that_is_pulled_out_returns_with_the_truth(full_house: House) -> None:
    lost, back = await full_house.losses_and_returns()
    await full_house.switch(full_house.serials[80], 1, on=True)
    await full_house.spoil("unplug")
    # Stated: at once.
    await full_house.shows_nothing(within_s=20)
    await full_house.link.ask(full_house.serials[10], "button", zone=2)
    await full_house.mend()
    # Stated: within 1 s of the port's return commands are taken; 99 modules are read in 5 s more.
    await full_house.shows_the_truth(within_s=40)
    assert await full_house.losses_and_returns() == (lost + 1, back + 1)


@pytest.mark.requirement("E4", "G2", "H6")
async def test_everything_at_once_on_a_full_link_breaks_no_promise(full_house: House) -> None:
    links = await full_house.losses_and_returns()
    told = await full_house.module_losses_and_returns()
    user = User(full_house)
    await full_house.spoil("lose:0.03", "corrupt:0.03", "double:0.03", "noise:5")
    await user.use(5, full_house.serials[::7])
    await full_house.mend()
    assert user.outcomes[DONE], user.outcomes
    await full_house.shows_the_truth()
    now = await full_house.module_losses_and_returns()
    for serial, (gone, returned) in told.items():
        assert now[serial][0] - gone == now[serial][1] - returned, serial
    # The port was there all the time.
    assert await full_house.losses_and_returns() == links
