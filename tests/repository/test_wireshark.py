"""The Wireshark dissector says what the library says, for every message there is.

Where tshark is installed the dissector is run for real; its table of messages is compared without.
"""

import random
import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest

from dpm_core.model import SerialNumber
from dpm_core.protocol import (
    MESSAGES,
    Decoder,
    Dialect,
    Frame,
    FrameHeard,
    Malformed,
    Message,
    NameReport,
    NoiseReason,
    TimedEvent,
    decode_message,
    encode_message,
    pcapng_packet,
    pcapng_section,
    reencode,
)
from dpm_core.protocol.decoder import Noise
from tests.dpm_core.protocol.vectors import ALL, EXTENSION, OURS

pytestmark = pytest.mark.requirement("E4")

TSHARK = shutil.which("tshark")
ONE = SerialNumber(0x00A1B2C3)
FIELDS = (
    "kind",
    "words",
    "packet_type",
    "sequence",
    "source_serial",
    "source_address",
    "object_id",
    "class",
    "type",
    "crc_ok",
    "level_percent",
)

needs_tshark = pytest.mark.skipif(
    TSHARK is None, reason="tshark is not installed: the dissector's words are not compared here"
)


def dissector(root: Path) -> Path:
    return root / "wireshark" / "lutron_qs.lua"


def number(text: str) -> int:
    return int(text, 16)


def rows_of(source: str) -> set[tuple[str, int | None, tuple[int, ...], tuple[int, ...]]]:
    """The dissector's messages: name, class, types, and formats."""
    found: set[tuple[str, int | None, tuple[int, ...], tuple[int, ...]]] = set()
    code = r"0x[0-9A-F]{2}"
    calls = re.finditer(
        rf'^(message|raw|command|report)\("(\w+)", (nil|{code}), ([^\n]*)$', source, re.MULTILINE
    )
    for call in calls:
        maker, name, first, rest = call.groups()
        lists = [
            tuple(map(number, re.findall(code, one))) for one in re.findall(r"\{[^{}]*\}", rest)
        ]
        if first == "nil":
            found.add((name, None, (), ()))
        elif maker in ("command", "report"):
            formats = tuple(map(number, re.findall(code, rest)))
            found.add((name, 0x7D, (number(first),), formats))
        else:
            formats_given = lists[1] if maker == "message" else ()
            found.add((name, number(first), lists[0], formats_given))
    return found


def test_every_message_of_the_registry_is_in_the_dissector(root: Path) -> None:
    known = {
        # Without class and type a format alone makes no message: its own test reads the octets.
        (row.name, row.message_class, row.message_types, row.formats if row.message_class else ())
        for row in MESSAGES
        if row.name not in ("ACKNOWLEDGE", "HANDSHAKE")
    }
    source = dissector(root).read_text()
    assert rows_of(source) == known
    assert '"ACKNOWLEDGE"' in source
    assert '"HANDSHAKE"' in source


def run(root: Path, file: Path, dialect: Dialect, *arguments: str) -> str:
    assert TSHARK
    done = subprocess.run(
        [
            *(TSHARK, "-X", f"lua_script:{dissector(root)}", "-n", "-r", str(file)),
            *("-o", f"lutron_qs.dialect:{dialect.value}", *arguments),
        ],
        capture_output=True,
        text=True,
        timeout=100,
        check=True,
    )
    assert "Lua" not in done.stderr, done.stderr
    return done.stdout


def dissected(
    root: Path, folder: Path, heard: Iterable[TimedEvent], dialect: Dialect
) -> list[dict[str, str]]:
    """What tshark says of each frame and each noise."""
    file = folder / "link.pcapng"
    blocks = b"".join(map(pcapng_packet, heard))
    file.write_bytes(pcapng_section("/dev/x", 31250, "test") + blocks)
    shown = [part for name in FIELDS for part in ("-e", f"lutron_qs.{name}")]
    out = run(root, file, dialect, "-T", "fields", "-E", "separator=/t", *shown)
    return [dict(zip(FIELDS, line.split("\t"), strict=True)) for line in out.splitlines()]


def heard(packets: Iterable[bytes]) -> list[TimedEvent]:
    return [TimedEvent(1.0, FrameHeard(Frame(packet), 1.0)) for packet in packets]


def agrees(message: Message, kind: str, words: str) -> bool:
    """Both say the same; why something is malformed each says in its own words."""
    if isinstance(message, Malformed):
        return kind == "MALFORMED" and words.startswith(f"{message.message_name} that cannot be: ")
    return (kind, words) == (message.kind, message.words())


def disagreements(packets: list[bytes], told: list[dict[str, str]], dialect: Dialect) -> list[str]:
    assert len(packets) == len(told)
    return [
        f"{packet.hex(' ')}: {one['kind']} {one['words']!r}, not {message.kind} {message.words()!r}"
        for packet, one in zip(packets, told, strict=True)
        if not agrees(
            message := decode_message(Frame(packet), dialect=dialect), one["kind"], one["words"]
        )
    ]


