"""A server from its start to its end."""

import http.client
import json
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time

import pytest

from tests.serve_helpers import ANSWER_S, CALL

LONG = [CALL | {"id": f"long-{n}"} for n in range(1000)]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--host", "0.0.0.0"), "others can reach 0.0.0.0: it needs --require-key"),
        (("--host", "::"), "others can reach ::: it needs --require-key"),
        (("--host", "0.0.0.0", "--require-key"), "keys would cross the network to 0.0.0.0 in the clear"),
        (("--open", "--require-key"), "--open lets anybody read, and --require-key nobody"),
        (("--tls-cert", "a.pem"), "--tls-cert and --tls-key go together"),
        (("--allow-origin", "*"), "--allow-origin: '*' is no origin"),
        (("--allow-origin", "https://*.example"), "--allow-origin: 'https://*.example' is no origin"),
        (("--allow-origin", "null"), "--allow-origin: 'null' is no origin"),
        (("--allow-origin", "https://a.example/path"), "--allow-origin: 'https://a.example/path' is no origin"),
        (("--allow-host", "*"), "--allow-host: '*' is no name of a host"),
        (("--allow-host", "https://a.example"), "--allow-host: 'https://a.example' is no name of a host"),
    ],
)
def test_what_would_let_strangers_in_is_refused(eco, options, message):
    result = eco("serve", "--port", "0", *options, exit_code=2)
    assert result.stderr.startswith(f"eco: {message}") and "\nhint: " in result.stderr


def test_a_port_in_use_is_said(eco):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = eco("serve", "--port", str(port), exit_code=5)
    assert result.stderr == f"eco: port {port} is in use\nhint: eco serve --port 0 takes a free one; another eco serve may be running\n"


def test_an_address_of_another_machine_is_said(eco):
    result = eco("serve", "--port", "0", "--host", "192.0.2.1", "--require-key", "--insecure-http", exit_code=5)
    assert result.stderr.startswith("eco: 192.0.2.1:0 cannot be listened on: ")


def test_a_certificate_that_is_none_is_said(eco, tmp_path):
    (tmp_path / "bad.pem").write_text("nothing")
    for name, message in (("absent.pem", "no file "), ("bad.pem", "the certificate cannot be used")):
        result = eco("serve", "--port", "0", "--tls-cert", str(tmp_path / name), "--tls-key", str(tmp_path / name), exit_code=4)
        assert result.stderr.startswith(f"eco: {message}")


def test_what_it_prints_when_it_starts(env, tmp_path):
    command = [sys.executable, "-m", "ecocli", "serve", "--port", "0", "--db", str(tmp_path / "eco.db")]
    with subprocess.Popen(command, stderr=subprocess.PIPE, env=env) as process:
        lines = [process.stderr.readline().decode() for _ in range(2)]
        process.send_signal(signal.SIGINT)
        assert process.wait(ANSWER_S) == 0
    assert re.fullmatch(r"eco: listening on http://127\.0\.0\.1:\d+; the records are in .*/eco\.db\n", lines[0])
    assert re.fullmatch(r"eco: to read them: http://127\.0\.0\.1:\d+/v1/history\?token=[\w-]{43}\n", lines[1])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_asked_to_end_it_finishes_what_it_accepted(start, number):
    server = start()
    connection = http.client.HTTPConnection(server.host, server.port, timeout=ANSWER_S)
    connection.request("POST", "/v1/calculate", json.dumps(LONG), {"content-type": "application/json"})
    time.sleep(0.05)
    server.process.send_signal(number)
    answered = len(json.loads(connection.getresponse().read()))
    connection.close()
    assert server.process.wait(ANSWER_S) == 0
    assert answered == len(LONG)
    assert json.loads(server.eco("summary", "--format", "json"))["total"]["calls"] == answered
    assert not server.db.with_name("eco.db-wal").exists()


def test_the_configuration_is_read_anew_on_request(start):
    server = start()
    folder = server.db.parent / "config" / "eco"
    folder.mkdir(parents=True)
    assert "region" not in (server.post(CALL, "?store=false").json.get("tags") or {})
    (folder / "config.toml").write_text('[provider.openai]\nregion = "DE"\n')
    server.process.send_signal(signal.SIGHUP)
    assert b"read anew" in server.process.stderr.readline()
    assert server.post(CALL, "?store=false").json["audit"]["finalRegion"] == "DE"
    (folder / "config.toml").write_text("nonsense = 1\n")
    server.process.send_signal(signal.SIGHUP)
    assert b"stays as it was" in server.process.stderr.readline()
    assert server.post(CALL, "?store=false").json["audit"]["finalRegion"] == "DE"


