"""`eco budget`."""

from typing import Annotated, Any

import typer

from ecocli.cli import complete, options
from ecocli.cli.group import EcoCommand, EcoGroup, new_app
from ecocli.cli.session import Session

app = new_app(cls=EcoGroup, help="Set how much a day, a week, a month or a year may cost, and check it.\n\nExample: eco budget set 500g --per week --tag project=x")


@app.command("add", cls=EcoCommand, hidden=True, help="Set a budget: another name of eco budget set.\n\nExample: eco budget add 50 USD/month")
@app.command("set", cls=EcoCommand)
def set_budget(
    ctx: typer.Context,
    amount: Annotated[list[str], typer.Argument(metavar="AMOUNT", help="With its unit: Wh, kWh, g, kg, mL, L, USD or tokens; the period may follow, 50USD/month.")],
    per: Annotated[str | None, typer.Option(metavar="PERIOD", autocompletion=complete.named("ecocli.analysis.periods", "PERIODS"), help="day, week, month or year. [default: month]")] = None,
    tag: Annotated[list[str] | None, typer.Option(metavar="KEY=VALUE", help="Only calls with this tag; repeatable, all must match.")] = None,
) -> None:
    """Set a budget of energy, carbon, water, money or tokens; the same period and tags again change its amount.

    Example: eco budget set 500g --per week --tag project=x
    """
    from ecocli.analysis.budgets import parse_limit
    from ecocli.cli.call_input import tag_pairs
    from ecocli.store.budgets import Budgets

    session = Session(ctx.meta)
    format = session.format("text", "json")
    figure, most, period = parse_limit(" ".join(amount), per)
    with session.open_store() as store:
        budget = Budgets(store).set(figure, period, most, dict(tag_pairs(tag or [])), session.now_ms())
    _show(session, budget, "set", format)


@app.command("list", cls=EcoCommand)
def list_budgets(ctx: typer.Context, tz: options.Zone = None) -> None:
    """List budgets, and how much of each is used.

    Example: eco budget list
    """
    session = Session(ctx.meta)
    format = session.format("table", "json")
    session.authorize("history:read")
    _print(session, _spent(session, tz), format, tz)


@app.command("remove", cls=EcoCommand)
def remove(ctx: typer.Context, id: Annotated[int, typer.Argument(metavar="ID", min=1, help="As in eco budget list.")]) -> None:
    """Remove a budget. What was recorded stays.

    Example: eco budget remove 1
    """
    from ecocli.store.budgets import Budgets, UnknownBudget

    session = Session(ctx.meta)
    format = session.format("text", "json")
    if not session.db_path.exists():
        raise UnknownBudget(id)
    with session.open_store() as store:
        budget = Budgets(store).remove(id)
    _show(session, budget, "removed", format)


@app.command("check", cls=EcoCommand)
def check(ctx: typer.Context, tz: options.Zone = None) -> None:
    """Compare what was spent with every budget; exit 7 when one is exceeded, for CI.

    Example: eco budget check || echo "over budget"
    """
    from ecocli.errors import BadData, OverBudget

    session = Session(ctx.meta)
    format = session.format("table", "json")
    session.authorize("history:read")
    found = _spent(session, tz)
    _print(session, found, format, tz)
    if over := [spent for spent in found if spent.is_over]:
        from ecocli.render.budgets import line

        raise OverBudget("; ".join(map(line, over)), "eco summary --by model shows what it went to")
    if any(spent.spent is None for spent in found):
        raise BadData("a budget in USD could not be checked without the price list", "pip install 'ecocli[prices]' adds it")


def _spent(session: Session, tz: str | None) -> Any:
    from ecocli.analysis.budgets import all_spent

    tzinfo = session.zone(tz)
    with session.open_store(create=False) as store:
        return all_spent(store, tzinfo, session.now_ms(), session.price_list)


def _print(session: Session, found: Any, format: str, tz: str | None) -> None:
    from ecocli.contract.budgets import row
    from ecocli.core.zones import described, zone_name
    from ecocli.render import budgets as render

    zone = session.zone(tz)
    if format == "json":
        session.show_json([row(spent) | {"timeZone": zone_name(zone)} for spent in found])
    elif not found:
        session.show("no budgets: eco budget set 500g --per week makes one")
    else:
        columns = [("id", "right"), ("budget", "right"), ("per", "left"), ("tags", "left"), ("spent", "right"), ("", "left")]
        session.show_table(columns, map(render.cells, found), f"days of {described(zone)}")
        for line in filter(None, map(render.forecast_line, found)):
            session.show_folded(line)


def _show(session: Session, budget: Any, what: str, format: str) -> None:
    from ecocli.contract.budgets import identity
    from ecocli.render.budgets import title

    if format == "json":
        session.show_json(identity(budget))
    else:
        session.say(f"{what}: budget {budget.id}, {title(budget)}")
