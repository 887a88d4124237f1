"""One link, two ways in: what the processor hears and does, and how it comes and goes."""

import asyncio
from pathlib import Path

import pytest

from dpm_core.errors import LinkUnavailable, UnsupportedSetting
from dpm_core.model import Cause, ContactState
from dpm_core.protocol.messages import StatusMask, StatusQuery, ZoneReport
from dpm_core.simulator import FileStore, SimulatedProcessor, Simulator
from dpm_core.simulator.listen import TcpAddress
from dpm_core.simulator.processor import processor as processor_module
from dpm_core.simulator.tcp_server import TcpServer
from tests.dpm_core.simulator.processor.house import ONE, TWO, House, house, until
from tests.dpm_core.simulator.real import Port

pytestmark = pytest.mark.requirement("G3")


async def refuses(ours: House) -> bool:
    try:
        async with await ours.connect():
            return False
    except ConnectionRefusedError:
        return True


async def back(ours: House) -> None:
    while await refuses(ours):
        await asyncio.sleep(0.01)


# --- one link, two ways in -------------------------------------------------------------------


async def test_what_it_does_is_heard_on_the_link_as_a_link_command() -> None:
    async with house() as ours, await ours.session(5) as program:
        server = TcpServer(ours.simulator.line, TcpAddress("127.0.0.1", 0, is_rfc2217=False))
        await server.open()
        async with Port(server.url) as port:
            await port.asked(StatusQuery(ONE, StatusMask.ZONES))
            program.say("#OUTPUT,103,1,100")
            await until(lambda: ours.zones()[2])
            report = await port.asked(StatusQuery(ONE, StatusMask.ZONES), sequence=7)
        assert isinstance(report, ZoneReport)
        assert report.zones == (False, False, True, False)
        assert ours.simulator.modules[ONE].state.zone_causes[2] is Cause.LINK_COMMAND
        await server.close()


async def test_a_press_on_the_unit_is_told_once() -> None:
    async with house() as ours, await ours.session(2, 5) as program:
        ours.simulator.modules[TWO].press_button(4)
        await program.exactly(b"~OUTPUT,204,1,100.00\r\n")
        await ours.settled()
        ours.simulator.modules[TWO].press_button(4)
        await program.exactly(b"~OUTPUT,204,1,0.00\r\n")
        await ours.settled()
        assert await program.ask("?OUTPUT,204") == ["~OUTPUT,204,1,0.00"]


async def test_of_a_module_without_power_it_knows_what_it_knew() -> None:
    async with house() as ours, await ours.session(2, 5) as program:
        await program.ask("#OUTPUT,101,1,100")
        await ours.settled()
        module = ours.simulator.modules[ONE]
        module.set_power(False)
        assert await program.ask("?OUTPUT,101,1") == ["~OUTPUT,101,1,100.00"]
        assert await program.ask("#OUTPUT,101,1,0") == []
        assert await program.ask("#OUTPUT,105,1,100") == []
        module.move_cci(ContactState.OPEN)
        await program.exactly(b"~DEVICE,110,1,3\r\n")
        module.set_power(True)
        for output in (102, 103, 104):
            await program.exactly(f"~OUTPUT,{output},1,100.00\r\n".encode())
        await ours.settled()
        assert await program.ask("?OUTPUT,101,1") == ["~OUTPUT,101,1,100.00"]


async def test_a_query_behind_a_command_waits_for_its_memory_to_be_written(tmp_path: Path) -> None:
    async with (
        house(store=FileStore(tmp_path / "state")) as ours,
        await ours.session(5) as program,
    ):
        program.say("#OUTPUT,101,1,100", "?OUTPUT,101,1", "?OUTPUT,102,1")
        await program.exactly(2 * b"~OUTPUT,101,1,100.00\r\n" + b"~OUTPUT,102,1,0.00\r\n")


async def test_it_begins_with_what_the_modules_are() -> None:
    async with Simulator((ONE,)) as simulator:
        simulator.modules[ONE].press_button(1)
        async with SimulatedProcessor(simulator) as processor:
            ours = House(simulator, processor)
            async with await ours.session() as program:
                assert await program.ask("?OUTPUT,101,1") == ["~OUTPUT,101,1,100.00"]
                assert processor.snapshot() == {
                    "sessions": 1,
                    "exported": "01/31/2026 12:00:00",
                    "modules": {
                        str(ONE): {"zones": [101, 102, 103, 104], "cco": 105, "contact": 110}
                    },
                    "wallstations": [],
                    "faults": [],
                }


