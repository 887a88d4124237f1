"""The demo starts, can be looked at, and ends cleanly."""

from __future__ import annotations

import asyncio
import re
import signal
import sys
from pathlib import Path

import aiohttp
import pytest

from scripts.hass.process import REPOSITORY
from tests.e2e.conftest import RELEASES
from tests.e2e.home import environment_path

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(600)]


@pytest.mark.requirement("G3", "H1", "H2")
async def test_the_demo_shows_two_modules_and_ends_cleanly(tmp_path: Path) -> None:
    demo = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "scripts.hass.demo", "--port", "0"),
        *("--python", str(environment_path(RELEASES[-1]))),
        *("--dpm", str(environment_path("LUTRON_DPM_DPM"))),
        *("--wheels", str(environment_path("LUTRON_DPM_WHEELS"))),
        *("--folder", str(tmp_path / "demo")),
        cwd=REPOSITORY,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
    )
    assert demo.stdout
    try:
        said = ""
        async with asyncio.timeout(300):
            while "Ctrl-C ends it" not in said:
                line = await demo.stdout.readline()
                assert line, f"the demo ended: {said}"
                said += line.decode()
        found = re.search(r"http://127\.0\.0\.1:\d+/\S+", said)
        assert found, said
        assert "user name demo, password" in said
        async with aiohttp.ClientSession() as session, session.get(found[0]) as page:
            assert page.status == 200
        log = (tmp_path / "demo" / "config" / "process.log").read_text()
        for entity in ("switch.hall_panel_corridor", "switch.studio_panel_desk_lights"):
            assert f"Registered new switch.lutron_dpm entity: {entity}" in log

        demo.send_signal(signal.SIGINT)
        assert await asyncio.wait_for(demo.wait(), 60) == 0
        assert not (tmp_path / "demo" / "link" / "qs-link").is_symlink()
    finally:
        if demo.returncode is None:
            demo.terminate()
            await demo.wait()
