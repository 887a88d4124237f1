"""What survives a power failure, and the octets that it survives in.

`Memory` is everything that a module remembers; whatever is not in it is gone with the power.
The octets are one record:

    offset  0  "DPM4"           mark
            4  version          2 octets, big-endian
            6  length           4 octets, big-endian: octets of the content
           10  content          JSON, UTF-8
        10 + length  CRC-32     4 octets, big-endian, over everything before it

A record that was cut short, or in which any bit differs, is refused: the caller keeps the old
one until the new one is whole (write, then rename). The frame around the content is the same in
every version, so that an old library can tell a newer record from a damaged one.

House rule: a new version adds one function to `_UPGRADES`, and the tests keep a record of the
old one.

Source: 3691060c, "Features": power failure memory. The format is decided here.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any, Final, TypeAlias

from dpm_core.errors import CallError, MemoryDamaged
from dpm_core.model.contacts import CcoType
from dpm_core.model.identifiers import GroupNumber, SerialNumber
from dpm_core.model.loads import CcoLoad, ZoneLoad
from dpm_core.model.override import OverrideAction
from dpm_core.model.program import Program
from dpm_core.model.zero_cross import DELAY_MAX_S, LearnedDelays
from dpm_core.model.zone import FourZones, zones_from_bits, zones_to_bits

GROUPS_MAX: Final = 16
"""Most groups that one module belongs to. Source: qs-link.md 5, GROUP_SET; the limit itself is
decided here."""

PROGRAM_REVISION_MAX: Final = 0xFFFF
"""Highest number of a program's revision; the next is 1. Decided here: two octets on the link."""

Groups: TypeAlias = tuple[tuple[GroupNumber, FourZones], ...]
"""Group numbers and the module's member zones, in the order of their numbers."""

FourCounts: TypeAlias = tuple[int, int, int, int]
"""One count for each zone, zone 1 first."""

FourLearned: TypeAlias = tuple[LearnedDelays, LearnedDelays, LearnedDelays, LearnedDelays]
"""What is learned of each zone's relay, zone 1 first."""

ALL_OFF: Final[FourZones] = (False, False, False, False)
"""All zones off: the settings of a module that was never told anything. Source: decided here."""


@dataclass(frozen=True, slots=True)
class Memory:
    """Everything that a module remembers without power.

    Attributes:
        settings: What each zone was last told to be; manual override does not change it.
        program: What the installer programmed.
        program_revision: How often that was changed, 0 to 65535 and then from 1 again.
        groups: The groups it belongs to and its member zones, sorted by number.
        relay_operations: Movements of each relay's contact; never goes back.
        cco_operations: Movements of the CCO's contact; never goes back.
        cci_openings: How often the CCI was seen to open.
        learned: What zero-cross switching has learned of each relay.
    """

    settings: FourZones = ALL_OFF
    program: Program = Program()  # noqa: RUF009 - a frozen value, safely shared
    program_revision: int = 0
    groups: Groups = ()
    relay_operations: FourCounts = (0, 0, 0, 0)
    cco_operations: int = 0
    cci_openings: int = 0
    learned: FourLearned = (LearnedDelays(),) * 4

    def members(self, group: GroupNumber) -> FourZones | None:
        """Return the module's zones in a group; None when it does not belong to it."""
        return dict(self.groups).get(group)


# --- the record -------------------------------------------------------------------------

_MARK: Final = b"DPM4"
_HEADER_OCTETS: Final = len(_MARK) + 2 + 4
_CRC_OCTETS: Final = 4

_Content: TypeAlias = dict[str, Any]


def _with_loads(content: _Content) -> _Content:
    """Version 2 keeps loads, and counts how often the program was changed."""
    program = {**content["program"], "zone_loads": [None] * 4, "cco_load": None}
    return {**content, "program": program, "program_revision": 0}


_UPGRADES: tuple[Callable[[_Content], _Content], ...] = (_with_loads,)
"""Function n makes the content of version n + 2 from that of version n + 1."""


def encode_memory(serial: SerialNumber, memory: Memory) -> bytes:
    """Return the octets in which a module's memory survives."""
    program = memory.program
    content: _Content = {
        "serial": str(serial),
        "settings": zones_to_bits(memory.settings),
        "program": {
            "name": program.name,
            "zone_names": list(program.zone_names),
            "override_actions": [action.value for action in program.override_actions],
            "cco_type": program.cco_type.value,
            "cco_pulse_s": program.cco_pulse_s,
            "cci_debounce_s": program.cci_debounce_s,
            "zone_loads": [load and load.as_fields() for load in program.zone_loads],
            "cco_load": program.cco_load and program.cco_load.as_fields(),
        },
        "program_revision": memory.program_revision,
        "groups": [[int(group), zones_to_bits(members)] for group, members in memory.groups],
        "relay_operations": list(memory.relay_operations),
        "cco_operations": memory.cco_operations,
        "cci_openings": memory.cci_openings,
        "learned": [
            [delays.operate_s, delays.release_s, delays.closings, delays.openings]
            for delays in memory.learned
        ],
    }
    octets = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    record = (
        _MARK + (len(_UPGRADES) + 1).to_bytes(2, "big") + len(octets).to_bytes(4, "big") + octets
    )
    return record + zlib.crc32(record).to_bytes(_CRC_OCTETS, "big")


