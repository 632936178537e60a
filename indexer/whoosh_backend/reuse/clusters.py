"""The clusters of nearly the same paragraphs of a build: found over all its segments, kept as ``reuse`` in its folder.

Clusters are of the corpus as it is, so each build finds its own. What two texts are to each other does not change, so
each build takes over what the one before compared: texts are known there by their fingerprints, whatever number or
segment they have now.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer.errors import IndexBrokenError
from indexer.resemblance import Sketch, mixed, skeleton
from indexer.whoosh_backend.arrays import Mask
from indexer.whoosh_backend.codec.container import ArrayFile, ArrayWriter
from indexer.whoosh_backend.reuse.candidates import Pairs, candidate_pairs
from indexer.whoosh_backend.reuse.stars import UNKNOWN, Verdicts, stars

REUSE = "reuse"
"""The file in the folder of a build."""
SHORTEST = 30
"""Letters of a paragraph that is put into a cluster: a shorter one is a formula, or what anybody would write."""


_KEPT = 500_000
"""Texts that are kept while they are compared: some 150 MB."""
_AT_ONCE = 5_000
_SHORTER = 0.4
"""What half of the shingles in common takes is half of the length, or a little less where a text repeats itself."""

ReadFolded = Callable[[Sequence[int]], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Compared:
    """What was found of pairs of texts: a number made of their fingerprints, ascending, and whether they are copies."""

    pairs: NDArray[np.uint64]
    copies: NDArray[np.bool_]

    def verdicts(self, wanted: NDArray[np.uint64]) -> Verdicts:
        """Return what is known of pairs."""
        if not len(self.pairs):
            return np.full(len(wanted), UNKNOWN, np.int8)
        at = np.minimum(np.searchsorted(self.pairs, wanted), len(self.pairs) - 1)
        return np.where(self.pairs[at] == wanted, self.copies[at].astype(np.int8), np.int8(UNKNOWN)).astype(np.int8)


NOTHING = Compared(np.empty(0, np.uint64), np.empty(0, np.bool_))


@dataclass(frozen=True, slots=True)
class Columns:
    """Of each paragraph of a build, deleted ones too: fingerprint, sketch, letters, and whether it is alive."""

    fingerprints: NDArray[np.uint64]
    sketches: Sketch
    letters: NDArray[np.int32]
    alive: Mask


@dataclass(frozen=True, slots=True)
class Clusters:
    """Clusters of paragraphs by number: cluster ``n`` is ``members[starts[n] : starts[n + 1]]``, ascending.

    ``centres`` has the paragraph of each that the others are copies of. Clusters stand in the order of their centres.
    """

    members: NDArray[np.int32]
    starts: NDArray[np.int32]
    centres: NDArray[np.int32]


def find_clusters(columns: Columns, read: ReadFolded, known: Compared = NOTHING) -> tuple[Clusters, Compared]:
    """Cluster the paragraphs of a build that are copies of one of them, and return what was compared for it.

    ``read`` gives the folded texts of paragraphs by number. The clusters are the same in whatever segments the
    paragraphs stand, but for which of equal texts is the centre.
    """
    long = np.flatnonzero((columns.letters >= SHORTEST) & columns.alive)
    # From here on a text is the first of its equals, numbered in the order of fingerprints.
    prints, firsts, texts = np.unique(columns.fingerprints[long], return_index=True, return_inverse=True)
    firsts = long[firsts]
    pairs, agreeing = candidate_pairs(columns.sketches[firsts])
    comparable = _comparable(columns.letters[firsts], pairs)
    pairs, agreeing = pairs[comparable], agreeing[comparable]
    keys = _keys(prints, pairs)
    verdicts = known.verdicts(keys)
    skeletons = _Skeletons(read, firsts)
    unknown = verdicts == UNKNOWN
    if 2 * np.count_nonzero(unknown) > len(pairs):  # most will be asked for: a first build, not an update
        skeletons.ahead(np.unique(pairs[unknown]))
    found = stars(pairs, agreeing, verdicts, len(firsts), skeletons.of)
    cluster = np.full(len(firsts), -1, np.int64)
    centres = firsts.copy()
    for star in found:
        cluster[[star.centre, *star.others]] = star.centre
    alone = np.flatnonzero((cluster < 0) & (np.bincount(texts, minlength=len(firsts)) > 1))
    cluster[alone] = alone
    return _in_order(long, cluster[texts], centres), _sorted(keys, verdicts)


def _comparable(letters: NDArray[np.int32], pairs: Pairs) -> Mask:
    """Tell pairs of which one text is not so short that it shares less than half of the other, whatever it says."""
    ours, theirs = letters[pairs[:, 0]], letters[pairs[:, 1]]
    return np.minimum(ours, theirs) >= _SHORTER * np.maximum(ours, theirs)


class _Skeletons:
    """The skeletons of texts, read when first asked for, or many beforehand, in the order of paragraphs.

    Paragraphs are stored in blocks, so that one by one takes ten times as long.
    """

    def __init__(self, read: ReadFolded, paragraphs: NDArray[np.intp]) -> None:
        self._read = read
        self._paragraphs = paragraphs
        self._held: dict[int, str] = {}

    def ahead(self, texts: NDArray[np.int64]) -> None:
        """Read texts that will be asked for, as many as are kept."""
        texts = texts[np.argsort(self._paragraphs[texts])][:_KEPT]
        for at in range(0, len(texts), _AT_ONCE):
            self._fetch(texts[at : at + _AT_ONCE].tolist())

    def of(self, texts: Sequence[int]) -> list[str]:
        """Return the skeletons of texts."""
        if len(self._held) > _KEPT:
            self._held.clear()
        missing = [text for text in texts if text not in self._held]
        if missing:
            self._fetch(missing)
        return [self._held[text] for text in texts]

    def _fetch(self, texts: Sequence[int]) -> None:
        folded = self._read(self._paragraphs[list(texts)].tolist())
        self._held.update(zip(texts, map(skeleton, folded), strict=True))


def _in_order(long: NDArray[np.intp], cluster: NDArray[np.int64], centres: NDArray[np.intp]) -> Clusters:
    """Put paragraphs together by cluster, and the clusters in the order of their centres."""
    clustered = cluster >= 0
    members, of = long[clustered], centres[cluster[clustered]]
    order = np.lexsort([members, of])
    members, of = members[order], of[order]
    centres, starts = np.unique(of, return_index=True)
    starts = np.append(starts, len(members))
    return Clusters(members.astype(np.int32), starts.astype(np.int32), centres.astype(np.int32))


def _keys(prints: NDArray[np.uint64], pairs: Pairs) -> NDArray[np.uint64]:
    """Name pairs of texts by a number of 64 bits, which two pairs in a thousand million share once in 40 times."""
    low, high = prints[pairs[:, 0]], prints[pairs[:, 1]]  # prints ascend: the same pair is named alike everywhere
    return mixed(low ^ mixed(high))


def _sorted(keys: NDArray[np.uint64], verdicts: Verdicts) -> Compared:
    told = verdicts != UNKNOWN
    keys, verdicts = keys[told], verdicts[told]
    order = np.argsort(keys)
    return Compared(keys[order], verdicts[order] == 1)


def write_clusters(path: Path, clusters: Clusters, compared: Compared) -> None:
    """Write the clusters of a build, and what was compared for them."""
    with ArrayWriter(path) as writer:
        writer.add("members", clusters.members)
        writer.add("starts", clusters.starts)
        writer.add("centres", clusters.centres)
        writer.add("rules", np.array([_rules()], np.uint64))
        writer.add("compared", compared.pairs)
        writer.add("copies", compared.copies.view(np.uint8))


def read_clusters(path: Path, paragraphs: int) -> Clusters:
    """Open the clusters of a build of so many paragraphs; raises ``IndexBrokenError``."""
    file = ArrayFile(path)
    clusters = Clusters(file["members"], file["starts"], file["centres"])
    ends = clusters.starts[[0, -1]].tolist() if len(clusters.starts) else []
    numbers = [clusters.members, clusters.centres]
    inside = all(each.min(initial=0) >= 0 and each.max(initial=-1) < paragraphs for each in numbers)
    if ends != [0, len(clusters.members)] or len(clusters.starts) != len(clusters.centres) + 1 or not inside:
        raise IndexBrokenError(f"{path}: is damaged (clusters of what is not there); run `yaodian index --rebuild`")
    return clusters


def read_compared(path: Path) -> Compared:
    """Return what a build compared, nothing where that cannot be read or was compared by other rules."""
    try:
        file = ArrayFile(path)
        if file["rules"].tolist() != [_rules()]:
            return NOTHING
        return Compared(file["compared"], file["copies"].view(np.bool_))
    except IndexBrokenError:
        return NOTHING


@cache
def _rules() -> int:
    """Digest the code that says what a copy is: what was compared by other code must be compared again."""
    root = resources.files("indexer")
    code = b"\0".join((root / name).read_bytes() for name in ("alignment.py", "copying.py", "resemblance.py"))
    return int.from_bytes(hashlib.sha256(code).digest()[:8])
