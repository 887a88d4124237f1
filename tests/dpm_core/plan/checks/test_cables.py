"""The link's cable is short enough, of the right kind, and goes where it ought to."""

import pytest

from dpm_core.plan.checks.cables import (
    cable_length,
    cable_shape,
    cable_type,
    cable_wires,
    terminal_2,
)
from tests.dpm_core.plan.planning import errors, plan, warnings

CABLE = "cable: GRX-CBL-46L"
PAIR = "twisted: yes, shielded: yes"


def run(fields: str, start: str = "processor", end: str = "hall") -> str:
    return f"link: {{cables: [{{from: {start}, to: {end}, {fields}}}]}}\n"


@pytest.mark.requirement("E2")
@pytest.mark.parametrize(
    ("inside", "outside", "figure", "limit"),
    [
        ("metres: 610", "metres: 610.1", "610.1 m", "610 m"),
        ("feet: 2000", "feet: 2000.1", "2000.1 ft", "2000 ft"),
    ],
)
def test_a_link_has_2000_ft_or_610_m_of_cable(
    inside: str, outside: str, figure: str, limit: str
) -> None:
    assert not list(cable_length(plan(run(inside))))
    (finding,) = cable_length(plan(run(outside)))
    assert finding.is_error
    assert (finding.figure, finding.limit) == (figure, limit)
    assert "2000 ft (610 m)" in finding.words
    assert finding.heading == "Wiring: QS Link"


@pytest.mark.requirement("E2")
def test_all_runs_count_together() -> None:
    def rest(last: float) -> str:
        return (
            "link: {taps: [tap], cables: [{from: processor, to: tap, feet: 1000}, "
            f"{{from: tap, to: hall, feet: {last}}}]}}\n"
        )

    assert not list(cable_length(plan(rest(1000))))
    assert list(cable_length(plan(rest(1000.5))))


@pytest.mark.requirement("E2")
@pytest.mark.parametrize(
    ("inside", "outside"), [("metres: 150", "metres: 150.1"), ("feet: 500", "feet: 500.1")]
)
def test_the_short_cable_serves_up_to_500_ft_or_150_m(inside: str, outside: str) -> None:
    short = ", cable: GRX-CBL-346S-500"
    assert not list(cable_type(plan(run(inside + short))))
    (finding,) = cable_type(plan(run(outside + short)))
    assert finding.is_error
    assert "500 ft (150 m)" in finding.words
    assert "GRX-CBL-46L" in finding.advice


@pytest.mark.requirement("E2")
@pytest.mark.parametrize("length", ["metres: 10", "metres: 151", "feet: 2000"])
def test_the_long_cable_serves_any_link(length: str) -> None:
    assert not list(cable_type(plan(run(f"{length}, {CABLE}"))))


def wires(fields: str) -> str:
    return run(f"metres: 1, {fields}, {PAIR}")


@pytest.mark.requirement("E2")
@pytest.mark.parametrize("awg", [18, 20, 22])
def test_the_data_pair_is_22_to_18_awg(awg: int) -> None:
    assert not list(cable_wires(plan(wires(f"control_awg: 18, data_awg: {awg}"))))


@pytest.mark.requirement("E2")
@pytest.mark.parametrize("awg", [17, 23])
def test_another_data_pair_is_refused(awg: int) -> None:
    (finding,) = errors(cable_wires, plan(wires(f"control_awg: 18, data_awg: {awg}")))
    assert (finding.figure, finding.limit) == (f"{awg} AWG", "22 AWG to 18 AWG")


@pytest.mark.requirement("E2")
@pytest.mark.parametrize(
    ("awg", "severities"),
    [(18, []), (19, ["error"]), (17, ["warning"]), (12, ["warning"]), (11, ["error"])],
)
def test_the_control_wire_is_18_awg(awg: int, severities: list[str]) -> None:
    found = list(cable_wires(plan(wires(f"control_awg: {awg}, data_awg: 22"))))
    assert [finding.severity.value for finding in found] == severities
    assert all(finding.limit == "18 AWG" for finding in found)


