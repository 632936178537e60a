"""How well saved paragraphs are found again in documents that were edited: planted edits whose outcome is known.

    .venv/bin/python -m benchmarks.anchoring FILE.jsonl.gz [--passages 10000] [--only TEXT] [--alone] [--json]

Every character of an edited text remembers which character of the old text it is or stands for. So it is known which
paragraph a saved one has become, and that one is gone.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from indexer.anchoring import Anchor, Stream, anchor, follow, snapshot_of
from indexer.models import Document, Problem, SourceText
from indexer.reading import read_document
from indexer.sources import read_sources

Traced = list[tuple[str, int]]
"""Characters, each with the offset in the old text of the one that it is or replaces, -1 for new ones."""


@dataclass(frozen=True)
class Edited:
    """An edit by name: what it does to the paragraphs of a document, given where they stand."""

    name: str
    apply: Callable[[Traced, list[tuple[int, int]], random.Random, str], Traced]


def replaced(share: float) -> Callable[[Traced, list[tuple[int, int]], random.Random, str], Traced]:
    """Make an edit that replaces a share of the characters, by ones that the corpus uses, all over the text."""

    def edit(text: Traced, _: list[tuple[int, int]], rng: random.Random, letters: str) -> Traced:
        return [
            (rng.choice(letters), at) if char.isalnum() and rng.random() < share else (char, at) for char, at in text
        ]

    return edit


def some(share: float, of: float) -> Callable[[Traced, list[tuple[int, int]], random.Random, str], Traced]:
    """Make an edit of one paragraph in ``of``: a share of its characters put in, left out or replaced."""

    def edit(text: Traced, bounds: list[tuple[int, int]], rng: random.Random, letters: str) -> Traced:
        chosen = [span for span in bounds if rng.random() < of]
        inside = {at for low, high in chosen for at in range(low, high)}
        out: Traced = []
        for char, at in text:
            if at in inside and not char.isspace() and rng.random() < share:
                how = rng.randrange(3)
                if how == 0:
                    out.append((rng.choice(letters), at))
                elif how == 1:
                    out += [(char, at), (rng.choice(letters), -1)]
            else:
                out.append((char, at))
        return out

    return edit


def deleted(of: float) -> Callable[[Traced, list[tuple[int, int]], random.Random, str], Traced]:
    """Make an edit that takes paragraphs out."""

    def edit(text: Traced, bounds: list[tuple[int, int]], rng: random.Random, _: str) -> Traced:
        inside = {at for low, high in bounds if rng.random() < of for at in range(low, high)}
        return [each for each in text if each[1] not in inside]

    return edit


def split(text: Traced, bounds: list[tuple[int, int]], rng: random.Random, _: str) -> Traced:
    """Put a line break behind a full stop inside a paragraph."""
    stops = [
        at
        for low, high in bounds
        if rng.random() < 0.3
        for at in [next((at for at, (char, _) in enumerate(text[low:high], low) if char == "。"), -1)]
        if low < at < high - 8
    ]
    out: Traced = []
    for number, each in enumerate(text):
        out.append(each)
        if number in stops:
            out.append(("\n", -1))
    return out


def merged(text: Traced, bounds: list[tuple[int, int]], rng: random.Random, _: str) -> Traced:
    """Take the line break between two neighbouring paragraphs out."""
    gone = {
        at
        for (_, end), (start, _) in pairwise(bounds)
        if rng.random() < 0.2 and all(char.isspace() for char, _ in text[end:start])
        for at in range(end, start)
    }
    return [each for at, each in enumerate(text) if at not in gone]


def moved(text: Traced, bounds: list[tuple[int, int]], rng: random.Random, _: str) -> Traced:
    """Take some paragraphs out and put them behind the last one."""
    chosen = [span for span in bounds if rng.random() < 0.1]
    inside = {at for low, high in chosen for at in range(low, high)}
    rest = [each for at, each in enumerate(text) if at not in inside]
    for low, high in chosen:
        rest += [("\n", -1), *text[low:high]]
    return rest


def several(*edits: Callable[..., Traced]) -> Callable[[Traced, list[tuple[int, int]], random.Random, str], Traced]:
    """Make an edit of several, each on the outcome of the one before; only the last may move paragraphs."""

    def edit(text: Traced, bounds: list[tuple[int, int]], rng: random.Random, letters: str) -> Traced:
        for each in edits:
            where: dict[int, int] = {}
            for number, (_, at) in enumerate(text):
                where[at] = number
            now = [
                (min(found), max(found) + 1)
                for low, high in bounds
                if (found := [where[at] for at in range(low, high) if at in where])
            ]
            before = text
            # The edits count in their own input: traced through it, then back to the first text.
            plain = [(char, number) for number, (char, _) in enumerate(before)]
            text = [(char, before[number][1] if number >= 0 else -1) for char, number in each(plain, now, rng, letters)]
        return text

    return edit


EDITS = (
    *(Edited(f"every text, {percent} % replaced", replaced(percent / 100)) for percent in (1, 5, 10, 20, 30)),
    *(Edited(f"one paragraph in 4, {percent} %", some(percent / 100, 0.25)) for percent in (5, 10, 20, 30, 40)),
    Edited("a tenth of the paragraphs deleted", deleted(0.1)),
    Edited("a third of the paragraphs deleted", deleted(0.33)),
    Edited("split", split),
    Edited("merged", merged),
    Edited("moved", moved),
    Edited("20 % of one in 4, a tenth deleted", several(some(0.2, 0.25), deleted(0.1))),
    Edited("10 % of one in 4, split, merged", several(some(0.1, 0.25), split, merged)),
    Edited("20 % of one in 4, moved", several(some(0.2, 0.25), moved)),
    Edited("30 % of one in 2, a third deleted", several(some(0.3, 0.5), deleted(0.33))),
)


def outcomes(old: Document, new: Document, text: Traced, anchors: Sequence[Anchor]) -> Iterator[str]:
    """Say of every old paragraph what became of it and whether that was found.

    ``right``, ``part`` (not the one that holds most, but one that holds some), ``wrong``, ``missed`` (half or more of
    it stands, but nothing was found), ``rightly gone``, ``lost`` (less than half of it stands; not found),
    ``wrong text`` (called the same, and is not).
    """
    owner = {}
    for number, each in enumerate(new.paragraphs):
        for low, high in each.segments:
            for at in range(low, high):
                if text[at][1] >= 0 and not text[at][0].isspace():
                    owner[text[at][1]] = (number, text[at][0])
    for paragraph, found in zip(old.paragraphs, anchors, strict=True):
        places = [
            at for low, high in paragraph.segments for at in range(low, high) if not old.source.text[at].isspace()
        ]
        held = Counter(owner[at][0] for at in places if at in owner)
        kept = sum(owner[at][1] == old.source.text[at] for at in places if at in owner)
        if found.main is None:
            yield "rightly gone" if not held else "missed" if 2 * kept >= len(places) else "lost"
        elif found.main not in held:
            yield "wrong"
        elif found.kind == "same" and _visible(new.paragraphs[found.main].text) != _visible(paragraph.text):
            yield "wrong text"
        else:
            yield "right" if held[found.main] == max(held.values()) else "part"


def _visible(text: str) -> str:
    return "".join(text.split())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--passages", type=int, default=10_000)
    parser.add_argument("--alone", action="store_true", help="each by its own quotation, nothing known of the others")
    parser.add_argument("--only", default="", metavar="TEXT", help="only edits whose name holds this")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--show", type=int, default=0, metavar="N", help="print N wrong ones")
    options = parser.parse_args()
    documents: list[Document] = []
    held = 0
    for item in read_sources(options.file):
        if isinstance(item, Problem):
            continue
        documents.append(read_document(item))
        held += len(documents[-1].paragraphs)
        if held >= options.passages:
            break
    letters = "".join(char for each in documents[:20] for char in each.source.text if char.isalnum())
    rows = []
    for edited in (each for each in EDITS if options.only in each.name):
        rng = random.Random(f"{options.seed} {edited.name}")
        counts: Counter[str] = Counter()
        took = 0.0
        for document in documents:
            traced: Traced = list(zip(document.source.text, range(len(document.source.text)), strict=True))
            bounds = [(each.start, each.end) for each in document.paragraphs]
            text = edited.apply(traced, bounds, rng, letters)
            now = read_document(SourceText("", "", "utf-8", "".join(char for char, _ in text)))
            started = time.process_time()
            new = Stream(snapshot_of(now))
            before = snapshot_of(document)
            if options.alone:
                anchors = tuple(anchor(before.evidence(at), new) for at in range(len(before.passages)))
            else:
                anchors = follow(Stream(before), new)
            took += time.process_time() - started
            for outcome, paragraph, found in zip(
                outcomes(document, now, text, anchors), document.paragraphs, anchors, strict=True
            ):
                counts[outcome] += 1
                if outcome.startswith("wrong") and options.show > 0:
                    options.show -= 1
                    assert found.main is not None
                    print(found.kind, round(found.similarity, 2), paragraph.text[:70].strip(), "->")
                    print("      ", now.paragraphs[found.main].text[:70].strip())
        rows.append({"edit": edited.name, "passages": held, "seconds": round(took, 2), **counts})
        if options.json:
            print(json.dumps(rows[-1], ensure_ascii=False), flush=True)
        else:
            shown = ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))
            print(f"{edited.name:40} {took:6.2f} s  {shown}", flush=True)


if __name__ == "__main__":
    main()
