"""Combine what every process measured, and hold each package to its limit.

Run by scripts/test with an environment's Python: it needs `coverage`. The model and the protocol
are small and pure enough to be covered whole, branches included; the rest has room for what only
a broken machine shows.
"""

import argparse
import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
WHOLE: Final = ("dpm_core/model", "dpm_core/protocol")
WHOLE_PERCENT: Final = 100.0
OTHER_PERCENT: Final = 95.0
MEASURED: Final = ("dpm_core", "custom_components/lutron_dpm")


def package_of(path: str) -> str:
    """Name the package that a file's limit is counted in: two folders deep, or one for the top."""
    return "/".join(Path(path).parts[:-1][:2])


def coverage(*arguments: str | Path) -> bool:
    """Run one coverage command from the repository's folder."""
    command = [sys.executable, "-m", "coverage", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, check=False).returncode == 0


def main() -> int:
    """Print each package's figure; 1 when one is under its limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the processes left their data")
    parser.add_argument("--no-limits", action="store_true", help="only print the figures")
    options = parser.parse_args()
    data, report = options.folder / ".coverage", options.folder / "coverage.json"
    if not (
        coverage("combine", "--quiet", f"--data-file={data}", options.folder)
        and coverage("json", "--quiet", f"--data-file={data}", "-o", report)
    ):
        return 0 if options.no_limits else 1
    files = json.loads(report.read_text())["files"]

    covered: dict[str, int] = defaultdict(int)
    possible: dict[str, int] = defaultdict(int)
    gaps: dict[str, list[str]] = defaultdict(list)
    for path, entry in files.items():
        package, summary = package_of(path), entry["summary"]
        covered[package] += summary["covered_lines"] + summary["covered_branches"]
        possible[package] += summary["num_statements"] + summary["num_branches"]
        if entry["missing_lines"] or entry["missing_branches"]:
            lines = ", ".join(map(str, entry["missing_lines"])) or "none"
            ways = ", ".join(f"{a}->{b}" for a, b in entry["missing_branches"]) or "none"
            gaps[package].append(f"      {path}: lines {lines}; branches {ways}")
    never_seen = [
        str(path.relative_to(ROOT))
        for top in MEASURED
        for path in sorted((ROOT / top).rglob("*.py"))
        if path.read_text().strip() and str(path.relative_to(ROOT)) not in files
    ]
    failed = bool(never_seen)
    for path in never_seen:
        print(f"  never measured: {path}")
    for package in sorted(possible):
        limit = WHOLE_PERCENT if package in WHOLE else OTHER_PERCENT
        percent = 100 * covered[package] / possible[package] if possible[package] else 100.0
        short = covered[package] < possible[package] * limit / 100
        failed |= short
        word = "  BELOW ITS LIMIT" if short else ""
        print(f"  {package:32} {percent:6.2f} %  (limit {limit:g} %){word}")
        if short or (package in WHOLE and gaps[package]):
            print(*gaps[package], sep="\n")
    return int(failed and not options.no_limits)


if __name__ == "__main__":
    sys.exit(main())
