"""Fill the tables of docs/processor.md from the library: what is said, what is heard, and limits.

    python docs/processor_tables.py

What stands between the markers `<!-- table NAME -->` and `<!-- end -->` is written anew; the
rest of the page is written by hand.
"""

from __future__ import annotations

import ast
import dataclasses
import inspect
import re
from collections.abc import Callable, Iterable
from pathlib import Path

from dpm_core.client import ProcessorSettings
from dpm_core.protocol.lip import (
    AreaOccupancy,
    DeviceAction,
    DeviceLed,
    ErrorReport,
    FlashOutput,
    GroupOccupancy,
    HelpReport,
    IntegrationIdReport,
    LedState,
    LipCommand,
    LipReport,
    LipSessionSettings,
    Logout,
    MonitoringKind,
    MonitoringState,
    MoveOutput,
    Occupancy,
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

PAGE = Path(__file__).parent / "processor.md"

LUTRON = "Lutron"
OTHERS = "others"
BOTH = "Lutron, others"
INFERRED = "inferred"

SAID: tuple[tuple[LipCommand, str, str], ...] = (
    (SetOutputLevel(101, 100), BOTH, "zone on; maintained CCO closed"),
    (SetOutputLevel(101, 0), BOTH, "zone off; maintained CCO open"),
    (PulseOutput(105, 0.5), LUTRON, "pulsed CCO; in steps of 0.25 s up to 99 s"),
    (QueryOutputLevel(101), BOTH, "level of an output"),
    (MoveOutput(101, OutputMove.START_RAISING), LUTRON, "2 raise, 3 lower, 4 stop; never sent"),
    (FlashOutput(101), LUTRON, "flash; never sent: a relay must not"),
    (PressButton(30, 1), BOTH, "press of a wallstation's button"),
    (ReleaseButton(30, 1), BOTH, "its release, always behind a press"),
    (SetLed(30, 81, LedState.ON), LUTRON, "LED of a button without a program of its own"),
    (QueryLed(30, 81), BOTH, "what an LED shows"),
    (QueryContact(31, 1), f"{LUTRON}; answer {INFERRED}", "whether a contact input is closed"),
    (QueryAreaLevels(5), OTHERS, "levels of all outputs of an area"),
    (QueryAreaOccupancy(5), LUTRON, "whether an area is occupied"),
    (QueryGroupOccupancy(5), LUTRON, "whether an occupancy group is"),
    (SetMonitoring(MonitoringKind.ZONE, True), BOTH, "tell levels unasked, from now on"),
    (QueryMonitoring(MonitoringKind.ZONE), LUTRON, "whether levels are told unasked"),
    (QuerySystem(SystemAction.DATABASE_EXPORT), OTHERS, "date of the project; the heartbeat"),
    (QuerySystem(SystemAction.FIRMWARE), LUTRON, "firmware, answered by free text"),
    (QueryIntegrationId(101), LUTRON, "what an integration id stands for"),
    (SetSystemVariable(90, 7), LUTRON, "set a variable of the project"),
    (QuerySystemVariable(90), LUTRON, "ask for it"),
    (Logout(), OTHERS, "end the session"),
)
"""What can be said, who says that it can be, and what it does."""

HEARD: tuple[tuple[LipReport, str, str], ...] = (
    (OutputLevel(101, 100), BOTH, "level of an output: its target, at once"),
    (OutputOther(101, 29, ("8",)), OTHERS, "29 and 30 follow each level; they mean nothing here"),
    (DeviceAction(30, 1, 3), BOTH, "button pressed, contact closed"),
    (DeviceAction(30, 1, 4), BOTH, "button released, contact open"),
    (DeviceAction(31, 1, 35, ("1",)), INFERRED, "a contact that was asked for: 1 closed, 0 open"),
    (DeviceLed(30, 81, LedState.ON), BOTH, "LED: 0 off, 1 on, 2 flashing, 3 flashing fast"),
    (AreaOccupancy(5, Occupancy.OCCUPIED), LUTRON, "3 occupied, 4 not, 255 unknown"),
    (GroupOccupancy(5, Occupancy.UNKNOWN), LUTRON, "the same of a group"),
    (MonitoringState(MonitoringKind.ZONE, True), BOTH, "1 is told unasked, 2 is not"),
    (
        SystemReport(None, ("01/31/2026", "12:00:00")),
        OTHERS,
        "date of the project; with the number 10 too",
    ),
    (SystemReport(1, ("11:05:00",)), LUTRON, "time, and whatever else was asked"),
    (SystemVariable(90, 7), LUTRON, "a variable of the project"),
    (IntegrationIdReport(("3", "30", "DEVICE", "00A1B2C3")), LUTRON, "what an id stands for"),
    (HelpReport("text"), LUTRON, "first line of a help text"),
    (ErrorReport(2), LUTRON, "the oldest line of ours is refused"),
)
"""What can be heard, who says so, and what it means."""


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a table."""
    head = list(head)
    lines = [head, ["---"] * len(head), *(list(row) for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def section(value: LipCommand | LipReport) -> str:
    """Return where the reference describes a line, as its class says."""
    _, _, source = (inspect.getdoc(value) or "").partition("Source: integration-protocol.md ")
    return f"§{re.findall(r'[0-9][.][0-9]', source)[0]}"


def lines(rows: Iterable[tuple[LipCommand | LipReport, str, str]]) -> str:
    """Return a table of lines."""
    return table(
        ("Line", "Means", "Class", "Who says so", "Reference"),
        (
            (f"`{value.line()}`", means, f"`{type(value).__name__}`", sureness, section(value))
            for value, sureness, means in rows
        ),
    )


def limits(settings: type[LipSessionSettings | ProcessorSettings]) -> str:
    """Return the limits of a session or a client, with what stands below each in its class."""
    body = ast.parse(inspect.getsource(settings)).body[0]
    assert isinstance(body, ast.ClassDef)
    said = {
        one.target.id: " ".join(behind.value.value.split())
        for one, behind in zip(body.body, body.body[1:], strict=False)
        if isinstance(one, ast.AnnAssign)
        and isinstance(one.target, ast.Name)
        and isinstance(behind, ast.Expr)
        and isinstance(behind.value, ast.Constant)
        and isinstance(behind.value.value, str)
    }
    return table(
        ("Field", "Default", "What it limits"),
        (
            (f"`{one.name}`", shown(one.default), said[one.name])
            for one in dataclasses.fields(settings)
            if isinstance(one.default, float | int)
        ),
    )


def shown(value: float) -> str:
    """Return a default as it is set."""
    return str(value) if isinstance(value, bool) else f"{value:g}"


def monitoring() -> str:
    """Return what is switched on after each login."""
    return table(
        ("Type", "Told unasked"),
        (
            (str(kind.value), kind.name.lower().replace("_", " "))
            for kind in LipSessionSettings().monitoring
        ),
    )


TABLES: dict[str, Callable[[], str]] = {
    "said": lambda: lines(SAID),
    "heard": lambda: lines(HEARD),
    "limits": lambda: limits(LipSessionSettings),
    "client": lambda: limits(ProcessorSettings),
    "monitoring": monitoring,
}


def fill(page: str) -> str:
    """Return the page with its tables written anew."""

    def written(found: re.Match[str]) -> str:
        return f"{found[1]}\n\n{TABLES[found[2]]()}\n\n{found[3]}"

    return re.sub(r"(<!-- table (\w+) -->).*?(<!-- end -->)", written, page, flags=re.DOTALL)


if __name__ == "__main__":
    PAGE.write_text(fill(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
