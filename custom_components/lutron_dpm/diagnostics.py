"""What a person can attach to a report: the link, its modules, and no secrets."""

from __future__ import annotations

from typing import Final

from homeassistant.const import CONF_DEVICE, CONF_NAME

from .models import CONF_SERIAL, CONF_UID

# A port's path or address and a module's serial number tell where somebody lives or what they
# own; the names of rooms do so too.
_REDACTED: Final = {CONF_DEVICE, CONF_SERIAL, CONF_UID, CONF_NAME, "zone_names", "title", "url"}
