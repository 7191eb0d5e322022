"""A factor of another year than the call's is named, with its year."""

import json
from dataclasses import replace

import pytest

from ecocli.core.factors import Factor
from ecocli.core.specs import SiteSpec
from ecocli.pipeline.years import of_another_year, year_of


def factor(year: int, basis: str = "reported") -> Factor:
    return Factor(2.0, 1.0, 3.0, "1", "An almanac", year, basis)


SITE = SiteSpec("R", "P", factor(2024), factor(2024), factor(2024), factor(2024))


@pytest.mark.parametrize(("day", "year"), [(0, 1970), (364, 1970), (365, 1971), (19_722, 2023), (19_723, 2024), (365 * 400 + 97, 2370)])
def test_the_year_of_a_day(day, year):
    assert year_of(day) == year


def test_factors_of_the_calls_year_need_no_word():
    assert of_another_year(SITE, 2024) == ()


def test_each_other_one_is_named():
    mixed = replace(SITE, pue=factor(2022), wue_site_l_per_kwh=factor(2011, "assumed"))
    assert of_another_year(mixed, 2024) == ("of another year than the call's 2024: PUE (2022)",)
    assert of_another_year(mixed, 2021) == (
        "the grid's carbon intensity is of 2024, the call of 2021",
        "of another year than the call's 2021: PUE (2022), water of the electricity (2024)",
    )


def test_one_by_one_and_in_bulk_it_is_the_calls_own_year(eco):
    calls = [{"provider": "openai", "model": "gpt-4o", "prompt_tokens": 9, "completion_tokens": 9, "id": f"c{year}", "startTimeMs": at_ms}
             for year, at_ms in ((2021, 1_625_000_000_000), (2022, 1_656_000_000_000), (2021, 1_626_000_000_000))]  # fmt: skip
    calls[2]["id"] = "again"
    eco("record", "--input", "-", "-q", input="\n".join(map(json.dumps, calls)))
    eco("record", "-q", input=json.dumps(calls[0] | {"id": "alone"}))
    for call_id, year in (("c2021", 2021), ("c2022", 2022), ("again", 2021), ("alone", 2021)):
        assert f", the call of {year}" in " ".join(eco("explain", call_id, "--format", "text").stdout.split())
