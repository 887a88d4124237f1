"""Every limit of the client is one setting, checked once and listed in docs/processor.md."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest

from dpm_core.client import ProcessorSettings
from dpm_core.errors import UnsupportedSetting
from dpm_core.transport import ReconnectPolicy
from tests.dpm_core.client.lip.panels import PASSWORD, TcpPanel

pytestmark = pytest.mark.requirement("E8", "G2")

PAGE = (Path(__file__).parents[4] / "docs" / "processor.md").read_text(encoding="utf-8")
CLIENT = PAGE.partition("\n## Client\n")[2].partition("\n## Project\n")[0]
TIMES = [name for name in ProcessorSettings.__slots__ if name.endswith("_s")]


@pytest.mark.parametrize("name", TIMES)
@pytest.mark.parametrize("value", [0.0, -1.0, float("nan"), float("inf"), 3601.0])
def test_a_time_that_cannot_be_is_refused_by_name(name: str, value: float) -> None:
    values: dict[str, Any] = {name: value}
    with pytest.raises(UnsupportedSetting) as caught:
        ProcessorSettings(**values)
    assert caught.value.name == name


@pytest.mark.parametrize("name", ["silent_bus_after", "short_sessions"])
@pytest.mark.parametrize("value", [0, 1001])
def test_a_count_that_cannot_be_is_refused_by_name(name: str, value: int) -> None:
    values: dict[str, Any] = {name: value}
    with pytest.raises(UnsupportedSetting) as caught:
        ProcessorSettings(**values)
    assert caught.value.name == name


def test_attempts_are_never_more_than_1_s_apart() -> None:
    ProcessorSettings(reconnect=ReconnectPolicy(max_delay_s=1.0))
    with pytest.raises(UnsupportedSetting):
        ProcessorSettings(reconnect=ReconnectPolicy(max_delay_s=1.1))


def test_override_is_not_inferred_unless_asked_for() -> None:
    assert ProcessorSettings().infer_override is False


def test_every_setting_is_in_the_document() -> None:
    told = set(re.findall(r"^\| `(\w+)` \|", CLIENT, re.MULTILINE))
    assert {*TIMES, "infer_override", "silent_bus_after", "short_sessions"} <= told
    for name in ("`reconnect`", "`refused`"):
        assert name in CLIENT


@pytest.mark.requirement("E9")
def test_the_document_says_which_software_is_required_where_a_processor_is_set_up() -> None:
    assert "**HomeWorks QS software 12.0 or later is required with this module**" in PAGE


async def test_the_example_of_the_document_works(capsys: pytest.CaptureFixture[str]) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", CLIENT, re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(ast.parse(example), "processor.md", "exec"), names)
    async with TcpPanel() as panel:
        await names["main"](panel.processor.url.replace("lip://", "lip://lutron@"), PASSWORD)
        assert panel.zones()[1]
    assert "True" in capsys.readouterr().out.splitlines()[-1]
