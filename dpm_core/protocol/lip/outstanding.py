"""What was said to a processor and has no outcome yet, in the order in which it was said.

    #OUTPUT,101,6,0.5   said     #OUTPUT,102,1,0   said     ?SYSTEM,10   said
    ~OUTPUT,102,1,0.00                the second is done
    ~SYSTEM,01/31/2026,12:00:00       the third is done, and so is the first: it was read before
    ~ERROR,2                          whatever was said first, and has no outcome, is refused

The processor answers in order, and has no word for "done". So the answer to a question says that
everything in front of it was read: if nobody else can have caused it, which a level can, for
levels are told unasked too. An error names nothing, and is given to the oldest.

House rule: outcomes only; waiting is in `session.py`, and which report answers which line in
`answers.py`.

Source: integration-protocol.md 3.1, 3.8; the rule about order is decided here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from .answers import answers, confirms

if TYPE_CHECKING:
    from .outbox import Request
    from .reports import LipReport
    from .session_events import RequestId

__all__ = ["Done", "Outstanding"]

Done: TypeAlias = "tuple[Request, LipReport | None]"
"""What is done, and what it was answered with."""


class Outstanding:
    """What has no outcome yet."""

    def __init__(self) -> None:
        self._said: list[Request] = []
        self._query: Request | None = None

    def __len__(self) -> int:
        return len(self._said)

    @property
    def query(self) -> Request | None:
        """The query that waits for its answer: one at a time."""
        return self._query

    def add(self, request: Request) -> None:
        """Know that a request was said."""
        self._said.append(request)
        if request.command.is_query:
            self._query = request

    def withdraw(self, number: RequestId) -> None:
        """Tell nobody of a request; what comes of it is awaited all the same."""
        for request in self._said:
            if request.number == number:
                request.number = None

    def hear(self, report: LipReport) -> list[Done]:
        """Return what a report says is done; the last of them is what it answers."""
        query = self._query
        if query is None or not answers(query.command, report):
            return self._own_report(report)
        self._query = None
        at = self._said.index(query)
        before, self._said = self._said[:at], self._said[at + 1 :]
        done: list[Done] = []
        unknown: list[Request] = []
        is_confirmed = confirms(query.command)
        for request in before:
            if answers(request.command, report):
                done.append((request, report))
            elif is_confirmed:
                done.append((request, None))
            else:
                unknown.append(request)
        self._said[:0] = unknown
        return [*done, (query, report)]

    def _own_report(self, report: LipReport) -> list[Done]:
        """Return the oldest command that a report says was done."""
        for request in self._said:
            if request is not self._query and answers(request.command, report):
                self._said.remove(request)
                return [(request, report)]
        return []

    def refuse(self) -> Request | None:
        """Return what an error refuses, if anything was said."""
        return self._remove(self._said[0]) if self._said else None

    def overdue_at(self, wait_s: float) -> float | None:
        """Return when the next of them is given up; None if none is outstanding."""
        if self._query is not None and confirms(self._query.command):
            # What is in front of it waits as long, for the answer would confirm it.
            return self._query.at + wait_s
        return self._said[0].at + wait_s if self._said else None

    def overdue(self, wait_s: float, now: float) -> list[Request]:
        """Return what nothing was heard of in time, and forget it."""
        late: list[Request] = []
        while (at := self.overdue_at(wait_s)) is not None and now >= at:
            late.append(self._remove(self._said[0]))
        return late

    def _remove(self, request: Request) -> Request:
        self._said.remove(request)
        if request is self._query:
            self._query = None
        return request
