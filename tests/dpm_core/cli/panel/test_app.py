"""The live panel: keys and clicks do what they say, and the faces show what the modules are."""

import os
import re
from pathlib import Path

import pytest

from dpm_core.model import ContactState, LedPattern
from dpm_core.transport import SendGate
from tests.dpm_core.cli.panel.house import SERIALS, Panel, panel

pytestmark = pytest.mark.requirement("B3", "G4")

SNAPSHOTS = Path(__file__).parent / "snapshots"


def picture(running: Panel) -> str:
    """What is on the screen, without what differs from run to run."""
    svg = running.app.export_screenshot()
    return re.sub(r"\d\d:\d\d:\d\d", "12:00:00", re.sub(r"terminal-\d+", "terminal", svg))


def compare(name: str, running: Panel) -> None:
    """Hold the screen to its picture; DPM_WRITE_SNAPSHOTS=1 in the environment renews it."""
    path, now = SNAPSHOTS / f"{name}.svg", picture(running)
    if os.environ.get("DPM_WRITE_SNAPSHOTS"):
        path.write_text(now)
    assert now == path.read_text(), f"{path.name} is not what is on the screen any more"


async def test_the_screen_is_as_in_its_picture() -> None:
    async with panel() as running:
        await running.pilot.press("2")
        await running.until(lambda: "● on" in running.words(1, "zone_2"))
        await running.pilot.press("down", "o")
        await running.until(lambda: "MANUAL OVERRIDE" in running.said())
        await running.until(lambda: "◐" in running.words(2, "zone_4"))
        await running.pilot.press("1")
        await running.until(lambda: "refused zone 1" in running.said())
        await running.until(lambda: "CCI is open" in running.said())
        # The refusal is shown over the log for a while, too.
        running.app.clear_notifications()
        await running.until(lambda: not running.app.screen.query("Toast"))
        compare("override", running)


async def test_a_number_toggles_a_zone_of_the_chosen_module() -> None:
    async with panel() as running:
        await running.pilot.press("3")
        await running.until(lambda: running.module(1).state.zones[2])
        await running.until(lambda: running.words(1, "zone_3").startswith("3 ● on"))
        await running.pilot.press("3")
        await running.until(lambda: running.words(1, "zone_3").startswith("3 ○ off"))
        assert running.module(1).state.zones == (False,) * 4
        assert "zone 3 is on (by a command on the link)" in running.said()


async def test_a_click_is_as_good_as_a_key() -> None:
    async with panel() as running:
        await running.pilot.click(running.face(2).part("zone_4"))
        await running.until(lambda: running.words(2, "zone_4").startswith("4 ● on"))
        assert running.module(2).state.zones == (False, False, False, True)


async def test_arrows_choose_and_enter_presses() -> None:
    async with panel() as running:
        await running.pilot.press("right", "down", "down", "enter")
        await running.until(lambda: running.module(3).state.zones[1])
        await running.pilot.press("down", "left", "space")
        await running.until(lambda: running.module(1).state.zones[0])


async def test_in_manual_override_it_says_why_and_shows_what_returns() -> None:
    async with panel() as running:
        await running.pilot.press("1")
        await running.until(lambda: running.module(1).state.zones[0])
        await running.pilot.press("o")
        await running.until(lambda: running.module(1).state.in_override)
        await running.until(lambda: running.face(1).has_class("in-override"))
        assert "then on" in running.words(1, "zone_1")
        assert "then off" in running.words(1, "zone_2")
        await running.pilot.press("2")
        await running.until(lambda: "refused zone 2 off" in running.said())
        assert running.module(1).state.zones == (True,) * 4
        await running.pilot.press("o")
        await running.until(lambda: running.words(1, "zone_2").startswith("2 ○ off"))
        assert not running.face(1).has_class("in-override")
        assert running.module(1).state.zones == (True, False, False, False)


async def test_a_momentary_cco_pulses_and_a_maintained_one_stays() -> None:
    async with panel() as running:
        await running.pilot.press("c")
        # The pulse may be over before a slow machine has looked; what was told stays.
        await running.until(lambda: "CCO is closed." in running.said())
        await running.until(lambda: "CCO is open." in running.said())
        await running.until(lambda: running.words(1, "cco") == "CCO open\nmomentary")
        await running.pilot.press("down", "c")
        await running.until(lambda: running.words(2, "cco") == "CCO closed\nmaintained")
        await running.pilot.press("c")
        await running.until(lambda: running.words(2, "cco") == "CCO open\nmaintained")