async def test_a_processor_that_has_gone_watches_no_module() -> None:
    async with Simulator((ONE,)) as simulator:
        async with SimulatedProcessor(simulator, http=None) as processor:
            assert processor.http_url is None
        simulator.modules[ONE].press_button(1)
        await simulator.modules[ONE].settled()
        assert not processor.record[ONE].zones[0]


async def test_a_port_that_is_taken_leaves_the_other_alone() -> None:
    async with house() as ours:
        taken = TcpAddress("127.0.0.1", ours.port, is_rfc2217=False)
        other = SimulatedProcessor(ours.simulator, http=taken)
        with pytest.raises(LinkUnavailable):
            await other.open()
        with pytest.raises(OSError):
            await asyncio.open_connection("127.0.0.1", int(other.url.rpartition(":")[2]))


# --- pushing ---------------------------------------------------------------------------------


async def test_levels_that_are_never_pushed_are_told_when_asked() -> None:
    async with house("no-push") as ours, await ours.session(5) as program:
        assert await program.ask("#OUTPUT,101,1,100") == []
        ours.simulator.modules[ONE].press_button(2)
        assert await program.ask("?OUTPUT,102,1") == ["~OUTPUT,102,1,100.00"]


async def test_levels_can_be_pushed_to_others_only() -> None:
    async with (
        house("push-others") as ours,
        await ours.session(5) as one,
        await ours.session(5) as two,
    ):
        assert await one.ask("#OUTPUT,101,1,100") == []
        await two.exactly(b"~OUTPUT,101,1,100.00\r\n")
        ours.simulator.modules[ONE].press_button(2)
        for program in (one, two):
            await program.exactly(b"~OUTPUT,102,1,100.00\r\n")


async def test_on_a_silent_bus_sessions_live_and_nothing_is_known() -> None:
    async with house("silent-bus") as ours, await ours.session(2, 5) as program:
        assert await program.ask("#OUTPUT,101,1,100") == []
        assert await program.ask("?OUTPUT,101,1") == []
        assert await program.ask("?DEVICE,110,1,35") == []
        ours.simulator.modules[ONE].move_cci(ContactState.OPEN)
        await until(lambda: ours.simulator.modules[ONE].state.in_override)
        assert await program.ask("?SYSTEM,10") == ["~SYSTEM,01/31/2026,12:00:00"]
        assert ours.simulator.modules[ONE].state.saved == (False,) * 4


async def test_without_contacts_an_override_shows_as_levels_only() -> None:
    async with house("no-contacts") as ours, await ours.session(2, 5) as program:
        await ours.fault("override")
        await until(lambda: ours.simulator.modules[ONE].state.in_override)
        heard = await program.ask("?DEVICE,110,1,35")
        assert heard[-1] == "~ERROR,2"
        assert not any("DEVICE" in line for line in heard)


async def test_the_override_of_every_module_can_be_opened_and_closed() -> None:
    async with house("override") as ours:
        modules = ours.simulator.modules.values()
        await until(lambda: all(module.state.in_override for module in modules))
        await ours.processor.clear_fault()
        await until(lambda: not any(module.state.in_override for module in modules))


# --- sessions that end -----------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["close", "reset"])
async def test_every_session_can_be_ended_at_once(fault: str) -> None:
    async with house() as ours, await ours.session() as program:
        await ours.fault(fault)
        assert await program.is_over() == b""
        assert ours.processor.snapshot()["faults"] == []
        async with await ours.session() as another:
            assert await another.ask("?OUTPUT,101") == ["~OUTPUT,101,1,0.00"]


async def test_sessions_that_hang_are_dead_and_new_ones_live() -> None:
    async with house() as ours, await ours.session(5) as program:
        await ours.fault("hang")
        program.say("#OUTPUT,101,1,100")
        async with await ours.session(5) as another:
            assert await another.ask("#OUTPUT,102,1,100") == ["~OUTPUT,102,1,100.00"]
        await ours.processor.clear_fault()
        assert await program.is_over() == b""
        await ours.settled()
        assert ours.zones() == [False, True, False, False]


