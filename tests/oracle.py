"""Two indexes that were told the same things: one of Whoosh's own codec, one of ours; and queries to ask both."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from whoosh import fields, formats, index, query
from whoosh.analysis import KeywordAnalyzer, SpaceSeparatedTokenizer
from whoosh.query import spans

from indexer.whoosh_backend.codec.index import create_index

WORDS = [
    "教育",
    "教师",
    "义务教育",
    "义务",
    "教学",
    "学校",
    "学生",
    "减轻",
    "负担",
    "双减",
    "督导",
    "评估",
    "95.5%",
    "5g",
    "𠮷田",
    "的",
    "和",
    "推进",
    "优质",
    "均衡",
]
CITIES = ("武汉市", "上海市", "拉萨市", "")


def schema() -> fields.Schema:
    """Return a schema with one field of every kind."""
    words = SpaceSeparatedTokenizer()
    return fields.Schema(
        id=fields.ID(stored=True, unique=True),
        body=fields.TEXT(analyzer=words, phrase=True, stored=True),
        section=fields.TEXT(analyzer=words, phrase=True),
        bag=fields.TEXT(analyzer=words, phrase=False),
        marked=fields.TEXT(analyzer=words, phrase=True, chars=True, vector=formats.Frequency()),
        city=fields.ID(stored=True, sortable=True),
        tags=fields.KEYWORD(commas=True, analyzer=KeywordAnalyzer(commas=True)),
        year=fields.NUMERIC(stored=True, sortable=True),
        share=fields.NUMERIC(float, signed=True),
        published=fields.DATETIME(stored=True),
        valid=fields.BOOLEAN(stored=True),
    )


def text(chance: random.Random, longest: int) -> str:
    """Return words, some far more often than others."""
    return " ".join(WORDS[int(len(WORDS) * chance.random() ** 2)] for _ in range(chance.randrange(longest)))


def document(chance: random.Random, name: str) -> dict[str, Any]:
    """Return a document of which any field but the id may be missing."""
    given: dict[str, Callable[[], Any]] = {
        "body": lambda: text(chance, 12),
        "section": lambda: text(chance, 4),
        "bag": lambda: text(chance, 6),
        "marked": lambda: text(chance, 6),
        "city": lambda: chance.choice(CITIES),
        "tags": lambda: ",".join(chance.sample(WORDS, chance.randrange(3))),
        "year": lambda: chance.randrange(2010, 2026),
        "share": lambda: chance.uniform(-1, 1),
        "published": lambda: datetime(2017, 1, 1) + timedelta(chance.randrange(3000)),
        "valid": lambda: chance.random() < 0.5,
    }
    return {"id": name} | {name: value() for name, value in given.items() if chance.random() < 0.85}


@dataclass
class Pair:
    """The two indexes, stock first."""

    folder: Path
    indexes: list[Any] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        for name, create in (("stock", index.create_in), ("ours", create_index)):
            (self.folder / name).mkdir()
            self.indexes.append(create(self.folder / name, schema()))

    def write(self, seed: int, add: int, update: int = 0, delete: int = 0, **how: Any) -> None:
        """Add, update and delete documents in both, and commit as told."""
        chance = random.Random(seed)
        new = [document(chance, f"{seed}-{number}") for number in range(add)]
        changed = [document(chance, name) for name in chance.sample(self.ids, min(update, len(self.ids)))]
        gone = chance.sample(self.ids, min(delete, len(self.ids)))
        boost = {"_body_boost": 2.0} if chance.random() < 0.3 else {}
        for one in self.indexes:
            writer = one.writer()
            for name in gone:
                writer.delete_by_term("id", name)
            for number, fields_ in enumerate(new):
                writer.add_document(**fields_, **(boost if number % 5 == 0 else {}))
            for fields_ in changed:
                writer.update_document(**fields_)
            writer.commit(**how)
        self.ids = sorted({*self.ids, *(fields_["id"] for fields_ in new)} - ({*gone} - {d["id"] for d in changed}))


def any_query(chance: random.Random, depth: int = 3) -> query.Query:
    """Return a query of any kind that Whoosh has, over the schema of the oracle."""
    leaves: list[Callable[[], query.Query]] = [
        lambda: _term(chance),
        lambda: _term(chance),
        lambda: query.Phrase("body", chance.choices(WORDS[:8], k=chance.randrange(1, 4)), slop=chance.randrange(1, 4)),
        lambda: query.Phrase("marked", chance.choices(WORDS[:6], k=2)),
        lambda: query.Prefix(chance.choice(["body", "section", "id"]), chance.choice(["教", "义务", "1", "督"])),
        lambda: query.Wildcard("body", chance.choice(["教?", "*教*", "?生", "9*%"])),
        lambda: query.Regex("body", chance.choice(["教.", ".*务", "[督评].+"])),
        lambda: query.FuzzyTerm("body", chance.choice(WORDS), maxdist=chance.randrange(1, 3)),
        lambda: query.TermRange("body", "减轻", "教育", chance.random() < 0.5, chance.random() < 0.5),
        lambda: query.NumericRange("year", chance.choice([None, 2012, 2018]), chance.choice([None, 2019, 2023])),
        lambda: query.NumericRange("share", -0.5, chance.choice([None, 0.5]), startexcl=True),
        lambda: query.DateRange("published", datetime(2018, 1, 1), datetime(2021, 6, 1)),
        lambda: query.Every(chance.choice([None, "body", "city", "tags"])),
        lambda: query.Term("valid", True),
        lambda: query.NullQuery(),
    ]
    if depth == 3 and chance.random() < 0.1:  # inside other queries Whoosh cannot estimate their size
        one, other = _term(chance, "body"), _term(chance, "body")
        near = spans.SpanNear(one, other, slop=3, ordered=chance.random() < 0.5)
        return chance.choice([near, spans.SpanFirst(one, limit=2)])
    if depth == 0 or chance.random() < 0.3:
        return chance.choice(leaves)()

    def part() -> query.Query:
        return any_query(chance, depth - 1)

    branches: list[Callable[[], query.Query]] = [
        lambda: query.And([part() for _ in range(chance.randrange(2, 4))]),
        lambda: query.Or([part() for _ in range(chance.randrange(2, 4))]),
        lambda: query.And([part(), query.Not(part())]),
        lambda: query.AndNot(part(), part()),
        lambda: query.AndMaybe(part(), part()),
        lambda: query.Require(part(), part()),
        lambda: query.Otherwise(part(), part()),
        lambda: query.DisjunctionMax([part(), part()]),
        lambda: query.ConstantScoreQuery(part(), 2.0),
    ]
    return chance.choice(branches)()


def _term(chance: random.Random, name: str | None = None) -> query.Term:
    name = name or chance.choice(["body", "body", "section", "bag", "marked", "city", "tags"])
    return query.Term(name, chance.choice(CITIES[:3] if name == "city" else [*WORDS, "没有"]))
