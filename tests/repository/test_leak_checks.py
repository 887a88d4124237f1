"""The watch over leaks bites: a test that leaves a task or a descriptor behind fails."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

LEAKY_TASK = """
import asyncio
kept = []
async def test_it():
    kept.append(asyncio.create_task(asyncio.sleep(3600), name="forgotten"))
"""
LEAKY_TASK_OF_A_VIRTUAL_LOOP = LEAKY_TASK.replace("test_it()", "test_it(virtual_loop)")
LEAKY_PIPE = """
import os
kept = []
def test_it():
    kept.append(os.pipe())
"""
LEAKY_SOCKET = """
import asyncio
kept = []
async def test_it():
    kept.append(await asyncio.open_connection(*await listening()))
async def listening():
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    kept.append(server)
    return server.sockets[0].getsockname()
"""
TIDY = """
import asyncio, os
import pytest
@pytest.fixture
async def worker():
    task = asyncio.create_task(asyncio.sleep(3600))
    yield task
    task.cancel()
async def test_a_fixtures_own_task(worker):
    assert not worker.done()
async def test_a_finished_task():
    await asyncio.create_task(asyncio.sleep(0))
def test_a_closed_pipe():
    for end in os.pipe():
        os.close(end)
"""


def run(tmp_path: Path, root: Path, text: str) -> subprocess.CompletedProcess[str]:
    (tmp_path / "test_leaving.py").write_text(text)
    return subprocess.run(
        [
            sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly",
            "-c", root / "pyproject.toml", "-p", "tests.dpm_core.conftest", tmp_path,
        ],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
        env={k: v for k, v in os.environ.items() if not k.startswith("COVERAGE")},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (LEAKY_TASK, "left running"),
        (LEAKY_TASK_OF_A_VIRTUAL_LOOP, "left running"),
        (LEAKY_PIPE, "left open"),
        (LEAKY_SOCKET, "left open"),
    ],
    ids=["task", "virtual task", "pipe", "socket"],
)
def test_what_a_test_leaves_behind_fails_it(
    tmp_path: Path, root: Path, text: str, said: str
) -> None:
    done = run(tmp_path, root, text)
    assert done.returncode == 1, done.stdout
    assert said in done.stdout


def test_a_tidy_test_passes(tmp_path: Path, root: Path) -> None:
    done = run(tmp_path, root, TIDY)
    assert done.returncode == 0, done.stdout
    assert "3 passed" in done.stdout
