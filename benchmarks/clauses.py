"""How well a pasted clause finds its passage when it was changed: sentences of a corpus, disturbed in known ways.

    .venv/bin/python -m benchmarks.clauses [PATH ...] [--sentences 100]

A passage counts as found first if the first match is the planted sentence: its window and the sentence overlap by half
of what both cover (intersection over union), or both hold the same letters (sentences that several texts share).
Random numbers are seeded: the same corpus gives the same table.
"""

from __future__ import annotations

import argparse
import random
import re
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from opencc import OpenCC

from indexer import clause_search
from indexer.analysis import HAN
from indexer.backend import SearchBackend, open_backend
from indexer.clause_search import Match, search_clause
from indexer.diff import cut_pieces
from indexer.errors import ParameterError
from indexer.fold import fold_characters
from indexer.models import Paragraph, Span
from indexer.pipeline import build

ROOT = Path(__file__).parent.parent
_SENTENCE = re.compile(r"[^。；！？\n]+[。；！？]?")
_HAN = re.compile(f"[{HAN}]")
# Shorter ones say what many places say (全力维护社会稳定。): which of them is planted cannot be told.
SHORTEST, LONGEST = 25, 200

Disturb = Callable[[str, random.Random, str], str]


@dataclass(frozen=True, slots=True)
class Planted:
    """A sentence, and the paragraph that it was taken from."""

    paragraph: Paragraph
    span: Span

    @property
    def text(self) -> str:
        return self.paragraph.text[slice(*self.span)]


def changed(share: float) -> Disturb:
    """Put other characters of the corpus in the place of some Han characters."""

    def disturb(text: str, generator: random.Random, others: str) -> str:
        places = [at for at, char in enumerate(text) if _HAN.match(char)]
        chosen = set(generator.sample(places, round(share * len(places))))
        return "".join(generator.choice(others) if at in chosen else char for at, char in enumerate(text))

    return disturb


def dropped(share: float) -> Disturb:
    """Leave out some of the words."""

    def disturb(text: str, generator: random.Random, _: str) -> str:
        words = [text[start:end] for start, end in cut_pieces(text)]
        gone = set(generator.sample(range(len(words)), round(share * len(words))))
        return "".join(word for at, word in enumerate(words) if at not in gone)

    return disturb


def inserted(share: float) -> Disturb:
    """Put two characters of the corpus behind some of the words."""

    def disturb(text: str, generator: random.Random, others: str) -> str:
        words = [text[start:end] for start, end in cut_pieces(text)]
        behind = set(generator.sample(range(len(words)), round(share * len(words))))
        made = (
            word + "".join(generator.choices(others, k=2)) if at in behind else word for at, word in enumerate(words)
        )
        return "".join(made)

    return disturb


