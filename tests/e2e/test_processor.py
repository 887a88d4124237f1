"""Through a HomeWorks QS processor: a fresh Home Assistant, set up by its flow, and what befalls it.

Each test begins in a settled house and may run in any order.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from typing import Final

import pytest
import pytest_asyncio

from scripts.hass.process import REPOSITORY, HassProcess
from scripts.hass.setup_flow import FlowRefused, expect
from tests.e2e.home import environment_path, until, whole_log
from tests.e2e.house import HALL, STUDIO
from tests.e2e.processor_house import USER, WALLSTATION, ProcessorHouse

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(600),
    pytest.mark.requirement("E8", "H2", "H4"),
]

ON, OFF, GONE = "on", "off", "unavailable"

LOGS: Final = REPOSITORY / ".logs" / "e2e"
PREFIX: Final = "LUTRON_DPM_HASS_"
RELEASES: Final = sorted(name for name in os.environ if name.startswith(PREFIX))


@pytest_asyncio.fixture(
    scope="session",
    loop_scope="session",
    params=RELEASES,
    ids=lambda name: name.removeprefix(PREFIX).lower(),
)
async def built_house(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[ProcessorHouse]:
    """A fresh Home Assistant that was set up through its flow, once for all tests."""
    config = LOGS / f"processor-{request.param.removeprefix(PREFIX).lower()}"
    shutil.rmtree(config, ignore_errors=True)
    house = ProcessorHouse(
        hass=HassProcess(
            python=environment_path(request.param),
            config=config,
            wheels=environment_path("LUTRON_DPM_WHEELS"),
        ),
        dpm=environment_path("LUTRON_DPM_DPM"),
        folder=tmp_path_factory.mktemp("processor"),
    )
    try:
        yield await house.build()
    finally:
        await house.tear_down()


@pytest_asyncio.fixture(loop_scope="session")
async def house(built_house: ProcessorHouse) -> ProcessorHouse:
    """The house, with everything there, no override and all zones off."""
    await built_house.settle()
    return built_house


@pytest.mark.requirement("H1")
async def test_the_flow_finds_the_modules_in_the_project_and_makes_their_entities(
    house: ProcessorHouse,
) -> None:
    for serial in (HALL, STUDIO):
        kinds = {
            key: entity_id.partition(".")[0]
            for (owner, key), entity_id in house.entities.items()
            if owner == serial
        }
        assert kinds == {
            **dict.fromkeys(("zone_1", "zone_2", "zone_3", "zone_4"), "switch"),
            "override": "binary_sensor",
            "cco": "button",
        }
    assert house.entities[WALLSTATION, "buttons"].startswith("event.")


async def test_switching_a_zone_moves_that_relay_and_no_other(house: ProcessorHouse) -> None:
    await house.switch(HALL, 2, on=True)
    await house.module_has(HALL, zones=[False, True, False, False])
    await house.module_has(STUDIO, zones=[False] * 4)
    await house.shows_zones(HALL, OFF, ON, OFF, OFF)
    await house.switch(HALL, 2, on=False)
    await house.module_has(HALL, zones=[False] * 4)
    await house.shows_zones(HALL, OFF, OFF, OFF, OFF)


@pytest.mark.requirement("B1")
async def test_a_press_on_the_module_is_seen_even_where_no_level_is_ever_pushed(
    house: ProcessorHouse,
) -> None:
    await house.link.ask(STUDIO, "button", zone=3)
    await house.shows_zones(STUDIO, OFF, OFF, ON, OFF)
    await house.tell_processor(set="no-push")
    # Switching is confirmed by asking.
    await house.switch(STUDIO, 3, on=False)
    await house.shows_zones(STUDIO, OFF, OFF, OFF, OFF)
    # A press is found out by the next round of questions. The first one may still be seen because
    # the options start the session anew.
    await house.set_options(processor_poll_s=5)
    for is_on in (ON, OFF):
        await house.link.ask(STUDIO, "button", zone=1)
        await house.shows_zones(STUDIO, is_on, OFF, OFF, OFF)


@pytest.mark.requirement("E5", "H7")
async def test_a_wallstation_is_heard(house: ProcessorHouse) -> None:
    before = (await house.state(WALLSTATION, "buttons"))["state"]
    (device,) = (await house.tell_processor())["wallstations"]
    await house.tell_processor(press=[int(device), 4])

    async def told() -> bool:
        event = await house.state(WALLSTATION, "buttons")
        return bool(event["state"] != before and event["attributes"].get("button") == 4)

    await until(told, "the press is an event")
    await house.shows_zones(HALL, OFF, OFF, OFF, ON)


@pytest.mark.requirement("C4", "C5", "H5")
async def test_override_is_told_by_a_contact_and_commands_are_refused(
    house: ProcessorHouse,
) -> None:
    await house.switch(HALL, 1, on=True)
    await house.link.ask(HALL, "cci", contact="open")
    await house.shows(HALL, "override", ON)
    await house.shows_zones(HALL, ON, ON, ON, ON)
    error = await house.refused("switch.turn_off", HALL, "zone_1")
    assert error.translation_key == "override_active"
    # The other module is not in override and still obeys.
    await house.switch(STUDIO, 4, on=True)
    await house.module_has(STUDIO, zones=[False, False, False, True])
    await house.link.ask(HALL, "cci", contact="closed")
    await house.shows(HALL, "override", OFF)
    await house.shows_zones(HALL, ON, OFF, OFF, OFF)
    await house.module_has(HALL, zones=[True, False, False, False])


@pytest.mark.requirement("C4", "H5")
async def test_override_without_a_contact_is_unknown_until_it_may_be_inferred(
    house: ProcessorHouse,
) -> None:
    contact = await house.choose_contact(STUDIO, None)
    try:
        await house.shows(STUDIO, "override", "unknown")
        await house.set_options(infer_override=True)
        await house.shows(STUDIO, "override", "unknown")
        await house.shows_zones(STUDIO, OFF, OFF, OFF, OFF)
        await house.link.ask(STUDIO, "cci", contact="open")
        await house.shows_zones(STUDIO, ON, ON, ON, ON)
        error = await house.refused("switch.turn_off", STUDIO, "zone_2")
        assert error.translation_key in ("not_confirmed", "override_active")
        await house.shows(STUDIO, "override", ON)
        await house.link.ask(STUDIO, "cci", contact="closed")
        await house.shows(STUDIO, "override", OFF)
    finally:
        await house.link.ask(STUDIO, "cci", contact="closed")
        await house.set_options(infer_override=False)
        await house.choose_contact(STUDIO, contact)


@pytest.mark.requirement("D1", "D2", "H1")
async def test_the_cco_button_gives_one_pulse(house: ProcessorHouse) -> None:
    pressing = asyncio.create_task(house.api.act("button.press", house.entities[HALL, "cco"]))
    await house.module_has(HALL, cco={"closed": True})
    await pressing
    await house.module_has(HALL, cco={"closed": False})


@pytest.mark.requirement("H6")
async def test_a_restarted_home_assistant_shows_the_truth_again(house: ProcessorHouse) -> None:
    await house.switch(HALL, 4, on=True)
    await house.hass.stop()
    await house.link.ask(HALL, "button", zone=1)
    await house.hass.start()
    await house.api.log_in_again()
    await house.shows_zones(HALL, ON, OFF, OFF, ON)
    await house.switch(HALL, 4, on=False)
    await house.module_has(HALL, zones=[True, False, False, False])


@pytest.mark.requirement("G2", "H6")
async def test_a_processor_that_hangs_is_noticed_and_used_again_when_it_answers(
    house: ProcessorHouse,
) -> None:
    await house.switch(HALL, 1, on=True)
    await house.tell_processor(set="hang")
    await house.shows_nothing()
    await house.link.ask(HALL, "button", zone=2)
    await house.tell_processor(clear="hang")
    await house.shows_zones(HALL, ON, ON, OFF, OFF)
    await house.switch(HALL, 1, on=False)
    await house.module_has(HALL, zones=[False, True, False, False])


@pytest.mark.requirement("G2", "H6")
async def test_a_killed_processor_takes_its_modules_along_and_returns_by_itself(
    house: ProcessorHouse,
) -> None:
    await house.switch(STUDIO, 2, on=True)
    await house.link.kill()
    await house.shows_nothing()
    await house.link.start()
    await house.shows_zones(STUDIO, OFF, ON, OFF, OFF)


async def test_a_changed_project_is_followed_without_a_reload_by_hand(
    house: ProcessorHouse,
) -> None:
    names = await house.names()
    await house.switch(HALL, 3, on=True)
    await house.tell_processor(set="transfer=1s:ids")
    await house.shows_nothing()
    await house.shows_zones(HALL, OFF, OFF, ON, OFF)
    await house.switch(HALL, 3, on=False)
    await house.module_has(HALL, zones=[False] * 4)
    await house.switch(STUDIO, 1, on=True)
    await house.module_has(STUDIO, zones=[True, False, False, False])
    assert await house.names() == names


async def test_a_changed_password_is_asked_for_and_everything_returns(
    house: ProcessorHouse,
) -> None:
    await house.change_password(f"{house.password}-2")
    await house.tell_processor(set="close")
    await house.shows_nothing()
    flow = await house.flow_in_progress("reauth")
    wrong = {"username": USER, "password": "wrong"}
    form = await house.api.flow_step("flow", flow["flow_id"], wrong)
    assert form["errors"] == {"base": "login_refused"}
    login = {"username": USER, "password": house.password}
    step = expect(await house.api.flow_step("flow", flow["flow_id"], login), "abort")
    assert step["reason"] == "reauth_successful"
    await house.shows_zones(HALL, OFF, OFF, OFF, OFF)
    await house.switch(HALL, 1, on=True)
    await house.module_has(HALL, zones=[True, False, False, False])
    # A login is nobody's business.
    assert house.password not in await whole_log(house.hass, house.api)


async def test_the_same_processor_is_not_set_up_twice(house: ProcessorHouse) -> None:
    with pytest.raises(FlowRefused, match="already_configured"):
        await house.set_up()


@pytest.mark.requirement("H1")
async def test_the_diagnostics_tell_of_the_project_and_keep_secrets(house: ProcessorHouse) -> None:
    status, body = await house.api.request("GET", f"/api/diagnostics/config_entry/{house.entry_id}")
    assert status == 200
    data = body["data"]
    assert data["connection"] == "connected"
    assert data["project"]["outputs"] == {"NON_DIM": 8, "CCO_PULSED": 2}
    text = str(data)
    for private in (house.password, "127.0.0.1", HALL, STUDIO, "Switching Panel"):
        assert private not in text, private


async def test_home_assistant_has_nothing_to_complain_about_us(house: ProcessorHouse) -> None:
    assert not await house.complaints()
