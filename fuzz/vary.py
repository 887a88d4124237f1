"""Run one target on varied inputs, without a guide: `python -m fuzz.vary TARGET SECONDS`."""

from __future__ import annotations

import sys
import time
from itertools import count

from fuzz.corpus import seeds, variations
from fuzz.targets import TARGETS

__all__ = ["run_varied"]


def run_varied(name: str, inputs: int, seed: int) -> int:
    """Run a target on its seeds and on variations of them; return how many inputs that were.

    Raises:
        AssertionError: A promise was broken; the input is named.
    """
    target = TARGETS[name]
    done = 0
    for octets in (b"", *seeds(name), *variations(name, inputs, seed)):
        try:
            target(octets)
        except BaseException as error:
            error.add_note(f"input of {name}: {octets.hex()}")
            raise
        done += 1
    return done


def main() -> None:
    """Vary inputs until the time is over."""
    name, seconds = sys.argv[1], float(sys.argv[2])
    until = time.monotonic() + seconds
    done = 0
    for seed in count():
        done += run_varied(name, 200, seed)
        if time.monotonic() > until:
            break
    print(f"  {name}: nothing found ({done} inputs, without a guide)")


if __name__ == "__main__":
    main()
