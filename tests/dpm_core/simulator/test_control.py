"""The control socket: one JSON object a line, whatever a line holds."""

import asyncio
import json
import socket
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from dpm_core.errors import LinkUnavailable
from dpm_core.model import LED_NAMES, EmergencyContact, SerialNumber
from dpm_core.simulator import SimulatedProcessor, Simulator, parse_wallstation
from dpm_core.simulator.control import LINE_MAX, ControlServer
from tests.dpm_core.simulator.real import ONE, TWO, Control, connected, until

pytestmark = pytest.mark.requirement("G3")

ALL_OFF = [False] * 4
ALL_ON = [True] * 4


@asynccontextmanager
async def served(path: Path) -> AsyncIterator[tuple[Simulator, ControlServer]]:
    fire = EmergencyContact("fire", frozenset((ONE, TWO)))
    keypad = parse_wallstation("02A24C77=1:toggle:00A1B2C3.1+00A1B2C4.1")
    async with Simulator((ONE, TWO), contacts=(fire,), wallstations=(keypad,)) as simulator:
        server = ControlServer(
            path,
            simulator.modules,
            contacts=simulator.contacts,
            wallstations=simulator.wallstations,
        )
        await server.open()
        server.publish()
        try:
            yield simulator, server
        finally:
            await server.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "control.sock"


@pytest.fixture
async def control(path: Path) -> AsyncIterator[Control]:
    async with served(path), connected(path) as control:
        yield control


class TestRequests:
    async def test_state_says_everything(self, control: Control) -> None:
        state = await control.do("state")
        leds = state.pop("leds")
        assert tuple(leds) == LED_NAMES
        assert all(isinstance(pattern, str) for pattern in leds.values())
        assert state == {
            "powered": True,
            "override": False,
            "cci": "closed",
            "zones": ALL_OFF,
            "saved": ALL_OFF,
            "cco": {"closed": False},
            "cycles": [0, 0, 0, 0],
        }

    async def test_a_button_is_answered_when_the_relay_has_moved(self, control: Control) -> None:
        assert await control.do("button", zone=2) == {}
        state = await control.do("state")
        assert state["zones"] == [False, True, False, False]
        assert state["cycles"] == [0, 1, 0, 0]

    @pytest.mark.requirement("E5")
    async def test_a_wallstation_is_pressed_and_its_leds_are_told(self, control: Control) -> None:
        tapped = await control.line(b'{"wallstation": "02A24C77", "do": "tap", "button": 1}')
        assert (tapped["ok"], tapped["wallstation"]) == (True, "02A24C77")
        state = await control.becomes("zones", [True, False, False, False])
        assert state["saved"] == [True, False, False, False]
        async with asyncio.timeout(30):
            while (told := await control.line(b'{"do": "wallstations"}'))["wallstations"][0][
                "leds"
            ] != [1]:
                await asyncio.sleep(0.01)
        assert told["wallstations"][0]["buttons"] == [{"number": 1, "name": "", "does": "toggle"}]
        refused = await control.line(b'{"wallstation": "00A1B2C3", "do": "tap", "button": 1}')
        assert refused["ok"] is False
        assert "02A24C77" in refused["error"]

    async def test_the_cci_is_answered_at_once_and_the_debounce_follows(
        self, control: Control
    ) -> None:
        assert await control.do("cci", contact="open") == {}
        state = await control.do("state")
        assert state["cci"] == "open"
        state = await control.becomes("override", True)
        assert state["zones"] == ALL_ON
        assert state["saved"] == ALL_OFF
        await control.do("button", zone=1)
        assert (await control.do("state"))["saved"] == ALL_OFF
        await control.do("cci", contact="closed")
        state = await control.becomes("override", False)
        assert state["zones"] == ALL_OFF

    @pytest.mark.requirement("C8")
    async def test_an_emergency_contact_moves_all_that_it_is_wired_to(
        self, control: Control
    ) -> None:
        async def ask(**fields: Any) -> dict[str, Any]:
            return await control.line(json.dumps({"do": "contact", **fields}).encode())

        async def both_become(is_in: bool) -> None:
            for serial in (ONE, TWO):
                while (await control.do("state", serial))["override"] is not is_in:
                    await asyncio.sleep(0.01)

        fire = {"name": "fire", "contact": "closed", "modules": [str(ONE), str(TWO)]}
        assert await ask() == {"ok": True, "contacts": [fire]}
        assert await ask(name="fire", contact="open") == {"ok": True, **fire, "contact": "open"}
        await both_become(True)
        assert (await control.do("state", TWO))["zones"] == ALL_ON
        assert (await ask(name="fire"))["contact"] == "open"
        assert (await ask(name="fire", contact="closed"))["contact"] == "closed"
        await both_become(False)
        for wrong in ({"name": "smoke"}, {"name": "smoke", "contact": "open"}):
            answer = await ask(**wrong)
            assert answer["ok"] is False
            assert "fire" in answer["error"]
        for position in ("ajar", None, [1]):
            answer = await ask(name="fire", contact=position)
            assert answer["ok"] is False
            assert "open" in answer["error"]

    async def test_the_mains_is_cut_and_comes_back(self, control: Control) -> None:
        await control.do("button", zone=3)
        assert await control.do("power", on=False) == {}
        state = await control.do("state")
        assert set(state.pop("leds").values()) == {"off"}
        assert state == {
            "powered": False,
            "override": False,
            "cci": "closed",
            "zones": ALL_OFF,
            "saved": [False, False, True, False],
            "cco": {"closed": False},
            "cycles": [0, 0, 1, 0],
        }
        # Answered ok, but the press does nothing, and the contact keeps its position.
        assert await control.do("button", zone=1) == {}
        assert await control.do("cci", contact="open") == {}
        assert (await control.do("state"))["cci"] == "open"
        assert await control.do("power", on=True) == {}
        state = await control.do("state")
        assert (state["powered"], state["override"], state["zones"]) == (True, True, ALL_ON)
        assert state["saved"] == [False, False, True, False]

    async def test_the_prog_button_is_there_too(self, control: Control) -> None:
        assert await control.do("prog") == {}
        assert (await control.do("state"))["leds"]["prog"] == "on"

    async def test_each_module_is_its_own(self, control: Control) -> None:
        await control.do("button", TWO, zone=4)
        assert (await control.do("state", TWO))["zones"] == [False, False, False, True]
        assert (await control.do("state", ONE))["zones"] == ALL_OFF

    async def test_a_serial_may_be_in_lower_case(self, control: Control) -> None:
        answer = await control.line(b'{"do": "state", "module": "00a1b2c3"}')
        assert answer["ok"] is True

    async def test_it_tells_which_modules_there_are(self, control: Control) -> None:
        answer = await control.line(b'{"do": "modules"}')
        assert answer == {"ok": True, "modules": ["00A1B2C3", "00A1B2C4"]}


