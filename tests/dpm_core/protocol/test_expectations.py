"""Which message answers which."""

import pytest

from dpm_core.model import (
    ALL_ON,
    Cause,
    CcoAction,
    CcoType,
    ContactState,
    GroupNumber,
    SerialNumber,
    ZoneNumber,
)
from dpm_core.protocol.expectations import Expectation, Hearing, Refused, expectation_of
from dpm_core.protocol.extension_loads import LoadsQuery, LoadsReport
from dpm_core.protocol.extension_program_write import ProgramVersionQuery, ProgramVersionReport
from dpm_core.protocol.extension_wallstations import LedsReport, LedsSet
from dpm_core.protocol.messages import (
    BROADCAST,
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
    GoToLevel,
    GroupQuery,
    GroupReport,
    GroupSet,
    Identify,
    IdentityReport,
    IoProgramReport,
    IoProgramSet,
    Message,
    NameQuery,
    NameReport,
    NameSet,
    ObjectMessage,
    OverrideReport,
    ReportFlag,
    Result,
    ResultCode,
    StatusMask,
    StatusQuery,
    ZoneReport,
)
from tests.dpm_core.protocol.session_link import ONE, TWO

OFF = (False, False, False, False)
SEQUENCES = [0x01, 0x07]
EVERYTHING = StatusMask(0xFF)

REPORTS: dict[StatusMask, Message] = {
    StatusMask.ZONES: ZoneReport(ONE, OFF, OFF, ReportFlag(0), Cause.QUERY, 7),
    StatusMask.OVERRIDE: OverrideReport(ONE, False, OFF, OFF, Cause.QUERY),
    StatusMask.CCI: CciReport(ONE, ContactState.CLOSED, False),
    StatusMask.CCO: CcoReport(ONE, False, CcoType.MOMENTARY),
    StatusMask.EMERGENCY: EmergencyReport(ONE, ALL_ON),
    StatusMask.COUNTERS: CountersReport(ONE, (1, 2, 3, 4)),
    StatusMask.IDENTITY: IdentityReport(ONE, 0x09110104, (2, 54)),
    StatusMask.IO_PROGRAM: IoProgramReport(ONE, CcoType.MOMENTARY, 0.5, 0.05),
}

COMMANDS: dict[int, ObjectMessage] = {
    0x05: CcoSet(ONE, CcoAction.PULSE),
    0x07: EmergencySet(ONE, ALL_ON),
    0x0A: CountersClear(ONE, CounterMask.OVERRUNS),
    0x10: IoProgramSet(ONE, CcoType.MAINTAINED, 0.5, 0.05),
    0x12: NameSet(ONE, 2, "Hall"),
    0x14: GroupSet(ONE, GroupNumber(5), OFF),
}


def hear(expectation: Expectation, message: Message) -> Hearing | Refused:
    return expectation.hear(message, SEQUENCES)


@pytest.mark.parametrize(
    ("command", "answered_type"),
    [(GoToLevel(ONE, ZoneNumber(2), 0xFEFF), 0x40), (Identify(ONE), 0x22)],
)
def test_five_octets_or_a_result_answer_a_level_and_identify(
    command: ObjectMessage, answered_type: int
) -> None:
    for sequence in SEQUENCES:
        expectation = expectation_of(command)
        assert expectation.serial == ONE
        assert expectation.answer_size == 24
        assert hear(expectation, Acknowledge(sequence)) is Hearing.WHOLE
        assert expectation.heard == [Acknowledge(sequence)]
    refusal = Result(ONE, answered_type, ResultCode.OVERRIDE, 0x07)
    assert hear(expectation_of(command), refusal) == Refused(ResultCode.OVERRIDE)
    done = Result(ONE, answered_type, ResultCode.DONE, 0x07)
    assert hear(expectation_of(command), done) is Hearing.WHOLE


