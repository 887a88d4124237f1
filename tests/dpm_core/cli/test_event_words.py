"""Each event of the client has its words for people and its keys for programs."""

from typing import get_args

import pytest

from dpm_core.cli.event_words import (
    event_fields,
    event_words,
    frame_event_fields,
    frame_event_words,
)
from dpm_core.client import (
    CciChanged,
    CcoChanged,
    ClientEvent,
    ConnectionLost,
    ConnectionRestored,
    FrameSent,
    MessageHeard,
    ModuleAnnounced,
    ModuleChanged,
    ModuleLost,
    ModuleReturned,
    ModuleView,
    NoiseHeard,
    OverrideEntered,
    OverrideLeft,
    ProjectChanged,
    WallstationButtonPressed,
    WallstationButtonReleased,
    WallstationLedChanged,
    ZoneButtonPressed,
    ZoneSwitched,
)
from dpm_core.errors import LinkUnavailable
from dpm_core.model import Cause, ContactState, IntegrationId, SerialNumber, ZoneNumber
from dpm_core.protocol import (
    Frame,
    Identify,
    LinkSource,
    Noise,
    NoiseReason,
    decode_message,
    encode_message,
)

pytestmark = pytest.mark.requirement("G4")

ONE = SerialNumber(0x00A1B2C3)
VIEW = ModuleView(serial=ONE)
CASES: list[tuple[ClientEvent, str | None, dict[str, object]]] = [
    (
        ZoneSwitched(ONE, ZoneNumber(2), True, Cause.WALLSTATION),
        "zone 2 is on (by a wallstation)",
        {"event": "zone_switched", "zone": 2, "is_on": True, "cause": "wallstation"},
    ),
    (
        ZoneSwitched(ONE, ZoneNumber(2), False, Cause.POWER_UP),
        "zone 2 is off (at power-up)",
        {"event": "zone_switched", "zone": 2, "is_on": False, "cause": "power_up"},
    ),
    (
        ZoneButtonPressed(ONE, ZoneNumber(4)),
        "zone button 4 was pressed",
        {"event": "zone_button_pressed", "zone": 4},
    ),
    (OverrideEntered(ONE), "MANUAL OVERRIDE", {"event": "override_entered"}),
    (OverrideLeft(ONE), "override has ended", {"event": "override_left"}),
    (
        CciChanged(ONE, ContactState.OPEN),
        "CCI is open",
        {"event": "cci_changed", "contact": "open"},
    ),
    (CcoChanged(ONE, True), "CCO is closed", {"event": "cco_changed", "is_closed": True}),
    (CcoChanged(ONE, False), "CCO is open", {"event": "cco_changed", "is_closed": False}),
    (ModuleAnnounced(ONE), "announces itself", {"event": "module_announced"}),
    (ModuleLost(ONE), "does not answer any more", {"event": "module_lost"}),
    (ModuleReturned(ONE), "answers again", {"event": "module_returned"}),
    (ModuleChanged(ONE, VIEW, VIEW), None, {"event": "module_changed"}),
]


@pytest.mark.parametrize(("event", "words", "fields"), CASES)
def test_an_event_of_a_module_is_one_sentence(
    event: ClientEvent, words: str | None, fields: dict[str, object]
) -> None:
    said = event_words(event)
    if words is None:
        assert said is None
    else:
        assert said is not None
        assert said.startswith("Module 00A1B2C3: ")
        assert words in said
    assert event_fields(event) == {**fields, "serial": "00A1B2C3"}


def test_losing_a_link_and_its_return_say_why() -> None:
    lost = ConnectionLost(LinkUnavailable("/dev/x", "unplugged"))
    assert "unplugged" in (event_words(lost) or "")
    assert event_fields(lost) == {"event": "connection_lost", "error": str(lost.error)}
    assert event_words(ConnectionRestored()) == "Connection restored."
    assert event_fields(ConnectionRestored()) == {"event": "connection_restored"}


KEYPAD = IntegrationId(30)
OF_THE_PROCESSOR: list[tuple[ClientEvent, str, dict[str, object]]] = [
    (
        ProjectChanged("02/01/2026 12:00:00", "01/31/2026 12:00:00"),
        "The processor has another project, exported 02/01/2026 12:00:00.",
        {"event": "project_changed", "exported": "02/01/2026 12:00:00"},
    ),
    (
        WallstationButtonPressed(KEYPAD, 2),
        "Wallstation 30: button 2 was pressed.",
        {"event": "wallstation_button_pressed", "wallstation": "30", "button": 2},
    ),
    (
        WallstationButtonReleased(KEYPAD, 2),
        "Wallstation 30: button 2 was released.",
        {"event": "wallstation_button_released", "wallstation": "30", "button": 2},
    ),
    (
        WallstationLedChanged(KEYPAD, 82, True),
        "Wallstation 30: LED 82 is on.",
        {"event": "wallstation_led_changed", "wallstation": "30", "led": 82, "is_on": True},
    ),
]


@pytest.mark.parametrize(("event", "words", "fields"), OF_THE_PROCESSOR)
def test_what_happens_beside_the_modules_is_one_sentence_too(
    event: ClientEvent, words: str, fields: dict[str, object]
) -> None:
    assert event_words(event) == words
    assert event_fields(event) == fields


def test_no_event_and_no_cause_is_without_words() -> None:
    told = {type(event) for event, *_ in (*CASES, *OF_THE_PROCESSOR)}
    told |= {ConnectionLost, ConnectionRestored}
    assert told == set(get_args(ClientEvent))
    for cause in Cause:
        assert event_words(ZoneSwitched(ONE, ZoneNumber(1), True, cause))


def test_frames_have_a_direction_and_their_octets() -> None:
    packet = bytes.fromhex("0b05002355")
    heard = MessageHeard(decode_message(Frame(packet)), Frame(packet), 0.0)
    assert frame_event_words(heard).startswith("<- Acknowledgement")
    assert "[0b 05 00 23 55]" in frame_event_words(heard)
    assert frame_event_fields(heard)["packet"] == "0b05002355"

    message = Identify(ONE, 1)
    frame = encode_message(message, counter=1, sequence=1, source=LinkSource())
    assert frame_event_words(FrameSent(message, frame, 0.0, 1)).startswith("-> ")
    assert "(sending 2)" in frame_event_words(FrameSent(message, frame, 0.0, 2))

    noise = NoiseHeard(Noise(b"\x01\x02", NoiseReason.NO_SYNC), 0.0)
    assert frame_event_words(noise) == "<- noise: no sync [01 02]"
    assert frame_event_fields(noise) == {
        "event": "noise_heard",
        "octets": "0102",
        "reason": "no sync",
    }
