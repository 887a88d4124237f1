"""docs/transport.md says what is so."""

import dataclasses
import re
import subprocess
import sys
from pathlib import Path

import pytest

from dpm_core.transport import BAUD_CANDIDATES, ReconnectPolicy, TransportSettings

pytestmark = pytest.mark.requirement("E3")

DOCUMENT = Path(__file__).parents[3] / "docs" / "transport.md"


@pytest.fixture(scope="module")
def text() -> str:
    return DOCUMENT.read_text(encoding="utf-8")


def test_every_setting_is_listed_with_its_default(text: str) -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| `([^`]+)` \|", text, flags=re.MULTILINE))
    assert rows == {
        field.name: str(field.default) for field in dataclasses.fields(TransportSettings)
    }


def test_every_speed_that_somebody_claimed_is_listed(text: str) -> None:
    for baud in BAUD_CANDIDATES:
        assert str(baud) in text


def test_the_delays_between_attempts_are_the_real_ones(text: str) -> None:
    delays = ReconnectPolicy().delays()
    first, second, third, longest = (f"{next(delays):g}" for _ in range(4))
    assert f"{first} s after the loss, then {second}, {third} and every {longest} s" in text


def test_the_example_does_what_it_says(text: str) -> None:
    program, said = re.findall(r"```(?:python|text)\n(.*?)```", text, flags=re.DOTALL)
    done = subprocess.run(
        [sys.executable, "-c", program], check=False, capture_output=True, text=True
    )
    assert (done.stdout, done.stderr) == (said, "")
