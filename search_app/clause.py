"""A pasted clause held against the corpus: the page ``/clause`` and its JSON, made from the same dictionary."""

from __future__ import annotations

from typing import Any, TypeGuard
from urllib.parse import quote

from flask import Blueprint, Response, jsonify, make_response, render_template, request

from indexer.clause_search import MAX_CHARACTERS, ClauseAnswer, Kind, Match, read_clause, search_clause
from indexer.errors import ParameterError, QuerySyntaxError
from indexer.query import And, Clause, Query, parse_query
from search_app.access import current_backend
from search_app.params import read_text
from search_app.present import hit_json

clauses = Blueprint("clauses", __name__)

Json = dict[str, Any]

KINDS: dict[Kind, tuple[str, str]] = {
    "same": ("相同", "文字相同，标点、繁简不计"),
    "near": ("相近", "大部分词相同，次序也相同"),
    "loose": ("相关", "有同样的少见词，次序或说法不同"),
}
FIRST = 20
"""Matches of a kind that are listed at first: some 60 KB of page, as one measured with paragraphs of work reports."""
CLAUSE_HAN = 25
"""Han characters from which a query without operators looks like a clause rather than words."""
_QUOTES = (("“", "”"), ("「", "」"), ("『", "』"))


@clauses.get("/clause")
def page() -> Response:
    """Show the form, and what says the same as the clause pasted into it."""
    text = read_text(request.args)
    show = request.args.get("show")
    problem = None
    found = None
    if text:
        try:
            found = answer_clause(text)
        except ParameterError as error:
            problem = error
    shown = render_template(
        "clause.html",
        text=text,
        show=show if _is_kind(show) else None,
        most=MAX_CHARACTERS,
        problem=problem,
        found=found,
        groups=_groups(found, show if _is_kind(show) else None) if found else (),
        here=_url("/clause", text),
        corpus=current_backend().corpus(),
    )
    return make_response(shown, problem.status if problem else 200)


@clauses.get("/api/v1/clause")
def clause() -> Response:
    """Answer what says the same as a clause; nothing pasted is answered by nothing."""
    return jsonify(answer_clause(read_text(request.args)))


def answer_clause(text: str) -> Json:
    """Make the JSON of ``GET /api/v1/clause``. Raises ``ParameterError``, and what the backend raises."""
    backend = current_backend()
    if not text:
        corpus = backend.corpus()
        return clause_json(ClauseAnswer("", (), (), 0, 0, corpus, 0.0))
    return clause_json(search_clause(backend, text))


def clause_json(found: ClauseAnswer) -> Json:
    """Present the answer to a clause: ``candidates`` of ``total`` paragraphs with a rare word of it were compared."""
    return {
        "clause": found.clause,
        "rare": list(found.rare),
        "matches": [match_json(match) for match in found.matches],
        "candidates": found.candidates,
        "total": found.total,
        "corpus": {
            "documents": found.corpus.documents,
            "paragraphs": found.corpus.paragraphs,
            "build": found.corpus.build,
        },
        "took_ms": found.took_ms,
    }


def match_json(match: Match) -> Json:
    """Present one match: ``window`` counts in the paragraph's text; equal and inserted texts join to it."""
    low, high = match.window
    return {
        "kind": match.kind,
        "share": round(match.share, 4),
        "held": match.held,
        "words": match.words,
        "shared": list(match.shared),
        "paragraph": hit_json(match.hit, ()),
        "window": [low, high],
        "diff": [{"op": change.op, "text": change.text} for change in match.changes],
        "search_url": quotation_url(match.hit.paragraph.text[low:high]),
    }


def quotation_url(text: str) -> str | None:
    """Address the search for exactly this text; ``None`` if it holds marks that no quotation can hold.

    >>> from urllib.parse import unquote
    >>> unquote(quotation_url("建设“五育并举”示范校"))
    '/?q=「建设“五育并举”示范校」'
    """
    for opening, closing in sorted(_QUOTES, key=lambda marks: any(mark in text for mark in marks)):
        quoted = f"{opening}{text.strip()}{closing}"
        try:
            root = parse_query(quoted).root
        except QuerySyntaxError:
            continue
        if isinstance(root, Clause) and root.kind == "phrase" and (root.start, root.end) == (0, len(quoted)):
            return _url("/", quoted)
    return None


def clause_url(query: Query) -> str | None:
    """Address the comparison of a query that looks like a pasted clause: long, and nothing in it is an operator."""
    parts = query.root.parts if isinstance(query.root, And) else (query.root,)
    if not all(isinstance(part, Clause) and part.kind == "word" and part.field is None for part in parts):
        return None
    if sum("\u3400" <= char <= "\u9fff" for char in query.folded) <= CLAUSE_HAN:
        return None
    try:
        read_clause(query.text)
    except ParameterError:
        return None
    return _url("/clause", query.text)


def _url(path: str, text: str) -> str:
    return f"{path}?q={quote(text, safe='')}"


def _is_kind(value: str | None) -> TypeGuard[Kind]:
    return value in KINDS


def _groups(found: Json, show: Kind | None) -> list[Json]:
    """Sort matches into the three kinds; only one of them, and whole, if the reader asked for it."""
    groups = []
    for kind, (title, meaning) in KINDS.items():
        matches = [match for match in found["matches"] if match["kind"] == kind]
        wanted = show in (None, kind)
        groups.append(
            {
                "kind": kind,
                "title": title,
                "meaning": meaning,
                "count": len(matches),
                "matches": matches[: len(matches) if show else FIRST] if wanted else [],
                "wanted": wanted,
            }
        )
    return groups