BAD: dict[str, tuple[Any, str]] = {
    "no JSON": (b"{bad", "{bad"),
    "half a line of JSON": (b'{"module": "00A1B2C3", "do":', "JSON"),
    "no UTF-8": (b'{"do": "\xff"}', "JSON"),
    "no object": (b"[1, 2]", "JSON object"),
    "a number": (b"17", "JSON object"),
    "nested without end": (b"[" * 3000, "JSON"),
    "nothing asked": ({"module": "00A1B2C3"}, "do"),
    "something unknown": ({"module": "00A1B2C3", "do": "explode"}, "explode"),
    "do that is a list": ({"module": "00A1B2C3", "do": ["state"]}, "do"),
    "no module": ({"do": "state"}, "module"),
    "a module that is a number": ({"do": "state", "module": 10597059}, "module"),
    "a module that is none": ({"do": "state", "module": "A1B2C3"}, "A1B2C3"),
    "a module that is elsewhere": ({"do": "state", "module": "00A1B2C5"}, "00A1B2C5"),
    "a button without zone": ({"module": "00A1B2C3", "do": "button"}, "zones 1 to 4"),
    "zone 0": ({"module": "00A1B2C3", "do": "button", "zone": 0}, "zones 1 to 4"),
    "zone 5": ({"module": "00A1B2C3", "do": "button", "zone": 5}, "zones 1 to 4"),
    "zone true": ({"module": "00A1B2C3", "do": "button", "zone": True}, "zones 1 to 4"),
    "zone in quotes": ({"module": "00A1B2C3", "do": "button", "zone": "1"}, "zones 1 to 4"),
    "a zone that is an object": (
        {"module": "00A1B2C3", "do": "button", "zone": {}},
        "zones 1 to 4",
    ),
    "a contact that is none": ({"module": "00A1B2C3", "do": "cci", "contact": "ajar"}, "ajar"),
    "no contact": ({"module": "00A1B2C3", "do": "cci"}, "contact"),
    "a contact that is a list": ({"module": "00A1B2C3", "do": "cci", "contact": []}, "contact"),
    "power without on": ({"module": "00A1B2C3", "do": "power"}, "on"),
    "power 1": ({"module": "00A1B2C3", "do": "power", "on": 1}, "on"),
    "power off in words": ({"module": "00A1B2C3", "do": "power", "on": "off"}, "on"),
}


