"""A small backend that really searches, by substring, over a few paragraphs: for pages, not for ranking."""

from __future__ import annotations

import hashlib
import re
import time
from collections import Counter
from collections.abc import Sequence

from indexer.backend import CorpusSize, DocumentSummary, FacetValue, Hit, Relaxed, ResultPage
from indexer.errors import UnknownIdError
from indexer.models import Document, Evidence, Heading, Metadata, Paragraph, Problem, Region, Repair, SourceText
from indexer.query import NONE, And, Clause, Node, Not, Or, Query, leaves


def make_document(text: str, metadata: Metadata, path: str = "seeds/x.txt") -> Document:
    """Read a text line by line: 一、 and (一) open sections, everything else is a paragraph; the first line is the title."""
    name = hashlib.sha256((path + text).encode()).hexdigest()[:12]
    headings: list[Heading] = []
    open_now: dict[int, Heading] = {}
    paragraphs: list[Paragraph] = []
    front: list[Region] = []
    boiler: list[Region] = []
    at = 0
    for line in text.split("\n"):
        start = at + len(line) - len(line.lstrip())
        end = at + len(line.rstrip())
        at += len(line) + 1
        body = text[start:end]
        if not body:
            continue
        if body.startswith("【网页】"):
            boiler.append(Region(start, end, "navigation"))
            continue
        if not front:
            front.append(Region(start, end, "title"))
            continue
        level = 1 if re.match(r"[一二三四五六七八九十]+、", body) else 2 if re.match(r"[(（][一二三四五]", body) else 0
        if level and len(body) < 40:
            heading = Heading(start, end, level, body)
            headings.append(heading)
            open_now = {k: v for k, v in open_now.items() if k < level} | {level: heading}
            continue
        section = tuple(open_now[k].text for k in sorted(open_now))
        item = re.match(r"(\d+)[.．、]", body)
        repairs = tuple(Repair(m.start(), m.end(), "叺", "入", "glyph") for m in re.finditer("叺", body))
        folded = body.replace("叺", "入")
        paragraphs.append(
            Paragraph(
                f"{name}p{len(paragraphs) + 1}", name, len(paragraphs) + 1, section, section,
                item[1] if item else None, ((start, end),), body, folded, repairs,
            )
        )  # fmt: skip
    source = SourceText(path, hashlib.sha256(text.encode()).hexdigest(), "utf-8", text)
    notices = (Problem(path, 3, "编号从 1 跳到 3", fatal=False),)
    return Document(name, source, metadata, tuple(boiler), tuple(front), tuple(headings), tuple(paragraphs), notices)


