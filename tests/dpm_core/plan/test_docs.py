"""docs/plan.md says all that there is, and nothing that there is not."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from dpm_core.errors import InvalidDocument
from dpm_core.model import LoadType
from dpm_core.plan import check_plan, read_plan
from tests.dpm_core.plan.planning import HEAD, refused

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "plan.md").read_text()
RULES = PAGE.partition("## Every rule")[2]
FIELDS = PAGE.partition("## Every field")[2].partition("## Every rule")[0]


def rules_in_the_code() -> set[str]:
    found = set()
    for path in (ROOT / "dpm_core" / "plan" / "checks").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.keyword(arg="rule", value=ast.Constant(value=str(name))):
                    found.add(name)
                # Where one function holds several rules, their names stand in a table of it.
                case ast.For(target=ast.Tuple(elts=names), iter=table):
                    place = [getattr(name, "id", "") for name in names]
                    if "rule" in place:
                        found |= set(column(path, table, place.index("rule")))
    return found


def column(path: Path, table: ast.expr, number: int) -> Iterator[str]:
    """Read one column of a table that stands in the loop, or before it under a name."""
    if isinstance(table, ast.Name):
        (table,) = (
            node.value
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == table.id
        )
    assert isinstance(table, ast.Tuple)
    for row in table.elts:
        assert isinstance(row, ast.Tuple)
        yield ast.literal_eval(row.elts[number])


def documented() -> set[str]:
    rows = [row.split("|")[1] for row in RULES.splitlines() if row.startswith("| `")]
    return {name for row in rows for name in re.findall(r"`([a-z0-9-]+)`", row)}


def test_every_rule_has_its_row_and_every_row_its_rule() -> None:
    assert rules_in_the_code() == documented()


def test_every_load_type_is_named() -> None:
    assert all(f"`{kind.value}`" in FIELDS for kind in LoadType)


@pytest.mark.parametrize(
    "text",
    [
        "{unknown: 1, modules: {a: {}}}",
        "{modules: {a: {unknown: 1}}}",
        "{modules: {a: {zones: {1: {unknown: 1}}}}}",
        "{modules: {a: {zones: {1: {load: {type: motor, amps: 1, unknown: 1}}}}}}",
        "{modules: {a: {cco: {unknown: 1}}}}",
        (
            "{modules: {a: {cco: {load: {volts: 1, current: dc, amps: 1, kind: resistive,"
            " unknown: 1}}}}}"
        ),
        "{modules: {a: {cci: {unknown: 1}}}}",
        "{modules: {a: {wires: {unknown: 1}}}}",
        "{modules: {a: {}}, feeds: {f: {modules: [a], unknown: 1}}}",
        "{modules: {a: {}}, link: {unknown: 1}}",
        "{modules: {a: {}}, link: {processor: {unknown: 1}}}",
        "{modules: {a: {}}, link: {others: {b: {unknown: 1}}}}",
        "{modules: {a: {}}, link: {wallstations: {b: {buttons: {1: {unknown: 1}}}}}}",
        "{modules: {a: {}}, link: {cables: [{from: processor, to: a, feet: 1, unknown: 1}]}}",
        "{modules: {a: {}}, panels: {p: {rails: [], unknown: 1}}}",
        "{modules: {a: {}}, panels: {p: {rails: [{width_din: 9, holds: [], unknown: 1}]}}}",
        (
            "{modules: {a: {}}, panels: {p: {rails: [{width_din: 9, holds: "
            "[{name: x, din: 1, unknown: 1}]}]}}}"
        ),
        "{modules: {a: {}}, emergency_contacts: {c: {modules: [a], unknown: 1}}}",
    ],
)
def test_every_field_that_is_allowed_is_explained(text: str) -> None:
    error = refused(f"{{lutron_dpm_plan: 1, {text[1:]}")
    assert isinstance(error, InvalidDocument)
    assert error.found == "unknown"
    allowed = error.allowed.replace(" or ", ", ").split(", ")
    missing = [field for field in allowed if not re.search(rf"`{field}`|\b{field}: ", FIELDS)]
    assert not missing


def test_the_plans_on_the_page_are_plans() -> None:
    plans = re.findall(r"<!-- file: home.yaml -->\n```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert len(plans) == 3
    assert all(plan.startswith(HEAD) for plan in plans)
    assert [bool(check_plan(read_plan(plan))) for plan in plans] == [False, True, True]


def test_the_outputs_on_the_page_are_there() -> None:
    assert "✗ error  module ground, zone 2 (Kitchen)  home.yaml:8" in PAGE
    assert "feed lighting" in PAGE
    assert PAGE.count("✓ Nothing is against the specification.") == 5
