"""Who may do what: a key is verified before anything is read or written."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from ecocli.store import Store


def authorize(secret: str | None, scope: str, open_store: Callable[[], AbstractContextManager[Store]], now_ms: int) -> int | None:
    """
    The id of a key, or None without a secret: for the owner of the store.

    Raises:
        NotPermitted: The key is unknown, expired, revoked or lacks the scope.
    """
    if secret is None:
        return None
    with open_store() as store:
        key = store.keys.verify(secret, now_ms)
    key.require(scope)
    return key.id


def require_still(secret: str, store: Store, now_ms: int) -> None:
    """Nothing, or NotPermitted for a key that was revoked, rotated or has expired since it was verified."""
    store.keys.verify(secret, now_ms)
