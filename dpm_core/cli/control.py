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

_PROCESSOR: Final = "processor"
"""Stands for a serial number where the processor in front of the link is meant."""

_CONTACT: Final = "contact"
"""What is done to an emergency contact, whose name stands for a serial number."""

_WALLSTATION_DEEDS: Final = ("press", "release", "tap")
_WALLSTATIONS: Final = "wallstations"

# What is asked of each of them, and the field of the request that the value fills.
_DO: Final = {_LINK: "fault", _PROCESSOR: "processor"}
_FAULT_ACTIONS: Final = {"fault": "set", "mend": "clear"}

# Per action: the field of the request that its value fills, and which values mean what.
_ACTIONS: Final[dict[str, tuple[str, dict[str, Any]] | None]] = {
    "state": None,
    "button": ("zone", {"1": 1, "2": 2, "3": 3, "4": 4}),
    "cci": ("contact", {"open": "open", "closed": "closed"}),
    "power": ("on", {"on": True, "off": False}),
    _CONTACT: ("contact", {"open": "open", "closed": "closed"}),
}


@click.command("control")
@click.argument("control_socket", metavar="SOCKET", type=click.Path(path_type=Path))
@click.argument("module", metavar="SERIAL")
@click.argument(
    "action",
    metavar="state|button|cci|power|contact|tap|press|release|leds|wallstations|fault|mend",
    type=click.Choice([*_ACTIONS, *_WALLSTATION_DEEDS, "leds", _WALLSTATIONS, *_FAULT_ACTIONS]),
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
    dpm control SOCKET fire contact open     open the emergency contact fire (or: closed)
    dpm control SOCKET fire contact          where it is, and whose CCIs it holds
    dpm control SOCKET WALLSTATION tap 1     press its button 1 and let it go
    dpm control SOCKET WALLSTATION press 1   press it and hold it, until: release 1
    dpm control SOCKET WALLSTATION leds      what its buttons are for, and which LEDs are lit
    dpm control SOCKET link wallstations     which wallstations there are, and their LEDs
    dpm control SOCKET link fault lose:0.01  let something be wrong with the link
    dpm control SOCKET link fault            what is wrong with it
    dpm control SOCKET link mend lose        let that be well again (or: all)
    dpm control SOCKET processor state       how the processor in front of the link is
    dpm control SOCKET processor fault away=5s   let it misbehave (mend and fault as above)
    """
    options = given_options()
    output = Output(is_json=options.json)
    request = _request(module, action, value)
    answer = _ask(control_socket, request, options.timeout or ANSWER_TIMEOUT_S)
    if answer.get("ok") is not True:
        raise Rejected(module, action, one_line(str(answer.get("error", answer))).rstrip("."))
    if output.is_json:
        output.object(answer)
    elif action == "state" and module == _PROCESSOR:
        output.print(_processor_table(answer))
    elif action == "state":
        output.print(_state_table(module, answer))
    elif action == _CONTACT and value is None:
        output.plain(f"{answer['name']} {answer['contact']}: {', '.join(answer['modules'])}")
    elif action == "leds":
        output.print(_buttons_table(answer))
    elif action == _WALLSTATIONS:
        for each in answer[_WALLSTATIONS]:
            output.plain(f"{each['wallstation']} {each['name']}".rstrip() + f": LEDs {_lit(each)}")
    elif action == "fault" and value is None:
        for words in answer["faults"]:
            output.plain(words)


def _request(module: str, action: str, value: str | None) -> dict[str, Any]:
    if (module, action) == (_PROCESSOR, "state"):
        _value_fields(action, value)
        return {"do": _DO[module]}
    if action == "leds" or action in _WALLSTATION_DEEDS:
        return _wallstation_request(module, action, value)
    if action == _WALLSTATIONS:
        _must_be_none(action, value)
        if module != _LINK:
            raise UnsupportedSetting(f"whose {action}", module, f'"{_LINK}"')
        return {"do": _WALLSTATIONS}
    if (module in _DO) is not (action in _FAULT_ACTIONS):
        whose = "a serial number" if module in _DO else f'"{_LINK}" or "{_PROCESSOR}"'
        raise UnsupportedSetting(f"whose {action}", module, whose)
    if action == _CONTACT:
        fields = {} if value is None else _value_fields(action, value)
        return {"do": _CONTACT, "name": module, **fields}
    if module not in _DO:
        return {"module": module, "do": action, **_value_fields(action, value)}
    if action == "mend" and value is None:
        value = "all"
    return {"do": _DO[module], **({_FAULT_ACTIONS[action]: value} if value else {})}


def _wallstation_request(wallstation: str, action: str, value: str | None) -> dict[str, Any]:
    if action == "leds":
        _must_be_none(action, value)
        return {"wallstation": wallstation, "do": "state"}
    if value is None or not (value.isascii() and value.isdigit()):
        raise UnsupportedSetting(f"the value of {action}", value or "", "the number of a button")
    return {"wallstation": wallstation, "do": action, "button": int(value)}


def _must_be_none(action: str, value: str | None) -> None:
    if value is not None:
        raise UnsupportedSetting(f"the value of {action}", value, "none")


def _value_fields(action: str, value: str | None) -> dict[str, Any]:
    takes = _ACTIONS[action]
    if takes is None:
        _must_be_none(action, value)
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
                str(request.get("module", request.get("wallstation", _LINK))),
                str(request["do"]),
                timeout_s,
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


def _processor_table(state: dict[str, Any]) -> Table:
    from rich.table import Table

    table = Table(title="Simulated processor", show_header=False, title_justify="left")
    table.add_row("sessions", str(state["sessions"]))
    table.add_row("project exported", str(state["exported"]))
    for serial, ids in state["modules"].items():
        zones = "  ".join(map(str, ids["zones"]))
        table.add_row(
            f"module {serial}", f"zones {zones}  CCO {ids['cco']}  contact {ids['contact']}"
        )
    table.add_row("faults", "\n".join(state["faults"]) or "none")
    return table


def _buttons_table(state: dict[str, Any]) -> Table:
    from rich.table import Table

    title = f"Simulated wallstation {state['wallstation']} {state['name']}".rstrip()
    table = Table("Button", "Name", "Does", "LED", title=title, title_justify="left")
    for button in state["buttons"]:
        number = button["number"]
        held = ", held" if number in state["held"] else ""
        is_lit = "on" if number in state["leds"] else "off"
        table.add_row(f"{number}{held}", button["name"], button["does"], is_lit)
    return table


def _lit(state: dict[str, Any]) -> str:
    return ", ".join(map(str, state["leds"])) or "none"


def _four(zones: list[bool]) -> str:
    return "  ".join(f"{zone} {'on' if is_on else 'off'}" for zone, is_on in enumerate(zones, 1))
