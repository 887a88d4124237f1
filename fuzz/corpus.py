"""What fuzzing starts from: every packet of tests/vectors, and what a person would say or send."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from dpm_core.protocol import (
    CRC_OCTETS,
    CaptureHeader,
    CaptureOctets,
    Frame,
    encode_capture,
    encode_wire,
)

__all__ = ["FOUND", "seeds", "variations"]

ROOT: Final = Path(__file__).resolve().parents[1]
VECTORS: Final = ROOT / "tests" / "vectors"
FOUND: Final = ROOT / "tests" / "repository" / "fuzz_found"
"""Inputs that once broke a promise, a folder for each target; they are run for ever."""

_REQUESTS: Final = (
    {"do": "modules"},
    {"module": "00A1B2C3", "do": "state"},
    {"module": "00A1B2C3", "do": "button", "zone": 2},
    {"module": "00A1B2C3", "do": "prog"},
    {"module": "00A1B2C3", "do": "cci", "contact": "open"},
    {"module": "00A1B2C3", "do": "cci", "contact": "closed"},
    {"module": "00A1B2C3", "do": "power", "on": False},
    {"module": "00A1B2C3", "do": "power", "on": True},
)

_TELNET: Final = (
    b"\xff\xfb\x00\xff\xfd\x00\xff\xfb\x2c\xff\xfd\x2c",
    b"\xff\xfa\x2c\x01\x00\x00\x7a\x12\xff\xf0",
    b"\xff\xfa\x2c\x00\xff\xf0",
    b"\xff\xfa\x2c\x05\x08\xff\xf0a\xff\xffb",
    b"\xff\xfa\x2c\x02\xff\xff\xff\xf0",
    b"\xff\xf6\xff\xfc\x01\xff\xfe\x03",
)


def _packets() -> list[bytes]:
    found = []
    for file in sorted(VECTORS.glob("*.json")):
        table = json.loads(file.read_text(encoding="utf-8"))
        found += [bytes.fromhex(row["packet"]) for row in table["vectors"]]
    return found


def seeds(target: str) -> list[bytes]:
    """Return the inputs that a target starts from; those that once broke it come first."""
    packets = _packets()
    wire = [encode_wire(Frame(packet)) for packet in packets]
    found = [file.read_bytes() for file in sorted((FOUND / target).glob("*"))]
    match target:
        case "messages":
            return found + packets
        case "commands":
            # Their CRC is made when they are said.
            bodies = [packet[:-CRC_OCTETS] for packet in packets]
            return [*found, *bodies, b"".join(bodies[20:28])]
        case "rfc2217":
            return [*found, *_TELNET, b"".join(_TELNET)]
        case "control":
            lines = [json.dumps(request).encode() for request in _REQUESTS]
            return [*found, *lines, b"\n".join(lines), b"[1]\nnull\n\xff\n{}"]
        case "capture":
            header = CaptureHeader(1_795_424_400.0, 31250, "8N1", "/dev/ttyUSB0")
            records = [CaptureOctets(at / 10, octets) for at, octets in enumerate(wire[:6])]
            lines = [encode_capture(one) for one in (header, *records)]
            return [*found, *lines, b"".join(lines)]
        case _:
            return [*found, *wire, b"".join(wire[:8]), b"\xfa" * 40, b"\xfa\xde" * 40]


def variations(target: str, count: int, seed: int) -> Iterator[bytes]:
    """Yield inputs near the seeds, always the same ones: octets changed, cut, doubled and joined."""
    dice = random.Random(f"{target} {seed}")  # noqa: S311  # no secret: it is to be the same again
    known = seeds(target)
    for _ in range(count):
        octets = bytearray(dice.choice(known))
        for _ in range(dice.randrange(1, 5)):
            _change(octets, dice, known)
        yield bytes(octets)


def _change(octets: bytearray, dice: random.Random, known: list[bytes]) -> None:
    at = dice.randrange(len(octets) + 1)
    match dice.randrange(6):
        case 0:
            octets[at : at + 1] = bytes((dice.randrange(256),))
        case 1:
            del octets[at : at + dice.randrange(1, 8)]
        case 2:
            octets[at:at] = dice.randbytes(dice.randrange(1, 8))
        case 3:
            octets[at:at] = octets[at : at + 12]
        case 4:
            octets += dice.choice(known)
        case _:
            octets[at : at + 1] = dice.choice((b"\xfa\xde", b"\xff", b"\x00", b"\n", b"\x7d"))
