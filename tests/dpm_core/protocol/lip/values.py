"""Any command and any report, with anything in it that a line may carry."""

from __future__ import annotations

from typing import Final

from hypothesis import strategies as st

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
    SystemReport,
    SystemVariable,
)

ids: Final = st.integers(1, 0x7FFFFFFF)
numbers: Final = st.integers(0, 0x7FFFFFFF)
levels: Final = st.integers(0, 10_000).map(lambda hundredths: hundredths / 100)
times: Final = st.one_of(
    st.integers(0, 239).map(lambda quarters: quarters / 4),
    st.integers(60, 14_400).map(float),
)
pulses: Final = st.one_of(
    st.integers(1, 239).map(lambda quarters: quarters / 4), st.integers(60, 99).map(float)
)
words: Final = st.text(
    st.sampled_from("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:/.-"),
    max_size=12,
)
_leds: Final = st.sampled_from(LedState)


def _delayed(first: st.SearchStrategy[float]) -> st.SearchStrategy[tuple[float, ...]]:
    return st.one_of(st.just(()), st.tuples(first), st.tuples(first, times))


commands: Final[st.SearchStrategy[LipCommand]] = st.one_of(
    st.builds(
        lambda output, level, rest: SetOutputLevel(output, level, *rest),
        ids,
        levels,
        _delayed(times),
    ),
    st.builds(lambda output, rest: FlashOutput(output, *rest), ids, _delayed(times)),
    st.builds(lambda output, rest: PulseOutput(output, *rest), ids, _delayed(pulses)),
    st.builds(MoveOutput, ids, st.sampled_from(OutputMove)),
    st.builds(PressButton, ids, numbers),
    st.builds(ReleaseButton, ids, numbers),
    st.builds(SetLed, ids, numbers, _leds),
    st.builds(QueryLed, ids, numbers),
    st.builds(QueryContact, ids, numbers),
    st.builds(SetSystemVariable, ids, numbers),
    st.builds(SetMonitoring, numbers, st.booleans()),
    st.builds(QueryMonitoring, numbers),
    st.builds(QuerySystem, numbers),
    st.one_of(
        st.builds(kind, ids)
        for kind in (
            QueryOutputLevel,
            QueryAreaLevels,
            QueryAreaOccupancy,
            QueryGroupOccupancy,
            QuerySystemVariable,
            QueryIntegrationId,
        )
    ),
    st.sampled_from((Logout(), EmptyLine())),
)

_fields: Final = st.lists(words, max_size=4).map(tuple)

reports: Final[st.SearchStrategy[LipReport]] = st.one_of(
    st.builds(OutputLevel, numbers, levels),
    st.builds(OutputOther, numbers, numbers.filter(lambda action: action != 1), _fields),
    st.builds(DeviceAction, numbers, numbers, numbers.filter(lambda action: action != 9), _fields),
    st.builds(DeviceLed, numbers, numbers, _leds),
    st.builds(AreaOccupancy, numbers, st.sampled_from(Occupancy)),
    st.builds(GroupOccupancy, numbers, st.sampled_from(Occupancy)),
    st.builds(SystemVariable, numbers, numbers),
    st.builds(MonitoringState, numbers, st.booleans()),
    st.builds(SystemReport, numbers, _fields),
    st.builds(IntegrationIdReport, st.lists(words, min_size=1, max_size=4).map(tuple)),
    st.builds(HelpReport, words),
    st.builds(ErrorReport, st.one_of(st.none(), numbers)),
)