@pytest.mark.requirement("E2")
@pytest.mark.parametrize(
    ("pair", "severities"),
    [
        ("twisted: yes, shielded: yes", []),
        ("twisted: no, shielded: yes", ["error"]),
        ("twisted: yes, shielded: no", ["error"]),
        ("twisted: yes", ["warning"]),
    ],
)
def test_the_data_pair_is_twisted_and_shielded(pair: str, severities: list[str]) -> None:
    found = cable_wires(plan(run(f"metres: 1, control_awg: 18, data_awg: 22, {pair}")))
    assert [finding.severity.value for finding in found] == severities


@pytest.mark.parametrize("gauges", ["control_awg: 18", "data_awg: 22"])
def test_a_cable_of_another_make_is_asked_for_its_gauges(gauges: str) -> None:
    (finding,) = warnings(cable_wires, plan(wires(gauges)))
    assert finding.limit == "control 18 AWG, data 22 AWG to 18 AWG"


@pytest.mark.parametrize("known", ["metres: 1", "metres: 1, control_awg: 18"])
def test_a_cable_of_which_little_is_known_is_asked_for_all_at_once(known: str) -> None:
    (finding,) = cable_wires(plan(run(known)))
    assert "twisted and shielded" in finding.advice


def test_of_lutrons_cables_nothing_has_to_be_said() -> None:
    assert not list(cable_wires(plan(run(f"metres: 1, {CABLE}"))))


@pytest.mark.requirement("E2", "E10")
@pytest.mark.parametrize(
    ("terminals", "words"),
    [
        ("[1, 3, 4]", []),
        ("[1, 2, 3, 4]", ["terminal 2 of module hall must not be connected"]),
        ("[1, 3]", ["terminal 4 of module hall is not connected"]),
        ("[]", ["terminal 1 and 3 and 4 of module hall is not connected"]),
    ],
)
def test_terminals_1_3_and_4_are_connected_and_2_is_not(terminals: str, words: list[str]) -> None:
    found = errors(terminal_2, plan(run(f"metres: 1, terminals: {terminals}")))
    assert [finding.words for finding in found] == words


def test_terminal_2_between_wallstations_is_none_of_our_business() -> None:
    rest = (
        "link: {wallstations: {a: {}, b: {}}, cables: "
        "[{from: a, to: b, metres: 1, terminals: [1, 2, 3, 4]}]}\n"
    )
    assert not list(terminal_2(plan(rest)))


MODULES = "modules: {hall: {}, attic: {}}\n"


def shape(*runs: tuple[str, str]) -> str:
    cables = ", ".join(f"{{from: {start}, to: {end}, metres: 1}}" for start, end in runs)
    return f"link: {{taps: [tap], wallstations: {{entry: {{}}}}, cables: [{cables}]}}\n"


@pytest.mark.requirement("E2")
@pytest.mark.parametrize(
    "runs",
    [
        [("processor", "hall"), ("hall", "attic"), ("attic", "entry")],
        [("processor", "tap"), ("tap", "hall"), ("tap", "attic"), ("entry", "tap")],
    ],
    ids=["daisy chain", "T-tap"],
)
def test_daisy_chains_and_t_taps_are_both_allowed(runs: list[tuple[str, str]]) -> None:
    assert not list(cable_shape(plan(shape(*runs), MODULES)))


def test_a_ring_is_neither() -> None:
    runs = [("processor", "hall"), ("hall", "attic"), ("attic", "entry"), ("entry", "processor")]
    (finding,) = cable_shape(plan(shape(*runs), MODULES))
    assert finding.is_error
    assert finding.rule == "cable-ring"


def test_what_no_cable_reaches_is_named() -> None:
    found = warnings(cable_shape, plan(shape(("processor", "hall")), MODULES))
    assert [finding.item for finding in found] == ["module attic", "entry"]


def test_a_plan_without_cables_is_not_asked_for_them() -> None:
    planned = plan("", MODULES)
    assert not list(cable_shape(planned))
    assert not list(cable_length(planned))
