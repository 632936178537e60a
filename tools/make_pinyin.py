"""Make ``indexer/data/pinyin.tsv`` from pypinyin: the syllables, toneless, of the characters that folded text has.

Usage: ``python -m tools.make_pinyin > indexer/data/pinyin.tsv``, with pypinyin 0.55.0 (MIT License) installed. Only
this needs it: importing pypinyin takes 0.4 s and 40 MB, reading the table 5 ms.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict

from pypinyin import Style, lazy_pinyin, pinyin

from indexer.fold import fold_characters
from indexer.lexicon import frequencies

# A second reading counts if it makes up this share of what the words of jieba's dictionary say, by their frequency, or
# of the words themselves: 重 has chong (重庆), 会 has kuai (会计), 区 does not have ou.
SHARE = 0.01
# Characters that jieba's words hold at least so often, whether GB 2312 has them or not.
OFTEN = 2

HEADER = """\
# The syllables of Simplified characters, without tones (ü is v); first those that are mostly read so, then those that
# are also read so. Made by tools/make_pinyin.py from pypinyin 0.55.0 (MIT License) over the words of jieba's
# dictionary.
"""


def _in_gb2312(char: str) -> bool:
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return "\u4e00" <= char <= "\u9fff"


def main() -> None:
    """Write the table to standard output."""
    weight: dict[str, Counter[str]] = defaultdict(Counter)
    words: dict[str, Counter[str]] = defaultdict(Counter)
    for word, frequency in frequencies().items():
        if not all("\u4e00" <= char <= "\u9fff" for char in word):
            continue
        for char, syllable in zip(word, lazy_pinyin(word, v_to_u=False), strict=True):
            weight[char][syllable] += frequency
            words[char][syllable] += 1
    chars = {char for char in words if _in_gb2312(char) or words[char].total() >= OFTEN}
    chars |= {chr(code) for code in range(0x4E00, 0xA000) if _in_gb2312(chr(code))}
    mostly: dict[str, str] = defaultdict(str)
    also: dict[str, str] = defaultdict(str)
    for char in sorted(chars):
        if fold_characters(char) != char:
            continue
        known = {syllable for syllable in pinyin(char, style=Style.NORMAL, heteronym=True)[0] if syllable.isascii()}
        seen = weight[char] or Counter({lazy_pinyin(char, v_to_u=False)[0]: 1})
        first = max(seen, key=lambda syllable: seen[syllable])
        if not (first.isascii() and first.isalpha()):
            continue
        mostly[first] += char
        for syllable in sorted(known - {first}):
            share = max(seen[syllable] / seen.total(), words[char][syllable] / max(1, words[char].total()))
            if share >= SHARE:
                also[syllable] += char
    sys.stdout.write(HEADER)
    for syllable in sorted(mostly.keys() | also.keys()):
        sys.stdout.write(f"{syllable}\t{mostly[syllable]}\t{also[syllable]}\n")


if __name__ == "__main__":
    main()
