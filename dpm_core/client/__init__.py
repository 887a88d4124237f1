"""The client of a QS link: find modules, read and switch them, hear what happens to them."""

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
    ModuleLost,
    ModuleReturned,
    OverrideEntered,
    OverrideLeft,
    ZoneButtonPressed,
    ZoneSwitched,
)
from dpm_core.client.group_levels import DONE, Done, Outcome
from dpm_core.client.link_client import LinkEvent
from dpm_core.client.settings import ClientSettings
from dpm_core.client.views import DiscoveredModule, ModuleView
from dpm_core.protocol.session_events import FrameSent, MessageHeard, NoiseHeard

__all__ = [
    "DONE",
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
    "ModuleLost",
    "ModuleReturned",
    "ModuleView",
    "NoiseHeard",
    "Outcome",
    "OverrideEntered",
    "OverrideLeft",
    "ZoneButtonPressed",
    "ZoneSwitched",
]
