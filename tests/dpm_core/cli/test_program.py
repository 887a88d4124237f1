"""`dpm program` shows what a module is programmed for, and writes it."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.dpm_core.cli.processes import (
    CONSENTS,
    DPM,
    LIMIT_S,
    MODULES,
    Ended,
    Simulated,
    call,
    dpm,
    environment,
    fails,
    simulated,
)

pytestmark = pytest.mark.requirement("G4")

ONE, TWO = MODULES
FACTORY = {
    "lutron_dpm_program": 2,
    "module": ONE,
    "name": "",
    "zones": {str(zone): {"name": "", "override": "on", "load": "none"} for zone in range(1, 5)},
    "cco": {"type": "momentary", "pulse_s": 0.5, "load": "none"},
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
    assert shown.startswith("---\nlutron_dpm_program: 2\n")
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
            "1": {"name": "", "override": "on", "load": "none"},
            "2": {"name": "Stairs", "override": "on", "load": "none"},
            "3": {"name": "", "override": "off", "load": "none"},
            "4": {"name": "", "override": "unaffected", "load": "none"},
        },
        "cco": {"type": "maintained", "pulse_s": 1.25, "load": "none"},
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
        link.kill()
    with simulated(tmp_path, *state) as link:
        zones = show(link)["zones"]
        assert isinstance(zones, dict)
        assert zones["1"]["name"] == "Porch"


LOADS = f"""\
lutron_dpm_program: 2
module: {ONE}
name: Hall panel
zones:
  1: {{load: {{type: tungsten, watts: 300}}}}
  2: {{load: {{type: motor, watts: 300}}}}
cco: {{load: {{volts: 24, current: dc, amps: 0.2, kind: inductive, flyback_diode: yes}}}}
"""
WATTS = (
    f"dpm: warning: module {ONE}, zone 2: 300 W are taken for 2.5 A at 120 V and unity power "
    "factor, but a load of the type motor may draw more. Give the amperes of its nameplate instead."
)


@pytest.mark.requirement("F1", "F4")
def test_loads_are_written_with_the_specifications_warnings(
    factory: Simulated, tmp_path: Path
) -> None:
    document = tmp_path / "hall.yaml"
    document.write_text(LOADS)
    ended = factory.dpm("program", "apply", str(document))
    assert ended.out == (f"Module {ONE}: changed name, CCO load, load of zone 1, load of zone 2.\n")
    warning, entrapment, unrated = ended.err.splitlines()
    assert warning == WATTS
    assert "Entrapment hazard" in entrapment
    assert "not visible from every control location" in entrapment
    assert "permanently installed lighting within the ratings" in unrated
    shown = show(factory)
    assert shown["zones"]["1"]["load"] == {"type": "tungsten", "watts": 300}  # type: ignore[index]
    assert shown["cco"]["load"]["flyback_diode"] is True  # type: ignore[index]
    again = factory.dpm("program", "apply", str(document))
    assert again.err == f"{WATTS}\n", "nothing was configured anew"

    named = factory.dpm("program", "set", ONE, "--name", "Cellar")
    assert named.err == "", "that has nothing to do with loads"
    assert show(factory)["zones"] == shown["zones"]


@pytest.mark.requirement("F1")
def test_differences_are_said_and_nothing_is_changed(factory: Simulated, tmp_path: Path) -> None:
    document = tmp_path / "hall.yaml"
    document.write_text(f"{LOADS}---\nlutron_dpm_program: 1\nmodule: {TWO}\nname: ''\n")
    ended = factory.dpm("program", "diff", str(document))
    assert ended.status == 1
    assert ended.out == (
        f"Module {ONE}: 4 differences\n"
        "  name: '' -> 'Hall panel'\n"
        "  CCO load: none -> inductive 0.2 A at 24 V DC with a flyback diode\n"
        "  load of zone 1: none -> tungsten 300 W\n"
        "  load of zone 2: none -> motor 300 W\n"
        f"Module {TWO}: the same\n"
    )
    assert WATTS in ended.err
    assert show(factory) == FACTORY

    answer = factory.dpm("program", "diff", str(document), "--json").answer
    assert (answer["ok"], answer["different"]) == (True, True)
    first, second = answer["programs"]
    assert first["changes"][0] == {
        "field": "name",
        "what": "name",
        "before": "",
        "after": "Hall panel",
    }
    assert [len(first["warnings"]), second["changes"]] == [1, []]

    assert factory.dpm("program", "apply", str(document)).status == 0
    same = factory.dpm("program", "diff", str(document))
    assert (same.status, same.out) == (0, f"Module {ONE}: the same\nModule {TWO}: the same\n")


@pytest.mark.requirement("A6")
def test_loads_above_the_ratings_are_not_written(factory: Simulated, tmp_path: Path) -> None:
    document = tmp_path / "hall.yaml"
    document.write_text(LOADS.replace("watts: 300", "amps: 8", 1))
    assert factory.dpm("program", "apply", str(document)).status == 0
    document.write_text("lutron_dpm_program: 2\nzones:\n  4: {load: {type: inc, amps: 5.6}}\n")
    words = fails(factory.dpm("program", "apply", str(document), "--module", ONE), 2)
    assert f"{document}, line 3: zones cannot be '16.1 A together': allowed is 16 A" in words
    assert "PHPM-SW-DV-WH or GRX-TVI" in words
    assert show(factory)["zones"]["4"]["load"] == "none"  # type: ignore[index]


# --- edit ------------------------------------------------------------------------------------


@pytest.fixture
def editor(tmp_path: Path) -> Path:
    """A sed script that stands for a person's hands in the editor."""
    script, program = tmp_path / "hands", tmp_path / "editor"
    # A save is told by the time of the file, which a quick editor may not change.
    program.write_text(f'#!/bin/sh\nsed -i -f {script} "$1" && touch -d "+1 hour" "$1"\n')
    program.chmod(0o755)
    return script


