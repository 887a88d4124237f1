"""The packets of tests/vectors, as the tests read them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dpm_core.protocol import Dialect

FOLDER = Path(__file__).parents[2] / "vectors"


@dataclass(frozen=True)
class Vector:
    """One packet, and what it means."""

    id: str
    packet: bytes
    crc: int
    meaning: str
    dialect: Dialect
    kind: str
    fields: dict[str, Any]


def load(name: str) -> tuple[Vector, ...]:
    """Return the vectors of a file."""
    table = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    assert table["about"]
    assert table["provenance"]
    return tuple(
        Vector(
            row["id"],
            bytes.fromhex(row["packet"]),
            int(row["crc"], 16),
            row["meaning"],
            Dialect(row["dialect"]),
            row["kind"],
            row["fields"],
        )
        for row in table["vectors"]
    )


PUBLIC = load("public.json")
EXTENSION = load("extension.json")
OURS = load("ours.json")
ALL = PUBLIC + EXTENSION + OURS
EVERY_ID = [vector.id for vector in ALL]
