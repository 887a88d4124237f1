"""The library as a package: it comes alone, and says what it is."""

import importlib.metadata
import importlib.resources
import os
import pkgutil
import subprocess
import sys

import pytest

import dpm_core

pytestmark = pytest.mark.requirement("G1")

FOREIGN = ("homeassistant", "voluptuous", "probatio")
EXTRAS = ("click", "rich", "serial_asyncio")
"""What the extras bring and we import; `esphome` is imported by serialx itself, where it is there."""


def imported_with(statement: str) -> set[str]:
    """Return what a fresh interpreter has imported after one statement."""
    code = f"import sys\n{statement}\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_the_library_imports_neither_home_assistant_nor_an_extra() -> None:
    packages = [
        f"dpm_core.{package.name}"
        for package in pkgutil.iter_modules(dpm_core.__path__)
        if package.name != "cli"
    ]
    assert {"dpm_core.model", "dpm_core.client", "dpm_core.simulator"} <= set(packages)
    imported = imported_with(f"import {', '.join(['dpm_core', *packages])}")
    assert "dpm_core" in imported
    assert not imported & {*FOREIGN, *EXTRAS}


def test_home_assistant_is_not_even_installed_beside_these_tests() -> None:
    installed = {name.lower() for name in importlib.metadata.packages_distributions()}
    assert not installed & {*FOREIGN, "pytest_homeassistant_custom_component"}


def test_the_package_says_that_it_is_typed() -> None:
    assert importlib.resources.files("dpm_core").joinpath("py.typed").is_file()


def test_python_3_11_is_the_oldest_that_will_do() -> None:
    assert importlib.metadata.metadata("lutron-dpm")["Requires-Python"] == ">=3.11"


def test_only_serial_lines_and_yaml_are_needed() -> None:
    needed = importlib.metadata.requires("lutron-dpm") or []
    always = {line for line in needed if "extra ==" not in line}
    assert {line.split(">")[0].split("<")[0].lower() for line in always} == {"serialx", "pyyaml"}


def test_every_public_name_of_the_library_is_there() -> None:
    assert len(set(dpm_core.__all__)) == len(dpm_core.__all__)
    for name in dpm_core.__all__:
        assert hasattr(dpm_core, name), name


def test_the_command_runs_as_a_module_too() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "dpm_core.cli", "--version"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "NO_COLOR": "1"},
    )
    assert dpm_core.__version__ in done.stdout
