"""A simulated processor and programs with sessions at it: by hand, octet by octet."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Self

from dpm_core.model import SerialNumber
from dpm_core.simulator import SimulatedProcessor, Simulator, parse_processor_fault
from dpm_core.simulator.store import MemoryStore
from tests.dpm_core.simulator.real import ONE, PATIENCE_S, TWO, until

FIRST_PROMPT = b"\r\nQNET> \0"


class Program:
    """One Telnet connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.writer.close()
        with suppress(ConnectionError):
            await self.writer.wait_closed()

    def say(self, *lines: str | bytes) -> None:
        for line in lines:
            octets = line if isinstance(line, bytes) else line.encode() + b"\r\n"
            self.writer.write(octets)

    async def exactly(self, octets: bytes) -> None:
        """Hear just these octets next."""
        heard = b""
        async with asyncio.timeout(PATIENCE_S):
            while len(heard) < len(octets) and octets.startswith(heard):
                more = await self.reader.read(len(octets) - len(heard))
                if not more:
                    break
                heard += more
        assert heard == octets

    async def until(self, octets: bytes) -> bytes:
        async with asyncio.timeout(PATIENCE_S):
            return await self.reader.readuntil(octets)

    async def is_over(self) -> bytes:
        """Hear the connection out; return what still came."""
        heard = b""
        async with asyncio.timeout(PATIENCE_S):
            with suppress(ConnectionError):  # it may end with octets of ours unread
                while more := await self.reader.read(1024):
                    heard += more
        return heard

    async def log_in(self, user: str = "lutron", password: str = "integration") -> None:
        await self.exactly(b"login: ")
        self.say(user)
        await self.exactly(b"password: ")
        self.say(password)

    async def ask(self, line: str) -> list[str]:
        """Say a line without prompts on; return what comes up to the answer of a marker."""
        self.say(line, "?MONITORING,27")
        lines = []
        async with asyncio.timeout(PATIENCE_S):
            while (heard := (await self.reader.readline()).decode()) not in _MARKS:
                assert heard, "the processor has closed the session"
                lines.append(heard.removesuffix("\r\n"))
        return lines


_MARKS = ("~MONITORING,27,2\r\n", "~MONITORING,27,1\r\n")


class House:
    """Two modules, their processor, and its programs."""

    def __init__(self, simulator: Simulator, processor: SimulatedProcessor) -> None:
        self.simulator = simulator
        self.processor = processor

    @property
    def port(self) -> int:
        return int(self.processor.url.rpartition(":")[2])

    async def fault(self, *words: str) -> None:
        for each in words:
            await self.processor.set_fault(parse_processor_fault(each))

    async def connect(self) -> Program:
        return Program(*await asyncio.open_connection("127.0.0.1", self.port))

    async def session(self, *monitoring: int, prompts: bool = False) -> Program:
        """Log in, and hear only these kinds of reports."""
        program = await self.connect()
        await program.log_in()
        await program.exactly(FIRST_PROMPT)
        if not prompts:
            program.say("#MONITORING,12,2", "#MONITORING,255,2")
            await program.until(b"~MONITORING,255,2\r\n")
        for kind in monitoring:
            program.say(f"#MONITORING,{kind},1")
            await program.until(b",1\r\n")
        return program

    async def settled(self) -> None:
        for module in self.simulator.modules.values():
            await module.settled()

    def zones(self, serial: SerialNumber = ONE) -> list[bool]:
        return list(self.simulator.modules[serial].state.zones)

    async def http(self, request: bytes) -> bytes:
        """Say a request; return all that comes until the connection is closed."""
        assert self.processor.http_url is not None
        port = int(self.processor.http_url.split(":")[2].partition("/")[0])
        async with Program(*await asyncio.open_connection("127.0.0.1", port)) as program:
            program.say(request)
            return await program.is_over()


@asynccontextmanager
async def house(
    *faults: str, store: MemoryStore | None = None, **settings: Any
) -> AsyncIterator[House]:
    async with (
        Simulator((ONE, TWO), store=store) as simulator,
        SimulatedProcessor(simulator, **settings) as processor,
    ):
        ours = House(simulator, processor)
        await ours.fault(*faults)
        yield ours


__all__ = ["FIRST_PROMPT", "ONE", "TWO", "House", "Program", "house", "until"]
