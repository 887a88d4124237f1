"""`dpm counters` shows what a module has counted."""

from typing import Any

import pytest

from tests.dpm_core.cli.processes import MODULES, Simulated, fails

pytestmark = pytest.mark.requirement("G4")

ONE, TWO = MODULES
KEYS = {
    "serial",
    "relay_operations",
    "cco_operations",
    "cci_openings",
    "uptime_s",
    "frames_good",
    "crc_errors",
    "framing_errors",
    "overruns",
}


def test_relay_operations_are_those_of_the_module(link: Simulated) -> None:
    link.control("button", zone=2)
    cycles = link.control("state")["cycles"]
    answer = link.dpm("counters", "--json").answer
    assert [module["serial"] for module in answer["modules"]] == list(MODULES)
    counted = answer["modules"][0]
    assert set(counted) == KEYS
    assert counted["relay_operations"] == cycles
    assert counted["frames_good"] > 0
    shown = link.dpm("counters", ONE).out
    assert ONE in shown
    assert TWO not in shown


def test_only_what_the_link_counted_is_cleared(link: Simulated) -> None:
    def counted(*arguments: str) -> dict[str, Any]:
        modules: list[dict[str, Any]] = link.dpm("counters", ONE, "--json", *arguments).answer[
            "modules"
        ]
        return modules[0]

    before = counted()
    again = [counted() for _ in range(3)][-1]
    assert again["frames_good"] > before["frames_good"]
    for clear in ("frames_good", "all"):
        after = counted("--clear", clear)
        assert after["frames_good"] < again["frames_good"]
        assert after["relay_operations"] == before["relay_operations"]


def test_what_is_never_cleared_cannot_be_named(link: Simulated) -> None:
    assert "relay_operations" in fails(link.dpm("counters", ONE, "--clear", "relay_operations"), 2)


def test_a_module_that_is_not_there_is_no_reply(link: Simulated) -> None:
    assert "00A1B2C9" in fails(link.dpm("counters", "00A1B2C9"), 4)
