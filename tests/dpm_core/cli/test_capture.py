"""`dpm capture` keeps what a link says, whatever happens to the link or to the program."""

import json
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from dpm_core.protocol import (
    PCAPNG_MAGIC,
    CaptureDamage,
    CaptureHeader,
    CaptureOctets,
    read_capture,
)
from dpm_core.protocol.capture import CaptureRecord
from tests.dpm_core.cli.processes import (
    LIMIT_S,
    MODULES,
    Simulated,
    call,
    fails,
    simulated,
    started,
    wait_for,
)
from tests.dpm_core.cli.uart import far_end
from tests.dpm_core.protocol.test_probe import QUERY

pytestmark = pytest.mark.requirement("G4")


@contextmanager
def capturing(link: Simulated, *arguments: str) -> Iterator["subprocess.Popen[bytes]"]:
    """`dpm capture`, once it says that it records."""
    with started("--link", link.link, "capture", *arguments) as process:
        assert process.stderr is not None
        said = process.stderr.readline()
        assert b"recording" in said, (said, process.communicate())
        yield process


def records(file: Path) -> list[CaptureRecord]:
    return list(read_capture([file.read_bytes()]))


def octets(file: Path) -> bytes:
    return b"".join(one.octets for one in records(file) if isinstance(one, CaptureOctets))


def end(process: "subprocess.Popen[bytes]") -> str:
    """End it as a person does; return what it said last."""
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=LIMIT_S)
    assert process.returncode == 0, err
    return out.decode()


@pytest.mark.requirement("E3")
def test_what_modules_say_is_in_the_file_until_ctrl_c(link: Simulated, tmp_path: Path) -> None:
    file = tmp_path / "link.dpmcap"
    with capturing(link, str(file)) as process:
        link.control("button", zone=2)
        wait_for("the report", lambda: len(octets(file)) >= 31, process)
        said = end(process)
    assert "0 with a bad CRC" in said
    header = records(file)[0]
    assert isinstance(header, CaptureHeader)
    assert (header.baud, header.character, header.link) == (31250, "8N1", link.link)
    assert bytes.fromhex(MODULES[0]) in octets(file)


def test_a_capture_is_gone_on_with_and_a_torn_line_does_no_harm(tmp_path: Path) -> None:
    file = tmp_path / "link.dpmcap"
    with far_end(QUERY) as port:
        once = call("--link", port, "capture", str(file), "--seconds", "0.2", "--json").answer
        assert once["octets"] > 0
        assert set(once) == {
            "ok", "file", "seconds", "octets", "frames", "crc_errors", "noise_octets", "losses",
        }  # fmt: skip
        first = file.read_bytes()
        file.write_bytes(first[:-3])
        assert call("--link", port, "capture", str(file), "--seconds", "0.2").status == 0
    found = records(file)
    assert file.read_bytes().startswith(first[:-3] + b"\n")
    assert sum(isinstance(one, CaptureHeader) for one in found) == 2
    assert sum(isinstance(one, CaptureDamage) for one in found) == 1


def test_killed_at_any_instant_it_leaves_whole_lines(link: Simulated, tmp_path: Path) -> None:
    file = tmp_path / "link.dpmcap"
    with capturing(link, str(file)) as process:
        link.control("button", zone=1)
        wait_for("the report", lambda: octets(file) != b"", process)
        process.kill()
        process.communicate()
    assert file.read_bytes().endswith(b"\n")
    assert not any(isinstance(one, CaptureDamage) for one in records(file))


@pytest.mark.requirement("G2")
def test_a_lost_link_is_waited_for_and_begins_a_new_part(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("lost")
    file = folder / "link.dpmcap"
    with simulated(folder) as link, capturing(link, str(file), "--json") as process:
        assert process.stderr is not None
        link.kill()
        assert b"is lost" in process.stderr.readline()
        with simulated(folder) as again:
            assert b"is back" in process.stderr.readline()
            before = len(octets(file))
            again.control("button", zone=3)
            wait_for("the report", lambda: len(octets(file)) > before, process)
            answer = json.loads(end(process))
    assert answer["losses"] == 1
    assert sum(isinstance(one, CaptureHeader) for one in records(file)) == 2


def test_pcapng_is_written_as_it_comes(link: Simulated, tmp_path: Path) -> None:
    file = tmp_path / "link.pcapng"
    with capturing(link, str(file), "--pcapng") as process:
        assert file.read_bytes().startswith(PCAPNG_MAGIC)
        before = file.stat().st_size
        link.control("button", zone=2)
        wait_for("the report", lambda: file.stat().st_size > before, process)
        end(process)
    assert b"\xfa\xde" in file.read_bytes()
    refused = fails(call("--link", link.link, "capture", str(file), "--pcapng"), 2)
    assert "not there yet" in refused


def test_standard_output_holds_the_capture_and_nothing_else() -> None:
    with far_end(QUERY) as port:
        assert "mixed" in fails(call("--link", port, "--json", "capture", "-"), 2)
        arguments = ("--link", port, "capture", "-", "--seconds", "0.2")
        with started(*arguments) as process:
            out, err = process.communicate(timeout=LIMIT_S)
    assert process.returncode == 0
    assert out.startswith(b"#dpm-capture 1 ")
    assert isinstance(list(read_capture([out]))[1], CaptureOctets)
    assert b"frames" in err


def test_a_reader_that_goes_away_ends_it() -> None:
    with far_end(QUERY) as port, started("--link", port, "capture", "-") as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.close()
        process.stdout = None
        process.wait(LIMIT_S)
        assert process.returncode == 141


def test_silence_and_noise_point_to_probe(tmp_path: Path) -> None:
    for number, said in enumerate((b"", b"\x12\x34" * 20)):
        with far_end(said) as port:
            file = str(tmp_path / str(number))
            ended = call("--link", port, "capture", file, "--seconds", "0.2")
        assert ended.status == 0
        assert "`dpm probe`" in ended.out


def test_what_is_no_capture_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("Dear")
    with far_end(b"") as port:
        assert "a capture, or a file that is not there" in fails(
            call("--link", port, "capture", str(file), "--seconds", "0.1"), 2
        )
        assert file.read_text() == "Dear"
        assert "can be written" in fails(
            call("--link", port, "capture", str(tmp_path / "no" / "such"), "--seconds", "0.1"), 2
        )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has /dev/full")
def test_a_full_disk_ends_it_in_words() -> None:
    with far_end(b"") as port:
        ended = call("--link", port, "capture", "/dev/full", "--seconds", "30")
    assert ended.status == 2
    assert "No space left" in ended.err.splitlines()[-1]


def test_a_port_that_is_not_there_ends_it(tmp_path: Path) -> None:
    ended = call("--link", "/nowhere/at/all", "capture", str(tmp_path / "x"))
    assert ended.status == 3


def test_the_link_inside_dpm_has_nobody_to_listen_to(tmp_path: Path) -> None:
    assert "nobody talks" in fails(call("capture", str(tmp_path / "x")), 2)
    assert not (tmp_path / "x").exists()
