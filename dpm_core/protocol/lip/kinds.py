"""The numbers that lines carry, with their names: kinds of monitoring, states, actions.

House rule: numbers of the protocol only; what may be done with them is decided elsewhere.

Source: integration-protocol.md 3.1, 3.2, 3.4, 3.5.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final

__all__ = [
    "LedState",
    "MonitoringKind",
    "Occupancy",
    "OutputAction",
    "OutputMove",
    "SystemAction",
]


class OutputAction(IntEnum):
    """What is done with an output, or told of one. Source: integration-protocol.md 3.1."""

    LEVEL = 1
    START_RAISING = 2
    START_LOWERING = 3
    STOP = 4
    FLASH = 5
    PULSE = 6


class OutputMove(IntEnum):
    """How an output is moved without a level; what a relay makes of it is not documented."""

    START_RAISING = OutputAction.START_RAISING
    START_LOWERING = OutputAction.START_LOWERING
    STOP = OutputAction.STOP


PRESS: Final = 3
RELEASE: Final = 4
LED: Final = 9
CONTACT: Final = 35
"""Actions of a device: pressed or closed, released or open, its LED, asked for a contact.
Source: integration-protocol.md 3.2."""

OCCUPANCY_OF_AREA: Final = 8
OCCUPANCY_OF_GROUP: Final = 3
"""Actions that ask for and tell occupancy. Source: integration-protocol.md 3.4."""

VALUE_OF_VARIABLE: Final = 1
"""The action that sets and tells a variable. Source: integration-protocol.md 3.7."""


class LedState(IntEnum):
    """What an LED of a wallstation does. Source: integration-protocol.md 3.2, action 9."""

    OFF = 0
    ON = 1
    FLASH = 2
    """Once a second."""
    RAPID_FLASH = 3
    """Ten times a second."""


class Occupancy(IntEnum):
    """Whether somebody is in an area. Source: integration-protocol.md 3.4."""

    OCCUPIED = 3
    UNOCCUPIED = 4
    UNKNOWN = 255


class SystemAction(IntEnum):
    """What a processor tells of itself. Source: integration-protocol.md 3.6."""

    TIME = 1
    DATE = 2
    LOCATION = 4
    TIME_ZONE = 5
    SUNSET = 6
    SUNRISE = 7
    FIRMWARE = 8
    """Answered by free text."""
    DATABASE_EXPORT = 10
    """When the project was exported last. Not in the guide; other programs use it."""
    LOAD_SHED = 11
    DATABASE = 12
    """The whole database over the session; hardly tried by anybody, and not sent by us."""


class MonitoringKind(IntEnum):
    """What a session can be told without asking. Source: integration-protocol.md 3.5."""

    DIAGNOSTIC = 1
    EVENT = 2
    """Contact inputs."""
    BUTTON = 3
    LED = 4
    ZONE = 5
    """Levels of outputs, contact outputs among them."""
    OCCUPANCY = 6
    PHOTO_SENSOR = 7
    SCENE = 8
    TIME_CLOCK = 9
    SYSTEM_VARIABLE = 10
    REPLY = 11
    """Off, the processor says nothing at all: never touched by us."""
    PROMPT = 12
    OCCUPANCY_GROUP = 13
    DEVICE_LOCK = 14
    SEQUENCE = 16
    HVAC = 17
    MODE = 18
    SHADE_GROUP = 23
    PARTITION_WALL = 24
    TEMPERATURE = 27
    ALL = 255
    """All but `REPLY` and `PROMPT`."""
