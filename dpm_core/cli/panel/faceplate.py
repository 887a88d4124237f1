"""The face of one module: its LEDs, its zone buttons, its contacts, manual override in plain sight.

House rule: shows and tells what was pressed; what a press does is in `app.py`. A colour never says
anything that the words beside it do not say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Static

from dpm_core.cli.module_views import words_of_contact, words_of_zone
from dpm_core.cli.output import UNKNOWN
from dpm_core.model import ZONES, ContactState, LedPattern

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from dpm_core.client import ModuleView

_UNIT_LEDS: Final = {"power": "Power", "prog": "Prog.", "link": "Link", "override": "Override"}
_LIT, _DARK, _BLINKING, _NOT_KNOWN = "●", "○", "◐", "?"

LedMap = Mapping[str, "LedPattern | None"]
"""What each LED does; None where that is not known."""


def leds_of(view: ModuleView, unit: Mapping[str, Any] | None) -> LedMap:
    """Return what the LEDs of a module do.

    Args:
        view: What is known of the module over the link.
        unit: What the unit itself shows, where somebody stands before it; else what it must show
            by the table of docs/model.md, as far as the link tells.
    """
    if unit is not None:
        return {name: LedPattern(words) for name, words in unit["leds"].items()}
    is_there = LedPattern.ON if view.is_online else None
    shown: dict[str, LedPattern | None] = {"power": is_there, "prog": None, "link": is_there}
    shown["override"] = _on_or_off(view.override)
    for number, is_on in enumerate(view.zones):
        pattern = _on_or_off(is_on)
        if view.override and is_on:
            pattern = LedPattern.SLOW_BLINK
        elif view.override and view.saved is not None and view.saved[number]:
            pattern = LedPattern.FLASH
        shown[f"zone_{number + 1}"] = pattern
    return shown


def _on_or_off(is_on: bool | None) -> LedPattern | None:
    if is_on is None:
        return None
    return LedPattern.ON if is_on else LedPattern.OFF


def led_mark(pattern: LedPattern | None, now: float | None) -> str:
    """Return an LED as it looks at a time; one that blinks is half lit where now is None."""
    if pattern is None:
        return _NOT_KNOWN
    if pattern.period_s == 0:
        return _LIT if pattern is LedPattern.ON else _DARK
    if now is None:
        return _BLINKING
    return _LIT if now % pattern.period_s < pattern.on_s else _DARK


@dataclass(frozen=True)
class Shown:
    """All that a face shows.

    Attributes:
        view: What is known over the link.
        unit: What the unit shows to who stands before it; None where nobody does.
        now: The time for what blinks; None lets nothing blink.
    """

    view: ModuleView
    unit: Mapping[str, Any] | None
    now: float | None


class Part(Static, can_focus=True):
    """Something on the face that can be pressed.

    Args:
        name: `zone_1` to `zone_4`, `cco`, `cci` or `power`.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,space", "press", "Press", show=False)]

    class Pressed(Message):
        """Somebody pressed it."""

        def __init__(self, part: Part) -> None:
            super().__init__()
            self.part = part

        @property
        def control(self) -> Part:
            """What was pressed."""
            return self.part

    def __init__(self, name: str) -> None:
        super().__init__("", name=name, classes=f"part {name.partition('_')[0]}", markup=False)

    def action_press(self) -> None:
        """Press it."""
        self.post_message(self.Pressed(self))

    def on_click(self) -> None:
        """Press it with the mouse."""
        self.action_press()


class Faceplate(Vertical):
    """One module.

    Args:
        key: Names it among the others.
        has_hands: Whether somebody stands before the unit, to open its contact and cut its mains.
    """

    def __init__(self, key: str, *, has_hands: bool) -> None:
        super().__init__(classes="faceplate")
        self.key = key
        self._zones = [Part(f"zone_{int(zone)}") for zone in ZONES]
        self._contacts = [Part("cco"), *([Part("cci"), Part("power")] if has_hands else [])]
        self._unit_leds = Static("", classes="leds", markup=False)
        self._override = Static("", classes="override", markup=False)
        self._cci = Static("", classes="cci", markup=False)
        self._has_hands = has_hands
        self.shown: Shown | None = None

    def compose(self) -> ComposeResult:
        """Put the parts where they are on the unit: LEDs above, buttons below."""
        yield self._unit_leds
        yield self._override
        yield Horizontal(*self._zones, classes="zones")
        contacts = [*self._contacts, *([] if self._has_hands else [self._cci])]
        yield Horizontal(*contacts, classes="contacts")

    @property
    def blinks(self) -> bool:
        """Whether any of its LEDs blinks."""
        if self.shown is None:
            return False
        patterns = leds_of(self.shown.view, self.shown.unit).values()
        return any(pattern is not None and pattern.period_s > 0 for pattern in patterns)

    def part(self, name: str) -> Part:
        """Return the part of that name."""
        return next(part for part in (*self._zones, *self._contacts) if part.name == name)

    def show(self, shown: Shown) -> None:
        """Show a module as it is."""
        self.shown = shown
        view, leds = shown.view, leds_of(shown.view, shown.unit)
        program = view.program
        name = program.name if program is not None else ""
        self.border_title = Text(f"{self.key}  {name}".rstrip())
        self.set_class(not view.is_online, "lost")
        self.set_class(bool(view.override), "in-override")
        words = [f"{led_mark(leds[led], shown.now)} {title}" for led, title in _UNIT_LEDS.items()]
        self._unit_leds.update("  ".join(words))
        self._override.update(_state_words(view))
        for number, part in enumerate(self._zones):
            zone_name = program.zone_names[number] if program is not None else ""
            mark = led_mark(leds[f"zone_{number + 1}"], shown.now)
            part.update(_zone_text(number, mark, view, zone_name))
            part.set_class(bool(view.zones[number]), "is-on")
        for part in self._contacts:
            part.update(self._contact_text(part.name or "", shown))
        self._cci.update(f"CCI\n{words_of_contact(view.cci)}")

    def _contact_text(self, name: str, shown: Shown) -> str:
        if name == "cco":
            kind = shown.view.cco_type
            words = "" if kind is None else f"\n{kind.name.lower()}"
            return f"CCO {_cco_words(shown.view.cco_closed)}{words}"
        unit = shown.unit
        if name == "cci":
            contact = UNKNOWN if unit is None else ContactState(unit["cci"]).value
            return f"CCI {contact}\ncontact"
        mains = UNKNOWN if unit is None else words_of_zone(unit["powered"])
        return f"Mains {mains}\nbreaker"


def _zone_text(number: int, mark: str, view: ModuleView, name: str) -> Text:
    text = Text(f"{number + 1} {mark} {words_of_zone(view.zones[number])}", "bold")
    text.append(f"\n{name or ' '}", "not bold")
    if view.override and view.saved is not None:
        text.append(f"\nthen {words_of_zone(view.saved[number])}", "not bold dim")
    return text


def _cco_words(is_closed: bool | None) -> str:
    if is_closed is None:
        return UNKNOWN
    return "closed" if is_closed else "open"


def _state_words(view: ModuleView) -> str:
    if not view.is_online:
        return "NO REPLY: what is shown is old"
    if view.override:
        return "MANUAL OVERRIDE: controls are locked out"
    if view.override is None:
        return "manual override: unknown"
    return "manual override: no" if view.is_fresh else "being read"
