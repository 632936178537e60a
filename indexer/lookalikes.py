"""The tables behind the repair of look-alikes: which characters are odd, and what each may stand for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

HAN = "〇\u3400-\u9fff\U00020000-\U000323af"
HAN_CHARACTER = re.compile(f"[{HAN}]")


@dataclass(frozen=True, slots=True)
class Tables:
    """Odd characters and what each may stand for, by kind of likeness."""

    known: dict[str, str]
    whole: dict[str, str]
    sibling: dict[str, str]
    between: frozenset[str]
    kept: frozenset[str]
    odd: frozenset[str]
    run: re.Pattern[str]


def _rows(name: str) -> Iterator[list[str]]:
    for line in resources.files("indexer.data").joinpath(name).read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")


@cache
def read_tables() -> Tables:
    """Read ``lookalikes.tsv`` and ``components.tsv``, once.

    >>> read_tables().known["叺"], read_tables().whole["嬞"]
    ('入', '董')
    """
    known: dict[str, str] = {}
    between: set[str] = set()
    kept: set[str] = set()
    for meant, alikes, *flag in _rows("lookalikes.tsv"):
        if meant == "=":
            kept.update(alikes.split())
            continue
        for alike in alikes.split():
            known[alike] = known.get(alike, "") + meant
            if flag:
                between.add(alike)
    whole: dict[str, str] = {}
    sibling: dict[str, str] = {}
    for alike, contained, related in _rows("components.tsv"):
        if alike not in known and alike not in kept:
            whole[alike], sibling[alike] = contained, related
    odd = frozenset(known) | whole.keys()
    letters = "".join(char for char in known if not HAN_CHARACTER.match(char))
    run = re.compile(f"[{HAN}{re.escape(letters)}]+(?: [{HAN}{re.escape(letters)}]+)*")
    return Tables(known, whole, sibling, frozenset(between), frozenset(kept), odd, run)


@cache
def read_collocations() -> tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...]:
    """Read ``collocations.tsv``: what is meant, what stands before it and what behind it."""
    return tuple(
        (meant, re.compile(f"(?:{before})$"), re.compile(behind)) for meant, before, behind in _rows("collocations.tsv")
    )


@cache
def is_current(char: str) -> bool:
    """Whether a character is in everyday use: in GB 2312, or in the first level of Big5 for texts from Traditional.

    >>> is_current("枫"), is_current("吋"), is_current("姩")
    (True, True, False)
    """
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        code = int.from_bytes(char.encode("big5", "ignore"))
        return 0xA440 <= code <= 0xC67E
    return "\u4e00" <= char <= "\u9fff"
