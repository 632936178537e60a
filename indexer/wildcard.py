"""Quotations with a star: a single one stands for a few other characters, at an end for none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from indexer.models import Span

GAP = 20
"""Characters that a star may stand for, none of them the end of a sentence: the length of a clause."""
_STAR = re.compile(r"(?<!\*)\*(?!\*)")
_EDGE_STAR = re.compile(r"^\*(?!\*)|(?<!\*)\*$")


def is_wildcard(literal: str) -> bool:
    """Whether a quotation has a star that stands for other characters; ``***`` is what censors leave.

    >>> is_wildcard("推进*均衡"), is_wildcard("党的***精神"), is_wildcard("均衡发*"), is_wildcard("*")
    (True, False, True, False)
    """
    return _STAR.search(literal) is not None and literal != "*"


def pieces(literal: str) -> Sequence[str]:
    """Return what stands between the stars of a quotation.

    >>> pieces("推进*均衡*")
    ['推进', '均衡']
    """
    return _STAR.split(_EDGE_STAR.sub("", literal))


def find_wildcard(literal: str, visible: str) -> Iterator[Span]:
    """Yield where a quotation with stars stands in folded text without spaces, each star as short as can be.

    >>> list(find_wildcard("推进*均衡", "推进义务教育优质均衡发展。推进工作。均衡"))
    [(0, 10)]
    """
    yield from (match.span() for match in pattern(literal).finditer(visible))


def pattern(literal: str) -> re.Pattern[str]:
    """Return what finds a quotation with stars, each star as short as can be.

    >>> pattern("推进*均衡").findall("推进义务教育优质均衡发展。推进工作。均衡")
    ['推进义务教育优质均衡']
    """
    return re.compile(rf"[^\n。;!?]{{0,{GAP}}}?".join(map(re.escape, pieces(literal))))
