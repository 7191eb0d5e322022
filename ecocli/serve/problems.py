"""Errors as RFC 9457 problem details, which never repeat a text of the request."""

import re
from typing import Any

from ecocli.errors import BadData, BadField, EcoError, NotPermitted, StoreError, UnknownName, UsageError
from ecocli.serve import statuses
from ecocli.serve.messages import Response, json_bytes
from ecocli.serve.refusals import Refused
from ecocli.serve.statuses import HTTPStatus

MEDIA_TYPE = "application/problem+json"
QUOTED = re.compile(r"""'.*'|".*\"""", re.DOTALL)
"""From the first quotation mark to the last: whatever stands between came from outside."""
GUESS, EXAMPLE = "did you mean", "an event looks like"
"""How hints begin that name what eco knows."""
HINTS = {"bad-grouping": "calls are grouped by day, week, month, year, model, provider, region, key, source, or tag:NAME"}
"""By code, in the place of hints that may name a word of the request."""
CHALLENGE = 'Bearer realm="eco"'

ABOUT_STORE = {
    "store-locked": "the records stayed locked by another program",
    "store-gone": "the records were replaced while this was stored",
    "newer-store": "the records were written by a newer eco than this server",
    "disk-full": "no room is left on the server's disk",
}
"""By code; the messages of the library name files of the server's machine."""
IN_OTHER_WORDS = {
    "unknown-payload": "this is no event, and no payload that eco knows",
    "bad-grouping": "calls cannot be grouped so",
}
"""By code; the messages of the library name keys and words of the request without quotation marks."""
ANSWER_OF_ERROR = "an error answer"
UNAVAILABLE = "the records cannot be used at the moment"


def status_of(error: EcoError, *, in_path: bool = False) -> HTTPStatus:
    """The status of an error; a code that the table lacks is a bug, and looks like one."""
    if in_path and error.code in statuses.IN_PATH:
        return HTTPStatus.NOT_FOUND
    return statuses.STATUSES.get(error.code, HTTPStatus.INTERNAL_SERVER_ERROR)


def response(error: EcoError, *, in_path: bool = False, request_id: str | None = None) -> Response:
    """The answer to a request that failed."""
    status = status_of(error, in_path=in_path)
    body = {"type": "about:blank", "title": status.phrase, "status": int(status), **members(error)}
    headers = {name.replace("_", "-"): value for name, value in getattr(error, "headers", {}).items()}
    if status in statuses.RETRY_AFTER_S:
        headers.setdefault("retry-after", str(statuses.RETRY_AFTER_S[status]))
    if status is HTTPStatus.UNAUTHORIZED:
        headers["www-authenticate"] = CHALLENGE
    if request_id is not None:
        body["instance"] = f"urn:eco:request:{request_id}"
    return Response(json_bytes(body), MEDIA_TYPE, status, headers)


def members(error: EcoError) -> dict[str, Any]:
    """What is known of an error beside its status: of one event among many, its place as well."""
    found = {"code": error.code, "detail": detail(error), "hint": hint(error)}
    if isinstance(error, BadField):
        found["field"] = _without_quotes(error.known)
    if error.where:
        found["where"] = error.where
    return {name: value for name, value in found.items() if value is not None}


def detail(error: EcoError) -> str:
    """What is wrong, without a value that was a text in the request, and without a path of the server's machine."""
    if isinstance(error, StoreError):
        return ABOUT_STORE.get(error.code, UNAVAILABLE)
    if isinstance(error, Refused | NotPermitted):
        return _without_quotes(str(error))
    if isinstance(error, BadField):
        return f"{_without_quotes(error.known)}: {_without_quotes(error.rule)}"
    if error.code in IN_OTHER_WORDS:
        return IN_OTHER_WORDS[error.code]
    if isinstance(error, BadData | UsageError | UnknownName):
        text, name, _ = str(error).partition(ANSWER_OF_ERROR)
        return f"{_without_quotes(text)}{name and f'{name} of a provider, not a call'}"
    return "the server cannot answer this"


def hint(error: EcoError) -> str | None:
    """What to do about it."""
    if isinstance(error, StoreError) or error.hint is None:
        return None
    if isinstance(error, Refused) or error.hint.startswith(EXAMPLE):
        return error.hint
    if error.hint.startswith(GUESS):
        return f"{error.hint.partition('?')[0]}?"
    return HINTS.get(error.code) or _without_quotes(error.hint)


def _without_quotes(text: str) -> str:
    return QUOTED.sub("…", text)
