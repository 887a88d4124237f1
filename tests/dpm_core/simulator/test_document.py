"""docs/simulator.md is true: its example runs, its options and requests are the ones there are."""

import re
from pathlib import Path
from typing import Any

import pytest

from dpm_core.simulator import control
from dpm_core.simulator.settings import SimulatorSettings

PAGE = Path(__file__).parents[3] / "docs" / "simulator.md"

pytestmark = pytest.mark.skipif(not PAGE.exists(), reason="the source archive may lack the page")


@pytest.mark.requirement("G3")
def test_the_example_runs() -> None:
    (example,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    names: dict[str, Any] = {"__name__": "example"}
    exec(compile(example, str(PAGE), "exec"), names)  # the assertions are the example's own


def test_every_request_of_the_control_socket_is_described() -> None:
    described = set(re.findall(r'"do": "(\w+)"', PAGE.read_text()))
    assert described == {*control._REQUESTS, *control._OF_THE_LINK, "tap"}


def test_every_setting_is_described() -> None:
    described = re.findall(r"^\| `(\w+)` \|", PAGE.read_text(), re.MULTILINE)
    assert described == list(SimulatorSettings.__dataclass_fields__)
