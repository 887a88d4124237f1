"""A module at one instant: a frozen value, and what a change of it brings.

House rule: what a module *is* belongs here, what it *does* in `clockwork.py` (time passes) and
`module.py` (somebody acts).

Source: 3691060c, whole document; what each part is for is said at the part.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Final, TypeAlias

from dpm_core.model.contacts import CciInput, Cco
from dpm_core.model.events import Event
from dpm_core.model.identifiers import ZONES, SerialNumber
from dpm_core.model.override import ALL_UNAFFECTED, FourActions, Mode, Override, zones_wanted
from dpm_core.model.power import ALL_OFF, FourCounts, Memory
from dpm_core.model.program import Program
from dpm_core.model.relay import Relay, RelayMechanics
from dpm_core.model.zero_cross import Mains, ZeroCrossReading
from dpm_core.model.zone import Cause, FourZones

FourRelays: TypeAlias = tuple[Relay, Relay, Relay, Relay]
FourMechanics: TypeAlias = tuple[RelayMechanics, RelayMechanics, RelayMechanics, RelayMechanics]
FourCauses: TypeAlias = tuple[Cause, Cause, Cause, Cause]

ALL_RELAYS_OPEN: Final[FourRelays] = (Relay(),) * 4
"""The relays of a module without power: all open."""

_NO_CAUSES: Final[FourCauses] = (Cause.QUERY,) * 4


class Refusal(Enum):
    """Why a module did not do what it was told. Nothing has changed, and nothing is kept."""

    OVERRIDE = "manual override"
    BAD_VALUE = "bad value"


@dataclass(frozen=True, slots=True)
class Reporting:
    """What of the zones has been told, and what is still to tell.

    Attributes:
        told: The relays as they were at the last `ZonesSettled`.
        cause: What caused the latest change.
        is_mode_owed: Whether an entry, an exit or a power-up still waits for its report.
        late_at: When a change is reported although the relays do not rest; None when none waits.
    """

    told: FourZones = ALL_OFF
    cause: Cause = Cause.QUERY
    is_mode_owed: bool = False
    late_at: float | None = None

    @property
    def is_owed(self) -> bool:
        """Whether anything is still to tell."""
        return self.is_mode_owed or self.late_at is not None


@dataclass(frozen=True, slots=True)
class ProgramStage:
    """A new program that is being written, and is nothing yet. It is gone with the power.

    Attributes:
        number: What its writer calls it, 1 to 255.
        program: What it would be.
        touched_at: When something was last said of it.
    """

    number: int
    program: Program
    touched_at: float


@dataclass(frozen=True, slots=True)
class ModuleState:
    """One LQSE-4S8-120-D at one instant.

    Times are seconds of the caller's monotonic clock.

    Attributes:
        serial: Its serial number.
        mains: The supply of its zones.
        mechanics: Its relays' hidden delays: for `clockwork.py` alone.
        memory: What survives a power failure.
        is_memory_written: Whether that memory was found at power-up rather than made.
        mode: What it is doing as a whole.
        forced: The override actions latched at entry; all UNAFFECTED outside manual override.
        cci: Its contact closure input.
        cco: Its contact closure output.
        relays: Its zones' relays, zone 1 first.
        was_restored: Whether its settings come from before a loss of power: until settings or
            manual override change for the first time after power-up.
        zone_causes: What made each zone go where it is, or is going.
        reporting: What of the zones has been told.
        started_at: When its start-up will be done; None but during start-up.
        powered_at: When its power came; None without power.
        identify_until: Until when it flashes its LEDs; None when it does not.
        announced_at: When its Prog. button was last pressed since power-up; None if never.
        attend_at: Since when something waits for `advance`; None when nothing does.
        stage: The program that is being written all or nothing; None when none is.
    """

    serial: SerialNumber
    mains: Mains
    mechanics: FourMechanics
    memory: Memory = field(default_factory=Memory)
    is_memory_written: bool = False
    mode: Mode = Mode.UNPOWERED
    forced: FourActions = ALL_UNAFFECTED
    cci: CciInput = field(default_factory=CciInput)
    cco: Cco = field(default_factory=Cco)
    relays: FourRelays = ALL_RELAYS_OPEN
    was_restored: bool = False
    zone_causes: FourCauses = _NO_CAUSES
    reporting: Reporting = field(default_factory=Reporting)
    started_at: float | None = None
    powered_at: float | None = None
    identify_until: float | None = None
    announced_at: float | None = None
    attend_at: float | None = None
    stage: ProgramStage | None = None

    @property
    def is_powered(self) -> bool:
        """Whether it has mains."""
        return self.mode is not Mode.UNPOWERED

    @property
    def is_started(self) -> bool:
        """Whether its start-up is done: it answers and acts."""
        return self.mode is Mode.NORMAL or self.mode is Mode.OVERRIDE

    @property
    def in_override(self) -> bool:
        """Whether it is in manual override."""
        return self.mode is Mode.OVERRIDE

    @property
    def override(self) -> Override:
        """Manual override as it is now."""
        return Override(self.mode is Mode.OVERRIDE, self.forced)

    @property
    def zones(self) -> FourZones:
        """The relay contacts as they are now; True is closed, which is on."""
        first, second, third, fourth = self.relays
        return (first.is_closed, second.is_closed, third.is_closed, fourth.is_closed)

    @property
    def saved(self) -> FourZones:
        """The settings: what the zones return to after manual override or a loss of power."""
        return self.memory.settings

    @property
    def wanted(self) -> FourZones:
        """Where the zones belong: as manual override forces them, or by their settings."""
        return zones_wanted(self.memory.settings, self.forced)

    @property
    def is_settled(self) -> bool:
        """Whether no relay is in motion or waits to move, and no start-up is under way."""
        if self.mode is Mode.UNPOWERED:
            return True
        return (
            self.mode is not Mode.STARTING
            and not self.is_any_relay_moving
            and self.zones == self.wanted
        )

    @property
    def is_any_relay_moving(self) -> bool:
        """Whether a movement of any relay is planned or under way."""
        return any(relay.motion is not None for relay in self.relays)

    @property
    def cycles(self) -> FourCounts:
        """How often each relay's contact has moved."""
        return self.memory.relay_operations

    @property
    def zero_cross(self) -> tuple[ZeroCrossReading, ...]:
        """Each relay's learned delays and last switching error, zone 1 first."""
        return tuple(
            ZeroCrossReading(learned.operate_us, learned.release_us, relay.last_error_us)
            for learned, relay in zip(self.memory.learned, self.relays, strict=True)
        )

    def uptime_s(self, now: float) -> float:
        """Return how long it has had power, in seconds; 0 without."""
        return 0.0 if self.powered_at is None else max(0.0, now - self.powered_at)


