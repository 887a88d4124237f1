"""Every figure of the specification, and the modules of the family as data.

House rule: each figure once, with its unit and the heading that it stands under, held to the
document by a test. What is checked against them is in `dpm_core.plan`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Final

SPECIFICATION: Final = "3691060c"
"""The document and its revision. Source: its footer, "3691060c 7 12.22.23"."""

MODEL_NAME: Final = "LQSE-4S8-120-D"
"""Source: 3691060c, title."""

DEVICE_CLASS_WORD: Final = 0x09110104
"""What the module says it is, on the link. Source: qs-link.md 5, worked IDENTITY_REPORT."""

COMPONENT_TYPE_RELAY: Final = 0x38
"""What each zone says it is, on the link. Source: qs-link.md 5, IDENTITY_REPORT."""

MAINS_VOLTAGE_V: Final = 120
"""Source: 3691060c, "Power"."""

MAINS_RATED_HZ: Final = (50, 60)
"""Source: 3691060c, "Power"."""

ZONE_MAX_A: Final = 8.0
"""Most current that one zone may switch, in amperes. Source: 3691060c, "Output Zone Ratings"."""

MODULE_MAX_A: Final = 16.0
"""Most current of all four zones together, in amperes. Source: 3691060c, "Output Zone Ratings"."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of the specification.

    Attributes:
        value: The number.
        unit: Its unit, as it is printed.
        heading: The heading of the specification that it stands under.
    """

    value: float
    unit: str
    heading: str

    def __str__(self) -> str:
        return f"{self.value:g} {self.unit}"


class LoadType(Enum):
    """What a zone may be wired to. Source: 3691060c, "Features" and "Output Zone Ratings"."""

    TUNGSTEN = "tungsten"
    GENERAL_USE = "general-use"
    DISCHARGE_LAMP = "discharge-lamp"
    ELECTRONIC_BALLAST = "electronic-ballast"
    RESISTIVE = "resistive"
    INDUCTIVE = "inductive"
    CAPACITIVE = "capacitive"
    MOTOR = "motor"
    INC = "inc"
    MLV = "mlv"
    ELV = "elv"


LOAD_WORDS: Final[Mapping[LoadType, str]] = MappingProxyType(
    {
        LoadType.TUNGSTEN: "tungsten",
        LoadType.GENERAL_USE: "AC general use",
        LoadType.DISCHARGE_LAMP: "electric discharge lamp",
        LoadType.ELECTRONIC_BALLAST: "electronic ballast (NEMA 410)",
        LoadType.RESISTIVE: "resistive",
        LoadType.INDUCTIVE: "inductive",
        LoadType.CAPACITIVE: "capacitive lighting (NEMA 410)",
        LoadType.MOTOR: "motor",
        LoadType.INC: "incandescent (INC)",
        LoadType.MLV: "magnetic low voltage (MLV)",
        LoadType.ELV: "electronic low voltage (ELV)",
    }
)
"""Each load type as a person reads it. Source: 3691060c, "Output Zone Ratings"; "Features"."""


@dataclass(frozen=True, slots=True)
class GaugeRange:
    """Wires that a terminal or the link takes, in AWG: a finer wire has the higher number.

    Attributes:
        finest_awg: The finest wire.
        thickest_awg: The thickest wire.
        heading: The heading of the specification that it stands under.
    """

    finest_awg: int
    thickest_awg: int
    heading: str

    def takes(self, gauge_awg: int) -> bool:
        """Return whether a wire of this gauge is one of them."""
        return self.thickest_awg <= gauge_awg <= self.finest_awg

    def __str__(self) -> str:
        if self.finest_awg == self.thickest_awg:
            return f"{self.finest_awg} AWG"
        return f"{self.finest_awg} AWG to {self.thickest_awg} AWG"


_TERMINALS: Final = "Terminals"
MAINS_WIRE: Final = GaugeRange(18, 12, _TERMINALS)
ZONE_WIRE: Final = GaugeRange(18, 12, _TERMINALS)
CONTACT_WIRE: Final = GaugeRange(20, 12, _TERMINALS)
CONTACT_TWO_WIRES: Final = GaugeRange(22, 16, _TERMINALS)
LINK_WIRE: Final = GaugeRange(20, 12, _TERMINALS)
LINK_TWO_WIRES: Final = GaugeRange(22, 18, _TERMINALS)
"""Wires of the module's terminals, one alone or two together. Source: 3691060c, "Terminals"."""