def moved(text: str, _: random.Random, __: str) -> str:
    """Exchange the halves, at the comma next to the middle if there is one."""
    body = text.rstrip("。；！？")
    commas = [match.end() for match in re.finditer("[，、,]", body)] or [len(body) // 2]
    at = min(commas, key=lambda place: abs(place - len(body) // 2))
    return body[at:] + "，" + body[:at].rstrip("，、,") + "。"


def repunctuated(text: str, generator: random.Random, _: str) -> str:
    """Use other signs, and break the lines every 20 characters."""
    bare = re.sub(r"[，。；、]", lambda _: generator.choice(["", " ", ",", "；"]), text)
    return "\r\n".join(bare[at : at + 20] for at in range(0, len(bare), 20))


def traditional(text: str, _: random.Random, __: str) -> str:
    """Write it in Traditional characters, with Taiwan's words for the same."""
    return str(OpenCC("s2twp").convert(text))


def both(first: Disturb, second: Disturb) -> Disturb:
    return lambda text, generator, others: second(first(text, generator, others), generator, others)


DISTURBED: dict[str, Disturb] = {
    "as published": lambda text, *_: text,
    "other signs, broken lines": repunctuated,
    "Traditional": traditional,
    "5 % of characters changed": changed(0.05),
    "10 % of characters changed": changed(0.1),
    "20 % of characters changed": changed(0.2),
    "30 % of characters changed": changed(0.3),
    "40 % of characters changed": changed(0.4),
    "20 % of words left out": dropped(0.2),
    "40 % of words left out": dropped(0.4),
    "20 % of words followed by others": inserted(0.2),
    "40 % of words followed by others": inserted(0.4),
    "halves exchanged": moved,
    "Traditional, 20 % changed": both(traditional, changed(0.2)),
    "halves exchanged, 20 % changed": both(moved, changed(0.2)),
}


def plant(backend: SearchBackend, count: int, generator: random.Random) -> tuple[list[Planted], str]:
    """Choose sentences, and return them with the characters that disturb: the Han characters of the corpus."""
    sentences: list[Planted] = []
    characters: list[str] = []
    for summary in backend.documents():
        for paragraph in backend.document(summary.id).paragraphs:
            characters.append(paragraph.text)
            for match in _SENTENCE.finditer(paragraph.text):
                if len(_HAN.findall(match.group())) >= SHORTEST and len(match.group()) <= LONGEST:
                    sentences.append(Planted(paragraph, match.span()))
    chosen = generator.sample(sentences, min(count, len(sentences)))
    return chosen, "".join(_HAN.findall("".join(generator.sample(characters, min(500, len(characters))))))


def letters(text: str) -> str:
    return re.sub(r"[\W_]", "", fold_characters(text))


def overlap(planted: Planted, match: Match) -> float:
    """Return the intersection over union of the window and the sentence; 1 for the same letters elsewhere."""
    if letters(match.hit.paragraph.text[slice(*match.window)]) == letters(planted.text):
        return 1.0
    if match.hit.paragraph.text != planted.paragraph.text:
        return 0.0
    (a, b), (c, d) = planted.span, match.window
    return max(0, min(b, d) - max(a, c)) / (max(b, d) - min(a, c))


def rows(
    backend: SearchBackend, planted: Sequence[Planted], others: str, seed: int, only: str, verbose: bool
) -> list[list[str]]:
    """Search every sentence, disturbed in every way; one row of the table each."""
    table = []
    for name, disturb in ((name, disturb) for name, disturb in DISTURBED.items() if only in name):
        generator = random.Random(seed)
        kinds: list[str] = []
        first, anywhere, overlaps, shares, times = 0, 0, [], [], []
        for sentence in planted:
            clause = disturb(sentence.text, generator, others)
            started = time.process_time()
            try:
                found = search_clause(backend, clause)
            except ParameterError:
                continue
            times.append(1000 * (time.process_time() - started))
            best = [overlap(sentence, match) for match in found.matches]
            anywhere += any(each >= 0.5 for each in best)
            if best and best[0] >= 0.5:
                first += 1
                overlaps.append(best[0])
                shares.append(found.matches[0].share)
                kinds.append(found.matches[0].kind)
            elif verbose:
                print(f"{name}: {clause!r}\n  of {sentence.text!r}")
                for match, each in zip(found.matches[:2], best, strict=False):
                    window = match.hit.paragraph.text[slice(*match.window)]
                    print(f"  {match.kind} {match.share:.2f} {each:.2f} {window!r}")
        count = len(times)
        table.append(
            [
                name,
                f"{100 * first / count:.0f} %",
                f"{100 * anywhere / count:.0f} %",
                " / ".join(str(kinds.count(kind)) for kind in ("same", "near", "loose")),
                f"{statistics.mean(shares):.2f}" if shares else "",
                f"{statistics.mean(overlaps):.2f}" if overlaps else "",
                f"{statistics.median(times):.0f}",
                f"{max(times):.0f}",
            ]
        )
    return table


def main() -> None:
    """Print the table, in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="*", type=Path, default=[ROOT / "seeds"], metavar="PATH")
    parser.add_argument("--index", type=Path, help="an index that exists, instead of PATH")
    parser.add_argument("--sentences", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rarest", type=int, default=clause_search.RAREST, help="words that candidates are found by")
    parser.add_argument("--only", help="rows whose name holds this")
    parser.add_argument("--verbose", action="store_true", help="what was not found first, and what was")
    options = parser.parse_args()
    clause_search.RAREST = options.rarest
    with tempfile.TemporaryDirectory() as folder:
        if options.index is None:
            build(options.paths, Path(folder))
        backend = open_backend(options.index or Path(folder))
        planted, others = plant(backend, options.sentences, random.Random(options.seed))
        search_clause(backend, planted[0].text)  # opens the index and the dictionary
        corpus = backend.corpus()
        print(f"{len(planted)} sentences of {corpus.documents:,} documents, {corpus.paragraphs:,} paragraphs\n")
        print("| disturbed | first | found | same / near / loose | share | overlap | ms, median | ms, most |")
        print("| --- | --- | --- | --- | --- | --- | --- | --- |")
        for row in rows(backend, planted, others, options.seed, options.only or "", options.verbose):
            print("| " + " | ".join(row) + " |", flush=True)
        backend.close()


if __name__ == "__main__":
    main()
