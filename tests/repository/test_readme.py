"""What the README tells a newcomer to run, runs."""

import re
import subprocess
import sys
import time
from pathlib import Path

APPEARS_WITHIN_S = 60.0


def test_the_example_switches_every_module_it_finds(root: Path, tmp_path: Path) -> None:
    found = re.search(r"```python\n(.*?)```", (root / "README.md").read_text(), re.DOTALL)
    assert found
    port = tmp_path / "qs-link"
    assert "/tmp/qs-link" in found[1]  # the README's own words
    code = found[1].replace("/tmp/qs-link", str(port))
    simulate = ["simulate", "--modules", "2", "--listen", f"pty:{port}"]
    with subprocess.Popen(
        [sys.executable, "-m", "dpm_core.cli", *simulate], stdout=subprocess.DEVNULL
    ) as simulator:
        try:
            give_up_at = time.monotonic() + APPEARS_WITHIN_S
            while not port.is_symlink() and time.monotonic() < give_up_at:
                time.sleep(0.05)  # another process's port can only be looked for
            done = subprocess.run(
                [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
            )
        finally:
            simulator.terminate()
    on = "(True, False, False, False)"
    assert done.stdout.splitlines() == [f"00A10001 {on}", f"00A10002 {on}"]
