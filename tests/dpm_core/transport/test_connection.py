"""What holds however odd the backend is: scripted ones here, the real ones in test_conformance."""

import asyncio
from typing import Any

import pytest

from dpm_core.errors import LinkUnavailable
from dpm_core.transport.base import SendGate
from dpm_core.transport.connection import Connection, StreamTransport
from dpm_core.transport.settings import TransportSettings
from tests.dpm_core.transport.far_ends import Listener
from tests.dpm_core.virtual_time import VirtualTimeLoop

pytestmark = [pytest.mark.requirement("E3"), pytest.mark.virtual_time]

SETTINGS = TransportSettings(connect_timeout_s=10.0, write_timeout_s=5.0, close_timeout_s=2.0)


class Backend(asyncio.Transport):
    """An asyncio transport that does what a test says, and nothing else."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[str] = []
        self.written: list[bytes] = []
        self.waiting = 0
        self.connection: Any = None
        self.ends_on_close = True
        self.ends_on_abort = True
        self.write_error: Exception | None = None
        self.is_lost_in_write = False
        self.has_limits = True
        self.has_ended = False
        self._closing = False

    def write(self, data: Any) -> None:
        self.written.append(data)
        if self.write_error is not None:
            raise self.write_error
        if self.is_lost_in_write:
            self._closing = True
            self.connection.connection_lost(OSError("found out while writing"))
        if self.waiting:
            self.connection.pause_writing()

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        if not self.has_limits:
            raise NotImplementedError
        self.calls.append(f"limit {high}")

    def get_write_buffer_size(self) -> int:
        return self.waiting

    def is_closing(self) -> bool:
        return self._closing

    def close(self) -> None:
        self.calls.append("close")
        self._closing = True
        if self.ends_on_close:
            asyncio.get_running_loop().call_later(0.1, self._end)

    def abort(self) -> None:
        self.calls.append("abort")
        self._closing = True
        if self.ends_on_abort:
            asyncio.get_running_loop().call_later(0.1, self._end)

    def _end(self) -> None:
        self.has_ended = True
        self.connection.connection_lost(None)


class NotReadyYet(Exception):
    """As Home Assistant's ConfigEntryNotReady: an error of somebody else."""


class Scripted(StreamTransport):
    """A transport whose opening a test scripts."""

    def __init__(self, backend: Backend | None = None) -> None:
        super().__init__("scripted://link", SETTINGS, SendGate.SEND)
        self.backend = backend or Backend()
        self.early = b""
        self.takes_s = 0.0
        self.clean_up_s = 0.0
        self.error: BaseException | None = None
        self.is_lost_early = False
        self.ignores_cancelling = False

    async def _connect(self, connection: Connection) -> asyncio.Transport:
        try:
            await asyncio.sleep(self.takes_s)
        except asyncio.CancelledError:
            await asyncio.sleep(self.clean_up_s)
            if not self.ignores_cancelling:
                raise
        if self.error is not None:
            raise self.error
        self.backend.connection = connection
        if self.early:
            connection.data_received(self.early)
        if self.is_lost_early:
            connection.connection_lost(ConnectionResetError(104, "x"))
        return self.backend


async def _open(transport: Scripted) -> Listener:
    listener = Listener()
    await transport.open(listener)
    return listener


async def test_a_frame_goes_to_the_system_in_one_piece() -> None:
    transport = Scripted()
    await _open(transport)
    transport.write(b"a whole frame")
    assert transport.backend.written == [b"a whole frame"]
    await transport.close()


async def test_nothing_goes_to_the_system_while_listening() -> None:
    transport = Scripted()
    transport._gate = SendGate.LISTEN
    await _open(transport)
    with pytest.raises(Exception, match="listen-only"):
        transport.write(b"a whole frame")
    assert not transport.backend.written
    await transport.close()


async def test_octets_that_come_before_the_opening_is_complete_are_kept() -> None:
    transport = Scripted()
    transport.early = b"early bird"
    listener = await _open(transport)
    assert listener.pieces == [b"early bird"]
    transport.backend.connection.data_received(b"second")
    assert listener.octets == b"early birdsecond"
    await transport.close()


