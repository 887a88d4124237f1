"""Where memories are kept: durable when it says so, and never half."""

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from dpm_core.errors import MemoryDamaged, MemoryInUse
from dpm_core.model import Memory, SerialNumber, decode_memory, encode_memory
from dpm_core.simulator import FileStore, RamStore
from dpm_core.simulator.store import LOCK_FILE, MemoryStore

ONE = SerialNumber(0x00A1B2C3)
TWO = SerialNumber(0x00A1B2C4)
OLD = encode_memory(ONE, Memory(settings=(True, False, True, False), cci_openings=7))
NEW = encode_memory(ONE, Memory(settings=(False, True, False, True), cci_openings=8))


async def saved(store: MemoryStore, serial: SerialNumber, octets: bytes) -> OSError | None:
    done: asyncio.Future[OSError | None] = asyncio.get_running_loop().create_future()
    store.save(serial, octets, done.set_result)
    return await done


@pytest.fixture(params=["ram", "files"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> MemoryStore:
    return RamStore() if request.param == "ram" else FileStore(tmp_path / "state")


class TestEither:
    async def test_it_keeps_what_was_saved_last_for_each_module(self, store: MemoryStore) -> None:
        await store.open()
        assert await store.load(ONE) is None
        assert await saved(store, ONE, OLD) is None
        assert await saved(store, TWO, b"two") is None
        assert await saved(store, ONE, NEW) is None
        assert await store.load(ONE) == NEW
        assert await store.load(TWO) == b"two"
        await store.close()

    async def test_it_keeps_it_over_closing_and_opening(self, store: MemoryStore) -> None:
        await store.open()
        await saved(store, ONE, OLD)
        await store.close()
        await store.open()
        assert await store.load(ONE) == OLD
        await store.close()

    async def test_saves_end_in_the_order_of_their_calls(self, store: MemoryStore) -> None:
        await store.open()
        ended: list[int] = []
        last: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        for number in range(50):
            store.save(ONE, bytes([number]), lambda _, number=number: ended.append(number))  # type: ignore[misc]
        store.save(ONE, NEW, lambda _: last.set_result(None))
        await last
        assert ended == list(range(50))
        assert await store.load(ONE) == NEW
        await store.close()


class TestFiles:
    async def test_the_directory_holds_one_file_a_module_and_the_lock(self, tmp_path: Path) -> None:
        store = FileStore(tmp_path / "deep" / "state")
        await store.open()
        for serial in (ONE, TWO):
            await saved(store, serial, OLD)
        await store.close()
        names = {path.name for path in (tmp_path / "deep" / "state").iterdir()}
        assert names == {"00A1B2C3.memory", "00A1B2C4.memory", LOCK_FILE}

    @pytest.mark.requirement("A8")
    async def test_the_memory_is_in_its_place_when_it_is_said_to_be_durable(
        self, tmp_path: Path
    ) -> None:
        store = FileStore(tmp_path)
        await store.open()
        seen: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        store.save(ONE, NEW, lambda _: seen.set_result(store.path_of(ONE).read_bytes()))
        assert await seen == NEW
        await store.close()

    @pytest.mark.requirement("A8")
    async def test_torn_at_any_octet_of_the_write_the_old_memory_is_found(
        self, tmp_path: Path
    ) -> None:
        store = FileStore(tmp_path)
        await store.open()
        await saved(store, ONE, OLD)
        beside = store.path_of(ONE).with_suffix(".new")
        for cut in range(len(NEW) + 1):
            beside.write_bytes(NEW[:cut])
            octets = await store.load(ONE)
            assert octets == OLD
            assert decode_memory(ONE, octets).cci_openings == 7
        beside.write_bytes(NEW)
        beside.replace(store.path_of(ONE))
        octets = await store.load(ONE)
        assert octets is not None
        assert decode_memory(ONE, octets).cci_openings == 8
        await store.close()

    async def test_what_a_torn_write_left_is_swept_up(self, tmp_path: Path) -> None:
        store = FileStore(tmp_path)
        await store.open()
        beside = store.path_of(ONE).with_suffix(".new")
        beside.write_bytes(NEW[:5])
        await store.load(ONE)
        assert not beside.exists()
        await store.close()

    async def test_a_second_simulator_on_the_directory_is_refused(self, tmp_path: Path) -> None:
        store = FileStore(tmp_path)
        await store.open()
        with pytest.raises(MemoryInUse) as refused:
            await FileStore(tmp_path).open()
        assert str(tmp_path) in str(refused.value)
        await store.close()
        again = FileStore(tmp_path)
        await again.open()
        await again.close()

    async def test_the_system_lets_go_of_the_directory_of_a_killed_process(
        self, tmp_path: Path
    ) -> None:
        code = textwrap.dedent(
            """
            import asyncio, sys, pathlib
            from dpm_core.simulator import FileStore
            async def main():
                await FileStore(pathlib.Path(sys.argv[1])).open()
                print("locked", flush=True)
                await asyncio.sleep(600)
            asyncio.run(main())
            """
        )
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", code, str(tmp_path), stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        assert await process.stdout.readline() == b"locked\n"
        with pytest.raises(MemoryInUse):
            await FileStore(tmp_path).open()
        process.send_signal(signal.SIGKILL)
        await process.wait()
        store = FileStore(tmp_path)
        await store.open()
        await store.close()

    async def test_a_directory_that_cannot_be_made_is_said_so(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        with pytest.raises(MemoryDamaged, match="file"):
            await FileStore(tmp_path / "file" / "state").open()

    async def test_a_file_that_cannot_be_read_is_said_so(self, tmp_path: Path) -> None:
        store = FileStore(tmp_path)
        await store.open()
        store.path_of(ONE).mkdir()
        with pytest.raises(MemoryDamaged, match="00A1B2C3"):
            await store.load(ONE)
        await store.close()

    async def test_a_write_that_fails_is_told(self, tmp_path: Path) -> None:
        store = FileStore(tmp_path)
        await store.open()
        store.path_of(ONE).with_suffix(".new").mkdir()
        error = await saved(store, ONE, NEW)
        assert isinstance(error, OSError)
        await store.close()

    async def test_closing_drops_what_has_not_begun_and_ends_what_has(self, tmp_path: Path) -> None:
        store = FileStore(tmp_path)
        await store.open()
        assert store._thread is not None
        gate_read, gate_write = os.pipe()
        store._thread.submit(os.read, gate_read, 1)
        told: list[OSError | None] = []
        store.save(ONE, NEW, told.append)
        closing = asyncio.ensure_future(store.close())
        await asyncio.sleep(0)
        os.write(gate_write, b"x")
        await closing
        os.close(gate_read)
        os.close(gate_write)
        assert told == []
        assert not store.path_of(ONE).exists()

    async def test_closing_twice_or_before_opening_does_nothing(self, tmp_path: Path) -> None:
        store = FileStore(tmp_path)
        await store.close()
        await store.open()
        await store.close()
        await store.close()
