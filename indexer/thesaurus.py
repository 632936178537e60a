"""Words of a query -> other words for the same idea: equal terms, abbreviations, related terms.

The entries stand in ``indexer/data/thesaurus.tsv``; a reader's own file in the same format adds to them (see
``docs/thesaurus.md``). A text is never rewritten: an expansion is another way to satisfy a piece of the query, at a
weight below one, so that what was typed always counts more.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Literal

from indexer.analysis import NOT_INSISTED_ON, STOP_WORDS, terms, tokenize, units
from indexer.fold import fold_characters
from indexer.models import Problem
from indexer.paraphrase import bare, in_policy_terms

OWN = "YAODIAN_THESAURUS"
"""The environment variable that names a reader's own file."""
MOST = 16
"""Expansions that one term may have, the heaviest; each costs a look-up."""
IN_ALL = 48
"""Expansions that a whole clause may have, however many terms it is made of."""
AS_GOOD = 0.85
"""What a term counts for whose everyday word was typed: 教师培训 for 老师培训."""
BARE = 0.5
"""What is left of a weight where a word is missing that was typed: 校车 for 校车管理."""


@dataclass(frozen=True, slots=True)
class Expansion:
    """What may stand for ``tokens[start:end]`` of a clause: ``words`` are the target cut into terms, one tuple a part.

    The terms of one part stand side by side, the parts near each other. ``kind`` is ``part`` only in a comparison of
    documents (``indexer/compare/parts.py``). ``scope`` limits it to converted documents.
    """

    id: str
    start: int
    end: int
    source: str
    target: str
    words: tuple[tuple[str, ...], ...]
    kind: Literal["equal", "related", "part"]
    weight: float
    scope: Literal["converted"] | None
    why: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a thesaurus: each of ``sources`` may be found as each of ``targets``; folded, parts a space apart."""

    id: str
    kind: Literal["equal", "related"]
    weight: float
    scope: Literal["converted"] | None
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Thesaurus:
    """The entries, by the characters of the terms that they apply to, and what could not be read."""

    entries: tuple[Entry, ...]
    by_key: Mapping[str, tuple[tuple[Entry, str], ...]]
    longest: int
    digest: str
    problems: tuple[Problem, ...] = ()


def expansions(tokens: Sequence[str], own: Path | None = None, *, paraphrased: bool = True) -> tuple[Expansion, ...]:
    """Return what else may stand for the words of a clause, by position and then by weight.

    ``tokens`` are ``analysis.terms`` of the folded clause, ``own`` a reader's file (else the one that the environment
    variable ``YAODIAN_THESAURUS`` names). An entry applies where a run of tokens has the characters of one of its
    terms, words that a query does not insist on not counted; the longest run wins, and what was expanded is not
    expanded again. A run that is no term is read another way if it may be ``paraphrased``. Terms that the typed words
    find anyway are left out. Never raises for a bad file: see :func:`problems`.

    >>> [(found.source, found.target, found.weight) for found in expansions(("小学", "辍学率"))][:1]
    [('小学', '国小', 0.9)]
    >>> expansions(("务工",))
    ()
    """
    thesaurus = load(own)
    found: list[tuple[float, int, Expansion]] = []
    for start, end, matches in _longest_runs(tokens, thesaurus, paraphrased):
        best: dict[str, Expansion] = {}
        for match in matches:
            for target, weight in match.targets():
                if _finds(tokens[start:end], target):
                    continue
                if target not in best or best[target].weight < weight:
                    best[target] = _expansion(match, tokens, target, weight, start, end)
        ranked = sorted(best.values(), key=lambda expansion: -expansion.weight)[:MOST]
        found.extend((-expansion.weight, rank, expansion) for rank, expansion in enumerate(ranked))
    found.sort(key=lambda item: item[:2])
    kept = [expansion for _, _, expansion in found[:IN_ALL]]
    return tuple(sorted(kept, key=lambda expansion: (expansion.start, -expansion.weight)))


def problems(own: Path | None = None) -> tuple[Problem, ...]:
    """Return the lines that could not be used, each with its path and line number; the others are in use."""
    return load(own).problems


def digest(own: Path | None = None) -> str:
    """Return a digest of the entries in use: two searches with the same digest expand alike."""
    return load(own).digest


def load(own: Path | None = None) -> Thesaurus:
    """Return the thesaurus with a reader's own file added, read again only when that file has changed."""
    if own is None and os.environ.get(OWN):
        own = Path(os.environ[OWN])
    if own is None:
        return _load(None, 0, 0)
    try:
        status = own.stat()
    except OSError:
        return _load(own, -1, -1)
    return _load(own, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=4)
