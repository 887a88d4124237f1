"""The forms of the config flows: fields, selectors and what their input means.

House rule: no step and no text; only schemas, and functions from input to typed values.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from homeassistant.components import usb
from homeassistant.components.usb import utils as usb_ports
from homeassistant.const import CONF_DEVICE, CONF_HOST, CONF_NAME, CONF_PORT, CONF_PROTOCOL
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import section
from homeassistant.helpers import selector

from dpm_core.errors import DpmError, UnsupportedSetting
from dpm_core.model import LINK_MODULES_MAX, SerialNumber
from dpm_core.transport import BAUD_CANDIDATES, TransportSettings

from ._vol import vol
from .models import (
    CONF_ALLOW_EXTENSION,
    CONF_ALLOW_SENDING,
    CONF_BAUD,
    CONF_ECHO,
    CONF_SERIAL,
    DEFAULT_BAUD,
    Echo,
    LinkConfig,
    LinkKind,
)

CONF_ADVANCED: Final = "advanced"
CONF_COUNT: Final = "count"
CONF_MODULE: Final = "module"
CONF_MODULES: Final = "modules"
CONF_SERIALS: Final = "serials"
CONF_ADD_SILENT: Final = "add_silent"

RAW: Final = "raw"
RFC2217: Final = "rfc2217"

_SCHEMES: Final = {RAW: "socket", RFC2217: "rfc2217"}


class BadInput(Exception):  # it says what the user typed, not that we failed
    """A field holds something that cannot be; `key` says what in the translations."""

    def __init__(self, field: str, key: str, **facts: str) -> None:
        """Keep the field, the text's key and its facts."""
        self.field = field
        self.key = key
        self.facts = facts
        super().__init__(key)


# --- The link ------------------------------------------------------------------------------


async def serial_schema(hass: HomeAssistant) -> vol.Schema:
    """Return the form of a local port, or of a proxy where the release knows them."""
    return vol.Schema(
        {
            vol.Required(CONF_DEVICE): await _port_selector(hass),
            vol.Optional(CONF_ADVANCED): _advanced_section(),
        }
    )


def tcp_schema() -> vol.Schema:
    """Return the form of a serial-over-TCP gateway."""
    return vol.Schema(
        {
            vol.Required(CONF_HOST): selector.TextSelector(),
            vol.Required(CONF_PORT): selector.NumberSelector(
                selector.NumberSelectorConfig(
                    min=1, max=65535, step=1, mode=selector.NumberSelectorMode.BOX
                )
            ),
            vol.Required(CONF_PROTOCOL, default=RAW): selector.SelectSelector(
                selector.SelectSelectorConfig(
                    options=[RAW, RFC2217], translation_key="gateway_protocol"
                )
            ),
            vol.Optional(CONF_ADVANCED): _advanced_section(),
        }
    )


def simulated_schema() -> vol.Schema:
    """Return the form of a simulated link."""
    return vol.Schema(
        {
            vol.Required(CONF_COUNT, default=1): selector.NumberSelector(
                selector.NumberSelectorConfig(
                    min=1, max=LINK_MODULES_MAX, step=1, mode=selector.NumberSelectorMode.BOX
                )
            )
        }
    )


def consents_schema() -> vol.Schema:
    """Return the form that asks what we may do on a real link."""
    return vol.Schema(
        {
            vol.Required(CONF_ALLOW_SENDING, default=False): selector.BooleanSelector(),
            vol.Required(CONF_ALLOW_EXTENSION, default=False): selector.BooleanSelector(),
        }
    )


def serial_link(user_input: Mapping[str, Any]) -> LinkConfig:
    """Return the link that the serial form describes; the port stays as it was typed."""
    device = str(user_input[CONF_DEVICE]).strip()
    if not device:
        raise BadInput(CONF_DEVICE, "port_missing", link=device)
    return LinkConfig(kind=LinkKind.SERIAL, device=device, **_advanced(user_input))


def tcp_link(user_input: Mapping[str, Any]) -> LinkConfig:
    """Return the link that the gateway form describes."""
    host = str(user_input[CONF_HOST]).strip()
    if not re.fullmatch(r"[\w.:%-]+", host):
        raise BadInput(CONF_HOST, "invalid_host", host=host)
    where = f"[{host}]" if ":" in host else host
    return LinkConfig(
        kind=LinkKind.TCP,
        device=f"{_SCHEMES[user_input[CONF_PROTOCOL]]}://{where}:{int(user_input[CONF_PORT])}",
        **_advanced(user_input),
    )


def link_as_input(link: LinkConfig) -> dict[str, Any]:
    """Return what the form of a link shows when it is opened again."""
    advanced = {CONF_BAUD: str(link.baud), CONF_ECHO: link.echo.value}
    if link.is_simulated:
        return {CONF_COUNT: len(link.serials)}
    if link.kind is LinkKind.SERIAL:
        return {CONF_DEVICE: link.device, CONF_ADVANCED: advanced}
    parts = urlsplit(link.device)
    return {
        CONF_HOST: parts.hostname,
        CONF_PORT: parts.port,
        CONF_PROTOCOL: RFC2217 if parts.scheme == RFC2217 else RAW,
        CONF_ADVANCED: advanced,
    }


