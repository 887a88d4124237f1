"""The scripts' own logic: finding a Python, running jobs, and holding coverage to its limits."""

import os
import platform
import select
import shutil
import stat
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from scripts.environments import interpreters
from scripts.environments.environments import ALL, CORE, INTEGRATION, RUNTIME
from scripts.environments.jobs import Job, Outcome, run_all

SERIES = f"{sys.version_info.major}.{sys.version_info.minor}"


def fake_python(folder: Path, name: str, answer: str, status: int = 0) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\nprintf '{answer}'\nexit {status}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.fixture
def tools() -> dict[str, str]:
    """Where this machine keeps the two tools that a stand-in of ours runs."""
    return {name: shutil.which(name) or "" for name in ("mkdir", "chmod")}


@pytest.fixture
def bare_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine without any Python: nothing on PATH, no pyenv, no archive, nothing downloaded."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    monkeypatch.setattr(interpreters, "SHARED_TOOLCHAIN", tmp_path / "shared")
    monkeypatch.setattr(interpreters, "TOOLCHAIN", tmp_path / "toolchain")
    return tmp_path


def test_a_machine_without_a_python_has_none_to_find(bare_machine: Path) -> None:
    assert interpreters.find("3.13") is None


def test_a_python_on_path_comes_first(bare_machine: Path) -> None:
    fake_python(bare_machine / "bin", "python3.13", "3\\t13\\t4\\t/on/path")
    fake_python(bare_machine / "pyenv/versions/3.13.9/bin", "python3.13", "3\\t13\\t9\\t/pyenv")
    found = interpreters.find("3.13")
    assert found
    assert (found.version, found.path) == ((3, 13, 4), Path("/on/path"))


def test_a_python_that_is_too_old_is_passed_over(bare_machine: Path) -> None:
    fake_python(bare_machine / "bin", "python3.14", "3\\t14\\t1\\t/old")
    fake_python(bare_machine / "pyenv/versions/3.14.2/bin", "python3.14", "3\\t14\\t2\\t/new")
    found = interpreters.find("3.14.2")
    assert found
    assert found.path == Path("/new")


def test_a_shim_that_answers_with_an_error_is_passed_over(bare_machine: Path) -> None:
    fake_python(bare_machine / "bin", "python3.12", "not installed", status=127)
    assert interpreters.find("3.12") is None


def test_the_newest_pyenv_version_of_a_series_is_taken(bare_machine: Path) -> None:
    for micro in (2, 10, 9):
        fake_python(
            bare_machine / f"pyenv/versions/3.13.{micro}/bin",
            "python3.13",
            f"3\\t13\\t{micro}\\t/{micro}",
        )
    found = interpreters.find("3.13")
    assert found
    assert found.version == (3, 13, 10)


@pytest.mark.skipif(
    (platform.system(), platform.machine()) != ("Linux", "x86_64"),
    reason="the archive is for Linux on x86_64 only, and looked for nowhere else",
)
def test_the_shared_archive_is_unpacked_once_and_whole(bare_machine: Path) -> None:
    made = fake_python(bare_machine / "made/python3.14/bin", "python3.14", "3\\t14\\t7\\t/unpacked")
    archive = bare_machine / "shared" / "python-3.14.7-linux-x86_64.tar.xz"
    archive.parent.mkdir()
    with tarfile.open(archive, "w:xz") as tar:
        tar.add(made.parents[1], "python3.14")
    for _ in range(2):
        found = interpreters.find("3.14.2")
        assert found
        assert found.version == (3, 14, 7)
    assert [path.name for path in (bare_machine / "toolchain").iterdir()] == [
        "python-3.14.7-linux-x86_64"
    ]


def test_uv_is_asked_only_when_nothing_else_is_there(
    tools: dict[str, str], bare_machine: Path
) -> None:
    home = bare_machine / "toolchain/uv/cpython-3.13.5-linux"
    uv = bare_machine / "uv"
    uv.write_text(
        '#!/bin/sh\necho asked >> "$0.log"\n'
        f"mkdir -p {home}/bin\n"
        f"printf '#!/bin/sh\\nprintf \"3\\\\t13\\\\t5\\\\t/downloaded\"\\n' > {home}/bin/python3.13\n"
        f"chmod +x {home}/bin/python3.13\n"
    )
    uv.chmod(0o755)
    # What the stand-in itself runs, and nothing else: this machine may well have a 3.13.
    (bare_machine / "bin").mkdir()
    for tool in ("mkdir", "chmod"):
        (bare_machine / "bin" / tool).symlink_to(tools[tool])
    found = interpreters.find("3.13", uv)
    assert found
    assert found.path == Path("/downloaded")
    interpreters.find("3.13", uv)
    assert uv.with_suffix(".log").read_text() == "asked\n", "asked again for what it has brought"


