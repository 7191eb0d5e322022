"""docs/report-requirements.md names sections that a report has and tests that there are."""

import ast
import re
from pathlib import Path

import pytest

from tests import seeded_history as seeded
from tests.supplier_helpers import AWS, write

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "report-requirements.md"
LINES = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| ")][1:]


def named(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


@pytest.fixture
def page(eco, tmp_path):
    seeded.record(eco, tmp_path / "config" / "eco")
    eco("import", "supplier", str(write(tmp_path / "aws.csv", AWS)))
    eco("report", "--lock", "2025")
    return eco("report", "--since", "2025", "--until", "2025", "--compare", "previous", "--cost", "--format", "html").stdout


def test_every_section_that_is_named_is_in_the_report(page):
    there = set(re.findall(r'<h2 id="([^"]+)"', page))
    assert {section for line in LINES for section in named(line[2])} - there == set()


@pytest.mark.parametrize("line", LINES, ids=lambda line: line[0][:40])
def test_every_test_that_is_named_is_there(line):
    requirement, who, sections, tests = line
    assert requirement and who and named(sections) and named(tests)
    for test in named(tests):
        file, _, name = test.partition("::")
        functions = {node.name for node in ast.parse((HERE / file).read_text("utf-8")).body if isinstance(node, ast.FunctionDef)}
        assert name in functions, test


def test_no_test_is_named_twice_for_one_requirement_and_no_requirement_twice():
    requirements = [line[0] for line in LINES]
    assert len(requirements) > 20 and len(set(requirements)) == len(requirements)
    assert all(len(set(named(line[3]))) == len(named(line[3])) for line in LINES)
