"""What of the simulated processor can be set before it starts.

House rule: a time limit or size of the processor is a field here, or a fault's value.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from dpm_core.errors import UnsupportedSetting

DEFAULT_USER: Final = "lutron"
DEFAULT_PASSWORD: Final = "integration"  # noqa: S105  # everybody's: it protects nothing
"""The login where none is chosen. Source: integration-protocol.md 1.2, the long-standing default."""

CREDENTIAL_MAX: Final = 64
"""Longest user name or password, in characters. Decided here."""

WALLSTATIONS_MAX: Final = 99
"""Most wallstations in a project: one for each module of a link. Decided here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedProcessorSettings:
    """How the simulated processor is set up.

    Attributes:
        user: Who may log in.
        password: With which password; never shown.
        wallstations: How many of the modules have a wallstation of their own in the project.
        lock_s: How long every login is refused once too many were (only with the fault `lock`).
        line_max: Octets of the longest command line; a longer one is answered with ERROR 6.
            The real limit is not known. Decided here.
        waiting_max: Command lines that may wait in one session; more are lost. Decided here.
        backlog_max: Octets that may wait for a program that does not read before its session is
            ended. Decided here.

    Raises:
        UnsupportedSetting: A value cannot be.
    """

    user: str = DEFAULT_USER
    password: str = field(default=DEFAULT_PASSWORD, repr=False)
    wallstations: int = 0
    lock_s: float = 900.0
    line_max: int = 1024
    waiting_max: int = 1024
    backlog_max: int = 1 << 20

    def __post_init__(self) -> None:
        check_credential("processor user", self.user, self.user)
        check_credential("processor password", self.password, "(not shown)")
        if not 0 < self.lock_s < float("inf"):
            raise UnsupportedSetting("lock_s", self.lock_s, "above 0 seconds")
        if not 0 <= self.wallstations <= WALLSTATIONS_MAX:
            raise UnsupportedSetting(
                "processor wallstations", self.wallstations, f"0 to {WALLSTATIONS_MAX}"
            )
        for name in ("line_max", "waiting_max", "backlog_max"):
            if getattr(self, name) < 1:
                raise UnsupportedSetting(name, getattr(self, name), "1 or more")


def check_credential(what: str, text: str, shown: str) -> None:
    """Let a user name or password pass that can be typed in one line.

    Raises:
        UnsupportedSetting: It cannot; a password is not in the message.
    """
    if not (text.isascii() and text.isprintable() and 0 < len(text) <= CREDENTIAL_MAX):
        raise UnsupportedSetting(what, shown, f"1 to {CREDENTIAL_MAX} printable ASCII characters")
