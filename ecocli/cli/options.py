"""Options that several commands share: filters on recorded calls, and costs."""

from typing import Annotated

import typer

from ecocli.cli import complete

StartDate = Annotated[str | None, typer.Option(metavar="DATE", help="First day or moment, ISO 8601.")]
EndDate = Annotated[str | None, typer.Option(metavar="DATE", help="Last day or moment, included.")]
KeyName = Annotated[
    str | None, typer.Option(metavar="NAME", autocompletion=complete.keys, help='Who recorded; "local" is the owner of the file.')
]
Provider = Annotated[str | None, typer.Option(metavar="NAME", autocompletion=complete.providers, help="Who served the calls.")]
Model = Annotated[
    str | None, typer.Option("--model", "-m", metavar="NAME", autocompletion=complete.models, help="As written, or the catalogue's id.")
]
Region = Annotated[str | None, typer.Option(metavar="PLACE", autocompletion=complete.regions, help="As written, or as resolved.")]
Source = Annotated[str | None, typer.Option(metavar="NAME", help="Where the counts come from.")]
Tags = Annotated[list[str] | None, typer.Option(metavar="KEY=VALUE", help="Calls with this tag; repeatable, all must match.")]
Cost = Annotated[bool | None, typer.Option("--cost/--no-cost", help="Add list prices in US dollars; needs ecocli[prices].", show_default=False)]
ModelMatch = Annotated[str | None, typer.Option(metavar="HOW", help="How the model was found: exact, alias, suffix, family, provider_default or class.")]
ModelFallback = Annotated[bool, typer.Option("--model-fallback", hidden=True, help="Accepted, and changes nothing.")]
Zone = Annotated[str | None, typer.Option(metavar="ZONE", help="Time zone of dates without an offset; UTC by default.")]
