"""What the tests prove: docs/conformance.md, written from the tests' own `requirement` markers.

The markers are read from the source, so the page is the same in every environment. An ID claimed in
docs/claimed.txt without a test, a test naming an unknown ID, and a page out of date are errors.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

REQUIREMENTS: Final = "docs/requirements.md"
CLAIMED: Final = "docs/claimed.txt"
PAGE: Final = "docs/conformance.md"
_ROW: Final = re.compile(r"^\| ([A-Z]\d+) \| (.+) \|$")
_HEADING: Final = re.compile(r"^## (.+)$")


@dataclass(frozen=True, slots=True)
class Requirement:
    """One line of the requirements."""

    id: str
    section: str
    text: str


@dataclass(frozen=True, slots=True)
class Proof:
    """One test, or one file of tests, that names a requirement."""

    id: str
    test: str


def read_requirements(root: Path) -> list[Requirement]:
    """Read the IDs and their text, in their order."""
    section, found = "", []
    for line in (root / REQUIREMENTS).read_text().splitlines():
        if heading := _HEADING.match(line):
            section = heading[1]
        elif row := _ROW.match(line):
            found.append(Requirement(row[1], section, row[2]))
    return found


def read_claimed(root: Path) -> list[str]:
    """Read the IDs that this version says it fulfils; `#` starts a comment."""
    lines = (root / CLAIMED).read_text().splitlines()
    return [word for line in lines for word in line.partition("#")[0].split()]


class _Markers(ast.NodeVisitor):
    """Collect the IDs that each `pytest.mark.requirement(...)` names, and where it stands."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.proofs: list[Proof] = []
        self.problems: list[str] = []
        self.tests = 0
        self._inside: list[str] = []

    def _definition(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        self.tests += node.name.startswith("test")
        self._inside.append(node.name)
        self.generic_visit(node)
        self._inside.pop()

    visit_FunctionDef = visit_AsyncFunctionDef = visit_ClassDef = _definition  # noqa: N815  # ast's own names

    def visit_Assign(self, node: ast.Assign) -> None:
        # A stateful test of Hypothesis is a name: TestLink = LinkMachine.TestCase
        for target in node.targets:
            self.tests += isinstance(target, ast.Name) and target.id.startswith("Test")
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        match node.func:
            case ast.Attribute(attr="requirement", value=ast.Attribute(attr="mark")):
                for argument in node.args:
                    match argument:
                        case ast.Constant(value=str(name)):
                            self.proofs.append(Proof(name, "::".join([self.path, *self._inside])))
                        case _:
                            self.problems.append(
                                f"{self.path}:{node.lineno}: write the requirement's ID as a string"
                            )
        self.generic_visit(node)


def _markers(root: Path) -> Iterator[_Markers]:
    for path in sorted((root / "tests").rglob("test_*.py")):
        found = _Markers(path.relative_to(root).as_posix())
        found.visit(ast.parse(path.read_text(), filename=str(path)))
        yield found


def read_proofs(root: Path) -> tuple[list[Proof], list[str]]:
    """Read what the tests name, and what is wrong with how they name it."""
    proofs: set[Proof] = set()
    problems: list[str] = []
    for found in _markers(root):
        problems += found.problems
        proofs.update(found.proofs)
        if found.proofs and not found.tests:
            problems.append(f"{found.path}: names requirements and has no test")
    return sorted(proofs, key=lambda proof: (proof.id, proof.test)), problems


def contradictions(
    requirements: list[Requirement], claimed: list[str], proofs: list[Proof]
) -> list[str]:
    """Say what the claims and the tests get wrong about the requirements."""
    known = {requirement.id for requirement in requirements}
    proved = {proof.id for proof in proofs}
    problems = [f"{CLAIMED}: {name} is no requirement" for name in claimed if name not in known]
    problems += [f"{CLAIMED}: {name} is claimed twice" for name in known if claimed.count(name) > 1]
    problems += [
        f"{proof.test}: {proof.id} is no requirement" for proof in proofs if proof.id not in known
    ]
    problems += [
        f"{CLAIMED}: {name} is claimed and no test proves it"
        for name in claimed
        if name in known and name not in proved
    ]
    return problems


def page(requirements: list[Requirement], claimed: list[str], proofs: list[Proof]) -> str:
    """Write the page: each requirement, whether it is claimed, and the tests that prove it."""
    count = sum(requirement.id in claimed for requirement in requirements)
    lines = [
        "# Conformance",
        "",
        "Written by `scripts/docs` from the tests' own markers; do not edit it by hand.",
        f"{count} of {len(requirements)} requirements are claimed. One that is not yet claimed may",
        "have tests already: they prove a part of it.",
    ]
    section = ""
    for requirement in requirements:
        if requirement.section != section:
            section = requirement.section
            lines += [
                "",
                f"## {section}",
                "",
                "| ID | Requirement | Proved by |",
                "| --- | --- | --- |",
            ]
        tests = [f"`{proof.test}`" for proof in proofs if proof.id == requirement.id]
        state = [] if requirement.id in claimed else ["not yet" + (", in part by" if tests else "")]
        lines.append(f"| {requirement.id} | {requirement.text} | {'<br>'.join(state + tests)} |")
    return "\n".join(lines) + "\n"


def build(root: Path) -> tuple[str, list[str]]:
    """Return the page as it has to be, and every problem found on the way."""
    requirements, claimed = read_requirements(root), read_claimed(root)
    proofs, problems = read_proofs(root)
    problems += contradictions(requirements, claimed, proofs)
    return page(requirements, claimed, proofs), problems
