"""Numbers that come in steps: what is nearly on one is on it, what is between two is refused.

House rule: no figure of its own; whose number it is says in which steps it comes.
"""

from __future__ import annotations

from dpm_core.errors import UnsupportedSetting

_NEARLY = 1e-6
"""By how much of a step a number may miss it for no other reason than how computers divide."""


def on_step(
    setting: str, value: object, lowest: float, highest: float, steps_per_unit: int, allowed: str
) -> float:
    """Return a number on the nearest step, so that equal settings are equal.

    Raises:
        UnsupportedSetting: It is no number, out of range, or between two steps.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UnsupportedSetting(setting, value, allowed)
    if not lowest - _NEARLY <= value <= highest + _NEARLY:  # NaN fails this too
        raise UnsupportedSetting(setting, value, allowed)
    steps = round(value * steps_per_unit)
    if abs(value * steps_per_unit - steps) > _NEARLY:
        raise UnsupportedSetting(setting, value, allowed)
    return steps / steps_per_unit
