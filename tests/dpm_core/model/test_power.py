"""What a module remembers comes back whole from its octets, or not at all."""

import json
import zlib
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dpm_core.errors import MemoryDamaged
from dpm_core.model import power
from dpm_core.model.contacts import CcoType
from dpm_core.model.identifiers import GROUP_MAX, SERIAL_MAX, GroupNumber, SerialNumber
from dpm_core.model.loads import CcoCurrent, CcoLoad, CcoLoadKind, ZoneLoad
from dpm_core.model.override import OverrideAction
from dpm_core.model.power import (
    GROUPS_MAX,
    PROGRAM_REVISION_MAX,
    Memory,
    decode_memory,
    encode_memory,
)
from dpm_core.model.program import Program
from dpm_core.model.ratings import LoadType
from dpm_core.model.zero_cross import DELAY_MAX_S, LearnedDelays

SERIAL = SerialNumber(0x00A1B2C3)
FULL = Memory(
    settings=(True, False, True, True),
    program=Program(
        name="Süd \U0001f4a1",
        zone_names=("Hall", "Küche", "", "x" * 32),
        override_actions=(
            OverrideAction.ON,
            OverrideAction.OFF,
            OverrideAction.UNAFFECTED,
            OverrideAction.ON,
        ),
        cco_type=CcoType.MAINTAINED,
        cco_pulse_s=1.25,
        cci_debounce_s=0.123,
        zone_loads=(
            ZoneLoad(LoadType.TUNGSTEN, watts=300),
            ZoneLoad(LoadType.MOTOR, amps=7.999),
            None,
            ZoneLoad(LoadType.ELECTRONIC_BALLAST, watts=0.1),
        ),
        cco_load=CcoLoad(24, CcoCurrent.DC, 0.25, CcoLoadKind.INDUCTIVE, has_flyback_diode=True),
    ),
    program_revision=65_535,
    groups=(
        (GroupNumber(5), (True, False, True, False)),
        (GroupNumber(GROUP_MAX), (False, False, False, True)),
    ),
    relay_operations=(1, 20, 300, 99_999),
    cco_operations=12,
    cci_openings=70_000,
    learned=(
        LearnedDelays(0.0081234567890123, 0.0039, 4, 3),
        LearnedDelays(),
        LearnedDelays(0.0095, 0.0051, 1_000, 999),
        LearnedDelays(),
    ),
)

VERSION_1 = (
    b'DPM4\x00\x01\x00\x00\x01\x70{"serial":"00A1B2C3","settings":6,"program":{"name":"Cellar",'
    b'"zone_names":["Hall","","",""],"override_actions":["on","off","unaffected","on"],'
    b'"cco_type":1,"cco_pulse_s":0.5,"cci_debounce_s":0.05},"groups":[[5,3]],'
    b'"relay_operations":[2,1,1,2],"cco_operations":4,"cci_openings":1,"learned":'
    b"[[0.0067,0.0046,1,1],[0.0072,0.004,1,0],[0.0068,0.004,1,0],[0.0076,0.0039,1,1]]}"
)
"""What version 1 wrote, without its checksum. Never change this: modules may still hold it."""

VERSION_2 = (
    b'DPM4\x00\x02\x00\x00\x02\x60{"serial":"00A1B2C3","settings":6,"program":{"name":"Cellar",'
    b'"zone_names":["Hall","","",""],"override_actions":["on","off","unaffected","on"],'
    b'"cco_type":1,"cco_pulse_s":0.5,"cci_debounce_s":0.05,"zone_loads":[{"type":"tungsten",'
    b'"watts":300.0},{"type":"motor","amps":7.999},null,{"type":"electronic-ballast",'
    b'"watts":0.1}],"cco_load":{"volts":24.0,"current":"dc","amps":0.25,"kind":"inductive",'
    b'"flyback_diode":true}},"program_revision":7,"groups":[[5,3]],'
    b'"relay_operations":[2,1,1,2],"cco_operations":4,"cci_openings":1,"learned":'
    b"[[0.0067,0.0046,1,1],[0.0072,0.004,1,0],[0.0068,0.004,1,0],[0.0076,0.0039,1,1]]}"
)
"""What version 2 wrote, without its checksum. Never change this: modules may still hold it."""


