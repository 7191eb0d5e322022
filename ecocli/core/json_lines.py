"""JSON in which each element of a long list stands on a line of its own, so that `less`, `head` and `watch` show something."""

import json
from collections.abc import Callable, Mapping
from typing import Any


def text(body: Any, ascii_only: bool = False) -> str:
    """
    Valid JSON: a list of several objects, at the top or in an object, has one of them per line; the rest is as json.dumps has it.

    >>> print(text({"data": [{"id": "a"}, {"id": "b"}], "limit": 2}))
    {"data": [
    {"id": "a"},
    {"id": "b"}
    ], "limit": 2}
    """
    return _text(body, json.JSONEncoder(ensure_ascii=ascii_only).encode)


def _text(body: Any, encode: Callable[[Any], str]) -> str:
    if isinstance(body, Mapping):
        return "{" + ", ".join(f"{encode(str(name))}: {_text(value, encode)}" for name, value in body.items()) + "}"
    if isinstance(body, list | tuple) and len(body) > 1 and all(isinstance(element, Mapping) for element in body):
        return "[\n" + ",\n".join(map(encode, body)) + "\n]"
    return encode(body)
