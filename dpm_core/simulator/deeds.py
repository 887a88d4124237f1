"""What a message makes of a module and what the module says then, as a value.

House rule: pure; which message does what is in `answers.py` and `program_answers.py`.

Source: qs-link.md 5, "What a module answers" (ours).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from dpm_core.model import ModuleState, Refusal, SerialNumber, Transition
from dpm_core.protocol.messages import Report, Result, ResultCode

from .reports import LinkCounts

_REFUSALS: Final = {
    Refusal.OVERRIDE: ResultCode.OVERRIDE,
    Refusal.BAD_VALUE: ResultCode.BAD_VALUE,
}


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The answer is the five-octet acknowledgement."""


@dataclass(frozen=True, slots=True)
class Resulted:
    """The answer is a RESULT.

    Attributes:
        answered_type: Type of the command, or what stands for it.
        code: What became of it.
    """

    answered_type: int
    code: ResultCode

    def message(self, serial: SerialNumber, sequence: int) -> Result:
        """Return the RESULT to the command with this sequence."""
        return Result(serial, self.answered_type, self.code, sequence)


Answer = Acknowledged | Resulted
"""How a command is answered, once for itself and again for each of its repeats."""

Change = Callable[[ModuleState, float], Transition]
Reports = Callable[[ModuleState, LinkCounts, float], tuple[Report, ...]]


def _nothing(state: ModuleState, now: float) -> Transition:
    del now
    return Transition(state)


@dataclass(frozen=True, slots=True)
class Deed:
    """What a message to the module makes of it, and what it says then.

    Attributes:
        change: What it makes of the module.
        answered_type: What RESULT calls the message.
        answer: The answer when nothing was refused; None for a query.
        reports: A query's answer.
        is_group: Whether it came to a group or to all: then nothing is answered at all.
        cleared: COUNTERS_CLEAR's mask.
    """

    change: Change = _nothing
    answered_type: int = 0
    answer: Answer | None = None
    reports: Reports | None = None
    is_group: bool = False
    cleared: int = 0

    def answer_to(self, transition: Transition | None) -> Answer | None:
        """Return the answer, given what the message made of the module; None to say nothing.

        Args:
            transition: None when the memory could not be written: nothing has changed.
        """
        if self.is_group:
            return None
        if transition is None:
            return Resulted(self.answered_type, ResultCode.BUSY)
        if transition.refusal is not None:
            return Resulted(self.answered_type, _REFUSALS[transition.refusal])
        return self.answer


def resulted(answered_type: int, code: ResultCode = ResultCode.DONE, **more: Any) -> Deed:
    """Return a deed that is answered by a RESULT."""
    answer = Resulted(answered_type, code)
    return Deed(answered_type=answered_type, answer=answer, **more)
