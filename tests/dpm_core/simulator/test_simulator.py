"""A whole simulated link: start, stop, memory and adapters."""

import asyncio
from pathlib import Path

import pytest

from dpm_core.errors import (
    LinkFull,
    LinkUnavailable,
    MemoryDamaged,
    MemoryInUse,
    UnsupportedSetting,
)
from dpm_core.model import Memory, SerialNumber, decode_memory, encode_memory
from dpm_core.protocol.messages import GoToLevel, StatusMask, StatusQuery, ZoneReport
from dpm_core.simulator import FileStore, RamStore, Simulator, SimulatorSettings
from dpm_core.transport import memory_pair
from tests.dpm_core.simulator.bench import ONE, TWO, Bench, Ear
from tests.dpm_core.virtual_time import run_virtual

pytestmark = [pytest.mark.virtual_time, pytest.mark.requirement("G3")]

ALL_OFF = (False, False, False, False)


async def test_it_runs_between_start_and_stop() -> None:
    simulator = Simulator((ONE, TWO))
    assert not simulator.is_running
    assert dict(simulator.modules) == {}
    await simulator.start()
    assert simulator.is_running
    assert list(simulator.modules) == [ONE, TWO]
    assert all(module.state.is_started for module in simulator.modules.values())
    await simulator.stop()
    assert not simulator.is_running
    assert dict(simulator.modules) == {}
    with pytest.raises(AssertionError):
        _ = simulator.line


async def test_starting_twice_is_a_mistake() -> None:
    async with Simulator((ONE,)) as simulator:
        with pytest.raises(AssertionError):
            await simulator.start()


async def test_stopping_twice_does_nothing() -> None:
    simulator = Simulator((ONE,))
    await simulator.start()
    await simulator.stop()
    await simulator.stop()


async def test_more_than_a_link_holds_is_refused() -> None:
    with pytest.raises(LinkFull) as refused:
        Simulator(tuple(SerialNumber(number) for number in range(1, 101)))
    assert (refused.value.devices, refused.value.zones) == (101, 400)
    with pytest.raises(UnsupportedSetting):
        Simulator(())
    with pytest.raises(UnsupportedSetting):
        Simulator((ONE, ONE))


@pytest.mark.requirement("A8")
class TestMemory:
    async def test_the_factory_memory_is_written_at_the_first_start(self) -> None:
        store = RamStore()
        async with Simulator((ONE,), store=store) as simulator:
            assert decode_memory(ONE, store.memories[ONE]) == Memory()
            assert not simulator.modules[ONE].state.was_restored

    async def test_a_restart_finds_what_was_there_and_says_that_it_was_restored(self) -> None:
        store = RamStore()
        async with Bench(store=store) as bench:
            bench.tell(GoToLevel(ONE, 3, 0xFEFF))
            await bench.quiet()
        async with Bench(store=store) as bench:
            assert bench.module.state.zones == (False, False, True, False)
            assert bench.module.state.was_restored
            assert bench.module.state.cycles == (0, 0, 2, 0)

    async def test_a_simulator_that_starts_again_remembers_by_itself(self) -> None:
        simulator = Simulator((ONE,))
        await simulator.start()
        simulator.modules[ONE].press_button(2)
        await simulator.modules[ONE].settled()
        await simulator.stop()
        await simulator.start()
        assert simulator.modules[ONE].state.zones == (False, True, False, False)
        await simulator.stop()

    async def test_files_hold_it_over_the_end_of_the_simulator(self, tmp_path: Path) -> None:
        async with Simulator((ONE,), store=FileStore(tmp_path)) as simulator:
            simulator.modules[ONE].press_button(2)
            await simulator.modules[ONE].settled()
        async with Simulator((ONE, TWO), store=FileStore(tmp_path)) as simulator:
            assert simulator.modules[ONE].state.zones == (False, True, False, False)
            assert simulator.modules[TWO].state.zones == ALL_OFF

    async def test_a_damaged_memory_is_said_so_and_lets_go_of_the_directory(
        self, tmp_path: Path
    ) -> None:
        octets = encode_memory(ONE, Memory())
        (tmp_path / "00A1B2C3.memory").write_bytes(octets[:-1] + b"?")
        simulator = Simulator((ONE,), store=FileStore(tmp_path))
        with pytest.raises(MemoryDamaged, match="00A1B2C3"):
            await simulator.start()
        assert not simulator.is_running
        (tmp_path / "00A1B2C3.memory").write_bytes(octets)
        await simulator.start()
        await simulator.stop()

    async def test_a_directory_in_use_is_refused(self, tmp_path: Path) -> None:
        async with Simulator((ONE,), store=FileStore(tmp_path)):
            with pytest.raises(MemoryInUse):
                await Simulator((TWO,), store=FileStore(tmp_path)).start()

    async def test_a_first_memory_that_cannot_be_written_is_said_so(self, tmp_path: Path) -> None:
        (tmp_path / "00A1B2C3.memory").mkdir()
        (tmp_path / "00A1B2C3.memory" / "x").touch()

        class Blind(FileStore):
            async def load(self, serial: SerialNumber) -> bytes | None:
                return None

        with pytest.raises(MemoryDamaged, match="00A1B2C3"):
            await Simulator((ONE,), store=Blind(tmp_path)).start()


