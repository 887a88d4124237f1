"""What is stored about a link and its modules, as typed values.

House rule: the only place that knows how a config entry or subentry is spelled. A key that is
written here must be readable by every later version.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, Self
from urllib.parse import urlsplit
from uuid import uuid4

from homeassistant.config_entries import ConfigEntry, ConfigSubentry, ConfigSubentryData
from homeassistant.const import CONF_DEVICE, CONF_NAME

from dpm_core.model import CcoType, OverrideAction, Program, SerialNumber
from dpm_core.transport import normalise_url, redacted_url

from .const import SUBENTRY_MODULE

CONF_KIND: Final = "kind"
CONF_BAUD: Final = "baud"
CONF_ECHO: Final = "echo"
CONF_ALLOW_SENDING: Final = "allow_sending"
CONF_ALLOW_EXTENSION: Final = "allow_extension"
CONF_SERIALS: Final = "serials"
CONF_SERIAL: Final = "serial"
CONF_UID: Final = "uid"
CONF_PROGRAM: Final = "program"

DEFAULT_BAUD: Final = 31250
"""Bits per second. Source: qs-link.md section 1, "Baud rate evidence": low certainty."""


class LinkKind(StrEnum):
    """How the link is reached. A HomeWorks QS processor will be one more kind."""

    SERIAL = "serial"
    TCP = "tcp"
    SIMULATED = "simulated"


class Echo(StrEnum):
    """Whether the adapter hears what we send ourselves."""

    NONE = "none"
    LOCAL = "local"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkConfig:
    """One link as it is stored in a config entry's data."""

    kind: LinkKind
    device: str = ""
    """The port exactly as it was given: a path or a URL. Empty for the simulated link."""

    baud: int = DEFAULT_BAUD
    echo: Echo = Echo.NONE
    allow_sending: bool = False
    allow_extension: bool = False
    serials: tuple[SerialNumber, ...] = ()
    """The modules of a simulated link."""

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Return the link that a config entry's data describes."""
        return cls(
            kind=LinkKind(data[CONF_KIND]),
            device=data.get(CONF_DEVICE, ""),
            baud=data.get(CONF_BAUD, DEFAULT_BAUD),
            echo=Echo(data.get(CONF_ECHO, Echo.NONE)),
            allow_sending=data.get(CONF_ALLOW_SENDING, False),
            allow_extension=data.get(CONF_ALLOW_EXTENSION, False),
            serials=tuple(SerialNumber.parse(serial) for serial in data.get(CONF_SERIALS, ())),
        )

    def as_data(self) -> dict[str, Any]:
        """Return what a config entry stores."""
        if self.is_simulated:
            return {CONF_KIND: self.kind.value, CONF_SERIALS: [str(s) for s in self.serials]}
        return {
            CONF_KIND: self.kind.value,
            # Newer releases read this key to show which integration holds a port.
            CONF_DEVICE: self.device,
            CONF_BAUD: self.baud,
            CONF_ECHO: self.echo.value,
            CONF_ALLOW_SENDING: self.allow_sending,
            CONF_ALLOW_EXTENSION: self.allow_extension,
        }

    @property
    def is_simulated(self) -> bool:
        """Whether there is no hardware behind the link."""
        return self.kind is LinkKind.SIMULATED

    @property
    def may_send(self) -> bool:
        """Whether anything may be sent on the link."""
        return self.is_simulated or self.allow_sending

    @property
    def may_extend(self) -> bool:
        """Whether this project's own messages may be sent too."""
        return self.is_simulated or (self.allow_sending and self.allow_extension)

    @property
    def shown_device(self) -> str:
        """The port as it may be shown: without the keys that a URL can hold."""
        shown = redacted_url(self.device)
        return urlsplit(shown).netloc if self.kind is LinkKind.TCP else shown

    def with_consents(self, *, allow_sending: bool, allow_extension: bool) -> Self:
        """Return the link with what its owner allows."""
        return replace(self, allow_sending=allow_sending, allow_extension=allow_extension)

    def identity(self) -> str:
        """Return what two spellings of the same port have in common; reads the file system."""
        if self.is_simulated:
            return f"{LinkKind.SIMULATED}:{','.join(str(serial) for serial in self.serials)}"
        if "://" in self.device:
            return normalise_url(self.device)
        return os.path.realpath(self.device)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleConfig:
    """One module as it is stored in a config subentry."""

    serial: SerialNumber
    uid: str
    """Random, made with the module: names its device and entities for good, on whatever link."""

    name: str
    program: Program
    """What the module was last known to be programmed with; factory values before that."""

    @classmethod
    def new(cls, serial: SerialNumber, program: Program | None, name: str = "") -> Self:
        """Return a module that was never set up here before."""
        known = program or Program()
        return cls(
            serial=serial,
            uid=uuid4().hex,
            name=name or known.name or f"Module {serial}",
            program=known,
        )

    @classmethod
    def from_subentry(cls, subentry: ConfigSubentry) -> Self:
        """Return the module that a subentry describes."""
        return cls(
            serial=SerialNumber.parse(subentry.data[CONF_SERIAL]),
            uid=subentry.data[CONF_UID],
            name=subentry.title,
            program=_program_from_data(subentry.data[CONF_PROGRAM]),
        )

    def as_data(self) -> dict[str, Any]:
        """Return what a subentry stores beside its title."""
        return {
            CONF_SERIAL: str(self.serial),
            CONF_UID: self.uid,
            CONF_PROGRAM: program_as_data(self.program),
        }

    def as_new_subentry(self) -> ConfigSubentryData:
        """Return the subentry that is created together with its entry."""
        return ConfigSubentryData(
            data=self.as_data(),
            subentry_type=SUBENTRY_MODULE,
            title=self.name,
            unique_id=str(self.serial),
        )


def modules_of(entry: ConfigEntry[Any]) -> Mapping[str, ModuleConfig]:
    """Return the modules of a link by the id of their subentry."""
    return MappingProxyType(
        {
            subentry_id: ModuleConfig.from_subentry(subentry)
            for subentry_id, subentry in entry.subentries.items()
            if subentry.subentry_type == SUBENTRY_MODULE
        }
    )


def program_as_data(program: Program) -> dict[str, Any]:
    """Return a program as plain values, for storage and diagnostics."""
    return {
        CONF_NAME: program.name,
        "zone_names": list(program.zone_names),
        "override_actions": [action.name.lower() for action in program.override_actions],
        "cco_type": program.cco_type.name.lower(),
        "cco_pulse_s": program.cco_pulse_s,
        "cci_debounce_s": program.cci_debounce_s,
    }


def _program_from_data(data: Mapping[str, Any]) -> Program:
    zone_names = data["zone_names"]
    actions = [OverrideAction[name.upper()] for name in data["override_actions"]]
    return Program(
        name=data[CONF_NAME],
        zone_names=(zone_names[0], zone_names[1], zone_names[2], zone_names[3]),
        override_actions=(actions[0], actions[1], actions[2], actions[3]),
        cco_type=CcoType[data["cco_type"].upper()],
        cco_pulse_s=data["cco_pulse_s"],
        cci_debounce_s=data["cci_debounce_s"],
    )