_LINK_WIRING: Final = "Wiring: QS Link"
LINK_CONTROL_WIRE: Final = GaugeRange(18, 18, _LINK_WIRING)
LINK_DATA_WIRE: Final = GaugeRange(22, 18, _LINK_WIRING)
LINK_TERMINALS: Final[Mapping[int, str]] = MappingProxyType(
    {1: "COM", 2: "Do Not Connect", 3: "MUX", 4: "MUX"}
)
"""Gauges of the link's cable (terminal 1; terminals 3 and 4), and what its terminals are.

Source: 3691060c, "Wiring: QS Link".
"""

LINK_LENGTH_FT: Final = Figure(2000, "ft", _LINK_WIRING)
LINK_LENGTH_M: Final = Figure(610, "m", _LINK_WIRING)
SHORT_CABLE_FT: Final = Figure(500, "ft", _LINK_WIRING)
SHORT_CABLE_M: Final = Figure(150, "m", _LINK_WIRING)
SHORT_CABLE: Final = "GRX-CBL-346S-500"
LONG_CABLE: Final = "GRX-CBL-46L"
"""Longest link, and up to where which cable serves. Source: 3691060c, "Wiring: QS Link"."""

_LINK_LIMITS: Final = "QS Link Limits"
LINK_DEVICES: Final = Figure(100, "devices", _LINK_LIMITS)
LINK_ZONES: Final = Figure(512, "zones", _LINK_LIMITS)
"""Most devices, the processor among them, and zones. Source: 3691060c, "QS Link Limits"."""

SOFTWARE_OLDEST: Final = Figure(12.0, "", "Programming and Compatibility Requirements")
"""Oldest HomeWorks QS software. Source: 3691060c, the heading that it names."""

_CCO: Final = "Contact Closure Output (CCO)"
CCO_MAX_V: Final = Figure(24, "V", _CCO)
CCO_DC_MAX_A: Final = Figure(1.0, "A", _CCO)
CCO_AC_MAX_A: Final = Figure(0.5, "A", _CCO)
"""Most that the CCO switches, resistive. Source: 3691060c, "Contact Closure Output (CCO)"."""

_ENVIRONMENT: Final = "Environment"
_MOUNTING: Final = "Mounting"
HUMIDITY_MAX_PERCENT: Final = Figure(90, "%", _ENVIRONMENT)
"""Relative humidity stays below it, non-condensing. Source: 3691060c, "Environment"."""

AMBIENT_MIN_C: Final = Figure(0, "°C", _MOUNTING)
AMBIENT_MAX_C: Final = Figure(40, "°C", _MOUNTING)
"""Ambient of the room, and of the panel within 20 mm of the module. Source: 3691060c, "Mounting"."""

NEAR_UNIT: Final = Figure(20, "mm", _MOUNTING)
CALIBRATION_POINT_MAX_C: Final = Figure(65, "°C", _MOUNTING)
HEAT_MAX: Final = Figure(24, "BTU/h", _MOUNTING)
DIN_MODULES: Final = Figure(9, "DIN modules", _MOUNTING)
WIDTH_MM: Final = Figure(161.7, "mm", _MOUNTING)
"""How near, how warm, how much heat, how wide. Source: 3691060c, "Mounting"."""

ADVICE_ABOVE_RATINGS: Final = "PHPM-SW-DV-WH or GRX-TVI"
ADVICE_RECEPTACLE: Final = "the appropriate third-party power pack for the rated load"
ADVICE_PLUG_IN: Final = "CAR-15-DDTR"
ADVICE_DELTA: Final = "contact Lutron"
"""What to use or do instead. Source: 3691060c, "Output Zone Ratings"; delta: "Power"."""


