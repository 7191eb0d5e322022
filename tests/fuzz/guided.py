"""One test out of all strategies, for a fuzzer that chooses what they draw."""

from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz import strategies
from tests.fuzz.targets import Machine, words


def cases(machine: Machine) -> st.SearchStrategy[Callable[[], Any]]:
    """Everything that can be tried, ready to be called."""
    payloads = strategies.PAYLOAD_BYTES | strategies.NATIVE_BYTES
    tried = [
        payloads.map(lambda data: lambda: machine.payload(data)),
        st.binary(max_size=2000).map(lambda data: lambda: machine.payload(data)),
        strategies.histories(machine.row()).map(lambda data: lambda: machine.history(data)),
        strategies.TEXTS.map(lambda text: lambda: words(text, machine)),
    ]
    for source in strategies.LOGS:
        tried.append(strategies.log(source).map(lambda versions, source=source: lambda: machine.log(source, *versions)))
    for source in strategies.WHOLE:
        tried.append(strategies.whole_log(source).map(lambda versions, source=source: lambda: machine.log(source, *versions)))
    for source in strategies.TABLES:
        tried.append(strategies.database(source).map(lambda found, source=source: lambda: machine.database(source, *found)))
    return st.one_of(tried)


def target(machine: Machine) -> Callable[[bytes], Any]:
    @given(cases(machine))
    def one(case: Callable[[], Any]) -> None:
        case()

    return one.hypothesis.fuzz_one_input  # type: ignore[attr-defined,no-any-return]