class TestBadRequests:
    @pytest.mark.parametrize(("request_", "word"), BAD.values(), ids=BAD.keys())
    async def test_it_is_told_what_is_wrong_and_the_connection_stays(
        self, control: Control, request_: Any, word: str
    ) -> None:
        line = request_ if isinstance(request_, bytes) else json.dumps(request_).encode()
        answer = await control.line(line)
        assert answer["ok"] is False
        assert word in answer["error"]
        assert (await control.do("state"))["powered"] is True

    async def test_empty_lines_are_no_requests(self, control: Control) -> None:
        control.writer.write(b"\n  \n\r\n")
        assert (await control.do("state"))["powered"] is True

    @pytest.mark.parametrize("length", [LINE_MAX + 1, 3 * LINE_MAX, 100_000])
    async def test_a_line_that_is_too_long_is_refused_once(
        self, control: Control, length: int
    ) -> None:
        answer = await control.line(b"x" * length)
        assert answer["ok"] is False
        assert str(LINE_MAX) in answer["error"]
        assert (await control.do("state"))["powered"] is True

    async def test_a_line_of_the_greatest_length_is_not(self, control: Control) -> None:
        line = b'{"do": "modules"}'
        assert (await control.line(line.rjust(LINE_MAX)))["ok"] is True


class TestConnections:
    async def test_many_requests_at_once_are_answered_in_their_order(
        self, control: Control
    ) -> None:
        for zone in (1, 2, 9, 3):
            control.writer.write(
                json.dumps({"module": str(ONE), "do": "button", "zone": zone}).encode() + b"\n"
            )
        answers = [(await control.answer())["ok"] for _ in range(4)]
        assert answers == [True, True, False, True]
        assert (await control.do("state"))["zones"] == [True, True, True, False]

    async def test_a_request_may_come_in_pieces(self, control: Control) -> None:
        for piece in (b'{"module": "00A1', b'B2C3", "do"', b': "state"}\n'):
            control.writer.write(piece)
            await control.writer.drain()
            await asyncio.sleep(0.01)
        assert (await control.answer())["powered"] is True

    async def test_a_last_line_without_its_end_is_a_request(self, path: Path) -> None:
        async with served(path):
            reader, writer = await asyncio.open_unix_connection(path)
            writer.write(b'{"do": "modules"}')
            writer.write_eof()
            assert json.loads(await reader.read())["ok"] is True
            writer.close()

    async def test_a_last_line_that_is_too_long_is_refused(self, path: Path) -> None:
        async with served(path):
            reader, writer = await asyncio.open_unix_connection(path)
            writer.write(b"x" * (2 * LINE_MAX))
            writer.write_eof()
            assert json.loads(await reader.read())["ok"] is False
            writer.close()

    async def test_any_number_of_them(self, path: Path) -> None:
        async with served(path) as (_, server):
            controls = []
            for _ in range(20):
                reader, writer = await asyncio.open_unix_connection(path)
                controls.append(Control(reader, writer))
            await asyncio.gather(*(each.do("button", zone=1) for each in controls))
            assert (await controls[0].do("state"))["zones"] == ALL_OFF
            for each in controls:
                each.writer.close()
            await until(lambda: not server._connections)

    async def test_one_that_leaves_before_its_answer_harms_nobody(self, path: Path) -> None:
        async with served(path) as (_, server):
            async with connected(path) as gone:
                gone.writer.write(b'{"module": "00A1B2C3", "do": "button", "zone": 1}\n' * 500)
                await gone.writer.drain()
            async with connected(path) as control:
                await control.do("state")
            await until(lambda: not server._connections)

    async def test_closing_ends_those_that_wait(self, path: Path) -> None:
        async with served(path) as (_, server), connected(path) as control:
            await control.do("state")
            await server.close()
            assert await control.reader.read() == b""


