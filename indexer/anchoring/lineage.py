"""Which document of a new build a document of the build before has become, if any: an edited text, a second copy.

What counts is the text: a successor holds most of it. What a document is called only decides how much is asked for.
Measured in docs/decisions/anchoring.md: of yearly reports of one province the next year's has 8 % in common at most; of
the five documents, edited in nineteen ways, 95 % of one of both texts is in the other at least.
"""

from __future__ import annotations

from collections import Counter
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
    sure: list[tuple[float, str]] = []
    unsure: list[tuple[Document, tuple[float, float]]] = []
    for candidate in candidates:
        new = candidate.document
        if _visible(new) == text:
            return new.id
        needed = _needed(old, candidate)
        if needed is None:
            continue
        least = _equal_shares(old, new)
        if max(least) >= needed[0] and min(least) >= needed[1]:
            sure.append((sum(least), new.id))
        unsure.append((new, needed))
    if not sure and unsure:  # aligning takes a hundred times as long as counting equal paragraphs
        stream = Stream(snapshot_of(old))
        for new, needed in unsure:
            found = shares(stream, Stream(snapshot_of(new)))
            if max(found) >= needed[0] and min(found) >= needed[1]:
                sure.append((sum(found), new.id))
    return max(sure)[1] if sure else None


def _equal_shares(old: Document, new: Document) -> tuple[float, float]:
    """Return what ``shares`` gives at least: the characters of paragraphs that both documents have."""
    ours, theirs = (
        Counter(["".join(paragraph.text.split()) for paragraph in document.paragraphs]) for document in (old, new)
    )
    both, first, second = (
        sum(len(text) * count for text, count in counted.items()) for counted in (ours & theirs, ours, theirs)
    )
    return (both / first if first else 0.0, both / second if second else 0.0)


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
