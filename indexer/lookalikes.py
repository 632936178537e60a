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


@dataclass(frozen=True, slots=True)
class Misprints:
    """Common characters that are taken for each other, and by wrong character the phrases that prove a swap.

    A phrase is the place of the character in it, the phrase with the wrong character, and what is meant. ``free`` are
    the characters that often are words by themselves, ``correct`` what is never a misprint.
    """

    alike: dict[str, str]
    phrases: dict[str, tuple[tuple[int, str, str], ...]]
    free: frozenset[str]
    correct: frozenset[str]
    collocations: tuple[tuple[str, str, re.Pattern[str], re.Pattern[str]], ...]


@cache
def read_misprints() -> Misprints:
    """Read ``misprints.tsv``, once.

    >>> "未" in read_misprints().alike["末"], (1, "防冶", "治") in read_misprints().phrases["冶"]
    (True, True)
    """
    entries: dict[str, list[str]] = {}
    collocations = []
    for kind, *fields in _rows("misprints.tsv"):
        if kind == "=":
            meant, printed, before, behind = fields
            collocations.append((meant, printed, re.compile(f"(?:{before})$"), re.compile(behind)))
        else:
            entries.setdefault(kind, []).extend(fields[0].split())
    alike: dict[str, str] = {}
    for first, *others in entries["~"]:
        for other in others:
            alike[first] = alike.get(first, "") + other
            alike[other] = alike.get(other, "") + first
    free, correct = frozenset("".join(entries["!"])), frozenset(entries["-"])
    phrases: dict[str, list[tuple[int, str, str]]] = {}
    for phrase in entries["+"]:
        for at, meant in enumerate(phrase):
            for wrong in alike.get(meant, ""):
                swapped = phrase[:at] + wrong + phrase[at + 1 :]
                if swapped not in correct and not (len(phrase) == 2 and wrong in free):
                    phrases.setdefault(wrong, []).append((at, swapped, meant))
    return Misprints(alike, {char: tuple(rows) for char, rows in phrases.items()}, free, correct, tuple(collocations))
