"""Where the modules' power-failure memories are kept: in this process, or in a directory.

A save is durable when `done` is called, not before. In a directory each memory is one file; it is
written beside its place and renamed into it, so whatever ends the process leaves the old memory or
the new one. The octets are not forced down to the disk: they survive the end of this process by
any signal; what the machine's own power failure leaves is up to its file system.

House rule: octets only; what they mean is the model's business.
"""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from dpm_core.errors import MemoryDamaged, MemoryInUse
from dpm_core.model import SerialNumber

_LOGGER = logging.getLogger(__name__)

LOCK_FILE: Final = "in-use.lock"
"""Held locked while a simulator uses the directory; the system lets go of it with the process."""

MEMORY_SUFFIX: Final = ".memory"
NEW_SUFFIX: Final = ".new"

Done = Callable[[OSError | None], None]
"""Called in the event loop when a save ended: None when it is durable, else why it is not."""


class MemoryStore(Protocol):
    """Keeps one memory for each module."""

    async def open(self) -> None:
        """Make ready.

        Raises:
            MemoryInUse: Another simulator uses it.
            MemoryDamaged: It cannot be used.
        """

    async def load(self, serial: SerialNumber) -> bytes | None:
        """Return what was saved last, or None if nothing ever was.

        Raises:
            MemoryDamaged: It cannot be read.
        """

    def save(self, serial: SerialNumber, octets: bytes, done: Done) -> None:
        """Save a memory in place of the last one; `done` hears of it. Saves end in order."""

    async def close(self) -> None:
        """End; a save that has not begun is lost, one that has ends first."""


class RamStore:
    """Keeps the memories in this process: they survive a power cut, not its end.

    Args:
        memories: What was saved before, by serial number.
    """

    def __init__(self, memories: dict[SerialNumber, bytes] | None = None) -> None:
        self.memories: Final = {} if memories is None else memories

    async def open(self) -> None:
        """Do nothing: it is always ready."""

    async def load(self, serial: SerialNumber) -> bytes | None:
        """Return what was saved last, or None if nothing ever was."""
        return self.memories.get(serial)

    def save(self, serial: SerialNumber, octets: bytes, done: Done) -> None:
        """Save a memory, and say at once that it is durable."""
        self.memories[serial] = octets
        done(None)

    async def close(self) -> None:
        """Do nothing: what was saved stays for the next simulator that gets this store."""


@dataclass(frozen=True, slots=True)
class _Save:
    path: Path
    octets: bytes
    done: Done


class FileStore:
    """Keeps each memory in a file of a directory, which one simulator at a time may use.

    No call blocks the event loop. The same store can be opened again after it was closed.

    Args:
        directory: Made if it is not there.
    """

    def __init__(self, directory: Path) -> None:
        self.directory: Final = directory
        self._lock = -1
        self._thread: ThreadPoolExecutor | None = None
        # Saves that wait for those being written, and then go together: a broadcast to a full
        # link is one job for the thread, not one for each module.
        self._waiting: list[_Save] = []
        self._writing: asyncio.Future[list[OSError | None]] | None = None
        self._is_closing = False

    async def open(self) -> None:
        """Make the directory and lock it.

        Raises:
            MemoryInUse: Another simulator uses it.
            MemoryDamaged: It cannot be made, or cannot be written to.
        """
        thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="dpm-memory")
        try:
            self._lock = await asyncio.get_running_loop().run_in_executor(
                thread, _locked, self.directory
            )
        except BaseException:
            thread.shutdown(wait=False)
            raise
        self._thread = thread
        self._is_closing = False

    async def load(self, serial: SerialNumber) -> bytes | None:
        """Return what was saved last, or None if nothing ever was.

        Raises:
            MemoryDamaged: The file is there and cannot be read.
        """
        assert self._thread is not None
        return await asyncio.get_running_loop().run_in_executor(
            self._thread, _read, self.path_of(serial)
        )

    def save(self, serial: SerialNumber, octets: bytes, done: Done) -> None:
        """Write a memory beside its place and rename it; `done` is called when that has happened."""
        self._waiting.append(_Save(self.path_of(serial), octets, done))
        if self._writing is None:
            self._write_waiting()

    async def close(self) -> None:
        """Let a write that has begun end, drop the others, and let go of the directory."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        self._is_closing = True
        self._waiting.clear()
        # Behind the write that has begun: closing the file lets go of the directory.
        await asyncio.get_running_loop().run_in_executor(thread, os.close, self._lock)
        thread.shutdown(wait=False)

    def path_of(self, serial: SerialNumber) -> Path:
        """Return the file that holds a module's memory."""
        return self.directory / f"{serial}{MEMORY_SUFFIX}"

    def _write_waiting(self) -> None:
        assert self._thread is not None
        saves, self._waiting = self._waiting, []
        self._writing = asyncio.get_running_loop().run_in_executor(
            self._thread, self._write_all, saves
        )
        self._writing.add_done_callback(lambda written: self._written(saves, written.result()))

    def _write_all(self, saves: list[_Save]) -> list[OSError | None]:
        """In the thread: write each memory, and tell what became of it."""
        return [None if self._is_closing else _write(save.path, save.octets) for save in saves]

    def _written(self, saves: list[_Save], errors: list[OSError | None]) -> None:
        try:
            for save, error in zip(saves, errors, strict=True):
                if not self._is_closing:
                    save.done(error)
        finally:
            self._writing = None
        if self._waiting:
            self._write_waiting()


def _locked(directory: Path) -> int:
    try:
        directory.mkdir(parents=True, exist_ok=True)
        lock = os.open(directory / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise MemoryDamaged(f"in {directory}", error.strerror or str(error)) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(lock)
        raise MemoryInUse(str(directory)) from error
    return lock


def _read(path: Path) -> bytes | None:
    """Return the memory in its place; what a write left beside it was never durable."""
    try:
        path.with_suffix(NEW_SUFFIX).unlink(missing_ok=True)
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise MemoryDamaged(str(path), error.strerror or str(error)) from error


def _write(path: Path, octets: bytes) -> OSError | None:
    """Write a memory beside its place and rename it; return why that failed."""
    new = path.with_suffix(NEW_SUFFIX)
    try:
        new.write_bytes(octets)
        new.replace(path)
    except OSError as error:
        return error
    return None
