"""Suppliers' figures: kept once, restated by a later edition, and alike in whichever order they come."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecocli.core.supplier_figures import AWS, GOOGLE_CLOUD, LOCATION, MARKET, TOTAL, Figure, Identity
from ecocli.store import Store
from ecocli.store.supplier_figures import DUPLICATE, NEW, OLDER, RESTATED, Edition, SupplierFigures

OF = Identity(AWS, "1/2", "AmazonBedrock", "us-east-1", "2025-03", TOTAL, LOCATION)


def edition(kg: float, version: str | None, imported_at_ms: int = 1, of: Identity = OF) -> Edition:
    return Edition(Figure(of, kg, version), "carbon.csv", imported_at_ms)


@pytest.fixture
def figures(tmp_path):
    with Store.open(tmp_path / "eco.db") as store:
        yield Adding(store)


class Adding(SupplierFigures):
    """Each import in a transaction of its own."""

    def put(self, *editions: Edition, now_ms: int = 100) -> dict[str, int]:
        with self._store.transaction():
            return {outcome: count for outcome, count in self.add(editions, now_ms).items() if count}

    def now(self) -> list[tuple[float, str | None]]:
        return [(each.figure.kg, each.figure.model_version) for each in self.each() if each.replaced_at_ms is None]

    def before(self) -> list[tuple[float, int | None]]:
        return [(each.figure.kg, each.replaced_at_ms) for each in self.each() if each.replaced_at_ms is not None]


def test_what_is_imported_twice_is_there_once(figures):
    assert figures.put(edition(4.0, "v3")) == {NEW: 1}
    assert figures.put(edition(4.0, "v3", 2)) == {DUPLICATE: 1}
    assert (figures.now(), figures.before()) == ([(4.0, "v3")], [])


def test_a_later_version_takes_the_place_and_the_earlier_figure_stays(figures):
    figures.put(edition(9.0, "v2.0.0"))
    assert figures.put(edition(4.0, "v10.0.0", 2), now_ms=200) == {RESTATED: 1}
    assert (figures.now(), figures.before()) == ([(4.0, "v10.0.0")], [(9.0, 200)])


def test_an_earlier_version_that_comes_late_holds_no_more(figures):
    figures.put(edition(4.0, "v3"))
    assert figures.put(edition(9.0, "v2", 2), now_ms=200) == {OLDER: 1}
    assert (figures.now(), figures.before()) == ([(4.0, "v3")], [(9.0, 200)])
    assert figures.put(edition(9.0, "v2", 3)) == {DUPLICATE: 1}


def test_of_one_version_the_last_import_holds(figures):
    figures.put(edition(4.0, None))
    assert figures.put(edition(5.0, None, 2)) == {RESTATED: 1}
    assert figures.now() == [(5.0, None)]


def test_figures_of_other_places_months_and_bases_stand_beside_one_another(figures):
    others = [OF._replace(**change) for change in ({"place": None}, {"month": "2025-04"}, {"basis": MARKET}, {"basis": None}, {"scope": "2"}, {"account": "1/3"}, {"supplier": GOOGLE_CLOUD})]
    assert figures.put(edition(4.0, "v3"), *(edition(4.0, "v3", of=of) for of in others)) == {NEW: 8}
    assert len(figures.now()) == 8


@pytest.mark.parametrize("order", [*permutations(range(3))])
def test_the_order_of_imports_makes_no_difference(figures, order):
    each = [edition(9.0, "v2", 30), edition(4.0, "v3", 10), edition(5.0, "v3", 20)]
    for at in order:
        figures.put(each[at])
    assert figures.now() == [(5.0, "v3")]
    assert sorted(kg for kg, _ in figures.before()) == [4.0, 9.0]


EDITIONS = st.lists(st.builds(edition, st.sampled_from([1.0, 2.0, 3.0]), st.sampled_from([None, "v1", "v2"]), st.integers(1, 5)), max_size=8)


@given(mine=EDITIONS, theirs=EDITIONS)
def test_two_stores_that_are_merged_in_either_direction_hold_the_same(tmp_path_factory, mine, theirs):
    folder = tmp_path_factory.mktemp("merged")
    held = []
    for name, first, then in (("a", mine, theirs), ("b", theirs, mine)):
        with Store.open(folder / name) as store:
            figures = Adding(store)
            figures.put(*first)
            figures.put(*then)
            held.append(figures.now())
            assert len(held[-1]) == bool(mine or theirs)
    assert held[0] == held[1]


def test_a_plan_says_what_an_import_would_come_to_and_keeps_nothing(figures):
    each = [edition(9.0, "v2"), edition(4.0, "v3"), edition(4.0, "v3")]
    plan = figures.plan(each)
    assert list(figures.each()) == []
    assert {outcome: count for outcome, count in plan.items() if count} == figures.put(*each) == {NEW: 1, RESTATED: 1, DUPLICATE: 1}


def test_a_supplier_is_forgotten_to_the_last_byte(figures, tmp_path):
    figures.put(edition(9.0, "v2"), edition(4.0, "v3", 2), edition(1.0, "7", of=OF._replace(supplier=GOOGLE_CLOUD, account="of another")))
    assert b"AmazonBedrock" in _bytes(tmp_path)
    assert (figures.count(AWS), figures.forget(AWS)) == (2, 2)
    assert figures.now() == [(1.0, "7")]
    figures.forget(GOOGLE_CLOUD)
    assert b"AmazonBedrock" not in _bytes(tmp_path)


def _bytes(folder) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob("eco.db*"))
