"""The order in which commands go out: as they were issued, without one dead module in the way.

Commands to one module keep their order, whatever is missed and sent again. A command that
missed its answer goes behind what waits for other modules, so a dead module costs them one
wait, not three. A group or broadcast command keeps its place among all the others: nothing
issued before it goes after it, and nothing issued after it before.

House rule: order only; what is sent and when, the session decides.
"""

from __future__ import annotations

from collections import deque
from heapq import heappop, heappush
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dpm_core.model import SerialNumber

    from .requests import Request

__all__ = ["CommandQueue"]


class _Section:
    """Commands between two group or broadcast commands, or one of those alone."""

    __slots__ = ("ready", "targets")

    def __init__(self) -> None:
        self.targets: dict[SerialNumber | None, deque[Request]] = {}
        self.ready: list[tuple[int, SerialNumber | None]] = []
        """Place in the order, and the target whose first command it is."""

    @property
    def is_shared(self) -> bool:
        """Whether it is one command to many modules, which stays alone."""
        return None in self.targets


class CommandQueue:
    """Commands that wait for the line, and those that wait for their answer."""

    __slots__ = ("_issued", "_sections", "_spare")

    def __init__(self) -> None:
        self._sections: deque[_Section] = deque()
        self._issued = 0
        # Used again whenever it is empty: on most lines one command waits at a time.
        self._spare = _Section()

    def add(self, request: Request) -> None:
        """Put a command at the end."""
        serial = request.serial
        section = self._sections[-1] if self._sections else None
        if section is None or serial is None or section.is_shared:
            section = _Section() if self._spare.targets else self._spare
            self._sections.append(section)
        self._issued += 1
        request.order = self._issued
        waiting = section.targets.get(serial)
        if waiting is None:
            section.targets[serial] = deque((request,))
            heappush(section.ready, (request.order, serial))
        else:
            waiting.append(request)

    def first(self) -> Request | None:
        """Return the command that is next, without taking it."""
        while self._sections:
            section = self._sections[0]
            while section.ready:
                _, serial = section.ready[0]
                request = section.targets[serial][0]
                if request.outcome is None:
                    return request
                heappop(section.ready)
                self._advance(section, serial)
            if section.targets:
                return None
            self._sections.popleft()
        return None

    def after(self, taken: Request) -> Request | None:
        """Return the command that is next once the one that was taken is done."""
        section = self._sections[0]
        waiting = section.targets[taken.serial]
        if len(waiting) > 1 and not (section.ready and section.ready[0][0] < waiting[1].order):
            return waiting[1]
        if not section.ready:
            if len(self._sections) == 1:
                return None
            section = self._sections[1]
        return section.targets[section.ready[0][1]][0]

    def take(self, request: Request) -> None:
        """Take the command that `first()` returned; it still holds its module's place."""
        heappop(self._sections[0].ready)

    def again(self, request: Request) -> None:
        """Let a command that was taken go once more, behind all that waits for others."""
        self._issued += 1
        heappush(self._sections[0].ready, (self._issued, request.serial))

    def done(self, request: Request) -> None:
        """Let go of a command that was taken: what waits for its module may follow."""
        section = self._sections[0]
        self._advance(section, request.serial)
        if not section.targets:
            self._sections.popleft()

    def clear(self) -> list[Request]:
        """Take everything out, in the order of issue, what was taken before included."""
        waiting = [
            request
            for section in self._sections
            for requests in section.targets.values()
            for request in requests
        ]
        self._sections.clear()
        self._spare = _Section()
        return sorted(waiting, key=lambda request: request.order)

    @staticmethod
    def _advance(section: _Section, serial: SerialNumber | None) -> None:
        """Drop a target's first command and line up the one behind it."""
        waiting = section.targets[serial]
        waiting.popleft()
        if waiting:
            heappush(section.ready, (waiting[0].order, serial))
        else:
            del section.targets[serial]
