"""The forms of a HomeWorks QS processor: its login, its modules, and a module's outputs.

House rule: no step and no text; only schemas, and functions from input to typed values.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from homeassistant.const import (
    CONF_HOST,
    CONF_NAME,
    CONF_PASSWORD,
    CONF_PORT,
    CONF_USERNAME,
)
from homeassistant.data_entry_flow import SectionConfig, section
from homeassistant.helpers import selector

from dpm_core.errors import InvalidAddress, UnsupportedSetting
from dpm_core.model import ZONES, CcoType, IntegrationId, OverrideAction, Program

from ._vol import vol
from .forms import BadInput
from .models import (
    CONF_HTTP_PORT,
    DEFAULT_HTTP_PORT,
    DEFAULT_TELNET_PORT,
    LinkConfig,
    LinkKind,
    ModuleConfig,
)
from .outputs import PULSE_STEP_S, ModuleOutputs, StoredContact, StoredOutput, whole_pulse

CONF_ADVANCED: Final = "advanced"
CONF_MODULES: Final = "modules"
CONF_WALLSTATION: Final = "wallstation"
CONF_WALLSTATIONS: Final = "wallstations"
CONF_SUGGESTION: Final = "suggestion"
CONF_FILE: Final = "file"
CONF_ZONES: Final = "zones"
CONF_CCO: Final = "cco"
CONF_OVERRIDE: Final = "override"
CONF_OUTPUT: Final = "output"
CONF_CCO_TYPE: Final = "cco_type"
CONF_CCO_PULSE_S: Final = "cco_pulse_s"
CONF_CONTACT: Final = "contact"
CONF_IS_INVERTED: Final = "is_inverted"

_COLLAPSED: Final[SectionConfig] = {"collapsed": True}
_ZONE_KEYS: Final = tuple(f"zone_{zone}" for zone in ZONES)
_CONTACT_TEXT: Final = re.compile(r"(\d{1,10}):(\d{1,5})", re.ASCII)
_CREDENTIAL: Final = re.compile(r"[\x20-\x7e]+")


# --- The processor ---------------------------------------------------------------------------


def processor_schema() -> vol.Schema:
    """Return the form of a processor: where it is, and its login."""
    return vol.Schema(
        {
            vol.Required(CONF_HOST): selector.TextSelector(),
            **login_schema().schema,
            vol.Optional(CONF_ADVANCED): section(
                vol.Schema(
                    {
                        vol.Required(CONF_PORT, default=DEFAULT_TELNET_PORT): _port(),
                        vol.Required(CONF_HTTP_PORT, default=DEFAULT_HTTP_PORT): _port(),
                    }
                ),
                _COLLAPSED,
            ),
        }
    )


def login_schema() -> vol.Schema:
    """Return the form that asks for a login again."""
    return vol.Schema(
        {
            vol.Required(CONF_USERNAME): selector.TextSelector(
                selector.TextSelectorConfig(autocomplete="username")
            ),
            vol.Required(CONF_PASSWORD): selector.TextSelector(
                selector.TextSelectorConfig(
                    type=selector.TextSelectorType.PASSWORD, autocomplete="current-password"
                )
            ),
        }
    )


def processor_link(user_input: Mapping[str, Any]) -> LinkConfig:
    """Return the processor that the form describes."""
    host = str(user_input[CONF_HOST]).strip()
    if not re.fullmatch(r"[\w.:%-]+", host):
        raise BadInput(CONF_HOST, "invalid_host", host=host)
    advanced = user_input.get(CONF_ADVANCED, {})
    username, password = login(user_input)
    return LinkConfig(
        kind=LinkKind.PROCESSOR,
        host=host,
        port=int(advanced.get(CONF_PORT, DEFAULT_TELNET_PORT)),
        http_port=int(advanced.get(CONF_HTTP_PORT, DEFAULT_HTTP_PORT)),
        username=username,
        password=password,
    )


def login(user_input: Mapping[str, Any]) -> tuple[str, str]:
    """Return the user name and the password that were typed in."""
    for key in (CONF_USERNAME, CONF_PASSWORD):
        # One line of ASCII each: integration-protocol.md 2, "Everything is ASCII".
        if not _CREDENTIAL.fullmatch(user_input[key]):
            raise BadInput(key, "invalid_credential")
    return user_input[CONF_USERNAME], user_input[CONF_PASSWORD]


def processor_as_input(link: LinkConfig) -> dict[str, Any]:
    """Return what the form of a processor shows when it is opened again; never the password."""
    return {
        CONF_HOST: link.host,
        CONF_USERNAME: link.username,
        CONF_ADVANCED: {CONF_PORT: link.port, CONF_HTTP_PORT: link.http_port},
    }


def file_schema() -> vol.Schema:
    """Return the form that takes the project's database as a file."""
    return vol.Schema(
        {vol.Required(CONF_FILE): selector.FileSelector(selector.FileSelectorConfig(accept=".xml"))}
    )


