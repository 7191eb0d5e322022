"""The options of `eco hardware add` as the keys of a profile."""

from typing import Any

from ecocli.cli.call_input import several, with_one_value
from ecocli.cli.session import Session
from ecocli.errors import UnknownRegion, UsageError, quoted


def numbers(options: dict[str, str | None]) -> dict[str, Any]:
    """The numbers of options that were given: one, or low, central and high."""
    found = {}
    for name, text in options.items():
        if text is None:
            continue
        try:
            parts = [float(part) for part in text.split(",")]
        except ValueError:
            parts = []
        if len(parts) not in (1, 3):
            raise UsageError(f"--{name.replace('_', '-')}: must be watts, or low,central,high, not {quoted(text)}")
        found[name] = parts if len(parts) == 3 else parts[0]
    return found


def tags(pairs: list[str]) -> dict[str, str]:
    """The tags of `KEY=VALUE`, repeated or behind commas. UsageError when one is not valid, or a key has two values."""
    split = [part.partition("=") for pair in pairs for part in several(pair)]
    for key, equals, value in split:
        if not (key and equals and value):
            raise UsageError(f"--match-tag: must be KEY=VALUE, not {quoted(key + equals)}", "for example --match-tag machine=desk")
    return dict(with_one_value("--match-tag", [(key, value) for key, _, value in split]))


def region(session: Session, region: str) -> str:
    """A region that is known. UnknownRegion for any other."""
    from ecocli.catalog.regions import resolve_site
    from ecocli.pipeline.hosting import AT_HOME

    try:
        resolve_site(session.catalog, AT_HOME, region, fallback=False)
    except UnknownRegion as error:
        error.hint = error.hint or "eco regions list --search TEXT shows those that there are"
        raise
    return region


def profile(name: str, body: dict[str, Any]) -> Any:
    """The profile as it will be read. UsageError for what cannot be used."""
    from ecocli.config.hardware import profiles

    try:
        return profiles({name: body})[name]
    except ValueError as error:
        raise UsageError(str(error)) from error
