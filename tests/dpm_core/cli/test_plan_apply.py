"""`dpm plan apply` programs what it finds as planned, shows it first, asks, and leaves nothing unsaid."""

import asyncio
import os
import pty
import subprocess
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dpm_core.cli.plan_apply import Found, look_for, planned_target, program_found
from dpm_core.cli.program_writing import Target
from dpm_core.errors import LinkUnavailable, NoReply
from dpm_core.model import Program, SerialNumber
from dpm_core.plan import read_plan
from dpm_core.protocol import Frame, Message
from dpm_core.protocol.messages import LoadsQuery, LoadsReport, ProgramCommit
from tests.dpm_core.cli.processes import (
    CONSENTS,
    DPM,
    LIMIT_S,
    MODULES,
    Simulated,
    call,
    environment,
    fails,
)
from tests.dpm_core.cli.test_plan_check import written
from tests.dpm_core.cli.test_program import FACTORY, factory, show
from tests.dpm_core.client.links import ONE as SERIAL_ONE
from tests.dpm_core.client.links import THREE as SERIAL_THREE
from tests.dpm_core.client.links import TWO as SERIAL_TWO
from tests.dpm_core.client.links import MemoryLink, lose_all

__all__ = ["factory"]

pytestmark = pytest.mark.requirement("F1", "G4")

ONE, TWO = MODULES
PLAN = f"""\
lutron_dpm_plan: 1
modules:
  hall:
    serial: {ONE}
    name: Hall panel
    zones:
      1: {{name: Porch, load: {{type: motor, watts: 300, horsepower: 1/4}}}}
      2: {{override: off}}
    groups: {{5: [1, 2]}}
  attic: {{serial: 00A1B2C9, name: Attic}}
  cellar: {{}}
"""
WHOLE = f"""\
lutron_dpm_plan: 1
modules:
  hall: {{serial: {ONE}, name: Hall panel}}
  stairs: {{serial: {TWO}, zones: {{3: {{name: Stairs}}}}}}
"""


@pytest.fixture
def file(tmp_path: Path) -> str:
    return written(tmp_path, PLAN)


@pytest.fixture
def whole(tmp_path: Path) -> str:
    return written(tmp_path, WHOLE)


def test_the_difference_is_shown_with_what_the_link_lacks_and_the_reverse(
    factory: Simulated, file: str
) -> None:
    ended = factory.dpm("plan", "apply", file, "--dry-run")
    assert ended.out == (
        f"Module {ONE} (hall): 5 differences\n"
        "  name: '' -> 'Hall panel'\n"
        "  name of zone 1: '' -> 'Porch'\n"
        "  load of zone 1: none -> motor 300 W\n"
        "  override action of zone 2: on -> off\n"
        "  group 5: none -> zones 1, 2\n"
        "Module 00A1B2C9 (attic): not found on the link\n"
        "Module cellar: the plan has no serial number for it\n"
        f"Module {TWO}: on the link, and not in the plan\n"
        "Nothing was written.\n"
    )
    assert ended.status == 4
    assert "zone 1: 300 W are taken for 2.5 A at 120 V" in ended.err
    assert "Entrapment hazard" in ended.err
    assert show(factory) == FACTORY


def test_what_is_found_is_written_all_the_same(factory: Simulated, file: str) -> None:
    ended = factory.dpm("plan", "apply", file, "--yes")
    assert (ended.status, ended.out.splitlines()[-1]) == (4, f"Module {ONE} (hall): written")
    program: Any = show(factory)
    assert (program["name"], program["groups"]) == ("Hall panel", {"5": [1, 2]})
    assert program["zones"]["1"]["load"] == {"type": "motor", "watts": 300}
    assert show(factory, TWO)["name"] == "", "it is none of the plan's business"


def test_a_plan_that_is_there_already_is_not_written_again(factory: Simulated, whole: str) -> None:
    first = factory.dpm("plan", "apply", whole, "--yes")
    assert first.status == 0
    assert first.out.splitlines()[-2:] == [
        f"Module {ONE} (hall): written",
        f"Module {TWO} (stairs): written",
    ]
    again = factory.dpm("plan", "apply", whole, "--yes")
    assert (again.status, again.err) == (0, "")
    assert again.out == (
        f"Module {ONE} (hall): the same\nModule {TWO} (stairs): the same\n"
        "Nothing is to be written.\n"
    )


