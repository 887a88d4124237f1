"""What is heard when several talk."""

import random

import pytest

from dpm_core.protocol.frames import PREAMBLE, SYNC, ack_frame, encode_wire
from dpm_core.simulator.wire import (
    PACED_CHUNK_OCTETS,
    Heard,
    InstantWire,
    PacedWire,
    Transmission,
)

pytestmark = pytest.mark.requirement("G3")

OCTET_S = 0.001
START = PREAMBLE + SYNC
A, B, C = "A", "B", "C"


def paced(*transmissions: Transmission) -> PacedWire:
    wire = PacedWire(OCTET_S, random.Random(1))
    for transmission in transmissions:
        wire.put(transmission)
    return wire


def instant(*transmissions: Transmission) -> InstantWire:
    wire = InstantWire(random.Random(1))
    for transmission in transmissions:
        wire.put(transmission)
    return wire


def octets_of(heard: list[Heard], sender: object = None) -> bytes:
    return b"".join(each.octets for each in heard if sender in (None, each.sender))


class TestInstant:
    def test_a_frame_takes_no_time(self) -> None:
        wire = instant(Transmission(A, b"hello", 1.0))
        assert wire.next_due == 1.0
        assert list(wire.advance(0.9)) == []
        assert list(wire.advance(1.0)) == [Heard(b"hello", 1.0, A)]
        assert wire.next_due is None
        assert wire.busy_until == 1.0

    def test_one_after_the_other_does_not_overlap(self) -> None:
        wire = instant(Transmission(A, b"one", 1.0), Transmission(B, b"two", 1.0001))
        assert [each.octets for each in wire.advance(2.0)] == [b"one", b"two"]
        assert wire.collisions == 0

    def test_at_the_same_instant_they_break_and_both_senders_are_told(self) -> None:
        told: list[tuple[str, bool]] = []
        first, second = START + b"first frame", START + b"second, longer frame"
        wire = instant(
            Transmission(A, first, 1.0, lambda broken: told.append((A, broken))),
            Transmission(B, second, 1.0 + 1e-9, lambda broken: told.append((B, broken))),
        )
        (heard,) = wire.advance(1.1)
        assert len(heard.octets) == len(second)
        # They drive the line alike up to the sync, and not one octet is right after it.
        assert heard.octets[: len(START)] == START
        assert all(a != b for a, b in zip(heard.octets[6:], second[6:], strict=True))
        assert told == [(A, True), (B, True)]
        assert wire.collisions == 1

    def test_the_same_frame_from_two_senders_breaks_too(self) -> None:
        frame = encode_wire(ack_frame(1))
        wire = instant(Transmission(A, frame, 1.0), Transmission(B, frame, 1.0))
        (heard,) = wire.advance(1.0)
        assert heard.octets != frame

    def test_what_differs_from_its_first_octet_is_broken_from_there(self) -> None:
        wire = instant(Transmission(A, b"\x01\x02", 1.0), Transmission(B, b"\x02\x02", 1.0))
        (heard,) = wire.advance(1.0)
        assert heard.octets[0] != 1
        assert heard.octets[1] != 2

    def test_two_of_one_sender_come_in_their_order(self) -> None:
        wire = instant(Transmission(A, b"one", 1.0), Transmission(A, b"two", 1.0))
        assert octets_of(list(wire.advance(1.0))) == b"onetwo"
        assert wire.collisions == 0

    def test_a_sender_whose_power_is_cut_says_nothing_any_more(self) -> None:
        wire = instant(Transmission(A, b"one", 1.0), Transmission(B, b"two", 1.0))
        wire.cut(A, 0.5)
        assert list(wire.advance(1.0)) == [Heard(b"two", 1.0, B)]


