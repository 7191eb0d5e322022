"""Who may record and look back: the keys of a store, by name."""

import sqlite3
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hmac import compare_digest
from typing import TYPE_CHECKING, Any

from ecocli.core import keys
from ecocli.errors import BadData, BadField, MissingScope, NotPermitted, UnknownKey, UsageError, quoted
from ecocli.store.history import LOCAL
from ecocli.util.valueclass import value_class

if TYPE_CHECKING:
    from ecocli.store import Store

LONGEST_NAME = 256
COLUMNS = "id, name, last4, scopes, created_at_ms, expires_at_ms, revoked_at_ms"
INSERT = (
    "INSERT INTO keys (name, hash, salt, last4, scopes, created_at_ms, expires_at_ms) "
    "VALUES (:name, :hash, :salt, :last4, :scopes, :created_at_ms, :expires_at_ms)"
)
WITH_LAST4 = f"SELECT {COLUMNS}, hash, salt FROM keys WHERE last4 = ?"
RENEW = (
    "UPDATE keys SET hash = :hash, salt = :salt, last4 = :last4, created_at_ms = :created_at_ms, "
    "expires_at_ms = :expires_at_ms WHERE id = :id"
)


class NameTaken(BadData):
    code = "name-taken"

    def __init__(self, name: str) -> None:
        hint = "choose another name, or rotate or revoke that key"
        super().__init__(f"a key named {quoted(name)} is in use", hint)


@value_class(frozen=True, slots=True)
class Key:
    """One key, without its secret. Times are milliseconds since 1970 in UTC."""

    id: int
    name: str
    last4: str
    scopes: tuple[str, ...]
    created_at_ms: int
    expires_at_ms: int | None
    """None: never."""
    revoked_at_ms: int | None

    @property
    def masked(self) -> str:
        return keys.mask(self.last4)

    def require(self, scope: str) -> None:
        """Nothing, or NotPermitted."""
        if scope not in self.scopes:
            raise MissingScope(self.name, scope)

    def require_valid(self, now_ms: int) -> None:
        """Nothing, or NotPermitted."""
        if self.revoked_at_ms is not None:
            raise NotPermitted(f"the key {quoted(self.name)} was revoked", code="revoked-key")
        if self.expires_at_ms is not None and self.expires_at_ms <= now_ms:
            raise NotPermitted(f"the key {quoted(self.name)} has expired", code="expired-key")


class Keys:
    """The keys of one store. Names are unique among the keys that are not revoked."""

    def __init__(self, store: "Store") -> None:
        self._store, self._connection = store, store.connection

    def create(
        self, name: str, scopes: Iterable[str], now_ms: int, expires_at_ms: int | None = None
    ) -> tuple[Key, str]:
        """A new key and its secret, which nothing can show again."""
        _check_name(name)
        secret, values = _new_secret()
        values |= {"name": name, "scopes": _scopes_text(scopes)}
        values |= {"created_at_ms": now_ms, "expires_at_ms": expires_at_ms}
        with self._store.transaction(), _unique(name):
            row_id = self._connection.execute(INSERT, values).lastrowid
            return _one(self._connection, "id = ?", row_id), secret

    def list(self) -> list[Key]:
        """Every key, the revoked ones too, oldest first."""
        with self._store.snapshot():
            return [_read(row) for row in self._connection.execute(f"SELECT {COLUMNS} FROM keys ORDER BY id")]

    def rename(self, name: str, new_name: str) -> Key:
        """The calls that the key recorded show its new name."""
        _check_name(new_name)
        with self._store.transaction(), _unique(new_name):
            key = _active(self._connection, name)
            self._connection.execute("UPDATE keys SET name = ? WHERE id = ?", (new_name, key.id))
            return _one(self._connection, "id = ?", key.id)

    def rotate(self, name: str, now_ms: int) -> tuple[Key, str]:
        """Give a key a new secret, for as long as the old one was made for; the old one ends now."""
        secret, values = _new_secret()
        with self._store.transaction():
            key = _active(self._connection, name)
            lifetime_ms = None if key.expires_at_ms is None else key.expires_at_ms - key.created_at_ms
            values |= {"id": key.id, "created_at_ms": now_ms}
            values |= {"expires_at_ms": None if lifetime_ms is None else now_ms + lifetime_ms}
            self._connection.execute(RENEW, values)
            return _one(self._connection, "id = ?", key.id), secret

    def revoke(self, name: str, now_ms: int) -> Key:
        """Its calls stay; its name is free again."""
        with self._store.transaction():
            key = _active(self._connection, name)
            self._connection.execute("UPDATE keys SET revoked_at_ms = ? WHERE id = ?", (now_ms, key.id))
            return _one(self._connection, "id = ?", key.id)

    def verify(self, secret: str, now_ms: int) -> Key:
        """The key that this is the secret of, or NotPermitted. Takes as long among ten thousand keys as among two."""
        with self._store.snapshot():
            # by the characters that everybody may see; the rest is compared in constant time
            rows = self._connection.execute(WITH_LAST4, (keys.last4(secret),)).fetchall() if secret.isascii() else []
        found = [_read(row) for *row, hash, salt in rows if compare_digest(keys.hash_key(secret, salt).encode(), hash.encode())]
        if not found:
            raise NotPermitted("this key is not known to the store")
        found[0].require_valid(now_ms)
        return found[0]


def unknown(connection: sqlite3.Connection, name: str) -> UnknownKey:
    """The error for a name, with the names that it may have been meant to be."""
    from difflib import get_close_matches

    names = [row[0] for row in connection.execute("SELECT name FROM keys WHERE revoked_at_ms IS NULL ORDER BY id")]
    folded = {known.casefold(): known for known in names}
    return UnknownKey(name, [folded[close] for close in get_close_matches(name.casefold(), folded)])


def _active(connection: sqlite3.Connection, name: str) -> Key:
    try:
        return _one(connection, "name = ? AND revoked_at_ms IS NULL", name)
    except LookupError:
        raise unknown(connection, name) from None


def _one(connection: sqlite3.Connection, condition: str, value: Any) -> Key:
    row = connection.execute(f"SELECT {COLUMNS} FROM keys WHERE {condition}", (value,)).fetchone()
    if row is None:
        raise LookupError(value)
    return _read(row)


def _read(row: tuple[Any, ...]) -> Key:
    id, name, last4, scopes, *times = row
    return Key(id, name, last4, tuple(scopes.split()), *times)


def _new_secret() -> tuple[str, dict[str, Any]]:
    """The secret, and the columns that are kept of it."""
    secret, salt = keys.make(), keys.make_salt()
    return secret, {"hash": keys.hash_key(secret, salt), "salt": salt, "last4": keys.last4(secret)}


@contextmanager
def _unique(name: str) -> Iterator[None]:
    try:
        yield
    except sqlite3.IntegrityError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_CONSTRAINT_UNIQUE:
            raise
        raise NameTaken(name) from error


def _check_name(name: str) -> None:
    if not 1 <= len(name) <= LONGEST_NAME or any(unicodedata.category(c) in ("Cc", "Cs") for c in name):
        raise BadField("name", name, f"must be 1 to {LONGEST_NAME} characters and no control characters")
    if name == LOCAL:
        raise BadField("name", name, "must be another one: calls without a key go by this", "choose another name")


def _scopes_text(scopes: Iterable[str]) -> str:
    given = set(scopes)
    for scope in sorted(given - set(keys.SCOPES)):
        raise UsageError(f"no scope named {quoted(scope)}", f"the scopes are {' and '.join(keys.SCOPES)}")
    return " ".join(scope for scope in keys.SCOPES if scope in given)
