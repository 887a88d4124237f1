"""Repair notices: what somebody has to go and look at.

House rule: only what a person can mend, and each notice goes as soon as it is mended.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from dpm_core.model import ContactState

from .const import DOMAIN
from .failures import PROCESSOR_KEYS

if TYPE_CHECKING:
    from .hub import Hub, Module

JUMPER_AFTER_S: Final = 300.0
"""How long the CCI must have been open, since we first heard of it, until we ask about the
jumper, in seconds. Decided here: an emergency test is over by then."""


class Notices:
    """The repair notices of one link."""

    def __init__(self, hub: Hub) -> None:
        """Start with nothing to say."""
        self._hub = hub
        self._pending: dict[str, CALLBACK_TYPE] = {}
        self._seen_closed: set[str] = set()

    @callback
    def look_at_link(self) -> None:
        """Say that the link is gone once it has been for long enough, or take that back."""
        entry = self._hub.entry
        trouble = self._hub.trouble
        now = None
        if not self._hub.is_connected:
            now = next(
                (key for kind, key in PROCESSOR_KEYS.items() if isinstance(trouble, kind)),
                "link_gone",
            )
        # A cause that becomes another one has been there for no time yet.
        for key in ("link_gone", *PROCESSOR_KEYS.values()):
            if key == "login_refused":
                continue  # the login is asked for again, which is a notice of its own
            self._say(
                f"{key}_{entry.entry_id}",
                is_so=key == now,
                after_s=self._hub.options.notice_after_s,
                key=key,
                facts={
                    "link": entry.title,
                    "device": self._hub.client.url,
                    "minutes": f"{self._hub.options.notice_after_s / 60:.0f}",
                    "detail": trouble.detail if trouble else "",
                },
            )

    @callback
    def look_at_project(self) -> None:
        """Say what a processor's project has no more, or what is wrong with it."""
        watch, entry = self._hub.project, self._hub.entry
        self._say(
            f"project_unread_{entry.entry_id}",
            is_so=watch.why_unread is not None,
            after_s=0,
            key="project_unread",
            facts={"link": entry.title, "detail": watch.why_unread or ""},
        )
        if watch.project is None:
            return
        self._say(
            f"software_too_old_{entry.entry_id}",
            is_so=watch.project.is_software_too_old,
            after_s=0,
            key="software_too_old",
            facts={"link": entry.title, "version": watch.project.software_version},
        )
        for module in self._hub.modules.values():
            missing = watch.missing.get(module.subentry_id, {})
            self._say(
                f"outputs_missing_{module.subentry_id}",
                is_so=bool(missing),
                after_s=0,
                key="outputs_missing",
                facts={"module": module.config.name, "outputs": ", ".join(missing.values())},
            )
        for wallstation in self._hub.wallstations.values():
            self._say(
                f"wallstation_missing_{wallstation.subentry_id}",
                is_so=not wallstation.is_in_project,
                after_s=0,
                key="wallstation_missing",
                facts={"wallstation": wallstation.config.name},
            )

    @callback
    def look_at(self, module: Module) -> None:
        """Ask about the jumper where a CCI was open from the first moment on."""
        cci = module.view.cci if module.is_available else None
        if cci is ContactState.CLOSED:
            self._seen_closed.add(module.subentry_id)
        self._say(
            f"jumper_missing_{module.subentry_id}",
            is_so=cci is ContactState.OPEN and module.subentry_id not in self._seen_closed,
            after_s=JUMPER_AFTER_S,
            key="jumper_missing",
            facts={"module": module.config.name, "serial": str(module.address)},
        )

    @callback
    def withdraw(self) -> None:
        """Take back every notice, said or pending: the link is being closed."""
        for issue_id, cancel in self._pending.items():
            cancel()
            ir.async_delete_issue(self._hub.hass, DOMAIN, issue_id)
        self._pending.clear()

    def _say(
        self, issue_id: str, *, is_so: bool, after_s: float, key: str, facts: dict[str, str]
    ) -> None:
        if not is_so:
            if cancel := self._pending.pop(issue_id, None):
                cancel()
                ir.async_delete_issue(self._hub.hass, DOMAIN, issue_id)
            return
        if issue_id in self._pending:
            return

        @callback
        def say_it(_now: datetime) -> None:
            ir.async_create_issue(
                self._hub.hass,
                DOMAIN,
                issue_id,
                is_fixable=False,
                severity=ir.IssueSeverity.WARNING,
                translation_key=key,
                translation_placeholders=facts,
            )

        if after_s:
            self._pending[issue_id] = async_call_later(self._hub.hass, after_s, say_it)
        else:
            self._pending[issue_id] = _nothing
            say_it(dt_util.utcnow())


@callback
def _nothing() -> None:
    """Cancel a notice that was said at once: there is nothing to cancel."""
