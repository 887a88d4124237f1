"""Names that more than one file of the integration must spell in the same way."""

from __future__ import annotations

from typing import Final

from homeassistant.const import Platform

DOMAIN: Final = "lutron_dpm"

SUBENTRY_MODULE: Final = "module"
"""The kind of config subentry that is one module."""

SUBENTRY_WALLSTATION: Final = "wallstation"
"""The kind of config subentry that is one wallstation of a processor's project."""

PLATFORMS: Final = [
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.EVENT,
    Platform.SENSOR,
    Platform.SWITCH,
]

MANUFACTURER: Final = "Lutron"

MODEL: Final = "LQSE-4S8-120-D"
"""Source: 3691060c, heading of page 1."""
