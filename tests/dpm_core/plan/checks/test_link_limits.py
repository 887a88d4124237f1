"""A link holds 100 devices, the processor among them, and 512 zones."""

import pytest

from dpm_core.plan.checks.link_limits import link_capacity, software
from tests.dpm_core.plan.planning import plan


def modules(count: int) -> str:
    return "modules:\n" + "".join(f"  m{number}: {{}}\n" for number in range(count))


@pytest.mark.requirement("E1")
def test_99_modules_beside_the_processor_are_all() -> None:
    assert not list(link_capacity(plan("", modules(99))))
    (finding,) = link_capacity(plan("", modules(100)))
    assert finding.is_error
    assert (finding.rule, finding.figure, finding.limit) == (
        "link-devices",
        "101 devices",
        "100 devices",
    )
    assert "101 devices" in finding.words
    assert "400 zones" in finding.words
    assert "100 devices and 512 zones" in finding.words
    assert finding.heading == "QS Link Limits"


@pytest.mark.requirement("E1")
def test_wallstations_count_as_devices() -> None:
    one = "link: {wallstations: {entry: {}}}\n"
    assert not list(link_capacity(plan(one, modules(98))))
    assert [finding.rule for finding in link_capacity(plan(one, modules(99)))] == ["link-devices"]


@pytest.mark.requirement("E1")
def test_zones_of_other_devices_count() -> None:
    def found(zones: int) -> list[str]:
        rest = f"link: {{others: {{dimmer: {{devices: 1, zones: {zones}}}}}}}\n"
        return [finding.rule for finding in link_capacity(plan(rest, modules(90)))]

    assert found(512 - 360) == []
    assert found(513 - 360) == ["link-zones"]


@pytest.mark.parametrize("version", ["12.0", "12", "12.1", "13.0.4"])
def test_software_from_12_0_on_knows_these_modules(version: str) -> None:
    assert not list(software(plan(f"link: {{processor: {{software: {version}}}}}\n")))


@pytest.mark.parametrize("version", ["11.9", "11.10.2", "9.1"])
def test_older_software_does_not(version: str) -> None:
    (finding,) = software(plan(f"link: {{processor: {{software: {version}}}}}\n"))
    assert finding.is_error
    assert finding.limit == "12.0"
    assert finding.heading == "Programming and Compatibility Requirements"


@pytest.mark.parametrize("rest", ["", "link: {processor: {name: P}}\n"])
def test_software_that_nobody_named_is_not_guessed(rest: str) -> None:
    assert not list(software(plan(rest)))
