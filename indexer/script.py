"""Which script a text is in, and whether a converter made its Traditional text out of a mainland one."""

from __future__ import annotations

import re
from functools import cache

from opencc import OpenCC

from indexer.models import Script

_HAN = "".join(map(chr, range(0x4E00, 0x9FA6)))


@cache
def _to_simplified() -> dict[int, str]:
    # One character a line: neighbours cannot make a phrase, so this is OpenCC's character table.
    lines = OpenCC("t2s").convert("\n".join(_HAN)).split("\n")
    return {ord(char): simple for char, simple in zip(_HAN, lines, strict=True) if char != simple and len(simple) == 1}


def _encodable(char: str, encoding: str) -> bool:
    try:
        char.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


@cache
def _only() -> tuple[frozenset[str], frozenset[str]]:
    simplified = frozenset(
        simple
        for simple in _to_simplified().values()
        if _encodable(simple, "gb2312") and not _encodable(simple, "big5")
    )
    traditional = frozenset(
        char for char in map(chr, _to_simplified()) if _encodable(char, "big5") and not _encodable(char, "gb2312")
    )
    return simplified, traditional


MIXED_FROM = 0.003
"""Share of the rarer script among the characters that only one script has, from which a text counts as mixed.

Measured: 002 has 1.9 % (33 Traditional of 1,714), the other four of the five none."""

MIXED_AT_LEAST = 5


def detect_script(text: str) -> Script:
    """Return the script of a text by the characters that only one script has; Simplified if there are none.

    A character belongs to one script only if OpenCC pairs it with another and just one of GB 2312 and Big5 has it.

    >>> detect_script("义务教育优质均衡发展"), detect_script("義務教育均衡發展")
    ('Hans', 'Hant')
    """
    simplified_only, traditional_only = _only()
    simplified = sum(char in simplified_only for char in text)
    traditional = sum(char in traditional_only for char in text)
    rarer = min(simplified, traditional)
    if rarer >= MIXED_AT_LEAST and rarer >= MIXED_FROM * (simplified + traditional):
        return "mixed"
    return "Hant" if traditional > simplified else "Hans"


MAINLAND = re.compile(
    "教體局|教委|兩基|普九|義務教育均衡|留守兒童|學區化|集團化辦學|素質教育|普及程度|鞏固率|輟學率|入學率達|"
    "科學發展觀|社會主義核心價值觀|習近平|黨的|黨支部|黨建|區委|縣委|市委|省教育廳|德育工作|師德師風|教研員|名師|校本|"
    "高考|中小學校舍|職業院校|幹部職工|隨遷子女|進城務工|規範辦學行為|教輔|劃片招生|督導評估|均衡發展|特崗教師"
)
"""Words of mainland plans, in Traditional characters, that neither Taiwan nor Hong Kong writes."""

ARTEFACTS = re.compile(
    "中國小|國小|國中|資訊化|資訊|軟體|硬體|專案|迴圈|大學聯考|高中職|裝置|支援|網路|程式|最佳化|滑鼠|記憶體|影片|列印|數位|"
    "公尺|計程車|馬鈴薯|例項|物件|變數|許可權"
)
"""What a Simplified-to-Taiwan phrase converter puts for 小学, 信息, 软件, 项目, 循环, 高考, 设备, 支持 and the like."""

MAINLAND_KINDS = 3
ARTEFACT_KINDS = 2
"""Different words needed of each list. Measured: 3,307 Taiwanese laws hold at most 2 of the mainland words, 001
holds 18 of them and 12 of the others."""


def detect_conversion(text: str, script: Script) -> bool:
    """Tell whether a Traditional text is a mainland one put through a converter that also exchanges words.

    True if it holds at least 3 different mainland words and at least 2 different words that the converter makes.

    >>> detect_conversion("區教體局:國小輟學率、留守兒童、校本課程;完善資訊系統,“兩基”普九。", "Hant")
    True
    >>> detect_conversion("國民小學及國民中學資訊教育設備之補助", "Hant")
    False
    """
    return (
        script == "Hant"
        and len(set(MAINLAND.findall(text))) >= MAINLAND_KINDS
        and len(set(ARTEFACTS.findall(text))) >= ARTEFACT_KINDS
    )
