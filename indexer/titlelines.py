"""Which lines are the title: at the head, broken over several lines, printed again, or of a second document."""

from __future__ import annotations

import re
from collections.abc import Sequence

from indexer import frontmatter
from indexer.lexicon import cut
from indexer.lines import squeeze
from indexer.numbering import read_marker

STRUCTURE = frozenset({"part", "chapter", "section", "article", "cn", "pcn", "num", "pnum"})
_HEADS = re.compile(r"(?:(?:19|20)\d{2}年)?(?:主要|重点|总体|基本)?(?:工作|任务|目标)?(?:安排|要求|报告|总结|措施)$")
_STOP = re.compile(r"[。;!?]")
_NO_TITLE = re.compile(r"[,:]$|^[(\-—]|(?:回顾|工作安排|工作任务|主要任务|指导思想|总体要求|前言|引言)$")
_SITE = re.compile(r".{2,16}(?:网|网站|门户|在线|频道|平台)")
_TORN = re.compile(
    rf"(?:的|与|和)?(?:工作|教育|教学|事业|发展|实施)*{frontmatter.TYPE_WORD}(?:》.{{0,12}})?(?:的(?:通知|意见|报告))?"
)
_PUNCTUATED = re.compile(r"[。;:,!?]")
_YEAR = re.compile(r"(?:19|20)\d{2}|关于")
_MOST_LINES = 4
_LONGEST = 80
_LOOK_AHEAD = 40


def find_broken_titles(squeezed: Sequence[str], rest: Sequence[int]) -> list[range]:
    """Find titles that a page or a column broke over two to four lines: the ranges of those lines.

    ``rest`` are the lines in question, ascending. A joint proves itself: it stands inside a word, inside a book
    title, behind 关于, or only the kind of document (工作要点) is left for the next line.

    >>> find_broken_titles(["某市2021年教", "育工作要点", "一、总体要求"], [0, 1])
    [range(0, 2)]
    """
    allowed = set(rest)
    found: list[range] = []
    for first in rest:
        if found and first < found[-1].stop:
            continue
        if read_marker(squeezed[first], 0, len(squeezed[first])) is not None:
            continue
        joined = squeezed[first].lstrip("#")
        best = 0
        for last in range(first + 1, first + _MOST_LINES):
            if last not in allowed or not _is_joint(joined, squeezed[last]):
                break
            joined += squeezed[last]
            if len(joined) > _LONGEST or _PUNCTUATED.search(joined):
                break
            if frontmatter.is_typed_title(joined):
                best = last
        if best:
            found.append(range(first, best + 1))
    return found


def _is_joint(above: str, below: str) -> bool:
    if above.count("《") > above.count("》"):
        return True
    if len(above) < 4 or frontmatter.is_typed_title(above):
        return False
    if "关于" in above or _TORN.fullmatch(below):
        return True
    at = len(above[-4:])
    for word in cut(above[-4:] + below[:4]):
        at -= len(word)
        if at <= 0:
            # The word that reaches the joint: does it go beyond?
            return at < 0 and len(word) > 1
    return False


def read_titles(lines: Sequence[str], squeezed: Sequence[str], roles: list[str | None], body: int) -> None:
    """Find the title among the lines above the text, and with it what the page printed above and below it."""
    # A speech is titled before its audience is addressed; what stands below is a heading.
    spoken = next((index for index in range(body) if frontmatter.is_salutation(squeezed[index])), body)
    rest = [index for index in range(spoken) if roles[index] is None and not _STOP.search(lines[index])]
    titles = _choose_titles(lines, squeezed, rest, body)
    seen = {squeezed[index] for index in titles}
    for index in rest:
        if index in titles or squeezed[index] in seen:
            roles[index] = "title"
            # An open book title mark or a 关于 without its 通知 tells that the title began above.
            above = squeezed[index - 1] if index and index - 1 in rest else ""
            if above.count("《") > above.count("》") or ("关于" in above and not frontmatter.is_typed_title(above)):
                roles[index - 1] = "title"
    _mark_reprints(squeezed, roles)
    if titles:
        _name_above(squeezed, roles, [index for index in rest if index < titles[0] and roles[index] is None], body)
        _name_below(lines, squeezed, roles, titles[0], body)


