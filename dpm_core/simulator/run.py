"""A simulated link for other programs, from its start to the signal that ends it.

Nothing appears in the file system before everything listens: then the control socket, then the
links to the pseudo-terminals. Whatever ends the process is a power failure of every module.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from dpm_core.model import SerialNumber

from .options import SimulateOptions


@dataclass(frozen=True, slots=True)
class Listening:
    """What a running simulated link offers.

    Attributes:
        urls: Per `listen` option, in order: what a program opens, such as `/tmp/link`,
            `socket://127.0.0.1:4001` or `rfc2217://127.0.0.1:4002`.
        control: Path of the control socket.
        modules: The modules on the link.
    """

    urls: tuple[str, ...]
    control: Path | None
    modules: tuple[SerialNumber, ...]


async def run_simulator(
    options: SimulateOptions, *, on_listening: Callable[[Listening], None] | None = None
) -> None:
    """Run a simulated link until SIGTERM or SIGINT ends it.

    Args:
        options: What to simulate, and where it listens.
        on_listening: Called once, when everything listens.

    Raises:
        UnsupportedSetting: A `listen` option is none.
        LinkUnavailable: One of the places to listen is taken or cannot be had.
        MemoryInUse: Another simulator uses the state directory.
        MemoryDamaged: The state directory cannot be used, or a memory in it is damaged.
    """
    raise NotImplementedError
