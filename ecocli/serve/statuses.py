"""The HTTP status of every error of eco, by its code: the one table, which docs/server.md shows."""

from collections.abc import Mapping
from http import HTTPStatus

__all__ = ["IN_PATH", "PROTOCOL", "RETRY_AFTER_S", "STATUSES", "HTTPStatus"]

PROTOCOL: Mapping[str, HTTPStatus] = {
    "bad-request": HTTPStatus.BAD_REQUEST,
    "not-authenticated": HTTPStatus.UNAUTHORIZED,
    "host-not-allowed": HTTPStatus.FORBIDDEN,
    "origin-not-allowed": HTTPStatus.FORBIDDEN,
    "no-such-route": HTTPStatus.NOT_FOUND,
    "method-not-allowed": HTTPStatus.METHOD_NOT_ALLOWED,
    "not-acceptable": HTTPStatus.NOT_ACCEPTABLE,
    "too-slow": HTTPStatus.REQUEST_TIMEOUT,
    "length-required": HTTPStatus.LENGTH_REQUIRED,
    "body-too-large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "address-too-long": HTTPStatus.REQUEST_URI_TOO_LONG,
    "unsupported-media-type": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "bad-parameter": HTTPStatus.UNPROCESSABLE_ENTITY,
    "too-many-requests": HTTPStatus.TOO_MANY_REQUESTS,
    "headers-too-large": HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    "busy": HTTPStatus.SERVICE_UNAVAILABLE,
    "too-many-connections": HTTPStatus.SERVICE_UNAVAILABLE,
}
"""What only a server says."""

_SERVER, _UNAVAILABLE, _UNPROCESSABLE = HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.UNPROCESSABLE_ENTITY

STATUSES: Mapping[str, HTTPStatus] = {
    **PROTOCOL,
    **dict.fromkeys(("error", "bug"), _SERVER),
    # what is in the request
    **dict.fromkeys(("bad-data", "no-input"), HTTPStatus.BAD_REQUEST),
    **dict.fromkeys(("bad-field", "missing-count", "unknown-payload", "foreign-log", "unsupported-modality", "not-understood", "skipped-lines"), _UNPROCESSABLE),
    **dict.fromkeys(("usage", "bad-grouping", "unknown-format", "unknown-source", "unknown-machine", "unknown-setting", "bad-history-row", "implausible-figure"), _UNPROCESSABLE),
    # names that are not known
    **dict.fromkeys(("unknown-name", "unknown-model", "unknown-region", "unknown-key", "unknown-profile", "unknown-budget", "unknown-alias", "unknown-own-model", "unknown-view"), _UNPROCESSABLE),
    "unknown-record": HTTPStatus.NOT_FOUND,
    # who asks
    **dict.fromkeys(("not-permitted", "expired-key", "revoked-key"), HTTPStatus.UNAUTHORIZED),
    **dict.fromkeys(("missing-scope", "other-key"), HTTPStatus.FORBIDDEN),
    # what already is there
    **dict.fromkeys(("name-taken", "profile-exists", "alias-exists", "model-exists", "file-exists", "over-budget"), HTTPStatus.CONFLICT),
    # reports that are locked, and files of reports: no route has them yet
    **dict.fromkeys(("already-locked", "not-locked", "no-calls", "has-calls", "period-not-over", "report-differs"), HTTPStatus.CONFLICT),
    **dict.fromkeys(("no-report", "no-export"), _UNPROCESSABLE),
    # the store and the machine: the same request may succeed later
    **dict.fromkeys(("store", "store-locked", "store-gone", "store-in-use", "newer-store", "disk-full", "disk-failed", "no-access", "no-locks"), _UNAVAILABLE),
    **dict.fromkeys(("store-damaged", "no-store", "odd-store", "store-is-a-folder", "store-is-no-file", "store-linked", "not-yet-erased", "port-in-use", "no-such-address"), _UNAVAILABLE),
    # what whoever runs the server has to mend
    **dict.fromkeys(("bad-catalogue", "bad-configuration", "bad-plug-in", "missing-file", "no-jq", "no-database", "no-home", "cannot-run"), _SERVER),
    **dict.fromkeys(("bad-backup", "bad-grid-file", "no-other-store", "other-store-damaged", "no-extra", "bad-certificate"), _SERVER),
    **dict.fromkeys(("bad-alias", "bad-gguf", "model-not-understood", "foreign-file", "fetch-failed", "not-well"), _SERVER),
}
"""Every code. A name that is not known is 404 where it stands in the path: `IN_PATH`."""

IN_PATH = ("unknown-model", "unknown-region", "unknown-format")
RETRY_AFTER_S = {HTTPStatus.SERVICE_UNAVAILABLE: 2, HTTPStatus.TOO_MANY_REQUESTS: 1}
"""When to try again, where trying again may help. [s]"""
