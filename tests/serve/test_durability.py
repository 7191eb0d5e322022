"""What was acknowledged is stored, whatever happens to the server or to the store underneath."""

import http.client
import json
import signal
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress

import pytest
from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from ecocli.store import Store
from ecocli.store.migrations import MIGRATIONS
from tests.serve_helpers import ANSWER_S, CALL


def stored_ids(db) -> set[str]:
    with closing(sqlite3.connect(db)) as store:
        return {call_id for (call_id,) in store.execute("SELECT call_id FROM calls")}


def client(server, name: str, count: int, acknowledged: set[str], seen: threading.Event) -> None:
    """Send calls one after another on one connection, until the server is gone."""
    connection = http.client.HTTPConnection(server.host, server.port, timeout=ANSWER_S)
    with suppress(OSError, http.client.HTTPException):
        for n in range(count):
            connection.request("POST", "/v1/calculate", json.dumps(CALL | {"id": f"{name}-{n}"}), {"content-type": "application/json"})
            answer = connection.getresponse()
            body = answer.read()
            if answer.status == 200:
                acknowledged.add(json.loads(body)["id"])
                seen.set()
    connection.close()


def recording(server, clients: int, count: int) -> tuple[list[threading.Thread], set[str], threading.Event]:
    acknowledged: set[str] = set()
    seen = threading.Event()
    threads = [threading.Thread(target=client, args=(server, f"client-{n}", count, acknowledged, seen)) for n in range(clients)]
    for thread in threads:
        thread.start()
    return threads, acknowledged, seen


def test_a_killed_server_loses_nothing_that_it_acknowledged(start):
    server = start()
    threads, acknowledged, seen = recording(server, 8, 10_000)
    assert seen.wait(ANSWER_S)
    time.sleep(0.3)
    server.process.send_signal(signal.SIGKILL)
    for thread in threads:
        thread.join(ANSWER_S)
    assert acknowledged and acknowledged <= stored_ids(server.db)


@pytest.mark.faults
def test_64_clients_and_kill_after_kill(start, tmp_path):
    """64 × 500 calls, while the server is killed again and again; at the end each call that was acknowledged is there."""
    acknowledged: set[str] = set()
    for round_ in range(6):
        server = start()
        seen = threading.Event()
        threads = [threading.Thread(target=client, args=(server, f"{round_}-{n}", 84, acknowledged, seen)) for n in range(64)]
        for thread in threads:
            thread.start()
        seen.wait(ANSWER_S)
        time.sleep(0.2 + round_ * 0.15)
        server.process.send_signal(signal.SIGKILL if round_ < 5 else signal.SIGTERM)
        for thread in threads:
            thread.join(ANSWER_S)
        server.process.wait(ANSWER_S)
    assert len(acknowledged) > 500
    assert acknowledged <= stored_ids(tmp_path / "eco.db")
    with closing(sqlite3.connect(tmp_path / "eco.db")) as store:
        assert store.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert store.execute("PRAGMA foreign_key_check").fetchall() == []  # which its writer does not look at


def test_a_server_and_commands_write_to_one_store(start):
    server = start()
    threads, acknowledged, _ = recording(server, 4, 40)
    for n in range(3):
        server.eco("record", "--model", "gpt-4o", "--prompt-tokens", "1", "--completion-tokens", "1", "--id", f"command-{n}")
    for thread in threads:
        thread.join(ANSWER_S)
    assert len(acknowledged) == 160
    assert stored_ids(server.db) == acknowledged | {f"command-{n}" for n in range(3)}


