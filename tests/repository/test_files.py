"""What any file in a commit has to be: readable, in its place, and nobody's machine's business."""

import json
import os
import re
import tomllib
from pathlib import Path

import yaml

LINES_MAX = 400
"""Past this a file has a second subject: style of this project."""

REGISTRIES = (
    "pypi." + "org",
    "python" + "hosted",
    "npm" + "js",
    "deb." + "debian",
    "crates." + "io",
)
"""Split so that this file does not name them either."""

BINARY = {".png", ".ico", ".gz", ".zip"}


def text_files(tracked: list[Path]) -> list[tuple[Path, str]]:
    return [(path, path.read_text()) for path in tracked if path.suffix not in BINARY]


def test_every_json_file_parses(tracked: list[Path]) -> None:
    for path in tracked:
        if path.suffix == ".json":
            json.loads(path.read_text())


def test_every_yaml_file_parses(tracked: list[Path]) -> None:
    for path in tracked:
        if path.suffix in {".yaml", ".yml"}:
            list(yaml.safe_load_all(path.read_text()))


def test_every_toml_file_parses(tracked: list[Path]) -> None:
    for path in tracked:
        if path.suffix == ".toml":
            tomllib.loads(path.read_text())


def test_no_file_names_a_registry_host(tracked: list[Path]) -> None:
    found = [
        f"{path}: {host}"
        for path, text in text_files(tracked)
        for host in REGISTRIES
        if host in text
    ]
    assert not found


def test_no_file_names_a_folder_of_somebodys_machine(tracked: list[Path], root: Path) -> None:
    # This machine's own places, and where developers' home folders usually are.
    places = re.compile(
        "|".join(
            rf"(?<![\w.~-]){re.escape(place)}(?![\w-])"
            for place in {str(root), str(Path.home()), "/" + "root", "/" + "work"}
            if place != "/"
        )
        + r"|/(?:Users|home)/(?!homeassistant\b|runner\b)\w+"
    )
    found = [
        f"{path}: {match[0]}"
        for path, text in text_files(tracked)
        for match in places.finditer(text)
    ]
    assert not found


def test_no_lock_file_is_in_the_repository(tracked: list[Path]) -> None:
    assert not {"uv.lock", "package-lock.json", "yarn.lock"} & {path.name for path in tracked}


def test_no_source_file_has_a_second_subject(tracked: list[Path], root: Path) -> None:
    sources = (root / "dpm_core", root / "custom_components", root / "scripts")
    long = {
        str(path.relative_to(root)): lines
        for path in tracked
        if path.suffix in {".py", ".js"} and any(top in path.parents for top in sources)
        if (lines := len(path.read_text().splitlines())) > LINES_MAX
    }
    assert not long


def test_no_module_is_named_for_having_no_subject(tracked: list[Path], root: Path) -> None:
    shapeless = {"utils.py", "util.py", "helpers.py", "common.py", "misc.py"}
    named = {path.name for path in tracked} & shapeless
    named |= {path.name for path in tracked if path == root / "dpm_core" / "const.py"}
    assert not named


def test_every_script_can_be_executed(tracked: list[Path], root: Path) -> None:
    scripts = [p for p in tracked if p.parent == root / "scripts" and not p.suffix]
    assert {"setup", "test", "check", "develop", "docs"} <= {path.name for path in scripts}
    for path in (*scripts, root / ".ci" / "run"):
        assert os.access(path, os.X_OK), path
        assert path.read_text().startswith("#!/usr/bin/env "), path


def test_files_end_with_one_newline_and_hold_no_tabs(tracked: list[Path]) -> None:
    for path, text in text_files(tracked):
        if path.suffix in {".py", ".toml", ".yaml", ".yml", ".json", ".js"}:
            assert not text or (text.endswith("\n") and not text.endswith("\n\n")), path
            assert "\t" not in text, path


def test_every_file_is_valid_utf_8_without_carriage_returns(tracked: list[Path]) -> None:
    for path, text in text_files(tracked):
        assert "\r" not in text, path
