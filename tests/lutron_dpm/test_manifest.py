"""What Home Assistant and HACS read before any code runs."""

import ast
import json
import re
import struct

import pytest
import yaml
from awesomeversion import AwesomeVersion
from homeassistant.core import HomeAssistant
from homeassistant.loader import async_get_integration

import dpm_core

from .places import INTEGRATION, ROOT

pytestmark = pytest.mark.requirement("H3")

MANIFEST = json.loads((INTEGRATION / "manifest.json").read_text())

ALLOWED = {
    "domain", "name", "codeowners", "config_flow", "dependencies",
    "documentation", "integration_type", "iot_class", "issue_tracker", "loggers",
    "requirements", "version",
}  # fmt: skip


def test_keys_are_known_and_in_the_order_that_is_asked_for() -> None:
    assert set(MANIFEST) <= ALLOWED
    assert list(MANIFEST) == ["domain", "name", *sorted(set(MANIFEST) - {"domain", "name"})]


def test_everything_that_hacs_asks_for_is_there() -> None:
    for key in ("domain", "name", "codeowners", "documentation", "issue_tracker", "version"):
        assert MANIFEST[key], key
    assert MANIFEST["documentation"].startswith("https://")
    assert MANIFEST["issue_tracker"].startswith("https://")
    assert MANIFEST["domain"] == INTEGRATION.name
    AwesomeVersion(MANIFEST["version"])
    hacs = json.loads((ROOT / "hacs.json").read_text())
    assert set(hacs) <= {"name", "homeassistant", "filename", "zip_release", "render_readme"}
    assert hacs["homeassistant"] == "2025.4.0"


def test_the_library_of_exactly_this_version_is_required_and_nothing_else() -> None:
    assert MANIFEST["requirements"] == [f"lutron-dpm=={dpm_core.__version__}"]
    assert MANIFEST["version"] == dpm_core.__version__


def test_the_loggers_are_those_of_the_library() -> None:
    assert MANIFEST["loggers"] == ["dpm_core"]


def test_every_component_that_is_imported_is_declared() -> None:
    """The core, its platforms, automations and diagnostics are there without being declared."""
    platforms = {"binary_sensor", "button", "event", "sensor", "switch"}
    always_there = platforms | {"device_automation", "diagnostics", "homeassistant"}
    declared = set(MANIFEST["dependencies"])
    used = set()
    for path in INTEGRATION.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.ImportFrom(module="homeassistant.components", names=names):
                    used |= {alias.name for alias in names}
                case ast.ImportFrom(module=str(module)) if module.startswith(
                    "homeassistant.components."
                ):
                    used.add(module.split(".")[2])
    assert used <= declared | always_there
    assert "usb" in used


async def test_home_assistant_finds_the_integration(hass: HomeAssistant) -> None:
    integration = await async_get_integration(hass, "lutron_dpm")
    assert not integration.is_built_in
    assert integration.file_path == INTEGRATION
    assert integration.config_flow
    assert integration.iot_class == "local_push"
    assert integration.version == dpm_core.__version__


def test_every_platform_says_how_many_calls_it_takes_at_once() -> None:
    for path in INTEGRATION.glob("*.py"):
        text = path.read_text()
        if "AddConfigEntryEntitiesCallback" in text:
            assert re.search(r"^PARALLEL_UPDATES: Final = 0$", text, re.MULTILINE), path


def test_no_zone_is_offered_as_an_outlet() -> None:
    for path in INTEGRATION.glob("*.py"):
        assert "DeviceClass.OUTLET" not in path.read_text(), path


def test_the_icon_has_the_sizes_that_are_asked_for() -> None:
    for name, size in {
        "icon.png": 256,
        "icon@2x.png": 512,
        "dark_icon.png": 256,
        "dark_icon@2x.png": 512,
    }.items():
        header = (INTEGRATION / "brand" / name).read_bytes()[:24]
        assert header.startswith(b"\x89PNG\r\n\x1a\n")
        assert struct.unpack(">II", header[16:24]) == (size, size), name


def test_every_exemption_and_everything_left_to_do_has_its_reason() -> None:
    rules = yaml.safe_load((INTEGRATION / "quality_scale.yaml").read_text())["rules"]
    assert len(rules) >= 54
    for rule, status in rules.items():
        assert status == "done" or status["comment"], rule
