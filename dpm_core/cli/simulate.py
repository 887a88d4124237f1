"""`dpm simulate`: a link of simulated modules for other programs, until a signal ends it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from dpm_core.cli.options import given_options, only_options
from dpm_core.cli.output import Output
from dpm_core.cli.simulate_processor import asked_processor, processor_options, processor_places

if TYPE_CHECKING:
    from dpm_core.simulator import Listening

LISTEN_HELP: Final = (
    "Where programs reach the link: pty:PATH (a link to the port appears at PATH), "
    "tcp:HOST:PORT or rfc2217:HOST:PORT. May be given more than once."
)


@click.command("simulate")
@click.option(
    "--modules",
    default="2",
    show_default=True,
    metavar="SERIALS|N",
    help="Serial numbers of eight hexadecimal digits with commas between, or a count: "
    "counted serials are 00A10001 and up.",
)
@click.option("--listen", multiple=True, metavar="WHERE", help=LISTEN_HELP)
@click.option(
    "--control",
    metavar="SOCKET",
    type=click.Path(path_type=Path),
    help="Unix socket on which the modules' fronts and mains are at hand (see: dpm control).",
)
@click.option(
    "--state",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Directory of the modules' memory; without it they forget when the simulator ends.",
)
@click.option(
    "--pace",
    is_flag=True,
    help="Let octets take their time on the wire, as the baud rate says.",
)
@click.option("--echo", is_flag=True, help="Let each adapter hear what it sends itself.")
@click.option(
    "--mains",
    type=click.Choice(["50", "60"]),
    default="60",
    show_default=True,
    help="Mains frequency in hertz.",
)
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="FAULT",
    help="What is wrong with the link, such as lose:0.01 or noise:5; see docs/faults.md. "
    "May be given more than once.",
)
@click.option(
    "--emergency",
    multiple=True,
    metavar="NAME=SERIAL,SERIAL...",
    help="An emergency contact and the modules whose CCIs it holds in parallel, at most 32; "
    "dpm control moves it. May be given more than once.",
)
@click.option(
    "--wallstation",
    "wallstation_words",
    multiple=True,
    metavar="SERIAL=BUTTON:DOES:ZONES,...",
    help="A wallstation and its buttons, such as 02A24C77=1:toggle:00A10001.2+00A10002.1; dpm "
    "control presses them. May be given more than once.",
)
@click.option(
    "--wallstations",
    "wallstations_file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="A YAML document of wallstations and what their buttons are programmed for.",
)
@click.option(
    "--other-devices",
    type=click.IntRange(0),
    default=0,
    metavar="N",
    help="Devices on the link that are not simulated and count towards its 100.",
)
@click.option(
    "--other-zones",
    type=click.IntRange(0),
    default=0,
    metavar="N",
    help="The zones that those have together, which count towards the link's 512.",
)
@processor_options
@only_options("json", "baud", "verbose")
def command(
    modules: str,
    listen: tuple[str, ...],
    control: Path | None,
    state: Path | None,
    pace: bool,
    echo: bool,
    mains: str,
    faults: tuple[str, ...],
    emergency: tuple[str, ...],
    wallstation_words: tuple[str, ...],
    wallstations_file: Path | None,
    other_devices: int,
    other_zones: int,
    **processor: Any,
) -> None:
    """Simulate a QS link with modules on it, for other programs to open.

    It prints one line for each place where it listens, and runs until Ctrl-C or another signal
    ends it, which is a power failure of every module.
    """
    import asyncio

    from dpm_core.cli.logs import start_logging
    from dpm_core.cli.wallstations_file import read_wallstations_file
    from dpm_core.simulator import (
        SimulateOptions,
        SimulatorSettings,
        parse_emergency,
        parse_fault,
        parse_modules,
        parse_wallstation,
        run_simulator,
    )

    options = given_options()
    output = Output(is_json=options.json)
    start_logging(options.verbose)

    def say(listening: Listening) -> None:
        if options.verbose:
            output.remark(
                f"simulating {len(listening.modules)} modules"
                f" and {len(listening.wallstations)} wallstations at {options.baud} bits per second, "
                f"mains {mains} Hz, memory in {state or 'this process'}"
            )
        if output.is_json:
            output.answer(
                {
                    "listening": list(listening.urls),
                    "control": None if listening.control is None else str(listening.control),
                    "modules": [str(serial) for serial in listening.modules],
                    **wallstation_serials(listening),
                    **processor_places(listening),
                }
            )
            return
        for url in listening.urls:
            output.plain(f"listening at {url}")
        for what, url in processor_places(listening).items():
            output.plain(f"{what.replace('_', ' ')} at {url}")
        if listening.control is not None:
            output.plain(f"control socket {listening.control}")

    asyncio.run(
        run_simulator(
            SimulateOptions(
                modules=parse_modules(modules),
                listen=listen,
                control=control,
                state=state,
                settings=SimulatorSettings(
                    baud=options.baud, is_paced=pace, echo=echo, mains_hz=float(mains)
                ),
                faults=tuple(parse_fault(words) for words in faults),
                processor=asked_processor(**processor),
                contacts=tuple(parse_emergency(words) for words in emergency),
                wallstations=(
                    *(parse_wallstation(words) for words in wallstation_words),
                    *(
                        ()
                        if wallstations_file is None
                        else read_wallstations_file(wallstations_file)
                    ),
                ),
                other_devices=other_devices,
                other_zones=other_zones,
            ),
            on_listening=say,
        )
    )


def wallstation_serials(listening: Listening) -> dict[str, list[str]]:
    """Return which wallstations are on the link, for programs; nothing where there are none."""
    serials = [str(serial) for serial in listening.wallstations]
    return {"wallstations": serials} if serials else {}
