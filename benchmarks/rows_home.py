"""Rows 10 to 12: what the integration costs in Home Assistant, beside a dummy with the same entities.

Home Assistant's own core in this process, as its tests run it, with debug off: the state machine,
the registries, the entity platforms and services are the real ones; only the storage of the
registries is held back. Our modules are behind a real port, spoken for by the responder.
"""

from __future__ import annotations

# Home Assistant stands in for the schema library, so it comes first.
import homeassistant  # noqa: F401  # isort: skip

import asyncio
import gc
import logging
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, Final
from unittest.mock import patch

from homeassistant import loader
from homeassistant.config_entries import ConfigEntryState, ConfigSubentryData
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import (  # type: ignore[import-untyped]  # no types are published for it
    MockConfigEntry,
    async_test_home_assistant,
)

from dpm_core.model import Program
from dpm_core.protocol import SessionSettings

from .contenders import all_read, floor, without_gaps
from .far_end import ROOT, FarEnd, far_end
from .measuring import Effort, Figure, Growth, Sample, Stopwatch, in_turns, ms, us
from .responder import serials

MODULES: Final = 99
DUMMY: Final = "bench_dummy"
OURS: Final = "lutron_dpm"
PLATFORMS: Final = ("binary_sensor", "button", "event", "sensor", "switch")

_INTEGRATIONS: Final = {
    OURS: ROOT / "custom_components" / OURS,
    DUMMY: ROOT / "benchmarks" / DUMMY,
}


@contextmanager
def _config_folder() -> Iterator[str]:
    """Yield a configuration folder that holds both integrations."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        (components := Path(name, "custom_components")).mkdir()
        for domain, folder in _INTEGRATIONS.items():
            (components / domain).symlink_to(folder)
        sys.path.insert(0, name)
        try:
            yield name
        finally:
            sys.path.remove(name)


@asynccontextmanager
async def _home(folder: str) -> AsyncIterator[HomeAssistant]:
    """Yield a Home Assistant with the platforms that both integrations need."""
    async with async_test_home_assistant(config_dir=folder) as hass:
        hass.data.pop(loader.DATA_CUSTOM_COMPONENTS)
        # Ours depends on it for finding adapters, and here there is nothing to find.
        hass.config.components.add("usb")
        for component in ("homeassistant", *PLATFORMS):
            assert await async_setup_component(hass, component, {})
        # What is read from disk once in the life of a process is nobody's cost.
        for domain in _INTEGRATIONS:
            integration = await loader.async_get_integration(hass, domain)
            await integration.async_get_component()
            await integration.async_get_platforms(PLATFORMS)
        await hass.async_block_till_done()
        try:
            yield hass
        finally:
            await hass.async_stop(force=True)


def _our_entry(path: str, modules: int) -> MockConfigEntry:
    from custom_components.lutron_dpm.models import LinkConfig, LinkKind, ModuleConfig

    link = LinkConfig(
        kind=LinkKind.SERIAL, device=path, baud=115200, allow_sending=True, allow_extension=True
    )
    configs = [
        ModuleConfig(serial=serial, uid=f"uid{serial}", name=f"Module {serial}", program=Program())
        for serial in serials(modules)
    ]
    return MockConfigEntry(
        domain=OURS,
        title="QS link",
        data=link.as_data(),
        subentries_data=[config.as_new_subentry() for config in configs],
    )


def _dummy_entry(modules: int) -> MockConfigEntry:
    return MockConfigEntry(
        domain=DUMMY,
        title="Dummy link",
        subentries_data=[
            ConfigSubentryData(
                data={}, subentry_type="module", title=f"Module {serial}", unique_id=str(serial)
            )
            for serial in serials(modules)
        ],
    )


@contextmanager
def _without_gaps() -> Iterator[None]:
    """Let the integration's link have no turnaround, no gaps, and no polls in between."""

    def settings(**given: Any) -> SessionSettings:
        return replace(without_gaps(SessionSettings(**given)), poll_interval_s=3600.0)

    with patch(f"custom_components.{OURS}.link.SessionSettings", settings):
        yield


