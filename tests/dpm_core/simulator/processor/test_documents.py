"""What docs/ says of the simulated processor is true."""

import re
from pathlib import Path

import pytest

from dpm_core.cli.simulate_processor import PASSWORD_VARIABLE, processor_options
from dpm_core.simulator.processor.faults import ProcessorFaultKind, parse_processor_fault

DOCS = Path(__file__).parents[4] / "docs"

pytestmark = [
    pytest.mark.requirement("G3"),
    pytest.mark.skipif(not DOCS.exists(), reason="the source archive may lack the pages"),
]


def fault_rows() -> list[tuple[str, str]]:
    """Name and value of each fault in docs/faults.md."""
    page = (DOCS / "faults.md").read_text()
    table = page.partition("<!-- processor faults -->")[2].partition("<!-- end -->")[0]
    return re.findall(r"^\| `([\w-]+)` \| .* \| (.*) \|$", table, re.MULTILINE)


def test_every_fault_is_described_in_its_order() -> None:
    assert [name for name, _ in fault_rows()] == [str(kind) for kind in ProcessorFaultKind]


def test_the_values_that_are_shown_as_defaults_are_the_defaults() -> None:
    for name, value in fault_rows():
        if shown := re.search(r"\(`(.+?)`\)", value):
            assert str(parse_processor_fault(name)) == f"{name}={shown[1]}"
        elif not value:
            assert str(parse_processor_fault(name)) == name


def test_every_option_is_described() -> None:
    page = (DOCS / "simulator.md").read_text()
    assert PASSWORD_VARIABLE in page

    def command() -> None: ...

    options = {
        name for option in processor_options(command).__click_params__ for name in option.opts
    }  # type: ignore[attr-defined]
    assert options == set(re.findall(r"^\| `(--processor[\w-]*)", page, re.MULTILINE))