class TestPath:
    async def test_the_socket_appears_when_it_is_published_and_goes_with_the_server(
        self, path: Path
    ) -> None:
        async with Simulator((ONE,)) as simulator:
            server = ControlServer(path, simulator.modules)
            await server.open()
            assert not path.exists()
            server.publish()
            assert stat.S_ISSOCK(path.stat().st_mode)
            assert list(path.parent.iterdir()) == [path]
            await server.close()
            assert list(path.parent.iterdir()) == []

    async def test_a_place_that_was_taken_meanwhile_is_said_so(self, path: Path) -> None:
        async with Simulator((ONE,)) as simulator:
            server = ControlServer(path, simulator.modules)
            await server.open()
            path.mkdir()
            with pytest.raises(LinkUnavailable, match="directory"):
                server.publish()
            await server.close()
            assert list(path.parent.iterdir()) == [path]

    async def test_what_was_never_published_leaves_nothing(self, path: Path) -> None:
        async with Simulator((ONE,)) as simulator:
            server = ControlServer(path, simulator.modules)
            await server.open()
            await server.close()
            await server.close()
            assert list(path.parent.iterdir()) == []

    async def test_a_dead_simulators_socket_is_replaced(self, path: Path) -> None:
        dead = socket.socket(socket.AF_UNIX)
        dead.bind(str(path))
        dead.close()
        async with served(path), connected(path) as control:
            await control.do("state")

    async def test_a_living_simulators_socket_is_refused(self, path: Path) -> None:
        async with served(path) as (simulator, _):
            with pytest.raises(LinkUnavailable, match="another simulator has it"):
                await ControlServer(path, simulator.modules).open()
            async with connected(path) as control:
                await control.do("state")

    async def test_what_is_no_socket_is_left_alone(self, path: Path) -> None:
        path.write_text("precious")
        async with Simulator((ONE,)) as simulator:
            with pytest.raises(LinkUnavailable, match="already"):
                await ControlServer(path, simulator.modules).open()
        assert path.read_text() == "precious"

    async def test_a_socket_that_is_another_by_now_is_left_alone(self, path: Path) -> None:
        async with served(path):
            path.unlink()
            path.write_text("another")
        assert path.read_text() == "another"

    @pytest.mark.parametrize("name", ["missing/control.sock", "x" * 200])
    async def test_a_path_that_cannot_be_is_said_so(self, tmp_path: Path, name: str) -> None:
        modules: dict[SerialNumber, Any] = {}
        server = ControlServer(tmp_path / name, modules)
        with pytest.raises(LinkUnavailable):
            await server.open()
            server.publish()
        await server.close()
        assert list(tmp_path.iterdir()) == []


class TestProcessor:
    """The processor in front of the link."""

    @pytest.fixture
    async def processor(self, path: Path) -> AsyncIterator[SimulatedProcessor]:
        async with (
            Simulator((ONE,)) as simulator,
            SimulatedProcessor(simulator, http=None) as processor,
        ):
            server = ControlServer(path, simulator.modules, processor=processor)
            await server.open()
            server.publish()
            yield processor
            await server.close()

    async def ask(self, path: Path, **request: object) -> dict[str, Any]:
        async with connected(path) as control:
            return await control.line(json.dumps({"do": "processor", **request}).encode())

    async def test_it_is_told_how_it_is(self, path: Path, processor: SimulatedProcessor) -> None:
        assert await self.ask(path) == {"ok": True, **processor.snapshot()}

    async def test_it_misbehaves_and_is_well_again(
        self, path: Path, processor: SimulatedProcessor
    ) -> None:
        for words in ("no-push", "prompt=GNET"):
            await self.ask(path, set=words)
        assert (await self.ask(path))["faults"] == ["no-push", "prompt=GNET"]
        assert (await self.ask(path, clear="no-push"))["faults"] == ["prompt=GNET"]
        assert (await self.ask(path, clear="all"))["faults"] == []
        for wrong in ({"set": "melt"}, {"clear": "melt"}):
            answer = await self.ask(path, **wrong)
            assert (answer["ok"], "melt" in answer["error"]) == (False, True)

    async def test_a_hand_presses_its_wallstations(
        self, path: Path, processor: SimulatedProcessor
    ) -> None:
        for place in ([115, 1], [115], "115", 115):
            answer = await self.ask(path, press=place)
            assert not answer["ok"]
            assert "115" in answer["error"]

    async def test_it_gets_another_password_that_nobody_is_shown(
        self, path: Path, processor: SimulatedProcessor
    ) -> None:
        answer = await self.ask(path, password="open-sesame")
        assert answer["ok"]
        assert "open-sesame" not in json.dumps(answer)
        assert processor.accounts.refusal("lutron", "open-sesame", 0.0) is None
        refused = await self.ask(path, password="open\nsesame")
        assert not refused["ok"]
        assert "sesame" not in refused["error"]
