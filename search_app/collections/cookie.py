"""Which collections this browser has: their addresses in one signed cookie, the one that is saved into first."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response, g, request
from itsdangerous import BadSignature, URLSafeSerializer

from indexer.errors import UnknownIdError
from search_app.access import current_database
from search_app.base_url import base_url
from search_app.collections.addresses import Address, read_address
from search_app.collections.signing import signing_key

NAME = "yaodian_collections"
MOST = 40
"""Collections that a browser remembers, the ones used last: 2,000 octets of the 4,096 that a cookie may have."""
_SECONDS = 400 * 24 * 3600
"""As long as browsers keep any cookie (draft-ietf-httpbis-rfc6265bis, 5.5)."""
_SALT = "yaodian: the collections of a browser"


@dataclass(frozen=True, slots=True)
class Shelf:
    """The collections of a browser, the one used last first. Its addresses are secrets, as everywhere."""

    addresses: tuple[Address, ...] = ()

    def find(self, read: str) -> Address | None:
        """Return the collection that is read under an address, ``None`` if this browser has none such."""
        return next((each for each in self.addresses if each.read == read), None)

    def editable(self) -> tuple[Address, ...]:
        """Return those that this browser may change."""
        return tuple(each for each in self.addresses if each.may_edit)

    def with_first(self, address: Address) -> Shelf:
        """Put a collection first, which makes it the one that is saved into.

        >>> from search_app.collections.addresses import new_address
        >>> one, other = new_address(), new_address()
        >>> Shelf((one, other)).with_first(other) == Shelf((other, one))
        True
        >>> Shelf((one,)).with_first(Address(one.read)) == Shelf((one,))  # an address to edit is not forgotten
        True
        """
        known = self.find(address.read)
        first = known if known is not None and known.may_edit else address
        return Shelf((first, *self.without(address.read).addresses)[:MOST])

    def with_last(self, address: Address) -> Shelf:
        """Remember a collection without saving into it; one that is there stays where it is."""
        if self.find(address.read) is not None:
            return self
        return Shelf((*self.addresses[: MOST - 1], address))

    def without(self, read: str) -> Shelf:
        """Forget a collection."""
        return Shelf(tuple(each for each in self.addresses if each.read != read))


def read_shelf() -> Shelf:
    """Return the collections of the browser that asks; none if its cookie is not ours. Raises ``DatabaseError``."""
    if "shelf" not in g:
        g.shelf = _read()
    shelf: Shelf = g.shelf
    return shelf


def keep_shelf(shelf: Shelf) -> None:
    """Take a shelf for that of this browser while this request lasts."""
    g.shelf = shelf


def remember(response: Response, shelf: Shelf) -> Response:
    """Let the browser remember its collections from this answer on. Raises ``DatabaseError``."""
    written = [each.edit or each.read for each in shelf.addresses]
    keep_shelf(shelf)
    response.set_cookie(
        NAME,
        str(_signer().dumps(written)),
        max_age=_SECONDS,
        httponly=True,
        secure=is_safe(),
        samesite="Lax",
    )
    return response


def is_safe() -> bool:
    """Whether readers reach us by https, so that no cookie need ever travel in the clear."""
    return request.is_secure or base_url().startswith("https:")


def _read() -> Shelf:
    given = request.cookies.get(NAME)
    if not given or not (os.environ.get("SECRET_KEY") or current_database().exists()):
        return Shelf()
    try:
        written: Sequence[str] = _signer().loads(given)
        return Shelf(tuple(map(read_address, written[:MOST])))
    except (BadSignature, UnknownIdError):
        return Shelf()


def _signer() -> URLSafeSerializer:
    key = signing_key(current_database())
    return URLSafeSerializer(key, salt=_SALT, signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256})
