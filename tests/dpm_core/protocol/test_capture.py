"""A capture says octet by octet what was heard, and survives whatever happens to its file."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dpm_core.errors import UnsupportedSetting
from dpm_core.protocol import (
    CAPTURE_LINE_MAX,
    CaptureDamage,
    CaptureHeader,
    CaptureOctets,
    continuation,
    encode_capture,
    is_capture,
    read_capture,
)
from dpm_core.protocol.capture import CaptureRecord

HEADER = CaptureHeader(1_795_424_400.25, 31250, "8N1", "/dev/ttyUSB0")
HEADER_LINE = b"#dpm-capture 1 2026-11-23T09:00:00.250000Z 31250 8N1 /dev/ttyUSB0\n"

octets_records = st.builds(
    CaptureOctets,
    st.integers(0, 10**12).map(lambda micros: micros / 1_000_000),
    st.binary(min_size=1, max_size=1024),
)
headers = st.builds(
    CaptureHeader,
    st.integers(0, 4 * 10**9).map(float),
    st.integers(1, 4_000_000),
    st.sampled_from(["8N1", "8E1", "7O2"]),
    st.text(st.characters(codec="utf-8", exclude_characters="\n"), max_size=40),
)


def read(octets: bytes) -> list[CaptureRecord]:
    return list(read_capture([octets]))


def test_a_capture_looks_as_documented() -> None:
    written = encode_capture(HEADER) + encode_capture(CaptureOctets(1.5, b"\xfa\xde\x0b"))
    assert written == HEADER_LINE + b"1.500000 3 fade0b\n"
    assert read(written) == [HEADER, CaptureOctets(1.5, b"\xfa\xde\x0b")]


@given(headers, st.lists(octets_records, max_size=8), st.integers(1, 50))
def test_what_is_written_is_read_however_it_is_cut(
    header: CaptureHeader, records: list[CaptureOctets], cut: int
) -> None:
    written = b"".join(map(encode_capture, (header, *records)))
    chunks = [written[at : at + cut] for at in range(0, len(written), cut)]
    assert list(read_capture(chunks)) == [header, *records]


def test_many_octets_take_several_lines_of_the_same_time() -> None:
    octets = bytes(range(256)) * 10
    found = read(HEADER_LINE + encode_capture(CaptureOctets(2.0, octets)))[1:]
    assert len(found) == 3
    assert all(isinstance(one, CaptureOctets) and one.at_s == 2.0 for one in found)
    assert b"".join(one.octets for one in found if isinstance(one, CaptureOctets)) == octets


@given(st.integers(0, 200))
def test_a_torn_tail_costs_at_most_its_own_line(keep: int) -> None:
    records = [CaptureOctets(float(at), bytes((at,)) * 20) for at in range(3)]
    lines = [HEADER_LINE, *map(encode_capture, records)]
    whole = b"".join(lines)
    torn = whole[:keep]
    found = read(torn)
    complete = torn.count(b"\n")
    expected: list[CaptureRecord] = [HEADER, *records]
    assert found[:complete] == expected[:complete]
    rest = found[complete:]
    assert [type(one) for one in rest] == [CaptureDamage] * (
        not torn.endswith(b"\n") and torn != b""
    )


@given(st.integers(1, 60))
def test_a_capture_goes_on_behind_a_torn_tail(keep: int) -> None:
    torn = HEADER_LINE + encode_capture(CaptureOctets(0.0, b"\x55" * 20))[:keep]
    later = CaptureHeader(HEADER.started_at + 60, 62500)
    more = CaptureOctets(0.25, b"\xf0")
    found = read(torn + continuation(torn) + encode_capture(later) + encode_capture(more))
    assert found[0] == HEADER
    assert found[-2:] == [later, more]
    assert len(found) <= 4


def test_a_file_that_ends_well_is_continued_as_it_is() -> None:
    assert continuation(b"") == b""
    assert continuation(b"...\n") == b""
    assert continuation(b"0.0") == b"\n"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"0.000000 3 fade", "2 octets instead of 3"),
        (b"0.000000 2 fad", "neither"),
        (b"0.0 2 fade", "neither"),
        (b"-1.000000 2 fade", "neither"),
        (b"\x00\x00\x00", "neither"),
        (b"0.000000 0 ", "neither"),
        (b"#dpm-capture 2 2026-11-23T09:00:00Z 31250 8N1 x", "version 2"),
        (b"#dpm-capture 1 2026-11-23T09:00:00Z 31250", "header"),
        (b"#dpm-capture 1 2026-13-23T09:00:00Z 31250 8N1 x", "time"),
        (b"#dpm-capture 1 1969-01-01T00:00:00Z 31250 8N1 x", "time"),
        (b"x" * (CAPTURE_LINE_MAX + 1), "longer"),
    ],
)
def test_a_damaged_line_is_told_and_the_rest_is_read(line: bytes, reason: str) -> None:
    good = encode_capture(CaptureOctets(1.0, b"\xf0"))
    first, damage, last = read(HEADER_LINE + line + b"\n" + good)
    assert (first, last) == (HEADER, CaptureOctets(1.0, b"\xf0"))
    assert isinstance(damage, CaptureDamage)
    assert damage.line == 2
    assert reason in damage.reason


def test_a_line_without_end_is_never_held() -> None:
    chunks = [HEADER_LINE, *[b"a" * 1000] * 50, b"\n", b"0.000000 1 f0\n"]
    found = list(read_capture(chunks))
    assert [type(one) for one in found] == [CaptureHeader, CaptureDamage, CaptureOctets]
    (_, tail) = read_capture([HEADER_LINE, *[b"a" * 5000] * 2])
    assert isinstance(tail, CaptureDamage)


def test_octets_before_any_header_have_no_time_and_are_damage() -> None:
    assert read(b"0.000000 1 f0\n") == [CaptureDamage(1, "octets before any header")]


def test_remarks_empty_lines_and_foreign_line_ends_are_allowed() -> None:
    written = HEADER_LINE.replace(b"\n", b"\r\n") + b"\n# opened the CCI\n0.000000 1 f0\r\n"
    assert read(written) == [HEADER, CaptureOctets(0.0, b"\xf0")]


def test_a_time_without_zone_is_utc() -> None:
    (found,) = read(b"#dpm-capture 1 2026-11-23T09:00:00.25 31250 8N1 /dev/ttyUSB0\n")
    assert found == HEADER


def test_a_links_name_cannot_break_the_line() -> None:
    header = CaptureHeader(0.0, 31250, link="a\nb\tc " + "\udcff" + "x" * 5000)
    assert header.link.startswith("a b c ")
    line = encode_capture(header)
    assert line.count(b"\n") == 1
    assert len(line) < CAPTURE_LINE_MAX
    (found,) = read(line)
    assert isinstance(found, CaptureHeader)


@pytest.mark.parametrize(
    "wrong",
    [
        {"started_at": -1.0},
        {"started_at": float("nan")},
        {"baud": 0},
        {"character": "8N3"},
    ],
)
def test_a_header_that_cannot_be_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(UnsupportedSetting):
        CaptureHeader(**{"started_at": 0.0, "baud": 31250, **wrong})  # type: ignore[arg-type]


def test_a_capture_is_known_by_its_beginning() -> None:
    assert is_capture(HEADER_LINE)
    assert not is_capture(b"\x0a\x0d\x0d\x0a")


@given(st.binary(max_size=300))
def test_no_file_raises(octets: bytes) -> None:
    assert all(record is not None for record in read(HEADER_LINE + octets))
