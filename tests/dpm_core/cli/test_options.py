"""Options mean the same before a command, behind it, and in the environment."""

from dataclasses import fields

import click
import pytest
from click.testing import CliRunner

from dpm_core.cli.options import (
    DEFAULT_LINK,
    OPTION_NAMES,
    LinkOptions,
    environment_variable,
    given_options,
    link_options,
    only_options,
    root_options,
)
from dpm_core.errors import UnsupportedSetting

pytestmark = pytest.mark.requirement("G4")


@click.group()
@root_options
def root() -> None:
    """Stand in for `dpm`: the same options, and commands that say what they were given."""


@root.command()
@link_options
def ask() -> None:
    for field in fields(LinkOptions):
        click.echo(f"{field.name}={getattr(given_options(), field.name)}")


@root.command()
@only_options("json")
def tell() -> None:
    click.echo(f"json={given_options().json}")


def given(*arguments: str, **environment: str) -> dict[str, str]:
    result = CliRunner().invoke(root, arguments, env=environment, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return dict(line.split("=", 1) for line in result.output.splitlines())


def test_each_option_is_a_field_and_each_field_an_option() -> None:
    assert set(OPTION_NAMES) == {field.name for field in fields(LinkOptions)}


def test_nothing_given_is_the_simulated_link() -> None:
    options = given("ask")
    assert options["link"] == DEFAULT_LINK == "simulated:2"
    assert (options["allow_sending"], options["allow_extension"]) == ("False", "False")
    assert (options["baud"], options["parity"], options["stop_bits"]) == ("31250", "none", "1")


@pytest.mark.parametrize(
    ("arguments", "name", "value"),
    [
        (("--link", "/dev/x"), "link", "/dev/x"),
        (("--allow-sending",), "allow_sending", "True"),
        (("--allow-extension",), "allow_extension", "True"),
        (("--simulated-state", "/nowhere/x"), "simulated_state", "/nowhere/x"),
        (("--password-file", "/nowhere/p"), "password_file", "/nowhere/p"),
        (("--modules-file", "/nowhere/m"), "modules_file", "/nowhere/m"),
        (("--baud", "62500"), "baud", "62500"),
        (("--parity", "even"), "parity", "even"),
        (("--data-bits", "7"), "data_bits", "7"),
        (("--stop-bits", "2"), "stop_bits", "2"),
        (("--dtr", "low"), "dtr", "low"),
        (("--rts", "leave"), "rts", "leave"),
        (("--echo", "local"), "echo", "local"),
        (("--slack", "0.5"), "slack", "0.5"),
        (("--backend", "pyserial-asyncio"), "backend", "pyserial-asyncio"),
        (("--dialect", "radio"), "dialect", "radio"),
        (("--component-base", "0081"), "component_base", "0081"),
        (("--timeout", "2"), "timeout", "2.0"),
        (("--json",), "json", "True"),
        (("-vv",), "verbose", "2"),
    ],
)
def test_before_behind_and_in_the_environment(
    arguments: tuple[str, ...], name: str, value: str
) -> None:
    assert given(*arguments, "ask")[name] == value
    assert given("ask", *arguments)[name] == value
    said = arguments[1] if len(arguments) > 1 else "2" if name == "verbose" else "1"
    assert given("ask", **{environment_variable(name): said})[name] == value


def test_behind_wins_over_before_and_both_over_the_environment() -> None:
    assert given("--baud", "1200", "ask", DPM_BAUD="2400")["baud"] == "1200"
    assert given("--baud", "1200", "ask", "--baud", "4800", DPM_BAUD="2400")["baud"] == "4800"
    assert given("ask", "--listen-only", DPM_ALLOW_SENDING="1")["allow_sending"] == "False"


def test_a_command_without_a_link_has_only_its_own() -> None:
    assert given("--json", "tell")["json"] == "True"
    assert given("tell", "--json")["json"] == "True"
    result = CliRunner().invoke(root, ["tell", "--baud", "9600"])
    assert result.exit_code == 2


@pytest.mark.parametrize(
    ("link", "sending", "extension", "may_send", "may_use_extension"),
    [
        ("simulated:3", False, False, True, True),
        ("/dev/x", False, False, False, False),
        ("/dev/x", True, False, True, False),
        ("/dev/x", False, True, False, False),
        ("/dev/x", True, True, True, True),
        # Its protocol is made for programs, and asks for a login.
        ("lip://lutron@192.0.2.1", False, False, True, True),
        ("LIP+serial:///dev/x", False, False, True, True),
    ],
)
def test_a_real_link_needs_consent(
    link: str, sending: bool, extension: bool, may_send: bool, may_use_extension: bool
) -> None:
    options = LinkOptions(link=link, allow_sending=sending, allow_extension=extension)
    assert (options.may_send, options.may_use_extension) == (may_send, may_use_extension)


@pytest.mark.parametrize(
    ("link", "modules"),
    [
        ("simulated:", "2"),
        ("simulated://", "2"),
        ("simulated:3", "3"),
        ("simulated:00A1B2C3,00A1B2C4", "00A1B2C3,00A1B2C4"),
    ],
)
def test_a_simulated_link_names_its_modules(link: str, modules: str) -> None:
    options = LinkOptions(link=link)
    assert options.is_simulated
    assert options.simulated_modules == modules


def test_an_empty_link_is_refused() -> None:
    result = CliRunner().invoke(root, ["--link", " ", "ask"])
    assert isinstance(result.exception, UnsupportedSetting)


@pytest.mark.parametrize("seconds", ["0", "-1", "inf", "nan", "soon"])
def test_a_time_is_above_zero_and_finite(seconds: str) -> None:
    result = CliRunner().invoke(root, ["--timeout", seconds, "ask"])
    assert result.exit_code == 2
    assert seconds in result.output
