"""`dpm program` shows what a module is programmed for, and writes it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.dpm_core.cli.processes import (
    CONSENTS,
    MODULES,
    Simulated,
    call,
    dpm,
    fails,
    simulated,
)

pytestmark = pytest.mark.requirement("G4")

ONE, TWO = MODULES
FACTORY = {
    "lutron_dpm_program": 1,
    "module": ONE,
    "name": "",
    "zones": {str(zone): {"name": "", "override": "on"} for zone in range(1, 5)},
    "cco": {"type": "momentary", "pulse_s": 0.5},
    "cci": {"debounce_s": 0.05},
    "groups": {},
}


@pytest.fixture
def factory(link: Simulated, tmp_path: Path) -> Iterator[Simulated]:
    """A link whose modules are programmed as the factory ships them, and are again afterwards."""
    yield link
    document = tmp_path / "factory.yaml"
    document.write_text(json.dumps(FACTORY))
    for module in MODULES:
        assert link.dpm("program", "apply", str(document), "--module", module).status == 0


def show(link: Simulated, module: str = ONE) -> dict[str, object]:
    (program,) = link.dpm("program", "show", module, "--json").answer["programs"]
    assert isinstance(program, dict)
    return program


def test_the_factory_program_is_shown(link: Simulated) -> None:
    assert show(link) == FACTORY
    shown = link.dpm("program", "show").out
    assert shown.startswith("---\nlutron_dpm_program: 1\n")
    assert shown.count("---\n") == 2, "one document for each module"


def test_only_what_is_named_is_changed(factory: Simulated) -> None:
    ended = factory.dpm(
        *("program", "set", ONE, "--name", "Hall panel", "--zone-name", "2=Stairs"),
        *("--override-action", "3=off", "--override-action", "4=unaffected"),
        *("--cco-type", "maintained", "--cco-pulse", "1.25", "--debounce", "0.1"),
    )
    assert (ended.status, ended.err) == (0, "")
    assert ended.out == (
        f"Module {ONE}: changed name, CCO type, CCO pulse, debounce, name of zone 2, "
        "override action of zone 3, override action of zone 4.\n"
    )
    assert show(factory) == {
        **FACTORY,
        "name": "Hall panel",
        "zones": {
            "1": {"name": "", "override": "on"},
            "2": {"name": "Stairs", "override": "on"},
            "3": {"name": "", "override": "off"},
            "4": {"name": "", "override": "unaffected"},
        },
        "cco": {"type": "maintained", "pulse_s": 1.25},
        "cci": {"debounce_s": 0.1},
    }
    assert show(factory, TWO)["name"] == ""


@pytest.mark.requirement("C3")
def test_the_override_action_that_was_set_is_what_override_does(factory: Simulated) -> None:
    for action in ("2=off", "3=unaffected"):
        assert factory.dpm("program", "set", ONE, "--override-action", action).status == 0
    factory.control("button", zone=2)
    factory.override()
    assert factory.zones() == [True, False, False, True]


def test_what_was_shown_can_be_applied_to_another_module(
    factory: Simulated, tmp_path: Path
) -> None:
    factory.dpm("program", "set", ONE, "--name", "Döner ✓", "--zone-name", "all=on")
    factory.dpm("group", "set", "5", ONE, "1,3")
    document = tmp_path / "hall.yaml"
    document.write_text(factory.dpm("program", "show", ONE).out)

    ended = factory.dpm("program", "apply", str(document), "--module", TWO, "--json")
    (written,) = ended.answer["programs"]
    assert written["changed"] == ["name", *(f"name of zone {n}" for n in range(1, 5)), "group 5"]
    assert show(factory, TWO) == {**show(factory), "module": TWO}
    again = factory.dpm("program", "apply", str(document))
    assert again.out == f"Module {ONE}: changed nothing, it is so already.\n"


def test_a_group_that_a_document_leaves_out_is_left(factory: Simulated, tmp_path: Path) -> None:
    factory.dpm("group", "set", "5", ONE, "1,3")
    factory.dpm("group", "set", "6", ONE, "2")
    document = tmp_path / "groups.yaml"
    document.write_text("lutron_dpm_program: 1\ngroups: {6: [4], 7: [1]}\n")
    ended = factory.dpm("program", "apply", str(document), "--module", ONE)
    assert ended.out == f"Module {ONE}: changed group 5, group 6, group 7.\n"
    assert show(factory)["groups"] == {"6": [4], "7": [1]}


def test_documents_for_many_modules_come_from_standard_input(factory: Simulated) -> None:
    documents = "".join(
        f"---\nlutron_dpm_program: 1\nmodule: {module}\nname: panel {number}\n"
        for number, module in enumerate(MODULES, 1)
    )
    ended = dpm(
        *("--link", factory.link, *CONSENTS, "program", "apply", "-"), stdin=documents.encode()
    )
    assert (ended.status, ended.err) == (0, "")
    assert ended.out == f"Module {ONE}: changed name.\nModule {TWO}: changed name.\n"
    assert show(factory, TWO)["name"] == "panel 2"


def test_it_survives_a_power_failure(tmp_path: Path) -> None:
    state = ("--state", str(tmp_path / "state"))
    with simulated(tmp_path, *state) as link:
        assert link.dpm("program", "set", ONE, "--zone-name", "1=Porch").status == 0
        link.process.kill()
        link.process.wait()
    with simulated(tmp_path, *state) as link:
        zones = show(link)["zones"]
        assert isinstance(zones, dict)
        assert zones["1"]["name"] == "Porch"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "lutron_dpm_program: 1"),
        ("name: x\n", "lutron_dpm_program"),
        ("lutron_dpm_program: 1\nname: x\n", "module of document 1"),
        ("lutron_dpm_program: 1\nmodule: 00A1B2C3\nzones: {5: {name: x}}\n", "zones.5"),
        ("lutron_dpm_program: 1\nmodule: 00A1B2C3\nname: [\n", "line 4"),
    ],
)
def test_a_document_that_is_none_is_one_line(tmp_path: Path, text: str, named: str) -> None:
    document = tmp_path / "document.yaml"
    document.write_text(text)
    words = fails(
        call("--link", "/nowhere/at/all", *CONSENTS, "program", "apply", str(document)), 2
    )
    assert named in words


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("set", ONE), "nothing to change"),
        (("set", ONE, "--zone-name", "Hall"), "ZONE=VALUE"),
        (("set", ONE, "--zone-name", "5=Hall"), "5"),
        (("set", ONE, "--zone-name", f"1={'x' * 33}"), "32 octets"),
        (("set", ONE, "--override-action", "1=dim"), "unaffected"),
        (("set", ONE, "--cco-pulse", "0.05"), "0.1 to 60"),
        (("set", ONE, "--debounce", "0.6"), "0 to 0.5"),
        (("apply", "/nowhere/at/all.yaml"), "/nowhere/at/all.yaml"),
    ],
)
def test_what_no_program_has_is_refused_before_the_link_is_opened(
    arguments: tuple[str, ...], named: str
) -> None:
    assert named in fails(call("--link", "/nowhere/at/all", *CONSENTS, "program", *arguments), 2)


def test_more_documents_than_modules_are_refused(tmp_path: Path) -> None:
    document = tmp_path / "two.yaml"
    document.write_text("lutron_dpm_program: 1\n---\nlutron_dpm_program: 1\n")
    ended = call(*CONSENTS, "program", "apply", str(document), "--module", ONE)
    assert "one document, not 2" in fails(ended, 2)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    document = tmp_path / "photo"
    document.write_bytes(b"\xff\xd8\xff")
    assert "UTF-8" in fails(call("program", "apply", str(document)), 2)


def test_programming_needs_both_consents(link: Simulated) -> None:
    for arguments in (("show",), ("set", ONE, "--name", "x")):
        assert "--allow-sending" in fails(link.listen_only("program", *arguments), 2)
