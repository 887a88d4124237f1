"""One `dpm simulate` process and its control socket, seen from outside."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

APPEAR_LIMIT_S: Final = 60.0
"""Longest wait for the simulator to listen, in seconds (a loaded machine)."""

ANSWER_LIMIT_S: Final = 30.0
"""Longest wait for one answer of the control socket, in seconds."""


class SimulatorFailed(Exception):
    """The simulator did not start, or refused a request."""


@dataclass
class SimulatedLink:
    """A `dpm simulate` process on a pseudo-terminal, or behind a TCP gateway.

    Args:
        dpm: The `dpm` command.
        folder: Where its port, control socket and state live.
        modules: What `--modules` takes: serials, or how many.
        more: Further options.
        gateway: TCP port of a gateway on the loopback address, in place of the pseudo-terminal.
    """

    dpm: Path
    folder: Path
    modules: str
    more: tuple[str, ...] = ()
    gateway: int | None = None
    _process: asyncio.subprocess.Process | None = None

    @property
    def port(self) -> Path:
        """Path of the pseudo-terminal that stands for the serial adapter."""
        return self.folder / "qs-link"

    @property
    def place(self) -> str:
        """What names this link to a client: the port's path, or the gateway's address."""
        return str(self.port) if self.gateway is None else f"127.0.0.1:{self.gateway}"

    @property
    def control(self) -> Path:
        """Path of the control socket."""
        return self.folder / "control"

    @property
    def is_running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        """Start it and return when everything listens; raises `SimulatorFailed`."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._process = await asyncio.create_subprocess_exec(
            *(str(self.dpm), "simulate", "--modules", self.modules),
            *("--listen", f"{'pty' if self.gateway is None else 'tcp'}:{self.place}"),
            *("--control", str(self.control)),
            *("--state", str(self.folder / "state"), *self.more),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            async with asyncio.timeout(APPEAR_LIMIT_S):
                while not await self._listens():
                    if self._process.returncode is not None:
                        raise SimulatorFailed(f"dpm simulate ended: {self._process.returncode}")
                    await asyncio.sleep(0.05)
        except TimeoutError as error:
            await self.kill()
            raise SimulatorFailed("dpm simulate does not listen") from error

    async def stop(self) -> int | None:
        """End it with SIGTERM: a power failure of every module."""
        return await self._end(signal.SIGTERM)

    async def kill(self) -> int | None:
        """End it with SIGKILL, and take its port away as unplugging an adapter would.

        The killed process could not: its port's path would go on to name a terminal whose number
        the system may give to somebody else.
        """
        status = await self._end(signal.SIGKILL)
        self.port.unlink(missing_ok=True)
        return status

    async def ask(self, module: str, do: str, **fields: Any) -> dict[str, Any]:
        """Send one request about a module to the control socket and return its answer."""
        return await self.tell(do, module=module, **fields)

    async def ask_each(
        self, modules: Iterable[str], do: str, **fields: Any
    ) -> dict[str, dict[str, Any]]:
        """Send the same request about each of these modules; return the answers by module."""
        asked = list(modules)
        answers = await self._exchange([{"module": each, "do": do, **fields} for each in asked])
        return dict(zip(asked, answers, strict=True))

    async def tell(self, do: str, **fields: Any) -> dict[str, Any]:
        """Send one request about the link as a whole and return its answer."""
        (answer,) = await self._exchange([{"do": do, **fields}])
        return answer

    async def _exchange(self, requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
        reader, writer = await asyncio.open_unix_connection(self.control)
        answers: list[dict[str, Any]] = []
        try:
            for request in requests:
                writer.write(json.dumps(request).encode() + b"\n")
                line = await asyncio.wait_for(reader.readline(), ANSWER_LIMIT_S)
                if not line:
                    raise SimulatorFailed("dpm simulate ended before it answered")
                answer: dict[str, Any] = json.loads(line)
                if not answer.pop("ok"):
                    raise SimulatorFailed(answer["error"])
                answers.append(answer)
        finally:
            writer.close()
        return answers

    async def state(self, module: str) -> dict[str, Any]:
        """Return what the module is now."""
        return await self.ask(module, "state")

    async def _listens(self) -> bool:
        if self.gateway is None and not self.port.exists():
            return False
        try:
            _, writer = await asyncio.open_unix_connection(self.control)
        except OSError:
            return False
        writer.close()
        return True

    async def _end(self, how: signal.Signals) -> int | None:
        if self._process is None:
            return None
        if self._process.returncode is None:
            self._process.send_signal(how)
        return await self._process.wait()
