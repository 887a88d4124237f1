"""The calls of the client, over memory, real TCP, and a serial line to a converter."""

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest

from dpm_core.client import (
    DONE,
    CcoChanged,
    ConnectionLost,
    ConnectionRestored,
    ConnectionState,
    ModuleClient,
    OverrideContact,
    ProcessorClient,
    ProcessorModule,
    ProcessorSettings,
    ZoneSwitched,
)
from dpm_core.errors import (
    InvalidAddress,
    InvalidLevel,
    InvalidZone,
    LinkUnavailable,
    LoginRefused,
    NotConfirmed,
    NotThroughProcessor,
    OverrideActive,
    Rejected,
    UnknownModule,
    UnsupportedSetting,
)
from dpm_core.model import Cause, CcoType, ContactState, IntegrationId, ZoneNumber
from dpm_core.protocol.lip import LipSessionSettings
from tests.dpm_core.client.lip.panels import (
    ONE,
    PANELS,
    PASSWORD,
    TWO,
    Diary,
    Panel,
    eventually,
    fast,
)

pytestmark = [pytest.mark.requirement("E8", "G2")]

SLOW = LipSessionSettings(command_gap_s=1.0)
FIRST = IntegrationId(101)
SECOND = IntegrationId(201)

every_way = pytest.mark.parametrize(
    "panel",
    [pytest.param("memory", marks=pytest.mark.virtual_time), "tcp", "serial"],
    indirect=True,
)
on_virtual_clock = pytest.mark.virtual_time


@pytest.fixture
async def panel(request: pytest.FixtureRequest) -> AsyncIterator[Panel]:
    way = getattr(request, "param", "memory")
    async with PANELS[way](is_maintained=True, wallstations=1) as made:
        yield made


async def read(client: ProcessorClient) -> None:
    await eventually(lambda: all(view.is_fresh for view in client.modules.values()))


# --- reading ---------------------------------------------------------------------------------


@every_way
async def test_what_is_told_is_known_and_what_is_not_told_is_unknown(panel: Panel) -> None:
    client = panel.client()
    before = client.modules[FIRST]
    assert (before.zones, before.override, before.is_fresh) == ((None,) * 4, None, False)
    async with client:
        await read(client)
        first, second = client.modules[FIRST], client.modules[SECOND]
        assert first.is_online
        assert first.zones == (False, False, False, False)
        assert first.zone_causes == (Cause.QUERY,) * 4
        assert first.override is False
        # The maintained CCO can be asked; a pulsed one tells nothing that means anything.
        assert (first.cco_closed, first.cco_type) == (False, CcoType.MAINTAINED)
        assert (second.cco_closed, second.cco_type) == (None, CcoType.MOMENTARY)
        # Of all this the protocol has no word: nobody guesses.
        for view in (first, second):
            assert view.saved is None
            assert view.cci is None
            assert view.was_restored is None
            assert view.override_actions is None
            assert view.identity is None
            assert view.program is None
            assert view.counters is None


@on_virtual_clock
async def test_without_a_contact_override_is_unknown(panel: Panel) -> None:
    client = panel.client(panel.module(contact=False))
    async with client:
        await read(client)
        assert client.modules[FIRST].override is None
        panel[ONE].move_cci(ContactState.OPEN)
        await eventually(lambda: client.modules[FIRST].zones == (True,) * 4)
        assert client.modules[FIRST].override is None


@every_way
async def test_a_module_is_read_on_request(panel: Panel) -> None:
    async with panel.client(settings=fast()) as client:
        await read(client)
        panel[ONE].press_button(ZoneNumber(3))
        view = await client.refresh(FIRST)
        assert view.zones == (False, False, True, False)
        assert client.modules[FIRST] == view


# --- zones -----------------------------------------------------------------------------------


@every_way
async def test_a_zone_is_switched_and_confirmed(panel: Panel) -> None:
    async with panel.client(settings=fast()) as client:
        diary = Diary(client)
        await client.turn_zone_on(FIRST, 2)
        assert panel.zones() == (False, True, False, False)
        assert client.modules[FIRST].zones[1] is True
        await client.set_zone_level(FIRST, 4, 1)
        await client.turn_zone_off(FIRST, 2)
        assert panel.zones() == (False, False, False, True)
        assert client.modules[FIRST].zones[1] is False
        await read(client)
        switched = diary.of(ZoneSwitched)
        assert ZoneSwitched(FIRST, ZoneNumber(2), False, Cause.QUERY) in switched


@every_way
async def test_several_zones_are_switched_by_one_call(panel: Panel) -> None:
    async with panel.client(settings=fast()) as client:
        await client.set_zones(FIRST, {1: True, 2: False, 4: True})
        assert panel.zones() == (True, False, False, True)
        assert panel.zones(TWO) == (False,) * 4


