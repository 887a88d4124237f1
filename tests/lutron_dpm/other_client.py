"""Home Assistant's own integration `lutron`, led to a simulated processor's two free ports.

Its client, `pylutron`, is another one with each Home Assistant, and always takes ports 23 and 80,
which a test may not. The port of the database stands in the host; where sessions go is said here.
Nothing else of it is changed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import pylutron

LIMIT_S = 30.0
"""Longest wait for a thread that has nothing left to do."""


class Sessions:
    """Every connection that the other client makes, so that a test can end what it never ends."""

    def __init__(self) -> None:
        self._made: list[Any] = []

    def kind(self, **how: Any) -> type[Any]:
        """Return the other client's connections, each noted, with these arguments besides."""
        made = self._made

        class Connection(pylutron.LutronConnection):  # type: ignore[misc]
            def __init__(self, *args: Any) -> None:
                super().__init__(*args, **how)
                made.append(self)

        return Connection

    def end(self) -> None:
        """End the threads; the processor has to be gone already, so that none waits for it."""
        for connection in self._made:
            connection._done = True
            connection._maybe_reconnect = _leave
            if connection.is_alive():
                connection.join(LIMIT_S)
                assert not connection.is_alive()
            if (loop := getattr(connection, "_loop", None)) is not None and not loop.is_closed():
                loop.close()


def _leave() -> None:
    """End the thread of the older client, which otherwise tries again for ever."""
    raise SystemExit


@contextmanager
def led_to(port: int) -> Iterator[Sessions]:
    """Lead every session of the other client to this port."""
    sessions = Sessions()
    if hasattr(pylutron, "telnetlib3"):
        open_connection = pylutron.telnetlib3.open_connection

        async def connect(host: str, _port: int, **how: Any) -> Any:
            return await open_connection(host.partition(":")[0], port, **how)

        with patch("pylutron.LutronConnection", sessions.kind(connection_factory=connect)):
            yield sessions
        return
    telnet = pylutron.telnetlib.Telnet

    def connect_older(host: str, **how: Any) -> Any:
        return telnet(host.partition(":")[0], port, **how)

    with (
        patch("pylutron.LutronConnection", sessions.kind()),
        patch("pylutron.telnetlib.Telnet", connect_older),
    ):
        yield sessions
