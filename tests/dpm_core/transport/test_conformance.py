"""Every transport keeps the same promises, on every real thing that it can open here."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dpm_core.errors import LinkUnavailable, SendingNotAllowed
from dpm_core.transport import SendGate, TransportSettings
from tests.dpm_core.conftest import DESCRIPTORS
from tests.dpm_core.transport.far_ends import (
    FAR_ENDS,
    PATIENCE_S,
    FarEnd,
    Listener,
    opened,
    present,
)

pytestmark = pytest.mark.requirement("E3")

EVERY_OCTET = bytes(range(256))

BUFFERED = [name for name in FAR_ENDS if name not in {"memory", "esphome"}]
"""Those whose buffers are ours to see when they are full: an ESPHome client hides its own."""


@pytest.fixture(params=FAR_ENDS)
def absent(request: pytest.FixtureRequest, tmp_path: Path) -> FarEnd:
    """A far end that is not there yet."""
    far: FarEnd = FAR_ENDS[request.param](tmp_path)
    return far


@pytest.fixture
async def far(absent: FarEnd) -> AsyncIterator[FarEnd]:
    async with present(absent):
        yield absent


async def test_a_transport_is_open_between_open_and_close(far: FarEnd) -> None:
    transport, listener = far.transport(), Listener()
    seen = [transport.is_open]
    await transport.open(listener)
    seen.append(transport.is_open)
    await transport.close()
    seen.append(transport.is_open)
    assert seen == [False, True, False]
    assert listener.losses == [None]


async def test_octets_go_both_ways_unchanged(far: FarEnd) -> None:
    async with opened(far) as (transport, listener):
        transport.write(EVERY_OCTET)
        await transport.drain()
        await far.listener.heard(EVERY_OCTET)
        await far.send(EVERY_OCTET[::-1])
        await listener.heard(EVERY_OCTET[::-1])


async def test_nothing_reaches_the_wire_until_sending_is_allowed(far: FarEnd) -> None:
    async with opened(far, gate=SendGate.LISTEN) as (transport, listener):
        assert transport.gate.value == "listen"
        with pytest.raises(SendingNotAllowed) as refusal:
            transport.write(b"too early")
        assert refusal.value.url == transport.url
        await far.send(b"heard all the same")
        await listener.heard(b"heard all the same")

        transport.allow_sending()
        assert transport.gate.value == "send"
        transport.write(b"now")
        await far.listener.heard(b"now")


async def test_the_gate_refuses_before_anything_else(absent: FarEnd) -> None:
    with pytest.raises(SendingNotAllowed):
        absent.transport(gate=SendGate.LISTEN).write(b"55")


async def test_a_link_that_is_not_open_takes_nothing(far: FarEnd) -> None:
    transport = far.transport()
    with pytest.raises(LinkUnavailable, match="not open"):
        transport.write(b"55")
    with pytest.raises(LinkUnavailable, match="not open"):
        await transport.drain()
    await transport.open(Listener())
    await transport.close()
    with pytest.raises(LinkUnavailable, match="not open") as error:
        transport.write(b"55")
    assert error.value.url == transport.url
    with pytest.raises(LinkUnavailable, match="not open"):
        await transport.drain()


async def test_writing_nothing_changes_nothing(far: FarEnd) -> None:
    async with opened(far) as (transport, _):
        transport.write(b"")
        await transport.drain()
        transport.write(b"something")
        await far.listener.heard(b"something")


async def test_the_caller_may_reuse_its_buffer(far: FarEnd) -> None:
    async with opened(far) as (transport, _):
        buffer = bytearray(b"first")
        transport.write(buffer)  # type: ignore[arg-type]  # not promised, but harmless
        buffer[:] = b"other"
        await far.listener.heard(b"first")


async def test_more_than_every_buffer_holds_arrives_whole(far: FarEnd) -> None:
    octets = EVERY_OCTET * 1200
    async with opened(far) as (transport, listener):
        transport.write(octets)
        await transport.drain()
        await far.listener.heard(octets)
        await far.send(octets)
        await listener.heard(octets)


async def test_a_second_open_is_refused_and_the_first_goes_on(far: FarEnd) -> None:
    async with opened(far) as (transport, listener):
        with pytest.raises(LinkUnavailable, match="open already"):
            await transport.open(Listener())
        await far.send(b"still here")
        await listener.heard(b"still here")


async def test_closing_twice_or_unopened_does_nothing(far: FarEnd) -> None:
    transport, listener = far.transport(), Listener()
    await transport.close()
    await transport.open(listener)
    await asyncio.gather(transport.close(), transport.close())
    await transport.close()
    assert listener.losses == [None]


async def test_a_closed_transport_can_be_opened_again(far: FarEnd) -> None:
    transport = far.transport()
    for piece in (b"first", b"second", b"third"):
        listener = Listener()
        await transport.open(listener)
        await far.ready()
        far.listener.octets.clear()
        transport.write(piece)
        await far.listener.heard(piece)
        await transport.close()
        assert listener.losses == [None]
        assert not listener.octets


async def test_it_can_be_opened_again_at_once_while_it_is_closing(far: FarEnd) -> None:
    transport, first, second = far.transport(), Listener(), Listener()
    await transport.open(first)
    closing = asyncio.create_task(transport.close())
    await asyncio.sleep(0)
    await transport.open(second)
    await closing
    assert first.losses == [None]
    assert transport.is_open
    assert not second.losses
    await transport.close()


async def test_a_loss_is_told_once_in_words(far: FarEnd) -> None:
    async with opened(far) as (transport, listener):
        await far.vanish()
        error = await listener.lost()
        assert error is not None
        assert far.loss_words in error.detail
        assert error.url == transport.url
        assert not transport.is_open
        with pytest.raises(LinkUnavailable):
            transport.write(b"55")
        await transport.close()
        assert listener.losses == [error]


async def test_a_lost_link_can_be_opened_again(far: FarEnd) -> None:
    transport, first, second = far.transport(), Listener(), Listener()
    await transport.open(first)
    await far.ready()
    await far.vanish()
    await first.lost()
    with pytest.raises(LinkUnavailable):
        await transport.open(second)
    await far.appear()
    await transport.open(second)
    await far.ready()
    await far.send(b"back")
    await second.heard(b"back")
    transport.write(b"so am I")
    await far.listener.heard(b"so am I")
    await transport.close()
    assert len(first.losses) == 1
    assert second.losses == [None]


async def test_what_is_not_there_cannot_be_opened(absent: FarEnd) -> None:
    transport, listener = absent.transport(), Listener()
    with pytest.raises(LinkUnavailable) as error:
        await transport.open(listener)
    assert error.value.detail
    assert error.value.url == transport.url
    assert not transport.is_open
    assert not listener.losses


@pytest.mark.parametrize("rounds", [*range(12), 20, 40])
async def test_an_opening_can_be_cancelled_anywhere(far: FarEnd, rounds: int) -> None:
    transport, listener = far.transport(), Listener()
    opening = asyncio.create_task(transport.open(listener))
    for _ in range(rounds):
        await asyncio.sleep(0)
    opening.cancel()
    try:
        await opening
    except asyncio.CancelledError:
        assert not transport.is_open
        assert not listener.losses
    await transport.close()
    # The port was given back: it can be opened, and the next opening is a sound one.
    async with opened(far) as (again, second):
        again.write(b"is it?")
        await far.listener.heard(b"is it?")
        await far.send(b"sound")
        await second.heard(b"sound")
        assert again.is_open


@pytest.mark.parametrize("rounds", [0, 1, 2, 5, 10, 30])
async def test_an_opening_can_be_closed_anywhere(far: FarEnd, rounds: int) -> None:
    transport, listener = far.transport(), Listener()
    opening = asyncio.create_task(transport.open(listener))
    for _ in range(rounds):
        await asyncio.sleep(0)
    await transport.close()
    was_open = opening.done() and opening.exception() is None
    if rounds and not was_open:
        with pytest.raises(LinkUnavailable, match="closed while it was being opened"):
            await opening
    await opening if was_open else await asyncio.wait({opening})
    await transport.close()
    assert not transport.is_open
    assert listener.losses in ([], [None])


async def test_no_octets_are_heard_after_close_began(far: FarEnd) -> None:
    async with opened(far) as (transport, listener):
        await far.send(b"before")
        await listener.heard(b"before")
        closing = asyncio.create_task(transport.close())
        await asyncio.sleep(0)
        with contextlib.suppress(OSError, LinkUnavailable):
            await far.send(b"after")
        await closing
        assert listener.octets == b"before"


@pytest.mark.parametrize("name", BUFFERED)
async def test_a_link_that_takes_nothing_is_given_up(name: str, tmp_path: Path) -> None:
    far = FAR_ENDS[name](tmp_path)
    impatient = TransportSettings(write_timeout_s=0.2)
    async with present(far), opened(far, impatient) as (transport, listener):
        far.stop_reading()
        with pytest.raises(LinkUnavailable, match=r"took no octets for 0\.2 s"):
            for _ in range(1000):
                transport.write(bytes(100_000))
                await transport.drain()
        error = await listener.lost()
        assert error is not None
        assert "took no octets" in error.detail
        assert not transport.is_open


@pytest.mark.parametrize("name", BUFFERED)
async def test_closing_does_not_wait_for_a_link_that_takes_nothing(
    name: str, tmp_path: Path
) -> None:
    far = FAR_ENDS[name](tmp_path)
    async with (
        present(far),
        opened(far, TransportSettings(close_timeout_s=0.4)) as (transport, listener),
    ):
        far.stop_reading()
        transport.write(bytes(10_000_000))
        async with asyncio.timeout(PATIENCE_S):
            await transport.close()
        assert listener.losses == [None]


@pytest.mark.parametrize("name", BUFFERED)
async def test_a_loss_while_octets_wait_ends_the_waiting(name: str, tmp_path: Path) -> None:
    far = FAR_ENDS[name](tmp_path)
    async with present(far), opened(far) as (transport, listener):
        far.stop_reading()
        transport.write(bytes(10_000_000))
        draining = asyncio.create_task(transport.drain())
        await asyncio.sleep(0)
        await far.vanish()
        with pytest.raises(LinkUnavailable):
            await draining
        assert await listener.lost() is not None


@pytest.mark.parametrize("name", FAR_ENDS)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=st.lists(st.binary(min_size=1, max_size=80), min_size=1, max_size=12))
def test_octets_cut_anywhere_arrive_in_order(
    name: str, tmp_path: Path, pieces: list[bytes]
) -> None:
    async def both_ways() -> None:
        far = FAR_ENDS[name](tmp_path)
        async with present(far), opened(far) as (transport, listener):
            for piece in pieces:
                transport.write(piece)
                await far.send(piece)
            await far.listener.heard(b"".join(pieces))
            await listener.heard(b"".join(pieces))

    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
        runner.run(both_ways())


async def test_opening_and_closing_leave_no_descriptor(far: FarEnd) -> None:
    transport = far.transport()
    before = len(list(DESCRIPTORS.iterdir()))
    for _ in range(10):
        await transport.open(Listener())
        await transport.close()
    # The far end, in the same process here, notices a little later than we do.
    for _ in range(1000):
        if len(list(DESCRIPTORS.iterdir())) <= before:
            return
        await asyncio.sleep(0.01)
    pytest.fail("descriptors are left open")