def _advanced(user_input: Mapping[str, Any]) -> dict[str, Any]:
    advanced = user_input.get(CONF_ADVANCED, {})
    baud = str(advanced.get(CONF_BAUD, DEFAULT_BAUD))
    try:
        TransportSettings(baud=int(baud) if baud.isdecimal() else 0)
    except UnsupportedSetting as error:
        raise BadInput("base", "invalid_baud", baud=baud, allowed=error.allowed) from error
    return {"baud": int(baud), "echo": Echo(advanced.get(CONF_ECHO, Echo.NONE))}


def _advanced_section() -> section:
    return section(
        vol.Schema(
            {
                vol.Required(CONF_BAUD, default=str(DEFAULT_BAUD)): selector.SelectSelector(
                    selector.SelectSelectorConfig(
                        options=[str(baud) for baud in BAUD_CANDIDATES],
                        custom_value=True,
                        mode=selector.SelectSelectorMode.DROPDOWN,
                    )
                ),
                vol.Required(CONF_ECHO, default=Echo.NONE.value): selector.SelectSelector(
                    selector.SelectSelectorConfig(
                        options=[echo.value for echo in Echo], translation_key="echo"
                    )
                ),
            }
        ),
        {"collapsed": True},
    )


async def _port_selector(hass: HomeAssistant) -> Any:
    """Return the release's own selector for ports, or the list of ports with free text."""
    if own := getattr(selector, "SerialPortSelector", None):
        return own()
    ports = await hass.async_add_executor_job(_list_ports)
    return selector.SelectSelector(
        selector.SelectSelectorConfig(
            options=ports, custom_value=True, mode=selector.SelectSelectorMode.DROPDOWN
        )
    )


def _list_ports() -> list[selector.SelectOptionDict]:
    return [
        selector.SelectOptionDict(
            value=usb.get_serial_by_id(port.device),
            label=usb.human_readable_device_name(
                port.device,
                port.serial_number,
                port.manufacturer,
                port.description,
                getattr(port, "vid", None),
                getattr(port, "pid", None),
            ),
        )
        for port in usb_ports.scan_serial_ports()
    ]


# --- The modules ---------------------------------------------------------------------------


def modules_schema(found: Mapping[SerialNumber, str], *, may_ask: bool) -> vol.Schema:
    """Return the form to pick from the modules that were found and to type in others."""
    fields: dict[Any, Any] = {}
    if found:
        fields[vol.Optional(CONF_MODULES, default=[str(serial) for serial in found])] = (
            selector.SelectSelector(
                selector.SelectSelectorConfig(
                    options=_options(found),
                    multiple=True,
                    mode=selector.SelectSelectorMode.LIST,
                )
            )
        )
    fields[vol.Optional(CONF_SERIALS, default=list)] = selector.TextSelector(
        selector.TextSelectorConfig(multiple=True)
    )
    if may_ask:
        fields[vol.Required(CONF_ADD_SILENT, default=False)] = selector.BooleanSelector()
    return vol.Schema(fields)


def module_schema(found: Mapping[SerialNumber, str], *, may_ask: bool) -> vol.Schema:
    """Return the form to add one module: one that was found, or a serial number typed in."""
    fields: dict[Any, Any] = {
        vol.Required(CONF_SERIAL): (
            selector.SelectSelector(
                selector.SelectSelectorConfig(
                    options=_options(found),
                    custom_value=True,
                    mode=selector.SelectSelectorMode.DROPDOWN,
                )
            )
            if found
            else selector.TextSelector()
        ),
        vol.Optional(CONF_NAME): selector.TextSelector(),
    }
    if may_ask:
        fields[vol.Required(CONF_ADD_SILENT, default=False)] = selector.BooleanSelector()
    return vol.Schema(fields)


def move_schema(choices: Mapping[str, str]) -> vol.Schema:
    """Return the form to pick a module of another link."""
    return vol.Schema(
        {
            vol.Required(CONF_MODULE): selector.SelectSelector(
                selector.SelectSelectorConfig(
                    options=[
                        selector.SelectOptionDict(value=uid, label=label)
                        for uid, label in choices.items()
                    ],
                    mode=selector.SelectSelectorMode.LIST,
                )
            )
        }
    )


def name_schema() -> vol.Schema:
    """Return the form that only renames a module."""
    return vol.Schema({vol.Required(CONF_NAME): selector.TextSelector()})


def parse_serials(texts: Iterable[str], field: str) -> list[SerialNumber]:
    """Return typed serial numbers, each once and in the order typed; empty lines are left out."""
    return list(dict.fromkeys(parse_serial(text, field) for text in texts if text.strip()))


def parse_serial(text: str, field: str) -> SerialNumber:
    """Return one typed serial number."""
    try:
        return SerialNumber.parse(text)
    except DpmError as error:
        raise BadInput(field, "invalid_serial", serial=text) from error


def _options(found: Mapping[SerialNumber, str]) -> list[selector.SelectOptionDict]:
    return [
        selector.SelectOptionDict(value=str(serial), label=label) for serial, label in found.items()
    ]
