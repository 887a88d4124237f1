"""How a link behaves once it is set up: the options, and their form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from homeassistant.config_entries import ConfigFlowResult, OptionsFlow
from homeassistant.helpers import selector

from dpm_core.protocol import SessionSettings

from ._vol import vol

CONF_POLL_INTERVAL_S: Final = "poll_interval_s"
CONF_HOST_SLACK_MS: Final = "host_slack_ms"
CONF_NOTICE_AFTER_MIN: Final = "notice_after_min"

_FACTORY: Final = SessionSettings()


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkOptions:
    """The options of one link."""

    poll_interval_s: float = _FACTORY.poll_interval_s
    """From asking one module to asking the next, in seconds."""

    host_slack_s: float = _FACTORY.host_slack_s
    """What the adapter, the gateway and the network may add to an answer, in seconds."""

    notice_after_s: float = 600.0
    """How long the link may be gone before a repair notice says so, in seconds. Decided here:
    longer than a gateway needs to start again."""

    @classmethod
    def from_options(cls, options: Mapping[str, Any]) -> Self:
        """Return the options of a config entry; what it does not say is as shipped."""
        factory = cls()
        return cls(
            poll_interval_s=options.get(CONF_POLL_INTERVAL_S, factory.poll_interval_s),
            host_slack_s=options.get(CONF_HOST_SLACK_MS, factory.host_slack_s * 1000) / 1000,
            notice_after_s=options.get(CONF_NOTICE_AFTER_MIN, factory.notice_after_s / 60) * 60,
        )

    def as_options(self) -> dict[str, Any]:
        """Return what a config entry stores, in the units of the form."""
        return {
            CONF_POLL_INTERVAL_S: self.poll_interval_s,
            CONF_HOST_SLACK_MS: round(self.host_slack_s * 1000),
            CONF_NOTICE_AFTER_MIN: round(self.notice_after_s / 60),
        }


class LinkOptionsFlow(OptionsFlow):
    """Change how a link behaves; the update listener of the entry then reloads it."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show the options, and store them."""
        if user_input is not None:
            return self.async_create_entry(data=LinkOptions.from_options(user_input).as_options())
        present = LinkOptions.from_options(self.config_entry.options)
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(_schema(), present.as_options()),
        )


def _schema() -> vol.Schema:
    return vol.Schema(
        {
            vol.Required(CONF_POLL_INTERVAL_S): _number(0.05, 10, 0.05, "s"),
            vol.Required(CONF_HOST_SLACK_MS): _number(10, 1000, 5, "ms"),
            vol.Required(CONF_NOTICE_AFTER_MIN): _number(1, 1440, 1, "min"),
        }
    )


def _number(lowest: float, highest: float, step: float, unit: str) -> selector.NumberSelector:
    return selector.NumberSelector(
        selector.NumberSelectorConfig(
            min=lowest,
            max=highest,
            step=step,
            unit_of_measurement=unit,
            mode=selector.NumberSelectorMode.BOX,
        )
    )
