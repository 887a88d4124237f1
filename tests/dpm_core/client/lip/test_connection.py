"""A session is begun, missed, and begun again for ever; each cause has a name of its own."""

import asyncio
import errno
import logging
from itertools import pairwise

import pytest

from dpm_core.client import (
    ConnectionLost,
    ConnectionRestored,
    ConnectionState,
    ProcessorClient,
    ProcessorSettings,
)
from dpm_core.errors import (
    BusSilent,
    DatabaseTransfer,
    LinkUnavailable,
    LoginRefused,
    NoReply,
    NoRoute,
    SafeMode,
    SessionHung,
    SessionTaken,
    WrongPrompt,
)
from dpm_core.model import IntegrationId
from dpm_core.protocol.lip import LipSessionSettings
from dpm_core.transport import ReconnectPolicy
from tests.dpm_core.client.lip.panels import (
    ONE,
    PASSWORD,
    Diary,
    Panel,
    eventually,
    fast,
    now,
)

pytestmark = [pytest.mark.requirement("E8", "G2"), pytest.mark.virtual_time]

FIRST = IntegrationId(101)


async def read(client: ProcessorClient) -> None:
    await eventually(lambda: all(view.is_fresh for view in client.modules.values()))


def causes(diary: Diary) -> list[type[LinkUnavailable]]:
    return [type(event.error) for event in diary.of(ConnectionLost)]


# --- The first session -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        ("bad-login", LoginRefused),
        ("bad-login=wrong user or password", LoginRefused),
        ("prompt=SAFE", SafeMode),
        ("prompt=QSE", WrongPrompt),
        ("half-open", SessionHung),
        ("away", NoRoute),
    ],
)
async def test_a_session_that_cannot_be_had_says_why(
    fault: str, cause: type[LinkUnavailable]
) -> None:
    async with Panel(fault) as panel:
        client = panel.client()
        begun = now()
        with pytest.raises(cause) as caught:
            await client.connect()
        assert now() - begun < 60
        assert "lip://panel:23" in str(caught.value)
        assert client.connection is ConnectionState.CLOSED
        # It is not tried again by itself, and can be tried again by somebody.
        await asyncio.sleep(100)
        assert len(panel.telnet.opened_at) == 1
        await panel.clear(fault.partition("=")[0])
        async with client:
            await read(client)


async def test_a_wrong_password_is_refused_and_stands_nowhere(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    async with Panel() as panel:
        client = panel.client(password="hunter2 secret")
        with pytest.raises(LoginRefused) as caught:
            await client.connect()
    shown = f"{caught.value} {caught.value!r} {client!r} {caplog.text}"
    assert "hunter2" not in shown
    assert b"hunter2".hex(" ") not in caplog.text


async def test_a_processor_that_closes_during_the_login_has_no_session_for_us() -> None:
    async with Panel("sessions=1") as panel, panel.client():
        with pytest.raises(SessionTaken):
            await panel.client().connect()


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.EHOSTUNREACH, "No route to host"), (errno.ECONNREFUSED, "Connection refused")],
)
async def test_no_way_to_the_processor_is_said_with_its_reason(number: int, words: str) -> None:
    async with Panel() as panel:
        client = panel.client()
        panel.telnet.unreachable = OSError(number, words)
        with pytest.raises(NoRoute, match=words):
            await client.connect()


async def test_a_call_that_gives_up_connecting_leaves_nothing_behind() -> None:
    async with Panel("login-delay=30s") as panel:
        client = panel.client()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(3):
                await client.connect()
        assert not panel.telnet.is_open
        assert client.connection is ConnectionState.CLOSED
        async with client:
            assert client.connection is ConnectionState.CONNECTED


# --- Lost and found --------------------------------------------------------------------------


