"""One house for each Home Assistant that `scripts/test` found, shared by all tests."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest

from scripts.hass.process import HassProcess
from scripts.hass.simulated import SimulatedLink
from tests.e2e.house import HALL, STUDIO, House, environment_path

PREFIX: Final = "LUTRON_DPM_HASS_"
RELEASES: Final = sorted(name for name in os.environ if name.startswith(PREFIX))


@pytest.fixture(
    scope="session", params=RELEASES, ids=lambda name: name.removeprefix(PREFIX).lower()
)
async def built_house(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    """A Home Assistant that was set up through its flow, once for all tests."""
    folder: Path = tmp_path_factory.mktemp("house")
    house = House(
        hass=HassProcess(
            python=environment_path(request.param),
            config=folder / "config",
            wheels=environment_path("LUTRON_DPM_WHEELS"),
        ),
        link=SimulatedLink(
            dpm=environment_path("LUTRON_DPM_DPM"),
            folder=folder / "link",
            modules=f"{HALL},{STUDIO}",
        ),
    )
    try:
        yield await house.build()
    finally:
        await house.tear_down()


@pytest.fixture
async def house(built_house: House) -> House:
    """The house, with all modules there, no override and all zones off."""
    await built_house.settle()
    return built_house
