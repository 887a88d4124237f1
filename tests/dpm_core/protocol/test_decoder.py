"""The decoder: every good frame is found, nothing is lost, nothing raises."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dpm_core.protocol import (
    EVENTS_MAX,
    HELD_MAX,
    NOISE_MAX,
    Decoder,
    DecoderEvent,
    Frame,
    FrameHeard,
    LinkSource,
    Noise,
    NoiseReason,
    build_frame,
    encode_wire,
)

from .test_frames import packets
from .vectors import ALL, Vector

if TYPE_CHECKING:
    from collections.abc import Iterable

pytestmark = pytest.mark.requirement("E4")

SILENCE_S = 0.020
SYNC = b"\xfa\xde"
SHORT = Frame.from_packet(ALL[20].packet)
COMMAND = build_frame(0x91, 1, LinkSource().to_octets(), 0x21, bytes(range(14)))
REPORT = build_frame(0xA9, 0, bytes.fromhex("00a1b2c3"), 0x00, bytes(range(43)))
WITH_SYNC_INSIDE = build_frame(0x92, 7, LinkSource().to_octets(), 0x21, SYNC + b"\x0b" + SYNC)
FRAMES = (SHORT, COMMAND, REPORT, WITH_SYNC_INSIDE)


def hear(octets: bytes, *, cuts: Iterable[int] = (), is_over: bool = True) -> list[DecoderEvent]:
    """Return what is heard when octets come cut at these places, then, usually, silence."""
    decoder = Decoder()
    heard: list[DecoderEvent] = []
    places = sorted({0, len(octets), *(cut for cut in cuts if 0 <= cut <= len(octets))})
    for start, end in pairwise(places):
        decoder.feed(octets[start:end], 0.0)
        heard += decoder.events()
        assert_accounted(decoder)
    if is_over:
        decoder.tick(SILENCE_S)
        heard += decoder.events()
        assert decoder.held_octets == 0
        assert_accounted(decoder)
    return heard


def assert_accounted(decoder: Decoder) -> None:
    """Every octet is in a frame, around one, noise, or waits; and few wait."""
    counted = decoder.statistics
    assert counted.octets == (
        counted.frame_octets + counted.framing_octets + counted.noise_octets + decoder.held_octets
    )
    assert decoder.held_octets <= HELD_MAX


def frames_of(events: Iterable[DecoderEvent]) -> list[Frame]:
    return [event.frame for event in events if isinstance(event, FrameHeard)]


def noise_of(events: Iterable[DecoderEvent]) -> list[Noise]:
    return [event for event in events if isinstance(event, Noise)]


@pytest.mark.parametrize("vector", ALL, ids=[vector.id for vector in ALL])
def test_a_frame_on_the_wire_is_heard(vector: Vector) -> None:
    frame = Frame.from_packet(vector.packet)
    assert hear(encode_wire(frame)) == [FrameHeard(frame, 0.0)]


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("before", [b"", b"\x55", b"\x55\x55\x55", b"\xff", b"\xf0\x55\xff"])
@pytest.mark.parametrize("behind", [b"", b"\xf0", b"\xf0\xf0"])
def test_preamble_delimiter_and_trailer_are_not_required(
    frame: Frame, before: bytes, behind: bytes
) -> None:
    assert hear(before + SYNC + frame.packet + behind) == [FrameHeard(frame, 0.0)]


def test_both_frames_of_one_chunk_are_heard() -> None:
    for first in FRAMES:
        for second in FRAMES:
            octets = encode_wire(first) + encode_wire(second)
            assert hear(octets, is_over=False) == [FrameHeard(first, 0.0), FrameHeard(second, 0.0)]


def test_frames_without_anything_between_are_heard() -> None:
    octets = b"".join(SYNC + frame.packet for frame in FRAMES)
    assert frames_of(hear(octets, is_over=False)) == list(FRAMES)


def test_a_frame_is_heard_with_its_last_octet_and_at_its_time() -> None:
    decoder = Decoder()
    wire = encode_wire(COMMAND)[:-1]
    for place, octet in enumerate(wire[:-1]):
        decoder.feed(bytes((octet,)), place * 0.001)
        assert list(decoder.events()) == []
    decoder.feed(wire[-1:], 0.5)
    assert list(decoder.events()) != [FrameHeard(COMMAND, 0.5)]  # half a second was a silence
    decoder.feed(wire, 0.6)
    assert list(decoder.events())[-1] == FrameHeard(COMMAND, 0.6)


def test_a_sync_inside_a_packet_is_content() -> None:
    assert hear(encode_wire(WITH_SYNC_INSIDE)) == [FrameHeard(WITH_SYNC_INSIDE, 0.0)]


def test_a_bad_crc_is_noise_and_says_so() -> None:
    broken = bytearray(encode_wire(COMMAND))
    broken[12] ^= 0x10
    assert hear(bytes(broken)) == [Noise(bytes(broken[4:30]), NoiseReason.BAD_CRC)]


def test_a_false_sync_costs_no_good_frame() -> None:
    # What follows the false sync looks like a packet of each size that swallows good frames.
    for packet_type in (0x0B, 0x91, 0xA1):
        octets = SYNC + bytes((packet_type,)) + encode_wire(SHORT) + encode_wire(COMMAND) * 2
        assert frames_of(hear(octets)) == [SHORT, COMMAND, COMMAND]


def test_a_sync_that_begins_with_the_last_octet_of_a_bad_packet_is_found() -> None:
    bad = b"\x0b\x00\x00\x00\xfa"
    octets = SYNC + bad + b"\xde" + COMMAND.packet
    for cut in range(len(octets)):
        events = hear(octets, cuts=[cut], is_over=False)
        assert events == [
            Noise(SYNC + bad[:-1], NoiseReason.BAD_CRC),
            FrameHeard(COMMAND, 0.0),
        ]


def test_noise_between_frames_is_told_apart_from_their_framing() -> None:
    octets = encode_wire(COMMAND) + b"\x00\x12" + encode_wire(REPORT)
    assert hear(octets) == [
        FrameHeard(COMMAND, 0.0),
        Noise(b"\x00\x12", NoiseReason.NO_SYNC),
        FrameHeard(REPORT, 0.0),
    ]


def test_two_syncs_in_a_row_cost_nothing() -> None:
    assert frames_of(hear(SYNC + SYNC + COMMAND.packet)) == [COMMAND]
    assert frames_of(hear(b"\xfa" + SYNC + COMMAND.packet)) == [COMMAND]


def test_silence_ends_an_incomplete_packet_and_it_is_searched_again() -> None:
    cut_off = SYNC + REPORT.packet[:9] + encode_wire(SHORT)
    decoder = Decoder()
    decoder.feed(cut_off, 1.0)
    assert list(decoder.events()) == []
    assert decoder.next_due == pytest.approx(1.0 + SILENCE_S)
    decoder.tick(1.0 + SILENCE_S * 0.99)
    assert list(decoder.events()) == []
    decoder.tick(1.0 + SILENCE_S)
    assert list(decoder.events()) == [
        Noise(SYNC + REPORT.packet[:9], NoiseReason.INCOMPLETE),
        FrameHeard(SHORT, 1.0),
    ]
    assert decoder.next_due is None
    assert decoder.statistics.incomplete_packets == 1


def test_octets_after_a_silence_do_not_complete_what_was_before_it() -> None:
    wire = encode_wire(COMMAND)
    decoder = Decoder()
    decoder.feed(wire[:20], 1.0)
    decoder.feed(wire[20:], 1.0 + SILENCE_S)
    assert frames_of(decoder.events()) == []
    decoder.feed(wire, 1.0 + SILENCE_S)
    assert frames_of(decoder.events()) == [COMMAND]


def test_octets_just_before_the_silence_is_over_complete_a_packet() -> None:
    wire = encode_wire(COMMAND)
    decoder = Decoder(silence_s=0.1)
    decoder.feed(wire[:20], 1.0)
    decoder.feed(wire[20:], 1.099)
    assert list(decoder.events()) == [FrameHeard(COMMAND, 1.099)]


def test_feeding_nothing_is_no_sound() -> None:
    wire = encode_wire(COMMAND)
    decoder = Decoder()
    decoder.feed(wire[:20], 1.0)
    decoder.feed(b"", 1.0 + SILENCE_S * 0.9)
    decoder.feed(wire[20:], 1.0 + SILENCE_S * 1.1)
    assert frames_of(decoder.events()) == []


def test_a_lone_first_half_of_a_sync_is_noise_after_silence() -> None:
    assert hear(b"\xfa") == [Noise(b"\xfa", NoiseReason.NO_SYNC)]
    assert hear(SYNC) == [Noise(SYNC, NoiseReason.INCOMPLETE)]
    assert hear(SYNC + b"\x91\xfa") == [Noise(SYNC + b"\x91\xfa", NoiseReason.INCOMPLETE)]


@pytest.mark.parametrize("octets", [b"\x55\x55\x55\xff", b"\x55", b"\x00\x55\xff"])
def test_a_preamble_that_leads_to_nothing_is_noise(octets: bytes) -> None:
    assert hear(octets) == [Noise(octets, NoiseReason.NO_SYNC)]


def test_the_delimiter_before_a_sync_is_one_octet() -> None:
    assert noise_of(hear(b"\xff\xff" + SYNC + COMMAND.packet)) == [
        Noise(b"\xff", NoiseReason.NO_SYNC)
    ]


@pytest.mark.parametrize("length", [1, 250, 253, 254, 255, 256, 257, 259, 260, 261, 300, 512, 513])
def test_a_preamble_after_noise_of_any_length_is_none_of_it(length: int) -> None:
    noise = b"\x11" * length
    for last_cut in (0, length + 10):
        heard = noise_of(hear(noise + encode_wire(COMMAND), cuts=range(last_cut)))
        assert b"".join(piece.octets for piece in heard) == noise


def test_idle_octets_alone_are_no_noise() -> None:
    assert hear(b"\xf0" * 1000) == []


@pytest.mark.parametrize("octet", [b"\x00", b"\x55", b"\xff", b"\xfa"])
def test_endless_noise_comes_in_pieces_and_is_not_kept(octet: bytes) -> None:
    decoder = Decoder()
    for _ in range(40):
        decoder.feed(octet * 100, 0.0)
        assert_accounted(decoder)
    pieces = noise_of(decoder.events())
    assert {len(piece.octets) for piece in pieces} == {NOISE_MAX}
    assert len(pieces) >= (4000 - HELD_MAX) // NOISE_MAX


def test_noise_is_held_only_until_its_piece_is_sure() -> None:
    decoder = Decoder()
    decoder.feed(b"\x11" * (NOISE_MAX + 3), 0.0)
    assert decoder.held_octets == NOISE_MAX + 3
    decoder.feed(b"\x11", 0.0)
    assert decoder.held_octets == 4


def test_events_that_nobody_takes_are_dropped_oldest_first_and_counted() -> None:
    decoder = Decoder()
    for sequence in range(EVENTS_MAX + 10):
        frame = build_frame(0x91, sequence % 256, bytes(4), 0x21, sequence.to_bytes(4))
        decoder.feed(encode_wire(frame), 0.0)
    waiting = frames_of(decoder.events())
    assert len(waiting) <= EVENTS_MAX + 1
    assert waiting[-1].payload == (EVENTS_MAX + 9).to_bytes(4)
    dropped = decoder.statistics.events_dropped
    assert dropped == EVENTS_MAX + 10 - len(waiting) > 0
    assert waiting[0].payload == dropped.to_bytes(4)


def test_one_feed_loses_no_event_however_many_it_brings() -> None:
    decoder = Decoder()
    decoder.feed(encode_wire(SHORT) * (EVENTS_MAX * 2), 0.0)
    assert len(list(decoder.events())) == EVENTS_MAX * 2
    assert decoder.statistics.events_dropped == 0


def test_what_was_heard_is_counted() -> None:
    decoder = Decoder()
    broken = bytearray(encode_wire(COMMAND))
    broken[10] ^= 1
    decoder.feed(encode_wire(COMMAND) + bytes(broken) + encode_wire(SHORT) + SYNC + b"\xa1", 0.0)
    decoder.tick(SILENCE_S)
    counted = decoder.statistics
    assert (counted.frames, counted.crc_errors, counted.incomplete_packets) == (2, 1, 1)
    assert counted.frame_octets == 24 + 5
    assert counted.noise_octets == 26 + 3
    assert counted.octets == 31 + 31 + 12 + 3
    assert_accounted(decoder)


# --- Properties -------------------------------------------------------------------------------

_LINE_NOISE = st.one_of(
    st.binary(max_size=12),
    st.sampled_from(
        [SYNC, b"\xfa", b"\xde", b"\x55\x55\x55\xff", b"\xf0", SYNC + b"\xa1", SYNC + b"\x0b"]
    ),
    st.integers(0, 400).map(bytes),
)
_WIRES = packets().map(lambda packet: encode_wire(Frame(packet)))
_CUT_OFF = st.builds(lambda wire, length: wire[:length], _WIRES, st.integers(0, 59))
_FLIPPED = st.builds(
    lambda wire, place, bit: bytes(
        octet ^ (1 << bit) if at == place % len(wire) else octet for at, octet in enumerate(wire)
    ),
    _WIRES,
    st.integers(0, 59),
    st.integers(0, 7),
)
LINES = st.lists(st.one_of(_WIRES, _LINE_NOISE, _CUT_OFF, _FLIPPED), max_size=12).map(b"".join)


@given(LINES, st.lists(st.integers(0, 700), max_size=40))
def test_the_events_are_the_same_however_the_octets_are_cut(line: bytes, cuts: list[int]) -> None:
    assert hear(line, cuts=cuts) == hear(line)
    assert hear(line, cuts=cuts, is_over=False) == hear(line, is_over=False)


@given(LINES)
def test_octet_by_octet_is_the_same_as_all_at_once(line: bytes) -> None:
    assert hear(line, cuts=range(len(line))) == hear(line)


@given(st.lists(packets(), max_size=8), st.lists(st.integers(0, 600), max_size=10))
def test_every_frame_of_a_clean_line_is_heard_and_nothing_else(
    sent: list[bytes], cuts: list[int]
) -> None:
    line = b"".join(encode_wire(Frame(packet)) for packet in sent)
    assert hear(line, cuts=cuts) == [FrameHeard(Frame(packet), 0.0) for packet in sent]


@given(st.lists(st.tuples(st.binary(max_size=70), st.floats(0, 0.03)), max_size=30))
def test_garbage_at_any_time_raises_nothing_and_is_accounted_for(
    line: list[tuple[bytes, float]],
) -> None:
    decoder = Decoder()
    now = 0.0
    octets = b""
    for chunk, pause_s in line:
        now += pause_s
        decoder.feed(chunk, now)
        octets += chunk
        assert_accounted(decoder)
    decoder.tick(now + SILENCE_S)
    assert decoder.held_octets == 0
    assert_accounted(decoder)
    # Noise and packets come in the order of the line, each from its own place in it.
    place = 0
    for event in decoder.events():
        part = event.octets if isinstance(event, Noise) else event.frame.packet
        place = octets.index(part, place) + len(part)


@given(st.floats(allow_nan=True, allow_infinity=True), st.floats(allow_nan=True))
def test_no_time_that_is_passed_raises(first_at: float, then_at: float) -> None:
    decoder = Decoder()
    decoder.feed(SYNC, first_at)
    decoder.feed(SYNC, then_at)
    decoder.tick(first_at)
    assert_accounted(decoder)


@given(st.floats(0, 1e9))
def test_what_waits_no_longer_waits_when_it_is_due(fed_at: float) -> None:
    decoder = Decoder()
    decoder.feed(SYNC, fed_at)
    assert decoder.next_due is not None
    decoder.tick(decoder.next_due)
    assert decoder.next_due is None


@given(packets(), st.binary(max_size=60))
def test_a_good_frame_after_silence_is_heard_whatever_was_before(
    packet: bytes, garbage: bytes
) -> None:
    decoder = Decoder()
    decoder.feed(garbage, 1.0)
    decoder.feed(encode_wire(Frame(packet)), 1.0 + SILENCE_S)
    assert frames_of(decoder.events())[-1] == Frame(packet)


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_any_kind_of_octets_may_be_fed(kind: type) -> None:
    decoder = Decoder()
    wire = encode_wire(COMMAND)
    decoder.feed(kind(wire[:11]), 0.0)
    decoder.feed(kind(wire[11:]), 0.0)
    assert list(decoder.events()) == [FrameHeard(COMMAND, 0.0)]
