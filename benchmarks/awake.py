"""Keeping the processors from halting while something waits and is measured."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_SPINNER: Final = """
import os
os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
while os.getppid() == {parent}:
    os.sched_yield()
"""


@contextmanager
def kept_awake() -> Iterator[None]:
    """Keep the processors from halting meanwhile, where the operating system can.

    A halted processor of a virtual machine takes a tenth of a millisecond to come back, which is
    more than most of what is measured where one waits. What keeps it awake runs only while nobody
    else wants to, and asks at every turn whether somebody does: left to the scheduler, that could
    take until its next tick, four milliseconds. Where processors share a core it still takes a
    part of it, so it is not for what computes without a pause.
    """
    command = [sys.executable, "-c", _SPINNER.format(parent=os.getpid())]
    count = (os.cpu_count() or 1) if hasattr(os, "SCHED_IDLE") else 0
    spinners = [subprocess.Popen(command) for _ in range(count)]
    try:
        yield
    finally:
        for spinner in spinners:
            spinner.kill()
            spinner.wait()
