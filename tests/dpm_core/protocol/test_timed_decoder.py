"""What a capture says when it is decoded: the same as was heard, each thing with its time."""

import pytest

from dpm_core.protocol import (
    CaptureDamage,
    CaptureHeader,
    CaptureOctets,
    Frame,
    FrameHeard,
    Noise,
    NoiseReason,
    TimedDecoder,
    TimedEvent,
    ack_frame,
    encode_wire,
    replay,
)
from dpm_core.protocol.capture import CaptureRecord
from dpm_core.protocol.timed_decoder import Replayed

ACK = ack_frame(5)
WIRE = encode_wire(ACK)
HEADER = CaptureHeader(1000.0, 31250)


def frame(at: float, which: Frame = ACK) -> TimedEvent:
    return TimedEvent(at, FrameHeard(which, at))


def replayed(*records: CaptureRecord) -> list[Replayed]:
    return list(replay(records, TimedDecoder()))


def test_a_frame_has_the_time_of_its_last_octet() -> None:
    found = replayed(HEADER, CaptureOctets(1.0, WIRE[:7]), CaptureOctets(1.01, WIRE[7:]))
    assert found == [HEADER, frame(1001.01)]


def test_noise_has_the_time_at_which_it_was_heard_and_not_that_of_what_follows() -> None:
    cut_off = Noise(b"\xfa\xde\x0b", NoiseReason.INCOMPLETE)
    found = replayed(HEADER, CaptureOctets(1.0, WIRE[:7]), CaptureOctets(2.0, WIRE))
    assert found == [HEADER, TimedEvent(1001.0, cut_off), frame(1002.0)]


def test_what_waits_at_the_end_is_told() -> None:
    decoder = TimedDecoder()
    assert decoder.next_due is None
    assert decoder.feed(WIRE[:7], 1.0) == []
    assert decoder.next_due == pytest.approx(1.02)
    assert decoder.tick(1.01) == []
    (found,) = decoder.end()
    assert found.at == 1.0
    assert decoder.statistics.incomplete_packets == 1


def test_a_header_ends_what_was_incomplete_and_sets_the_clock() -> None:
    later = CaptureHeader(5000.0, 62500)
    found = replayed(HEADER, CaptureOctets(0.0, WIRE[:7]), later, CaptureOctets(0.5, WIRE))
    assert [type(one) for one in found] == [CaptureHeader, TimedEvent, CaptureHeader, TimedEvent]
    assert found[-1] == frame(5000.5)


def test_damage_ends_what_was_incomplete() -> None:
    damage = CaptureDamage(3, "cut off")
    head, tail = CaptureOctets(0.0, WIRE[:7]), CaptureOctets(0.001, WIRE[7:])
    found = replayed(HEADER, head, damage, tail)
    assert damage in found
    assert not any(
        isinstance(one, TimedEvent) and isinstance(one.event, FrameHeard) for one in found
    )


def test_times_that_go_backwards_end_what_was_incomplete() -> None:
    found = replayed(HEADER, CaptureOctets(3.0, WIRE[:7]), CaptureOctets(1.0, WIRE))
    assert isinstance(found[1], TimedEvent)
    assert isinstance(found[1].event, Noise)
    assert found[2] == frame(1001.0)
