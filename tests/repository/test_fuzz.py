"""A short run of the fuzzing targets, always on the same inputs, so that they stay alive.

The coverage-guided run is `scripts/fuzz`. An input that it ever finds goes into `fuzz_found/`.
"""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dpm_core.protocol import Decoder, Frame, ack_frame, encode_wire
from dpm_core.simulator.rfc2217 import Rfc2217Session
from fuzz import targets
from fuzz.corpus import FOUND, seeds, variations
from fuzz.reference_decoder import crc, packets
from fuzz.targets import TARGETS
from fuzz.vary import run_varied
from tests.dpm_core.protocol.vectors import ALL

INPUTS = {"device": 150, "commands": 150, "control": 200, "processor": 150}
"""How many variations a target is given here; 400 where it is quicker."""


@pytest.mark.requirement("E4")
@pytest.mark.parametrize("name", TARGETS)
def test_no_promise_is_broken(name: str) -> None:
    inputs = INPUTS.get(name, 400)
    assert run_varied(name, inputs, seed=20261123) > inputs


@pytest.mark.parametrize("name", TARGETS)
def test_the_inputs_are_always_the_same(name: str) -> None:
    assert list(variations(name, 20, 1)) == list(variations(name, 20, 1))
    assert list(variations(name, 20, 1)) != list(variations(name, 20, 2))


def test_the_corpus_holds_every_vector() -> None:
    for name in ("decoder", "device"):
        said = b"".join(seeds(name))
        assert all(vector.packet in said for vector in ALL)
    assert {vector.packet for vector in ALL} <= set(seeds("messages"))
    assert {vector.packet[:-2] for vector in ALL} <= set(seeds("commands"))


def test_what_was_once_found_belongs_to_a_target() -> None:
    folders = {path.name for path in FOUND.iterdir()} if FOUND.exists() else set()
    assert folders <= set(TARGETS)


def test_the_reference_agrees_with_the_public_packets() -> None:
    assert crc(b"123456789") == 0x1E7C
    assert packets(b"".join(encode_wire(Frame(vector.packet)) for vector in ALL)) == [
        vector.packet for vector in ALL
    ]
    assert packets(b"\xfa\xde\x0b\x05\x00\x23") == []


# --- each target finds what it is there to find -------------------------------------------------


class _Forgetful(Decoder):
    """Loses the second of two frames that come in one piece."""

    def events(self) -> Any:
        return iter(list(super().events())[:1])


class _Hoarding(Decoder):
    """Says that it holds more than it may."""

    @property
    def held_octets(self) -> int:
        return 10_000


def _double(session: Rfc2217Session, octets: bytes) -> tuple[bytes, bytes]:
    return octets * 2, b""


@pytest.mark.parametrize(
    ("name", "where", "fault"),
    [
        ("decoder", "Decoder", _Forgetful),
        ("decoder", "Decoder", _Hoarding),
        ("messages", "reencode", lambda frame: frame.packet[:-1] + b"\x00"),
        ("messages", "describe", lambda message: "one\ntwo"),
        ("messages", "decode_message", lambda frame, dialect: 1 / 0),
        ("capture", "read_capture", lambda chunks: iter(())),
        ("control", "a parser that lets everything through", None),
        ("device", "a module that says nothing", None),
        ("lip", "a decoder that never lets a line go", None),
        ("lip_session", "a session that keeps a query for itself", None),
        ("processor", "a processor that falls over a line", None),
        ("http", "a server that keeps a program waiting", None),
        ("database", "a reader that falls over a file", None),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_a_fault_is_found(
    name: str, where: str, fault: Callable[..., object] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if fault is None:
        monkeypatch.setattr(*_FAULTS_WITHIN[name])
    else:
        monkeypatch.setattr(targets, where, fault)
    with pytest.raises(Exception) as found:  # whatever is the first to notice
        run_varied(name, 100, seed=1)
    assert any(f"input of {name}: " in note for note in found.value.__notes__)


def _no_answer(*_: object, **__: object) -> None:
    """What a module that has crashed says."""


def _unanswered(*_: object) -> tuple[bytes, bool]:
    """What a server says that has nothing to say."""
    return b"", True


_FAULTS_WITHIN: dict[str, tuple[str, object]] = {
    "control": ("dpm_core.simulator.control._parsed", lambda line: __import__("json").loads(line)),
    "device": ("dpm_core.simulator.line.Line.send", _no_answer),
    "lip": ("dpm_core.protocol.lip.decoder.LineDecoder._let_go", lambda self: self.held),
    "lip_session": ("dpm_core.protocol.lip.session.Outbox.take", _no_answer),
    "processor": ("dpm_core.simulator.processor.commands.read_line", lambda text: 1 / 0),
    "http": ("dpm_core.simulator.processor.http_server.HttpPrograms.answer", _unanswered),
    "database": ("fuzz.processor_targets.parse_database", lambda octets: 1 / 0),
}


def test_a_telnet_server_that_doubles_its_data_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Rfc2217Session, "receive", _double)
    with pytest.raises(AssertionError, match="data "):
        run_varied("rfc2217", 0, seed=1)


def test_the_script_says_what_it_does(root: Path) -> None:
    done = subprocess.run(
        [root / "scripts" / "fuzz", "--help"], capture_output=True, text=True, check=True
    )
    assert "--seconds" in done.stdout


def test_the_marker_is_a_good_frame() -> None:
    assert ack_frame(0x2A) == targets.MARKER
