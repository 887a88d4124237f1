"""A planned site: what is on one QS link, how it is wired, and where it is mounted.

Values only, as the installer wrote them; whether the specification allows them is answered in
`checks`. Each keeps the line of the document that it stands on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, TypeAlias

from dpm_core.model import (
    GroupNumber,
    LedLogic,
    SerialNumber,
    WallstationAction,
    WallstationButton,
    ZoneNumber,
)
from dpm_core.plan.planned_module import ModulePlan

PROCESSOR_ID: Final = "processor"
"""What the processor is called where cables meet; nothing else may have this name."""

METRES_PER_FOOT: Final = 0.3048


class Protection(Enum):
    """What protects a feed beside its breaker."""

    NONE = "none"
    GFI = "gfi"
    AFCI = "afci"


class Supply(Enum):
    """What kind of supply a feed comes from."""

    GROUNDED = "grounded"
    UNGROUNDED_DELTA = "ungrounded-delta"


class Mounting(Enum):
    """What a module's rail is in."""

    LUTRON_DIN_PANEL = "lutron-din-panel"
    NEMA_1 = "nema-1"
    OTHER = "other"


PlannedZones: TypeAlias = tuple[tuple[ModulePlan, tuple[ZoneNumber, ...]], ...]
"""Zones of modules, module by module."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """One feed from the distribution panel, and the modules that it is fed through to, in order."""

    id: str
    volts: float
    hertz: float
    protection: Protection
    supply: Supply
    modules: tuple[ModulePlan, ...]
    line: int = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filler:
    """Something on a rail that is no module, with its width in DIN modules."""

    name: str
    din_modules: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Rail:
    """One DIN rail: its width in DIN modules, and what it holds from left to right."""

    width_din: float
    holds: tuple[ModulePlan | Filler, ...]
    line: int = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One panel with its rails, and the surroundings that it is in; None where nobody said.

    Temperatures are the lowest and the highest, in degrees Celsius: of the room, and within
    20 mm of the modules. `heat_max_btu_h` is the heat that it sheds.
    """

    id: str
    name: str
    mounting: Mounting | None
    is_indoor: bool | None
    is_accessible: bool | None
    is_clicking_accepted: bool | None
    room_c: tuple[float, float] | None
    inside_c: tuple[float, float] | None
    humidity_percent: float | None
    is_condensing: bool | None
    heat_max_btu_h: float | None
    rails: tuple[Rail, ...]
    line: int = field(compare=False)

    @property
    def modules(self) -> tuple[ModulePlan, ...]:
        """Its modules, rail by rail from left to right."""
        return tuple(
            item for rail in self.rails for item in rail.holds if isinstance(item, ModulePlan)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Processor:
    """The HomeWorks QS processor; software is its version, None when nobody said."""

    name: str
    model: str
    software: tuple[int, int] | None
    line: int = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """One button of a wallstation: what it does, and to which zones of which modules.

    Attributes:
        number: 1 to 32.
        name: What it is called.
        action: What a press does.
        group: The group in which the modules have these zones; None if they are told one by one.
        led: When its LED is lit; None is what goes with the action.
        zones: What it switches; of a scene, what it switches on.
        off_zones: Of a scene, what it switches off.
        line: Where it stands.
    """

    number: int
    name: str
    action: WallstationAction
    group: GroupNumber | None
    led: LedLogic | None
    zones: PlannedZones
    off_zones: PlannedZones
    line: int = field(compare=False)

    def programmed(self, serials: Mapping[str, SerialNumber]) -> WallstationButton:
        """Return it as the link's processor has it programmed.

        Args:
            serials: The serial number of each module, by its id.

        Raises:
            UnsupportedSetting: Its parts do not go together.
        """
        return WallstationButton(
            number=self.number,
            action=self.action,
            zones=_placed(self.zones, serials),
            off_zones=_placed(self.off_zones, serials),
            group=self.group,
            led=self.led,
            name=self.name,
        )


def _placed(
    zones: PlannedZones, serials: Mapping[str, SerialNumber]
) -> tuple[tuple[SerialNumber, ZoneNumber], ...]:
    return tuple((serials[module.id], zone) for module, numbers in zones for zone in numbers)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkDevice:
    """Something on the link that is no module: a wallstation, a sensor, an interface.

    Attributes:
        id: What the plan calls it.
        name: What people call it.
        serial: Its serial number; None while it is not known.
        devices: How many devices of the link it counts as.
        zones: How many zones of the link it counts as.
        buttons: Its buttons, if it is a wallstation.
        line: Where it stands.
    """

    id: str
    name: str
    serial: SerialNumber | None
    devices: int
    zones: int
    buttons: tuple[Button, ...]
    line: int = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CableRun:
    """One run of the link's cable between two places.

    Attributes:
        start: Where it begins: the processor, a module, another device or a tap.
        end: Where it ends.
        length_m: Its length in metres.
        is_in_feet: Whether its length was given in feet.
        cable: The part number of the cable; empty when it is another one.
        control_awg: Gauge of the wire at terminal 1.
        data_awg: Gauge of the pair at terminals 3 and 4.
        is_twisted: Whether that pair is twisted.
        is_shielded: Whether it is shielded.
        terminals: The terminals of the link that it is connected to.
        line: Where it stands.
    """

    start: str
    end: str
    length_m: float
    is_in_feet: bool
    cable: str
    control_awg: int | None
    data_awg: int | None
    is_twisted: bool | None
    is_shielded: bool | None
    terminals: tuple[int, ...]
    line: int = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyGroup:
    """One emergency contact, and the modules whose CCIs it holds in parallel."""

    id: str
    name: str
    modules: tuple[ModulePlan, ...]
    line: int = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One link with everything on it.

    Attributes:
        file: What the document is called.
        name: What the site is called.
        processor: The link's processor; None when nobody said which.
        modules: Its modules, in the order of the document.
        wallstations: Its wallstations.
        others: What else is on the link.
        taps: Where cables meet without a device.
        cables: The runs of its cable; empty when nobody said.
        feeds: The feeds of its modules.
        panels: The panels that they are in.
        emergency_groups: The emergency contacts that hold their CCIs.
    """

    file: str
    name: str
    processor: Processor | None
    modules: tuple[ModulePlan, ...]
    wallstations: tuple[LinkDevice, ...] = ()
    others: tuple[LinkDevice, ...] = ()
    taps: tuple[str, ...] = ()
    cables: tuple[CableRun, ...] = ()
    feeds: tuple[Feed, ...] = ()
    panels: tuple[Panel, ...] = ()
    emergency_groups: tuple[EmergencyGroup, ...] = ()

    @property
    def device_count(self) -> int:
        """Devices on the link; the processor counts whether or not the plan names it."""
        others = sum(device.devices for device in (*self.wallstations, *self.others))
        return 1 + len(self.modules) + others

    @property
    def zone_count(self) -> int:
        """Zones on the link, four for each module."""
        others = sum(device.zones for device in (*self.wallstations, *self.others))
        return sum(len(module.loads) for module in self.modules) + others

    @property
    def link_m(self) -> float:
        """Length of all the link's cable, in metres."""
        return sum(run.length_m for run in self.cables)

    def feed_of(self, module: ModulePlan) -> Feed | None:
        """Return the first feed that a module is on; None when the plan names none."""
        return next((feed for feed in self.feeds if module in feed.modules), None)

    def volts_of(self, module: ModulePlan) -> float:
        """Return the voltage that a module's watts are reckoned at: its feed's, else its lowest."""
        feed = self.feed_of(module)
        return module.ratings.voltage_min_v.value if feed is None else feed.volts

    def current_a(self, module: ModulePlan) -> float:
        """Return what all loads of a module draw together, in amperes."""
        volts = self.volts_of(module)
        return sum(load.current_a(volts) for load in module.loads if load is not None)
