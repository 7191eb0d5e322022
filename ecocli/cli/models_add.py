"""`eco models add` and `eco models remove`."""

import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from ecocli.cli import complete
from ecocli.cli.session import Session

LARGEST_B = 20_000.0
"""As a name may state. [10^9]"""
STDIN = "-"


def add(
    ctx: typer.Context,
    what: Annotated[str, typer.Argument(metavar="FILE|NAME", help="config.json or its folder, a GGUF file, Ollama's /api/show as JSON (- is standard input); or, with --total, the model's name.")],
    name: Annotated[str | None, typer.Option(metavar="ID", help="What to call it; by default what its files or folder say.")] = None,
    total: Annotated[str | None, typer.Option(metavar="B", help="By hand: all parameters in billions, one number or low,central,high.")] = None,
    active: Annotated[str | None, typer.Option(metavar="B", help="By hand: those that a token is computed with; all of them by default.")] = None,
    context: Annotated[int | None, typer.Option(metavar="N", min=1, max=10**9, help="The longest context in tokens.")] = None,
    precision: Annotated[str | None, typer.Option(metavar="NAME", help="How its weights are served: bf16, fp8, int4, mxfp4, nvfp4, fp4.")] = None,
    reasoning: Annotated[str | None, typer.Option(metavar="WORD", autocompletion=complete.closed(("no", "optional", "yes")), help="Whether it thinks before it answers: no, optional or yes.")] = None,
    alias: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Another name of it; repeatable.")] = None,
    closed: Annotated[bool, typer.Option("--closed", help="Only its maker serves it: its weights are not published.")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Take the place of a model of this name.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the entry, and write nothing.")] = False,
) -> None:
    """Add a model of your own, from its files or by hand; what is shown goes into your models.yaml.

    Example: eco models add my-org/my-model --active 32 --total 1000
    """
    from ecocli.catalog import compile_own
    from ecocli.weights import entry

    session = Session(ctx.meta)
    format = session.format("text", "json")
    model, model_id = _described(what, name, total, active)
    shipped = _shipped()
    known = next((each for each in shipped["models"] if each["id"].lower() == model_id.lower()), None)
    model_id = known["id"] if known else model_id
    naming = entry.Naming(
        id=model_id, key=compile_own.own_key(model_id), aliases=alias or (), reasoning=_reasoning(reasoning), context_tokens=context,
        precision=_precision(precision, shipped), open_weights=not closed, is_stated=total is not None,
    )  # fmt: skip
    sections = entry.sections(model, naming, _year(session), known)
    text = compile_own.add(_file(), shipped, sections, replace)
    if format == "text":
        session.show(compile_own.written(sections).rstrip("\n"))
    if not dry_run:
        compile_own.write(_file(), text)
    if format == "json":
        session.show_json({"id": model_id, "file": str(_file()), "written": not dry_run, "entry": sections})
    else:
        session.say(f"{'would be added' if dry_run else 'added'}: {_in_words(model_id, model)}, {'to' if dry_run else 'in'} {_file()}")


def remove(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="ID", autocompletion=complete.own_models, help="Of a model in your own models.yaml.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Change nothing.")] = False,
) -> None:
    """Take a model out of your own models.yaml. Calls that were recorded with it keep their figures.

    Example: eco models remove my-org/my-model
    """
    from ecocli.catalog import compile_own
    from ecocli.errors import shorten

    session = Session(ctx.meta)
    format = session.format("text", "json")
    text = compile_own.remove(_file(), _shipped(), name)
    if not dry_run:
        compile_own.write(_file(), text)
    if format == "json":
        session.show_json({"id": name, "file": str(_file()), "removed": not dry_run})
    else:
        session.say(f"{'would be removed' if dry_run else 'removed'}: {shorten(name, 256)}, from {_file()}")


