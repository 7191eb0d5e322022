"""Bodies that are packed: inflated as they arrive, and no further than is allowed."""

import gzip
import json
import os
import zlib

import pytest

from tests.serve_helpers import CALL

GZIP = {"content_type": "application/json", "content_encoding": "gzip"}
LITELLM = {"id": "packed", "model": "gpt-4o", "call_type": "acompletion", "prompt_tokens": 3, "completion_tokens": 4, "startTime": 1_764_400_000.0, "endTime": 1_764_400_001.0}
ROUTES = pytest.mark.parametrize("path", ["/v1/calculate?store=false", "/litellm", "/v1/traces", "/ingest/auto?store=false"])


def body_for(path):
    return json.dumps({"resourceSpans": []} if path == "/v1/traces" else LITELLM if path == "/litellm" else CALL).encode()


@ROUTES
@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "deflate"])
def test_each_packing_is_read(server, path, encoding):
    pack = zlib.compress if encoding == "deflate" else gzip.compress
    assert server.ask("POST", path, pack(body_for(path)), content_type="application/json", content_encoding=encoding).status == 200


@ROUTES
def test_several_parts_one_after_the_other_are_one_body(server, path):
    body = body_for(path)
    packed = b"".join(gzip.compress(bytes([byte])) for byte in body)
    assert server.ask("POST", path, packed, **GZIP).status == 200


@ROUTES
def test_what_grows_without_bounds_is_refused(server, path):
    """Blanks shrink to a thousandth."""
    packed = gzip.compress(b" " * (15 << 20) + body_for(path))
    assert len(packed) < 20_000
    answer = server.ask("POST", path, packed, **GZIP)
    assert answer.status == 413
    assert b"200 times" in answer.body or path == "/v1/traces"


def test_the_limit_counts_what_is_inflated(server):
    """Text of chance shrinks to half."""
    text = os.urandom(9 << 20).hex()
    packed = gzip.compress(json.dumps(CALL | {"prompt_text": text}).encode(), 1)
    assert len(packed) < 16 << 20
    assert server.post(packed, content_type="application/json", content_encoding="gzip").status == 413


@ROUTES
@pytest.mark.parametrize("damage", [lambda packed: packed[:-4], lambda packed: packed[:10] + b"\xff" * 20, lambda packed: packed + b"rest", lambda packed: b"plain"])
def test_what_is_not_packed_as_it_says_is_refused(server, path, damage):
    assert server.ask("POST", path, damage(gzip.compress(body_for(path))), **GZIP).status == 400


@ROUTES
def test_the_parts_of_a_body_have_a_limit(server, path):
    """An empty part is twenty bytes that add nothing to what is inflated; two hundred thousand of them kept a server busy for a minute."""
    empty = gzip.compress(b"")
    assert server.ask("POST", path, empty * 9_999 + gzip.compress(body_for(path)), **GZIP).status == 200
    assert server.ask("POST", path, empty * 10_000 + gzip.compress(body_for(path)), **GZIP).status == 413
