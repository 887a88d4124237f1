"""Home Assistant's own rules for an integration, as far as they can be checked without its tool.

The tool itself, hassfest, is not published as a package: .github/workflows/validate.yml runs it and
is the judge. These tests follow its rules closely enough to be told before a push.
"""

import ast
import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

pytestmark = pytest.mark.requirement("H3")

PLATFORMS = {
    "air_quality", "alarm_control_panel", "binary_sensor", "button", "calendar", "camera", "climate",
    "cover", "date", "datetime", "device_tracker", "event", "fan", "humidifier", "image", "lawn_mower",
    "light", "lock", "media_player", "notify", "number", "remote", "scene", "select", "sensor", "siren",
    "switch", "text", "time", "todo", "tts", "update", "vacuum", "valve", "water_heater", "weather",
}  # fmt: skip

ALWAYS_THERE = PLATFORMS | {
    "automation", "device_automation", "diagnostics", "frontend", "homeassistant", "http",
    "persistent_notification", "repairs", "script", "system_health", "websocket_api", "zone",
}  # fmt: skip
"""Components that an integration may import without naming them in its manifest. `http` and
`frontend` are among them for their types; who calls them at run time names them all the same."""

KNOWN_KEYS = {
    "domain", "name", "after_dependencies", "bluetooth", "codeowners", "config_flow", "dependencies",
    "dhcp", "disabled", "documentation", "homekit", "import_executor", "integration_type", "iot_class",
    "issue_tracker", "loggers", "mqtt", "quality_scale", "requirements", "single_config_entry", "ssdp",
    "usb", "version", "zeroconf",
}  # fmt: skip


@dataclass(frozen=True)
class Integration:
    """The integration's files, read once."""

    folder: Path
    manifest: dict[str, Any]
    words: dict[str, Any]
    modules: dict[str, ast.Module]

    @property
    def literals(self) -> set[str]:
        """Every text in the code, docstrings aside or not: where a key has to turn up."""
        return {
            node.value
            for tree in self.modules.values()
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }

    def calls(self) -> Iterator[tuple[str, ast.Call]]:
        for tree in self.modules.values():
            for node in ast.walk(tree):
                if isinstance(node, ast.Call):
                    match node.func:
                        case ast.Name(id=name) | ast.Attribute(attr=name):
                            yield name, node

    def keyword_literals(self, keyword: str, *, of: str | None = None) -> set[str]:
        """Every literal given to a keyword, of one function or of any."""
        return {
            argument.value.value
            for name, call in self.calls()
            if of in (None, name)
            for argument in call.keywords
            if argument.arg == keyword
            and isinstance(argument.value, ast.Constant)
            and isinstance(argument.value.value, str)
        }


@pytest.fixture(scope="module")
def ours(integration: Path) -> Integration:
    return Integration(
        integration,
        json.loads((integration / "manifest.json").read_text()),
        json.loads((integration / "translations" / "en.json").read_text()),
        {path.name: ast.parse(path.read_text()) for path in sorted(integration.rglob("*.py"))},
    )


def flows(words: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the texts of each flow: the entry's, its options' and its subentries'."""
    for name in ("config", "options"):
        if name in words:
            yield words[name]
    yield from words.get("config_subentries", {}).values()


def texts(words: Any) -> Iterator[str]:
    if isinstance(words, dict):
        for value in words.values():
            yield from texts(value)
    else:
        yield words


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


# --- (a) the manifest ---


def test_manifest_keys_are_known_and_in_order(ours: Integration) -> None:
    keys = list(ours.manifest)
    assert set(keys) <= KNOWN_KEYS
    assert keys == ["domain", "name", *sorted(keys[2:])]


def test_the_manifest_says_what_a_custom_integration_must(ours: Integration) -> None:
    manifest = ours.manifest
    assert manifest["domain"] == ours.folder.name == "lutron_dpm"
    assert {"name", "codeowners", "documentation", "iot_class", "version"} <= manifest.keys()
    assert manifest["documentation"].startswith("https://")
    assert manifest["iot_class"] == "local_push"
    assert manifest["integration_type"] == "hub"
    assert re.fullmatch(r"\d+\.\d+\.\d+((a|b|rc)\d+)?", manifest["version"])
    assert all(re.fullmatch(r"@[\w-]+", owner) for owner in manifest["codeowners"])


def test_a_config_flow_is_declared_and_there(ours: Integration) -> None:
    assert ours.manifest["config_flow"] is True
    assert "config_flow.py" in ours.modules


def test_requirements_are_pinned(ours: Integration) -> None:
    for requirement in ours.manifest["requirements"]:
        assert re.fullmatch(r"[\w.-]+==[\w.]+", requirement), requirement


# --- (b) is in test_files.py: every JSON and YAML file parses ---


# --- (c) the texts ---


def test_every_step_has_its_texts_and_every_text_its_step(ours: Integration) -> None:
    told = {step for flow in flows(ours.words) for step in flow["step"]}
    used = ours.keyword_literals("step_id")
    assert used <= told
    steps = {
        node.name.removeprefix("async_step_")
        for tree in ours.modules.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.AsyncFunctionDef) and node.name.startswith("async_step_")
    }
    assert told <= steps


