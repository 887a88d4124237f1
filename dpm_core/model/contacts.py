"""The two low-voltage contacts: the contact closure input (CCI) and output (CCO).

The input is debounced here; what it means is the automaton's business (`override.py`).
Values only: nothing in this file knows of a module.

Source: 3691060c, "Manual Override Contact Closure Input (CCI)" and "Contact Closure Output (CCO)".
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum


class ContactState(Enum):
    """Where a contact is."""

    OPEN = "open"
    CLOSED = "closed"


class CcoType(Enum):
    """The two kinds of output that the CCO can be programmed for; the numbers are the link's.

    Source: 3691060c, "Contact Closure Output (CCO)"; numbers: qs-link.md 5, IO_PROGRAM_SET.
    """

    MAINTAINED = 0
    MOMENTARY = 1


class CcoAction(Enum):
    """What a command does with the CCO, whatever type is programmed; the numbers are the link's.

    END_PULSE opens the output only while a pulse runs. Source: qs-link.md 5, CCO_SET.
    """

    OPEN = 0
    CLOSE = 1
    PULSE = 2
    END_PULSE = 3


@dataclass(frozen=True, slots=True)
class CciInput:
    """The manual override input: normally closed, jumpered at the factory.

    A change counts only when the contact has stayed there for the debounce time that was
    programmed when it moved: reprogramming holds from the next movement (decided here).

    Attributes:
        contact: Where the contact is now.
        accepted: What the module takes it for.
        accepts_at: When the module will take it for `contact`; None when nothing is pending.
    """

    contact: ContactState = ContactState.CLOSED
    accepted: ContactState = ContactState.CLOSED
    accepts_at: float | None = None

    def moved(self, contact: ContactState, now: float, debounce_s: float) -> CciInput:
        """Return the input after its contact moved; back within the debounce time is a bounce."""
        if contact is self.contact:
            return self
        if contact is self.accepted:
            return replace(self, contact=contact, accepts_at=None)
        return replace(self, contact=contact, accepts_at=now + debounce_s)

    def read(self) -> CciInput:
        """Return the input as it is read without debounce: at power-up, or while nobody looks."""
        if self.accepted is self.contact and self.accepts_at is None:
            return self
        return CciInput(self.contact, self.contact)


@dataclass(frozen=True, slots=True)
class Cco:
    """The contact closure output: one relay, an N.O. and an N.C. contact, never both closed.

    Attributes:
        is_closed: Whether the N.O. contact is closed.
        release_at: When a running pulse opens it again; None when no pulse runs.
    """

    is_closed: bool = False
    release_at: float | None = None

    @property
    def normally_open(self) -> ContactState:
        """Where the N.O. contact is."""
        return ContactState.CLOSED if self.is_closed else ContactState.OPEN

    @property
    def normally_closed(self) -> ContactState:
        """Where the N.C. contact is: always the opposite of the N.O. contact."""
        return ContactState.OPEN if self.is_closed else ContactState.CLOSED

    def remaining_s(self, now: float) -> float:
        """Return how long a running pulse still lasts, in seconds; 0 when none runs."""
        return 0.0 if self.release_at is None else max(0.0, self.release_at - now)

    def commanded(self, action: CcoAction, pulse_s: float, now: float) -> Cco:
        """Return the output after a command; a pulse during a pulse restarts its time."""
        if action is CcoAction.PULSE:
            return Cco(is_closed=True, release_at=now + pulse_s)
        if action is CcoAction.CLOSE:
            return Cco(is_closed=True)
        if action is CcoAction.OPEN or self.release_at is not None:
            return Cco()
        return self
