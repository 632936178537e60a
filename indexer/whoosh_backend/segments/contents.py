"""Which segments a build is made of, and which of their documents are deleted: ``segments.json`` in its folder."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec
import numpy as np

from indexer.errors import IndexBrokenError
from indexer.whoosh_backend.codec.contents import write_toc
from indexer.whoosh_backend.codec.segment import ArraySegment
from indexer.whoosh_backend.schema import schema
from indexer.whoosh_backend.segments.segment import FILES, Segment

CONTENTS, WORDS = "segments.json", "words"
"""The list of segments, and the folder of their files."""


class SegmentEntry(msgspec.Struct, frozen=True):
    """A segment of a build: what it holds, deleted documents counted, and the numbers of those."""

    name: str
    documents: int
    paragraphs: int
    deleted: list[int]


def write_contents(folder: Path, segments: Sequence[Segment]) -> None:
    """Write which segments a build has, for us and for Whoosh, whose files stand in its folder already."""
    entries, named = [], []
    for segment in segments:
        texts, kept = segment.texts, segment.paragraphs_alive
        deleted = [] if segment.alive is None else np.flatnonzero(~segment.alive).tolist()
        entries.append(SegmentEntry(segment.name, texts.documents, texts.paragraphs, deleted))
        whole = ArraySegment(segment.name, texts.paragraphs)
        named.append(whole if kept is None else whole.without(folder / WORDS, ~kept))
    (folder / CONTENTS).write_bytes(msgspec.json.encode(entries))
    write_toc(folder / WORDS, schema(), named)


def open_segments(folder: Path) -> list[Segment]:
    """Open the segments of a build, in their order; raises ``IndexBrokenError``."""
    path = folder / CONTENTS
    try:
        entries = msgspec.json.decode(path.read_bytes(), type=list[SegmentEntry])
    except (OSError, ValueError) as error:
        raise IndexBrokenError(f"{path}: cannot be read ({error}); run `yaodian index --rebuild`") from error
    segments = []
    for entry in entries:
        alive = None
        if entry.deleted:
            if not 0 <= min(entry.deleted) <= max(entry.deleted) < entry.documents:
                raise IndexBrokenError(f"{path}: is damaged (deletes what is not there); run `yaodian index --rebuild`")
            alive = np.ones(entry.documents, np.bool_)
            alive[entry.deleted] = False
        segment = Segment(folder / WORDS, entry.name, alive)
        if (segment.texts.documents, segment.texts.paragraphs) != (entry.documents, entry.paragraphs):
            raise IndexBrokenError(
                f"{path}: {entry.name} has {segment.texts.documents} documents and {segment.texts.paragraphs} "
                f"paragraphs, not {entry.documents} and {entry.paragraphs}; run `yaodian index --rebuild`"
            )
        segments.append(segment)
    return segments


def keep_segments(before: Path, folder: Path, kept: Iterable[str]) -> list[Segment]:
    """Take the segments of the build before over that hold one of these documents; the others in them are deleted.

    Files are linked, copied where the file system cannot: nothing is read of what they hold but the ids.
    """
    wanted = np.array(sorted(identity.encode() for identity in kept), np.bytes_)
    segments = []
    for segment in open_segments(before):
        alive = np.isin(segment.texts.ids, wanted)
        if segment.alive is not None:
            alive &= segment.alive
        if alive.any():
            for extension in FILES:
                link(before / WORDS / f"{segment.name}{extension}", folder / WORDS / f"{segment.name}{extension}")
            segments.append(Segment(folder / WORDS, segment.name, None if alive.all() else alive))
    return segments


def link(source: Path, target: Path) -> None:
    """Give a file that never changes a second name, or a copy where the file system has no links."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def chosen_for_merging(held: Sequence[tuple[int, int]]) -> list[int]:
    """Return which segments to merge into one; of each: how many paragraphs are alive, and how many it has.

    Segments of which more than a fifth is deleted are written anew. Where more than ``MOST`` would remain, the smallest
    are merged, each with all that are no larger than those before it together: so a paragraph is copied a number of
    times that grows with the logarithm of the corpus (O'Neil and others 1996, "The log-structured merge-tree").

    >>> chosen_for_merging([(100_000, 100_000), (90, 100), (10, 100)])
    [2]
    >>> chosen_for_merging([(100_000, 100_000), (9, 9), (2, 2), (1, 1), (1, 1), (1, 1), (1, 1)])
    [2, 3, 4, 5, 6]
    """
    chosen = [number for number, (alive, count) in enumerate(held) if (count - alive) * DELETED > count]
    others = sorted(set(range(len(held))) - set(chosen), key=lambda number: (held[number][0], -number))
    if len(others) + bool(chosen) > MOST:
        merged = sum(held[number][0] for number in chosen)
        least = 1 if chosen else 2
        for place, number in enumerate(others):
            if place >= least and held[number][0] > merged:
                break
            chosen.append(number)
            merged += held[number][0]
    return sorted(chosen)


MOST = 6
"""Segments of a build at most: of a word that is rare, each is looked up in every one of them."""
DELETED = 5
"""A segment is written anew when one of so many of its paragraphs is deleted: they take space, and count in scores."""
