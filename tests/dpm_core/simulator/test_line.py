"""Who talks when, and who hears it."""

import asyncio
import random
from collections.abc import Callable

import pytest

from dpm_core.model import SerialNumber
from dpm_core.protocol.frames import Frame, ack_frame, encode_wire
from dpm_core.protocol.messages import GoToLevel, StatusMask, StatusQuery
from dpm_core.protocol.timing import frame_time_s
from dpm_core.simulator import SimulatorSettings
from dpm_core.simulator.line import BACKLOG_LOST_FACTOR, Line
from tests.dpm_core.simulator.bench import ONE, TWO, Bench, Ear

pytestmark = [pytest.mark.virtual_time, pytest.mark.requirement("G3")]

FRAME = encode_wire(ack_frame(0x11))
OTHER = encode_wire(ack_frame(0x22))
LONGER = encode_wire(Frame(bytes.fromhex("8b00012c0f7c0004001b01fecccccccccccccccccccc179f")))


class Rig:
    """A line with ports that write down what they hear, and senders that are only names."""

    def __init__(self, **settings: object) -> None:
        self.settings = SimulatorSettings(**settings)  # type: ignore[arg-type]  # by name
        self.frames: list[tuple[float, Frame]] = []
        self.line = Line(
            self.settings, lambda frame, at: self.frames.append((at, frame)), random.Random(7)
        )
        self.heard: list[tuple[float, bytes]] = []
        self.port = self.line.add_port(self._deliver)
        self.told: list[tuple[str, bool]] = []

    def _deliver(self, octets: bytes) -> None:
        self.heard.append((asyncio.get_running_loop().time(), octets))

    def octets(self) -> bytes:
        return b"".join(octets for _, octets in self.heard)

    def send(self, name: str, octets: bytes, at: float, *, waits: bool = True) -> None:
        self.line.send(name, octets, at, waits_while_busy=waits, ended=self._told(name))

    def contend(self, name: str, octets: bytes, wait_s: float) -> None:
        self.line.contend(name, octets, wait_s, self._told(name))

    def _told(self, name: str) -> Callable[[bool], None]:
        return lambda broken: self.told.append((name, broken))


# --- adapters ----------------------------------------------------------------------------------


async def test_every_adapter_hears_the_others_and_not_itself() -> None:
    rig = Rig()
    heard: list[bytes] = []
    other = rig.line.add_port(heard.append)
    rig.port.put(b"from one")
    other.put(b"from the other")
    assert heard == [b"from one"]
    assert rig.octets() == b"from the other"
    rig.line.close()


async def test_with_an_echo_it_hears_itself_too() -> None:
    rig = Rig(echo=True)
    rig.port.put(b"my own")
    assert rig.octets() == b"my own"
    rig.line.close()


async def test_an_adapter_that_was_taken_off_neither_talks_nor_hears() -> None:
    rig = Rig()
    other = rig.line.add_port(lambda octets: None)
    rig.port.close()
    rig.port.close()
    other.put(b"anybody?")
    assert rig.octets() == b""
    rig.line.close()


async def test_an_adapter_that_is_taken_off_is_silenced_in_the_middle() -> None:
    rig = Rig(is_paced=True, baud=10_000)
    heard: list[bytes] = []
    other = rig.line.add_port(heard.append)
    rig.port.put(bytes(100))
    await asyncio.sleep(0.0305)
    rig.port.close()
    await asyncio.sleep(1)
    assert len(b"".join(heard)) == 31
    other.put(b"")
    rig.line.close()


# --- pacing ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("baud", "bits"), [(31250, 10), (115200, 10), (31250, 11)])
async def test_on_a_paced_line_octets_take_their_time(baud: int, bits: int) -> None:
    rig = Rig(is_paced=True, baud=baud, bits_per_octet=bits)
    heard_at: list[float] = []
    rig.line.add_port(lambda octets: heard_at.append(asyncio.get_running_loop().time()))
    rig.port.put(LONGER * 10)
    await asyncio.sleep(2)
    ends = [at for at, _ in rig.frames]
    frame_s = frame_time_s(24, baud, bits)
    assert ends[-1] - ends[0] == pytest.approx(9 * frame_s, rel=0.05)
    assert heard_at[-1] == pytest.approx(10 * frame_s, abs=1e-6)
    rig.line.close()