async def test_one_session_too_many_is_closed_without_a_word() -> None:
    async with house("sessions=1") as ours:
        async with await ours.session() as first, await ours.connect() as second:
            assert await second.is_over() == b""
            assert await first.ask("?OUTPUT,101") == ["~OUTPUT,101,1,0.00"]
        await until(lambda: not ours.processor.sessions)
        async with await ours.session():
            pass


async def test_a_login_can_end_the_sessions_of_the_same_user() -> None:
    async with (
        house("take-over") as ours,
        await ours.session() as first,
        await ours.session() as second,
    ):
        assert await first.is_over() == b""
        assert await second.ask("?OUTPUT,101") == ["~OUTPUT,101,1,0.00"]


async def test_another_password_is_asked_of_the_next_login() -> None:
    async with house() as ours, await ours.session() as program:
        ours.processor.change_password("changed")
        assert await program.ask("?OUTPUT,101") == ["~OUTPUT,101,1,0.00"]
        async with await ours.connect() as another:
            await another.log_in()
            await another.exactly(b"\r\nbad login\r\n")
            await another.log_in(password="changed")
            await another.until(b"QNET> ")


# --- coming and going ------------------------------------------------------------------------


async def test_while_it_is_away_nobody_listens_until_it_is_cleared() -> None:
    async with house() as ours, await ours.session() as program:
        await ours.fault("away")
        assert await program.is_over() == b""
        assert await refuses(ours)
        await ours.processor.clear_fault()
        async with await ours.session() as another:
            assert await another.ask("?OUTPUT,101") == ["~OUTPUT,101,1,0.00"]


async def test_it_returns_by_itself_and_then_nothing_is_wrong_any_more() -> None:
    async with house("away=0.01s") as ours:
        await back(ours)
        await until(lambda: ours.processor.snapshot()["faults"] == [])


async def test_it_can_be_called_back_early_and_sent_away_again() -> None:
    async with house("away=1000s") as ours:
        await ours.fault("away=2000s")
        assert [str(fault) for fault in ours.processor.faults] == ["away=2000s"]
        await ours.processor.clear_fault()
        assert not await refuses(ours)


async def test_one_that_is_away_can_be_closed() -> None:
    async with house("away=1000s"):
        pass


async def test_it_waits_for_a_port_that_somebody_took(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(processor_module, "RETURN_AGAIN_S", 0.01)
    async with house("away") as ours:

        async def accept(reader: object, writer: asyncio.StreamWriter) -> None:
            writer.close()

        squatter = await asyncio.start_server(accept, "127.0.0.1", ours.port)
        with pytest.raises(LinkUnavailable):
            await ours.processor.clear_fault()
        await ours.fault("away=0.01s")
        await until(lambda: "cannot return" in caplog.text)
        squatter.close()
        await until(lambda: ours.processor._absence is None)
        assert not await refuses(ours)


async def test_a_delayed_command_is_lost_with_the_processor() -> None:
    async with house() as ours, await ours.session() as program:
        await program.ask("#OUTPUT,101,1,100,0,0.25")
        await ours.fault("away")
        await asyncio.sleep(0.3)
        assert ours.zones() == [False] * 4


async def test_a_transfer_brings_a_later_date_and_keeps_the_ids() -> None:
    async with house() as ours, await ours.session() as program:
        await ours.fault("transfer=0.01s")
        assert await program.is_over() == b""
        await back(ours)
        async with await ours.session() as another:
            assert await another.ask("?SYSTEM,10") == ["~SYSTEM,02/01/2026,12:00:00"]
            assert await another.ask("?OUTPUT,101") == ["~OUTPUT,101,1,0.00"]


async def test_a_transfer_can_change_every_id() -> None:
    async with house() as ours:
        await ours.fault("transfer=0.01s:ids")
        await back(ours)
        async with await ours.session(5) as program:
            assert await program.ask("?OUTPUT,101") == ["~ERROR,2"]
            assert await program.ask("#OUTPUT,121,1,100") == ["~OUTPUT,121,1,100.00"]
            await ours.settled()
            assert ours.zones()[0] is True
        assert ours.processor.snapshot()["modules"][str(TWO)]["zones"] == [221, 222, 223, 224]


async def test_what_is_over_at_once_is_no_lasting_fault() -> None:
    async with house() as ours:
        for words in ("close", "reset", "transfer=0.01s"):
            await ours.fault(words)
            assert ours.processor.snapshot()["faults"] == []
        await back(ours)
        with pytest.raises(UnsupportedSetting):
            await ours.fault("explode")
