"""Fill the tables of docs/protocol.md from the library: messages, examples and times.

    python docs/protocol_tables.py

What stands between the markers `<!-- table NAME -->` and `<!-- end -->` is written anew; the
rest of the page is written by hand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path

from dpm_core.model import (
    Cause,
    CcoAction,
    CcoCurrent,
    CcoLoad,
    CcoLoadKind,
    CcoType,
    ContactState,
    GroupNumber,
    LoadType,
    OverrideAction,
    SerialNumber,
    ZoneLoad,
)
from dpm_core.protocol import (
    ANSWER_WITHIN_S,
    BAUD_DEFAULT,
    BROADCAST,
    CLASS_EXTENSION,
    COLLISION_WAIT_MAX_S,
    COLLISION_WAIT_MIN_S,
    HOST_SLACK_S,
    IDENTIFY_S,
    IDENTIFY_START,
    MESSAGES,
    REPEAT_RECOGNISED_S,
    REPORT_IDLE_S,
    SEQUENCE_FRESH_S,
    SILENCE_S,
    Acknowledge,
    CciReport,
    CcoReport,
    CcoSet,
    CounterMask,
    CountersClear,
    CountersReport,
    Discover,
    EmergencyReport,
    EmergencySet,
    Encodable,
    GoToLevel,
    GroupQuery,
    GroupReport,
    GroupSet,
    Identify,
    IdentityReport,
    IoProgramReport,
    IoProgramSet,
    LinkSource,
    Message,
    MessageRow,
    ModuleReport,
    NameQuery,
    NameReport,
    NameSet,
    OverrideReport,
    ReportFlag,
    Result,
    ResultCode,
    StatusMask,
    StatusQuery,
    ZoneReport,
    describe,
    encode_message,
    frame_time_s,
    report_idle_s,
    slot_time_s,
)
from dpm_core.protocol.messages import (
    LoadsQuery,
    LoadsReport,
    LoadsSet,
    ProgramAbort,
    ProgramBegin,
    ProgramCommit,
    ProgramStage,
    ProgramVersionQuery,
    ProgramVersionReport,
)

PAGE = Path(__file__).parent / "protocol.md"
MODULE = SerialNumber.parse("00A1B2C3")
GROUP = GroupNumber(5)
ON, OFF, UNAFFECTED = OverrideAction.ON, OverrideAction.OFF, OverrideAction.UNAFFECTED
ALL = (True, True, True, True)
ONE_TWO_FOUR = (True, True, False, True)
ONE_THREE = (True, False, True, False)

LOADS = (
    ZoneLoad(LoadType.TUNGSTEN, watts=300),
    ZoneLoad(LoadType.ELECTRONIC_BALLAST, amps=2.5),
    None,
    None,
)
CCO_LOAD = CcoLoad(24, CcoCurrent.DC, 0.25, CcoLoadKind.INDUCTIVE, has_flyback_diode=True)

EXAMPLES: tuple[Message, ...] = (
    GoToLevel(MODULE, 2, 0xFEFF),
    GoToLevel(GROUP, 0, 0xFEFF),
    GoToLevel(BROADCAST, 0, 0),
    Acknowledge(0x01),
    Identify(MODULE, IDENTIFY_START),
    StatusQuery(MODULE, StatusMask(0x0F)),
    ZoneReport(
        MODULE, ONE_TWO_FOUR, (False, True, False, False), ReportFlag(0), Cause.LINK_COMMAND, 7
    ),
    OverrideReport(MODULE, True, ALL, ONE_TWO_FOUR, Cause.CCI),
    CciReport(MODULE, ContactState.OPEN, is_edge=True),
    CcoSet(MODULE, CcoAction.PULSE, 0.5),
    CcoReport(MODULE, True, CcoType.MOMENTARY, 0.25),
    EmergencySet(MODULE, (ON, ON, UNAFFECTED, OFF)),
    EmergencyReport(MODULE, (ON, ON, UNAFFECTED, OFF)),
    CountersReport(MODULE, (1, 2, 3, 100000), 5, 86400, 7, 1000, 8, 9, 0),
    CountersClear(MODULE, CounterMask.CRC_ERRORS),
    IdentityReport(MODULE, 0x09110104, (2, 54)),
    Discover(0, 0, 16),
    Result(MODULE, 0x05, ResultCode.OVERRIDE, 0x01),
    IoProgramSet(MODULE, CcoType.MAINTAINED, 0.5, 0.05),
    IoProgramReport(MODULE, CcoType.MAINTAINED, 0.5, 0.05),
    NameSet(MODULE, 2, "Hall"),
    NameReport(MODULE, 2, "Hall"),
    NameQuery(MODULE, 2),
    GroupSet(MODULE, GROUP, ONE_THREE),
    GroupReport(MODULE, GROUP, ONE_THREE),
    GroupQuery(MODULE),
    ProgramVersionQuery(MODULE),
    ProgramVersionReport(MODULE, 2, 7, 0x1234, 0),
    ProgramBegin(MODULE, 9),
    ProgramStage(MODULE, 9, NameSet(MODULE, 2, "Hall")),
    ProgramCommit(MODULE, 9, 7, 0xBEEF),
    ProgramAbort(MODULE, 9),
    LoadsSet(MODULE, LOADS, CCO_LOAD),
    LoadsQuery(MODULE),
    LoadsReport(MODULE, LOADS, CCO_LOAD),
)
"""One of every message that a master and a module say to each other."""


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a table."""
    head = list(head)
    lines = [head, ["---"] * len(head), *(list(row) for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def message_row(row: MessageRow) -> list[str]:
    """Return one message of the table."""
    codes = "/".join(f"{kind:02X}" for kind in row.message_types)
    return [
        "-" if row.message_class is None else f"{row.message_class:02X} {codes}",
        row.name,
        row.direction.value,
        ", ".join(f"{one:02X}" for one in row.formats) or "varies",
        row.layout,
        " + ".join(one.value for one in row.provenance),
        f"§{row.section}",
        "yes" if row.is_encoded else "read only",
    ]


HEAD = ("Class, type", "Name", "Way", "Format", "Data", "Sureness", "Reference", "Made here")


def public_messages() -> str:
    """Return the table of what is publicly known."""
    return table(
        HEAD, (message_row(row) for row in MESSAGES if row.message_class != CLASS_EXTENSION)
    )


def extension_messages() -> str:
    """Return the table of class 7D, by type."""
    rows = sorted(
        (row for row in MESSAGES if row.message_class == CLASS_EXTENSION),
        key=lambda row: row.message_types,
    )
    return table(
        ("Type", "Name", "Way", "Format", "Data behind class and type"),
        (
            [
                f"{row.message_types[0]:02X}",
                row.name,
                row.direction.value,
                ", ".join(f"{one:02X}" for one in row.formats),
                row.layout,
            ]
            for row in rows
        ),
    )


def examples() -> str:
    """Return one of every message, as words and as octets."""
    rows = []
    for message in EXAMPLES:
        is_report = isinstance(message, ModuleReport)
        frame = encode_message(
            message,
            counter=1,
            sequence=0x00 if is_report else 0x01,
            source=MODULE if is_report else LinkSource(),
        )
        assert isinstance(message, Encodable | Acknowledge)
        rows.append([message.kind, describe(message), f"`{frame}`"])
    return table(("Message", "Says", "Packet"), rows)


def times() -> str:
    """Return the lengths of time that both ends of a link go by."""

    def ms(seconds: float) -> str:
        return f"{seconds * 1000:g} ms"

    idle_s = sorted(report_idle_s(serial) for serial in range(16))
    rows = [
        (
            f"frame with a packet of {size} octets at {BAUD_DEFAULT}",
            ms(frame_time_s(size, BAUD_DEFAULT)),
        )
        for size in (5, 24, 53)
    ]
    rows += [
        ("an answer begins within, from the end of the command", ms(ANSWER_WITHIN_S)),
        ("slack of the host, on top of every wait for an answer", ms(HOST_SLACK_S)),
        ("idle line before a report that nobody asked for", ms(REPORT_IDLE_S)),
        ("the same with (serial mod 16) x 1 ms", f"{ms(idle_s[0])} to {ms(idle_s[-1])}"),
        (
            "random wait after a collision",
            f"{ms(COLLISION_WAIT_MIN_S)} to {ms(COLLISION_WAIT_MAX_S)}",
        ),
        ("silence that ends an incomplete packet", ms(SILENCE_S)),
        (f"DISCOVER slot at {BAUD_DEFAULT}", ms(slot_time_s(BAUD_DEFAULT))),
        ("a repeat is recognised within", f"{REPEAT_RECOGNISED_S:g} s"),
        ("a sequence is not used again within", f"{SEQUENCE_FRESH_S:g} s"),
        ("identify flashes for", f"{IDENTIFY_S:g} s"),
    ]
    return table(("What", "How long"), rows)


TABLES: dict[str, Callable[[], str]] = {
    "public": public_messages,
    "extension": extension_messages,
    "examples": examples,
    "times": times,
}


def fill(page: str) -> str:
    """Return the page with its tables written anew."""

    def written(found: re.Match[str]) -> str:
        return f"{found[1]}\n\n{TABLES[found[2]]()}\n\n{found[3]}"

    return re.sub(r"(<!-- table (\w+) -->).*?(<!-- end -->)", written, page, flags=re.DOTALL)


if __name__ == "__main__":
    PAGE.write_text(fill(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
