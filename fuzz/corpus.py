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
from tests.dpm_core.protocol.lip.databases import SAMPLE_9, SAMPLE_15

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


_SAID: Final = (
    b"login: ",
    b"password: ",
    b"\r\nQNET> \0",
    b"\r\nbad login\r\nlogin: ",
    b"connection established\r\nQSE>",
    b"~OUTPUT,101,1,100.00\r\n~OUTPUT,101,29,8\r\n~OUTPUT,101,30,1,100.00\r\n",
    b"~DEVICE,30,1,3\r\n~DEVICE,30,81,9,1\r\n~DEVICE,31,1,35,0\r\n",
    b"QNET> ~OUTPUT,102,1,0.00\n~OUTPUT,10QNET> 3,1,0.00\r\n",
    b"~MONITORING,5,1\r\n~SYSTEM,01/31/2026,12:00:00\r\n~ERROR,2\r\n~ERROR\r\n",
    b"OS Firmware Revision = 8.0\r\n~HELP,#OUTPUT\r\n?OUTPUT,101,1\r\n",
    b"\xff\xfd\x18\xff\xfa\x18\x01\xff\xf0~AREA,5,8,3\r\n~GROUP,5,3,255\r\n~SYSVAR,90,1,7\r\n",
)
"""What a processor says. Source: integration-protocol.md 1.2, 3, 7."""

_TYPED: Final = (
    b"lutron\r\nintegration\r\n",
    b"lutron\r\nwrong\r\n",
    b"#OUTPUT,1,1,100\r\n?OUTPUT,1,1\r\n#OUTPUT,2,1,0,0,1\r\n",
    b"#OUTPUT,5,6,0.5\r\n#OUTPUT,1,2\r\n#OUTPUT,1,4\r\n#OUTPUT,1,5\r\n#OUTPUT,1,1,0\r\n",
    b"#MONITORING,12,2\r\n#MONITORING,255,1\r\n?MONITORING,5\r\n#MONITORING,11,2\r\n",
    b"?SYSTEM,8\r\n?SYSTEM,10\r\n?AREA,2,1\r\n?GROUP,2,3\r\n?INTEGRATIONID,3\r\n",
    b"#DEVICE,6,1,3\r\n#DEVICE,6,1,4\r\n?DEVICE,6,1,35\r\n?HELP\r\n?HELP,#OUTPUT\r\n",
    b"#OUTPUT,1,1,120\r\n#OUTPUT,9,1,0\r\n#OUTPUT,1,99\r\nnonsense\r\n\r\n",
    b"\xff\xfb\x18\xff\xfa\x18\x00xterm\xff\xf0 #output , 01 ,1, 050 \n",
    b"#RESET,0\r\n",
    b"LOGOUT\r\n",
)
"""What programs say to one."""

_REQUESTED: Final = (
    b"GET /DbXmlInfo.xml HTTP/1.1\r\nHost: processor\r\nConnection: close\r\n\r\n",
    b"GET / HTTP/1.1\r\n\r\n",
    b"POST /DbXmlInfo.xml HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
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
        case "lip" | "lip_session":
            return [*found, *_SAID, b"".join(_SAID)]
        case "processor":
            return [*found, *_TYPED, b"".join(_TYPED[2:9])]
        case "http":
            return [*found, *_REQUESTED, b"".join(_REQUESTED)]
        case "database":
            return [*found, *(text.encode() for text in (SAMPLE_15, SAMPLE_9))]
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
