"""`import dpm_core` gives what its list promises, and imports nothing before it is asked for."""

import subprocess
import sys

import pytest

import dpm_core

pytestmark = pytest.mark.requirement("G1")


def test_every_public_name_is_there() -> None:
    assert [name for name in dpm_core.__all__ if not hasattr(dpm_core, name)] == []
    assert set(dpm_core.__all__) <= set(dir(dpm_core))


def test_a_public_name_is_the_one_of_its_package() -> None:
    from dpm_core.client import DpmClient
    from dpm_core.errors import OverrideActive

    assert dpm_core.DpmClient is DpmClient
    assert dpm_core.OverrideActive is OverrideActive


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = dpm_core.no_such_name


def test_importing_the_library_imports_no_package_of_it_and_no_home_assistant() -> None:
    code = (
        "import sys, dpm_core;"
        "print([m for m in sys.modules if m.startswith('dpm_core.')"
        " or m.split('.')[0] in ('homeassistant', 'voluptuous', 'serialx', 'asyncio')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"
