"""Frequencies of words: what a plain reading of the dictionary's lines gives."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from indexer import lexicon
from indexer.frequencies import Frequencies

WORDS = st.text("教育学校a控辍保随迁", min_size=1, max_size=12)


@given(
    st.lists(st.tuples(WORDS, st.integers(0, 2_000_000)), min_size=1),
    st.dictionaries(WORDS, st.integers(1, 9)),
    st.lists(WORDS | st.text()),
)
def test_words_have_the_frequencies_of_their_lines(
    lines: list[tuple[str, int]], own: dict[str, int], others: list[str]
) -> None:
    known = Frequencies("".join(f"{word} {count} n\n" for word, count in lines).encode(), own)
    plain = {**own, **dict(lines)}
    assert dict(known) == plain
    assert known.total == sum(plain.values())
    assert [known.get(word) for word in others] == [plain.get(word) for word in others]


def test_the_dictionary_is_read_as_it_is_written() -> None:
    with lexicon._dictionary_path().open(encoding="utf-8") as lines:
        plain = {word: int(count) for word, count, _ in (line.split(" ", 2) for line in lines)}
    sample = list(plain)[::97]
    known = lexicon.frequencies()
    assert {word: known[word] for word in sample} == {word: plain[word] for word in sample}
    assert len(known) == len(plain.keys() | lexicon.domain_words().keys())
