"""A saved link -> what has become of the paragraph: there, moved, changed or gone."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from indexer.anchoring import Anchor, Evidence, Stream, anchor, follow, snapshot_of, with_passage
from indexer.anchoring.edits import similarity
from indexer.backend import DocumentSummary, SearchBackend
from indexer.diff import diff
from indexer.errors import UnknownIdError
from indexer.fold import fold, fold_characters
from indexer.identity import document_part
from indexer.models import Document, Paragraph, Span
from search_app.collections.database import Database
from search_app.history.alignments import ALIGNMENTS
from search_app.history.recording import KeptDocument, kept_documents
from search_app.history.resolution import Holding, Resolution, Saved

STILL = 0.3
"""Likeness to what was saved from which a text that changed in several steps is still shown for it; unrelated ones have
0.1 to 0.2."""


@runtime_checkable
class HasTwins(Protocol):
    """What a backend may offer beyond ``SearchBackend``: the paragraphs of the characters that an id stands for."""

    def with_same_characters(self, paragraph_id: str) -> Sequence[tuple[DocumentSummary, Paragraph]]:
        """Return them, in no order."""


def resolve(backend: SearchBackend, database: Database, link: str | Saved) -> Resolution:
    """Return what has become of a paragraph, named by its id or as it was saved.

    Raises ``UnknownIdError`` for an id that was never seen (a saved passage is then looked for by its text, and gone if
    it is not found), and what backend and database raise.
    """
    return Resolver(backend, database).resolve(link)


def resolve_all(
    backend: SearchBackend, database: Database, links: Iterable[str | Saved]
) -> Iterator[tuple[str, Resolution | None]]:
    """Yield what has become of many paragraphs, each with its id; ``None`` for ids that were never seen.

    A document is read once, however many of its paragraphs are asked for, and let go of when they are told: who keeps
    no ``Resolution`` holds one document at a time, and not as many as there are links.
    """
    resolver, before = Resolver(backend, database), ""
    for link in sorted(links, key=_identity):
        identity = _identity(link)
        if document_part(identity) != before:
            resolver.forget()
            before = document_part(identity)
        try:
            yield identity, resolver.resolve(link)
        except UnknownIdError:
            yield identity, None


def twins(backend: SearchBackend, paragraph_id: str) -> Sequence[tuple[DocumentSummary, Paragraph]]:
    """Return the paragraphs of the current corpus that have exactly the characters of an id, whatever document's."""
    return backend.with_same_characters(paragraph_id) if isinstance(backend, HasTwins) else ()


def successor_of(backend: SearchBackend, database: Database, document_id: str) -> tuple[KeptDocument, Document | None]:
    """Return a document that left the index as it was, and the one that stands for it now, ``None`` if there is none.

    Raises ``UnknownIdError`` for an id that was never seen.
    """
    resolver = Resolver(backend, database)
    kept = resolver.kept(document_id)
    if not kept:
        raise UnknownIdError("这份文档从未在语料里。")
    for each in kept:
        for chain in resolver.chains(each):
            return each, chain.document
    return kept[0], None


@dataclass(frozen=True, slots=True)
class _Chain:
    """The documents through which one that left the index became one that is in it."""

    steps: tuple[KeptDocument, ...]
    document: Document


