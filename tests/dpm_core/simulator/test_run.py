"""A simulated link as a process: what it leaves where, and what any end of it leaves behind."""

import asyncio
import os
import random
import signal
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from dpm_core.errors import LinkUnavailable, MemoryInUse
from dpm_core.model import decode_memory
from dpm_core.protocol.frames import repeat_sequence
from dpm_core.protocol.messages import (
    GoToLevel,
    StatusMask,
    StatusQuery,
    ZoneReport,
)
from dpm_core.simulator import (
    Listening,
    SimulateOptions,
    parse_modules,
    run_simulator,
)
from dpm_core.simulator.run import END_SIGNALS
from tests.dpm_core.simulator.real import (
    ONE,
    TWO,
    Port,
    Process,
    connected,
    until,
    wire,
)

pytestmark = pytest.mark.requirement("G3")


async def until_listening(options: SimulateOptions) -> tuple[asyncio.Task[None], Listening]:
    told: list[Listening] = []
    task = asyncio.ensure_future(run_simulator(options, on_listening=told.append))
    await until(lambda: bool(told) or task.done())
    if task.done():
        await task
    return task, told[0]


class TestInside:
    """In the process of the test, which its signals do not end."""

    @pytest.mark.parametrize("number", END_SIGNALS, ids=lambda number: number.name)
    async def test_everything_is_there_at_once_and_gone_after_the_signal(
        self, tmp_path: Path, number: signal.Signals
    ) -> None:
        options = SimulateOptions(
            modules=parse_modules("2"),
            listen=(f"pty:{tmp_path / 'link'}", "tcp:127.0.0.1:0", "rfc2217:127.0.0.1:0"),
            control=tmp_path / "control.sock",
        )
        task, listening = await until_listening(options)
        assert {path.name for path in tmp_path.iterdir()} == {"link", "control.sock"}
        assert listening.modules == parse_modules("2")
        assert listening.control == tmp_path / "control.sock"
        assert listening.urls[0] == str(tmp_path / "link")
        assert listening.urls[1].startswith("socket://127.0.0.1:")
        assert listening.urls[2].startswith("rfc2217://127.0.0.1:")
        for url in listening.urls:
            async with Port(url) as port:
                query = StatusQuery(listening.modules[1], StatusMask.IDENTITY)
                await port.asked(query)
        os.kill(os.getpid(), number)
        await task
        assert list(tmp_path.iterdir()) == []

    async def test_listening_nowhere_is_fine(self, tmp_path: Path) -> None:
        control = tmp_path / "control.sock"
        task, listening = await until_listening(SimulateOptions(modules=(ONE,), control=control))
        assert listening.urls == ()
        async with connected(control) as hand:
            await hand.do("state")
        os.kill(os.getpid(), signal.SIGTERM)
        await task

    async def test_without_anybody_to_tell_it_runs_all_the_same(self, tmp_path: Path) -> None:
        task = asyncio.ensure_future(
            run_simulator(SimulateOptions(modules=(ONE,), listen=(f"pty:{tmp_path / 'link'}",)))
        )
        await until((tmp_path / "link").is_symlink)
        os.kill(os.getpid(), signal.SIGTERM)
        await task

    @pytest.mark.parametrize("taken", ["link", "control.sock", "port", "state"])
    async def test_one_place_that_is_taken_leaves_none_of_the_others(
        self, tmp_path: Path, taken: str
    ) -> None:
        first, listening = await until_listening(
            SimulateOptions(
                modules=(ONE,),
                listen=(f"pty:{tmp_path / 'link'}", "tcp:127.0.0.1:0"),
                control=tmp_path / "control.sock",
                state=tmp_path / "state",
            )
        )
        other = tmp_path / "other"
        other.mkdir()
        places: dict[str, Any] = {
            "link": f"pty:{other / 'link'}",
            "port": "tcp:127.0.0.1:0",
            "control.sock": other / "control.sock",
            "state": None,
        }
        port = listening.urls[1].rpartition(":")[2]
        places[taken] = {
            "link": f"pty:{tmp_path / 'link'}",
            "port": f"tcp:127.0.0.1:{port}",
            "control.sock": tmp_path / "control.sock",
            "state": tmp_path / "state",
        }[taken]
        options = SimulateOptions(
            modules=(ONE,),
            listen=(places["link"], places["port"]),
            control=places["control.sock"],
            state=places["state"],
        )
        with pytest.raises(MemoryInUse if taken == "state" else LinkUnavailable):
            await run_simulator(options)
        assert list(other.iterdir()) == []
        async with Port(str(tmp_path / "link")) as alive:
            await alive.asked(StatusQuery(ONE, StatusMask.ZONES))
        # The second one has taken its own hands off the signals, and so off the first one's.
        first.cancel()
        await asyncio.wait([first])
        assert {path.name for path in tmp_path.iterdir()} == {"other", "state"}

    async def test_its_end_is_a_power_failure_of_every_module(self, tmp_path: Path) -> None:
        task, listening = await until_listening(
            SimulateOptions(modules=(ONE,), listen=("tcp:127.0.0.1:0",), state=tmp_path / "state")
        )
        async with Port(listening.urls[0]) as port:
            await port.asked(StatusQuery(ONE, StatusMask.ZONES))
            await port.asked(GoToLevel(ONE, 2, 0xFEFF), sequence=9)
            os.kill(os.getpid(), signal.SIGTERM)
            await task
            await until(lambda: bool(port.losses))
        octets = (tmp_path / "state" / "00A1B2C3.memory").read_bytes()
        assert decode_memory(ONE, octets).settings == (False, True, False, False)