def test_every_way_to_end_a_flow_has_its_text(ours: Integration) -> None:
    told = {reason for flow in flows(ours.words) for reason in flow.get("abort", {})}
    assert ours.keyword_literals("reason", of="async_abort") <= told


def test_every_key_in_the_code_has_its_text(ours: Integration) -> None:
    entity = ours.words.get("entity", {}).values()
    told = {
        *ours.words.get("exceptions", {}),
        *ours.words.get("issues", {}),
        *ours.words.get("selector", {}),
        *(key for platform in entity for key in platform),
        *ours.words.get("device", {}),
    }
    assert ours.keyword_literals("translation_key") <= told


def test_no_text_is_left_over(ours: Integration) -> None:
    told = {
        *(error for flow in flows(ours.words) for error in flow.get("error", {})),
        *(reason for flow in flows(ours.words) for reason in flow.get("abort", {})),
        *ours.words.get("exceptions", {}),
        *ours.words.get("issues", {}),
        *ours.words.get("services", {}),
        *(key for platform in ours.words.get("entity", {}).values() for key in platform),
    }
    # Home Assistant's own code ends a flow with these.
    framework = {
        "already_configured", "already_in_progress", "reconfigure_successful", "single_instance_allowed",
    }  # fmt: skip
    assert told - framework <= ours.literals


def test_texts_are_literal_and_plain(ours: Integration) -> None:
    for text in texts(ours.words):
        assert "[%key:" not in text
        assert not re.search(r"<[a-zA-Z/]", text), text
        assert text == text.strip(), text


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


# --- (d) other languages ---


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


# --- (e) icons ---


def test_icons_belong_to_entities_and_actions_that_exist(ours: Integration) -> None:
    icons = json.loads((ours.folder / "icons.json").read_text())
    assert icons.keys() <= {"entity", "services", "triggers", "conditions"}
    for platform, keys in icons.get("entity", {}).items():
        assert keys.keys() <= ours.words["entity"][platform].keys(), platform
        for icon in texts(keys):
            assert re.fullmatch(r"mdi:[a-z0-9-]+", icon), icon
    assert icons.get("services", {}).keys() <= ours.words.get("services", {}).keys()


# --- (f) dependencies ---


def test_components_that_are_imported_are_declared(ours: Integration) -> None:
    declared = {
        *ours.manifest.get("dependencies", ()),
        *ours.manifest.get("after_dependencies", ()),
        ours.manifest["domain"],
    }
    imported = set()
    for node in itertools.chain.from_iterable(map(ast.walk, ours.modules.values())):
        match node:
            case ast.ImportFrom(module="homeassistant.components", names=names):
                imported |= {alias.name for alias in names}
            case ast.ImportFrom(module=str(module)) if module.startswith(
                "homeassistant.components."
            ):
                imported.add(module.split(".")[2])
            case ast.Import(names=names):
                for alias in names:
                    if alias.name.startswith("homeassistant.components."):
                        imported.add(alias.name.split(".")[2])
    assert imported <= declared | ALWAYS_THERE


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


# --- (g) platforms ---


def test_every_platform_says_how_many_updates_run_at_once(ours: Integration) -> None:
    platforms = [name for name in ours.modules if name.removesuffix(".py") in PLATFORMS]
    assert {"switch.py", "binary_sensor.py", "button.py"} <= set(platforms)
    for name in platforms:
        assigned = {
            target.id
            for node in ours.modules[name].body
            for target in (
                node.targets
                if isinstance(node, ast.Assign)
                else [node.target]
                if isinstance(node, ast.AnnAssign)
                else []
            )
            if isinstance(target, ast.Name)
        }
        assert "PARALLEL_UPDATES" in assigned, name


# --- (h) actions ---


def test_actions_are_described_wherever_they_have_to_be(ours: Integration) -> None:
    path = ours.folder / "services.yaml"
    described = set(yaml.safe_load(path.read_text())) if path.exists() else set()
    assert described == set(ours.words.get("services", {}))
    assert described <= ours.literals
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


# --- the quality scale ---


def test_every_exemption_of_the_quality_scale_has_its_reason(ours: Integration) -> None:
    rules = yaml.safe_load((ours.folder / "quality_scale.yaml").read_text())["rules"]
    for rule, state in rules.items():
        status = state["status"] if isinstance(state, dict) else state
        assert status in {"done", "todo", "exempt"}, rule
        assert status != "exempt" or state.get("comment"), rule
