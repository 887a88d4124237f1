"""Saying what a module is wired to, in the user interface; checked against the specification.

What the specification forbids is not written. What it leaves to the installer is written when it
is submitted a second time.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from homeassistant.config_entries import ConfigSubentryFlow, SubentryFlowResult
from homeassistant.const import CONF_MODEL

from dpm_core.errors import DpmError
from dpm_core.model import (
    FAMILY,
    FEED_CHAIN_MAX_A,
    LoadFinding,
    ModuleRatings,
    Program,
    check_loads,
)

from .failures import failure_of
from .forms import BadInput
from .load_form import CONF_CCO_LOAD, loads_as_input, loads_from_input, loads_schema
from .load_ratings import said_ratings, sentences
from .models import CONF_PROGRAM
from .stored_program import program_as_data

if TYPE_CHECKING:
    from .hub import Module


class LoadSteps(ConfigSubentryFlow):
    """The steps of the module flow about loads."""

    def __init__(self) -> None:
        """Start with nothing looked at."""
        self._accepted: set[LoadFinding] = set()
        """What the user has seen, or lives with already."""

    @abstractmethod
    def wired(self) -> Module | None:
        """Return the module as it is on the running link; None where that does not run."""

    @abstractmethod
    def program_shown(self, wired: Module) -> Program:
        """Return the program that the form begins with."""

    @abstractmethod
    async def write(self, wired: Module, change: Callable[[Program], Program]) -> Program:
        """Write a part of the module's program, or note it; return the whole.

        Raises:
            DpmError: It could not be written.
        """

    async def async_step_loads(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask what the module is wired to, and write it to the module."""
        return await self._ask_loads("loads", user_input)

    async def async_step_loads_note(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask what the module is wired to, where that can only be noted here."""
        return await self._ask_loads("loads_note", user_input)

    async def _ask_loads(
        self, step_id: str, user_input: dict[str, Any] | None
    ) -> SubentryFlowResult:
        wired = self.wired()
        if wired is None:
            return self.async_abort(reason="link_not_loaded")
        shown = self.program_shown(wired)
        said, model = said_ratings(wired), (user_input or {}).get(CONF_MODEL, wired.config.model)
        ratings = said or FAMILY[model]
        errors: dict[str, str] = {}
        facts: dict[str, str] = {}
        if user_input is None:
            self._accepted = set(check_loads(shown, ratings))
        else:
            try:
                zone_loads, cco_load = loads_from_input(user_input)
                wanted = replace(shown, zone_loads=zone_loads, cco_load=cco_load)
                errors, facts = self._objections(check_loads(wanted, ratings))
                if not errors:
                    program = await self.write(
                        wired,
                        lambda before: replace(before, zone_loads=zone_loads, cco_load=cco_load),
                    )
                    return self.async_update_and_abort(
                        self._get_entry(),
                        self._get_reconfigure_subentry(),
                        data_updates={CONF_PROGRAM: program_as_data(program), CONF_MODEL: model},
                    )
            except BadInput as bad:
                errors, facts = {bad.field: bad.key}, bad.facts
            except DpmError as error:
                errors["base"], facts = failure_of(error)
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(
                loads_schema(asks_model=said is None),
                user_input or loads_as_input(model, shown),
            ),
            errors=errors,
            description_placeholders=facts
            | _limits(ratings)
            | _names(shown)
            | {"module": wired.config.name},
        )

    def _objections(self, findings: Iterable[LoadFinding]) -> tuple[dict[str, str], dict[str, str]]:
        """Return what stands against writing loads: the form's errors and their facts.

        What the specification forbids always does; what it leaves open, the first time.
        """
        findings = tuple(findings)
        facts = {"findings": " ".join(sentences(findings))}
        broken = [finding for finding in findings if finding.is_error]
        if broken:
            return _marked(broken, "load_broken") | {"base": "ratings_broken"}, facts
        doubts = [finding for finding in findings if finding not in self._accepted]
        self._accepted.update(doubts)
        if doubts:
            return _marked(doubts, "load_doubtful") | {"base": "loads_doubtful"}, facts
        return {}, {}


def _marked(findings: Iterable[LoadFinding], key: str) -> dict[str, str]:
    """Return an error for each part of the form that has a finding: the form is long."""
    fields = {
        CONF_CCO_LOAD if finding.rule.startswith("cco-") else f"load_{finding.zone}"
        for finding in findings
        if finding.zone or finding.rule.startswith("cco-")
    }
    return dict.fromkeys(fields, key)


def _limits(ratings: ModuleRatings) -> dict[str, str]:
    """Return the figures that the form names."""
    motor = str(ratings.motor_full_load)
    if ratings.motor_max_hp:
        power = Fraction(ratings.motor_max_hp.value).limit_denominator(16)
        motor += f" ({power} {ratings.motor_max_hp.unit})"
    if ratings.motor_locked_rotor:
        motor += f", {ratings.motor_locked_rotor}"
    return {
        "model": ratings.model,
        "zone_max": str(ratings.zone_max),
        "module_max": str(ratings.module_max),
        "motor_max": motor,
        "feed_max": str(FEED_CHAIN_MAX_A),
    }


def _names(program: Program) -> dict[str, str]:
    """Return what the zones are called, as the form shows it."""
    return {
        f"name_{number}": name or "-" for number, name in enumerate(program.zone_names, start=1)
    }
