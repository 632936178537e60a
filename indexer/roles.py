"""Lines of a document to the roles that need no outline: boilerplate and front matter, from both ends."""

from __future__ import annotations

import re
from collections.abc import Sequence

from indexer import frontmatter
from indexer.boilerplate import find_repeat, is_caption, name_boilerplate
from indexer.lines import squeeze
from indexer.numbering import read_marker
from indexer.outline import ends_sentence
from indexer.titlelines import STRUCTURE, is_title_here, read_titles

FRONT = frozenset({"title", "addressee", "transmittal", "date", "signature", "metadata", "attachment"})
_HEAD_LINES = 60
_TAIL_LINES = 60
_PROSE = 30
_STOP = re.compile(r"[。;!?]")
_IN_CHARGE = re.compile(
    r"\(?(?:主办|承办|协办|技术支持|运维|维护|单位|办公|联系|地址|电话|咨询|监督|举报|邮|传真|电子)"
)


def assign_roles(lines: Sequence[str], indents: Sequence[int] | None = None) -> list[str | None]:
    """Give each line that is no policy text its kind of boilerplate or front matter; None is left for the outline.

    ``lines`` are folded and trimmed.

    >>> assign_roles(["可可简历网", "某区教育工作要点", "一、指导思想", "坚持立德树人。", "扫一扫在手机上查看当前页面"])
    ['site', 'title', None, None, 'footer']
    """
    squeezed = [squeeze(line) for line in lines]
    roles: list[str | None] = [name_boilerplate(line) for line in lines]
    if sum(role is None for role in roles) <= 1:
        return roles
    _keep_inner_footers(lines, roles)
    repeat = find_repeat(lines)
    if repeat is not None:
        for index in range(*repeat):
            roles[index] = "repeat"
    _read_contents(squeezed, roles)
    continued = _find_continued_history(squeezed, indents or [0] * len(lines))
    body = _name_head(lines, squeezed, roles, continued)
    read_titles(lines, squeezed, roles, body)
    _read_tail(squeezed, roles, body)
    _read_inside(lines, squeezed, roles, body)
    return roles


def _keep_inner_footers(lines: Sequence[str], roles: list[str | None]) -> None:
    """Take back what may be policy text: who is in charge and where stands in a footer only if no prose follows."""
    for index in range(len(lines) - 1, -1, -1):
        if roles[index] is None and len(lines[index]) >= _PROSE and _STOP.search(lines[index]):
            for before in range(index):
                if roles[before] == "footer" and _IN_CHARGE.match(squeeze(lines[before])):
                    roles[before] = None
            return


def _find_continued_history(squeezed: Sequence[str], indents: Sequence[int]) -> list[bool]:
    """Tell which lines go on with a law's history: it is wrapped, and its later lines are indented below the first."""
    continued: list[bool] = []
    history = False
    for line, indent in zip(squeezed, indents, strict=True):
        goes_on = history and indent > 0
        continued.append(goes_on)
        history = goes_on or (frontmatter.is_history(line) and "民国" in line)
    return continued


def _name_head(
    lines: Sequence[str], squeezed: Sequence[str], roles: list[str | None], continued: Sequence[bool]
) -> int:
    """Name the front matter that needs no title to be known; return the first line that is policy text.

    Policy text begins with a number, a markdown section, or prose.
    """
    passed = 0
    for index, line in enumerate(lines):
        if roles[index] is not None:
            continue
        before = roles[index - 1] if index else None
        kind = "metadata" if continued[index] else frontmatter.name_front_matter(line)
        if kind is None and before == "transmittal" and not ends_sentence(lines[index - 1]):
            kind = "transmittal"
        elif kind is None and _lists_attachments(index, squeezed, before):
            kind = "attachment"
        roles[index] = kind
        if kind == "addressee":
            above = index - 1
            # Addressees may take several lines, each ending in a comma.
            while above >= 0 and roles[above] is None and squeezed[above][-1] in ",、" and len(squeezed[above]) <= 80:
                roles[above] = kind
                above -= 1
        elif index and before is None and _is_signed(squeezed, index, kind):
            roles[index - 1] = "signature"
        if kind is not None or (line.startswith("# ") and not any(other.startswith("# ") for other in lines[:index])):
            continue
        marker = read_marker(line, 0, len(line))
        numbered = line.startswith("#") or (marker is not None and marker.kind in STRUCTURE)
        prose = len(squeezed[index]) > 80 or (len(squeezed[index]) >= _PROSE and _STOP.search(line) is not None)
        passed += 1
        if numbered or prose or passed > _HEAD_LINES:
            return index
    return len(lines)


def _is_signed(squeezed: Sequence[str], index: int, kind: str | None) -> bool:
    """Tell whether an office stands above a date, or as the letterhead above a document number."""
    if kind == "date":
        return frontmatter.is_organisation(squeezed[index - 1])
    return frontmatter.is_document_number(squeezed[index]) and frontmatter.is_issuer(squeezed[index - 1])


