"""Wallstations of a link, as they are stored, and as the entities see them.

A wallstation is named by the device id of the processor's project. Its buttons and LEDs are the
components that the project has for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Self
from uuid import uuid4

from homeassistant.config_entries import ConfigEntry, ConfigSubentry, ConfigSubentryData

from dpm_core.client import (
    WallstationButtonPressed,
    WallstationButtonReleased,
    WallstationLedChanged,
)
from dpm_core.model import IntegrationId

from .const import SUBENTRY_WALLSTATION

if TYPE_CHECKING:
    from .hub import Hub

CONF_ID: Final = "id"
CONF_UID: Final = "uid"
CONF_PROJECT_NAME: Final = "project_name"
CONF_AREA: Final = "area"
CONF_BUTTONS: Final = "buttons"
CONF_LEDS: Final = "leds"

type WallstationEvent = WallstationButtonPressed | WallstationButtonReleased | WallstationLedChanged


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredWallstation:
    """One wallstation of the project."""

    device: IntegrationId
    name: str
    area: str
    buttons: tuple[int, ...]
    leds: tuple[int, ...]

    @property
    def label(self) -> str:
        """What it is called where one is picked."""
        return (
            f"{self.area} / {self.name} ({self.device})"
            if self.area
            else (f"{self.name} ({self.device})")
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class WallstationConfig:
    """One wallstation as it is stored in a config subentry."""

    uid: str
    """Random, made with the wallstation: names its device and entities for good."""

    name: str
    stored: StoredWallstation

    @classmethod
    def new(cls, stored: StoredWallstation) -> Self:
        """Return a wallstation that was never set up here before."""
        name = f"{stored.area.rpartition(' / ')[2]} {stored.name}".strip()
        return cls(uid=uuid4().hex, name=name, stored=stored)

    @classmethod
    def from_subentry(cls, subentry: ConfigSubentry) -> Self:
        """Return the wallstation that a subentry describes."""
        data = subentry.data
        return cls(
            uid=data[CONF_UID],
            name=subentry.title,
            stored=StoredWallstation(
                device=IntegrationId(data[CONF_ID]),
                name=data[CONF_PROJECT_NAME],
                area=data[CONF_AREA],
                buttons=tuple(data[CONF_BUTTONS]),
                leds=tuple(data[CONF_LEDS]),
            ),
        )

    def as_data(self) -> dict[str, Any]:
        """Return what a subentry stores beside its title."""
        return {
            CONF_UID: self.uid,
            CONF_ID: int(self.stored.device),
            CONF_PROJECT_NAME: self.stored.name,
            CONF_AREA: self.stored.area,
            CONF_BUTTONS: list(self.stored.buttons),
            CONF_LEDS: list(self.stored.leds),
        }

    def as_new_subentry(self) -> ConfigSubentryData:
        """Return the subentry that is created together with its entry."""
        return ConfigSubentryData(
            data=self.as_data(),
            subentry_type=SUBENTRY_WALLSTATION,
            title=self.name,
            unique_id=self.uid,
        )


def stored_wallstations(entry: ConfigEntry[Any]) -> Mapping[str, WallstationConfig]:
    """Return the wallstations of a link by the id of their subentry."""
    return MappingProxyType(
        {
            subentry_id: WallstationConfig.from_subentry(subentry)
            for subentry_id, subentry in entry.subentries.items()
            if subentry.subentry_type == SUBENTRY_WALLSTATION
        }
    )


class Wallstation:
    """One wallstation of a link that is set up."""

    def __init__(self, hub: Hub, subentry_id: str, config: WallstationConfig) -> None:
        """Take what is stored about the wallstation."""
        self.hub = hub
        self.subentry_id = subentry_id
        self.config = config
        self.device = config.stored.device
        self.leds: dict[int, bool] = {}
        """What was heard of each LED since the link was last gone."""
        self.is_told_available = False
        """Whether it was available when that was last told, which is what entities show."""

    @property
    def is_in_project(self) -> bool:
        """Whether the present project has it, as far as is known."""
        return self.subentry_id not in self.hub.project.missing

    @property
    def is_available(self) -> bool:
        """Whether its link is there, and its id is that of the present project."""
        return self.is_in_project and self.hub.is_connected and self.hub.project.is_settled

    def learn(self, event: WallstationEvent) -> None:
        """Take what was heard of it."""
        if isinstance(event, WallstationLedChanged):
            self.leds[event.led] = event.is_on