class TestProcess:
    """In a process of its own, which any signal may end."""

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    async def test_it_ends_cleanly_and_says_nothing(
        self, tmp_path: Path, number: signal.Signals
    ) -> None:
        process = await Process.started(
            modules="2", listen=[f"pty:{tmp_path / 'link'}"], control=tmp_path / "control.sock"
        )
        async with Port(str(tmp_path / "link")) as port:
            port.transport.write(b"\xff" * 100 + b"\xfa\xde\x91 noise")
            async with connected(tmp_path / "control.sock") as hand:
                await hand.line(b"nonsense")
                assert await process.ended(number) == (0, "")
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.requirement("A8")
    async def test_what_a_killed_one_left_is_in_nobodys_way(self, tmp_path: Path) -> None:
        options = {
            "modules": "00A1B2C3",
            "listen": [f"pty:{tmp_path / 'link'}"],
            "control": tmp_path / "control.sock",
            "state": tmp_path / "state",
        }
        process = await Process.started(**options)
        async with connected(tmp_path / "control.sock") as hand:
            await hand.do("button", zone=2)
        await process.ended(signal.SIGKILL)
        assert (tmp_path / "link").is_symlink()
        again = await Process.started(**options)
        async with Port(str(tmp_path / "link")) as port:
            answer = await port.asked(StatusQuery(ONE, StatusMask.ZONES))
            assert isinstance(answer, ZoneReport)
            assert answer.zones == (False, True, False, False)
        assert await again.ended(signal.SIGTERM) == (0, "")

    async def test_a_second_one_on_the_same_directory_is_refused(self, tmp_path: Path) -> None:
        process = await Process.started(modules="1", state=tmp_path / "state")
        with pytest.raises(AssertionError, match="MemoryInUse"):
            await Process.started(modules="1", state=tmp_path / "state")
        await process.ended(signal.SIGTERM)