@needs_tshark
@pytest.mark.parametrize("dialect", Dialect)
def test_every_vector_is_told_in_the_librarys_words(
    root: Path, tmp_path: Path, dialect: Dialect
) -> None:
    packets = [vector.packet for vector in ALL]
    told = dissected(root, tmp_path, heard(packets), dialect)
    assert disagreements(packets, told, dialect) == []
    for packet, one in zip(packets, told, strict=True):
        frame = Frame(packet)
        assert one["crc_ok"] in ("1", "True")
        assert int(one["packet_type"], 16) == frame.packet_type
        assert int(one["sequence"], 16) == frame.sequence
        if frame.source_serial is not None:
            assert int(one["source_serial"], 16) == frame.source_serial
        if frame.source_link is not None:
            assert int(one["source_address"], 16) == frame.source_link.address


def varied(seed: int, count: int) -> list[bytes]:
    """Packets like the vectors with a few octets changed, mostly those that mean something."""
    dice = random.Random(seed)
    found = []
    for _ in range(count):
        packet = bytearray(dice.choice(ALL).packet)
        for _ in range(dice.choice((1, 1, 2, 3))):
            end = min(len(packet) - 2, 24)
            value = dice.choice((0x00, 0x01, 0x02, 0x04, 0x0F, 0x10, 0x7D, 0xA5, 0xFE, 0xFF, None))
            packet[dice.randrange(1, end)] = dice.randrange(256) if value is None else value
        if dice.random() < 0.1 and len(packet) > 5:
            packet[0] = packet[0] & 0xF0 | dice.randrange(16)
        found.append(reencode(Frame(bytes(packet))))
    return found


@needs_tshark
@pytest.mark.parametrize("dialect", Dialect)
def test_whatever_is_in_a_packet_both_say_the_same(
    root: Path, tmp_path: Path, dialect: Dialect
) -> None:
    packets = varied(seed=20261123, count=3000)
    kinds = {decode_message(Frame(packet)).kind for packet in packets}
    assert {"MALFORMED", "UNKNOWN"} <= kinds
    told = dissected(root, tmp_path, heard(packets), dialect)
    assert disagreements(packets, told, dialect)[:5] == []


EDGES = (
    # Message, place of the octets behind class and type, and values around the edge of a range.
    ("CCO_SET", 0, ("03", "04")),
    ("CCO_SET", 2, ("0000", "0009", "000a", "1770", "1771")),
    ("CCO_REPORT", 0, ("01", "02")),
    ("CCO_REPORT", 1, ("01", "02")),
    ("IO_PROGRAM_SET", 1, ("0009", "000a", "1770", "1771")),
    ("IO_PROGRAM_SET", 3, ("01f4", "01f5")),
    ("IO_PROGRAM_SET", 5, ("a5", "a4")),
    ("IO_PROGRAM_REPORT", 1, ("0009", "000a")),
    ("ZONE_REPORT", 0, ("0f", "10")),
    ("ZONE_REPORT", 1, ("0f", "10")),
    ("ZONE_REPORT", 2, ("0f", "10", "ff")),
    ("ZONE_REPORT", 3, ("06", "07")),
    ("OVERRIDE_REPORT", 0, ("00", "02")),
    ("OVERRIDE_REPORT", 2, ("0f", "10")),
    ("CCI_REPORT", 0, ("00", "02")),
    ("CCI_REPORT", 1, ("00", "02")),
    ("EMERGENCY_SET", 0, ("0301", "030c", "1000", "0010")),
    ("EMERGENCY_SET", 4, ("a5", "00")),
    ("EMERGENCY_REPORT", 0, ("0301", "030c")),
    ("COUNTERS_CLEAR", 0, ("00a5", "01a5", "0fa5", "10a5", "01a4")),
    ("STATUS_QUERY", 0, ("00", "01", "ff")),
    ("DISCOVER", 4, ("2001", "2101", "0000", "0001", "0010", "0011")),
    ("RESULT", 0, ("4004", "4005", "2200", "0500", "3300")),
    ("NAME_SET", 0, ("04", "05")),
    ("NAME_SET", 1, ("c3a4", "c3", "c1a4", "eda080", "e280a8", "c285", "1f", "7f", "f09f948c")),
    ("NAME_REPORT", 0, ("00", "05")),
    ("NAME_QUERY", 0, ("04", "05")),
    ("GROUP_SET", 0, ("0000", "0001", "fffe", "ffff")),
    ("GROUP_SET", 2, ("0fa5", "10a5", "0fa4")),
    ("GROUP_REPORT", 0, ("000000", "000100", "fffe0f", "ffff0f", "000110")),
    ("IDENTIFY", 0, ("00", "01", "02")),
    ("HOLD_START", 0, ("01", "02", "03", "04")),
    ("GO_TO_LEVEL", 0, ("00000001", "0004ffff", "0005feff", "feff0028", "00117f7f")),
)


