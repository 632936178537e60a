"""Planted copies are found, and decoys are not."""

from __future__ import annotations

import random
from collections import Counter

from benchmarks.reuse import DECOY, KINDS, change, measure, moved, plant, planted
from indexer.compare.reuse import REUSED
from tests.conftest import SEEDS


def test_copies_with_a_tenth_changed_or_sentences_moved_are_found_and_nothing_else() -> None:
    with planted(SEEDS, 12) as (backend, known, originals):
        counts = Counter(kind for kind, _ in known.values())
        found = measure(backend, known, originals, REUSED)
        assert len(originals) == 12
        assert counts[DECOY] >= 10
        for kind in set(KINDS) - {"15% changed", "20% changed"}:
            assert found.copies[kind] == counts[kind] > 0, kind
        assert found.copies["20% changed"] < counts["20% changed"]
        assert found.precision >= 0.95
        loose = measure(backend, known, originals, 0.3)
        assert loose.decoys > found.decoys == 0
        assert loose.copies["20% changed"] > found.copies["20% changed"]


def test_as_much_is_changed_as_is_said() -> None:
    text = "落实控辍保学责任，确保三年巩固率达标。完善随迁子女就学政策。加强学籍管理。"
    changed = change(text, 0.2, "囗", random.Random(3))
    assert changed != text
    assert changed.count("囗") == 4  # of seven changes three leave out
    assert sorted(moved(text, random.Random(3)) or "") == sorted(text)
    assert moved("落实控辍保学责任。", random.Random(3)) is None
    assert {kind for kind, *_ in plant([text, text[::-1]])} <= {*KINDS, DECOY}