def confirm_schema() -> vol.Schema:
    """Return a form that only wants to be read."""
    return vol.Schema({})


# --- Its modules -----------------------------------------------------------------------------


def suggestions_schema(modules: Mapping[str, str], wallstations: Mapping[str, str]) -> vol.Schema:
    """Return the form to pick from the modules and the wallstations that the project suggests."""
    fields: dict[Any, Any] = {}
    if modules:
        fields[vol.Optional(CONF_MODULES, default=list(modules))] = _many(modules)
    if wallstations:
        fields[vol.Optional(CONF_WALLSTATIONS, default=list)] = _many(wallstations)
    return vol.Schema(fields)


def wallstation_schema(wallstations: Mapping[str, str]) -> vol.Schema:
    """Return the form to add one wallstation of the project."""
    return vol.Schema(
        {
            vol.Required(CONF_WALLSTATION): selector.SelectSelector(
                selector.SelectSelectorConfig(
                    options=_options(wallstations), mode=selector.SelectSelectorMode.DROPDOWN
                )
            )
        }
    )


def suggestion_schema(modules: Mapping[str, str]) -> vol.Schema:
    """Return the form to add one module that the project suggests."""
    return vol.Schema(
        {
            vol.Required(CONF_SUGGESTION): selector.SelectSelector(
                selector.SelectSelectorConfig(
                    options=_options(modules), mode=selector.SelectSelectorMode.LIST
                )
            ),
            vol.Optional(CONF_NAME): selector.TextSelector(),
        }
    )


def outputs_schema(
    outputs: Mapping[str, str], contact_outputs: Mapping[str, str], contacts: Mapping[str, str]
) -> vol.Schema:
    """Return the form of a module's outputs and of the notes about it.

    Args:
        outputs: What may be a zone: the labels by the id.
        contact_outputs: What may be a CCO, likewise.
        contacts: What may tell of an override, by `DEVICE:COMPONENT`.
    """
    action = _choice([action.name.lower() for action in OverrideAction], "override_action")
    actions: dict[Any, Any] = {
        vol.Required(key, default=OverrideAction.ON.name.lower()): action for key in _ZONE_KEYS
    }
    return vol.Schema(
        {
            vol.Required(CONF_NAME): selector.TextSelector(),
            vol.Required(CONF_ZONES): section(
                vol.Schema({vol.Optional(key): _one_of(outputs) for key in _ZONE_KEYS})
            ),
            vol.Required(CONF_CCO): section(
                vol.Schema(
                    {
                        vol.Optional(CONF_OUTPUT): _one_of(contact_outputs),
                        vol.Required(
                            CONF_CCO_TYPE, default=CcoType.MOMENTARY.name.lower()
                        ): _choice([kind.name.lower() for kind in CcoType], "cco_type"),
                        vol.Required(CONF_CCO_PULSE_S, default=0.5): selector.NumberSelector(
                            selector.NumberSelectorConfig(
                                min=PULSE_STEP_S,
                                max=60,
                                step=PULSE_STEP_S,
                                unit_of_measurement="s",
                                mode=selector.NumberSelectorMode.BOX,
                            )
                        ),
                    }
                )
            ),
            vol.Required(CONF_OVERRIDE): section(
                vol.Schema(
                    {
                        vol.Optional(CONF_CONTACT): _one_of(contacts),
                        vol.Required(CONF_IS_INVERTED, default=False): selector.BooleanSelector(),
                        **actions,
                    }
                ),
                _COLLAPSED,
            ),
        }
    )


def module_as_input(module: ModuleConfig) -> dict[str, Any]:
    """Return what the form of a module's outputs shows for one."""
    program, outputs = module.program, module.outputs
    zones = outputs.zones if outputs else (None,) * len(ZONES)
    cco, contact = (outputs.cco, outputs.contact) if outputs else (None, None)
    actions = (action.name.lower() for action in program.override_actions)
    return {
        CONF_NAME: module.name,
        CONF_ZONES: {
            key: str(zone.number) for key, zone in zip(_ZONE_KEYS, zones, strict=True) if zone
        },
        CONF_CCO: {
            **({CONF_OUTPUT: str(cco.number)} if cco else {}),
            CONF_CCO_TYPE: program.cco_type.name.lower(),
            CONF_CCO_PULSE_S: whole_pulse(program.cco_pulse_s),
        },
        CONF_OVERRIDE: {
            **({CONF_CONTACT: f"{contact.device}:{contact.component}"} if contact else {}),
            CONF_IS_INVERTED: bool(contact and contact.is_inverted),
            **dict(zip(_ZONE_KEYS, actions, strict=True)),
        },
    }


