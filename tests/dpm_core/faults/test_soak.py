"""The soak: a short one of a full link, and that its checks see every kind of lie."""

import asyncio
import dataclasses
import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from dpm_core.client import DpmClient
from dpm_core.errors import DpmError, NoReply
from dpm_core.model import SerialNumber
from soak.report import Report
from soak.soak import soak
from tests.dpm_core.virtual_time import run_virtual


@pytest.mark.requirement("G2", "C4")
def test_a_full_link_keeps_every_promise_under_faults() -> None:
    report = run_virtual(soak(duration_s=150, seed=7))
    assert report.broken == [], report.text()
    assert report.modules == 99
    assert report.outcomes["set done"] > 300
    assert report.outcomes["toggle done"] > 100
    assert "no promise was broken" in report.text()
    assert json.loads(json.dumps(report.as_dict()))["rounds"] == report.rounds


@pytest.mark.parametrize("way", ["pty", "tcp"])
@pytest.mark.requirement("G2", "E3")
async def test_a_real_port_keeps_every_promise_under_faults(tmp_path: Path, way: str) -> None:
    faults = ["lose:0.05", "reset"]
    report = await soak(
        duration_s=0.1, modules="5", way=way, folder=tmp_path, faults=faults, round_s=2.0
    )
    assert report.broken == [], report.text()
    assert report.outcomes["set done"] > 5
    assert report.connection_losses == 1


def test_who_has_seen_enough_gets_the_report_after_the_round_that_is_running() -> None:
    async def see() -> Report:
        enough = asyncio.Event()
        asyncio.get_running_loop().call_later(5.0, enough.set)
        return await soak(duration_s=3600, modules="2", faults=[], enough=enough)

    report = run_virtual(see())
    assert report.rounds == 1
    assert 10 < report.took_s < 60
    assert report.broken == []


def lies(monkeypatch: pytest.MonkeyPatch, method: str, lie: Any) -> str:
    """Return what the soak says of a client with one method that lies."""
    monkeypatch.setattr(DpmClient, method, lie)
    report = run_virtual(soak(duration_s=1, modules="3", faults=[], round_s=5.0))
    assert "BROKEN PROMISES" in report.text()
    return "\n".join(report.broken)


def test_a_success_that_is_none_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    async def lie(self: DpmClient, serial: SerialNumber, zones: Mapping[int, bool]) -> None:
        await asyncio.sleep(0.01)

    assert "with success and is" in lies(monkeypatch, "set_zones", lie)


def test_a_command_that_comes_late_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = DpmClient.set_zones

    async def lie(self: DpmClient, serial: SerialNumber, zones: Mapping[int, bool]) -> None:
        async def later() -> None:
            await asyncio.sleep(0.5)
            with suppress(DpmError):
                await honest(self, serial, zones)

        self._later = asyncio.ensure_future(later())  # type: ignore[attr-defined]
        raise NoReply(str(serial), "a lie", 0.0)

    assert "by itself" in lies(monkeypatch, "set_zones", lie)


def test_a_toggle_that_is_done_twice_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = DpmClient.toggle_zone

    async def lie(self: DpmClient, serial: SerialNumber, zone: int) -> bool:
        await honest(self, serial, zone)
        return await honest(self, serial, zone)

    assert "was toggled, is" in lies(monkeypatch, "toggle_zone", lie)


def test_a_state_that_is_shown_but_is_not_so_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = DpmClient.modules.fget  # type: ignore[attr-defined]

    def lie(self: DpmClient) -> Any:
        return {
            serial: dataclasses.replace(view, override=True)
            for serial, view in honest(self).items()
        }

    told = lies(monkeypatch, "modules", property(lie))
    assert "after quiet" in told
