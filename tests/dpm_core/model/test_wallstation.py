"""What a wallstation's buttons ask for, and what its LEDs say, also while modules are overridden."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dpm_core.errors import UnsupportedSetting
from dpm_core.model import (
    ZONES,
    GroupNumber,
    LedLogic,
    PlacedZone,
    SerialNumber,
    Wallstation,
    WallstationAction,
    WallstationButton,
)

pytestmark = pytest.mark.requirement("E5")

HALL, GARDEN = SerialNumber(0x00A1B2C3), SerialNumber(0x00A1B2C4)
H1, H2, G1 = (HALL, ZONES[0]), (HALL, ZONES[1]), (GARDEN, ZONES[0])
KEYPAD = SerialNumber(0x02A24C77)
NOBODY: frozenset[SerialNumber] = frozenset()


def known(*on: PlacedZone, off: tuple[PlacedZone, ...] = ()) -> dict[PlacedZone, bool | None]:
    return {**dict.fromkeys(off, False), **dict.fromkeys(on, True)}


def button(action: WallstationAction, led: LedLogic | None = None) -> WallstationButton:
    return WallstationButton(number=1, action=action, zones=(H1, H2, G1), led=led)


SCENE = WallstationButton(number=1, action=WallstationAction.SCENE, zones=(H1,), off_zones=(H2, G1))


def test_on_and_off_say_the_same_whatever_the_zones_are() -> None:
    for states in (known(), known(H1, H2, G1), known(off=(H1, H2, G1))):
        assert button(WallstationAction.ON).press(states, NOBODY) == known(H1, H2, G1)
        assert button(WallstationAction.OFF).press(states, NOBODY) == known(off=(H1, H2, G1))


def test_a_scene_switches_some_on_and_the_others_off() -> None:
    assert SCENE.press(known(H2, G1), NOBODY) == {H1: True, H2: False, G1: False}


@pytest.mark.parametrize(
    ("led", "on", "makes"),
    [
        (None, (), True),
        (None, (H1,), False),
        (LedLogic.ANY, (H1, H2, G1), False),
        (LedLogic.ALL, (H1, H2), True),
        (LedLogic.ALL, (H1, H2, G1), False),
    ],
)
def test_a_toggle_goes_by_the_logic_of_its_led(
    led: LedLogic | None, on: tuple[PlacedZone, ...], makes: bool
) -> None:
    states = {**known(off=(H1, H2, G1)), **known(*on)}
    pressed = button(WallstationAction.TOGGLE, led).press(states, NOBODY)
    assert pressed == dict.fromkeys((H1, H2, G1), makes)


@pytest.mark.requirement("C9")
def test_a_press_acts_on_the_modules_that_are_not_in_manual_override() -> None:
    hall_is_forced_on = known(H1, H2, off=(G1,))
    for action, is_on in (
        (WallstationAction.ON, True),
        (WallstationAction.OFF, False),
        (WallstationAction.TOGGLE, True),
    ):
        assert button(action).press(hall_is_forced_on, {HALL}) == {G1: is_on}, action
    assert SCENE.press(hall_is_forced_on, {HALL}) == {G1: False}
    assert SCENE.press(hall_is_forced_on, {HALL, GARDEN}) == {}
    assert button(WallstationAction.TOGGLE).press(hall_is_forced_on, {HALL, GARDEN}) == {}


def test_an_led_shows_a_zone_that_manual_override_forces_on() -> None:
    assert button(WallstationAction.TOGGLE).led_is_on(known(H1, H2, off=(G1,)))
    assert not button(WallstationAction.OFF).led_is_on(known(H1, H2, off=(G1,)))


@pytest.mark.parametrize(
    ("lit_by", "states", "is_lit"),
    [
        (button(WallstationAction.TOGGLE), known(G1, off=(H1, H2)), True),
        (button(WallstationAction.TOGGLE), known(off=(H1, H2, G1)), False),
        (button(WallstationAction.ON), known(H1, H2, G1), True),
        (button(WallstationAction.ON), known(H1, H2, off=(G1,)), False),
        (button(WallstationAction.ON, LedLogic.ANY), known(H1, off=(H2, G1)), True),
        (button(WallstationAction.ON, LedLogic.ALL), known(H1, H2, G1), True),
        (button(WallstationAction.OFF), known(off=(H1, H2, G1)), True),
        (button(WallstationAction.OFF), known(H1, off=(H2, G1)), False),
        (button(WallstationAction.OFF, LedLogic.ANY), known(H1, off=(H2, G1)), True),
        (SCENE, known(H1, off=(H2, G1)), True),
        (SCENE, known(H1, G1, off=(H2,)), False),
        (SCENE, known(off=(H1, H2, G1)), False),
    ],
)
def test_an_led_follows_what_its_button_is_programmed_for(
    lit_by: WallstationButton, states: Mapping[PlacedZone, bool | None], is_lit: bool
) -> None:
    assert lit_by.led_is_on(states) is is_lit


def test_what_is_not_known_lights_no_led() -> None:
    for action in (WallstationAction.ON, WallstationAction.OFF, WallstationAction.TOGGLE):
        assert not button(action).led_is_on({}), action
        assert not button(action).led_is_on({H1: None, H2: None, G1: None}), action
    assert not button(WallstationAction.OFF).led_is_on(known(off=(H1, H2)))
    assert not SCENE.led_is_on(known(H1, off=(H2,)))
    assert button(WallstationAction.TOGGLE).led_is_on({H1: True, H2: None}), "one is on for sure"


def test_a_button_without_zones_does_nothing_and_stays_dark() -> None:
    for action in WallstationAction:
        empty = WallstationButton(number=2, action=action)
        assert empty.press({}, NOBODY) == {}
        assert not empty.led_is_on({})


def test_a_wallstation_presses_its_buttons_and_lights_its_leds() -> None:
    on = WallstationButton(number=1, action=WallstationAction.ON, zones=(H1,))
    off = WallstationButton(number=4, action=WallstationAction.OFF, zones=(H1, G1))
    keypad = Wallstation(address=KEYPAD, buttons=(on, off), name="Hall")
    assert keypad.modules == {HALL, GARDEN}
    assert keypad.press(1, {}, NOBODY) == {H1: True}
    assert keypad.press(4, {}, {HALL}) == {G1: False}
    assert keypad.press(2, {}, NOBODY) == {}, "nothing is programmed for it"
    assert keypad.leds(known(H1, off=(G1,))) == {1}
    assert keypad.leds(known(off=(H1, G1))) == {4}
    assert Wallstation(address=KEYPAD).modules == frozenset()


@pytest.mark.parametrize("number", [0, 33])
def test_a_button_is_1_to_32(number: int) -> None:
    WallstationButton(number=1)
    WallstationButton(number=32)
    with pytest.raises(UnsupportedSetting, match="1 to 32"):
        WallstationButton(number=number)


def test_a_button_refuses_what_does_not_go_together() -> None:
    with pytest.raises(UnsupportedSetting, match="each zone once"):
        WallstationButton(number=1, zones=(H1, H1))
    with pytest.raises(UnsupportedSetting, match="each zone once"):
        WallstationButton(number=1, action=WallstationAction.SCENE, zones=(H1,), off_zones=(H1,))
    with pytest.raises(UnsupportedSetting, match="a scene, to have some"):
        WallstationButton(number=1, off_zones=(H1,))
    with pytest.raises(UnsupportedSetting, match="each zone for itself"):
        WallstationButton(number=1, action=WallstationAction.SCENE, group=GroupNumber(5))
    with pytest.raises(UnsupportedSetting, match="a toggle makes no scene"):
        WallstationButton(number=1, led=LedLogic.SCENE)
    with pytest.raises(UnsupportedSetting, match="each number once"):
        Wallstation(address=KEYPAD, buttons=(WallstationButton(number=1),) * 2)


EVERY_ZONE = tuple((serial, zone) for serial in (HALL, GARDEN) for zone in ZONES)
STATES = st.fixed_dictionaries(dict.fromkeys(EVERY_ZONE, st.booleans()))


@st.composite
def buttons(draw: st.DrawFn) -> WallstationButton:
    action = draw(st.sampled_from(WallstationAction))
    zones = draw(st.lists(st.sampled_from(EVERY_ZONE), min_size=1, unique=True))
    cut = draw(st.integers(0, len(zones))) if action is WallstationAction.SCENE else len(zones)
    choices = [logic for logic in LedLogic if logic is not LedLogic.SCENE]
    return WallstationButton(
        number=1,
        action=action,
        zones=tuple(zones[:cut]),
        off_zones=tuple(zones[cut:]),
        led=draw(st.sampled_from([None, *choices])),
    )


@given(buttons(), STATES)
def test_a_press_outside_manual_override_lights_the_led_of_what_it_did(
    pressed: WallstationButton, states: dict[PlacedZone, bool | None]
) -> None:
    after = {**states, **pressed.press(states, NOBODY)}
    if pressed.led is LedLogic.SCENE:
        assert pressed.led_is_on(after)
    elif pressed.action is WallstationAction.TOGGLE:
        assert pressed.led_is_on(after) is not pressed.led_is_on(states)


@given(buttons(), STATES, st.sets(st.sampled_from([HALL, GARDEN])))
def test_a_press_never_asks_anything_of_an_overridden_module_and_acts_on_all_others(
    pressed: WallstationButton,
    states: dict[PlacedZone, bool | None],
    in_override: set[SerialNumber],
) -> None:
    asked = pressed.press(states, in_override)
    assert set(asked) == {zone for zone in pressed.every_zone if zone[0] not in in_override}
    if pressed.action is WallstationAction.TOGGLE and asked:
        assert len(set(asked.values())) == 1, "all of them go the same way"
