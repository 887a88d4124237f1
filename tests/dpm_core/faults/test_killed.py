"""The simulator is killed under a client, and started again: what the client shows then."""

import asyncio
import signal
from pathlib import Path

import pytest

from dpm_core.client import ClientSettings, ConnectionLost, ConnectionRestored, DpmClient
from dpm_core.errors import DpmError, LinkUnavailable
from dpm_core.transport import SendGate, transport_for_url
from tests.dpm_core.client.links import Diary, eventually
from tests.dpm_core.simulator.real import ONE, TWO, Process, connected


@pytest.mark.requirement("G2", "E3", "H6", "A8")
@pytest.mark.parametrize("way", ["pty", "tcp"])
async def test_after_the_kill_the_client_shows_what_the_modules_memories_hold(
    tmp_path: Path, way: str
) -> None:
    options = {
        "modules": f"{ONE},{TWO}",
        "listen": [f"pty:{tmp_path / 'port'}" if way == "pty" else "tcp:127.0.0.1:0"],
        "control": tmp_path / "control",
        "state": tmp_path / "state",
    }
    process = await Process.started(**options)
    (url,) = process.urls
    if way == "tcp":
        options["listen"] = [f"tcp:127.0.0.1:{url.rpartition(':')[2]}"]
    transport = transport_for_url(url, gate=SendGate.SEND)
    async with DpmClient(transport, ClientSettings(allow_extension=True)) as client:
        for serial in (ONE, TWO):
            client.add_module(serial)
        await eventually(lambda: all(view.is_fresh for view in client.modules.values()))
        diary = Diary(client)
        await client.turn_zone_on(ONE, 1)
        in_flight = asyncio.ensure_future(client.turn_zone_on(TWO, 2))
        await asyncio.sleep(0.002)
        await process.ended(signal.SIGKILL)
        # Left there it might lead to a terminal that the system has given to somebody else.
        (tmp_path / "port").unlink(missing_ok=True)
        (result,) = await asyncio.gather(in_flight, return_exceptions=True)
        assert result is None or isinstance(result, DpmError)
        await eventually(lambda: bool(diary.of(ConnectionLost)))
        assert not any(view.is_fresh for view in client.modules.values())
        assert client.modules[ONE].zones[0], "the last known stays"
        with pytest.raises(LinkUnavailable):
            await client.turn_zone_on(ONE, 4)

        again = await Process.started(**options)
        await eventually(lambda: all(view.is_fresh for view in client.modules.values()))
        async with connected(tmp_path / "control") as hand:
            for serial in (ONE, TWO):
                state = await hand.do("state", serial)
                assert list(client.modules[serial].zones) == state["zones"]
                if serial == ONE:
                    assert state["zones"] == [True, False, False, False]
                elif result is None:
                    assert state["zones"] == [False, True, False, False]
        assert client.modules[ONE].was_restored
        await client.turn_zone_on(ONE, 3)
        told = [type(event) for event in diary.of(ConnectionLost, ConnectionRestored)]
        assert told == [ConnectionLost, ConnectionRestored]
    assert await again.ended(signal.SIGTERM) == (0, "")