def test_this_python_says_what_it_is() -> None:
    found = interpreters.probe(Path(sys.executable))
    assert found
    assert found.version == sys.version_info[:3]


def test_a_path_that_is_no_interpreter_is_none(tmp_path: Path) -> None:
    assert interpreters.probe(tmp_path / "absent") is None


def test_a_virtual_environment_leads_to_the_interpreter_behind_it(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "env"], check=True)
    found = interpreters.probe(tmp_path / "env" / "bin" / "python")
    assert found
    assert not found.path.is_relative_to(tmp_path)


def test_every_environment_has_its_pins_and_both_home_assistants_are_there(root: Path) -> None:
    pinned = {path.stem for path in (root / "requirements").glob("*.txt")}
    assert pinned == set(ALL)
    assert [e.name for e in INTEGRATION] == ["ha-2025.4", "ha-new"]
    assert [f"run-{e.name}" for e in INTEGRATION] == [e.name for e in RUNTIME]
    assert not any(e.sees_work_tree for e in RUNTIME)
    assert [e.python for e in CORE] == ["3.11", "3.12", "3.13", "3.14"]


def job(name: str, tmp_path: Path, code: str, limit_s: float = 60) -> Job:
    return Job(name, [sys.executable, "-c", code], tmp_path / f"{name}.log", limit_s)


def test_jobs_run_into_their_logs_and_tell_how_they_ended(tmp_path: Path) -> None:
    told: list[Outcome] = []
    jobs = [
        job("good", tmp_path, "print('fine')"),
        job("bad", tmp_path, "import sys; print('broken', file=sys.stderr); sys.exit(3)"),
    ]
    ended = run_all(jobs, told.append)
    assert {o.job.name: o.status for o in ended} == {"good": 0, "bad": 3}
    assert {o.job.name for o in told} == {"good", "bad"}
    assert (tmp_path / "good.log").read_text() == "fine\n"
    assert (tmp_path / "bad.log").read_text() == "broken\n"


def has_ended(pid: int, within_s: float = 30) -> bool:
    """Wait for a process that is not our child; one that nobody has collected has ended too."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], within_s)[0])
    finally:
        os.close(descriptor)


def test_a_job_that_takes_too_long_is_ended_with_all_it_started(tmp_path: Path) -> None:
    deaf = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN); input()"
    code = (
        "import subprocess, sys\n"
        f"child = subprocess.Popen([sys.executable, '-c', {deaf!r}], stdin=subprocess.PIPE)\n"
        "print(child.pid, flush=True)\n"
        "child.wait()\n"
    )
    (outcome,) = run_all([job("stuck", tmp_path, code, limit_s=2)], lambda _: None)
    assert outcome.status is None
    assert has_ended(int((tmp_path / "stuck.log").read_text().split()[0]))


def gate(folder: Path, root: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, root / "scripts" / "coverage_limits.py", folder, *options],
        capture_output=True,
        text=True,
        check=False,
        env={k: v for k, v in os.environ.items() if not k.startswith("COVERAGE")},
    )


def measure(folder: Path, root: Path, code: str) -> None:
    environment = {**os.environ, "COVERAGE_FILE": str(folder / ".coverage")}
    environment.pop("COVERAGE_PROCESS_START", None)
    script = folder / "measured.py"
    script.write_text(code)
    command = [sys.executable, "-m", "coverage", "run", str(script)]
    subprocess.run(command, cwd=root, check=True, env=environment)


def test_coverage_below_its_limit_fails_and_is_said(tmp_path: Path, root: Path) -> None:
    measure(tmp_path, root, "import dpm_core.model")
    done = gate(tmp_path, root)
    assert done.returncode == 1
    assert "dpm_core/model" in done.stdout
    assert "BELOW ITS LIMIT" in done.stdout


def test_figures_without_limits_fail_nothing(tmp_path: Path, root: Path) -> None:
    measure(tmp_path, root, "import dpm_core.model")
    done = gate(tmp_path, root, "--no-limits")
    assert done.returncode == 0
    assert "dpm_core/model" in done.stdout


def test_nothing_measured_is_no_success(tmp_path: Path, root: Path) -> None:
    assert gate(tmp_path, root).returncode == 1