def test_the_same_seed_gives_the_same_link() -> None:
    async def told(seed: int) -> list[tuple[float, str]]:
        modules = (SerialNumber(0x00A1B2C3), SerialNumber(0x00A1B2D3))
        async with Bench(modules, seed=seed) as bench:
            for module in bench.simulator.modules.values():
                module.press_button(1)
            began = bench.now
            await bench.quiet()
            return [(round(at - began, 9), str(frame)) for at, frame in bench.ear.frames]

    assert run_virtual(told(1)) == run_virtual(told(1))
    assert run_virtual(told(1)) != run_virtual(told(2))


class TestAttach:
    async def test_an_adapter_that_is_attached_may_send_and_is_heard(self) -> None:
        async with Simulator((ONE,)) as simulator:
            ours, theirs = memory_pair()
            await simulator.attach(theirs)
            assert theirs.is_open
            await simulator.detach(theirs)
            assert not theirs.is_open
            await simulator.detach(theirs)
            await ours.close()

    async def test_an_adapter_that_cannot_be_opened_is_not_on_the_line(self) -> None:
        async with Simulator((ONE,)) as simulator:
            _, theirs = memory_pair()
            theirs.break_link("unplugged", until_mended=True)
            with pytest.raises(LinkUnavailable):
                await simulator.attach(theirs)
            assert simulator.line._ports == []
            theirs.mend_link()
            await simulator.attach(theirs)

    async def test_an_adapter_whose_link_is_lost_is_off_the_line_and_can_be_attached_again(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        async with Bench() as bench:
            with caplog.at_level("INFO"):
                bench.ear.theirs.break_link("unplugged")
                await bench.quiet()
            assert bench.simulator.line._ports == []
            assert "unplugged" in caplog.text
            bench.tell(StatusQuery(ONE, StatusMask.ZONES))
            await bench.quiet()
            assert bench.heard() == []
            await bench.simulator.attach(bench.ear.theirs)
            (report,) = await bench.answers(StatusQuery(ONE, StatusMask.ZONES))
            assert isinstance(report, ZoneReport)

    async def test_stopping_closes_every_adapter(self) -> None:
        simulator = Simulator((ONE,))
        await simulator.start()
        ears = [Ear(), Ear()]
        for ear in ears:
            await simulator.attach(ear.theirs)
        await simulator.stop()
        assert not any(ear.theirs.is_open for ear in ears)

    async def test_a_transport_that_closed_hears_nothing_and_breaks_nothing(self) -> None:
        async with Bench() as bench:
            await bench.ear.theirs.close()
            bench.module.press_prog()
            await bench.quiet()
            assert bench.heard() == []


async def test_stopping_is_a_power_failure_of_every_module() -> None:
    store = RamStore()
    simulator = Simulator((ONE, TWO), store=store)
    await simulator.start()
    ear = Ear()
    await simulator.attach(ear.theirs)
    await ear.ours.open(ear)
    modules = list(simulator.modules.values())
    for module in modules:
        module.press_button(1)
        module.press_prog()
    await simulator.stop()
    await asyncio.sleep(1)
    assert not any(module.state.is_powered for module in modules)
    assert ear.frames == []
    await ear.ours.close()
    # Pressed and written, but no contact has moved: that is what they find.
    async with Simulator((ONE, TWO), store=store) as again:
        for module in again.modules.values():
            assert module.state.zones == (True, False, False, False)
            assert module.state.cycles == (1, 0, 0, 0)


@pytest.mark.parametrize("mains_hz", [50, 60])
async def test_every_module_has_the_mains_of_the_settings(mains_hz: int) -> None:
    async with Simulator((ONE,), settings=SimulatorSettings(mains_hz=mains_hz)) as simulator:
        assert simulator.modules[ONE].state.mains.frequency_hz == mains_hz