def test_programs_are_told_each_module_by_itself(factory: Simulated, file: str) -> None:
    answer = factory.dpm("plan", "apply", file, "--yes", "--json").answer
    assert answer["ok"] is False
    assert [(one["id"], one["state"]) for one in answer["modules"]] == [
        ("hall", "written"),
        ("attic", "missing"),
        ("cellar", "no serial number"),
    ]
    assert answer["modules"][0]["changes"][0]["after"] == "Hall panel"
    assert answer["unplanned"] == [TWO]


def test_a_dry_run_tells_programs_whether_anything_differs(factory: Simulated, whole: str) -> None:
    ended = factory.dpm("plan", "apply", whole, "--dry-run", "--json")
    assert ended.status == 1
    assert [one["state"] for one in ended.answer["modules"]] == ["different", "different"]
    assert factory.dpm("plan", "apply", whole, "--yes").status == 0
    same = factory.dpm("plan", "apply", whole, "--dry-run", "--json")
    assert (same.status, same.answer["ok"]) == (0, True)


# --- asking ------------------------------------------------------------------------------------


@pytest.fixture
def keyboard() -> Iterator[tuple[int, int]]:
    """A terminal: our end, where a person types, and the command's."""
    ours, theirs = pty.openpty()
    yield ours, theirs
    os.close(ours)
    os.close(theirs)


def typed(
    link: Simulated,
    keyboard: tuple[int, int],
    answer: bytes,
    *arguments: str,
    meanwhile: Callable[[], None] = lambda: None,
) -> tuple[int, str, str]:
    """Run `dpm` at a terminal, and type an answer when it asks."""
    ours, theirs = keyboard
    process = subprocess.Popen(
        [*DPM, "--link", link.link, *CONSENTS, *arguments],
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    )
    assert process.stderr is not None
    timer = threading.Timer(LIMIT_S, process.kill)
    timer.start()
    said = b""
    while not said.endswith(b"[y/N]: "):
        octet = process.stderr.read(1)
        assert octet, said
        said += octet
    meanwhile()
    os.write(ours, answer)
    out, err = process.communicate()
    timer.cancel()
    return process.returncode, out.decode(), (said + err).decode()


def test_it_asks_and_writes_when_told_to(
    factory: Simulated, keyboard: tuple[int, int], whole: str
) -> None:
    status, out, err = typed(factory, keyboard, b"y\n", "plan", "apply", whole)
    assert (status, out.splitlines()[-1]) == (0, f"Module {TWO} (stairs): written")
    assert "Write these 2 programs?" in err
    assert show(factory)["name"] == "Hall panel"


def test_it_asks_and_writes_nothing_when_told_not_to(
    factory: Simulated, keyboard: tuple[int, int], whole: str
) -> None:
    status, out, _ = typed(factory, keyboard, b"\n", "plan", "apply", whole)
    assert (status, out.splitlines()[-1]) == (1, "Nothing was written.")
    assert show(factory) == FACTORY


def test_what_changed_while_somebody_thought_is_not_overwritten(
    factory: Simulated, keyboard: tuple[int, int], whole: str
) -> None:
    def meddle() -> None:
        assert factory.dpm("program", "set", ONE, "--zone-name", "4=Yard").status == 0

    status, out, _ = typed(factory, keyboard, b"y\n", "plan", "apply", whole, meanwhile=meddle)
    refused, others = out.splitlines()[-2:]
    assert status == 5
    assert "somebody else changed name of zone 4 in the meantime" in refused
    assert others == f"Module {TWO} (stairs): written"
    assert show(factory)["name"] == ""


# --- what stands in the way --------------------------------------------------------------------


PLANNED = read_plan(
    "lutron_dpm_plan: 1\nmodules:\n"
    "  one: {serial: 00A1B2C3, name: One}\n  two: {serial: 00A1B2C4, name: Two}\n"
)


