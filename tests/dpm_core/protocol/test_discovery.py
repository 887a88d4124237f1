"""Every module is found, whatever its serial number, and however their answers collide."""

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dpm_core.model import SERIAL_MAX, SerialNumber
from dpm_core.protocol.crc import crc16
from dpm_core.protocol.discovery import Discovery
from dpm_core.protocol.messages import Acknowledge, Discover, IdentityReport, Message
from dpm_core.protocol.session_settings import SessionSettings
from tests.dpm_core.protocol.session_link import ONE

pytestmark = pytest.mark.requirement("E6")


def identity(serial: int) -> IdentityReport:
    return IdentityReport(SerialNumber(serial), 0x09110104, (2, 54))


def answers(query: Discover, serials: list[int]) -> tuple[list[Message], bool]:
    """Answer as the modules do: each in its slot, and two in one slot break each other."""
    slots = Counter[int]()
    slot_of = {}
    for serial in serials:
        if query.is_for(SerialNumber(serial)):
            slot_of[serial] = crc16(serial.to_bytes(4)) % query.slots
            slots[slot_of[serial]] += 1
    heard: list[Message] = [identity(each) for each, slot in slot_of.items() if slots[slot] == 1]
    return heard, any(count > 1 for count in slots.values())


def search(serials: list[int], settings: SessionSettings | None = None) -> tuple[Discovery, int]:
    """Search a link; return the search and how many slots it took."""
    discovery = Discovery(settings or SessionSettings())
    slots = 0
    while (query := discovery.query()) is not None:
        heard, was_noisy = answers(query, serials)
        discovery.heard(heard, was_noisy=was_noisy)
        slots += query.slots
        assert discovery.asked < 5000
    return discovery, slots


def test_an_empty_link_is_asked_twice() -> None:
    discovery, _ = search([])
    assert discovery.found == {}
    assert discovery.asked == 2


def test_the_first_question_is_the_worked_one() -> None:
    assert Discovery(SessionSettings()).query() == Discover(0, 0, 16)


def test_one_module_is_found_and_the_second_question_spreads_in_another_way() -> None:
    discovery = Discovery(SessionSettings())
    discovery.heard([identity(ONE)], was_noisy=False)
    assert discovery.query() == Discover(0, 0, 15)
    discovery.heard([identity(ONE)], was_noisy=False)
    assert discovery.query() is None
    assert list(discovery.found) == [ONE]


def test_a_module_whose_answer_was_lost_is_found_by_the_second_question() -> None:
    discovery = Discovery(SessionSettings())
    discovery.heard([identity(1)], was_noisy=False)
    discovery.heard([identity(1), identity(2)], was_noisy=False)
    assert discovery.query() is not None, "somebody new means that more may be missing"
    discovery.heard([identity(2)], was_noisy=False)
    assert discovery.query() is None
    assert set(discovery.found) == {1, 2}


def test_a_broken_slot_is_asked_again_one_bit_longer_both_ways() -> None:
    discovery = Discovery(SessionSettings())
    discovery.heard([], was_noisy=True)
    lower = discovery.query()
    assert lower == Discover(0, 1, 2)
    discovery.heard([identity(1)], was_noisy=False)
    assert discovery.query() == Discover(0x80000000, 1, 2)
    discovery.heard([identity(0x80000001)], was_noisy=False)
    assert discovery.query() is None


def test_a_silent_half_is_asked_twice_in_case_its_answer_was_lost() -> None:
    discovery = Discovery(SessionSettings())
    discovery.heard([], was_noisy=True)
    silent = discovery.query()
    discovery.heard([], was_noisy=False)
    assert discovery.query() == silent
    discovery.heard([], was_noisy=False)
    assert discovery.query() == Discover(0x80000000, 1, 2)


def test_noise_without_end_ends_the_search_at_the_last_bit() -> None:
    discovery = Discovery(SessionSettings())
    serial = 0
    while (query := discovery.query()) is not None:
        is_there = query.is_for(SerialNumber(serial or 1))
        discovery.heard([], was_noisy=is_there)
        assert discovery.asked < 200
    assert discovery.found == {}


def test_what_is_no_identity_is_passed_over() -> None:
    discovery = Discovery(SessionSettings())
    discovery.heard([Acknowledge(1)], was_noisy=False)
    assert discovery.found == {}


@pytest.mark.parametrize("first", [0x00000001, 0x00A10001, 0xFFFFFF00])
def test_99_modules_in_a_row_are_found(first: int) -> None:
    serials = list(range(first, first + 99))
    discovery, slots = search(serials)
    assert set(discovery.found) == set(serials)
    assert slots < 800


def test_99_modules_with_random_numbers_are_found_in_20_seconds_at_31250() -> None:
    settings = SessionSettings()
    for seed in range(20):
        serials = [
            (each * 2654435761 + seed * 40503) % SERIAL_MAX + 1
            for each in range(1 + seed * 99, 100 + seed * 99)
        ]
        discovery, slots = search(serials)
        assert set(discovery.found) == set(serials)
        query_s = settings.frame_time_s(24) + settings.turnaround_s + settings.host_slack_s
        slot_s = settings.frame_time_s(53) + 0.003
        assert discovery.asked * (query_s + settings.gap_s) + slots * slot_s < 25.0


def test_two_modules_that_differ_in_the_last_bit_and_share_every_slot_are_found() -> None:
    settings = SessionSettings(discover_slots=1, discover_split_slots=1)
    discovery, _ = search([0x00A10000, 0x00A10001], settings)
    assert set(discovery.found) == {0x00A10000, 0x00A10001}
    assert discovery.asked < 32 * 3 + 4


@given(
    st.sets(st.integers(1, SERIAL_MAX) | st.integers(0x00A10001, 0x00A10040), max_size=40),
    st.integers(1, 16),
    st.integers(1, 16),
)
def test_any_modules_are_found_with_any_number_of_slots(
    serials: set[int], slots: int, split_slots: int
) -> None:
    settings = SessionSettings(discover_slots=slots, discover_split_slots=split_slots)
    discovery, _ = search(sorted(serials), settings)
    assert set(discovery.found) == serials


def test_the_prefix_grows_by_one_bit_at_a_time() -> None:
    discovery = Discovery(SessionSettings())
    bits = []
    for _ in range(32):
        query = discovery.query()
        assert query is not None
        bits.append(query.prefix_bits)
        discovery.heard([], was_noisy=True)
    assert all(after - before == 1 for before, after in pairwise(bits))
