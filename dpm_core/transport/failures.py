"""What the operating system's errors mean, in words for the person at the panel."""

from __future__ import annotations

import errno
import socket
from typing import TYPE_CHECKING, Final

from dpm_core.errors import LinkUnavailable
from dpm_core.transport.urls import DEVICE_SCHEMES, TCP_SCHEMES, redacted_url, scheme_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_OPENING: Final[dict[int | None, str]] = {
    errno.ENOENT: "there is no such port; check that the adapter is plugged in",
    errno.ENODEV: "there is no such port; check that the adapter is plugged in",
    errno.ENXIO: "there is no such port; check that the adapter is plugged in",
    errno.EIO: "the port does not answer; unplug the adapter and plug it in again",
    errno.EACCES: "this user may not open the port; give it access to serial ports",
    errno.EPERM: "this user may not open the port; give it access to serial ports",
    errno.EBUSY: "another program has the port open; close that one first",
    errno.EAGAIN: "another program has the port open; close that one first",
    errno.ENOTTY: "it is not a serial port",
    errno.EISDIR: "it is a folder, not a serial port",
    errno.ECONNREFUSED: "the other side refused the connection; check host and port",
    errno.EHOSTUNREACH: "the other side cannot be reached; check the network",
    errno.ENETUNREACH: "the other side cannot be reached; check the network",
    errno.ETIMEDOUT: "the other side does not answer; check the network",
    errno.ECONNRESET: "the other side broke off the connection",
    errno.EPIPE: "the other side broke off the connection",
}

_LOSS: Final[dict[int | None, str]] = {
    errno.ECONNRESET: "the other side broke off the connection",
    errno.EPIPE: "the other side broke off the connection",
    errno.ECONNABORTED: "the other side broke off the connection",
    errno.ETIMEDOUT: "the other side does not answer any more",
    errno.EHOSTUNREACH: "the other side cannot be reached any more",
    errno.ENETUNREACH: "the network is down",
    errno.ENETDOWN: "the network is down",
}

_CLOSED: Final = "the other side closed the connection"

_GONE: Final = "the port is gone; the adapter was unplugged or its other end closed"

# Without a number (None): pyserial, when a socket ended or a port hung up.
_LOSS_OF_SOCKET: Final = {**_LOSS, errno.EIO: _CLOSED, None: _CLOSED}

_LOSS_OF_DEVICE: Final[dict[int | None, str]] = dict.fromkeys(
    (errno.EIO, errno.ENXIO, errno.ENODEV, errno.EBADF, None), _GONE
)

_EXTRAS: Final = {"esphome": "lutron-dpm[esphome]"}


def opening_failed(url: str, error: BaseException) -> LinkUnavailable:
    """Return why a link cannot be opened, with `error` as its cause."""
    return _with_cause(LinkUnavailable(redacted_url(url), _opening_words(url, error)), error)


def link_lost(url: str, error: BaseException | None) -> LinkUnavailable:
    """Return why an open link was lost; None is an orderly end by the other side."""
    return _with_cause(LinkUnavailable(redacted_url(url), _loss_words(url, error)), error)


def unknown_scheme(url: str) -> str:
    """Return in words that nothing can open this kind of URL here."""
    scheme = scheme_of(url)
    if scheme in _EXTRAS:
        return f"{scheme}:// needs an extra package: install {_EXTRAS[scheme]}"
    return f"nothing installed here can open {scheme}:// links; check the spelling"


def _opening_words(url: str, error: BaseException) -> str:
    if any(isinstance(cause, socket.gaierror) for cause in _chain(error)):
        return "its host name is not known; check the spelling and the network"
    return _known(error, _OPENING) or _own_words(url, error)


def _loss_words(url: str, error: BaseException | None) -> str:
    if error is None:
        return _CLOSED
    if scheme_of(url) in DEVICE_SCHEMES:
        words = _LOSS_OF_DEVICE
    elif scheme_of(url) in TCP_SCHEMES:
        words = _LOSS_OF_SOCKET
    else:
        words = _LOSS
    return _known(error, words) or _own_words(url, error)


def _known(error: BaseException, words: dict[int | None, str]) -> str | None:
    for cause in _chain(error):
        number = cause.errno if isinstance(cause, OSError) else next(iter(cause.args), None)
        # Not an OSError, but with a number all the same: termios.error.
        if isinstance(number, int) and number in words:
            return words[number]
    is_without_number = isinstance(error, OSError) and error.errno is None
    return words.get(None) if is_without_number else None


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield the error and what led to it: pyserial drops the number of a socket's error."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def _own_words(url: str, error: BaseException) -> str:
    if isinstance(error, TimeoutError) and not error.args:
        return "no answer in time"
    words = (error.strerror if isinstance(error, OSError) else None) or str(error)
    # Some backends repeat the URL in their errors, with the key in it.
    return words.replace(url, redacted_url(url)).rstrip(".") or type(error).__name__


def _with_cause(failure: LinkUnavailable, error: BaseException | None) -> LinkUnavailable:
    failure.__cause__ = error
    return failure
