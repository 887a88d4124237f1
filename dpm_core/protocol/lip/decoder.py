"""From octets to lines and prompts: the same ones however the octets were cut.

    QNET> ~OUTPUT,101,1,100.00 CR LF      a prompt, then a line
    ~OUTPUT,1QNET> 01,1,100.00 CR LF      a prompt, then the line around it
    ~OUTPUT,10~OUTPUT,102,1,0.00 LF       noise, then a line: `~` begins one wherever it stands
    ?OUTPUT,101,1 CR LF                   an echo of ours: nothing

CR, LF or both end a line; NULs and empty lines are nothing, and Telnet's own commands are taken
out. A prompt is told as soon as its last character is there, for no line end follows it. What
broke off, or is too long, is noise: a report is never made of half a line.

House rule: it never raises, and holds at most `LINE_MAX` characters. What a line says is in
`parse_reports.py`, what a prompt means in `login.py`.

Source: integration-protocol.md 1.2, 2, 7.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, TypeAlias

from .telnet import TelnetCommands

__all__ = ["LINE_MAX", "LineDecoder", "LineEvent", "LineHeard", "LineNoise", "PromptHeard"]

LINE_MAX: Final = 4096
"""Longest line that is taken, in characters. The guide states none: assumed."""

_PROMPT: Final = re.compile(
    # Anywhere: what a processor says between its reports, or inside them.
    r"(?P<anywhere>[QG]NET>)"
    # At the start of a line: a login, or the prompt of something else.
    r"|\A[ \t]*(?P<start>login:|password:|[A-Z][A-Z0-9_.-]{0,19}(?<![QG]NET)>)",
    re.IGNORECASE | re.ASCII,
)
_PROMPT_END: Final = re.compile(r"[>:]")
_LINE_END: Final = re.compile(r"[\r\n]")
_OUR_SIGN: Final = re.compile(r"[#?]")
_HELP: Final = re.compile(r"~\s*HELP\s*,", re.IGNORECASE)

_REPORTS: Final = re.compile(rb"(?:~[\x20-\x22\x24-\x3d\x40-\x7d]{1,200}\r\n)+")
"""Whole reports and nothing else, which is what comes most of the time."""


@dataclass(slots=True)
class LineHeard:
    """A whole line, without its end, without prompts and without spaces around it."""

    text: str


@dataclass(slots=True)
class PromptHeard:
    """A prompt, in capitals and without the space behind it: `QNET>`, `LOGIN:`."""

    prompt: str


@dataclass(slots=True)
class LineNoise:
    """Something that is no line of a processor.

    Attributes:
        text: What, as far as it was kept.
        reason: Why.
    """

    text: str
    reason: str


LineEvent: TypeAlias = LineHeard | PromptHeard | LineNoise


class LineDecoder:
    """The lines and prompts of one connection.

    Attributes:
        noises: How many pieces of noise came.
        echoes: How many lines of ours came back.
    """

    def __init__(self) -> None:
        self._telnet = TelnetCommands()
        self._held = ""
        self._is_too_long = False
        self._skips_space = False
        self.noises = 0
        self.echoes = 0

    @property
    def held(self) -> str:
        """What was heard of a line that has not ended yet."""
        return self._held

    def feed(self, octets: bytes) -> list[LineEvent]:
        """Take octets; return what they end, in order."""
        events: list[LineEvent] = []
        if not self._is_between and (end := octets.find(b"\n") + 1):
            # The rest of what was cut, so that whole reports may follow.
            self._feed_anything(octets[:end], events)
            octets = octets[end:]
        if self._is_between and (usual := _REPORTS.match(octets)) is not None:
            self._skips_space = False
            text = usual[0].decode("ascii")
            events += [LineHeard(line.strip()) for line in text[:-2].split("\r\n")]
            octets = octets[usual.end() :]
        if octets:
            self._feed_anything(octets, events)
        return events

    @property
    def _is_between(self) -> bool:
        """Whether nothing of a line or of a Telnet command was heard yet."""
        return not self._held and not self._is_too_long and self._telnet.is_between

    def _feed_anything(self, octets: bytes, events: list[LineEvent]) -> None:
        text = self._telnet.strip(octets).decode("latin-1").replace("\0", "")
        *lines, rest = _LINE_END.split(text)
        for line in lines:
            self._take(line, events)
            self._end_line(events)
        self._take(rest, events)

    def _take(self, text: str, events: list[LineEvent]) -> None:
        """Take a piece of one line, which does not end with it."""
        before, *reports = text.split("~")
        self._hold(before, events)
        for report in reports:
            self._break_off(events)
            self._hold(f"~{report}", events)

    def _hold(self, piece: str, events: list[LineEvent]) -> None:
        """Keep a piece, and take the prompts out of what is kept."""
        if self._is_too_long or not piece:
            return
        if self._skips_space:
            self._skips_space = False
            piece = piece.removeprefix(" ")
        held = self._held + piece
        if _PROMPT_END.search(piece) is not None:
            # Not beyond the bound: where a line is cut must not depend on how much came at once.
            while (found := _PROMPT.search(held, 0, LINE_MAX)) is not None:
                events.append(PromptHeard(found[found.lastgroup or 0].upper()))
                behind = held[found.end() :]
                self._skips_space = not behind
                held = held[: found.start()] + behind.removeprefix(" ")
        if len(held) > LINE_MAX:
            self._is_too_long = True
            self._noise(held[:LINE_MAX], "it is too long", events)
            held = ""
        self._held = held

    def _end_line(self, events: list[LineEvent]) -> None:
        text = self._let_go()
        if not text:
            return
        if text[0] in "#?":
            self.echoes += 1
        elif text[0] == "~" and _OUR_SIGN.search(text) and not _HELP.match(text):
            self._noise(text, "another line is in it", events)
        else:
            events.append(LineHeard(text))

    def _break_off(self, events: list[LineEvent]) -> None:
        """End a line that another one has cut off."""
        text = self._let_go()
        if not text:
            return
        if text[0] in "#?":
            self.echoes += 1
        else:
            self._noise(text, "it has no end", events)

    def _let_go(self) -> str:
        """Return what is held, and begin a new line."""
        text, self._held = self._held.strip(), ""
        self._is_too_long = self._skips_space = False
        return text

    def _noise(self, text: str, reason: str, events: list[LineEvent]) -> None:
        self.noises += 1
        events.append(LineNoise(text, reason))
