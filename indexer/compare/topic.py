"""A query -> the pieces that a text must say to be on its topic, each with the words that say it and their weight."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from itertools import groupby
from typing import Literal

from indexer.analysis import inner_words, units
from indexer.fold import compact
from indexer.query import MAX_LENGTH, And, Clause, Near, Node, Not, Or, Query, parse_query
from indexer.thesaurus import Expansion
from indexer.wildcard import is_wildcard
from indexer.wildcard import pieces as between_stars

Kind = Literal["typed", "equal", "part", "related", "neighbour"]
Way = Literal["words", "quoted", "begun"]
"""How a saying is looked for: as words, as these characters wherever they are cut, or as the beginning of a word."""
NAMING = ("typed", "equal", "part")
"""The ways to say a piece that name it: who does is not silent."""
LEAST_RELATED = 0.5
"""Related terms of less weight than this (教联体 for 学区制) are neighbours of a topic, and no other words for it."""
MOST = 24
"""Pieces that a topic has: the heaviest; what is longer is a passage, and each piece is looked for in each phrase."""
UNKNOWN_SHARE = 0.5
"""A word that no paragraph holds is asked for at this share of the weight that its rarity would give it: as a whole
topic is in question, a text that lacks only such a word is still near it."""


_DOING = (
    "加强,推进,减轻,落实,深化,完善,促进,开展,实施,建设,工作,机制,制度,体系,管理,保障,提高,提升,加快,健全,强化,规范,优化,"
    "积极,切实,进一步,深入,全面,大力,继续,做好,抓好,推动,建立,构建,确保,情况,问题,措施,政策"
)
DOING = frozenset(_DOING.split(","))
DOING_SHARE = 0.5
"""Words that say what is done about a matter, and what they count of their weight: another verb is the same topic."""


@dataclass(frozen=True, slots=True)
class Saying:
    """One way to say a piece of a topic: all of ``parts`` near each other, none of them with spaces.

    ``worth`` is 1 for the words as typed; ``kind`` says whether it means the same, is a part of the topic, only
    related, or a neighbour. Of ``company``, where there is any, one word must stand in the same sentence. Several
    ``parts`` of a quotation are what stands between its stars.
    """

    parts: tuple[str, ...]
    worth: float
    kind: Kind
    converted: bool = False
    company: tuple[str, ...] = ()
    way: Way = "words"


@dataclass(frozen=True, slots=True)
class Piece:
    """What a text must say, in one of these ways; ``weight`` is the information of the words typed, in nats.

    ``words`` are those typed, each with its weight: a text may hold some of them only.
    """

    text: str
    weight: float
    words: tuple[tuple[str, float], ...]
    sayings: tuple[Saying, ...]


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic: its pieces, all of which a text that is about it should say."""

    text: str
    pieces: tuple[Piece, ...]

    @property
    def weight(self) -> float:
        """The weight of all pieces."""
        return sum(piece.weight for piece in self.pieces)


def read_topic(query: Query, vocabulary: Mapping[str, int], paragraphs: int) -> Topic:
    """Read what a query is about; what it excludes and the fields of documents are no part of a topic.

    ``vocabulary`` says how many of the ``paragraphs`` of a corpus hold each word: a word weighs its idf, as in ranking.

    >>> from indexer.query import parse_query
    >>> vocabulary = {"减轻": 3, "学生": 60, "课业负担": 2}
    >>> topic = read_topic(parse_query("减轻 学生 课业负担"), vocabulary, 243)
    >>> [(piece.text, round(piece.weight, 1)) for piece in topic.pieces]
    [('减轻', 2.6), ('学生', 2.4), ('课业负担', 5.4)]
    >>> topic.pieces[2].sayings[1].parts, topic.pieces[2].sayings[1].kind
    (('作业负担',), 'equal')
    """
    parts = query.root.parts if isinstance(query.root, And) else () if query.root is None else (query.root,)
    pieces: dict[str, Piece] = {}
    for part in parts:
        for piece in _pieces(part, _Weights(vocabulary, paragraphs)):
            pieces.setdefault(piece.text, piece)
    heaviest = sorted(pieces.values(), key=lambda piece: -piece.weight)[:MOST]
    return Topic(query.text, tuple(piece for piece in pieces.values() if piece in heaviest))


def limits_of(query: Query) -> tuple[Node, ...]:
    """Return what a query excludes, and the fields of documents that it asks for: no part of its topic."""
    parts = query.root.parts if isinstance(query.root, And) else (query.root,)
    return tuple(part for part in parts if part is not None and _is_limit(part))


