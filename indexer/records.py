"""Documents and paragraphs as JSON and back, by msgspec, for storage only: the outside sees ``search_app.present``."""

from __future__ import annotations

from typing import TypeVar

import msgspec

T = TypeVar("T")
_ENCODER = msgspec.json.Encoder()
_DECODERS: dict[type, msgspec.json.Decoder[object]] = {}


def encode(value: object) -> bytes:
    """Encode a frozen dataclass of ``indexer.models`` as JSON.

    >>> from indexer.models import Region
    >>> decode(encode(Region(0, 4, "footer")), Region)
    Region(start=0, end=4, kind='footer')
    """
    return _ENCODER.encode(value)


def decode(data: bytes, kind: type[T]) -> T:
    """Decode what ``encode`` wrote, checked against the type; raises ``msgspec.DecodeError`` on damage."""
    decoder = _DECODERS.get(kind)
    if decoder is None:
        decoder = _DECODERS[kind] = msgspec.json.Decoder(kind)
    return decoder.decode(data)  # type: ignore[return-value]