def _choose_titles(lines: Sequence[str], squeezed: Sequence[str], rest: Sequence[int], body: int) -> list[int]:
    typed = [i for i in rest if frontmatter.is_typed_title(squeezed[i].lstrip("#")) and not _HEADS.match(squeezed[i])]
    marked = [index for index in rest if lines[index].startswith("# ")]
    broken = [index for run in find_broken_titles(squeezed, rest) for index in run]
    # Below a notice's own title, the title of the plan that it hands on.
    quoted = [i for i in typed if any(f"《{squeezed[i]}》" in squeezed[mark] for mark in marked)]
    titles = sorted({*marked, *quoted}) if marked else sorted({*typed, *broken})
    if not titles:
        fitting = [i for i in rest if 4 <= len(squeezed[i]) <= 60 and not _NO_TITLE.search(squeezed[i])]
        # Without the name of a kind of document only a line on its own can be the title: others may be policy text.
        if len(fitting) == 1 and body < len(lines) and len(squeezed[body]) > len(squeezed[fitting[0]]):
            titles = fitting
    return titles


def _name_above(squeezed: Sequence[str], roles: list[str | None], scraps: Sequence[int], body: int) -> None:
    web = any(role in {"navigation", "site", "footer", "metadata"} for role in roles[: body + 1])
    for index in reversed(scraps):
        line = squeezed[index]
        if _SITE.fullmatch(line):
            roles[index] = "site"
        elif frontmatter.is_organisation(line) and index + 1 < len(roles) and roles[index + 1] == "title":
            roles[index] = "title"
        elif len(line) <= 15 and (web or len(scraps) >= 3):
            roles[index] = "navigation"


def _name_below(lines: Sequence[str], squeezed: Sequence[str], roles: list[str | None], first: int, body: int) -> None:
    """Name what stands between the title and the text: (draft), who issued it, a label's value on the next line."""
    for index in range(first + 1, body):
        before = roles[index - 1]
        if roles[index] is None and before == "title" and re.fullmatch(r"\(.{2,30}\)", squeezed[index]):
            roles[index] = "title"
        if roles[index] is None and len(squeezed[index]) <= 20 and not _STOP.search(lines[index]):
            if before == "metadata" and (squeezed[index - 1].endswith(":") or len(squeezed[index]) <= 4):
                roles[index] = "metadata"
            elif before == "navigation" and len(squeezed[index]) <= 4:
                roles[index] = "navigation"
        if (
            roles[index] is None
            and before in {"title", "metadata", "date", "signature"}
            and frontmatter.is_issuer(squeezed[index])
        ):
            roles[index] = "signature"


def _mark_reprints(squeezed: Sequence[str], roles: list[str | None]) -> None:
    """Mark lines that, put together, are the title again."""
    titles: list[str] = []
    joined = ""
    for index, role in enumerate(roles):
        joined = joined + squeezed[index].lstrip("#") if role == "title" else ""
        if joined and joined not in titles and len(titles) < _LOOK_AHEAD:
            titles.append(joined)
    if not titles:
        return
    openings = {title[:2] for title in titles}
    for first, line in enumerate(squeezed):
        if roles[first] is not None or line[:2] not in openings:
            continue
        joined = ""
        for last in range(first, min(len(squeezed), first + _MOST_LINES)):
            joined += squeezed[last]
            if roles[last] is not None or not any(title.startswith(joined) for title in titles):
                break
            if joined in titles and last > first:
                roles[first : last + 1] = ["title"] * (last + 1 - first)


def is_title_here(
    lines: Sequence[str], squeezed: Sequence[str], titles: Sequence[str], index: int, outline: bool
) -> bool:
    """Tell whether a line below the head is a title: the same again, an attached plan's, a second document's.

    ``outline`` says whether numbers were seen above. A part of a title that names two things (总结 and 要点) is the
    heading of that part.
    """
    line = squeezed[index]
    if line in titles:
        return True
    if not frontmatter.is_work_title(line) or read_marker(line, 0, len(line)) is not None:
        return False
    if index + 1 >= len(squeezed) or not _YEAR.search(line):
        return False
    if any(line in title for title in titles):
        return any(f"《{line}》" in title for title in titles)
    if not titles:
        return True
    if outline and any(re.search(r"总结|情况|报告", title) for title in titles):
        return False
    return _restarts(lines, index)


def _restarts(lines: Sequence[str], index: int) -> bool:
    """Tell whether the first number below a line is a one of the outermost kinds."""
    for line in lines[index + 1 : index + _LOOK_AHEAD]:
        marker = read_marker(line, 0, len(line))
        if marker is not None and marker.kind in STRUCTURE:
            return marker.value == 1 and marker.kind in {"part", "chapter", "cn"}
    return False


def is_part_title(folded: str) -> bool:
    """Tell whether a heading line names the work of one year: nothing above it holds for what stands below.

    >>> is_part_title("2019年工作要点"), is_part_title("总结2019年工作")
    (True, False)
    """
    return _PART.fullmatch(squeeze(folded)) is not None


_PART = re.compile(r"(?:19|20)\d{2}年度?[^。,;:!?]{0,20}工作(?:总结|要点|计划|安排|打算|思路|回顾|情况)")
