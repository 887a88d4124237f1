"""One Home Assistant of each release that `scripts/test` found, and the houses in it.

The links are set up in the same Home Assistant, each when the first test asks for it, so that what
goes wrong on one of them also shows whether the others are left alone.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import pytest
import pytest_asyncio

from dpm_core.simulator import parse_modules
from scripts.hass.process import REPOSITORY, HassProcess, free_port
from scripts.hass.simulated import SimulatedLink
from tests.e2e.home import Home, environment_path
from tests.e2e.house import HALL, STUDIO, House

LOGS: Final = REPOSITORY / ".logs" / "e2e"
PREFIX: Final = "LUTRON_DPM_HASS_"
RELEASES: Final = sorted(name for name in os.environ if name.startswith(PREFIX))

FULL_LINK: Final = "99"
"""All modules that a link holds beside its processor."""

CONTACT: Final = "stairs"
"""The emergency contact of the full house."""

HELD: Final = tuple(str(serial) for serial in parse_modules(FULL_LINK)[40:72])
"""The modules whose CCIs it holds: as many as it may."""


@pytest_asyncio.fixture(
    scope="session",
    loop_scope="session",
    params=RELEASES,
    ids=lambda name: name.removeprefix(PREFIX).lower(),
)
async def home(request: pytest.FixtureRequest) -> AsyncIterator[Home]:
    """A Home Assistant with an owner, and nothing set up."""
    # The configuration and its log stay, to be looked at when a test has failed.
    config = LOGS / request.param.removeprefix(PREFIX).lower()
    shutil.rmtree(config, ignore_errors=True)
    home = Home(
        HassProcess(
            python=environment_path(request.param),
            config=config,
            wheels=environment_path("LUTRON_DPM_WHEELS"),
        )
    )
    try:
        yield await home.build()
    finally:
        await home.tear_down()


@asynccontextmanager
async def built(home: Home, folder: Path, modules: str, **more: Any) -> AsyncIterator[House]:
    """A link that was set up through the flow of a Home Assistant, for as long as this lasts."""
    dpm = environment_path("LUTRON_DPM_DPM")
    house = House(home, SimulatedLink(dpm=dpm, folder=folder, modules=modules, **more))
    try:
        yield await house.build()
    finally:
        await house.tear_down()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def built_house(home: Home, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """Two modules at a serial port, set up once for all tests."""
    async with built(home, tmp_path_factory.mktemp("link"), f"{HALL},{STUDIO}") as house:
        yield house


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def built_full_house(
    home: Home, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    """A full link at a serial port, set up once for all tests."""
    folder = tmp_path_factory.mktemp("full")
    emergency = ("--emergency", f"{CONTACT}={','.join(HELD)}")
    async with built(home, folder, FULL_LINK, more=emergency) as house:
        yield house


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def built_gateways(
    home: Home, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[House, House]]:
    """Two links of two modules, each behind a TCP gateway, set up once for all tests."""
    folder = tmp_path_factory.mktemp("gateways")
    async with (
        built(home, folder / "west", "00B00001,00B00002", gateway=free_port()) as west,
        built(home, folder / "east", "00B00003,00B00004", gateway=free_port()) as east,
    ):
        yield west, east


@pytest_asyncio.fixture(loop_scope="session")
async def house(built_house: House) -> House:
    """The two modules, all there, no override and all zones off."""
    await built_house.settle()
    return built_house


@pytest_asyncio.fixture(loop_scope="session")
async def full_house(built_full_house: House) -> House:
    """The full link, all there, no override and all zones off."""
    await built_full_house.settle()
    return built_full_house


@pytest_asyncio.fixture(loop_scope="session")
async def gateways(built_gateways: tuple[House, House]) -> tuple[House, House]:
    """Both links behind gateways, all there, no override and all zones off."""
    for gateway in built_gateways:
        await gateway.settle()
    return built_gateways
