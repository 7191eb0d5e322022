"""`eco compare`."""

import json
import sys
from typing import Annotated

import typer

from ecocli.cli import complete, options
from ecocli.cli.group import EcoCommand, new_app

HELP = """Compare models, and regions, doing the same work; the lightest comes first.

Example: eco compare gpt-4o claude-sonnet-4.5 --prompt-tokens 1000 --completion-tokens 500 --region us-east-1
"""

app = new_app()
MOST = 10**12
BETWEEN = ("vs", "vs.")
"""Words that people put between the names that they compare."""


@app.command("compare", cls=EcoCommand, help=HELP)
def compare(
    ctx: typer.Context,
    models: Annotated[list[str], typer.Argument(metavar="MODEL...", autocompletion=complete.models, help="Ids or aliases.")],
    prompt_tokens: Annotated[int, typer.Option(metavar="N", min=0, max=MOST, help="All input, cached included.")] = 1000,
    completion_tokens: Annotated[int, typer.Option(metavar="N", min=0, max=MOST, help="All output, reasoning included.")] = 500,
    cached_tokens: Annotated[int | None, typer.Option(metavar="N", min=0, max=MOST, help="Prompt tokens read from a cache.")] = None,
    region: Annotated[list[str] | None, typer.Option(autocompletion=complete.regions, help="Repeatable, or with commas: every model is compared at every place.")] = None,
    provider: Annotated[str | None, typer.Option(metavar="NAME", autocompletion=complete.providers, help="Who serves all of them.")] = None,
    at: Annotated[str | None, typer.Option(metavar="WHEN", help='When the work is done: "2026-11-20 10:00", yesterday, now; now by default.')] = None,
    tz: options.Zone = None,
    start_time_ms: Annotated[int | None, typer.Option(metavar="N", help="The same, in ms since 1970 UTC.")] = None,
    model_fallback: options.ModelFallback = False,  # noqa: ARG001 - accepted, and changes nothing
    region_fallback: Annotated[bool, typer.Option("--region-fallback", help="An unknown region counts as an average.")] = False,
    cost: options.Cost = None,
) -> None:
    from ecocli.analysis.comparison import Contender
    from ecocli.analysis.comparison import compare as compare_all
    from ecocli.cli.call_input import check_times, dated
    from ecocli.cli.session import Session
    from ecocli.contract.comparison import row
    from ecocli.core.usage import SERVING, Usage
    from ecocli.errors import UsageError
    from ecocli.pipeline.assessment import Assessor
    from ecocli.render import compare as render

    session = Session(ctx.meta)
    format = session.format("table", "json", "csv", "ndjson")
    if cached_tokens is not None and cached_tokens > prompt_tokens:
        raise UsageError(f"--cached-tokens {cached_tokens} is more than --prompt-tokens {prompt_tokens}", "cached tokens are part of the prompt")
    when = dated({"at": at, "tz": tz, "start_time_ms": start_time_ms}, session)
    check_times(when, session.now_ms())
    assessor = Assessor(session.catalog, strict=True, region_fallback=region_fallback, preferences=session.settings.preferences)
    places: list[str | None] = [*_each(region)] if region else [None]
    contenders = [Contender(model, place, provider) for model in _each(models) for place in places]
    serving = {name: getattr(session.settings, name) for name in SERVING}
    work = Usage(prompt_tokens, completion_tokens, cached_tokens=cached_tokens, started_at_ms=when["start_time_ms"], **serving)
    prices = session.prices(cost)
    compared = compare_all(contenders, work, assessor, session.now_ms(), prices)
    rows = [row(one) for one in compared]
    if session.quiet:
        return
    if format == "table":
        render.print_table(compared, sys.stdout, session.colour(sys.stdout), cost=prices is not None)
    elif format == "csv":
        from ecocli.cli.history import csv_out

        render.write_csv(rows, csv_out(), cost=prices is not None)
    elif format == "json":
        session.show_json(rows)
    else:
        print("".join(json.dumps(body, ensure_ascii=sys.stdout.isatty()) + "\n" for body in rows), end="")


def _each(given: list[str]) -> list[str]:
    """Names, each once; no name of a model or a place has a comma, but some spell a place with its country behind one."""
    split = (part.strip() for text in given for part in (text.split(",") if ", " not in text else [text]))
    return list(dict.fromkeys(part for part in split if part and part.lower() not in BETWEEN))
