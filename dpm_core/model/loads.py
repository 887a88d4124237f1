"""What the installer wired to a module's zones and to its CCO, as the module's program keeps it.

Values only, each within what can be written down at all; whether the specification allows them is
answered in `load_checks.py`.

Source: 3691060c, "Output Zone Ratings" and "Contact Closure Output (CCO)"; that a module keeps
it, and in which steps, is decided here (requirement F1).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, TypeAlias, TypeVar

from dpm_core.errors import UnsupportedSetting
from dpm_core.model.ratings import MAINS_VOLTAGE_V, LoadType
from dpm_core.model.steps import on_step

LOAD_AMPS_MAX: Final = 1000.0
LOAD_AMPS_STEP: Final = 0.001
LOAD_WATTS_MAX: Final = 240_000.0
LOAD_WATTS_STEP: Final = 0.1
CCO_LOAD_VOLTS_MAX: Final = 1000.0
CCO_LOAD_VOLTS_STEP: Final = 0.1
"""What may be written down at all, far beyond any rating: past it somebody mistyped.

Decided here; the steps are those of ZONE_LOADS in docs/protocol.md.
"""


class CcoCurrent(Enum):
    """What kind of current the CCO switches. Source: 3691060c, the heading of the CCO."""

    DC = "dc"
    AC = "ac"


class CcoLoadKind(Enum):
    """What the CCO's load is like. Source: 3691060c, "Contact Closure Output (CCO)"."""

    RESISTIVE = "resistive"
    INDUCTIVE = "inductive"


@dataclass(frozen=True, slots=True)
class ZoneLoad:
    """What one zone switches: its type, and what it draws, in amperes or in watts.

    Attributes:
        type: What it is.
        amps: What it draws, above 0 and at most 1000 A, in steps of 1 mA; None if in watts.
        watts: What it draws, above 0 and at most 240000 W, in steps of 0.1 W; None if in amperes.

    Raises:
        UnsupportedSetting: A figure is none of those, or there is not exactly one.
    """

    type: LoadType
    amps: float | None = None
    watts: float | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.type, LoadType):
            raise UnsupportedSetting(
                "load type", self.type, ", ".join(kind.value for kind in LoadType)
            )
        if (self.amps is None) is (self.watts is None):
            raise UnsupportedSetting(
                "load", (self.amps, self.watts), "amps or watts, exactly one of them"
            )
        # What is nearly a step becomes that step, so that equal loads are equal.
        if self.amps is not None:
            object.__setattr__(self, "amps", checked_amps("load amps", self.amps))
        else:
            object.__setattr__(self, "watts", checked_watts(self.watts))

    def current_a(self, voltage_v: float = MAINS_VOLTAGE_V) -> float:
        """Return what it draws in amperes; watts count at unity power factor.

        Args:
            voltage_v: The mains; 120 V unless told otherwise.
        """
        if self.amps is not None:
            return self.amps
        assert self.watts is not None
        return self.watts / voltage_v

    def power_w(self, voltage_v: float = MAINS_VOLTAGE_V) -> float:
        """Return what it takes in watts; amperes count at unity power factor: an estimate.

        Args:
            voltage_v: The mains; 120 V unless told otherwise.
        """
        if self.watts is not None:
            return self.watts
        assert self.amps is not None
        return self.amps * voltage_v

    @property
    def words(self) -> str:
        """What it is and what it draws, as people say it, such as `motor 7.5 A`."""
        if self.amps is not None:
            return f"{self.type.value} {self.amps:.10g} A"
        return f"{self.type.value} {self.watts:.10g} W"

    def as_fields(self) -> dict[str, Any]:
        """Return it as plain values that JSON and YAML can hold."""
        if self.amps is not None:
            return {"type": self.type.value, "amps": self.amps}
        return {"type": self.type.value, "watts": self.watts}

    @classmethod
    def from_fields(cls, fields: Mapping[str, Any]) -> ZoneLoad:
        """Return the load that plain values describe.

        Raises:
            UnsupportedSetting: They describe none.
        """
        kind = _member("load type", fields.get("type"), LoadType)
        return cls(kind, fields.get("amps"), fields.get("watts"))


FourLoads: TypeAlias = tuple[ZoneLoad | None, ZoneLoad | None, ZoneLoad | None, ZoneLoad | None]
"""What each zone switches, zone 1 first; None where nothing is written down."""

