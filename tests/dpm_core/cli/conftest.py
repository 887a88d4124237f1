"""What tests of the command line share: one simulated link for all tests that leave it as it was."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.dpm_core.cli.processes import MODULES, Simulated, simulated


@pytest.fixture(scope="module")
def shared_link(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulated]:
    """A simulated link for all tests of one file; use `link`, which puts it in order first."""
    with simulated(tmp_path_factory.mktemp("link")) as running:
        yield running


@pytest.fixture
def link(shared_link: Simulated) -> Simulated:
    """A simulated link whose modules have mains, are not in override and have all zones off."""
    for module in MODULES:
        shared_link.control("cci", module, contact="closed")
        shared_link.control("power", module, on=False)
        shared_link.control("power", module, on=True)
        for zone, is_on in enumerate(shared_link.zones(module), 1):
            if is_on:
                shared_link.control("button", module, zone=zone)
    return shared_link


@pytest.fixture
def state_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the simulated link inside `dpm` keeps its memory during this test."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state"
