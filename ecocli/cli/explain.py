"""`eco explain`."""

from typing import Annotated, Any

import typer

from ecocli.cli import complete
from ecocli.cli.group import EcoCommand, new_app

HELP = """Show every step of one recorded call: equation, factor, source.

Example: eco explain last
"""

LONGEST_SENTENCE = 1000
NAMES_OF_SIGNALS = {"span": "a span", "event": "a log event", "log": "the tool's own log"}

app = new_app()


@app.command("explain", cls=EcoCommand, help=HELP)
def explain(
    ctx: typer.Context,
    id: Annotated[str, typer.Argument(metavar="ID", autocompletion=complete.call_ids, help='As record or history showed it, "last", or the end of one: …f3a2c1.')],
    provider: Annotated[str | None, typer.Option(metavar="NAME", help="Needed when two providers share the id.")] = None,
) -> None:
    from functools import partial

    from ecocli.analysis import ids
    from ecocli.analysis.means import mean
    from ecocli.catalog.regions import normal_provider
    from ecocli.cli.session import Session
    from ecocli.contract.explanation import explained
    from ecocli.errors import UnknownRecord, UsageError

    session = Session(ctx.meta)
    format = session.format("text", "json")
    session.authorize("history:read")
    with session.open_store(create=False) as store:
        whole = ids.resolved(store, id)
        normal = provider and (normal_provider(session.catalog, provider) or provider)
        found = explained(store, whole, normal, partial(mean, session.catalog))
    if found is None:
        raise UnknownRecord(id)
    if len(found.providers) > 1:
        raise UsageError(f"{len(found.providers)} providers have a call with this id: {', '.join(found.providers)}", "name one with --provider")
    bodies, withdrawn = found.bodies, found.withdrawn
    if format == "json":
        session.show_json(found.body)
    else:
        texts = [*map(_text, bodies), *(["\n".join(map(_told, found.reports))] if found.reports else []), *(_why(body) + _text(each) for body in withdrawn for each in (body, *body["earlier"]))]
        session.show_folded("\n\n".join(texts))


def _why(body: dict[str, Any]) -> str:
    if "replaced" in body:
        return f"replaced {body['replaced']}: counts nowhere\n"
    again = f", and recorded once more {body['recordedAgain']}" if body["recordedAgain"] else ""
    return f"voided by eco undo {body['voided']}: counts nowhere{again}\n"


def _told(report: dict[str, Any]) -> str:
    """A line on what another signal told of the call."""
    from ecocli.errors import shorten

    return f"also told of by {NAMES_OF_SIGNALS[report['signal']]}, {shorten(report['id'], LONGEST_SENTENCE)}: matched {report['matched']}, counted once"


def _text(body: dict[str, Any]) -> str:
    from ecocli.analysis.methods import marked
    from ecocli.errors import shorten
    from ecocli.render.steps import steps_text

    audit = body["audit"]
    names = (body["id"], audit["model"], audit["finalProvider"], audit["finalRegion"])
    id, model, provider, region = map(shorten, names)
    assumed = "".join(f"\n- {shorten(sentence, LONGEST_SENTENCE)}" for sentence in audit["assumptions"])
    model_match, region_match, edition = (shorten(audit[name]) for name in ("modelMatch", "regionMatch", "dataEdition"))
    method = shorten(marked(audit["method"]))
    return (
        f"{id}: {model} ({model_match}), {provider} {region} ({region_match})\n"
        f"method {method}, data {edition}\n{_machine(audit)}{_operator(audit)}{_stated(audit)}{body['message']}\n\n"
        f"Assumed{assumed or ': nothing'}\n\n{steps_text(audit)}"
    )


def _machine(audit: dict[str, Any]) -> str:
    """A line on whose machine computed and how its energy was found, for all but calls to an API."""
    from ecocli.errors import shorten

    if audit["hosting"] in (None, "api") and audit["energySource"] == "modelled":
        return ""
    profile = f", hardware profile {shorten(audit['hardware'])}" if audit["hardware"] else ""
    idle = audit["energy"]["idle_wh"]
    memo = f"; {idle:.3g} Wh of it the machine would have drawn anyway" if idle is not None else ""
    return f"hosting: {shorten(audit['hosting'] or 'api')}{profile}; energy {shorten(audit['energySource'])}{memo}\n"


def _operator(audit: dict[str, Any]) -> str:
    """A line on who is taken to serve the call, and how many sequences at once."""
    from ecocli.core.numbers import factor_number
    from ecocli.errors import shorten

    batch = audit["operatorBatch"]
    if not audit["operator"] or not batch:
        return ""
    value, low, high = (factor_number(batch[name]) for name in ("value", "low", "high"))
    return f"operator: {shorten(audit['operator'])}, {value} {'sequence' if batch['value'] == 1 else 'sequences'} at once ({low}–{high})\n"


def _stated(audit: dict[str, Any]) -> str:
    """A line on how the call was served, if its caller said so."""
    from ecocli.errors import shorten

    known = {
        "requests at once": audit["concurrency"], "on": audit["accelerator"], "weights in": audit["weightPrecision"],
        "measured [Wh]": audit["measured"] and audit["measured"]["wh"],
    }  # fmt: skip
    parts = [f"{name} {shorten(f'{value:g}' if isinstance(value, float) else value)}" for name, value in known.items() if value is not None]
    return f"stated: {', '.join(parts)}\n" if parts else ""
