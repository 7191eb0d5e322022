"""The estimator beside published figures, and the pages that show it."""

import sys
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT))  # tools/ is not installed; at the end, so that an installed eco is the one that is tested

from ecocli.pipeline.assessment import Assessor
from ecocli.pipeline.bases import DAY_MS
from tools.validate import __main__ as command
from tools.validate import document, peers, summary
from tools.validate.estimates import Compared, assessor
from tools.validate.figures import Published, noon_ms, published

HINT = "run `python -m tools.validate --write`"


@pytest.fixture(scope="module")
def eco() -> Assessor:
    return assessor()


@pytest.fixture(scope="module")
def figures() -> Published:
    return published()


@pytest.fixture(scope="module")
def rows(eco: Assessor, figures: Published) -> list[Compared]:
    return summary.all_compared(eco, figures.figures)


# The pages


def test_validation_is_current(eco: Assessor, figures: Published) -> None:
    page = (ROOT / "docs" / "validation.md").read_text("utf-8")
    shown = page.partition(command.BEGIN)[2].partition(command.END)[0]
    assert shown == document.validation(eco, figures), HINT


def test_peers_are_current(eco: Assessor) -> None:
    assert (ROOT / "docs" / "peers.md").read_text("utf-8") == peers.peers(eco), HINT


# The file of figures


def test_every_figure_has_a_source(figures: Published) -> None:
    named = {f.source for f in figures.figures} | {f["source"] for f in figures.agents["figures"]} | {figures.batch8["source"]}
    assert named == set(figures.sources)
    for source in figures.sources.values():
        assert set(source) == {"title", "publisher", "year", "url"} and source["url"].startswith("https://")


def test_figures_are_in_order(figures: Published) -> None:
    assert len({f.id for f in figures.figures}) == len(figures.figures)
    for f in figures.figures:
        assert f.why.endswith(".") and f.what, f.id
        assert f.tokens in ("reported", "assumed") or f.output is None, f.id
        assert (f.low or 0) <= (f.energy_wh or f.low or 0) <= (f.high or f.energy_wh or 0), f.id


def test_production_figures_name_a_model_of_the_catalogue(eco: Assessor, figures: Published) -> None:
    for f in figures.figures:
        if f.in_production:
            day = noon_ms(f.date) // DAY_MS
            assert eco.model_named(f.taken_as, f.provider, day=day).spec.id == f.taken_as, f.id


# What was required


def test_every_frontier_figure_is_met_within_a_factor_of_two_and_a_half(rows: list[Compared]) -> None:
    found = summary.frontier(rows)
    assert len(found) == 7
    assert {row.figure.id: row.ratio for row in found if row.error > 2.5} == {}
    assert sum(row.error <= 1.6 for row in found) > len(found) / 2


def test_production_figures_lie_inside_a_range_that_is_no_wider_than_needed(rows: list[Compared]) -> None:
    found = summary.summary(summary.production(rows))
    assert found.count == 8
    assert found.coverage >= 0.85
    assert found.half_width <= 4


def test_a_batch_of_eight_costs_two_to_five_times_as_much_in_much_the_same_order(eco: Assessor, figures: Published) -> None:
    found = summary.batch8(eco, figures)
    assert len(found) == 30
    assert 2 <= median(summary.times_below(summary.visible(found))) <= 5
    for length in ("short", "medium", "long"):
        assert summary.rank_correlation(summary.visible(found), length) > 0.6


def test_long_sessions_of_coding_agents(eco: Assessor, figures: Published) -> None:
    per_million = summary.per_million(eco, figures, summary.requests(figures)[-1])
    assert all(20 <= wh <= 70 for wh in per_million)


def test_a_bench_without_batching_draws_more_than_production(rows: list[Compared]) -> None:
    found = [row for row in rows if row.figure.kind == "bench"]
    assert found and all(row.ratio < 0.5 for row in found)