def decode_memory(serial: SerialNumber, octets: bytes) -> Memory:
    """Return the memory of a module from its octets, those of older versions too.

    Raises:
        MemoryDamaged: The octets are cut short, altered, of a newer version, or another
            module's; the reason says which.
    """
    where = f"of module {serial}"
    version, content = _unwrap(where, octets)
    try:
        if version < 1:
            raise MemoryDamaged(where, f"no version {version} was ever written")
        upgraded = reduce(lambda old, upgrade: upgrade(old), _UPGRADES[version - 1 :], content)
        owner = SerialNumber.parse(upgraded["serial"])
        memory = _memory_of(upgraded)
    except (CallError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise MemoryDamaged(where, f"its content makes no sense ({error})") from error
    if owner != serial:
        raise MemoryDamaged(where, f"it belongs to module {owner}")
    return memory


def _unwrap(where: str, octets: bytes) -> tuple[int, _Content]:
    """Return version and content of a record that is whole."""
    if len(octets) < _HEADER_OCTETS + _CRC_OCTETS:
        raise MemoryDamaged(where, f"{len(octets)} octets are too few: the write was cut short")
    if octets[: len(_MARK)] != _MARK:
        raise MemoryDamaged(where, "it does not begin as a module's memory does")
    version = int.from_bytes(octets[4:6], "big")
    length = int.from_bytes(octets[6:10], "big")
    whole = _HEADER_OCTETS + length + _CRC_OCTETS
    if len(octets) != whole:
        raise MemoryDamaged(where, f"it has {len(octets)} octets and ought to have {whole}")
    if zlib.crc32(octets[:-_CRC_OCTETS]) != int.from_bytes(octets[-_CRC_OCTETS:], "big"):
        raise MemoryDamaged(where, "its checksum is wrong")
    known = len(_UPGRADES) + 1
    if version > known:
        raise MemoryDamaged(
            where,
            f"a newer library wrote it (version {version}; this one reads up to {known}), "
            "update this one",
        )
    try:
        content = json.loads(octets[_HEADER_OCTETS:-_CRC_OCTETS])
    except ValueError as error:
        raise MemoryDamaged(where, "its content is no JSON") from error
    return version, content


def _memory_of(content: Mapping[str, Any]) -> Memory:
    """Return the memory that a content describes; any error means that it describes none."""
    program = content["program"]
    first, second, third, fourth = (OverrideAction(name) for name in program["override_actions"])
    load_1, load_2, load_3, load_4 = (
        None if load is None else ZoneLoad.from_fields(load) for load in program["zone_loads"]
    )
    cco_load = program["cco_load"]
    one, two, three, four = (_count(count) for count in content["relay_operations"])
    groups = tuple(
        (GroupNumber(group), zones_from_bits(_count(bits))) for group, bits in content["groups"]
    )
    numbers = [group for group, _members in groups]
    if numbers != sorted(set(numbers)) or len(numbers) > GROUPS_MAX:
        raise ValueError("its groups are out of order or too many")
    learned_1, learned_2, learned_3, learned_4 = (
        LearnedDelays(_delay_s(operate_s), _delay_s(release_s), _count(closings), _count(openings))
        for operate_s, release_s, closings, openings in content["learned"]
    )
    return Memory(
        settings=zones_from_bits(_count(content["settings"])),
        program=Program(
            name=program["name"],
            zone_names=program["zone_names"],
            override_actions=(first, second, third, fourth),
            cco_type=CcoType(program["cco_type"]),
            cco_pulse_s=program["cco_pulse_s"],
            cci_debounce_s=program["cci_debounce_s"],
            zone_loads=(load_1, load_2, load_3, load_4),
            cco_load=None if cco_load is None else CcoLoad.from_fields(cco_load),
        ),
        program_revision=_revision(content["program_revision"]),
        groups=groups,
        relay_operations=(one, two, three, four),
        cco_operations=_count(content["cco_operations"]),
        cci_openings=_count(content["cci_openings"]),
        learned=(learned_1, learned_2, learned_3, learned_4),
    )


def _count(value: object) -> int:
    """Return a number of times, refusing anything else."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(f"{value!r} is no count")
    return value


def _revision(value: object) -> int:
    """Return the number of a program's revision, refusing anything else."""
    revision = _count(value)
    if revision > PROGRAM_REVISION_MAX:
        raise ValueError(f"{revision} is no revision of a program")
    return revision


def _delay_s(value: object) -> float:
    """Return a learned delay, refusing anything that no relay could have."""
    if not isinstance(value, float) or not 0 < value <= DELAY_MAX_S:
        raise ValueError(f"{value!r} is no delay of a relay")
    return value
