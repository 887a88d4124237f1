"""Run a module on a made-up clock, as whoever owns one does: `advance` at each `next_due`."""

from dataclasses import dataclass, field

from dpm_core.model import (
    Event,
    Mains,
    Memory,
    ModuleState,
    SerialNumber,
    Transition,
    advance,
    factory_module,
    next_due,
    power_on,
    with_memory,
)

SERIAL = SerialNumber(0x00A1B2C3)
STEPS_MAX = 1000


@dataclass
class Bench:
    """A module, its clock, and all that it has told.

    Attributes:
        now: Never goes back; moved by `wait`.
    """

    state: ModuleState
    now: float = 1000.0
    events: list[Event] = field(default_factory=list)

    def take(self, transition: Transition) -> Transition:
        """Go on with what became of the module."""
        self.state = transition.state
        self.events.extend(transition.events)
        return transition

    def wait(self, duration_s: float) -> None:
        """Let time pass, doing everything on the way at its own instant."""
        end = self.now + duration_s
        for _ in range(STEPS_MAX):
            due = next_due(self.state)
            if due is None or due > end:
                break
            self.now = max(self.now, due)
            self.take(advance(self.state, self.now))
        else:
            raise AssertionError(f"still something due at {next_due(self.state)}")
        self.now = end

    def rest(self) -> None:
        """Let time pass until nothing will happen by itself any more."""
        for _ in range(STEPS_MAX):
            due = next_due(self.state)
            if due is None:
                return
            self.now = max(self.now, due)
            self.take(advance(self.state, self.now))
        raise AssertionError(f"still something due at {next_due(self.state)}")

    def told(self) -> list[Event]:
        """Return what was told since this was last asked."""
        events, self.events = self.events, []
        return events


def started(
    memory: Memory | None = None,
    *,
    serial: SerialNumber = SERIAL,
    mains: Mains = Mains(),  # noqa: B008 - a frozen value
    relay_seed: int = 0,
) -> Bench:
    """Return a module that has power, has started and rests; its start is already told."""
    module = with_memory(factory_module(serial, mains=mains, relay_seed=relay_seed), memory)
    bench = Bench(module)
    bench.take(power_on(bench.state, bench.now))
    bench.rest()
    bench.told()
    return bench
