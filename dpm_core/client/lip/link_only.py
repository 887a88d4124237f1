"""What people do on a QS link and the integration protocol has no word for, refused by name.

House rule: a call leaves this file when the protocol can do it.

Source: integration-protocol.md 0.3, 9.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from dpm_core.client.lip.processor_link import ProcessorLink
from dpm_core.errors import NotThroughProcessor

if TYPE_CHECKING:
    from dpm_core.model import IntegrationId


class LinkOnly(ProcessorLink):
    """The calls of `DpmClient` that only the QS link can do; nothing is ever sent for them."""

    def _refuse(self, command: str) -> NoReturn:
        raise NotThroughProcessor(self.url, command)

    async def discover(self) -> NoReturn:
        """Refuse: no project says which outputs are one module; `suggest_modules()` helps."""
        self._refuse("A search for modules")

    async def read_program(self, serial: IntegrationId) -> NoReturn:
        """Refuse: a module's program is not told."""
        self._refuse("Reading a program")

    async def write_program(self, serial: IntegrationId, program: object) -> NoReturn:
        """Refuse: only the programming software can change a module."""
        self._refuse("Writing a program")

    async def read_groups(self, serial: IntegrationId) -> NoReturn:
        """Refuse: groups belong to the QS link."""
        self._refuse("Reading groups")

    async def set_group(self, serial: IntegrationId, group: int, members: object) -> NoReturn:
        """Refuse: groups belong to the QS link."""
        self._refuse("Programming a group")

    async def set_group_level(self, group: int, level_percent: float) -> NoReturn:
        """Refuse: groups belong to the QS link."""
        self._refuse("A command to a group")

    async def read_counters(self, serial: IntegrationId) -> NoReturn:
        """Refuse: relays are not counted for a processor."""
        self._refuse("Reading counters")

    async def clear_counters(self, serial: IntegrationId, mask: Any = None) -> NoReturn:
        """Refuse: relays are not counted for a processor."""
        self._refuse("Clearing counters")

    async def identify(self, serial: IntegrationId, is_on: bool = True) -> NoReturn:
        """Refuse: a processor cannot make a module flash its LEDs."""
        self._refuse("Flashing a module's LEDs")

    async def end_cco_pulse(self, serial: IntegrationId) -> NoReturn:
        """Refuse: a pulse ends by itself; what else would end it is documented nowhere."""
        self._refuse("Ending a pulse of the CCO")
