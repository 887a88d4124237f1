"""The repair notice of a module whose loads break its ratings.

The form refuses such loads, but they can come another way: from `dpm program`, from another client,
or from a module that turns out to be its smaller sister.

House rule: as in `notices.py`: only what a person can mend, and gone as soon as it is mended.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .const import DOMAIN
from .load_ratings import errors_of, ratings_of, sentences

if TYPE_CHECKING:
    from dpm_core.model import ModuleRatings, Program

    from .hub import Module


class LoadNotices:
    """The notices about the loads of one link's modules."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Start with nothing said."""
        self._hass = hass
        self._checked: dict[str, tuple[Program, ModuleRatings]] = {}
        self._said: set[str] = set()

    @callback
    def look_at(self, module: Module) -> None:
        """Say which ratings a module's loads break, or take that back."""
        checked = (module.view.program or module.config.program, ratings_of(module))
        if self._checked.get(module.subentry_id) == checked:
            return
        self._checked[module.subentry_id] = checked
        issue_id = f"ratings_broken_{module.subentry_id}"
        errors = errors_of(module)
        if not errors:
            if issue_id in self._said:
                self._said.discard(issue_id)
                ir.async_delete_issue(self._hass, DOMAIN, issue_id)
            return
        self._said.add(issue_id)
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            issue_id,
            is_fixable=False,
            severity=ir.IssueSeverity.ERROR,
            translation_key="ratings_broken",
            translation_placeholders={
                "module": module.config.name,
                "findings": "\n".join(f"- {sentence}" for sentence in sentences(errors)),
            },
        )

    @callback
    def withdraw(self) -> None:
        """Take back every notice: the link is being closed."""
        for issue_id in self._said:
            ir.async_delete_issue(self._hass, DOMAIN, issue_id)
        self._said.clear()
        self._checked.clear()
