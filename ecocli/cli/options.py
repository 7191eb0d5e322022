"""Options that several commands share: filters on recorded calls, and costs."""

from pathlib import Path
from typing import Annotated

import typer

from ecocli.cli import complete
from ecocli.config.paths import names_folder
from ecocli.errors import UsageError, quoted


def new_file(text: str) -> Path:
    """The path of a file to write. UsageError for the name of a folder, which as a path would lose what says so."""
    if names_folder(text):
        raise UsageError(f"{quoted(text, 200)} is a folder, and a file is needed", "name a file inside it")
    return Path(text)


Since = Annotated[
    str | None, typer.Option("--since", "-s", metavar="WHEN", help="From when: 2026-11-20, 2026-11, 2026-Q4, 2026-W47, yesterday, last month, or 7d before now.")
]
Until = Annotated[str | None, typer.Option("--until", "-u", metavar="WHEN", help="Until when, as --since; that day, month or quarter is included.")]
Last = Annotated[str | None, typer.Option(metavar="SPAN", help="The last days, weeks, months or years, today included: 7d, 2w, 3mo, 1y.")]
StartDate = Annotated[str | None, typer.Option(metavar="WHEN", help="Another name of --since.")]
EndDate = Annotated[str | None, typer.Option(metavar="WHEN", help="Another name of --until.")]
KeyName = Annotated[
    str | None, typer.Option(metavar="NAME", autocompletion=complete.keys, help='Who recorded; "local" is the owner of the file.')
]
Provider = Annotated[str | None, typer.Option(metavar="NAME", autocompletion=complete.providers, help="Who served the calls.")]
Model = Annotated[
    str | None, typer.Option("--model", "-m", metavar="NAME", autocompletion=complete.models, help="As written, or the catalogue's id; 'gpt*' is every name that begins so.")
]
Region = Annotated[str | None, typer.Option(metavar="PLACE", autocompletion=complete.regions, help="As written, or as resolved.")]
Source = Annotated[str | None, typer.Option(metavar="NAME", help="Where the counts come from.")]
Id = Annotated[
    list[str] | None,
    typer.Option(metavar="ID", autocompletion=complete.call_ids, help='The call with this id, "last", or the end of one: …f3a2c1; repeatable.'),
]
Tags = Annotated[list[str] | None, typer.Option(metavar="KEY=VALUE", help="Calls with this tag; repeatable, all must match.")]
Cost = Annotated[bool | None, typer.Option("--cost/--no-cost", help="Add list prices in US dollars; needs ecocli[prices].", show_default=False)]
ModelMatch = Annotated[str | None, typer.Option(metavar="HOW", autocompletion=complete.named("ecocli.core.matches", "MODEL_MATCHES"), help="How the model was found: exact, alias, suffix, family, provider_default or class.")]
ModelFallback = Annotated[bool, typer.Option("--model-fallback", hidden=True, help="Accepted, and changes nothing.")]
Zone = Annotated[str | None, typer.Option("--tz", "-z", "--timezone", metavar="ZONE", help="Time zone of days; else ECO_TZ, the configuration, the machine's own.")]
