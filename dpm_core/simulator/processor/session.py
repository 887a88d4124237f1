"""One Telnet session: its login, its prompts, its commands one after the other.

    S  login:_           C  user CR LF
    S  password:_        C  password CR LF
    S  CR LF QNET>_ NUL            accepted; `_` is a space
    S  CR LF bad login CR LF login:_      refused

Lines are answered in the order in which they came; the next waits until the last one is. A report
that comes on its own while a prompt stands begins a line of its own.

House rule: octets are written here and nowhere else; what a command does is in `commands.py`.

Source: integration-protocol.md 1.2, 3.5, 8. Where it leaves something open, decided here: nothing
is echoed; a report is not followed by a prompt unless it answers a command.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from enum import Enum, auto
from typing import Final, Protocol

from .accounts import Accounts
from .faults import ProcessorFaultKind as Kind
from .faults import ProcessorFaults
from .monitoring import PROMPTS, REPLIES, Monitoring
from .settings import SimulatedProcessorSettings
from .telnet_input import TelnetInput

_LOGGER = logging.getLogger(__name__)

ASK_USER: Final = b"login: "
ASK_PASSWORD: Final = b"password: "
LINE_END: Final = b"\r\n"
QSE_WELCOME: Final = b"connection established\r\n"
"""What a QSE-CI-NWK-E says to a user's name. Source: integration-protocol.md 1.2."""

Answered = Callable[[Sequence[str]], None]


class Office(Protocol):
    """What a session needs of its processor."""

    settings: SimulatedProcessorSettings
    faults: ProcessorFaults
    accounts: Accounts

    def admitted(self, session: Session) -> None:
        """Know that a session has logged in."""

    def handle(self, session: Session, line: str | None, answered: Answered) -> None:
        """Do what a line says; `answered` is called with the answer's lines, now or later."""


class _Step(Enum):
    WAIT = auto()
    USER = auto()
    PASSWORD = auto()
    COMMANDS = auto()
    NO_COMMANDS = auto()
    DEAD = auto()


