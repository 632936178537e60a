"""Text that is used again over a whole corpus: clusters of paragraphs that are copies of one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from indexer.backend import DocumentSummary, Spread
from indexer.models import Paragraph
from indexer.query import Filters


@dataclass(frozen=True, slots=True)
class Cluster:
    """Paragraphs that are copies of one of them, those that were said first first; ``members`` may be some of them.

    ``years`` has every year with the number of documents of it, ``None`` (no year named) last; ``places`` every place
    as province, city and district, the one with most documents first, of equal ones as the state lists
    them; where none is named last.
    """

    spread: Spread
    letters: int
    years: tuple[tuple[int | None, int], ...]
    places: tuple[tuple[tuple[str | None, str | None, str | None], int], ...]
    members: tuple[tuple[DocumentSummary, Paragraph], ...]


@dataclass(frozen=True, slots=True)
class ClusterPage:
    """Some clusters of many: ``total`` says how many there are, ``elsewhere`` how many with the other ``within``."""

    clusters: tuple[Cluster, ...]
    total: int
    elsewhere: int


@runtime_checkable
class HasClusters(Protocol):
    """A backend that knows the clusters of its corpus."""

    def clusters(self, filters: Filters, wanted: slice, *, within: bool, shown: int) -> ClusterPage:
        """Return clusters of which a document passes the filters, those of most places first, then the longest.

        ``within`` asks for those inside one document, else for those of several. Of each, the first ``shown``
        members are read.
        """

    def cluster(self, paragraph_id: str, wanted: slice) -> Cluster | None:
        """Return the cluster of a paragraph with the wanted members, ``None`` if it is in none.

        Raises ``UnknownIdError``.
        """

    def spreads(self, paragraph_ids: Sequence[str]) -> Sequence[Spread | None]:
        """Return how far the texts of paragraphs are spread; ``None`` for what stands in one document only."""
