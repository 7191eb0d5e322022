"""The numbers that the requirements are about."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import correlation, median

from ecocli.estimator.methods import METHOD
from ecocli.pipeline.assessment import Assessor
from tools.validate.estimates import Compared, compared, footprint
from tools.validate.figures import Figure, Published


@dataclass(frozen=True)
class Summary:
    """How well the estimates meet a set of figures. Factors are [1], shares 0 to 1."""

    count: int
    median_error: float
    within_2: float
    coverage: float
    half_width: float


@dataclass(frozen=True)
class Batch8:
    """One of Jegham's models: published over estimated energy per length [1]."""

    model: str
    hidden: bool
    published_wh: dict[str, float]
    estimated_wh: dict[str, float]

    @property
    def ratios(self) -> dict[str, float]:
        """How many times below theirs the estimate is, by length. [1]"""
        return {length: wh / self.estimated_wh[length] for length, wh in self.published_wh.items()}


def all_compared(eco: Assessor, figures: Sequence[Figure], method: str = METHOD) -> list[Compared]:
    return [found for figure in figures if (found := compared(eco, figure, method))]


def production(rows: Sequence[Compared]) -> list[Compared]:
    return [row for row in rows if row.figure.in_production]


def frontier(rows: Sequence[Compared]) -> list[Compared]:
    return [row for row in rows if row.figure.frontier]


def summary(rows: Sequence[Compared]) -> Summary:
    return Summary(
        count=len(rows),
        median_error=median(row.error for row in rows),
        within_2=share(row.error <= 2 for row in rows),
        coverage=share(row.inside for row in rows),
        half_width=median(row.half_width for row in rows),
    )


def share(truths: Iterable[bool]) -> float:
    """How many of them hold. [0 to 1]"""
    found = list(truths)
    return sum(found) / len(found)


def batch8(eco: Assessor, published: Published) -> list[Batch8]:
    """Jegham's models, each at the lengths that it was published for."""
    lengths, day = published.batch8["lengths"], published.batch8["date"]
    rows = []
    for row in published.batch8["models"]:
        theirs = {length: row[length][0] for length in lengths if length in row}
        calls = {length: (lengths[length][0], 0, lengths[length][1]) for length in theirs}
        ours = {
            length: footprint(eco, row["taken_as"], row["provider"], tokens, day).facility_energy_wh.value
            for length, tokens in calls.items()
        }
        rows.append(Batch8(row["model"], row.get("hidden", False), theirs, ours))
    return rows


def visible(rows: Sequence[Batch8]) -> list[Batch8]:
    """Models whose tokens are all counted: those that reason hide an unknown number."""
    return [row for row in rows if not row.hidden]


def times_below(rows: Sequence[Batch8]) -> list[float]:
    return sorted(ratio for row in rows for ratio in row.ratios.values())


def rank_correlation(rows: Sequence[Batch8], length: str) -> float:
    """Spearman's, between their order of models and ours at one length. [1]"""
    known = [row for row in rows if length in row.published_wh]
    theirs, ours = [row.published_wh[length] for row in known], [row.estimated_wh[length] for row in known]
    return correlation(_ranks(theirs), _ranks(ours))


def _ranks(values: Sequence[float]) -> list[float]:
    """Ranks, the same for equal values."""
    ordered = sorted(values)
    return [ordered.index(value) + (ordered.count(value) - 1) / 2 for value in values]


def requests(published: Published) -> list[int]:
    """The lengths of request that agents' figures are for, the shortest first. [token]"""
    return sorted({row["request"] for row in published.agents["figures"] if "request" in row})


def per_million(eco: Assessor, published: Published, request: int) -> list[float]:
    """Energy of a coding agent's tokens, by model, in requests of `request` tokens. [Wh per million tokens]"""
    agents = published.agents
    cached, fresh, output = (round(agents["split"][name] * request) for name in ("cached", "fresh", "output"))
    found = (footprint(eco, model, None, (fresh, cached, output), agents["date"]) for model in agents["models"])
    return sorted(each.facility_energy_wh.value / request * 1e6 for each in found)
