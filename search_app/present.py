"""Values of the library as the JSON of the contract: one form for pages, the API and ``yaodian search --json``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from indexer.backend import DocumentSummary, Group, Hit, ResultPage, Spread
from indexer.highlight import highlight, highlight_expansions
from indexer.models import Document, Metadata, Paragraph, Span
from indexer.places import label
from indexer.query import Clause, Near, Node, Not, Query
from indexer.resemblance import figures
from indexer.saidfirst import year_said
from search_app import facets
from search_app.params import marking_parameters, search_url, url_with, year_text
from search_app.place_tree import place_tree
from search_app.say import repairs_json
from search_app.text_fragment import hit_source_link

Json = dict[str, Any]

# "14.", "(三)", "一、", "第三条": the number that opens a paragraph, before its run-in title.
_NUMBER = re.compile(
    r"\s*(?:[(（]?(?:[0-9０-９]{1,3}|[一二三四五六七八九十百]{1,4})(?:[)）]|[.．、,，:：])|第[一二三四五六七八九十百0-9]{1,4}[条條项項])\s*[。]?"
)
# Long enough for every run-in title of real plans that were looked at; a longer first sentence is a sentence.
_LONGEST_TITLE = 30


def search_json(query: Query, page: ResultPage, suggestions: Sequence[Json] = (), *, explain: bool = False) -> Json:
    """Present a page of results as the answer of ``GET /api/v1/search``.

    ``suggestions`` cost searches of their own, ``search_app.answer`` makes them; ``explain`` adds each score's parts.
    """
    filters = query.filters
    return {
        "query": {
            "text": query.text,
            "provinces": list(filters.provinces),
            "cities": list(filters.cities),
            "districts": list(filters.districts),
            "issuers": list(filters.issuers),
            "years": [
                span[0] if span is not None and span[0] == span[1] else year_text(span) for span in filters.years
            ],
            "sort": query.sort,
            "expand": query.expand,
            "off": list(query.off),
            "group": query.group,
            "fold": bool(query.fold),
            "page": query.page,
            "per_page": query.per_page,
        },
        "reading": {
            "folded": query.folded,
            "clauses": clauses_json(query, query.root),
            "expansions": expansions_json(query, page),
            "relaxed": relaxed_json(page),
            "words": [{"text": word.text, "total": word.total} for word in page.words],
            "steps": steps_json(query, page),
            "repairs": repairs_json(query),
            "corrected": None,
            "suggestions": list(suggestions),
        },
        "total": counted(query, page),
        "total_documents": page.total_documents,
        "total_paragraphs": page.total,
        "folded": folded_json(query, page),
        "corpus": {
            "documents": page.corpus.documents,
            "paragraphs": page.corpus.paragraphs,
            "build": page.corpus.build,
        },
        "took_ms": round(page.took_ms, 3),
        "facets": {
            **{name: facets.facet_json(query, name, values) for name, values in page.facets},
            "place": place_tree(query, page.places),
        },
        "hits": [hit_json(hit, page.matched, explain=explain) for hit in page.hits],
        "groups": None
        if query.group is None
        else [group_json(group, query, page.matched, explain=explain) for group in page.groups],
        "url": search_url(query),
    }


def reading_json(answer: Json) -> Json:
    """Leave of an answer how the query was read, and what it finds."""
    return {key: answer[key] for key in ("query", "reading", "total", "total_documents", "corpus")}


def signed_leaves(node: Node | None, negated: bool = False) -> tuple[tuple[Clause, bool], ...]:
    """List all clauses in the order they were typed, each with whether it must not match."""
    if node is None:
        return ()
    if isinstance(node, Clause):
        return ((node, negated),)
    if isinstance(node, Not):
        return signed_leaves(node.part, not negated)
    return tuple(leaf for part in node.parts for leaf in signed_leaves(part, negated))


def clauses_json(query: Query, node: Node | None, negated: bool = False) -> list[Json]:
    """Present the clauses of a tree in the order they were typed; what must stand near each other is one clause."""
    if node is None:
        return []
    if isinstance(node, Clause):
        return [clause_json(node, negated)]
    if isinstance(node, Not):
        return clauses_json(query, node.part, not negated)
    if isinstance(node, Near):
        first, last = node.parts[0], node.parts[-1]
        return [
            {
                "kind": "not" if negated else "near",
                "text": query.folded[first.start : last.end],
                "field": None,
                "start": first.start,
                "end": last.end,
                "tokens": [token for part in node.parts for token in part.tokens],
            }
        ]
    return [clause for part in node.parts for clause in clauses_json(query, part, negated)]


def clause_json(clause: Clause, negated: bool) -> Json:
    """Present a clause; ``start`` and ``end`` count in the query as typed."""
    return {
        "kind": "not" if negated else clause.kind,
        "text": clause.text,
        "field": clause.field,
        "start": clause.start,
        "end": clause.end,
        "tokens": list(clause.tokens),
    }


def expansions_json(query: Query, page: ResultPage) -> list[Json]:
    """Present what else was looked for: how many paragraphs of the corpus hold it, how to switch it off; none twice."""
    found = {each.expansion.id: (each.expansion, each.total) for each in page.expanded}
    return [
        {
            "id": each.id,
            "from": each.source,
            "to": each.target,
            "kind": each.kind,
            "weight": each.weight,
            "why": each.why,
            "total": total,
            "off_url": search_url(query, off=(*query.off, each.id)),
        }
        for each, total in found.values()
    ]


def relaxed_json(page: ResultPage) -> Json | None:
    """Present what was given up to find anything, ``None`` if nothing was."""
    if page.relaxed is None:
        return None
    return {"step": page.relaxed.step, "dropped": list(page.relaxed.dropped), "why": page.relaxed.why}


def counted(query: Query, page: ResultPage) -> int:
    """Return how many there are of what the pages list: documents where they are grouped, else paragraphs."""
    return page.total if query.group is None else page.total_documents


def folded_json(query: Query, page: ResultPage) -> Json | None:
    """Present how many hits stand beneath others that say nearly the same, ``None`` if none does."""
    return {"total": page.folded, "off_url": search_url(query, fold=False)} if page.folded else None


def group_json(group: Group, query: Query, clauses: Sequence[Clause], *, explain: bool = False) -> Json:
    """Present a document with its best hits; ``total`` counts all of its paragraphs that match, ``url`` marks them."""
    shown = document_json(group.document.id, group.document.path, group.document.metadata)
    return {
        "document": shown,
        "total": group.total,
        "url": url_with(shown["url"], marking_parameters(query)),
        "hits": [hit_json(hit, clauses, explain=explain) for hit in group.hits],
    }


def steps_json(query: Query, page: ResultPage) -> list[Json]:
    """Present the steps of relaxation, each with what it finds and its address; ``selected`` is the one in use."""
    answering = page.relaxed.step if page.relaxed else "all"
    return [
        {
            "step": each.step,
            "total": each.total,
            "selected": each.step == answering,
            "url": search_url(query, relax=each.step),
        }
        for each in page.steps
    ]


def explanation_json(hit: Hit) -> Json:
    """Present what a score is made of: the words, and what their standing together adds."""
    parts = [{"text": part.text, "score": part.score, "idf": part.idf, "held": part.held} for part in hit.parts]
    return {"score": hit.score, "words": parts, "together": round(hit.score - sum(part.score for part in hit.parts), 4)}


def hit_json(hit: Hit, clauses: Sequence[Clause], *, explain: bool = False) -> Json:
    """Present one hit; ``highlights`` count in ``text``, ``section_highlights`` in each heading."""
    paragraph = hit.paragraph
    title = run_in_title(paragraph)
    explained = {"explanation": explanation_json(hit)} if explain else {}
    return explained | {
        "id": paragraph.id,
        "url": f"/p/{paragraph.id}",
        "score": round(hit.score, 6),
        "document": document_json(hit.document.id, hit.document.path, hit.document.metadata),
        "source_link": hit_source_link(hit.document.metadata, paragraph),
        "section": list(paragraph.section),
        "item": paragraph.item,
        "ordinal": paragraph.ordinal,
        "text": paragraph.text,
        "run_in_title": None if title is None else list(title),
        "duplicates": [
            {**hit_json(other, clauses), "same_figures": figures(other.paragraph.folded) == figures(paragraph.folded)}
            for other in hit.duplicates
        ],
        "reuse": None if hit.reuse is None else spread_json(hit.reuse),
        "start": paragraph.start,
        "end": paragraph.end,
        "segments": [list(segment) for segment in paragraph.segments],
        "highlights": [list(span) for span in highlight(paragraph.text, paragraph.folded, clauses)],
        "expanded_highlights": [
            list(span)
            for span in highlight_expansions(
                paragraph.text, paragraph.folded, clauses, converted=hit.document.metadata.converted
            )
        ],
        "section_highlights": [
            [list(span) for span in highlight(heading, folded, clauses, "section")]
            for heading, folded in zip(paragraph.section, paragraph.section_folded, strict=True)
        ],
    }


def spread_json(spread: Spread) -> Json:
    """Present how far a text is spread, and which document says it first."""
    first = spread.first
    return {
        "id": spread.cluster,
        "url": f"/reuse/{spread.cluster}",
        "paragraphs": spread.paragraphs,
        "documents": spread.documents,
        "places": spread.places,
        "first": {
            "document": document_json(first.id, first.path, first.metadata),
            "year": year_said(first.metadata),
            "surely": spread.first_surely,
        },
    }


def run_in_title(paragraph: Paragraph) -> Span | None:
    """Find the title that opens a numbered paragraph (number, title, full stop), as a span of its text.

    >>> text = "14.重视弱势群体关爱教育。落实以居住证为主要依据的随迁子女义务教育就学政策。"
    >>> run_in_title(Paragraph("p", "d", 1, (), (), "14", ((0, len(text)),), text, text))
    (0, 14)
    """
    number = _NUMBER.match(paragraph.text)
    if number is None:
        return None
    body = number.end()
    stop = min((at for at in (paragraph.text.find(mark, body) for mark in "。\n：") if at >= 0), default=-1)
    if not body + 2 <= stop <= body + _LONGEST_TITLE or not paragraph.text[stop + 1 :].strip():
        return None
    return (0, stop + 1)


def document_json(document_id: str, path: str, metadata: Metadata) -> Json:
    """Present what is known about a document; what it does not say is ``null``."""
    return {
        "id": document_id,
        "url": f"/d/{document_id}",
        "title": metadata.title,
        "issuer": metadata.issuer,
        "province": metadata.province,
        "city": metadata.city,
        "district": metadata.district,
        "place": label(metadata.province, metadata.city, metadata.district),
        "years": list(metadata.years),
        "published": metadata.published,
        "script": metadata.script,
        "source_url": metadata.source_url,
        "path": path,
        "inferred": list(metadata.inferred),
    }


def summary_json(summary: DocumentSummary) -> Json:
    """Present a document of a list, with its size."""
    shown = document_json(summary.id, summary.path, summary.metadata)
    return {**shown, "paragraphs": summary.paragraphs, "characters": summary.characters}


def whole_document_json(document: Document) -> Json:
    """Present a whole document: its text of record and everything that was found in it, in source offsets."""
    source = document.source
    return {
        "document": document_json(document.id, source.path, document.metadata),
        "sha256": source.sha256,
        "encoding": source.encoding,
        "text": source.text,
        "metadata": metadata_json(document.metadata),
        "boilerplate": [{"start": r.start, "end": r.end, "kind": r.kind} for r in document.boilerplate],
        "front_matter": [{"start": r.start, "end": r.end, "kind": r.kind} for r in document.front_matter],
        "headings": [{"start": h.start, "end": h.end, "level": h.level, "text": h.text} for h in document.headings],
        "paragraphs": [paragraph_json(paragraph) for paragraph in document.paragraphs],
        "problems": [{"line": notice.line, "message": notice.message} for notice in document.notices],
    }


def metadata_json(metadata: Metadata) -> Json:
    """Present metadata with the evidence of every field that has some."""
    return {
        "title": metadata.title,
        "issuer": metadata.issuer,
        "province": metadata.province,
        "city": metadata.city,
        "district": metadata.district,
        "years": list(metadata.years),
        "published": metadata.published,
        "script": metadata.script,
        "converted": metadata.converted,
        "source_url": metadata.source_url,
        "evidence": {
            name: {"rule": found.rule, "start": found.start, "end": found.end, "inferred": found.inferred}
            for name, found in metadata.evidence
        },
    }


def paragraph_json(paragraph: Paragraph) -> Json:
    """Present one paragraph; everything counts in the text of record, repairs too."""
    return {
        "id": paragraph.id,
        "url": f"/p/{paragraph.id}",
        "ordinal": paragraph.ordinal,
        "section": list(paragraph.section),
        "item": paragraph.item,
        "start": paragraph.start,
        "end": paragraph.end,
        "segments": [list(segment) for segment in paragraph.segments],
        "text": paragraph.text,
        "folded": paragraph.folded,
        "repairs": [
            {"start": low, "end": high, "from": repair.original, "to": repair.replacement, "rule": repair.rule}
            for repair in paragraph.repairs
            for low, high in paragraph.source_spans(repair.start, repair.end)[:1]
        ],
    }
