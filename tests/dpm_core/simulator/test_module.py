"""A module as its surroundings see it."""

import pytest

from dpm_core.errors import InvalidZone
from dpm_core.model import LED_NAMES, ContactState
from dpm_core.protocol.messages import GoToLevel, Identify, StatusMask, StatusQuery
from dpm_core.simulator import SimulatorSettings
from tests.dpm_core.simulator.bench import ONE, TWO, Bench

pytestmark = [pytest.mark.virtual_time, pytest.mark.requirement("G3")]

ALL_OFF = [False] * 4
ALL_ON = [True] * 4


async def test_a_module_from_the_factory_is_on_jumpered_and_dark() -> None:
    async with Bench() as bench:
        assert bench.module.serial == ONE
        assert repr(bench.module) == "<SimulatedModule 00A1B2C3>"
        shown = bench.module.snapshot()
        leds = shown.pop("leds")
        assert shown == {
            "powered": True,
            "override": False,
            "cci": "closed",
            "zones": ALL_OFF,
            "saved": ALL_OFF,
            "cco": {"closed": False},
            "cycles": [0, 0, 0, 0],
        }
        assert tuple(leds) == LED_NAMES
        assert leds["power"] == "on"


@pytest.mark.requirement("B1")
async def test_a_button_toggles_its_zone() -> None:
    async with Bench() as bench:
        for zones in ([True, False, False, False], ALL_OFF):
            bench.module.press_button(1)
            await bench.module.settled()
            assert bench.module.snapshot()["zones"] == zones
        assert bench.module.snapshot()["cycles"] == [2, 0, 0, 0]


@pytest.mark.parametrize("zone", [0, 5, True, None, "1"])
async def test_there_is_no_other_button(zone: object) -> None:
    async with Bench() as bench:
        with pytest.raises(InvalidZone):
            bench.module.press_button(zone)  # type: ignore[arg-type]


@pytest.mark.requirement("C10")
async def test_the_contact_moves_at_once_and_the_module_follows_after_the_debounce() -> None:
    async with Bench() as bench:
        bench.module.move_cci(ContactState.OPEN)
        assert bench.module.snapshot()["cci"] == "open"
        await bench.quiet(0.045)
        assert not bench.module.snapshot()["override"]
        await bench.quiet(0.010)
        await bench.module.settled()
        shown = bench.module.snapshot()
        assert (shown["override"], shown["zones"], shown["saved"]) == (True, ALL_ON, ALL_OFF)


async def test_without_power_nothing_is_on_but_the_memory_stays() -> None:
    async with Bench() as bench:
        bench.tell(GoToLevel(ONE, 2, 0xFEFF))
        await bench.quiet()
        bench.module.set_power(False)
        bench.module.press_button(1)
        bench.module.press_prog()
        bench.module.move_cci(ContactState.OPEN)
        await bench.module.settled()
        shown = bench.module.snapshot()
        assert set(shown.pop("leds").values()) == {"off"}
        assert shown == {
            "powered": False,
            "override": False,
            "cci": "open",
            "zones": ALL_OFF,
            "saved": [False, True, False, False],
            "cco": {"closed": False},
            "cycles": [0, 1, 0, 0],
        }


@pytest.mark.requirement("C6")
async def test_the_contact_moved_without_power_counts_at_power_up() -> None:
    async with Bench() as bench:
        bench.module.set_power(False)
        bench.module.move_cci(ContactState.OPEN)
        bench.module.set_power(True)
        await bench.module.settled()
        assert bench.module.snapshot()["override"]


@pytest.mark.requirement("A8")
async def test_zones_return_to_what_they_were_before_the_outage() -> None:
    async with Bench() as bench:
        for zone in (1, 4):
            bench.tell(GoToLevel(ONE, zone, 0xFEFF))
        await bench.quiet()
        bench.module.set_power(False)
        assert bench.module.snapshot()["zones"] == ALL_OFF
        bench.module.set_power(True)
        await bench.module.settled()
        assert bench.module.snapshot()["zones"] == [True, False, False, True]


@pytest.mark.parametrize("mains_hz", [50, 60])
async def test_all_relays_finish_within_thirty_milliseconds_of_a_press_and_of_power_up(
    mains_hz: float,
) -> None:
    async with Bench(settings=SimulatorSettings(mains_hz=mains_hz)) as bench:
        for _ in range(20):
            pressed = bench.now
            for zone in (1, 2, 3, 4):
                bench.module.press_button(zone)
            await bench.module.settled()
            assert bench.now - pressed <= 0.030
        bench.module.press_button(1)
        await bench.module.settled()
        bench.module.set_power(False)
        powered = bench.now
        bench.module.set_power(True)
        await bench.module.settled()
        assert bench.now - powered <= 0.020 + 0.030


@pytest.mark.requirement("B3")
class TestLinkLed:
    async def test_it_blinks_until_somebody_else_is_heard(self) -> None:
        async with Bench() as bench:
            assert bench.module.snapshot()["leds"]["link"] == "slow blink"
            bench.module.press_prog()  # its own voice does not count
            await bench.quiet()
            assert bench.module.snapshot()["leds"]["link"] == "slow blink"
            bench.tell(StatusQuery(TWO, StatusMask.ZONES))
            await bench.quiet()
            assert bench.module.snapshot()["leds"]["link"] == "on"
            await bench.quiet(17.9)
            assert bench.module.snapshot()["leds"]["link"] == "on"
            await bench.quiet(0.2)
            assert bench.module.snapshot()["leds"]["link"] == "slow blink"

    async def test_what_was_heard_before_power_up_does_not_count(self) -> None:
        async with Bench() as bench:
            bench.tell(StatusQuery(ONE, StatusMask.ZONES))
            await bench.quiet(0.1)
            bench.module.set_power(False)
            bench.module.set_power(True)
            await bench.quiet()
            assert bench.module.snapshot()["leds"]["link"] == "slow blink"


@pytest.mark.requirement("E7")
async def test_identify_flashes_the_leds_and_stops_on_command() -> None:
    async with Bench() as bench:
        bench.tell(Identify(ONE, 1))
        await bench.quiet(0.1)
        assert bench.module.snapshot()["leds"]["zone_3"] == "fast blink"
        bench.tell(Identify(ONE, 0))
        await bench.quiet(0.1)
        assert bench.module.snapshot()["leds"]["zone_3"] == "off"
