"""Who says what on a topic, and two documents side by side: ``/api/v1/compare``, and what tells like paragraphs."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any, cast

from flask import Blueprint, Response, jsonify, request, send_file

from indexer.backend import DocumentSummary, SearchBackend
from indexer.compare import (
    Comparison,
    Contrast,
    Row,
    common_spans,
    contrasts,
    cover,
    differences,
    differing_numbers,
    matrix,
    missing,
    own_spans,
    shared_phrases,
    similar,
)
from indexer.errors import ParameterError
from indexer.models import Metadata, Span
from indexer.query import Query
from search_app.access import current_backend
from search_app.compare_table import MEDIA, Format, table_of, written
from search_app.params import Parameters, read_query
from search_app.present import document_json, paragraph_json
from search_app.sides import changes_json, kinds_of, numbers_json, sides_json

comparisons = Blueprint("comparisons", __name__)

Json = dict[str, Any]


@comparisons.get("/api/v1/compare")
def compare() -> Response:
    """Answer who says what on a topic (``q``), or what became of a document (``left``, ``right``).

    As JSON, or as a table to keep (``format=csv``, ``format=xlsx``).
    """
    form = request.args.get("format") or "json"
    if form not in ("json", *MEDIA):
        raise ParameterError(f"参数 format 是“{form[:40]}”，只能是 json、csv 或 xlsx。")
    answer = answer_comparison(current_backend(), request.args)
    if form == "json":
        return jsonify(answer)
    kind = cast(Format, form)
    table = written(table_of(answer, request.url_root.rstrip("/")), kind)
    return send_file(io.BytesIO(table), MEDIA[kind], as_attachment=True, download_name=_file_name(answer, kind))


@comparisons.get("/api/v1/paragraphs/<paragraph_id>/similar")
def like(paragraph_id: str) -> Response:
    """List the paragraphs that say nearly the same as one."""
    return jsonify(similar_json(current_backend(), paragraph_id))


def _file_name(answer: Json, form: Format) -> str:
    """Name a file after its topic, in letters and figures that every system allows in a name."""
    topic = "".join(filter(str.isalnum, answer.get("topic", "")))[:30]
    return f"对比-{topic or '两份文档'}.{form}"


def answer_comparison(backend: SearchBackend, args: Parameters) -> Json:
    """Make the JSON of ``GET /api/v1/compare``.

    Raises ``ParameterError``, ``QuerySyntaxError``, ``UnknownIdError`` and what the backend raises.
    """
    left, right = args.get("left"), args.get("right")
    if left or right:
        if not (left and right):
            raise ParameterError("并排比较要有两份文档：参数 left 和 right 都要是文档的编号。")
        return sides_json(backend, left, right, kinds_of(args))
    told = args.get("distinctive") or None
    if told not in (None, "on", "off"):
        raise ParameterError(f"参数 distinctive 是“{told[:40]}”，只能是 on 或 off。")
    return topic_json(backend, read_query(args), args.get("baseline") or None, told and told == "on")


def topic_json(
    backend: SearchBackend, query: Query, baseline: str | None = None, distinctive: bool | None = None
) -> Json:
    """Compare what the documents say on a topic.

    ``baseline`` is the label of a wording or the id of a paragraph; raises ``ParameterError`` for another.
    ``distinctive`` asks for the words that each place and year uses more than the others; ``None``: if there are few.
    """
    return comparison_json(matrix(backend, query), baseline, distinctive)


FEW = 30
"""Rows up to which distinctive words are told without being asked for: cutting the paragraphs of 141 into words takes
three times as long as all the rest."""


def comparison_json(found: Comparison, baseline: str | None = None, distinctive: bool | None = None) -> Json:
    """Present a comparison; spans count in the text of the paragraph. Raises ``ParameterError`` like ``topic_json``."""
    if distinctive is None:
        distinctive = len(found.rows) <= FEW
    base = found.baseline(baseline)
    if base is None and baseline is not None:
        raise ParameterError(f"没有“{baseline[:40]}”这个表述或段落可作比较的基准。请用 A、B 等，或一行的段落编号。")
    phrases = shared_phrases(found.rows)
    common, own = common_spans(found.rows, phrases), own_spans(found.rows)
    covered = cover(found)
    return {
        "topic": found.topic.text,
        "rows": [
            row_json(found, at, None if base is None else found.rows[base], common[at], own[at])
            for at in range(len(found.rows))
        ],
        "wordings": [
            {
                "label": wording.label,
                "text": found.rows[wording.first].text,
                "first": _place_json(found.rows[wording.first].document.metadata)
                | {"year": min(found.rows[wording.first].years, default=None)},
                "years": list(wording.years),
                "figures_differ": wording.figures_differ,
                "members": [found.rows[at].paragraph.id for at in wording.members],
            }
            for wording in found.wordings
        ],
        "baseline": None if base is None else _name(found, base, baseline),
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
            | {
                "year": each.year,
                "documents": each.documents,
                "characters": each.characters,
                "about": each.treating,
                "mentions": each.mentioning,
                "paragraphs": each.paragraphs,
                "rate": each.rate,
            }
            for each in covered
        ],
        "missing": [_named(place) | {"year": year} for place, year in missing(covered)],
        "corpus": {
            "documents": found.corpus.documents,
            "paragraphs": found.corpus.paragraphs,
            "build": found.corpus.build,
        },
        "took_ms": found.took_ms,
    }


def contrast_json(contrast: Contrast) -> Json:
    """Present the words of a place or a year; ``here`` and ``elsewhere`` say how often they are used."""
    return _named(contrast.place or (None, None, None)) | {
        "by": "place" if contrast.place else "year",
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


def row_json(found: Comparison, at: int, base: Row | None, common: Sequence[Span], own: Sequence[Span]) -> Json:
    """Present one row; ``diff`` leads from the baseline to its sentence, and is empty where they are too unlike."""
    row = found.rows[at]
    known = row.document.metadata
    low = row.sentence[0]
    changes = differences(base, row) if base is not None and base is not row else ()
    return _place_json(known) | {
        "years": list(known.years),
        "document": _document(row.document),
        "paragraph": paragraph_json(row.paragraph),
        "sentence": list(row.sentence),
        "places": _spans(row.places),
        "about": row.about,
        "score": row.score,
        "paragraphs": row.paragraphs,
        "wording": found.wording_of(at).label,
        "diff": changes_json(changes),
        "numbers": numbers_json(differing_numbers(base.folded, row.folded), low) if base and changes else [],
        "common": _spans(common, low),
        "own": _spans(own, low),
    }


def similar_json(backend: SearchBackend, paragraph_id: str) -> Json:
    """Present the paragraphs that say nearly the same as one. Raises ``UnknownIdError``."""
    document, paragraph = backend.paragraph(paragraph_id)
    return {
        "document": document_json(document.id, document.source.path, document.metadata),
        "paragraph": paragraph_json(paragraph),
        "similar": [
            {
                "document": _document(each.document),
                "paragraph": paragraph_json(each.paragraph),
                "likeness": each.likeness,
                "same_figures": each.same_figures,
                "diff": changes_json(each.changes),
            }
            for each in similar(backend, paragraph_id)
        ],
    }


def _name(found: Comparison, base: int, asked: str | None) -> str:
    """Name the baseline as it was asked for: a paragraph by its id, a wording by its label."""
    return asked if asked == found.rows[base].paragraph.id else found.wording_of(base).label


def _place_json(known: Metadata) -> Json:
    return _named((known.province, known.city, known.district))


def _named(place: tuple[str | None, str | None, str | None]) -> Json:
    return dict(zip(("province", "city", "district"), place, strict=True))


def _document(summary: DocumentSummary) -> Json:
    return document_json(summary.id, summary.path, summary.metadata)


def _spans(spans: Sequence[Span], low: int = 0) -> list[list[int]]:
    return [[low + start, low + end] for start, end in spans]