def wrapped(octets: bytes, version: int = 2) -> bytes:
    """Return a record that is whole, whatever it says."""
    head = b"DPM4" + version.to_bytes(2, "big") + len(octets).to_bytes(4, "big") + octets
    return head + zlib.crc32(head).to_bytes(4, "big")


def content_of(memory: Memory) -> dict[str, Any]:
    octets = encode_memory(SERIAL, memory)
    content: dict[str, Any] = json.loads(octets[10:-4])
    return content


zones = st.tuples(st.booleans(), st.booleans(), st.booleans(), st.booleans())
counts = st.integers(0, 2**40)
names = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), max_size=8)
actions = st.sampled_from(OverrideAction)
delays = st.floats(1e-4, DELAY_MAX_S)
learned = st.builds(LearnedDelays, delays, delays, counts, counts)
amounts = st.one_of(
    st.fixed_dictionaries({"amps": st.integers(1, 1_000_000).map(lambda steps: steps / 1000)}),
    st.fixed_dictionaries({"watts": st.integers(1, 2_400_000).map(lambda steps: steps / 10)}),
)
zone_loads = st.none() | st.builds(
    lambda kind, amount: ZoneLoad(kind, **amount), st.sampled_from(LoadType), amounts
)
cco_loads = st.builds(
    CcoLoad,
    volts=st.integers(0, 10_000).map(lambda steps: steps / 10),
    current=st.sampled_from(CcoCurrent),
    amps=st.integers(1, 1_000_000).map(lambda steps: steps / 1000),
    kind=st.sampled_from(CcoLoadKind),
    has_flyback_diode=st.booleans(),
)
programs = st.builds(
    Program,
    name=names,
    zone_names=st.tuples(names, names, names, names),
    override_actions=st.tuples(actions, actions, actions, actions),
    cco_type=st.sampled_from(CcoType),
    cco_pulse_s=st.integers(10, 6000).map(lambda steps: steps / 100),
    cci_debounce_s=st.integers(0, 500).map(lambda steps: steps / 1000),
    zone_loads=st.tuples(zone_loads, zone_loads, zone_loads, zone_loads),
    cco_load=st.none() | cco_loads,
)
groups = st.dictionaries(
    st.integers(1, GROUP_MAX).map(GroupNumber), zones.filter(any), max_size=GROUPS_MAX
).map(lambda members: tuple(sorted(members.items())))
memories = st.builds(
    Memory,
    settings=zones,
    program=programs,
    program_revision=st.integers(0, PROGRAM_REVISION_MAX),
    groups=groups,
    relay_operations=st.tuples(counts, counts, counts, counts),
    cco_operations=counts,
    cci_openings=counts,
    learned=st.tuples(learned, learned, learned, learned),
)


@pytest.mark.requirement("A8", "A4")
@given(memories, st.integers(1, SERIAL_MAX).map(SerialNumber))
def test_what_is_remembered_comes_back_exactly(memory: Memory, serial: SerialNumber) -> None:
    assert decode_memory(serial, encode_memory(serial, memory)) == memory


@pytest.mark.requirement("A8")
@pytest.mark.parametrize("memory", [Memory(), FULL], ids=["factory", "full"])
def test_a_write_cut_short_at_any_octet_is_noticed(memory: Memory) -> None:
    octets = encode_memory(SERIAL, memory)
    for length in range(len(octets)):
        with pytest.raises(MemoryDamaged):
            decode_memory(SERIAL, octets[:length])
    assert decode_memory(SERIAL, octets) == memory


@pytest.mark.requirement("A8")
def test_every_altered_octet_is_noticed() -> None:
    octets = encode_memory(SERIAL, FULL)
    for place in range(len(octets)):
        for change in (*(1 << bit for bit in range(8)), 0xFF):
            altered = bytearray(octets)
            altered[place] ^= change
            with pytest.raises(MemoryDamaged):
                decode_memory(SERIAL, bytes(altered))


