"""Where a paragraph stands in a later state of its document, as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from indexer.models import Span

Kind = Literal["same", "regrouped", "changed", "none"]


@dataclass(frozen=True, slots=True)
class Part:
    """A paragraph that holds some of an anchored text: its number, from 0, and the spans of the text of record."""

    number: int
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where a paragraph stands now.

    ``same``: one paragraph of the same visible characters. ``regrouped``: no character changed, but the text was split,
    or joined with others of the document; ``parts`` is empty where it became a heading. ``changed``: characters were
    replaced, left out or put in; ``similarity`` is the share that was not (of folded characters: where only the script
    changed, all). ``main`` is the number of the paragraph that holds most of it.
    """

    kind: Kind
    similarity: float = 0.0
    main: int | None = None
    parts: tuple[Part, ...] = ()
    spans: tuple[Span, ...] = ()


NOWHERE = Anchor("none")
