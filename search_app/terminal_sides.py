"""What ``yaodian compare --left ID --right ID`` prints for a person."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

from rich.text import Text

from search_app.compare_table import KIND_NAMES
from search_app.streams import OutputConsole as Console

Json = dict[str, Any]

_STYLES = {"only": "underline", "changed": "", "alone": "", "elsewhere": "dim", "number": "bold"}
_MARGIN = "    "


def print_sides(found: Json) -> None:
    """Print two documents: how many pairs of each kind, then each pair, the left paragraph above the right one.

    What is the same is named by its beginning only; what only one document says is underlined, figures that differ are
    bold, what another paragraph of the other document says is dim.
    """
    console = Console(soft_wrap=True, highlight=False)
    for sign, side in (("左", "left"), ("右", "right")):
        document = found[side]
        years = "、".join(map(str, document["years"])) or "未注明"
        console.print(Text(f"{sign}  {document['place']} · {years} · {document['title']}", style="bold"))
    said = [f"{KIND_NAMES[kind]} {count:,} 段" for kind, count in found["counts"].items()]
    only = found["only"]
    console.print(f"{' · '.join(said)} · 另有 {only['left']:,} 处右边没有说到，{only['right']:,} 处左边没有说到")
    section: Sequence[str] | None = None
    for pair in found["pairs"]:
        here = (pair["left"] or pair["right"])["section"]
        if here != section and (pair["left"] or section is None):
            section = here
            if here:
                console.print()
                console.print(Text(" › ".join(here), style="cyan"))
        _print_pair(console, pair)


def _print_pair(console: Console, pair: Json) -> None:
    name = KIND_NAMES[pair["kind"]]
    if pair["kind"] == "same":
        console.print(Text(f"{name}  {_visible(pair['right']['text'][:40])}…", style="dim"))
        return
    again = {"left": "（左边是重出的一段，只列有关的几句）", "right": "（右边是重出的一段，只列有关的几句）"}
    partly = "（指整段；有的句子另有对应，列在别处）" if pair["partly"] else ""
    console.print(Text(name + again.get(pair["again"], "") + partly, style="bold"))
    for sign, side in (("左", "left"), ("右", "right")):
        paragraph = pair[side]
        if paragraph is None:
            continue
        spans = pair["part"] if pair["again"] == side and pair["part"] else [[0, len(paragraph["text"])]]
        line = Text(f"{_MARGIN}{sign} ¶{paragraph['ordinal']} ")
        for at, (low, high) in enumerate(spans):
            line.append(" …… " if at else "")
            line.append_text(_marked(paragraph["text"], pair["marks"][side])[low:high])
        console.print(line)


def _marked(text: str, marks: Sequence[Json]) -> Text:
    shown = Text(_visible(text))
    for mark in marks:
        if _STYLES[mark["kind"]]:
            shown.stylize(_STYLES[mark["kind"]], mark["start"], mark["end"])
    return shown


def _visible(text: str) -> str:
    return "".join(" " if unicodedata.category(character) == "Cc" else character for character in text)
