"""`eco models update`: a newer edition of the catalogue's models is looked at as a whole, and counts only when it is asked for."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from ecocli.catalog.compiled import data_path

SHIPPED = data_path("models.yaml").read_bytes()
CALL = ("--model", "openai/gpt-4o", "--prompt-tokens", "10", "--completion-tokens", "5")
NEW_MODEL = b"models:\n  - {id: acme/next-9b, base: llama-3-8b, developer: acme, reasoning: \"no\"}\n"


def edition(day: str, *changes: tuple[bytes, bytes]) -> bytes:
    text = SHIPPED
    for before, after in ((b'edition: "2026-', b'edition: "%s" # 2026-' % day.encode()), *changes):
        assert text.count(before) == 1
        text = text.replace(before, after)
    return text


NEXT = edition("2027-01-15", (b"\nmodels:\n", b"\n" + NEW_MODEL))


class Site(HTTPServer):
    status, body, location = 200, b"", None

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/models.yaml"


class Handler(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        moved = self.server.location if self.path == "/models.yaml" else None
        self.send_response(302 if moved else self.server.status)
        if moved:
            self.send_header("Location", moved)
        self.end_headers()
        if not moved:
            self.wfile.write(self.server.body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def site() -> Iterator[Site]:
    server = Site()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def newer(tmp_path: Path) -> str:
    (tmp_path / "newer.yaml").write_bytes(NEXT)
    return "newer.yaml"


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return tmp_path / "data" / "eco" / "catalogue" / "models.yaml"


def test_a_newer_edition_counts_from_then_on(eco, newer, kept):
    before = eco("estimate", *CALL).json["audit"]["dataEdition"]
    done = eco("models", "update", newer, "--yes", "--format", "text")
    assert done.stdout == f"edition {before.partition('/')[0]} → 2027-01-15\n  1 model new: acme/next-9b\n"
    assert done.stderr == f"kept in {kept}: eco recompute shows what it changes of recorded calls\n"
    assert kept.read_bytes() == NEXT and kept.stat().st_mode & 0o777 == 0o600
    assert eco("models", "resolve", "acme/next-9b").json["modelMatch"] == "exact"
    assert eco("estimate", *CALL).json["audit"]["dataEdition"] == f"2027-01-15/{before.partition('/')[2]}"
    eco("models", "update", "--remove")
    assert eco("estimate", *CALL).json["audit"]["dataEdition"] == before
    eco("models", "resolve", "acme/next-9b", exit_code=3)


def test_nothing_is_taken_unasked(eco, newer, kept):
    refused = eco("models", "update", newer, exit_code=2)
    assert refused.stderr.endswith("hint: --yes does so, --dry-run only shows what would change\n")
    shown = eco("models", "update", newer, "--dry-run").json
    assert (shown["added"], shown["gone"], shown["resized"], shown["kept"]) == (["acme/next-9b"], [], [], False)
    assert not kept.exists()


def test_own_models_stay_beside_it(eco, newer):
    eco("models", "add", "my/own", "--total", "7")
    eco("models", "update", newer, "--yes")
    for name in ("my/own", "acme/next-9b"):
        assert eco("models", "resolve", name).json["model"] == name


def test_an_edition_that_own_models_do_not_fit_is_refused(eco, tmp_path, kept):
    file = tmp_path / "config" / "eco" / "models.yaml"
    file.parent.mkdir(parents=True)
    file.write_text("models:\n  - {id: my/own, base: molmo-7b, developer: my, reasoning: 'no'}\n")
    (tmp_path / "newer.yaml").write_bytes(NEXT.replace(b"molmo-7b", b"molmo-7c"))
    refused = eco("models", "update", "newer.yaml", "--yes", exit_code=4)
    assert f"{file} does not fit the edition 2027-01-15: models.my/own.base: 'molmo-7b' is not under architectures" in refused.stderr
    assert not kept.exists()


def test_a_changed_size_is_named(eco, tmp_path):
    (tmp_path / "newer.yaml").write_bytes(NEXT.replace(b"total_params_b: {value: 46.7, low: 46.7, high: 46.7,", b"total_params_b: {value: 48, low: 48, high: 48,"))
    found = eco("models", "update", "newer.yaml", "--dry-run").json
    assert any("mixtral-8x7b" in name for name in found["resized"])


def test_the_same_edition_again_changes_nothing(eco, newer):
    eco("models", "update", newer, "--yes")
    again = eco("models", "update", newer, "--format", "text")
    assert (again.stdout, again.stderr) == ("edition 2027-01-15 counts already\n", "nothing was changed\n")


def test_an_older_edition_is_refused(eco, tmp_path, kept):
    (tmp_path / "older.yaml").write_bytes(edition("2025-01-01"))
    assert "edition 2025-01-01 is older than 2026-" in eco("models", "update", "older.yaml", "--yes", exit_code=4).stderr
    assert not kept.exists()


def test_a_newer_eco_overtakes_an_edition(eco, kept):
    """What was newer once stays in its place, and no longer counts."""
    before = eco("estimate", *CALL).json["audit"]["dataEdition"]
    kept.parent.mkdir(parents=True)
    kept.write_bytes(edition("2025-01-01"))
    assert eco("estimate", *CALL).json["audit"]["dataEdition"] == before


BOMB = b"a: &a [x,x,x,x,x,x,x,x,x]\n" + b"".join(b"%c: &%c [%s]\n" % (c, c, b",".join([b"*%c" % (c - 1)] * 9)) for c in b"bcdefgh")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"", "edition: missing"), (b"models: []", "edition: missing"), (b"- 1", "a mapping is needed at the top"), (b"a: [", "line 2"), (b"\xff\xfe\xff", "not UTF-8 text"),
        (BOMB, "stands for more than 2,000,000 values, as no catalogue does"), (b"[" * 15, "is nested too deep, as no catalogue does"), (b"!!python/object/apply:os.getcwd []", "a constructor"),
        (NEXT.replace(b"kv_rule:", b"kv_law:"), "hint: an edition for another eco may have keys"), (NEXT + b"a: " + b"x" * 16 * 1024**2, "is larger than 16 MiB"),
    ],
)  # fmt: skip
def test_what_is_no_edition_is_refused(eco, tmp_path, kept, text, told):
    (tmp_path / "newer.yaml").write_bytes(text)
    refused = eco("models", "update", "newer.yaml", "--yes", exit_code=4)
    assert told in refused.stderr and "newer.yaml" in refused.stderr
    assert not kept.exists()


def test_from_an_address(eco, site, kept):
    site.body = NEXT
    assert eco("models", "update", site.url, "--yes").json["kept"] is True
    assert site.asked == ["/models.yaml"] and kept.read_bytes() == NEXT


def test_a_move_to_another_private_place_is_followed(eco, site, kept):
    site.body, site.location = NEXT, site.url.replace("models.yaml", "moved.yaml")
    eco("models", "update", site.url, "--yes")
    assert site.asked == ["/models.yaml", "/moved.yaml"] and kept.exists()


@pytest.mark.parametrize("place", ["http://example.com/models.yaml", "file:///etc/passwd", "ftp://example.com/x"])
def test_a_move_into_the_clear_is_not_followed(eco, site, kept, place):
    site.location = place
    assert "answered 302" in eco("models", "update", site.url, "--yes", exit_code=4).stderr
    assert not kept.exists()


@pytest.mark.parametrize(("status", "body", "told"), [(404, b"gone", "answered 404: gone"), (200, b"<html>", "a mapping is needed"), (200, b"x" * (16 * 1024**2 + 1), "answered with more than 16,777,216 bytes")])
def test_an_address_without_an_edition(eco, site, kept, status, body, told):
    site.status, site.body = status, body
    assert told in eco("models", "update", site.url, "--yes", exit_code=4).stderr
    assert not kept.exists()


@pytest.mark.parametrize(
    ("line", "code", "told"),
    [
        (("http://example.com/models.yaml",), 2, "the address must begin with https://, not 'http://example.com/models.yaml'"),
        (("file:///etc/passwd",), 2, "the address must begin with https://"),
        (("http://127.0.0.1:9/x",), 4, "127.0.0.1:9 cannot be reached"),
        (("none.yaml",), 4, "no file 'none.yaml'"),
        ((".",), 4, "'.' cannot be read: is a directory"),
        ((), 2, "a file or an address is needed, or --remove"),
        (("x.yaml", "--remove"), 2, "--remove takes no file"),
    ],
)
def test_what_cannot_be_asked(eco, kept, line, code, told):
    assert told in eco("models", "update", *line, exit_code=code).stderr
    assert not kept.exists()


def test_going_back_where_nothing_was_taken(eco):
    assert eco("models", "update", "--remove", "--format", "text").stderr == "eco's own edition counts already\n"
    assert json.loads(eco("models", "update", "--remove").stdout)["removed"] is False
