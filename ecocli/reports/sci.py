"""
The Software Carbon Intensity of AI at the consumer's boundary: operational and embodied emissions per functional unit.

The unit is a token, in or out, of a model, and an execution of an agent, as far as calls say by their tag `session`
which execution they belong to. Location-based: instruments and claims of the market are no part of a score.
"""

from ecocli.core.quantity import ZERO, Estimate
from ecocli.reports.lines import Line
from ecocli.store.totals import Sum
from ecocli.util.valueclass import value_class

SESSION = "session"
TOKEN, EXECUTION = "token", "execution"
LACKS = (
    "orchestration around the calls, such as the agent's own processes, vector databases and tools",
    "monitoring, logging and evaluation",
    "storage of prompts, answers and data",
    "networks, and the caller's own devices",
)
"""Parts of the consumer's boundary that no recorded call shows: a score of the whole software has to add them."""


@value_class(frozen=True, slots=True)
class Score:
    """Emissions per functional unit."""

    name: str
    unit: str
    """TOKEN or EXECUTION."""
    units: int
    """How many tokens or executions the emissions are divided by."""
    co2_g: Estimate
    """Operational and embodied, of one unit. [g]"""


def of_models(models: list[Line]) -> list[Score]:
    """Per token, in and out, of each model that has any."""
    found = []
    for line in models:
        tokens = line.amounts.input_tokens + line.amounts.output_tokens
        if tokens:
            found.append(Score(line.name, TOKEN, tokens, (line.amounts.co2_g + line.amounts.embodied_co2_g) / tokens))
    return found


def of_sessions(sums: list[Sum]) -> list[Score]:
    """Per execution of an agent, over all sessions; none where no call names one."""
    if not sums:
        return []
    whole = sum((each["co2_g"] + each["embodied_co2_g"] for each in sums), start=ZERO)
    return [Score("agent sessions", EXECUTION, len(sums), whole / len(sums))]
