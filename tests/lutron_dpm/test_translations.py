"""Every text that the code can ask for exists, and every text that exists can be asked for."""

import ast
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from custom_components.lutron_dpm import failures, forms, notices, options_flow, program_form
from custom_components.lutron_dpm.models import Echo
from dpm_core.model import Cause, CcoType, OverrideAction

from .places import INTEGRATION

pytestmark = pytest.mark.requirement("H2", "H3")

EN: dict[str, Any] = json.loads((INTEGRATION / "translations" / "en.json").read_text())
ICONS: dict[str, Any] = json.loads((INTEGRATION / "icons.json").read_text())


def texts(node: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(node, str):
        yield path, node
        return
    for key, value in node.items():
        yield from texts(value, f"{path}.{key}".lstrip("."))


def strings_given_to(function: str, file: str, keyword: str | None = None) -> set[str]:
    """Return the texts that are written out in the calls of a function in one file."""
    found = set()
    for node in ast.walk(ast.parse((INTEGRATION / file).read_text())):
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == function:
            values = (
                [word.value for word in node.keywords if word.arg == keyword]
                if keyword
                else node.args
            )
            found |= {value.value for value in values if isinstance(value, ast.Constant)}
    return found


def steps_of(file: str) -> set[str]:
    """Return the steps of a flow that show something: those with a method for them."""
    tree = ast.parse((INTEGRATION / file).read_text())
    return {
        node.name.removeprefix("async_step_")
        for node in ast.walk(tree)
        if isinstance(node, ast.AsyncFunctionDef) and node.name.startswith("async_step_")
    }


def fields_of(schema: Any) -> dict[str, Any]:
    return {str(marker.schema): value for marker, value in schema.schema.items()}


LIBRARY_FAILURES = {key for _, key in failures._KEYS} | {"unexpected"}
OPENING_FAILURES = set(failures._OPENING_KEYS.values()) | {"host_unknown"}


def bad_inputs(file: str) -> set[str]:
    tree = ast.parse((INTEGRATION / file).read_text())
    return {
        node.args[1].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) == "BadInput"
        and isinstance(node.args[1], ast.Constant)
    }


def test_every_step_of_the_link_flow_has_its_texts() -> None:
    assert set(EN["config"]["step"]) == steps_of("config_flow.py")


def test_every_step_of_the_module_flow_has_its_texts() -> None:
    dispatchers = {"user", "reconfigure"}
    assert set(EN["config_subentries"]["module"]["step"]) == (
        steps_of("module_flow.py") - dispatchers
    )


def test_every_reason_to_abort_has_its_text() -> None:
    in_config = strings_given_to("async_abort", "config_flow.py", "reason")
    assert set(EN["config"]["abort"]) == in_config
    in_module = strings_given_to("async_abort", "module_flow.py", "reason")
    assert set(EN["config_subentries"]["module"]["abort"]) == in_module | {"reconfigure_successful"}


def test_every_error_that_a_form_can_show_has_its_text() -> None:
    in_flow = {"cannot_connect", "too_few_modules", "extension_needs_sending"}
    assert set(EN["config"]["error"]) == (
        LIBRARY_FAILURES
        | OPENING_FAILURES
        | bad_inputs("forms.py")
        | bad_inputs("config_flow.py")
        | in_flow
    )
    assert set(EN["config_subentries"]["module"]["error"]) == (
        LIBRARY_FAILURES | {"invalid_serial"} | bad_inputs("module_flow.py")
    )


def test_every_error_that_a_command_can_raise_has_its_text() -> None:
    assert set(EN["exceptions"]) == LIBRARY_FAILURES | OPENING_FAILURES


def test_every_repair_notice_has_its_text() -> None:
    keys = strings_given_to("_say", "notices.py", "key")
    assert set(EN["issues"]) == keys == {"link_gone", "jumper_missing"}
    assert notices.JUMPER_AFTER_S == 300


