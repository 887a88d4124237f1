"""The client of a HomeWorks QS processor: the same modules, reached by its integration protocol."""

from dpm_core.client.lip.client import ProcessorClient
from dpm_core.client.lip.modules import OverrideContact, ProcessorModule
from dpm_core.client.lip.project import HTTP_PORT, fetch_project
from dpm_core.client.lip.settings import ProcessorSettings
from dpm_core.client.lip.urls import (
    ProcessorUrl,
    is_processor_url,
    parse_processor_url,
    transport_for_processor,
)

__all__ = [
    "HTTP_PORT",
    "OverrideContact",
    "ProcessorClient",
    "ProcessorModule",
    "ProcessorSettings",
    "ProcessorUrl",
    "fetch_project",
    "is_processor_url",
    "parse_processor_url",
    "transport_for_processor",
]
