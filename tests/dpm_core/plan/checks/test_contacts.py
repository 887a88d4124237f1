"""The CCO switches little, and one contact holds 32 CCIs."""

import pytest

from dpm_core.plan import Plan
from dpm_core.plan.checks.contacts import cco_inductive, cco_ratings, emergency_contacts
from tests.dpm_core.plan.planning import plan, with_module


def cco(volts: float, current: str, amps: float, kind: str = "resistive", more: str = "") -> Plan:
    load = f"volts: {volts}, current: {current}, amps: {amps}, kind: {kind}{more}"
    return with_module(f"cco: {{load: {{name: Pilot, {load}}}}}")


@pytest.mark.requirement("D4")
@pytest.mark.parametrize(
    ("current", "inside", "outside", "limit"),
    [("dc", 1.0, 1.01, "1 A"), ("ac", 0.5, 0.51, "0.5 A")],
)
def test_the_cco_switches_1_a_dc_or_half_an_ampere_ac(
    current: str, inside: float, outside: float, limit: str
) -> None:
    assert not list(cco_ratings(cco(24, current, inside)))
    (finding,) = cco_ratings(cco(24, current, outside))
    assert finding.is_error
    assert (finding.item, finding.figure) == ("module hall, CCO (Pilot)", f"{outside} A")
    assert (finding.limit, finding.heading) == (limit, "Contact Closure Output (CCO)")


@pytest.mark.requirement("D4")
@pytest.mark.parametrize("current", ["dc", "ac"])
def test_the_cco_switches_0_to_24_v(current: str) -> None:
    assert not list(cco_ratings(cco(0, current, 0.1)))
    assert not list(cco_ratings(cco(24, current, 0.1)))
    (finding,) = cco_ratings(cco(24.1, current, 0.1))
    assert finding.is_error
    assert (finding.rule, finding.figure, finding.limit) == ("cco-voltage", "24.1 V", "24 V")


@pytest.mark.requirement("D4")
@pytest.mark.parametrize(
    ("current", "more", "words"),
    [
        ("dc", ", flyback_diode: yes", None),
        ("dc", "", "only with a flyback diode"),
        ("dc", ", flyback_diode: no", "only with a flyback diode"),
        ("ac", ", flyback_diode: yes", "on DC only"),
        ("ac", "", "on DC only"),
    ],
)
def test_an_inductive_load_is_on_dc_with_a_flyback_diode(
    current: str, more: str, words: str | None
) -> None:
    found = list(cco_inductive(cco(12, current, 0.1, "inductive", more)))
    assert len(found) == (0 if words is None else 1)
    for finding in found:
        assert finding.is_error
        assert words is not None
        assert words in finding.words
        assert "flyback diode" in finding.advice


def test_a_resistive_load_needs_no_diode_and_no_load_nothing() -> None:
    assert not list(cco_inductive(cco(12, "ac", 0.1)))
    assert not list(cco_inductive(plan("")))
    assert not list(cco_ratings(plan("")))


def test_a_load_without_a_name_is_named_by_its_module() -> None:
    planned = with_module("cco: {load: {volts: 30, current: dc, amps: 0.1, kind: resistive}}")
    assert [finding.item for finding in cco_ratings(planned)] == ["module hall, CCO"]


@pytest.mark.requirement("C8")
def test_one_contact_holds_32_ccis_and_no_more() -> None:
    def found(count: int) -> list[tuple[bool, str, str, str]]:
        names = [f"m{number}" for number in range(count)]
        modules = f"modules: {{{', '.join(f'{name}: {{}}' for name in names)}}}\n"
        rest = f"emergency_contacts: {{fire: {{modules: [{', '.join(names)}]}}}}\n"
        planned = plan(rest, modules)
        return [
            (one.is_error, one.item, one.figure, one.limit) for one in emergency_contacts(planned)
        ]

    assert found(32) == []
    assert found(33) == [(True, "emergency contact fire", "33 modules", "32 modules")]
