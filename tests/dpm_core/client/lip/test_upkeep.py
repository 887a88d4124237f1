"""What is known is kept true: read after every login, polled, and read again after a button."""

import asyncio
import logging

import pytest

from dpm_core.client import (
    ModuleLost,
    ModuleReturned,
    ProcessorClient,
    ProcessorSettings,
    ProjectChanged,
)
from dpm_core.errors import NoReply, Rejected
from dpm_core.model import IntegrationId
from tests.dpm_core.client.lip.panels import ONE, TWO, Diary, Panel, eventually, fast, now

pytestmark = [pytest.mark.requirement("E8", "H6"), pytest.mark.virtual_time]

FIRST = IntegrationId(101)
SECOND = IntegrationId(201)


async def read(client: ProcessorClient) -> None:
    await eventually(lambda: all(view.is_fresh for view in client.modules.values()))


async def test_what_changed_while_the_session_was_away_is_read_before_it_is_fresh() -> None:
    async with Panel("no-push") as panel, panel.client() as client:
        await read(client)
        stale: list[bool] = []

        def look(event: object) -> None:
            view = client.modules[FIRST]
            if view.is_fresh:
                stale.append(view.zones[2] is not True)

        await panel.fault("away")
        await eventually(lambda: not client.modules[FIRST].is_fresh)
        client.subscribe(look)
        panel[ONE].press_button(3)
        await asyncio.sleep(1)
        await panel.clear("away")
        await read(client)
        assert client.modules[FIRST].zones == (False, False, True, False)
        assert stale
        assert not any(stale)


async def test_levels_that_are_never_pushed_are_found_within_a_round() -> None:
    async with Panel("no-push") as panel, panel.client(settings=fast(poll_s=20)) as client:
        await read(client)
        await asyncio.sleep(60)
        panel[ONE].press_button(4)
        pressed_at = now()
        await eventually(lambda: client.modules[FIRST].zones[3])
        assert now() - pressed_at <= 25


async def test_polling_is_as_slow_as_it_was_set_and_steady() -> None:
    async with Panel() as panel, panel.client(settings=fast(poll_s=30)) as client:
        await read(client)
        said = len(panel.telnet.said)
        await asyncio.sleep(300)
        queries = [line for line in panel.telnet.lines(said) if line.startswith(("?OUT", "?DEV"))]
        # Two modules of four zones and a contact, every 30 s.
        assert 85 <= len(queries) <= 110
        assert set(queries) == {
            *(f"?OUTPUT,{base + zone},1" for base in (100, 200) for zone in (1, 2, 3, 4)),
            "?DEVICE,110,1,35",
            "?DEVICE,210,1,35",
        }


async def test_after_a_wallstations_button_everything_is_read_soon() -> None:
    settings = fast(poll_s=3600)
    async with Panel("no-push", wallstations=1) as panel, panel.client(settings=settings) as client:
        await read(client)
        await asyncio.sleep(10)
        await client.press_button(IntegrationId(115), 2)
        pressed_at = now()
        await eventually(lambda: client.modules[FIRST].zones[1])
        assert now() - pressed_at < 2


# --- Modules that are not told of ------------------------------------------------------------


async def test_a_module_that_the_project_has_no_more_is_lost_alone_and_returns() -> None:
    async with Panel() as panel:
        wrong = panel.module(zones=(FIRST, IntegrationId(999), None, None))
        async with panel.client(wrong, panel.module(TWO)) as client:
            diary = Diary(client)
            await eventually(lambda: diary.of(ModuleLost))
            assert diary.of(ModuleLost) == [ModuleLost(FIRST)]
            await eventually(lambda: client.modules[SECOND].is_fresh)
            await asyncio.sleep(100)
            assert not client.modules[FIRST].is_online
            assert diary.of(ModuleLost) == [ModuleLost(FIRST)], "told once"
            with pytest.raises(Rejected):
                await client.refresh(FIRST)
            client.add_module(panel.module())
            await eventually(lambda: client.modules[FIRST].is_fresh)


async def test_a_module_of_which_nothing_is_heard_twice_is_lost_and_returns() -> None:
    settings = fast(poll_s=5, silent_bus_after=1000)
    async with Panel() as panel, panel.client(settings=settings) as client:
        await read(client)
        diary = Diary(client)
        await panel.fault("silent-bus")
        await eventually(lambda: len(diary.of(ModuleLost)) == 2, 300)
        assert not client.modules[FIRST].is_online
        with pytest.raises(NoReply):
            await client.refresh(FIRST)
        await panel.clear("silent-bus")
        await eventually(lambda: len(diary.of(ModuleReturned)) == 2, 300)
        assert client.modules[FIRST].is_fresh


# --- The project -----------------------------------------------------------------------------


async def test_a_changed_project_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "dpm_core.client")
    async with Panel() as panel, panel.client() as client:
        await read(client)
        await eventually(lambda: client.project_exported)
        assert client.project_exported == "01/31/2026 12:00:00"
        diary = Diary(client)
        await panel.fault("transfer=5s:ids")
        await eventually(lambda: diary.of(ProjectChanged))
        await asyncio.sleep(600)
        assert diary.of(ProjectChanged) == [
            ProjectChanged("02/01/2026 12:00:00", "01/31/2026 12:00:00")
        ]
        assert client.project_exported == "02/01/2026 12:00:00"
        # The ids are others: the modules are lost until they are added with those.
        assert not client.modules[FIRST].is_online
        client.remove_module(FIRST)
        client.remove_module(SECOND)
        client.add_module(panel.module())
        await read(client)
    assert len([m for m in caplog.messages if "another project" in m]) == 1


async def test_a_project_that_changes_behind_a_session_that_lives_is_noticed() -> None:
    async with Panel() as panel, panel.client() as client:
        await read(client)
        diary = Diary(client)
        processor = panel.processor
        processor._transferred = processor._transferred.transferred(
            processor._programs_of_modules(), changes_ids=False
        )
        changed_at = now()
        await eventually(lambda: diary.of(ProjectChanged), 100)
        assert now() - changed_at < 65


async def test_reading_goes_on_whatever_happens(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Panel() as panel, panel.client(settings=fast(poll_s=1)) as client:
        await read(client)
        fails = [True]

        def items(self: object) -> object:
            if fails:
                raise RuntimeError("a fault of ours")
            return original(self)  # type: ignore[arg-type]  # the real one

        original = type(client._upkeep)._items
        monkeypatch.setattr(type(client._upkeep), "_items", items)
        await asyncio.sleep(5)
        fails.clear()
        panel[ONE].press_button(1)
        await eventually(lambda: client.modules[FIRST].zones[0])
        assert "it goes on" in caplog.text


def test_a_round_is_slow_unless_set_otherwise() -> None:
    assert ProcessorSettings().poll_s == 30
