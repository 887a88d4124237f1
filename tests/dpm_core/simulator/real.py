"""Simulated links behind real ports: what the tests of the servers and of whole processes share."""

import asyncio
import json
import os
import select
import signal
import sys
import textwrap
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, Self

from dpm_core.errors import LinkUnavailable
from dpm_core.model import Cause, SerialNumber
from dpm_core.protocol.decoder import Decoder, FrameHeard
from dpm_core.protocol.frames import Frame, LinkSource, encode_wire
from dpm_core.protocol.messages import (
    Acknowledge,
    Command,
    IdentityReport,
    Message,
    Result,
    StatusMask,
    StatusQuery,
    ZoneReport,
    decode_message,
    encode_message,
)
from dpm_core.simulator import Simulator
from dpm_core.transport import SendGate, transport_for_url

PATIENCE_S: Final = 60.0
"""How long a test waits for something real before it fails."""

ONE = SerialNumber(0x00A1B2C3)
TWO = SerialNumber(0x00A1B2C4)


async def until(is_true: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not is_true():
            await asyncio.sleep(0.002)


def wire(message: Command, counter: int = 1, sequence: int = 1) -> bytes:
    frame = encode_message(message, counter=counter, sequence=sequence, source=LinkSource())
    return encode_wire(frame)


async def reports_are_over(simulator: Simulator) -> None:
    """Wait until the modules have said what they say unasked, as at power-up."""
    await until(
        lambda: not any(module.device._is_contending for module in simulator.modules.values())
    )


QUERY: Final = wire(StatusQuery(ONE, StatusMask.ZONES))
ANSWER_OCTETS: Final = 31


class Port:
    """A program at a link's port, opened as a client opens it."""

    def __init__(self, url: str) -> None:
        self.transport = transport_for_url(url, gate=SendGate.SEND)
        self.octets = bytearray()
        self.frames: list[Frame] = []
        self.losses: list[LinkUnavailable | None] = []
        self._decoder = Decoder()

    async def __aenter__(self) -> Self:
        await self.transport.open(self)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.transport.close()

    def octets_received(self, octets: bytes) -> None:
        self.octets += octets
        self._decoder.feed(octets, asyncio.get_running_loop().time())
        for event in self._decoder.events():
            if isinstance(event, FrameHeard):
                self.frames.append(event.frame)

    def connection_lost(self, error: LinkUnavailable | None) -> None:
        self.losses.append(error)

    async def asked(self, message: Command, sequence: int = 1, counter: int = 1) -> Message:
        """Say a message and return the first that is heard from then on and may answer one."""
        self.frames.clear()
        self.transport.write(wire(message, counter, sequence))
        answers: list[Message] = []

        def is_answered() -> bool:
            # Not what a module says unasked when it has powered up.
            for each in map(decode_message, self.frames):
                is_asked_for = isinstance(each, ZoneReport) and each.cause is Cause.QUERY
                if is_asked_for or isinstance(each, Acknowledge | Result | IdentityReport):
                    answers.append(each)
            return bool(answers)

        await until(is_answered)
        return answers[0]


class RawPort:
    """A pseudo-terminal opened with nothing but the operating system."""

    def __init__(self, path: Path) -> None:
        self.fd = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self.fd)

    def write(self, octets: bytes) -> None:
        os.write(self.fd, octets)

    def read(self) -> bytes:
        try:
            return os.read(self.fd, 1 << 16)
        except BlockingIOError:
            return b""

    async def exactly(self, count: int) -> bytes:
        octets = bytearray()

        def is_there() -> bool:
            octets.extend(self.read())
            return len(octets) >= count

        await until(is_there)
        return bytes(octets)

    @property
    def has_octets(self) -> bool:
        return bool(select.select([self.fd], [], [], 0)[0])


class Control:
    """One connection to a control socket."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def line(self, line: bytes) -> dict[str, Any]:
        self.writer.write(line + b"\n")
        return await self.answer()

    async def answer(self) -> dict[str, Any]:
        async with asyncio.timeout(PATIENCE_S):
            answer = await self.reader.readline()
        if not answer.endswith(b"\n"):
            raise ConnectionResetError
        parsed = json.loads(answer)
        assert isinstance(parsed, dict)
        return parsed

    async def do(self, do: str, module: SerialNumber = ONE, **more: Any) -> dict[str, Any]:
        answer = await self.line(json.dumps({"module": str(module), "do": do, **more}).encode())
        assert answer.pop("ok") is True, answer
        return answer

    async def becomes(self, field: str, value: object) -> dict[str, Any]:
        """Ask for the state until a field of it has a value; return it all."""
        async with asyncio.timeout(PATIENCE_S):
            while (state := await self.do("state"))[field] != value:
                await asyncio.sleep(0.01)
        return state


@asynccontextmanager
async def connected(path: Path) -> AsyncIterator[Control]:
    reader, writer = await asyncio.open_unix_connection(path)
    try:
        yield Control(reader, writer)
    finally:
        writer.close()
        await writer.wait_closed()


_CODE: Final = textwrap.dedent(
    """
    import asyncio, json, pathlib, sys
    from dpm_core.simulator import (
        ProcessorOptions, SimulateOptions, parse_modules, parse_wallstation, run_simulator
    )
    given = json.loads(sys.argv[1])
    path = lambda name: pathlib.Path(given[name]) if name in given else None
    asyncio.run(
        run_simulator(
            SimulateOptions(
                modules=parse_modules(given["modules"]),
                listen=tuple(given.get("listen", ())),
                control=path("control"),
                state=path("state"),
                processor=ProcessorOptions(**given["processor"]) if "processor" in given else None,
                wallstations=tuple(map(parse_wallstation, given.get("wallstations", ()))),
            ),
            on_listening=lambda on: print(
                json.dumps([*on.urls, *filter(None, [on.processor, on.processor_http])]), flush=True
            ),
        )
    )
    """
)


class Process:
    """A simulator in a process of its own, to be ended by any signal."""

    def __init__(self, process: asyncio.subprocess.Process, urls: list[str]) -> None:
        self.process = process
        self.urls = urls

    @classmethod
    async def started(cls, **options: Any) -> Self:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            _CODE,
            json.dumps(options, default=str),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        assert process.stdout is not None
        async with asyncio.timeout(PATIENCE_S):
            line = await process.stdout.readline()
        if not line:
            assert process.stderr is not None
            words = (await process.stderr.read()).decode()
            await process.wait()
            raise AssertionError(words)
        return cls(process, json.loads(line))

    async def ended(self, number: signal.Signals) -> tuple[int, str]:
        """Send a signal and return the exit status and what was said on standard error."""
        self.process.send_signal(number)
        async with asyncio.timeout(PATIENCE_S):
            _, words = await self.process.communicate()
        assert self.process.returncode is not None
        return self.process.returncode, words.decode()
