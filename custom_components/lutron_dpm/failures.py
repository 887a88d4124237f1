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
    DpmError,
    ExtensionNotAllowed,
    LinkUnavailable,
    NoReply,
    NotConfirmed,
    OverrideActive,
    Rejected,
    SendingNotAllowed,
    UnknownModule,
    UnsupportedSetting,
)

from .const import DOMAIN


class Failure(NamedTuple):
    """What went wrong: a key of the translations, and the facts that its text names."""

    key: str
    facts: dict[str, str]


# A subclass stands before its base.
_KEYS: Final[tuple[tuple[type[DpmError], str], ...]] = (
    (OverrideActive, "override_active"),
    (Rejected, "rejected"),
    (NoReply, "no_reply"),
    (NotConfirmed, "not_confirmed"),
    (LinkUnavailable, "link_unavailable"),
    (SendingNotAllowed, "listen_only"),
    (ExtensionNotAllowed, "extension_not_allowed"),
    (UnknownModule, "unknown_module"),
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
        case LinkUnavailable(url=url, detail=detail):
            facts |= {"link": url, "detail": detail or "?"}
        case Rejected(reason=reason):
            facts |= {"reason": reason}
        case NoReply(waited_s=waited_s):
            facts |= {"waited": f"{waited_s:.3g}"}
        case NotConfirmed(reported=reported):
            facts |= {"reported": reported}
        case UnsupportedSetting(name=name, allowed=allowed):
            facts |= {"setting": name, "allowed": allowed}
    return Failure(key, facts)


def opening_failure(error: DpmError) -> Failure:
    """Return why a link could not be opened, as exactly as the operating system told us."""
    failure = failure_of(error)
    for cause in _causes(error) if isinstance(error, LinkUnavailable) else ():
        if isinstance(cause, socket.gaierror):
            return failure._replace(key="host_unknown")
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
        is_wrong_call = isinstance(error, SendingNotAllowed | ExtensionNotAllowed)
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
