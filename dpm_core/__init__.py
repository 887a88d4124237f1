"""A Python library for Lutron's LQSE-4S8-120-D switching power module.

What most programs need is here; the rest is in the packages: `dpm_core.model` (what a module is
and does), `dpm_core.protocol` (octets and messages), `dpm_core.transport` (ports), `dpm_core.client`
(a link's modules), `dpm_core.simulator` (modules without hardware) and `dpm_core.errors`.

House rule: nothing is imported before it is asked for, so that `dpm frames` need not wait for a
serial library.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from dpm_core.client import (
        ClientEvent,
        ClientSettings,
        ConnectionState,
        DiscoveredModule,
        DpmClient,
        ModuleView,
    )
    from dpm_core.errors import (
        DpmError,
        ExtensionNotAllowed,
        LinkUnavailable,
        NoReply,
        NotConfirmed,
        OverrideActive,
        Rejected,
        SendingNotAllowed,
    )
    from dpm_core.model import (
        CcoType,
        ContactState,
        GroupNumber,
        OverrideAction,
        Program,
        SerialNumber,
        ZoneNumber,
    )
    from dpm_core.simulator import Simulator, SimulatorSettings
    from dpm_core.transport import (
        SendGate,
        Transport,
        TransportSettings,
        memory_pair,
        transport_for_url,
    )

__version__: Final = "0.1.0"
"""The version of the library and of the integration: written here and nowhere else by hand."""

__all__ = [
    "CcoType",
    "ClientEvent",
    "ClientSettings",
    "ConnectionState",
    "ContactState",
    "DiscoveredModule",
    "DpmClient",
    "DpmError",
    "ExtensionNotAllowed",
    "GroupNumber",
    "LinkUnavailable",
    "ModuleView",
    "NoReply",
    "NotConfirmed",
    "OverrideAction",
    "OverrideActive",
    "Program",
    "Rejected",
    "SendGate",
    "SendingNotAllowed",
    "SerialNumber",
    "Simulator",
    "SimulatorSettings",
    "Transport",
    "TransportSettings",
    "ZoneNumber",
    "__version__",
    "memory_pair",
    "transport_for_url",
]

_PACKAGES: Final = ("client", "errors", "model", "simulator", "transport")


def __getattr__(name: str) -> Any:
    """Import a public name from its package when it is first asked for."""
    if name in __all__:
        for package in _PACKAGES:
            module = importlib.import_module(f"dpm_core.{package}")
            if name in getattr(module, "__all__", vars(module)):
                value = globals()[name] = getattr(module, name)
                return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """Return the public names, those that were not asked for yet included."""
    return sorted({*globals(), *__all__})