TARGETS = (
    *("00000000fe", "00000001fe", "fffffffefe", "fffffffffe", "00a1b2c3fe", "00a1b2c4fe"),
    *("ffffffffff", "00000001ff", "00000000ef", "00000001ef", "0000fffeef", "0000ffffef"),
)
"""Object id and address mode."""


def at_the_edges() -> list[bytes]:
    """Packets with each value of `EDGES`, and with each way of being for somebody."""
    found = []
    for kind, place, values in EDGES:
        packet = next(vector.packet for vector in ALL if vector.kind == kind)
        for value in values:
            octets = bytes.fromhex(value)
            at = 16 + place
            found.append(packet[:at] + octets + packet[at + len(octets) :])
    for kind in ("STATUS_QUERY", "DISCOVER", "GO_TO_LEVEL", "ZONE_REPORT"):
        packet = next(vector.packet for vector in ALL if vector.kind == kind)
        found += [packet[:9] + bytes.fromhex(target) + packet[14:] for target in TARGETS]
        # A payload longer and shorter than it should be, and one that has no room.
        found += [packet[:7] + bytes((size,)) + packet[8:] for size in (0, 7, 8, 9, 0x0D, 0x40)]
    return [reencode(Frame(packet)) for packet in found]


@needs_tshark
@pytest.mark.parametrize("dialect", Dialect)
def test_both_draw_the_line_at_the_same_value(root: Path, tmp_path: Path, dialect: Dialect) -> None:
    packets = at_the_edges()
    told = dissected(root, tmp_path, heard(packets), dialect)
    assert disagreements(packets, told, dialect) == []


@needs_tshark
def test_names_are_shown_as_they_are(root: Path, tmp_path: Path) -> None:
    names = ("Hall", "Küche", "日本", "🔌" * 8, 'a "b"', "")
    packets = [
        encode_message(NameReport(ONE, 2, name), counter=1, sequence=0, source=ONE).packet
        for name in names
    ]
    told = dissected(root, tmp_path, heard(packets), Dialect.WIRED)
    assert disagreements(packets, told, Dialect.WIRED) == []


@needs_tshark
def test_noise_is_noise_and_a_bad_crc_says_what_would_be_right(root: Path, tmp_path: Path) -> None:
    broken = b"\xfa\xde" + ALL[0].packet[:-1] + b"\x00"
    noise = [
        TimedEvent(1.0, Noise(b"\x12\x34", NoiseReason.NO_SYNC)),
        TimedEvent(1.0, Noise(broken, NoiseReason.BAD_CRC)),
        TimedEvent(1.0, Noise(broken[:9], NoiseReason.INCOMPLETE)),
    ]
    told = dissected(root, tmp_path, noise, Dialect.WIRED)
    assert [one["kind"] for one in told] == ["NOISE"] * 3
    assert told[0]["words"] == "2 octets that are no frame."
    assert "9E00, and 9E83 would be right" in told[1]["words"]
    assert told[1]["crc_ok"] in ("0", "False")


@needs_tshark
def test_the_tree_shows_the_fields_of_our_own_messages(root: Path, tmp_path: Path) -> None:
    report = next(vector for vector in ALL if vector.kind == "ZONE_REPORT")
    dissected(root, tmp_path, heard([report.packet]), Dialect.WIRED)
    shown = run(root, tmp_path / "link.pcapng", Dialect.WIRED, "-V")
    assert "Lutron QS link, ZONE_REPORT" in shown
    assert "Zones on: 11 (zones 1, 2 and 4)" in shown
    assert "Cause: link command (1)" in shown
    assert "CRC fits: True" in shown


@needs_tshark
def test_the_list_shows_who_speaks_to_whom(root: Path, tmp_path: Path) -> None:
    kinds = ("GO_TO_LEVEL", "ZONE_REPORT", "ACKNOWLEDGE", "DISCOVER")
    packets = [next(v.packet for v in EXTENSION + OURS + ALL if v.kind == kind) for kind in kinds]
    dissected(root, tmp_path, heard(packets), Dialect.WIRED)
    columns = (
        "-T",
        "fields",
        "-E",
        "separator=/t",
        "-e",
        "_ws.col.Source",
        "-e",
        "_ws.col.Destination",
    )
    shown = run(root, tmp_path / "link.pcapng", Dialect.WIRED, *columns)
    assert [line.split("\t") for line in shown.splitlines()] == [
        ["21 0001 00", "00A1B2C3"],
        ["00A1B2C3", ""],
        ["unnamed", ""],
        ["21 0001 00", "all"],
    ]


def test_the_comparison_would_see_a_difference() -> None:
    vector = ALL[0]
    message = decode_message(Frame(vector.packet))
    assert agrees(message, message.kind, message.words())
    assert not agrees(message, message.kind, message.words() + " ")
    assert not agrees(message, "UNKNOWN", message.words())


def test_the_varied_packets_are_good_frames() -> None:
    decoder = Decoder()
    for packet in varied(seed=1, count=50):
        decoder.feed(b"\xfa\xde" + packet, 0.0)
    assert sum(isinstance(event, FrameHeard) for event in decoder.events()) == 50