async def test_a_handler_may_answer_the_octets_that_came_early() -> None:
    transport = Scripted()
    transport.early = b"who are you"

    class Answering(Listener):
        def octets_received(self, octets: bytes) -> None:
            super().octets_received(octets)
            transport.write(b"me")

    await transport.open(Answering())
    assert transport.backend.written == [b"me"]
    await transport.close()


async def test_a_link_lost_before_it_was_open_was_never_open() -> None:
    transport, listener = Scripted(), Listener()
    transport.is_lost_early = True
    with pytest.raises(LinkUnavailable, match="broke off"):
        await transport.open(listener)
    assert not listener.losses
    assert not transport.is_open
    # "limit" would be refused by a socket that is gone already
    assert "limit 0" not in transport.backend.calls


async def test_an_error_of_somebody_else_passes_untouched() -> None:
    transport, listener = Scripted(), Listener()
    transport.error = NotReadyYet("ESPHome is not up")
    with pytest.raises(NotReadyYet, match="ESPHome is not up") as error:
        await transport.open(listener)
    assert error.value is transport.error
    transport.error = None
    await transport.open(listener)
    await transport.close()


@pytest.mark.parametrize("error", [OSError(2, "x"), TimeoutError(), ValueError("bad")])
async def test_an_unkind_world_becomes_our_error(error: Exception) -> None:
    transport = Scripted()
    transport.error = error
    with pytest.raises(LinkUnavailable) as failure:
        await transport.open(Listener())
    assert failure.value.__cause__ is error


async def test_an_opening_ends_in_time(virtual_loop: VirtualTimeLoop) -> None:
    transport, listener = Scripted(), Listener()
    transport.takes_s = 1e6
    with pytest.raises(LinkUnavailable, match="within 10 s"):
        await transport.open(listener)
    assert virtual_loop.time() == SETTINGS.connect_timeout_s
    assert not listener.losses


async def test_a_slow_clean_up_is_waited_for_a_little(virtual_loop: VirtualTimeLoop) -> None:
    transport = Scripted()
    transport.takes_s, transport.clean_up_s = 1e6, 1.5
    with pytest.raises(LinkUnavailable):
        await transport.open(Listener())
    assert virtual_loop.time() == SETTINGS.connect_timeout_s + 1.5


async def test_a_stuck_clean_up_does_not_hold_us(virtual_loop: VirtualTimeLoop) -> None:
    transport = Scripted()
    transport.takes_s, transport.clean_up_s, transport.ignores_cancelling = 1e6, 60.0, True
    with pytest.raises(LinkUnavailable):
        await transport.open(Listener())
    assert virtual_loop.time() == SETTINGS.connect_timeout_s + SETTINGS.close_timeout_s
    # What comes out of it in the end is not wanted any more.
    await asyncio.sleep(100)
    assert transport.backend.calls[-1] == "abort"
    assert not transport.is_open


async def test_cancelling_twice_leaves_nothing(virtual_loop: VirtualTimeLoop) -> None:
    transport = Scripted()
    transport.takes_s, transport.clean_up_s, transport.ignores_cancelling = 1e6, 1.0, True
    opening = asyncio.create_task(transport.open(Listener()))
    await asyncio.sleep(0.5)
    opening.cancel()
    await asyncio.sleep(0.5)
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    await asyncio.sleep(10)
    assert transport.backend.calls[-1] == "abort"


async def test_an_opening_that_succeeds_as_it_is_cancelled_is_undone() -> None:
    transport, listener = Scripted(), Listener()
    transport.takes_s, transport.ignores_cancelling = 1.0, True
    opening = asyncio.create_task(transport.open(listener))
    await asyncio.sleep(0.5)
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    assert transport.backend.has_ended, "the port was not given back"
    assert not transport.is_open
    assert not listener.losses


