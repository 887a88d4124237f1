"""Which URL means which link, and how it is shown without its secrets.

A URL is stored and opened exactly as it was given: a by-id path or a symbolic link is looked
up again at every opening, so that an adapter may come back under another number.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import unquote_plus, urlsplit, urlunsplit

from dpm_core.errors import UnsupportedSetting

DEVICE_SCHEME: Final = ""
"""The scheme of a plain device path, such as ``/dev/serial/by-id/...`` or ``COM3``."""

DEVICE_SCHEMES: Final = frozenset({DEVICE_SCHEME, "device", "linux", "posix", "extended-posix"})
"""Schemes of a port of this machine. Source: home-assistant.md 3.2 and serialx 1.11."""

TCP_SCHEMES: Final = frozenset({"socket", "tcp", "rfc2217"})
"""Schemes of a gateway that is reached by host and port. Source: home-assistant.md 3.2."""

_SECRETS: Final = frozenset({"key", "noise_psk", "password", "psk", "token"})
"""Query parameters never shown. Source: serialx, options of ``esphome://``; the last two assumed."""

_EXPECTED: Final = (
    "a device path, socket://host:port, tcp://host:port, rfc2217://host:port, "
    "esphome://host/?port_name=NAME, or another URL that serialx can open"
)


def scheme_of(url: str) -> str:
    """Return the scheme of a URL in lower case; empty for a device path."""
    scheme, separator, _ = url.strip().partition("://")
    return scheme.lower() if separator else DEVICE_SCHEME


def redacted_url(url: str) -> str:
    """Return the URL without user name, password and keys, to show to people and in logs."""
    if scheme_of(url) in DEVICE_SCHEMES:
        return url
    # By hand: urlsplit() refuses some, and urlunsplit() gives others back in another spelling.
    scheme, _, rest = url.partition("://")
    place, question_mark, query = rest.partition("?")
    place = place.rpartition("@")[2]
    return f"{scheme}://{place}{question_mark}{'&'.join(map(_shown, query.split('&')))}"


def checked_url(url: str) -> str:
    """Return the URL as given, without white space around it.

    Raises:
        UnsupportedSetting: It is empty, has control characters, or lacks the host and port
            that its scheme needs.
    """
    url = url.strip()
    if not url or not url.isprintable():
        raise UnsupportedSetting("url", redacted_url(url), _EXPECTED)
    scheme = scheme_of(url)
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise UnsupportedSetting("url", redacted_url(url), _EXPECTED) from error
    if scheme in TCP_SCHEMES and not (host and port):
        raise UnsupportedSetting("url", redacted_url(url), f"{scheme}://host:port")
    if scheme == "esphome" and not host:
        raise UnsupportedSetting("url", redacted_url(url), "esphome://host/?port_name=NAME")
    return url


def normalise_url(url: str) -> str:
    """Return the one spelling of a URL by which two links can be compared.

    Not for opening: credentials are taken out. A device path stays as it is, symbolic links
    included, and so does a URL of a scheme that is not ours to take apart.

    Raises:
        UnsupportedSetting: It is no URL of a link (see `checked_url`).
    """
    url = checked_url(url)
    scheme = scheme_of(url)
    if scheme not in TCP_SCHEMES | {"esphome"}:
        return redacted_url(url)
    parts = urlsplit(redacted_url(url))
    # serialx opens both in the same way: raw octets over TCP.
    scheme = "socket" if scheme == "tcp" else scheme
    path = parts.path.rstrip("/")
    return urlunsplit((scheme, parts.netloc.lower(), path, parts.query, ""))


def _shown(parameter: str) -> str:
    name, equals_sign, _ = parameter.partition("=")
    is_secret = unquote_plus(name).lower() in _SECRETS
    return f"{name}{equals_sign}REDACTED" if equals_sign and is_secret else parameter
