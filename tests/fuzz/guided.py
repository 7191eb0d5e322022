"""One test out of all strategies, for a fuzzer that chooses what they draw."""

from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz import strategies
from tests.fuzz.targets import Machine, words

CASES = (
    st.tuples(st.just("payload"), strategies.PAYLOAD_BYTES)
    | st.tuples(st.just("payload"), strategies.NATIVE_BYTES)
    | st.tuples(st.just("words"), strategies.TEXTS)
)


def target(machine: Machine) -> Callable[[bytes], Any]:
    @given(CASES)
    def one(case: tuple[str, Any]) -> None:
        kind, data = case
        if kind == "payload":
            machine.payload(data)
        else:
            words(data, machine)

    return one.hypothesis.fuzz_one_input  # type: ignore[attr-defined,no-any-return]
