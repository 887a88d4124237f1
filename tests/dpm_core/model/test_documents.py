"""The examples of the model's documents run, and print what a reader would expect."""

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[3] / "docs"


@pytest.mark.parametrize(
    ("page", "printed"),
    [("model.md", "OverrideEntered"), ("zero-cross.md", "8000.0 4000.0 None")],
)
def test_the_examples_of_a_page_run(
    page: str, printed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    examples = re.findall(r"```python\n(.*?)```", (DOCS / page).read_text(), re.DOTALL)
    assert examples
    for example in examples:
        exec(compile(example, page, "exec"), {})
    assert printed in capsys.readouterr().out


def test_the_figures_of_the_zero_cross_page_are_those_of_the_model() -> None:
    from dpm_core.model import CONVERGENCE_OPERATIONS, ERROR_BOUND_US, FINISH_MAX_S, relay

    page = (DOCS / "zero-cross.md").read_text()
    assert f"| converged after | {CONVERGENCE_OPERATIONS} operations |" in page
    assert f"| at most {ERROR_BOUND_US:g} µs |" in page
    assert f"| within {FINISH_MAX_S * 1e3:g} ms |" in page
    assert f"at most ± {relay.SCATTER_MAX_S * 1e6:g} µs" in page
    assert f"{relay.WEAR_HALF_OPERATIONS:,}".replace(",", " ") in page
    for figures in (relay.OPERATE, relay.RELEASE):
        assert f"{figures.nominal_s * 1e3:g} ms ± {figures.spread_s * 1e3:g} ms" in page
        assert f"± {figures.wander_s * 1e3:g} ms" in page
        assert f"to {figures.wear_max_s * 1e3:g} ms" in page
