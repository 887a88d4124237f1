"""Every message that the library makes, with anything in it that it may carry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from dpm_core.model import (
    Cause,
    CcoAction,
    CcoType,
    ContactState,
    GroupNumber,
    OverrideAction,
    SerialNumber,
)
from dpm_core.protocol import (
    BROADCAST,
    Acknowledge,
    AddressingBeacon,
    AddressQuery,
    Announce,
    AssignComponent,
    AssignLinkAddress,
    BeaconStage,
    ButtonAction,
    ButtonCommand,
    ButtonEvent,
    CciReport,
    CcoReport,
    CcoSet,
    CounterMask,
    CountersClear,
    CountersReport,
    Dialect,
    DimDirection,
    DimStep,
    Discover,
    EmergencyReport,
    EmergencySet,
    GoToLevel,
    GroupQuery,
    GroupReport,
    GroupSet,
    HoldStart,
    Identify,
    IdentityReport,
    IoProgramReport,
    IoProgramSet,
    LedsReport,
    LedsSet,
    LevelReport,
    LinkSource,
    Message,
    ModuleReport,
    NameQuery,
    NameReport,
    NameSet,
    OverrideReport,
    PeriodicLevelReport,
    PresetRecall,
    ReportFlag,
    Result,
    ResultCode,
    Select,
    StatusMask,
    StatusQuery,
    StorePreset,
    ZoneReport,
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
from tests.dpm_core.model.test_power import cco_loads, zone_loads

if TYPE_CHECKING:
    from dpm_core.protocol import Target

octet = st.integers(0, 0xFF)
word = st.integers(0, 0xFFFF)
long_word = st.integers(0, 0xFFFFFFFF)
serials = st.integers(1, 0xFFFFFFFE).map(SerialNumber)
groups = st.integers(1, 0xFFFE).map(GroupNumber)
targets: st.SearchStrategy[Target] = st.one_of(serials, groups, st.just(BROADCAST))
four_zones = st.tuples(st.booleans(), st.booleans(), st.booleans(), st.booleans())
_action = st.sampled_from(OverrideAction)
four_actions = st.tuples(_action, _action, _action, _action)
causes = st.sampled_from(Cause)
pulses_s = st.integers(10, 6000).map(lambda steps: steps / 100)
debounces_s = st.integers(0, 500).map(lambda steps: steps / 1000)
names = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=32).filter(
    lambda name: len(name.encode()) <= 32
)
four_loads = st.tuples(zone_loads, zone_loads, zone_loads, zone_loads)
stages = st.integers(1, 0xFF)
leds = st.sets(st.integers(1, 32)).map(tuple)
counts = st.integers(0, 0x1FFFFFFFF)
four_counts = st.tuples(counts, counts, counts, counts)
link_sources = st.builds(LinkSource, octet, word, octet)
sources: st.SearchStrategy[LinkSource | SerialNumber] = st.one_of(link_sources, serials)

MESSAGES_MADE: dict[type[Message], st.SearchStrategy[Message]] = {
    Acknowledge: st.builds(Acknowledge, octet, octet),
    GoToLevel: st.one_of(
        st.builds(GoToLevel, targets, word, word),
        st.builds(GoToLevel, targets, st.just(0), word, st.just(Dialect.RADIO), word),
    ),
    PresetRecall: st.builds(PresetRecall, targets, octet),
    StorePreset: st.builds(StorePreset, targets, long_word, octet, word, word, word),
    HoldStart: st.builds(HoldStart, targets, st.sampled_from(DimDirection)),
    DimStep: st.builds(DimStep, targets, st.sampled_from(DimDirection)),
    Identify: st.builds(Identify, targets, octet, st.booleans()),
    Select: st.builds(Select, targets, octet),
    ButtonEvent: st.builds(ButtonEvent, octet, st.sampled_from(ButtonAction)),
    ButtonCommand: st.builds(ButtonCommand, octet, long_word, octet, octet, st.binary(max_size=3)),
    LevelReport: st.builds(LevelReport, octet),
    PeriodicLevelReport: st.builds(PeriodicLevelReport, octet, octet),
    Announce: st.builds(Announce, long_word, long_word, st.binary(max_size=27)),
    AddressingBeacon: st.builds(
        AddressingBeacon, st.sampled_from(BeaconStage), st.binary(max_size=35)
    ),
    AssignLinkAddress: st.builds(
        AssignLinkAddress, targets, word, octet, octet, st.sampled_from((0x06, 0x17)), octet
    ),
    AssignComponent: st.builds(AssignComponent, targets, word),
    AddressQuery: st.builds(AddressQuery, targets, long_word, octet),
    StatusQuery: st.builds(StatusQuery, serials, st.integers(1, 0xFF).map(StatusMask)),
    CcoSet: st.builds(CcoSet, serials, st.sampled_from(CcoAction), st.none() | pulses_s),
    EmergencySet: st.builds(EmergencySet, serials, four_actions),
    CountersClear: st.builds(CountersClear, serials, st.integers(1, 0x0F).map(CounterMask)),
    Discover: st.builds(Discover, long_word, st.integers(0, 32), st.integers(1, 16)),
    IoProgramSet: st.builds(IoProgramSet, serials, st.sampled_from(CcoType), pulses_s, debounces_s),
    NameSet: st.builds(NameSet, serials, st.integers(0, 4), names),
    GroupSet: st.builds(GroupSet, serials, groups, four_zones),
    NameQuery: st.builds(NameQuery, serials, st.integers(0, 4)),
    GroupQuery: st.builds(GroupQuery, serials),
    ZoneReport: st.builds(
        ZoneReport, serials, four_zones, four_zones, octet.map(ReportFlag), causes, counts
    ),
    OverrideReport: st.builds(
        OverrideReport, serials, st.booleans(), four_zones, four_zones, causes
    ),
    CciReport: st.builds(CciReport, serials, st.sampled_from(ContactState), st.booleans()),
    CcoReport: st.builds(
        CcoReport, serials, st.booleans(), st.sampled_from(CcoType), st.floats(0, 1000)
    ),
    EmergencyReport: st.builds(EmergencyReport, serials, four_actions),
    CountersReport: st.builds(
        CountersReport, serials, four_counts, counts, counts, counts, counts, counts, counts, counts
    ),
    IdentityReport: st.builds(
        IdentityReport, serials, long_word, st.tuples(octet, octet), octet, octet
    ),
    Result: st.builds(Result, serials, octet, st.sampled_from(ResultCode), octet),
    IoProgramReport: st.builds(
        IoProgramReport, serials, st.sampled_from(CcoType), pulses_s, debounces_s
    ),
    NameReport: st.builds(NameReport, serials, st.integers(0, 4), names),
    GroupReport: st.builds(GroupReport, serials, groups, four_zones),
    ProgramVersionQuery: st.builds(ProgramVersionQuery, serials),
    ProgramVersionReport: st.builds(ProgramVersionReport, serials, octet, word, word, octet),
    ProgramBegin: st.builds(ProgramBegin, serials, stages),
    ProgramCommit: st.builds(ProgramCommit, serials, stages, word, word),
    ProgramAbort: st.builds(ProgramAbort, serials, stages),
    LoadsSet: st.builds(LoadsSet, serials, four_loads, st.none() | cco_loads),
    LoadsQuery: st.builds(LoadsQuery, serials),
    LoadsReport: st.builds(LoadsReport, serials, four_loads, st.none() | cco_loads),
    LedsSet: st.builds(LedsSet, serials, leds),
    LedsReport: st.builds(LedsReport, serials, leds),
}
"""A strategy for each message that the library makes."""

_staged = st.one_of(
    *(MESSAGES_MADE[kind] for kind in (EmergencySet, IoProgramSet, NameSet, LoadsSet))
)
MESSAGES_MADE[ProgramStage] = st.builds(
    lambda stage, command: ProgramStage(command.serial, stage, command), stages, _staged
)

messages = st.one_of(*MESSAGES_MADE.values())


def sources_of(message: Message) -> st.SearchStrategy[LinkSource | SerialNumber]:
    """Return who may send a message."""
    return st.just(message.serial) if isinstance(message, ModuleReport) else sources
