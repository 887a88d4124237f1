"""The integration protocol of a HomeWorks QS processor (LIP). No input or output.

Lines come out of a `LineDecoder` and through `parse_report`; what is to be said is a command with
its `line()`. A `LipSession` does all of that, the login and the heartbeat for a client.
`parse_command` and the reports' `line()` are the processor's side. `parse_database` reads a
project, and `suggest_modules` says which of its outputs look like one module.

House rule: nothing here waits, opens anything or reads a clock; the caller passes `now`.

Source: integration-protocol.md.
"""

from dpm_core.protocol.lip.answers import answers
from dpm_core.protocol.lip.commands import (
    PULSE_MAX_S,
    EmptyLine,
    FlashOutput,
    LipCommand,
    Logout,
    MoveOutput,
    OtherCommand,
    PressButton,
    PulseOutput,
    QueryAreaLevels,
    QueryAreaOccupancy,
    QueryContact,
    QueryGroupOccupancy,
    QueryIntegrationId,
    QueryLed,
    QueryMonitoring,
    QueryOutputLevel,
    QuerySystem,
    QuerySystemVariable,
    ReleaseButton,
    SetLed,
    SetMonitoring,
    SetOutputLevel,
    SetSystemVariable,
)
from dpm_core.protocol.lip.credentials import (
    Credentials,
)
from dpm_core.protocol.lip.database import (
    DATABASE_END,
    DATABASE_OCTETS_MAX,
    DATABASE_PATH,
    parse_database,
)
from dpm_core.protocol.lip.decoder import (
    LINE_MAX,
    LineDecoder,
    LineEvent,
    LineHeard,
    LineNoise,
    PromptHeard,
)
from dpm_core.protocol.lip.fields import DELAY_MAX_S, TIME_STEP_S
from dpm_core.protocol.lip.kinds import (
    LedState,
    MonitoringKind,
    Occupancy,
    OutputAction,
    OutputMove,
    SystemAction,
)
from dpm_core.protocol.lip.parse_commands import parse_command
from dpm_core.protocol.lip.parse_reports import parse_report
from dpm_core.protocol.lip.project import (
    ProcessorProject,
    ProjectArea,
    ProjectButton,
    ProjectContact,
    ProjectOutput,
    ProjectWallstation,
    Skipped,
)
from dpm_core.protocol.lip.reports import (
    AreaOccupancy,
    DeviceAction,
    DeviceLed,
    ErrorReport,
    GroupOccupancy,
    HelpReport,
    IntegrationIdReport,
    LipReport,
    MonitoringState,
    ObjectReport,
    OutputLevel,
    OutputOther,
    SystemReport,
    SystemVariable,
    UnknownReport,
)
from dpm_core.protocol.lip.session import (
    LipSession,
)
from dpm_core.protocol.lip.session_events import (
    LipEvent,
    LoggedIn,
    LoginRefused,
    ReportHeard,
    RequestDone,
    RequestFailed,
    RequestId,
    SafeMode,
    SessionHung,
    WrongPrompt,
)
from dpm_core.protocol.lip.session_settings import (
    LipSessionSettings,
)
from dpm_core.protocol.lip.suggestions import SuggestedModule, suggest_modules

__all__ = [
    "DATABASE_END",
    "DATABASE_OCTETS_MAX",
    "DATABASE_PATH",
    "DELAY_MAX_S",
    "LINE_MAX",
    "PULSE_MAX_S",
    "TIME_STEP_S",
    "AreaOccupancy",
    "Credentials",
    "DeviceAction",
    "DeviceLed",
    "EmptyLine",
    "ErrorReport",
    "FlashOutput",
    "GroupOccupancy",
    "HelpReport",
    "IntegrationIdReport",
    "LedState",
    "LineDecoder",
    "LineEvent",
    "LineHeard",
    "LineNoise",
    "LipCommand",
    "LipEvent",
    "LipReport",
    "LipSession",
    "LipSessionSettings",
    "LoggedIn",
    "LoginRefused",
    "Logout",
    "MonitoringKind",
    "MonitoringState",
    "MoveOutput",
    "ObjectReport",
    "Occupancy",
    "OtherCommand",
    "OutputAction",
    "OutputLevel",
    "OutputMove",
    "OutputOther",
    "PressButton",
    "ProcessorProject",
    "ProjectArea",
    "ProjectButton",
    "ProjectContact",
    "ProjectOutput",
    "ProjectWallstation",
    "PromptHeard",
    "PulseOutput",
    "QueryAreaLevels",
    "QueryAreaOccupancy",
    "QueryContact",
    "QueryGroupOccupancy",
    "QueryIntegrationId",
    "QueryLed",
    "QueryMonitoring",
    "QueryOutputLevel",
    "QuerySystem",
    "QuerySystemVariable",
    "ReleaseButton",
    "ReportHeard",
    "RequestDone",
    "RequestFailed",
    "RequestId",
    "SafeMode",
    "SessionHung",
    "SetLed",
    "SetMonitoring",
    "SetOutputLevel",
    "SetSystemVariable",
    "Skipped",
    "SuggestedModule",
    "SystemAction",
    "SystemReport",
    "SystemVariable",
    "UnknownReport",
    "WrongPrompt",
    "answers",
    "parse_command",
    "parse_database",
    "parse_report",
    "suggest_modules",
]
