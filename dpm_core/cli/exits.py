"""Exit status: what a script reads of how a command ended, and the words that go with it.

One table, `EXIT_STATUSES`, from which docs/cli.md is checked. A new kind of end is added here.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final

from dpm_core import errors


class ExitStatus(IntEnum):
    """How a command ended, as its process's exit status."""

    DONE = 0
    FAULT = 1
    CALL = 2
    LINK = 3
    NO_REPLY = 4
    REFUSED = 5
    OVERRIDE = 6
    NOT_CONFIRMED = 7
    INTERRUPTED = 130
    BROKEN_PIPE = 141


EXIT_STATUSES: Final = {
    ExitStatus.DONE: "done",
    ExitStatus.FAULT: "a fault of this program",
    ExitStatus.CALL: "the call was wrong, or is not allowed on this link; nothing was sent",
    ExitStatus.LINK: "the link, or what the simulator should listen on, is not available",
    ExitStatus.NO_REPLY: "a module did not answer in time",
    ExitStatus.REFUSED: "a module refused",
    ExitStatus.OVERRIDE: "a module refused because it is in manual override",
    ExitStatus.NOT_CONFIRMED: "a module accepted, but what it then reported disagrees",
    ExitStatus.INTERRUPTED: "interrupted (Ctrl-C)",
    ExitStatus.BROKEN_PIPE: "nobody reads the output any more",
}

# From the particular to the general: the first that fits is taken.
_BY_ERROR: Final = (
    (errors.CallError, ExitStatus.CALL),
    (errors.OverrideActive, ExitStatus.OVERRIDE),
    (errors.Rejected, ExitStatus.REFUSED),
    (errors.NoReply, ExitStatus.NO_REPLY),
    (errors.NotConfirmed, ExitStatus.NOT_CONFIRMED),
    (errors.LinkError, ExitStatus.LINK),
)


def status_of(error: errors.DpmError) -> ExitStatus:
    """Return the exit status that tells a script about this error."""
    for kind, status in _BY_ERROR:
        if isinstance(error, kind):
            return status
    return ExitStatus.FAULT


def kind_of(error: errors.DpmError) -> str:
    """Return the error's name for programs, such as `override_active` for `OverrideActive`."""
    name = type(error).__name__
    return "".join(
        f"_{letter.lower()}" if letter.isupper() and index else letter.lower()
        for index, letter in enumerate(name)
    )


def facts_of(error: errors.DpmError) -> dict[str, object]:
    """Return the facts that the error carries as attributes, in a form that JSON can hold."""
    return {
        name: value if isinstance(value, (bool, int, float, str)) or value is None else str(value)
        for name, value in vars(error).items()
        if not name.startswith("_")
    }


UNPROVEN: Final = (
    "Nothing here has met a real module: the wire format comes from public notes, and class 7D is "
    "this project's own."
)

_HINTS: Final = {
    errors.SendingNotAllowed: (
        "--allow-sending lets dpm switch zones and groups; with --allow-extension, too, it can do "
        f"everything. {UNPROVEN}"
    ),
    errors.ExtensionNotAllowed: f"--allow-extension allows them. {UNPROVEN}",
    errors.MemoryInUse: "--simulated-state DIR or `dpm simulate --state DIR` chooses another one.",
    errors.UnknownModule: "`dpm scan` finds them.",
}


def hint_of(error: errors.DpmError) -> str:
    """Return which option helps, after a space; empty where none does."""
    hint = _HINTS.get(type(error))
    return "" if hint is None else f" {hint}"
