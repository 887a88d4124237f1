"""What single zones are told, made once for each module: the message, and its words for people.

On and off are said over and over, and to make and check them takes longer than to send them. So a
module's record keeps them. Any other level is made each time.

House rule: what is said, not when or whether.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from dpm_core.errors import UnsupportedSetting
from dpm_core.model import level_is_on
from dpm_core.protocol import BROADCAST, Dialect, GoToLevel
from dpm_core.protocol.level_messages import component_of
from dpm_core.protocol.levels import level_to_raw

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dpm_core.client.locks import Key
    from dpm_core.client.module_record import ModuleRecord
    from dpm_core.client.settings import ClientSettings
    from dpm_core.model import ZoneNumber
    from dpm_core.protocol import Target

_KEPT_LEVELS: Final = (0.0, 100.0)


class ZoneCommand(NamedTuple):
    """One zone of one module told one level.

    Attributes:
        message: What is sent.
        words: What it is, for people.
        wanted: What the zone shall be.
        keys: What must be held while it is done.
    """

    message: GoToLevel
    words: str
    wanted: Mapping[ZoneNumber, bool]
    keys: tuple[Key, ...]


class ZoneCommands:
    """Makes what zones are told.

    Args:
        settings: The dialect, and the component numbers of zones.
    """

    def __init__(self, settings: ClientSettings) -> None:
        self._settings = settings
        self._to_everybody: dict[float, GoToLevel] = {}

    def of(self, record: ModuleRecord, zone: ZoneNumber, level_percent: float) -> ZoneCommand:
        """Return what tells a zone a level."""
        kept = record.zone_commands.get((zone, level_percent))
        if kept is None:
            kept = ZoneCommand(
                self.go_to_level(record.serial, zone, level_percent),
                zones_words({zone: level_percent}),
                {zone: level_is_on(level_percent)},
                ((record.serial, int(zone)),),
            )
            if level_percent in _KEPT_LEVELS:
                record.zone_commands[zone, level_percent] = kept
        return kept

    def to_everybody(self, level_percent: float) -> GoToLevel:
        """Return the message for all zones of all modules."""
        kept = self._to_everybody.get(level_percent)
        if kept is None:
            kept = self.go_to_level(BROADCAST, None, level_percent)
            if level_percent in _KEPT_LEVELS:
                self._to_everybody[level_percent] = kept
        return kept

    def go_to_level(
        self, target: Target, zone: ZoneNumber | None, level_percent: float
    ) -> GoToLevel:
        """Return the message for a zone, or for all that a group or broadcast names.

        Raises:
            UnsupportedSetting: The dialect names no single zone.
        """
        settings = self._settings
        if settings.dialect is Dialect.RADIO and zone is not None:
            raise UnsupportedSetting(
                "dialect", settings.dialect.value, "wired: the radio dialect names no single zone"
            )
        component = 0 if zone is None else component_of(zone, settings.component_base)
        return GoToLevel(target, component, level_to_raw(level_percent), settings.dialect)


def zones_words(levels: Mapping[ZoneNumber, float]) -> str:
    """Return what telling zones their levels is called."""
    return ", ".join(
        f"zone {int(zone)} {on_or_off(level_is_on(level))}" for zone, level in levels.items()
    )


def on_or_off(is_on: bool) -> str:
    """Return the word for it."""
    return "on" if is_on else "off"
