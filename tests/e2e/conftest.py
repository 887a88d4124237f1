"""One house for each Home Assistant that `scripts/test` found, shared by all tests."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from typing import Final

import pytest
import pytest_asyncio

from scripts.hass.process import REPOSITORY, HassProcess
from scripts.hass.simulated import SimulatedLink
from tests.e2e.house import HALL, STUDIO, House, environment_path

LOGS: Final = REPOSITORY / ".logs" / "e2e"
PREFIX: Final = "LUTRON_DPM_HASS_"
RELEASES: Final = sorted(name for name in os.environ if name.startswith(PREFIX))


@pytest_asyncio.fixture(
    scope="session",
    loop_scope="session",
    params=RELEASES,
    ids=lambda name: name.removeprefix(PREFIX).lower(),
)
async def built_house(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    """A Home Assistant that was set up through its flow, once for all tests."""
    # The configuration and its log stay, to be looked at when a test has failed.
    config = LOGS / request.param.removeprefix(PREFIX).lower()
    shutil.rmtree(config, ignore_errors=True)
    house = House(
        hass=HassProcess(
            python=environment_path(request.param),
            config=config,
            wheels=environment_path("LUTRON_DPM_WHEELS"),
        ),
        link=SimulatedLink(
            dpm=environment_path("LUTRON_DPM_DPM"),
            folder=tmp_path_factory.mktemp("link"),
            modules=f"{HALL},{STUDIO}",
        ),
    )
    try:
        yield await house.build()
    finally:
        await house.tear_down()


@pytest_asyncio.fixture(loop_scope="session")
async def house(built_house: House) -> House:
    """The house, with all modules there, no override and all zones off."""
    await built_house.settle()
    return built_house