def _load(own: Path | None, *_version: int) -> Thesaurus:
    ours = resources.files("indexer.data").joinpath("thesaurus.tsv").read_bytes()
    entries, wrong = parse_thesaurus(ours.decode("utf-8"), "thesaurus.tsv")
    sha = hashlib.sha256(ours)
    if own is not None:
        try:
            theirs = own.read_bytes()
            added, more = parse_thesaurus(theirs.decode("utf-8-sig"), str(own))
            sha.update(theirs)
        except (OSError, UnicodeDecodeError) as error:
            reason = "不是 UTF-8 编码的文本" if isinstance(error, UnicodeDecodeError) else error.strerror or str(error)
            added, more = (), (Problem(str(own), None, f"自备词表读不出来：{reason}。", fatal=False),)
        replaced = {entry.id for entry in added}
        entries = tuple(entry for entry in entries if entry.id not in replaced) + added
        wrong += more
    by_key: dict[str, tuple[tuple[Entry, str], ...]] = {}
    used = tuple(entry for entry in entries if entry.weight > 0)
    for entry in used:
        for source in entry.sources:
            by_key[_key(source)] = (*by_key.get(_key(source), ()), (entry, source))
    return Thesaurus(used, by_key, max(map(len, by_key), default=0), sha.hexdigest()[:16], wrong)


_COLUMNS = re.compile(r"\t+| {2,}")
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_KINDS: Mapping[str, Literal["equal", "related"]] = {
    "equal": "equal",
    "abbreviation": "equal",  # a short form means what its long form means; the word tells whoever edits the file
    "related": "related",
}


def parse_thesaurus(text: str, path: str) -> tuple[tuple[Entry, ...], tuple[Problem, ...]]:
    """Read the lines of a thesaurus file: what can be used, and a problem for every line that cannot.

    >>> lines = "gaokao  equal  0.9  -  高考|大學聯考  台湾旧称\\nx  equal  2  -  甲|乙"
    >>> entries, wrong = parse_thesaurus(lines, "own.tsv")
    >>> entries[0].targets
    ('高考', '大学联考')
    >>> print(wrong[0])
    own.tsv:2: 权重要在 0 和 1 之间，这里是“2”。
    """
    entries: list[Entry] = []
    wrong: list[Problem] = []
    taken: set[str] = set()
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        entry = _parse_line(line.strip(), taken)
        if isinstance(entry, str):
            wrong.append(Problem(path, number, entry, fatal=False))
        else:
            taken.add(entry.id)
            entries.append(entry)
    return tuple(entries), tuple(wrong)


def _parse_line(line: str, taken: set[str]) -> Entry | str:
    """Read one line, or say in a sentence what is wrong with it."""
    columns = _COLUMNS.split(line, maxsplit=5)
    if len(columns) < 5:
        return f"要有六栏（编号、种类、权重、范围、词、理由），用制表符隔开；这里只有 {len(columns)} 栏。"
    slug, kind, weight, scope, listed = columns[:5]
    if not _ID.fullmatch(slug):
        return f"编号只能用小写字母、数字和连字符，这里是“{slug}”。"
    if slug in taken:
        return f"编号“{slug}”已经用过。"
    if kind not in _KINDS:
        return f"种类只有 equal、related、abbreviation，这里是“{kind}”。"
    try:
        value = float(weight)
    except ValueError:
        value = -1.0
    if not 0 <= value < 1:
        return f"权重要在 0 和 1 之间，这里是“{weight}”。"
    if scope not in ("-", "converted"):
        return f"范围只有 - 和 converted，这里是“{scope}”。"
    sides = [_terms_of(side) for side in fold_characters(listed).split(">")]
    if len(sides) > 2 or not all(sides) or len(set().union(*sides)) < 2 or any(len(set(s)) < len(s) for s in sides):
        return "词要有两个以上，用 | 隔开，不重复；> 只能有一个，左右都要有词。"
    why = columns[5] if len(columns) > 5 else ""
    return Entry(slug, _KINDS[kind], value, "converted" if scope != "-" else None, sides[0], sides[-1], why)


def _terms_of(side: str) -> tuple[str, ...]:
    closed_up = (" ".join(term.split()) for term in side.split("|"))
    return tuple(term for term in closed_up if _key(term))


_NO_TOKEN = re.compile(r"[^\w%.,]|_|(?<!\d)[.,%]|[.,](?!\d)")


def _key(term: str) -> str:
    """Return the characters of a term that end up in tokens, so that it is compared with tokens however it is cut."""
    return term if term.isalnum() else _NO_TOKEN.sub("", term)


