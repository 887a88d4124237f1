"""What fails beside others is run once more, alone, and is named whatever comes of it."""

import subprocess
import sys
from pathlib import Path

import pytest

from scripts.environments.jobs import Job, Outcome, run_all
from scripts.environments.second_try import TESTS_MAX, failed_tests, second_tries

OTHER = "tests/a/test_b.py::test_e"


def log(folder: Path, *lines: str) -> Path:
    path = folder / "job.log"
    path.write_text("\n".join(("FAILED tests/a/test_b.py::not_this - before the summary", *lines)))
    return path


SUMMARY = "=========== short test summary info ==========="


def outcome(folder: Path, status: int | None = 1, *lines: str) -> Outcome:
    command = [sys.executable, "-m", "pytest", "-ra", "--junitxml=x/job.xml",
               "--deselect", "tests/x.py", "--ignore=tests/y", "tests/a"]  # fmt: skip
    variables = {"COVERAGE_FILE": "x/.coverage.job", "KEPT": "1"}
    made = Job("job", command, log(folder, SUMMARY, *lines), environment=variables)
    return Outcome(made, status, 1.0)


def test_the_summary_names_what_failed_each_once(tmp_path: Path) -> None:
    path = log(
        tmp_path,
        SUMMARY,
        "SKIPPED [1] tests/a/test_b.py:3: reason",
        f"FAILED {OTHER}",
        f"FAILED {OTHER} - assert 1 == 2",
        f"ERROR {OTHER} - OSError: [Errno 5]",
        "FAILED tests/a/test_b.py::test_f[x] - AssertionError: a - b",
        "2 failed in 3 s",
    )
    assert failed_tests(path) == [OTHER, "tests/a/test_b.py::test_f[x]"]


def test_only_the_failed_tests_run_with_the_options_of_the_first_try(tmp_path: Path) -> None:
    ((job, tests),) = second_tries([outcome(tmp_path, 1, f"FAILED {OTHER} - no")]).values()
    assert tests == [OTHER]
    assert job.name == "job-alone"
    assert job.command == [
        sys.executable, "-m", "pytest", "-ra", "--junitxml=x/job-alone.xml", OTHER,
    ]  # fmt: skip
    assert job.environment == {"COVERAGE_FILE": "x/.coverage.job-alone", "KEPT": "1"}
    assert job.log == tmp_path / "job-alone.log"


@pytest.mark.parametrize("status", [None, 2, 3, -9])
def test_a_job_that_did_not_end_by_itself_has_no_second_try(
    tmp_path: Path, status: int | None
) -> None:
    assert second_tries([outcome(tmp_path, status, f"FAILED {OTHER} - no")]) == {}


def test_a_failure_that_names_no_test_has_no_second_try(tmp_path: Path) -> None:
    assert second_tries([outcome(tmp_path)]) == {}


def test_many_failures_are_no_accident(tmp_path: Path) -> None:
    lines = [f"FAILED {OTHER}[{number}] - no" for number in range(TESTS_MAX)]
    assert second_tries([outcome(tmp_path, 1, *lines)])
    assert second_tries([outcome(tmp_path, 1, *lines, f"FAILED {OTHER} - no")]) == {}


def test_where_all_is_well_nothing_is_tried_again(tmp_path: Path) -> None:
    assert second_tries([outcome(tmp_path, 0)]) == {}


def test_pytests_own_summary_is_understood(tmp_path: Path) -> None:
    (tests := tmp_path / "tests").mkdir()
    (tests / "test_odd.py").write_text(
        "import pytest\n"
        "@pytest.mark.parametrize('word', ['two words', 'x'])\n"
        "def test_word(word): assert word == 'x'\n"
        "@pytest.fixture\n"
        "def broken(): raise OSError('gone')\n"
        "def test_broken(broken): pass\n"
    )
    path = tmp_path / "job.log"
    with path.open("w") as log:
        command = [sys.executable, "-m", "pytest", "-ra", "-p", "no:cacheprovider", "tests"]
        subprocess.run(command, cwd=tmp_path, stdout=log, stderr=log, check=False)
    assert sorted(failed_tests(path)) == [
        "tests/test_odd.py::test_broken",
        "tests/test_odd.py::test_word[two words]",
    ]


def test_a_second_try_runs(tmp_path: Path) -> None:
    (tmp_path / "job.log").write_text(f"{SUMMARY}\nFAILED {OTHER} - no\n")
    code = "import sys; print(sys.argv[1:])"
    first = Job("job", [sys.executable, "-c", code, "-q", "tests/a"], tmp_path / "job.log")
    ((job, _),) = second_tries([Outcome(first, 1, 1.0)]).values()
    (ended,) = run_all([job], lambda _: None)
    assert ended.status == 0
    assert (tmp_path / "job-alone.log").read_text() == f"['-q', '{OTHER}']\n"