@pytest.mark.requirement("A8")
def test_a_new_record_written_over_a_longer_old_one_is_noticed_until_it_is_whole() -> None:
    """A store that overwrites in place would leave this; no third memory may come of it."""
    old, new = encode_memory(SERIAL, FULL), encode_memory(SERIAL, Memory())
    for length in range(1, len(new) + 1):
        torn = new[:length] + old[length:]
        if torn == old:
            continue
        with pytest.raises(MemoryDamaged):
            decode_memory(SERIAL, torn)


def test_octets_after_the_end_are_noticed() -> None:
    octets = encode_memory(SERIAL, FULL)
    for tail in (b"\0", octets):
        with pytest.raises(MemoryDamaged, match="ought to have"):
            decode_memory(SERIAL, octets + tail)


def test_the_reason_says_what_is_wrong() -> None:
    octets = encode_memory(SERIAL, FULL)
    for damaged, reason in (
        (b"", "cut short"),
        (octets[:12], "cut short"),
        (octets[:-1], "ought to have"),
        (b"X" + octets[1:], "does not begin"),
        (octets[:-1] + bytes([octets[-1] ^ 1]), "checksum"),
        (wrapped(b"no JSON"), "no JSON"),
        (wrapped(b"\xff"), "no JSON"),
        (wrapped(octets[10:-4], version=0), "no version 0"),
    ):
        with pytest.raises(MemoryDamaged, match=reason) as caught:
            decode_memory(SERIAL, damaged)
        assert "00A1B2C3" in caught.value.where


def test_the_memory_of_another_module_is_refused() -> None:
    octets = encode_memory(SERIAL, FULL)
    with pytest.raises(MemoryDamaged, match="belongs to module 00A1B2C3"):
        decode_memory(SerialNumber(1), octets)


@pytest.mark.requirement("A8")
def test_what_version_1_wrote_can_be_read_for_ever() -> None:
    octets = VERSION_1 + zlib.crc32(VERSION_1).to_bytes(4, "big")
    memory = decode_memory(SERIAL, octets)
    assert memory.settings == (False, True, True, False)
    assert memory.program.name == "Cellar"
    assert memory.program.zone_names[0] == "Hall"
    assert memory.program.override_actions[1:3] == (OverrideAction.OFF, OverrideAction.UNAFFECTED)
    assert memory.groups == ((5, (True, True, False, False)),)
    assert memory.relay_operations == (2, 1, 1, 2)
    assert (memory.cco_operations, memory.cci_openings) == (4, 1)
    assert memory.learned[0] == LearnedDelays(0.0067, 0.0046, 1, 1)
    assert memory.program.zone_loads == (None,) * 4
    assert memory.program.cco_load is None
    assert memory.program_revision == 0


@pytest.mark.requirement("A8", "F1")
def test_what_version_2_wrote_can_be_read_for_ever() -> None:
    old = decode_memory(SERIAL, VERSION_1 + zlib.crc32(VERSION_1).to_bytes(4, "big"))
    memory = decode_memory(SERIAL, VERSION_2 + zlib.crc32(VERSION_2).to_bytes(4, "big"))
    loads = replace(old.program, zone_loads=FULL.program.zone_loads, cco_load=FULL.program.cco_load)
    assert memory == replace(old, program=loads, program_revision=7)


@pytest.mark.requirement("A8")
def test_a_newer_version_is_refused_and_says_so() -> None:
    with pytest.raises(MemoryDamaged, match=r"newer library wrote it \(version 3;.*update"):
        decode_memory(SERIAL, wrapped(b"whatever version 3 will be", version=3))


@pytest.mark.requirement("A8")
def test_an_older_version_is_read_step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """As two later versions would do it: the first adds a count, the second moves one."""

    def add(content: dict[str, Any]) -> dict[str, Any]:
        return {**content, "cci_openings": 11}

    def move(content: dict[str, Any]) -> dict[str, Any]:
        content["cco_operations"] = content.pop("cco")
        return content

    monkeypatch.setattr(power, "_UPGRADES", (add, move))
    old = content_of(FULL)
    old["cco"] = old.pop("cco_operations")
    middle = dict(old)
    del old["cci_openings"]
    for version, content, openings in ((1, old, 11), (2, middle, FULL.cci_openings)):
        memory = decode_memory(SERIAL, wrapped(json.dumps(content).encode(), version))
        assert memory == replace(FULL, cci_openings=openings)
    assert encode_memory(SERIAL, FULL)[4:6] == b"\0\3"


