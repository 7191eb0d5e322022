"""Which of several forms of an answer a client wants."""

from collections.abc import Sequence

from ecocli.serve.refusals import Refused


def chosen(accept: str, offered: Sequence[str]) -> str:
    """
    The first of the offered types that the client likes best. Refused where it takes none of them.

    >>> chosen("text/csv;q=0.5, application/json", ["application/json", "text/csv"])
    'application/json'
    """
    if accept in ("", "*/*"):
        return offered[0]
    likings = [_liking(part) for part in accept.split(",") if part.strip()]
    ranked = [(_quality(likings, name), -at, name) for at, name in enumerate(offered)]
    quality, _, name = max(ranked)
    if quality <= 0:
        raise Refused("not-acceptable", "the Accept header allows nothing that this route sends", f"it sends {', '.join(offered)}")
    return name


def _liking(part: str) -> tuple[str, float]:
    name, *parameters = (each.strip().lower() for each in part.split(";"))
    quality = next((text.partition("=")[2] for text in parameters if text.startswith("q=")), "1")
    try:
        return name, min(1.0, max(0.0, float(quality)))
    except ValueError:
        return name, 0.0


def _quality(likings: Sequence[tuple[str, float]], name: str) -> float:
    """The most exact of the patterns that fit decides."""
    for pattern in (name, f"{name.partition('/')[0]}/*", "*/*"):
        for liked, quality in likings:
            if liked == pattern:
                return quality
    return 0.0