def edit(link: Simulated, editor: Path, *arguments: str) -> Ended:
    env = {"VISUAL": str(editor.with_name("editor"))}
    return dpm("--link", link.link, *CONSENTS, "program", "edit", ONE, *arguments, env=env)


@pytest.mark.requirement("F1", "F4")
def test_a_program_is_edited(factory: Simulated, editor: Path, tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    editor.write_text(
        f"w {seen}\n"
        "s/^name: .*/name: Hall panel/\n"
        "s/^  2: .*/  2: {name: Stairs, load: {type: inc, amps: 2}}/\n"
    )
    ended = edit(factory, editor)
    assert ended.out == f"Module {ONE}: changed name, name of zone 2, load of zone 2.\n"
    assert "Entrapment hazard" in ended.err
    assert "# Entrapment hazard" in seen.read_text(), "where the load is configured"
    assert "electronic-ballast" in seen.read_text()
    assert f"module: {ONE}\n" in seen.read_text()
    assert show(factory)["name"] == "Hall panel"

    editor.write_text("s/^name: .*/name: Cellar/\n")
    (written,) = edit(factory, editor, "--json").answer["programs"]
    assert written["changed"] == ["name"]


@pytest.mark.parametrize("hands", ["", "s/^name: .*/name: ''  # a remark/\n"])
def test_what_is_left_as_it_was_is_not_written(
    factory: Simulated, editor: Path, hands: str
) -> None:
    editor.write_text(hands)
    ended = edit(factory, editor)
    assert (ended.status, ended.out) == (0, f"Module {ONE}: changed nothing.\n")


@pytest.mark.parametrize(
    ("hands", "said"),
    [
        ("s/^name: .*/name: [/\n", "YAML"),
        ("s/override: .*/override: dim}/\n", "zones.1.override"),
        ("s/^module: .*/module: 00A1B2C4/\n", "which is the module you edit"),
        ("$ a ---\n$ a lutron_dpm_program: 2\n", "2 documents"),
    ],
)
def test_what_was_edited_into_no_program_is_kept(
    factory: Simulated, editor: Path, hands: str, said: str
) -> None:
    editor.write_text(hands)
    ended = edit(factory, editor)
    assert ended.status == 2
    kept, why = ended.err.splitlines()
    assert said in why
    file = Path(kept.removeprefix("dpm: what you edited is kept in "))
    assert "lutron_dpm_program: 2" in file.read_text()
    file.unlink()
    assert show(factory) == FACTORY


def test_what_is_no_program_can_be_edited_again(factory: Simulated, editor: Path) -> None:
    ours, theirs = pty.openpty()
    # Wrong at first; right when it is opened again.
    editor.write_text("s/^name: ''/name: [/;t\ns/^name: \\[/name: Hall panel/\n")
    process = subprocess.Popen(
        [*DPM, "--link", factory.link, *CONSENTS, "program", "edit", ONE],
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(VISUAL=str(editor.with_name("editor"))),
    )
    os.write(ours, b"y\n")
    try:
        out, err = process.communicate(timeout=LIMIT_S)
    finally:
        process.kill()
        os.close(ours)
        os.close(theirs)
    assert (process.returncode, out.decode()) == (0, f"Module {ONE}: changed name.\n")
    assert "the edited program, line " in err.decode()
    assert "Edit it again? [Y/n]" in err.decode()
    assert show(factory)["name"] == "Hall panel"


def test_what_somebody_else_programmed_meanwhile_is_not_overwritten(
    factory: Simulated, editor: Path
) -> None:
    editor.write_text("s/^name: .*/name: Hall panel/\n")
    program = editor.with_name("editor")
    other = f"python -m dpm_core.cli --link {factory.link} {' '.join(CONSENTS)}"
    program.write_text(
        program.read_text().replace(
            "\nsed",
            f"\n{other.replace('python', sys.executable)} program set {ONE} "
            "--zone-name 1=Porch >&2\nsed",
        )
    )
    ended = edit(factory, editor)
    assert ended.status == 5
    kept, why = ended.err.splitlines()[-2:]
    assert "somebody else changed name of zone 1 in the meantime" in why
    Path(kept.removeprefix("dpm: what you edited is kept in ")).unlink()
    assert show(factory)["name"] == ""


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "lutron_dpm_program: 2"),
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
        (("diff", "/nowhere/at/all.yaml"), "/nowhere/at/all.yaml"),
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
    for arguments in (("show",), ("set", ONE, "--name", "x"), ("edit", ONE)):
        assert "--allow-sending" in fails(link.listen_only("program", *arguments), 2)