def named_by(topic: Topic, query: Query) -> Query | None:
    """Return the query for the paragraphs that hold every piece of a topic, as typed, in equal words or by a part.

    The words are looked for by their characters: an index holds words, and 污水处理 is none of 污水/处理厂. ``None``
    where a piece is asked for in another way than by words.

    >>> from indexer.query import parse_query
    >>> query = parse_query("控辍保学 城市:武汉")
    >>> "“控辍保学” OR “控制辍学”" in named_by(read_topic(query, {}, 1), query).text
    True
    """
    asked = []
    for piece in topic.pieces:
        ways = dict.fromkeys((saying.parts, saying.way) for saying in piece.sayings if saying.kind in NAMING)
        if any(character in "“”*＊" for parts, _ in ways for part in parts for character in part):
            return None
        # in a quotation a star stands for up to 20 characters
        quoted = (f"{parts[0]}*" if way == "begun" else f"“{'*'.join(parts)}”" for parts, way in ways)
        asked.append(f"({' OR '.join(quoted)})")
    text = " ".join(asked)
    if len(text) > MAX_LENGTH:
        return None
    found = parse_query(text, filters=query.filters, expand=False)
    limits = limits_of(query)
    return replace(found, root=And((*([found.root] if found.root else ()), *limits))) if limits else found


def _is_limit(part: Node) -> bool:
    return isinstance(part, Not) or (isinstance(part, Clause) and part.field not in (None, "body", "section"))


@dataclass(frozen=True, slots=True)
class _Weights:
    vocabulary: Mapping[str, int]
    paragraphs: int

    def word(self, word: str) -> float:
        return self.of(self.vocabulary.get(word, 0))

    def of(self, held: int) -> float:
        """Return the idf of what so many paragraphs hold: ln(N / (df + 1)) + 1, as the ranking has it."""
        return max(math.log(max(self.paragraphs, 1) / (held + 1)) + 1, 0.1)


def _pieces(node: Node, weights: _Weights) -> Iterator[Piece]:
    if isinstance(node, Not) or _is_limit(node):
        return
    if isinstance(node, Or):
        found = [piece for part in node.parts for piece in _pieces(part, weights)]
        if found:
            text = " OR ".join(piece.text for piece in found)
            sayings = tuple(saying for piece in found for saying in piece.sayings)
            yield Piece(text, max(piece.weight for piece in found), (), sayings)
    elif isinstance(node, And | Near):
        for part in node.parts:
            yield from _pieces(part, weights)
    elif node.kind == "word":
        yield from _word_pieces(node, weights)
    elif any(map(str.isalnum, node.text)):  # signs alone are no matter that anybody could be silent on
        literal = compact(node.text)[0]
        weight = sum(weights.word(term) for term in node.tokens) or weights.of(0)
        way: Way = "begun" if node.kind == "prefix" else "quoted"
        parts = tuple(between_stars(literal)) if way == "quoted" and is_wildcard(literal) else (literal,)
        yield Piece(literal, weight, ((literal, weight),), (Saying(parts, 1.0, "typed", way=way),))


def _word_pieces(clause: Clause, weights: _Weights) -> Iterator[Piece]:
    """Cut the words of a clause where the thesaurus knows other words for some of them; the rest one by one."""
    insisted = {term for unit in units(clause.tokens) for term in unit}
    at = 0
    for (start, end), found in groupby(clause.expansions, key=lambda each: (each.start, each.end)):
        if start < at:
            continue
        yield from (_one(unit, weights) for unit in units(clause.tokens[at:start]) if not insisted.isdisjoint(unit))
        yield _expanded(clause.tokens[start:end], tuple(found), weights)
        at = end
    if at < len(clause.tokens):
        rest = clause.tokens[at:]
        yield from (_one(unit, weights) for unit in units(rest) if not insisted.isdisjoint(unit))


def _one(unit: tuple[str, ...], weights: _Weights) -> Piece:
    text = "".join(unit)
    weight = max(weights.word(term) for term in unit) * (DOING_SHARE if text in DOING else 1.0)
    sayings = [Saying((text,), 1.0, "typed")]
    if len(unit) == 1 and not weights.vocabulary.get(text):
        weight *= UNKNOWN_SHARE
        inside = tuple(text[low:high] for low, high in inner_words(text) if weights.vocabulary.get(text[low:high]))
        if len(inside) > 1:
            sayings.append(Saying(inside, 0.9, "equal"))
    return Piece(text, weight, ((text, weight),), tuple(sayings))


def _expanded(terms: tuple[str, ...], expansions: tuple[Expansion, ...], weights: _Weights) -> Piece:
    words = tuple((term, weights.word(term)) for unit in units(terms) for term in unit)
    sayings = [Saying(("".join(terms),), 1.0, "typed")]
    if len(words) > 1:
        sayings.append(Saying(tuple(word for word, _ in words), 1.0, "typed"))
    for each in expansions:
        is_neighbour = each.kind == "related" and each.weight < LEAST_RELATED
        parts = tuple("".join(part) for part in each.words)
        kind: Kind = "neighbour" if is_neighbour else each.kind
        company = _company().get("".join(parts), ()) if each.kind == "related" else ()
        sayings.append(Saying(parts, each.weight, kind, each.scope == "converted", company))
    known = [weight for word, weight in words if weights.vocabulary.get(word)]
    weight = sum(known) if known else max(weight for _, weight in words) * UNKNOWN_SHARE
    return Piece("".join(terms), weight, words, tuple(sayings))


@cache
def _company() -> Mapping[str, tuple[str, ...]]:
    lines = resources.files("indexer.data").joinpath("contexts.tsv").read_text("utf-8").splitlines()
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return {word: tuple(company.split("|")) for word, company in rows}
