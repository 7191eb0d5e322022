"""Why a document that no format knows is not a call."""

from typing import Any

from ecocli.errors import BadData, ForeignLog, UnknownPayload, shorten
from ecocli.ingest import native

_LOGS = (
    ({"sessionId", "projectHash"}, "gemini-cli"),
    ({"message", "uuid"}, "claude-code"),
    ({"message", "requestId"}, "claude-code"),
    ({"timestamp", "payload"}, "codex"),
    ({"providerID", "modelID"}, "opencode"),
    ({"transcript_path", "session_id"}, None),
)
"""Keys of what tools leave on disk, or tell a status line (None): several lines of these make one call, or none."""


def unknown(document: dict[str, Any]) -> BadData:
    """Why a document that matches nothing is not a call."""
    problem = document.get("error")
    if isinstance(problem, dict) and not document.get("usage"):
        kind = next((problem[key] for key in ("type", "code", "status") if isinstance(problem.get(key), str)), "error")
        return BadData(f"an error answer ({shorten(kind, 40)}), not a call")
    if "usage" in document and not document["usage"]:
        shown = "null" if document["usage"] is None else "empty"
        return BadData(f"its usage is {shown}: no token counts in it", "they come with the last part of a stream, or once the answer is complete")
    for telling, source in _LOGS:
        if telling <= document.keys():
            return ForeignLog(source)
    if misspelt := native.misspelt(document):
        return misspelt
    keys = ", ".join(shorten(key, 20) for key in list(document)[:5]) or "none"
    return UnknownPayload(f"not a format eco knows (keys: {keys})", f"an event looks like {native.EXAMPLE}")