def test_every_field_has_a_name_and_a_description() -> None:
    steps = EN["config"]["step"]
    schemas = {
        "tcp": forms.tcp_schema(),
        "simulated": forms.simulated_schema(),
        "consents": forms.consents_schema(),
        "modules": forms.modules_schema({1: "1"}, may_ask=True),  # type: ignore[dict-item]  # any number will do
        "modules_none": forms.modules_schema({}, may_ask=True),
        "modules_by_serial": forms.modules_schema({}, may_ask=False),
    }
    for step, schema in schemas.items():
        _check_fields(fields_of(schema), steps[step])
    _check_fields({"device": None}, {**steps["serial"], "sections": {}})
    _check_fields(fields_of(options_flow._schema()), EN["options"]["step"]["init"])
    module = EN["config_subentries"]["module"]["step"]
    _check_fields(fields_of(forms.module_schema({}, may_ask=True)), module["pick"])
    _check_fields(fields_of(forms.module_schema({}, may_ask=True)), module["none_found"])
    _check_fields(fields_of(forms.module_schema({}, may_ask=False)), module["by_serial"])
    _check_fields(fields_of(forms.name_schema()), module["rename_only"])
    _check_fields(fields_of(forms.name_schema()), module["rename_offline"])
    _check_fields(fields_of(program_form.program_schema()), module["program"])


def _check_fields(fields: dict[str, Any], step: dict[str, Any]) -> None:
    sections = {name for name, field in fields.items() if hasattr(field, "options")}
    assert set(fields) - sections == set(step["data"]) == set(step["data_description"])
    assert sections == set(step.get("sections", {}))
    for name in sections:
        _check_fields(fields_of(fields[name].schema), step["sections"][name])


def test_every_choice_has_its_text() -> None:
    options = {key: set(value["options"]) for key, value in EN["selector"].items()}
    assert options == {
        "gateway_protocol": {forms.RAW, forms.RFC2217},
        "echo": {echo.value for echo in Echo},
        "cco_type": {kind.name.lower() for kind in CcoType},
        "override_action": {action.name.lower() for action in OverrideAction},
    }


def test_every_entity_has_a_name_and_an_icon() -> None:
    keys: dict[str, set[str]] = {}
    for platform in ("binary_sensor", "button", "event", "switch"):
        text = (INTEGRATION / f"{platform}.py").read_text()
        keys[platform] = set(re.findall(r'_attr_translation_key = "(\w+)"', text))
    assert {platform: set(entities) for platform, entities in EN["entity"].items()} == keys
    assert {platform: set(icons) for platform, icons in ICONS["entity"].items()} == keys


def test_every_cause_of_a_zone_has_its_text() -> None:
    shown = EN["entity"]["switch"]["zone"]["state_attributes"]["last_cause"]["state"]
    assert set(shown) == {cause.name.lower() for cause in Cause}


def test_no_text_refers_to_another_or_holds_markup_or_an_address() -> None:
    for path, text in texts(EN):
        assert "[%key:" not in text, path
        assert not re.search(r"<[a-z/]", text), path
        assert "://" not in text, path
        assert text == text.strip(), path
        assert not re.search(r"'\{\w+\}'", text), path


@pytest.mark.requirement("F4")
def test_the_warning_stands_wherever_a_load_is_configured() -> None:
    shown = [
        *(EN["config"]["step"][step] for step in ("modules", "modules_none", "modules_by_serial")),
        *(
            EN["config_subentries"]["module"]["step"][step]
            for step in ("pick", "none_found", "by_serial", "program")
        ),
    ]
    for step in shown:
        text = step["description"]
        for words in (
            "entrapment",
            "cannot be seen from every place",
            "permanently installed fixtures",
            "general purpose receptacles",
        ):
            assert words in text, step["title"]


@pytest.mark.requirement("F4")
def test_the_warnings_are_in_the_documentation() -> None:
    page = (INTEGRATION.parents[1] / "docs" / "home-assistant.md").read_text()
    for words in (
        "Entrapment hazard",
        "Every control location must see its loads",
        "permanently installed fixtures",
        "general purpose receptacles",
        "CAR-15-DDTR",
    ):
        assert words in page, words


def test_nothing_suggests_a_load_that_the_specification_forbids() -> None:
    forbidden = re.compile(r"\b(gates?|garage|doors?|heat\w*|fireplaces?|ovens?)\b", re.IGNORECASE)
    for path, text in texts(EN):
        assert not forbidden.search(text), path
    for path, text in texts(ICONS):
        assert not forbidden.search(text), path
