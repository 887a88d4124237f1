"""What is stored about a link and its modules, as typed values.

House rule: the only place that knows how a config entry or subentry is spelled. A key that is
written here must be readable by every later version.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, Self
from urllib.parse import urlsplit
from uuid import uuid4

from homeassistant.config_entries import ConfigEntry, ConfigSubentry, ConfigSubentryData
from homeassistant.const import (
    CONF_DEVICE,
    CONF_HOST,
    CONF_MODEL,
    CONF_PASSWORD,
    CONF_PORT,
    CONF_USERNAME,
)

from dpm_core.model import (
    IntegrationId,
    ModuleAddress,
    Program,
    SerialNumber,
    ZoneNumber,
)
from dpm_core.transport import normalise_url, redacted_url

from .const import MODEL, SUBENTRY_MODULE
from .outputs import ModuleOutputs, StoredOutput
from .stored_program import program_as_data, program_from_data

CONF_KIND: Final = "kind"
CONF_BAUD: Final = "baud"
CONF_ECHO: Final = "echo"
CONF_ALLOW_SENDING: Final = "allow_sending"
CONF_ALLOW_EXTENSION: Final = "allow_extension"
CONF_SERIALS: Final = "serials"
CONF_SERIAL: Final = "serial"
CONF_UID: Final = "uid"
CONF_PROGRAM: Final = "program"
CONF_HTTP_PORT: Final = "http_port"
CONF_OUTPUTS: Final = "outputs"

DEFAULT_BAUD: Final = 31250
"""Bits per second. Source: qs-link.md section 1, "Baud rate evidence": low certainty."""

DEFAULT_TELNET_PORT: Final = 23
DEFAULT_HTTP_PORT: Final = 80
"""Where a processor is spoken to, and serves its database.
Source: integration-protocol.md 1.1, "Telnet server, TCP 23" and "Database by HTTP, port 80"."""


class LinkKind(StrEnum):
    """How the modules are reached: over their own link, or through a processor that is on it."""

    SERIAL = "serial"
    TCP = "tcp"
    PROCESSOR = "processor"
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

    host: str = ""
    port: int = DEFAULT_TELNET_PORT
    http_port: int = DEFAULT_HTTP_PORT
    username: str = ""
    password: str = field(default="", repr=False)
    """Where a processor is, and its login."""

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
            host=data.get(CONF_HOST, ""),
            port=data.get(CONF_PORT, DEFAULT_TELNET_PORT),
            http_port=data.get(CONF_HTTP_PORT, DEFAULT_HTTP_PORT),
            username=data.get(CONF_USERNAME, ""),
            password=data.get(CONF_PASSWORD, ""),
        )

    def as_data(self) -> dict[str, Any]:
        """Return what a config entry stores."""
        if self.is_simulated:
            return {CONF_KIND: self.kind.value, CONF_SERIALS: [str(s) for s in self.serials]}
        if self.is_processor:
            return {
                CONF_KIND: self.kind.value,
                CONF_HOST: self.host,
                CONF_PORT: self.port,
                CONF_HTTP_PORT: self.http_port,
                CONF_USERNAME: self.username,
                CONF_PASSWORD: self.password,
            }
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
    def is_processor(self) -> bool:
        """Whether a HomeWorks QS processor stands between us and the modules."""
        return self.kind is LinkKind.PROCESSOR

    @property
    def may_send(self) -> bool:
        """Whether anything may be sent on the link."""
        return self.is_simulated or self.is_processor or self.allow_sending

    @property
    def may_extend(self) -> bool:
        """Whether this project's own messages may be sent too."""
        return self.is_simulated or (self.allow_sending and self.allow_extension)

    @property
    def may_ask(self) -> bool:
        """Whether modules can be asked what their state is."""
        return self.may_extend or self.is_processor

    @property
    def shown_device(self) -> str:
        """Where it is, as it may be shown: without a login, or the keys that a URL can hold."""
        if self.is_processor:
            host = f"[{self.host}]" if ":" in self.host else self.host
            return host if self.port == DEFAULT_TELNET_PORT else f"{host}:{self.port}"
        shown = redacted_url(self.device)
        return urlsplit(shown).netloc if self.kind is LinkKind.TCP else shown

    def with_consents(self, *, allow_sending: bool, allow_extension: bool) -> Self:
        """Return the link with what its owner allows."""
        return replace(self, allow_sending=allow_sending, allow_extension=allow_extension)

    def with_login(self, username: str, password: str) -> Self:
        """Return the processor with another login."""
        return replace(self, username=username, password=password)

    def identity(self) -> str:
        """Return what two spellings of the same port have in common; reads the file system."""
        if self.is_simulated:
            return f"{LinkKind.SIMULATED}:{','.join(str(serial) for serial in self.serials)}"
        if self.is_processor:
            return f"{LinkKind.PROCESSOR}:{self.host.casefold()}:{self.port}"
        if "://" in self.device:
            return normalise_url(self.device)
        return os.path.realpath(self.device)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleConfig:
    """One module as it is stored in a config subentry.

    It has a serial number on its own link, outputs through a processor. Both stay when it moves
    from one to the other; its link says which of them counts.
    """

    uid: str
    """Random, made with the module: names its device and entities for good, on whatever link."""

    name: str
    program: Program
    """What the module was last known to be programmed with; factory values before that. Through
    a processor nobody can read it: then it is a note, kept here."""

    serial: SerialNumber | None = None
    outputs: ModuleOutputs | None = None
    is_through_processor: bool = False
    lacking: frozenset[IntegrationId] = frozenset()
    """Ids that the processor's present project has no more; not stored, but found at each start."""

    model: str = MODEL
    """Which model of the family it is, where it does not say so itself."""

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
    def through_processor(cls, outputs: ModuleOutputs, program: Program, name: str) -> Self:
        """Return a module of a processor's project that was never set up here before."""
        return cls(
            outputs=outputs,
            uid=uuid4().hex,
            name=name or f"Module {outputs.address}",
            program=program,
            is_through_processor=True,
        )

    @classmethod
    def from_subentry(cls, subentry: ConfigSubentry, *, is_through_processor: bool = False) -> Self:
        """Return the module that a subentry describes."""
        serial, outputs = subentry.data.get(CONF_SERIAL), subentry.data.get(CONF_OUTPUTS)
        return cls(
            serial=SerialNumber.parse(serial) if serial else None,
            outputs=ModuleOutputs.from_data(outputs) if outputs else None,
            uid=subentry.data[CONF_UID],
            name=subentry.title,
            program=program_from_data(subentry.data[CONF_PROGRAM]),
            is_through_processor=is_through_processor,
            model=subentry.data.get(CONF_MODEL, MODEL),
        )

    def as_data(self) -> dict[str, Any]:
        """Return what a subentry stores beside its title."""
        data: dict[str, Any] = {
            CONF_UID: self.uid,
            CONF_PROGRAM: program_as_data(self.program),
            CONF_MODEL: self.model,
        }
        if self.serial is not None:
            data[CONF_SERIAL] = str(self.serial)
        if self.outputs is not None:
            data[CONF_OUTPUTS] = self.outputs.as_data()
        return data

    def as_new_subentry(self) -> ConfigSubentryData:
        """Return the subentry that is created together with its entry."""
        return ConfigSubentryData(
            data=self.as_data(),
            subentry_type=SUBENTRY_MODULE,
            title=self.name,
            unique_id=self.unique_id,
        )

    @property
    def unique_id(self) -> str:
        """What tells the module's subentry from the others of its link, for as long as it stays.

        A processor's ids change with its project, so there it is the module's own.
        """
        return self.uid if self.is_through_processor else str(self.serial)

    @property
    def address(self) -> ModuleAddress:
        """What the library knows the module by on its present link."""
        if self.is_through_processor:
            assert self.outputs
            reached = (self.reached(zone) for zone in self.outputs.zones)
            return next((number for number in reached if number), self.outputs.address)
        return self.wired_serial

    @property
    def wired_serial(self) -> SerialNumber:
        """Its serial number, on its own link, where it is never without one."""
        assert self.serial is not None
        return self.serial

    def moved_to_processor(self, outputs: ModuleOutputs, program: Program, name: str) -> Self:
        """Return the same module, reached through a processor from now on."""
        return replace(
            self,
            outputs=outputs,
            program=program,
            name=name or self.name,
            is_through_processor=True,
        )

    def moved_to_link(self, serial: SerialNumber, program: Program | None, name: str) -> Self:
        """Return the same module, reached on its own link from now on."""
        return replace(
            self,
            serial=serial,
            program=program or self.program,
            name=name or self.name,
            is_through_processor=False,
        )

    def zone_name(self, zone: ZoneNumber) -> str:
        """Return what the module, or the processor's project, calls a zone; may be empty."""
        if self.is_through_processor:
            assert self.outputs
            output = self.outputs.zones[zone - 1]
            # The device's name stands in front of it already.
            return output.name.removeprefix(f"{self.name} ") if output else ""
        return self.program.zone_names[zone - 1]

    def has_zone(self, zone: ZoneNumber) -> bool:
        """Return whether a zone can be reached on the present link."""
        if not self.is_through_processor:
            return True
        assert self.outputs
        return self.reached(self.outputs.zones[zone - 1]) is not None

    @property
    def has_cco(self) -> bool:
        """Whether the CCO can be reached on the present link."""
        if not self.is_through_processor:
            return True
        assert self.outputs
        return self.reached(self.outputs.cco) is not None

    def reached(self, output: StoredOutput | None) -> IntegrationId | None:
        """Return the id of an output of the module; None where the present project lacks it."""
        return None if output is None or output.number in self.lacking else output.number


def modules_of(entry: ConfigEntry[Any]) -> Mapping[str, ModuleConfig]:
    """Return the modules of a link by the id of their subentry."""
    is_processor = LinkConfig.from_data(entry.data).is_processor
    return MappingProxyType(
        {
            subentry_id: ModuleConfig.from_subentry(subentry, is_through_processor=is_processor)
            for subentry_id, subentry in entry.subentries.items()
            if subentry.subentry_type == SUBENTRY_MODULE
        }
    )
