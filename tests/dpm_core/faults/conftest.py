"""What holds for every test of the promises under faults."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.dpm_core.client.links import MemoryLink


@pytest.fixture(autouse=True)
def no_callback_has_failed(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """An error in a callback is only logged by the event loop: here it fails the test."""
    yield
    failed = [record for record in caplog.get_records("call") if record.name == "asyncio"]
    assert not failed, [record.getMessage() for record in failed]


@pytest.fixture
async def memory_link(tmp_path: Path) -> AsyncIterator[MemoryLink]:
    """Three modules on a line, on the virtual clock."""
    async with MemoryLink(tmp_path) as made:
        yield made
