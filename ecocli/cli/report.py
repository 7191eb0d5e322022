"""`eco report`."""

import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from ecocli.cli import complete, options
from ecocli.cli.group import META, EcoCommand, new_app
from ecocli.errors import MissingFile, UsageError, quoted, shorten

HELP = """Report the emissions of a period by the GHG Protocol and the CSRD, as an estimate.

Services by API and in a cloud are scope 3, category 1. Own machines are scope 2, and category 2 for their making. Rented ones are scope 2 or category 8, by who controls them.
What the undertaking is, its entities and its contractual instruments stand in config.toml, in [organisation] and [instruments.NAME].

--compare shows another period beside it. --lock keeps what the report of a period that is over says: from then on a report of it shows what has changed, and why. --verify makes a report anew that was written as JSON, and says what differs; exit 8.

Formats: text at a terminal, json in a pipe; also md, csv, and html, one file that needs no network. With --output the suffix of the file decides.
Text is one page, with --full all of the report; a file holds all of it.
A spreadsheet, xlsx, has every table with its sums as formulas, and wants --output; it needs pip install 'ecocli[xlsx]'.

Example: eco report --start-date 2025-01-01 --end-date 2025-12-31 --output report.html
"""
XLSX = "xlsx"
FORMATS = ("text", "md", "html", "json", "csv", XLSX)
SUFFIXES = {"txt": "text", "md": "md", "markdown": "md", "html": "html", "htm": "html", "json": "json", "csv": "csv", XLSX: XLSX}
STDOUT = "-"
OPTIONS = {"revenue": "--revenue", "name": "--organisation", "prepared_by": "--prepared-by"}
"""By the setting that each stands in for."""

app = new_app()


@app.command("report", cls=EcoCommand, help=HELP)
def report(
    ctx: typer.Context,
    since: options.Since = None,
    until: options.Until = None,
    last: options.Last = None,
    start_date: options.StartDate = None,
    end_date: options.EndDate = None,
    key_name: options.KeyName = None,
    provider: options.Provider = None,
    model: options.Model = None,
    region: options.Region = None,
    source: options.Source = None,
    tag: options.Tags = None,
    tz: options.Zone = None,
    revenue: Annotated[float | None, typer.Option(metavar="AMOUNT", min=0, help="Net revenue of the period, for the intensity per revenue.")] = None,
    organisation: Annotated[str | None, typer.Option(metavar="NAME", help="The undertaking that the report is for.")] = None,
    prepared_by: Annotated[str | None, typer.Option(metavar="NAME", help="Who answers for the report.")] = None,
    cost: options.Cost = None,
    full: Annotated[bool, typer.Option("--full", help="As text all of the report, not its first page alone.")] = False,
    no_pager: Annotated[bool, typer.Option("--no-pager", help="No pager, where a terminal is too small for the text.")] = False,
    compare: Annotated[str | None, typer.Option(metavar="PERIOD", autocompletion=complete.closed(("previous",)), help="Another period beside it: previous, or the same days of a year.")] = None,
    lock: Annotated[str | None, typer.Option(metavar="WHEN", help="Keep what the report of 2025, 2025-Q3 or 2025-11 says; period: that of --start-date and --end-date.")] = None,
    unlock: Annotated[str | None, typer.Option(metavar="WHEN", help="Lift such a lock, with --why; what was locked stays on record.")] = None,
    why: Annotated[str | None, typer.Option(metavar="TEXT", help="Why a lock is lifted.")] = None,
    nil: Annotated[bool, typer.Option("--nil", help="Lock a period without calls: a nil report.")] = False,
    verify: Annotated[str | None, typer.Option(metavar="FILE", help="Make the report of a JSON file anew, and say what differs.")] = None,
    output: Annotated[str | None, typer.Option("--output", "-o", metavar="FILE", help="File to write; its suffix decides the format.")] = None,
) -> None:
    from dataclasses import replace
    from functools import partial

    from ecocli import reports
    from ecocli.cli import outputs, report_lock
    from ecocli.cli.filters import filters
    from ecocli.cli.session import Session
    from ecocli.cli.summary import costs_of
    from ecocli.core.numbers import counted
    from ecocli.core.zones import Local, described

    session = Session(ctx.meta)
    if verify is not None:
        from ecocli.cli.report_verify import verify as verify_file

        verify_file(session, verify, ctx.params)
        return
    if output not in (None, STDOUT):
        options.new_file(output)
    format = _format(ctx, session, output)
    if format == XLSX:
        _check_spreadsheet(output)
    session.authorize("history:read")
    if output not in (None, STDOUT):
        outputs.check("--output", Path(output), session)
        _check_place(output)
    chosen = filters(session, start_date, end_date, key_name, provider, model, region, source, tag, tz, since=since, until=until, last=last)
    zone = session.zone(tz)
    asked = report_lock.Asked(compare, lock, unlock, why, nil, ctx.params)
    chosen = report_lock.of_period(asked, chosen, zone, session.now_ms())
    undertaking = _organisation(session, revenue, organisation, prepared_by)
    pricing = costs_of(session, cost, quiet=output in (None, STDOUT) and session.quiet)
    make = partial(
        reports.report, catalog=session.catalog, tz=zone, now_ms=session.now_ms(), organisation=undertaking, instruments=session.settings.instruments,
        pricing=pricing,
    )  # fmt: skip
    with session.open_store(create=False) as store:
        made = report_lock.made(session, store, asked, make, chosen)
    if isinstance(zone, Local):
        made = replace(made, warnings=[*made.warnings, f"Days are those of {described(zone)}: --tz or ECO_TZ makes the report the same on every machine."])
    for warning in made.warnings:
        session.say(f"eco: warning: {warning}")
    if output not in (None, STDOUT):
        # made before the file is opened: an error leaves an earlier report as it was
        Path(output).write_bytes(_content(made, format))
        session.say(f"{shorten(output)}: {counted(made.total.calls, 'call')}")
    elif not session.quiet:
        _print(made, format, session, full, no_pager)


