"""How surely text that was used again is found: copies are planted, changed more and more, and asked for.

    .venv/bin/python -m benchmarks.reuse [CORPUS] [--paragraphs N]

Of paragraphs drawn from a corpus (``seeds/``, or documents that the reader takes), copies are planted as further
documents: with 1 to 30 % of their characters changed (a third each replaced, left out, and added, by characters of the
corpus), with their sentences in another order, and with both. Beside them stand decoys that are half one paragraph and
half another, and are no copy of either. ``similar`` is asked for each original: recall is the share of its copies that
are reported, and whatever is reported that is no copy of it is false, also what the corpus itself says twice.

Of the clusters of the whole corpus it is asked how many of the copies stand in one with their original; and, all
paragraphs compared with the originals one by one, how many of those that are copies of it (``copying.is_copy``) a
cluster has, and how many of its other paragraphs are such copies.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from indexer.backend import SearchBackend, open_backend
from indexer.compare import HasClusters, similar
from indexer.copying import ALIGNED, REUSED, Letters, is_copy
from indexer.models import Paragraph
from indexer.pipeline import build
from indexer.whoosh_backend.reuse.clusters import SHORTEST as SHORTEST_CLUSTERED

ROOT = Path(__file__).parent.parent
CHANGED = (0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3)
WAYS = ((REUSED, ALIGNED), (REUSED, 0.7), (REUSED, 0.85), (0.4, None), (REUSED, None), (0.6, None), (0.9, None))
"""Shares of shingles, and shares of characters in the same order that do instead (``copying.is_copy``)."""
SHORTEST, LONGEST = 60, 1500
"""Characters of the paragraphs that are drawn: shorter ones are one sentence, and longer ones several paragraphs."""
DECOY = "half another"
KINDS = (*(f"{share:.0%} changed" for share in CHANGED), "sentences moved", "moved, 5% changed")
_SENTENCE = re.compile(r"[^。；]+[。；]?")


@dataclass(slots=True)
class Found:
    """What was reported at one share: copies by kind, and what is no copy."""

    copies: Counter[str] = field(default_factory=Counter)
    decoys: int = 0
    others: int = 0

    @property
    def precision(self) -> float:
        """The share of what was reported that is a copy; 1 where nothing was."""
        right = self.copies.total()
        return right / (right + self.decoys + self.others) if right + self.decoys + self.others else 1.0


def change(text: str, share: float, alphabet: str, rng: random.Random) -> str:
    """Change a share of the characters, at least one: a third each replaced, left out, and followed by another.

    >>> changed = change("落实控辍保学责任，确保三年巩固率达标。", 0.1, "教", random.Random(1))
    >>> changed != "落实控辍保学责任，确保三年巩固率达标。", abs(len(changed) - 19) <= 2
    (True, True)
    """
    characters = list(text)
    for turn, at in enumerate(rng.sample(range(len(text) - 1), max(1, round(share * len(text))))):
        other = rng.choice(alphabet)
        characters[at] = ("", other, characters[at] + other)[turn % 3]
    return "".join(characters)


def moved(text: str, rng: random.Random) -> str | None:
    """Put the sentences of a text in another order; ``None`` where it has fewer than three."""
    sentences = _SENTENCE.findall(text)
    if len(sentences) < 3:
        return None
    order = sentences[:]
    while order == sentences:
        rng.shuffle(order)
    return "".join(order)


def plant(paragraphs: Sequence[str], seed: int = 7) -> list[tuple[str, int, str]]:
    """Make the copies and decoys of texts: kind, number of the original, text."""
    rng = random.Random(seed)
    alphabet = "".join(filter(str.isalpha, "".join(paragraphs)))
    made: list[tuple[str, int, str]] = []
    for number, text in enumerate(paragraphs):
        made += [(f"{share:.0%} changed", number, change(text, share, alphabet, rng)) for share in CHANGED]
        turned = moved(text, rng)
        if turned:
            made.append(("sentences moved", number, turned))
            made.append(("moved, 5% changed", number, change(turned, 0.05, alphabet, rng)))
        other = paragraphs[number - 1]
        made.append((DECOY, number, text[: len(text) // 2] + other[len(other) // 2 :]))
    return made


@contextmanager
def planted(corpus: Path, count: int) -> Iterator[tuple[SearchBackend, dict[str, tuple[str, int]], list[Paragraph]]]:
    """Index a corpus with copies: the kind and original of each copy by its id, and the originals."""
    with tempfile.TemporaryDirectory() as folder:
        plain, whole, copies = (Path(folder) / name for name in ("plain", "whole", "copies.jsonl"))
        build([corpus], plain)
        backend = open_backend(plain)
        every = [paragraph for each in backend.documents() for paragraph in backend.document(each.id).paragraphs]
        backend.close()
        # What spans several lines would not be read as one paragraph again.
        fit = [each for each in every if SHORTEST <= len(each.text) <= LONGEST and len(each.segments) == 1]
        drawn = random.Random(7).sample(fit, min(count, len(fit)))
        made = plant([each.text.strip() for each in drawn])
        with copies.open("w", encoding="utf-8") as file:
            for at, (_, _, text) in enumerate(made):
                file.write(json.dumps({"title": f"抄件{at}", "text": f"抄件{at}\n\n{text}"}, ensure_ascii=False) + "\n")
        build([corpus, copies], whole)
        backend = open_backend(whole)
        try:
            yield backend, _known(backend, made), drawn
        finally:
            backend.close()


def _known(backend: SearchBackend, made: Sequence[tuple[str, int, str]]) -> dict[str, tuple[str, int]]:
    """Find the copies in the index; those that the reader cut otherwise are left out."""
    by_text = {text.strip(): (kind, number) for kind, number, text in made}
    return {
        paragraph.id: by_text[paragraph.text.strip()]
        for each in backend.documents()
        if each.metadata.title.startswith("抄件")
        for paragraph in backend.document(each.id).paragraphs
        if paragraph.text.strip() in by_text
    }


def measure(
    backend: SearchBackend,
    known: dict[str, tuple[str, int]],
    originals: Sequence[Paragraph],
    share: float = REUSED,
    aligned: float | None = ALIGNED,
) -> Found:
    """Ask for what is like each original, and count what is reported."""
    found = Found()
    for number, original in enumerate(originals):
        for each in similar(backend, original.id, share, aligned):
            kind, origin = known.get(each.paragraph.id, ("", -1))
            if origin != number:
                found.others += 1
            elif kind == DECOY:
                found.decoys += 1
            else:
                found.copies[kind] += 1
    return found


@dataclass(slots=True)
class Clustered:
    """Of the originals: copies by kind that stand with them in a cluster, and all that do, against all that might."""

    copies: Counter[str] = field(default_factory=Counter)
    exact: int = 0
    """Paragraphs that are copies of an original, found by comparing all."""
    held: int = 0
    """Of these, those in its cluster."""
    members: int = 0
    """Paragraphs in clusters of originals, those aside."""
    right: int = 0
    """Of these, those that are copies of the original; the others are copies of the centre alone."""


def measure_clusters(
    backend: SearchBackend, known: dict[str, tuple[str, int]], originals: Sequence[Paragraph]
) -> Clustered:
    """Hold the clusters against the copies that were planted, and against comparing every paragraph."""
    assert isinstance(backend, HasClusters)
    found = Clustered()
    every = [paragraph for each in backend.documents() for paragraph in backend.document(each.id).paragraphs]
    letters = [(each.id, Letters.of(each.folded)) for each in every]
    letters = [(identity, each) for identity, each in letters if len(each.skeleton) >= SHORTEST_CLUSTERED]
    for number, original in enumerate(originals):
        cluster = backend.cluster(original.id, slice(None))
        members = {each.id for _, each in cluster.members} - {original.id} if cluster else set()
        ours = Letters.of(original.folded)
        if len(ours.skeleton) < SHORTEST_CLUSTERED:
            continue
        copies = {identity for identity, theirs in letters if is_copy(ours, theirs)} - {original.id}
        found.exact += len(copies)
        found.held += len(copies & members)
        found.members += len(members)
        found.right += len(members & copies)
        found.copies.update(kind for kind, of in (known[each] for each in members & known.keys()) if of == number)
    return found


def main() -> None:
    """Print the figures as tables: a row a way of telling copies, and the clusters."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path, nargs="?", default=ROOT / "seeds")
    parser.add_argument("--paragraphs", type=int, default=100, help="originals that are drawn (100)")
    options = parser.parse_args()
    with planted(options.corpus, options.paragraphs) as (backend, known, originals):
        counts = Counter(kind for kind, _ in known.values())
        kinds = [kind for kind in KINDS if counts[kind]]
        print(f"{len(originals)} originals, {counts.total() - counts[DECOY]} copies, {counts[DECOY]} decoys\n")
        print("| shingles, order | " + " | ".join(kinds) + " | false: decoys | false: other | precision |")
        print("| --- " * (len(kinds) + 4) + "|")
        for share, aligned in WAYS:
            found = measure(backend, known, originals, share, aligned)
            print(
                f"| {share}, {aligned or 'any'} | {_recalls(found.copies, counts, kinds)} | {found.decoys} "
                f"| {found.others} | {found.precision:.3f} |",
                flush=True,
            )
        clusters = measure_clusters(backend, known, originals)
        print(
            f"| clusters | {_recalls(clusters.copies, counts, kinds)} | {clusters.copies[DECOY]} | | |\n\n"
            f"Clusters: of {clusters.exact} copies {clusters.held} stand with their original; of {clusters.members} "
            f"that stand with one {clusters.right} are copies of it, the others of the centre."
        )


def _recalls(found: Counter[str], counts: Counter[str], kinds: Sequence[str]) -> str:
    return " | ".join(f"{found[kind] / counts[kind]:.2f}" for kind in kinds)


if __name__ == "__main__":
    main()