_READ_AS = {"everyday": "日常说法，文件里的写法不同", "bare": "其余的字在这类文本里常常不写"}


@dataclass(frozen=True, slots=True)
class _Match:
    """An entry that applies to a run of tokens by one of its terms: as typed, or read another way (``paraphrase``).

    ``behind`` is the word behind the term that need not be there, but is better there.
    """

    entry: Entry
    source: str
    reading: Literal["typed", "everyday", "bare"] = "typed"
    behind: str = ""

    def targets(self) -> Iterator[tuple[str, float]]:
        """Yield what the run may be found as; what was typed otherwise than the term, also as the term itself."""
        share = BARE if self.reading == "bare" else 1.0
        for target in self.entry.targets:
            if target != self.source:
                yield target, round(self.entry.weight * share, 4)
                if self.behind:
                    yield f"{target} {self.behind}", self.entry.weight
        if self.reading != "typed":
            yield self.source, BARE if self.reading == "bare" else AS_GOOD


def _longest_runs(
    tokens: Sequence[str], thesaurus: Thesaurus, paraphrased: bool
) -> Iterator[tuple[int, int, tuple[_Match, ...]]]:
    """Yield the runs of tokens that are terms of the thesaurus; of those that overlap the one with most characters."""
    runs: list[tuple[int, int, int, tuple[_Match, ...]]] = []
    for start in range(len(tokens)):
        run = ""
        for end in range(start + 1, len(tokens) + 1):
            token = tokens[end - 1]
            run += token
            if len(run) > thesaurus.longest + 8:
                break
            if end - start > 1 and (tokens[start] in STOP_WORDS or token in STOP_WORDS):
                continue
            if matches := tuple(_matches(tokens[start:end], thesaurus, paraphrased)):
                runs.append((-len(run), start, end, matches))
    covered: set[int] = set()
    for _, start, end, matches in sorted(runs, key=lambda run: run[:2]):
        if covered.isdisjoint(range(start, end)):
            covered.update(range(start, end))
            yield start, end, matches


def _matches(tokens: Sequence[str], thesaurus: Thesaurus, paraphrased: bool) -> Iterator[_Match]:
    """Yield the entries for a run as typed; else for its words in policy terms; else for what it is about."""
    typed = thesaurus.by_key.get("".join(tokens), ())
    insisted = tuple(token for token in tokens if token not in NOT_INSISTED_ON)
    if not typed and insisted and insisted[0] == tokens[0] and insisted[-1] == tokens[-1]:
        term = "".join(insisted)
        typed = thesaurus.by_key.get(term, ())
        if not typed and paraphrased:
            everyday = [found for other in in_policy_terms(insisted) for found in thesaurus.by_key.get(other, ())]
            yield from (_Match(entry, source, "everyday") for entry, source in everyday)
            if not everyday:
                left, behind = bare(term)
                yield from (_Match(*found, "bare", behind) for found in thesaurus.by_key.get(left, ()))
    yield from (_Match(entry, source) for entry, source in typed)


def _finds(typed: Sequence[str], target: str) -> bool:
    """Whether a search for the typed words finds every text that holds the target."""
    held = _held(target)
    return all(len(unit) == 1 and unit[0] in held for unit in units(typed))


_TARGETS = 8192
"""Targets that stay cut: more than our file has."""


@lru_cache(maxsize=_TARGETS)
def _held(target: str) -> frozenset[str]:
    return frozenset(token.term for token in tokenize(target))


@lru_cache(maxsize=_TARGETS)
def _words(target: str) -> tuple[tuple[str, ...], ...]:
    return tuple(cut for part in target.split(" ") if (cut := terms(part)))


def _expansion(match: _Match, tokens: Sequence[str], target: str, weight: float, start: int, end: int) -> Expansion:
    words = _words(target)
    entry = match.entry
    slug = f"{entry.id}.{_short_name(target)}"
    if match.reading == "typed":
        return Expansion(slug, start, end, match.source, target, words, entry.kind, weight, entry.scope, entry.why)
    kind = "related" if match.reading == "bare" else entry.kind
    why = _READ_AS[match.reading] if target == match.source else entry.why
    return Expansion(slug, start, end, "".join(tokens[start:end]), target, words, kind, weight, entry.scope, why)


@lru_cache(maxsize=_TARGETS)
def _short_name(target: str) -> str:
    """Name a target in four letters and digits, so that links survive when a line gains or reorders terms."""
    return base64.b32encode(hashlib.sha256(target.encode()).digest())[:4].decode().lower()
