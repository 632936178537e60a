"""What people write into a collection, checked: titles, notes, tags. Behind this door they are trusted."""

from __future__ import annotations

import re
from collections.abc import Sequence

from indexer.errors import ParameterError, TooLargeError
from search_app.collections.models import MAX_NOTE, MAX_TAG, MAX_TAGS, MAX_TITLE

# What no text has and no database, file or terminal takes well; line ends and tabs are texts'.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def checked_title(text: str) -> str:
    """Return a title as it is kept, on one line. Raises ``ParameterError``, ``TooLargeError``.

    >>> checked_title("  随迁子女\\n入学政策 ")
    '随迁子女 入学政策'
    """
    return _checked("标题", " ".join(text.split()), MAX_TITLE)


def checked_note(text: str) -> str:
    """Return a note as it is kept: line ends as ``\\n``. Raises ``ParameterError``, ``TooLargeError``.

    >>> checked_note("与2017年的比较：\\r\\n已删去“免试”。\\r\\n")
    '与2017年的比较：\\n已删去“免试”。'
    """
    return _checked("备注", re.sub(r"\r\n?", "\n", text).rstrip(), MAX_NOTE)


def checked_tags(tags: Sequence[str]) -> tuple[str, ...]:
    """Return tags as they are kept, none twice. Raises ``ParameterError``, ``TooLargeError``.

    >>> checked_tags([" 入学", "入学", "", "2017 年"])
    ('入学', '2017 年')
    """
    found = tuple(dict.fromkeys(_checked("标签", " ".join(tag.split()), MAX_TAG) for tag in tags))
    found = tuple(tag for tag in found if tag)
    if len(found) > MAX_TAGS:
        raise TooLargeError(f"标签有 {len(found)} 个，最多 {MAX_TAGS} 个。")
    return found


def _checked(name: str, text: str, most: int) -> str:
    if len(text) > most:
        raise TooLargeError(f"{name}有 {len(text)} 个字符，最多 {most} 个。")
    if found := _CONTROL.search(text):
        raise ParameterError(f"{name}里有不能保存的控制字符（U+{ord(found[0]):04X}，第 {found.start() + 1} 个字符）。")
    return text
