"""Which pieces are headings, and how deep each one stands."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from indexer.lines import squeeze, width
from indexer.numbering import RANKS
from indexer.pieces import Piece

_INNER_STOP = re.compile(r"[。!?;](?=.)")
_LONGEST_HEADING = 60
_LONGEST_PLAIN = 40
_LONGEST_LABEL = 12
_LONGEST_ATTACHMENT_LABEL = 6
_LONGEST_PLAIN_SENTENCE = 30
_MONTH = r"(?:1[0-2]|0?[1-9])"
_BARE = re.compile(
    rf"(?P<month>{_MONTH}(?:[—\-–~至、]{_MONTH})?(?P<said>月份?)?|[一二三四五六七八九十]{{1,2}}月份?)[::]?"
    r"|(?P<year>(?:19|20)\d{2}(?:年度?)?)[::]?"
    rf"|(?P<year_month>(?:19|20)\d{{2}}年{_MONTH}月份?)[::]?"
)
_HEADED = frozenset({"cn", "pcn", "num", "pnum", "ordinal"})
_CHAPTERS = frozenset({"part", "chapter", "section"})


@dataclass(frozen=True, slots=True)
class Traits:
    """What is typical of a document as a whole, measured once."""

    law: bool
    """Its text is articles (第一条): everything below an article is part of it."""
    itemised: bool
    """Its text is numbered items throughout: an unnumbered line continues the item before it."""
    alternating: bool
    """Short sentences head longer lines, again and again."""
    punctuated: bool
    """Its prose lines end as sentences end: one that does not was broken."""
    spaced: bool
    """Blank lines stand between all lines and part nothing."""
    finishing: frozenset[str]
    """The kinds of numbers whose items end as sentences end: one that does not was broken."""
    wrap: int
    """The width in half-width columns at which its lines were broken; 0 if they were not."""


def ends_sentence(folded: str) -> bool:
    """Tell whether a folded text ends as a sentence or a clause ends, closing quotes and brackets aside.

    >>> [ends_sentence(t) for t in ("促进公平。", "他说:“好。”", "(20 万元及以下项目)", "少年传承中华")]
    [True, True, False, False]
    """
    return folded.rstrip("”’》)】」』\"'] \t\u3000\xa0")[-1:] in tuple("。!?;:…！？；：.")


def measure(pieces: Sequence[Piece]) -> Traits:
    """Measure what is typical of a document from its pieces without a role."""
    body = [piece for piece in pieces if piece.role is None]
    kinds = [piece.marker.kind if piece.marker else None for piece in body]
    articles = kinds.count("article")
    long_items = sum(
        1
        for piece in body
        if piece.marker and piece.marker.kind == "num" and (not _short(piece) or not squeeze(piece.words).strip("。"))
    )
    first_item = next((i for i, kind in enumerate(kinds) if kind == "num"), len(kinds))
    unnumbered = sum(1 for i, kind in enumerate(kinds) if kind is None and i > first_item)
    prose = [piece for piece in body if len(piece.folded) >= 40]
    ended = sum(1 for piece in prose if ends_sentence(piece.folded))
    plain = [i for i, piece in enumerate(body) if piece.marker is None]
    short = [
        i
        for i in plain
        if i + 1 < len(body)
        and body[i + 1].marker is None
        and _plain_sentence(body[i].folded)
        and len(body[i + 1].folded) >= max(40, 2 * len(body[i].folded))
    ]
    return Traits(
        law=articles >= 3,
        itemised=long_items >= 5 and unnumbered <= long_items / 2,
        alternating=len(short) >= 3 and len(short) >= 0.3 * len(plain),
        punctuated=len(prose) >= 3 and ended >= 0.8 * len(prose),
        spaced=sum(1 for piece in body if piece.after_blank) >= 0.8 * len(body),
        finishing=_find_finishing(body),
        wrap=_find_wrap(body),
    )


def _find_finishing(body: Sequence[Piece]) -> frozenset[str]:
    """Return the kinds of numbers most of whose items end as sentences end, headings and bare numbers left out."""
    ends: Counter[tuple[str, bool]] = Counter()
    for piece in body:
        if piece.marker is not None and piece.heading is None and squeeze(piece.words).strip("。"):
            ends[piece.marker.kind, ends_sentence(piece.folded)] += 1
    return frozenset(kind for kind, ended in ends if ended and ends[kind, True] >= max(2, 2 * ends[kind, False]))


def _find_wrap(body: Sequence[Piece]) -> int:
    """Return the width at which lines were broken: most lines that do not end a sentence are about that wide.

    Fixed-width pages measured were 60 to 80 columns; a line may fall short of the width by a number or a word that
    would not break (six columns).
    """
    widths = [width(piece.folded) + piece.indent for piece in body if not ends_sentence(piece.folded)]
    widths = sorted(w for w in widths if w >= 24)
    if len(widths) < 5:
        return 0
    common = widths[int(len(widths) * 0.9)]
    near = sum(1 for w in widths if common - 6 <= w <= common + 2)
    longer = sum(1 for piece in body if width(piece.folded) > common + 8)
    return common if common <= 120 and near >= 0.6 * len(widths) and longer <= 0.05 * len(body) else 0


def _short(piece: Piece) -> bool:
    words = piece.words.strip()
    return (
        0 < len(words) <= _LONGEST_HEADING
        and not _INNER_STOP.search(words)
        and words[-1] not in ";,、—!?"
        and (words[-1] != ":" or _is_titled_list(piece, words))
    )


def _is_titled_list(piece: Piece, words: str) -> bool:
    """A numbered line that ends in a colon is a heading only if it names a thing and announces nothing."""
    named = len(words) <= 12 and not re.search(r"(?:如下|下列|以下|包括|作为.*|修改为|规定|情形|[有为是]):$", words)
    return named and piece.marker is not None and piece.marker.kind in {"cn", "pcn"}


def _plain_sentence(folded: str) -> bool:
    words = folded.strip()
    return (
        2 <= len(words) <= _LONGEST_PLAIN_SENTENCE
        and not re.search(r"[。!?;](?=.)|[,:!?;…](?=$)|,", words)
        and not words.startswith(("(", "—", "-", "《"))
    )


def mark_headings(pieces: Sequence[Piece], traits: Traits) -> None:
    """Decide which pieces are headings; every other piece without a role is text."""
    body = [piece for piece in pieces if piece.role is None]
    successor = _following(body)
    majority = _vote(body, successor)
    labelled = {id(below) for above, below in pairwise(pieces) if _is_attachment_label(above)}
    in_article = False
    for index in range(len(body) - 1, -1, -1):
        piece = body[index]
        if piece.heading is None:
            piece.heading = _bare_heading(piece, successor[index])
    for index, piece in enumerate(body):
        if piece.heading is not None:
            continue
        following = successor[index]
        marker = piece.marker
        if id(piece) in labelled and marker is None and _names_attachment(piece, following):
            piece.heading = "plain"
            in_article = False
        elif piece.sharps:
            piece.heading = f"sharp{piece.sharps}"
            in_article = False
        elif marker is not None and marker.kind == "article":
            in_article = True
        elif marker is not None and marker.kind in _CHAPTERS:
            named = _short(piece) or not piece.words.strip()
            headed = following is not None and (following.marker is None or following.marker.kind != marker.kind)
            if named and headed:
                piece.heading = marker.kind
                in_article = False
        elif traits.law and in_article:
            continue
        elif marker is not None and marker.kind in _HEADED:
            if _is_numbered_heading(piece, following, index in majority, traits):
                piece.heading = marker.kind
        elif marker is None and _is_plain_heading(body, index, following, traits):
            piece.heading = "plain"


def _is_attachment_label(piece: Piece) -> bool:
    return piece.role == "attachment" and len(squeeze(piece.folded)) <= _LONGEST_ATTACHMENT_LABEL


def _names_attachment(piece: Piece, following: Piece | None) -> bool:
    words = piece.folded.strip()
    return following is not None and len(words) <= _LONGEST_PLAIN and re.search(r"[。;!?,:]", words) is None


def _following(body: Sequence[Piece]) -> list[Piece | None]:
    return [*body[1:], None] if body else []


def _bare_heading(piece: Piece, following: Piece | None) -> str | None:
    """Read a year or a month on a line of its own: with 月 or 年, or because items or months start anew below it."""
    if piece.marker is not None or piece.sharps:
        return None
    match = _BARE.fullmatch(squeeze(piece.folded))
    if match is None or following is None:
        return None
    kind = "year" if match["year"] else "month"
    starts = (
        following.marker is not None
        and following.marker.value == 1
        and following.marker.kind in {"num", "pnum", "cn", "pcn"}
    )
    below = following.heading == "month" and kind == "year"
    written = (match["month"] is not None and "月" in match.group()) or match["year_month"] is not None
    return kind if starts or below or written else None


def _vote(body: Sequence[Piece], successor: Sequence[Piece | None]) -> set[int]:
    """Return the numbered pieces most of whose siblings are short lines with a text of their own below them."""
    chosen: set[int] = set()
    runs: dict[str, list[int]] = {}
    lone: list[int] = []

    def close(kind: str) -> None:
        run = runs.pop(kind, [])
        earlier = run[:-1]
        headed = sum(1 for i in earlier if _short(body[i]) and _has_body(body[i], successor[i]))
        if earlier and headed >= 0.5 * len(earlier):
            chosen.update(run)
        elif not earlier:
            lone.extend(run)

    for index, piece in enumerate(body):
        marker = piece.marker
        if marker is None or marker.kind not in _HEADED:
            continue
        for kind in [k for k in runs if RANKS[k] > RANKS[marker.kind]]:
            close(kind)
        if marker.value == 1 and marker.kind in runs:
            close(marker.kind)
        runs.setdefault(marker.kind, []).append(index)
    for kind in list(runs):
        close(kind)
    # A number without siblings goes with its kind elsewhere in the document.
    alike = Counter((marker.kind, index in chosen) for index, piece in enumerate(body) if (marker := piece.marker))
    for index in lone:
        marker = body[index].marker
        if marker is None:
            continue
        headed, plain = alike[marker.kind, True], alike[marker.kind, False]
        alone = headed + plain == 1 and _is_title_of(body[index], successor[index])
        if alone or (headed and headed > plain - 1):
            chosen.add(index)
    return chosen


def _is_title_of(piece: Piece, following: Piece | None) -> bool:
    """Tell of a number that is alone in its document whether its line is short, unfinished, and has sentences below."""
    if following is None or following.marker is not None or ends_sentence(piece.folded):
        return False
    return _short(piece) and len(piece.words) <= _LONGEST_PLAIN_SENTENCE and ends_sentence(following.folded)


def _has_body(piece: Piece, following: Piece | None) -> bool:
    if following is None:
        return False
    if following.marker is None:
        return True
    return piece.marker is not None and RANKS[following.marker.kind] > RANKS[piece.marker.kind]


def _leads_list(piece: Piece, following: Piece | None) -> bool:
    """Tell whether a line 二、重点如下: has deeper numbers below it, which then belong to it."""
    words = piece.words.strip()
    return (
        following is not None
        and following.marker is not None
        and piece.marker is not None
        and piece.marker.kind in {"cn", "pcn"}
        and following.marker.value == 1
        and RANKS[following.marker.kind] > RANKS[piece.marker.kind]
        and words.endswith(":")
        and len(words) <= _LONGEST_PLAIN
        and not _INNER_STOP.search(words)
    )


def _is_numbered_heading(piece: Piece, following: Piece | None, voted: bool, traits: Traits) -> bool:
    if _leads_list(piece, following):
        return True
    if not _short(piece) or not _has_body(piece, following) or following is None or piece.marker is None:
        return False
    ended = ends_sentence(piece.folded)
    if following.folded.startswith(("——", "--")) and len(piece.words.strip()) <= _LONGEST_LABEL:
        return True
    if following.marker is not None:
        # A title ends without a full stop, or is followed by a list that starts or goes on below it.
        if piece.marker.kind in {"num", "pnum"}:
            return voted and following.marker.value == 1 and (not ended or len(piece.words) <= _LONGEST_PLAIN_SENTENCE)
        return True
    if traits.wrap and width(piece.folded) + piece.indent >= traits.wrap - 8:
        return False
    if piece.marker.kind in {"num", "pnum"} and (not voted or traits.itemised):
        return False
    if piece.marker.kind == "ordinal":
        return voted or not ended
    return voted or not ended


def _is_plain_heading(body: Sequence[Piece], index: int, following: Piece | None, traits: Traits) -> bool:
    """Tell whether an unnumbered line heads what follows: short, one clause, and longer text or a list below it."""
    piece = body[index]
    words = piece.folded.strip()
    if following is None or piece.continues or not 2 <= len(words) <= _LONGEST_PLAIN:
        return False
    if re.search(r"[。!?;:](?=.)|[,、:;!?…—](?=$)", words) or words.startswith(
        ("(", "—", "-", "《", ",", "。", "、", "|", "│")
    ):
        return False
    if not re.search(r"[\u3400-\u9fff]{2}", words) or re.search(r"[│┃|]", words):
        return False
    before = body[index - 1] if index else None
    # What comes after an unfinished line is its end, unless nobody finishes lines here.
    unfinished = before is not None and before.heading is None and not ends_sentence(before.folded)
    finishing = traits.punctuated or traits.wrap or traits.itemised
    if unfinished and (finishing or (before is not None and before.marker is not None)):
        return False
    if words.endswith("。"):
        if not (traits.alternating and _plain_sentence(words)):
            return False
        return following.marker is None and len(following.folded) >= max(30, 1.5 * len(words))
    if traits.itemised and before is not None and before.marker is not None and following.marker is not None:
        return following.marker.value == 1 and following.marker.kind in _HEADED
    if following.marker is not None:
        return following.marker.value == 1
    if traits.wrap and width(words) + piece.indent >= traits.wrap - 8:
        return False
    least = 20 if following.folded.endswith("。") else 30
    return len(following.folded) >= max(least, 1.5 * len(words)) and bool(re.search(r"[。,;]", following.folded))
