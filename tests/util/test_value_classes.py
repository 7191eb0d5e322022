"""A value class is built, compared and copied as a dataclass is."""

import sys
from dataclasses import dataclass, field, fields, replace
from typing import Any

import pytest

from ecocli.util.valueclass import value_class


def members(decorate: Any) -> Any:
    """The same class, decorated in one way or another."""

    @decorate
    class Example:
        """An example."""

        made: list[int] = field(init=False, hash=False, default_factory=list)
        fixed: int = field(init=False, default=7)
        a: int
        b: str | None = None
        c: dict[str, int] = field(default_factory=dict, hash=False)
        d: tuple[int, ...] = (1, 2)

    return Example


KINDS = {"with slots": {"slots": True}, "without": {"slots": False}}


@pytest.fixture(params=KINDS.values(), ids=KINDS)
def both(request: pytest.FixtureRequest) -> tuple[Any, Any]:
    return members(value_class(frozen=True, **request.param)), members(dataclass(frozen=True, **request.param))


def attributes(one: Any) -> dict[str, Any]:
    return {each.name: getattr(one, each.name) for each in fields(one)}


ARGUMENTS = [((1,), {}), ((1, "x"), {}), ((1, None, {"y": 2}, ()), {}), ((), {"a": 1, "d": (3,)}), ((1,), {"c": {}}), ((), {"b": "x", "a": 0})]


@pytest.mark.parametrize(("given", "named"), ARGUMENTS)
def test_it_is_built_as_a_dataclass_is(both: tuple[Any, Any], given: tuple[Any, ...], named: dict[str, Any]) -> None:
    ours, standard = both
    assert attributes(ours(*given, **named)) == attributes(standard(*given, **named))


@pytest.mark.parametrize(("given", "named"), [((), {}), ((1, 2, 3, 4, 5), {}), ((1,), {"a": 1}), ((1,), {"made": []}), ((1,), {"e": 1})])
def test_what_a_dataclass_refuses_it_refuses(both: tuple[Any, Any], given: tuple[Any, ...], named: dict[str, Any]) -> None:
    for either in both:
        with pytest.raises(TypeError):
            either(*given, **named)


def deep(level: int, make: Any) -> Any:
    return deep(level - 1, make) if level else make()


def levels(make: Any) -> int:
    """How deep in a recursion there is still room for `make`."""
    try:
        for level in range(sys.getrecursionlimit()):
            deep(level, make)
    except RecursionError:
        return level - 1
    raise AssertionError


def test_the_first_one_needs_no_more_room_than_any_other(both: tuple[Any, Any]) -> None:
    ours, standard = both
    assert deep(levels(lambda: standard(1)), lambda: ours(1)) == ours(1)


def test_two_do_not_share_what_is_made_for_each(both: tuple[Any, Any]) -> None:
    ours, _ = both
    one, other = ours(1), ours(1)
    one.made.append(1)
    one.c["x"] = 1
    assert (other.made, other.c) == ([], {})


def test_values_decide(both: tuple[Any, Any]) -> None:
    ours, _ = both
    assert ours(1) == ours(1, None) != ours(2)
    assert hash(ours(1, d=(3,))) == hash(ours(1, d=(3,)))
    assert ours(1) != 1
    assert replace(ours(1, "x"), a=5) == ours(5, "x")
    assert repr(ours(1, "x")).endswith("Example(made=[], fixed=7, a=1, b='x', c={}, d=(1, 2))")


def test_a_class_below_has_its_own_fields_too(both: tuple[Any, Any]) -> None:
    ours, _ = both

    @value_class(frozen=True, slots=True)
    class Below(ours):
        e: int = 7

    assert (ours(1).a, Below(2).a, Below(2, e=3).e, ours(3).a) == (1, 2, 3, 3)


def test_it_does_nothing_after_its_fields_are_set() -> None:
    with pytest.raises(AssertionError):

        @value_class(frozen=True, slots=True)
        class Example:
            a: int

            def __post_init__(self) -> None:
                raise NotImplementedError
