"""Every text that the code can ask for exists, and every text that exists can be asked for."""

import ast
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from custom_components.lutron_dpm import (
    failures,
    forms,
    load_form,
    module_events,
    notices,
    options_flow,
    processor_forms,
    program_form,
)
from custom_components.lutron_dpm.models import Echo, LinkKind
from dpm_core.model import Cause, CcoCurrent, CcoLoadKind, CcoType, LoadType, OverrideAction

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


LINK_FLOW = ("config_flow.py", "processor_flow.py")
MODULE_FLOW = ("module_flow.py", "load_flow.py", "processor_module_flow.py")


def steps_of_all(files: tuple[str, ...]) -> set[str]:
    return set().union(*(steps_of(file) for file in files))


def reasons_in(files: tuple[str, ...]) -> set[str]:
    return set().union(*(strings_given_to("async_abort", file, "reason") for file in files))


def test_every_step_of_the_link_flow_has_its_texts() -> None:
    dispatchers = {"reauth", "project_again", "project_none"}
    assert set(EN["config"]["step"]) == steps_of_all(LINK_FLOW) - dispatchers


def test_every_step_of_the_module_flow_has_its_texts() -> None:
    dispatchers = {"search"}
    assert set(EN["config_subentries"]["module"]["step"]) == steps_of_all(MODULE_FLOW) - dispatchers


def test_every_step_of_the_wallstation_flow_has_its_texts() -> None:
    texts_of = EN["config_subentries"]["wallstation"]
    assert set(texts_of["step"]) == steps_of("wallstation_flow.py")
    assert set(texts_of["abort"]) == reasons_in(("wallstation_flow.py",))


def test_every_part_of_a_module_that_can_be_chosen_has_its_text() -> None:
    chosen = strings_given_to("_ask_which", "module_flow.py")
    assert set(EN["config_subentries"]["module"]["step"]["reconfigure"]["menu_options"]) == chosen
    assert chosen <= steps_of_all(MODULE_FLOW)


def test_every_way_that_a_menu_offers_has_its_text_and_its_step() -> None:
    module = EN["config_subentries"]["module"]["step"]
    ways = {"suggested", "by_hand"}
    assert set(module["user"]["menu_options"]) == ways | {"search", "move"}
    assert set(module["move_to"]["menu_options"]) == ways
    assert ways | {"search", "move"} <= steps_of_all(MODULE_FLOW)
    without = EN["config"]["step"]["project_missing"]["menu_options"]
    assert set(without) == {"project_again", "project_file", "project_none"}
    assert set(without) <= steps_of("processor_flow.py")
    assert set(EN["config"]["step"]["user"]["menu_options"]) == {kind.value for kind in LinkKind}


def test_every_reason_to_abort_has_its_text() -> None:
    assert set(EN["config"]["abort"]) == reasons_in(LINK_FLOW)
    assert set(EN["config_subentries"]["module"]["abort"]) == reasons_in(MODULE_FLOW) | {
        "reconfigure_successful"
    }


def test_every_error_that_a_form_can_show_has_its_text() -> None:
    in_flow = {
        "cannot_connect",
        "too_few_modules",
        "extension_needs_sending",
        "project_unreadable",
        # Of `processor_forms.py`, which has the forms of both flows.
        "invalid_credential",
    }
    assert set(EN["config"]["error"]) == (
        LIBRARY_FAILURES
        | OPENING_FAILURES
        | bad_inputs("forms.py")
        | bad_inputs("config_flow.py")
        | in_flow
    )
    on_loads = {"ratings_broken", "load_broken", "loads_doubtful", "load_doubtful"}
    assert set(EN["config_subentries"]["module"]["error"]) == (
        LIBRARY_FAILURES
        | {"invalid_serial"}
        | bad_inputs("module_flow.py")
        | on_loads
        | bad_inputs("load_form.py")
        | bad_inputs("processor_module_flow.py")
        | (bad_inputs("processor_forms.py") - {"invalid_credential", "invalid_host"})
        | {"suggestion_gone"}
    )


def test_every_error_that_a_command_can_raise_has_its_text() -> None:
    assert set(EN["exceptions"]) == LIBRARY_FAILURES | OPENING_FAILURES