class Owner:
    """Somebody who switches two modules in every way, and remembers what was confirmed."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.confirmed = {ONE: [False] * 4, TWO: [False] * 4}
        self.in_flight = {ONE: [False] * 4, TWO: [False] * 4}
        self.cycles = {ONE: [0] * 4, TWO: [0] * 4}
        self.operations = 0
        # Of each module its own: two messages alike to one module are a repeat (qs-link.md 5 rule 6).
        self._counters = {ONE: 0, TWO: 0}

    async def operate(self, control: Path, url: str) -> None:
        """Go on until the other side dies."""
        async with connected(control) as hand, Port(url) as port:
            while True:
                module = self.rng.choice((ONE, TWO))
                place = self.rng.randrange(4)
                settings = self.confirmed[module].copy()
                if self.rng.random() < 0.3:
                    settings[place] = not settings[place]
                    self.in_flight[module] = settings
                    await hand.do("button", module, zone=place + 1)
                else:
                    settings[place] = self.rng.random() < 0.5
                    self.in_flight[module] = settings
                    await self._command(port, module, place + 1, settings[place])
                self.confirmed[module] = settings
                self.operations += 1
                if self.rng.random() < 0.2:
                    state = await hand.do("state", module)
                    self._counts(module, state["cycles"])

    async def _command(self, port: Port, module: Any, zone: int, is_on: bool) -> None:
        sequence = self.operations % 0x48
        self._counters[module] = self._counters[module] % 3 + 1
        port.frames.clear()
        message = GoToLevel(module, zone, 0xFEFF if is_on else 0)
        sequences: list[int] = []

        def is_over() -> bool:
            return bool(port.losses) or any(
                frame.size_class == 5 and frame.sequence in sequences for frame in port.frames
            )

        # What a module says when it has powered up may collide with it, so it is said again.
        while not is_over():
            sequences.append(sequence)
            port.transport.write(wire(message, self._counters[module], sequence))
            sequence = repeat_sequence(sequence)
            with suppress(TimeoutError):
                async with asyncio.timeout(REPEATED_S):
                    await until(is_over)
        if port.losses:
            raise ConnectionResetError

    def _counts(self, module: Any, cycles: list[int]) -> None:
        assert all(new >= old for new, old in zip(cycles, self.cycles[module], strict=True))
        self.cycles[module] = cycles

    async def inspect(self, control: Path) -> None:
        """Find the last confirmed state, or the one in flight; counts have not gone back."""
        async with connected(control) as hand:
            for module in (ONE, TWO):
                state = await hand.do("state", module)
                assert state["saved"] in (self.confirmed[module], self.in_flight[module])
                assert state["zones"] == state["saved"]
                self._counts(module, state["cycles"])
                self.confirmed[module] = self.in_flight[module] = state["saved"]


REPEATED_S = 5.0
"""An acknowledgement that took so long was lost. Machines are shared."""

KILLS = int(os.environ.get("DPM_KILLS", "20"))
"""How often the process is killed; scripts/soak asks for more."""


@pytest.mark.requirement("A8", "A4")
@pytest.mark.timeout(300 + 5 * KILLS)
@pytest.mark.parametrize("seed", [1, 2])
async def test_killed_at_any_instant_the_last_confirmed_state_or_the_one_in_flight_is_found(
    tmp_path: Path, seed: int
) -> None:
    rng = random.Random(seed)
    owner = Owner(rng)
    control = tmp_path / "control.sock"
    options = {
        "modules": f"{ONE},{TWO}",
        "listen": ["tcp:127.0.0.1:0"],
        "control": control,
        "state": tmp_path / "state",
    }
    for _ in range((KILLS + 1) // 2):
        process = await Process.started(**options)
        await owner.inspect(control)
        operating = asyncio.ensure_future(owner.operate(control, process.urls[0]))
        before = owner.operations
        await until(lambda before=before: owner.operations > before)  # type: ignore[misc]
        await asyncio.sleep(rng.uniform(0.0, 0.2))
        await process.ended(signal.SIGKILL)
        (ended,) = await asyncio.gather(operating, return_exceptions=True)
        assert isinstance(ended, ConnectionError | LinkUnavailable)
    assert owner.operations >= KILLS // 2
    final = await Process.started(**options)
    await owner.inspect(control)
    assert await final.ended(signal.SIGTERM) == (0, "")
    names = {path.name for path in (tmp_path / "state").iterdir()}
    assert names == {"00A1B2C3.memory", "00A1B2C4.memory", "in-use.lock"}
