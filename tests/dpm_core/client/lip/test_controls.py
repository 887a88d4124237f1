"""Whether a processor pushes levels: what decided the last call says it, not what came behind."""

from __future__ import annotations

import pytest

from dpm_core.client import ProcessorSettings
from dpm_core.client.lip.asking import LipAsker
from dpm_core.client.lip.controls import LevelWatch, LipControls
from dpm_core.client.lip.wire import LipWire
from dpm_core.protocol.lip import Credentials, LipSession
from dpm_core.transport import memory_pair

pytestmark = [pytest.mark.virtual_time, pytest.mark.requirement("E8")]


def controls() -> LipControls:
    settings = ProcessorSettings()
    near, _ = memory_pair()
    session = LipSession(settings.session, Credentials("lutron", "integration"))
    wire = LipWire(near, session, "lip://", lambda _: None, lambda: None, lambda: None, 1.0, None)
    return LipControls(LipAsker(wire, "lip://", settings), lambda _: None)


@pytest.mark.parametrize("is_answer", [False, True])
async def test_the_level_that_decides_a_call_says_how_levels_come(is_answer: bool) -> None:
    ours = controls()
    ours.watches[101] = [LevelWatch(is_on=True)]
    ours.are_pushed = is_answer
    ours.heard(101, False, is_answer=is_answer)
    ours.heard(101, True, is_answer=is_answer)
    assert ours.are_pushed is not is_answer
    ours.heard(101, True, is_answer=not is_answer)
    assert ours.are_pushed is not is_answer, "the call was decided already"