class Resolver:
    """Answers for many links: keeps what it read of documents, and how they were aligned, until it is to forget."""

    def __init__(self, backend: SearchBackend, database: Database) -> None:
        self._backend, self._database = backend, database
        self._kept: dict[str, tuple[KeptDocument, ...]] = {}
        self._documents: dict[str, Document | None] = {}
        self._streams: dict[int, Stream] = {}
        self._cut: dict[tuple[int, tuple[Span, ...]], Stream] = {}
        self._aligned: dict[tuple[int, int], tuple[Anchor, ...]] = {}
        self._names: dict[int, Hashable] = {}
        self._build = backend.corpus().build
        self._described: dict[tuple[object, ...], list[str]] | None = None

    def resolve(self, link: str | Saved) -> Resolution:
        """Return what has become of a paragraph; see the function of this name."""
        identity = _identity(link)
        document = self._document(document_part(identity))
        if document is not None:
            for paragraph in document.paragraphs:
                if paragraph.id == identity:
                    return Resolution("current", identity, document, paragraph)
        kept = [each for each in self.kept(document_part(identity)) if each.snapshot.find(identity) >= 0]
        if not kept:
            if isinstance(link, str):
                raise UnknownIdError(f"没有编号为 {identity[:60]} 的段落。")
            return self._by_text(link)
        nowhere: Document | None = None
        for each in kept:
            for chain in self.chains(each):
                found = self._along(chain, each.snapshot.find(identity))
                if found.main is not None:
                    return self._found(identity, each, chain.document, found)
                nowhere = nowhere or chain.document
        at = kept[0].snapshot.find(identity)
        evidence = kept[0].snapshot.evidence(at)
        return Resolution("gone", identity, nowhere, None, evidence.exact, kept[0], evidence, same_characters=False)

    def forget(self) -> None:
        """Let go of all documents that were read."""
        for read in (self._kept, self._documents, self._streams, self._cut, self._aligned, self._names):
            read.clear()

    def kept(self, document_id: str) -> tuple[KeptDocument, ...]:
        """Return what the history has of a document, newest first."""
        if document_id not in self._kept:
            self._kept[document_id] = kept_documents(self._database, document_id)
        return self._kept[document_id]

    def chains(self, kept: KeptDocument, seen: frozenset[int] = frozenset()) -> Iterator[_Chain]:
        """Yield the ways from a document that left the index to one that is in it, the one recorded last first.

        A text that was taken back leads in a circle, which is not gone round twice.
        """
        if kept.successor is None:
            return
        document = self._document(kept.successor)
        if document is not None:
            yield _Chain((kept,), document)
            return
        seen |= {id(kept)}
        for step in self.kept(kept.successor):
            if id(step) not in seen:
                for chain in self.chains(step, seen):
                    yield _Chain((kept, *chain.steps), chain.document)

    def _along(self, chain: _Chain, number: int) -> Anchor:
        """Return where a paragraph stands at the end of a chain: straight if nothing changed, else step by step."""
        end = self._stream(chain.document)
        straight = self._align(self._stream(chain.steps[0]), end)[number]
        if straight.kind == "same" or len(chain.steps) == 1:
            return straight
        found, before, at = straight, self._stream(chain.steps[0]), number
        for after in [*map(self._stream, chain.steps[1:]), end]:
            found = self._align(before, after)[at]
            if found.main is None:
                return straight
            before, at = after, found.main
            if found.spans != after.spans(*after.bounds[at]):
                # A part of a paragraph, or several: what is followed further is the text, and not what it stands with.
                cut, at = with_passage(after.snapshot, found.spans)
                before = self._cut.setdefault((id(after), found.spans), Stream(cut))
        text = end.snapshot.text
        now = "".join([text[low:high] for low, high in found.spans])
        old, new = map(_folded, (self._stream(chain.steps[0]).text(number), now))
        if found.main == straight.main or similarity(old, new) < STILL:
            return straight
        return found

    def _found(self, identity: str, kept: KeptDocument, document: Document, found: Anchor) -> Resolution:
        number = kept.snapshot.find(identity)
        evidence = kept.snapshot.evidence(number)
        return self._resolution(identity, kept, evidence, document, found)

    def _resolution(
        self, identity: str, kept: KeptDocument | None, evidence: Evidence, document: Document, found: Anchor
    ) -> Resolution:
        assert found.main is not None
        paragraph = document.paragraphs[found.main]
        holders = tuple([Holding(document.paragraphs[part.number], part.spans) for part in found.parts])
        if "".join(paragraph.text.split()) == "".join(evidence.exact.split()):
            return Resolution("moved", identity, document, paragraph, None, kept, evidence, holders, found.spans)
        old, new = evidence.exact, _text_now(document, found, holders)
        return Resolution(
            "changed",
            identity,
            document,
            paragraph,
            old,
            kept,
            evidence,
            holders,
            found.spans,
            diff(old, fold(old).text, new, fold(new).text),
            round(found.similarity, 4),
            same_characters=found.kind == "regrouped",
        )

    def _by_text(self, saved: Saved) -> Resolution:
        """Look for a saved passage in the documents of the same title, place and years: all that is known of it."""
        candidates = []
        for document_id in self._alike(saved):
            document = self._document(document_id)
            if document is not None:
                candidates.append((document, anchor(saved.evidence, self._stream(document))))
        found = [each for each in candidates if each[1].main is not None]
        if len(found) != 1:  # of two that hold it none is known to be the one
            return Resolution(
                "gone",
                saved.paragraph_id,
                None,
                None,
                saved.evidence.exact,
                None,
                saved.evidence,
                same_characters=False,
            )
        return self._resolution(saved.paragraph_id, None, saved.evidence, *found[0])

    def _alike(self, saved: Saved) -> Sequence[str]:
        """Return the documents of a title, place and years; all are looked through once, whatever is asked after."""
        if self._described is None:
            self._described = {}
            for summary in self._backend.documents():
                known = summary.metadata
                described = (known.title, known.province, known.city, known.district, known.years)
                self._described.setdefault(described, []).append(summary.id)
        return self._described.get((saved.title, saved.province, saved.city, saved.district, saved.years), ())

    def _document(self, document_id: str) -> Document | None:
        if document_id not in self._documents:
            try:
                self._documents[document_id] = self._backend.document(document_id)
            except UnknownIdError:
                self._documents[document_id] = None
        return self._documents[document_id]

    def _stream(self, source: Document | KeptDocument) -> Stream:
        if id(source) not in self._streams:  # what it is made of is kept for as long
            kept = isinstance(source, KeptDocument)
            made = Stream(source.snapshot if isinstance(source, KeptDocument) else snapshot_of(source))
            self._names[id(made)] = (kept, source.id, source.build if isinstance(source, KeptDocument) else self._build)
            self._streams[id(source)] = made
        return self._streams[id(source)]

    def _align(self, old: Stream, new: Stream) -> tuple[Anchor, ...]:
        pair = (id(old), id(new))
        if pair not in self._aligned:
            names = (self._names.get(id(old)), self._names.get(id(new)))
            made = follow(old, new) if None in names else ALIGNMENTS.get(names, lambda: follow(old, new))
            self._aligned[pair] = made
        return self._aligned[pair]


def _identity(link: str | Saved) -> str:
    return link if isinstance(link, str) else link.paragraph_id


def _text_now(document: Document, found: Anchor, holders: Sequence[Holding]) -> str:
    """Return the paragraphs that hold a text now, and what else does: a heading that its beginning became."""
    spans = {span for each in holders for span in each.paragraph.segments}
    spans |= {span for span in found.spans if not any(low <= span[0] and span[1] <= high for low, high in spans)}
    text, end, pieces = document.source.text, 0, []
    for low, high in sorted(spans):
        pieces.append(text[max(low, end) : high])
        end = max(end, high)
    return "".join(pieces)


def _folded(text: str) -> str:
    return fold_characters("".join(text.split()))
