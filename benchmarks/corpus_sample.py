"""The paragraphs that are measured on: lines of real texts, or a corpus that is generated where there are none.

A paragraph here is a line of ten characters or more; a line that begins as a heading does is the section of those that
follow. Documents of which the corpus says the city come first, shuffled by a seed, then the others, so that a smaller
sample is the beginning of a larger one. Everything is kept in one file of tab-separated columns per size.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from benchmarks.engines.protocol import Row
from indexer import lexicon
from indexer.analysis import terms
from indexer.fold import fold_characters
from indexer.places import normalise

SEED = 20171118
READING = 1
"""Raise when what is made of a corpus changes: samples made before are then not used any more."""
SHORTEST = 10
_HEADING = re.compile(r"[#\s]*(第[一二三四五六七八九十百零〇]+[编章节]|[一二三四五六七八九十]+、)\s*\S{0,30}")
_SPACE = re.compile(r"\s+")
_BATCH = 2000


@dataclass(frozen=True, slots=True)
class Text:
    """One document of a corpus: where and when it is from, as far as the corpus says, and its text."""

    city: str
    year: int
    text: str


@dataclass(frozen=True, slots=True)
class Sample:
    """The first ``size`` paragraphs of a corpus, in a file."""

    path: Path
    kind: str
    size: int
    documents: int

    def rows(self) -> Iterator[Row]:
        """Yield the paragraphs."""
        with self.path.open(encoding="utf-8") as lines:
            next(lines)
            for line in lines:
                document, city, year, section, text, tokens = line.rstrip("\n").split("\t")
                yield Row(int(document), city, int(year), section, text, tokens)


def prepare(folder: Path, size: int, corpus: Path | None, workers: int = 2) -> Sample:
    """Return a sample of a size, from the folder if it was prepared before.

    Fewer paragraphs than asked for are taken where the corpus has no more.
    """
    kind = "generated" if corpus is None else "corpus"
    path = folder / f"{kind}-{_digest(corpus)}-{size}.tsv"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        texts = generated_texts(size) if corpus is None else shuffled(read_texts(corpus))
        half = path.with_suffix(".part")
        _write(half, islice(paragraphs(texts), size), workers)
        half.rename(path)
    with path.open(encoding="utf-8") as lines:
        counted = json.loads(next(lines))
    return Sample(path, kind, counted["paragraphs"], counted["documents"])


def _digest(corpus: Path | None) -> str:
    """Tell corpora apart by the names and sizes of their files, and ways of cutting them into words."""
    sha = hashlib.sha256(f"{READING} {lexicon.digest()}".encode())
    for path in _files(corpus) if corpus else ():
        sha.update(f"{path.name} {path.stat().st_size}\n".encode())
    return sha.hexdigest()[:8]


def _files(corpus: Path) -> list[Path]:
    return sorted([*corpus.glob("*.jsonl"), *corpus.glob("*.jsonl.gz")])


def read_texts(corpus: Path) -> Iterator[Text]:
    """Yield the documents of the JSON lines in a folder; raises ``FileNotFoundError`` if it has none."""
    files = _files(corpus)
    if not files:
        raise FileNotFoundError(f"{corpus}: holds no .jsonl or .jsonl.gz; name another folder with --corpus")
    for path in files:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as lines:
            for line in lines:
                record = json.loads(line)
                city = record.get("city") or ""
                yield Text(normalise("city", city) if city else "", int(record.get("year") or 0), record["text"])


def shuffled(texts: Iterable[Text]) -> list[Text]:
    """Return documents in an order that the seed decides, those whose city is known first."""
    order = list(texts)
    random.Random(SEED).shuffle(order)
    return sorted(order, key=lambda text: not text.city)


def paragraphs(texts: Iterable[Text]) -> Iterator[Row]:
    """Yield the paragraphs of documents, folded, without their tokens yet.

    >>> text = "第二章 学生\\n  第五条 學校應當組織學生參加勞動。\\n附件"
    >>> [(row.section, row.text) for row in paragraphs([Text("武汉市", 2017, text)])]
    [('第二章 学生', '第五条 学校应当组织学生参加劳动。')]
    """
    for number, text in enumerate(texts):
        section = ""
        for line in text.text.splitlines():
            line = _SPACE.sub(" ", fold_characters(line)).strip()
            if _HEADING.fullmatch(line):
                section = line.lstrip("# ")
            elif len(line) >= SHORTEST:
                yield Row(number, text.city, text.year, section, line, "")


def tokenised(texts: Iterable[str], workers: int) -> Iterator[str]:
    """Yield the tokens of texts, joined by spaces, cut by so many processes."""
    if workers == 1:
        yield from map(_tokens, texts)
        return
    texts = iter(texts)
    with ProcessPoolExecutor(workers) as pool:
        while batch := list(islice(texts, _BATCH * workers)):
            yield from pool.map(_tokens, batch, chunksize=_BATCH // 4)


def _tokens(text: str) -> str:
    return " ".join(terms(text))


def _write(path: Path, rows: Iterable[Row], workers: int) -> None:
    held = list(rows)
    counted = {"paragraphs": len(held), "documents": len({row.document for row in held})}
    with path.open("w", encoding="utf-8") as file:
        file.write(json.dumps(counted) + "\n")
        for row, tokens in zip(held, tokenised((row.text for row in held), workers), strict=True):
            file.write("\t".join((str(row.document), row.city, str(row.year), row.section, row.text, tokens)) + "\n")


def generated_texts(paragraphs_wanted: int, seed: int = SEED) -> Iterator[Text]:
    """Yield documents made of dictionary words as often as jieba's corpus has them, the words of policy more often.

    Half of all sentences repeat a stock phrase of four words, so that there are phrases to be found.
    """
    from indexer.lexicon import domain_words, frequencies

    chance = random.Random(seed)
    known = [(word, often) for word, often in frequencies().items() if 2 <= len(word) <= 5 and often >= 20]
    known += [(word, 3_000) for word in domain_words()]
    words, weights = [word for word, _ in known], [often for _, often in known]
    stock = [chance.choices(words, weights, k=4) for _ in range(500)]
    cities = ["武汉市", "重庆市", "潜江市", "上海市", "成都市", "南京市", "西安市", "长沙市", "昆明市", "哈尔滨市", ""]
    left = paragraphs_wanted
    while left > 0:
        lines = min(left, chance.randint(40, 160))
        text = "\n".join(_line(chance, words, weights, stock) for _ in range(lines))
        yield Text(chance.choice(cities), chance.randint(2005, 2024), text)
        left -= lines


def _line(chance: random.Random, words: list[str], weights: list[int], stock: list[list[str]]) -> str:
    sentences = []
    for _ in range(chance.randint(1, 4)):
        made = chance.choices(words, weights, k=chance.randint(5, 12))
        if chance.random() < 0.5:
            made += stock[int(len(stock) * chance.random() ** 3)]
        sentences.append("".join(made) + "，")
    return "".join(sentences)[:-1] + "。"
