"""`eco serve`."""

from pathlib import Path
from typing import Annotated

import typer

from ecocli.cli.group import EcoCommand, new_app

HELP = """Serve the records over HTTP, for clients that need no code: POST /v1/calculate records, GET /v1/history looks back.

It listens on this machine alone. Recording needs no key there, reading the token that it prints, or a key of eco keys create.
SIGTERM or Ctrl-C ends it, once everything that was accepted is stored; SIGHUP reads catalogue and configuration anew.

Example: eco serve --port 7411
"""

app = new_app()


@app.command("serve", cls=EcoCommand, help=HELP)
def serve(
    ctx: typer.Context,
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="Where it listens; any other than this machine's own needs --require-key and TLS.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(metavar="N", min=0, max=65_535, help="0 takes a free one.")] = 7411,
    require_key: Annotated[bool, typer.Option("--require-key", help="Nobody records without a key.")] = False,
    open: Annotated[bool, typer.Option("--open", help="Everybody on this machine may read, without a key or the token.")] = False,
    tls_cert: Annotated[Path | None, typer.Option(metavar="FILE", help="Certificate, with those that it leads to, in PEM.")] = None,
    tls_key: Annotated[Path | None, typer.Option(metavar="FILE", help="Its key, in PEM.")] = None,
    insecure_http: Annotated[bool, typer.Option("--insecure-http", help="No TLS, behind a proxy that has it.")] = False,
    allow_host: Annotated[list[str] | None, typer.Option(metavar="NAME", help="A name by which clients reach it; repeatable.")] = None,
    allow_origin: Annotated[list[str] | None, typer.Option(metavar="ORIGIN", help="A page that may send requests, such as https://example.com or chrome-extension://ID; repeatable.")] = None,
    rate: Annotated[float, typer.Option(metavar="N", min=0, help="Requests of one key in a second, or of one address without a key; 0 for any.")] = 500,
    access_log: Annotated[bool, typer.Option("--access-log", help="A JSON line for each request on standard output.")] = False,
) -> None:
    from ecocli.cli.session import Session
    from ecocli.errors import MissingExtra

    session = Session(ctx.meta)
    format = session.format("text", "json", pipe="text")
    try:
        from ecocli.serve import server
    except ModuleNotFoundError as error:
        if error.name in ("uvicorn", "httptools"):
            raise MissingExtra("eco serve", "serve") from error
        raise
    from secrets import token_urlsafe

    from ecocli.serve.options import Options

    session.open_store(create=False).close()  # which warns of files that others can read
    options = Options(
        host, port, require_key, open, tls_cert, tls_key, insecure_http, tuple(allow_host or ()), tuple(allow_origin or ()), rate or None, access_log
    )

    def started(found: server.Started) -> None:
        if format == "json":
            print(json_line({"urls": list(found.urls), "token": found.token, "db": str(session.db_path)}), flush=True)
            return
        for url in found.urls:
            session.say(f"eco: listening on {url}; the records are in {session.db_path}")
        session.say(f"eco: to read them: {found.urls[0]}/v1/history?token={found.token}")

    server.run(options, session.db_path, token_urlsafe(32), session.now_ms, session.say, started)


def json_line(body: dict[str, object]) -> str:
    """Compact."""
    import json

    return json.dumps(body, separators=(",", ":"))
