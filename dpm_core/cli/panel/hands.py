"""Hands at simulated modules: what a person in front of the panel can do, and a link cannot.

Two ways to the same hands: the simulator inside this process, and the control socket of a
`dpm simulate` that runs elsewhere.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from dpm_core.errors import LinkUnavailable, NoReply, Rejected, UnknownModule
from dpm_core.model import ContactState, SerialNumber
from dpm_core.simulator import parse_fault

if TYPE_CHECKING:
    from dpm_core.simulator import SimulatedModule, Simulator

ANSWER_LIMIT_S: Final = 5.0
"""Longest wait for the control socket's answer, in seconds. Decided here."""


class Hands(Protocol):
    """What can be done to simulated modules by hand. Every call may raise a `DpmError`."""

    async def press_button(self, serial: SerialNumber, zone: int) -> None:
        """Press a zone button on the unit."""

    async def move_cci(self, serial: SerialNumber, contact: ContactState) -> None:
        """Open or close the contact at the manual override input."""

    async def set_power(self, serial: SerialNumber, *, is_on: bool) -> None:
        """Give a module its mains, or cut them."""

    async def look(self, serial: SerialNumber) -> dict[str, Any]:
        """Return what the unit shows: `powered`, `cci`, `leds` and more (docs/simulator.md)."""

    async def set_fault(self, words: str) -> None:
        """Let something be wrong with the link, such as `lose:0.01`; all well again if empty."""

    async def faults(self) -> tuple[str, ...]:
        """Return what is wrong with the link."""


class OwnHands:
    """Hands at the simulator inside this process.

    Args:
        simulator: A running simulator.
    """

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    def _module(self, serial: SerialNumber) -> SimulatedModule:
        try:
            return self._simulator.modules[serial]
        except KeyError:
            raise UnknownModule(serial) from None

    async def press_button(self, serial: SerialNumber, zone: int) -> None:
        """Press a zone button on the unit."""
        self._module(serial).press_button(zone)

    async def move_cci(self, serial: SerialNumber, contact: ContactState) -> None:
        """Open or close the contact at the manual override input."""
        self._module(serial).move_cci(contact)

    async def set_power(self, serial: SerialNumber, *, is_on: bool) -> None:
        """Give a module its mains, or cut them."""
        self._module(serial).set_power(is_on)

    async def look(self, serial: SerialNumber) -> dict[str, Any]:
        """Return what the unit shows."""
        return self._module(serial).snapshot()

    async def set_fault(self, words: str) -> None:
        """Let something be wrong with the link; all well again if empty."""
        if words:
            self._simulator.faults.set(parse_fault(words))
        else:
            self._simulator.faults.clear()

    async def faults(self) -> tuple[str, ...]:
        """Return what is wrong with the link."""
        return tuple(str(fault) for fault in self._simulator.faults)


class SocketHands:
    """Hands at a simulator that runs elsewhere, through its control socket.

    Args:
        path: The control socket of `dpm simulate --control`.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    async def press_button(self, serial: SerialNumber, zone: int) -> None:
        """Press a zone button on the unit."""
        await self._ask({"module": str(serial), "do": "button", "zone": zone})

    async def move_cci(self, serial: SerialNumber, contact: ContactState) -> None:
        """Open or close the contact at the manual override input."""
        await self._ask({"module": str(serial), "do": "cci", "contact": contact.value})

    async def set_power(self, serial: SerialNumber, *, is_on: bool) -> None:
        """Give a module its mains, or cut them."""
        await self._ask({"module": str(serial), "do": "power", "on": is_on})

    async def look(self, serial: SerialNumber) -> dict[str, Any]:
        """Return what the unit shows."""
        return await self._ask({"module": str(serial), "do": "state"})

    async def set_fault(self, words: str) -> None:
        """Let something be wrong with the link; all well again if empty."""
        await self._ask({"do": "fault", **({"set": words} if words else {"clear": "all"})})

    async def faults(self) -> tuple[str, ...]:
        """Return what is wrong with the link."""
        answer = await self._ask({"do": "fault"})
        return tuple(answer["faults"])

    async def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        whom, what = str(request.get("module", "link")), str(request["do"])
        try:
            async with asyncio.timeout(ANSWER_LIMIT_S):
                answer = await self._exchange(json.dumps(request).encode() + b"\n")
        except TimeoutError as error:
            raise NoReply(whom, what, ANSWER_LIMIT_S) from error
        except OSError as error:
            raise LinkUnavailable(str(self._path), error.strerror or str(error)) from error
        except ValueError as error:
            raise LinkUnavailable(str(self._path), "what answers there is no simulator") from error
        if answer.get("ok") is not True:
            raise Rejected(whom, what, str(answer.get("error", answer)).rstrip("."))
        return answer

    async def _exchange(self, request: bytes) -> dict[str, Any]:
        reader, writer = await asyncio.open_unix_connection(str(self._path))
        try:
            writer.write(request)
            await writer.drain()
            answer = json.loads(await reader.readline())
        finally:
            writer.close()
        if not isinstance(answer, dict):
            return {"error": "what answers there is no simulator"}
        return answer