async def test_a_lost_session_is_told_and_logged_once_and_so_is_its_return(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "dpm_core.client")
    async with Panel() as panel, panel.client() as client:
        await read(client)
        diary = Diary(client)
        panel.telnet.unreachable = OSError(errno.EHOSTUNREACH, "No route to host")
        await panel.fault("close")
        await eventually(lambda: client.connection is ConnectionState.LOST)
        assert not any(view.is_online or view.is_fresh for view in client.modules.values())
        with pytest.raises(LinkUnavailable):
            await client.turn_zone_on(FIRST, 1)
        await asyncio.sleep(3600)
        panel.telnet.unreachable = None
        await eventually(lambda: client.connection is ConnectionState.CONNECTED)
        assert client.trouble is None
        await read(client)
        assert causes(diary) == [LinkUnavailable, NoRoute]
        assert len(diary.of(ConnectionRestored)) == 1
    levels = [record.levelname for record in caplog.records]
    assert levels == ["WARNING", "WARNING", "INFO"], "lost, another cause, found"
    assert "is back" in caplog.messages[-1]


async def test_attempts_are_at_most_1_s_apart_for_ever() -> None:
    async with Panel() as panel, panel.client() as client:
        await panel.fault("away")
        await eventually(lambda: client.connection is ConnectionState.LOST)
        await asyncio.sleep(4 * 3600)
        apart = [later - earlier for earlier, later in pairwise(panel.telnet.opened_at[1:])]
        assert len(apart) > 4 * 3600 - 10
        assert max(apart) <= 1.0
        await panel.clear("away")
        back_at = now()
        await read(client)
        await client.turn_zone_on(FIRST, 1)
        assert now() - back_at <= 3.0


async def test_commands_are_taken_again_within_1_s_of_a_closed_session() -> None:
    async with Panel() as panel, panel.client() as client:
        await read(client)
        await panel.fault("away=3s")
        gone_at = now()
        await eventually(lambda: client.connection is ConnectionState.LOST)
        while True:
            try:
                await client.turn_zone_on(FIRST, 1)
            except LinkUnavailable:
                await asyncio.sleep(0.01)
            else:
                break
        assert 3.0 <= now() - gone_at <= 4.0
        assert panel.zones()[0]


async def test_after_a_refused_login_it_is_tried_rarely_and_by_chance() -> None:
    waits: list[list[float]] = []
    for _ in range(3):
        async with Panel() as panel, panel.client() as client:
            await read(client)
            diary = Diary(client)
            panel.processor.change_password("another")
            await panel.fault("close")
            await asyncio.sleep(2 * 3600)
            assert causes(diary) == [LinkUnavailable, LoginRefused]
            assert isinstance(client.trouble, LoginRefused)
            opened = panel.telnet.opened_at[1:]
            waits.append([later - earlier for earlier, later in pairwise(opened)])
            # The right one again: it goes on by itself.
            panel.processor.change_password(PASSWORD)
            await eventually(lambda c=client: c.connection is ConnectionState.CONNECTED, 1000)  # type: ignore[misc]  # the name of the loop
            await read(client)
    for apart in waits:
        assert 30 <= apart[0] <= 61
        assert max(apart) <= 901
        assert len(apart) < 30, "a processor locks who asks more often"
    assert waits[0] != waits[1] != waits[2], "chance decides when"


async def test_after_a_refusal_an_absence_is_tried_at_short_distances_again() -> None:
    refused = ReconnectPolicy(first_delay_s=60, max_delay_s=60, factor=1)
    settings = ProcessorSettings(refused=refused)
    async with Panel() as panel, panel.client(settings=settings) as client:
        await read(client)
        await panel.fault("bad-login", "close")
        await eventually(lambda: isinstance(client.trouble, LoginRefused))
        await panel.fault("away")
        await eventually(lambda: isinstance(client.trouble, (NoRoute, DatabaseTransfer)), 100)
        before = len(panel.telnet.opened_at)
        await asyncio.sleep(10)
        assert len(panel.telnet.opened_at) - before >= 10


