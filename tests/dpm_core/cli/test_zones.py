"""`dpm set` switches zones, and says that it did only when the module said so."""

from pathlib import Path

import pytest

from tests.dpm_core.cli.processes import CONSENTS, MODULES, Simulated, call, dpm, fails, wait_for

pytestmark = pytest.mark.requirement("G4", "G2")

ONE, TWO = MODULES


@pytest.mark.requirement("E3", "A1")
@pytest.mark.parametrize("over", ["link", "tcp"])
def test_a_zone_goes_on_and_off(link: Simulated, over: str) -> None:
    url = getattr(link, over)
    ended = link.dpm("set", ONE, "2", "on", over=url)
    assert (ended.status, ended.out) == (0, f"Module {ONE}: zone 2 is on.\n")
    assert link.zones() == [False, True, False, False]
    link.dpm("set", ONE, "2", "off", over=url)
    assert link.zones() == [False] * 4


def test_a_process_switches_a_zone(link: Simulated) -> None:
    ended = dpm("--link", link.link, *CONSENTS, "set", ONE, "4", "on", "--json")
    assert (ended.status, ended.err) == (0, "")
    assert ended.answer["zones"][3] is True
    assert link.zones() == [False, False, False, True]


def test_several_zones_at_once(link: Simulated) -> None:
    ended = link.dpm("set", ONE, "3,1", "on", "--json")
    assert ended.answer == {
        "ok": True,
        "serial": ONE,
        "confirmed": True,
        "zones": [True, False, True, False],
    }
    link.dpm("set", ONE, "all", "on")
    assert link.zones() == [True] * 4


@pytest.mark.requirement("A1")
@pytest.mark.parametrize(("level", "is_on"), [("0", False), ("0.5", True), ("100%", True)])
def test_any_level_above_zero_is_on(link: Simulated, level: str, is_on: bool) -> None:
    assert link.dpm("set", ONE, "1", level).status == 0
    assert link.zones()[0] is is_on


def test_toggle_is_what_the_zone_is_not(link: Simulated) -> None:
    link.control("button", zone=1)
    ended = link.dpm("set", ONE, "1,2", "toggle")
    assert ended.out.splitlines() == [
        f"Module {ONE}: zone 1 is off.",
        f"Module {ONE}: zone 2 is on.",
    ]
    assert link.zones() == [False, True, False, False]


@pytest.mark.requirement("C4")
def test_in_manual_override_it_is_refused_with_the_reason(link: Simulated) -> None:
    link.override()
    ended = link.dpm("set", ONE, "2", "off", "--json")
    assert "manual override" in fails(ended, 6)
    assert ended.answer["kind"] == "override_active"
    assert ended.answer["status"] == 6
    assert ended.answer["facts"]["address"] == ONE
    link.control("cci", contact="closed")
    wait_for("the end of override", lambda: not link.control("state")["override"])
    assert link.zones() == [False] * 4


@pytest.mark.requirement("C9")
def test_a_broadcast_acts_on_those_not_in_override(link: Simulated) -> None:
    link.override()
    ended = link.dpm("set", "all", "all", "on", "--json")
    assert ended.status == 6
    first, second = ended.answer["modules"]
    assert (first["serial"], first["done"], first["kind"]) == (ONE, False, "override_active")
    assert (second["serial"], second["done"], second["error"]) == (TWO, True, None)
    assert link.zones(TWO) == [True] * 4
    shown = link.dpm("set", "all", "all", "off")
    assert shown.status == 6
    assert f"Module {TWO}: done." in shown.out
    assert f"Module {ONE} refused" in shown.out


def test_a_module_that_is_not_there_is_no_reply(link: Simulated) -> None:
    assert "00A1B2C9" in fails(link.dpm("set", "00A1B2C9", "1", "on"), 4)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("set", ONE, "5", "on"), "5"),
        (("set", ONE, "x", "on"), "x"),
        (("set", ONE, "1", "101"), "101"),
        (("set", ONE, "1", "nan"), "nan"),
        (("set", ONE, "1", "dim"), "dim"),
        (("set", "A1B2C3", "1", "on"), "A1B2C3"),
        (("set", "all", "1", "on"), "all zones"),
        (("set", "all", "all", "toggle"), "toggle"),
        (("set", ONE, "1"), "set --help"),
    ],
)
def test_what_cannot_be_is_refused_before_the_link_is_opened(
    arguments: tuple[str, ...], named: str
) -> None:
    assert named in fails(call("--link", "/nowhere/at/all", *CONSENTS, *arguments), 2)


def test_a_listen_only_link_says_which_option_allows_it(link: Simulated) -> None:
    words = fails(link.listen_only("set", ONE, "1", "on"), 2)
    assert "listen-only" in words
    assert "--allow-sending" in words
    assert "real module" in words
    assert link.zones() == [False] * 4


def test_without_the_extension_an_acknowledgement_is_all(link: Simulated) -> None:
    allowed = ("--link", link.link, "--allow-sending")
    ended = call(*allowed, "set", ONE, "2", "on", "--json")
    assert ended.answer == {
        "ok": True,
        "serial": ONE,
        "confirmed": False,
        "zones": [None] * 4,
    }
    assert link.zones() == [False, True, False, False]
    assert "cannot be asked" in call(*allowed, "set", ONE, "2", "off").out
    # These two ask, or address everybody, which only the extension may.
    assert "--allow-extension" in fails(call(*allowed, "set", ONE, "2", "toggle"), 2)
    assert "--allow-extension" in fails(call(*allowed, "set", "all", "all", "on"), 2)


@pytest.mark.requirement("A8")
def test_the_link_inside_the_process_keeps_what_was_switched(state_home: Path) -> None:
    environment = {"XDG_STATE_HOME": str(state_home)}
    ended = call("set", "00A10001", "2", "on", env=environment)
    assert (ended.status, ended.out) == (0, "Module 00A10001: zone 2 is on.\n")
    assert "simulated link with 2 modules, no hardware" in ended.err
    ended = call("status", "00A10001", "--json", env=environment)
    (module,) = ended.answer["modules"]
    assert module["zones"] == [False, True, False, False]
    assert module["restored"] is True
