"""`dpm frames` answers every line, in order, at once, whatever it is given."""

import io
import json
import select
import subprocess
from pathlib import Path

import pytest

from dpm_core.cli.frames import LINE_MAX, read_lines
from tests.dpm_core.cli.processes import DPM, LIMIT_S, ROOT, dpm, environment, fails

pytestmark = pytest.mark.requirement("G4")

ZONE_REPORT = "89 00 00 a1 b2 c3 00 0e 00 00 a1 b2 c3 fe 7d 02 0b 02 00 01 00 07 6f 7f"
ACKNOWLEDGE = "0b 05 00 23 55"
RADIO_LEVEL = "82 01 ad 90 2c 00 21 0e 00 06 fe 28 5f fe 40 02 fe ff 00 00 00 00 bf 2b"
BAD_CRC = ZONE_REPORT[:-5] + "00 00"


def packed(text: str) -> str:
    return text.replace(" ", "")


def test_each_packet_is_one_object_in_order() -> None:
    lines = "\n".join([ZONE_REPORT, packed(ACKNOWLEDGE).upper(), RADIO_LEVEL])
    ended = dpm("frames", "--json", stdin=lines.encode())
    assert (ended.status, ended.err) == (0, "")
    assert [answer["crc_ok"] for answer in ended.lines] == [True, True, True]
    assert [answer["encoded"] for answer in ended.lines] == [
        packed(ZONE_REPORT),
        packed(ACKNOWLEDGE),
        packed(RADIO_LEVEL),
    ]
    report = ended.lines[0]
    assert set(report) == {"crc_ok", "encoded", "meaning", "kind", "fields", "error"}
    assert report["fields"]["zones"] == [True, True, False, True]
    assert "00A1B2C3" in report["meaning"]
    assert report["error"] is None


@pytest.mark.requirement("E4")
def test_every_public_vector_is_encoded_as_it_came() -> None:
    vectors = json.loads((ROOT / "tests" / "vectors" / "public.json").read_text())
    packets = [packed(vector["packet"]).lower() for vector in vectors["vectors"]]
    ended = dpm("frames", "--json", stdin="\n".join(packets).encode())
    assert [answer["encoded"] for answer in ended.lines] == packets
    assert all(answer["crc_ok"] for answer in ended.lines)


def test_bad_lines_are_answered_too_and_empty_ones_are_not() -> None:
    lines = ["", BAD_CRC, "   ", "zz", "\r", "89 00", "äöü", "\x00", ACKNOWLEDGE, "8"]
    ended = dpm("frames", "--json", stdin="\n".join(lines).encode())
    assert ended.status == 0
    assert [answer["crc_ok"] for answer in ended.lines] == [
        *(False, False, False, False, False),
        True,
        False,
    ]
    broken, *others = ended.lines
    assert broken["encoded"] == packed(ZONE_REPORT)
    assert "6F7F" in broken["error"]
    for answer in (answer for answer in others if not answer["crc_ok"]):
        assert answer["encoded"] == ""
        assert answer["error"]
        assert answer["meaning"]


def test_radio_dialect_reads_the_level_of_the_radio() -> None:
    wired, radio = (
        dpm("frames", "--json", "--dialect", dialect, stdin=RADIO_LEVEL.encode()).answer
        for dialect in ("wired", "radio")
    )
    assert radio["fields"]["level_percent"] == 100
    assert wired["fields"]["level_percent"] == 0


def test_people_get_words() -> None:
    ended = dpm("frames", stdin=f"{ZONE_REPORT}\n{BAD_CRC}\nzz\n".encode())
    assert ended.status == 0
    starts = [line for line in ended.out.splitlines() if not line.startswith(" ")]
    assert [start.split(":")[0].rsplit("  ", 1)[0].strip() for start in starts] == [
        "CRC ok",
        "CRC BAD",
        "no packet",
    ]
    assert "on zones 1, 2 and 4" in ended.out
    assert not any(line != line.rstrip() for line in ended.out.splitlines())


def test_an_answer_comes_before_the_next_line_is_there() -> None:
    with subprocess.Popen(
        [*DPM, "frames", "--json"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment(),
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for line in (ZONE_REPORT, "zz", ACKNOWLEDGE):
            process.stdin.write(f"{line}\n".encode())
            process.stdin.flush()
            ready, _, _ = select.select([process.stdout], [], [], LIMIT_S)
            assert ready, "no answer while standard input is open"
            assert "crc_ok" in json.loads(process.stdout.readline())
        process.stdin.close()
        assert process.wait(LIMIT_S) == 0


def test_files_are_read_in_order_and_a_dash_is_standard_input(tmp_path: Path) -> None:
    (tmp_path / "a").write_text(ZONE_REPORT)
    (tmp_path / "b").write_text(ACKNOWLEDGE)
    ended = dpm("frames", "--json", str(tmp_path / "b"), "-", str(tmp_path / "a"), stdin=b"zz\n")
    assert [answer["kind"] for answer in ended.lines] == ["ACKNOWLEDGE", "NO_PACKET", "ZONE_REPORT"]


def test_a_file_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    assert "nowhere" in fails(dpm("frames", str(tmp_path / "nowhere")), 2)


def test_a_line_without_end_takes_no_more_memory_than_one() -> None:
    endless = io.BytesIO(b"00" * LINE_MAX + b"\n" + ACKNOWLEDGE.encode() + b"\n")
    first, second = read_lines(endless)
    assert len(first) == LINE_MAX
    assert second == ACKNOWLEDGE


def test_a_reader_that_goes_away_ends_it_without_a_word() -> None:
    with subprocess.Popen(
        [*DPM, "frames", "--json"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdout.close()
        process.stdin.write(f"{ACKNOWLEDGE}\n".encode())
        process.stdin.close()
        assert process.wait(LIMIT_S) == 141
        assert process.stderr is not None
        assert process.stderr.read() == b""