def outputs_from_input(
    user_input: Mapping[str, Any],
    known: Mapping[int, StoredOutput],
    known_contacts: Mapping[tuple[int, int], StoredContact],
) -> ModuleOutputs:
    """Return the outputs that were chosen or typed in.

    Args:
        user_input: The form.
        known: What the project calls each output.
        known_contacts: What it calls each contact, by device and component.

    Raises:
        BadInput: An id is none, one is there twice, or there is no zone at all.
    """

    def output(text: str | None) -> StoredOutput | None:
        if text is None or not text.strip():
            return None
        number = _number(text)
        return known.get(number, StoredOutput(number=number))

    zones = [output(user_input[CONF_ZONES].get(key)) for key in _ZONE_KEYS]
    outputs = ModuleOutputs(
        zones=(zones[0], zones[1], zones[2], zones[3]),
        cco=output(user_input[CONF_CCO].get(CONF_OUTPUT)),
        contact=_contact(user_input[CONF_OVERRIDE], known_contacts),
    )
    if not any(zones):
        raise BadInput("base", "no_zone")
    numbers = outputs.numbers
    if twice := next((n for n in numbers if numbers.count(n) > 1), None):
        raise BadInput("base", "output_twice", output=str(twice))
    return outputs


def notes_from_input(user_input: Mapping[str, Any], before: Program) -> Program:
    """Return the notes about a module that Home Assistant keeps: what only a link could write.

    Raises:
        BadInput: No module could be programmed so.
    """
    actions = [OverrideAction[user_input[CONF_OVERRIDE][key].upper()] for key in _ZONE_KEYS]
    cco = user_input[CONF_CCO]
    try:
        return replace(
            before,
            override_actions=(actions[0], actions[1], actions[2], actions[3]),
            cco_type=CcoType[cco[CONF_CCO_TYPE].upper()],
            cco_pulse_s=whole_pulse(cco[CONF_CCO_PULSE_S]),
        )
    except UnsupportedSetting as error:
        raise BadInput(
            "base", "unsupported_setting", setting=error.name, allowed=error.allowed
        ) from error


def _contact(
    user_input: Mapping[str, Any], known: Mapping[tuple[int, int], StoredContact]
) -> StoredContact | None:
    text = user_input.get(CONF_CONTACT, "").strip()
    if not text:
        return None
    found = _CONTACT_TEXT.fullmatch(text)
    if found is None:
        raise BadInput("base", "invalid_contact", contact=text)
    device, component = _number(found[1]), int(found[2])
    named = known.get((device, component))
    return StoredContact(
        device=device,
        component=component,
        is_inverted=user_input[CONF_IS_INVERTED],
        name=named.name if named else "",
        area=named.area if named else "",
    )


def _number(text: str) -> IntegrationId:
    try:
        return IntegrationId.parse(text)
    except InvalidAddress as error:
        raise BadInput("base", "invalid_output", output=text) from error


def _port() -> selector.NumberSelector:
    return selector.NumberSelector(
        selector.NumberSelectorConfig(
            min=1, max=65535, step=1, mode=selector.NumberSelectorMode.BOX
        )
    )


def _one_of(labels: Mapping[str, str]) -> Any:
    """Return a list to choose from where anything else can be typed, or a text without one."""
    if not labels:
        return selector.TextSelector()
    return selector.SelectSelector(
        selector.SelectSelectorConfig(
            options=_options(labels),
            custom_value=True,
            mode=selector.SelectSelectorMode.DROPDOWN,
        )
    )


def _many(labels: Mapping[str, str]) -> selector.SelectSelector:
    return selector.SelectSelector(
        selector.SelectSelectorConfig(
            options=_options(labels), multiple=True, mode=selector.SelectSelectorMode.LIST
        )
    )


def _choice(options: Iterable[str], translation_key: str) -> selector.SelectSelector:
    return selector.SelectSelector(
        selector.SelectSelectorConfig(
            options=list(options),
            mode=selector.SelectSelectorMode.DROPDOWN,
            translation_key=translation_key,
        )
    )


def _options(labels: Mapping[str, str]) -> list[selector.SelectOptionDict]:
    return [selector.SelectOptionDict(value=value, label=label) for value, label in labels.items()]
