"""How a link behaves once it is set up: the options, and their form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from homeassistant.config_entries import ConfigFlowResult, OptionsFlow
from homeassistant.helpers import selector

from dpm_core.client import ProcessorSettings
from dpm_core.protocol import SessionSettings

from ._vol import vol
from .models import LinkConfig

CONF_POLL_INTERVAL_S: Final = "poll_interval_s"
CONF_HOST_SLACK_MS: Final = "host_slack_ms"
CONF_NOTICE_AFTER_MIN: Final = "notice_after_min"
CONF_PROCESSOR_POLL_S: Final = "processor_poll_s"
CONF_COMMAND_SPACING_MS: Final = "command_spacing_ms"
CONF_INFER_OVERRIDE: Final = "infer_override"

_FACTORY: Final = SessionSettings()
_PROCESSOR: Final = ProcessorSettings()


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

    processor_poll_s: float = _PROCESSOR.poll_s
    """From asking a processor for one output to asking for the same again, in seconds."""

    command_spacing_s: float = _PROCESSOR.session.command_gap_s
    """Least time between two commands to a processor, in seconds."""

    infer_override: bool = _PROCESSOR.infer_override
    """Whether a zone that does not do what it is told is taken for manual override, where no
    contact of the project tells of it."""

    @classmethod
    def from_options(cls, options: Mapping[str, Any]) -> Self:
        """Return the options of a config entry; what it does not say is as shipped."""
        factory = cls()
        return cls(
            poll_interval_s=options.get(CONF_POLL_INTERVAL_S, factory.poll_interval_s),
            host_slack_s=options.get(CONF_HOST_SLACK_MS, factory.host_slack_s * 1000) / 1000,
            notice_after_s=options.get(CONF_NOTICE_AFTER_MIN, factory.notice_after_s / 60) * 60,
            processor_poll_s=options.get(CONF_PROCESSOR_POLL_S, factory.processor_poll_s),
            command_spacing_s=options.get(CONF_COMMAND_SPACING_MS, factory.command_spacing_s * 1000)
            / 1000,
            infer_override=options.get(CONF_INFER_OVERRIDE, factory.infer_override),
        )

    def as_options(self, *, is_processor: bool = False) -> dict[str, Any]:
        """Return what a config entry stores, in the units of the form of its kind of link."""
        notice = {CONF_NOTICE_AFTER_MIN: round(self.notice_after_s / 60)}
        if is_processor:
            return {
                CONF_PROCESSOR_POLL_S: self.processor_poll_s,
                CONF_COMMAND_SPACING_MS: round(self.command_spacing_s * 1000),
                CONF_INFER_OVERRIDE: self.infer_override,
                **notice,
            }
        return {
            CONF_POLL_INTERVAL_S: self.poll_interval_s,
            CONF_HOST_SLACK_MS: round(self.host_slack_s * 1000),
            **notice,
        }


class LinkOptionsFlow(OptionsFlow):
    """Change how a link behaves; the update listener of the entry then reloads it."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show the options, and store them."""
        if LinkConfig.from_data(self.config_entry.data).is_processor:
            return await self.async_step_processor()
        return self._ask("init", _schema(), user_input, is_processor=False)

    async def async_step_processor(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show the options of a processor, and store them."""
        return self._ask("processor", processor_schema(), user_input, is_processor=True)

    def _ask(
        self,
        step_id: str,
        schema: vol.Schema,
        user_input: dict[str, Any] | None,
        *,
        is_processor: bool,
    ) -> ConfigFlowResult:
        if user_input is not None:
            options = LinkOptions.from_options(user_input)
            return self.async_create_entry(data=options.as_options(is_processor=is_processor))
        present = LinkOptions.from_options(self.config_entry.options)
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(
                schema, present.as_options(is_processor=is_processor)
            ),
        )


def _schema() -> vol.Schema:
    return vol.Schema(
        {
            vol.Required(CONF_POLL_INTERVAL_S): _number(0.05, 10, 0.05, "s"),
            vol.Required(CONF_HOST_SLACK_MS): _number(10, 1000, 5, "ms"),
            vol.Required(CONF_NOTICE_AFTER_MIN): _number(1, 1440, 1, "min"),
        }
    )


def processor_schema() -> vol.Schema:
    """Return the form of a processor's options."""
    return vol.Schema(
        {
            vol.Required(CONF_PROCESSOR_POLL_S): _number(5, 600, 1, "s"),
            vol.Required(CONF_COMMAND_SPACING_MS): _number(0, 1000, 10, "ms"),
            vol.Required(CONF_INFER_OVERRIDE): selector.BooleanSelector(),
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
