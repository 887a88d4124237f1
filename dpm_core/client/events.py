"""What a client tells those who subscribed.

Each thing that happens is told once, after `DpmClient.modules` shows it. Which module it happened
to is said by its serial number on a link, and through a processor by the integration id of its
first zone.

House rule: facts only; nothing here decides anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from dpm_core.client.views import ModuleView
    from dpm_core.errors import LinkUnavailable
    from dpm_core.model import Cause, ContactState, ModuleAddress, ZoneNumber


class ConnectionState(Enum):
    """How the connection to the link is, apart from any module on it."""

    CLOSED = "closed"
    """Not opened yet, or closed by `close()`."""

    CONNECTING = "connecting"
    """Being opened for the first time."""

    CONNECTED = "connected"
    LOST = "lost"
    """Lost, and being opened again."""


@dataclass(frozen=True, slots=True)
class ModuleChanged:
    """Anything that is known of a module has changed.

    Attributes:
        serial: Which module.
        view: What is known now.
        previous: What was known before.
    """

    serial: ModuleAddress
    view: ModuleView
    previous: ModuleView


@dataclass(frozen=True, slots=True)
class ZoneSwitched:
    """A zone went on or off.

    Attributes:
        serial: Which module.
        zone: Which zone.
        is_on: What it is now.
        cause: Why; `QUERY` where the change itself was not heard, only its result.
    """

    serial: ModuleAddress
    zone: ZoneNumber
    is_on: bool
    cause: Cause


@dataclass(frozen=True, slots=True)
class ZoneButtonPressed:
    """A zone button on a module was pressed, and its zone switched."""

    serial: ModuleAddress
    zone: ZoneNumber


@dataclass(frozen=True, slots=True)
class OverrideEntered:
    """A module went to manual override: its CCI opened."""

    serial: ModuleAddress


@dataclass(frozen=True, slots=True)
class OverrideLeft:
    """A module left manual override: its CCI closed."""

    serial: ModuleAddress


@dataclass(frozen=True, slots=True)
class CciChanged:
    """The manual override input of a module opened or closed, after its debounce."""

    serial: ModuleAddress
    contact: ContactState


@dataclass(frozen=True, slots=True)
class CcoChanged:
    """The N.O. contact of a module's CCO closed or opened."""

    serial: ModuleAddress
    is_closed: bool


@dataclass(frozen=True, slots=True)
class ModuleAnnounced:
    """A module announced itself: somebody pressed its Prog. button. It need not be known."""

    serial: ModuleAddress


@dataclass(frozen=True, slots=True)
class ModuleLost:
    """A module does not answer any more."""

    serial: ModuleAddress


@dataclass(frozen=True, slots=True)
class ModuleReturned:
    """A lost module answers again, and its state was read."""

    serial: ModuleAddress


@dataclass(frozen=True, slots=True)
class ConnectionLost:
    """The connection to the link was lost; it is opened again as soon as that is possible.

    Attributes:
        error: Why.
    """

    error: LinkUnavailable


@dataclass(frozen=True, slots=True)
class ConnectionRestored:
    """The lost connection is there again. Each module is stale until it was read."""


@dataclass(frozen=True, slots=True)
class ProjectChanged:
    """The processor has another project than before: names and integration ids may be others.

    Attributes:
        exported: When the project was exported, in the processor's words.
        previous: The same of the project before.
    """

    exported: str
    previous: str


@dataclass(frozen=True, slots=True)
class WallstationButtonPressed:
    """A button of a wallstation was pressed.

    Attributes:
        wallstation: Which wallstation.
        button: Which button, by its number (its component number at a processor).
    """

    wallstation: ModuleAddress
    button: int


@dataclass(frozen=True, slots=True)
class WallstationButtonReleased:
    """A button of a wallstation was released; not every wallstation says so."""

    wallstation: ModuleAddress
    button: int


@dataclass(frozen=True, slots=True)
class WallstationLedChanged:
    """An LED of a wallstation went on or off."""

    wallstation: ModuleAddress
    led: int
    is_on: bool


ModuleEvent: TypeAlias = (
    ModuleChanged
    | ZoneSwitched
    | ZoneButtonPressed
    | OverrideEntered
    | OverrideLeft
    | CciChanged
    | CcoChanged
    | ModuleLost
    | ModuleReturned
)
"""What happens at a module that was added."""

ClientEvent: TypeAlias = (
    ModuleEvent
    | ModuleAnnounced
    | WallstationButtonPressed
    | WallstationButtonReleased
    | WallstationLedChanged
    | ProjectChanged
    | ConnectionLost
    | ConnectionRestored
)
