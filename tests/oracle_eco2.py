"""
Method eco-2 once more, from docs/eco-2-study.md and with none of its code.

A call is worked out from a flat list of inputs, each (low, central, high). Its range is found by brute force: every input goes to
its low and to its high, the whole law is worked out anew, and the log-ratios of each cost add in squares, upward and downward apart.
The fitted constants of E1 and E2 stay at their centres: the errors of the two laws were found on series held out, and hold them.
Little's law is solved by Steffensen's method. Quantities and what happens at the site are those of oracle.py.
"""

from math import exp, hypot, log, sqrt

from tests.oracle import Q, factor, plus, reasoning, scaled, spread, times

Inputs = dict[str, Q]
Values = dict[str, float]
COSTS = ("fresh", "growth", "cached", "output", "context")


def year_of(at_ms: int) -> float:
    """2025.5 is the middle of 2025."""
    return 1970 + at_ms / (365.25 * 24 * 3600 * 1000)


def older(name: str, year: float, c) -> float:
    """Share of tokens that the older generation still serves."""
    year = max(c["vintage_first"].value, min(c["vintage_last"].value, year))
    return 1 / (1 + exp((year - c[f"{name}_middle"].value) / c[f"{name}_span"].value))


# The inputs


def software(year: float, c) -> Q:
    """E4a: half a year ahead with the low ratio, half a year behind with the high one; at home that of late 2025, whatever the date."""
    if "home_software" in c:
        return factor(c["home_software"])
    ratio = c["software_ratio"]
    return (
        max(1.0, ratio.low) ** older("software", year + 0.5, c),
        ratio.value ** older("software", year, c),
        ratio.high ** older("software", year - 0.5, c),
    )


def hardware(kind: str, year: float, c) -> Q:
    """
    E4b, or the accelerator that the call states.

    The logarithm of a ratio is multiplied by a share that is unsure by 1.645 standard deviations of a coin, and never leaves 0 to 1;
    beside that the ratio itself is unsure.
    """
    if f"accelerator_{kind}" in c:
        return factor(c[f"accelerator_{kind}"])
    centre, downs, ups = 0.0, [], []
    for name, share in (("ampere", older("ampere", year, c)), ("blackwell", 1 - older("blackwell", year, c))):
        ratio, wobble = c[f"{name}_{kind}"], 1.645 * sqrt(share * (1 - share))
        ends = sorted(log(ratio.value) * s for s in (max(0.0, share - wobble), min(1.0, share + wobble)))
        middle = log(ratio.value) * share
        centre += middle
        downs += [middle - ends[0], share * log(ratio.value / ratio.low)]
        ups += [ends[1] - middle, share * log(ratio.high / ratio.value)]
    return spread(exp(centre), hypot(*downs), hypot(*ups))


def bits(model, year: float, c) -> tuple[Q, Q]:
    """Bits that a weight is stored in, and bytes that it is multiplied in."""
    if "stored_bits" in c:
        return factor(c["stored_bits"]), factor(c["arithmetic_bytes"])
    low, value, high = factor(model.weight_bits)
    if model.open_weights:
        newest = c["accelerator_fp4"].value if "accelerator_fp4" in c else 1 - older("blackwell", year, c)
        low = min(low, low ** (1 - newest) * c["blackwell_bits"].value ** newest)
    return (low, value, high), tuple(min(2.0, max(0.5, b / 8)) for b in (low, value, high))


def decode_error(model, c) -> Q:
    """The law's own error, which grows with sparsity."""
    sparsity = log(model.total_params_b.value / model.active_params_b.value)
    error = c["decode_law_error"]
    return spread(
        1.0,
        log(1 / error.low) + c["sparse_error_down"].value * sparsity,
        log(error.high) + c["sparse_error_up"].value * sparsity,
    )


