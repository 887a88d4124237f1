"""Run one target under the coverage-guided fuzzer: `python -m fuzz.drive TARGET [libFuzzer options]`.

Needs atheris. `scripts/fuzz` makes an environment that has it and calls this for each target.
"""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["dpm_core"]):
    from fuzz.targets import TARGETS


def main() -> None:
    """Fuzz until a promise is broken or the time is over."""
    name = sys.argv[1]
    atheris.Setup([sys.argv[0], *sys.argv[2:]], TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
