"""Packets that were made once: to the octet what making them anew would give."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dpm_core.model import SerialNumber
from dpm_core.protocol import forms
from dpm_core.protocol.encoding import encode_message
from dpm_core.protocol.forms import Forms
from dpm_core.protocol.frames import LinkSource, encode_wire
from dpm_core.protocol.messages import (
    BROADCAST,
    GoToLevel,
    Identify,
    ObjectMessage,
    StatusMask,
    StatusQuery,
)

pytestmark = pytest.mark.requirement("E4")

ONE = SerialNumber(0x00B10001)
SOURCE = LinkSource(0x3A, 0x1234, 0x05)
MESSAGES = (
    GoToLevel(ONE, 3, 0xFEFF),
    GoToLevel(BROADCAST, 0, 0x0000),
    StatusQuery(ONE, StatusMask.ZONES | StatusMask.CCO),
    Identify(ONE, 1),
)


@given(
    st.lists(
        st.tuples(st.sampled_from(MESSAGES), st.integers(0, 3), st.integers(0, 0xFF)),
        min_size=1,
        max_size=20,
    )
)
def test_what_was_made_before_is_made_the_same(
    said: list[tuple[ObjectMessage, int, int]],
) -> None:
    made = Forms(SOURCE)
    for message, counter, sequence in said:
        frame, octets = made.make(message, counter, sequence)
        anew = encode_message(message, counter=counter, sequence=sequence, source=SOURCE)
        assert frame == anew
        assert octets == encode_wire(anew)
        assert frame.crc_ok


def test_no_more_than_a_bounded_number_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms, "FORMS_MAX", 3)
    made = Forms(SOURCE)
    for number in range(8):
        message = GoToLevel(ONE, number, 0xFEFF)
        # Kept by the first, used by the second: those before it are gone, and nobody mistakes it.
        for _ in range(2):
            frame, _ = made.make(message, 1, 7)
            assert frame == encode_message(message, counter=1, sequence=7, source=SOURCE)
    assert made.kept <= 3