def _organisation(session: Any, revenue: float | None, name: str | None, prepared_by: str | None) -> Any:
    """The undertaking of the configuration, with what the options say instead, by the same rules: --verify holds a file to them."""
    from dataclasses import replace

    from ecocli.config.organisation import organisation
    from ecocli.core.organisation import Organisation

    given = {key: value for key, value in {"revenue": revenue, "name": name, "prepared_by": prepared_by}.items() if value is not None}
    for key, value in given.items():
        try:
            organisation({key: value})
        except ValueError as error:
            raise UsageError(f"{OPTIONS[key]}: {str(error).removeprefix(f'{key}: ')}") from error
    return replace(session.settings.organisation or Organisation(), **given)


def _format(ctx: typer.Context, session: Any, output: str | None) -> str:
    """The format: by option, else by the suffix of the file, else the default of the session."""
    suffix = Path(output or "").suffix.lower().removeprefix(".")
    asked = any(ctx.meta.get(META + name) for name in ("format", "json", "jq"))
    if not asked and suffix in SUFFIXES:
        return SUFFIXES[suffix]
    if not asked and suffix:
        raise UsageError(f"no report is written as .{shorten(suffix)}", f"name it {', '.join(f'.{name}' for name in SUFFIXES)}, or give a --format")
    if output in (None, STDOUT):
        return str(session.format(*FORMATS))
    if session.filter:
        raise UsageError("--output writes a whole report", "leave --output away, and redirect what --json FIELDS or --jq prints")
    return str(session.format("md", *FORMATS, pipe="md"))


def _check_place(output: str) -> None:
    """Before anything is done, a period locked too: the file needs a folder to be in, and must be none."""
    path = Path(output)
    if path.is_dir():
        raise UsageError(f"{quoted(output, 200)} is a folder, and a file is needed", "name a file inside it")
    if not path.parent.is_dir():
        raise MissingFile(f"no folder {quoted(str(path.parent), 200)}", "make it, or name a file in another one")


def _check_spreadsheet(output: str | None) -> None:
    """Before anything is done, a period locked too: a terminal is sent no bytes of a file, and openpyxl has to be there."""
    if output is None or (output == STDOUT and sys.stdout.isatty()):
        raise UsageError("a spreadsheet needs a file", "name it: --output report.xlsx; --output - is for a pipe")
    _xlsx()


def _xlsx() -> Callable[[Any], bytes]:
    from ecocli.errors import MissingExtra

    try:
        from ecocli.render.report.xlsx import xlsx
    except ModuleNotFoundError as error:
        if error.name == "openpyxl":
            raise MissingExtra("a report as a spreadsheet", XLSX) from error
        raise
    return xlsx


def _content(report: Any, format: str) -> bytes:
    return _xlsx()(report) if format == XLSX else _text(report, format).encode("utf-8", "backslashreplace")


def _text(report: Any, format: str) -> str:
    if format == "text":
        return _plain(report, full=True, colour=False)
    if format == "html":
        from ecocli.render.report.html import html

        return html(report)
    if format == "md":
        from ecocli.render.report.markdown import markdown

        return markdown(report)
    if format == "json":
        from ecocli.contract.report import body
        from ecocli.core import json_lines

        return json_lines.text(body(report)) + "\n"
    from ecocli.render.report.csv import write_csv

    out = io.StringIO(newline="")
    write_csv(report, out)
    return out.getvalue()


def _plain(report: Any, full: bool, colour: bool) -> str:
    from shutil import get_terminal_size

    width = get_terminal_size().columns
    if full:
        from ecocli.render.report.plain import plain

        return plain(report, width, colour)
    from ecocli.render.report.page import page

    return page(report, width, colour, sys.stdout.encoding)


def _print(report: Any, format: str, session: Any, full: bool, no_pager: bool) -> None:
    if format == XLSX:
        sys.stdout.buffer.write(_content(report, format))
    elif format == "csv":
        from ecocli.cli.history import csv_out
        from ecocli.render.report.csv import write_csv

        write_csv(report, csv_out())
    elif format == "json":
        from ecocli.contract.report import body

        session.show_json(body(report))
    elif format == "text":
        from ecocli.cli import pager

        text = _plain(report, full, session.colour(sys.stdout))
        if no_pager:
            sys.stdout.write(text)
        else:
            pager.show(text, session.settings.pager)
    else:
        sys.stdout.write(_text(report, format))
