"""What a module's loads may be: which model it is, and what the specification has against them.

House rule: no figure and no rule here; both are the library's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dpm_core.model import (
    DEVICE_CLASS_WORD,
    FAMILY,
    LQSE_4S8_120_D,
    LoadFinding,
    ModuleRatings,
    check_loads,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .hub import Module


def said_ratings(module: Module) -> ModuleRatings | None:
    """Return the ratings of the model that a module says it is; None where it says none we know."""
    identity = module.view.identity
    # What its smaller sister says of itself nobody has written down.
    if identity is not None and identity.class_word == DEVICE_CLASS_WORD:
        return LQSE_4S8_120_D
    return None


def ratings_of(module: Module) -> ModuleRatings:
    """Return the ratings of a module: of what it says it is, or of what was noted here."""
    return said_ratings(module) or FAMILY[module.config.model]


def errors_of(module: Module) -> tuple[LoadFinding, ...]:
    """Return which ratings a module's loads break, as far as they are known here."""
    program = module.view.program or module.config.program
    return tuple(
        finding for finding in check_loads(program, ratings_of(module)) if finding.is_error
    )


def sentences(findings: Iterable[LoadFinding]) -> list[str]:
    """Return findings as people read them."""
    return [finding.sentence[:1].upper() + finding.sentence[1:] for finding in findings]