@every_way
async def test_a_zone_is_toggled_once(panel: Panel) -> None:
    async with panel.client(settings=fast()) as client:
        assert await client.toggle_zone(FIRST, 1) is True
        assert panel.zones()[0] is True
        assert await client.toggle_zone(FIRST, 1) is False
        assert panel.zones()[0] is False


@every_way
async def test_a_broadcast_reaches_every_module_and_gives_one_result_for_each(
    panel: Panel,
) -> None:
    async with panel.client(settings=fast()) as client:
        await read(client)
        assert await client.broadcast_level(100) == {FIRST: DONE, SECOND: DONE}
        assert panel.zones() == panel.zones(TWO) == (True,) * 4
        panel[ONE].move_cci(ContactState.OPEN)
        await eventually(lambda: client.modules[FIRST].override)
        outcomes = await client.broadcast_level(0)
        assert isinstance(outcomes[FIRST], OverrideActive)
        assert outcomes[SECOND] is DONE
        assert (panel.zones(), panel.zones(TWO)) == ((True,) * 4, (False,) * 4)


@on_virtual_clock
async def test_calls_for_one_zone_are_done_one_after_the_other(panel: Panel) -> None:
    async with panel.client() as client:
        toggles = [client.toggle_zone(FIRST, 1) for _ in range(5)]
        assert await asyncio.gather(*toggles) == [True, False, True, False, True]
        assert panel.zones()[0] is True
        await panel[ONE].settled()
        assert panel[ONE].state.memory.relay_operations == (5, 0, 0, 0)


@on_virtual_clock
async def test_what_cannot_be_is_refused_before_anything_is_sent(panel: Panel) -> None:
    module = panel.module(zones=(FIRST, IntegrationId(102), IntegrationId(103), None))
    async with panel.client(module) as client:
        await read(client)
        said = len(panel.telnet.said)
        with pytest.raises(InvalidZone):
            await client.turn_zone_on(FIRST, 5)
        with pytest.raises(UnsupportedSetting):
            await client.turn_zone_on(FIRST, 4)
        with pytest.raises(UnsupportedSetting):
            await client.toggle_zone(FIRST, 4)
        with pytest.raises(InvalidLevel):
            await client.set_zone_level(FIRST, 1, 101)
        with pytest.raises(InvalidLevel):
            await client.broadcast_level(-1)
        with pytest.raises(UnknownModule):
            await client.turn_zone_on(IntegrationId(999), 1)
        assert len(panel.telnet.said) == said
        # A zone that is not there stays unknown, and keeps no module from being fresh.
        assert client.modules[FIRST].zones == (False, False, False, None)
        assert (await client.broadcast_level(100)) == {FIRST: DONE}


@on_virtual_clock
@pytest.mark.parametrize("fault", ["no-push", "extra-reports"])
async def test_a_command_that_is_lost_is_told_once_more_and_confirmed(
    panel: Panel, fault: str
) -> None:
    await panel.fault(fault)
    async with panel.client() as client:
        await read(client)
        lost: list[bytes] = []

        def first_command(octets: bytes) -> bool:
            is_it = octets.startswith(b"#OUTPUT") and not lost
            lost.extend([octets] * is_it)
            return is_it

        panel.telnet.loses = first_command
        await client.turn_zone_on(FIRST, 1)
        assert lost
        assert panel.zones()[0]
        assert panel.telnet.lines().count("#OUTPUT,101,1,100") == 2


@on_virtual_clock
async def test_a_command_that_stays_lost_is_an_error_and_is_never_done_later(panel: Panel) -> None:
    async with panel.client() as client:
        await read(client)
        panel.telnet.loses = lambda octets: octets.startswith(b"#OUTPUT")
        begun = asyncio.get_running_loop().time()
        with pytest.raises(NotConfirmed, match="level of off"):
            await client.turn_zone_on(FIRST, 1)
        assert asyncio.get_running_loop().time() - begun <= client.settings.confirm_limit_s + 1
        assert panel.telnet.lines().count("#OUTPUT,101,1,100") == 2
        panel.telnet.loses = lambda octets: False
        await asyncio.sleep(120)
        assert panel.zones() == (False,) * 4
        assert panel.telnet.lines().count("#OUTPUT,101,1,100") == 2


