"""A real Home Assistant core, and real simulated modules at the other end of a real port."""

# Home Assistant stands in for the schema library, so it comes first.
import homeassistant  # noqa: F401  # isort: skip

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

# Imported here, or the test plugin's own package of custom components would be found instead.
import custom_components.lutron_dpm  # noqa: F401

from .panel import HALL, STAIRS, Panel
from .setting_up import link_entry, module_config


@pytest.fixture(autouse=True)
def _custom_integrations(enable_custom_integrations: None) -> None:
    """Let Home Assistant find what is not its own."""


@pytest.fixture(autouse=True)
def _short_listening() -> Iterator[None]:
    """Listen less long at set-up: nothing else talks on a simulated link."""
    with patch("custom_components.lutron_dpm.survey.LISTEN_S", 0.02):
        yield


@pytest.fixture
async def panel(tmp_path: Path) -> AsyncIterator[Panel]:
    """Two modules behind a pseudo-terminal."""
    async with Panel(tmp_path / "qs-link", (HALL, STAIRS)) as panel:
        yield panel


@pytest.fixture
async def entry(hass: HomeAssistant, panel: Panel) -> AsyncIterator[MockConfigEntry]:
    """The panel's link, set up with both consents and both modules."""
    entry = link_entry(panel)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    yield entry
    await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done()


@pytest.fixture
async def hall_only(hass: HomeAssistant, panel: Panel) -> AsyncIterator[MockConfigEntry]:
    """The panel's link with one of its two modules set up."""
    entry = link_entry(panel, modules=[module_config(HALL)])
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    yield entry
    await hass.async_block_till_done(wait_background_tasks=True)
    if entry.state is ConfigEntryState.LOADED:
        await hass.config_entries.async_unload(entry.entry_id)
