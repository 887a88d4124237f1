"""`dpm cco` moves the contact closure output."""

import pytest

from tests.dpm_core.cli.processes import MODULES, Simulated, fails, wait_for

pytestmark = pytest.mark.requirement("G4")

ONE = MODULES[0]


def is_closed(link: Simulated) -> bool:
    closed: bool = link.control("state")["cco"]["closed"]
    return closed


def test_it_closes_and_opens(link: Simulated) -> None:
    ended = link.dpm("cco", ONE, "close")
    assert (ended.status, ended.out) == (0, f"Module {ONE}: CCO is closed.\n")
    assert is_closed(link)
    ended = link.dpm("cco", ONE, "open", "--json")
    assert ended.answer == {
        "ok": True,
        "serial": ONE,
        "action": "open",
        "cco": {"closed": False},
    }
    assert not is_closed(link)


@pytest.mark.requirement("D2")
def test_a_pulse_has_the_programmed_length_or_its_own(link: Simulated) -> None:
    assert "its programmed length" in link.dpm("cco", ONE, "pulse").out
    wait_for("the end of the pulse", lambda: not is_closed(link))
    assert "60 s" in link.dpm("cco", ONE, "pulse", "--seconds", "60").out
    assert is_closed(link)
    assert link.dpm("cco", ONE, "end").status == 0
    assert not is_closed(link)


@pytest.mark.requirement("C4")
def test_in_manual_override_it_is_refused(link: Simulated) -> None:
    link.override()
    assert "manual override" in fails(link.dpm("cco", ONE, "close"), 6)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("pulse", "--seconds", "0"), "'0'"),
        (("pulse", "--seconds", "61"), "61"),
        (("pulse", "--seconds", "soon"), "soon"),
        (("open", "--seconds", "1"), "pulse only"),
        (("twiddle",), "twiddle"),
    ],
)
def test_what_no_cco_does_is_one_line(
    link: Simulated, arguments: tuple[str, ...], named: str
) -> None:
    assert named in fails(link.dpm("cco", ONE, *arguments), 2)