@on_virtual_clock
async def test_a_call_that_its_caller_gives_up_before_it_is_sent_is_never_sent(
    panel: Panel,
) -> None:
    async with panel.client(settings=ProcessorSettings(session=SLOW)) as client:
        await read(client)
        first = asyncio.create_task(client.turn_zone_on(FIRST, 1))
        await asyncio.sleep(0.1)
        second = asyncio.create_task(client.turn_zone_on(FIRST, 2))
        await asyncio.sleep(0.1)
        second.cancel()
        await first
        await asyncio.sleep(60)
        assert panel.zones() == (True, False, False, False)
        assert not [line for line in panel.telnet.lines() if line.startswith("#OUTPUT,102")]


@on_virtual_clock
async def test_an_id_that_the_project_does_not_have_is_said(panel: Panel) -> None:
    module = panel.module(zones=(FIRST, IntegrationId(999), None, None), cco=None)
    async with panel.client(module) as client:
        with pytest.raises(Rejected, match="import the project again") as caught:
            await client.turn_zone_on(FIRST, 2)
        assert caught.value.address == "101"
        # The error is the wrong id's own: the other zone works.
        await client.turn_zone_on(FIRST, 1)
        assert panel.zones()[0]


# --- CCO -------------------------------------------------------------------------------------


@every_way
async def test_a_maintained_cco_is_closed_and_opened(panel: Panel) -> None:
    async with panel.client(settings=fast()) as client:
        diary = Diary(client)
        await read(client)
        await client.close_cco(FIRST)
        assert panel[ONE].state.cco.is_closed
        assert client.modules[FIRST].cco_closed is True
        await client.open_cco(FIRST)
        assert not panel[ONE].state.cco.is_closed
        assert diary.of(CcoChanged) == [CcoChanged(FIRST, True), CcoChanged(FIRST, False)]


@every_way
async def test_a_momentary_cco_is_pulsed(panel: Panel) -> None:
    async with panel.client(settings=fast()) as client:
        await client.pulse_cco(SECOND)
        assert panel[TWO].state.cco.is_closed
        assert client.modules[SECOND].cco_closed is None
        await eventually(lambda: not panel[TWO].state.cco.is_closed)


@on_virtual_clock
async def test_a_pulse_is_as_long_as_its_module_says_or_the_call(panel: Panel) -> None:
    module = panel.module(TWO, cco_pulse_s=2.0)
    async with panel.client(module) as client:
        await client.pulse_cco(SECOND)
        await client.pulse_cco(SECOND, 0.75)
        pulses = [line for line in panel.telnet.lines() if line.startswith("#OUTPUT,205")]
        assert pulses == ["#OUTPUT,205,6,2", "#OUTPUT,205,6,0.75"]
        with pytest.raises(UnsupportedSetting):
            await client.pulse_cco(SECOND, 0.1)


@on_virtual_clock
async def test_a_cco_of_the_other_kind_or_none_is_not_moved(panel: Panel) -> None:
    unknown = panel.module(TWO, cco_type=None)
    async with panel.client(panel.module(), unknown) as client:
        await read(client)
        said = len(panel.telnet.said)
        with pytest.raises(NotThroughProcessor, match="maintained"):
            await client.pulse_cco(FIRST)
        with pytest.raises(NotThroughProcessor, match="unknown"):
            await client.close_cco(SECOND)
        with pytest.raises(NotThroughProcessor, match="unknown"):
            await client.pulse_cco(SECOND)
        client.add_module(panel.module(TWO, cco=None))
        with pytest.raises(NotThroughProcessor, match="without an output"):
            await client.open_cco(SECOND)
        assert not [line for line in panel.telnet.lines(said) if line.startswith("#")]


# --- what only the link can do ---------------------------------------------------------------


@on_virtual_clock
async def test_what_the_protocol_has_no_word_for_is_refused_by_name(panel: Panel) -> None:
    async with panel.client() as client:
        await read(client)
        said = len(panel.telnet.said)
        for call in (
            client.discover(),
            client.read_program(FIRST),
            client.write_program(FIRST, None),
            client.read_groups(FIRST),
            client.set_group(FIRST, 1, ()),
            client.set_group_level(1, 100),
            client.read_counters(FIRST),
            client.clear_counters(FIRST),
            client.identify(FIRST),
            client.end_cco_pulse(FIRST),
        ):
            with pytest.raises(NotThroughProcessor, match="Use the QS link itself"):
                await call
        assert len(panel.telnet.said) == said


# --- the modules -----------------------------------------------------------------------------


