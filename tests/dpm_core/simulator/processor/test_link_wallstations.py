"""Two ways to one zone: through the processor, and by a wallstation on the link."""

import asyncio

import pytest

from dpm_core.model import SerialNumber
from dpm_core.simulator import SimulatedProcessor, Simulator, parse_wallstation
from tests.dpm_core.simulator.processor.house import FIRST_PROMPT, Program
from tests.dpm_core.simulator.real import ONE, TWO, until

pytestmark = pytest.mark.requirement("E5", "E8", "G3")

HALL = SerialNumber(0x02A24C77)


async def test_leds_follow_what_a_program_does_and_programs_hear_what_a_press_does() -> None:
    keypad = parse_wallstation("02A24C77=1:toggle:00A1B2C3.1")
    async with (
        Simulator((ONE, TWO), wallstations=(keypad,)) as simulator,
        SimulatedProcessor(simulator) as processor,
    ):
        host, _, port = processor.url.removeprefix("lip://").rpartition(":")
        async with Program(*await asyncio.open_connection(host, int(port))) as program:
            await program.log_in()
            await program.exactly(FIRST_PROMPT)
            program.say("#OUTPUT,101,1,100")
            await program.until(b"~OUTPUT,101,1,100.00\r\n")
            wallstation = simulator.wallstations[HALL]
            await until(lambda: wallstation.leds == {1})
            wallstation.tap(1)
            await program.until(b"~OUTPUT,101,1,0.00\r\n")
            await until(lambda: wallstation.leds == frozenset())
            assert not simulator.modules[ONE].state.zones[0]