@asynccontextmanager
async def _set_up(hass: HomeAssistant, entry: MockConfigEntry) -> AsyncIterator[Stopwatch]:
    """Yield an entry that is set up, and how long that took."""
    entry.add_to_hass(hass)
    gc.collect()
    with Stopwatch() as watch:
        assert await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED
    try:
        yield watch
    finally:
        await hass.config_entries.async_unload(entry.entry_id)
        await hass.async_block_till_done()


async def _programs_read(entry: MockConfigEntry) -> None:
    """Wait until the library has read all that it reads of its own accord."""
    await all_read(entry.runtime_data.client)


# --- row 10 ----------------------------------------------------------------------------------


async def _setting_up(
    folder: str, make: Callable[[], MockConfigEntry], far: FarEnd, modules: int
) -> Sample:
    far.be(reports=True)
    async with _home(folder) as hass, _set_up(hass, make()) as watch:
        shown = [state for state in hass.states.async_all() if state.state != "unavailable"]
        assert len(shown) >= 7 * modules, len(shown)
        return {"s": watch.took_s, "cpu": watch.cpu_s}


async def setting_up(far: FarEnd, effort: Effort) -> list[Figure]:
    """Row 10."""
    with _config_folder() as folder:

        async def ours_with_gaps() -> Sample:
            return await _setting_up(folder, partial(_our_entry, far.path, MODULES), far, MODULES)

        async def ours() -> Sample:
            with _without_gaps():
                return await ours_with_gaps()

        async def dummy() -> Sample:
            return await _setting_up(folder, partial(_dummy_entry, MODULES), far, MODULES)

        await dummy()
        await ours()
        found = await in_turns(
            {"ours": ours, "dummy": dummy, "defaults": ours_with_gaps}, effort.often
        )
    took = {name: sample["s"] for name, sample in found.items()}
    return [
        Figure(
            row=10,
            what="setting up 99 modules in Home Assistant, unpaced",
            value=took["ours"] / took["dummy"],
            must=2,
            aim=1.4,
            unit="x dummy",
            beside={
                "ours": ms(took["ours"]),
                "dummy": ms(took["dummy"]),
                "CPU of ours": ms(found["ours"]["cpu"]),
                "CPU of the dummy": ms(found["dummy"]["cpu"]),
                "ours, default turnaround and gaps": ms(took["defaults"]),
            },
        )
    ]


# --- row 11 ----------------------------------------------------------------------------------


def _switches(hass: HomeAssistant, entry: MockConfigEntry) -> list[str]:
    entries = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    return [one.entity_id for one in entries if one.domain == "switch"]


async def _calls(hass: HomeAssistant, entity_ids: list[str], count: int) -> list[float]:
    """Switch one zone after the other, each on and later off, and return how long each took."""
    took = []
    for number in range(count):
        at, round_number = number % len(entity_ids), number // len(entity_ids)
        service = "turn_off" if round_number % 2 else "turn_on"
        begun = time.perf_counter()
        await hass.services.async_call(
            "switch", service, {"entity_id": entity_ids[at]}, blocking=True
        )
        took.append(time.perf_counter() - begun)
    return took


async def service_calls(far: FarEnd, effort: Effort) -> list[Figure]:
    """Row 11."""
    count = effort.count(200)
    with _config_folder() as folder, far_end() as raw_end, _without_gaps():
        far.be(reports=True)
        raw_end.be()
        async with _home(folder) as hass:
            our_entry, dummy_entry = _our_entry(far.path, 10), _dummy_entry(10)
            async with (
                _set_up(hass, our_entry),
                _set_up(hass, dummy_entry),
                floor(raw_end.path) as run,
            ):
                await _programs_read(our_entry)

                async def ours() -> Sample:
                    return {"s": median(await _calls(hass, _switches(hass, our_entry), count))}

                async def dummy() -> Sample:
                    return {"s": median(await _calls(hass, _switches(hass, dummy_entry), count))}

                async def raw() -> Sample:
                    hot = median(await run(count))
                    took = []
                    switches = _switches(hass, dummy_entry)
                    for _ in range(count):
                        # As ours is met: by a process that comes from Home Assistant's own work.
                        await _calls(hass, switches, 1)
                        took += await run(1)
                    return {"s": median(took), "hot": hot}

                await ours()
                await dummy()
                found = await in_turns({"ours": ours, "dummy": dummy, "floor": raw}, effort.often)
    took = {name: sample["s"] for name, sample in found.items()}
    rest = took["ours"] - took["dummy"] - took["floor"]
    return [
        Figure(
            row=11,
            what="service call, p50, minus the dummy's and the raw round trip",
            value=rest / took["floor"],
            must=3,
            aim=1.5,
            unit="x raw round trip",
            beside={
                "ours, confirmed by the module's report": us(took["ours"]),
                "dummy": us(took["dummy"]),
                "raw round trip, each after a call of the dummy": us(took["floor"]),
                "raw round trip, one right after the other": us(found["floor"]["hot"]),
            },
        )
    ]


