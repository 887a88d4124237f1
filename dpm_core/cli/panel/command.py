"""The command line of `dpm panel`."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dpm_core.cli.arguments import read_serial
from dpm_core.cli.exits import ExitStatus
from dpm_core.cli.options import given_options, link_options
from dpm_core.cli.output import Output
from dpm_core.errors import NoReply, UnsupportedSetting

if TYPE_CHECKING:
    from dpm_core.cli.panel.hands import Hands
    from dpm_core.client import DpmClient
    from dpm_core.model import SerialNumber
    from dpm_core.simulator import Simulator


@click.command("panel")
@click.argument("serials", metavar="[SERIAL]...", type=read_serial, nargs=-1)
@click.option(
    "--control",
    "control_socket",
    metavar="SOCKET",
    type=click.Path(path_type=Path),
    help="The control socket of the `dpm simulate` behind the link: adds CCI, mains and faults.",
)
@click.option("--still", is_flag=True, help="Let nothing blink.")
@link_options
def command(
    serials: tuple[SerialNumber, ...], control_socket: Path | None, still: bool
) -> ExitStatus | None:
    """Show the SERIALs, or every module found, as faces with buttons and LEDs, live.

    \b
    1-4       a zone button of the chosen module    arrows, Tab  choose
    c         its CCO                               i            identify
    On a simulated link, too:
    b         buttons on the unit / over the link   o            its CCI
    p         its mains                             f            faults
    q         quit; everything can be clicked as well
    """  # noqa: D301  # \b is click's
    from dpm_core.cli.link import find_modules, run_on_link, shown_link

    options = given_options()
    _must_be_a_terminal(is_json=options.json)
    output = Output(is_json=False)
    hands: list[Hands] = []

    def behind(simulator: Simulator) -> None:
        from dpm_core.cli.panel.hands import OwnHands

        hands.append(OwnHands(simulator))

    def listen(client: DpmClient) -> None:
        if not serials:
            client.add_heard_modules()

    async def job(client: DpmClient) -> None:
        from dpm_core.cli.panel.app import PanelApp
        from dpm_core.cli.panel.hands import SocketHands

        if control_socket is not None:
            hands[:] = [SocketHands(control_socket)]
        found = list(serials)
        if options.may_use_extension and not found:
            found = await find_modules(client)
        for serial in found:
            client.add_module(serial)
            if options.may_use_extension:
                try:
                    await client.refresh(serial)
                except NoReply as error:
                    output.remark(str(error))
        await PanelApp(
            client, shown_link(options), hands[0] if hands else None, is_still=still
        ).run_async()

    return run_on_link(
        job,
        options,
        output,
        command="dpm panel",
        is_limited=False,
        prepare=listen,
        on_simulator=behind,
    )


def _must_be_a_terminal(*, is_json: bool) -> None:
    if is_json:
        raise UnsupportedSetting("--json", "given", "no JSON: `dpm status` and `dpm watch` have it")
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UnsupportedSetting("the terminal", "a pipe or a file", "a terminal, for dpm panel")
    if importlib.util.find_spec("textual") is None:
        raise UnsupportedSetting(
            "dpm panel", "no library for it", 'pip install "lutron-dpm[cli,panel]"'
        )
