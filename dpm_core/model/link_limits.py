"""How much one QS link holds, counted: every device on it, and the zones of all of them.

The simulator, the client and Home Assistant all ask here, so that the 101st device is refused by
the same words wherever it is added.

House rule: counting only; the two limits themselves are figures of the specification, in
`ratings.py`.

Source: 3691060c, "QS Link Limits".
"""

from __future__ import annotations

from typing import Final

from dpm_core.errors import LinkFull
from dpm_core.model.identifiers import ZONES
from dpm_core.model.ratings import LINK_DEVICES, LINK_ZONES

LINK_MODULES_MAX: Final = int(LINK_DEVICES.value) - 1
"""Most modules on one link: all its devices but the processor. Their zones are fewer than it holds.

Source: 3691060c, "QS Link Limits"."""


def check_link_limits(modules: int, *, other_devices: int = 0, other_zones: int = 0) -> None:
    """Refuse a link that would hold more than a QS link may.

    Args:
        modules: How many modules are on it; each is one device and four zones.
        other_devices: How many devices beside them, without the processor, which always counts.
        other_zones: How many zones those have together.

    Raises:
        LinkFull: More than 100 devices, the processor among them, or more than 512 zones.
    """
    devices = 1 + modules + other_devices
    zones = len(ZONES) * modules + other_zones
    devices_max, zones_max = int(LINK_DEVICES.value), int(LINK_ZONES.value)
    if devices > devices_max or zones > zones_max:
        raise LinkFull(devices, devices_max, zones, zones_max)
