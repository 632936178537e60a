"""Who says what on a topic, as the JSON of ``GET /api/v1/compare``: the page and the terminal's tables show this."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from indexer.backend import DocumentSummary, SearchBackend
from indexer.compare import (
    Baseline,
    Comparison,
    Contrast,
    Row,
    Wording,
    common_spans,
    contrasts,
    cover,
    differences,
    differing_numbers,
    find_baseline,
    matrix,
    missing,
    nearness,
    own_spans,
    shared_phrases,
    total,
)
from indexer.compare.topic import read_topic
from indexer.compare.wordings import NumberDifference
from indexer.diff import Change
from indexer.errors import ParameterError
from indexer.finding import Corrected
from indexer.fold import compact, fold
from indexer.models import Metadata, Span
from indexer.query import NONE, Filters, Query
from indexer.saidfirst import is_surely_first, said_order, year_said
from search_app.answer import unknown_places
from search_app.compare_links import LONGEST_TOPIC
from search_app.params import query_parameters, url_with, year_text
from search_app.present import document_json, paragraph_json

Json = dict[str, Any]

FEW = 30
"""Rows up to which distinctive words are told without being asked for: cutting the paragraphs of 141 into words takes
three times as long as all the rest."""


def topic_json(
    backend: SearchBackend, query: Query, baseline: str | None = None, distinctive: bool | None = None
) -> Json:
    """Compare what the documents say on a topic; spans count in the text of the paragraph.

    ``baseline`` is the label of a wording or the id of any paragraph. ``distinctive`` asks for the words that each
    place and year uses more than the others; ``None``: if there are few. Raises ``ParameterError`` for an unknown
    baseline and for a topic of more than ``LONGEST_TOPIC`` characters, and what the backend raises.
    """
    if len(query.text) > LONGEST_TOPIC:
        raise ParameterError(f"主题有 {len(query.text)} 字，最多 {LONGEST_TOPIC} 字。请只写要找的几个词。")
    found = matrix(backend, query)
    base = find_baseline(backend, found, baseline)
    if base is None and baseline is not None:
        raise ParameterError(f"没有“{baseline[:40]}”这个表述或段落可作比较的基准。请用 A、B 等，或一个段落的编号。")
    if distinctive is None:
        distinctive = len(found.rows) <= FEW
    phrases = shared_phrases(found.rows, besides=[compact(fold(each.text).text)[0] for each in found.topic.pieces])
    common, own = common_spans(found.rows, phrases), own_spans(found.rows)
    labels = {at: wording.label for wording in found.wordings for at in wording.members}
    covered = cover(found)
    return {
        "topic": found.topic.text,
        "corrected": found.corrected and corrected_json(query, found.corrected),
        "rows": [row_json(row, labels[at], base, common[at], own[at]) for at, row in enumerate(found.rows)],
        "wordings": [wording_json(found, wording) for wording in found.wordings],
        "baseline": None if base is None else _name(base, baseline, found, labels),
        "baseline_row": base and _base_json(base),
        "shared_phrases": [
            {"text": phrase.text, "paragraphs": [found.rows[at].paragraph.id for at in phrase.members]}
            for phrase in phrases
        ],
        "distinctive": [contrast_json(each) for each in contrasts(found.rows)] if distinctive else None,
        "silent": [
            _place_json(document.metadata) | {"years": list(document.metadata.years), "document": _document(document)}
            for document in found.silent
        ],
        "coverage": [
            _named(each.place)
            | {"year": each.year, "documents": each.documents, "characters": each.characters}
            | {"about": each.treating, "mentions": each.mentioning, "paragraphs": each.paragraphs, "rate": each.rate}
            for each in covered
        ],
        "totals": [
            _named(each.place)
            | {"documents": each.documents, "characters": each.characters}
            | {"about": each.treating, "mentions": each.mentioning, "paragraphs": each.paragraphs, "rate": each.rate}
            for each in total(found)
        ],
        "missing": [_named(place) | {"year": year} for place, year in missing(covered)],
        "unknown": unknown_values(backend, query),
        "corpus": {
            "documents": found.corpus.documents,
            "paragraphs": found.corpus.paragraphs,
            "build": found.corpus.build,
        },
        "took_ms": found.took_ms,
    }


def require_topic(query: Query) -> None:
    """Raise ``ParameterError`` where a query asks for no words: everybody would be silent on nothing."""
    if not read_topic(query, {}, 1).pieces:
        asked = f"“{query.text[:40]}”只有排除、限定或符号" if query.text.strip() else "参数 q 是空的"
        raise ParameterError(f"{asked}，没有可以对比的主题。要有一个要找的词，比如：职业教育 -高中。")


def corrected_json(query: Query, used: Corrected) -> Json:
    """Present what was compared instead of the topic as typed, which nobody names."""
    return {
        "from": used.original,
        "to": used.replacement,
        "why": used.why,
        "undo_url": url_with("/compare", query_parameters(query), spell="off"),
    }


def row_json(
    row: Row,
    label: str,
    base: Baseline | None,
    common: Sequence[Span],
    own: Sequence[Span],
) -> Json:
    """Present one row; ``diff`` leads from the baseline to its sentence, and is empty where they are too unlike.

    ``likeness`` is the share of their words, by runs of three characters, that both have in common. ``run_in_title``
    is given where it says the topic beside the sentence, at ``title_places``; ``section_highlights`` count in each
    heading.
    """
    known = row.document.metadata
    low = row.sentence[0]
    other = base is not None and base.paragraph.id != row.paragraph.id
    changes = differences(base, row) if base is not None and other else ()
    return _place_json(known) | {
        "years": list(known.years),
        "document": _document(row.document),
        "paragraph": paragraph_json(row.paragraph),
        "sentence": list(row.sentence),
        "places": _spans(row.places),
        "run_in_title": row.shown.title and list(row.shown.title),
        "title_places": _spans(row.shown.title_places),
        "section_highlights": [_spans(spans) for spans in row.shown.headings],
        "about": row.about,
        "score": row.score,
        "paragraphs": row.paragraphs,
        "wording": label,
        "likeness": None if base is None else round(nearness(base, row), 4) if other else 1.0,
        "diff": changes_json(changes),
        "numbers": numbers_json(
            differing_numbers(base.folded, row.folded) if base and changes else (), row.paragraph.text, low
        ),
        "common": _spans(common, low),
        "own": _spans(own, low),
    }


def wording_json(found: Comparison, wording: Wording) -> Json:
    """Present a wording: its first sentence, where and when it was first said, and in how many places since.

    Not ``surely`` there, where another document of the same year, or of none, may be as early.
    """
    rows = [found.rows[at] for at in wording.members]
    first, *others = sorted((row.document.metadata for row in rows), key=said_order)
    places = {(known.province, known.city, known.district) for known in (row.document.metadata for row in rows)}
    return {
        "label": wording.label,
        "text": rows[0].text,
        "first": _place_json(first) | {"year": year_said(first), "surely": is_surely_first(first, others)},
        "years": list(wording.years),
        "places": len(places),
        "figures_differ": wording.figures_differ,
        "members": [row.paragraph.id for row in rows],
    }


def contrast_json(contrast: Contrast) -> Json:
    """Present the words of a place, a whole province or a year; ``here`` and ``elsewhere`` say how often."""
    return _named(contrast.place or (None, None, None)) | {
        "by": "year" if contrast.place is None else "province" if contrast.whole else "place",
        "year": contrast.year,
        "documents": len(contrast.members),
        "words": [
            {
                "word": word.word,
                "here": word.here,
                "elsewhere": word.elsewhere,
                "g2": word.g2,
                "log_ratio": word.log_ratio,
                "lines": [
                    {
                        "paragraph": line.paragraph.id,
                        "start": line.span[0],
                        "end": line.span[1],
                        "left": line.left,
                        "word": line.paragraph.text[slice(*line.span)],
                        "right": line.right,
                    }
                    for line in lines
                ],
            }
            for word, lines in zip(contrast.words, contrast.lines, strict=True)
        ],
    }


def unknown_values(backend: SearchBackend, query: Query) -> list[str]:
    """List the values of filters that no document of the corpus has: places, issuers and years, as they were asked."""
    filters = query.filters
    if filters == Filters():
        return []
    known = [each.metadata for each in backend.documents()]
    issuers = {each.issuer for each in known}
    years = {year for each in known for year in each.years}
    return [
        *unknown_places(backend, filters),
        *(name for name in filters.issuers if name not in issuers and name != NONE),
        *(year_text(span) for span in filters.years if span and not any(span[0] <= year <= span[1] for year in years)),
    ]


def changes_json(changes: Sequence[Change]) -> list[Json]:
    """Present a diff: equal and inserted texts join to the text that is shown."""
    return [{"op": change.op, "text": change.text} for change in changes]


def numbers_json(found: Sequence[NumberDifference], text: str, low: int = 0) -> list[Json]:
    """Present numbers that the baseline does not give; ``was`` is the one that it gives there, ``null`` if none.

    They count from ``low`` of a text, and are shown as it writes them; ``was`` is shown as it is matched.

    >>> numbers_json([NumberDifference(2, 5, "80%", "75%")], "已达80％以上")
    [{'start': 2, 'end': 5, 'text': '80％', 'was': '75%'}]
    """
    spans = [(low + each.start, low + each.end) for each in found]
    return [
        {"start": start, "end": end, "text": text[start:end], "was": each.was}
        for (start, end), each in zip(spans, found, strict=True)
    ]


def _base_json(base: Baseline) -> Json:
    return {
        "document": _document(base.document),
        "paragraph": paragraph_json(base.paragraph),
        "sentence": list(base.sentence),
        "places": _spans(base.places),
    }


def _name(base: Baseline, asked: str | None, found: Comparison, labels: dict[int, str]) -> str:
    """Name the baseline as it was asked for: a paragraph by its id, a wording by its label."""
    if asked == base.paragraph.id:
        return base.paragraph.id
    return next(labels[at] for at, row in enumerate(found.rows) if row.paragraph.id == base.paragraph.id)


def _place_json(known: Metadata) -> Json:
    return _named((known.province, known.city, known.district))


def _named(place: tuple[str | None, str | None, str | None]) -> Json:
    return dict(zip(("province", "city", "district"), place, strict=True))


def _document(summary: DocumentSummary) -> Json:
    return document_json(summary.id, summary.path, summary.metadata)


def _spans(spans: Sequence[Span], low: int = 0) -> list[list[int]]:
    return [[low + start, low + end] for start, end in spans]