async def test_by_hand_the_button_on_the_unit_is_pressed() -> None:
    async with panel() as running:
        assert "over the link" in running.app.sub_title
        await running.pilot.press("b", "4")
        await running.until(lambda: "zone button 4 was pressed" in running.said())
        assert "on the unit" in running.app.sub_title
        assert running.module(1).state.zones[3]


async def test_the_mains_are_cut_and_come_back() -> None:
    async with panel() as running:
        await running.pilot.press("2")
        await running.until(lambda: running.module(1).state.zones[1])
        await running.pilot.press("p")
        await running.until(lambda: running.words(1, "power") == "Mains off\nbreaker")
        assert not running.module(1).state.is_powered
        await running.pilot.press("p")
        await running.until(lambda: running.words(1, "power") == "Mains on\nbreaker")
        await running.until(lambda: running.words(1, "zone_2").startswith("2 ● on"))


async def test_a_fault_is_set_and_mended() -> None:
    async with panel() as running:
        await running.pilot.press("f", *"lose:0.25", "enter")
        await running.until(lambda: "Wrong with the link: lose:0.25" in running.said())
        assert [str(fault) for fault in running.simulator.faults] == ["lose:0.25"]
        await running.pilot.press("f", "enter")
        await running.until(lambda: "Wrong with the link: nothing" in running.said())
        assert not running.simulator.faults.is_any
        await running.pilot.press("f", *"nonsense", "enter")
        await running.until(lambda: "nonsense" in running.said())
        # The keys are the faces' again.
        await running.pilot.press("1")
        await running.until(lambda: running.module(1).state.zones[0])


async def test_identifying_flashes_the_leds_of_the_chosen_module() -> None:
    async with panel() as running:
        await running.pilot.press("down", "i")
        await running.until(
            lambda: running.module(2).snapshot()["leds"]["prog"] == LedPattern.FAST_BLINK.value
        )
        assert running.module(1).snapshot()["leds"]["prog"] == LedPattern.OFF.value


async def test_what_blinks_goes_on_and_off() -> None:
    async with panel(is_still=False) as running:
        await running.pilot.press("o")
        await running.until(lambda: running.face(1).blinks)
        await running.until(lambda: running.words(1, "zone_1").startswith("1 ○ on"))
        await running.until(lambda: running.words(1, "zone_1").startswith("1 ● on"))


async def test_without_hands_there_is_no_contact_and_no_mains_to_move() -> None:
    async with panel(has_hands=False) as running:
        running.module(1).move_cci(ContactState.OPEN)
        await running.until(lambda: running.face(1).has_class("in-override"))
        assert "buttons" not in running.app.sub_title
        await running.pilot.press("o", "p", "b", "f")
        assert running.app.query_one("#fault").display is False
        assert running.module(1).state.cci.contact is ContactState.OPEN
        assert running.module(1).state.is_powered


async def test_where_nothing_may_be_sent_a_press_is_refused_in_words() -> None:
    async with panel(gate=SendGate.LISTEN, has_hands=False) as running:
        assert "listen only" in running.app.sub_title
        await running.pilot.press("1")
        await running.until(lambda: "listen" in running.said().lower())
        assert running.module(1).state.zones == (False,) * 4


async def test_a_module_that_is_heard_for_the_first_time_gets_a_face() -> None:
    async with panel() as running:
        running.client.remove_module(SERIALS[2])
        running.client.add_module(SERIALS[2])
        assert len(list(running.app.query("Faceplate"))) == 3
        running.client.add_heard_modules()
        running.module(3).press_button(1)
        await running.until(lambda: running.words(3, "zone_1").startswith("1 ● on"))
        assert len(list(running.app.query("Faceplate"))) == 3


async def test_a_lost_link_is_said() -> None:
    async with panel() as running:
        for transport in tuple(running.simulator._attached):  # the adapter is pulled out
            await running.simulator.detach(transport)
        await running.until(lambda: "CONNECTION LOST" in running.app.sub_title)
        await running.until(lambda: running.face(1).has_class("lost"))
        assert "Connection lost" in running.said()


async def test_q_ends_it() -> None:
    async with panel() as running:
        await running.pilot.press("q")
        await running.until(lambda: not running.app.is_running)
