"""The main job: a real Home Assistant switches modules over a real serial line.

Each test begins in a settled house (`house`) and may run in any order.
"""

from __future__ import annotations

import asyncio

import pytest

from scripts.hass.module_form import open_module_form, shown_in, submit
from scripts.hass.setup_flow import FlowRefused, set_up_serial_link
from tests.e2e.home import until
from tests.e2e.house import HALL, STUDIO, House

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(600)]

ON, OFF, GONE = "on", "off", "unavailable"


@pytest.mark.requirement("H1", "H2", "H4")
async def test_the_flow_makes_four_switches_an_override_sensor_and_a_cco_button(
    house: House,
) -> None:
    for serial in (HALL, STUDIO):
        kinds = {key: house.entity(serial, key).split(".")[0] for _, key in house.entities}
        assert {
            key: kind
            for key, kind in kinds.items()
            if key.startswith("zone_") and key[-1].isdigit()
        } == dict.fromkeys(("zone_1", "zone_2", "zone_3", "zone_4"), "switch")
        assert kinds["override"] == "binary_sensor"
        assert kinds["cco"] == "button"


@pytest.mark.requirement("A1", "G2", "H1", "H4")
async def test_switching_a_zone_moves_that_relay_and_no_other(house: House) -> None:
    before = (await house.link.state(HALL))["cycles"]
    await house.switch(HALL, 2, on=True)
    # The action returns when the module has confirmed: no waiting here.
    state = await house.link.state(HALL)
    assert state["zones"] == [False, True, False, False]
    assert state["saved"] == [False, True, False, False]
    await house.shows_zones(HALL, OFF, ON, OFF, OFF)
    await house.shows_zones(STUDIO, OFF, OFF, OFF, OFF)

    await house.switch(HALL, 2, on=False)
    state = await house.link.state(HALL)
    assert state["zones"] == [False] * 4
    assert [now - then for now, then in zip(state["cycles"], before, strict=True)] == [0, 2, 0, 0]
    await house.shows_zones(HALL, OFF, OFF, OFF, OFF)


@pytest.mark.requirement("B1", "H7")
async def test_a_press_on_the_unit_is_seen(house: House) -> None:
    event_before = (await house.state(STUDIO, "zone_button"))["state"]
    await house.link.ask(STUDIO, "button", zone=3)
    await house.shows_zones(STUDIO, OFF, OFF, ON, OFF)

    async def told() -> bool:
        event = await house.state(STUDIO, "zone_button")
        return bool(
            event["state"] != event_before and event["attributes"]["event_type"] == "zone_3"
        )

    await until(told, "the press is an event")


@pytest.mark.requirement("C2", "C4", "C5", "C7", "C9", "H5")
async def test_override_is_seen_and_respected_and_ends_where_it_began(house: House) -> None:
    await house.switch(HALL, 1, on=True)
    await house.link.ask(HALL, "cci", contact="open")
    await house.shows(HALL, "override", ON)
    await house.shows_zones(HALL, ON, ON, ON, ON)

    async def is_told_what_returns() -> bool:
        # It has a report of its own, behind that of the zones.
        zones = [await house.state(HALL, key) for key in ("zone_1", "zone_2", "zone_3", "zone_4")]
        return [zone["attributes"]["returns_to"] for zone in zones] == [ON, OFF, OFF, OFF]

    await until(is_told_what_returns, "the zones say what they return to")

    for action, key in (
        ("switch.turn_off", "zone_1"),
        ("switch.turn_on", "zone_2"),
        ("button.press", "cco"),
    ):
        error = await house.refused(action, HALL, key)
        assert error.translation_key == "override_active"
        assert "override" in str(error)
    state = await house.link.state(HALL)
    assert state["zones"] == [True] * 4
    assert state["saved"] == [True, False, False, False]
    assert state["cco"] == {"closed": False}
    await house.shows_zones(HALL, ON, ON, ON, ON)

    # The other module is not in override and still obeys.
    await house.switch(STUDIO, 4, on=True)
    await house.module_has(STUDIO, zones=[False, False, False, True], override=False)

    await house.link.ask(HALL, "cci", contact="closed")
    await house.shows(HALL, "override", OFF)
    await house.shows_zones(HALL, ON, OFF, OFF, OFF)
    await house.module_has(HALL, zones=[True, False, False, False])


@pytest.mark.requirement("D1", "D2", "H1")
async def test_the_cco_button_gives_one_pulse(house: House) -> None:
    pressing = asyncio.create_task(house.api.act("button.press", house.entity(HALL, "cco")))
    await house.module_has(HALL, cco={"closed": True})
    await pressing
    await house.module_has(HALL, cco={"closed": False})


@pytest.mark.requirement("A8", "C6", "D3", "H6")
async def test_a_power_cut_is_shown_and_the_zones_return(house: House) -> None:
    await house.switch(HALL, 3, on=True)
    await house.link.ask(HALL, "power", on=False)
    await house.shows_zones(HALL, GONE, GONE, GONE, GONE)
    await house.shows(HALL, "override", GONE)
    await house.shows(HALL, "cco", GONE)
    await house.shows_zones(STUDIO, OFF, OFF, OFF, OFF)
    # Home Assistant itself leaves out entities that are unavailable; nothing may come of it later.
    await house.switch(HALL, 1, on=True)

    await house.link.ask(HALL, "power", on=True)
    await house.shows_zones(HALL, OFF, OFF, ON, OFF)
    await house.shows(HALL, "override", OFF)
    await house.module_has(HALL, zones=[False, False, True, False], cco={"closed": False})


