"""`eco db query` and `eco db views`."""

import sys
from itertools import chain, islice
from typing import Annotated, Any

import typer
from typer.core import TyperOption

from ecocli.cli import complete
from ecocli.cli.group import META, EcoCommand
from ecocli.cli.interrupts import interruptible
from ecocli.cli.session import Session
from ecocli.errors import UnknownName, UsageError, did_you_mean, quoted

VALUES = META + "values"
PEEK = 100
"""Rows that say which columns of a table hold numbers."""


def _remember_values(ctx: typer.Context, param: Any, value: Any) -> Any:  # noqa: ARG001 - as the parser calls it
    ctx.meta[VALUES] = dict(value or ())


class QueryCommand(EcoCommand):
    """With an option of two values, which Typer itself does not have."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shared: dict[str, Any] = {"type": str, "callback": _remember_values, "expose_value": False}
        option = TyperOption(param_decls=["-p", "--param"], metavar="NAME VALUE", nargs=2, multiple=True, help="The value of :NAME in the query; repeatable.", **shared)
        self.params.insert(1, option)


def query(
    ctx: typer.Context,
    sql: Annotated[str, typer.Argument(metavar="SQL", help="One SELECT over the views that eco db views lists.", show_default=False)],
    table: Annotated[bool, typer.Option("--table", "-t", help="A table, as at a terminal.")] = False,
    nl: Annotated[bool, typer.Option("--nl", help="One JSON object per line, the same as --format ndjson.")] = False,
    csv: Annotated[bool, typer.Option("--csv", help="CSV, the same as --format csv.")] = False,
    no_headers: Annotated[bool, typer.Option("--no-headers", help="CSV without its first line.")] = False,
    raw: Annotated[bool, typer.Option("--raw", "-r", help="The first value of the first row, bare.")] = False,
    limit: Annotated[int | None, typer.Option("--limit", "-L", metavar="N", min=1, help="Rows at most.")] = None,
    timeout: Annotated[float | None, typer.Option("--timeout", metavar="S", min=0.001, help="Give up after so many seconds.")] = None,
) -> None:
    """Ask the records in SQL; nothing can be written. A table at a terminal, JSON in a pipe.

    The views stay as they are when a newer eco changes its tables; docs/views.md has every column with its unit.

    Example: eco db query "SELECT model, sum(co2_g) AS co2_g FROM calls GROUP BY model" -t
    """
    from ecocli.store import queries
    from ecocli.store.views import VIEWS

    if sql in VIEWS:
        raise UsageError(f"{sql} is a view, and SQL asks for what is in it", f"eco db query 'SELECT * FROM {sql}'")
    session = Session(ctx.meta)
    format = _format(session, {"table": table, "ndjson": nl, "csv": csv})
    if no_headers and format != "csv":
        raise UsageError("--no-headers is for CSV", "--csv --no-headers")
    with interruptible(), session.open_store(create=False) as store, queries.query(store, sql, ctx.meta.get(VALUES, {}), timeout) as found:
        rows = islice(found.rows, 1 if raw else limit)
        if session.quiet:
            list(rows)
        elif raw:
            _print_raw(next(rows, None))
        else:
            _print(session, found.columns, rows, format, not no_headers)


def views(
    ctx: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", autocompletion=complete.named("ecocli.store.views", "VIEWS"), help="The columns of this one.", show_default=False)] = None,
) -> None:
    """List the views that eco db query reads, or the columns of one with their units.

    Example: eco db views calls
    """
    from ecocli.store.views import VIEWS

    session = Session(ctx.meta)
    format = session.format("table", "json")
    if name is None:
        rows = [{"view": each, "columns": len(view.columns), "meaning": view.meaning} for each, view in VIEWS.items()]
    elif name in VIEWS:
        rows = [{"column": column.name, "unit": column.unit, "meaning": column.meaning} for column in VIEWS[name].columns]
    else:
        from difflib import get_close_matches

        raise UnknownName(f"no view named {quoted(name)}", did_you_mean(get_close_matches(name, VIEWS, n=1), f"there are {', '.join(VIEWS)}"), code="unknown-view")
    if format == "json":
        session.show_json(rows)
    else:
        session.show_table([(field, "right" if field == "columns" else "left") for field in rows[0]], [tuple(row.values()) for row in rows])


def _format(session: Session, switches: dict[str, bool]) -> str:
    """The format: by one of the switches, else by the options that all commands have."""
    named = [format for format, is_given in switches.items() if is_given]
    if len(named) > 1:
        raise UsageError(f"{' and '.join(named)} are asked for at once", "leave one of them out")
    if named and session.filter:
        raise UsageError(f"--json and --jq make JSON, not {named[0]}", "leave one of them out")
    return named[0] if named else session.format("table", "json", "csv", "ndjson")


def _print(session: Session, columns: tuple[str, ...], rows: Any, format: str, has_head: bool) -> None:
    from ecocli.render import query_rows as render

    if format == "csv":
        from ecocli.cli.history import csv_out

        render.write_csv(columns, rows, csv_out(), has_head)
    elif format == "table":
        head = list(islice(rows, PEEK))
        session.show_table(render.justified(columns, head), map(render.shown, chain(head, rows)))
    elif format == "ndjson":
        session.show_lines(render.objects(columns, rows))
    elif session.filter:
        session.show_json(list(render.objects(columns, rows)))
    else:
        from ecocli.render.history import write_list

        write_list(render.objects(columns, rows), sys.stdout)


def _print_raw(row: Any) -> None:
    """The first value, as it is; at a terminal without what drives that."""
    from ecocli.errors import plain

    text = "" if row is None or row[0] is None else row[0]
    if isinstance(text, bytes):
        text = text.hex()
    print(plain(str(text)) if sys.stdout.isatty() else text)
