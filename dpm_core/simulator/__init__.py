"""A QS link with modules on it, simulated down to the octets: the default where no hardware is.

Each module is the real model; the line between them is one on which frames that overlap break.
"""

from __future__ import annotations

from .module import SimulatedModule
from .options import SimulateOptions, parse_modules
from .run import Listening, run_simulator
from .settings import SimulatorSettings
from .simulator import Simulator
from .store import FileStore, MemoryStore, RamStore

__all__ = [
    "FileStore",
    "Listening",
    "MemoryStore",
    "RamStore",
    "SimulateOptions",
    "SimulatedModule",
    "Simulator",
    "SimulatorSettings",
    "parse_modules",
    "run_simulator",
]
