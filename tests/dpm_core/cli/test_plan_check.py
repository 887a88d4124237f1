"""`dpm plan check` says what is wrong, and its exit status says whether anything is."""

import json
from pathlib import Path

import pytest

from tests.dpm_core.cli.processes import dpm, fails

pytestmark = pytest.mark.requirement("G4")

GOOD = """\
lutron_dpm_plan: 1
name: A house
modules:
  hall: {zones: {1: {name: Hall, load: {type: tungsten, watts: 300}}}}
feeds:
  lighting: {modules: [hall]}
panels:
  cupboard: {name: Cupboard, rails: [{width_din: 18, holds: [hall]}]}
link:
  cables: [{from: processor, to: hall, metres: 12, cable: GRX-CBL-346S-500}]
"""
WARNED = GOOD + "emergency_contacts: {}\n"
WARNED = WARNED.replace("hall: {", "hall: {neutrals: common, ")
BAD = GOOD.replace("watts: 300", "amps: 8.5")


def written(folder: Path, text: str) -> str:
    file = folder / "plan.yaml"
    file.write_text(text)
    return str(file)


def test_a_plan_with_nothing_wrong_ends_with_0(tmp_path: Path) -> None:
    ended = dpm("plan", "check", written(tmp_path, GOOD))
    assert (ended.status, ended.err) == (0, "")
    assert "Nothing is against the specification." in ended.out
    assert "2 of 100 devices" in ended.out
    assert "2.5 of 16 A" in ended.out
    assert "9 of 18" in ended.out


def test_warnings_end_with_0_too(tmp_path: Path) -> None:
    ended = dpm("plan", "check", written(tmp_path, WARNED))
    assert ended.status == 0
    assert "! warning  module hall" in ended.out
    assert "1 warning for you to judge" in ended.out


def test_an_error_ends_with_1_and_names_item_figure_limit_and_heading(tmp_path: Path) -> None:
    file = written(tmp_path, BAD)
    ended = dpm("plan", "check", file)
    assert (ended.status, ended.err) == (1, "")
    assert f"✗ error  module hall, zone 1 (Hall)  {file}:4" in ended.out
    assert '8.5 A, limit 8 A; 3691060c, "Output Zone Ratings"' in ended.out
    assert ended.out.rstrip().endswith("✗ 1 error.")


@pytest.mark.requirement("F4", "E10")
def test_what_no_check_can_see_is_said_every_time(tmp_path: Path) -> None:
    out = dpm("plan", "check", written(tmp_path, GOOD)).out
    assert "Entrapment hazard" in out
    assert "NEC Class 2" in out
    assert "Terminal 2 of the QS link: do not connect." in out


def test_json_has_the_same_for_programs(tmp_path: Path) -> None:
    ended = dpm("plan", "check", written(tmp_path, BAD), "--json")
    assert ended.status == 1
    answer = ended.answer
    assert (answer["ok"], answer["errors"], answer["warnings"]) == (False, 1, 0)
    (finding,) = answer["findings"]
    assert (finding["figure"], finding["limit"]) == ("8.5 A", "8 A")
    assert answer["link"] == {"devices": 2, "zones": 4, "length_m": 12.0}
    assert answer["modules"]["hall"]["zones_a"] == [8.5, None, None, None]
    assert answer["panels"]["cupboard"]["rails_din"] == [{"used": 9.0, "width": 18.0}]
    assert any("Class 2" in reminder for reminder in answer["reminders"])


def test_json_of_a_good_plan_is_ok(tmp_path: Path) -> None:
    assert dpm("plan", "check", written(tmp_path, GOOD), "--json").answer["ok"] is True


def test_a_document_that_is_no_plan_ends_with_2_and_names_the_place(tmp_path: Path) -> None:
    file = written(tmp_path, GOOD.replace("tungsten", "led"))
    line = fails(dpm("plan", "check", file), 2)
    assert f"{file}, line 4: modules.hall.zones.1.load.type cannot be 'led'" in line


def test_json_of_a_document_that_is_no_plan_has_the_place_as_facts(tmp_path: Path) -> None:
    file = written(tmp_path, GOOD.replace("tungsten", "led"))
    ended = dpm("plan", "check", file, "--json")
    assert ended.status == 2
    facts = json.loads(ended.out)["facts"]
    assert (facts["file"], facts["line"], facts["found"]) == (file, 4, "led")


def test_standard_input_is_a_file_too() -> None:
    assert dpm("plan", "check", "-", stdin=GOOD.encode()).status == 0
    assert "standard input, line 1" in fails(dpm("plan", "check", "-", stdin=b"[]"), 2)


def test_a_file_that_cannot_be_read_ends_with_2(tmp_path: Path) -> None:
    assert "nothing.yaml" in fails(dpm("plan", "check", str(tmp_path / "nothing.yaml")), 2)
    binary = tmp_path / "binary.yaml"
    binary.write_bytes(b"\xff\xfe\xff")
    assert "UTF-8" in fails(dpm("plan", "check", str(binary)), 2)


def test_without_panels_and_cables_there_is_no_word_of_them() -> None:
    out = dpm("plan", "check", "-", stdin=b"lutron_dpm_plan: 1\nmodules: {hall: {}}\n").out
    assert "of cable" not in out
    assert "rails" not in out


def test_help_says_the_exit_statuses() -> None:
    assert "1 something is" in " ".join(dpm("plan", "check", "--help").out.split())
