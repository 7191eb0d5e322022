"""Who gets in, and what for."""

import base64
import json
import socket
import sqlite3
from contextlib import closing

import pytest

from ecocli.store import Store
from tests.serve_helpers import CALL

READING = ["/v1/history", "/v1/summary", "/v1/report", "/v1/explain/x"]
PUBLIC = ["/v1/models", "/v1/regions/DE", "/openapi.json", "/healthz", "/readyz"]


@pytest.fixture(scope="module")
def keys(server):
    """A secret for each scope alone, one that was revoked, and one that has expired."""
    made = {scope: server.new_key(scope, "--scope", scope) for scope in ("record", "history:read")}
    made["revoked"], made["expired"] = server.new_key("old"), server.new_key("short", "--expires", "1d")
    server.eco("keys", "revoke", "old")
    with closing(sqlite3.connect(server.db)) as store, store:
        store.execute("UPDATE keys SET expires_at_ms = 1000 WHERE name = 'short'")
    return made


def test_whoever_is_on_this_machine_may_record(server):
    assert server.post(CALL).status == 200


@pytest.mark.parametrize("path", READING)
def test_reading_needs_more_than_being_there(server, path):
    answer = server.ask("GET", path)
    assert (answer.status, answer.json["code"]) == (401, "not-authenticated")
    assert answer.headers["www-authenticate"] == 'Bearer realm="eco"'


@pytest.mark.parametrize("path", PUBLIC)
def test_what_is_no_secret_needs_nothing(server, path):
    assert server.ask("GET", path).status == 200


@pytest.mark.parametrize("path", READING[:3])
def test_the_token_that_was_printed_lets_its_reader_in(server, path):
    assert server.ask("GET", path, key=server.token).status == 200
    assert server.ask("GET", f"{path}?token={server.token}").status == 200


def test_a_key_needs_the_scope_of_what_it_does(server, keys):
    assert server.ask("GET", "/v1/history", key=keys["history:read"]).status == 200
    assert server.post(CALL, key=keys["record"]).status == 200
    for answer in (server.ask("GET", "/v1/history", key=keys["record"]), server.post(CALL, key=keys["history:read"])):
        assert (answer.status, answer.json["code"]) == (403, "missing-scope")


def test_calls_carry_the_name_of_their_key(server, keys):
    made = server.post(CALL, key=keys["record"]).json["id"]
    row = next(row for row in server.get("/v1/history?keyName=record").json["data"] if row["id"] == made)
    assert row["maskedKey"] == f"eco_...{keys['record'][-4:]}"


@pytest.mark.parametrize(("which", "code"), [("revoked", "revoked-key"), ("expired", "expired-key"), ("wrong", "not-permitted")])
@pytest.mark.parametrize(("method", "path"), [("POST", "/v1/calculate"), ("GET", "/v1/history"), ("GET", "/v1/models"), ("GET", "/healthz")])
def test_a_key_that_is_sent_is_checked_also_where_none_is_needed(server, keys, which, code, method, path):
    answer = server.ask(method, path, CALL if method == "POST" else None, key={**keys, "wrong": "eco_" + "x" * 43}[which])
    assert (answer.status, answer.json["code"]) == (401, code)


@pytest.mark.parametrize("value", ["Bearer", "Bearer ", "Digest x", "Basic !!!", "eco_abc", "Basic " + base64.b64encode(b"no colon").decode()])
def test_a_header_that_holds_no_key_is_not_taken_for_none(server, value):
    assert server.ask("POST", "/v1/calculate", CALL, authorization=value).status == 401


def test_a_key_may_be_the_password_of_any_user(server, keys):
    basic = "Basic " + base64.b64encode(f"anybody:{keys['history:read']}".encode()).decode()
    assert server.ask("GET", "/v1/history", authorization=basic).status == 200


def test_a_key_may_stand_in_the_path(server, keys):
    assert server.ask("GET", f"/key/{keys['history:read']}/v1/history").status == 200
    assert server.ask("GET", "/key/wrong/v1/history").status == 401
    assert server.ask("GET", "/key/wrong").status == 404


def test_a_key_is_refused_from_the_moment_that_it_is_revoked(server):
    secret = server.new_key("ending")
    assert server.post(CALL, key=secret).status == 200
    server.eco("keys", "revoke", "ending")
    assert server.post(CALL, key=secret).status == 401


def test_a_stream_ends_when_its_key_is_revoked(start):
    """More rows than all buffers on the way hold: the client has not read on when the key is revoked."""
    server, count = start(), 20_000
    server.post(b"\n".join(b'{"model": "gpt-4o", "prompt_tokens": 1, "completion_tokens": 1, "tags": {"filling": "%0200d"}}' % n for n in range(count)), content_type="application/x-ndjson")
    secret = server.new_key("streaming", "--scope", "history:read")
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32 * 1024)
        client.connect((server.host, server.port))
        head = f"GET /v1/history HTTP/1.1\r\nhost: {server.host}:{server.port}\r\naccept: application/x-ndjson\r\nauthorization: Bearer {secret}\r\n\r\n"
        client.sendall(head.encode())
        found = [client.recv(1000)]
        server.eco("keys", "revoke", "streaming")
        while found[-1]:
            found.append(client.recv(1 << 20))
    body = b"".join(found)
    assert body.startswith(b"HTTP/1.1 200 ")
    assert 0 < body.count(b'"filling"') < count
    assert not body.endswith(b"0\r\n\r\n")  # nobody takes it for the whole


