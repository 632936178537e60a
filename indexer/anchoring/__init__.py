"""Finding a paragraph again when its document has changed: see docs/decisions/anchoring.md."""

from __future__ import annotations

from indexer.anchoring.align import anchor, follow
from indexer.anchoring.anchors import Anchor, Part
from indexer.anchoring.snapshot import Evidence, Passage, Snapshot, evidence_of, snapshot_of, with_passage
from indexer.anchoring.stream import Stream

__all__ = [
    "Anchor",
    "Evidence",
    "Part",
    "Passage",
    "Snapshot",
    "Stream",
    "anchor",
    "evidence_of",
    "follow",
    "snapshot_of",
    "with_passage",
]
