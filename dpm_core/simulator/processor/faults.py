"""How the simulated processor misbehaves, in words: those of `--processor-fault` and the socket.

    no-push             it never says a zone's level unless it is asked
    prompt=SAFE         it is in safe mode: it takes no command
    login-delay=30s     it takes its time before `login: `
    transfer=5s:ids     a project is transferred now: gone for 5 s, then back with other ids

Each is a name, for some with a value behind an equals sign.

House rule: values only; what they do is where it happens: `session.py` and `login.py` (the
dialogue), `reports.py` (levels), `http_server.py`, `processor.py` (coming and going).

Source: integration-protocol.md 8; the words are decided here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final

from dpm_core.errors import UnsupportedSetting

SECONDS_MAX: Final = 3600.0
"""Longest time that a fault can be asked for. Decided here."""

COUNT_MAX: Final = 1000
"""Most sessions or refused logins that a fault can be asked for. Decided here."""

TEXT_MAX: Final = 80
"""Longest text of a refused login, in characters. Decided here."""


class ProcessorFaultKind(Enum):
    """What the processor does that a client has to live with."""

    NO_PUSH = "no-push"
    """It never pushes a level: only queries tell."""
    PUSH_OTHERS = "push-others"
    """It pushes a level to every session but the one that commanded it."""
    EXTRA_REPORTS = "extra-reports"
    """Reports of actions 29 and 30 follow each level."""
    PLAIN_LEVELS = "plain-levels"
    """Levels come without decimals."""
    GLUE_PROMPTS = "glue-prompts"
    """A prompt is glued before each report, or stands inside it."""
    EMPTY_LINES = "empty-lines"
    """An empty line follows each report."""
    SYSTEM_LONG = "system-long"
    """The answer to `?SYSTEM,10` repeats the 10."""
    CONTACT_35 = "contact-35"
    """The answer about a contact repeats action 35 and says 0 or 1, in place of action 3 or 4."""
    CCO_SILENT = "cco-silent"
    """A pulsed CCO always reads 100 and is never reported."""
    SILENT_BUS = "silent-bus"
    """Sessions live, but nothing is heard of any zone or contact."""
    OVERRIDE = "override"
    """The CCI of every module is open: commands are taken, levels stay."""
    PROMPT = "prompt"
    """Another prompt than QNET: GNET, SAFE (no commands), or QSE (no processor at all)."""
    LOGIN_TWICE = "login-twice"
    """It asks for the user twice."""
    LOGIN_DELAY = "login-delay"
    """It takes its time before it asks for the user."""
    BAD_LOGIN = "bad-login"
    """It refuses every login, with these words."""
    LOCK = "lock"
    """After so many refused logins it refuses every one for 15 minutes."""
    ADMIN_MONITORING = "admin-monitoring"
    """A login starts with the monitoring of an administrator: nothing is pushed before asked for."""
    SESSIONS = "sessions"
    """It has room for so many sessions; it closes one more at once."""
    TAKE_OVER = "take-over"
    """A login ends the sessions that the same user already has."""
    DROP_FAST = "drop-fast"
    """A command that comes this soon after another is lost."""
    HALF_OPEN = "half-open"
    """New connections are accepted, and nothing is ever said."""
    HANG = "hang"
    """Sessions that are there go dead without being closed; new ones work."""
    CLOSE = "close"
    """Every session is closed once."""
    RESET = "reset"
    """Every session is reset once."""
    AWAY = "away"
    """Nobody listens: no session, no database; for good, or for so long."""
    TRANSFER = "transfer"
    """A project is transferred: gone for so long, then back with a new export date."""
    HTTP_NO_LENGTH = "http-no-length"
    """The database comes without its length, and the connection stays open unless asked otherwise."""
    HTTP_TRUNCATED = "http-truncated"
    """The database breaks off in its middle."""
    HTTP_LF_CR = "http-lf-cr"
    """Header lines end with LF CR."""
    OLD_SOFTWARE = "old-software"
    """The project was made with software 9.4, whose database has neither UUIDs nor serials."""
    NO_CONTACTS = "no-contacts"
    """The project has no contact that tells of an override."""

    def __str__(self) -> str:
        return self.value


_Kind = ProcessorFaultKind

MOMENT_FAULTS: Final = frozenset({_Kind.CLOSE, _Kind.RESET, _Kind.TRANSFER})
"""What happens once, at once; it is over by itself."""

_PROMPTS: Final = ("GNET", "SAFE", "QSE")
_PLACES: Final = ("before", "inside")
IDS: Final = "ids"
"""With `transfer`: the ids of the new project are others."""

_SECONDS: Final = frozenset({_Kind.LOGIN_DELAY, _Kind.DROP_FAST, _Kind.AWAY, _Kind.TRANSFER})
_COUNTS: Final = frozenset({_Kind.LOCK, _Kind.SESSIONS})
_DEFAULT_SECONDS: Final = {
    # Source: integration-protocol.md 1.2 (30 s), 6 (50 ms), 8; the transfer's is decided here:
    # a large system's takes two minutes.
    _Kind.LOGIN_DELAY: 30.0,
    _Kind.DROP_FAST: 0.05,
    _Kind.TRANSFER: 5.0,
}
_DEFAULT_COUNTS: Final = {_Kind.LOCK: 3, _Kind.SESSIONS: 1}


@dataclass(frozen=True, slots=True)
class ProcessorFault:
    """One way in which the processor misbehaves.

    Attributes:
        kind: What happens.
        seconds: How long, or how soon; None where nothing is timed, and for `away` for good.
        count: How many sessions or refused logins.
        word: The prompt, the place of a glued one, or the words of a refused login.
        changes_ids: Whether a transferred project has other ids.

    Raises:
        UnsupportedSetting: A value cannot be, or says nothing about this kind.
    """

    kind: ProcessorFaultKind
    seconds: float | None = None
    count: int | None = None
    word: str | None = None
    changes_ids: bool = False

    def __post_init__(self) -> None:
        kind = self.kind
        if self.seconds is None and kind in _DEFAULT_SECONDS:
            object.__setattr__(self, "seconds", _DEFAULT_SECONDS[kind])
        if self.count is None and kind in _DEFAULT_COUNTS:
            object.__setattr__(self, "count", _DEFAULT_COUNTS[kind])
        if self.word is None and kind in _DEFAULT_WORDS:
            object.__setattr__(self, "word", _DEFAULT_WORDS[kind])
        if self.seconds is not None and not (kind in _SECONDS and 0 < self.seconds <= SECONDS_MAX):
            raise UnsupportedSetting(f"the time of {kind}", self.seconds, _allowed(kind))
        if self.count is not None and not (kind in _COUNTS and 1 <= self.count <= COUNT_MAX):
            raise UnsupportedSetting(f"the count of {kind}", self.count, _allowed(kind))
        if self.word is not None and not _is_word(kind, self.word):
            raise UnsupportedSetting(f"the word of {kind}", self.word, _allowed(kind))
        if self.changes_ids and kind is not _Kind.TRANSFER:
            raise UnsupportedSetting(f"the ids of {kind}", IDS, _allowed(kind))

    def __str__(self) -> str:
        words = []
        if self.seconds is not None:
            words.append(f"{self.seconds:g}s")
        if self.count is not None:
            words.append(str(self.count))
        if self.word is not None:
            words.append(self.word)
        if self.changes_ids:
            words.append(IDS)
        return f"{self.kind}={':'.join(words)}" if words else str(self.kind)


_DEFAULT_WORDS: Final = {
    _Kind.PROMPT: "GNET",
    _Kind.GLUE_PROMPTS: "before",
    _Kind.BAD_LOGIN: "bad login",
}


def _is_word(kind: ProcessorFaultKind, word: str) -> bool:
    match kind:
        case _Kind.PROMPT:
            return word in _PROMPTS
        case _Kind.GLUE_PROMPTS:
            return word in _PLACES
        case _Kind.BAD_LOGIN:
            return word.isascii() and word.isprintable() and 0 < len(word) <= TEXT_MAX
        case _:
            return False


def _allowed(kind: ProcessorFaultKind) -> str:
    """Return what may stand behind the equals sign."""
    match kind:
        case _Kind.PROMPT:
            return " or ".join(_PROMPTS)
        case _Kind.GLUE_PROMPTS:
            return " or ".join(_PLACES)
        case _Kind.BAD_LOGIN:
            return f"one to {TEXT_MAX} characters of ASCII"
        case _ if kind in _COUNTS:
            return f"a count from 1 to {COUNT_MAX}"
        case _Kind.TRANSFER:
            return f"a time such as 5s, at most {SECONDS_MAX:g}s, and {IDS}, with a colon between"
        case _ if kind in _SECONDS:
            return f"a time such as 0.5s, above 0, at most {SECONDS_MAX:g}s"
        case _:
            return "no value"


_TIME: Final = re.compile(r"\d{1,6}(\.\d{1,6})?s", re.ASCII)
_NUMBER: Final = re.compile(r"\d{1,6}", re.ASCII)


def parse_processor_kind(text: str) -> ProcessorFaultKind:
    """Return the kind of fault that a word names.

    Raises:
        UnsupportedSetting: It names none.
    """
    try:
        return ProcessorFaultKind(text)
    except ValueError as error:
        raise UnsupportedSetting(
            "processor fault", text, ", ".join(map(str, ProcessorFaultKind))
        ) from error


def parse_processor_fault(text: str) -> ProcessorFault:
    """Return the fault that NAME or NAME=VALUE describes.

    Raises:
        UnsupportedSetting: It describes none, or one that cannot be.
    """
    name, equals, value = text.partition("=")
    kind = parse_processor_kind(name)
    if not equals:
        return ProcessorFault(kind)
    if kind in (_Kind.PROMPT, _Kind.GLUE_PROMPTS, _Kind.BAD_LOGIN):
        return ProcessorFault(kind, word=value)
    if kind in _COUNTS and _NUMBER.fullmatch(value):
        return ProcessorFault(kind, count=int(value))
    if kind in _SECONDS and _TIME.fullmatch(value):
        return ProcessorFault(kind, seconds=float(value[:-1]))
    if kind is _Kind.TRANSFER:
        time, _, ids = value.rpartition(":")
        if ids == IDS and (not time or _TIME.fullmatch(time)):
            seconds = float(time[:-1]) if time else None
            return ProcessorFault(kind, seconds=seconds, changes_ids=True)
    raise UnsupportedSetting("processor fault", text, f"{kind} with {_allowed(kind)}")


class ProcessorFaults:
    """The faults that a simulated processor has at the moment."""

    def __init__(self) -> None:
        self._faults: dict[ProcessorFaultKind, ProcessorFault] = {}

    def __iter__(self) -> Iterator[ProcessorFault]:
        return iter(tuple(self._faults.values()))

    def __contains__(self, kind: ProcessorFaultKind) -> bool:
        return kind in self._faults

    def get(self, kind: ProcessorFaultKind) -> ProcessorFault | None:
        """Return the fault of a kind that there is."""
        return self._faults.get(kind)

    def set(self, fault: ProcessorFault) -> None:
        """Let something be wrong from now on; it takes the place of the same kind of fault.

        Raises:
            UnsupportedSetting: It is over at once, so that it cannot last.
        """
        if fault.kind in MOMENT_FAULTS:
            raise UnsupportedSetting(
                "processor fault", str(fault), "one that lasts; this one is for a running processor"
            )
        self._faults[fault.kind] = fault

    def clear(self, kind: ProcessorFaultKind | None = None) -> None:
        """Let all be well again, or all that is of one kind."""
        if kind is None:
            self._faults.clear()
        else:
            self._faults.pop(kind, None)