def inputs(model, c, at_ms: int, batch: Q, load: Q) -> Inputs:
    """All that the law takes of a model, a day and an operator."""
    year = year_of(at_ms)
    stored, multiplied = bits(model, year, c)
    fixed = (
        "prefill_coefficient", "bytes_exponent", "prefill_sparsity", "decode_compute", "weight_reading", "waiting", "step", "decode_floor",
    )  # fmt: skip
    ranged = ("context_coefficient", "prefill_doubling_position", "cached_read_ratio", "prefill_law_error")
    return {name: (c[name].value,) * 3 for name in fixed} | {name: factor(c[name]) for name in ranged} | {
        "total": factor(model.total_params_b), "active": factor(model.active_params_b),
        "read": factor(model.prefill_params_b) if model.prefill_params_b else (0.0, 0.0, 0.0),
        "tables": (model.table_params_b.value,) * 3 if model.table_params_b else (0.0, 0.0, 0.0),
        "bits": stored, "bytes": multiplied, "kv": factor(model.kv_bytes_per_token), "decode_law_error": decode_error(model, c),
        "g_c": hardware("compute", year, c), "g_m": hardware("reading", year, c), "software": software(year, c), "batch": batch, "load": load,
    }  # fmt: skip


# The law


def law(v: Values) -> Values:
    """E1 to E3 in joules per token, from one number for each input."""
    stored = v["total"] - v["tables"]
    active = min(v["active"], stored)
    read = min(v["read"] or v["active"], stored)
    weights_gb = stored * v["bits"] / 8

    def arithmetic(size: float) -> float:
        delta = v["prefill_sparsity"]
        return v["prefill_coefficient"] * v["bytes"] ** v["bytes_exponent"] * size ** (1 - delta) * stored**delta * v["g_c"]

    touched = 1 - (1 - active / stored) ** v["batch"]
    shared = v["weight_reading"] * weights_gb * touched + v["waiting"] * weights_gb + v["step"]
    output = (v["decode_floor"] + shared / v["batch"]) * v["g_m"] + v["decode_compute"] * arithmetic(active)
    fresh = arithmetic(read) * v["load"] * v["prefill_law_error"] * v["software"]
    return {
        "fresh": fresh,
        "growth": fresh / v["prefill_doubling_position"],
        "cached": fresh * v["cached_read_ratio"],
        "output": output * v["decode_law_error"] * v["software"],
        "context": v["context_coefficient"] * v["kv"] / 1e9 * v["g_m"] * v["software"],
    }


def centres(every: Inputs) -> Values:
    return {name: q[1] for name, q in every.items()}


def token_costs(every: Inputs) -> dict[str, Q]:
    """The five costs with their ranges."""
    middle = law(centres(every))
    down, up = dict.fromkeys(COSTS, 0.0), dict.fromkeys(COSTS, 0.0)
    for name, (low, _, high) in every.items():
        for bound in (low, high):
            moved = law(centres(every) | {name: bound})
            for cost in COSTS:
                ratio = log(moved[cost] / middle[cost])
                up[cost] += max(0.0, ratio) ** 2
                down[cost] += min(0.0, ratio) ** 2
    return {cost: spread(middle[cost], sqrt(down[cost]), sqrt(up[cost])) for cost in COSTS}


# A call


def accelerator_wh(costs: dict[str, Q], fresh: float, cached: float, output: float) -> Q:
    """E5, with all of the context in E3."""
    amounts = (fresh, fresh * (cached + fresh / 2), cached, output, output * (cached + fresh + output / 2))
    return scaled(plus(*(scaled(costs[name], amount) for name, amount in zip(COSTS, amounts, strict=True))), 1 / 3600)


