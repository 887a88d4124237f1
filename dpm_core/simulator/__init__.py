"""A QS link with modules on it, simulated down to the octets: the default where no hardware is.

Each module is the real model; the line between them is one on which frames that overlap break.
"""

from __future__ import annotations

from .faults import Fault, FaultKind, parse_fault
from .faults_set import Faults
from .module import SimulatedModule
from .options import SimulateOptions, parse_modules
from .run import Listening, run_simulator
from .settings import SimulatorSettings
from .simulator import Simulator
from .store import FileStore, MemoryStore, RamStore

__all__ = [
    "Fault",
    "FaultKind",
    "Faults",
    "FileStore",
    "Listening",
    "MemoryStore",
    "RamStore",
    "SimulateOptions",
    "SimulatedModule",
    "Simulator",
    "SimulatorSettings",
    "parse_fault",
    "parse_modules",
    "run_simulator",
]
