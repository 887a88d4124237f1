"""A whole link in one simulator process: 99 modules beside the processor, found from nothing."""

from pathlib import Path

import pytest

from tests.dpm_core.cli.processes import CONSENTS, dpm, started

MODULES = 99
SERIALS = [f"{0x00A10001 + number:08X}" for number in range(MODULES)]
SPEED = ("--baud", "921600")
"""Slots of a search are as long as the speed says: thirty times shorter than at 31250."""


@pytest.mark.timeout(300)
@pytest.mark.requirement("E1", "E6", "G2", "G3")
@pytest.mark.parametrize("way", ["pty", "tcp"])
def test_99_modules_of_one_process_are_found_and_switched(tmp_path: Path, way: str) -> None:
    where = f"pty:{tmp_path / 'link'}" if way == "pty" else "tcp:127.0.0.1:0"
    with started("simulate", "--modules", str(MODULES), "--listen", where, *SPEED) as process:
        assert process.stdout is not None
        url = process.stdout.readline().decode().removeprefix("listening at ").strip()
        on_link = ("--link", url, *CONSENTS, *SPEED)
        found = dpm(*on_link, "scan", "--json").answer
        assert [module["serial"] for module in found["modules"]] == SERIALS
        switched = dpm(*on_link, "set", "all", "all", "on", "--json").answer
        assert switched["ok"] is True
        outcomes = {module["serial"]: module["done"] for module in switched["modules"]}
        assert outcomes == dict.fromkeys(SERIALS, True)
