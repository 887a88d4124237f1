"""One `hass` process with its own configuration folder."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

REPOSITORY: Final = Path(__file__).resolve().parents[2]

START_LIMIT_S: Final = 180.0
"""Longest wait for Home Assistant to answer over HTTP, in seconds (a loaded machine)."""

STOP_LIMIT_S: Final = 30.0
"""Longest wait for Home Assistant to end after SIGTERM, in seconds."""

CONFIGURATION: Final = """\
homeassistant:
  country: US
  time_zone: America/New_York
http:
  server_host: 127.0.0.1
  server_port: {port}
frontend:
api:
config:
logger:
  default: info
  logs:
    dpm_core: {level}
    custom_components.lutron_dpm: {level}
"""


def free_port() -> int:
    """Return a TCP port of the loopback address that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    """Whether nobody listens on this TCP port of the loopback address."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


class HassFailed(Exception):
    """Home Assistant did not start; the message carries the end of its log."""


@dataclass
class HassProcess:
    """A `hass` process: only the integration's folder is copied into its configuration.

    `lutron-dpm` itself is installed by Home Assistant from the manifest, out of
    `wheels` (a folder with a locally built wheel), with no network.

    Args:
        python: Interpreter of an environment that has Home Assistant.
        config: Configuration folder; made when it does not exist.
        wheels: Folder with the wheel of `lutron-dpm`.
        port: TCP port on the loopback address.
        log_level: Level of our own loggers.
    """

    python: Path
    config: Path
    wheels: Path
    port: int = field(default_factory=free_port)
    log_level: str = "info"
    _process: asyncio.subprocess.Process | None = None
    _log: IO[bytes] | None = None

    @property
    def url(self) -> str:
        """Where this Home Assistant is reached."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log_path(self) -> Path:
        """Everything that the process printed, over all its starts."""
        return self.config / "process.log"

    @property
    def is_running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.returncode is None

    def log_text(self) -> str:
        """Return the whole log so far."""
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def prepare(self) -> None:
        """Write the configuration and copy the integration's folder, as HACS would."""
        self.config.mkdir(parents=True, exist_ok=True)
        (self.config / "configuration.yaml").write_text(
            CONFIGURATION.format(port=self.port, level=self.log_level)
        )
        target = self.config / "custom_components" / "lutron_dpm"
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(
            REPOSITORY / "custom_components" / "lutron_dpm",
            target,
            ignore=shutil.ignore_patterns("__pycache__"),
        )

    async def start(self) -> None:
        """Start the process and return when it answers over HTTP; raises `HassFailed`."""
        # Whoever has the port would answer in its place.
        if not is_free(self.port):
            raise HassFailed(f"port {self.port} is in use by another program")
        self._log = self.log_path.open("ab")
        self._process = await asyncio.create_subprocess_exec(
            *(str(self.python), "-m", "homeassistant", "--config", str(self.config)),
            "--log-no-color",
            stdin=asyncio.subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            env=self._environment(),
            start_new_session=True,
        )
        try:
            async with asyncio.timeout(START_LIMIT_S):
                while not await self._answers():
                    if self._process.returncode is not None:
                        raise HassFailed(self._failure("ended while it started"))
                    await asyncio.sleep(0.25)
        except TimeoutError as error:
            raise HassFailed(self._failure(f"not up within {START_LIMIT_S:.0f} s")) from error

    async def stop(self) -> int | None:
        """End the process in good order, and by force when that takes too long."""
        if self._process is None:
            return None
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(self._process.wait(), STOP_LIMIT_S)
            except TimeoutError:
                os.killpg(self._process.pid, signal.SIGKILL)
                await self._process.wait()
        if self._log is not None:
            self._log.close()
        return self._process.returncode

    def _failure(self, what: str) -> str:
        return f"Home Assistant {what}; the end of its log:\n" + self.log_text()[-4000:]

    async def _answers(self) -> bool:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            return False
        try:
            writer.write(b"GET /manifest.json HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
            answer = await asyncio.wait_for(reader.readline(), 10)
        except (OSError, TimeoutError):
            return False
        finally:
            writer.close()
        # Any answer will do: what a page says depends on how far onboarding has come.
        return answer.startswith(b"HTTP/")

    def _environment(self) -> dict[str, str]:
        # Home Assistant installs requirements with uv: the wheel folder is all it may use,
        # and a cache of its own keeps it from an older wheel of the same version.
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("UV_", "PYTHON"))}
        return kept | {
            "UV_FIND_LINKS": str(self.wheels),
            "UV_OFFLINE": "1",
            "UV_CACHE_DIR": str(self.config / "uv-cache"),
            "VIRTUAL_ENV": str(self.python.parent.parent),
        }
