"""The targets: what comes in from a wire, a socket or a file, and what must hold for it.

House rule: a target raises `AssertionError` for a broken promise and lets everything else through;
it keeps nothing from one call to the next.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from dpm_core.model import SerialNumber
from dpm_core.protocol import (
    CAPTURE_LINE_MAX,
    CRC_OCTETS,
    EVENTS_MAX,
    HELD_MAX,
    NOISE_MAX,
    CaptureHeader,
    CaptureOctets,
    Decoder,
    Dialect,
    Encodable,
    Frame,
    FrameHeard,
    LinkSource,
    Malformed,
    StatusMask,
    StatusQuery,
    TimedDecoder,
    ack_frame,
    decode_message,
    describe,
    encode_capture,
    encode_message,
    encode_wire,
    frame_fields,
    inspect_packet,
    message_fields,
    pcapng_packet,
    read_capture,
    reencode,
    replay,
    size_class,
)
from dpm_core.simulator import RamStore, Simulator, SimulatorSettings
from dpm_core.simulator.control import LINE_MAX, ControlServer
from dpm_core.simulator.rfc2217 import Rfc2217Session, escape
from dpm_core.transport import MemoryTransport, SendGate, memory_pair
from fuzz import processor_targets
from fuzz.chunks import chunks_of
from fuzz.reference_decoder import packets
from tests.dpm_core.virtual_time import run_virtual

__all__ = ["TARGETS", "Target"]

Target = Callable[[bytes], None]

ONE: Final = SerialNumber(0x00A1B2C3)
TWO: Final = SerialNumber(0x00A1B2C4)
SILENCE_S: Final = 0.1
MARKER: Final = ack_frame(0x2A)
"""A good frame that is put behind whatever came before."""

ANSWER_MAX: Final = 40
"""Octets that a Telnet server may answer to one octet: above its longest answer."""


def decoder(octets: bytes) -> None:
    """No exception, bounded memory, the same however it is cut, and the next good frame is found."""
    whole, cut = Decoder(), Decoder()
    whole.feed(octets, 0.0)
    whole_events = list(whole.events())
    cut_events = []
    for chunk in chunks_of(octets):
        cut.feed(chunk, 0.0)
        cut_events += cut.events()
        assert cut.held_octets <= HELD_MAX, "too much is held"
    assert cut_events == whole_events, "cutting changes what is heard"
    # Right behind the garbage: the rules themselves say whether something else covers the frame.
    marked = encode_wire(MARKER)
    whole.feed(marked, 0.0)
    whole.tick(SILENCE_S)
    whole_events += whole.events()
    heard = [event.frame.packet for event in whole_events if isinstance(event, FrameHeard)]
    assert heard == packets(octets + marked), "the rules find other frames"
    for event in whole_events:
        if not isinstance(event, FrameHeard):
            assert 0 < len(event.octets) <= NOISE_MAX + HELD_MAX, "noise without a bound"
    # Behind a silence: nothing that came before can cover it.
    whole.feed(marked, 2 * SILENCE_S)
    whole.tick(3 * SILENCE_S)
    assert any(
        isinstance(event, FrameHeard) and event.frame == MARKER for event in whole.events()
    ), "a good frame is not found after garbage"
    counts = whole.statistics
    parts = counts.frame_octets + counts.framing_octets + counts.noise_octets
    assert counts.octets == parts + whole.held_octets, "octets are lost"
    # Nobody takes the events: still bounded.
    deaf = Decoder()
    for number in range(3):
        deaf.feed(octets, float(number))
    assert sum(1 for _ in deaf.events()) <= EVENTS_MAX + len(octets)


def messages(octets: bytes) -> None:
    """Any packet has a meaning, in words and for JSON; what we can make, we make alike again."""
    if not octets:
        return
    packet = octets[: size_class(octets[0])].ljust(size_class(octets[0]), b"\xcc")
    frame = Frame(reencode(Frame(packet)))
    assert frame.crc_ok, "the right CRC does not fit"
    assert reencode(frame) == frame.packet, "encoding it again changes it"
    assert inspect_packet(packet).as_json()["crc_ok"] == Frame(packet).crc_ok
    json.dumps(frame_fields(frame))
    for dialect in Dialect:
        message = decode_message(frame, dialect=dialect)
        assert "\n" not in describe(message), "more than one line of words"
        json.dumps(message_fields(message)).encode()
        if not isinstance(message, Encodable):
            continue
        source = frame.source
        if source is None:
            continue
        again = encode_message(
            message, counter=frame.counter, sequence=frame.sequence, source=source
        )
        assert decode_message(again, dialect=dialect) == message, "it does not survive the wire"
        assert not isinstance(message, Malformed)


def capture_file(octets: bytes) -> None:
    """Any file is read to its end, one line at a time, and decoded; what is good in it is found."""
    header = CaptureHeader(1_000_000.0, 31250)
    start, good = encode_capture(header), encode_capture(CaptureOctets(1.0, encode_wire(MARKER)))
    records = list(read_capture([octets]))
    assert records == list(read_capture(chunks_of(octets))), "cutting changes what is read"
    assert len(records) <= octets.count(b"\n") + 1
    found = list(replay(read_capture([octets, b"\n", start, good]), TimedDecoder()))
    for one in found:
        if hasattr(one, "event"):
            assert len(pcapng_packet(one)) < 2 * CAPTURE_LINE_MAX
    last = found[-1]
    assert getattr(getattr(last, "event", None), "frame", None) == MARKER, "what follows is lost"


def rfc2217(octets: bytes) -> None:
    """A Telnet server answers anything in bounds, the same however cut, and finds its data again."""
    whole, cut = Rfc2217Session(31250), Rfc2217Session(31250)
    data, answers = whole.receive(octets)
    assert len(data) <= len(octets), "data out of nothing"
    assert len(answers) <= ANSWER_MAX * (len(octets) + 1), "answers without a bound"
    parts = [cut.receive(chunk) for chunk in chunks_of(octets)]
    assert b"".join(part[0] for part in parts) == data, "cutting changes the data"
    assert b"".join(part[1] for part in parts) == answers, "cutting changes the answers"
    # However it was left, the end of a subnegotiation and an option end what was begun.
    whole.receive(b"\xff\xf0\xff\xf0")
    sent = bytes(range(256))
    assert whole.receive(escape(sent)) == (sent, b""), "data is not found any more"


class _Deaf:
    def octets_received(self, octets: bytes) -> None:
        assert octets

    def connection_lost(self, error: Exception | None) -> None:
        assert error is None


async def _simulated(octets: bytes) -> None:
    simulator = Simulator((ONE, TWO), settings=SimulatorSettings(), store=RamStore(), seed=1)
    ours, theirs = memory_pair(gate=SendGate.SEND)
    heard = _Decoding()
    async with simulator:
        await simulator.attach(theirs)
        await ours.open(heard)
        for chunk in chunks_of(octets):
            _put(ours, chunk)
            await asyncio.sleep(0.001)
        # Longer than any pulse, so that nothing of it is left to happen.
        await asyncio.sleep(61.0)
        for module in simulator.modules.values():
            await asyncio.wait_for(module.settled(), 60.0)
            json.dumps(module.snapshot())
        heard.frames.clear()
        _put(ours, _QUERY)
        await asyncio.sleep(1.0)
        assert [frame.source for frame in heard.frames] == [ONE], (
            "a module does not answer any more"
        )
        await ours.close()


class _Decoding(_Deaf):
    def __init__(self) -> None:
        self.frames: list[Frame] = []
        self._decoder = Decoder()

    def octets_received(self, octets: bytes) -> None:
        self._decoder.feed(octets, asyncio.get_running_loop().time())
        self.frames += [e.frame for e in self._decoder.events() if isinstance(e, FrameHeard)]


def _put(end: MemoryTransport, octets: bytes) -> None:
    if octets:
        end.write(octets)


_QUERY: Final = encode_wire(
    encode_message(StatusQuery(ONE, StatusMask.ZONES), counter=1, sequence=0, source=LinkSource())
)


def device(octets: bytes) -> None:
    """Modules survive whatever is put on their line, and answer the next question."""
    run_virtual(_simulated(octets))


def commands(octets: bytes) -> None:
    """As `device`, but the octets are packets one after the other, and every CRC is right.

    A fuzzer that has to guess the CRC never gets as far as what a command means.
    """
    wire = b""
    while octets:
        size = size_class(octets[0])
        packet = octets[:size].ljust(size, b"\xcc")
        wire += encode_wire(Frame(reencode(Frame(packet))))
        octets = octets[size - CRC_OCTETS :]
    run_virtual(_simulated(wire))


class _Written:
    """The end of a connection that keeps what is written to it."""

    def __init__(self) -> None:
        self.octets = b""

    def write(self, octets: bytes) -> None:
        self.octets += octets

    async def drain(self) -> None:
        await asyncio.sleep(0)

    def close(self) -> None:
        self.octets += b""


async def _controlled(octets: bytes) -> None:
    simulator = Simulator((ONE,), settings=SimulatorSettings(), store=RamStore(), seed=1)
    async with simulator:
        server = ControlServer(Path("control"), simulator.modules)
        reader, written = asyncio.StreamReader(), _Written()
        reader.feed_data(octets + b"\n" + b'{"do": "modules"}\n')
        reader.feed_eof()
        # Without a socket, which would take most of the time.
        serve: Any = server._serve  # noqa: SLF001  # what the socket's server calls
        await serve(reader, written)
    answers = written.octets.splitlines()
    lines = [line for line in octets.split(b"\n") if line.strip()]
    assert len(answers) == len(lines) + 1, "not one answer for each line"
    for answer in answers:
        found = json.loads(answer)
        assert found["ok"] is True or isinstance(found["error"], str)
        assert len(answer) <= 4 * LINE_MAX, "an answer without a bound"
    assert json.loads(answers[-1]) == {"ok": True, "modules": [str(ONE)]}, "it answers no more"


def control(octets: bytes) -> None:
    """Each line of the control socket gets one answer, whatever it is, and the connection stays."""
    run_virtual(_controlled(octets))


TARGETS: Final[dict[str, Target]] = {
    "decoder": decoder,
    "messages": messages,
    "capture": capture_file,
    "rfc2217": rfc2217,
    "control": control,
    "device": device,
    "commands": commands,
    "lip": processor_targets.lip,
    "lip_session": processor_targets.lip_session,
    "processor": processor_targets.processor,
    "http": processor_targets.http,
    "database": processor_targets.database,
}
"""Every target by its name."""
