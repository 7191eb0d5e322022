"""Where a call ran, told by what comes with it: headers, hosts and Bedrock's model ids."""

from collections.abc import Mapping
from typing import Any

from ecocli.catalog import hints
from ecocli.catalog.hints import Hint


def region_hint(fields: Mapping[str, Any], headers: Mapping[str, str]) -> Hint | None:
    """
    The best signal about a call whose region nobody named, or None.

    Args:
        fields: The event's fields, by their canonical names.
        headers: Response headers, and the request's `host` where the caller gives it.
    """
    model = fields.get("model")
    host = next((value for name, value in headers.items() if name.casefold() == "host"), None)
    return (
        hints.region_from_headers(headers)
        or (hints.region_from_host(host) if host else None)
        or (hints.region_from_bedrock_id(model) if isinstance(model, str) else None)
    )
