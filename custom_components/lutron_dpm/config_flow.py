"""Setting up and reconfiguring a link, in the user interface."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, override

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigFlowResult,
    ConfigSubentryFlow,
    OptionsFlow,
)
from homeassistant.core import callback
from homeassistant.exceptions import HomeAssistantError

from dpm_core.errors import DpmError
from dpm_core.model import Program, SerialNumber, check_link_limits

from . import forms
from .const import DOMAIN, SUBENTRY_MODULE, SUBENTRY_WALLSTATION
from .failures import opening_failure
from .forms import BadInput
from .link import try_port
from .models import (
    CONF_ALLOW_EXTENSION,
    CONF_ALLOW_SENDING,
    LinkConfig,
    LinkKind,
    ModuleConfig,
)
from .module_flow import ModuleFlow
from .neighbours import free_simulated_serials, link_taken_by, module_taken_by
from .options_flow import LinkOptionsFlow
from .processor_flow import ProcessorSteps, title_of
from .survey import Survey, read_programs, survey_link
from .wallstation_flow import WallstationFlow


class LutronDpmConfigFlow(ProcessorSteps, domain=DOMAIN):
    """Set up one link: choose it, say what we may do on it, pick its modules."""

    VERSION = 1
    MINOR_VERSION = 1

    def __init__(self) -> None:
        """Start with nothing known."""
        super().__init__()
        self._survey: Survey | None = None

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        """Return what can be added: modules, and to a processor wallstations of its project."""
        if LinkConfig.from_data(config_entry.data).is_processor:
            return {SUBENTRY_MODULE: ModuleFlow, SUBENTRY_WALLSTATION: WallstationFlow}
        return {SUBENTRY_MODULE: ModuleFlow}

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> OptionsFlow:
        """Return the flow of a link's options."""
        return LinkOptionsFlow()

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask how the link is reached."""
        return self.async_show_menu(step_id="user", menu_options=[kind.value for kind in LinkKind])

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask how the link is reached from now on; its modules stay."""
        present = LinkConfig.from_data(self._get_reconfigure_entry().data)
        if present.is_simulated:
            return await self.async_step_simulated()
        if present.is_processor:
            return await self.async_step_processor()
        return self.async_show_menu(
            step_id="reconfigure", menu_options=[LinkKind.SERIAL.value, LinkKind.TCP.value]
        )

    # --- How the link is reached ---------------------------------------------------------------

    async def async_step_serial(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for a local port, or an ESPHome proxy."""
        return await self._ask_real_link(LinkKind.SERIAL, user_input)

    async def async_step_tcp(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for a serial-over-TCP gateway."""
        return await self._ask_real_link(LinkKind.TCP, user_input)

    async def _ask_real_link(
        self, kind: LinkKind, user_input: dict[str, Any] | None
    ) -> ConfigFlowResult:
        is_serial = kind is LinkKind.SERIAL
        errors: dict[str, str] = {}
        facts: dict[str, str] = {}
        if user_input is not None:
            try:
                link = (forms.serial_link if is_serial else forms.tcp_link)(user_input)
                if await link_taken_by(self.hass, link, except_entry=self.own_entry_id):
                    return self.async_abort(reason="already_configured")
                await self._try_port(link)
            except BadInput as bad:
                errors, facts = {bad.field: bad.key}, bad.facts
            except DpmError as error:
                errors["base"], facts = opening_failure(error)
            except HomeAssistantError as error:
                # A proxy that belongs to another integration is not there yet.
                errors["base"], facts = "cannot_connect", {"detail": str(error)}
            else:
                self._link = link
                return await self.async_step_consents()
        schema = await forms.serial_schema(self.hass) if is_serial else forms.tcp_schema()
        return self.async_show_form(
            step_id=kind.value,
            data_schema=self.add_suggested_values_to_schema(
                schema, user_input or self._present_input(kind)
            ),
            errors=errors,
            description_placeholders=facts,
        )

    async def async_step_simulated(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask how many modules the simulated link has."""
        errors: dict[str, str] = {}
        facts: dict[str, str] = {}
        if user_input is not None:
            count = int(user_input[forms.CONF_COUNT])
            present = self.present_link()
            kept = present.serials if present else ()
            if count < len(kept):
                errors, facts = {forms.CONF_COUNT: "too_few_modules"}, {"count": str(len(kept))}
            else:
                added = free_simulated_serials(self.hass, count - len(kept))
                self._link = LinkConfig(kind=LinkKind.SIMULATED, serials=kept + added)
                return await self._finish_link()
        return self.async_show_form(
            step_id="simulated",
            data_schema=self.add_suggested_values_to_schema(
                forms.simulated_schema(), user_input or self._present_input(LinkKind.SIMULATED)
            ),
            errors=errors,
            description_placeholders=facts,
        )

    # --- What we may do on it ------------------------------------------------------------------

    async def async_step_consents(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say what is not proven, and ask what we may do."""
        assert self._link
        errors: dict[str, str] = {}
        facts: dict[str, str] = {}
        if user_input is not None:
            link = self._link.with_consents(
                allow_sending=user_input[CONF_ALLOW_SENDING],
                allow_extension=user_input[CONF_ALLOW_EXTENSION],
            )
            if link.allow_extension and not link.allow_sending:
                errors[CONF_ALLOW_EXTENSION] = "extension_needs_sending"
            else:
                self._link = link
                try:
                    return await self._finish_link()
                except DpmError as error:
                    errors["base"], facts = opening_failure(error)
                except HomeAssistantError as error:
                    errors["base"], facts = "cannot_connect", {"detail": str(error)}
        return self.async_show_form(
            step_id="consents",
            data_schema=self.add_suggested_values_to_schema(
                forms.consents_schema(), user_input or self._present_consents()
            ),
            errors=errors,
            description_placeholders={"link": self._link.shown_device} | facts,
        )

    async def _finish_link(self) -> ConfigFlowResult:
        """Store a link that was reconfigured, or go on to the modules of a new one."""
        assert self._link
        if self.source == SOURCE_RECONFIGURE:
            return self.store_link(self._link)
        self._survey = await survey_link(self._link)
        if self._survey.programs:
            return await self.async_step_modules()
        if self._link.may_extend:
            return await self.async_step_modules_none()
        return await self.async_step_modules_by_serial()

    # --- Which modules -------------------------------------------------------------------------

    async def async_step_modules(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Let the user pick from the modules that were found."""
        return await self._ask_modules("modules", user_input)

    async def async_step_modules_none(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say that no module was found; one may still be typed in, or added later."""
        return await self._ask_modules("modules_none", user_input)

    async def async_step_modules_by_serial(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for serial numbers where we may not look for modules."""
        return await self._ask_modules("modules_by_serial", user_input)

    async def _ask_modules(
        self, step_id: str, user_input: dict[str, Any] | None
    ) -> ConfigFlowResult:
        assert self._link
        assert self._survey
        errors: dict[str, str] = {}
        facts = {"frames": str(self._survey.frames), "damaged": str(self._survey.damaged)}
        if user_input is not None:
            try:
                modules = await self._chosen_modules(user_input)
            except BadInput as bad:
                errors[bad.field] = bad.key
                facts |= bad.facts
            except DpmError as error:
                errors["base"], why = opening_failure(error)
                facts |= why
            else:
                return self.async_create_entry(
                    title=title_of(self._link),
                    data=self._link.as_data(),
                    subentries=[module.as_new_subentry() for module in modules],
                )
        found = {
            serial: _label(serial, program) for serial, program in self._survey.programs.items()
        }
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(
                forms.modules_schema(found, may_ask=self._link.may_extend), user_input
            ),
            errors=errors,
            description_placeholders=facts,
        )

    async def _chosen_modules(self, user_input: Mapping[str, Any]) -> list[ModuleConfig]:
        assert self._link
        assert self._survey
        typed = forms.parse_serials(user_input.get(forms.CONF_SERIALS, ()), forms.CONF_SERIALS)
        picked = forms.parse_serials(user_input.get(forms.CONF_MODULES, ()), forms.CONF_MODULES)
        for serial in typed + picked:
            if owner := module_taken_by(self.hass, serial, is_simulated=self._link.is_simulated):
                raise BadInput(
                    forms.CONF_SERIALS if serial in typed else forms.CONF_MODULES,
                    "module_taken",
                    serial=str(serial),
                    owner=owner,
                )
        chosen = list(dict.fromkeys(picked + typed))
        check_link_limits(len(chosen))
        programs: dict[SerialNumber, Program | None] = dict(self._survey.programs)
        if self._link.may_extend and (unheard := [s for s in typed if s not in programs]):
            programs |= await read_programs(self._link, unheard)
            silent = [serial for serial in unheard if programs[serial] is None]
            if silent and not user_input[forms.CONF_ADD_SILENT]:
                raise BadInput(
                    forms.CONF_SERIALS, "module_silent", serial=", ".join(map(str, silent))
                )
        return [ModuleConfig.new(serial, programs.get(serial)) for serial in chosen]

    # --- What is there already -----------------------------------------------------------------

    def _present_input(self, kind: LinkKind) -> dict[str, Any]:
        present = self.present_link()
        return forms.link_as_input(present) if present and present.kind is kind else {}

    def _present_consents(self) -> dict[str, Any]:
        present = self.present_link() or LinkConfig(kind=LinkKind.SERIAL)
        return {
            CONF_ALLOW_SENDING: present.allow_sending,
            CONF_ALLOW_EXTENSION: present.allow_extension,
        }

    async def _try_port(self, link: LinkConfig) -> None:
        """Open and close the port, but never one that our own entry holds at this moment."""
        present = self.present_link()
        if present and await self._identity(present) == await self._identity(link):
            return
        await try_port(link)

    async def _identity(self, link: LinkConfig) -> str:
        return await self.hass.async_add_executor_job(link.identity)


def _label(serial: SerialNumber, program: Program | None) -> str:
    return f"{program.name} ({serial})" if program and program.name else str(serial)
