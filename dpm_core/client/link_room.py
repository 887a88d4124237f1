"""How much room is left on the link, with what else hangs on it counted.

House rule: counting only; the limits are the model's.
"""

from __future__ import annotations

import logging

from dpm_core.errors import LinkFull, UnsupportedSetting
from dpm_core.model import check_link_limits

_LOGGER = logging.getLogger(__name__)


class LinkRoom:
    """What hangs on the link beside its modules and its processor.

    Args:
        devices: How many devices.
        zones: How many zones they have together.
    """

    __slots__ = ("_devices", "_has_said_full", "_zones", "wallstations")

    def __init__(self, devices: int, zones: int) -> None:
        self._devices = devices
        self._zones = zones
        self._has_said_full = False
        self.wallstations = 0
        """How many wallstations were added, which are none of the others."""

    @property
    def other_zones(self) -> int:
        """How many zones other devices have."""
        return self._zones

    def check(self, modules: int) -> None:
        """Refuse more modules than there is room for.

        Raises:
            LinkFull: That many modules do not fit.
        """
        devices = self._devices + self.wallstations
        check_link_limits(modules, other_devices=devices, other_zones=self._zones)

    def add_wallstation(self, modules: int) -> None:
        """Count one wallstation more.

        Raises:
            LinkFull: It does not fit beside that many modules.
        """
        self.wallstations += 1
        try:
            self.check(modules)
        except LinkFull:
            self.wallstations -= 1
            raise

    def count_others(self, devices: int, zones: int, modules: int) -> None:
        """Note what else is on the link from now on; when refused, all stays as it was.

        Raises:
            UnsupportedSetting: A negative count.
            LinkFull: They do not fit beside that many modules.
        """
        for name, value in (("other_devices", devices), ("other_zones", zones)):
            if value < 0:
                raise UnsupportedSetting(name, value, "0 or more")
        check_link_limits(modules, other_devices=devices + self.wallstations, other_zones=zones)
        self._devices, self._zones = devices, zones
        self._has_said_full = False

    def refuse_heard(self, error: LinkFull) -> None:
        """Say once that a module was heard for which there is no room."""
        if not self._has_said_full:
            self._has_said_full = True
            _LOGGER.warning("A module was heard and is left out: %s", error)
