"""A QS link with modules on it, simulated down to the octets: the default where no hardware is.

Each module is the real model; the line between them is one on which frames that overlap break.
"""

from __future__ import annotations

from .emergency import EmergencyContacts, parse_emergency
from .faults import Fault, FaultKind, parse_fault
from .faults_set import Faults
from .link_processor import LinkProcessor
from .module import SimulatedModule
from .options import ProcessorOptions, SimulateOptions, parse_modules
from .processor.faults import (
    ProcessorFault,
    ProcessorFaultKind,
    ProcessorFaults,
    parse_processor_fault,
)
from .processor.processor import SimulatedProcessor
from .processor.project import Project, ProjectModule
from .processor.settings import SimulatedProcessorSettings
from .run import Listening, run_simulator
from .settings import SimulatorSettings
from .simulator import Simulator
from .store import FileStore, MemoryStore, RamStore
from .wallstation import ButtonMoved, LedSwitched, SimulatedWallstation, WallstationEvent
from .wallstation_words import parse_wallstation

__all__ = [
    "ButtonMoved",
    "EmergencyContacts",
    "Fault",
    "FaultKind",
    "Faults",
    "FileStore",
    "LedSwitched",
    "LinkProcessor",
    "Listening",
    "MemoryStore",
    "ProcessorFault",
    "ProcessorFaultKind",
    "ProcessorFaults",
    "ProcessorOptions",
    "Project",
    "ProjectModule",
    "RamStore",
    "SimulateOptions",
    "SimulatedModule",
    "SimulatedProcessor",
    "SimulatedProcessorSettings",
    "SimulatedWallstation",
    "Simulator",
    "SimulatorSettings",
    "WallstationEvent",
    "parse_emergency",
    "parse_fault",
    "parse_modules",
    "parse_processor_fault",
    "parse_wallstation",
    "run_simulator",
]