async def test_a_listener_hears_that_the_line_is_taken_long_before_the_frame_is_over() -> None:
    rig = Rig(is_paced=True, baud=31250)
    rig.send("A", LONGER, 0.0)
    await asyncio.sleep(0.003)
    assert rig.octets() == LONGER[:8]
    rig.line.close()


@pytest.mark.parametrize("baud", [300, 1200, 2400, 4800])
async def test_on_a_slow_paced_line_a_frame_is_heard_whole(baud: int) -> None:
    rig = Rig(is_paced=True, baud=baud)
    rig.port.put(LONGER)
    await asyncio.sleep(5)
    assert [encode_wire(frame) for _, frame in rig.frames] == [LONGER]
    rig.line.close()


async def test_a_host_that_writes_twice_is_heard_without_a_gap() -> None:
    rig = Rig(is_paced=True, baud=10_000)
    heard_at: list[float] = []
    rig.line.add_port(lambda octets: heard_at.append(asyncio.get_running_loop().time()))
    rig.port.put(bytes(4))
    rig.port.put(bytes(4))
    await asyncio.sleep(1)
    assert heard_at == pytest.approx([0.004, 0.008])
    rig.line.close()


async def test_hosts_that_talk_at_once_break_each_other_on_a_paced_line() -> None:
    rig = Rig(is_paced=True)
    other = rig.line.add_port(lambda octets: None)
    rig.port.put(FRAME)
    other.put(OTHER)
    await asyncio.sleep(1)
    assert rig.frames == []
    assert rig.line.collisions > 0
    rig.port.put(FRAME)
    await asyncio.sleep(1)
    assert [frame for _, frame in rig.frames] == [ack_frame(0x11)]
    rig.line.close()


async def test_an_unpaced_host_breaks_nobody() -> None:
    rig = Rig()
    other = rig.line.add_port(lambda octets: None)
    rig.port.put(FRAME)
    other.put(OTHER)
    assert len(rig.frames) == 2
    rig.line.close()


async def test_frames_of_one_piece_are_over_one_after_the_other() -> None:
    rig = Rig()
    rig.port.put(FRAME * 3)
    first, second, third = (at for at, _ in rig.frames)
    assert first < second < third < first + 1e-4
    rig.line.close()


async def test_who_answers_while_it_still_hears_is_heard_after_it() -> None:
    rig = Rig()
    answering = rig.line.add_port(lambda octets: answering.put(b"answer to " + octets))
    rig.port.put(b"question")
    assert rig.octets() == b"answer to question"
    rig.line.close()


async def test_pipelined_queries_to_two_modules_are_answered_without_a_collision() -> None:
    async with Bench((ONE, TWO)) as bench:
        bench.say(*(bench.frame(StatusQuery(serial, StatusMask.ZONES)) for serial in (ONE, TWO)))
        await bench.quiet()
        assert [frame.source_serial for _, frame in bench.ear.frames] == [ONE, TWO]


# --- a host that pumps more than the line carries ----------------------------------------------


async def test_a_host_is_paused_while_too_much_waits_for_the_paced_line() -> None:
    rig = Rig(is_paced=True, baud=10_000, backlog_max=100)
    calls: list[tuple[str, float]] = []
    now = asyncio.get_running_loop().time
    port = rig.line.add_port(
        lambda octets: None,
        pause=lambda: calls.append(("pause", now())),
        resume=lambda: calls.append(("resume", now())),
    )
    port.put(bytes(100))
    assert calls == []
    port.put(bytes(50))
    port.put(bytes(10))
    assert calls == [("pause", 0.0)]
    await asyncio.sleep(0.09)
    assert len(calls) == 1
    await asyncio.sleep(0.02)
    assert [name for name, _ in calls] == ["pause", "resume"]
    assert calls[1][1] == pytest.approx(0.1)
    await asyncio.sleep(1)
    rig.line.close()


async def test_a_paused_host_that_leaves_is_not_resumed() -> None:
    rig = Rig(is_paced=True, baud=10_000, backlog_max=10)
    resumed: list[int] = []
    port = rig.line.add_port(
        lambda octets: None, pause=lambda: None, resume=lambda: resumed.append(1)
    )
    port.put(bytes(50))
    port.close()
    await asyncio.sleep(1)
    assert resumed == []
    rig.line.close()


async def test_a_host_that_cannot_be_paused_loses_what_is_far_too_much() -> None:
    rig = Rig(is_paced=True, baud=10_000, backlog_max=10)
    heard: list[bytes] = []
    rig.line.add_port(heard.append)
    most = 10 * BACKLOG_LOST_FACTOR
    for _ in range(50):
        rig.port.put(bytes(10))
    await asyncio.sleep(5)
    assert len(b"".join(heard)) == most
    rig.line.close()


