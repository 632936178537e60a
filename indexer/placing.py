"""Which place a document is of: from its issuer and title, and from its body only where that is plain."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from indexer.excerpts import Found
from indexer.issuers import BARE_ORGAN
from indexer.models import Evidence
from indexer.organisations import ORGAN
from indexer.places import Kind, Place, PlaceMention, find_places

LEAST = 3
MARGIN = 4
"""In the body a place must name itself this often, and this many times as often as any place that is no part of it."""

_BARE = r"(?<=[\s、，。；：,;:“”（(及和与在对由经按为是向各受代表])"
_BODY = "(?:委|政府|人大|政协|人民政府|教育局|教育厅|教委|教体局)"
_LEVELS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("district", re.compile(f"[全我本][区县旗]|{_BARE}[区县旗]{_BODY}")),
    ("city", re.compile(f"[全我本][市州盟]|{_BARE}[市州盟]{_BODY}")),
    ("province", re.compile(f"[全我本]省|全自治区|{_BARE}省{_BODY}|自治区{_BODY}")),
)
LEVEL_SHARE = 0.15
"""The lowest level that has this share of a text's 全市, 我区, 省委 is the one it speaks from: those below look up to
those above (在省委、市委领导下, 全省第一), hardly ever the other way round."""
_PROVINCES_OWN = re.compile("[全我]省|全自治区")
PROVINCE_OWN = 4
PROVINCE_LOWER = 0.08
"""A province says 全省 or 我省 this often, and its share of 全市 and 市委 stays below this. Without these limits 6 of
286 pieces of city reports (3,000 and 6,000 characters) were taken for the province's, with them none."""

_ORGAN_LEVELS: dict[str, Kind] = {
    "省": "province",
    "市": "city",
    "州": "city",
    "盟": "city",
    "区": "district",
    "县": "district",
    "旗": "district",
    "自治区": "province",
    "自治州": "city",
    "自治县": "district",
    "自治旗": "district",
}
_WHOLE = re.compile("[全我]([省市区县州旗盟])")
_BEFORE_SHORT = re.compile(r"(?:^|[》“\"《（(\s年度]|关于印发|印发|\d|学年)$")
_AFTER_SHORT = re.compile(
    r"[市区县省]?(?:教育|教体|教委|政府|基础教育|中小学|学前|义务教育|职业教育|职教|高中|\d|二[〇○零]|[“\"《])"
)
_RELAYED = re.compile(r"(?:转发|贯彻|落实|学习|赴|借鉴|推广)[^》]{0,4}$")


_OF_OTHERS_BEFORE = re.compile(r"(?:赴|到|去|与|同|向|和|学习|借鉴|对接|对口|支援|帮扶|协作|来自|融入|、)$")
_OF_OTHERS_AFTER = re.compile(
    r"[\u4e00-\u9fff]{0,5}?(?:大学|学院|研究院|出版社|精神|会议|共识|峰会|奥运|冬奥|亚运|世博|进博|合作组织)"
    r"|[\u4e00-\u9fff]{0,2}(?:都市圈|城市圈|城市群|经济圈|经验|模式)|[路街、]|等地|等[省市区县]"
)
"""How a text names another place, or a thing that is called after one: 与成都市, 北京师范大学, 武汉城市圈."""


@dataclass(frozen=True, slots=True)
class Placed:
    """The place that was found, and why."""

    place: Place
    evidence: Evidence


def narrow(candidates: frozenset[Place] | None, mention: PlaceMention) -> frozenset[Place]:
    """Return what a mention leaves of the candidates: the parts it names, or the candidates that are parts of it."""
    meant = frozenset(mention.places)
    if candidates is None:
        return meant
    deeper = frozenset(place for place in meant for known in candidates if place.within(known))
    return deeper or frozenset(known for known in candidates for place in meant if known.within(place))


def read_name(folded: str, *, title: bool) -> frozenset[Place]:
    """Return the places that an authority's name or a title may mean, the deepest that it names; empty if none.

    In a title a short name counts where a name stands (before 教育, behind the year), a word never (和平, 平安).

    >>> [place.name for place in read_name("上海市青浦区教育局", title=False)]
    ['青浦区']
    >>> [place.name for place in read_name("2018年青浦教育工作要点", title=True)]
    ['青浦区']
    >>> read_name("平安校园工作要点", title=True)
    frozenset()
    """
    candidates: frozenset[Place] | None = None
    end = -1
    for mention in find_places(folded):
        before, after = folded[: mention.start], folded[mention.end :]
        if mention.name_kind == "word" or _RELAYED.search(before):
            continue
        if mention.name_kind == "short":
            placed = mention.start == end or mention.start == 0 or _BEFORE_SHORT.search(before)
            if not placed or not (_AFTER_SHORT.match(after) or _starts_with_place(after)):
                continue
        if mention.name_kind == "short":
            # 长沙 is the city, not the county of that name in it.
            cities = [place for place in mention.places if place.kind == "city"]
            mention = replace(
                mention,
                places=tuple(p for p in mention.places if p in cities or not any(p.within(city) for city in cities)),
            )
        narrowed = narrow(candidates, mention)
        if narrowed:
            candidates, end = narrowed, mention.end
        elif title and mention.name_kind == "full":
            return frozenset()
    return candidates or frozenset()


