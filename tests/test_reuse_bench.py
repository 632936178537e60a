"""Planted copies are found, and decoys are not."""

from __future__ import annotations

import random
from collections import Counter

from benchmarks.reuse import DECOY, KINDS, change, measure, measure_clusters, moved, plant, planted
from indexer.copying import REUSED
from tests.conftest import SEEDS


def test_copies_with_a_fifth_changed_or_sentences_moved_are_found_and_nothing_else() -> None:
    with planted(SEEDS, 12) as (backend, known, originals):
        counts = Counter(kind for kind, _ in known.values())
        found = measure(backend, known, originals)
        assert len(originals) == 12
        assert counts[DECOY] >= 10
        for kind in set(KINDS) - {"25% changed", "30% changed"}:
            assert found.copies[kind] == counts[kind] > 0, kind
        assert found.copies["30% changed"] < counts["30% changed"]
        assert found.precision >= 0.95
        by_shingles = measure(backend, known, originals, REUSED, None)
        assert by_shingles.copies["20% changed"] < counts["20% changed"]
        loose = measure(backend, known, originals, 0.3, None)
        assert loose.decoys > found.decoys == 0
        clusters = measure_clusters(backend, known, originals)
        assert clusters.copies["10% changed"] == counts["10% changed"]
        assert clusters.held >= 0.9 * clusters.exact > 0
        assert clusters.right >= 0.95 * clusters.members > 0
        assert clusters.copies[DECOY] <= 1


def test_as_much_is_changed_as_is_said() -> None:
    text = "落实控辍保学责任，确保三年巩固率达标。完善随迁子女就学政策。加强学籍管理。"
    changed = change(text, 0.2, "囗", random.Random(3))
    assert changed != text
    assert changed.count("囗") == 4  # of seven changes three leave out
    assert sorted(moved(text, random.Random(3)) or "") == sorted(text)
    assert moved("落实控辍保学责任。", random.Random(3)) is None
    assert {kind for kind, *_ in plant([text, text[::-1]])} <= {*KINDS, DECOY}