async def test_an_opening_that_succeeds_as_it_is_closed_is_undone() -> None:
    transport, listener = Scripted(), Listener()
    closings: list[asyncio.Task[None]] = []

    class ClosedInTheLastMoment(Scripted):
        async def _connect(self, connection: Connection) -> asyncio.Transport:
            loop = asyncio.get_running_loop()
            loop.call_soon(lambda: closings.append(loop.create_task(self.close())))
            return await super()._connect(connection)

    transport = ClosedInTheLastMoment()
    transport.early = b"never told"
    with pytest.raises(LinkUnavailable, match="closed while it was being opened"):
        await transport.open(listener)
    await asyncio.gather(*closings)
    assert transport.backend.has_ended
    assert not transport.is_open
    assert not listener.losses
    assert not listener.pieces


async def test_only_one_opening_at_a_time() -> None:
    transport = Scripted()
    transport.takes_s = 1.0
    opening = asyncio.create_task(transport.open(Listener()))
    await asyncio.sleep(0.5)
    with pytest.raises(LinkUnavailable, match="open already"):
        await transport.open(Listener())
    await opening
    assert transport.is_open
    await transport.close()


async def test_closing_ends_in_time_whatever_the_driver_does(
    virtual_loop: VirtualTimeLoop,
) -> None:
    transport = Scripted()
    transport.backend.ends_on_close = transport.backend.ends_on_abort = False
    listener = await _open(transport)
    await transport.close()
    assert virtual_loop.time() == pytest.approx(SETTINGS.close_timeout_s)
    assert transport.backend.calls == ["limit 0", "close", "abort"]
    assert listener.losses == [None]
    # The driver comes back in the end: nobody listens any more.
    transport.backend.connection.data_received(b"late")
    transport.backend.connection.connection_lost(None)
    assert listener.losses == [None]
    assert listener.octets == b""


async def test_unsent_octets_get_part_of_the_closing_time(virtual_loop: VirtualTimeLoop) -> None:
    transport = Scripted()
    transport.backend.ends_on_close = False
    listener = await _open(transport)
    await transport.close()
    assert virtual_loop.time() == pytest.approx(0.75 * SETTINGS.close_timeout_s + 0.1)
    assert transport.backend.calls == ["limit 0", "close", "abort"]
    assert listener.losses == [None]


async def test_a_cancelled_closing_still_closes() -> None:
    transport = Scripted()
    transport.backend.ends_on_close = False
    listener = await _open(transport)
    closing = asyncio.create_task(transport.close())
    await asyncio.sleep(0.1)
    closing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await closing
    await asyncio.sleep(0.2)
    assert transport.backend.calls[-1] == "abort"
    assert listener.losses == [None]


async def test_a_write_that_fails_ends_the_connection_afterwards() -> None:
    transport = Scripted()
    listener = await _open(transport)
    transport.backend.write_error = OSError(5, "x")
    transport._url = "/dev/ttyUSB0"
    with pytest.raises(LinkUnavailable, match="the port is gone") as error:
        transport.write(b"x")
    assert not listener.losses, "told from inside write()"
    assert not transport.is_open
    assert await listener.lost() is error.value


async def test_a_loss_noticed_in_write_is_told_afterwards() -> None:
    transport = Scripted()
    listener = await _open(transport)
    transport.backend.is_lost_in_write = True
    with pytest.raises(LinkUnavailable, match="while it was written to"):
        transport.write(b"x")
    assert not listener.losses, "told from inside write()"
    error = await listener.lost()
    assert error is not None
    assert "found out while writing" in error.detail


async def test_nothing_is_written_to_a_link_that_is_ending() -> None:
    transport = Scripted()
    listener = await _open(transport)
    transport.backend._closing = True
    assert not transport.is_open
    with pytest.raises(LinkUnavailable, match="not open"):
        transport.write(b"x")
    assert not transport.backend.written
    transport.backend.connection.connection_lost(None)
    assert len(listener.losses) == 1


async def test_a_loss_after_close_began_is_our_close() -> None:
    transport = Scripted()
    transport.backend.ends_on_close = False
    listener = await _open(transport)
    closing = asyncio.create_task(transport.close())
    await asyncio.sleep(0)
    transport.backend.connection.connection_lost(OSError(5, "x"))
    await closing
    assert listener.losses == [None]


async def test_a_backend_without_a_mark_for_its_buffer_will_do() -> None:
    transport = Scripted()
    transport.backend.has_limits = False
    await _open(transport)
    transport.write(b"x")
    await transport.drain()
    await transport.close()


