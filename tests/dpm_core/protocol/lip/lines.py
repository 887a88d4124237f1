"""Lines of the integration protocol, what they mean, and where that is written.

Each row's source is a section of integration-protocol.md. Ids are invented.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from dpm_core.protocol.lip import (
    AreaOccupancy,
    DeviceAction,
    DeviceLed,
    EmptyLine,
    ErrorReport,
    FlashOutput,
    GroupOccupancy,
    HelpReport,
    IntegrationIdReport,
    LedState,
    LipCommand,
    LipReport,
    Logout,
    MonitoringKind,
    MonitoringState,
    MoveOutput,
    ObjectReport,
    Occupancy,
    OtherCommand,
    OutputLevel,
    OutputMove,
    OutputOther,
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
    SystemAction,
    SystemReport,
    SystemVariable,
)


class CommandLine(NamedTuple):
    """A line of ours that has exactly one form."""

    line: str
    command: LipCommand
    source: str


class ReportLine(NamedTuple):
    """A line of a processor that has exactly one form."""

    line: str
    report: LipReport
    source: str


class Refused(NamedTuple):
    """A line that a processor answers with an error."""

    line: str
    number: int
    source: str


COMMANDS: Final = (
    CommandLine("#OUTPUT,101,1,100", SetOutputLevel(101, 100), "3.1 action 1"),
    CommandLine("#OUTPUT,101,1,0", SetOutputLevel(101, 0), "3.1 action 1"),
    CommandLine("#OUTPUT,101,1,33.33", SetOutputLevel(101, 33.33), "2, levels"),
    CommandLine("#OUTPUT,101,1,0.01", SetOutputLevel(101, 0.001), "2, levels"),
    CommandLine("#OUTPUT,101,1,75,0.25", SetOutputLevel(101, 75, 0.25), "2, times"),
    CommandLine("#OUTPUT,101,1,75,0,5", SetOutputLevel(101, 75, 0, 5), "2, times"),
    CommandLine("#OUTPUT,101,1,75,1:30,4:00:00", SetOutputLevel(101, 75, 90, 14400), "2, times"),
    CommandLine("?OUTPUT,101,1", QueryOutputLevel(101), "3.1 action 1"),
    CommandLine("#OUTPUT,101,2", MoveOutput(101, OutputMove.START_RAISING), "3.1 action 2"),
    CommandLine("#OUTPUT,101,3", MoveOutput(101, OutputMove.START_LOWERING), "3.1 action 3"),
    CommandLine("#OUTPUT,101,4", MoveOutput(101, OutputMove.STOP), "3.1 action 4"),
    CommandLine("#OUTPUT,101,5", FlashOutput(101), "3.1 action 5"),
    CommandLine("#OUTPUT,101,5,2,10", FlashOutput(101, 2, 10), "3.1 action 5"),
    CommandLine("#OUTPUT,105,6", PulseOutput(105), "3.1 action 6"),
    CommandLine("#OUTPUT,105,6,0.5", PulseOutput(105, 0.5), "3.1, CCO by kind"),
    CommandLine("#OUTPUT,105,6,1:39,3", PulseOutput(105, 99, 3), "3.1 action 6"),
    CommandLine("#OUTPUT,106,1,100", SetOutputLevel(106, 100), "3.1, CCO by kind"),
    CommandLine("#OUTPUT,101,17,255", OtherCommand("#", "OUTPUT", ("101", "17", "255")), "3.1"),
    CommandLine("?OUTPUT,101,5", OtherCommand("?", "OUTPUT", ("101", "5")), "3.1 action 5"),
    CommandLine("#DEVICE,30,1,3", PressButton(30, 1), "3.2 action 3"),
    CommandLine("#DEVICE,30,1,4", ReleaseButton(30, 1), "3.2 action 4"),
    CommandLine("#DEVICE,30,81,9,1", SetLed(30, 81, LedState.ON), "3.2 action 9"),
    CommandLine("#DEVICE,30,81,9,3", SetLed(30, 81, LedState.RAPID_FLASH), "3.2 action 9"),
    CommandLine("?DEVICE,30,81,9", QueryLed(30, 81), "3.2 action 9"),
    CommandLine("?DEVICE,31,1,35", QueryContact(31, 1), "3.2 action 35"),
    CommandLine("?DEVICE,33,1,22", OtherCommand("?", "DEVICE", ("33", "1", "22")), "3.2 action 22"),
    CommandLine("#DEVICE,30,1,5", OtherCommand("#", "DEVICE", ("30", "1", "5")), "3.2 action 5"),
    CommandLine("?AREA,5,1", QueryAreaLevels(5), "3.4"),
    CommandLine("?AREA,5,8", QueryAreaOccupancy(5), "3.4"),
    CommandLine("?AREA,5,6", OtherCommand("?", "AREA", ("5", "6")), "3.4"),
    CommandLine("#AREA,5,6,1", OtherCommand("#", "AREA", ("5", "6", "1")), "3.4"),
    CommandLine("?GROUP,5,3", QueryGroupOccupancy(5), "3.4"),
    CommandLine("#MONITORING,5,1", SetMonitoring(MonitoringKind.ZONE, True), "3.5"),
    CommandLine("#MONITORING,255,2", SetMonitoring(MonitoringKind.ALL, False), "3.5"),
    CommandLine("?MONITORING,5", QueryMonitoring(MonitoringKind.ZONE), "3.5"),
    CommandLine("?SYSTEM,8", QuerySystem(SystemAction.FIRMWARE), "3.6"),
    CommandLine("?SYSTEM,10", QuerySystem(SystemAction.DATABASE_EXPORT), "3.6"),
    CommandLine("#SYSTEM,1,11:05:00", OtherCommand("#", "SYSTEM", ("1", "11:05:00")), "3.6"),
    CommandLine("?INTEGRATIONID,3,101", QueryIntegrationId(101), "3.7"),
    CommandLine("?INTEGRATIONID,3", OtherCommand("?", "INTEGRATIONID", ("3",)), "3.7"),
    CommandLine(
        "?INTEGRATIONID,1,00A1B2C3", OtherCommand("?", "INTEGRATIONID", ("1", "00A1B2C3")), "3.7"
    ),
    CommandLine("#SYSVAR,90,1,7", SetSystemVariable(90, 7), "3.7"),
    CommandLine("?SYSVAR,90,1", QuerySystemVariable(90), "3.7"),
    CommandLine("?TIMECLOCK,80,2", OtherCommand("?", "TIMECLOCK", ("80", "2")), "3.7"),
    CommandLine("?ETHERNET,0", OtherCommand("?", "ETHERNET", ("0",)), "3.7"),
    CommandLine("?HELP", OtherCommand("?", "HELP"), "3.7"),
    CommandLine("#RESET,0", OtherCommand("#", "RESET", ("0",)), "3.7"),
    CommandLine("LOGOUT", Logout(), "1.2"),
    CommandLine("", EmptyLine(), "1.2"),
)
"""What is said, in the form in which we say it."""

OTHER_WAYS: Final = (
    CommandLine("  #output , 0101 ,01, 050.50 ", SetOutputLevel(101, 50.5), "2: ignored on input"),
    CommandLine("#OUTPUT,101,1,100.00", SetOutputLevel(101, 100), "2, levels"),
    CommandLine("#OUTPUT,101,1,5.", SetOutputLevel(101, 5), "2, levels: assumed"),
    CommandLine(
        "#OUTPUT,101,1,100,0:00:00.500000", SetOutputLevel(101, 100, 0.5), "2: in the field"
    ),
    CommandLine("#OUTPUT,101,1,100,0.9", SetOutputLevel(101, 100, 0.75), "2: fractions go down"),
    CommandLine("#OUTPUT,101,1,100,1:00.75", SetOutputLevel(101, 100, 60), "2: fractions go down"),
    CommandLine("#OUTPUT,101,1,100,01:30", SetOutputLevel(101, 100, 90), "2, times"),
    CommandLine("?OUTPUT,101", QueryOutputLevel(101), "3.1: without an action"),
    CommandLine("? system,010", QuerySystem(SystemAction.DATABASE_EXPORT), "2: ignored on input"),
    CommandLine(" logout ", Logout(), "2: ignored on input"),
    CommandLine("   ", EmptyLine(), "2: ignored on input"),
)
"""What a processor reads as well."""

REFUSED: Final = (
    Refused("#OUTPUT,101", 1, "3.8"),
    Refused("#OUTPUT,101,1", 1, "3.8"),
    Refused("#OUTPUT,101,1,100,1,1,1", 1, "3.8"),
    Refused("#OUTPUT,101,2,1", 1, "3.8"),
    Refused("#OUTPUT,105,6,1,1,1", 1, "3.8"),
    Refused("?OUTPUT", 1, "3.8"),
    Refused("#DEVICE,30,81,9", 1, "3.8"),
    Refused("#DEVICE,30,1,3,1", 1, "3.8"),
    Refused("?DEVICE,30,81", 1, "3.8"),
    Refused("?AREA,5", 1, "3.8: too many fields on AREA"),
    Refused("?GROUP,5", 1, "3.8"),
    Refused("#SYSVAR,90,1", 1, "3.8"),
    Refused("?SYSVAR,90", 1, "3.8"),
    Refused("#MONITORING,5", 1, "3.8"),
    Refused("?MONITORING", 1, "3.8"),
    Refused("?SYSTEM", 1, "3.8"),
    Refused("?INTEGRATIONID", 1, "3.8"),
    Refused("#OUTPUT,0,1,100", 2, "2: 0 is not addressable"),
    Refused("?OUTPUT,0,1", 2, "2: 0 is not addressable"),
    Refused("?INTEGRATIONID,3,0", 2, "2: 0 is not addressable"),
    Refused("#OUTPUT,101,4321", 3, "3.8: action 4321"),
    Refused("?OUTPUT,101,6", 3, "3.1: no query"),
    Refused("#DEVICE,30,1,99", 3, "3.8"),
    Refused("?DEVICE,30,1,3", 3, "3.2: no query"),
    Refused("?AREA,5,2", 3, "3.4"),
    Refused("?GROUP,5,1", 3, "3.4"),
    Refused("#SYSVAR,90,2,1", 3, "3.7"),
    Refused("?SYSVAR,90,2", 3, "3.7"),
    Refused("?INTEGRATIONID,2,1", 3, "3.7"),
    Refused("#OUTPUT,101,1,120", 4, "3.8: level 120"),
    Refused("#OUTPUT,101,1,100,4:00:01", 4, "2: at most 4 h"),
    Refused("#OUTPUT,105,6,0", 4, "3.1 action 6"),
    Refused("#OUTPUT,105,6,1:40", 4, "3.1 action 6"),
    Refused("#DEVICE,30,81,9,4", 4, "3.2 action 9"),
    Refused("#MONITORING,5,3", 4, "3.5"),
    Refused("#OUTPUT,99999999999,1,100", 4, "2: largest id assumed"),
    Refused("#OUTPUT,101,1,full", 5, "3.8"),
    Refused("#OUTPUT,101,1,-1", 5, "3.8"),
    Refused("#OUTPUT,x,1,100", 5, "3.8"),
    Refused("#OUTPUT,101,1,100,1:1:1:1", 5, "3.8: time with four parts"),
    Refused("#OUTPUT,101,1,100,soon", 5, "3.8"),
    Refused("#OUTPUT,101,1,100,x:10", 5, "3.8"),
    Refused("#NONSENSE,1", 6, "3.8"),
    Refused("OUTPUT,101,1", 6, "3.8"),
    Refused("hello", 6, "3.8"),
    Refused("#OUTPUT,101,1,100#", 6, "2: signs nowhere else"),
    Refused("~OUTPUT,101,1,100", 6, "2"),
    Refused("#OUTPUT,101,1,\xe9", 6, "2: ASCII"),
)
"""What a processor refuses, and with which error. Which of two counts is decided here."""

REPORTS: Final = (
    ReportLine("~OUTPUT,101,1,90.00", OutputLevel(101, 90), "2, levels"),
    ReportLine("~OUTPUT,101,1,100.00", OutputLevel(101, 100), "3.1"),
    ReportLine("~OUTPUT,101,1,1.89", OutputLevel(101, 1.89), "2, levels"),
    ReportLine("~OUTPUT,101,1,0.00", OutputLevel(101, 0), "3.1"),
    ReportLine("~OUTPUT,101,29,8", OutputOther(101, 29, ("8",)), "3.1 actions 29, 30"),
    ReportLine("~OUTPUT,101,30,1,90.00", OutputOther(101, 30, ("1", "90.00")), "3.1"),
    ReportLine("~OUTPUT,140,17,255", OutputOther(140, 17, ("255",)), "3.1 action 17"),
    ReportLine("~DEVICE,30,1,3", DeviceAction(30, 1, 3), "3.2 action 3"),
    ReportLine("~DEVICE,30,1,4", DeviceAction(30, 1, 4), "3.2 action 4"),
    ReportLine("~DEVICE,31,1,35,1", DeviceAction(31, 1, 35, ("1",)), "3.2 action 35: inferred"),
    ReportLine("~DEVICE,33,1,22,1,0,2", DeviceAction(33, 1, 22, ("1", "0", "2")), "3.2 action 22"),
    ReportLine("~DEVICE,30,81,9,1", DeviceLed(30, 81, LedState.ON), "3.2 action 9"),
    ReportLine("~DEVICE,30,81,9,255", DeviceAction(30, 81, 9, ("255",)), "3.2 action 9"),
    ReportLine("~AREA,5,8,3", AreaOccupancy(5, Occupancy.OCCUPIED), "3.4"),
    ReportLine("~AREA,5,6,1", ObjectReport("AREA", 5, 6, ("1",)), "3.4"),
    ReportLine("~AREA,5,8", ObjectReport("AREA", 5, 8), "3.4"),
    ReportLine("~AREA,5,8,9", ObjectReport("AREA", 5, 8, ("9",)), "3.4"),
    ReportLine("~GROUP,5,3,255", GroupOccupancy(5, Occupancy.UNKNOWN), "3.4"),
    ReportLine("~SHADEGRP,70,1,50.00", ObjectReport("SHADEGRP", 70, 1, ("50.00",)), "3"),
    ReportLine("~HVAC,71,1,72", ObjectReport("HVAC", 71, 1, ("72",)), "3"),
    ReportLine("~TIMECLOCK,80,5,1", ObjectReport("TIMECLOCK", 80, 5, ("1",)), "3.7"),
    ReportLine("~MODE,1,1,2", ObjectReport("MODE", 1, 1, ("2",)), "3"),
    ReportLine("~MONITORING,5,1", MonitoringState(MonitoringKind.ZONE, True), "3.5"),
    ReportLine("~MONITORING,255,2", MonitoringState(MonitoringKind.ALL, False), "3.5"),
    ReportLine("~SYSTEM,1,11:05:00", SystemReport(1, ("11:05:00",)), "3.6"),
    ReportLine("~SYSTEM,2,07/03/2009", SystemReport(2, ("07/03/2009",)), "3.6"),
    ReportLine(
        "~SYSTEM,01/31/2026,12:00:00", SystemReport(None, ("01/31/2026", "12:00:00")), "3.6"
    ),
    ReportLine(
        "~SYSTEM,10,01/31/2026,12:00:00", SystemReport(10, ("01/31/2026", "12:00:00")), "3.6"
    ),
    ReportLine(
        "~INTEGRATIONID,3,30,DEVICE,00A1B2C3",
        IntegrationIdReport(("3", "30", "DEVICE", "00A1B2C3")),
        "3.7",
    ),
    ReportLine("~SYSVAR,90,1,7", SystemVariable(90, 7), "3.7"),
    ReportLine("~SYSVAR,90,2,7", ObjectReport("SYSVAR", 90, 2, ("7",)), "3.7"),
    ReportLine("~HELP,text", HelpReport("text"), "3.7, 7"),
    ReportLine("~HELP,#OUTPUT,1", HelpReport("#OUTPUT,1"), "3.7"),
    ReportLine("~ERROR,2", ErrorReport(2), "3.8"),
    ReportLine("~ERROR", ErrorReport(None), "7: has stopped another program"),
)
"""What is heard, in the form in which a processor says it."""

HEARD_OTHERWISE: Final = (
    ReportLine("~OUTPUT,101,1,48", OutputLevel(101, 48), "2: a bare 48"),
    ReportLine("~OUTPUT,101,1,100", OutputLevel(101, 100), "8: levels without decimals"),
    ReportLine("~OUTPUT, 101, 1, 90.0", OutputLevel(101, 90), "2"),
    ReportLine("~output,00101,1,90.00", OutputLevel(101, 90), "2"),
    ReportLine(" ~ERROR, 2 ", ErrorReport(2), "2"),
    ReportLine("~ERROR,", ErrorReport(None), "7"),
    ReportLine("~ERROR,x", ErrorReport(None), "7"),
    ReportLine("~HELP, text", HelpReport("text"), "7: has stopped another program"),
)
"""What is heard as well."""

UNKNOWN: Final = (
    "",
    "hello",
    "OS Firmware Revision = 8.0",
    "~",
    "~,",
    "~NONSENSE,1,2",
    "~OUTPUT",
    "~OUTPUT,101",
    "~OUTPUT,101,1",
    "~OUTPUT,101,1,100.01",
    "~OUTPUT,101,1,999",
    "~OUTPUT,101,1,-1",
    "~OUTPUT,101,1,1,2",
    "~OUTPUT,x,1,0",
    "~OUTPUT,99999999999,1,0",
    "~DEVICE,30,1",
    "~DEVICE,30,1,x",
    "~AREA,5",
    "~SYSVAR,90,1,x",
    "~MONITORING,5",
    "~MONITORING,5,3",
    "~MONITORING,5,x",
    "~SYSTEM",
    "~SYSTEM,99999999999",
    "~INTEGRATIONID",
    "#OUTPUT,101,1,0",
)
"""What tells nothing for certain: kept as it came. Source: 7, and what is decided here."""
