"""
The whole chain once more, from the equations on paper and with none of the estimator's code.

A quantity is a tuple (low, central, high). Products multiply the centres and add squared log-ratios, upward and
downward apart; sums add bounds. Everything is written for being compared with METHODOLOGY.md, not for speed.
"""

from math import exp, log, prod, sqrt

Q = tuple[float, float, float]


def spread(centre: float, down: float, up: float) -> Q:
    """From log-ratios to bounds."""
    return centre * exp(-down), centre, centre * exp(up)


def times(*factors: Q) -> Q:
    """A product of independent factors. One that is zero makes all zero."""
    centre = prod(f[1] for f in factors)
    if centre == 0:
        return 0.0, 0.0, 0.0
    down = sqrt(sum(log(f[1] / f[0]) ** 2 for f in factors))
    up = sqrt(sum(log(f[2] / f[1]) ** 2 for f in factors))
    return spread(centre, down, up)


def plus(*terms: Q) -> Q:
    """A sum of terms that move together."""
    return sum(t[0] for t in terms), sum(t[1] for t in terms), sum(t[2] for t in terms)


def power(q: Q, exponent: float) -> Q:
    low, high = sorted((q[0] ** exponent, q[2] ** exponent))
    return low, q[1] ** exponent, high


def scaled(q: Q, number: float) -> Q:
    return q[0] * number, q[1] * number, q[2] * number


def over(one: float, q: Q) -> Q:
    return one / q[2], one / q[1], one / q[0]


def factor(entry) -> Q:
    return entry.low, entry.value, entry.high


def vintage(at_ms: int, c) -> Q:
    """E4, with the year as a number: 2025.5 is the middle of 2025."""
    year = 1970 + at_ms / (365.25 * 24 * 3600 * 1000)

    def fleet(year: float, bound: str) -> float:
        year = max(c["vintage_first"].value, min(c["vintage_last"].value, year))
        old = {n: 1 / (1 + exp((year - c[f"{n}_middle"].value) / c[f"{n}_span"].value)) for n in ("software", "ampere", "blackwell")}
        ratio = {n: getattr(c[f"{n}_ratio"], bound) for n in old}
        return ratio["software"] ** old["software"] * ratio["ampere"] ** old["ampere"] * ratio["blackwell"] ** (1 - old["blackwell"])

    return fleet(year + 0.5, "low"), fleet(year, "value"), fleet(year - 0.5, "high")


def token_costs(model, c, at_ms: int) -> dict[str, Q]:
    """E1 to E3 with E4 worked in, in joules per token."""
    active, total = factor(model.active_params_b), factor(model.total_params_b)
    bits, kv = factor(model.weight_bits), factor(model.kv_bytes_per_token)
    age = vintage(at_ms, c)
    delta = c["prefill_sparsity"].value
    a, b, g = (c[f"decode_{n}_exponent"].value for n in ("active", "total", "bits"))
    prefill = times(factor(c["prefill_coefficient"]), scaled(bits, 1 / 8), power(active, 1 - delta), power(total, delta), age)
    sized = scaled(times(power(active, a), power(total, b), power(scaled(bits, 1 / 16), g * b)), c["decode_coefficient"].value)
    floor = c["decode_floor"].value
    decode = times(plus(sized, (floor, floor, floor)), factor(c["serving_configuration"]), age)
    return {
        "fresh": prefill,
        "growth": times(prefill, over(1, factor(c["prefill_doubling_position"]))),
        "cached": times(prefill, factor(c["cached_read_ratio"])),
        "output": decode,
        "context": times(factor(c["context_coefficient"]), scaled(kv, 1e-9), age),
    }


def accelerator_wh(costs: dict[str, Q], fresh: float, cached: float, output: float, c) -> Q:
    """E5."""
    position = cached + fresh / 2
    context = max(0.0, cached + fresh + output / 2 - c["reference_context"].value)
    joules = plus(
        scaled(costs["fresh"], fresh),
        scaled(costs["growth"], fresh * position),
        scaled(costs["cached"], cached),
        scaled(costs["output"], output),
        scaled(costs["context"], output * context),
    )
    return scaled(joules, 1 / 3600)


def reasoning(model, c, wait_ms: float, fresh: float, room: float) -> Q:
    """E14 and E15: the bounds take the extremes of queue, reading and writing together."""
    speed = scaled(factor(c["decode_rate_50b"]), (model.active_params_b.value / 50) ** c["decode_rate_exponent"].value)
    queue, reading = c["queue_s"], c["prefill_rate"]
    waits = (
        wait_ms / 1000 - (queue.high + fresh / reading.low),
        wait_ms / 1000 - (queue.value + fresh / reading.value),
        wait_ms / 1000 - (queue.low + fresh / reading.high),
    )
    return tuple(min(room, max(0.0, wait) * rate) for wait, rate in zip(waits, speed, strict=True))


def footprint(model, site, c, *, input, output, cached=0, at_ms, widening=1.0, wait_ms=None) -> dict[str, Q]:
    """Every quantity of one call. `wait_ms` means: reasoning is hidden and has to be told from this wait."""
    costs = token_costs(model, c, at_ms)
    fresh = input - cached
    own = [(1 / widening, 1.0, widening)]
    if model.compute_multiplier:
        own.append(factor(model.compute_multiplier))
    hidden = (0.0, 0.0, 0.0)
    if wait_ms is not None:
        room = model.context_tokens - input - output if model.context_tokens else float("inf")
        hidden = reasoning(model, c, wait_ms, fresh, max(0.0, room))
        few, middle, many = (accelerator_wh(costs, fresh, cached, output + n, c)[1] for n in hidden)
        own.append((few / middle, 1.0, many / middle))
    accelerators = times(accelerator_wh(costs, fresh, cached, output + hidden[1], c), *own)
    servers = times(accelerators, factor(c["host"]), factor(c["idle"]))
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
