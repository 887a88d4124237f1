"""A simulated link on the virtual clock with an ear and a mouth on it: packets in, packets out."""

import asyncio
from collections.abc import Iterable
from contextlib import AsyncExitStack
from typing import Self

from dpm_core.errors import LinkUnavailable
from dpm_core.model import ContactState, SerialNumber
from dpm_core.protocol.decoder import Decoder, FrameHeard, Noise
from dpm_core.protocol.frames import Frame, LinkSource, encode_wire
from dpm_core.protocol.messages import Command, Message, decode_message, encode_message
from dpm_core.simulator import RamStore, SimulatedModule, Simulator, SimulatorSettings
from dpm_core.simulator.store import MemoryStore
from dpm_core.transport import MemoryTransport, SendGate, memory_pair

ONE = SerialNumber(0x00A1B2C3)
TWO = SerialNumber(0x00A1B2C4)
MASTER = LinkSource()


class Ear:
    """One adapter on the link and the program behind it, which writes down what it hears."""

    def __init__(self) -> None:
        self.ours, self.theirs = memory_pair(gate=SendGate.SEND)
        self.octets = bytearray()
        self.frames: list[tuple[float, Frame]] = []
        self.noise: list[Noise] = []
        self._decoder = Decoder()

    def octets_received(self, octets: bytes) -> None:
        self.octets += octets
        now = asyncio.get_running_loop().time()
        self._decoder.feed(octets, now)
        for event in self._decoder.events():
            if isinstance(event, FrameHeard):
                self.frames.append((now, event.frame))
            else:
                self.noise.append(event)

    def connection_lost(self, error: LinkUnavailable | None) -> None:
        assert error is None

    def settle(self) -> None:
        """Count what is left of a broken frame as noise, as silence does."""
        self._decoder.tick(float("inf"))
        self.noise += [event for event in self._decoder.events() if isinstance(event, Noise)]


class Bench:
    """Modules, a line, and a master's ear and mouth."""

    def __init__(
        self,
        modules: Iterable[SerialNumber] = (ONE,),
        *,
        store: MemoryStore | None = None,
        seed: int = 0,
        settings: SimulatorSettings | None = None,
    ) -> None:
        self.store = store if store is not None else RamStore()
        self.simulator = Simulator(tuple(modules), settings=settings, store=self.store, seed=seed)
        self.ear = Ear()
        self._stack = AsyncExitStack()
        self._counter = 0
        self._sequence = 0

    async def __aenter__(self) -> Self:
        await self.simulator.start()
        self._stack.push_async_callback(self.simulator.stop)
        await self.add(self.ear)
        await self.quiet()
        self.clear()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def add(self, ear: Ear) -> MemoryTransport:
        """Hang one more adapter on the line; return the program's end of it."""
        await self.simulator.attach(ear.theirs)
        await ear.ours.open(ear)
        self._stack.push_async_callback(ear.ours.close)
        return ear.ours

    @property
    def now(self) -> float:
        return asyncio.get_running_loop().time()

    @property
    def module(self) -> SimulatedModule:
        return self.simulator.modules[ONE]

    def __getitem__(self, serial: SerialNumber) -> SimulatedModule:
        return self.simulator.modules[serial]

    # --- the mouth -------------------------------------------------------------------------

    def say(self, *packets: str | bytes | Frame) -> None:
        """Put packets on the line, back to back, as they are."""
        octets = b""
        for packet in packets:
            if isinstance(packet, str):
                packet = bytes.fromhex(packet)
            octets += encode_wire(packet if isinstance(packet, Frame) else Frame(packet))
        self.ear.ours.write(octets)

    def frame(
        self,
        message: Command | Message,
        *,
        sequence: int | None = None,
        counter: int | None = None,
        source: LinkSource | SerialNumber = MASTER,
    ) -> Frame:
        """Put a message into a frame, as a new one: its own counter and sequence."""
        if counter is None:
            counter = self._counter = self._counter % 3 + 1
        if sequence is None:
            sequence = self._sequence = (self._sequence + 7) % 0x48
        return encode_message(message, counter=counter, sequence=sequence, source=source)

    def tell(
        self,
        message: Command | Message,
        *,
        sequence: int | None = None,
        counter: int | None = None,
    ) -> int:
        """Say a message; return its sequence."""
        frame = self.frame(message, sequence=sequence, counter=counter)
        self.say(frame)
        return frame.sequence

    # --- the ear ---------------------------------------------------------------------------

    async def quiet(self, for_s: float = 2.0) -> None:
        """Let everything that follows from what was said happen."""
        await asyncio.sleep(for_s)

    def clear(self) -> None:
        self.ear.frames.clear()
        self.ear.noise.clear()
        self.ear.octets.clear()

    def heard(self) -> list[str]:
        """What was heard since the last call: packets as hex."""
        packets = [str(frame) for _, frame in self.ear.frames]
        self.clear()
        return packets

    def messages(self) -> list[Message]:
        """What was heard since the last call: messages."""
        messages = [decode_message(frame) for _, frame in self.ear.frames]
        self.clear()
        return messages

    async def answers(self, message: Command | Message, **how: int) -> list[Message]:
        """Say a message and return what is answered, before anything else that it causes."""
        self.clear()
        self.tell(message, **how)
        await self.quiet(0.0045)
        return self.messages()

    async def open_cci(self, serial: SerialNumber = ONE) -> None:
        """Put a module into manual override, and hear its reports out."""
        self[serial].move_cci(ContactState.OPEN)
        await self.quiet()
        assert self[serial].state.in_override
        self.clear()
