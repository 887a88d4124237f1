"""The numbers of the protocol, held to the reference."""

from __future__ import annotations

import pytest

from dpm_core.protocol.lip import (
    LedState,
    MonitoringKind,
    Occupancy,
    OutputAction,
    OutputMove,
    SystemAction,
)

pytestmark = pytest.mark.requirement("E8")


def test_the_numbers_are_those_of_the_guide() -> None:
    assert [kind.value for kind in MonitoringKind] == [
        *range(1, 15), 16, 17, 18, 23, 24, 27, 255,
    ]  # fmt: skip
    assert [action.value for action in OutputAction] == [1, 2, 3, 4, 5, 6]
    assert {int(move) for move in OutputMove} == {2, 3, 4}
    assert [action.value for action in SystemAction] == [1, 2, 4, 5, 6, 7, 8, 10, 11, 12]
    assert [state.value for state in LedState] == [0, 1, 2, 3]
    assert [occupancy.value for occupancy in Occupancy] == [3, 4, 255]