NO_LOADS: Final[FourLoads] = (None, None, None, None)
"""Nothing is written down of any zone, as from the factory."""


@dataclass(frozen=True, slots=True)
class CcoLoad:
    """What a module's CCO switches.

    Attributes:
        volts: Its voltage, 0 to 1000 V in steps of 0.1 V.
        current: AC or DC.
        amps: What it draws, above 0 and at most 1000 A, in steps of 1 mA.
        kind: Resistive or inductive. Relays, solenoids and motors are inductive.
        has_flyback_diode: Whether a flyback diode is across it.

    Raises:
        UnsupportedSetting: A value is none of those.
    """

    volts: float
    current: CcoCurrent
    amps: float
    kind: CcoLoadKind = CcoLoadKind.RESISTIVE
    has_flyback_diode: bool = False

    def __post_init__(self) -> None:
        if not isinstance(self.current, CcoCurrent):
            raise UnsupportedSetting("CCO load current", self.current, "dc or ac")
        if not isinstance(self.kind, CcoLoadKind):
            raise UnsupportedSetting("CCO load kind", self.kind, "resistive or inductive")
        if not isinstance(self.has_flyback_diode, bool):
            raise UnsupportedSetting("CCO load flyback diode", self.has_flyback_diode, "yes or no")
        object.__setattr__(self, "volts", checked_volts(self.volts))
        object.__setattr__(self, "amps", checked_amps("CCO load amps", self.amps))

    @property
    def words(self) -> str:
        """What it is and what it draws, as people say it, such as `resistive 0.5 A at 24 V DC`."""
        diode = " with a flyback diode" if self.has_flyback_diode else ""
        return (
            f"{self.kind.value} {self.amps:.10g} A at {self.volts:.10g} V "
            f"{self.current.value.upper()}{diode}"
        )

    def as_fields(self) -> dict[str, Any]:
        """Return it as plain values that JSON and YAML can hold."""
        return {
            "volts": self.volts,
            "current": self.current.value,
            "amps": self.amps,
            "kind": self.kind.value,
            "flyback_diode": self.has_flyback_diode,
        }

    @classmethod
    def from_fields(cls, fields: Mapping[str, Any]) -> CcoLoad:
        """Return the load that plain values describe.

        Raises:
            UnsupportedSetting: They describe none.
        """
        volts: Any = fields.get("volts")
        amps: Any = fields.get("amps")
        return cls(
            volts=volts,
            current=_member("CCO load current", fields.get("current"), CcoCurrent),
            amps=amps,
            kind=_member("CCO load kind", fields.get("kind", "resistive"), CcoLoadKind),
            has_flyback_diode=fields.get("flyback_diode", False),
        )


def checked_amps(setting: str, amps: object) -> float:
    """Return a current in amperes, on its step of 1 mA.

    Raises:
        UnsupportedSetting: It is not 0.001 to 1000 A in steps of 1 mA.
    """
    return on_step(
        setting, amps, LOAD_AMPS_STEP, LOAD_AMPS_MAX, 1000, "0.001 to 1000 A in steps of 1 mA"
    )


def checked_watts(watts: object) -> float:
    """Return a power in watts, on its step of 0.1 W.

    Raises:
        UnsupportedSetting: It is not 0.1 to 240000 W in steps of 0.1 W.
    """
    return on_step(
        "load watts",
        watts,
        LOAD_WATTS_STEP,
        LOAD_WATTS_MAX,
        10,
        "0.1 to 240000 W in steps of 0.1 W",
    )


def checked_volts(volts: object) -> float:
    """Return the voltage of the CCO's load in volts, on its step of 0.1 V.

    Raises:
        UnsupportedSetting: It is not 0 to 1000 V in steps of 0.1 V.
    """
    return on_step(
        "CCO load volts", volts, 0.0, CCO_LOAD_VOLTS_MAX, 10, "0 to 1000 V in steps of 0.1 V"
    )


_Member = TypeVar("_Member", bound=Enum)


def _member(setting: str, value: object, kind: type[_Member]) -> _Member:
    try:
        return kind(value)
    except ValueError as error:
        allowed = ", ".join(str(member.value) for member in kind)
        raise UnsupportedSetting(setting, value, allowed) from error
