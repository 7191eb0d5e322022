"""The options that `eco record` and `eco estimate` share."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from ecocli.cli import complete, options
from ecocli.cli.group import CLICK_ERROR, EcoCommand, new_app
from ecocli.core.hosting import KINDS
from ecocli.core.usage import BOUNDARIES
from ecocli.errors import EcoError


class CallCommand(EcoCommand):
    """A command that with --tee passes its input on even when the command line is wrong."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        passes = "--tee" in args and not ctx.resilient_parsing and not sys.stdin.isatty()
        try:
            return super().parse_args(ctx, args)
        except (EcoError, CLICK_ERROR):
            if passes:
                from ecocli.cli.call_files import passed_through

                with passed_through():
                    pass
            raise


def app_for(name: str, help: str, store: bool) -> typer.Typer:
    """The app of the command `name`; with `store` it records its calls."""
    app = new_app()

    @app.command(name, cls=CallCommand, help=help)
    def command(
        ctx: typer.Context,
        provider: Annotated[str | None, typer.Option(metavar="NAME", autocompletion=complete.providers, help="Who served the call: a maker or a cloud.")] = None,
        model: Annotated[str | None, typer.Option("--model", "-m", metavar="NAME", autocompletion=complete.models, help="Id, alias or dated id of the model.")] = None,
        prompt_tokens: Annotated[int | None, typer.Option(metavar="N", help="All input, cached included.")] = None,
        completion_tokens: Annotated[int | None, typer.Option(metavar="N", help="All output, reasoning included.")] = None,
        reasoning_tokens: Annotated[int | None, typer.Option(metavar="N", help="Part of the completion.")] = None,
        cached_tokens: Annotated[int | None, typer.Option(metavar="N", help="Prompt tokens read from a cache.")] = None,
        cache_write_tokens: Annotated[int | None, typer.Option(metavar="N", help="Prompt tokens written to a cache.")] = None,
        region: Annotated[str | None, typer.Option(metavar="PLACE", autocompletion=complete.regions, help="Cloud region, country, US state or grid zone.")] = None,
        concurrency: Annotated[float | None, typer.Option(metavar="N", help="Requests in flight at once, per copy of the model's weights.")] = None,
        accelerator: Annotated[str | None, typer.Option(metavar="NAME", help='What it was served on, such as H100 or "RTX 4090".')] = None,
        weight_precision: Annotated[str | None, typer.Option(metavar="NAME", help="Number format of the weights as served, such as fp8 or q4_K_M.")] = None,
        hosting: Annotated[str | None, typer.Option(metavar="KIND", autocompletion=complete.closed(KINDS), help="own: your machine; rented: a server on which you run the engine; cloud: a managed service in your account; api.")] = None,
        control: Annotated[bool | None, typer.Option("--control/--no-control", help="Whether you control that machine, for the scopes of a report; by default only of your own.")] = None,
        hardware: Annotated[str | None, typer.Option(metavar="NAME", autocompletion=complete.hardware, help="Hardware profile of the machine that computed, see eco hardware.")] = None,
        measured_wh: Annotated[float | None, typer.Option(metavar="WH", help="Energy of the call, as measured.")] = None,
        measured_boundary: Annotated[str | None, typer.Option(metavar="WHERE", autocompletion=complete.closed(BOUNDARIES), help="Where it was measured: gpu, soc or wall.")] = None,
        measured_by: Annotated[str | None, typer.Option(metavar="NAME", help="Instrument or program that measured.")] = None,
        at: Annotated[str | None, typer.Option(metavar="WHEN", help='When it began: "2026-11-20 10:00", "yesterday 14:00", now; now by default.')] = None,
        tz: options.Zone = None,
        start_time_ms: Annotated[int | None, typer.Option(metavar="N", help="The same, in ms since 1970 UTC.")] = None,
        first_token_time_ms: Annotated[int | None, typer.Option(metavar="N", help="When its first token arrived.")] = None,
        end_time_ms: Annotated[int | None, typer.Option(metavar="N", help="When it ended.")] = None,
        source: Annotated[str | None, typer.Option(metavar="NAME", help="Where the counts come from; manual where they are flags.")] = None,
        is_estimated: Annotated[bool, typer.Option("--is-estimated", help="The counts are estimates of visible text.")] = False,
        estimation_method: Annotated[str | None, typer.Option(metavar="NAME", help="How they were estimated.")] = None,
        id: Annotated[str | None, typer.Option(metavar="ID", help="Your own id; a second call with the same id adds nothing.")] = None,
        tag: Annotated[list[str] | None, typer.Option(metavar="KEY=VALUE", help="For filters and groups; repeatable, or KEY=VALUE,KEY=VALUE.")] = None,
        prompt_text: Annotated[str | None, typer.Option(metavar="TEXT", help="Text to count as the prompt; never stored.")] = None,
        prompt_file: Annotated[Path | None, typer.Option(metavar="FILE", help="File with text to count as the prompt; - is standard input.")] = None,
        completion_text: Annotated[str | None, typer.Option(metavar="TEXT", help="Text to count as the answer; never stored.")] = None,
        completion_file: Annotated[Path | None, typer.Option(metavar="FILE", help="File with text to count as the answer; - is standard input.")] = None,
        messages: Annotated[Path | None, typer.Option(metavar="FILE", help="File with OpenAI-style chat messages to count as the prompt.")] = None,
        input: Annotated[Path | None, typer.Option("--input", "-i", metavar="FILE", help="A JSON object, an array or NDJSON; - is standard input.")] = None,
        from_format: Annotated[str | None, typer.Option("--from", metavar="FORMAT", autocompletion=complete.formats, help="Payload format; detected from its keys by default.")] = None,
        header: Annotated[list[str] | None, typer.Option(metavar="NAME:VALUE", help="A response header, or the request's host, as a hint at the region; repeatable.")] = None,
        tee: Annotated[bool, typer.Option("--tee", help="Pass the input on to standard output, the answer to standard error.")] = False,
        skip_invalid: Annotated[bool, typer.Option("--skip-invalid", help="Skip invalid events and keep the others; exit 4 when some were skipped.")] = False,
        rejects: Annotated[Path | None, typer.Option(parser=options.new_file, metavar="FILE", help="File for the events that --skip-invalid skips.")] = None,
        strict: Annotated[bool, typer.Option("--strict", help="An unknown model is an error, and does not count as its family or class.")] = False,
        model_fallback: options.ModelFallback = False,
        region_fallback: Annotated[bool, typer.Option("--region-fallback", help="An unknown region counts as the provider's average.")] = False,
        replace: Annotated[bool, typer.Option("--replace", hidden=not store, help="A call whose id is known takes that one's place; eco explain still shows it.")] = False,
        again: Annotated[bool, typer.Option("--again", hidden=not store, help="Record calls once more that were forgotten or undone.")] = False,
        explain: Annotated[bool, typer.Option("--explain", help="Add every factor and step to the answer.")] = False,
        cost: options.Cost = None,
    ) -> None:
        given = {name: value for name, value in locals().items() if name != "ctx"}
        from ecocli.cli.call_run import run

        run(ctx.meta, given, store)

    return app
