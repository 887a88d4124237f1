"""Adding a module to a link that is set up, and programming it, in the user interface."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast, override

from homeassistant.config_entries import ConfigEntryState, SubentryFlowResult
from homeassistant.const import CONF_NAME

from dpm_core.errors import DpmError, LinkUnavailable
from dpm_core.model import Program, SerialNumber, check_link_limits
from dpm_core.protocol.lip import ProcessorProject

from . import forms
from .failures import failure_of
from .forms import BadInput
from .hub import Hub, LutronDpmConfigEntry, Module
from .load_flow import LoadSteps
from .models import CONF_PROGRAM, CONF_SERIAL, ModuleConfig, modules_of
from .moving import can_hold, find_module, modules_elsewhere
from .neighbours import module_taken_by
from .processor_module_flow import ProcessorModuleSteps
from .program_form import program_as_input, program_from_input, program_schema
from .stored_program import program_as_data
from .survey import ask_program


class ModuleFlow(ProcessorModuleSteps, LoadSteps):
    """Add one module, or change what one is programmed with, over the link that is running."""

    def __init__(self) -> None:
        """Start with nothing known."""
        super().__init__()
        self._found: dict[SerialNumber, str] = {}
        self._program: Program | None = None

    @override
    def project(self) -> ProcessorProject | None:
        """Return the project of the running processor, as it was read last."""
        return self._hub.project.project if self._hub else None

    @property
    def _hub(self) -> Hub | None:
        entry = cast(LutronDpmConfigEntry, self._get_entry())
        return entry.runtime_data if entry.state is ConfigEntryState.LOADED else None

    # --- Adding --------------------------------------------------------------------------------

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Offer what can be added here: a new module, or one that another link has."""
        hub = self._hub
        if hub is None:
            return self.async_abort(reason="link_not_loaded")
        ways = self.ways_to_add() if hub.config.is_processor else ["search"]
        if can_hold(hub.config) and modules_elsewhere(self.hass, self._get_entry()):
            ways.append("move")
        match ways:
            case ["search"]:
                return await self.async_step_search()
            case ["by_hand"]:
                return await self.async_step_by_hand()
            case _:
                return self.async_show_menu(step_id="user", menu_options=ways)

    async def async_step_move(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask which module of another link is moved to this one."""
        hub = self._hub
        if hub is None:
            return self.async_abort(reason="link_not_loaded")
        if user_input is not None:
            found = find_module(self.hass, user_input[forms.CONF_MODULE])
            if found is None:
                return self.async_abort(reason="move_failed")
            self.moved = found.module
            if hub.config.is_processor:
                return await self.async_step_move_to()
            return await self.async_step_search()
        choices = modules_elsewhere(self.hass, self._get_entry())
        return self.async_show_form(step_id="move", data_schema=forms.move_schema(choices))

    async def async_step_search(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Look for modules on the running link where we may; elsewhere take those that called."""
        hub = self._hub
        if hub is None:
            return self.async_abort(reason="link_not_loaded")
        try:
            if hub.config.may_extend:
                serials = [module.serial for module in await hub.link_client.discover()]
            else:
                serials = sorted(s for s in hub.announced if isinstance(s, SerialNumber))
        except DpmError as error:
            failure = failure_of(error)
            return self.async_abort(
                reason="discovery_failed", description_placeholders=failure.facts
            )
        self._found = {serial: str(serial) for serial in serials if not self._taken_by(hub, serial)}
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
                if self.moved:
                    return await self.move_here(module)
            except BadInput as bad:
                errors, facts = {bad.field: bad.key}, bad.facts
            except DpmError as error:
                errors["base"], facts = failure_of(error)
            else:
                return self.async_create_entry(
                    title=module.name, data=module.as_data(), unique_id=module.unique_id
                )
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(
                forms.module_schema(self._found, may_ask=hub.config.may_extend),
                user_input or self._moved_input(),
            ),
            errors=errors,
            description_placeholders=facts,
        )

    def _moved_input(self) -> dict[str, Any]:
        """Return what is known of the module that is moved here."""
        if self.moved is None:
            return {}
        serial = self.moved.serial
        # Elsewhere than on this link, a simulated one for example, it may have had another.
        is_known = serial in self._found
        return {CONF_NAME: self.moved.name} | ({CONF_SERIAL: str(serial)} if is_known else {})

    def _taken_by(self, hub: Hub, serial: SerialNumber) -> str | None:
        """Return the link that has a module already; one that is moved here may be taken."""
        return module_taken_by(
            self.hass,
            serial,
            is_simulated=hub.config.is_simulated,
            except_uid=self.moved.uid if self.moved else None,
        )

    async def _new_module(self, hub: Hub, user_input: dict[str, Any]) -> ModuleConfig:
        serial = forms.parse_serial(user_input[CONF_SERIAL], CONF_SERIAL)
        self._check_room()
        program = await ask_program(hub.link_client, serial) if hub.config.may_extend else None
        # Looked up after the last wait: another window may add the same module meanwhile.
        if owner := self._taken_by(hub, serial):
            raise BadInput(CONF_SERIAL, "module_taken", serial=str(serial), owner=owner)
        if hub.config.may_extend and program is None and not user_input[forms.CONF_ADD_SILENT]:
            raise BadInput(CONF_SERIAL, "module_silent", serial=str(serial))
        self._check_room()
        name = user_input.get(CONF_NAME, "").strip()
        if self.moved:
            return self.moved.moved_to_link(serial, program, name)
        return ModuleConfig.new(serial, program, name)

    def _check_room(self) -> None:
        """Refuse one more module where the link is full; asked before and after the wait."""
        check_link_limits(len(modules_of(cast(LutronDpmConfigEntry, self._get_entry()))) + 1)

    # --- Programming ---------------------------------------------------------------------------

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Read the module's program where we may, and ask which part of it shall be changed."""
        hub = self._hub
        if hub is None:
            return self.async_abort(reason="link_not_loaded")
        if hub.config.is_processor:
            return self._ask_which("outputs", "loads_note")
        if not hub.config.may_extend:
            return self._ask_which("rename_only", "loads_note")
        module = ModuleConfig.from_subentry(self._get_reconfigure_subentry())
        try:
            self._program = await ask_program(hub.link_client, module.wired_serial)
        except LinkUnavailable:
            self._program = None
        if self._program is None:
            return await self.async_step_rename_offline()
        return self._ask_which("program", "loads")

    def _ask_which(self, *parts: str) -> SubentryFlowResult:
        return self.async_show_menu(
            step_id="reconfigure",
            menu_options=list(parts),
            description_placeholders={"module": self._get_reconfigure_subentry().title},
        )

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
        wired = self.wired()
        if wired is None:
            return self.async_abort(reason="link_not_loaded")
        assert self._program
        subentry = self._get_reconfigure_subentry()
        errors: dict[str, str] = {}
        facts: dict[str, str] = {}
        if user_input is not None:
            try:
                program = await self.write(
                    wired, lambda before: program_from_input(user_input, before)
                )
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
                program_schema(), user_input or program_as_input(subentry.title, self._program)
            ),
            errors=errors,
            description_placeholders=facts
            | {"module": subentry.title, "serial": str(wired.config.wired_serial)},
        )

    # --- What is programmed now, and writing it ------------------------------------------------

    @override
    def wired(self) -> Module | None:
        """Return the module as it is on the running link; None where that does not run."""
        hub = self._hub
        subentry_id = self._get_reconfigure_subentry().subentry_id
        return None if hub is None else hub.modules.get(subentry_id)

    @override
    def program_shown(self, wired: Module) -> Program:
        """Return what was read from the module, or the note that stands for it."""
        return self._program or wired.config.program

    @override
    async def write(self, wired: Module, change: Callable[[Program], Program]) -> Program:
        """Write a part of the module's program; where that cannot be, only note it here."""
        if not wired.hub.config.may_extend:
            return change(wired.config.program)
        with wired.hub.keeper.held(wired.subentry_id):
            # What somebody else has changed beside it meanwhile stays.
            client, serial = wired.hub.link_client, wired.config.wired_serial
            program = change(await client.read_program(serial))
            return await client.write_program(serial, program)
