"""The project comes from the processor itself, as odd as its web server is."""

import pytest

from dpm_core.client import fetch_project
from dpm_core.errors import DatabaseUnavailable, NoRoute
from dpm_core.protocol.lip import suggest_modules
from tests.dpm_core.client.lip.panels import TcpPanel

pytestmark = pytest.mark.requirement("E8")


def port(panel: TcpPanel) -> int:
    assert panel.processor.http_url
    return int(panel.processor.http_url.split(":")[2].partition("/")[0])


@pytest.mark.parametrize("faults", [(), ("http-no-length",), ("http-lf-cr",), ("old-software",)])
async def test_the_project_is_fetched_and_read(faults: tuple[str, ...]) -> None:
    async with TcpPanel(*faults) as panel:
        project = await fetch_project("127.0.0.1", port(panel))
        assert project.name == "Simulated Project"
        assert len(project.outputs) == 10
        assert [module.name for module in suggest_modules(project)] == [
            "Module 00A1B2C3",
            "Module 00A1B2C4",
        ]
        assert project.is_software_too_old is ("old-software" in faults)


async def test_a_project_that_is_cut_off_is_said_and_the_next_try_is_another_one() -> None:
    async with TcpPanel("http-truncated") as panel:
        with pytest.raises(DatabaseUnavailable, match="cut off"):
            await fetch_project("127.0.0.1", port(panel))
        await panel.clear("http-truncated")
        assert (await fetch_project("127.0.0.1", port(panel))).outputs


async def test_nobody_there_is_said() -> None:
    async with TcpPanel() as panel:
        gone = port(panel)
    with pytest.raises(NoRoute):
        await fetch_project("127.0.0.1", gone)
