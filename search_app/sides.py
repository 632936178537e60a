"""Two documents side by side as JSON: ``/api/v1/compare?left=&right=``."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, get_args

from indexer.backend import SearchBackend
from indexer.compare import Mark, Pair, align
from indexer.compare.sides import Kind
from indexer.errors import ParameterError, TooLargeError
from indexer.models import Document
from search_app.compare_topic import changes_json, numbers_json
from search_app.params import Parameters
from search_app.present import document_json, paragraph_json

Json = dict[str, Any]

MOST_PAIRS = 1500 * 1500
"""Pairs of paragraphs that are compared: 100 octets each, and six seconds for all of them. The reports of provinces and
cities have 30 to 300 paragraphs."""
KINDS: tuple[Kind, ...] = get_args(Kind)
ASKED = (*KINDS, "alone")
"""What may be asked for: kinds of pairs, and those in which one side says what the other document says nowhere."""


def kinds_of(args: Parameters) -> tuple[str, ...]:
    """Read which pairs are asked for (``kind``, repeatable); all if none are. Raises ``ParameterError``."""
    asked = [value for value in args.getlist("kind") if value]
    for value in asked:
        if value not in ASKED:
            raise ParameterError(f"参数 kind 是“{value[:40]}”，只能是 {'、'.join(ASKED)}。")
    return tuple(kind for kind in ASKED if kind in asked) or ASKED


def sides_json(backend: SearchBackend, left: str, right: str, kinds: Sequence[str] = ASKED) -> Json:
    """Pair the paragraphs of two documents; ``counts`` are of all pairs, whatever kinds are shown.

    ``only`` counts the stretches that one side alone says, in pairs of whatever kind. Raises ``UnknownIdError``, and
    ``TooLargeError`` for documents whose comparison would take too much time and memory.
    """
    ours, theirs = backend.document(left), backend.document(right)
    if len(ours.paragraphs) * len(theirs.paragraphs) > MOST_PAIRS:
        sizes = f"{len(ours.paragraphs)} 段和 {len(theirs.paragraphs)} 段"
        raise TooLargeError(f"这两份文档太长（{sizes}），不能左右对照。请按主题对比，或把文档分开后再建索引。")
    pairs = align(ours, theirs, backend.vocabulary(), backend.corpus().paragraphs)
    paired = {each.id for pair in pairs if pair.left and pair.right for each in (pair.left, pair.right)}
    return {
        "left": document_json(ours.id, ours.source.path, ours.metadata),
        "right": document_json(theirs.id, theirs.source.path, theirs.metadata),
        "counts": {kind: sum(pair.kind == kind for pair in pairs) for kind in KINDS},
        "only": {
            "left": sum(_says_alone(pair, "left") for pair in pairs),
            "right": sum(_says_alone(pair, "right") for pair in pairs),
        },
        "kinds": list(kinds),
        "pairs": [pair_json(pair, ours, theirs, paired) for pair in pairs if is_shown(pair, kinds)],
    }


def is_shown(pair: Pair, kinds: Sequence[str]) -> bool:
    """Tell whether a pair is of these kinds, or holds what only one side says where that is asked for (``alone``)."""
    return pair.kind in kinds or ("alone" in kinds and _says_alone(pair, "left") + _says_alone(pair, "right") > 0)


def _says_alone(pair: Pair, side: str) -> int:
    """Count the stretches of one side that the other document does not say, each in the paragraph's own pair."""
    marks = pair.left_marks if side == "left" else pair.right_marks
    return 0 if pair.again == side else sum(mark.kind == "only" for mark in marks)


def pair_json(pair: Pair, left: Document, right: Document, paired: Collection[str]) -> Json:
    """Present two paragraphs that stand for each other, or one alone; marks count in the text of their paragraph.

    ``partly`` is said of one alone that is among the ``paired``: a sentence of it has its like in the other document.
    """
    alone = pair.left if pair.right is None else pair.right if pair.left is None else None
    return {
        "left": pair.left and paragraph_json(pair.left),
        "right": pair.right and paragraph_json(pair.right),
        "kind": pair.kind,
        "again": pair.again,
        "partly": alone is not None and alone.id in paired,
        "part": [list(span) for span in pair.part],
        "likeness": pair.likeness,
        "diff": changes_json(pair.changes),
        "numbers": numbers_json(pair.numbers, pair.right.text if pair.right else ""),
        "marks": {"left": marks_json(pair.left_marks, right), "right": marks_json(pair.right_marks, left)},
    }


def marks_json(marks: Sequence[Mark], other: Document) -> list[Json]:
    """Present marks; ``paragraph`` is the id of the one that says what stands ``elsewhere``."""
    return [
        {
            "start": mark.start,
            "end": mark.end,
            "kind": mark.kind,
            "paragraph": None if mark.other is None else other.paragraphs[mark.other].id,
        }
        for mark in marks
    ]