# --- row 12 ----------------------------------------------------------------------------------


async def unchanged_reports(far: FarEnd, effort: Effort) -> list[Figure]:
    """Row 12."""
    with _config_folder() as folder, _without_gaps():
        far.be(reports=True)
        async with _home(folder) as hass:
            our_entry, dummy_entry = _our_entry(far.path, MODULES), _dummy_entry(MODULES)
            async with _set_up(hass, our_entry), _set_up(hass, dummy_entry):
                await _programs_read(our_entry)
                client, coordinator = our_entry.runtime_data.client, dummy_entry.runtime_data

                async def ours() -> Sample:
                    await asyncio.sleep(0.05)
                    heard = client.statistics.frames_heard
                    far.report(MODULES)
                    # The octets wait in the port; what follows is all that is done about them.
                    with Stopwatch() as watch:
                        # Turns of the loop, not a wait: what they cost is counted as ours.
                        while client.statistics.frames_heard < heard + MODULES:  # noqa: ASYNC110  # nobody tells of a report that changes nothing
                            await asyncio.sleep(0)
                        for _ in range(3):
                            await asyncio.sleep(0)
                    return {"s": watch.cpu_s}

                async def dummy() -> Sample:
                    await asyncio.sleep(0.05)
                    with Stopwatch() as watch:
                        await coordinator.async_refresh()
                    return {"s": watch.cpu_s}

                await ours()
                await dummy()
                found = await in_turns({"ours": ours, "dummy": dummy}, effort.often)
    took = {name: sample["s"] for name, sample in found.items()}
    return [
        Figure(
            row=12,
            what="99 unchanged reports, from octets to the last callback",
            value=took["ours"] / took["dummy"],
            must=3,
            aim=1.2,
            unit="x one coordinator round of the dummy",
            beside={"ours": ms(took["ours"]), "dummy": ms(took["dummy"])},
        )
    ]


# --- growth ----------------------------------------------------------------------------------


async def growth(far: FarEnd, effort: Effort) -> list[Growth]:
    """Setting up 1, 10, 33 and 99 modules."""
    points: dict[str, dict[int, float]] = {"ours": {}, "dummy": {}}
    with _config_folder() as folder, _without_gaps():
        for modules in (1, 10, 33, 99):
            found = await in_turns(
                {
                    "ours": partial(
                        _setting_up, folder, partial(_our_entry, far.path, modules), far, modules
                    ),
                    "dummy": partial(
                        _setting_up, folder, partial(_dummy_entry, modules), far, modules
                    ),
                },
                Effort(min(3, effort.repetitions)),
            )
            for name, sample in found.items():
                points[name][modules] = sample["s"] * 1e3 / modules
    return [
        Growth(
            what="setting up in Home Assistant, ours", unit="ms a module", points=points["ours"]
        ),
        Growth(
            what="setting up in Home Assistant, the dummy",
            unit="ms a module",
            points=points["dummy"],
        ),
    ]


def quiet() -> None:
    """Log as an installation with debug off does."""
    logging.basicConfig(level=logging.WARNING)
    logging.getLogger("homeassistant.loader").setLevel(logging.ERROR)
