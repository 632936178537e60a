"""Which texts of a corpus are worth comparing: those whose sketches agree in part, found without looking at all pairs.

Locality-sensitive hashing in bands (Indyk and Motwani 1998; Leskovec, Rajaraman and Ullman, "Mining of massive
datasets", 3.4): texts that agree in three given numbers of their sketches fall into one bucket.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from indexer.resemblance import SKETCH, Sketch

BANDS = 96
"""Threes of numbers that are looked at. Texts that share half of their shingles agree in 16 of 32 numbers and fall into
one bucket all but surely, those that share a third agree in 11 and do in 97 of 100 cases (drawn at random)."""
LEAST = 9
"""Numbers that must agree. Of 7,904 pairs of copies among 100,000 lines of reports and regulations 23 have fewer, and
to find those twice as many pairs would have to be compared."""
CROWDED = 32
"""In a bucket of more, a text is paired with the next so many and with the leading ones, not with all."""
LEADING = 8
_CHUNK = 1 << 20
_AT_ONCE = 1 << 14

Pairs = NDArray[np.int64]
"""Pairs of texts by their numbers, the smaller first, shape ``(n, 2)``."""


def candidate_pairs(sketches: Sketch) -> tuple[Pairs, NDArray[np.uint8]]:
    """Return the pairs of texts of which ``LEAST`` numbers agree, each once, and how many do.

    >>> from indexer.resemblance import sketches
    >>> text = "落实以居住证为主要依据的随迁子女义务教育就学政策"
    >>> pairs, agreeing = candidate_pairs(sketches([text, "加强学校食堂食品安全管理", text + "确保入学"]))
    >>> pairs.tolist(), bool(agreeing[0] > 16)
    ([[0, 2]], True)
    """
    count = len(sketches)
    columns, rows = np.ascontiguousarray(sketches.T), np.ascontiguousarray(sketches)
    found = np.empty(0, np.int64)
    waiting: list[NDArray[np.int64]] = []
    for band in _bands():
        for firsts, seconds in _bucketed(columns[band]):
            for at in range(0, len(firsts), _CHUNK):
                ours, theirs = firsts[at : at + _CHUNK], seconds[at : at + _CHUNK]
                good = _agreeing(rows, ours, theirs) >= LEAST
                ours, theirs = ours[good], theirs[good]
                waiting.append(np.minimum(ours, theirs) * count + np.maximum(ours, theirs))
        if sum(map(len, waiting)) > max(_CHUNK, len(found)):
            found, waiting = np.unique(np.concatenate([found, *waiting])), []
    found = np.unique(np.concatenate([found, *waiting]))
    pairs = np.stack(np.divmod(found, max(1, count)), axis=1)
    return pairs, _agreeing(rows, pairs[:, 0], pairs[:, 1])


def _bands() -> NDArray[np.intp]:
    """Return the threes of numbers, shape ``(BANDS, 3)``: each number is in as many as any other, nearly."""
    chance = np.random.default_rng(1998)
    orders = [chance.permutation(SKETCH)[: SKETCH // 3 * 3].reshape(-1, 3) for _ in range(-(-BANDS // (SKETCH // 3)))]
    return np.concatenate(orders)[:BANDS]


def _bucketed(band: NDArray[np.uint8]) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Yield pairs of texts that agree in a band; ``band`` has its three numbers, shape ``(3, texts)``."""
    keys = band[0].astype(np.uint64) << np.uint64(16) | band[1].astype(np.uint64) << np.uint64(8) | band[2]
    ordered = np.sort(keys << np.uint64(32) | np.arange(band.shape[1], dtype=np.uint64))
    keys, texts = ordered >> np.uint64(32), (ordered & np.uint64(0xFFFFFFFF)).astype(np.int64)
    starts = np.flatnonzero(np.append(True, keys[1:] != keys[:-1])) if len(keys) else np.empty(0, np.intp)
    lengths = np.diff(np.append(starts, len(texts)))
    following = np.repeat(starts + lengths, lengths) - np.arange(len(texts)) - 1
    standing = np.flatnonzero(following)
    for distance in range(1, CROWDED + 1):
        standing = standing[following[standing] >= distance]
        if not len(standing):
            return
        yield texts[standing], texts[standing + distance]
    crowded = lengths > CROWDED
    for start, length in zip(starts[crowded].tolist(), lengths[crowded].tolist(), strict=True):
        inside = texts[start : start + length]
        leading = inside[:: -(-length // LEADING)]
        ours, theirs = np.repeat(leading, length), np.tile(inside, len(leading))
        yield ours[ours != theirs], theirs[ours != theirs]


def _agreeing(sketches: Sketch, ours: NDArray[np.int64], theirs: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Count the numbers of which pairs of sketches agree."""
    agreeing = np.empty(len(ours), np.uint8)
    for at in range(0, len(ours), _AT_ONCE):
        part = slice(at, at + _AT_ONCE)
        same = sketches.take(ours[part], axis=0) == sketches.take(theirs[part], axis=0)
        # Eight truths are a number of 64 bits: four are added, then their octets summed by a multiplication.
        packed = same.view(np.uint64).sum(axis=1, dtype=np.uint64)
        agreeing[part] = packed * np.uint64(0x0101010101010101) >> np.uint64(56)
    return agreeing
