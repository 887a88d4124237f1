"""Figures of the LQSE-4S8-120-D that the module itself or its identity needs.

House rule: each figure once, with its source, held to the document by a test.
"""

from __future__ import annotations

from typing import Final

MODEL_NAME: Final = "LQSE-4S8-120-D"
"""Source: 3691060c, title."""

DEVICE_CLASS_WORD: Final = 0x09110104
"""What the module says it is, on the link. Source: qs-link.md 5, worked IDENTITY_REPORT."""

COMPONENT_TYPE_RELAY: Final = 0x38
"""What each zone says it is, on the link. Source: qs-link.md 5, IDENTITY_REPORT."""

MAINS_VOLTAGE_V: Final = 120
"""Source: 3691060c, "Power"."""

MAINS_RATED_HZ: Final = (50, 60)
"""Source: 3691060c, "Power"."""

ZONE_MAX_A: Final = 8.0
"""Most current that one zone may switch, in amperes. Source: 3691060c, "Output Zone Ratings"."""

MODULE_MAX_A: Final = 16.0
"""Most current of all four zones together, in amperes. Source: 3691060c, "Output Zone Ratings"."""