@on_virtual_clock
async def test_a_module_can_be_added_changed_and_removed_while_connected(panel: Panel) -> None:
    client = panel.client(panel.module())
    async with client:
        await read(client)
        client.add_module(panel.module(TWO))
        assert client.modules[SECOND].zones == (None,) * 4
        await read(client)
        assert set(client.modules) == {FIRST, SECOND}
        assert len(client.modules) == 2
        client.add_module(panel.module(TWO))
        assert client.modules[SECOND].is_fresh, "the same once more changes nothing"
        client.add_module(panel.module(TWO, contact=False))
        assert not client.modules[SECOND].is_fresh
        await read(client)
        client.remove_module(SECOND)
        client.remove_module(SECOND)
        assert set(client.modules) == {FIRST}
        with pytest.raises(UnknownModule):
            await client.turn_zone_on(SECOND, 1)
        client.add_module(panel.module(TWO))
        await read(client)


@on_virtual_clock
async def test_no_output_belongs_to_two_modules(panel: Panel) -> None:
    client = panel.client(panel.module())
    with pytest.raises(UnsupportedSetting, match="101"):
        client.add_module(ProcessorModule(zones=(IntegrationId(301), FIRST, None, None)))
    assert set(client.modules) == {FIRST}


def test_what_is_no_module_is_refused() -> None:
    with pytest.raises(UnsupportedSetting):
        ProcessorModule(zones=(None, None, None, None))
    with pytest.raises(InvalidAddress):
        OverrideContact(0)  # type: ignore[arg-type]  # a number that is no id


@on_virtual_clock
async def test_a_subscriber_hears_of_one_module_or_of_all_until_he_ends_it(panel: Panel) -> None:
    async with panel.client() as client:
        await read(client)
        heard: list[object] = []
        end = client.subscribe(heard.append, SECOND)
        await client.turn_zone_on(FIRST, 1)
        assert not heard
        await client.turn_zone_on(SECOND, 1)
        assert ZoneSwitched(SECOND, ZoneNumber(1), True, Cause.QUERY) in heard
        end()
        heard.clear()
        await client.turn_zone_off(SECOND, 1)
        assert not heard


# --- the connection --------------------------------------------------------------------------


@every_way
async def test_a_session_that_is_closed_is_begun_again(panel: Panel) -> None:
    async with panel.client(settings=fast()) as client:
        await read(client)
        diary = Diary(client)
        await panel.fault("close")
        panel[ONE].press_button(4)
        await eventually(lambda: diary.of(ConnectionRestored))
        await read(client)
        assert len(diary.of(ConnectionLost)) == 1
        assert client.modules[FIRST].zones == (False, False, False, True)
        await client.turn_zone_on(FIRST, 1)
        assert panel.zones() == (True, False, False, True)


@every_way
async def test_a_refused_login_is_said(panel: Panel) -> None:
    client = panel.client(password="another")
    with pytest.raises(LoginRefused):
        await client.connect()
    assert client.connection is ConnectionState.CLOSED


async def test_a_session_that_a_serial_line_has_left_is_taken_over() -> None:
    async with PANELS["serial"]() as panel:
        client = panel.client(settings=fast())
        # It ends without a word: the converter, and the processor behind it, know nothing of that.
        await client.connect()
        await read(client)
        transport = client._wire._transport
        client._wire.is_ready = False
        await client.close()
        assert not transport.is_open
        async with client:
            await client.turn_zone_on(FIRST, 1)
        assert panel.zones()[0]


@every_way
async def test_credentials_stand_in_no_log_and_everything_else_does(
    panel: Panel, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with panel.client(settings=fast()) as client:
        await read(client)
        await client.turn_zone_on(FIRST, 1)
    for secret in (PASSWORD, PASSWORD.encode().hex(" ")):
        assert secret not in caplog.text
    assert b"#OUTPUT,101,1,100".hex(" ") in caplog.text


@every_way
async def test_before_and_after_a_session_nothing_can_be_done(panel: Panel) -> None:
    client: ModuleClient
    client = theirs = panel.client()
    assert client.connection is ConnectionState.CLOSED
    with pytest.raises(LinkUnavailable, match="not open"):
        await client.turn_zone_on(FIRST, 1)
    await client.connect()
    assert client.connection is ConnectionState.CONNECTED
    with pytest.raises(LinkUnavailable, match="open already"):
        await client.connect()
    await client.close()
    await client.close()
    assert client.connection is ConnectionState.CLOSED
    assert theirs.trouble is None
    with pytest.raises(LinkUnavailable, match="closed"):
        await client.turn_zone_on(FIRST, 1)
    assert not any(view.is_online for view in theirs.modules.values())
    # It can be opened again.
    async with theirs:
        await theirs.turn_zone_on(FIRST, 1)
    assert panel.zones()[0]


async def test_it_shows_where_it_goes_and_no_credentials(panel: Panel) -> None:
    client = panel.client()
    assert client.url == "lip://panel:23"
    assert repr(client) == "<ProcessorClient lip://panel:23 closed>"
    assert client.settings.poll_s == 30.0
    assert client.project_exported is None
