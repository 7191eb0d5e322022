"""How much of a period the recorded calls cover, and how many lack a count."""

from typing import TYPE_CHECKING

from ecocli.store.history import Filters, where
from ecocli.util.valueclass import value_class

if TYPE_CHECKING:
    from ecocli.store import Store


@value_class(frozen=True, slots=True)
class Uncounted:
    """Calls without a count, which a provider left out or nobody knew."""

    without_prompt: int
    without_completion: int
    without_both: int


def uncounted(store: "Store", filters: Filters) -> Uncounted:
    """Calls that `filters` choose with a count of zero: a call without any token is rare, and one without a prompt has lost it."""
    counts = "total(c.input_tokens = 0), total(c.output_tokens = 0), total(c.input_tokens = 0 AND c.output_tokens = 0)"
    with store.reading(filters):
        condition, values = where(store.connection, filters)
        row = store.connection.execute(f"SELECT {counts} FROM calls AS c {condition}", values).fetchone()
    return Uncounted(*map(int, row))
