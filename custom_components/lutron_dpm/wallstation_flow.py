"""Adding a wallstation of a processor's project, in the user interface."""

from __future__ import annotations

from typing import Any, cast

from homeassistant.config_entries import (
    ConfigEntryState,
    ConfigSubentryFlow,
    SubentryFlowResult,
)

from . import processor_forms as forms
from .hub import LutronDpmConfigEntry
from .project_words import wallstations_of
from .wallstations import StoredWallstation, WallstationConfig, stored_wallstations


class WallstationFlow(ConfigSubentryFlow):
    """Add one wallstation that the project has and nobody has added yet."""

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Let the user pick one."""
        entry = cast(LutronDpmConfigEntry, self._get_entry())
        if entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="link_not_loaded")
        choices = _not_added(entry)
        if not choices:
            return self.async_abort(reason="no_wallstations")
        if user_input is not None and (picked := choices.get(user_input[forms.CONF_WALLSTATION])):
            wallstation = WallstationConfig.new(picked)
            return self.async_create_entry(
                title=wallstation.name, data=wallstation.as_data(), unique_id=wallstation.uid
            )
        return self.async_show_form(
            step_id="user",
            data_schema=forms.wallstation_schema({key: one.label for key, one in choices.items()}),
        )


def _not_added(entry: LutronDpmConfigEntry) -> dict[str, StoredWallstation]:
    project = entry.runtime_data.project.project
    added = {one.stored.device for one in stored_wallstations(entry).values()}
    return {
        key: one
        for key, one in (wallstations_of(project) if project else {}).items()
        if one.device not in added
    }
