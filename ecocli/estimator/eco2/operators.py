"""How operators serve: sequences at once, waiting prefill and idle boards, where a call states nothing. Mostly judgment; each entry says so."""

from typing import NamedTuple

from ecocli.core.factors import Factor


class Operator(NamedTuple):
    """A class of operator, as far as nothing is known of the call."""

    batch: Factor
    """Sequences that decode at once per copy of the weights. [1]"""
    prefill_load: Factor
    """On prefill, for boards that wait between prompts. [1]"""
    idle: Factor
    """On servers, for those that are provisioned and idle. [1]"""
    boards_apart: bool = True
    """Prefill may have boards of its own."""


def _factor(value: float, low: float, high: float, source: str, unit: str = "1", basis: str = "assumed") -> Factor:
    return Factor(value, low, high, unit, source, 2026, basis)


_LOAD = _factor(
    1.25, 1.0, 2.5, "Judgment: prefill boards of DeepSeek-V4-Pro at 32-64 in flight cost 2.7 times saturated ones, serving on one set of boards hides it"
)
_IDLE = _factor(1.10, 1.0, 1.6, "Elsworth et al., arXiv:2508.15734: 0.02 of 0.22 Wh provisioned and idle", basis="derived")
_ONE_SET = "Judgment: one set of boards reads and writes"

OPERATORS: dict[str, Operator] = {
    "wide_expert_parallel": Operator(
        _factor(2700, 1024, 4096, "DeepSeek, open-infra-index, day 6: units of 18 nodes decode 14 800 tokens/s a node at 20-22 tokens/s a user, "
                "so 700 sequences a node and 12 600 a unit. Routed experts (654 of 671 B) are there once, the other 17 B on each of 144 GPUs: "
                "a token's share of reading is 654/12 600 + 17/87 = 0.25 B, that of B = 2 700. Low and high are judgment", basis="derived"),
        _factor(1.05, 1.0, 1.3, "Judgment: a fleet scaled with the day's load keeps prefill busy"),
        _factor(1.05, 1.0, 1.2, "Judgment on open-infra-index: nodes leave for training at night")),
    "frontier": Operator(
        _factor(90, 40, 300, "Judgment: the published figures of 2025 want about 90 at the central sizes, so they do not test this factor. "
                "At 24 all but the longest prompts exceed them 2 to 4 times, at 1 024 a quarter to under half is met: "
                "a batch far off goes with a size far off"), _LOAD, _IDLE),
    "open_host": Operator(
        _factor(100, 12.5, 3000, "Judgment with the 74 targets in view, on which 90 to 128 score alike; low and high are a trade between coverage "
                "at 16-32 at once and width"), _LOAD, _IDLE),
    "rare": Operator(
        _factor(24, 2, 256, "Judgment; Aegaeon (SOSP 2025, doi 10.1145/3731569.3764815): 17.7 % of a market's GPUs served 1.35 % of its requests"),
        _factor(1.5, 1.0, 3.5, "Judgment"),
        _factor(1.8, 1.1, 10.0, "Judgment on Aegaeon: 13 times the GPUs per request; idle boards draw a tenth to a third of full power")),
    "own_server": Operator(
        _factor(8, 1, 128, "Judgment: a server shared by a team, concurrency not stated"),
        _factor(1.1, 1.0, 1.5, _ONE_SET), _factor(1.3, 1.0, 3.0, "Judgment: not every hour is used"), boards_apart=False),
    "one_user": Operator(
        _factor(1, 1, 1, "One user, one request at a time"),
        _factor(1.0, 1.0, 1.3, _ONE_SET), _factor(1.0, 1.0, 1.3, "Judgment: waiting between requests is not counted"), boards_apart=False),
}  # fmt: skip
