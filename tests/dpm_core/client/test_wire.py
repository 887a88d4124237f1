"""The one place that writes: at once, never too early, and never twice."""

import asyncio
from typing import Any, Self

import pytest

from dpm_core.client.wire import Wire
from dpm_core.errors import LinkUnavailable, SendingNotAllowed
from dpm_core.model import ZoneNumber
from dpm_core.protocol import (
    GoToLevel,
    MasterSession,
    SessionSettings,
    ack_frame,
    encode_wire,
)
from dpm_core.protocol.requests import Answered, LinkGone, Priority, Request, Unanswered
from dpm_core.protocol.session_events import FrameSent, MessageHeard, NoiseHeard
from dpm_core.transport import MemoryTransport, SendGate, memory_pair
from tests.dpm_core.client.links import ONE, now

pytestmark = pytest.mark.virtual_time

ON = GoToLevel(ONE, ZoneNumber(1), 0xFEFF)
QUIET = SessionSettings(poll_interval_s=3600.0)


class FarEnd:
    """Hears what is written, and answers if told to."""

    def __init__(self, transport: MemoryTransport, *, answers: bool = True) -> None:
        self.transport = transport
        self.answers = answers
        self.heard: list[tuple[float, bytes]] = []

    def octets_received(self, octets: bytes) -> None:
        self.heard.append((now(), octets))
        if self.answers:
            self.transport.write(encode_wire(ack_frame(octets[7])))

    def connection_lost(self, error: LinkUnavailable | None) -> None:
        """Stay as it is."""


class Bench:
    """A wire, and what it told."""

    def __init__(self, *, answers: bool = True, settings: SessionSettings = QUIET) -> None:
        self.near, far = memory_pair(gate=SendGate.SEND)
        self.far = FarEnd(far, answers=answers)
        self.session = MasterSession(settings)
        self.told: list[Any] = []
        self.ends: list[LinkUnavailable] = []
        self.opened = 0
        self.writes: list[bytes] = []
        self._note_writes()
        self.wire = Wire(self.near, self.session, self.told.append, self._open, self.ends.append)

    def _note_writes(self) -> None:
        write = self.near.write

        def noted(octets: bytes) -> None:
            self.writes.append(octets)
            write(octets)

        self.near.write = noted  # type: ignore[method-assign]  # to see when, not whether

    def _open(self) -> None:
        self.opened += 1

    async def __aenter__(self) -> Self:
        await self.far.transport.open(self.far)
        await self.wire.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.wire.close()
        await self.far.transport.close()


async def test_a_command_is_on_the_wire_before_anybody_waits() -> None:
    async with Bench() as bench:
        request = Request(ON)
        bench.wire.submit(request)
        assert [type(event) for event in bench.told] == [FrameSent]
        await asyncio.sleep(0.001)
        assert isinstance(request.outcome, Answered)


async def test_what_waits_for_the_line_is_on_it_before_the_answer_is_told() -> None:
    async with Bench(settings=SessionSettings(poll_interval_s=3600.0, gap_s=0.0)) as bench:
        written_when_told: list[int] = []
        first = Request(ON, on_settled=lambda _: written_when_told.append(len(bench.writes)))
        bench.wire.submit(first)
        bench.wire.submit(Request(ON))
        assert len(bench.writes) == 1
        await asyncio.sleep(0.001)
        assert written_when_told == [2]


async def test_what_is_wanted_while_telling_is_sent_without_waiting() -> None:
    async with Bench(settings=SessionSettings(poll_interval_s=3600.0, gap_s=0.0)) as bench:
        second = Request(ON)
        bench.wire.submit(Request(ON, on_settled=lambda _: bench.wire.submit(second)))
        await asyncio.sleep(0.001)
        assert isinstance(second.outcome, Answered)
        assert [at for at, _ in bench.far.heard] == [0.0, 0.0]


async def test_the_answer_is_told_before_the_outcome_and_the_outcome_before_what_follows() -> None:
    async with Bench(answers=False) as bench:
        order: list[str] = []
        request = Request(ON, on_settled=lambda _: order.append("settled"))
        bench.wire.submit(request)
        sequence = bench.told[0].frame.sequence
        bench.told.clear()
        bench.far.transport.write(encode_wire(ack_frame(sequence)) * 2)
        await asyncio.sleep(0.001)
        assert order == ["settled"]
        assert [type(event) for event in bench.told] == [MessageHeard] * 2
        assert [event.answers for event in bench.told] == [request, None]


async def test_asking_returns_the_outcome_and_calls_back_when_it_was_answered() -> None:
    async with Bench() as bench:
        answered: list[float] = []
        outcome = await bench.wire.ask(ON, on_answered=lambda: answered.append(now()))
        assert isinstance(outcome, Answered)
        assert len(answered) == 1
        bench.far.answers = False
        outcome = await bench.wire.ask(ON, on_answered=lambda: answered.append(now()))
        assert isinstance(outcome, Unanswered)
        assert len(answered) == 1
        assert now() == pytest.approx(3 * QUIET.answer_wait_s(24, 24), abs=0.01)


async def test_a_listener_and_a_closed_link_send_nothing() -> None:
    near, _ = memory_pair()
    wire = Wire(near, MasterSession(QUIET), lambda _: None, lambda: None, lambda _: None)
    with pytest.raises(LinkUnavailable) as closed:
        wire.submit(Request(ON))
    assert closed.value.detail == "it is not open"
    wire.wake()
    await wire.open()
    assert wire.is_open
    with pytest.raises(SendingNotAllowed):
        await wire.ask(ON)
    near.allow_sending()
    request = Request(ON)
    wire.submit(request)
    await wire.close()
    assert isinstance(request.outcome, LinkGone)
    assert not wire.is_open


