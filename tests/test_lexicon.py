"""The fast cutter is held against jieba itself."""

from __future__ import annotations

import logging

import jieba
import pytest

from indexer import lexicon
from indexer.analysis import tokenize
from indexer.fold import fold_characters
from tests.conftest import SEEDS


@pytest.fixture(scope="module")
def reference() -> jieba.Tokenizer:
    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    tokenizer.tmp_dir = None
    for word, frequency in lexicon.domain_words().items():
        tokenizer.add_word(word, frequency)
    for word in lexicon.coordinations():
        if word not in tokenizer.FREQ:
            tokenizer.add_word(word)
    return tokenizer


def test_rjieba_cuts_all_five_documents_as_jieba_does(reference: jieba.Tokenizer) -> None:
    words = 0
    for path in sorted(SEEDS.glob("*.txt")):
        for line in fold_characters(path.read_text("utf-8")).splitlines():
            theirs = reference.lcut(line, HMM=False)
            assert lexicon.cut(line) == theirs
            words += len(theirs)
    assert words > 15_000


@pytest.mark.parametrize("word", ["随迁子女", "控辍保学", "市管校聘", "随班就读", "送教上门", "毛入园率", "教联体"])
def test_words_of_the_field_stay_whole(word: str) -> None:
    assert lexicon.cut(f"落实{word}工作") == ["落实", word, "工作"]


@pytest.mark.parametrize(
    "text", ["为公民办理入伍手续", "年初高中招生", "全市高中职工", "提高完中比例", "初中高本科率", "其中高职院校"]
)
def test_a_word_that_shortens_several_cuts_through_no_other(text: str) -> None:
    assert not set(lexicon.coordinations()).intersection(lexicon.cut(text))


@pytest.mark.parametrize("word", lexicon.coordinations())
def test_a_word_that_shortens_several_is_found_by_each_of_them(word: str) -> None:
    parts = lexicon.coordinations()[word]
    assert parts
    assert set(parts) <= {token.term for token in tokenize(f"做好{word}工作")}


def test_reading_the_dictionary_agrees_with_the_cutter() -> None:
    sample = list(lexicon.frequencies())[::5000]
    assert all(lexicon.is_word(word) for word in sample)