@pytest.mark.parametrize(("prompt", "cause"), [("SAFE", SafeMode), ("QSE", WrongPrompt)])
async def test_one_that_answers_and_takes_no_session_is_tried_every_few_seconds(
    prompt: str, cause: type[LinkUnavailable]
) -> None:
    async with Panel() as panel, panel.client() as client:
        await read(client)
        diary = Diary(client)
        await panel.fault(f"prompt={prompt}", "close")
        await asyncio.sleep(60)
        assert causes(diary) == [LinkUnavailable, cause]
        apart = [later - earlier for earlier, later in pairwise(panel.telnet.opened_at[1:])]
        assert all(4.9 <= each <= 5.2 for each in apart)
        await panel.clear("prompt")
        await eventually(lambda: client.connection is ConnectionState.CONNECTED, 6)


async def test_a_login_that_others_use_is_said_and_not_fought_for() -> None:
    async with Panel("take-over") as panel, panel.client() as one:
        await read(one)
        diary, telnet = Diary(one), panel.telnet
        async with panel.client() as other:
            await eventually(lambda: isinstance(one.trouble, SessionTaken), 60)
            tried = len(telnet.opened_at)
            assert tried < 10
            await asyncio.sleep(20)
            # The other one keeps the session for now.
            assert len(telnet.opened_at) - tried <= 1
            assert other.connection is ConnectionState.CONNECTED
        assert SessionTaken in causes(diary)
        await eventually(lambda: one.connection is ConnectionState.CONNECTED, 1000)


async def test_a_transfer_is_told_from_a_processor_that_is_not_there() -> None:
    async with Panel() as panel, panel.client() as client:
        await read(client)
        diary = Diary(client)
        await panel.fault("transfer=120s")
        await asyncio.sleep(60)
        assert isinstance(client.trouble, DatabaseTransfer)
        await asyncio.sleep(62)
        assert client.connection is ConnectionState.CONNECTED
        assert causes(diary) == [LinkUnavailable, DatabaseTransfer]


async def test_a_transfer_that_never_ends_is_none() -> None:
    settings = ProcessorSettings(transfer_s=60)
    async with Panel() as panel, panel.client(settings=settings) as client:
        await read(client)
        diary = Diary(client)
        await panel.fault("away")
        await asyncio.sleep(90)
        assert causes(diary) == [LinkUnavailable, DatabaseTransfer, NoRoute]


# --- Hung sessions ---------------------------------------------------------------------------


async def test_a_hung_session_is_noticed_and_replaced_within_20_s_when_idle() -> None:
    async with Panel() as panel, panel.client(settings=fast(poll_s=3600)) as client:
        await read(client)
        await asyncio.sleep(300)
        assert client.connection is ConnectionState.CONNECTED
        diary = Diary(client)
        await panel.fault("hang")
        hung_at = now()
        await eventually(lambda: diary.of(ConnectionRestored))
        assert now() - hung_at <= 20
        assert causes(diary) == [SessionHung]
        await client.turn_zone_on(FIRST, 1)
        assert panel.zones()[0]


async def test_a_hung_session_is_noticed_and_replaced_within_20_s_when_busy() -> None:
    async with Panel() as panel, panel.client() as client:
        await read(client)
        diary = Diary(client)
        failed: list[Exception] = []

        async def press_on() -> None:
            while not diary.of(ConnectionRestored):
                try:
                    await client.toggle_zone(FIRST, 1)
                except (LinkUnavailable, NoReply) as error:
                    failed.append(error)
                    await asyncio.sleep(0.1)

        pressing = asyncio.create_task(press_on())
        await asyncio.sleep(5)
        await panel.fault("hang")
        hung_at = now()
        await eventually(lambda: diary.of(ConnectionRestored))
        assert now() - hung_at <= 20
        await pressing
        assert failed, "whoever asked meanwhile was told"
        assert SessionHung in causes(diary)


async def test_a_connection_that_is_taken_and_never_spoken_on_is_replaced_within_20_s() -> None:
    async with Panel() as panel, panel.client() as client:
        await read(client)
        await panel.fault("half-open", "close")
        await asyncio.sleep(100)
        apart = [later - earlier for earlier, later in pairwise(panel.telnet.opened_at[1:])]
        assert len(apart) >= 5
        assert max(apart) <= 16
        assert isinstance(client.trouble, SessionHung)
        await panel.clear("half-open")
        await eventually(lambda: client.connection is ConnectionState.CONNECTED, 20)