@pytest.mark.requirement("A4", "A8", "G2", "G3", "H6")
async def test_a_killed_simulator_is_a_lost_link_that_returns_by_itself(house: House) -> None:
    await house.switch(HALL, 1, on=True)
    await house.switch(STUDIO, 2, on=True)
    cycles = (await house.link.state(HALL))["cycles"]
    lost, back = await house.losses_and_returns()

    await house.link.kill()
    for serial in (HALL, STUDIO):
        await house.shows_zones(serial, GONE, GONE, GONE, GONE)
        await house.shows(serial, "override", GONE)

    await house.link.start()
    await house.shows_zones(HALL, ON, OFF, OFF, OFF)
    await house.shows_zones(STUDIO, OFF, ON, OFF, OFF)
    state = await house.link.state(HALL)
    assert state["zones"] == [True, False, False, False]
    assert all(now >= then for now, then in zip(state["cycles"], cycles, strict=True))
    await house.switch(HALL, 1, on=False)
    await house.module_has(HALL, zones=[False] * 4)
    assert await house.losses_and_returns() == (lost + 1, back + 1)


@pytest.mark.requirement("H2")
async def test_the_same_port_is_not_set_up_twice(house: House) -> None:
    with pytest.raises(FlowRefused, match="already_configured"):
        await set_up_serial_link(house.api, str(house.link.port))


@pytest.mark.requirement("A6", "F1", "H2")
async def test_loads_are_checked_and_kept_in_the_module_over_a_power_failure(house: House) -> None:
    form = await open_module_form(house.api, house.entry_id, STUDIO, "loads")
    given = shown_in(form)
    given["load_1"] = {"type": "tungsten", "amps": 8.5}
    refused = await submit(house.api, form, given)
    assert refused["errors"]["base"] == "ratings_broken"
    assert "8.5 A of tungsten load is more than the 8 A" in str(
        refused["description_placeholders"]["findings"]
    )
    given["load_1"] = load = {"type": "tungsten", "amps": 7.5}
    written = await submit(house.api, refused, given)
    assert (written["type"], written["reason"]) == ("abort", "reconfigure_successful")

    # The module itself says so, to a client that knows nothing and after it was cut off.
    await house.link.kill()
    await house.shows_zones(STUDIO, GONE, GONE, GONE, GONE)
    await house.hass.stop()
    await house.link.start()
    await house.home.start_again()

    async def is_told() -> bool:
        stored, told = await house.programs(STUDIO)
        return bool(told and told["zone_loads"] == [load, None, None, None] and stored == told)

    await until(is_told, "the module tells its load")
    _, other = await house.programs(HALL)
    assert other["zone_loads"] == [None] * 4
    form = await open_module_form(house.api, house.entry_id, STUDIO, "loads")
    assert shown_in(form)["load_1"] == load
    given["load_1"] = {"type": "none"}
    assert (await submit(house.api, form, given))["reason"] == "reconfigure_successful"


@pytest.mark.requirement("H6")
async def test_a_restarted_home_assistant_shows_the_truth_again(
    house: House, full_house: House
) -> None:
    await house.switch(HALL, 4, on=True)
    last = full_house.serials[-1]
    await full_house.switch(last, 2, on=True)
    await house.hass.stop()
    # What happens meanwhile is the unit's business.
    await house.link.ask(HALL, "button", zone=1)
    await full_house.link.ask(full_house.serials[0], "button", zone=3)
    await full_house.link.ask(last, "cci", contact="open")
    await house.home.start_again()
    await house.shows_zones(HALL, ON, OFF, OFF, ON)
    await full_house.shows(last, "override", ON)
    await full_house.shows_zones(full_house.serials[0], OFF, OFF, ON, OFF)
    for each in (house, full_house):
        await each.shows_the_truth()


@pytest.mark.requirement("H1")
async def test_the_diagnostics_tell_of_the_link_and_keep_secrets(house: House) -> None:
    status, body = await house.api.request("GET", f"/api/diagnostics/config_entry/{house.entry_id}")
    assert status == 200
    assert body["data"]["connection"] == "connected"
    assert [module["zones"] for module in body["data"]["modules"]] == [[False] * 4] * 2
    assert not {HALL, STUDIO, str(house.link.port)} & set(_leaves(body["data"]))


@pytest.mark.requirement("H1", "H2")
async def test_home_assistant_has_nothing_to_complain_about_us(house: House) -> None:
    assert not await house.home.complaints()


def _leaves(value: object) -> list[object]:
    """Return every value in a nest of lists and mappings."""
    if isinstance(value, dict):
        return [leaf for part in value.values() for leaf in _leaves(part)]
    if isinstance(value, list):
        return [leaf for part in value for leaf in _leaves(part)]
    return [value]