@dataclass(frozen=True, slots=True)
class ModuleRatings:
    """What one model of the family may be loaded with. None: the specification does not say.

    Attributes:
        model: Its name, as printed on it.
        voltage_min_v: Lowest mains voltage.
        voltage_max_v: Highest mains voltage.
        frequencies_hz: Mains frequencies.
        feed_max: Most current of its one feed.
        zone_max: Most current of one zone, for every type of load that it is rated for.
        module_max: Most current of the four zones together.
        motor_max_hp: Largest motor of a zone, in horsepower.
        motor_full_load: Most full-load current of a zone's motor.
        motor_locked_rotor: Most locked-rotor current of a zone's motor.
        lighting_class: Its rating for lighting with an inrush, as printed.
        load_types: What its zones may be wired to.
        surge_v: Voltage surge that it withstands.
        surge_a: Current surge that it withstands.
        heat_max: Most heat that it gives off.
        din_modules: Its width on the rail.
        width_mm: Its width on the rail.
        width_is_assumed: Whether the document is silent about the width of this model.
    """

    model: str
    voltage_min_v: Figure
    voltage_max_v: Figure
    frequencies_hz: tuple[int, ...]
    feed_max: Figure
    zone_max: Figure
    module_max: Figure
    motor_max_hp: Figure | None
    motor_full_load: Figure
    motor_locked_rotor: Figure | None
    lighting_class: str | None
    surge_v: Figure | None
    surge_a: Figure | None
    heat_max: Figure | None
    load_types: frozenset[LoadType] = frozenset(LoadType)
    din_modules: Figure = DIN_MODULES
    width_mm: Figure = WIDTH_MM
    width_is_assumed: bool = False


_POWER: Final = "Power"
_OUTPUTS: Final = "Output Zone Ratings"
_DRAWN: Final = "Wiring: Mains and Output Zones"

LQSE_4S8_120_D: Final = ModuleRatings(
    model=MODEL_NAME,
    voltage_min_v=Figure(MAINS_VOLTAGE_V, "V", _POWER),
    voltage_max_v=Figure(MAINS_VOLTAGE_V, "V", _POWER),
    frequencies_hz=MAINS_RATED_HZ,
    feed_max=Figure(16.0, "A", _POWER),
    zone_max=Figure(ZONE_MAX_A, "A", _OUTPUTS),
    module_max=Figure(MODULE_MAX_A, "A", _OUTPUTS),
    motor_max_hp=Figure(1 / 3, "HP", _OUTPUTS),
    motor_full_load=Figure(ZONE_MAX_A, "A", _OUTPUTS),
    motor_locked_rotor=None,
    lighting_class=None,
    surge_v=Figure(6000, "V", _POWER),
    surge_a=Figure(3000, "A", _POWER),
    heat_max=HEAT_MAX,
)
"""The module that this project is about. Source: 3691060c, the headings of the figures."""

LQSE_4S1_D: Final = ModuleRatings(
    model="LQSE-4S1-D",
    voltage_min_v=Figure(120, "V", _DRAWN),
    voltage_max_v=Figure(240, "V", _DRAWN),
    frequencies_hz=(50, 60),
    feed_max=Figure(4.0, "A", _DRAWN),
    zone_max=Figure(1.0, "A", _DRAWN),
    # The four zones of 1 A can draw no more than the feed; no other figure is printed on it.
    module_max=Figure(4.0, "A", _DRAWN),
    motor_max_hp=None,
    motor_full_load=Figure(1.0, "A FLA", _DRAWN),
    motor_locked_rotor=Figure(6.0, "A LRA", _DRAWN),
    lighting_class="1 AX",
    surge_v=None,
    surge_a=None,
    heat_max=None,
    width_is_assumed=True,
)
"""The smaller sister, known from the drawings only; its width is assumed to be the same.

Source: 3691060c, "Wiring: Mains and Output Zones". What would disprove the width: its own
specification.
"""

FAMILY: Final[Mapping[str, ModuleRatings]] = MappingProxyType(
    {ratings.model: ratings for ratings in (LQSE_4S8_120_D, LQSE_4S1_D)}
)
"""The models of the family, by name."""

FEED_CHAIN_MAX_A: Final = Figure(16.0, "A", _DRAWN)
"""Most current of all modules fed through one another. Source: 3691060c, the heading it names."""
