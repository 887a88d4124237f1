"""Setting up a HomeWorks QS processor: its login, its project, and which outputs are a module."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigEntryState,
    ConfigFlow,
    ConfigFlowResult,
)
from homeassistant.const import CONF_PASSWORD, CONF_USERNAME

from dpm_core.errors import DpmError
from dpm_core.protocol.lip import ProcessorProject

from . import processor_forms as forms
from .failures import opening_failure
from .forms import BadInput
from .link import try_processor
from .models import LinkConfig, LinkKind
from .neighbours import link_taken_by
from .project_reading import ProjectUnreadable, fetch_processor_project, read_project_file
from .project_words import suggested_modules, wallstations_of
from .wallstations import WallstationConfig


class ProcessorSteps(ConfigFlow):
    """The steps of the link flow that only a processor needs."""

    def __init__(self) -> None:
        """Start with nothing known."""
        self._link: LinkConfig | None = None
        self._project: ProcessorProject | None = None
        self._why_unread: dict[str, str] = {}

    # --- Its login -----------------------------------------------------------------------------

    async def async_step_processor(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask where the processor is, and for its login."""
        errors: dict[str, str] = {}
        facts: dict[str, str] = {}
        if user_input is not None:
            try:
                link = forms.processor_link(user_input)
                if await link_taken_by(self.hass, link, except_entry=self.own_entry_id):
                    return self.async_abort(reason="already_configured")
                await self._try_login(link)
            except BadInput as bad:
                errors, facts = {bad.field: bad.key}, bad.facts
            except DpmError as error:
                errors["base"], facts = opening_failure(error)
            else:
                self._link = link
                if self.source == SOURCE_RECONFIGURE:
                    return self.store_link(link)
                return await self.async_step_project_again()
        shown = user_input or self._present_processor()
        return self.async_show_form(
            step_id="processor",
            data_schema=self.add_suggested_values_to_schema(
                forms.processor_schema(), {k: v for k, v in shown.items() if k != CONF_PASSWORD}
            ),
            errors=errors,
            description_placeholders=facts,
        )

    async def async_step_reauth(self, entry_data: Mapping[str, Any]) -> ConfigFlowResult:
        """Begin to ask for the login again: the processor has refused it."""
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the login again, and try it."""
        entry = self._get_reauth_entry()
        present = LinkConfig.from_data(entry.data)
        errors: dict[str, str] = {}
        facts: dict[str, str] = {}
        if user_input is not None:
            try:
                username, password = forms.login(user_input)
                link = present.with_login(username, password)
                await try_processor(link)
            except BadInput as bad:
                errors, facts = {bad.field: bad.key}, bad.facts
            except DpmError as error:
                errors["base"], facts = opening_failure(error)
            else:
                self._update(entry, link)
                return self.async_abort(reason="reauth_successful")
        return self.async_show_form(
            step_id="reauth_confirm",
            data_schema=self.add_suggested_values_to_schema(
                forms.login_schema(), {CONF_USERNAME: (user_input or entry.data)[CONF_USERNAME]}
            ),
            errors=errors,
            description_placeholders=facts | {"processor": present.shown_device},
        )

    async def _try_login(self, link: LinkConfig) -> None:
        """Log in and out; but not where our own entry does so already with the same login.

        One session for each login is the rule (integration-protocol.md 1.2).
        """
        present = self.present_link()
        if present and self._get_reconfigure_entry().state is ConfigEntryState.LOADED:
            is_same = (present.host, present.port, present.username, present.password) == (
                link.host,
                link.port,
                link.username,
                link.password,
            )
            if is_same:
                return
        await try_processor(link)

    # --- Its project ---------------------------------------------------------------------------

    async def async_step_project_again(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Read the project from the processor."""
        assert self._link
        try:
            project = await fetch_processor_project(self.hass, self._link)
        except ProjectUnreadable as error:
            self._why_unread = {"detail": str(error)}
            return await self.async_step_project_missing()
        return await self._take_project(project)

    async def async_step_project_missing(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say why the project could not be read, and what can be done."""
        return self.async_show_menu(
            step_id="project_missing",
            menu_options=["project_again", "project_file", "project_none"],
            description_placeholders=self._why_unread,
        )

    async def async_step_project_file(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Read the project from a file that was uploaded."""
        errors: dict[str, str] = {}
        facts: dict[str, str] = {}
        if user_input is not None:
            try:
                project = await read_project_file(self.hass, user_input[forms.CONF_FILE])
            except ProjectUnreadable as error:
                errors[forms.CONF_FILE], facts = "project_unreadable", {"detail": str(error)}
            else:
                return await self._take_project(project)
        return self.async_show_form(
            step_id="project_file",
            data_schema=forms.file_schema(),
            errors=errors,
            description_placeholders=facts,
        )

    async def async_step_project_none(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Go on without the project: modules are added by hand later."""
        return self._create(())

    async def _take_project(self, project: ProcessorProject) -> ConfigFlowResult:
        self._project = project
        if project.is_software_too_old:
            return await self.async_step_software_too_old()
        return await self._after_project()

    async def async_step_software_too_old(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Warn of software that is older than the modules need."""
        assert self._project
        if user_input is not None:
            return await self._after_project()
        return self.async_show_form(
            step_id="software_too_old",
            data_schema=forms.confirm_schema(),
            description_placeholders={"version": self._project.software_version},
        )

    async def _after_project(self) -> ConfigFlowResult:
        assert self._project
        if suggested_modules(self._project):
            return await self.async_step_outputs()
        return await self.async_step_outputs_none()

    # --- Which outputs are a module ------------------------------------------------------------

    async def async_step_outputs(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Let the user pick from what the project suggests."""
        return await self._ask_outputs("outputs", user_input)

    async def async_step_outputs_none(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say that the project suggests no module."""
        return await self._ask_outputs("outputs_none", user_input)

    async def _ask_outputs(
        self, step_id: str, user_input: dict[str, Any] | None
    ) -> ConfigFlowResult:
        assert self._project
        suggestions = suggested_modules(self._project)
        wallstations = wallstations_of(self._project)
        if user_input is not None:
            modules = [suggestions[key] for key in user_input.get(forms.CONF_MODULES, ())]
            picked = [wallstations[key] for key in user_input.get(forms.CONF_WALLSTATIONS, ())]
            return self._create(
                [
                    *(suggestion.module.as_new_subentry() for suggestion in modules),
                    *(WallstationConfig.new(one).as_new_subentry() for one in picked),
                ]
            )
        return self.async_show_form(
            step_id=step_id,
            data_schema=forms.suggestions_schema(
                {key: suggestion.label for key, suggestion in suggestions.items()},
                {key: one.label for key, one in wallstations.items()},
            ),
            description_placeholders={
                "outputs": str(len(self._project.outputs)),
                "skipped": str(self._project.skipped),
            },
        )

    def _create(self, subentries: Any) -> ConfigFlowResult:
        assert self._link
        return self.async_create_entry(
            title=title_of(self._link), data=self._link.as_data(), subentries=list(subentries)
        )

    # --- What is there already -----------------------------------------------------------------

    @property
    def own_entry_id(self) -> str | None:
        """The entry that is being reconfigured, if one is."""
        is_reconfigure = self.source == SOURCE_RECONFIGURE
        return self._get_reconfigure_entry().entry_id if is_reconfigure else None

    def present_link(self) -> LinkConfig | None:
        """Return the link that is being reconfigured, as it is stored."""
        if self.source != SOURCE_RECONFIGURE:
            return None
        return LinkConfig.from_data(self._get_reconfigure_entry().data)

    def _present_processor(self) -> dict[str, Any]:
        present = self.present_link()
        return forms.processor_as_input(present) if present and present.is_processor else {}

    def store_link(self, link: LinkConfig) -> ConfigFlowResult:
        """Store a link that was reconfigured."""
        self._update(self._get_reconfigure_entry(), link)
        return self.async_abort(reason="reconfigure_successful")

    def _update(self, entry: ConfigEntry[Any], link: LinkConfig) -> None:
        """Store how a link is reached from now on, and have it opened so.

        The update listener of a loaded entry reloads it; a reloading helper would do it twice.
        """
        before = LinkConfig.from_data(entry.data)
        # A title that somebody has chosen stays.
        title = title_of(link) if entry.title == title_of(before) else entry.title
        has_changed = self.hass.config_entries.async_update_entry(
            entry, data=link.as_data(), title=title
        )
        if not has_changed or entry.state is not ConfigEntryState.LOADED:
            self.hass.config_entries.async_schedule_reload(entry.entry_id)


def title_of(link: LinkConfig) -> str:
    """Return what an entry is called until somebody renames it."""
    match link.kind:
        case LinkKind.SIMULATED:
            return "Simulated QS link"
        case LinkKind.PROCESSOR:
            return f"HomeWorks QS processor {link.shown_device}"
        case _:
            return f"QS link {link.shown_device}"
