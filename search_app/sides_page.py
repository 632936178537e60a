"""What the page ``/compare?left=&right=`` shows: two documents in two columns, section by section."""

from __future__ import annotations

from collections.abc import Container, Sequence
from itertools import pairwise
from typing import Any

from indexer.backend import DocumentSummary, SearchBackend
from indexer.models import Metadata
from search_app.compare_table import KIND_NAMES
from search_app.params import Parameters, url_with
from search_app.present import document_json
from search_app.siblings import siblings
from search_app.sides import ASKED, Json, kinds_of, sides_json

_SLIGHT = 4
"""Characters that may differ, and no figure, in a pair that is folded away as hardly changed."""
_OPENING = 36
"""Characters of a folded paragraph that are shown."""
_KEPT = ("q", "province", "city", "district", "issuer", "year")
"""Parameters of the comparison of a topic, kept so that a reader finds back to it."""


def sides_view(backend: SearchBackend, args: Parameters) -> dict[str, Any]:
    """Put together what the template shows; with one document only or none, what to choose from.

    Raises ``ParameterError`` and ``UnknownIdError``.
    """
    left, right = args.get("left") or None, args.get("right") or None
    topic = [(name, value) for name in _KEPT for value in args.getlist(name) if value]
    documents = backend.documents()
    chosen = next((each for each in documents if each.id == (left or right)), None)
    if chosen is None and (left or right):
        backend.document(left or right or "")  # says that there is no such document
    near = siblings(backend, chosen.id, chosen.metadata) if chosen else []
    view: dict[str, Any] = {
        "left": left,
        "right": right,
        "topic": args.get("q") or None,
        "topic_url": url_with("/compare", topic),
        "kept": topic,
        "choices": [_choices(documents, near, chosen, each) for each in (left, right)],
        "near": [
            {
                "years": "、".join(map(str, each.metadata.years)),
                "title": each.metadata.title,
                "url": _with(topic, *pair),
            }
            for each in near
            for pair in [(left, each.id) if left else (each.id, right)]
        ],
        "found": None,
    }
    if left and right:
        view |= _found(sides_json(backend, left, right, kinds_of(args)), topic)
    return view


def chooser_url(args: Parameters) -> str:
    """Address the choice of two documents, with the topic and filters of the comparison that it is reached from."""
    return _with([(name, value) for name in _KEPT for value in args.getlist(name) if value], "", None)


def _found(answer: Json, topic: list[tuple[str, str]]) -> dict[str, Any]:
    left, right, kinds = answer["left"]["id"], answer["right"]["id"], answer["kinds"]
    every = tuple(kinds) == ASKED
    return {
        "found": answer,
        "sections": _sections(answer["pairs"]),
        "shown": len(answer["pairs"]),
        "whole": sum(answer["counts"].values()),
        "filters": [
            {
                "name": KIND_NAMES.get(kind, "只见于一边的说法"),
                "count": f"{answer['counts'][kind]} 段"
                if kind in answer["counts"]
                else f"左 {answer['only']['left']} 处，右 {answer['only']['right']} 处",
                "some": answer["counts"].get(kind, sum(answer["only"].values())) > 0,
                "on": not every and kind in kinds,
                "url": _with(topic, left, right, (kind,) if every else _toggled(kinds, kind)),
            }
            for kind in ("dropped", "added", "reworded", "moved", "same", "alone")
        ],
        "all_url": None if every else _with(topic, left, right),
        "swap_url": _with(topic, right, left),
        "files": [
            (name, url_with("/api/v1/compare", [("left", left), ("right", right)], format=form))
            for name, form in (("CSV", "csv"), ("Excel", "xlsx"))
        ],
    }


def _toggled(kinds: Sequence[str], kind: str) -> tuple[str, ...]:
    """Take a kind from those shown, or add it; all kinds are none in the address."""
    wanted = tuple(each for each in ASKED if (each in kinds) != (each == kind))
    return () if wanted in ((), ASKED) else wanted


def _with(topic: list[tuple[str, str]], left: str | None, right: str | None, kinds: Sequence[str] = ()) -> str:
    pairs = [("left", left or ""), *([("right", right)] if right else []), *(("kind", kind) for kind in kinds), *topic]
    return url_with("/compare", pairs)


def _choices(
    documents: Sequence[DocumentSummary],
    near: Sequence[DocumentSummary],
    chosen: DocumentSummary | None,
    selected: str | None,
) -> list[tuple[str | None, list[Json]]]:
    """List the documents that may be chosen, those of the same place first."""
    first = {each.id for each in (*near, *((chosen,) if chosen else ()))}
    groups: list[tuple[str | None, list[Json]]] = []
    for name, members in (
        ("同一地方", [each for each in documents if each.id in first]),
        ("其他" if len(first) > 1 else None, [each for each in documents if each.id not in first or len(first) < 2]),
    ):
        if members and (name != "同一地方" or len(members) > 1):
            groups.append((name, [_choice(each.id, each.path, each.metadata, each.id == selected) for each in members]))
    return groups


