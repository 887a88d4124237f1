"""The pair in memory: a serial line without a wire."""

import pytest

from dpm_core.errors import LinkUnavailable
from dpm_core.transport import MemoryTransport, SendGate, memory_pair
from tests.dpm_core.transport.far_ends import Listener
from tests.dpm_core.virtual_time import VirtualTimeLoop

pytestmark = [pytest.mark.requirement("E3"), pytest.mark.virtual_time]


async def _open_pair() -> tuple[MemoryTransport, MemoryTransport, Listener, Listener]:
    one, other = memory_pair(gate=SendGate.SEND)
    hears, other_hears = Listener(), Listener()
    await one.open(hears)
    await other.open(other_hears)
    return one, other, hears, other_hears


async def test_each_write_arrives_in_one_piece_and_in_order() -> None:
    one, _, _, other_hears = await _open_pair()
    one.write(b"first")
    one.write(b"second")
    assert not other_hears.pieces, "delivered from inside write()"
    await one.drain()
    assert other_hears.pieces == [b"first", b"second"]


async def test_delivery_takes_no_time(virtual_loop: VirtualTimeLoop) -> None:
    one, other, hears, other_hears = await _open_pair()
    one.write(b"ask")
    await other_hears.heard(b"ask")
    other.write(b"answer")
    await hears.heard(b"answer")
    assert virtual_loop.time() == 0


async def test_octets_for_an_end_that_is_not_open_are_lost() -> None:
    one, other = memory_pair(gate=SendGate.SEND)
    await one.open(Listener())
    one.write(b"nobody hears")
    await one.drain()
    late = Listener()
    await other.open(late)
    one.write(b"somebody hears")
    await late.heard(b"somebody hears")


async def test_octets_on_their_way_do_not_reach_a_later_opening() -> None:
    one, other, _, other_hears = await _open_pair()
    one.write(b"old")
    await other.close()
    later = Listener()
    await other.open(later)
    await one.drain()
    assert not other_hears.pieces
    assert not later.pieces


async def test_one_end_does_not_notice_the_other_closing() -> None:
    one, other, hears, _ = await _open_pair()
    await other.close()
    assert one.is_open
    assert not hears.losses
    one.write(b"into the void")
    await one.drain()


async def test_breaking_the_link_loses_this_end_only() -> None:
    one, other, hears, other_hears = await _open_pair()
    other.write(b"on its way")
    one.break_link("the adapter was unplugged")
    assert not one.is_open
    assert not hears.losses, "told from inside break_link()"
    error = await hears.lost()
    assert error is not None
    assert error.detail == "the adapter was unplugged"
    assert hears.octets == b""
    assert other.is_open
    assert not other_hears.losses


async def test_octets_sent_before_the_break_still_arrive() -> None:
    one, _, _, other_hears = await _open_pair()
    one.write(b"last words")
    one.break_link()
    await other_hears.heard(b"last words")


async def test_a_broken_end_can_be_opened_again_at_once() -> None:
    one, other, _, _ = await _open_pair()
    one.break_link()
    again = Listener()
    await one.open(again)
    other.write(b"welcome back")
    await again.heard(b"welcome back")
    assert not again.losses


async def test_an_end_broken_until_mended_opens_only_then() -> None:
    one, _, hears, _ = await _open_pair()
    one.break_link("cut", until_mended=True)
    with pytest.raises(LinkUnavailable, match="cut"):
        await one.open(Listener())
    one.mend_link()
    await one.open(Listener())
    await hears.lost()
    assert one.is_open


async def test_breaking_an_end_that_is_not_open_tells_nobody() -> None:
    one, _ = memory_pair()
    one.break_link()
    await one.open(Listener())
    assert one.is_open


async def test_noise_can_be_put_on_the_wire() -> None:
    one, _, hears, _ = await _open_pair()
    one.hear(b"\x00\xff")
    await hears.heard(b"\x00\xff")


async def test_a_single_end_is_an_open_wire() -> None:
    alone = MemoryTransport("memory://alone", SendGate.SEND)
    await alone.open(Listener())
    alone.write(b"nobody there")
    await alone.drain()
    assert alone.url == "memory://alone"


async def test_a_drain_notices_that_the_end_was_broken() -> None:
    one, _, _, _ = await _open_pair()
    one.write(b"x")
    one.break_link()
    with pytest.raises(LinkUnavailable):
        await one.drain()
