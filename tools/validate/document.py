"""docs/validation.md, put together."""

from ecocli.pipeline.assessment import Assessor
from tools.validate import measured as m
from tools.validate import summary as s
from tools.validate import tables as t
from tools.validate.estimates import Compared
from tools.validate.figures import Published
from tools.validate.home import home_table
from tools.validate.widths import widths_table


def validation(eco: Assessor, published: Published) -> str:
    """Everything between the markers of docs/validation.md."""
    rows, batch8 = s.all_compared(eco, published.figures), s.batch8(eco, published)
    before = s.all_compared(eco, published.figures, "eco-1")
    parts = (
        ("## What was required", REQUIRED, t.requirements(eco, published, rows, batch8), t.summary_table(rows, before)),
        ("## Production figures", PRODUCTION, t.figures_table(s.production(rows), s.production(before))),
        ("## Measured deployments by requests at once", MEASURED, m.whole_table(), PARTS, m.parts_table()),
        ("## Home machines", HOME, home_table(eco)),
        ("## How wide the ranges are", WIDTHS, widths_table(eco)),
        ("## Jegham et al.", BATCH8, t.batch8_summary(batch8), t.batch8_table(batch8)),
        ("## Coding agents", AGENTS, t.agents_table(eco, published)),
        ("## Water and carbon", IMPACTS, t.water_and_carbon(eco, published.figures)),
        ("## Shown, not counted", APART, t.figures_table(_apart(rows), _apart(before)), t.without_tokens(published.figures)),
        ("## What stands for what", CHOICES, t.choices(published)),
    )
    return "\n".join("\n".join(part) for part in parts)


def _apart(rows: list[Compared]) -> list[Compared]:
    return [row for row in rows if not row.figure.in_production]


REQUIRED = """
Every estimate uses the shipped catalogue and the date of the figure.
No constant of the law was fitted to any figure here, and none may be: a requirement that does not hold is shown as it is.
One judgment was made with figures in view: that operators of closed models decode about 90 sequences at once is what the frontier figures want at the central sizes, so they do not test it.
Columns of eco-1 are what that method makes of the catalogue of today.
A median error of 1.5x means that half of the estimates are within a factor of 1.5 either way.
The figures are not independent: three are Epoch AI's and two are Oviedo's, so eight rows come from five sources.
"""
PRODUCTION = """
Figures of batched serving: measured, stated by the operator, or computed by others for such serving.
The estimate is taken at the boundary of the figure; a range in brackets is the publication's own.
DeepSeek's fleet spreads experts over hundreds of accelerators; its batch is taken from what DeepSeek published of its serving, not of its energy.
"""
MEASURED = """
GPU power of served models, of `tools/validate/measured.yaml`, prompts included; estimates are at the accelerators, and ratios are medians.
"Nothing stated" is a call to an open host; "all stated" gives `concurrency`, `accelerator` and `weight-precision`, which do not say whether prefill has boards of its own.
These rows are **in-sample**: eco-2's constants were fitted on them among others.
Left out of the fit, DeepSeek-V4-Pro has a median error of 1.12x where all is stated and Llama 3 on H100 NVL 1.41x: `docs/eco-2-study.md` has every series left out, by requests at once, sparsity, precision and accelerator, the 769 rows of ML.ENERGY included.
"""
PARTS = """
The same service where reading and writing have boards of their own, each alone; the batch is given.
"""
HOME = """
Machines at a wall meter, of `tools/validate/home_machines.yaml`: joules per token of 300 that are written, as an answer of Ollama would be estimated.
"Time, no profile" knows how long the answer took, "neither" its tokens alone, "profile" the machine's own meter, 0.9 of its peak (0.7 to 1).
"Profile of the table" is what `eco hardware add` writes for the machines that eco's table has; many of its watts are from the same author's readings, of these models and others.
The home factor and the watts of an unknown machine were chosen with these rows in view.
"""
WIDTHS = """
Half-widths over every model of the catalogue in June 2026; products that run several passes per token are left out.
An open model's width is mostly that of its operator's batch; a closed one's is its size as well.
"""
BATCH8 = """
Their method turns response times into energy with an assumed batch of 8, where production runs ten times as many requests at once.
So the estimates should lie two to five times below, with models in much the same order.
Models that reason wrote an unknown number of hidden tokens: they are in the table and not in the first line.
"""
AGENTS = """
These figures come from logs of tokens times a rate that follows the price, so they say how much is used better than what it draws.
Of all tokens 96 % are taken as cached reads, 3.6 % as fresh and 0.4 % as output, as in Hausfather's logs; Couch gives no split.
The length of a request follows from the figures: 592 439 tokens in 24 requests, and a prompt of 150 Wh in twelve at 60 Wh per million.
Estimates are for Claude Sonnet 4.5 and Claude Opus 4.5.
Couch counts a million cached reads as 39 Wh, a tenth of fresh ones as the price does; here they cost a fiftieth, plus the reading of their context.
That is most of the difference where requests are short and little is written at a long context.
"""
IMPACTS = """
Google's and Altman's water is on-site only.
Mistral's figures are a life-cycle assessment with upstream manufacturing, here beside operational plus embodied carbon and all water.
"""
APART = """
Figures taken from another one, superseded editions, other estimators, and benches without batching.
A bench without batching draws about ten times what serving does, so a small ratio is expected there.
"""
CHOICES = """
The model that stands for each figure, and what had to be assumed.
"""
