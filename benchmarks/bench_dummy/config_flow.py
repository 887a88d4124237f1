"""A flow that nobody starts: Home Assistant sets up no entry without one."""

from __future__ import annotations

from homeassistant.config_entries import ConfigFlow

from . import DOMAIN


class DummyFlow(ConfigFlow, domain=DOMAIN):
    """Nothing to ask."""
