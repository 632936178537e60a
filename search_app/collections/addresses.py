"""The two addresses of a collection: one to edit, and one to read that is made from it and leads nowhere back.

An address is a secret of 160 random bits: who has it may do what it allows, and nobody finds one by trying (2**160
attempts; even at a million a second none in the age of the universe), so that attempts need not be counted.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass

from indexer.errors import UnknownIdError

_BYTES = 20
_SHAPE = re.compile(r"[er][a-z2-7]{32}")
_READING = b"yaodian: the address to read a collection"


@dataclass(frozen=True, slots=True)
class Address:
    """What a collection is opened with: ``read`` always, ``edit`` only for who has it.

    ``repr`` shows neither, so that no log does.
    """

    read: str
    edit: str | None = None

    @property
    def may_edit(self) -> bool:
        """Whether this address allows changes."""
        return self.edit is not None

    def __repr__(self) -> str:
        return f"Address({'edit' if self.may_edit else 'read'})"


def new_address() -> Address:
    """Make the addresses of a new collection."""
    return _from_edit("e" + _written(secrets.token_bytes(_BYTES)))


def read_address(given: str) -> Address:
    """Read the id of an address, in any case of letters; raises ``UnknownIdError`` for what can be none.

    >>> made = new_address()
    >>> read_address(made.edit) == made, read_address(made.read) == Address(made.read)
    (True, True)
    >>> len(made.edit), made.edit[0], made.read[0]
    (33, 'e', 'r')
    """
    folded = given.strip().lower()
    if not _SHAPE.fullmatch(folded):
        raise unknown()
    return _from_edit(folded) if folded[0] == "e" else Address(folded)


def unknown() -> UnknownIdError:
    """Return the error of an address that leads nowhere; it does not repeat the address."""
    return UnknownIdError("没有这个收藏：地址不完整，或者它已被彻底删除。")


def digest(address: str) -> str:
    """Return what is stored in place of an address; of 160 random bits a plain digest tells nothing.

    >>> len(digest("e" + "a" * 32))
    64
    """
    return hashlib.sha256(address.encode("ascii")).hexdigest()


def _from_edit(edit: str) -> Address:
    """Derive the address to read: HMAC (RFC 2104) over a label, with the secret as its key."""
    made = hmac.new(edit.encode("ascii"), _READING, hashlib.sha256).digest()[:_BYTES]
    return Address("r" + _written(made), edit)


def _written(octets: bytes) -> str:
    return base64.b32encode(octets).decode("ascii").lower()