@pytest.mark.parametrize(
    "message",
    [
        Acknowledge(0x02),
        Result(ONE, 0x40, ResultCode.OVERRIDE, 0x02),
        Result(TWO, 0x40, ResultCode.OVERRIDE, 0x01),
        Result(ONE, 0x05, ResultCode.OVERRIDE, 0x01),
        REPORTS[StatusMask.ZONES],
    ],
)
def test_nothing_else_answers_a_level(message: Message) -> None:
    assert hear(expectation_of(GoToLevel(ONE, ZoneNumber(2), 0)), message) is Hearing.NOTHING


def test_an_acknowledgement_with_another_response_refuses() -> None:
    heard = hear(expectation_of(Identify(ONE)), Acknowledge(0x01, 0x2E))
    assert heard == Refused(0x2E)


@pytest.mark.parametrize(("answered_type", "command"), COMMANDS.items())
def test_a_result_answers_every_other_command(answered_type: int, command: ObjectMessage) -> None:
    assert expectation_of(command).answer_size == 24
    done = Result(ONE, answered_type, ResultCode.DONE, 0x01)
    assert hear(expectation_of(command), done) is Hearing.WHOLE
    for code in (ResultCode.OVERRIDE, ResultCode.BAD_VALUE, ResultCode.BUSY):
        refusal = Result(ONE, answered_type, code, 0x01)
        assert hear(expectation_of(command), refusal) == Refused(code)
    assert hear(expectation_of(command), Acknowledge(0x01)) is Hearing.NOTHING


@pytest.mark.parametrize(("bit", "report"), REPORTS.items())
def test_one_report_answers_a_query_with_one_bit(bit: StatusMask, report: Message) -> None:
    expectation = expectation_of(StatusQuery(ONE, bit))
    is_long = bit in (StatusMask.COUNTERS, StatusMask.IDENTITY)
    assert expectation.answer_size == (53 if is_long else 24)
    assert hear(expectation, report) is Hearing.WHOLE
    assert expectation.heard == [report]


def test_a_query_with_all_bits_takes_one_report_for_each_in_any_order() -> None:
    expectation = expectation_of(StatusQuery(ONE, EVERYTHING))
    reports = list(REPORTS.values())
    reports.insert(1, reports.pop(3))  # the one of the CCO must not come first
    for report in reversed(reports[1:]):
        assert hear(expectation, report) is Hearing.PART
        assert hear(expectation, report) is Hearing.NOTHING
    assert hear(expectation, reports[0]) is Hearing.WHOLE


def test_a_report_of_the_cco_answers_only_behind_another_part_of_the_answer() -> None:
    query = StatusQuery(ONE, StatusMask.ZONES | StatusMask.CCO)
    expectation = expectation_of(query)
    zones, cco = REPORTS[StatusMask.ZONES], REPORTS[StatusMask.CCO]
    assert hear(expectation, cco) is Hearing.NOTHING
    assert hear(expectation, zones) is Hearing.PART
    assert expectation.remaining(query) == query, "both again, so that the order tells"
    assert hear(expectation, cco) is Hearing.NOTHING
    assert hear(expectation, zones) is Hearing.PART
    assert hear(expectation, cco) is Hearing.WHOLE


def test_what_is_missing_is_asked_again_and_nothing_else() -> None:
    query = StatusQuery(ONE, StatusMask.ZONES | StatusMask.CCI | StatusMask.COUNTERS)
    expectation = expectation_of(query)
    hear(expectation, REPORTS[StatusMask.CCI])
    rest = StatusMask.ZONES | StatusMask.COUNTERS
    assert expectation.remaining(query) == StatusQuery(ONE, rest)


def test_what_came_by_itself_or_from_another_module_answers_no_query() -> None:
    expectation = expectation_of(StatusQuery(ONE, EVERYTHING))
    for message in (
        ZoneReport(ONE, OFF, OFF, ReportFlag(0), Cause.ZONE_BUTTON, 7),
        OverrideReport(ONE, True, OFF, OFF, Cause.CCI),
        CciReport(ONE, ContactState.OPEN, True),
        CcoReport(ONE, False, CcoType.MOMENTARY),
        CcoReport(TWO, False, CcoType.MOMENTARY),
        Acknowledge(0x01),
    ):
        assert hear(expectation, message) is Hearing.NOTHING
    refusal = Result(ONE, 0x01, ResultCode.UNKNOWN_TYPE, 0x07)
    assert hear(expectation, refusal) == Refused(ResultCode.UNKNOWN_TYPE)