def _described(what: str, name: str | None, total: str | None, active: str | None) -> tuple[Any, str]:
    """The model and its name. UsageError where neither sizes nor a file are given, or both."""
    from ecocli.errors import MissingFile, UsageError, quoted

    if total is not None:
        if name is not None:
            raise UsageError("with --total the name is the argument: leave --name out")
        return _stated(total, active), _checked(what)
    if active is not None:
        raise UsageError("--active needs --total, all parameters in billions", "for example --active 32 --total 1000")
    from ecocli.weights import names, reading

    path = Path(os.path.expanduser(what))
    try:
        model = reading.read_stream(sys.stdin.buffer) if what == STDIN else reading.read(path)
    except MissingFile as error:
        error.hint = error.hint or "eco models add NAME --active B --total B states sizes by hand, in billions"
        raise
    found = name or (None if what == STDIN else names.name_of(path, model))
    if found is None:
        raise UsageError(f"{quoted(what)} does not say what the model is called", "--name says it")
    return model, _checked(found)


def _stated(total: str, active: str | None) -> Any:
    from ecocli.errors import UsageError
    from ecocli.weights.entry import stated

    all_b = _billions("--total", total)
    active_b = all_b if active is None else _billions("--active", active)
    if active_b.value > all_b.value:
        raise UsageError(f"--active {active} is more than --total {total}", "all parameters are --total, those of one token --active")
    return stated(all_b, active_b)


def _billions(option: str, text: str) -> Any:
    """One number, or low, central and high, in billions."""
    from ecocli.core.quantity import Estimate
    from ecocli.errors import UsageError, quoted

    try:
        parts = [float(part.strip().lower().removesuffix("b")) for part in text.split(",")]
    except ValueError:
        parts = []
    if len(parts) == 1:
        parts *= 3
    if len(parts) != 3 or not 0 < parts[0] <= parts[1] <= parts[2]:
        raise UsageError(f"{option}: must be billions of parameters, or low,central,high, not {quoted(text)}")
    if parts[2] > LARGEST_B or parts[0] < 1e-4:
        raise UsageError(f"{option}: {quoted(text)} billions of parameters are no model's", "8 means 8 billion")
    return Estimate(*parts)


def _checked(model_id: str) -> str:
    from ecocli.errors import UsageError, quoted

    model_id = model_id.strip()
    if not 0 < len(model_id) <= 200 or not model_id.isprintable():
        raise UsageError(f"a model's name has 1 to 200 printable characters, not {quoted(model_id)}", "--name gives another")
    return model_id


def _reasoning(word: str | None) -> str | None:
    from ecocli.errors import UsageError, quoted

    if word not in (None, "no", "optional", "yes"):
        raise UsageError(f"--reasoning: must be no, optional or yes, not {quoted(word)}")
    return word


def _precision(name: str | None, shipped: Any) -> str | None:
    from ecocli.errors import UsageError, quoted

    if name is not None and name not in shipped["precisions"]:
        raise UsageError(f"--precision: must be one of {', '.join(shipped['precisions'])}, not {quoted(name)}")
    return name


def _shipped() -> Any:
    """The catalogue without the user's own file, as parsed."""
    from ecocli.catalog.compiled import base_models

    return base_models(os.environ)


def _file() -> Path:
    from ecocli.config.paths import config_folder

    return config_folder(os.environ) / "models.yaml"


def own_file(model_id: str) -> str | None:
    """The user's own models.yaml where it has the model; None for a model of the catalogue."""
    from ecocli.errors import BadConfig

    try:
        file = _file()
    except BadConfig:  # no home folder
        return None
    if not file.exists():
        return None
    from ecocli.catalog.compile_own import own_models

    return str(file) if model_id in own_models(file) else None


def _year(session: Session) -> int:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(session.now_ms() / 1000, UTC).year


def _in_words(model_id: str, model: Any) -> str:
    from ecocli.errors import shorten

    total, active = model.total_params_b.value, model.active_params_b.value
    sizes = f"{total:,.4g} B" if active == total else f"{total:,.4g} B, {active:,.3g} B active"
    return f"{shorten(model_id, 200)}, {model.architecture}, {sizes}"
