"""Every error of the library, as a translation key and the facts to put in its text.

House rule: no library error reaches Home Assistant but through here, and no text is written
here: the words are in `translations/`.
"""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, NamedTuple

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from dpm_core.errors import (
    BusSilent,
    DatabaseTransfer,
    DpmError,
    ExtensionNotAllowed,
    LinkFull,
    LinkUnavailable,
    LoadsNotKept,
    LoginRefused,
    NoReply,
    NoRoute,
    NotConfirmed,
    NotThroughProcessor,
    OverrideActive,
    ProcessorUnavailable,
    Rejected,
    SafeMode,
    SendingNotAllowed,
    SessionHung,
    SessionTaken,
    UnknownModule,
    UnsupportedSetting,
    WrongPrompt,
)

from .const import DOMAIN


class Failure(NamedTuple):
    """What went wrong: a key of the translations, and the facts that its text names."""

    key: str
    facts: dict[str, str]


PROCESSOR_KEYS: Final[dict[type[LinkUnavailable], str]] = {
    NoRoute: "no_route",
    LoginRefused: "login_refused",
    SessionTaken: "session_taken",
    WrongPrompt: "wrong_prompt",
    SafeMode: "safe_mode",
    SessionHung: "session_hung",
    DatabaseTransfer: "database_transfer",
    BusSilent: "bus_silent",
}
"""Why a processor cannot be used. Repair notices have a text of their own for each."""

# A subclass stands before its base.
_KEYS: Final[tuple[tuple[type[DpmError], str], ...]] = (
    *PROCESSOR_KEYS.items(),
    (OverrideActive, "override_active"),
    (LoadsNotKept, "loads_not_kept"),
    (Rejected, "rejected"),
    (NoReply, "no_reply"),
    (NotConfirmed, "not_confirmed"),
    (LinkUnavailable, "link_unavailable"),
    (SendingNotAllowed, "listen_only"),
    (ExtensionNotAllowed, "extension_not_allowed"),
    (NotThroughProcessor, "not_through_processor"),
    (UnknownModule, "unknown_module"),
    (LinkFull, "link_full"),
    (UnsupportedSetting, "unsupported_setting"),
)

_OPENING_KEYS: Final = {
    errno.ENOENT: "port_missing",
    errno.ENODEV: "port_missing",
    errno.ENXIO: "port_missing",
    errno.EACCES: "port_forbidden",
    errno.EPERM: "port_forbidden",
    errno.EBUSY: "port_in_use",
    errno.EAGAIN: "port_in_use",
    errno.ENOTTY: "port_not_serial",
    errno.EISDIR: "port_not_serial",
    errno.ECONNREFUSED: "connection_refused",
}


def failure_of(error: DpmError) -> Failure:
    """Return what an error of the library says, for a text that names no module."""
    key = next((key for kind, key in _KEYS if isinstance(error, kind)), "unexpected")
    facts = {"error": str(error)}
    match error:
        case WrongPrompt(url=url, prompt=prompt):
            facts |= {"link": url, "detail": error.detail, "prompt": prompt}
        case LinkUnavailable(url=url, detail=detail):
            facts |= {"link": url, "detail": detail or "?"}
        case Rejected(reason=reason):
            facts |= {"reason": reason}
        case NoReply(waited_s=waited_s):
            facts |= {"waited": f"{waited_s:.3g}"}
        case NotConfirmed(reported=reported):
            facts |= {"reported": reported}
        case LinkFull():
            facts |= {
                "devices": str(error.devices),
                "devices_max": str(error.devices_max),
                "zones": str(error.zones),
                "zones_max": str(error.zones_max),
            }
        case UnsupportedSetting(name=name, allowed=allowed):
            facts |= {"setting": name, "allowed": allowed}
    return Failure(key, facts)


def opening_failure(error: DpmError) -> Failure:
    """Return why a link could not be opened, as exactly as the operating system told us."""
    failure = failure_of(error)
    for cause in _causes(error) if isinstance(error, LinkUnavailable) else ():
        if isinstance(cause, socket.gaierror):
            return failure._replace(key="host_unknown")
        if isinstance(error, ProcessorUnavailable):
            # Its own class says it better than a number of the operating system.
            continue
        if isinstance(cause, OSError) and cause.errno in _OPENING_KEYS:
            return failure._replace(key=_OPENING_KEYS[cause.errno])
    return failure


@contextmanager
def explained(module: str, output: str) -> Iterator[None]:
    """Raise what the library says as an error in the user's language.

    Args:
        module: The name of the module that was commanded.
        output: The name of its zone, or of its CCO.

    Raises:
        ServiceValidationError: The call cannot work on this link; nothing was sent.
        HomeAssistantError: The module or the link stood in the way.
    """
    try:
        yield
    except DpmError as error:
        failure = failure_of(error)
        is_wrong_call = isinstance(
            error, SendingNotAllowed | ExtensionNotAllowed | NotThroughProcessor
        )
        raise (ServiceValidationError if is_wrong_call else HomeAssistantError)(
            translation_domain=DOMAIN,
            translation_key=failure.key,
            translation_placeholders=failure.facts | {"module": module, "output": output},
        ) from error


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__
