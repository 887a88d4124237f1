"""What the client makes of each way in which the simulated processor misbehaves."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import pytest

from dpm_core.client import ConnectionLost, ConnectionState, ProcessorClient, ProjectChanged
from dpm_core.errors import (
    BusSilent,
    DatabaseTransfer,
    LinkUnavailable,
    LoginRefused,
    NoReply,
    NotConfirmed,
    OverrideActive,
    SafeMode,
    SessionHung,
    SessionTaken,
    WrongPrompt,
)
from dpm_core.model import ContactState, IntegrationId
from dpm_core.simulator.processor.faults import ProcessorFaultKind as Kind
from dpm_core.simulator.processor.faults import parse_processor_fault
from tests.dpm_core.client.lip.panels import ONE, TWO, Diary, Panel, eventually, fast, now

pytestmark = [pytest.mark.requirement("E8", "G2"), pytest.mark.virtual_time]

FIRST = IntegrationId(101)
SECOND = IntegrationId(201)


async def read(client: ProcessorClient) -> None:
    await eventually(lambda: all(view.is_fresh for view in client.modules.values()))


async def everything_works(panel: Panel, client: ProcessorClient) -> None:
    """See that it reads, switches, pulses, and hears what others do."""
    await read(client)
    await client.turn_zone_on(FIRST, 1)
    await client.set_zones(SECOND, {2: True, 3: True})
    assert (panel.zones()[0], panel.zones(TWO)[1:3]) == (True, (True, True))
    await client.turn_zone_off(FIRST, 1)
    assert panel.zones()[0] is False
    assert client.modules[FIRST].zones == (False,) * 4
    await client.pulse_cco(FIRST, 1.0)
    assert panel[ONE].state.cco.is_closed
    panel[ONE].press_button(4)
    pressed_at = now()
    await eventually(lambda: client.modules[FIRST].zones[3])
    assert now() - pressed_at <= client.settings.poll_s * 1.5
    panel[ONE].move_cci(ContactState.OPEN)
    await eventually(lambda: client.modules[FIRST].override)
    with pytest.raises(OverrideActive):
        await client.turn_zone_off(FIRST, 4)
    panel[ONE].move_cci(ContactState.CLOSED)
    await eventually(lambda: client.modules[FIRST].override is False)
    assert client.connection is ConnectionState.CONNECTED


HARMLESS: Final = (
    "no-push",
    "push-others",
    "extra-reports",
    "plain-levels",
    "glue-prompts=before",
    "glue-prompts=inside",
    "empty-lines",
    "system-long",
    "contact-35",
    "cco-silent",
    "prompt=GNET",
    "login-twice",
    "login-delay=30s",
    "admin-monitoring",
    "drop-fast=0.05s",
    "old-software",
    "sessions=1",
    "lock=1",
)
"""With these everything works as without."""


@pytest.mark.parametrize("fault", HARMLESS)
async def test_with_an_oddity_everything_works(fault: str) -> None:
    async with Panel(fault) as panel, panel.client() as client:
        await everything_works(panel, client)
        assert len(panel.telnet.opened_at) == 1


async def test_with_all_oddities_at_once_everything_works() -> None:
    odd = ("no-push", "extra-reports", "plain-levels", "glue-prompts", "empty-lines", "system-long")
    more = ("contact-35", "cco-silent", "login-twice", "admin-monitoring")
    async with Panel(*odd, *more) as panel, panel.client() as client:
        await everything_works(panel, client)


# --- Faults that are told --------------------------------------------------------------------


async def _is_told(fault: str, cause: type[LinkUnavailable], *, ends: bool = True) -> None:
    """See that a fault of a running processor has its name, and that all is well after it."""
    async with Panel() as panel, panel.client() as client:
        await read(client)
        parsed = parse_processor_fault(fault)
        diary = Diary(client)
        await panel.fault(fault)
        if ends:
            await panel.fault("close")
        await eventually(
            lambda: cause in map(type, (e.error for e in diary.of(ConnectionLost))), 100
        )
        if client.connection is ConnectionState.LOST:
            with pytest.raises(LinkUnavailable):
                await client.turn_zone_on(FIRST, 1)
        await panel.clear(str(parsed.kind))
        await eventually(lambda: client.connection is ConnectionState.CONNECTED, 2000)
        await everything_works(panel, client)


async def _silent_bus() -> None:
    await _is_told("silent-bus", BusSilent, ends=False)


async def _safe_mode() -> None:
    await _is_told("prompt=SAFE", SafeMode)


async def _no_processor() -> None:
    await _is_told("prompt=QSE", WrongPrompt)


async def _bad_login() -> None:
    await _is_told("bad-login=login incorrect", LoginRefused)


async def _half_open() -> None:
    await _is_told("half-open", SessionHung)


async def _hang() -> None:
    await _is_told("hang", SessionHung, ends=False)


async def _away() -> None:
    await _is_told("away", DatabaseTransfer, ends=False)


async def _lock() -> None:
    """A processor that locks its logins is not asked often enough to lock it for ever."""
    async with Panel("lock=3") as panel, panel.client() as client:
        await read(client)
        panel.processor.change_password("another")
        await panel.fault("close")
        await eventually(lambda: isinstance(client.trouble, LoginRefused), 100)
        panel.processor.change_password("integration")
        await eventually(lambda: client.connection is ConnectionState.CONNECTED, 4000)
        await everything_works(panel, client)


async def _take_over() -> None:
    async with Panel("take-over") as panel, panel.client() as one:
        await read(one)
        async with panel.client():
            await eventually(lambda: isinstance(one.trouble, SessionTaken), 100)
        await eventually(lambda: one.connection is ConnectionState.CONNECTED, 2000)
        await read(one)


async def _no_room() -> None:
    async with Panel("sessions=1") as panel, panel.client():
        with pytest.raises(SessionTaken):
            await panel.client().connect()


async def _moment(fault: str) -> None:
    async with Panel() as panel, panel.client() as client:
        await read(client)
        await panel.fault(fault)
        gone_at = now()
        await eventually(lambda: client.connection is ConnectionState.LOST)
        await eventually(lambda: client.connection is ConnectionState.CONNECTED)
        assert now() - gone_at <= 1.0
        await everything_works(panel, client)


async def _close() -> None:
    await _moment("close")


async def _reset() -> None:
    await _moment("reset")


async def _transfer() -> None:
    async with Panel() as panel, panel.client() as client:
        await read(client)
        diary = Diary(client)
        await panel.fault("transfer=20s")
        await asyncio.sleep(10)
        assert isinstance(client.trouble, DatabaseTransfer)
        await eventually(lambda: diary.of(ProjectChanged))
        await everything_works(panel, client)


async def _no_contacts() -> None:
    """A contact that the project has no more makes its module unreadable; without it, it is not."""
    async with Panel("no-contacts") as panel:
        module = panel.module(contact=False)
        async with panel.client(module) as client:
            await read(client)
            await client.turn_zone_on(FIRST, 1)
            assert client.modules[FIRST].override is None
        async with panel.client(panel.module()) as client:
            await eventually(lambda: client.modules[FIRST].zones == (True, False, False, False))
            assert client.modules[FIRST].is_fresh is False


async def _override() -> None:
    async with Panel("override") as panel, panel.client() as client:
        await read(client)
        assert client.modules[FIRST].override
        with pytest.raises(OverrideActive):
            await client.turn_zone_off(FIRST, 1)
        await panel.clear("override")
        await eventually(lambda: client.modules[FIRST].override is False)
        await client.turn_zone_on(FIRST, 1)


async def _drop_fast() -> None:
    """Lines that come too soon are lost: a command is told again, and confirmed or an error."""
    settings = fast(confirm_limit_s=2.0)
    async with Panel("drop-fast=0.05s") as panel, panel.client(settings=settings) as client:
        for zone in (1, 2, 3, 4):
            try:
                await client.turn_zone_on(FIRST, zone)
            except (NoReply, NotConfirmed):
                continue
            assert panel.zones()[zone - 1]


TOLD: Final[dict[Kind, Callable[[], Awaitable[None]]]] = {
    Kind.SILENT_BUS: _silent_bus,
    Kind.PROMPT: _safe_mode,
    Kind.BAD_LOGIN: _bad_login,
    Kind.HALF_OPEN: _half_open,
    Kind.HANG: _hang,
    Kind.AWAY: _away,
    Kind.LOCK: _lock,
    Kind.TAKE_OVER: _take_over,
    Kind.SESSIONS: _no_room,
    Kind.CLOSE: _close,
    Kind.RESET: _reset,
    Kind.TRANSFER: _transfer,
    Kind.NO_CONTACTS: _no_contacts,
    Kind.OVERRIDE: _override,
    Kind.DROP_FAST: _drop_fast,
}


@pytest.mark.parametrize("kind", TOLD, ids=str)
async def test_a_fault_is_told_by_its_name_and_survived(kind: Kind) -> None:
    await TOLD[kind]()


async def test_what_is_no_processor_is_told() -> None:
    await _no_processor()


HTTP: Final = (Kind.HTTP_NO_LENGTH, Kind.HTTP_TRUNCATED, Kind.HTTP_LF_CR)
"""These are about the database: see test_project.py."""


def test_every_fault_has_a_test() -> None:
    tested = {parse_processor_fault(word).kind for word in HARMLESS} | set(TOLD) | set(HTTP)
    assert tested == set(Kind)
