"""One version, stated once; everything that has to repeat it says the same."""

import importlib.metadata
import json
import re
import tomllib
from pathlib import Path

import pytest

import dpm_core
from scripts.environments.environments import ALL, version


def test_the_package_states_the_version_that_the_scripts_read() -> None:
    assert version() == dpm_core.__version__


def test_the_installed_distribution_has_the_same_version() -> None:
    assert importlib.metadata.version("lutron-dpm") == dpm_core.__version__


def test_the_manifest_repeats_the_version(integration: Path) -> None:
    manifest = json.loads((integration / "manifest.json").read_text())
    assert manifest["version"] == dpm_core.__version__


def test_the_manifest_requires_exactly_this_version_of_the_library(integration: Path) -> None:
    manifest = json.loads((integration / "manifest.json").read_text())
    assert manifest["requirements"] == [f"lutron-dpm=={dpm_core.__version__}"]


def test_the_changelog_tells_of_this_version(root: Path) -> None:
    headings = re.findall(r"^## (\S+)", (root / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert dpm_core.__version__ in headings


def pins(root: Path, environment: str) -> dict[str, str]:
    text = (root / "requirements" / f"{environment}.txt").read_text()
    return dict(re.findall(r"^([A-Za-z0-9_.-]+)==([^\s;]+)", text, re.MULTILINE))


@pytest.mark.parametrize("release", ["2025.4", "new"])
def test_tests_and_real_processes_run_the_same_home_assistant(root: Path, release: str) -> None:
    tests, process = pins(root, f"ha-{release}"), pins(root, f"run-ha-{release}")
    assert tests["homeassistant"] == process["homeassistant"]


def test_the_oldest_home_assistant_is_the_one_that_hacs_asks_for(root: Path) -> None:
    minimum = json.loads((root / "hacs.json").read_text())["homeassistant"].split(".")
    assert pins(root, "ha-2025.4")["homeassistant"].split(".")[:2] == minimum[:2]


def test_the_library_is_never_pinned_where_home_assistant_installs_it(root: Path) -> None:
    for release in ("run-ha-2025.4", "run-ha-new"):
        assert "lutron-dpm" not in pins(root, release)


def test_every_environment_pins_what_the_library_needs(root: Path) -> None:
    for name in ALL:
        assert {"serialx", "pyyaml"} <= pins(root, name).keys()


def test_the_library_takes_the_serialx_that_home_assistant_pins(root: Path) -> None:
    needed = tomllib.loads((root / "pyproject.toml").read_text())["project"]["dependencies"]
    assert "serialx>=1.11,<2" in needed
    assert pins(root, "run-ha-new")["serialx"].startswith("1.11.")


@pytest.mark.parametrize("name", ALL)
def test_requirements_name_no_index_and_no_path(root: Path, name: str) -> None:
    for line in (root / "requirements" / f"{name}.txt").read_text().splitlines():
        assert re.match(r"#|\s+#|[A-Za-z0-9_.-]+(\[[a-z,]+\])?==\S+", line), line
        assert "://" not in line