async def test_a_processor_that_takes_its_time_at_every_login_is_given_it() -> None:
    async with Panel("login-delay=30s") as panel, panel.client() as client:
        await read(client)
        await panel.fault("close")
        await eventually(lambda: client.connection is ConnectionState.LOST)
        await eventually(lambda: client.connection is ConnectionState.CONNECTED, 40)
        assert len(panel.telnet.opened_at) == 2


async def test_dropped_packets_are_missed_like_a_hang() -> None:
    async with Panel() as panel, panel.client() as client:
        await read(client)
        panel.telnet.is_dropping = True
        lost_at = now()
        await eventually(lambda: client.connection is ConnectionState.LOST)
        assert now() - lost_at <= 20
        panel.telnet.is_dropping = False
        await eventually(lambda: client.connection is ConnectionState.CONNECTED)


async def test_a_session_on_which_others_talk_is_alive() -> None:
    async with Panel() as panel, panel.client() as client:
        await read(client)
        for _ in range(60):
            panel[ONE].press_button(1)
            await asyncio.sleep(10)
        assert client.connection is ConnectionState.CONNECTED
        assert len(panel.telnet.opened_at) == 1


# --- What nobody expects ---------------------------------------------------------------------


async def test_lines_that_make_no_sense_change_nothing() -> None:
    async with Panel() as panel, panel.client() as client:
        await read(client)
        views, diary = dict(client.modules), Diary(client)
        assert panel.telnet._end is not None
        for line in ("~DEVICE,0,1,3", "~DEVICE,0,81,9,1", "~OUTPUT,9999,1,100.00", "~X,1", "~\xff"):
            panel.telnet._end.write(line.encode("latin-1") + b"\r\n")
        panel.telnet._end.write(b"~DEVICE,110,1,5\r\n")
        await asyncio.sleep(1)
        assert dict(client.modules) == views
        assert not diary.events
        await client.turn_zone_on(FIRST, 1)


