"""`dpm identify` lets a module flash its LEDs."""

import pytest

from tests.dpm_core.cli.processes import MODULES, Simulated, fails

pytestmark = pytest.mark.requirement("G4", "E7")

ONE = MODULES[0]


def zone_leds(link: Simulated) -> list[str]:
    leds = link.control("state")["leds"]
    return [leds[f"zone_{zone}"] for zone in range(1, 5)]


def test_the_leds_flash_until_they_are_stopped(link: Simulated) -> None:
    before = zone_leds(link)
    ended = link.dpm("identify", ONE)
    assert (ended.status, ended.out) == (0, f"Module {ONE} flashes its LEDs for ten seconds.\n")
    assert zone_leds(link) != before
    ended = link.dpm("identify", ONE, "--off", "--json")
    assert ended.answer == {"ok": True, "serial": ONE, "identifying": False}
    assert zone_leds(link) == before


def test_manual_override_does_not_keep_it_from_flashing(link: Simulated) -> None:
    link.override()
    before = zone_leds(link)
    assert link.dpm("identify", ONE).status == 0
    assert zone_leds(link) != before
    assert link.dpm("identify", ONE, "--off").status == 0


def test_it_needs_both_consents(link: Simulated) -> None:
    assert "--allow-sending" in fails(link.listen_only("identify", ONE), 2)
    assert "--allow-extension" in fails(link.listen_only("--allow-sending", "identify", ONE), 2)
