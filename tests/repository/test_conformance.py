"""The page of what is proved: built from the tests' markers, and strict about every claim."""

from pathlib import Path

import pytest

from scripts import conformance

REQUIREMENTS = """\
# What the product must do

## A. Zones

| ID | Requirement |
| --- | --- |
| A1 | Four zones. |
| A2 | An air gap. |

## B. Local

| ID | Requirement |
| --- | --- |
| B1 | A button. |
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "docs").mkdir()
    (tmp_path / "tests").mkdir()
    (tmp_path / conformance.REQUIREMENTS).write_text(REQUIREMENTS)
    (tmp_path / conformance.CLAIMED).write_text("A1  # zones\n")
    (tmp_path / "tests" / "test_zones.py").write_text(
        'import pytest\n@pytest.mark.requirement("A1")\ndef test_four():\n    assert True\n'
    )
    return tmp_path


def write_test(project: Path, text: str) -> None:
    (project / "tests" / "test_more.py").write_text("import pytest\n" + text)


def test_a_claim_with_a_test_is_listed_with_it(project: Path) -> None:
    page, problems = conformance.build(project)
    assert problems == []
    assert "| A1 | Four zones. | `tests/test_zones.py::test_four` |" in page
    assert "| A2 | An air gap. | not yet |" in page
    assert "1 of 3 requirements are claimed" in page


def test_a_claim_without_a_test_is_an_error(project: Path) -> None:
    (project / conformance.CLAIMED).write_text("A1 B1\n")
    assert conformance.build(project)[1] == [
        "docs/claimed.txt: B1 is claimed and no test proves it"
    ]


def test_a_claim_of_an_unknown_requirement_is_an_error(project: Path) -> None:
    (project / conformance.CLAIMED).write_text("A1 Z9\n")
    assert conformance.build(project)[1] == ["docs/claimed.txt: Z9 is no requirement"]


def test_a_claim_made_twice_is_an_error(project: Path) -> None:
    (project / conformance.CLAIMED).write_text("A1 A1\n")
    assert conformance.build(project)[1] == ["docs/claimed.txt: A1 is claimed twice"]


def test_a_test_that_names_an_unknown_requirement_is_an_error(project: Path) -> None:
    write_test(project, '@pytest.mark.requirement("Z9")\ndef test_x():\n    pass\n')
    assert conformance.build(project)[1] == ["tests/test_more.py::test_x: Z9 is no requirement"]


def test_a_test_of_something_not_claimed_is_shown_as_a_part(project: Path) -> None:
    write_test(project, '@pytest.mark.requirement("B1")\ndef test_x():\n    pass\n')
    page, problems = conformance.build(project)
    assert problems == []
    assert "| B1 | A button. | not yet, in part by<br>`tests/test_more.py::test_x` |" in page


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ('pytestmark = pytest.mark.requirement("A2")\ndef test_x(): pass\n', ""),
        ('pytestmark = [pytest.mark.requirement("B1", "A2")]\ndef test_x(): pass\n', ""),
        ('@pytest.mark.requirement("A2")\nclass TestX:\n    def test_y(self): pass\n', "::TestX"),
        (
            'class TestX:\n    @pytest.mark.requirement("A2")\n    async def test_y(self): pass\n',
            "::TestX::test_y",
        ),
        (
            (
                '@pytest.mark.parametrize("a", [pytest.param(1, marks=pytest.mark.requirement("A2"))])'
                "\ndef test_x(a): pass\n"
            ),
            "::test_x",
        ),
        ('pytestmark = pytest.mark.requirement("A2")\nTestLink = LinkMachine.TestCase\n', ""),
    ],
)
def test_a_marker_is_found_wherever_it_may_stand(project: Path, source: str, place: str) -> None:
    write_test(project, source)
    proofs, problems = conformance.read_proofs(project)
    assert conformance.Proof("A2", f"tests/test_more.py{place}") in proofs
    assert problems == []


def test_a_marker_that_cannot_be_read_from_the_source_is_an_error(project: Path) -> None:
    write_test(project, 'NAME = "A1"\n@pytest.mark.requirement(NAME)\ndef test_x():\n    pass\n')
    assert conformance.build(project)[1] == [
        "tests/test_more.py:3: write the requirement's ID as a string"
    ]


def test_a_file_that_names_requirements_and_tests_nothing_is_an_error(project: Path) -> None:
    write_test(project, 'pytestmark = pytest.mark.requirement("A2")\n')
    assert conformance.build(project)[1] == [
        "tests/test_more.py: names requirements and has no test"
    ]


def test_every_requirement_of_the_real_list_is_read(root: Path) -> None:
    ids = [requirement.id for requirement in conformance.read_requirements(root)]
    assert len(set(ids)) == len(ids)
    count = {letter: sum(name.startswith(letter) for name in ids) for letter in "ABCDEFGH"}
    assert count == {"A": 12, "B": 4, "C": 10, "D": 5, "E": 10, "F": 5, "G": 4, "H": 7}


AGREED = Path(__file__).resolve().parents[3] / "shared" / "requirements.md"


# A clone elsewhere has no such neighbour: there the copy is all there is.
@pytest.mark.parametrize("agreed", [AGREED] if AGREED.exists() else [])
def test_the_list_is_the_one_that_was_agreed(root: Path, agreed: Path) -> None:
    assert (root / conformance.REQUIREMENTS).read_text() == agreed.read_text()
