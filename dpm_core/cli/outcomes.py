"""What became of a command to many modules: one answer for each, and one exit status for all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeVar

from dpm_core.cli.exits import ExitStatus, kind_of, status_of
from dpm_core.errors import DpmError

if TYPE_CHECKING:
    from dpm_core.cli.output import Output
    from dpm_core.client import Outcome
    from dpm_core.model import ModuleAddress

_Address = TypeVar("_Address", bound="ModuleAddress")


def show_outcomes(output: Output, outcomes: Mapping[_Address, Outcome]) -> ExitStatus | None:
    """Print one line for each module; return the first failure's exit status, or None."""
    failed = {
        serial: outcome
        for serial, outcome in sorted(outcomes.items())
        if isinstance(outcome, DpmError)
    }
    status = status_of(next(iter(failed.values()))) if failed else None
    if output.is_json:
        output.object(
            {
                "ok": not failed,
                "modules": [
                    {
                        "serial": str(serial),
                        "done": serial not in failed,
                        "kind": kind_of(failed[serial]) if serial in failed else None,
                        "error": str(failed[serial]) if serial in failed else None,
                    }
                    for serial in sorted(outcomes)
                ],
            }
        )
        return status
    for serial in sorted(outcomes):
        output.plain(str(failed[serial]) if serial in failed else f"Module {serial}: done.")
    if not outcomes:
        output.plain("Sent; no module answers such a command, and none is known to be asked.")
    return status
