"""A label sheet says of a module what somebody at the panel has to know."""

import pytest

from dpm_core.plan import read_plan
from dpm_core.plan.drawing.label import draw_label
from tests.dpm_core.plan.drawing.pictures import boxes, texts
from tests.dpm_core.plan.planning import plan
from tests.dpm_core.plan.test_document import WHOLE


def sheet(text: str = WHOLE, module: int = 0) -> list[str]:
    planned = read_plan(text)
    return texts(draw_label(planned, planned.modules[module]))


@pytest.mark.requirement("F3")
def test_its_strip_is_as_wide_as_the_module() -> None:
    planned = plan("")
    (strip,) = boxes(draw_label(planned, planned.modules[0]), "free")
    assert strip.width == pytest.approx(161.7)


def test_module_zones_loads_and_override_are_on_it() -> None:
    shown = sheet()
    assert {"Hall panel", "LQSE-4S8-120-D · serial 00A1B2C3"} <= set(shown)
    assert {"Hall", "tungsten", "2.5 A", "off", "stays as it is"} <= set(shown)
    assert "together 8.5 A of 16 A" in shown


def test_which_buttons_control_a_zone_is_on_it() -> None:
    shown = sheet()
    assert shown.count("controlled by Entry 1 (Evening)") == 3, "two go on, and one goes off"
    assert "controlled by Entry 1 (Evening)" in sheet(module=1)
    unnamed = WHOLE.replace("2: {group: 5}", "2: {zones: {hall: [4]}}")
    assert "controlled by Entry 2" in sheet(unnamed)


def test_feed_contacts_groups_and_panel_are_on_it() -> None:
    shown = sheet()
    assert {"feed lighting, 120 V", "Hall panel, attic: 16 A in all", "common"} <= set(shown)
    assert "Fire alarm; debounce 100 ms" in shown
    assert "maintained; Pilot: 24 V DC, 0.2 A, inductive, flyback diode" in shown
    assert "Cupboard, rail 1" in shown
    assert "5, 7" in shown


def test_what_the_plan_leaves_open_can_be_filled_in_by_hand() -> None:
    shown = sheet("lutron_dpm_plan: 1\nmodules: {hall: {}}\n")
    assert "LQSE-4S8-120-D · serial number: ____________" in shown
    assert {"no feed planned", "separate for each load"} <= set(shown)
    assert "jumper stays in; debounce 50 ms" in shown
    assert "momentary, 0.5 s" in shown


def test_an_emergency_contact_of_several_modules_and_a_nameless_cco_load() -> None:
    text = WHOLE.replace("modules: [hall]}\n", "modules: [hall, attic]}\n")
    text = text.replace("{name: Pilot, ", "{").replace(", flyback_diode: yes", "")
    shown = sheet(text)
    assert "Fire alarm, with 1 other module; debounce 100 ms" in shown
    assert "maintained; load: 24 V DC, 0.2 A, inductive" in shown


@pytest.mark.requirement("E10", "F4", "F5")
@pytest.mark.parametrize("words", ["Entrapment hazard", "Terminal 2", "Class 2", "breakers"])
def test_the_warnings_are_on_it(words: str) -> None:
    assert any(words in text for text in sheet())
