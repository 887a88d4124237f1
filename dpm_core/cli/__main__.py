"""Where `dpm` and `python -m dpm_core.cli` start: it looks for the extra before anything needs it."""

from __future__ import annotations

import importlib.util
import sys

MISSING_EXTRA = (
    'dpm: the command line needs the extra "cli", which is not installed: '
    'pip install "lutron-dpm[cli]"'
)


def main() -> None:
    """Run `dpm` with the arguments of this process, and end the process with its exit status.

    Without click or rich it prints one line that names what to install, and ends with 2.
    """
    if any(importlib.util.find_spec(name) is None for name in ("click", "rich")):
        print(MISSING_EXTRA, file=sys.stderr)
        sys.exit(2)
    try:
        from dpm_core.cli.app import run

        exit_status = run(sys.argv[1:])
    except KeyboardInterrupt:
        # Ctrl-C while the program was still being loaded.
        exit_status = 130
    sys.exit(exit_status)


if __name__ == "__main__":
    main()
