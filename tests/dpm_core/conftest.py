"""What every test of the library gets: the virtual clock on request, and a watch over leaks."""

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from pathlib import Path

import pytest

from tests.dpm_core.virtual_time import VirtualTimeLoop

DESCRIPTORS = Path("/proc/self/fd")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "virtual_time: run on a loop whose clock jumps")


@pytest.hookimpl(optionalhook=True)
def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    if item.get_closest_marker("virtual_time") or "virtual_loop" in getattr(
        item, "fixturenames", ()
    ):
        return {"virtual": VirtualTimeLoop}
    return {"real": asyncio.SelectorEventLoop}


@pytest.fixture
async def virtual_loop() -> VirtualTimeLoop:
    """The running loop, whose clock jumps: naming this fixture is asking for it."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualTimeLoop)
    return loop


def _open_descriptors() -> dict[str, str]:
    """Number and target of each socket, pipe, pseudo-terminal and poll object that is open."""
    found = {}
    for link in DESCRIPTORS.iterdir() if DESCRIPTORS.exists() else ():
        try:
            target = str(link.readlink())
        except OSError:  # the descriptor of this very listing
            continue
        if target.startswith(("socket:", "pipe:", "anon_inode:", "/dev/pt")):
            found[link.name] = target
    return found


@pytest.fixture(autouse=True)
def no_descriptor_is_left_open() -> Iterator[None]:
    before = _open_descriptors()
    yield
    left = {name: target for name, target in _open_descriptors().items() if name not in before}
    assert not left, f"left open: {left}"


@pytest.fixture
async def _own_tasks_end() -> AsyncIterator[None]:
    before = asyncio.all_tasks()
    yield
    left = asyncio.all_tasks() - before - {asyncio.current_task()}
    assert not left, f"left running: {left}"


# The descriptors are compared after the loop is closed, so that fixture has to be set up first.
@pytest.fixture(autouse=True)
def no_task_is_left_running(
    request: pytest.FixtureRequest, no_descriptor_is_left_open: None
) -> None:
    if inspect.iscoroutinefunction(request.function):
        request.getfixturevalue("_own_tasks_end")