def test_every_repair_notice_has_its_text() -> None:
    keys = strings_given_to("_say", "notices.py", "key") | strings_given_to(
        "async_create_issue", "load_notices.py", "translation_key"
    )
    # A refused login is asked for again, which Home Assistant tells by itself.
    causes = set(failures.PROCESSOR_KEYS.values()) - {"login_refused"}
    assert set(EN["issues"]) == keys | causes | {"link_gone"}
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
    _check_fields(fields_of(forms.move_schema({})), module["move"])
    _check_fields(fields_of(forms.name_schema()), module["rename_only"])
    _check_fields(fields_of(forms.name_schema()), module["rename_offline"])
    _check_fields(fields_of(program_form.program_schema()), module["program"])
    for step, schema in {
        "processor": processor_forms.processor_schema(),
        "reauth_confirm": processor_forms.login_schema(),
        "project_file": processor_forms.file_schema(),
        "outputs": processor_forms.suggestions_schema({"1": "1"}, {"2": "2"}),
        "outputs_none": processor_forms.suggestions_schema({}, {"2": "2"}),
    }.items():
        _check_fields(fields_of(schema), steps[step])
    _check_fields(fields_of(options_flow.processor_schema()), EN["options"]["step"]["processor"])
    for step in ("by_hand", "outputs"):
        _check_fields(fields_of(processor_forms.outputs_schema({}, {}, {})), module[step])
    _check_fields(fields_of(processor_forms.suggestion_schema({})), module["suggested"])
    wallstation = EN["config_subentries"]["wallstation"]["step"]
    _check_fields(fields_of(processor_forms.wallstation_schema({})), wallstation["user"])
    for step in ("loads", "loads_note"):
        _check_fields(fields_of(load_form.loads_schema(asks_model=True)), module[step])


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
        "load_type": {load_form.NO_LOAD, *(kind.value for kind in LoadType)},
        "cco_load_kind": {load_form.NO_LOAD, *(kind.value for kind in CcoLoadKind)},
        "cco_current": {current.value for current in CcoCurrent},
    }


def test_every_entity_has_a_name_and_an_icon() -> None:
    keys: dict[str, set[str]] = {}
    for platform in ("binary_sensor", "button", "event", "switch"):
        text = (INTEGRATION / f"{platform}.py").read_text()
        keys[platform] = set(re.findall(r'_attr_translation_key = "(\w+)"', text))
    # Each sensor of a zone is called by the zone's number, or by its own name.
    kinds = set(re.findall(r'kind = "(\w+)"', (INTEGRATION / "sensor.py").read_text()))
    keys["sensor"] = kinds | {f"{kind}_named" for kind in kinds}
    assert {platform: set(entities) for platform, entities in EN["entity"].items()} == keys
    assert {platform: set(icons) for platform, icons in ICONS["entity"].items()} == keys


def test_every_device_trigger_has_its_text() -> None:
    assert set(EN["device_automation"]["trigger_type"]) == set(module_events.TYPES)


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
        *(
            EN["config"]["step"][step]
            for step in ("modules", "modules_none", "modules_by_serial", "outputs", "outputs_none")
        ),
        *(
            EN["config_subentries"]["module"]["step"][step]
            for step in ("pick", "none_found", "by_serial", "program", "loads", "loads_note")
        ),
        *(
            EN["config_subentries"]["module"]["step"][step]
            for step in ("suggested", "by_hand", "outputs")
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


@pytest.mark.requirement("A5", "A6", "A7", "A10", "A11", "F4")
@pytest.mark.parametrize("step", ["loads", "loads_note"])
def test_the_form_of_the_loads_says_what_the_specification_says_of_them(step: str) -> None:
    text = EN["config_subentries"]["module"]["step"][step]["description"]
    for words in (
        "through a malfunction",
        "Use permanently installed fixtures",
        "CAR-15-DDTR",
        "unrated loads",
        "third-party power pack of the right rating",
        "PHPM-SW-DV-WH or GRX-TVI",
        "no minimum load",
        "NEMA 410",
        "neutral of its own",
        "{zone_max} for each zone and {module_max} for the module",
        "{motor_max} for a motor",
        "fed through one another carry at most {feed_max} together",
    ):
        assert words in text


@pytest.mark.requirement("A6")
def test_a_receptacle_cannot_be_chosen_as_a_load() -> None:
    options = EN["selector"]["load_type"]["options"]
    assert not re.search(r"receptacle|outlet|plug", " ".join(options.values()), re.IGNORECASE)


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


@pytest.mark.requirement("E8")
def test_what_only_a_link_could_write_is_called_a_note_wherever_it_is_asked_for() -> None:
    for step in ("by_hand", "outputs"):
        sections = EN["config_subentries"]["module"]["step"][step]["sections"]
        for name, keys in (
            ("cco", ("cco_type", "cco_pulse_s")),
            ("override", ("zone_1", "zone_2", "zone_3", "zone_4")),
        ):
            assert "note" in sections[name]["description"], (step, name)
            assert all("(note)" in sections[name]["data"][key] for key in keys), (step, name)


@pytest.mark.requirement("E9")
def test_the_oldest_software_is_said_where_a_processor_is_set_up() -> None:
    steps = EN["config"]["step"]
    for text in (steps["processor"]["description"], steps["software_too_old"]["description"]):
        assert "12.0 or later" in text


def test_nothing_suggests_a_load_that_the_specification_forbids() -> None:
    forbidden = re.compile(r"\b(gates?|garage|doors?|heat\w*|fireplaces?|ovens?)\b", re.IGNORECASE)
    for path, text in texts(EN):
        assert not forbidden.search(text), path
    for path, text in texts(ICONS):
        assert not forbidden.search(text), path
