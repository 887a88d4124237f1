"""Who may log in to the simulated processor, and how often a wrong login may be tried.

House rule: a password is compared here and goes nowhere: not into a log, an error or a repr.

Source: integration-protocol.md 1.2.
"""

from __future__ import annotations

import hmac
from typing import Final

from .faults import ProcessorFaultKind, ProcessorFaults
from .settings import SimulatedProcessorSettings, check_credential

REFUSED: Final = "bad login"
"""What is said to a wrong login. Source: integration-protocol.md 1.2."""


class Accounts:
    """The one login of the simulated processor.

    Args:
        settings: Who may log in.
        faults: How it misbehaves.
    """

    def __init__(self, settings: SimulatedProcessorSettings, faults: ProcessorFaults) -> None:
        self._settings = settings
        self._faults = faults
        self._user = settings.user
        self._password = settings.password
        self._refused_in_a_row = 0
        self._locked_until = float("-inf")

    def change_password(self, password: str) -> None:
        """Take another password from now on; sessions that are there stay.

        Raises:
            UnsupportedSetting: It cannot be typed in one line.
        """
        check_credential("processor password", password, "(not shown)")
        self._password = password

    def refusal(self, user: str, password: str, now: float) -> str | None:
        """Return the words that refuse a login, or None for one that may come in.

        Args:
            user: As it was typed; letter case counts, as in the password.
            password: As it was typed.
            now: When it was typed.
        """
        if fault := self._faults.get(ProcessorFaultKind.BAD_LOGIN):
            return fault.word
        lock = self._faults.get(ProcessorFaultKind.LOCK)
        if lock is not None and now < self._locked_until:
            return REFUSED
        is_right = (user == self._user) & hmac.compare_digest(
            password.encode(), self._password.encode()
        )
        if is_right:
            self._refused_in_a_row = 0
            return None
        self._refused_in_a_row += 1
        if lock is not None and lock.count is not None and self._refused_in_a_row >= lock.count:
            self._locked_until = now + self._settings.lock_s
            self._refused_in_a_row = 0
        return REFUSED
