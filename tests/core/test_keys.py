"""A key names who recorded: its secret is shown once, and a wrong, expired or revoked one is refused."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ecocli.cli import hints
from ecocli.core import keys
from ecocli.errors import BadField, NotPermitted, UnknownKey, UsageError
from ecocli.store import Store
from ecocli.store.keys import NameTaken

BOTH = keys.SCOPES


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "eco.db") as opened:
        yield opened


def refusal(store: Store, secret: str, now_ms: int = 100) -> str:
    with pytest.raises(NotPermitted) as caught:
        store.keys.verify(secret, now_ms)
    assert caught.value.exit_code == 6
    assert hints.hint(caught.value)
    return str(caught.value)


def test_a_secret_has_256_bits_and_never_comes_twice():
    made = {keys.make() for _ in range(100)}
    assert len(made) == 100
    assert all(secret.startswith("eco_") and len(secret) == 4 + 43 for secret in made)


def test_a_secret_is_made_of_the_systems_randomness(monkeypatch):
    asked = []
    monkeypatch.setattr("secrets.token_bytes", lambda count: asked.append(count) or bytes(count))
    assert keys.make() == "eco_" + 43 * "A"
    assert asked == [256 // 8]


def test_a_hash_depends_on_its_salt():
    assert keys.hash_key("s", "1") != keys.hash_key("s", "2")
    # FIPS 180-2, appendix B.1: SHA-256 of "abc"
    assert keys.hash_key("bc", "a") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_mask_shows_four_characters():
    assert keys.mask("a1b2") == "eco_...a1b2"


def test_a_key_is_known_by_its_secret(store):
    key, secret = store.keys.create("Production Key", BOTH, 5, expires_at_ms=900)
    store.keys.create("Another", BOTH, 5)
    assert store.keys.verify(secret, 100) == key
    assert (key.name, key.scopes, key.created_at_ms, key.expires_at_ms) == ("Production Key", BOTH, 5, 900)
    assert key.masked == f"eco_...{secret[-4:]}"


def test_the_secret_is_nowhere_in_the_file(store):
    _, secret = store.keys.create("k", BOTH, 5)
    files = [each.read_bytes() for each in store.path.parent.iterdir()]
    assert files
    assert not any(secret.encode() in content or secret[4:40].encode() in content for content in files)


def test_each_refusal_has_its_own_words(store):
    _, expired = store.keys.create("old", BOTH, 1, expires_at_ms=100)
    _, revoked = store.keys.create("gone", BOTH, 1)
    store.keys.revoke("gone", 50)
    assert refusal(store, "eco_wrong") == "this key is not known to the store"
    assert refusal(store, expired) == "the key 'old' has expired"
    assert refusal(store, revoked) == "the key 'gone' was revoked"


@pytest.mark.parametrize("secret", ["", "eco_", "\udcff", "' OR 1=1 --", "x" * 100_000])
def test_odd_secrets_are_just_wrong(store, secret):
    store.keys.create("k", BOTH, 1)
    assert refusal(store, secret) == "this key is not known to the store"


def test_a_key_is_good_until_the_millisecond_it_expires(store):
    _, secret = store.keys.create("k", BOTH, 1, expires_at_ms=100)
    assert store.keys.verify(secret, 99)
    assert refusal(store, secret, 100)


def test_a_scope_that_is_missing_is_refused(store):
    key, _ = store.keys.create("recorder", ["record"], 1)
    key.require("record")
    with pytest.raises(NotPermitted, match="the key 'recorder' has no scope history:read"):
        key.require("history:read")


def test_an_unknown_scope_is_wrong_use(store):
    with pytest.raises(UsageError, match="no scope named 'write'") as caught:
        store.keys.create("k", ["record", "write"], 1)
    assert caught.value.hint == "the scopes are record and history:read"


def test_a_name_is_taken_until_its_key_is_revoked(store):
    store.keys.create("k", BOTH, 1)
    with pytest.raises(NameTaken, match="a key named 'k' is in use") as caught:
        store.keys.create("k", BOTH, 2)
    assert caught.value.exit_code == 4
    store.keys.revoke("k", 3)
    store.keys.create("k", BOTH, 4)
    assert [key.revoked_at_ms for key in store.keys.list()] == [3, None]


def test_renaming(store):
    key, secret = store.keys.create("k", BOTH, 1)
    store.keys.create("taken", BOTH, 1)
    assert store.keys.rename("k", "better").id == key.id
    assert store.keys.verify(secret, 2).name == "better"
    with pytest.raises(NameTaken):
        store.keys.rename("better", "taken")
    assert [key.name for key in store.keys.list()] == ["better", "taken"]


def test_rotating_ends_the_old_secret_and_keeps_the_lifetime(store):
    key, old = store.keys.create("k", ["record"], 100, expires_at_ms=300)
    rotated, new = store.keys.rotate("k", 250)
    assert old != new
    assert (rotated.id, rotated.scopes, rotated.expires_at_ms) == (key.id, ("record",), 450)
    assert store.keys.verify(new, 400) == rotated
    assert refusal(store, old, 251) == "this key is not known to the store"


def test_an_unknown_name_comes_with_a_suggestion(store):
    store.keys.create("Production Key", BOTH, 1)
    for use in (
        lambda: store.keys.revoke("production kye", 1),
        lambda: store.keys.rotate("production kye", 1),
        lambda: store.keys.rename("production kye", "x"),
    ):
        with pytest.raises(UnknownKey) as caught:
            use()
        assert caught.value.hint == "did you mean Production Key?"


@pytest.mark.parametrize("name", ["", "x" * 257, "a\nb", "\x1b[31m", "\ud800", "local"])
def test_names_that_cannot_be(store, name):
    with pytest.raises(BadField, match=r"^name: must be"):
        store.keys.create(name, BOTH, 1)
    store.keys.create("k", BOTH, 1)
    with pytest.raises(BadField):
        store.keys.rename("k", name)


def test_a_key_made_by_one_process_is_known_to_the_next(tmp_path):
    with Store.open(tmp_path / "eco.db") as first:
        _, secret = first.keys.create("k", BOTH, 1)
    with Store.open(tmp_path / "eco.db", create=False) as second:
        assert second.keys.verify(secret, 2).name == "k"


def test_no_key_is_known_where_there_is_no_store(tmp_path):
    with Store.open(tmp_path / "eco.db", create=False) as nothing:
        assert refusal(nothing, keys.make()) == "this key is not known to the store"
