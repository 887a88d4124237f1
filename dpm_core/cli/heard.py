"""What was heard on a link that may not be asked: who spoke, how often, and what last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from dpm_core.client import LinkEvent, MessageHeard
from dpm_core.model import SerialNumber
from dpm_core.protocol import Frame, describe

if TYPE_CHECKING:
    from rich.table import Table

    from dpm_core.protocol import LinkStatistics

SENDERS_MAX: Final = 200
"""Most senders that are kept apart. Decided here: a link holds a hundred devices."""

NOTHING_HEARD: Final = (
    "Nothing was heard. Either the link is silent, or the adapter does not hear it: try the MUX "
    "pair (terminals 3 and 4) swapped and another --baud (31250 is the best guess, none is proven)."
)

OTHERS: Final = "others"


@dataclass(slots=True)
class _Sender:
    frames: int = 0
    last: str = ""


class Heard:
    """Counts who spoke; to be given to `DpmClient.watch_link()`."""

    def __init__(self) -> None:
        self._senders: dict[str, _Sender] = {}

    def __call__(self, event: LinkEvent) -> None:
        """Count what was heard; what we sent ourselves does not count."""
        if not isinstance(event, MessageHeard):
            return
        name = sender_words(event.frame)
        if name not in self._senders and len(self._senders) >= SENDERS_MAX:
            name = OTHERS
        sender = self._senders.setdefault(name, _Sender())
        sender.frames += 1
        sender.last = describe(event.message)

    def fields(self, statistics: LinkStatistics) -> dict[str, Any]:
        """Return it for programs; the keys are a promise (docs/cli.md)."""
        return {
            "frames": statistics.frames_heard,
            "crc_errors": statistics.crc_errors,
            "noise_octets": statistics.noise_octets,
            "senders": [
                {"sender": name, "frames": sender.frames, "last": sender.last}
                for name, sender in sorted(self._senders.items())
            ],
        }

    def words(self, statistics: LinkStatistics) -> str:
        """Return how much was heard, in one line."""
        counts = (statistics.frames_heard, statistics.crc_errors, statistics.noise_octets)
        if not any(counts):
            return NOTHING_HEARD
        frames, crc_errors, noise = counts
        return f"Heard {frames} frames, {crc_errors} with a bad CRC, {noise} octets of noise."

    def table(self) -> Table | None:
        """Return one row for each sender; None when nobody spoke."""
        from rich import box
        from rich.table import Table
        from rich.text import Text

        if not self._senders:
            return None
        table = Table(title="Who was heard", title_justify="left", box=box.ROUNDED)
        table.add_column("Sender", no_wrap=True)
        table.add_column("Frames", justify="right")
        table.add_column("Said last")
        for name, sender in sorted(self._senders.items()):
            table.add_row(name, str(sender.frames), Text(sender.last))
        return table


def sender_words(frame: Frame) -> str:
    """Return who sent a frame, as far as it says so."""
    source = frame.source
    if source is None:
        return "unnamed"
    if isinstance(source, SerialNumber):
        return str(source)
    return f"address {source.address:02X}, subnet {source.subnet:04X}, zone {source.zone:02X}"
