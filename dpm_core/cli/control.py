"""`dpm control`: the hand at a simulated module's front panel, through its control socket."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from dpm_core.cli.options import given_options, only_options
from dpm_core.cli.output import Output, one_line
from dpm_core.errors import LinkUnavailable, NoReply, Rejected, UnsupportedSetting

if TYPE_CHECKING:
    from rich.table import Table

ANSWER_TIMEOUT_S: Final = 10.0
"""Longest wait for the simulator's answer. Decided here: a thousand times what relays need."""

_LINK: Final = "link"
"""Stands for a serial number where the link as a whole is meant."""

# For the link: the field of the request that the value fills.
_LINK_ACTIONS: Final = {"fault": "set", "mend": "clear"}

# Per action: the field of the request that its value fills, and which values mean what.
_ACTIONS: Final[dict[str, tuple[str, dict[str, Any]] | None]] = {
    "state": None,
    "button": ("zone", {"1": 1, "2": 2, "3": 3, "4": 4}),
    "cci": ("contact", {"open": "open", "closed": "closed"}),
    "power": ("on", {"on": True, "off": False}),
}


@click.command("control")
@click.argument("control_socket", metavar="SOCKET", type=click.Path(path_type=Path))
@click.argument("module", metavar="SERIAL")
@click.argument(
    "action",
    metavar="state|button|cci|power|fault|mend",
    type=click.Choice([*_ACTIONS, *_LINK_ACTIONS]),
)
@click.argument("value", metavar="[VALUE]", required=False)
@only_options("json", "timeout")
def command(control_socket: Path, module: str, action: str, value: str | None) -> None:
    r"""Act on a module of `dpm simulate --control SOCKET` as its hands and its mains do.

    \b
    dpm control SOCKET SERIAL state          what the unit shows
    dpm control SOCKET SERIAL button 2       press the button of zone 2
    dpm control SOCKET SERIAL cci open       open the override contact (or: closed)
    dpm control SOCKET SERIAL power off      cut the mains (or: on)
    dpm control SOCKET link fault lose:0.01  let something be wrong with the link
    dpm control SOCKET link fault            what is wrong with it
    dpm control SOCKET link mend lose        let that be well again (or: all)
    """
    options = given_options()
    output = Output(is_json=options.json)
    request = _request(module, action, value)
    answer = _ask(control_socket, request, options.timeout or ANSWER_TIMEOUT_S)
    if answer.get("ok") is not True:
        raise Rejected(module, action, one_line(str(answer.get("error", answer))).rstrip("."))
    if output.is_json:
        output.object(answer)
    elif action == "state":
        output.print(_state_table(module, answer))
    elif action == "fault" and value is None:
        for words in answer["faults"]:
            output.plain(words)


def _request(module: str, action: str, value: str | None) -> dict[str, Any]:
    if (module == _LINK) is not (action in _LINK_ACTIONS):
        whose = "a serial number" if module == _LINK else f'"{_LINK}"'
        raise UnsupportedSetting(f"whose {action}", module, whose)
    if action not in _LINK_ACTIONS:
        return {"module": module, "do": action, **_value_fields(action, value)}
    if action == "mend" and value is None:
        value = "all"
    return {"module": module, "do": "fault", **({_LINK_ACTIONS[action]: value} if value else {})}


def _value_fields(action: str, value: str | None) -> dict[str, Any]:
    takes = _ACTIONS[action]
    if takes is None:
        if value is not None:
            raise UnsupportedSetting(f"the value of {action}", value, "none")
        return {}
    field, meanings = takes
    if value not in meanings:
        raise UnsupportedSetting(f"the value of {action}", value or "", " or ".join(meanings))
    return {field: meanings[value]}


def _ask(control_socket: Path, request: dict[str, Any], timeout_s: float) -> dict[str, Any]:
    line = b""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(timeout_s)
        try:
            connection.connect(str(control_socket))
            connection.sendall(json.dumps(request).encode() + b"\n")
            with connection.makefile("rb") as lines:
                line = lines.readline()
            answer = json.loads(line)
        except TimeoutError as error:
            raise NoReply(
                str(request.get("module", _LINK)), str(request["do"]), timeout_s
            ) from error
        except OSError as error:
            detail = error.strerror or str(error)
            raise LinkUnavailable(str(control_socket), detail) from error
        except ValueError as error:
            detail = "what answers there is no simulator" if line else "it closed the connection"
            raise LinkUnavailable(str(control_socket), detail) from error
    if not isinstance(answer, dict):
        raise LinkUnavailable(str(control_socket), "what answers there is no simulator")
    return answer


def _state_table(module: str, state: dict[str, Any]) -> Table:
    from rich.table import Table

    table = Table(title=f"Simulated module {module}", show_header=False, title_justify="left")
    table.add_row("mains", "on" if state["powered"] else "off")
    table.add_row("manual override", "ACTIVE" if state["override"] else "no")
    table.add_row("CCI", str(state["cci"]))
    table.add_row("zones", _four(state["zones"]))
    table.add_row("saved settings", _four(state["saved"]))
    table.add_row("CCO (N.O.)", "closed" if state["cco"]["closed"] else "open")
    table.add_row("operations", "  ".join(str(count) for count in state["cycles"]))
    table.add_row("LEDs", "  ".join(f"{name} {led}" for name, led in state["leds"].items()))
    return table


def _four(zones: list[bool]) -> str:
    return "  ".join(f"{zone} {'on' if is_on else 'off'}" for zone, is_on in enumerate(zones, 1))