# --- answers and reports -----------------------------------------------------------------------


async def test_an_answer_goes_at_its_instant() -> None:
    rig = Rig()
    rig.send("A", FRAME, 0.5)
    await asyncio.sleep(1)
    assert rig.heard == [(0.5, FRAME)]
    assert rig.told == [("A", False)]
    rig.line.close()


async def test_an_answer_waits_while_the_line_is_busy_and_a_turnaround_longer() -> None:
    rig = Rig(is_paced=True, baud=10_000, turnaround_s=0.002)
    other = rig.line.add_port(lambda octets: None)
    rig.send("A", FRAME, 0.010)
    await asyncio.sleep(0.005)
    other.put(LONGER)
    await asyncio.sleep(1)
    assert [at for at, _ in rig.frames] == pytest.approx([0.036, 0.050])
    assert rig.line.collisions == 0
    rig.line.close()


@pytest.mark.parametrize("waits", [True, False])
async def test_two_answers_of_one_module_follow_each_other_on_a_paced_line(waits: bool) -> None:
    rig = Rig(is_paced=True)
    rig.send("A", FRAME, 1.0, waits=waits)
    rig.send("A", OTHER, 1.0, waits=waits)
    rig.contend("A", LONGER, 0.0)
    await asyncio.sleep(2)
    assert [encode_wire(frame) for _, frame in rig.frames] == [
        LONGER,  # the line was idle before
        FRAME,
        OTHER,
    ]
    assert rig.line.collisions == 0
    rig.line.close()


async def test_a_report_waits_until_the_module_has_answered() -> None:
    rig = Rig(is_paced=True, report_idle_s=0.0)
    now = asyncio.get_running_loop().time()
    rig.send("A", FRAME, now + 1.0)
    rig.contend("A", OTHER, 1.0)
    await asyncio.sleep(3)
    assert [encode_wire(frame) for _, frame in rig.frames] == [FRAME, OTHER]
    assert rig.line.collisions == 0
    rig.line.close()


async def test_a_slot_waits_for_nobody() -> None:
    rig = Rig(is_paced=True, baud=10_000)
    rig.send("A", LONGER, 0.010, waits=False)
    rig.send("B", LONGER, 0.020, waits=False)
    await asyncio.sleep(1)
    assert rig.frames == []
    assert sorted(rig.told) == [("A", True), ("B", True)]
    rig.line.close()


async def test_slots_of_the_same_instant_collide_without_pacing_too() -> None:
    rig = Rig()
    rig.send("A", FRAME, 0.010, waits=False)
    rig.send("B", LONGER, 0.010, waits=False)
    await asyncio.sleep(1)
    assert rig.frames == []
    assert sorted(rig.told) == [("A", True), ("B", True)]
    rig.line.close()


async def test_a_report_waits_for_three_idle_milliseconds_and_its_share() -> None:
    rig = Rig()
    rig.port.put(b"\x00")
    rig.contend("A", FRAME, 0.004)
    await asyncio.sleep(1)
    assert rig.octets() == FRAME
    assert rig.heard[0][0] == pytest.approx(0.007)
    # Idle for long, only the share is left to wait.
    rig.contend("A", FRAME, 0.004)
    await asyncio.sleep(1)
    assert rig.heard[1][0] == pytest.approx(1.004)
    rig.line.close()


async def test_the_smaller_share_goes_first_and_the_other_waits_again() -> None:
    rig = Rig(is_paced=True, baud=10_000)
    rig.contend("late", FRAME, 0.005)
    rig.contend("early", OTHER, 0.002)
    await asyncio.sleep(1)
    (early_at, early), (late_at, late) = rig.frames
    assert (early.sequence, late.sequence) == (0x22, 0x11)
    assert early_at == pytest.approx(0.002 + 0.012)
    assert late_at == pytest.approx(early_at + 0.003 + 0.005 + 0.012)
    rig.line.close()


@pytest.mark.parametrize("is_paced", [False, True])
async def test_reports_of_the_same_instant_collide_and_their_senders_are_told(
    is_paced: bool,
) -> None:
    rig = Rig(is_paced=is_paced)
    rig.contend("A", FRAME, 0.002)
    rig.contend("B", OTHER, 0.002)
    await asyncio.sleep(1)
    assert rig.frames == []
    assert sorted(rig.told) == [("A", True), ("B", True)]
    rig.line.close()