def test_a_rotated_key_has_only_its_new_secret(server):
    old = server.new_key("turning")
    new = server.eco("keys", "rotate", "turning").strip()
    assert (server.post(CALL, key=old).status, server.post(CALL, key=new).status) == (401, 200)


def test_a_key_is_looked_up_and_not_searched_for(tmp_path):
    """Ten thousand keys, and the right one by its last characters."""
    with Store.open(tmp_path / "eco.db") as store:
        _, secret = store.keys.create("mine", ("record",), 0)
        copy = "INSERT INTO keys (name, hash, salt, last4, scopes, created_at_ms) SELECT 'key ' || value, hash, salt, printf('%04d', value), scopes, 0 FROM keys, json_each(?)"
        store.connection.execute(copy, (json.dumps([*range(10_000)]),))
        assert store.keys.verify(secret, 1).name == "mine"
        from ecocli.store.keys import WITH_LAST4

        plan = store.connection.execute(f"EXPLAIN QUERY PLAN {WITH_LAST4}", ("abcd",)).fetchall()
        assert "SEARCH keys USING INDEX keys_last4 (last4=?)" in [row[-1] for row in plan]


def test_open_lets_everybody_on_this_machine_read(start):
    server = start("--open")
    assert server.ask("GET", "/v1/history").status == 200
    assert server.ask("GET", "/v1/history", key="wrong").status == 401


def test_nobody_records_without_a_key_where_one_is_required(start):
    server = start("--require-key")
    for method, path in (("POST", "/v1/calculate"), ("GET", "/v1/history"), ("GET", "/v1/models"), ("GET", "/openapi.json")):
        assert server.ask(method, path, CALL if method == "POST" else None).status == 401
    assert server.ask("GET", "/healthz").status == 200
    secret = server.new_key("a")
    assert server.post(CALL, key=secret).status == 200


# --- pages of others


@pytest.mark.parametrize("host", ["evil.example", "evil.example:7411", "localhost.evil.example", "127.0.0.1.evil.example", "[::1].evil", ""])
def test_a_name_that_was_made_to_lead_here_is_refused(server, host):
    answer = server.raw(f"GET /v1/models HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 403 ") and b"host-not-allowed" in answer


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "127.0.0.1:9", "[::1]:80"])
def test_names_of_this_machine_are_its_own(server, host):
    assert server.ask("GET", "/healthz", host=host).status == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:1", "chrome-extension://abc", "http://127.0.0.1"])
def test_pages_of_others_are_refused_whatever_they_send(server, origin):
    for method, path in (("POST", "/v1/calculate"), ("GET", "/healthz"), ("OPTIONS", "/v1/calculate")):
        answer = server.ask(method, path, CALL if method == "POST" else None, origin=origin)
        assert (answer.status, answer.json["code"]) == (403, "origin-not-allowed")
        assert "access-control-allow-origin" not in answer.headers


def test_a_page_of_its_own_may_ask(server):
    assert server.ask("GET", "/healthz", origin=f"http://127.0.0.1:{server.port}").status == 200


EXTENSION = "chrome-extension://abcdefghijklmnopabcdefghijklmnop"


@pytest.fixture(scope="module")
def shared(tmp_path_factory, cache_folder):
    from tests.program_environment import environment
    from tests.serve_helpers import running

    folder = tmp_path_factory.mktemp("shared")
    with running(environment(folder, cache_folder), folder / "eco.db", "--allow-origin", EXTENSION, "--allow-origin", "https://a.example", "--allow-host", "eco.example") as found:
        yield found


def test_an_allowed_page_may_send_and_read_the_answer(shared):
    answer = shared.post(CALL, origin=EXTENSION)
    assert answer.status == 200
    assert answer.headers["access-control-allow-origin"] == EXTENSION
    assert "origin" in answer.headers["vary"]
    assert shared.post({}, origin=EXTENSION).headers["access-control-allow-origin"] == EXTENSION  # it reads what is wrong


def test_a_browser_may_ask_before_it_sends(shared):
    asked = {"access-control-request-method": "POST", "access-control-request-headers": "content-type", "access-control-request-private-network": "true"}
    answer = shared.ask("OPTIONS", "/v1/calculate", origin="https://a.example", **asked)
    assert answer.status == 204
    assert answer.headers["access-control-allow-origin"] == "https://a.example"
    assert "POST" in answer.headers["access-control-allow-methods"]
    assert {"authorization", "content-type"} <= {*answer.headers["access-control-allow-headers"].split(", ")}
    assert answer.headers["access-control-allow-private-network"] == "true"
    assert "access-control-allow-credentials" not in answer.headers


def test_an_allowed_name_leads_here(shared):
    assert shared.ask("GET", "/healthz", host="eco.example").status == 200
    assert shared.ask("GET", "/healthz", host="other.example").status == 403
