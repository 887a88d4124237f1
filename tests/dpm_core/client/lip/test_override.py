"""Manual override: told by a contact of the project, or inferred where that was asked for."""

import asyncio

import pytest

from dpm_core.client import (
    ModuleChanged,
    OverrideContact,
    OverrideEntered,
    OverrideLeft,
    ProcessorClient,
)
from dpm_core.errors import NotConfirmed, OverrideActive
from dpm_core.model import ContactState, IntegrationId
from tests.dpm_core.client.lip.panels import ONE, TWO, Diary, Panel, eventually, fast

pytestmark = [pytest.mark.requirement("E8", "C4", "H5"), pytest.mark.virtual_time]

FIRST = IntegrationId(101)
SECOND = IntegrationId(201)


async def read(client: ProcessorClient) -> None:
    await eventually(lambda: all(view.is_fresh for view in client.modules.values()))


# --- Told by a contact -----------------------------------------------------------------------


@pytest.mark.parametrize("faults", [(), ("no-push",), ("contact-35",)])
async def test_a_contact_tells_of_override_and_of_its_end(faults: tuple[str, ...]) -> None:
    async with Panel(*faults) as panel, panel.client() as client:
        await read(client)
        diary = Diary(client)
        panel[ONE].move_cci(ContactState.OPEN)
        await eventually(lambda: client.modules[FIRST].override)
        assert client.modules[SECOND].override is False
        await eventually(lambda: client.modules[FIRST].zones == (True,) * 4)
        panel[ONE].move_cci(ContactState.CLOSED)
        await eventually(lambda: client.modules[FIRST].override is False)
        assert diary.of(OverrideEntered, OverrideLeft) == [
            OverrideEntered(FIRST),
            OverrideLeft(FIRST),
        ]


async def test_a_contact_that_opens_in_override_is_read_the_other_way_round() -> None:
    async with Panel() as panel:
        contact = OverrideContact(IntegrationId(110), is_inverted=True)
        async with panel.client(panel.module(override=contact)) as client:
            await read(client)
            assert client.modules[FIRST].override is True
            panel[ONE].move_cci(ContactState.OPEN)
            await eventually(lambda: client.modules[FIRST].override is False)


async def test_one_contact_may_tell_of_several_modules() -> None:
    async with Panel() as panel:
        contact = OverrideContact(IntegrationId(110))
        modules = (panel.module(ONE), panel.module(TWO, override=contact))
        async with panel.client(*modules) as client:
            await read(client)
            panel[ONE].move_cci(ContactState.OPEN)
            await eventually(lambda: client.modules[SECOND].override)
            assert client.modules[FIRST].override
            client.remove_module(SECOND)
            panel[ONE].move_cci(ContactState.CLOSED)
            await eventually(lambda: client.modules[FIRST].override is False)


async def test_in_override_nothing_is_sent_and_the_error_says_why() -> None:
    async with Panel() as panel, panel.client() as client:
        await read(client)
        panel[ONE].move_cci(ContactState.OPEN)
        await eventually(lambda: client.modules[FIRST].override)
        said = len(panel.telnet.said)
        for call in (
            client.turn_zone_off(FIRST, 1),
            client.set_zones(FIRST, {1: False, 2: False}),
            client.pulse_cco(FIRST),
        ):
            with pytest.raises(OverrideActive, match="manual override"):
                await call
        assert not [line for line in panel.telnet.lines(said) if line.startswith("#")]
        # A toggle asks first, and then tells nothing.
        with pytest.raises(OverrideActive):
            await client.toggle_zone(FIRST, 1)
        assert not [line for line in panel.telnet.lines(said) if line.startswith("#")]
        # Nothing comes later.
        panel[ONE].move_cci(ContactState.CLOSED)
        await asyncio.sleep(60)
        assert panel.zones() == (False,) * 4


async def test_an_override_that_begins_behind_a_command_is_its_error() -> None:
    async with Panel("no-push") as panel, panel.client(settings=fast()) as client:
        await read(client)
        panel[ONE].move_cci(ContactState.OPEN)
        # The debounce is over before the zone is asked, and no report of the contact was lost.
        with pytest.raises(OverrideActive):
            for _ in range(50):
                await client.turn_zone_off(FIRST, 1)
                await asyncio.sleep(0.01)


# --- Inferred --------------------------------------------------------------------------------


async def test_it_is_not_inferred_unless_asked_for() -> None:
    async with Panel() as panel, panel.client(panel.module(contact=False)) as client:
        await read(client)
        panel[ONE].move_cci(ContactState.OPEN)
        await eventually(lambda: client.modules[FIRST].zones[0])
        with pytest.raises(NotConfirmed, match="level of on"):
            await client.turn_zone_off(FIRST, 1)
        assert client.modules[FIRST].override is None


async def test_a_command_that_changes_nothing_is_taken_for_override_and_one_that_does_for_none() -> (
    None
):
    async with Panel() as panel:
        client = panel.client(panel.module(contact=False), settings=fast(infer_override=True))
        async with client:
            await read(client)
            assert client.modules[FIRST].override is None
            await client.turn_zone_on(FIRST, 1)
            assert client.modules[FIRST].override is False
            diary = Diary(client)
            panel[ONE].move_cci(ContactState.OPEN)
            await eventually(lambda: client.modules[FIRST].zones == (True,) * 4)
            with pytest.raises(OverrideActive):
                await client.turn_zone_off(FIRST, 1)
            assert client.modules[FIRST].override is True
            await eventually(lambda: diary.of(OverrideEntered) == [OverrideEntered(FIRST)])
            # It was only inferred: the next command is tried all the same.
            said = len(panel.telnet.said)
            with pytest.raises(OverrideActive):
                await client.turn_zone_off(FIRST, 1)
            assert "#OUTPUT,101,1,0" in panel.telnet.lines(said)
            # A zone that moves is held by nothing.
            panel[ONE].move_cci(ContactState.CLOSED)
            await eventually(lambda: client.modules[FIRST].override is False)
            await eventually(lambda: diary.of(OverrideLeft) == [OverrideLeft(FIRST)])
            await client.turn_zone_off(FIRST, 1)
            assert panel.zones() == (False,) * 4


async def test_what_was_inferred_is_unknown_again_after_a_lost_session() -> None:
    async with Panel() as panel:
        client = panel.client(panel.module(contact=False), settings=fast(infer_override=True))
        async with client:
            await read(client)
            panel[ONE].move_cci(ContactState.OPEN)
            await eventually(lambda: client.modules[FIRST].zones == (True,) * 4)
            with pytest.raises(OverrideActive):
                await client.turn_zone_off(FIRST, 1)
            diary = Diary(client)
            await panel.fault("close")
            await eventually(lambda: diary.of(ModuleChanged))
            assert client.modules[FIRST].override is None


async def test_a_contact_is_believed_and_nothing_is_inferred_beside_it() -> None:
    async with Panel() as panel:
        # A contact that tells of another module says that this one is free, wrongly.
        contact = OverrideContact(IntegrationId(210))
        client = panel.client(panel.module(override=contact), settings=fast(infer_override=True))
        async with client:
            await read(client)
            panel[ONE].move_cci(ContactState.OPEN)
            await eventually(lambda: client.modules[FIRST].zones == (True,) * 4)
            with pytest.raises(NotConfirmed):
                await client.turn_zone_off(FIRST, 1)
            assert client.modules[FIRST].override is False
