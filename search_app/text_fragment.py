"""Addresses of a passage on the web page it came from: text fragments, which browsers scroll to and mark.

https://wicg.github.io/scroll-to-text-fragment/ (draft of 2023): ``#:~:text=[prefix-,]start[,end][,-suffix]``.
"""

from __future__ import annotations

import re
from itertools import accumulate, pairwise
from urllib.parse import quote

from indexer.models import Document, Metadata, Paragraph

WHOLE = 40
"""Characters up to which a passage is quoted whole; of a longer one its beginning and its end."""
_SHORTEST, _LONGEST = 8, 24
"""Characters of a beginning or an end: few enough for an address, enough to stand nowhere else in most pages."""
_MARK = re.compile(r"[，。；：、！？,;:!?（）()《》“”\s]")


def source_link(document: Document, paragraph: Paragraph) -> str | None:
    """Return the address of a paragraph on the page that its document was taken from, ``None`` if that is not known.

    Where the beginning stands more than once in the document, what stands before and behind tells which is meant.
    """
    address = document.metadata.source_url
    if address is None:
        return None
    text = document.source.text
    start, end = paragraph.start, paragraph.end
    around = (text[max(0, start - 60) : start], text[end : end + 60])
    lines = _lines(paragraph)
    first = _pieces(lines)[0]
    repeated = "".join(text.split()).count("".join(first.split())) > 1
    return fragment_address(address, lines, *(around if repeated else ("", "")))


def hit_source_link(metadata: Metadata, paragraph: Paragraph) -> str | None:
    """Return the same of a hit, whose document is not read: of a text that is repeated there, the first is meant."""
    return fragment_address(metadata.source_url, _lines(paragraph)) if metadata.source_url else None


def _lines(paragraph: Paragraph) -> list[str]:
    """Cut the text of a paragraph where the page had line ends."""
    ends = [0, *accumulate(end - start for start, end in paragraph.segments)]
    return [paragraph.text[low:high] for low, high in pairwise(ends)]


def fragment_address(address: str, lines: list[str], before: str = "", behind: str = "") -> str:
    """Return an address with the passage of these lines as its text fragment.

    Cut at punctuation, since browsers match whole words only. ``before`` and ``behind`` are what stands around it.

    >>> from urllib.parse import unquote
    >>> unquote(fragment_address("https://a.cn/1.html", ["落实控辍保学责任。"], "二、主要工作\\n", ""))
    'https://a.cn/1.html#:~:text=二、主要工作-,落实控辍保学责任。'
    >>> fragment_address("https://a.cn/1.html#top", ["A-B,C&D"])
    'https://a.cn/1.html#top:~:text=A%2DB%2CC%26D'
    """
    start, end = _pieces(lines)
    parts = [_encoded(start)] + ([_encoded(end)] if end else [])
    if prefix := _end(before.strip().rpartition("\n")[2]):
        parts.insert(0, f"{_encoded(prefix)}-")
    if suffix := _beginning(behind.strip().partition("\n")[0]):
        parts.append(f"-{_encoded(suffix)}")
    page, mark, fragment = address.partition("#")
    fragment = fragment.partition(":~:")[0]
    return f"{page}#{fragment}:~:text={','.join(parts)}" if mark else f"{page}#:~:text={','.join(parts)}"


def _pieces(lines: list[str]) -> tuple[str, str]:
    """Return what a passage begins and ends with; the end is empty where the beginning is all of it."""
    shown = [line.strip() for line in lines if line.strip()] or [""]
    if len(shown) == 1 and len(shown[0]) <= WHOLE:
        return shown[0], ""
    start = _beginning(shown[0])
    rest = shown[-1] if len(shown) > 1 else shown[0][len(start) :]
    return start, _end(rest)


def _beginning(line: str) -> str:
    """Return the beginning of a line up to a mark of punctuation, or all of it."""
    cut = next((found.start() for found in _MARK.finditer(line, _SHORTEST) if found.start() <= 2 * _LONGEST), None)
    return (line[:cut] if cut else line[: 2 * _LONGEST]).strip()


def _end(line: str) -> str:
    """Return the end of a line from behind a mark of punctuation on, or all of it."""
    last = len(line.rstrip("。；！？.;!? ")) - _SHORTEST
    marks = [found.end() for found in _MARK.finditer(line) if len(line) - 2 * _LONGEST <= found.end() <= last]
    return line[marks[-1] if marks else max(0, len(line) - 2 * _LONGEST) :].strip()


def _encoded(text: str) -> str:
    """Percent-encode a part: the three signs that the syntax uses too (``-``, ``,``, ``&``)."""
    return quote(re.sub(r"\s+", " ", text), safe="").replace("-", "%2D")
