"""Ids that survive: from the text alone, never from the path, the place in the corpus, or what else is indexed.

See docs/decisions/0003-paragraph-ids.md.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable

_LENGTH = 11
"""Characters of base 32, 55 bits each: among a million documents a collision has a chance of 1 in 70,000."""


def _digest(*parts: str) -> str:
    sha = hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass"))
    return base64.b32encode(sha.digest()).decode("ascii").lower()[:_LENGTH]


def document_id(text: str, given_id: str = "", occurrence: int = 1) -> str:
    """Return the id of a document: the same text has the same id, wherever it lies and whenever it is read.

    White space does not count, so that line ends and encodings do not. ``occurrence`` tells apart whole copies of the
    same text within one corpus.

    >>> document_id("一、指导思想\\r\\n") == document_id("一、指导思想\\n"), len(document_id("指导思想"))
    (True, 11)
    """
    return _digest("document", "".join(text.split()), given_id, str(occurrence))


def paragraph_ids(document: str, texts: Iterable[str]) -> tuple[str, ...]:
    """Return the ids of a document's paragraphs, from each one's own characters, white space not counted.

    A paragraph that other paragraphs are added to, cut from or moved around keeps its id. Paragraphs of the same text
    are counted.

    >>> ids = paragraph_ids("abc", ["做好招生工作。", "做好 招生工作。", "做好资助工作。"])
    >>> len(set(ids)), ids[2] == paragraph_ids("abc", ["做好资助工作。"])[0]
    (3, True)
    """
    seen: Counter[str] = Counter()
    ids = []
    for text in texts:
        visible = "".join(text.split())
        seen[visible] += 1
        ids.append(document + _digest("paragraph", visible, str(seen[visible])))
    return tuple(ids)


def document_part(paragraph: str) -> str:
    """Return the id of the document that a paragraph's id begins with; any other string gives one that is nobody's.

    >>> document = document_id("一、指导思想")
    >>> document_part(paragraph_ids(document, ["做好招生工作。"])[0]) == document
    True
    """
    return paragraph[:_LENGTH]


def characters_part(paragraph: str) -> str:
    """Return the part of a paragraph's id that says which characters it has, whatever document it stands in.

    >>> one, other = (paragraph_ids(document, ["做好招生工作。"])[0] for document in ("abcdefghijk", "lmnopqrstuv"))
    >>> one == other, characters_part(one) == characters_part(other)
    (False, True)
    """
    return paragraph[_LENGTH:]