class FakeBackend:
    """Searches its documents by substring; relaxes to any word when all are not found together."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self.all = tuple(documents)

    def search(self, query: Query) -> ResultPage:
        started = time.perf_counter()
        pairs = [(self._summary(d), p) for d in self.all for p in d.paragraphs]
        relaxed = None
        root = query.root
        found = [pair for pair in pairs if _matches(root, pair[1])]
        if not found and isinstance(root, And) and query.relax != "all":
            root = Or(tuple(part for part in root.parts if not isinstance(part, Not)))
            found = [pair for pair in pairs if _matches(root, pair[1])]
            relaxed = Relaxed("any", (), "No paragraph holds all words.") if found else None
        kept = [pair for pair in found if _kept(query, pair[0].metadata, "")]
        sign = {"relevance": 0, "newest": -1, "oldest": 1}[query.sort]
        kept.sort(key=lambda pair: sign * max(pair[0].metadata.years, default=0) or 0)
        cities = Counter(pair[0].metadata.city for pair in found if _kept(query, pair[0].metadata, "city"))
        years = Counter(
            year
            for pair in found
            if _kept(query, pair[0].metadata, "year")
            for year in pair[0].metadata.years or (None,)
        )
        low = (query.page - 1) * query.per_page
        return ResultPage(
            tuple(Hit(p, s, 1.0) for s, p in kept[low : low + query.per_page]),
            len(kept),
            len({s.id for s, _ in kept}),
            (
                (
                    "city",
                    tuple(FacetValue(v, n) for v, n in sorted(cities.items(), key=lambda x: (x[0] is None, -x[1]))),
                ),
                ("year", tuple(FacetValue(v, n) for v, n in sorted(years.items(), key=lambda x: x[0] or 9999))),
            ),
            self.corpus(),
            (time.perf_counter() - started) * 1000,
            tuple(leaf for leaf in leaves(root) if not _negated(root, leaf)),
            relaxed,
        )

    def document(self, document_id: str) -> Document:
        for document in self.all:
            if document.id == document_id:
                return document
        raise UnknownIdError(document_id)

    def paragraph(self, paragraph_id: str) -> tuple[Document, Paragraph]:
        for document in self.all:
            for paragraph in document.paragraphs:
                if paragraph.id == paragraph_id:
                    return document, paragraph
        raise UnknownIdError(paragraph_id)

    def documents(self) -> Sequence[DocumentSummary]:
        return [self._summary(document) for document in self.all]

    def corpus(self) -> CorpusSize:
        return CorpusSize(len(self.all), sum(len(d.paragraphs) for d in self.all), "fake")

    def check(self) -> tuple[Problem, ...]:
        return ()

    def close(self) -> None:
        pass

    def _summary(self, document: Document) -> DocumentSummary:
        size = len(document.source.text)
        return DocumentSummary(
            document.id, document.source.path, None, document.metadata, len(document.paragraphs), size
        )


def _matches(node: Node | None, paragraph: Paragraph) -> bool:
    if node is None:
        return True
    if isinstance(node, Clause):
        return node.text in paragraph.folded or any(node.text in heading for heading in paragraph.section)
    if isinstance(node, Not):
        return not _matches(node.part, paragraph)
    return (any if isinstance(node, Or) else all)(_matches(part, paragraph) for part in node.parts)


def _negated(node: Node | None, leaf: Clause) -> bool:
    return isinstance(node, And) and any(isinstance(part, Not) and leaf in leaves(part) for part in node.parts)


def _kept(query: Query, known: Metadata, ignoring: str) -> bool:
    filters = query.filters
    places = ((filters.provinces, known.province), (filters.districts, known.district), (filters.issuers, known.issuer))
    if any(wanted and (value or NONE) not in wanted for wanted, value in places):
        return False
    if ignoring != "city" and filters.cities and (known.city or NONE) not in filters.cities:
        return False
    if ignoring == "year" or not filters.years:
        return True
    return any(
        not known.years if span is None else any(span[0] <= year <= span[1] for year in known.years)
        for span in filters.years
    )


def seeds_like(folder: str = "seeds") -> FakeBackend:
    """Read the five documents roughly, with what is known about them."""
    from pathlib import Path

    known = {
        "000": Metadata("市教育局基础教育处2017—2018学年度工作要点", "武汉市教育局", "湖北省", "武汉市", None, (2017, 2018), "2017-08-24",
                        evidence=(("years", Evidence("标题写明学年", 40, 59)), ("city", Evidence("发文单位", 80, 86)))),
        "001": Metadata("“均衡發展迎省檢”教體局教育教學工作要點", None, None, None, None, (2015,), None, "Hant", True,
                        evidence=(("years", Evidence("文中年份推断", 300, 320, True)),)),
        "002": Metadata("2017年全市基础教育工作会召开", None, "重庆市", "重庆市", None, (2017,), None),
        "003": Metadata("市教育局2024年工作要点", None, "湖北省", "潜江市", None, (2024,), "2024-03-08"),
        "004": Metadata("2018 年青浦教育工作要点", None, "上海市", "上海市", "青浦区", (2018,), None),
    }  # fmt: skip
    documents = []
    for path in sorted(Path(folder).glob("*.txt")):
        documents.append(make_document(path.read_text(), known[path.name[:3]], f"seeds/{path.name}"))
    return FakeBackend(documents)