async def test_keeping_a_session_goes_on_whatever_happens(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Panel() as panel, panel.client() as client:
        await read(client)
        fails = [True]
        original = client._wire.open

        async def open_() -> None:
            if fails.pop() if fails else False:
                raise RuntimeError("a fault of ours")
            await original()

        monkeypatch.setattr(client._wire, "open", open_)
        await panel.fault("close")
        await eventually(lambda: "has failed; it goes on" in caplog.text)
        await eventually(lambda: client.connection is ConnectionState.CONNECTED)
        await read(client)


async def test_a_call_ends_within_its_limit() -> None:
    async with Panel() as panel, panel.client(settings=fast(command_limit_s=0.5)) as client:
        await read(client)
        await panel.fault("silent-bus")
        for call in (client.refresh(FIRST), client.toggle_zone(FIRST, 1)):
            begun = now()
            with pytest.raises(NoReply):
                await call
            assert now() - begun <= 0.6


# --- What becomes of commands ----------------------------------------------------------------


@pytest.mark.parametrize("fault", ["close", "reset", "away", "hang", "transfer"])
async def test_no_command_of_an_outage_is_lost_without_an_error_or_done_later(fault: str) -> None:
    async with Panel() as panel, panel.client() as client:
        await read(client)
        results: list[tuple[bool, BaseException | None]] = []
        wanted = False

        async def command(is_on: bool) -> None:
            try:
                await client.set_zone_level(FIRST, 1, 100 if is_on else 0)
            except (LinkUnavailable, NoReply) as error:
                results.append((is_on, error))
            else:
                results.append((is_on, None))

        async def all_the_time() -> None:
            nonlocal wanted
            for _ in range(200):
                wanted = not wanted
                await command(wanted)
                await asyncio.sleep(0.05)

        commanding = asyncio.create_task(all_the_time())
        await asyncio.sleep(2)
        await panel.fault(fault)
        await commanding
        if fault == "away":
            await panel.clear("away")
        await eventually(lambda: client.connection is ConnectionState.CONNECTED)
        await read(client)
        assert len(results) == 200
        assert [error for _, error in results if error]
        # Nothing that failed comes later: the zone stays as the processor shows it now.
        shown = panel.zones()[0]
        await asyncio.sleep(60)
        assert panel.zones()[0] is shown
        assert client.modules[FIRST].zones[0] is shown
        last_is_on, error = results[-1]
        if error is None:
            assert shown is last_is_on


async def test_what_waits_for_an_answer_ends_with_the_session() -> None:
    async with Panel("no-push") as panel, panel.client() as client:
        await read(client)
        await panel.fault("hang")
        call = asyncio.create_task(client.turn_zone_on(FIRST, 1))
        await asyncio.sleep(1)
        await client.close()
        with pytest.raises(LinkUnavailable, match="closed"):
            await call


# --- Every login -----------------------------------------------------------------------------


async def test_monitoring_is_switched_on_again_after_every_login() -> None:
    async with Panel("admin-monitoring") as panel, panel.client() as client:
        await read(client)
        lines = panel.telnet.lines()
        assert [line for line in lines if line.startswith("#MONITORING")] == [
            "#MONITORING,12,2",
            "#MONITORING,255,2",
            "#MONITORING,5,1",
            "#MONITORING,2,1",
            "#MONITORING,3,1",
            "#MONITORING,4,1",
            "#MONITORING,6,1",
        ]
        said = len(panel.telnet.said)
        await panel.fault("close")
        await eventually(lambda: client.connection is ConnectionState.LOST)
        await read(client)
        again = panel.telnet.lines(said)
        assert sum(line.startswith("#MONITORING") for line in again) == 7
        panel[ONE].press_button(2)
        pressed_at = now()
        await eventually(lambda: client.modules[FIRST].zones[1])
        assert now() - pressed_at < 0.5, "it was pushed"


async def test_lines_are_paced() -> None:
    async with Panel() as panel, panel.client() as client:
        await read(client)
        said = len(panel.telnet.said)
        await asyncio.gather(*(client.turn_zone_on(FIRST, zone) for zone in (1, 2, 3, 4)))
        times = [at for at, octets in panel.telnet.said[said:] if octets[:1] in b"#?"]
        apart = [later - earlier for earlier, later in pairwise(times)]
        assert apart
        assert min(apart) >= 0.05 - 1e-9


async def test_the_pace_can_be_set() -> None:
    session = LipSessionSettings(command_gap_s=0.2)
    async with (
        Panel() as panel,
        panel.client(settings=ProcessorSettings(session=session)) as client,
    ):
        await client.set_zones(FIRST, {1: True, 2: True})
        times = [at for at, octets in panel.telnet.said if octets[:1] in b"#?"]
        assert min(later - earlier for earlier, later in pairwise(times)) >= 0.2 - 1e-9


async def test_it_logs_out() -> None:
    async with Panel() as panel:
        async with panel.client() as client:
            await read(client)
        assert panel.telnet.lines()[-1] == "LOGOUT"
        assert not panel.processor.sessions


# --- A silent bus ----------------------------------------------------------------------------


async def test_a_bus_of_which_nothing_is_heard_is_told_from_a_dead_session() -> None:
    async with Panel() as panel, panel.client() as client:
        await read(client)
        diary = Diary(client)
        await panel.fault("silent-bus")
        await eventually(lambda: isinstance(client.trouble, BusSilent))
        assert client.connection is ConnectionState.LOST
        assert not any(view.is_online for view in client.modules.values())
        with pytest.raises(BusSilent):
            await client.turn_zone_on(FIRST, 1)
        with pytest.raises(BusSilent):
            await client.broadcast_level(100)
        await asyncio.sleep(600)
        assert causes(diary) == [BusSilent]
        assert len(panel.telnet.opened_at) == 1, "the session itself is kept"
        await panel.clear("silent-bus")
        await eventually(lambda: client.connection is ConnectionState.CONNECTED)
        await read(client)
        assert len(diary.of(ConnectionRestored)) == 1
        await client.turn_zone_on(FIRST, 1)
