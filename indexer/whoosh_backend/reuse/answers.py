"""What is asked of the clusters of a build: a page of them, one of them, how far the text of a paragraph is spread."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from indexer.backend import DocumentSummary, Spread
from indexer.compare.clusters import Cluster, ClusterPage
from indexer.models import Metadata
from indexer.places import administrative_order
from indexer.saidfirst import is_surely_first, said_order, year_said
from indexer.whoosh_backend.arrays import Mask
from indexer.whoosh_backend.owners import Owners
from indexer.whoosh_backend.reuse.clusters import Clusters
from indexer.whoosh_backend.segments.store import DocumentStore


class ReuseIndex:
    """The clusters of an open build, counted by document and place; may be used from several threads.

    ``known`` are the metadata of all documents by number, ``letters`` the length of every paragraph.
    """

    def __init__(
        self,
        clusters: Clusters,
        owners: Owners,
        known: Sequence[Metadata],
        letters: NDArray[np.int32],
        store: DocumentStore,
    ) -> None:
        self._clusters = clusters
        self._known = known
        self._letters = letters
        self._store = store
        self._owners = owners
        self._summaries = store.summaries()

    @cached_property
    def _order(self) -> NDArray[np.intp]:
        """Where the members stand by their number: what finds the cluster of a paragraph."""
        return np.argsort(self._clusters.members, kind="stable")

    @cached_property
    def _of(self) -> NDArray[np.intp]:
        """The cluster of each member."""
        return np.repeat(np.arange(len(self._clusters.centres)), np.diff(self._clusters.starts))

    @cached_property
    def _documents(self) -> NDArray[np.int64]:
        """The document of each member."""
        return self._owners.of(self._clusters.members).astype(np.int64)

    @cached_property
    def _document_counts(self) -> NDArray[np.intp]:
        """How many documents each cluster has."""
        return self._distinct(self._documents)

    @cached_property
    def _place_counts(self) -> NDArray[np.intp]:
        """How many places the documents of each cluster name."""
        numbers: dict[object, int] = {(None, None, None): -1}
        places = np.array([numbers.setdefault(_place(each), len(numbers) - 1) for each in self._known], np.int64)
        return self._distinct(places[self._documents])

    def _distinct(self, values: NDArray[np.int64]) -> NDArray[np.intp]:
        """Count the different values that the members of each cluster have; negative ones do not count."""
        named = values >= 0
        width = int(values.max(initial=0)) + 1
        pairs = np.unique(self._of[named] * width + values[named])
        return np.bincount(pairs // width, minlength=len(self._clusters.centres))

    @cached_property
    def _listed(self) -> NDArray[np.intp]:
        """All clusters in the order of the list: those of most places first, then the longest, then the widest."""
        letters = self._letters[self._clusters.centres].astype(np.int64)
        return np.lexsort((self._clusters.centres, -self._document_counts, -letters, -self._place_counts))

    def page(self, documents: Mask | None, wanted: slice, *, within: bool, shown: int) -> ClusterPage:
        """Return clusters that have a member in one of the documents; see ``HasClusters.clusters``."""
        chosen = np.ones(len(self._clusters.centres), np.bool_)
        if documents is not None:
            held = documents[self._documents]
            chosen = np.bincount(self._of, held, len(chosen)) > 0
        inside = self._document_counts == 1
        listed = self._listed[(chosen & (inside == within))[self._listed]]
        found = tuple(self._read(number, slice(shown)) for number in listed[wanted].tolist())
        return ClusterPage(found, len(listed), int(np.count_nonzero(chosen & (inside != within))))

    def of(self, paragraph: int, wanted: slice) -> Cluster | None:
        """Return the cluster of a paragraph by its number, ``None`` if it is in none."""
        number = self._find(paragraph)
        return None if number is None else self._read(number, wanted)

    def spreads(self, paragraphs: Sequence[int]) -> list[Spread | None]:
        """Return how far the text of each paragraph is spread, ``None`` if it is in one document only."""
        members = self._clusters.members
        if not len(members):
            return [None] * len(paragraphs)
        asked = np.array(paragraphs, members.dtype)
        at = np.minimum(np.searchsorted(members, asked, sorter=self._order), len(members) - 1)
        where = self._order[at]
        numbers = self._of[where]
        spread = (members[where] == asked) & (self._document_counts[numbers] > 1)
        return [
            self._spread(number, self._ordered(number)) if is_spread else None
            for number, is_spread in zip(numbers.tolist(), spread.tolist(), strict=True)
        ]

    def _find(self, paragraph: int) -> int | None:
        members = self._clusters.members
        at = int(np.searchsorted(members, paragraph, sorter=self._order))
        found = at < len(members) and members[self._order[at]] == paragraph
        return int(self._of[self._order[at]]) if found else None

    def _ordered(self, number: int) -> list[int]:
        """Return the members of a cluster, those that were said first first."""
        members = self._clusters.members[slice(*self._clusters.starts[number : number + 2])]
        owners = self._owners.of(members).tolist()
        pairs = zip(owners, members.tolist(), strict=True)
        return [member for _, _, member in sorted((said_order(self._known[owner]), owner, at) for owner, at in pairs)]

    def _spread(self, number: int, ordered: Sequence[int]) -> Spread:
        documents = list(dict.fromkeys(self._owners.of(np.array(ordered)).tolist()))
        known = [self._known[each] for each in documents]
        return Spread(
            cluster=self._store.paragraph_id(int(self._clusters.centres[number])),
            paragraphs=len(ordered),
            documents=len(documents),
            places=int(self._place_counts[number]),
            first=self._summaries[documents[0]],
            first_surely=is_surely_first(known[0], known[1:]),
        )

    def _read(self, number: int, wanted: slice) -> Cluster:
        ordered = self._ordered(number)
        owners = self._owners.of(np.array(ordered)).tolist()
        known = [self._known[each] for each in dict.fromkeys(owners)]
        years = Counter(year_said(each) for each in known)
        places = Counter(map(_place, known))
        summaries: dict[int, DocumentSummary] = {each: self._summaries[each] for each in set(owners[wanted])}
        read = self._store.paragraphs(ordered[wanted])
        return Cluster(
            spread=self._spread(number, ordered),
            letters=int(self._letters[self._clusters.centres[number]]),
            years=tuple(sorted(years.items(), key=lambda each: each[0] or 9999)),
            places=tuple(
                sorted(places.items(), key=lambda each: (each[0] == _NOWHERE, -each[1], administrative_order(*each[0])))
            ),
            members=tuple((summaries[owner], each) for owner, each in zip(owners[wanted], read, strict=True)),
        )


_Place = tuple[str | None, str | None, str | None]
_NOWHERE: _Place = (None, None, None)


def _place(known: Metadata) -> _Place:
    return known.province, known.city, known.district
