"""Words that some texts use more than others, how surely and by how much, and the lines in which they stand."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from indexer.analysis import QUESTION_WORDS, STOP_WORDS, tokenize
from indexer.fold import compact
from indexer.models import Paragraph, Span

SURE = 15.13
"""G2 from which a difference is no accident: p < 0.0001 with one degree of freedom, as Rayson and Garside 2000 and
Rayson, Berridge and Francis 2004 advise for corpora, where many words are tested at once."""
LEAST = 3
"""Times a word must be used: below it G2 is not to be trusted (Dunning 1993 on rare events, and expected values)."""


@dataclass(frozen=True, slots=True)
class Distinctive:
    """A word, how often both sides use it, how sure the difference is (``g2``) and how large (``log_ratio``).

    ``log_ratio`` is the binary logarithm of the ratio of relative frequencies: 1 is twice as often, -1 half as often.
    """

    word: str
    here: int
    elsewhere: int
    g2: float
    log_ratio: float


@dataclass(frozen=True, slots=True)
class Line:
    """A word in its sentence (KWIC): ``span`` is where it stands in the paragraph's text."""

    paragraph: Paragraph
    span: Span
    left: str
    right: str


def count_words(paragraphs: Iterable[Paragraph]) -> Counter[str]:
    """Count the words of paragraphs: no inner words, stop words, lone characters or numbers."""
    counts: Counter[str] = Counter()
    for paragraph in paragraphs:
        counts.update(
            token.term
            for token in tokenize(paragraph.folded)
            if not token.inner and len(token.term) > 1 and not token.term[0].isdigit() and token.term not in _EMPTY
        )
    return counts


def distinctive(here: Counter[str], elsewhere: Counter[str], most: int = 20) -> tuple[Distinctive, ...]:
    """Return the words that are used more here than elsewhere, the surest first.

    G2 is the log-likelihood ratio of Dunning 1993, "Accurate methods for the statistics of surprise and coincidence",
    in the form of Rayson and Garside 2000, "Comparing corpora using frequency profiling": 2 (a ln(a/E1) + b ln(b/E2)),
    where E1 and E2 divide a + b by the sizes of both sides. It says how sure a difference is, not how large: that is
    the log ratio (Hardie 2014), where a word that is not used at all elsewhere counts as used half a time.

    >>> [(each.word, round(each.g2, 1), round(each.log_ratio, 1)) for each in distinctive(
    ...     Counter({"教联体": 12, "教育": 30}), Counter({"教育": 400, "教师": 500}))]
    [('教联体', 74.7, 9.0)]
    """
    size, other_size = here.total(), elsewhere.total()
    if not size or not other_size:
        return ()
    found: list[Distinctive] = []
    for word, count in here.items():
        if count < LEAST:
            continue
        other = elsewhere[word]
        ratio = math.log2((count / size) / ((other or 0.5) / other_size))
        if ratio > 0 and (surprise := g2(count, other, size, other_size)) >= SURE:
            found.append(Distinctive(word, count, other, round(surprise, 2), round(ratio, 2)))
    return tuple(sorted(found, key=lambda each: (-each.g2, each.word))[:most])


def g2(count: int, other: int, size: int, other_size: int) -> float:
    """Return the log-likelihood ratio that two relative frequencies are one, in nats times two.

    >>> round(g2(10, 10, 1000, 1000), 3), round(g2(20, 5, 1000, 1000), 2)
    (0.0, 9.64)
    """
    expected = (count + other) * size / (size + other_size)
    expected_other = (count + other) * other_size / (size + other_size)
    return 2 * sum(a * math.log(a / e) for a, e in ((count, expected), (other, expected_other)) if a)


def keyword_in_context(paragraphs: Iterable[Paragraph], word: str, width: int = 15, most: int = 20) -> tuple[Line, ...]:
    """Return the lines in which a word stands, with so many characters on both sides, in the order of the texts.

    >>> text = "推动融合型教联体在发展规划上深度融合。"
    >>> line = keyword_in_context([Paragraph("p", "d", 1, (), (), None, ((0, 19),), text, text)], "教联体", 5)[0]
    >>> line.left, line.right
    ('推动融合型', '在发展规划')
    """
    lines: list[Line] = []
    for paragraph in paragraphs:
        if word not in compact(paragraph.folded)[0]:
            continue
        for token in tokenize(paragraph.folded):
            if token.term == word:
                text = paragraph.text
                left, right = text[max(0, token.start - width) : token.start], text[token.end : token.end + width]
                lines.append(Line(paragraph, (token.start, token.end), "".join(left.split()), "".join(right.split())))
                if len(lines) == most:
                    return tuple(lines)
    return tuple(lines)


_EMPTY = STOP_WORDS | QUESTION_WORDS
