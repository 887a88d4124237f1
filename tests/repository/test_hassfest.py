"""Home Assistant's own rules for an integration, as far as they need no Home Assistant to check.

The tool itself, hassfest, is not published as a package: .github/workflows/validate.yml runs it and
is the judge. The manifest's keys, the texts' keys, icons and platforms are held to its rules in
tests/lutron_dpm, where the code they belong to can be asked.
"""

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

pytestmark = pytest.mark.requirement("H3")


@dataclass(frozen=True)
class Integration:
    """The integration's files, read once."""

    folder: Path
    manifest: dict[str, Any]
    words: dict[str, Any]
    modules: dict[str, ast.Module]

    def calls(self) -> Iterator[tuple[str, ast.Call]]:
        for tree in self.modules.values():
            for node in ast.walk(tree):
                if isinstance(node, ast.Call):
                    match node.func:
                        case ast.Name(id=name) | ast.Attribute(attr=name):
                            yield name, node


@pytest.fixture(scope="module")
def ours(integration: Path) -> Integration:
    return Integration(
        integration,
        json.loads((integration / "manifest.json").read_text()),
        json.loads((integration / "translations" / "en.json").read_text()),
        {path.name: ast.parse(path.read_text()) for path in sorted(integration.rglob("*.py"))},
    )


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


def test_requirements_are_pinned(ours: Integration) -> None:
    for requirement in ours.manifest["requirements"]:
        assert re.fullmatch(r"[\w.-]+==[\w.]+", requirement), requirement


def test_an_errors_text_names_only_facts_that_its_raiser_gives(ours: Integration) -> None:
    for _, call in ours.calls():
        given = {argument.arg: argument.value for argument in call.keywords}
        key, facts = given.get("translation_key"), given.get("translation_placeholders")
        if not (isinstance(key, ast.Constant) and key.value in ours.words.get("exceptions", {})):
            continue
        needed = placeholders(ours.words["exceptions"][key.value]["message"])
        match facts:
            case None:
                assert not needed, key.value
            case ast.Dict(keys=names) if all(isinstance(name, ast.Constant) for name in names):
                assert needed <= {name.value for name in names}, key.value  # type: ignore[union-attr]  # as just matched


def leaves(words: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(words, dict):
        for key, value in words.items():
            yield from leaves(value, (*path, key))
    else:
        yield path, words


def test_other_languages_say_nothing_more_and_name_the_same_facts(ours: Integration) -> None:
    english = dict(leaves(ours.words))
    for path in sorted((ours.folder / "translations").glob("*.json")):
        for key, text in leaves(json.loads(path.read_text())):
            assert key in english, f"{path.name}: {key}"
            assert placeholders(text) == placeholders(english[key]), f"{path.name}: {key}"


def test_no_module_imports_what_one_release_lacks_or_warns_of(ours: Integration) -> None:
    unwanted = {"voluptuous_serialize", "voluptuous_openapi", "serial_asyncio", "serial"}
    for name, tree in ours.modules.items():
        for node in ast.walk(tree):
            match node:
                case ast.Import(names=names):
                    tops = {alias.name.split(".")[0] for alias in names}
                case ast.ImportFrom(module=str(module), level=0):
                    tops = {module.split(".")[0]}
                case _:
                    continue
            assert not tops & unwanted, name


def test_actions_are_described_wherever_they_have_to_be(ours: Integration) -> None:
    path = ours.folder / "services.yaml"
    described = set(yaml.safe_load(path.read_text())) if path.exists() else set()
    assert described == set(ours.words.get("services", {}))
    registers = {name for name, _ in ours.calls()} & {
        "async_register",
        "async_register_admin_service",
    }
    assert bool(described) or not registers


def test_setting_up_from_yaml_is_refused_in_words(ours: Integration) -> None:
    tree = ours.modules["__init__.py"]
    defined = {node.name for node in tree.body if isinstance(node, ast.AsyncFunctionDef)}
    assigned = {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }
    assert "CONFIG_SCHEMA" in assigned or not defined & {"setup", "async_setup"}
