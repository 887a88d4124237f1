"""How a target cuts what it is given."""

from __future__ import annotations

__all__ = ["chunks_of"]


def chunks_of(octets: bytes) -> list[bytes]:
    """Cut octets, at places that the octets themselves give."""
    cut = (octets[0] if octets else 0) % 60 + 1
    return [octets[at : at + cut] for at in range(0, len(octets), cut)]
