"""docs/cli.md says all that there is, and nothing that there is not."""

import re
from collections.abc import Iterator

import click
import pytest

from dpm_core.cli.app import COMMANDS, every_command
from dpm_core.cli.exits import EXIT_STATUSES
from dpm_core.cli.options import OPTION_NAMES, environment_variable
from tests.dpm_core.cli.processes import ROOT

pytestmark = pytest.mark.requirement("G4")

PAGE = (ROOT / "docs" / "cli.md").read_text()


SECTIONS = re.findall(r"(?m)^## `dpm (\w+)", PAGE)


def options_of(command: click.Command) -> Iterator[str]:
    """Yield the options that a command's help shows, those of its own commands among them."""
    if isinstance(command, click.Group):
        for one in command.commands.values():
            yield from options_of(one)
    for parameter in command.params:
        if isinstance(parameter, click.Option) and not parameter.hidden:
            yield from (*parameter.opts, *parameter.secondary_opts)


def test_every_command_has_its_section_or_its_row() -> None:
    for name in COMMANDS:
        assert name in SECTIONS or f"| `dpm {name}` |" in PAGE, f"{name}: run scripts/docs"
    assert set(SECTIONS) <= set(COMMANDS)


def test_every_option_and_variable_is_in_the_table() -> None:
    for name in OPTION_NAMES:
        assert f"`{environment_variable(name)}`" in PAGE


def test_every_exit_status_is_in_the_table() -> None:
    for status, words in EXIT_STATUSES.items():
        assert f"| {int(status)} | {words} |\n" in PAGE


@pytest.mark.parametrize("name", SECTIONS)
def test_every_option_of_a_command_is_told(name: str) -> None:
    section = PAGE.partition(f"\n## `dpm {name}")[2].partition("\n## ")[0]
    everywhere = PAGE.partition("<!-- options -->")[2].partition("<!-- end of options -->")[0]
    told = section + everywhere
    options = list(options_of(dict(every_command())[name]))
    assert options
    for option in options:
        assert option in told, f"{name} {option}"