def test_a_name_is_answered_by_that_name() -> None:
    query = NameQuery(ONE, 2)
    expectation = expectation_of(query)
    assert expectation.answer_size == 53
    for other in (NameReport(ONE, 3, "Hall"), NameReport(TWO, 2, "Hall"), Acknowledge(0x01)):
        assert hear(expectation, other) is Hearing.NOTHING
    assert expectation.remaining(query) == query
    assert hear(expectation, NameReport(ONE, 2, "Hall")) is Hearing.WHOLE


@pytest.mark.parametrize(
    ("query", "report", "other", "size"),
    [
        (LoadsQuery(ONE), LoadsReport(ONE), LoadsReport(TWO), 53),
        (
            ProgramVersionQuery(ONE),
            ProgramVersionReport(ONE, 2, 7, 0x1234),
            ProgramVersionReport(TWO, 2, 7, 0x1234),
            24,
        ),
        (LedsSet(ONE, (1, 3)), LedsReport(ONE, (1, 3)), LedsReport(TWO, (1, 3)), 24),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_report_that_was_asked_for_is_the_module_s_own_or_a_refusal(
    query: ObjectMessage, report: Message, other: Message, size: int
) -> None:
    expectation = expectation_of(query)
    assert expectation.answer_size == size
    for nothing in (other, Acknowledge(0x01)):
        assert hear(expectation, nothing) is Hearing.NOTHING
    assert hear(expectation, report) is Hearing.WHOLE
    assert expectation.heard == [report]
    refusal = Result(ONE, query.codes()[1], ResultCode.UNKNOWN_TYPE, 0x07)
    assert hear(expectation_of(query), refusal) == Refused(ResultCode.UNKNOWN_TYPE)


def test_groups_are_any_number_of_reports_ended_by_a_result_or_by_silence() -> None:
    expectation = expectation_of(GroupQuery(ONE))
    assert expectation.is_open_ended
    assert expectation.answer_size == 24
    assert hear(expectation, GroupReport(TWO, GroupNumber(5), OFF)) is Hearing.NOTHING
    report = GroupReport(ONE, GroupNumber(5), OFF)
    assert hear(expectation, report) is Hearing.PART
    assert hear(expectation, Result(ONE, 0x17, ResultCode.DONE, 0x01)) is Hearing.WHOLE
    assert expectation.heard[0] == report


def test_a_search_takes_every_identity() -> None:
    expectation = expectation_of(Discover(0, 0, 16))
    assert expectation.is_open_ended
    assert expectation.serial is None
    assert hear(expectation, Acknowledge(0x01)) is Hearing.NOTHING
    for serial in (ONE, TWO):
        identity = IdentityReport(serial, 0x09110104, (2, 54))
        assert hear(expectation, identity) is Hearing.PART
    assert len(expectation.heard) == 2


@pytest.mark.parametrize("target", [GroupNumber(5), BROADCAST])
def test_nothing_answers_a_command_to_many(target: GroupNumber) -> None:
    expectation = expectation_of(GoToLevel(target, 0, 0xFEFF))
    assert expectation.answer_size == 0
    assert expectation.serial is None
    assert not expectation.is_open_ended
    assert hear(expectation, Acknowledge(0x01)) is Hearing.NOTHING


def test_a_module_and_a_group_of_the_same_number_are_not_the_same() -> None:
    assert expectation_of(GoToLevel(SerialNumber(5), ZoneNumber(1), 0)).serial == SerialNumber(5)
    assert expectation_of(GoToLevel(GroupNumber(5), 0, 0)).serial is None
