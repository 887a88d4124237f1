"""What is heard is written as it comes, and nothing of it is lost at the end."""

import asyncio
import errno

import pytest

from dpm_core.cli.recorder import Recorder
from dpm_core.errors import LinkUnavailable
from dpm_core.protocol import (
    PCAPNG_MAGIC,
    CaptureHeader,
    CaptureOctets,
    ack_frame,
    encode_wire,
    read_capture,
)

pytestmark = [pytest.mark.requirement("G4"), pytest.mark.virtual_time]

WIRE = encode_wire(ack_frame(5))


def recorder(writes: list[bytes], *, is_pcapng: bool = False) -> Recorder:
    return Recorder(writes.append, link="/dev/x", baud=31250, character="8N1", is_pcapng=is_pcapng)


async def test_each_arrival_is_a_line_with_its_time() -> None:
    writes: list[bytes] = []
    hears = recorder(writes)
    hears.begin()
    await asyncio.sleep(1.5)
    hears.octets_received(WIRE[:5])
    await asyncio.sleep(0.001)
    hears.octets_received(WIRE[5:])
    hears.end()
    header, *records = read_capture(writes)
    assert isinstance(header, CaptureHeader)
    assert (header.baud, header.character, header.link) == (31250, "8N1", "/dev/x")
    assert records == [CaptureOctets(1.5, WIRE[:5]), CaptureOctets(1.501, WIRE[5:])]
    assert len(writes) == 3
    assert hears.statistics.frames == 1


async def test_each_opening_has_a_header_of_its_own() -> None:
    writes: list[bytes] = []
    hears = recorder(writes)
    hears.begin()
    hears.connection_lost(LinkUnavailable("/dev/x", "unplugged"))
    assert hears.lost.is_set()
    await asyncio.sleep(9)
    hears.begin()
    await asyncio.sleep(1)
    hears.octets_received(WIRE)
    hears.connection_lost(None)
    hears.end()
    assert hears.losses == 1
    kinds = [type(record) for record in read_capture(writes)]
    assert kinds == [CaptureHeader, CaptureHeader, CaptureOctets]
    assert list(read_capture(writes))[-1] == CaptureOctets(1.0, WIRE)


async def test_pcapng_has_one_block_for_each_frame_as_soon_as_it_is_over() -> None:
    writes: list[bytes] = []
    hears = recorder(writes, is_pcapng=True)
    hears.begin()
    assert b"".join(writes).startswith(PCAPNG_MAGIC)
    hears.octets_received(WIRE[:9])
    assert len(writes) == 1
    hears.octets_received(WIRE[9:])
    assert len(writes) == 2
    assert WIRE[4:-1] in writes[1]


async def test_pcapng_has_a_block_for_a_packet_that_silence_cut_off() -> None:
    writes: list[bytes] = []
    hears = recorder(writes, is_pcapng=True)
    hears.begin()
    hears.octets_received(WIRE[:8])
    await asyncio.sleep(0.015)
    hears.octets_received(WIRE[8:9])
    await asyncio.sleep(0.015)
    assert len(writes) == 1
    await asyncio.sleep(0.01)
    assert b"incomplete" in writes[1]
    hears.octets_received(WIRE[:8])
    hears.end()
    assert len(writes) == 3


async def test_a_file_that_takes_no_more_ends_the_recording() -> None:
    def full(_: bytes) -> None:
        calls.append(1)
        raise OSError(errno.ENOSPC, "No space left on device")

    calls: list[int] = []
    hears = Recorder(full, link="/dev/x", baud=31250, character="8N1", is_pcapng=False)
    hears.begin()
    hears.octets_received(WIRE)
    assert hears.ended.is_set()
    assert hears.failure is not None
    assert len(calls) == 1
