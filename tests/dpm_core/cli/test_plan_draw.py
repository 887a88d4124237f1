"""`dpm plan draw` writes pictures that a browser can open."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.dpm_core.cli.processes import dpm, fails
from tests.dpm_core.cli.test_plan_check import BAD, GOOD, written

pytestmark = pytest.mark.requirement("G4")


def test_a_page_and_pictures_are_written(tmp_path: Path) -> None:
    out = tmp_path / "new" / "pictures"
    ended = dpm("plan", "draw", written(tmp_path, GOOD), "--out", str(out))
    assert (ended.status, ended.err) == (0, "")
    assert ended.out == f"4 files in {out}; open {out / 'index.html'} in a browser\n"
    assert {path.name for path in out.iterdir()} == {
        "index.html",
        "link.svg",
        "panel-cupboard.svg",
        "label-hall.svg",
    }
    for path in out.glob("*.svg"):
        ET.parse(path)


def test_json_names_the_files(tmp_path: Path) -> None:
    out = tmp_path / "pictures"
    answer = dpm("plan", "draw", written(tmp_path, BAD), "--out", str(out), "--json").answer
    assert (answer["ok"], answer["directory"], answer["errors"]) == (True, str(out), 1)
    assert answer["files"] == sorted(path.name for path in out.iterdir())


def test_a_plan_with_errors_is_drawn_and_the_errors_are_told(tmp_path: Path) -> None:
    ended = dpm("plan", "draw", written(tmp_path, BAD), "--out", str(tmp_path / "pictures"))
    assert ended.status == 0
    assert "1 against the specification: dpm plan check" in ended.err


def test_no_plan_writes_nothing(tmp_path: Path) -> None:
    out = tmp_path / "pictures"
    fails(dpm("plan", "draw", written(tmp_path, "a: 1\n"), "--out", str(out)), 2)
    assert not out.exists()


def test_a_place_that_cannot_be_written_to_ends_with_2(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    out = tmp_path / "file" / "pictures"
    assert "--out" in fails(dpm("plan", "draw", written(tmp_path, GOOD), "--out", str(out)), 2)
