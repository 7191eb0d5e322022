"""The one check of what comes from another store or file: a call with its results and its key, by the rules of an own record."""

import math
import re
from collections.abc import Iterator

from ecocli.contract.history import MOST_G_PER_KWH
from ecocli.core.footprint import ESTIMATES, Footprint
from ecocli.core.keys import SCOPES
from ecocli.core.quantity import Estimate
from ecocli.errors import BadData, BadField
from ecocli.ingest import native, rules
from ecocli.store.history import LOCAL
from ecocli.store.merge import ForeignCall, ForeignKey
from ecocli.store.rows import NewCall, NewResult
from ecocli.store.trail import KINDS, Withdrawal

BAD_FIGURE = "implausible-figure"
ROUNDING = 1 + 1e-6
"""Bounds come from logarithms: where there is no range, rounding may put them a digit past the value."""

MOST_WH, MOST_WH_PER_TOKEN, MOST_WH_PER_PAIR = 1e6, 1e3, 1e-4
"""
Energy that no call needs: a megawatt-hour, a kilowatt-hour per token, and a part that grows with the square of the tokens,
as attention does. The largest model of the catalogue at 10^12 tokens stays a thousandth below.
"""
MOST_PER_WH = {"co2_g": 10.0, "embodied_co2_g": 100.0, "water_onsite_ml": 1e3, "water_offsite_ml": 1e3, "water_ml": 1e3, "tree_days": 1.0, "market_co2_g": 10.0}
"""Of each figure, per watt-hour of that energy: ten times the dirtiest grid and more; energies themselves are 1."""
MOST_REASONING = 1e13

HASH, SALT, LAST4 = re.compile("([0-9a-f]{64})?"), re.compile("([0-9a-f]{32})?"), re.compile("[!-~]{4}")
"""The first two are empty for a key that came by a history."""


def check(foreign: ForeignCall) -> None:
    """Nothing, or BadData that names the field: what eco would not have written itself."""
    _check_call(foreign.new)
    results: list[NewCall | NewResult] = [foreign.new, *foreign.past]
    for result in results:
        check_result(result, foreign.new.usage.input_tokens + foreign.new.usage.output_tokens)
    if foreign.key is not None:
        check_key(foreign.key)
    if foreign.withdrawal is not None:
        _check_withdrawal(foreign.withdrawal)


def check_result(result: NewCall | NewResult, tokens: int) -> None:
    """Names, time and figures of a result for a call of so many tokens."""
    for name in ("final_region", "calculation_method"):
        rules.TEXT(name, getattr(result, name))
    if result.model_id is not None:
        rules.TEXT("model_id", result.model_id)
    if result.computed_at_ms is not None:
        rules.TIME("computed_at_ms", result.computed_at_ms)
    if not all(isinstance(sentence, str) for sentence in result.assessment.assumptions):
        raise BadData("assumptions: must be a list of sentences")
    if result.assessment.grid_g_per_kwh is not None:
        grid = result.assessment.grid_g_per_kwh
        _check_estimate("grid_g_per_kwh", Estimate(grid, grid, grid), MOST_G_PER_KWH)
    check_footprint(result.assessment.footprint, tokens)


def check_footprint(footprint: Footprint, tokens: int) -> None:
    """Every figure is finite, not negative, inside of its range, and no larger than any call's can be."""
    most_wh = MOST_WH + MOST_WH_PER_TOKEN * tokens + MOST_WH_PER_PAIR * tokens**2
    for name in ESTIMATES:
        _check_estimate(name, getattr(footprint, name), most_wh * MOST_PER_WH.get(name, 1.0))
    if footprint.market_co2_g is not None:
        market = footprint.market_co2_g
        _check_estimate("market_co2_g", Estimate(market, market, market), most_wh * MOST_PER_WH["market_co2_g"])
    if footprint.inferred_reasoning_tokens is not None:
        _check_estimate("inferred_reasoning_tokens", footprint.inferred_reasoning_tokens, MOST_REASONING)
    factor: object = footprint.dominant_factor  # of a file, it may be anything
    if not isinstance(factor, str) or len(factor) > rules.MAX_CHARACTERS:
        raise BadField("dominant_factor", factor, "must be the name of a factor")


def check_key(key: ForeignKey) -> None:
    """Name, last characters and, where they are known, hash, salt, scopes and times of a key."""
    rules.TEXT("name of a key", key.name)
    if key.name == LOCAL:
        raise BadField("name of a key", key.name, "must be another one: calls without a key go by this")
    _check_match("last characters of a key", key.last4, LAST4)
    if key.columns is None:  # of a history
        return
    _check_match("hash of a key", key.columns["hash"], HASH)
    _check_match("salt of a key", key.columns["salt"], SALT)
    if not isinstance(key.columns["scopes"], str) or not set(key.columns["scopes"].split()) <= {*SCOPES}:
        raise BadField("scopes of a key", key.columns["scopes"], f"must be of {' and '.join(SCOPES)}")
    for name in ("created_at_ms", "expires_at_ms", "revoked_at_ms"):
        if key.columns[name] is not None or name == "created_at_ms":
            rules.TIME(f"{name} of a key", key.columns[name])


def _check_withdrawal(withdrawal: Withdrawal) -> None:
    if withdrawal.kind not in KINDS:
        raise BadField("withdrawn", withdrawal.kind, f"must be {' or '.join(KINDS)}")
    rules.TIME("withdrawn_at_ms", withdrawal.at_ms)
    if withdrawal.lifted_at_ms is not None:
        rules.TIME("lifted_at_ms", withdrawal.lifted_at_ms)


def _check_call(new: NewCall) -> None:
    """The fields of an event by its rules, and those beside them."""
    given = {name: getattr(new.usage, attribute) for name, attribute in native.ATTRIBUTES.items()}
    given |= {"provider": new.provider_name, "id": new.call_id, "startTimeMs": new.started_at_ms}
    native.to_usage({name: value for name, value in given.items() if value is not None})
    rules.TEXT("provider id", new.provider)
    rules.TIME("recorded_at_ms", new.recorded_at_ms)
    rules.TEXT("format", new.usage.format)
    if new.usage.encoding is not None:
        rules.TEXT("encoding", new.usage.encoding)
    if not all(isinstance(sentence, str) for sentence in new.usage.assumptions):
        raise BadData("reading_assumptions: must be a list of sentences")


def _check_estimate(name: str, found: Estimate, most: float) -> None:
    for fault in _faults(found, most):
        raise BadField(name, [found.low, found.value, found.high], fault, code=BAD_FIGURE)


def _faults(found: Estimate, most: float) -> Iterator[str]:
    bounds = (found.low, found.value, found.high)
    if not all(type(each) in (int, float) and math.isfinite(each) and each >= 0 for each in bounds):
        yield "must be a low, a central and a high value that are not negative"
    elif not found.low <= found.value * ROUNDING or not found.value <= found.high * ROUNDING:
        yield "must be a low, a central and a high value, in this order"
    elif max(bounds) > most:
        yield f"must be at most {most:.3g}, which is more than such a call can need"


def _check_match(name: str, value: object, pattern: re.Pattern[str]) -> None:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise BadData(f"{name}: is not one that eco makes")