class Session:
    """One program's session.

    Args:
        office: The processor's.
        write: Sends octets to the program.
        end: Ends the connection in order.
    """

    def __init__(
        self, office: Office, write: Callable[[bytes], None], end: Callable[[], None]
    ) -> None:
        self._office = office
        self._write = write
        self.end: Final = end
        self._loop = asyncio.get_running_loop()
        self._input = TelnetInput(office.settings.line_max)
        self._step = _Step.WAIT
        self._timer: asyncio.TimerHandle | None = None
        self._asked_users = 0
        self.user = ""
        self.monitoring = Monitoring()
        self._waiting: deque[str | None] = deque()
        self._is_answering = False
        self._is_pumping = False
        self._is_at_prompt = False
        self._last_line_at = float("-inf")

    @property
    def is_logged_in(self) -> bool:
        """Whether it takes commands."""
        return self._step is _Step.COMMANDS

    @property
    def is_dead(self) -> bool:
        """Whether nothing will ever be answered."""
        return self._step is _Step.DEAD

    def opened(self) -> None:
        """Begin the dialogue."""
        if Kind.HALF_OPEN in self._office.faults:
            self._step = _Step.DEAD
            return
        delay = self._office.faults.get(Kind.LOGIN_DELAY)
        if delay is not None and delay.seconds is not None:
            self._timer = self._loop.call_later(delay.seconds, self._ask_user)
        else:
            self._ask_user()

    def received(self, octets: bytes) -> None:
        """Take what the program sent."""
        for line in self._input.lines(octets):
            match self._step:
                case _Step.USER:
                    self._take_user(line or "")
                case _Step.PASSWORD:
                    self._take_password(line or "")
                case _Step.COMMANDS:
                    self._take_command(line)
                case _Step.NO_COMMANDS:
                    self._say_prompt()
                case _:
                    pass

    def hang(self) -> None:
        """Say nothing more, whatever comes."""
        self._step = _Step.DEAD
        self.closed()

    def closed(self) -> None:
        """Forget what was still to do."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._waiting.clear()

    def report(self, kind: int, lines: Sequence[str]) -> None:
        """Say what nobody asked for, if the session hears this kind."""
        if self.is_logged_in and kind in self.monitoring:
            self._say(lines)

    # --- login ---------------------------------------------------------------------------------

    def _ask_user(self) -> None:
        self._timer = None
        self._step = _Step.USER
        self._write(ASK_USER)

    def _take_user(self, user: str) -> None:
        self._asked_users += 1
        prompt = self._office.faults.get(Kind.PROMPT)
        if Kind.LOGIN_TWICE in self._office.faults and self._asked_users == 1:
            self._ask_user()
        elif prompt is not None and prompt.word == "QSE":
            self._step = _Step.NO_COMMANDS
            self._write(QSE_WELCOME + b"QSE>")
        else:
            self.user = user
            self._step = _Step.PASSWORD
            self._write(ASK_PASSWORD)

    def _take_password(self, password: str) -> None:
        office = self._office
        refusal = office.accounts.refusal(self.user, password, self._loop.time())
        if refusal is not None:
            _LOGGER.debug("A login was refused")
            self._write(LINE_END + refusal.encode() + LINE_END)
            self._ask_user()
            return
        prompt = office.faults.get(Kind.PROMPT)
        is_safe = prompt is not None and prompt.word == "SAFE"
        self._step = _Step.NO_COMMANDS if is_safe else _Step.COMMANDS
        self.monitoring = Monitoring(is_administrator=Kind.ADMIN_MONITORING in office.faults)
        self._say_prompt(b"" if is_safe else b"\0")
        if not is_safe:
            office.admitted(self)

    # --- commands ------------------------------------------------------------------------------

    def _take_command(self, line: str | None) -> None:
        now = self._loop.time()
        gap = self._office.faults.get(Kind.DROP_FAST)
        gap_s = 0.0 if gap is None or gap.seconds is None else gap.seconds
        # A microsecond is less than any line takes; without it, sums of 50 ms fall short of 50 ms.
        is_lost = now - self._last_line_at < gap_s - 1e-6
        self._last_line_at = now
        if is_lost or len(self._waiting) >= self._office.settings.waiting_max:
            _LOGGER.debug("A command is lost: it came too soon after another")
            return
        self._waiting.append(line)
        self._pump()

    def _pump(self) -> None:
        """Answer what waits, one line after the other."""
        if self._is_pumping:
            return
        self._is_pumping = True
        try:
            while self._waiting and not self._is_answering:
                self._is_answering = True
                self._office.handle(self, self._waiting.popleft(), self._answered)
        finally:
            self._is_pumping = False

    def _answered(self, lines: Sequence[str]) -> None:
        self._is_answering = False
        if self.is_logged_in:
            self._say(lines)
            if PROMPTS in self.monitoring and REPLIES in self.monitoring:
                self._say_prompt()
            self._pump()

    # --- octets --------------------------------------------------------------------------------

    def _prompt(self) -> bytes:
        fault = self._office.faults.get(Kind.PROMPT)
        word = "QNET" if fault is None else fault.word
        return f"{word}> ".encode()

    def _say_prompt(self, behind: bytes = b"") -> None:
        self._write(LINE_END + self._prompt() + behind)
        self._is_at_prompt = True

    def _say(self, lines: Sequence[str]) -> None:
        if REPLIES not in self.monitoring or not lines:
            return
        faults = self._office.faults
        glue = faults.get(Kind.GLUE_PROMPTS)
        octets = bytearray()
        if self._is_at_prompt and glue is None:
            octets += LINE_END
        for line in lines:
            text = line.encode("ascii", "replace")
            place = None if glue is None else 0 if glue.word == "before" else len(text) // 2
            if place is not None:
                text = text[:place] + self._prompt() + text[place:]
            octets += text + LINE_END
            if Kind.EMPTY_LINES in faults:
                octets += LINE_END
        self._is_at_prompt = False
        self._write(bytes(octets))