async def test_on_a_paced_line_a_report_that_begins_within_an_octet_has_not_heard_the_first() -> (
    None
):
    rig = Rig(is_paced=True, baud=10_000)
    rig.contend("A", FRAME, 0.0020)
    rig.contend("B", OTHER, 0.0025)
    await asyncio.sleep(1)
    assert sorted(rig.told) == [("A", True), ("B", True)]
    rig.line.close()


async def test_the_wait_after_a_collision_is_one_to_thirty_two_milliseconds() -> None:
    rig = Rig()
    waits = [rig.line.collision_wait_s() for _ in range(1000)]
    assert 0.001 <= min(waits) < 0.003
    assert 0.030 < max(waits) <= 0.032
    rig.line.close()


async def test_reports_are_held_while_slots_run() -> None:
    rig = Rig()
    rig.contend("A", FRAME, 0.001)
    rig.line.hold_reports(0.5)
    await asyncio.sleep(1)
    assert rig.octets() == FRAME
    assert rig.heard[0][0] == pytest.approx(0.501)
    rig.line.close()


async def test_who_is_silenced_has_nothing_planned_any_more() -> None:
    rig = Rig()
    rig.send("A", FRAME, 0.1)
    rig.contend("A", FRAME, 0.1)
    rig.send("B", OTHER, 0.2)
    rig.line.silence("A")
    await asyncio.sleep(1)
    assert rig.octets() == OTHER
    rig.line.close()


async def test_a_line_that_is_closed_says_nothing_any_more() -> None:
    rig = Rig()
    rig.send("A", FRAME, 0.1)
    rig.contend("B", FRAME, 0.1)
    rig.line.close()
    await asyncio.sleep(1)
    assert rig.octets() == b""


async def test_it_tells_when_somebody_else_was_last_heard() -> None:
    rig = Rig()
    never = float("-inf")
    assert rig.line.last_frame_not_from("A") == never
    rig.send("A", FRAME, 1.0)
    await asyncio.sleep(2)
    assert rig.line.last_frame_not_from("A") == never
    assert rig.line.last_frame_not_from("B") == 1.0
    rig.send("B", FRAME, 3.0)
    rig.send("A", FRAME, 4.0)
    rig.send("A", FRAME, 5.0)
    await asyncio.sleep(4)
    assert rig.line.last_frame_not_from("A") == 3.0
    assert rig.line.last_frame_not_from("B") == 5.0
    rig.line.close()


async def test_an_idle_line_with_99_modules_sets_no_timer() -> None:
    async with Bench([SerialNumber(0x00A10001 + number) for number in range(99)]) as bench:
        await bench.quiet(60)
        assert bench.simulator.line._timer is None
        assert all(module._module._timer is None for module in bench.simulator.modules.values())
        waiting = vars(asyncio.get_running_loop())["_scheduled"]
        assert not [handle for handle in waiting if not handle.cancelled()]


@pytest.mark.parametrize("is_paced", [False, True], ids=["instant", "paced"])
async def test_99_modules_that_power_up_at_once_are_all_heard_in_the_end(is_paced: bool) -> None:
    modules = [SerialNumber(0x00A10001 + number) for number in range(99)]
    settings = SimulatorSettings(is_paced=is_paced, baud=115200)
    async with Bench(modules, settings=settings) as bench:
        for serial in modules:
            bench[serial].set_power(False)
        await bench.quiet(60)
        bench.clear()
        for serial in modules:
            bench[serial].set_power(True)
        await bench.quiet(60)
        assert bench.ear.noise, "so many cannot do without a collision"
        heard: dict[SerialNumber | None, int] = {}
        for _, frame in bench.ear.frames:
            heard[frame.source_serial] = heard.get(frame.source_serial, 0) + 1
        assert heard == dict.fromkeys(modules, 3)


async def test_two_programs_on_one_link_hear_the_modules_and_each_other() -> None:
    async with Bench() as bench:
        second = Ear()
        await bench.add(second)
        sequence = bench.tell(GoToLevel(ONE, 1, 0xFEFF))
        await bench.quiet()
        assert [frame.packet[0] & 0xF0 for _, frame in bench.ear.frames] == [0x00, 0x80]
        assert [frame.packet[0] & 0xF0 for _, frame in second.frames] == [0x90, 0x00, 0x80]
        assert second.frames[1][1].sequence == sequence