async def test_a_link_that_is_lost_ends_what_is_outstanding_and_says_why() -> None:
    async with Bench(answers=False) as bench:
        call = asyncio.ensure_future(bench.wire.ask(ON))
        await asyncio.sleep(0.01)
        assert not bench.wire.ended.done()
        bench.near.break_link("unplugged")
        assert isinstance(await call, LinkGone)
        error = await bench.wire.ended
        assert error is not None
        assert bench.wire.lost_because == error.detail == "unplugged"
        assert [end.detail for end in bench.ends] == ["unplugged"]
        with pytest.raises(LinkUnavailable):
            bench.wire.submit(Request(ON))
        await bench.wire.open()
        assert bench.opened == 2
        bench.far.answers = True
        assert isinstance(await bench.wire.ask(ON), Answered)


async def test_a_link_that_cannot_be_opened_says_why_afterwards_too() -> None:
    bench = Bench()
    bench.near.break_link("no such port", until_mended=True)
    with pytest.raises(LinkUnavailable):
        await bench.wire.open()
    assert bench.wire.lost_because == "no such port"
    assert not bench.wire.is_open


async def test_octets_that_come_while_it_is_being_opened_are_heard() -> None:
    bench = Bench()
    await bench.far.transport.open(bench.far)
    opened = bench.near.open

    async def open_and_hear(handler: Any) -> None:
        await opened(handler)
        handler.octets_received(encode_wire(ack_frame(9)))

    bench.near.open = open_and_hear  # type: ignore[method-assign]  # a transport that hears early
    await bench.wire.open()
    assert bench.opened == 1
    assert [type(event) for event in bench.told] == [MessageHeard]
    await bench.wire.close()
    await bench.far.transport.close()


async def test_a_link_that_is_lost_while_it_is_being_opened_is_not_open() -> None:
    bench = Bench()
    opened = bench.near.open

    async def open_and_lose(handler: Any) -> None:
        await opened(handler)
        bench.near.break_link("unplugged")
        await asyncio.sleep(0)

    bench.near.open = open_and_lose  # type: ignore[method-assign]  # a transport that is lost early
    await bench.wire.open()
    assert not bench.wire.is_open
    assert bench.opened == 0
    assert bench.wire.ended.done()


async def test_an_answer_that_waits_to_be_read_is_not_missing() -> None:
    async with Bench(answers=False) as bench:
        loop = asyncio.get_running_loop()
        request = Request(ON)
        bench.wire.submit(request)
        sequence = bench.told[0].frame.sequence
        due = QUIET.answer_wait_s(24, 24)
        answer = encode_wire(ack_frame(sequence))
        # It arrives at the very moment at which it is overdue: the timer comes first.
        loop.call_at(due, bench.near.hear, answer)
        await asyncio.sleep(due + 0.01)
        assert isinstance(request.outcome, Answered)
        assert request.sendings == 1


async def test_a_cancelled_question_is_not_asked_again() -> None:
    async with Bench(answers=False) as bench:
        call = asyncio.ensure_future(bench.wire.ask(ON, Priority.READ))
        await asyncio.sleep(0.01)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        await asyncio.sleep(5.0)
        assert len(bench.far.heard) == 1


async def test_a_question_cancelled_when_the_link_is_gone_is_gone() -> None:
    async with Bench(answers=False) as bench:
        call = asyncio.ensure_future(bench.wire.ask(ON))
        await asyncio.sleep(0.01)
        bench.near.break_link("unplugged")
        await asyncio.sleep(0)
        call.cancel()
        await asyncio.gather(call, return_exceptions=True)


async def test_a_write_that_fails_is_like_a_question_without_an_answer() -> None:
    async with Bench() as bench:

        def fail(octets: bytes) -> None:
            raise LinkUnavailable("memory://", "it was lost while it was written to")

        bench.near.write = fail  # type: ignore[method-assign]  # a transport that is lost in between
        request = Request(ON)
        bench.wire.submit(request)
        await asyncio.sleep(5.0)
        assert isinstance(request.outcome, Unanswered)


async def test_noise_is_told_and_what_a_listener_causes_is_sent_in_turn() -> None:
    async with Bench() as bench:
        requests: list[Request] = []

        def submit_more(event: Any) -> None:
            bench.told.append(event)
            if isinstance(event, NoiseHeard):
                requests.append(Request(ON))
                bench.wire.submit(requests[-1])

        bench.wire._on_event = submit_more
        bench.far.transport.write(b"\x01\x02\x03")
        await asyncio.sleep(1.0)
        assert len(requests) == 1
        assert isinstance(requests[0].outcome, Answered)


async def test_the_processor_is_given_up_whenever_something_was_put_on_the_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written: list[int] = []
    settings = SessionSettings(poll_interval_s=3600.0, gap_s=0.0, report_gap_s=0.0)
    async with Bench(settings=settings) as bench:
        monkeypatch.setattr(
            "dpm_core.client.wire._give_way", lambda: written.append(len(bench.writes))
        )
        for _ in range(2):
            bench.wire.submit(Request(ON))
        await asyncio.sleep(0.001)
        assert written == [1, 2], "also after the second, which went with the first one's answer"
