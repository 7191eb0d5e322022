"""Answers to exporters, in the encoding of their requests: a partial success, or the google.rpc.Status of an error."""

from collections.abc import Mapping

from ecocli.errors import EcoError
from ecocli.serve import bodies, problems
from ecocli.serve.messages import JSON, Response, json_bytes
from ecocli.serve.statuses import HTTPStatus

PROTOBUF = "application/x-protobuf"
TYPES = (PROTOBUF, JSON)
CODES = {
    HTTPStatus.UNAUTHORIZED: 16,  # UNAUTHENTICATED
    HTTPStatus.FORBIDDEN: 7,  # PERMISSION_DENIED
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: 8,  # RESOURCE_EXHAUSTED
    HTTPStatus.TOO_MANY_REQUESTS: 8,
    HTTPStatus.INTERNAL_SERVER_ERROR: 13,  # INTERNAL
    HTTPStatus.SERVICE_UNAVAILABLE: 14,  # UNAVAILABLE
}
INVALID_ARGUMENT = 3


def is_protobuf(headers: Mapping[bytes, bytes]) -> bool:
    """True for a request in protobuf; any other is answered in JSON."""
    return bodies.media_type(headers) == PROTOBUF


def success(in_protobuf: bool, rejected_name: str, rejected: int, message: str) -> Response:
    """
    The answer to a request whose records were taken, all or some of them.

    The three messages of success, for traces, logs and metrics, are alike: a count of the rejected and a text.

    Args:
        rejected_name: Of the count, in JSON.
    """
    if not rejected:
        return Response(b"", PROTOBUF) if in_protobuf else Response(b"{}")
    if in_protobuf:
        return Response(_field(1, _number(1, rejected) + _field(2, message.encode())), PROTOBUF)
    return Response(json_bytes({"partialSuccess": {rejected_name: str(rejected), "errorMessage": message}}))


def error(found: EcoError, status: HTTPStatus, headers: Mapping[bytes, bytes]) -> tuple[bytes, str]:
    """Body and type of the answer for an error. As everywhere it repeats no text of the request."""
    code, message = CODES.get(status, INVALID_ARGUMENT), problems.detail(found)
    if is_protobuf(headers):
        return _number(1, code) + _field(2, message.encode()), PROTOBUF
    return json_bytes({"code": code, "message": message}), JSON


# Two fields do not need google.rpc's own package, which the messages of OTLP come without.


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _field(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    """Seven bits to a byte, the lowest first; the eighth says that more follow."""
    found = bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    return bytes([*found, value])
