"""Lines that a page prints around a policy text: navigation, footers, the editor's own words, captions, repeats."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from importlib import resources

from indexer.lines import squeeze

_LONGEST = 120
_CAPTION_END = re.compile(
    r"(讲话|致辞|致词|主持(会议)?|出席(会议)?|发言|作报告|合影|现场|座谈|揭牌|授牌|签约|颁奖|考察|调研|参观)$"
)
_SCRAP = re.compile(r"[。,;:!?]")
_MIN_REPEAT = 200


@cache
def _rules() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Read the rules: one pattern a kind, in the order in which the kinds first appear."""
    text = resources.files("indexer.data").joinpath("boilerplate.txt").read_text(encoding="utf-8")
    kinds: dict[str, list[str]] = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            kind, pattern = line.split("\t", 1)
            kinds.setdefault(kind, []).append(f"(?:{pattern})")
    return tuple((kind, re.compile("|".join(patterns))) for kind, patterns in kinds.items())


def name_boilerplate(folded: str) -> str | None:
    """Name the kind of boilerplate that a folded line is, or None if the line may be policy text.

    >>> [name_boilerplate(line) for line in ("位置:首页 > 职场", "扫一扫在手机上查看当前页面", "一、指导思想")]
    ['navigation', 'footer', None]
    """
    line = squeeze(folded)
    if not line or len(line) > _LONGEST:
        return None
    return next((kind for kind, pattern in _rules() if pattern.fullmatch(line)), None)


def is_caption(folded: str, earlier: str) -> bool:
    """Tell whether a short line repeats, with nothing new, who did what in the prose line before it.

    Both are folded. The line may leave out some words of the prose.

    >>> is_caption("市教委主任赵为粮讲话", "市教委主任赵为粮出席会议并讲话市教委副主任邓睿主持会议。")
    True
    >>> is_caption("落实立德树人根本任务", "落实立德树人根本任务,促进公平。")
    False
    """
    line = squeeze(folded)
    match = _CAPTION_END.search(line)
    if match is None or len(line) > 40 or _SCRAP.search(line):
        return False
    body = squeeze(earlier)
    if line in body:
        return True
    # Names and offices stand as in the prose; the verb follows within one clause.
    at = body.find(line[: match.start()]) if match.start() >= 4 else -1
    return at >= 0 and match.group() in body[at + match.start() : at + match.start() + 12]


def find_repeat(lines: Sequence[str]) -> tuple[int, int] | None:
    """Find a body that is printed twice: the (first, behind-last) line of its second copy.

    A copy counts if it follows the first at once and holds three lines and 200 characters or more.

    >>> body = ["一、指导思想", "坚持立德树人。" * 30, "二、主要任务", "促进公平。"]
    >>> find_repeat(["工作要点", *body, *body])
    (5, 9)
    """
    keys = [squeeze(line) for line in lines]
    following: dict[str, int] = {}
    next_same = [0] * len(keys)
    for index in range(len(keys) - 1, -1, -1):
        next_same[index] = following.get(keys[index], 0)
        following[keys[index]] = index
    tried = 0
    for first, second in enumerate(next_same):
        size = second - first
        if size < 3:
            continue
        same = keys[first : first + size] == keys[second : second + size]
        if same and sum(map(len, keys[first:second])) >= _MIN_REPEAT:
            return second, second + size
        tried += size
        # Comparing costs at most what was compared; a text full of equal lines must not cost more than a few passes.
        if tried > 20 * len(keys):
            break
    return None