def decoding_at_once(v: Values, concurrency: float, fresh: float, cached: float, output: float) -> float:
    """
    E2b by Steffensen's method, kept in its bracket: the zero of 1 + (C - 1) * D/(D + P) - B.

    The boards of prefill are busy, and the software, which P and D share, does not matter.
    """
    concurrency = max(1.0, concurrency)
    if output == 0:
        return concurrency

    def excess(batch: float) -> float:
        costs = law(v | {"batch": batch, "load": 1.0, "software": 1.0, "prefill_law_error": 1.0, "decode_law_error": 1.0})
        prefill = costs["fresh"] * fresh + costs["growth"] * fresh * (cached + fresh / 2) + costs["cached"] * cached
        decode = output * (costs["output"] + costs["context"] * (cached + fresh + output / 2))
        return 1 + (concurrency - 1) * decode / (decode + prefill) - batch

    low, high = 1.0, concurrency
    batch = sqrt(concurrency)
    for _ in range(200):
        wrong = excess(batch)
        if wrong == 0 or high - low < 1e-13 * high:
            break
        low, high = (batch, high) if wrong > 0 else (low, batch)
        slope = (excess(batch + wrong) - wrong) / wrong if batch + wrong >= 1 else 0.0
        ahead = batch - wrong / slope if slope else low
        batch = ahead if low < ahead < high else (low + high) / 2
    return batch


def host(c, at_once: float) -> Q:
    """E6a and E6b; at home the way from the law to the wall."""
    if "home_factor" in c:
        return factor(c["home_factor"])
    power = c["board_power_one"].value + c["board_power_rise"].value * at_once / (at_once + c["board_power_half"].value)
    return tuple(1 + share / power for share in factor(c["host_share"]))


def served(model, c, at_ms: int, concurrency: float | None, tokens: tuple[float, float, float]) -> tuple[Q, Q, Q]:
    """Batch, load of prefill, and idle servers."""
    if concurrency is None:
        return factor(c["operator_batch"]), factor(c["prefill_load"]), factor(c["idle"])
    one = (1.0, 1.0, 1.0)
    at_centres = centres(inputs(model, c, at_ms, one, one))
    batch = decoding_at_once(at_centres, concurrency, *tokens)
    load = tuple(1 + ell / (concurrency + c["split_offset"].value) for ell in factor(c["split_waiting"]))
    return (max(1.0, batch / c["concurrency_spread"].value), batch, max(batch, concurrency)), load, factor(c["idle_stated"])


def footprint(model, site, c, *, input, output, cached=0, at_ms, widening=1.0, wait_ms=None, concurrency=None) -> dict[str, Q]:
    """Every quantity of one call. `wait_ms` means: reasoning is hidden and has to be told from this wait."""
    fresh, own, hidden = input - cached, [(1 / widening, 1.0, widening)], (0.0, 0.0, 0.0)
    if model.compute_multiplier:
        own.append(factor(model.compute_multiplier))
    if wait_ms is not None:
        room = model.context_tokens - input - output if model.context_tokens else float("inf")
        hidden = reasoning(model, c, wait_ms, fresh, max(0.0, room))
    batch, load, idle = served(model, c, at_ms, concurrency, (fresh, cached, output + hidden[1]))
    if "home_factor" in c:
        idle = (1.0, 1.0, 1.0)
    costs = token_costs(inputs(model, c, at_ms, batch, load))
    if wait_ms is not None:
        few, middle, many = (accelerator_wh(costs, fresh, cached, output + tokens)[1] for tokens in hidden)
        own.append((few / middle, 1.0, many / middle))
    accelerators = times(accelerator_wh(costs, fresh, cached, output + hidden[1]), *own)
    servers = times(accelerators, host(c, batch[1] if concurrency is None else max(1.0, concurrency)), idle)
    meter = times(servers, factor(site.pue))
    carbon = scaled(times(meter, factor(site.intensity_g_per_kwh)), 1 / 1000)
    onsite, offsite = times(servers, factor(site.wue_site_l_per_kwh)), times(meter, factor(site.wue_source_l_per_kwh))
    return {
        "accelerator_energy_wh": accelerators,
        "it_energy_wh": servers,
        "facility_energy_wh": meter,
        "co2_g": carbon,
        "embodied_co2_g": times(servers, factor(c["embodied_per_it_wh"])),
        "water_onsite_ml": onsite,
        "water_offsite_ml": offsite,
        "water_ml": plus(onsite, offsite),
        "tree_days": scaled(carbon, 1 / c["tree_uptake"].value),
    }
