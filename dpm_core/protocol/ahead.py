"""The command that goes next, made while the answer to the last one is awaited.

On a line that wants no gaps every moment between an answer and the next command is lost. So the
command that goes next is chosen and made beforehand; it goes out when the awaited acknowledgement
is heard, to the octet, before anything is made of that. In all other cases it is taken back.

House rule: nothing is sent here; what was heard, the session knows.

Source: decided here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .numbering import Numbering, Prepared
    from .outbox import Outbox
    from .requests import Request

__all__ = ["Ahead"]


class Ahead:
    """At most one command that is made already.

    Args:
        outbox: What waits to be sent.
        numbering: Makes frames.
    """

    __slots__ = ("_is_gone", "_numbering", "_outbox", "_prepared")

    def __init__(self, outbox: Outbox, numbering: Numbering) -> None:
        self._outbox = outbox
        self._numbering = numbering
        self._prepared: Prepared | None = None
        self._is_gone = False

    def prepare(self, outstanding: Request, now: float) -> None:
        """Make the command that follows the one that is outstanding, if there is one."""
        if self._prepared is None:
            request = self._outbox.command_after(outstanding, now)
            if request is not None:
                self._prepared = self._numbering.prepare(request, now)

    def go(self, now: float) -> bytes | None:
        """Return what was made, to be put on the link at once; `gone()` must follow."""
        prepared = self._prepared
        if (
            prepared is None
            or prepared.request.outcome is not None
            or self._outbox.has_expired(now)
        ):
            return None
        self._is_gone = True
        return prepared.octets

    def gone(self) -> Prepared | None:
        """Take what `go()` has returned, if it has."""
        if not self._is_gone:
            return None
        prepared, self._prepared, self._is_gone = self._prepared, None, False
        return prepared

    def forget(self) -> None:
        """Take back what was made: something else goes next."""
        if self._prepared is not None:
            self._numbering.take_back(self._prepared.request)
            self._prepared = None
