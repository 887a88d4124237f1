"""What the other links of this Home Assistant already have, so that nothing is set up twice."""

from __future__ import annotations

from typing import Final

from homeassistant.core import HomeAssistant

from dpm_core.model import SerialNumber

from .const import DOMAIN
from .models import LinkConfig, modules_of

FIRST_SIMULATED: Final = 0x00A10001
"""The first serial number of a simulated module; the same that `dpm simulate` counts from."""


async def link_taken_by(
    hass: HomeAssistant, link: LinkConfig, *, except_entry: str | None
) -> str | None:
    """Return the title of the entry that already has this port, under whatever spelling."""
    others = [
        (entry.title, LinkConfig.from_data(entry.data))
        for entry in hass.config_entries.async_entries(DOMAIN)
        if entry.entry_id != except_entry
    ]

    def first_match() -> str | None:
        identity = link.identity()
        return next((title for title, other in others if other.identity() == identity), None)

    return await hass.async_add_executor_job(first_match)


def module_taken_by(
    hass: HomeAssistant,
    serial: SerialNumber,
    *,
    is_simulated: bool,
    except_uid: str | None = None,
) -> str | None:
    """Return the title of the link that already has this module.

    A simulated module and a real one with the same serial number are two modules.
    """
    return next(
        (
            entry.title
            for entry in hass.config_entries.async_entries(DOMAIN)
            if LinkConfig.from_data(entry.data).is_simulated == is_simulated
            and any(
                module.serial == serial and module.uid != except_uid
                for module in modules_of(entry).values()
            )
        ),
        None,
    )


def free_simulated_serials(hass: HomeAssistant, count: int) -> tuple[SerialNumber, ...]:
    """Return serial numbers for new simulated modules, none of them on another simulated link."""
    taken = {
        serial
        for entry in hass.config_entries.async_entries(DOMAIN)
        for serial in LinkConfig.from_data(entry.data).serials
    }
    free: list[SerialNumber] = []
    number = FIRST_SIMULATED
    while len(free) < count:
        if number not in taken:
            free.append(SerialNumber(number))
        number += 1
    return tuple(free)
