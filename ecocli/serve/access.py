"""Who asks, and what they may: a key, the start-up token, or nothing."""

import base64
import binascii
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from ecocli.core.keys import is_same
from ecocli.errors import NotPermitted
from ecocli.pipeline.authorization import key_of, require_scope, require_still
from ecocli.serve.query import TOKEN
from ecocli.serve.refusals import Refused
from ecocli.util.valueclass import value_class

if TYPE_CHECKING:
    from ecocli.serve.stores import OpenStore
    from ecocli.store.keys import Key

RECORD, READ = "record", "history:read"
"""Scopes of keys."""
KNOWN = "known"
"""Asked of a visitor where the server lets only those in who have a key or the token."""
ANYBODY = ""
MOST_CREDENTIALS_BYTES = 4096


@value_class(frozen=True, slots=True)
class Policy:
    """What those may who send no key."""

    requires_key: bool
    """Nothing."""
    is_open: bool
    """Read."""


@value_class(frozen=True, slots=True)
class Visitor:
    """Who asks."""

    key: "Key | None" = None
    secret: str | None = None
    """Of the key, which may be revoked while the request is answered."""
    is_owner: bool = False
    """The start-up token was sent."""

    @property
    def key_id(self) -> int | None:
        """The key that calls are recorded under; None for the owner of the store."""
        return None if self.key is None else self.key.id


NOBODY = Visitor()
OWNER = Visitor(is_owner=True)


class Access:
    """
    Lets visitors in.

    Args:
        token: Of this start of the server; whoever has it may do what the owner of the store may.
        stores: Where keys are looked up, at each request: one may be revoked at any time.
    """

    def __init__(self, policy: Policy, token: str, stores: "OpenStore") -> None:
        self._policy, self._token, self._stores = policy, token, stores

    def visitor(self, headers: Mapping[bytes, bytes], query_string: bytes, in_path: str | None, now_ms: int) -> Visitor:
        """
        Who asks. A key that is sent is always checked, also where none is needed.

        Raises:
            NotPermitted: The key is not known, has expired, or was revoked.
        """
        secret = in_path if in_path is not None else _sent(headers, query_string)
        if secret is None:
            return NOBODY
        if is_same(secret, self._token):
            return OWNER
        return Visitor(key_of(secret, self._stores.get(), now_ms), secret)

    def check_still(self, visitor: Visitor, now_ms: int) -> None:
        """Nothing, or NotPermitted for a key that was revoked, rotated or has expired since."""
        if visitor.secret is not None:
            require_still(visitor.secret, self._stores.get(), now_ms)

    def let_in(self, visitor: Visitor, needs: str) -> None:
        """
        Nothing, or an error for a visitor who may not do what a route does.

        Args:
            needs: RECORD, READ, KNOWN or ANYBODY.
        """
        if visitor.is_owner or needs == ANYBODY:
            return
        if visitor.key is not None:
            if needs != KNOWN:
                require_scope(visitor.key, needs)
            return
        if self._policy.requires_key or (needs == READ and not self._policy.is_open):
            what = "a key" if needs in (RECORD, KNOWN) else "a key with the scope history:read, or the start-up token,"
            raise Refused("not-authenticated", f"{what} is needed", HOW)


HOW = "send Authorization: Bearer KEY; eco keys create NAME makes one, and eco serve prints its token when it starts"


def _sent(headers: Mapping[bytes, bytes], query_string: bytes) -> str | None:
    """The key or token in the headers, else in the query; None where there is none."""
    given = headers.get(b"authorization")
    if given is not None:
        return _of_authorization(given)
    if b"token=" in query_string:
        from ecocli.serve.query import Query

        return Query.of(query_string).get(TOKEN)
    return None


def _of_authorization(given: bytes) -> str:
    """The secret of `Bearer KEY`, or of `Basic` with any user name and the key as password."""
    scheme, _, rest = given.decode("latin-1").partition(" ")
    rest = rest.strip()
    if rest and len(rest) <= MOST_CREDENTIALS_BYTES:
        if scheme.lower() == "bearer":
            return rest
        if scheme.lower() == "basic":
            with suppress(binascii.Error, ValueError):
                return base64.b64decode(rest, validate=True).decode().partition(":")[2]
    raise NotPermitted("the Authorization header holds no key")
