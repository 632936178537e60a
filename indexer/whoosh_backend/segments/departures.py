"""What one build has that the next has not, told from the ids of both; and where a document may have gone."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from indexer.anchoring.lineage import Candidate, is_namesake, successor
from indexer.anchoring.vanished import Vanished
from indexer.models import Document
from indexer.whoosh_backend.segments.segment import Segment
from indexer.whoosh_backend.segments.store import DocumentStore
from indexer.whoosh_backend.segments.texts import SegmentTexts

_NEAREST = 3
"""Documents that share most paragraphs with one that is gone which are looked at."""

Place = tuple[SegmentTexts, int]


class Departures:
    """The documents of a build that are not in the next one, or not with all their paragraphs.

    Only ids are read to find them; texts only of what vanishes and of where it may have gone. Identical documents of
    segments that both builds have are not looked at.
    """

    def __init__(self, old: Sequence[Segment], new: Sequence[Segment]) -> None:
        self._old = DocumentStore((segment.texts, segment.alive) for segment in old)
        self._new = DocumentStore((segment.texts, segment.alive) for segment in new)
        self._segments = new
        before, now = (dict(_alive(segments)) for segments in (old, new))
        self._before = before.keys()
        self.unreadable: list[str] = []
        self.gone = [identity.decode() for identity in before if identity not in now]
        self.read_otherwise = [
            identity.decode()
            for identity, place in before.items()
            if identity in now and not _same_file(place, now[identity]) and not _holds_all(now[identity], place)
        ]

    def __bool__(self) -> bool:
        """Whether any id vanishes."""
        return bool(self.gone or self.read_otherwise)

    def vanished(self, build: str, built: str) -> Iterator[Vanished]:
        """Yield every document whose ids vanish, with its successor; ``build`` is the one that had them.

        What is damaged in the old build is passed over and noted in ``unreadable``: a new build may have to mend it.
        """
        for identity in self.gone:
            document = self._read(identity)
            if document is not None:
                yield Vanished(document, successor(document, self._candidates(document)), build, built)
        for identity in self.read_otherwise:
            document = self._read(identity)
            if document is not None:
                yield Vanished(document, identity, build, built)

    def _read(self, identity: str) -> Document | None:
        try:
            return self._old.document(identity)
        except Exception:  # of a damaged file anything may come
            self.unreadable.append(identity)
            return None

    def _candidates(self, document: Document) -> Iterator[Candidate]:
        """Yield documents of the new build that this one may have become: by its paragraphs, its file, its name."""
        held = Counter(
            identity
            for paragraph in document.paragraphs
            for identity in self._holders.get(_short(paragraph.id[len(document.id) :].encode()), ())
        )
        found = dict.fromkeys(identity for identity, _ in held.most_common(_NEAREST))
        found |= dict.fromkeys(self._by_source.get((document.source.path, document.source.line), ()))
        found |= dict.fromkeys(self._by_title.get(document.metadata.title, ())[: 4 * _NEAREST])
        for identity in found:
            candidate = self._new.document(identity)
            shared = held[identity] > 0
            if shared or document.source.path == candidate.source.path or is_namesake(document, candidate):
                yield Candidate(candidate, added=identity.encode() not in self._before)

    @cached_property
    def _holders(self) -> dict[int, list[str]]:
        """The documents of the new build that have a paragraph of a document that is gone, by half of its id."""
        wanted = np.array(
            [_short(texts.own[at]) for identity in self.gone for texts, at in self._own(identity)], np.uint64
        )
        found: defaultdict[int, list[str]] = defaultdict(list)
        for segment in self._segments:
            texts = segment.texts
            own = _shortened(texts.own)
            for number in np.flatnonzero(np.isin(own, wanted)).tolist():
                owner = texts.owner(number)
                if segment.alive is None or segment.alive[owner]:
                    found[int(own[number])].append(texts.identity(owner))
        return found

    def _own(self, identity: str) -> Iterator[Place]:
        place = self._old.place(identity)
        assert place is not None
        texts, document = place
        for number in range(int(texts.firsts[document]), int(texts.firsts[document + 1])):
            yield texts, number

    @cached_property
    def _by_source(self) -> dict[tuple[str, int | None], list[str]]:
        """The documents that the build before had not, by path and line."""
        found: defaultdict[tuple[str, int | None], list[str]] = defaultdict(list)
        for summary in self._new.listed():
            if summary.id.encode() not in self._before:
                found[summary.path, summary.line].append(summary.id)
        return found

    @cached_property
    def _by_title(self) -> dict[str, list[str]]:
        found: defaultdict[str, list[str]] = defaultdict(list)
        for summary in self._new.listed():
            found[summary.metadata.title].append(summary.id)
        return found


def _alive(segments: Sequence[Segment]) -> Iterator[tuple[bytes, Place]]:
    for segment in segments:
        ids = segment.texts.ids.tolist()
        numbers = range(len(ids)) if segment.alive is None else np.flatnonzero(segment.alive).tolist()
        for number in numbers:
            yield ids[number], (segment.texts, number)


def _same_file(one: Place, other: Place) -> bool:
    return one[0].path.name == other[0].path.name and one[1] == other[1]


def _holds_all(now: Place, before: Place) -> bool:
    ours, theirs = (texts.own[texts.firsts[at] : texts.firsts[at + 1]] for texts, at in (now, before))
    if len(ours) == len(theirs) and bool((ours == theirs).all()):
        return True
    return set(theirs.tolist()) <= set(ours.tolist())


def _short(own: bytes) -> int:
    """Return 40 bits of an id in a form that is quickly compared: enough to find what is worth looking at."""
    return int.from_bytes(bytes(own)[:8].ljust(8, b"\0"), "little")


def _shortened(own: NDArray[np.bytes_]) -> NDArray[np.uint64]:
    """Return the same of an array of ids.

    >>> own = np.array([b"k5qti45yt2b", b"gbdqnujbtsb"])
    >>> _shortened(own).tolist() == [_short(each) for each in own.tolist()]
    True
    """
    return np.ascontiguousarray(own.astype("S8")).view("<u8")
