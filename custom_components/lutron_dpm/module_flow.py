"""Adding a module to a link that is set up, and programming it, in the user interface."""

from __future__ import annotations

from typing import Any, cast

from homeassistant.config_entries import (
    ConfigEntryState,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.const import CONF_NAME

from dpm_core.errors import DpmError, LinkUnavailable
from dpm_core.model import Program, SerialNumber

from . import forms
from .failures import failure_of
from .forms import BadInput
from .hub import Hub, LutronDpmConfigEntry
from .models import CONF_PROGRAM, CONF_SERIAL, ModuleConfig, program_as_data
from .neighbours import module_taken_by
from .program_form import program_as_input, program_from_input, program_schema
from .survey import ask_program


class ModuleFlow(ConfigSubentryFlow):
    """Add one module, or change what one is programmed with, over the link that is running."""

    def __init__(self) -> None:
        """Start with nothing known."""
        self._found: dict[SerialNumber, str] = {}
        self._program: Program | None = None

    @property
    def _hub(self) -> Hub | None:
        entry = cast(LutronDpmConfigEntry, self._get_entry())
        return entry.runtime_data if entry.state is ConfigEntryState.LOADED else None

    # --- Adding --------------------------------------------------------------------------------

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Look for modules on the running link where we may; elsewhere take those that called."""
        hub = self._hub
        if hub is None:
            return self.async_abort(reason="link_not_loaded")
        try:
            if hub.config.may_extend:
                serials = [module.serial for module in await hub.client.discover()]
            else:
                serials = sorted(hub.announced)
        except DpmError as error:
            failure = failure_of(error)
            return self.async_abort(
                reason="discovery_failed", description_placeholders=failure.facts
            )
        self._found = {
            serial: str(serial)
            for serial in serials
            if not module_taken_by(self.hass, serial, is_simulated=hub.config.is_simulated)
        }
        if not hub.config.may_extend:
            return await self.async_step_by_serial()
        if self._found:
            return await self.async_step_pick()
        return await self.async_step_none_found()

    async def async_step_pick(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Let the user pick one of the modules that were found."""
        return await self._ask_module("pick", user_input)

    async def async_step_none_found(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Say that no other module was found; one may still be typed in."""
        return await self._ask_module("none_found", user_input)

    async def async_step_by_serial(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for a serial number where we may not look for modules."""
        return await self._ask_module("by_serial", user_input)

    async def _ask_module(
        self, step_id: str, user_input: dict[str, Any] | None
    ) -> SubentryFlowResult:
        hub = self._hub
        if hub is None:
            return self.async_abort(reason="link_not_loaded")
        errors: dict[str, str] = {}
        facts: dict[str, str] = {}
        if user_input is not None:
            try:
                module = await self._new_module(hub, user_input)
            except BadInput as bad:
                errors, facts = {bad.field: bad.key}, bad.facts
            except DpmError as error:
                errors["base"], facts = failure_of(error)
            else:
                return self.async_create_entry(
                    title=module.name, data=module.as_data(), unique_id=str(module.serial)
                )
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(
                forms.module_schema(self._found, may_ask=hub.config.may_extend), user_input
            ),
            errors=errors,
            description_placeholders=facts,
        )

    async def _new_module(self, hub: Hub, user_input: dict[str, Any]) -> ModuleConfig:
        serial = forms.parse_serial(user_input[CONF_SERIAL], CONF_SERIAL)
        program = await ask_program(hub.client, serial) if hub.config.may_extend else None
        # Looked up after the last wait: another window may add the same module meanwhile.
        if owner := module_taken_by(self.hass, serial, is_simulated=hub.config.is_simulated):
            raise BadInput(CONF_SERIAL, "module_taken", serial=str(serial), owner=owner)
        if hub.config.may_extend and program is None and not user_input[forms.CONF_ADD_SILENT]:
            raise BadInput(CONF_SERIAL, "module_silent", serial=str(serial))
        return ModuleConfig.new(serial, program, user_input.get(CONF_NAME, "").strip())

    # --- Programming ---------------------------------------------------------------------------

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Read the module's program where we may, or else only offer to rename it."""
        hub = self._hub
        if hub is None:
            return self.async_abort(reason="link_not_loaded")
        if not hub.config.may_extend:
            return await self.async_step_rename_only()
        module = ModuleConfig.from_subentry(self._get_reconfigure_subentry())
        try:
            self._program = await ask_program(hub.client, module.serial)
        except LinkUnavailable:
            self._program = None
        if self._program is None:
            return await self.async_step_rename_offline()
        return await self.async_step_program()

    async def async_step_rename_only(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Rename a module whose program we may not read."""
        return self._rename("rename_only", user_input)

    async def async_step_rename_offline(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Rename a module that does not answer."""
        return self._rename("rename_offline", user_input)

    def _rename(self, step_id: str, user_input: dict[str, Any] | None) -> SubentryFlowResult:
        subentry = self._get_reconfigure_subentry()
        if user_input is not None:
            return self.async_update_and_abort(
                self._get_entry(), subentry, title=user_input[CONF_NAME].strip()
            )
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(
                forms.name_schema(), {CONF_NAME: subentry.title}
            ),
            description_placeholders={"module": subentry.title},
        )

    async def async_step_program(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show the module's program, and write back what was changed."""
        hub = self._hub
        if hub is None:
            return self.async_abort(reason="link_not_loaded")
        assert self._program
        subentry = self._get_reconfigure_subentry()
        module = ModuleConfig.from_subentry(subentry)
        errors: dict[str, str] = {}
        facts: dict[str, str] = {}
        if user_input is not None:
            try:
                program = program_from_input(user_input)
                with hub.keeper.held(subentry.subentry_id):
                    await hub.client.write_program(module.serial, program)
            except BadInput as bad:
                errors, facts = {bad.field: bad.key}, bad.facts
            except DpmError as error:
                errors["base"], facts = failure_of(error)
            else:
                return self.async_update_and_abort(
                    self._get_entry(),
                    subentry,
                    title=program.name,
                    data_updates={CONF_PROGRAM: program_as_data(program)},
                )
        return self.async_show_form(
            step_id="program",
            data_schema=self.add_suggested_values_to_schema(
                program_schema(), user_input or program_as_input(module.name, self._program)
            ),
            errors=errors,
            description_placeholders=facts | {"module": module.name, "serial": str(module.serial)},
        )
