"""How `dpm probe` and `dpm capture` get at a link: octets only, and never sending.

House rule: no command here, and nothing that sends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from dpm_core.cli.logs import start_logging
from dpm_core.errors import UnsupportedSetting
from dpm_core.transport import SendGate, Transport, TransportSettings, scheme_of, transport_for_url

if TYPE_CHECKING:
    from dpm_core.cli.options import LinkOptions

_GATEWAYS_THAT_KEEP_THEIR_SPEED: Final = ("socket", "tcp")


def must_be_real(options: LinkOptions, command: str) -> None:
    """Refuse the simulated link inside this process: nobody talks on it but ourselves.

    Raises:
        UnsupportedSetting: The link is that one.
    """
    if options.is_simulated:
        raise UnsupportedSetting(
            "--link",
            options.link,
            f"a port that others talk on too: `{command}` only listens, and nobody talks on a "
            "link inside dpm itself (for a simulated one: dpm simulate --listen pty:PATH)",
        )


def sets_its_own_speed(url: str) -> bool:
    """Return whether what is at this URL cannot be told a speed."""
    return scheme_of(url) in _GATEWAYS_THAT_KEEP_THEIR_SPEED


def listening_transport(options: LinkOptions, **changes: Any) -> Transport:
    """Return a transport that only listens, not yet open.

    Args:
        options: Where the link is, and how it is opened.
        changes: Fields of `TransportSettings` that differ from the options.

    Raises:
        UnsupportedSetting: There can be no such link, or no such setting.
    """
    start_logging(options.verbose)
    settings = {
        "baud": options.baud,
        "byte_size": options.data_bits,
        "parity": options.parity,
        "stop_bits": options.stop_bits,
        "dtr_on_open": options.dtr,
        "rts_on_open": options.rts,
    }
    return transport_for_url(
        options.link,
        TransportSettings(**{**settings, **changes}),
        backend=options.backend,
        gate=SendGate.LISTEN,
    )