def _choice(document_id: str, path: str, known: Metadata, selected: bool) -> Json:
    document = document_json(document_id, path, known)
    return {key: document[key] for key in ("id", "place", "years", "title")} | {"selected": selected}


def _sections(pairs: Sequence[Json]) -> list[Json]:
    """Group pairs by the sections of the left document; what is only right stands where it follows."""
    sections: list[Json] = []
    anchored = {
        side: {pair[side]["id"] for pair in pairs if pair[side] and pair["again"] != side} for side in ("left", "right")
    }
    current: list[str] | None = None
    beside: list[str] | None = None
    for pair in pairs:
        mine = pair["left"]["section"] if pair["left"] else current if current is not None else pair["right"]["section"]
        if not sections or mine != current:
            sections.append({"path": mine, "rows": []})
            current, beside = mine, None
        row = _row(pair, anchored)
        if pair["right"]:
            # The heading on the right is said where it is another, and where it changes.
            row["beside"] = None if pair["right"]["section"] in (beside, mine) else pair["right"]["section"]
            beside = pair["right"]["section"]
        sections[-1]["rows"].append(row)
    return sections


def _row(pair: Json, anchored: dict[str, set[str]]) -> Json:
    cells = {side: _cell(pair, side, anchored) for side in ("left", "right")}
    shown = pair["right"] or pair["left"]
    differing = [mark for marks in pair["marks"].values() for mark in marks]
    changed = sum(mark["end"] - mark["start"] for mark in differing)
    slight = pair["kind"] == "same" or (
        not pair["again"]
        and bool(pair["diff"])
        and changed <= _SLIGHT
        and not any(mark["kind"] in ("number", "only") for mark in differing)
    )
    return {
        "kind": pair["kind"],
        "name": KIND_NAMES[pair["kind"]],
        "again": pair["again"],
        "partly": pair["partly"],
        "folded": slight,
        "opening": shown["text"][:_OPENING],
        "beside": None,
        **cells,
    }


def _cell(pair: Json, side: str, anchored: dict[str, set[str]]) -> Json | None:
    """Lay out one paragraph; of one that stands in another pair too, only the sentences that are meant."""
    paragraph = pair[side]
    if paragraph is None:
        return None
    other = "right" if side == "left" else "left"
    marks = pair["marks"][side]
    again = pair["again"] == side
    spans = pair["part"] if again and pair["part"] else [[0, len(paragraph["text"])]]
    return {
        "id": paragraph["id"],
        "url": paragraph["url"],
        "ordinal": paragraph["ordinal"],
        "anchor": None if again else f"{side}-{paragraph['id']}",
        "primary": f"#{side}-{paragraph['id']}" if again and paragraph["id"] in anchored[side] else None,
        "parts": [pieces(paragraph["text"], marks, low, high, other, anchored[other]) for low, high in spans],
    }


def pieces(
    text: str, marks: Sequence[Json], low: int, high: int, other: str = "right", anchored: Container[str] = ()
) -> list[Json]:
    """Cut ``[low, high)`` of a text where marks begin and end; a figure is marked within whatever it stands in.

    >>> [(each["text"], each["kind"], each["number"]) for each in pieces(
    ...     "确保巩固率达95%以上。", [{"start": 6, "end": 9, "kind": "number", "paragraph": None},
    ...     {"start": 5, "end": 11, "kind": "changed", "paragraph": None}], 0, 12)]
    [('确保巩固率', None, False), ('达', 'changed', False), ('95%', 'changed', True), ('以上', 'changed', False),
     ('。', None, False)]
    """
    edges = {low, high} | {edge for mark in marks for edge in (mark["start"], mark["end"]) if low < edge < high}
    found: list[Json] = []
    ordered = sorted(edges)
    for start, end in pairwise(ordered):
        here = [mark for mark in marks if mark["start"] <= start and end <= mark["end"]]
        mark = next((each for each in here if each["kind"] != "number"), None)
        ends = mark is not None and mark["end"] == end
        away = mark["paragraph"] if mark is not None and ends else None
        found.append(
            {
                "text": text[start:end],
                "kind": mark["kind"] if mark else None,
                "number": any(each["kind"] == "number" for each in here),
                "away": None if away is None else f"#{other}-{away}" if away in anchored else f"/p/{away}#here",
            }
        )
    return found
