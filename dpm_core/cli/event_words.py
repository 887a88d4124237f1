"""What happens on a link, in words for people and with stable keys for programs."""

from __future__ import annotations

from typing import Any, Final

from dpm_core.cli.module_views import words_of_zone
from dpm_core.client import (
    CciChanged,
    CcoChanged,
    ClientEvent,
    ConnectionLost,
    ConnectionRestored,
    FrameSent,
    LinkEvent,
    MessageHeard,
    ModuleAnnounced,
    ModuleChanged,
    ModuleLost,
    ModuleReturned,
    OverrideEntered,
    OverrideLeft,
    ProjectChanged,
    WallstationButtonPressed,
    WallstationButtonReleased,
    WallstationLedChanged,
    ZoneButtonPressed,
    ZoneSwitched,
)
from dpm_core.model import Cause
from dpm_core.protocol import describe, message_fields

_CAUSES: Final = {
    Cause.QUERY: "found so when asked",
    Cause.LINK_COMMAND: "by a command on the link",
    Cause.CCI: "by manual override",
    Cause.ZONE_BUTTON: "by its zone button",
    Cause.POWER_UP: "at power-up",
    Cause.GROUP: "by a group or broadcast command",
    Cause.WALLSTATION: "by a wallstation",
}


_OF_A_MODULE: Final[dict[type[ClientEvent], str]] = {
    OverrideEntered: "MANUAL OVERRIDE, controls are locked out.",
    OverrideLeft: "manual override has ended, settings return.",
    ModuleAnnounced: "announces itself (its Prog. button was pressed).",
    ModuleLost: "does not answer any more.",
    ModuleReturned: "answers again.",
}


_FIELDS: Final = (
    *("serial", "zone", "is_on", "cause", "contact", "is_closed", "error"),
    *("wallstation", "button", "led", "exported"),
)


def event_words(event: ClientEvent) -> str | None:
    """Return what happened as one sentence; None for what other events say better."""
    match event:
        case ModuleChanged():
            return None
        case ConnectionLost():
            return f"Connection lost. {event.error}"
        case ConnectionRestored():
            return "Connection restored."
        case ProjectChanged():
            return f"The processor has another project, exported {event.exported}."
        case WallstationButtonPressed() | WallstationButtonReleased():
            did = "pressed" if isinstance(event, WallstationButtonPressed) else "released"
            return f"Wallstation {event.wallstation}: button {event.button} was {did}."
        case WallstationLedChanged():
            is_on = words_of_zone(event.is_on)
            return f"Wallstation {event.wallstation}: LED {event.led} is {is_on}."
        case ZoneSwitched():
            words = f"zone {int(event.zone)} is {words_of_zone(event.is_on)} "
            words += f"({_CAUSES[event.cause]})."
        case ZoneButtonPressed():
            words = f"zone button {int(event.zone)} was pressed."
        case CciChanged():
            words = f"CCI is {event.contact.value}."
        case CcoChanged():
            words = f"CCO is {'closed' if event.is_closed else 'open'}."
        case _:
            words = _OF_A_MODULE[type(event)]
    return f"Module {event.serial}: {words}"


def event_fields(event: ClientEvent) -> dict[str, Any]:
    """Return what happened for programs; the keys are a promise (docs/cli.md)."""
    fields: dict[str, Any] = {"event": _snake(type(event).__name__)}
    for name in _FIELDS:
        value = getattr(event, name, None)
        if value is not None:
            fields[name] = _plain(name, value)
    return fields


def frame_event_words(event: LinkEvent) -> str:
    """Return what passed over the link: the direction, the words, and the packet as hex."""
    match event:
        case MessageHeard():
            return f"<- {describe(event.message)} [{event.frame.packet.hex(' ')}]"
        case FrameSent():
            again = f" (sending {event.sending})" if event.sending > 1 else ""
            return f"-> {describe(event.message)}{again} [{event.frame.packet.hex(' ')}]"
        case _:
            noise = event.noise
            return f"<- noise: {noise.reason.value} [{noise.octets.hex(' ')}]"


def frame_event_fields(event: LinkEvent) -> dict[str, Any]:
    """Return what passed over the link for programs."""
    match event:
        case MessageHeard() | FrameSent():
            return {
                "event": "frame_heard" if isinstance(event, MessageHeard) else "frame_sent",
                "packet": event.frame.packet.hex(),
                "kind": event.message.kind,
                "meaning": describe(event.message),
                "fields": message_fields(event.message),
            }
        case _:
            return {
                "event": "noise_heard",
                "octets": event.noise.octets.hex(),
                "reason": event.noise.reason.value,
            }


def _plain(name: str, value: Any) -> Any:
    if name in ("serial", "error", "wallstation"):
        return str(value)
    if name == "cause":
        return value.name.lower()
    if name == "contact":
        return value.value
    return int(value) if name == "zone" else value


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)[1:]