@pytest.mark.faults
def test_a_store_that_stays_locked_is_said_before_clients_give_up(start):
    server = start()
    server.post(CALL | {"id": "before"})
    with closing(sqlite3.connect(server.db, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        begin_s = time.monotonic()
        answer = server.post(CALL | {"id": "meanwhile"})
        took_s = time.monotonic() - begin_s
        assert server.get("/v1/history").status == 200  # reading goes on
        other.execute("ROLLBACK")
    assert (answer.status, answer.json["code"]) == (503, "store-locked")
    assert int(answer.headers["retry-after"]) >= 1
    assert took_s < 10
    assert server.post(CALL | {"id": "after"}).status == 200
    assert stored_ids(server.db) == {"before", "after"}


@pytest.mark.faults
def test_exporters_are_told_to_send_again_while_the_store_stays_locked(start):
    """As OTLP asks: 503 with Retry-After and a Status, in the encoding of the request; what is sent again is stored once."""
    server = start()
    document = {"resourceSpans": [{"scopeSpans": [{"spans": [{
        "traceId": "ab" * 16, "spanId": "cd" * 8, "name": "chat", "startTimeUnixNano": "1764400000000000000", "endTimeUnixNano": "1764400001000000000",
        "attributes": [{"key": "gen_ai.request.model", "value": {"stringValue": "gpt-4o"}}, {"key": "gen_ai.usage.input_tokens", "value": {"intValue": "7"}},
            {"key": "gen_ai.usage.output_tokens", "value": {"intValue": "2"}}],
    }]}]}]}  # fmt: skip
    request = json_format.ParseDict(document, ExportTraceServiceRequest(), ignore_unknown_fields=True)  # its ids are others: in base64
    bodies = {"application/json": json.dumps(document).encode(), "application/x-protobuf": request.SerializeToString()}

    def send(encoding):
        return server.ask("POST", "/v1/traces", bodies[encoding], content_type=encoding)

    with closing(sqlite3.connect(server.db, isolation_level=None)) as other, ThreadPoolExecutor(2) as pool:
        other.execute("BEGIN IMMEDIATE")
        begin_s = time.monotonic()
        refused = list(pool.map(send, bodies))
        took_s = time.monotonic() - begin_s
        other.execute("ROLLBACK")
    assert [(answer.status, answer.headers["content-type"]) for answer in refused] == [(503, encoding) for encoding in bodies]
    assert all(int(answer.headers["retry-after"]) >= 1 for answer in refused)
    assert refused[0].json["code"] == 14 and refused[1].body.startswith(b"\x08\x0e")  # UNAVAILABLE
    assert took_s < 10
    for encoding in (*bodies, *bodies):
        assert send(encoding).status == 200
    assert len(stored_ids(server.db)) == 2


@pytest.mark.faults
def test_a_lock_that_is_short_is_waited_for(start):
    server = start()
    server.post(CALL | {"id": "before"})
    with closing(sqlite3.connect(server.db, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        threads, acknowledged, _ = recording(server, 3, 1)
        time.sleep(1)
        other.execute("ROLLBACK")
    for thread in threads:
        thread.join(ANSWER_S)
    assert len(acknowledged) == 3


def test_a_backup_that_takes_the_place_of_the_store_is_noticed(start, tmp_path):
    server = start()
    server.post(CALL | {"id": "kept"})
    server.eco("db", "backup", str(tmp_path / "copy.db"))
    server.post(CALL | {"id": "lost by the restore"})
    server.eco("db", "restore", str(tmp_path / "copy.db"))
    server.post(CALL | {"id": "new"})
    assert {row["id"] for row in server.get("/v1/history").json["data"]} == {"kept", "new"} == stored_ids(server.db)


def test_another_file_at_its_place_is_noticed(start, tmp_path):
    server = start()
    server.post(CALL | {"id": "first"})
    with Store.open(tmp_path / "other.db"):
        pass
    (tmp_path / "other.db").replace(server.db)
    for sidecar in ("-wal", "-shm"):
        server.db.with_name(f"eco.db{sidecar}").unlink(missing_ok=True)
    assert server.post(CALL | {"id": "second"}).status == 200
    assert stored_ids(server.db) == {"second"}
    assert [row["id"] for row in server.get("/v1/history").json["data"]] == ["second"]


@pytest.mark.faults
def test_a_vacuum_is_noticed(start):
    server = start()
    server.post([CALL | {"id": str(n)} for n in range(50)])
    server.eco("db", "vacuum")
    server.post(CALL | {"id": "after"})
    assert len(server.get("/v1/history").json["data"]) == 51


def test_a_store_that_a_newer_eco_changed_is_left_alone(start):
    server = start()
    server.post(CALL | {"id": "old"})
    with closing(sqlite3.connect(server.db)) as newer:
        newer.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    for answer in (server.post(CALL | {"id": "new"}), server.get("/v1/history"), server.ask("GET", "/readyz")):
        assert (answer.status, answer.json["code"]) == (503, "newer-store")
        assert str(server.db.parent) not in answer.body.decode()
    assert stored_ids(server.db) == {"old"}
    with closing(sqlite3.connect(server.db)) as newer:
        newer.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
    assert server.post(CALL | {"id": "new"}).status == 200


@pytest.mark.faults
def test_the_log_is_small_again_when_it_is_quiet(start):
    server = start()
    for _ in range(20):
        server.post([CALL] * 500)
    log = server.db.with_name("eco.db-wal")
    for _ in range(100):
        if log.stat().st_size == 0:
            break
        time.sleep(0.1)
    assert log.stat().st_size == 0
    assert server.get("/v1/summary?by=year").json["total"]["calls"] == 10_000


@pytest.mark.faults
def test_a_slow_reader_does_not_keep_the_log_from_shrinking(start):
    import socket

    server = start()
    server.post([CALL | {"startTimeMs": 1_763_800_000_000 + n} for n in range(20_000)])
    with socket.create_connection((server.host, server.port)) as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.sendall(f"GET /v1/history?token={server.token} HTTP/1.1\r\nHost: localhost\r\nAccept: text/csv\r\n\r\n".encode())
        assert slow.recv(1000).startswith(b"HTTP/1.1 200 ")
        server.post(CALL)
        log = server.db.with_name("eco.db-wal")
        for _ in range(100):
            if log.stat().st_size == 0:
                break
            time.sleep(0.1)
        assert log.stat().st_size == 0
