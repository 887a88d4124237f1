"""`dpm replay` says what a capture says, and turns it into a file for Wireshark."""

import json
import time
from datetime import datetime
from pathlib import Path

import pytest

from dpm_core.protocol import (
    PCAPNG_MAGIC,
    CaptureHeader,
    CaptureOctets,
    Frame,
    ack_frame,
    encode_capture,
    encode_wire,
)
from tests.dpm_core.cli.processes import call, fails
from tests.dpm_core.protocol.vectors import ALL

pytestmark = pytest.mark.requirement("G4")

ACK = encode_wire(ack_frame(5))
HEADER = CaptureHeader(1_795_424_400.25, 31250, "8N1", "/dev/ttyUSB0")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A frame in two pieces, noise, and a torn tail."""
    path = tmp_path / "link.dpmcap"
    records = (
        HEADER,
        CaptureOctets(1.0, ACK[:5]),
        CaptureOctets(1.002, ACK[5:]),
        CaptureOctets(1.5, b"\x12\x34"),
    )
    path.write_bytes(b"".join(encode_capture(record) for record in records) + b"2.000000 5 55")
    return path


def test_people_get_a_line_for_each_thing_and_a_sum(file: Path) -> None:
    ended = call("replay", str(file))
    assert (ended.status, ended.err) == (0, "")
    header, frame, noise, damage, total = ended.out.splitlines()
    assert header.endswith("  -- /dev/ttyUSB0 at 31250 8N1")
    local = datetime.fromtimestamp(1_795_424_401.252).astimezone()
    assert frame.startswith(f"{local:%Y-%m-%d %H:%M:%S}.252")
    assert "Acknowledgement of the command with sequence 05: accepted." in frame
    assert "0b 05 00 23 55" in frame
    assert noise.endswith("<- noise: no sync [12 34]")
    assert damage == "-- line 5 is damaged: cut off, or longer than any line of a capture"
    assert total.startswith("14 octets: 1 frames, 0 with a bad CRC, 0 cut off, 2 octets of noise.")
    assert total.endswith("1 lines of the capture are damaged.")


def test_programs_get_the_objects_of_watch_frames(file: Path) -> None:
    lines = call("replay", str(file), "--json").lines
    kinds = [line["event"] for line in lines]
    assert kinds == ["capture_started", "frame_heard", "noise_heard", "damage", "end"]
    started, frame, noise, damage, end = lines
    assert started == {
        "at": "2026-11-23T09:00:00.250000+00:00",
        "event": "capture_started",
        "link": "/dev/ttyUSB0",
        "baud": 31250,
        "character": "8N1",
    }
    assert set(frame) == {"at", "event", "packet", "kind", "meaning", "fields"}
    assert (frame["at"], frame["packet"]) == ("2026-11-23T09:00:01.252000+00:00", "0b05002355")
    assert (noise["octets"], noise["reason"]) == ("1234", "no sync")
    assert damage["line"] == 5
    assert (end["frames"], end["noise_octets"], end["damaged_lines"]) == (1, 2, 1)


def test_standard_input_is_read_too(file: Path) -> None:
    from_file = call("replay", str(file), "--json")
    assert call("replay", "-", "--json", stdin=file.read_bytes()).out == from_file.out


def test_every_vector_is_decoded_as_by_dpm_frames(tmp_path: Path) -> None:
    path = tmp_path / "vectors.dpmcap"
    wire = [encode_wire(Frame(vector.packet)) for vector in ALL]
    records = [CaptureOctets(float(number), octets) for number, octets in enumerate(wire)]
    octets = b"".join(encode_capture(record) for record in records)
    path.write_bytes(encode_capture(HEADER) + octets)
    for dialect in ("wired", "radio"):
        replayed = call("replay", str(path), "--json", "--dialect", dialect).lines[1:-1]
        packets = "\n".join(vector.packet.hex() for vector in ALL).encode()
        frames = call("frames", "--json", "--dialect", dialect, stdin=packets).lines
        assert [line["kind"] for line in replayed] == [line["kind"] for line in frames]
        assert [line["packet"] for line in replayed] == [line["encoded"] for line in frames]


def test_real_time_takes_the_time_that_it_took(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now, slept = 100.0, []

    def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds
        slept.append(seconds)

    monkeypatch.setattr(time, "monotonic", lambda: now)
    monkeypatch.setattr(time, "sleep", sleep)
    assert call("replay", str(file), "--realtime").status == 0
    assert slept == pytest.approx([1.002, 0.498], abs=1e-3)


def test_a_pcapng_file_is_made(file: Path, tmp_path: Path) -> None:
    out = tmp_path / "link.pcapng"
    ended = call("replay", str(file), "--to-pcapng", str(out))
    assert ended.status == 0
    assert "1 frames" in ended.out
    assert out.read_bytes().startswith(PCAPNG_MAGIC)
    assert b"\xfa\xde\x0b\x05\x00\x23\x55" in out.read_bytes()
    assert (
        json.loads(call("replay", str(file), "--to-pcapng", str(tmp_path / "b"), "--json").out)[
            "damaged_lines"
        ]
        == 1
    )
    assert "not there yet" in fails(call("replay", str(file), "--to-pcapng", str(out)), 2)
    assert "Wireshark" in fails(call("replay", str(out)), 2)


def test_what_is_no_capture_is_refused(tmp_path: Path) -> None:
    assert "dpm capture" in fails(call("replay", "-", stdin=b"Dear"), 2)
    assert "dpm capture" in fails(call("replay", "-", stdin=b""), 2)
    assert "can be read" in fails(call("replay", str(tmp_path / "nowhere")), 2)
