"""The client of the modules: find, read and switch them, hear what happens to them.

`DpmClient` is on the QS link, `ProcessorClient` behind a HomeWorks QS processor; what both can do is
`ModuleClient`.
"""

from dpm_core.client.client import DpmClient
from dpm_core.client.events import (
    CciChanged,
    CcoChanged,
    ClientEvent,
    ConnectionLost,
    ConnectionRestored,
    ConnectionState,
    ModuleAnnounced,
    ModuleChanged,
    ModuleEvent,
    ModuleLost,
    ModuleReturned,
    OverrideEntered,
    OverrideLeft,
    ProjectChanged,
    WallstationButtonPressed,
    WallstationButtonReleased,
    WallstationLedChanged,
    ZoneButtonPressed,
    ZoneSwitched,
)
from dpm_core.client.group_levels import DONE, Done, Outcome
from dpm_core.client.interface import ModuleClient
from dpm_core.client.link_client import LinkEvent
from dpm_core.client.lip import (
    HTTP_PORT,
    OverrideContact,
    ProcessorClient,
    ProcessorModule,
    ProcessorSettings,
    ProcessorUrl,
    fetch_project,
    is_processor_url,
    parse_processor_url,
    transport_for_processor,
)
from dpm_core.client.settings import ClientSettings
from dpm_core.client.views import DiscoveredModule, ModuleView
from dpm_core.protocol.session_events import FrameSent, MessageHeard, NoiseHeard

__all__ = [
    "DONE",
    "HTTP_PORT",
    "CciChanged",
    "CcoChanged",
    "ClientEvent",
    "ClientSettings",
    "ConnectionLost",
    "ConnectionRestored",
    "ConnectionState",
    "DiscoveredModule",
    "Done",
    "DpmClient",
    "FrameSent",
    "LinkEvent",
    "MessageHeard",
    "ModuleAnnounced",
    "ModuleChanged",
    "ModuleClient",
    "ModuleEvent",
    "ModuleLost",
    "ModuleReturned",
    "ModuleView",
    "NoiseHeard",
    "Outcome",
    "OverrideContact",
    "OverrideEntered",
    "OverrideLeft",
    "ProcessorClient",
    "ProcessorModule",
    "ProcessorSettings",
    "ProcessorUrl",
    "ProjectChanged",
    "WallstationButtonPressed",
    "WallstationButtonReleased",
    "WallstationLedChanged",
    "ZoneButtonPressed",
    "ZoneSwitched",
    "fetch_project",
    "is_processor_url",
    "parse_processor_url",
    "transport_for_processor",
]
