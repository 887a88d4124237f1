"""Run once more, alone, what failed while everything ran at once.

The machines that run everything are shared and noisy, and on two cores three jobs run beside each
other. What fails there and not alone is still a fault, most likely of the test; so it is named. But
it is not one for which nothing of a day's work can land.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from .jobs import Job, Outcome

FAILED: Final = 1
"""pytest's status when it ran to its end and tests failed."""
TESTS_MAX: Final = 5
"""More than these in all are no accident; a test that breaks off can fail its neighbours by what it
leaves behind. Decided here."""
LIMIT_S: Final = 600.0
"""How long a second try may take; the slowest test takes well below a minute. Decided here."""

_SUMMARY: Final = re.compile(r"^(?:FAILED|ERROR) (tests/\S+\.py::.+?)(?: - .*)?$", re.MULTILINE)


def failed_tests(log: Path) -> list[str]:
    """Return the tests that pytest's summary at the end of a log names, each once."""
    text = log.read_text(errors="replace")
    _, _, summary = text.rpartition("short test summary info")
    return list(dict.fromkeys(_SUMMARY.findall(summary)))


def second_tries(outcomes: Sequence[Outcome]) -> dict[str, tuple[Job, list[str]]]:
    """Return, by the name of the job that failed, what runs its failed tests alone.

    Nothing where a job did not run to its end, where one names no test, or where there are too many.
    """
    failed = [outcome for outcome in outcomes if outcome.status != 0]
    tests = {outcome.job.name: failed_tests(outcome.job.log) for outcome in failed}
    if (
        any(outcome.status != FAILED for outcome in failed)
        or not all(tests.values())
        or sum(map(len, tests.values())) > TESTS_MAX
    ):
        return {}
    return {
        outcome.job.name: (_alone(outcome.job, tests[outcome.job.name]), tests[outcome.job.name])
        for outcome in failed
    }


def _alone(job: Job, tests: Sequence[str]) -> Job:
    name = f"{job.name}-alone"
    # Everything that is no folder or file of tests: the options of the first try.
    options = [
        str(part).replace(f"{job.name}.xml", f"{name}.xml")
        for part in job.command
        if not str(part).startswith(("tests/", "--ignore=", "--deselect"))
    ]
    variables = {
        key: value.replace(f".coverage.{job.name}", f".coverage.{name}")
        for key, value in job.environment.items()
    }
    return replace(
        job,
        name=name,
        command=[*options, *tests],
        log=job.log.with_name(f"{name}.log"),
        limit_s=LIMIT_S,
        environment=variables,
    )
