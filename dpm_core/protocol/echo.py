"""Our own octets, taken out of what is heard where the adapter hears what it sends.

An echo is believed only when it is complete: an answer begins with the same preamble as our
command, and on an adapter without echo it must not lose it. What was held back comes out when
it turns out to be none.

House rule: octets only.

Source: qs-link.md 5 "Arbitration" (ours).
"""

from __future__ import annotations

__all__ = ["EchoFilter"]


class EchoFilter:
    """Knows what was sent, and keeps back what may be its echo."""

    __slots__ = ("_expected", "_held", "mismatches")

    def __init__(self) -> None:
        self._expected = b""
        self._held = b""
        self.mismatches = 0
        """How often something else was heard while our own octets were due: a collision, or an
        adapter without echo."""

    def sent(self, octets: bytes) -> None:
        """Expect these octets next. Those of an earlier sending are not expected any more."""
        self._expected = octets
        self._held = b""

    def heard(self, octets: bytes) -> bytes:
        """Return what of the heard octets is not our own."""
        count = len(self._expected)
        if not count:
            return octets
        if octets[:count] != self._expected[: len(octets)]:
            heard = self._held + octets
            self._expected = self._held = b""
            self.mismatches += 1
            return heard
        self._held += octets[:count]
        self._expected = self._expected[len(octets) :]
        if not self._expected:
            self._held = b""
        return octets[count:]
