"""What holds for every test of the simulator."""

from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def no_callback_has_failed(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """An error in a callback is only logged by the event loop: here it fails the test."""
    yield
    failed = [record for record in caplog.get_records("call") if record.name == "asyncio"]
    assert not failed, [record.getMessage() for record in failed]