def _starts_with_place(folded: str) -> bool:
    return any(mention.start == 0 and mention.name_kind != "word" for mention in find_places(folded[:8])[:1])


def read_level(title: str, body: str) -> Kind | None:
    """Return the level that a text speaks from: its title's organ (市教育局), else 全市, 全区, 全省 in the body.

    >>> read_level("市教育局2024年工作要点", ""), read_level("", "全区小学入学率达到100%,我区将继续努力,全区各校")
    ('city', 'district')
    """
    if match := BARE_ORGAN.search(title) or _WHOLE.search(title):
        return _ORGAN_LEVELS[match[1]]
    counts = {kind: len(pattern.findall(body)) for kind, pattern in _LEVELS}
    if "自治区" in body:
        # 全区 is then said of the autonomous region as well.
        counts["district"] = len(re.findall(rf"{_BARE}[区县旗]{_BODY}|[全我本][县旗]", body))
        counts["province"] += len(re.findall("[全我]区", body))
    total = sum(counts.values())
    level = next((kind for kind, _ in _LEVELS if counts[kind] >= max(2, LEVEL_SHARE * total)), None)
    if level == "province":
        own = len(_PROVINCES_OWN.findall(body)) + (len(re.findall("[全我]区", body)) if "自治区" in body else 0)
        if own < PROVINCE_OWN or counts["city"] > PROVINCE_LOWER * total:
            return None
    return level


def read_body(body: str, level: Kind | None, among: frozenset[Place]) -> Place | None:
    """Return the place that the folded body is plainly of, or None.

    Counted are full names (three times in the title of the place's own rules, 《潜江市…》, and before its organ) and
    the short names of cities and provinces. The winner is of the level that the text speaks from, or among the
    candidates that are left.
    """
    scores: Counter[Place] = Counter()
    for mention in find_places(body):
        places = [
            place for place in mention.places if not among or place in among or any(p.within(place) for p in among)
        ]
        if mention.name_kind == "word" or not places:
            continue
        fitting = [place for place in places if _speaks(place, level)] or places
        if len(fitting) != 1:
            continue
        (place,) = fitting
        of_others = _OF_OTHERS_BEFORE.search(body, max(0, mention.start - 4), mention.start)
        if of_others or _OF_OTHERS_AFTER.match(body, mention.end) or (mention.name_kind == "short" and place.district):
            continue
        own_rule = body[mention.start - 1 : mention.start] == "《"
        organ = re.compile(ORGAN).match(body, mention.end)
        scores[place] += 3 if own_rule or organ else 1
    if among:
        return _choose_among(scores, among)
    fitting_scores = [(place, score) for place, score in scores.most_common() if _speaks(place, level)]
    if level is None or not fitting_scores:
        return None
    place, most = fitting_scores[0]
    rivals = [score for other, score in scores.items() if not other.within(place) and not place.within(other)]
    parts = [score for other, score in fitting_scores[1:] if other.within(place) or place.within(other)]
    if most < LEAST or most < MARGIN * max(rivals, default=0) or most <= max(parts, default=0):
        return None
    return place


def _speaks(place: Place, level: Kind | None) -> bool:
    if level == "city":
        # 昆山市 says 全市 as well, though it is a part of 苏州市.
        return place.kind == "city" or (place.district or "").endswith("市")
    return place.kind == level


def _choose_among(scores: Counter[Place], among: frozenset[Place]) -> Place | None:
    support = {
        place: sum(
            score
            for other, score in scores.items()
            if place.within(other) and not any(p != place and p.within(other) for p in among)
        )
        for place in among
    }
    place, most = max(support.items(), key=lambda item: item[1])
    others = [score for other, score in support.items() if other != place]
    return place if most >= 2 and most >= MARGIN * max(others, default=0) else None


def _intersect(known: frozenset[Place], named: frozenset[Place]) -> frozenset[Place]:
    """Return the deepest places that fit both, or what was known if nothing does."""
    if not known:
        return named
    fitting = {place for place in named if any(place.within(other) for other in known)}
    fitting |= {place for place in known if any(place.within(other) for other in named)}
    return frozenset(fitting) or known


def find_place(named: Iterable[Found], title: Found, body: str) -> Placed | None:
    """Return the place by the first source that names one: the names in their order, then the body (inferred).

    A name that several places have (鼓楼区) is narrowed by the sources behind it, by the level that the text speaks
    from, and by the city that the body names; what stays ambiguous is None.
    """
    candidates: frozenset[Place] = frozenset()
    source: Evidence | None = None
    for found in named:
        candidates = _intersect(candidates, read_name(found.folded, title=found is title))
        if candidates and source is None:
            source = replace(found.evidence, rule="title") if found is title else found.evidence
        if len(candidates) == 1 and source:
            return Placed(next(iter(candidates)), source)
    level = read_level(title.folded, body)
    if candidates and source:
        of_level = frozenset(place for place in candidates if _speaks(place, level))
        place = next(iter(of_level)) if len(of_level) == 1 else read_body(body, level, of_level or candidates)
        rule = f"{source.rule}, {'level' if len(of_level) == 1 else 'body'}"
        return Placed(place, Evidence(rule, source.start, source.end, inferred=True)) if place else None
    place = read_body(body, level, frozenset())
    first = next((mention for mention in find_places(body) if place in mention.places), None) if place else None
    return Placed(place, Evidence("body", first.start, first.end, inferred=True)) if place and first else None
