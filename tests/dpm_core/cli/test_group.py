"""`dpm group` forms groups of zones and switches them with one command."""

import pytest

from tests.dpm_core.cli.processes import MODULES, Simulated, call, fails

pytestmark = pytest.mark.requirement("G4")

ONE, TWO = MODULES


def test_a_group_is_formed_shown_switched_and_left(link: Simulated) -> None:
    assert "No zone is in a group." in link.dpm("group", "show").out
    ended = link.dpm("group", "set", "5", ONE, "1,3")
    assert (ended.status, ended.out) == (0, f"Group 5: module {ONE}, zones 1, 3.\n")
    ended = link.dpm("group", "set", "0x0005", TWO, "all", "--json")
    assert ended.answer == {"ok": True, "group": 5, "serial": TWO, "zones": [1, 2, 3, 4]}

    assert link.dpm("group", "show", "--json").answer["groups"] == [
        {"group": 5, "serial": ONE, "zones": [1, 3]},
        {"group": 5, "serial": TWO, "zones": [1, 2, 3, 4]},
    ]
    shown = link.dpm("group", "show", ONE).out
    assert "5 (0005)" in shown
    assert TWO not in shown

    ended = link.dpm("group", "level", "5", "on")
    assert (ended.status, ended.out) == (0, f"Module {ONE}: done.\nModule {TWO}: done.\n")
    assert (link.zones(ONE), link.zones(TWO)) == ([True, False, True, False], [True] * 4)

    for module in MODULES:
        left = link.dpm("group", "set", "5", module, "none")
        assert left.out == f"Group 5: module {module} has left it.\n"
    assert link.dpm("group", "show", "--json").answer["groups"] == []


@pytest.mark.requirement("C9")
def test_a_member_in_override_is_named_and_the_others_act(link: Simulated) -> None:
    for module in MODULES:
        link.dpm("group", "set", "7", module, "2")
    try:
        link.override(ONE)
        ended = link.dpm("group", "level", "7", "on", "--json")
        shown = link.dpm("group", "level", "7", "off").out
    finally:
        for module in MODULES:
            link.dpm("group", "set", "7", module, "none")
    assert ended.status == 6
    assert [module["done"] for module in ended.answer["modules"]] == [False, True]
    assert f"Module {ONE} refused" in shown


def test_without_the_extension_nobody_can_be_asked(link: Simulated) -> None:
    link.dpm("group", "set", "9", ONE, "4")
    try:
        ended = call("--link", link.link, "--allow-sending", "group", "level", "9", "on")
        assert (ended.status, ended.out.startswith("Sent;")) == (0, True)
        assert link.zones() == [False, False, False, True]
    finally:
        link.dpm("group", "set", "9", ONE, "none")


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("set", "0", ONE, "1"), "0"),
        (("set", "65535", ONE, "1"), "65535"),
        (("set", "hall", ONE, "1"), "hall"),
        (("set", "5", ONE, "5"), "5"),
        (("level", "5", "bright"), "bright"),
    ],
)
def test_what_no_group_is_is_one_line(
    link: Simulated, arguments: tuple[str, ...], named: str
) -> None:
    assert named in fails(link.dpm("group", *arguments), 2)


def test_groups_need_the_extension_and_a_level_needs_sending(link: Simulated) -> None:
    assert "--allow-sending" in fails(link.listen_only("group", "level", "5", "on"), 2)
    only = ("--link", link.link, "--allow-sending")
    assert "--allow-extension" in fails(call(*only, "group", "show"), 2)
    assert "--allow-extension" in fails(call(*only, "group", "set", "5", ONE, "1"), 2)