def test_the_users_own_names_for_models_count(start):
    """The same as in `eco estimate`, through every route that takes calls, and after SIGHUP."""
    server = start()
    folder = server.db.parent / "config" / "eco"
    folder.mkdir(parents=True)
    call = CALL | {"model": "our-bot"}
    assert server.post(call, "?store=false").json["audit"]["modelMatch"] == "class"
    (folder / "config.toml").write_text('[aliases]\n"our-bot" = "claude-sonnet-4.5"\n')
    server.process.send_signal(signal.SIGHUP)
    assert b"read anew" in server.process.stderr.readline()
    for answer in (server.post(call, "?store=false"), server.ask("POST", "/ingest/native?store=false", call), server.ask("POST", "/ingest/auto", call)):
        assert answer.json["audit"]["model"] == "anthropic/claude-sonnet-4.5"


def test_it_listens_on_ipv6(start):
    if not socket.has_ipv6:
        pytest.skip("this machine has no IPv6")
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")
    server = start("--host", "::1")
    assert server.host == "::1"
    assert server.post(CALL).status == 200
    assert server.ask("GET", "/healthz", host=f"[::1]:{server.port}").status == 200


def test_other_addresses_are_served_with_keys_behind_a_proxy(start):
    server = start("--host", "0.0.0.0", "--require-key", "--insecure-http", "--allow-host", "eco.example")
    secret = server.new_key("a")
    assert server.post(CALL).status == 401
    assert server.post(CALL, key=secret, host="eco.example").status == 200
    assert server.post(CALL, key=secret, host="evil.example").status == 403


def test_it_speaks_tls(start, tmp_path):
    if not shutil.which("openssl"):
        pytest.skip("openssl makes the certificate of this test")
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    subprocess.run([*made, "-keyout", str(key), "-out", str(cert)], check=True, capture_output=True)
    server = start("--tls-cert", str(cert), "--tls-key", str(key))
    trusted = ssl.create_default_context(cafile=str(cert))
    with socket.create_connection((server.host, server.port), timeout=ANSWER_S) as plain, trusted.wrap_socket(plain, server_hostname="localhost") as sending:
        sending.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert sending.recv(65_536).startswith(b"HTTP/1.1 200 ")


def test_the_access_log_has_a_line_for_each_request_and_no_secret(start):
    server = start("--access-log")
    secret = server.new_key("watched")
    server.post(CALL | {"id": "a-private-name"}, key=secret)
    server.ask("GET", f"/key/{secret}/v1/history?model=a-private-model")
    server.ask("GET", f"/v1/history?token={server.token}")
    server.ask("GET", f"/key/{secret}/nowhere-{secret}")
    lines = [server.process.stdout.readline().decode() for _ in range(4)]
    found = [json.loads(line) for line in lines]
    assert [(one["method"], one["route"], one["status"]) for one in found] == [
        ("POST", "/v1/calculate", 200), ("GET", "/v1/history", 200), ("GET", "/v1/history", 200), ("GET", "-", 404),
    ]  # fmt: skip
    assert all(one["ms"] > 0 and one["time"].endswith("Z") for one in found)
    assert len({one["id"] for one in found}) == 4
    for text in (secret, server.token, "a-private", "?", "nowhere"):
        assert text not in "".join(lines)


def test_without_its_packages_it_says_which_to_install(env, tmp_path):
    (tmp_path / "uvicorn.py").write_text("raise ModuleNotFoundError('No module named uvicorn', name='uvicorn')")
    done = subprocess.run([sys.executable, "-m", "ecocli", "serve"], capture_output=True, env=env | {"PYTHONPATH": str(tmp_path)}, timeout=ANSWER_S)
    assert done.returncode == 4
    assert done.stderr.decode() == "eco: eco serve needs packages that are not installed\nhint: pip install 'ecocli[serve]' adds them\n"


def test_what_only_some_routes_need_is_loaded_when_they_are_asked():
    """A server starts sooner without it."""
    code = "import ecocli.serve.server, sys; print(*sys.modules)"
    loaded = set(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True, timeout=ANSWER_S).stdout.split())
    assert "ecocli.serve.routes.totals" in loaded
    late = ("ecocli.analysis", "ecocli.render", "ecocli.reports", "ecocli.ingest.formats", "ecocli.contract.history", "ecocli.contract.catalogue", "opentelemetry", "google")
    assert not [name for name in loaded if name.startswith(late)]