NONSENSE: list[tuple[str, object]] = [
    ("serial", 7),
    ("serial", "00000000"),
    ("settings", 16),
    ("settings", -1),
    ("settings", True),
    ("settings", "6"),
    ("program", None),
    ("groups", [[0, 1]]),
    ("groups", [[5, 1], [5, 2]]),
    ("groups", [[6, 1], [5, 2]]),
    ("groups", [[5, 16]]),
    ("groups", [[5]]),
    ("groups", [[group, 1] for group in range(1, GROUPS_MAX + 2)]),
    ("relay_operations", [1, 2, 3]),
    ("relay_operations", [1, 2, 3, -4]),
    ("relay_operations", [1, 2, 3, 4.0]),
    ("cco_operations", None),
    ("cci_openings", "1"),
    ("program_revision", None),
    ("program_revision", -1),
    ("program_revision", PROGRAM_REVISION_MAX + 1),
    ("learned", [[0.008, 0.004, 0, 0]] * 3),
    ("learned", [[0.008, 0.004, 0]] * 4),
    ("learned", [[0.0, 0.004, 0, 0]] * 4),
    ("learned", [[0.008, 1.0, 0, 0]] * 4),
    ("learned", [[8, 0.004, 0, 0]] * 4),
    ("learned", [[0.008, 0.004, -1, 0]] * 4),
]


@pytest.mark.parametrize(("key", "value"), NONSENSE)
def test_content_that_makes_no_sense_is_refused(key: str, value: object) -> None:
    content = {**content_of(FULL), key: value}
    with pytest.raises(MemoryDamaged, match="makes no sense") as caught:
        decode_memory(SERIAL, wrapped(json.dumps(content).encode()))
    assert caught.value.__cause__ is not None


@pytest.mark.parametrize("key", sorted(content_of(Memory())))
def test_content_that_lacks_something_is_refused(key: str) -> None:
    content = content_of(FULL)
    del content[key]
    with pytest.raises(MemoryDamaged, match="makes no sense"):
        decode_memory(SERIAL, wrapped(json.dumps(content).encode()))


PROGRAM_NONSENSE: list[tuple[str, object]] = [
    ("name", "x" * 33),
    ("zone_names", ["", "", "", "", ""]),
    ("override_actions", ["on", "on", "on", "sometimes"]),
    ("override_actions", ["on"]),
    ("cco_type", 2),
    ("cco_pulse_s", "0.5"),
    ("cci_debounce_s", 9),
    ("zone_loads", [None] * 3),
    ("zone_loads", [{"type": "tungsten"}, None, None, None]),
    ("zone_loads", [{"type": "aquarium", "amps": 1.0}, None, None, None]),
    ("zone_loads", [{"type": "tungsten", "amps": 0.0}, None, None, None]),
    ("zone_loads", [7, None, None, None]),
    ("cco_load", {}),
    ("cco_load", {"volts": 24, "current": "dc", "amps": 0.1, "kind": "magic"}),
    ("cco_load", {"volts": 24, "current": "dc", "amps": -0.1}),
]


@pytest.mark.parametrize(("key", "value"), PROGRAM_NONSENSE)
def test_a_program_that_makes_no_sense_is_refused(key: str, value: object) -> None:
    content = content_of(FULL)
    content["program"][key] = value
    with pytest.raises(MemoryDamaged, match="makes no sense"):
        decode_memory(SERIAL, wrapped(json.dumps(content).encode()))


@pytest.mark.parametrize("content", [b"[]", b"7", b"null", b'"x"'])
def test_content_that_is_no_table_is_refused(content: bytes) -> None:
    with pytest.raises(MemoryDamaged, match="makes no sense"):
        decode_memory(SERIAL, wrapped(content))


def test_membership_of_a_group() -> None:
    assert FULL.members(GroupNumber(5)) == (True, False, True, False)
    assert FULL.members(GroupNumber(6)) is None
