"""`eco statusline`."""

from contextlib import nullcontext
from typing import Annotated, Any

import typer

from ecocli.cli import options
from ecocli.cli.group import EcoCommand, new_app

HELP = """One line for a shell prompt or an agent's status bar.

Claude Code's status JSON on standard input adds the model and, when its calls are recorded, the session.
A format string has fields in braces: {model}, {budget}, and one of today, week, month or session with
calls, tokens, energy, co2, water or tree, such as {week_co2}. Bars of a desktop read --format waybar and i3bar. A session is looked for in the last 7 days. With a budget in USD {budget} has to load the price list, which takes longer than all the rest.

Example: eco statusline --format-string "{today_co2} today, {month_energy} this month"
"""

BARS = ("waybar", "i3bar")

app = new_app()


@app.command("statusline", cls=EcoCommand, help=HELP)
def statusline(
    ctx: typer.Context,
    format_string: Annotated[str | None, typer.Option(metavar="TEXT", envvar="ECO_STATUSLINE", help="Text with fields in braces.")] = None,
    tz: options.Zone = None,
) -> None:
    from ecocli.cli.session import Session
    from ecocli.render import statusline as statuslines

    session = Session(ctx.meta)
    session.hurry()
    format = session.format("text", "json", *BARS, pipe="text")
    if format_string is not None:
        statuslines.check(format_string)
    zone = session.zone(tz)
    agent = statuslines.read_agent(_stdin())
    session.authorize("history:read")
    with _store(session) as store:
        values = statuslines.Values(store, agent, zone, session.now_ms(), session.price_list)
        shown: Any = _bar(format, values, format_string) if format in BARS else statuslines.line(values, format_string)
    if format == "text":
        session.show(shown)
        return
    if format == "json":
        from ecocli.core.zones import zone_name

        shown = {"text": shown, "timeZone": zone_name(zone)}
    session.show_json(shown)


def _bar(format: str, values: Any, format_string: str | None) -> dict[str, Any]:
    """What one of BARS reads."""
    from ecocli.render import bars

    return bars.waybar(values, format_string) if format == "waybar" else bars.i3bar(values, format_string)


def _store(session: Any) -> Any:
    """The store; None when nothing was recorded, which is a line of its own."""
    return session.open_store(create=False) if session.db_path.exists() else nullcontext()


def _stdin() -> bytes:
    """Standard input, as far as it is there: a prompt must not wait."""
    import sys

    from ecocli.util.nonblocking import read_ready

    try:
        return b"" if sys.stdin.isatty() else read_ready(sys.stdin.fileno())
    except (OSError, ValueError):  # closed, or no file at all
        return b""
