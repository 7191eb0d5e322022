"""`eco grid fetch` against a server of this test: what is asked, what is kept, and what is said when it goes wrong."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

KEY = "a-key-of-this-test"


class Api(HTTPServer):
    """Answers every question with `status` and `body`, and remembers them."""

    status, body, location = 200, b"", None

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[tuple[str, dict[str, list[str]], str | None]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Api

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        self.server.asked.append((asked.path, parse_qs(asked.query), self.headers.get("auth-token")))
        self.send_response(self.server.status)
        if self.server.location:
            self.send_header("Location", self.server.location)
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def api() -> Iterator[Api]:
    server = Api()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def env(env):
    return env | {"ELECTRICITYMAPS_API_KEY": KEY}


def hours(*values: float | None) -> list:
    return [{"zone": "DE", "datetime": f"2025-05-01T{hour:02}:00:00.000Z", "carbonIntensity": value} for hour, value in enumerate(values)]


def test_the_last_day_is_kept(eco, api):
    api.body = json.dumps({"zone": "DE", "history": hours(300, 250, None)}).encode()
    (found,) = json.loads(eco("grid", "fetch", "--zone", "de", "--url", api.url).stdout)
    assert (found["zone"], found["layout"], found["new"]) == ("DE", "electricity-maps-api", 2)
    assert api.asked == [("/v3/carbon-intensity/history", {"zone": ["DE"], "emissionFactorType": ["lifecycle"]}, KEY)]
    assert json.loads(eco("grid", "list").stdout)[0]["meanGramsPerKwh"] == 275


def test_a_long_time_is_asked_for_in_parts(eco, api):
    api.body = json.dumps({"zone": "DE", "data": hours(300, 310)}).encode()
    eco("grid", "fetch", "--zone", "DE", "--since", "2025-05-01", "--until", "2025-05-15", "--url", api.url)
    spans = [(query["start"][0], query["end"][0]) for path, query, _ in api.asked if path == "/v3/carbon-intensity/past-range"]
    assert spans == [("2025-05-01T00:00:00Z", "2025-05-11T00:00:00Z"), ("2025-05-11T00:00:00Z", "2025-05-16T00:00:00Z")]


@pytest.mark.parametrize(
    ("status", "body", "message"),
    [
        (401, b"Request unauthorized", "Electricity Maps answered 401: Request unauthorized\nhint: the key, or what its plan allows"),
        (500, b"", "Electricity Maps answered 500"),
        (200, b"<html>", "something else than JSON"),
        (200, b"[1]", "answered without hours"),
        (200, b'{"history": [{"datetime": "soon", "carbonIntensity": 1}]}', "an hour that cannot be read"),
        (200, b'{"history": []}', "there is no hour with a value"),
        (200, b'{"history": [{"datetime": "2025-05-01T00:00:00Z", "carbonIntensity": 99999}]}', "none that a grid has"),
    ],
)
def test_what_goes_wrong_is_said_and_keeps_nothing(eco, api, status, body, message):
    api.status, api.body = status, body
    result = eco("grid", "fetch", "--zone", "DE", "--url", api.url, exit_code=4)
    assert message in result.stderr
    assert KEY not in result.stderr
    assert json.loads(eco("grid", "list").stdout) == []


def test_the_key_follows_no_redirect(eco, api):
    api.status, api.location = 302, f"{api.url}/elsewhere"
    assert "answered 302" in eco("grid", "fetch", "--zone", "DE", "--url", api.url, exit_code=4).stderr
    assert len(api.asked) == 1


def test_nobody_is_asked_without_a_zone_a_key_or_a_safe_address(eco, api, env):
    eco("grid", "fetch", "--zone", "Ruritania", "--url", api.url, exit_code=3)
    eco("grid", "fetch", "--zone", "DE", "--url", "http://example.com", exit_code=2)
    eco("grid", "fetch", "--zone", "DE", "--url", "file:///etc/passwd", exit_code=2)
    assert "cannot be reached" in eco("grid", "fetch", "--zone", "DE", "--url", "http://127.0.0.1:9", exit_code=4).stderr
    del env["ELECTRICITYMAPS_API_KEY"]
    assert "ELECTRICITYMAPS_API_KEY is not set" in eco("grid", "fetch", "--zone", "DE", "--url", api.url, exit_code=4).stderr
    assert api.asked == []