@dataclass(frozen=True, slots=True)
class Transition:
    """What a cause has made of a module.

    Attributes:
        state: The module afterwards.
        events: What happened, in order; with a refusal, only what was due before.
        refusal: Why it was not done; None when it was, or when there was nothing to do.
    """

    state: ModuleState
    events: tuple[Event, ...] = ()
    refusal: Refusal | None = None


def factory_module(
    serial: SerialNumber,
    *,
    mains: Mains = Mains(),  # noqa: B008 - a frozen value, safely shared
    relay_seed: int = 0,
) -> ModuleState:
    """Return a module as it leaves the factory: no power, CCI jumpered, all zones off.

    Args:
        mains: The supply that it will be wired to.
        relay_seed: Another one gives the same module other relays.

    Source: 3691060c, "Wiring: Manual Override Contact Closure Input and Contact Closure
    Output": the jumper is pre-installed. That all zones are off is decided here.
    """
    one, two, three, four = (RelayMechanics.built(serial, zone, relay_seed) for zone in ZONES)
    return ModuleState(serial=serial, mains=mains, mechanics=(one, two, three, four))


def with_memory(state: ModuleState, memory: Memory | None) -> ModuleState:
    """Return a module without power that will find this memory when it powers up.

    Args:
        state: The module; one that has power keeps the memory it has.
        memory: What it remembers; None for the factory's.
    """
    if state.is_powered:
        return state
    if memory is None:
        return replace(state, memory=Memory(), is_memory_written=False)
    return replace(state, memory=memory, is_memory_written=True)
