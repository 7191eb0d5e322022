"""Who may do what: a key is verified before anything is read or written."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from ecocli.store import Store

if TYPE_CHECKING:
    from ecocli.store.keys import Key


def authorize(secret: str | None, scope: str, open_store: Callable[[], AbstractContextManager[Store]], now_ms: int) -> int | None:
    """
    The id of a key, or None without a secret: for the owner of the store.

    Raises:
        NotPermitted: The key is unknown, expired, revoked or lacks the scope.
    """
    if secret is None:
        return None
    with open_store() as store:
        key = key_of(secret, store, now_ms)
    require_scope(key, scope)
    return key.id


def key_of(secret: str, store: Store, now_ms: int) -> "Key":
    """The key that this is the secret of. NotPermitted where it is unknown, has expired or was revoked."""
    return store.keys.verify(secret, now_ms)


def require_scope(key: "Key", scope: str) -> None:
    """Nothing, or NotPermitted for a key that lacks the scope."""
    key.require(scope)


def require_still(secret: str, store: Store, now_ms: int) -> None:
    """Nothing, or NotPermitted for a key that was revoked, rotated or has expired since it was verified."""
    key_of(secret, store, now_ms)
