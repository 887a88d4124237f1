"""What comes out of an adapter with faults."""

import asyncio
from collections.abc import Iterator

import pytest

from dpm_core.model import SerialNumber
from dpm_core.protocol.decoder import Decoder, FrameHeard, Noise
from dpm_core.protocol.frames import Frame, LinkSource, encode_wire
from dpm_core.protocol.messages import GoToLevel, encode_message
from dpm_core.simulator.faults import Direction, parse_fault
from dpm_core.simulator.faults_path import MERGE_WAIT_S, FaultyPath
from dpm_core.simulator.faults_set import Faults

pytestmark = [pytest.mark.virtual_time, pytest.mark.requirement("G3")]

ONE = SerialNumber(0x00A1B2C3)


def frame(sequence: int) -> Frame:
    message = GoToLevel(ONE, 1, 0xFEFF)
    return encode_message(message, counter=1, sequence=sequence, source=LinkSource())


class Rig:
    def __init__(self, *words: str, seed: int = 0) -> None:
        self.faults = Faults(seed)
        for each in words:
            self.faults.set(parse_fault(each))
        self.pieces: list[bytes] = []
        self.times: list[float] = []
        self.loop = asyncio.get_running_loop()
        self.path = FaultyPath(self.faults, Direction.TO_MODULES, self._arrive, self.loop)

    def _arrive(self, octets: bytes) -> None:
        self.pieces.append(octets)
        self.times.append(self.loop.time())

    async def carry(self, *sequences: int) -> list[int]:
        """Send frames a second apart; return the sequences of those that came out good."""
        for sequence in sequences:
            self.path.carry(encode_wire(frame(sequence)))
            await asyncio.sleep(1)
        return self.good()

    def heard(self) -> Iterator[FrameHeard | Noise]:
        decoder = Decoder()
        for piece, at in zip(self.pieces, self.times, strict=True):
            decoder.feed(piece, at)
        decoder.tick(float("inf"))
        return decoder.events()

    def good(self) -> list[int]:
        return [event.frame.sequence for event in self.heard() if isinstance(event, FrameHeard)]


async def test_without_faults_octets_pass_as_they_come() -> None:
    rig = Rig()
    rig.path.carry(b"\x55")
    rig.path.carry(b"\xfa\xde\x91")
    assert rig.pieces == [b"\x55", b"\xfa\xde\x91"]


async def test_what_goes_the_other_way_passes_as_it_comes() -> None:
    rig = Rig("lose:from-modules")
    rig.path.carry(b"\xfa\xde\x91")
    assert rig.pieces == [b"\xfa\xde\x91"]


async def test_lost_frames_are_gone_and_the_next_one_is_there() -> None:
    assert await Rig("lose:2x").carry(1, 2, 3) == [3]


async def test_broken_frames_have_a_wrong_crc_whatever_the_dice_say() -> None:
    for seed in range(200):
        rig = Rig("corrupt:1x", seed=seed)
        assert await rig.carry(1, 2) == [2]
        assert len(rig.pieces[0]) == len(encode_wire(frame(1)))


async def test_doubled_frames_come_twice() -> None:
    assert await Rig("double:1x").carry(1, 2) == [1, 1, 2]


async def test_a_frame_that_breaks_off_takes_no_other_with_it() -> None:
    for seed in range(50):
        assert await Rig("truncate:1x", seed=seed).carry(1, 2) == [2]


async def test_a_late_frame_comes_late_and_perhaps_behind_the_next() -> None:
    rig = Rig("delay:1x:3s", seed=5)
    await rig.carry(1, 2, 3, 4)
    assert sorted(rig.good()) == [1, 2, 3, 4]
    assert rig.good() != [1, 2, 3, 4]


async def test_merged_frames_come_in_one_piece() -> None:
    rig = Rig("merge:1x")
    for sequence in (1, 2):
        rig.path.carry(encode_wire(frame(sequence)))
    assert rig.pieces == [encode_wire(frame(1)) + encode_wire(frame(2))]


async def test_a_frame_that_none_follows_is_let_go() -> None:
    rig = Rig("merge:1x")
    assert await rig.carry(1) == [1]
    assert rig.times == [MERGE_WAIT_S]


async def test_frames_are_found_in_pieces_and_noise_between_them_passes() -> None:
    rig = Rig("lose:1x")
    octets = b"\x12\x34" + encode_wire(frame(1)) + encode_wire(frame(2))
    for place in range(0, len(octets), 5):
        rig.path.carry(octets[place : place + 5])
    await asyncio.sleep(1)
    assert rig.good() == [2]
    assert rig.pieces[0] == b"\x12\x34"


async def test_half_a_frame_passes_when_silence_has_ended_it() -> None:
    rig = Rig("lose:0.000001")
    half = encode_wire(frame(1))[:20]
    rig.path.carry(half)
    assert rig.pieces == []
    await asyncio.sleep(1)
    assert b"".join(rig.pieces) == half.removeprefix(b"\x55\x55\x55\xff")


async def test_a_fault_that_ends_in_a_frame_loses_nothing_of_it() -> None:
    rig = Rig("double:from-modules", "lose:0.000001")
    octets = encode_wire(frame(1))
    rig.path.carry(octets[:20])
    rig.faults.clear()
    rig.path.carry(octets[20:])
    await asyncio.sleep(1)
    assert rig.good() == [1]


@pytest.mark.parametrize(
    ("words", "length"),
    [("lose:1x:octets", 30), ("double:1x:octets", 32), ("corrupt:1x:octets", 31)],
)
async def test_single_octets_are_lost_doubled_and_broken(words: str, length: int) -> None:
    rig = Rig(words)
    rig.path.carry(encode_wire(frame(1)))
    assert len(rig.pieces[0]) == length
    assert rig.pieces[0] != encode_wire(frame(1))


async def test_a_pause_in_the_middle_of_a_frame_keeps_the_order() -> None:
    rig = Rig("delay:1x:octets:0.5s")
    for sequence in (1, 2, 3):
        rig.path.carry(encode_wire(frame(sequence)))
    await asyncio.sleep(1)
    assert b"".join(rig.pieces) == b"".join(encode_wire(frame(number)) for number in (1, 2, 3))
    assert rig.times[0] == 0 < rig.times[1]


async def test_when_the_adapter_goes_all_that_is_on_its_way_goes_with_it() -> None:
    rig = Rig("delay:2x:1s", "merge:to-modules")
    for sequence in (1, 2, 3):
        rig.path.carry(encode_wire(frame(sequence)))
    rig.path.close()
    await asyncio.sleep(2)
    assert rig.pieces == []