class TestPaced:
    def test_each_octet_takes_its_time(self) -> None:
        told: list[bool] = []
        wire = paced(Transmission(A, bytes(range(20)), 1.0, told.append))
        assert wire.busy_until == pytest.approx(1.020)
        heard = list(wire.advance(1.0165))
        assert [len(each.octets) for each in heard] == [PACED_CHUNK_OCTETS] * 2
        assert [each.at for each in heard] == pytest.approx([1.008, 1.016])
        assert told == []
        (rest,) = wire.advance(1.1)
        assert rest.octets == bytes(range(16, 20))
        assert rest.at == pytest.approx(1.020)
        assert told == [False]
        assert wire.next_due is None

    @pytest.mark.parametrize(("octet_s", "upto"), [(0.00032, 8), (0.004, 2), (0.033, 1)])
    def test_octets_are_not_kept_back_for_long_at_a_low_baud_rate(
        self, octet_s: float, upto: int
    ) -> None:
        wire = PacedWire(octet_s, random.Random(1))
        wire.put(Transmission(A, bytes(range(24)), 1.0))
        assert wire.next_due == pytest.approx(1.0 + upto * octet_s)

    def test_one_right_behind_the_other_does_not_overlap(self) -> None:
        wire = paced(Transmission(A, b"1234", 1.0), Transmission(B, b"5678", 1.004))
        assert octets_of(list(wire.advance(2.0))) == b"12345678"
        assert wire.collisions == 0

    def test_only_the_octets_that_overlap_are_broken(self) -> None:
        told: dict[str, bool] = {}
        wire = paced(
            Transmission(A, b"abcdefgh", 1.0, lambda broken: told.update(A=broken)),
            Transmission(B, b"ABCDEFGH", 1.006, lambda broken: told.update(B=broken)),
        )
        heard = list(wire.advance(2.0))
        first, second = octets_of(heard, A), octets_of(heard, B)
        assert first[:6] == b"abcdef"
        assert first[6] != ord("g")
        assert first[7] != ord("h")
        # One line, one sequence of octets: what B said meanwhile is in the broken ones.
        assert second == b"CDEFGH"
        assert told == {"A": True, "B": True}

    def test_half_an_octet_of_overlap_breaks_it(self) -> None:
        wire = paced(Transmission(A, b"ab", 1.0), Transmission(B, b"AB", 1.0015))
        heard = list(wire.advance(2.0))
        assert octets_of(heard, A)[0] == ord("a")
        assert octets_of(heard, A)[1] != ord("b")
        assert octets_of(heard, B) == b"B"

    def test_begun_at_the_same_instant_the_sync_comes_through_and_nothing_else(self) -> None:
        wire = paced(
            Transmission(A, START + b"first", 1.0), Transmission(B, START + b"second", 1.0)
        )
        heard = octets_of(list(wire.advance(2.0)))
        assert heard[:6] == START
        assert all(a != b for a, b in zip(heard[6:11], b"first", strict=True))
        assert heard[11:] == b"d"
        assert wire.collisions == 2

    def test_three_at_once_are_one_sequence_of_octets(self) -> None:
        wire = paced(*(Transmission(name, name.encode() * 10, 1.0) for name in (A, B, C)))
        assert len(octets_of(list(wire.advance(2.0)))) == 10

    def test_a_sender_is_silenced_within_the_octet_it_is_saying(self) -> None:
        told: list[bool] = []
        wire = paced(Transmission(A, b"abcdefgh", 1.0, told.append))
        wire.cut(A, 1.0035)
        assert octets_of(list(wire.advance(2.0))) == b"abcd"
        assert told == []
        assert wire.busy_until == pytest.approx(1.004)

    def test_what_has_not_begun_is_never_said(self) -> None:
        wire = paced(Transmission(A, b"abc", 1.0), Transmission(B, b"xyz", 1.5))
        wire.cut(B, 0.9)
        assert octets_of(list(wire.advance(2.0))) == b"abc"

    def test_the_past_is_forgotten(self) -> None:
        wire = paced()
        for number in range(1000):
            wire.put(Transmission(A, b"abc", number * 0.01))
            list(wire.advance(number * 0.01 + 0.005))
            assert len(wire._all) <= 1
