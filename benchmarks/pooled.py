"""Pools of paragraphs for a person to judge, where a corpus is too large to judge whole.

The best of three rankings that differ are put together for each query (pooling: Spärck Jones and van Rijsbergen 1975;
Voorhees and Harman 2005), in the order of their ids, so that whoever judges does not see which ranking put a paragraph
where: the whole engine, the engine with the typed words only, and BM25 over pairs of characters, which shares neither
dictionary nor thesaurus nor headings with the engine.

``python -m benchmarks.pooled --index DIR --cases FILE > pools.txt`` prints the pools of the queries in a file of cases.
"""

from __future__ import annotations

import argparse
import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from indexer.analysis import HAN
from indexer.backend import SearchBackend, open_backend
from indexer.models import Paragraph
from indexer.query import parse_query

DEPTH = 20
_RUN = re.compile(rf"[{HAN}]+|[0-9a-z]+")


def pairs(folded: str) -> list[str]:
    """Return the pairs of neighbouring Han characters, a lone one as it is, and other words whole.

    >>> pairs("推进“双减”3年")
    ['推进', '双减', '3', '年']
    """
    found = []
    for run in _RUN.findall(folded):
        if run.isascii() or len(run) == 1:
            found.append(run)
        else:
            found += [run[at : at + 2] for at in range(len(run) - 1)]
    return found


class PairRanking:
    """BM25 (k1 1.2, b 0.75) over the pairs of characters of the paragraphs' own text; any pair will do."""

    def __init__(self, paragraphs: Iterable[Paragraph]) -> None:
        self._postings: dict[str, list[tuple[str, int]]] = defaultdict(list)
        self._lengths: dict[str, int] = {}
        for paragraph in paragraphs:
            counted = Counter(pairs(paragraph.folded))
            self._lengths[paragraph.id] = counted.total()
            for pair, times in counted.items():
                self._postings[pair].append((paragraph.id, times))
        self._mean = sum(self._lengths.values()) / max(len(self._lengths), 1)

    def answer(self, text: str, most: int = DEPTH) -> list[str]:
        """Return the ids of the best paragraphs, best first; ties by id."""
        scores: dict[str, float] = defaultdict(float)
        for pair in set(pairs(parse_query(text).folded)):
            postings = self._postings.get(pair, [])
            idf = math.log(1 + (len(self._lengths) - len(postings) + 0.5) / (len(postings) + 0.5))
            for identity, times in postings:
                norm = 0.25 + 0.75 * self._lengths[identity] / self._mean
                scores[identity] += idf * times * 2.2 / (times + 1.2 * norm)
        return sorted(scores, key=lambda identity: (-scores[identity], identity))[:most]


def pool(backend: SearchBackend, plain: PairRanking, text: str, depth: int = DEPTH) -> list[str]:
    """Return the ids that any of the three rankings has among its first, sorted."""
    found = set(plain.answer(text, depth))
    for expand in (True, False):
        page = backend.search(parse_query(text, per_page=depth, expand=expand))
        found.update(hit.paragraph.id for hit in page.hits)
    return sorted(found)


def all_paragraphs(backend: SearchBackend) -> dict[str, Paragraph]:
    """Return every paragraph of an index by its id."""
    documents = (backend.document(summary.id) for summary in backend.documents())
    return {paragraph.id: paragraph for document in documents for paragraph in document.paragraphs}


def pools(backend: SearchBackend, queries: Sequence[str], depth: int = DEPTH) -> dict[str, list[Paragraph]]:
    """Return the pool of each query."""
    paragraphs = all_paragraphs(backend)
    plain = PairRanking(paragraphs.values())
    return {query: [paragraphs[identity] for identity in pool(backend, plain, query, depth)] for query in queries}


def main() -> None:
    """Print the pools: a query, then each paragraph with its id and headings."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--cases", type=Path, required=True)
    parser.add_argument("--depth", type=int, default=DEPTH)
    options = parser.parse_args()
    queries = [case["query"] for case in json.loads(options.cases.read_text("utf-8"))]
    backend = open_backend(options.index)
    for query, paragraphs in pools(backend, queries, options.depth).items():
        print(f"# {query}")
        for paragraph in paragraphs:
            print(f"{paragraph.id}  [{' / '.join(paragraph.section)}]\n    {paragraph.text}")
    backend.close()


if __name__ == "__main__":
    main()
