"""What it means that something was heard, or nothing, at each character format; and what to do next.

No sentence here claims more than was heard. In particular nothing was ever heard from a real
wired link: frames at some speed would be the first.

House rule: counts in, words out.

Source: the reasons for silence and noise are decided here; terminals and cables from
3691060c, "Wiring", by way of qs-link.md 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from .probe import CharacterFormat, ProbeTally

__all__ = ["ProbeFinding", "ProbeVerdict", "judge_probe"]

_CHANCE_FACTOR: Final = 20
"""Syncs so many times more frequent than chance are no chance any more. Decided here."""

_SYNCS_MIN: Final = 3

_CHANCE_OF_SYNC: Final = 1 / 65536
# Two given octets in a row, in octets that mean nothing.

_MOSTLY: Final = 0.5

_MANY_ERRORS: Final = 0.1
"""More broken packets than this share are worth a word. Decided here."""

_WIRES: Final = (
    "Check the wires: the adapter's A and B on terminals 3 and 4 (MUX), its common on terminal 1 "
    "(COM), nothing on terminal 2 (24 V on other devices)."
)
_SWAP: Final = (
    "Swap the wires on terminals 3 and 4 and probe again: which of them is A is not published."
)
_RECORD: Final = (
    "Record it with `dpm capture FILE` and compare it with docs/protocol.md: no capture of a wired "
    "QS link is public, and this may be the first."
)
_SPEEDS: Final = "Try other speeds with --baud: none of those tried is confirmed by Lutron."

_UNHEARD: Final = (
    "Before anything is sent: a second stop bit, and with some adapters a parity bit, cannot be "
    "heard. For listening they do not matter."
)
_GATEWAY_SPEED: Final = (
    "Set another speed in the gateway itself (31250 is the best guess) and probe again: over this "
    "kind of connection nobody can tell it one."
)


class ProbeFinding(Enum):
    """What was found on a link."""

    NOT_OPENED = "not_opened"
    """The port could not be opened in any format."""

    SILENT = "silent"
    """Not one octet."""

    OCTETS = "octets"
    """Octets, but nothing that looks like a packet."""

    SYNCS = "syncs"
    """The start of packets, but no right CRC."""

    FRAMES = "frames"
    """Frames at one speed."""

    ANY_SPEED = "any_speed"
    """Frames whatever the speed: the port does not mind it, or cannot be told one."""


@dataclass(frozen=True, slots=True)
class ProbeVerdict:
    """What is there.

    Attributes:
        finding: In one word, for programs.
        best: The format at which frames were heard, or nearly; `None` where none stands out.
        words: What is there, in a sentence or two.
        next_steps: What to do next, the most promising first.
    """

    finding: ProbeFinding
    best: CharacterFormat | None
    words: str
    next_steps: tuple[str, ...]


def judge_probe(tallies: Sequence[ProbeTally], *, is_speed_ours: bool = True) -> ProbeVerdict:
    """Return what the tallies of all formats mean together.

    Args:
        tallies: One for each format that was listened at, in the order of trying.
        is_speed_ours: False for a gateway that cannot be told the speed of its wire.
    """
    heard = [tally for tally in tallies if tally.problem is None or tally.statistics.octets]
    if not heard:
        return _not_opened(tallies)
    with_frames = [tally for tally in heard if tally.statistics.frames]
    if with_frames:
        return _frames(with_frames, is_speed_ours=is_speed_ours)
    if not any(tally.statistics.octets for tally in heard):
        return _silent()
    nearly = max(heard, key=_sync_excess)
    if nearly.syncs >= _SYNCS_MIN and _sync_excess(nearly) > 0:
        return _syncs(nearly)
    return _octets(heard, _SPEEDS if is_speed_ours else _GATEWAY_SPEED)


def _sync_excess(tally: ProbeTally) -> float:
    """Return how many more starts of packets there were than chance explains."""
    return tally.syncs - _CHANCE_FACTOR * tally.statistics.octets * _CHANCE_OF_SYNC


def _not_opened(tallies: Sequence[ProbeTally]) -> ProbeVerdict:
    problems = [tally.problem for tally in tallies if tally.problem]
    return ProbeVerdict(
        ProbeFinding.NOT_OPENED,
        None,
        f"The port could not be listened to. {problems[0] if problems else ''}".strip(),
        ("Check --link: the device's path, or the gateway's host and port.",),
    )


def _silent() -> ProbeVerdict:
    return ProbeVerdict(
        ProbeFinding.SILENT,
        None,
        "Nothing was heard: not one octet, at any speed. The speed is not the reason, for a wrong "
        "one still gives octets.",
        (
            (
                "A link may be quiet by itself: probe again with a longer --seconds, and press a "
                "button on a wallstation or a module meanwhile."
            ),
            _WIRES,
            (
                "Some adapters listen only while RTS is low: try --rts low. A two-wire adapter must "
                "be set to RS-485, not RS-422 or RS-232."
            ),
        ),
    )


def _octets(heard: Sequence[ProbeTally], speeds: str) -> ProbeVerdict:
    count = sum(tally.statistics.octets for tally in heard)
    words = (
        f"{count} octets were heard, but no frame at any speed: not even the start of one more "
        "often than by chance."
    )
    steps = [_SWAP, speeds, _WIRES, _RECORD]
    zeros = max(tally.share_of(0x00) for tally in heard if tally.statistics.octets)
    if zeros >= _MOSTLY:
        words += (
            f" Up to {zeros:.0%} of the octets are 00, as when an idle line reads as a break: the "
            "pair is swapped, or one of its wires is off."
        )
    else:
        steps = [speeds, _SWAP, _WIRES, _RECORD]
    return ProbeVerdict(ProbeFinding.OCTETS, None, words, tuple(steps))


def _syncs(nearly: ProbeTally) -> ProbeVerdict:
    words = (
        f"At {nearly.line} packets begin ({nearly.syncs} times FA DE), but none has the right CRC. "
        "So the speed may be right, and either the line breaks every packet, or packets on this "
        "link are laid out in another way than publicly known."
    )
    steps = (
        _RECORD,
        f"Listen longer at this speed alone: --baud {nearly.line.baud} --seconds 60.",
        _WIRES,
    )
    return ProbeVerdict(ProbeFinding.SYNCS, nearly.line, words, steps)


def _frames(with_frames: Sequence[ProbeTally], *, is_speed_ours: bool) -> ProbeVerdict:
    best = max(with_frames, key=lambda tally: (tally.statistics.frames, -tally.error_share))
    line, found = best.line, best.statistics
    bauds = {tally.line.baud for tally in with_frames}
    if not is_speed_ours:
        words = (
            f"Frames with a good CRC: {found.frames} of them, at the speed that is set in the "
            "gateway."
        )
        finding, shown = ProbeFinding.ANY_SPEED, None
        steps = ["Leave the gateway as it is set."]
    elif len(bauds) > 1:
        rates = ", ".join(str(baud) for baud in sorted(bauds))
        words = (
            f"Frames with a good CRC were heard at {rates} alike: this port does not mind the "
            "speed (a pseudo-terminal, or a gateway that keeps its own), so the speed of the wire "
            "cannot be told from here."
        )
        finding, shown = ProbeFinding.ANY_SPEED, None
        steps = ["Any --baud will do on this port."]
    else:
        words = f"Frames with a good CRC at {line}: {found.frames} of them."
        finding, shown = ProbeFinding.FRAMES, line
        steps = [f"Use {_options(line)} from now on.", _UNHEARD]
    if line.parity != "none":
        words += (
            " There is a ninth bit, a parity bit or another: which one cannot be heard, because "
            "octets with a wrong parity are handed on all the same."
        )
    words += _about_errors(best) + _about_devices(best)
    steps.append("`dpm watch --frames` shows what is said, `dpm capture FILE` keeps it.")
    if any(sender.serial is not None for sender in best.senders.values()):
        steps.append(
            "Modules that were heard can be added by their serial number; listening will tell "
            "what they report."
        )
    return ProbeVerdict(finding, shown, words, tuple(steps))


def _options(line: CharacterFormat) -> str:
    parity = "" if line.parity == "none" else f" --parity {line.parity}"
    return f"--baud {line.baud}{parity}"


def _about_errors(best: ProbeTally) -> str:
    if best.error_share <= _MANY_ERRORS:
        return ""
    return (
        f" {best.error_share:.0%} of the packets broke: expect collisions, a missing COM wire, or "
        "a pair without termination or bias."
    )


def _about_devices(best: ProbeTally) -> str:
    modules = sum(sender.is_module for sender in best.senders.values())
    count = len(best.senders)
    words = " One device spoke." if count == 1 else f" {count} devices spoke." if count else ""
    if modules:
        words += f" {modules} of them said to be an LQSE-4S8-120-D."
    if best.extension_frames:
        words += (
            " Class 7D was heard, which is this project's own: somebody here is a simulator, or "
            "another copy of dpm."
        )
    return words
