"""The far end of the probe's tests does what a UART does."""

import pytest

from tests.dpm_core.cli.uart import levels, received

OCTETS = bytes(range(256)) + b"\x55\x55\x55\xff\xfa\xde"


def test_ends_that_are_set_alike_understand_each_other() -> None:
    assert received(levels(OCTETS), 1.0) == OCTETS
    assert received(levels(OCTETS), 1.02) == OCTETS
    for parity in ("even", "odd"):
        assert received(levels(OCTETS, parity=parity), 1.0, has_parity=True) == OCTETS


def test_a_second_stop_bit_cannot_be_heard() -> None:
    assert received(levels(OCTETS, stop_bits=2), 1.0) == OCTETS


def test_a_parity_bit_breaks_the_octets_for_a_uart_that_does_not_wait_for_an_edge() -> None:
    line = levels(OCTETS, parity="even")
    assert received(line, 1.0) != OCTETS
    assert received(line, 1.0, waits_for_edge=True) == OCTETS


def test_which_parity_it_is_cannot_be_heard() -> None:
    assert received(levels(OCTETS, parity="odd"), 1.0, has_parity=True) == OCTETS


@pytest.mark.parametrize("rate", [0.25, 0.5, 0.75, 1.5, 2.0])
def test_a_wrong_speed_breaks_the_octets(rate: float) -> None:
    assert b"\xfa\xde" not in received(levels(OCTETS), rate)