def _lists_attachments(index: int, squeezed: Sequence[str], before: str | None) -> bool:
    line = squeezed[index]
    if frontmatter.is_attachment_label(line):
        return True
    numbered = before == "attachment" and re.match(r"\d{1,2}[.、]", line) is not None
    return numbered and frontmatter.is_attachment_entry(line)


def _read_contents(squeezed: Sequence[str], roles: list[str | None]) -> None:
    """Mark a table of contents: from 目录 to where its first entry comes again."""
    for index, line in enumerate(squeezed[:_HEAD_LINES]):
        if line.strip("#-—·[]【】") not in {"目录", "目次"} or index + 2 >= len(squeezed):
            continue
        entry = _entry(squeezed[index + 1])
        if len(entry) < 3:
            continue
        for again in range(index + 2, min(len(squeezed), index + 400)):
            if _entry(squeezed[again]) == entry:
                roles[index] = "contents"
                later = squeezed[again : again + _HEAD_LINES]
                for inside in range(index + 1, again):
                    if not _is_entry(squeezed[inside], later):
                        break
                    roles[inside] = "contents"
                break


def _is_entry(line: str, later: Sequence[str]) -> bool:
    """Tell whether a line of a table of contents is an entry: numbered, with a page, or repeated as a heading."""
    if len(line) > 60:
        return False
    paged = re.search(r"(?:[.…·]{2,}|\D)\d{1,3}$", line) is not None
    return paged or read_marker(line, 0, len(line)) is not None or line in later


def _entry(line: str) -> str:
    return re.sub(r"[.…·\-—\d()]+$", "", line.lstrip("#"))


def _read_tail(squeezed: Sequence[str], roles: list[str | None], body: int) -> None:
    """Read the end backwards: footers, the date, who signed, and the list of attachments before them."""
    tail = len(squeezed)
    for index in range(len(squeezed) - 1, max(body, len(squeezed) - _TAIL_LINES), -1):
        line = squeezed[index]
        below = roles[index + 1] if index + 1 < len(roles) else None
        if roles[index] is not None:
            tail = index
            continue
        lost = frontmatter.is_lost_date(line) and frontmatter.is_organisation(squeezed[index - 1])
        if not frontmatter.is_history(line) and frontmatter.name_front_matter(line) == "metadata":
            roles[index] = "metadata"
        elif lost or frontmatter.is_date(line):
            roles[index] = "date"
        elif frontmatter.is_dated_signature(line) or (
            frontmatter.is_organisation(line) and (below is not None or _is_last_name(line, squeezed, index))
        ):
            roles[index] = "signature"
        elif below in {"footer", "navigation"} and roles[index - 1] == below and len(line) <= 12:
            roles[index] = below
        else:
            break
        tail = index
    for index in range(max(body + 1, tail - 12), tail):
        if frontmatter.is_attachment_label(squeezed[index]):
            if all(frontmatter.is_attachment_entry(row) for row in squeezed[index + 1 : tail]):
                for inside in range(index, tail):
                    roles[inside] = roles[inside] or "attachment"
            break


def _is_last_name(line: str, squeezed: Sequence[str], index: int) -> bool:
    """An office alone on the last line signs only if the text before it is finished."""
    return index == len(squeezed) - 1 and squeezed[index - 1].endswith(("。", "!")) and len(line) >= 4


def _read_inside(lines: Sequence[str], squeezed: Sequence[str], roles: list[str | None], body: int) -> None:
    """Mark what may stand anywhere: dated signatures, salutations, captions below prose, the title printed later."""
    titles = [squeezed[index] for index, role in enumerate(roles) if role == "title"]
    prose = ""
    outline = False
    for index in range(body, len(lines)):
        line = squeezed[index]
        if roles[index] is not None:
            continue
        if frontmatter.is_date(line):
            roles[index] = "date"
            if roles[index - 1] is None and index > body and frontmatter.is_organisation(squeezed[index - 1]):
                roles[index - 1] = "signature"
        elif frontmatter.is_dated_signature(line):
            roles[index] = "signature"
        elif index > body and frontmatter.is_bare_attachment_label(line):
            roles[index] = "attachment"
            if all(role is not None for role in roles[index + 2 :]) and frontmatter.is_attachment_entry(
                squeezed[min(index + 1, len(squeezed) - 1)]
            ):
                roles[index + 1 : index + 2] = ["attachment"] * len(roles[index + 1 : index + 2])
        elif frontmatter.is_salutation(line):
            roles[index] = "addressee"
        elif not outline and is_caption(lines[index], prose):
            roles[index] = "caption"
        elif is_title_here(lines, squeezed, titles, index, outline):
            roles[index] = "title"
            titles.append(line)
        else:
            marker = read_marker(lines[index], 0, len(lines[index]))
            outline = outline or (marker is not None and marker.kind in STRUCTURE)
            if len(line) >= _PROSE:
                prose = lines[index]
