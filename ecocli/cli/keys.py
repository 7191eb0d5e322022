"""`eco keys`."""

import json
from typing import Annotated, Any

import typer

from ecocli.cli import complete
from ecocli.cli.group import EcoCommand, EcoGroup, new_app
from ecocli.cli.session import Session
from ecocli.core.dates import iso
from ecocli.core.keys import SCOPES, mask
from ecocli.errors import shorten

app = new_app(cls=EcoGroup, help="Manage the API keys that name who records: create, list, rename, rotate and revoke them.\n\nExample: eco keys create \"Production Key\"")
Name = Annotated[str, typer.Argument(metavar="NAME", autocompletion=complete.key_names, help="The key's name.")]


@app.command("create", cls=EcoCommand)
def create(
    ctx: typer.Context,
    name: Name,
    scope: Annotated[list[str] | None, typer.Option(metavar="SCOPE", autocompletion=complete.named("ecocli.core.keys", "SCOPES"), help="record or history:read; both by default.")] = None,
    expires: Annotated[str | None, typer.Option(metavar="SPAN", help="How long it is valid, such as 90d.")] = None,
) -> None:
    """Create a key. Its secret is printed once and never again.

    Example: eco keys create "Production Key" --scope record --expires 90d
    """
    from ecocli.core.durations import span_ms

    session = Session(ctx.meta)
    format = session.format("text", "json", pipe="text")
    now_ms = session.now_ms()
    expires_at_ms = now_ms + span_ms(expires) if expires else None
    with session.open_store() as store:
        key, secret = store.keys.create(name, tuple(scope or SCOPES), now_ms, expires_at_ms)
    _show_secret(session, key, secret, format)


@app.command("list", cls=EcoCommand)
def list_keys(ctx: typer.Context) -> None:
    """List every key, masked; revoked ones too.

    Example: eco keys list
    """
    session = Session(ctx.meta)
    format = session.format("table", "json")
    with session.open_store(create=False) as store:
        keys = store.keys.list()
    rows = [_row(key, session.now_ms()) for key in keys]
    if format == "json":
        session.show_json(rows)
    elif not rows:
        session.show('no keys: eco keys create "NAME" makes one')
    else:
        _print_table(keys, rows, session)


@app.command("rename", cls=EcoCommand)
def rename(ctx: typer.Context, name: Name, new_name: Annotated[str, typer.Argument(metavar="NEW_NAME")]) -> None:
    """Give a key another name; calls recorded with it show the new one.

    Example: eco keys rename "Production Key" "Website"
    """
    session = Session(ctx.meta)
    with _store_with(session, name) as store:
        key = store.keys.rename(name, new_name)
    _show(key, session, "renamed")


@app.command("rotate", cls=EcoCommand)
def rotate(ctx: typer.Context, name: Name) -> None:
    """Give a key a new secret; the old one stops working at once.

    Example: eco keys rotate "Production Key"
    """
    session = Session(ctx.meta)
    format = session.format("text", "json", pipe="text")
    with _store_with(session, name) as store:
        key, secret = store.keys.rotate(name, session.now_ms())
    _show_secret(session, key, secret, format)


@app.command("revoke", cls=EcoCommand)
def revoke(ctx: typer.Context, name: Name) -> None:
    """Revoke a key. Its calls stay, its name can be used again.

    Example: eco keys revoke "Production Key"
    """
    session = Session(ctx.meta)
    with _store_with(session, name) as store:
        key = store.keys.revoke(name, session.now_ms())
    _show(key, session, "revoked")


def _store_with(session: Session, name: str) -> Any:
    """Open the store to change a key; UnknownKey when there is no store."""
    from ecocli.errors import UnknownKey

    if not session.db_path.exists():
        raise UnknownKey(name)
    return session.open_store()


def _row(key: Any, now_ms: int) -> dict[str, Any]:
    return {
        "name": key.name,
        "maskedKey": mask(key.last4),
        "scopes": list(key.scopes),
        "created": iso(key.created_at_ms),
        "expires": None if key.expires_at_ms is None else iso(key.expires_at_ms),
        "status": _status(key, now_ms),
    }


def _status(key: Any, now_ms: int) -> str:
    if key.revoked_at_ms is not None:
        return "revoked"
    return "expired" if key.expires_at_ms is not None and key.expires_at_ms <= now_ms else "active"


def _show_secret(session: Session, key: Any, secret: str, format: str) -> None:
    """
    Print a secret alone to standard output, so that `KEY=$(eco keys create …)` works.

    It is printed with -q too, since it cannot be shown again.
    """
    if format == "json":
        body = _row(key, key.created_at_ms) | {"key": secret}
        if session.filter:
            session.filter.print(body)
        else:
            print(json.dumps(body))
    else:
        print(secret)
        session.say("This is the only time it is shown. Use it as ECO_API_KEY.")


def _show(key: Any, session: Session, what: str) -> None:
    if session.format("text", "json") == "json":
        session.show_json(_row(key, session.now_ms()))
    else:
        session.say(f"{what}: {shorten(key.name)} ({mask(key.last4)})")


def _print_table(keys: list[Any], rows: list[dict[str, Any]], session: Session) -> None:
    from ecocli.core.zones import titled

    zone = session.zone(None)
    columns = [(name, "left") for name in ("name", "key", "scopes", titled("expires", zone), "status")]
    session.show_table(columns, (_cells(key, row, zone) for key, row in zip(keys, rows, strict=True)))


def _cells(key: Any, row: dict[str, Any], zone: Any) -> tuple[Any, ...]:
    from ecocli.core.days import minute_text

    expires = key.expires_at_ms and minute_text(key.expires_at_ms, zone)
    return row["name"], row["maskedKey"], ", ".join(row["scopes"]), expires, row["status"]