async def test_a_slow_link_is_waited_for_while_octets_move() -> None:
    transport = Scripted()
    backend = transport.backend
    await _open(transport)
    backend.waiting = 100
    transport.write(bytes(100))
    draining = asyncio.create_task(transport.drain())
    for _ in range(10):
        await asyncio.sleep(4.9)
        backend.waiting -= 10
        assert not draining.done()
    backend.connection.resume_writing()
    await draining
    await transport.close()


async def test_a_stuck_link_is_given_up_in_time(virtual_loop: VirtualTimeLoop) -> None:
    transport = Scripted()
    backend = transport.backend
    listener = await _open(transport)
    backend.waiting = 100
    transport.write(bytes(100))
    with pytest.raises(LinkUnavailable, match="took no octets for 5 s"):
        await transport.drain()
    assert virtual_loop.time() == SETTINGS.write_timeout_s
    assert not transport.is_open
    error = await listener.lost()
    assert error is not None
    assert "took no octets for 5 s" in error.detail
    # Home Assistant's tests fail for a timer that outlives its use.
    assert [timer for timer in virtual_loop._scheduled if not timer.cancelled()] == []  # type: ignore[attr-defined]  # asyncio shows them nowhere else


async def test_a_link_found_stuck_while_it_is_closed_was_closed() -> None:
    transport = Scripted()
    transport._settings = TransportSettings(write_timeout_s=0.5, close_timeout_s=2.0)
    transport.backend.ends_on_close = False
    transport.backend.waiting = 100
    listener = await _open(transport)
    transport.write(bytes(100))
    draining = asyncio.create_task(transport.drain())
    await asyncio.sleep(0.1)
    await transport.close()
    with pytest.raises(LinkUnavailable, match="took no octets"):
        await draining
    assert listener.losses == [None]


async def test_a_link_that_failed_before_it_was_closed_has_failed() -> None:
    transport = Scripted()
    transport.backend.waiting = 100
    listener = await _open(transport)
    transport.write(bytes(100))
    with pytest.raises(LinkUnavailable) as failure:
        await transport.drain()
    await transport.close()
    assert listener.losses == [failure.value]


async def test_a_stuck_link_whose_driver_hangs_is_lost_all_the_same(
    virtual_loop: VirtualTimeLoop,
) -> None:
    transport = Scripted()
    transport.backend.ends_on_abort = False
    transport.backend.waiting = 100
    listener = await _open(transport)
    transport.write(bytes(100))
    with pytest.raises(LinkUnavailable):
        await transport.drain()
    await listener.lost()
    assert virtual_loop.time() == SETTINGS.write_timeout_s + SETTINGS.close_timeout_s


async def test_giving_up_twice_breaks_off_once() -> None:
    transport = Scripted()
    transport.backend.waiting = 100
    listener = await _open(transport)
    transport.write(bytes(100))
    results = await asyncio.gather(transport.drain(), transport.drain(), return_exceptions=True)
    assert [type(result) for result in results] == [LinkUnavailable, LinkUnavailable]
    await listener.lost()
    assert transport.backend.calls.count("abort") == 1


async def test_waiting_ends_with_the_link() -> None:
    transport = Scripted()
    transport.backend.waiting = 100
    listener = await _open(transport)
    transport.write(bytes(100))
    draining = asyncio.create_task(transport.drain())
    await asyncio.sleep(1)
    transport.backend.connection.connection_lost(None)
    with pytest.raises(LinkUnavailable, match="before it took all octets"):
        await draining
    assert len(listener.losses) == 1


async def test_the_next_opening_waits_for_the_port_of_the_last() -> None:
    transport = Scripted()
    transport.backend.ends_on_close = False
    first = await _open(transport)
    old = transport.backend.connection
    closing = asyncio.create_task(transport.close())
    await asyncio.sleep(0)
    transport.backend = Backend()
    opening = asyncio.create_task(_open(transport))
    await asyncio.sleep(0.5)
    assert transport.backend.connection is None, "opened while the port was still taken"
    old.connection_lost(None)
    await closing
    second = await opening
    assert (first.losses, second.losses) == ([None], [])
    await transport.close()
