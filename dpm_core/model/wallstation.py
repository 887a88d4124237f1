"""A wallstation: what its buttons do to zones of any modules, and what its LEDs say of them.

Functions from what is known of the zones to what a press asks for and to what the LEDs show. Who
asks the modules, and lights the LEDs, is the master of the link.

The rules (decided here, after requirements C4, C9 and E5):

* A press acts on the zones of modules that are not in manual override. The others refuse every
  control, so nothing is asked of them, and nothing is kept for later.
* TOGGLE looks only at the zones that it can act on, by its LED's logic: what is on by it goes
  off, else all go on. So a press always does something where it can.
* An LED shows the relays as they are, in manual override too: a zone that is forced on is on.
* What is not known never lights an LED.

House rule: nothing here knows the link, its messages or the time.

Source: 3691060c, "Features" (a QS link's wallstations control its zones); the rest is decided here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final, TypeAlias

from dpm_core.errors import UnsupportedSetting
from dpm_core.model.identifiers import GroupNumber, ModuleAddress, ZoneNumber

WALLSTATION_BUTTONS_MAX: Final = 32
"""Highest number of a wallstation's button, and of its LED. Decided here: four octets of LEDs."""

PlacedZone: TypeAlias = tuple[ModuleAddress, ZoneNumber]
"""A zone of a module of the link."""

KnownZones: TypeAlias = "Mapping[PlacedZone, bool | None]"
"""Whether the relay of each zone is closed; None, or no entry, where that is not known."""


class WallstationAction(Enum):
    """What a wallstation's button does to its zones. Source: requirement E5."""

    ON = "on"
    OFF = "off"
    TOGGLE = "toggle"
    SCENE = "scene"
    """Some on, the others off."""


class LedLogic(Enum):
    """When the LED of a button is lit. Decided here."""

    ANY = "any"
    """While any of the button's zones is on."""

    ALL = "all"
    """While all of them are on."""

    SCENE = "scene"
    """While each of them is what a press of the button makes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WallstationButton:
    """One button of a wallstation with the LED beside it, which has the same number.

    Attributes:
        number: 1 to 32.
        action: What a press does.
        zones: Which zones it switches; of a scene, those that it switches on.
        off_zones: Of a scene, the zones that it switches off.
        group: The group in which the modules have these zones, so that one command reaches them
            all; None if each is told for itself.
        led: When its LED is lit; by default that of TOGGLE while any zone is on, every other
            while each zone is what a press makes it.
        name: What it is called.

    Raises:
        UnsupportedSetting: A number out of its range; a zone twice; zones to switch off, a group
            or an LED that do not go with what the button does.
    """

    number: int
    action: WallstationAction = WallstationAction.TOGGLE
    zones: tuple[PlacedZone, ...] = ()
    off_zones: tuple[PlacedZone, ...] = ()
    group: GroupNumber | None = None
    led: LedLogic | None = None
    name: str = ""

    def __post_init__(self) -> None:
        if not 1 <= self.number <= WALLSTATION_BUTTONS_MAX:
            raise UnsupportedSetting(
                "wallstation button", self.number, f"1 to {WALLSTATION_BUTTONS_MAX}"
            )
        place = f"of wallstation button {self.number}"
        if len(set(self.every_zone)) < len(self.every_zone):
            raise UnsupportedSetting(f"zones {place}", "a zone twice", "each zone once")
        is_scene = self.action is WallstationAction.SCENE
        if self.off_zones and not is_scene:
            raise UnsupportedSetting(
                f"zones to switch off {place}", self.action.value, "a scene, to have some"
            )
        if self.group is not None and is_scene:
            raise UnsupportedSetting(
                f"group {place}", int(self.group), "none: a scene tells each zone for itself"
            )
        if self.led is None:
            is_toggle = self.action is WallstationAction.TOGGLE
            object.__setattr__(self, "led", LedLogic.ANY if is_toggle else LedLogic.SCENE)
        elif self.led is LedLogic.SCENE and self.action is WallstationAction.TOGGLE:
            raise UnsupportedSetting(
                f"LED {place}", self.led.value, "any or all: a toggle makes no scene"
            )

    @property
    def every_zone(self) -> tuple[PlacedZone, ...]:
        """All zones that a press may switch."""
        return self.zones + self.off_zones

    @property
    def modules(self) -> frozenset[ModuleAddress]:
        """The modules that have them."""
        return frozenset(address for address, _ in self.every_zone)

    def press(
        self, zones: KnownZones, in_override: Collection[ModuleAddress]
    ) -> dict[PlacedZone, bool]:
        """Return what a press asks for: each zone that it acts on, and whether it shall be on.

        Args:
            zones: What is known of the zones.
            in_override: The modules in manual override; on their zones it does not act.
        """
        mine = [zone for zone in self.every_zone if zone[0] not in in_override]
        if self.action is WallstationAction.SCENE:
            return {zone: zone in self.zones for zone in mine}
        if self.action is not WallstationAction.TOGGLE:
            return dict.fromkeys(mine, self.action is WallstationAction.ON)
        return dict.fromkeys(mine, not self._is_on(mine, zones))

    def led_is_on(self, zones: KnownZones) -> bool:
        """Return whether its LED is lit; one without zones never is."""
        mine = self.every_zone
        if self.led is not LedLogic.SCENE:
            return self._is_on(mine, zones)
        lit = self.action is not WallstationAction.OFF
        return bool(mine) and all(
            zones.get(zone) is (lit and zone not in self.off_zones) for zone in mine
        )

    def _is_on(self, mine: Collection[PlacedZone], zones: KnownZones) -> bool:
        """Return whether zones count as on: any of them, or all where the LED says so."""
        on = [zones.get(zone) is True for zone in mine]
        return bool(on) and (all(on) if self.led is LedLogic.ALL else any(on))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wallstation:
    """A wallstation on the link and what its buttons are programmed for.

    Attributes:
        address: Its serial number; through a processor its integration id.
        buttons: Its buttons, each with an LED of the same number.
        name: What it is called.

    Raises:
        UnsupportedSetting: Two buttons have one number.
    """

    address: ModuleAddress
    buttons: tuple[WallstationButton, ...] = ()
    name: str = ""

    def __post_init__(self) -> None:
        numbers = [button.number for button in self.buttons]
        if len(set(numbers)) < len(numbers):
            raise UnsupportedSetting(
                f"buttons of wallstation {self.address}", numbers, "each number once"
            )

    def button(self, number: int) -> WallstationButton | None:
        """Return the button of that number; None if nothing is programmed for it."""
        return next((button for button in self.buttons if button.number == number), None)

    @property
    def modules(self) -> frozenset[ModuleAddress]:
        """The modules that its buttons act on and its LEDs follow."""
        return frozenset().union(*(button.modules for button in self.buttons))

    def press(
        self, number: int, zones: KnownZones, in_override: Collection[ModuleAddress]
    ) -> dict[PlacedZone, bool]:
        """Return what a press of a button asks for; nothing where nothing is programmed.

        Args:
            number: Which button.
            zones: What is known of the zones.
            in_override: The modules in manual override; on their zones it does not act.
        """
        button = self.button(number)
        return {} if button is None else button.press(zones, in_override)

    def leds(self, zones: KnownZones) -> frozenset[int]:
        """Return the numbers of the LEDs that are lit."""
        return frozenset(button.number for button in self.buttons if button.led_is_on(zones))
