"""Row 8: from octets to what they mean."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import partial
from typing import Final

from dpm_core.model import Cause, zones_from_bits
from dpm_core.protocol import (
    Decoder,
    FrameHeard,
    ReportFlag,
    ZoneReport,
    decode_message,
    encode_message,
    encode_wire,
)

from .far_end import FarEnd
from .measuring import Effort, Figure, Sample, in_turns, ns
from .responder import serials

CHUNKS: Final = (24, 7, 4096, 1)
FRAMES: Final = 2000
PASSES: Final = 5
"""A pass takes a few milliseconds, which somebody else's burst on the machine can double: the best
of so many is one repetition, for the peer and us alike."""
PEER_REGISTERS: Final = 9
"""As many registers as make pymodbus's answer 23 octets long: none is 24 octets."""


def _frames(count: int) -> list[bytes]:
    """Return zone reports of different modules on the wire, no two alike."""
    said = []
    for number in range(count):
        serial = serials(99)[number % 99]
        bits = number % 16
        zones = zones_from_bits(bits)
        report = ZoneReport(serial, zones, zones, ReportFlag(0), Cause.LINK_COMMAND, number)
        said.append(encode_wire(encode_message(report, counter=1, sequence=0, source=serial)))
    return said


def _cut(octets: bytes, size: int) -> list[bytes]:
    return [octets[at : at + size] for at in range(0, len(octets), size)]


def _ours(chunks: list[bytes], count: int, *, to_message: bool) -> float:
    decoder = Decoder()
    decoded = 0
    begun = time.process_time()
    for chunk in chunks:
        decoder.feed(chunk, 0.0)
        for event in decoder.events():
            if isinstance(event, FrameHeard):
                if to_message:
                    decode_message(event.frame)
                decoded += 1
    took_s = time.process_time() - begun
    assert decoded == count, (decoded, count)
    return took_s / count


def _peer(frames: list[list[bytes]]) -> float:
    from pymodbus.framer import FramerRTU
    from pymodbus.pdu import DecodePDU

    framer = FramerRTU(DecodePDU(is_server=False))
    decoded = 0
    begun = time.process_time()
    for pieces in frames:
        waiting = b""
        for piece in pieces:
            waiting += piece
            used, pdu = framer.handleFrame(waiting, 1, 0)
            waiting = waiting[used:]
            decoded += pdu is not None
    took_s = time.process_time() - begun
    assert decoded == len(frames), (decoded, len(frames))
    return took_s / len(frames)


def _peer_frames(count: int) -> list[bytes]:
    from pymodbus.framer import FramerRTU
    from pymodbus.pdu import DecodePDU
    from pymodbus.pdu.register_message import ReadHoldingRegistersResponse

    framer = FramerRTU(DecodePDU(is_server=True))
    return [
        framer.buildFrame(
            ReadHoldingRegistersResponse(
                dev_id=1, registers=[number + at for at in range(PEER_REGISTERS)]
            )
        )
        for number in range(count)
    ]


async def decoding(_far: FarEnd, effort: Effort) -> list[Figure]:
    """Row 8, one figure for each size of chunk."""
    count = effort.count(FRAMES)
    ours, peers = b"".join(_frames(count)), _peer_frames(count)
    logging.getLogger("pymodbus.logging").setLevel(logging.WARNING)

    async def sample(measure: Callable[[], float]) -> Sample:
        return {"s": min(measure() for _ in range(PASSES))}

    figures = []
    for size in CHUNKS:
        chunks = _cut(ours, size)
        found = await in_turns(
            {
                "frame": partial(sample, partial(_ours, chunks, count, to_message=False)),
                "pymodbus": partial(sample, partial(_peer, [_cut(one, size) for one in peers])),
                "message": partial(sample, partial(_ours, chunks, count, to_message=True)),
            },
            effort.often,
        )
        its = found["pymodbus"]["s"]
        is_octet = size == 1
        figures += [
            Figure(
                row=8,
                what=f"decoding 24-byte frames in chunks of {size}, {how}",
                value=found[to]["s"] / its,
                must=0.8 if is_octet else 0.4,
                aim=0.8 if is_octet else 0.2,
                unit="x pymodbus",
                beside={"ours": f"{ns(found[to]['s'])} a frame", "pymodbus": f"{ns(its)} a frame"},
            )
            for to, how in (("frame", "to checked frames"), ("message", "to typed messages"))
        ]
    return figures
