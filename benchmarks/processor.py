"""The far end of the Telnet rows: one raw process that speaks as a processor does.

It takes the floor, the peer and us in the same way: a login, then lines. A command for an output is
noted with the moment at which it was read, and answered by the output's level. It goes away, hangs
and loses packets when it is told to. No event loop, and no library of ours.

It is told what to do by lines of JSON on its standard input, and answers each with one line.

House rule: nothing here may depend on who asks, but for the name that somebody logged in with.
"""

from __future__ import annotations

import ctypes
import json
import selectors
import socket
import struct
import sys
import time
from typing import Any, Final

OUTPUT: Final = 101
"""Integration id of the output whose level is pushed."""

_SO_ATTACH_FILTER: Final = 26
"""Linux: packets that a program of the kernel's does not want never reach the connection."""

_DROP_ALL: Final = ctypes.create_string_buffer(struct.pack("=HBBI", 0x06, 0, 0, 0))


def _level(at: int) -> bytes:
    return f"~OUTPUT,{OUTPUT},1,{'0.00' if at % 2 else '100.00'}\r\n".encode()


class Session:
    """One connection, from its login on."""

    def __init__(self, connection: socket.socket) -> None:
        """Ask who it is."""
        self.socket = connection
        self.user = ""
        self.logged_in_at: float | None = None
        self._waiting = b""
        self._levels: dict[str, str] = {}
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(b"login: ")

    def take(self, octets: bytes) -> list[str]:
        """Take what was read; return the lines that are complete."""
        *lines, self._waiting = (self._waiting + octets).split(b"\n")
        return [line.decode("ascii", "replace").strip() for line in lines]

    def hear(self, line: str, arrived: float) -> None:
        """Answer a line."""
        if not self.user:
            self.user = line
            self.socket.sendall(b"password: ")
        elif self.logged_in_at is None:
            self.logged_in_at = arrived
            self.socket.sendall(b"\r\nQNET> ")
        else:
            answer = self._answer(line)
            if answer:
                self.socket.sendall(answer.encode() + b"\r\n")

    def _answer(self, line: str) -> str:
        what, *fields = line[1:].split(",")
        if what == "OUTPUT" and len(fields) > 1:
            if line[0] == "#":
                self._levels[fields[0]] = fields[2]
            return f"~OUTPUT,{fields[0]},1,{self._levels.get(fields[0], '0.00')}"
        if what == "MONITORING":
            return "~" + ",".join((what, *fields, *(() if line[0] == "#" else ("1",))))
        if what == "SYSTEM":
            return f"~SYSTEM,{fields[0]},01/02/2026,03:04:05"
        return ""


class Processor:
    """The loop: connections, what they say, and what we are told to do."""

    def __init__(self) -> None:
        """Listen on a free port."""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._selector.register(0, selectors.EVENT_READ)
        self._sessions: list[Session] = []
        self._mute: list[Session] = []
        self._log: list[tuple[str, str, float]] = []
        self._logins: list[tuple[str, float]] = []

    def run(self) -> None:
        """Serve until the standard input ends."""
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is self._listener:
                    session = Session(self._listener.accept()[0])
                    self._sessions.append(session)
                    self._selector.register(session.socket, selectors.EVENT_READ, session)
                elif key.data is not None:
                    self._read(key.data)
                else:
                    line = sys.stdin.readline()
                    if not line:
                        return
                    sys.stdout.write(json.dumps(self._told(json.loads(line))) + "\n")
                    sys.stdout.flush()
                    # What else was ready may be gone.
                    break

    def _read(self, session: Session) -> None:
        try:
            octets = session.socket.recv(65536)
            arrived = time.monotonic()
            for line in session.take(octets):
                was_logged_in = session.logged_in_at is not None
                session.hear(line, arrived)
                if was_logged_in:
                    self._log.append((session.user, line, arrived))
                elif session.logged_in_at is not None:
                    self._logins.append((session.user, arrived))
        except OSError:
            octets = b""
        if not octets:
            self._end(session)

    def _end(self, session: Session) -> None:
        self._sessions.remove(session)
        self._selector.unregister(session.socket)
        session.socket.close()

    def _of(self, user: str) -> Session:
        """Return the session that somebody began last."""
        return next(one for one in reversed(self._sessions) if one.user == user)

    def _told(self, line: dict[str, Any]) -> object:
        match line["do"]:
            case "log":
                log, self._log = self._log, []
                return log
            case "logins":
                logins, self._logins = self._logins, []
                return logins
            case "report":
                connection = self._of(line["user"]).socket
                times = []
                for at in range(line["count"]):
                    time.sleep(line["gap_s"])
                    times.append(time.monotonic())
                    connection.sendall(_level(at))
                return times
            case "flood":
                connection = self._of(line["user"]).socket
                said = b"".join(map(_level, range(line["count"])))
                begun = time.monotonic()
                connection.sendall(said)
                return begun
            case "go away":
                return self._go_away(line["back_after_s"])
            case "fall silent":
                return self._fall_silent(line["users"], line["loses_packets"])
        return False

    def _go_away(self, back_after_s: float) -> float:
        """End all connections and listen no more for a while; return when we listened again."""
        self._selector.unregister(self._listener)
        self._listener.close()
        for session in list(self._sessions):
            session.socket.setblocking(False)
            self._read(session)
            if session in self._sessions:
                # Nothing is left to read, so this ends the connection in good order.
                session.socket.shutdown(socket.SHUT_WR)
                self._end(session)
        time.sleep(back_after_s)
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self._selector.register(self._listener, selectors.EVENT_READ)
        return time.monotonic()

    def _fall_silent(self, users: list[str], loses_packets: bool) -> float:
        """Hear no more of some connections, which stay open; return when that began."""
        for session in list(self._sessions):
            if session.user in users:
                self._sessions.remove(session)
                self._selector.unregister(session.socket)
                self._mute.append(session)
                if loses_packets:
                    program = struct.pack("HP", 1, ctypes.addressof(_DROP_ALL))
                    session.socket.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, program)
        return time.monotonic()


def main() -> None:
    """Say where we listen, and serve."""
    processor = Processor()
    print(processor.port, flush=True)
    processor.run()


if __name__ == "__main__":
    main()
