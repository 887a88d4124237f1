"""Adding a module to a processor's project that is set up, and changing which outputs it is."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace
from typing import Any

from homeassistant.config_entries import ConfigSubentryFlow, SubentryFlowResult
from homeassistant.const import CONF_NAME

from dpm_core.model import IntegrationId, Program
from dpm_core.protocol.lip import ProcessorProject

from . import processor_forms as forms
from .forms import BadInput
from .models import (
    CONF_OUTPUTS,
    CONF_PROGRAM,
    ModuleConfig,
    modules_of,
)
from .moving import move_module
from .outputs import ModuleOutputs
from .project_words import (
    cco_labels,
    contact_labels,
    contacts_of,
    outputs_of,
    suggested_modules,
    zone_labels,
)
from .stored_program import program_as_data


class ProcessorModuleSteps(ConfigSubentryFlow):
    """The steps of the module flow that only a processor needs."""

    def __init__(self) -> None:
        """Start with nothing known."""
        super().__init__()
        self.moved: ModuleConfig | None = None
        """The module of another link that is being moved here."""

    @abstractmethod
    def project(self) -> ProcessorProject | None:
        """Return the project as it was read last; None where it never could be."""

    def ways_to_add(self) -> list[str]:
        """Return the steps that say which outputs a module is."""
        project = self.project()
        has_suggestions = project and suggested_modules(project, self._taken())
        return ["suggested", "by_hand"] if has_suggestions else ["by_hand"]

    # --- Adding --------------------------------------------------------------------------------

    async def async_step_suggested(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Let the user pick one of the modules that the project suggests."""
        project = self.project()
        suggestions = suggested_modules(project, self._taken()) if project else {}
        if not suggestions:
            return await self.async_step_by_hand()
        errors: dict[str, str] = {}
        if user_input is not None:
            suggestion = suggestions.get(user_input[forms.CONF_SUGGESTION])
            if suggestion is None:
                errors["base"] = "suggestion_gone"
            else:
                module, name = suggestion.module, user_input.get(CONF_NAME, "").strip()
                if self.moved:
                    # Its notes stay but for what the project says itself.
                    cco_type = module.program.cco_type
                    module = replace(module, program=replace(self.moved.program, cco_type=cco_type))
                return await self._add(module, name)
        return self.async_show_form(
            step_id="suggested",
            data_schema=self.add_suggested_values_to_schema(
                forms.suggestion_schema({key: s.label for key, s in suggestions.items()}),
                user_input,
            ),
            errors=errors,
        )

    async def async_step_by_hand(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask which outputs are a module."""
        return await self._ask_outputs("by_hand", user_input)

    async def async_step_outputs(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask which outputs a module is from now on, and for the notes about it."""
        return await self._ask_outputs("outputs", user_input)

    async def _ask_outputs(
        self, step_id: str, user_input: dict[str, Any] | None
    ) -> SubentryFlowResult:
        project = self.project()
        present = self._present()
        errors: dict[str, str] = {}
        facts: dict[str, str] = {"module": present.name if present else ""}
        if user_input is not None:
            try:
                name = user_input[CONF_NAME].strip()
                outputs = forms.outputs_from_input(
                    user_input,
                    {output.number: output for output in (outputs_of(project) if project else ())},
                    {
                        (contact.device, contact.component): contact
                        for contact in (contacts_of(project) if project else ())
                    },
                )
                self._check_free(outputs)
                program = forms.notes_from_input(
                    user_input, present.program if present else Program()
                )
            except BadInput as bad:
                errors[bad.field] = bad.key
                facts |= bad.facts
            else:
                return await self._store(step_id, name, outputs, program)
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(
                forms.outputs_schema(
                    zone_labels(project), cco_labels(project), contact_labels(project)
                ),
                user_input or (forms.module_as_input(present) if present else None),
            ),
            errors=errors,
            description_placeholders=facts,
        )

    async def async_step_move_to(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask which outputs a module is that another link has had so far."""
        assert self.moved
        ways = self.ways_to_add()
        # One that was here before has its outputs still.
        if self.moved.outputs or ways == ["by_hand"]:
            return await self.async_step_by_hand()
        return self.async_show_menu(
            step_id="move_to",
            menu_options=ways,
            description_placeholders={"module": self.moved.name},
        )

    async def _store(
        self, step_id: str, name: str, outputs: ModuleOutputs, program: Program
    ) -> SubentryFlowResult:
        if step_id == "by_hand":
            return await self._add(ModuleConfig.through_processor(outputs, program, name), name)
        subentry = self._get_reconfigure_subentry()
        return self.async_update_and_abort(
            self._get_entry(),
            subentry,
            title=name or subentry.title,
            data_updates={
                CONF_OUTPUTS: outputs.as_data(),
                CONF_PROGRAM: program_as_data(program),
            },
        )

    async def _add(self, module: ModuleConfig, name: str) -> SubentryFlowResult:
        """Add a module, or give its outputs to the one that is moved here."""
        if self.moved is None:
            return self.async_create_entry(
                title=name or module.name, data=module.as_data(), unique_id=module.unique_id
            )
        assert module.outputs
        return await self.move_here(
            self.moved.moved_to_processor(module.outputs, module.program, name)
        )

    async def move_here(self, module: ModuleConfig) -> SubentryFlowResult:
        """Move a module that another link has to this one."""
        if not await move_module(self.hass, self._get_entry(), module):
            return self.async_abort(reason="move_failed")
        return self.async_abort(reason="module_moved")

    # --- What is there already -----------------------------------------------------------------

    def _present(self) -> ModuleConfig | None:
        """Return the module that is changed or moved; None for a new one."""
        if self.moved:
            return self.moved
        if self.source != "reconfigure":
            return None
        return ModuleConfig.from_subentry(
            self._get_reconfigure_subentry(), is_through_processor=True
        )

    def _taken(self) -> frozenset[IntegrationId]:
        """Return the outputs that other modules of this processor have."""
        present = self._present()
        return frozenset(
            number
            for module in modules_of(self._get_entry()).values()
            if module.outputs and not (present and module.uid == present.uid)
            for number in module.outputs.numbers
        )

    def _check_free(self, outputs: ModuleOutputs) -> None:
        taken = self._taken()
        if twice := next((number for number in outputs.numbers if number in taken), None):
            raise BadInput("base", "output_taken", output=str(twice))
