"""Reading a processor's project: from the processor itself, or from a file.

House rule: reading only; every way in which it can fail becomes one error with words for people.
"""

from __future__ import annotations

from pathlib import Path

from homeassistant.components.file_upload import process_uploaded_file
from homeassistant.core import HomeAssistant

from dpm_core.client import fetch_project
from dpm_core.errors import DpmError
from dpm_core.protocol.lip import ProcessorProject, parse_database

from .models import LinkConfig


class ProjectUnreadable(Exception):
    """The project cannot be read now; the text says why."""


async def fetch_processor_project(hass: HomeAssistant, config: LinkConfig) -> ProcessorProject:
    """Return the project that a processor serves.

    Raises:
        ProjectUnreadable: It does not, or not in whole.
    """
    try:
        return await fetch_project(config.host, config.http_port)
    except DpmError as error:
        raise ProjectUnreadable(str(error)) from error


async def read_project_file(hass: HomeAssistant, file_id: str) -> ProcessorProject:
    """Return the project of a file that was uploaded; the file is forgotten.

    Raises:
        ProjectUnreadable: It is none, or it is damaged.
    """

    def read() -> ProcessorProject:
        with process_uploaded_file(hass, file_id) as path:
            return parse_database(Path(path).read_bytes())

    try:
        return await hass.async_add_executor_job(read)
    except DpmError as error:
        raise ProjectUnreadable(str(error)) from error
    except (OSError, ValueError) as error:
        raise ProjectUnreadable("the file is not there any more") from error
