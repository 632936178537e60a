"""Which document of a new build a document of the build before has become, if any: an edited text, a second copy.

What counts is the text: a successor holds most of it. What a document is called only decides how much is asked for.
Measured in docs/decisions/anchoring.md: of yearly reports of one province the next year's holds 8 % at most, an edited
one (30 % of all characters replaced, a third of the paragraphs deleted) 60 % at least.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from indexer.anchoring.align import follow
from indexer.anchoring.snapshot import snapshot_of
from indexer.anchoring.stream import Stream
from indexer.models import Document
from indexer.reading import given_id

LARGELY = 0.5
"""Share of the characters, of the longer of the two texts at least a tenth, that an edited document has in common."""
BOTH = 0.1
STANDING = 0.8
"""... of both texts, where the other document stood beside this one before: another edition of it."""
UNNAMED = 0.9
"""... of both texts, where only place and years are the same."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A document of the new build that may be a successor; ``added`` if it is not in the build before."""

    document: Document
    added: bool


def successor(old: Document, candidates: Iterable[Candidate]) -> str | None:
    """Return the id of the document that this one has become, ``None`` if it is gone; none is better than wrong.

    >>> from indexer.models import SourceText
    >>> from indexer.reading import read_document
    >>> def plan(path, text):
    ...     return read_document(SourceText(path, "", "utf-8", text))
    >>> old = plan("a.txt", "1.落实控辍保学责任，做好资助工作。\\n2.做好招生工作。\\n")
    >>> new = plan("a.txt", "1.落实控辍保学责任，做好学生资助工作。\\n2.做好招生工作。\\n")
    >>> next_year = plan("a.txt", "1.召开全市教育大会。\\n2.做好招生工作。\\n")
    >>> successor(old, [Candidate(new, True)]) == new.id, successor(old, [Candidate(next_year, True)])
    (True, None)
    """
    text = _visible(old)
    best: tuple[float, str] | None = None
    stream: Stream | None = None
    for candidate in candidates:
        new = candidate.document
        if _visible(new) == text:
            return new.id
        needed = _needed(old, candidate)
        if needed is None:
            continue
        stream = stream or Stream(snapshot_of(old))
        ours, theirs = shares(stream, Stream(snapshot_of(new)))
        if max(ours, theirs) >= needed[0] and min(ours, theirs) >= needed[1]:
            best = max(best or (0.0, ""), (ours + theirs, new.id))
    return best[1] if best else None


def shares(old: Stream, new: Stream) -> tuple[float, float]:
    """Return the share of the old paragraphs' characters that stands in the new document, and that of the new ones'."""
    whole = sum(high - low for low, high in old.bounds)
    news = sum(high - low for low, high in new.bounds)
    ours = theirs = 0
    for (low, high), found in zip(old.bounds, follow(old, new), strict=True):
        if found.kind != "none":
            ours += high - low
            theirs += sum(end - start for part in found.parts for start, end in part.spans)
    return (ours / whole if whole else 0.0, min(1.0, theirs / news) if news else 0.0)


def _needed(old: Document, candidate: Candidate) -> tuple[float, float] | None:
    """Return the shares, the larger and the smaller, that a candidate must reach; ``None`` if it cannot be the one."""
    new = candidate.document
    if (_source(old) == _source(new) and candidate.added) or is_namesake(old, new):
        return (LARGELY, BOTH) if candidate.added else (STANDING, STANDING)
    ours, theirs = _described(old), _described(new)
    return (UNNAMED, UNNAMED) if ours == theirs and (any(ours[:3]) or _title(old) == _title(new)) else None


def is_namesake(old: Document, new: Document) -> bool:
    """Whether two documents have the same title, years and place, or issuer where no place is known."""
    named = any(_described(old)[:3]) or old.metadata.issuer
    return bool(
        named
        and _described(old) == _described(new)
        and _title(old) == _title(new)
        and old.metadata.issuer == new.metadata.issuer
    )


def _described(document: Document) -> tuple[object, ...]:
    known = document.metadata
    return known.province, known.city, known.district, known.years


def _title(document: Document) -> str:
    return "".join(document.metadata.title.split())


def _source(document: Document) -> tuple[object, ...]:
    """Return where a document came from: its file, and of a file of many the id that came with it, or its line."""
    source = document.source
    given = given_id(source)
    return source.path, given or source.line


def _visible(document: Document) -> str:
    return "".join(document.source.text.split())
