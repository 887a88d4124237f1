"""What a soak has seen, for people and for programs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, fields
from typing import Any


@dataclass(slots=True)
class Report:
    """What was done, what became of it, and which promises were broken.

    Attributes:
        seed: From which everything followed that was left to chance.
        way: How the client reached the link.
        modules: How many there were.
        took_s: By the loop's clock.
        rounds: How often faults came, went, and everything was compared.
        outcomes: Per kind of call and outcome, how often.
        faults: Per fault, in how many rounds.
        connection_losses: How often the client told that the link was lost.
        quiet_s_max: Longest time from the end of the faults until everything shown was so.
        broken: The promises that were broken, in words; a good run has none.
    """

    seed: int
    way: str
    modules: int
    took_s: float = 0.0
    rounds: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    connection_losses: int = 0
    quiet_s_max: float = 0.0
    broken: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Return it for JSON."""
        return {
            each.name: dict(value)
            if isinstance(value := getattr(self, each.name), Counter)
            else value
            for each in fields(self)
        }

    def text(self) -> str:
        """Return it for people."""
        lines = [
            f"{self.modules} modules over {self.way}, seed {self.seed}: {self.rounds} rounds in",
            f"{self.took_s:.0f} s, {sum(self.outcomes.values())} calls and deeds,",
            f"{self.connection_losses} lost connections;",
            f"after faults everything shown was so within {self.quiet_s_max:.1f} s",
            "",
            *(f"  {count:6}  {name}" for name, count in sorted(self.outcomes.items())),
            "",
            *(f"  {count:6}  {name}" for name, count in sorted(self.faults.items())),
            "",
        ]
        if self.broken:
            lines += ["BROKEN PROMISES:", *(f"  {words}" for words in self.broken)]
        else:
            lines.append("no promise was broken")
        return "\n".join(lines)