def targets() -> dict[SerialNumber, Target]:
    return {
        module.serial: planned_target(PLANNED, module.serial, module)
        for module in PLANNED.modules
        if module.serial is not None
    }


@pytest.mark.virtual_time
async def test_a_module_that_does_not_say_its_program_is_named(tmp_path: Path) -> None:
    found = Found()
    async with MemoryLink(tmp_path) as link, link.client() as client:
        link.line.to_us = lose_all(LoadsReport, of=SERIAL_TWO)
        await look_for(client, targets(), found)
    assert list(found.read) == [SERIAL_ONE]
    assert isinstance(found.failed[SERIAL_TWO], NoReply)
    assert found.missing == []
    assert found.unplanned == [SERIAL_THREE]


@pytest.mark.virtual_time
async def test_one_that_fails_while_it_is_written_leaves_the_others_written(tmp_path: Path) -> None:
    found = Found()
    async with MemoryLink(tmp_path) as link, link.client() as client:
        await look_for(client, targets(), found)
        assert [writing.serial for writing in found.to_write] == [SERIAL_ONE, SERIAL_TWO]

        def lose_commit(frame: Frame, message: Message) -> Iterable[Frame]:
            is_lost = isinstance(message, ProgramCommit) and message.serial == SERIAL_ONE
            return () if is_lost else (frame,)

        link.line.from_us = lose_commit
        await program_found(client, targets(), found)
        assert found.written == {SERIAL_TWO}
        assert isinstance(found.failed[SERIAL_ONE], NoReply)
        assert link[SERIAL_ONE].state.memory.program == Program()
        assert link[SERIAL_TWO].state.memory.program.name == "Two"


@pytest.mark.virtual_time
async def test_a_link_that_is_lost_on_the_way_ends_it(tmp_path: Path) -> None:
    found = Found()
    async with MemoryLink(tmp_path) as link, link.client() as client:

        def lose_link(frame: Frame, message: Message) -> Iterable[Frame]:
            if isinstance(message, LoadsQuery):
                asyncio.get_running_loop().create_task(link.vanish())
            return (frame,)

        link.line.from_us = lose_link
        with pytest.raises(LinkUnavailable):
            await look_for(client, targets(), found)


def test_a_module_that_does_not_answer_does_not_keep_the_others_waiting(
    factory: Simulated, whole: str
) -> None:
    # Found by its announcement a moment ago is no promise: its mains is cut in between.
    factory.control("power", TWO, on=False)
    try:
        ended = factory.dpm("plan", "apply", whole, "--yes")
    finally:
        factory.control("power", TWO, on=True)
    assert ended.status == 4
    assert f"Module {TWO} (stairs): not found on the link" in ended.out
    assert ended.out.splitlines()[-1] == f"Module {ONE} (hall): written"


def test_a_plan_that_breaks_the_specification_is_not_applied(tmp_path: Path) -> None:
    plan = PLAN.replace("watts: 300", "amps: 9")
    ended = call("--link", "/nowhere", *CONSENTS, "plan", "apply", written(tmp_path, plan), "--yes")
    assert (ended.status, ended.out) == (1, "")
    assert "1 error against the specification, so nothing was sent: dpm plan check" in ended.err
    told = call(
        *("--link", "/nowhere", *CONSENTS, "plan", "apply", written(tmp_path, plan)),
        *("--yes", "--json"),
    )
    assert (told.status, told.answer["ok"], told.answer["errors"]) == (1, False, 1)


def test_where_nobody_can_be_asked_nothing_is_done(file: str) -> None:
    words = fails(call("--link", "/nowhere", *CONSENTS, "plan", "apply", file), 2)
    assert "--yes writes without asking" in words
    both = call("--link", "/nowhere", *CONSENTS, "plan", "apply", file, "--yes", "--dry-run")
    assert "not both" in fails(both, 2)


def test_it_needs_both_consents(link: Simulated, whole: str) -> None:
    words = fails(link.listen_only("plan", "apply", whole, "--yes"), 2)
    assert "--allow-sending" in words


def test_a_link_that_is_not_there_is_one_line(file: str) -> None:
    fails(call("--link", "/nowhere/at/all", *CONSENTS, "plan", "apply", file, "--yes"), 3)
