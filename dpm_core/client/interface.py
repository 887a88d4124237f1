"""What a client of the modules can do, whichever way it reaches them.

`DpmClient` is on the QS link, `ProcessorClient` behind a HomeWorks QS processor. A program that
is written for this interface works with both.

House rule: only what both promise, in the same words; a command that one of them cannot do is
not here, and raises `NotThroughProcessor` there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dpm_core.client.events import ClientEvent, ConnectionState
    from dpm_core.client.group_levels import Outcome
    from dpm_core.client.views import ModuleView

Address: TypeAlias = Any
"""A `ModuleAddress` of this client's own kind: a serial number on a link, an integration id
through a processor. No type says so without splitting the interface in two."""


class ModuleClient(Protocol):
    """The modules that one client cares for.

    A command returns when the module was seen to do it, and raises a named error otherwise,
    within a stated time. What failed is not applied later. A lost connection is opened again for
    ever.
    """

    @property
    def connection(self) -> ConnectionState:
        """How the connection is."""

    @property
    def url(self) -> str:
        """Where it goes, for people; no credentials are in it."""

    @property
    def modules(self) -> Mapping[Address, ModuleView]:
        """What is known of each module that was added, always as it is now."""

    async def connect(self) -> None:
        """Open the connection, and keep it open until `close()`.

        Raises:
            LinkUnavailable: It cannot be opened. It is not tried again.
        """

    async def close(self) -> None:
        """Close the connection; calls that wait for an answer raise `LinkUnavailable`."""

    def subscribe(
        self, callback: Callable[[ClientEvent], None], serial: Address | None = None
    ) -> Callable[[], None]:
        """Be told what happens, to one module or to all; return the function that ends that."""

    def remove_module(self, serial: Address) -> None:
        """Care for a module no more; one that is not known stays unknown."""

    async def refresh(self, serial: Address) -> ModuleView:
        """Read a module's state; return its view."""

    async def turn_zone_on(self, serial: Address, zone: int) -> None:
        """Switch a zone on."""

    async def turn_zone_off(self, serial: Address, zone: int) -> None:
        """Switch a zone off."""

    async def set_zone_level(self, serial: Address, zone: int, level_percent: float) -> None:
        """Tell a zone a level: any above 0 % is on."""

    async def set_zones(self, serial: Address, zones: Mapping[int, bool]) -> None:
        """Switch several zones of a module."""

    async def toggle_zone(self, serial: Address, zone: int) -> bool:
        """Switch a zone to what it is not; return what it is now."""

    async def broadcast_level(self, level_percent: float) -> Mapping[Address, Outcome]:
        """Tell all zones of all modules a level; return for each `DONE` or why not."""

    async def pulse_cco(self, serial: Address, pulse_s: float | None = None) -> None:
        """Close the CCO for a time; for as long as it is programmed if None."""

    async def close_cco(self, serial: Address) -> None:
        """Close the CCO."""

    async def open_cco(self, serial: Address) -> None:
        """Open the CCO."""

    async def end_cco_pulse(self, serial: Address) -> None:
        """End a pulse of the CCO that is running; nothing otherwise."""
