"""Every time limit is a field of one of three types, with its unit, and stands in the document."""

import re
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

import pytest

from dpm_core.client import ClientSettings
from dpm_core.errors import UnsupportedSetting
from dpm_core.protocol import SessionSettings
from dpm_core.transport import ReconnectPolicy, TransportSettings

PAGE = Path(__file__).parents[3] / "docs" / "client.md"
TYPES: tuple[type[Any], ...] = (
    ClientSettings,
    ReconnectPolicy,
    SessionSettings,
    TransportSettings,
)


def limits(kind: type[Any]) -> dict[str, str]:
    """Return each time limit of a settings type and its default, as the document writes them."""
    found = {}
    for each in fields(kind):
        if each.name.endswith("_s"):
            assert each.default is not MISSING
            values = each.default if isinstance(each.default, tuple) else (each.default,)
            found[each.name] = ", ".join(f"{value:g}" for value in values)
    return found


@pytest.mark.requirement("G2")
@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.__name__)
def test_the_document_lists_every_time_limit_with_its_default(kind: type[Any]) -> None:
    section = PAGE.read_text().partition(f"### `{kind.__name__}`")[2].partition("\n##")[0]
    rows = dict(re.findall(r"^\| `(\w+_s)` \| ([\d., ]+) \|", section, re.MULTILINE))
    assert rows == limits(kind)


@pytest.mark.requirement("H6")
def test_the_document_states_how_soon_a_lost_module_is_noticed() -> None:
    rows = re.findall(r"^\| (\d+) modules? \| ([\d.]+) s \|", PAGE.read_text(), re.MULTILINE)
    assert len(rows) >= 3
    settings = SessionSettings()
    for modules, seconds in rows:
        assert float(seconds) == pytest.approx(
            settings.module_lost_within_s(int(modules)), abs=0.05
        )


@pytest.mark.parametrize(
    "name",
    ["command_limit_s", "program_limit_s", "discover_limit_s", "report_wait_s", "confirm_limit_s"],
)
@pytest.mark.parametrize("value", [0.0, -1.0, float("nan"), 3601.0])
def test_a_limit_that_cannot_be_is_refused_by_name(name: str, value: float) -> None:
    values: dict[str, Any] = {name: value}
    with pytest.raises(UnsupportedSetting) as refused:
        ClientSettings(**values)
    assert refused.value.name == name


def test_nothing_of_our_own_is_sent_unless_it_is_allowed() -> None:
    assert ClientSettings().allow_extension is False
