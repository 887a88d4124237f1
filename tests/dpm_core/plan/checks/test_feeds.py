"""A feed carries 16 A, one module alone or a chain of them."""

import pytest

from dpm_core.plan import check_plan
from dpm_core.plan.checks.feeds import delta, feed_current, feed_voltage, neutrals, single_feed
from tests.dpm_core.plan.planning import errors, plan, warnings, with_module


def chain(*amps: float, model: str = "LQSE-4S8-120-D", feed: str = "") -> str:
    modules = "".join(
        f"  m{number}: {{model: {model}, zones: {{1: {{load: {{type: inc, amps: {current}}}}}}}}}\n"
        for number, current in enumerate(amps, 1)
    )
    names = ", ".join(f"m{number}" for number in range(1, len(amps) + 1))
    return f"modules:\n{modules}feeds: {{a: {{modules: [{names}]{feed}}}}}\n"


@pytest.mark.requirement("A7")
def test_a_chain_of_modules_carries_16_a_in_all_and_no_more() -> None:
    assert not list(feed_current(plan("", chain(8, 4, 4))))
    (finding,) = feed_current(plan("", chain(8, 4, 4.01)))
    assert finding.is_error
    assert (finding.item, finding.figure, finding.limit) == ("feed a", "16.01 A", "16 A")
    assert "m1, m2, m3" in finding.words
    assert finding.heading == "Wiring: Mains and Output Zones"


@pytest.mark.requirement("A7")
@pytest.mark.parametrize(
    ("model", "inside", "outside", "limit", "heading"),
    [
        ("LQSE-4S8-120-D", 16, 16.01, "16 A", "Power"),
        ("LQSE-4S1-D", 4, 4.01, "4 A", "Wiring: Mains and Output Zones"),
    ],
)
def test_one_module_takes_what_its_one_feed_may_carry(
    model: str, inside: float, outside: float, limit: str, heading: str
) -> None:
    assert not list(feed_current(plan("", chain(inside, model=model))))
    (finding,) = feed_current(plan("", chain(outside, model=model)))
    assert (finding.limit, finding.heading) == (limit, heading)


@pytest.mark.requirement("A5", "A9")
@pytest.mark.parametrize(
    ("model", "volts", "is_right"),
    [
        ("LQSE-4S8-120-D", 120, True),
        ("LQSE-4S8-120-D", 119, False),
        ("LQSE-4S8-120-D", 121, False),
        ("LQSE-4S1-D", 119, False),
        ("LQSE-4S1-D", 120, True),
        ("LQSE-4S1-D", 240, True),
        ("LQSE-4S1-D", 241, False),
    ],
)
def test_a_feed_has_the_voltage_of_its_modules(model: str, volts: int, is_right: bool) -> None:
    found = errors(feed_voltage, plan("", chain(1, model=model, feed=f", volts: {volts}")))
    assert [finding.rule for finding in found] == ([] if is_right else ["feed-voltage"])


@pytest.mark.requirement("A5", "A9")
@pytest.mark.parametrize(("hertz", "is_right"), [(50, True), (60, True), (49, False), (61, False)])
def test_a_feed_has_50_or_60_hz(hertz: int, is_right: bool) -> None:
    found = errors(feed_voltage, plan("", chain(1, feed=f", hertz: {hertz}")))
    assert [finding.rule for finding in found] == ([] if is_right else ["feed-frequency"])


@pytest.mark.requirement("A7")
def test_a_module_is_on_one_feed() -> None:
    one = "feeds: {a: {modules: [hall]}}\n"
    assert not list(single_feed(plan(one)))
    assert not list(single_feed(plan("")))
    (finding,) = single_feed(plan("feeds: {a: {modules: [hall]}, b: {modules: [hall]}}\n"))
    assert finding.is_error
    assert (finding.figure, finding.limit, finding.heading) == ("2 feeds", "1 feed", "Power")


def test_a_module_that_was_forgotten_among_the_feeds_is_named() -> None:
    modules = "modules: {hall: {}, attic: {}}\n"
    (finding,) = warnings(single_feed, plan("feeds: {a: {modules: [hall]}}\n", modules))
    assert finding.item == "module attic"


@pytest.mark.requirement("A7")
@pytest.mark.parametrize("protection", ["gfi", "afci", "none"])
def test_a_feed_behind_a_gfi_or_an_afci_is_allowed(protection: str) -> None:
    feeds = f"feeds: {{a: {{modules: [hall], protection: {protection}}}}}\n"
    assert not check_plan(plan(feeds))


@pytest.mark.requirement("A12")
def test_of_an_ungrounded_delta_lutron_is_asked() -> None:
    feeds = "feeds: {a: {modules: [hall], supply: ungrounded-delta}}\n"
    (finding,) = delta(plan(feeds))
    assert not finding.is_error
    assert "contact Lutron" in finding.advice
    assert finding.heading == "Power"
    assert not list(delta(plan("feeds: {a: {modules: [hall]}}\n")))


@pytest.mark.requirement("A7")
def test_a_common_neutral_is_warned_of() -> None:
    (finding,) = neutrals(with_module("neutrals: common"))
    assert not finding.is_error
    assert "separate neutral" in finding.advice
    assert not list(neutrals(with_module("neutrals: separate")))
