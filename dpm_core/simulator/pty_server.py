"""A serial port that is none: a pseudo-terminal whose other end hangs on the simulated line.

What a program that opens the port may rely on:

- It is in raw mode without echo before the program sets anything, whatever the last one left.
- Programs come and go. What is said while nobody has the port open is lost, and so is what the
  last one did not read.
- A program that does not read loses octets, as with a UART; nothing here grows.

Linux only: the terminal's own hang-up state tells whether somebody has it open, and an
edge-triggered epoll tells when that changes, at no cost while nothing happens.
"""

from __future__ import annotations

import asyncio
import errno
import hashlib
import logging
import os
import secrets
import select
import socket
import termios
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Final

from dpm_core.errors import LinkUnavailable

from .line import Line
from .line_port import LinePort

_LOGGER = logging.getLogger(__name__)

READ_MAX: Final = 4096
"""Octets taken from the terminal before others get their turn. Decided here."""

_TERMINALS: Final = "/dev/pts/"


class PtyServer:
    """Puts a line behind a pseudo-terminal.

    Args:
        line: The line.
        path: Where the symbolic link to the terminal appears.
    """

    def __init__(self, line: Line, path: Path) -> None:
        self.path: Final = path
        self._line = line
        self._loop = asyncio.get_running_loop()
        self._port: LinePort | None = None
        self._claim: socket.socket | None = None
        self._master = -1
        self._terminal = ""
        self._events: select.epoll | None = None
        self._hang_up = select.poll()
        self._raw: list[Any] = []
        # Whether the terminal surely holds nothing that was not read.
        self._is_empty = True
        self._is_paused = False
        self._is_published = False

    @property
    def url(self) -> str:
        """What a program opens."""
        return str(self.path)

    async def open(self) -> None:
        """Make the terminal; the link to it appears with `publish`.

        Raises:
            LinkUnavailable: The path is taken, or there is no pseudo-terminal to be had.
        """
        self._claim = _claim(self.path)
        try:
            _refuse_what_is_not_ours(self.path)
            self._open_terminal()
        except OSError as error:
            await self.close()
            raise LinkUnavailable(f"pty:{self.path}", error.strerror or str(error)) from error

    def publish(self) -> None:
        """Let the link to the terminal appear.

        Raises:
            LinkUnavailable: It cannot be made there.
        """
        beside = self.path.with_name(f".{secrets.token_hex(8)}")
        try:
            beside.symlink_to(self._terminal)
            beside.replace(self.path)
        except OSError as error:
            with suppress(OSError):
                beside.unlink()
            raise LinkUnavailable(f"pty:{self.path}", error.strerror or str(error)) from error
        self._is_published = True

    async def close(self) -> None:
        """Take the link and the terminal away."""
        self.unplug()
        if self._claim is not None:
            self._claim.close()
            self._claim = None

    # --- what can go wrong -----------------------------------------------------------------

    def unplug(self) -> None:
        """Take the link and the terminal away as if the adapter was pulled out.

        The path stays ours: no other simulator can take it meanwhile.
        """
        if self._is_published:
            self._is_published = False
            with suppress(OSError):
                if self.path.readlink() == Path(self._terminal):
                    self.path.unlink()
        if self._port is not None:
            self._port.close()
            self._port = None
        if self._events is not None:
            self._loop.remove_reader(self._events.fileno())
            self._events.close()
            self._events = None
        if self._master >= 0:
            self._hang_up.unregister(self._master)
            os.close(self._master)
            self._master = -1

    async def plug(self, *, is_elsewhere: bool) -> None:
        """Be there again under the same path, as the adapter is after it was put back.

        Args:
            is_elsewhere: Whether the path must point to another terminal than before.

        Raises:
            LinkUnavailable: There is no pseudo-terminal to be had, or the path was taken.
        """
        with ExitStack() as places:
            try:
                _refuse_what_is_not_ours(self.path)
                if is_elsewhere:
                    _keep_taken(self._terminal, places)
                self._open_terminal()
            except OSError as error:
                raise LinkUnavailable(f"pty:{self.path}", error.strerror or str(error)) from error
        self.publish()

    async def drop(self, *, is_reset: bool) -> None:
        """Hang up, and be there again at once; a port knows no other end."""
        if self._master >= 0:
            self.unplug()
            await self.plug(is_elsewhere=False)

    def hang(self) -> None:
        """Hear and say nothing more until the program that has the port open has gone."""
        if self._port is not None and self._is_in_use:
            self._port.is_hung = True

    def revive(self) -> None:
        """Hear and speak again."""
        if self._port is not None:
            self._port.is_hung = False

    # --- the terminal ----------------------------------------------------------------------

    def _open_terminal(self) -> None:
        self._master, terminal = os.openpty()
        try:
            self._terminal = os.ttyname(terminal)
        finally:
            # Held open here, it would never tell that the last program has gone.
            os.close(terminal)
        self._make_raw()
        os.set_blocking(self._master, False)
        self._hang_up.register(self._master, 0)
        self._events = select.epoll()
        self._events.register(self._master, select.EPOLLIN | select.EPOLLET)
        self._loop.add_reader(self._events.fileno(), self._something_happened)
        self._port = self._line.add_port(self._deliver, pause=self._pause, resume=self._resume)

    def _make_raw(self) -> None:
        """Set the terminal's modes from its other end: they last while that is open."""
        control = termios.tcgetattr(self._master)[6]
        control[termios.VMIN], control[termios.VTIME] = 1, 0
        modes = termios.CS8 | termios.CREAD | termios.CLOCAL
        # A terminal of no wire has no speed; the last program's may be one that has no name.
        speed = termios.B38400
        termios.tcsetattr(self._master, termios.TCSANOW, [0, 0, modes, 0, speed, speed, control])
        self._raw = termios.tcgetattr(self._master)

    @property
    def _is_in_use(self) -> bool:
        return not self._hang_up.poll(0)

    def _deliver(self, octets: bytes) -> None:
        if not self._is_in_use:
            return
        self._is_empty = False
        try:
            written = os.write(self._master, octets)
        except OSError:  # full, or closed between our look and our write
            written = 0
        if written < len(octets):
            _LOGGER.debug("%s: %d octets lost, nobody reads", self.path, len(octets) - written)

    def _something_happened(self) -> None:
        assert self._events is not None
        self._events.poll(0)
        self._read()

    def _read(self) -> None:
        if self._is_paused or self._port is None:
            return
        try:
            octets = os.read(self._master, READ_MAX)
        except BlockingIOError:
            return
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            self._nobody_there()
            return
        self._port.put(octets)
        # The edge is told once: the rest is there without another one.
        self._loop.call_soon(self._read)

    def _nobody_there(self) -> None:
        """Leave nothing of the program that has gone to the next one."""
        if not self._is_in_use:
            self.revive()
        is_clean = self._is_empty and termios.tcgetattr(self._master) == self._raw
        if is_clean or self._is_in_use:
            return
        # From here only what is on its way can be dropped; what has arrived only from there.
        # Closing it again is told like any other close: that is when it is clean.
        termios.tcflush(self._master, termios.TCOFLUSH)
        terminal = os.open(self._terminal, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        termios.tcflush(terminal, termios.TCIFLUSH)
        self._make_raw()
        os.close(terminal)
        self._is_empty = True

    def _pause(self) -> None:
        self._is_paused = True

    def _resume(self) -> None:
        self._is_paused = False
        self._read()


def _claim(path: Path) -> socket.socket:
    """Take a name that lasts exactly as long as this process; two cannot have the same.

    A link that was left behind does not tell whether its simulator lives: terminal numbers are
    given out again.

    Raises:
        LinkUnavailable: A living simulator has the path.
    """
    claim = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        # An abstract name has little room, so a long path is shortened to its digest.
        place = os.fsencode(path.parent.resolve() / path.name)
        claim.bind(f"\0lutron-dpm/{hashlib.sha256(place).hexdigest()}")
    except OSError as error:
        claim.close()
        detail = "another simulator has it; end that one first, or choose another path"
        raise LinkUnavailable(f"pty:{path}", detail) from error
    return claim


def _keep_taken(terminal: str, places: ExitStack) -> None:
    """Take terminals until the one of this name is taken, by us or by somebody else.

    The lowest free one is given out first.
    """
    wanted = int(Path(terminal).name)
    while True:
        descriptors = os.openpty()
        for descriptor in descriptors:
            places.callback(os.close, descriptor)
        if int(Path(os.ttyname(descriptors[1])).name) >= wanted:
            return


def _refuse_what_is_not_ours(path: Path) -> None:
    """Leave alone whatever is not the left-over link of a simulator.

    Raises:
        FileExistsError: Something else is there.
    """
    if path.is_symlink():
        if not str(path.readlink()).startswith(_TERMINALS):
            raise FileExistsError(errno.EEXIST, "a link to something else is there already")
    elif path.exists():
        raise FileExistsError(errno.EEXIST, "something else is there already")
