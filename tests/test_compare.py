"""Who says what on a topic: judged topics, wordings, shared phrases, two documents, text used again."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from benchmarks.compare import CASES, CITY_CASES, HELDOUT, Tally, measure, precision
from indexer.backend import SearchBackend, open_backend
from indexer.compare import (
    Comparison,
    Pair,
    Row,
    align,
    common_spans,
    contrasts,
    cover,
    differences,
    differing_numbers,
    group_wordings,
    matrix,
    missing,
    own_spans,
    shared_phrases,
    similar,
)
from indexer.compare.distinctive import count_words, distinctive, keyword_in_context
from indexer.compare.reuse import HasLikeness
from indexer.compare.rows import asked_documents
from indexer.fold import compact, fold
from indexer.models import Document, Paragraph
from indexer.pipeline import build
from indexer.query import Filters, parse_query
from indexer.resemblance import fingerprint, skeleton


class Said:
    """A sentence of a year, as a comparison sees one."""

    def __init__(self, text: str, *years: int) -> None:
        self.text = text
        self.folded = fold(text).text
        self.years = years


def compare(backend: SearchBackend, topic: str, **filters: tuple[str, ...]) -> Comparison:
    return matrix(backend, parse_query(topic, filters=Filters(**filters)))  # type: ignore[arg-type]


def row_of(found: Comparison, name: str) -> Row | None:
    return next((row for row in found.rows if row.document.path.rsplit("/")[-1].startswith(name)), None)


def document(backend: SearchBackend, name: str) -> Document:
    return backend.document(next(each.id for each in backend.documents() if f"/{name}" in each.path))


@pytest.fixture(scope="module")
def tally(backend: SearchBackend) -> Tally:
    return measure(backend, json.loads(CASES.read_text("utf-8")))


def test_the_right_paragraph_of_a_document_is_chosen(tally: Tally) -> None:
    assert tally.paragraph >= 0.92 * tally.paragraphs
    assert tally.paragraphs > 150


def test_what_is_said_to_be_about_a_topic_is(tally: Tally) -> None:
    assert tally.about >= 0.92 * tally.abouts


def test_silence_is_recognised(tally: Tally) -> None:
    assert tally.silent >= 0.97 * tally.silences


def test_a_mention_is_told_from_a_treatment(tally: Tally) -> None:
    assert tally.mention >= 0.85 * tally.mentions


def test_topics_that_nothing_was_tuned_on_fare_no_worse_than_asked(backend: SearchBackend) -> None:
    held = measure(backend, json.loads(HELDOUT.read_text("utf-8")))
    assert held.paragraph >= 0.9 * held.paragraphs
    assert held.about >= 0.88 * held.abouts
    assert held.silent >= 0.8 * held.silences


def test_the_judgements_of_cities_count_only_what_was_judged(backend: SearchBackend) -> None:
    found = compare(backend, "随迁子女")
    row = found.rows[0]
    seen = f"{fingerprint(skeleton(row.paragraph.folded)):016x}"
    judged = [
        {"document": row.document.id, "paragraph": seen, "about": False},
        {"document": row.document.id, "paragraph": "0" * 16, "about": True},
    ]
    assert precision(found, judged) == (0, 1)
    cases = json.loads(CITY_CASES.read_text("utf-8"))
    assert len(cases) == 36
    assert sum(len(case["judged"]) for case in cases) == 262


def test_every_document_is_in_one_row_or_silent(backend: SearchBackend) -> None:
    found = compare(backend, "随迁子女")
    assert sorted(each.id for each in found.documents) == sorted(each.id for each in backend.documents())
    assert {each.metadata.city for each in found.silent} == {"上海市", "潜江市"}


def test_a_row_shows_the_sentence_and_where_the_topic_stands_in_it(backend: SearchBackend) -> None:
    row = row_of(compare(backend, "随迁子女"), "000")
    assert row is not None
    assert row.about == "about"
    assert row.text == "落实以居住证为主要依据的随迁子女义务教育就学政策。"
    assert [row.paragraph.text[low:high] for low, high in row.places] == ["随迁子女"]


def test_other_words_for_the_topic_count(backend: SearchBackend) -> None:
    row = row_of(compare(backend, "随迁子女"), "001")
    assert row is not None
    assert "外來務工、經商的人員子女" in row.text


EVERYDAY = [
    *("职业教育", "校园安全", "学前教育", "教师培训", "双减"),
    *("随迁子女", "家校社协同育人", "心理健康", "高中教育", "营养改善计划"),
]


@pytest.mark.parametrize("topic", EVERYDAY)
def test_who_names_a_topic_is_never_silent(backend: SearchBackend, topic: str) -> None:
    found = compare(backend, topic)
    for silent in found.silent:
        for paragraph in backend.document(silent.id).paragraphs:
            assert topic not in compact(paragraph.folded)[0]


@pytest.mark.parametrize("topic", EVERYDAY)
def test_every_row_shows_a_reason(backend: SearchBackend, topic: str) -> None:
    for row in compare(backend, topic).rows:
        assert row.places
        low, high = row.sentence
        assert all(low <= start < end <= high for start, end in row.places)


def texts_of(*said: str, heading: str = "") -> str:
    body = "".join(f"{number}.{text}\n" for number, text in enumerate(said, 1))
    return f"武汉市教育局2019年工作要点\n一、主要工作\n{heading}{body}"


@pytest.fixture
def judged(tmp_path: Path) -> Callable[..., SearchBackend]:
    """Return an index over one document for each text."""

    def build_of(*texts: str) -> SearchBackend:
        folder = tmp_path / "texts"
        folder.mkdir()
        for number, text in enumerate(texts):
            (folder / f"{number}.txt").write_text(text, "utf-8")
        build([folder], tmp_path / "index")
        return open_backend(tmp_path / "index")

    return build_of


def test_words_of_a_row_are_a_mention_however_long_the_row_is(judged: Callable[..., SearchBackend]) -> None:
    row = "统筹学前教育、义务教育、职业教育、高等教育、继续教育协调发展，推动教育资源向农村倾斜，促进区域协调。"
    found = compare(judged(texts_of(row, "加强机关作风建设，改进调查研究，密切联系群众，持续精文简会。")), "职业教育")
    assert [each.about for each in found.rows] == ["mentions"]


def test_words_that_are_cut_otherwise_are_found_by_their_characters(
    judged: Callable[..., SearchBackend],
) -> None:
    plant = "加快城市建设，完成城南污水处理厂二期工程，新建市政管网30公里，改造供水管道12公里，城市面貌持续改善。"
    backend = judged(texts_of(plant))
    assert not backend.search(parse_query("污水处理", relax="all")).total
    assert [each.about for each in compare(backend, "污水处理").rows] == ["mentions"]


def test_who_names_a_part_of_a_topic_is_not_silent(judged: Callable[..., SearchBackend]) -> None:
    colleges = "引导企业与高职院校开展订单式培养，培养技能人才5000余名，服务地方产业发展，完善人才评价办法。"
    others = "组织职工技能竞赛，开展职业技能培训1万人次，发放创业担保贷款2亿元，城镇新增就业3.35万人。"
    found = compare(judged(texts_of(colleges), texts_of(others)), "职业教育")
    assert [found.rows[0].text[slice(*span)] for span in shifted(found.rows[0])] == ["高职"]
    assert len(found.silent) == 1


def shifted(row: Row) -> list[tuple[int, int]]:
    """Return the places of a row within its sentence."""
    return [(start - row.sentence[0], end - row.sentence[0]) for start, end in row.places]


@pytest.mark.parametrize("topic", ["教*", "“推进*均衡”", "“质均衡发”", "“推”", "“推进*均衡” OR 教*"])
def test_who_holds_a_beginning_or_a_quotation_is_not_silent(judged: Callable[..., SearchBackend], topic: str) -> None:
    says = "推进义务教育优质均衡发展，完善教师管理制度，改善农村学校办学条件，缩小城乡差距，办好每一所学校。"
    backend = judged(texts_of(says), texts_of("培育文明校园，加强队伍建设，落实全面从严要求，改进工作作风。"))
    found = compare(backend, topic)
    assert backend.search(parse_query(topic, relax="all")).total == len(found.rows) == len(found.silent) == 1
    assert found.rows[0].document.path.endswith("0.txt")
    assert found.rows[0].places


def test_signs_are_no_topic(backend: SearchBackend) -> None:
    assert not compare(backend, "。，！").topic.pieces
    assert compare(backend, "“十三五”").topic.pieces


def test_places_that_lie_over_each_other_are_one(judged: Callable[..., SearchBackend]) -> None:
    (row,) = compare(
        judged(texts_of("持续推进山水林田湖草一体化保护，加强生态修复，守住自然生态边界。")), "生态环境保护"
    ).rows
    said = [row.text[slice(*span)] for span in shifted(row)]
    assert "生态修复" in said
    assert all(before[1] <= after[0] for before, after in pairwise(row.places))


def test_half_of_another_slogan_says_nothing(judged: Callable[..., SearchBackend]) -> None:
    fumes = "实施PM2.5和臭氧浓度双控双减，全面完成建陶行业整治提升，空气质量优良天数比例持续提高。"
    assert len(compare(judged(texts_of(fumes)), "双减").silent) == 1


def test_a_related_word_in_other_company_says_nothing(judged: Callable[..., SearchBackend]) -> None:
    offices = "力戒形式主义、官僚主义，深化精文简会，统筹规范督查检查考核，持续为基层减负松绑，让干部抓落实。"
    pupils = "深化基础教育减负提质，控制作业总量，开展多样课程，切实关心青少年身心健康，促进学生全面发展。"
    found = compare(judged(texts_of(offices), texts_of(pupils)), "双减")
    assert [row.document.path.rsplit("/")[-1] for row in found.rows] == ["1.txt"]
    assert len(found.silent) == 1


def test_latin_letters_inside_a_word_say_nothing(judged: Callable[..., SearchBackend]) -> None:
    trade = "抢抓RCEP、中欧CAI机遇，主动融入国内和区域分工，培育外贸新业态，稳住外贸外资基本盘，扩大对外开放。"
    assert len(compare(judged(texts_of(trade)), "人工智能").silent) == 1


def test_things_of_a_row_are_marked_one_by_one(judged: Callable[..., SearchBackend]) -> None:
    row = "严格落实校园安全、校车安全、校园欺凌等专项整治责任，健全学校安全风险防控体系，切实维护师生生命安全。"
    (found,) = compare(judged(texts_of(row)), "校园安全").rows
    said = [found.text[slice(*span)] for span in shifted(found)]
    assert said[:3] == ["校园安全", "校车安全", "校园欺凌"]


def test_a_title_that_says_the_topic_is_shown_with_its_sentence(judged: Callable[..., SearchBackend]) -> None:
    titled = "加强校园欺凌治理。各学校要建立工作机制，明确责任人，开展专题排查，及时处置，妥善化解矛盾，定期报告情况。"
    (row,) = compare(judged(texts_of(titled, "加强机关作风建设，改进调查研究，密切联系群众。")), "校园欺凌").rows
    assert row.about == "about"
    assert row.text.startswith("加强校园欺凌治理。各学校要建立工作机制")
    assert [row.text[slice(*span)] for span in shifted(row)] == ["校园欺凌"]


def test_one_of_a_row_of_things_is_only_mentioned(backend: SearchBackend) -> None:
    found = compare(backend, "学区制")
    mentioned, treated = row_of(found, "002"), row_of(found, "000")
    assert mentioned is not None
    assert treated is not None
    assert (mentioned.about, treated.about) == ("mentions", "about")


def test_a_paragraph_under_a_heading_on_the_topic_is_about_it(backend: SearchBackend) -> None:
    row = row_of(compare(backend, "减轻学生课业负担"), "002")
    assert row is not None
    assert row.paragraph.section[-1].startswith("减轻学生过重课业负担")
    assert row.about == "about"


def test_characters_that_only_meet_say_nothing(backend: SearchBackend) -> None:
    found = compare(backend, "务工")
    assert found.rows
    assert not any("服务工作" in row.text and "务工" not in row.text.replace("服务工作", "") for row in found.rows)


def test_a_place_is_not_silent_where_it_was_not_asked(backend: SearchBackend) -> None:
    found = compare(backend, "随迁子女", cities=("武汉市", "潜江市"))
    assert {each.metadata.city for each in found.documents} == {"武汉市", "潜江市"}
    assert {each.metadata.city for each in found.silent} == {"潜江市"}


def test_a_field_of_documents_limits_who_is_asked(backend: SearchBackend) -> None:
    found = compare(backend, "城市:武汉 随迁子女")
    assert [row.document.metadata.city for row in found.rows] == ["武汉市"]
    assert not found.silent


def test_a_topic_of_no_words_finds_nobody_saying_it(backend: SearchBackend) -> None:
    found = compare(backend, "")
    assert not found.rows
    assert found.baseline() is None


def test_of_a_long_passage_the_rarest_pieces_are_looked_for(backend: SearchBackend) -> None:
    plan = "".join(each.text for each in document(backend, "004").paragraphs)[:9000].replace(" ", "")
    found = compare(backend, plan)
    assert len(found.topic.pieces) == 24
    row = row_of(found, "004")
    assert row is None or row.paragraph.text


def test_a_topic_that_nobody_has_leaves_everybody_silent(backend: SearchBackend) -> None:
    found = compare(backend, "量子计算机")
    assert not found.rows
    assert len(found.silent) == 5


def test_sentences_nearly_alike_are_one_wording_and_its_years_are_those_of_all() -> None:
    said = [
        Said("落实以居住证为主要依据的随迁子女义务教育就学政策，确保三年巩固率达95%以上。", 2018),
        Said("大力发展职业教育。", 2016),
        Said("落實以居住證為主要依據的隨遷子女義務教育就學政策,確保三年鞏固率達96%以上。", 2015),
        Said("落实以居住证为主要依据的随迁子女义务教育就学政策，确保三年巩固率达95%以上。", 2020, 2021),
    ]
    first, second = group_wordings(said)
    assert (first.label, first.members, first.years) == ("A", (2, 0, 3), (2015, 2018, 2020, 2021))
    assert first.figures_differ
    assert (second.label, second.members, second.figures_differ) == ("B", (1,), False)


def test_one_changed_word_in_a_short_sentence_is_another_wording() -> None:
    said = [Said("有效预防校园欺凌。", 2017), Said("坚决整治校园欺凌。", 2018)]
    assert [wording.members for wording in group_wordings(said)] == [(0,), (1,)]


def test_wordings_are_grouped_alike_in_any_order_of_equals() -> None:
    said = [
        Said(text, year) for year, text in enumerate(["甲乙丙丁戊己庚辛", "子丑寅卯辰巳午未", "甲乙丙丁戊己庚辛"], 2000)
    ]
    assert [wording.members for wording in group_wordings(said)] == [(0, 2), (1,)]


def test_a_diff_marks_words_and_numbers_that_differ() -> None:
    before = Said("学前三年毛入园率达到82.54%，普惠率达到75%。", 2016)
    after = Said("学前三年毛入园率达到84%，普惠性幼儿园覆盖率达到75%。", 2017)
    changes = differences(before, after)
    assert "".join(change.text for change in changes if change.op != "delete") == after.text
    assert [(each.text, each.was) for each in differing_numbers(before.folded, after.folded)] == [("84%", "82.54%")]


def test_sentences_on_other_matters_are_not_diffed() -> None:
    assert differences(Said("大力发展职业教育。"), Said("推进校园无线网络建设，完善公共服务平台。")) == ()


def test_phrases_that_are_shared_are_the_longest_ones() -> None:
    said = [
        Said("建立以居住证为主要依据的入学政策。"),
        Said("落实以居住证为主要依据的随迁子女就学政策。"),
        Said("大力发展职业教育。"),
    ]
    phrases = shared_phrases(said)
    assert [(phrase.text, phrase.members) for phrase in phrases] == [("居住证为主要依据", (0, 1))]
    spans = common_spans(said, phrases, least=2)
    assert [[each.text[slice(*span)] for span in found] for each, found in zip(said, spans, strict=True)] == [
        ["居住证为主要依据"],
        ["居住证为主要依据"],
        [],
    ]
    assert own_spans(said)[2] == ((0, 9),)
    assert own_spans([said[0], said[0]]) == [(), ()]


def test_no_phrase_ends_inside_a_longer_one_that_is_always_meant() -> None:
    said = [
        Said("实施职业教育提质培优行动，推进产教融合。"),
        Said("推动职业教育提质培优，打造市域产教联合体。"),
        Said("落实职业教育提质培优计划，完善产教融合。"),
        Said("推动职业教育，深化产教融合和校企合作。"),
    ]
    found = [phrase.text for phrase in shared_phrases(said, besides=("职业教育",))]
    assert found == ["职业教育提质培优", "产教融合"]  # not 教育提质, not 推动职业教育, not the topic itself


def test_a_phrase_that_stands_alone_is_told_beside_a_longer_one() -> None:
    said = [
        Said("推进学前教育普及普惠县创建。"), Said("做好学前教育普及普惠县创建。"),
        Said("推动学前教育普及普惠。"), Said("促进学前教育普及普惠。"), Said("实现学前教育普及普惠。"),
    ]  # fmt: skip
    found = {phrase.text: len(phrase.members) for phrase in shared_phrases(said)}
    assert found == {"学前教育普及普惠": 5, "学前教育普及普惠县创建": 2}


def test_documents_stand_in_the_order_in_which_the_state_lists_their_places(backend: SearchBackend) -> None:
    found = compare(backend, "学生")
    places = [each.metadata.city for each in asked_documents(backend, parse_query("学生"))]
    assert places == ["上海市", "武汉市", "潜江市", "重庆市", None]
    assert [row.document.metadata.city for row in found.rows] == [city for city in places if city in {
        row.document.metadata.city for row in found.rows
    }]  # fmt: skip
    assert [each.place[1] for each in cover(found)] == ["上海市", "武汉市", "武汉市", "潜江市", "重庆市", None]


def test_a_phrase_of_two_characters_is_nobodys_own() -> None:
    said = [Said("同时，加快建设教育强市。", 2023), Said("大力发展职业教育。", 2024)]
    assert [[each.text[slice(*span)] for span in found] for each, found in zip(said, own_spans(said), strict=True)] == [
        ["加快建设教育强市。"],
        ["大力发展职业教育。"],
    ]


def test_every_run_of_words_that_two_sentences_share_is_found(backend: SearchBackend) -> None:
    said = compare(backend, "学前教育").rows
    texts = [compact(each.folded)[0] for each in said]
    for phrase in shared_phrases(said):
        assert phrase.members == tuple(at for at, text in enumerate(texts) if phrase.text in text)
    assert [phrase.text for phrase in shared_phrases(said)] == ["第三期学前教育行动计划"]


def test_words_of_one_document_stand_out_against_the_others(backend: SearchBackend) -> None:
    ours = document(backend, "003").paragraphs
    others = [each for name in ("000", "001", "002", "004") for each in document(backend, name).paragraphs]
    words = distinctive(count_words(ours), count_words(others))
    assert "教联体" in [each.word for each in words[:8]]
    assert all(each.g2 >= 15.13 and each.log_ratio > 0 and each.here >= 3 for each in words)
    lines = keyword_in_context(ours, "教联体", 6)
    assert all(line.paragraph.text[slice(*line.span)] == "教联体" for line in lines)
    assert len(lines) == next(each.here for each in words if each.word == "教联体")


def test_places_and_years_are_told_by_the_words_that_the_others_use_less(backend: SearchBackend) -> None:
    whole = compare(backend, "学前教育")
    repeated = "教联体推进。教联体建设。教联体评估。" * 4
    rows = list(whole.rows)
    texts = {row.document.id: row.paragraph.folded for row in rows}
    assert not any("教联体" in text for text in texts.values())
    at = next(at for at, row in enumerate(rows) if row.document.metadata.city == "武汉市")
    longer = rows[at].paragraph.text + repeated
    rows[at] = replace(
        rows[at], paragraph=replace(rows[at].paragraph, text=longer, folded=rows[at].paragraph.folded + repeated)
    )
    found = contrasts(rows)
    here = next(each for each in found if each.place and each.place[1] == "武汉市")
    word, lines = next(pair for pair in zip(here.words, here.lines, strict=True) if pair[0].word == "教联体")
    assert (word.here, word.elsewhere) == (12, 0)
    assert [line.paragraph.text[slice(*line.span)] for line in lines] == ["教联体"] * 3
    assert {each.year for each in found if each.year} >= set(rows[at].years)
    assert not [word for each in found for word in each.words if word.word in "武汉市重庆市"]
    assert contrasts(rows[at : at + 1]) == ()


def row_saying(row: Row, at: int, place: tuple[str, str], text: str) -> Row:
    """Return a row like another one, of another place and of other words."""
    paragraph = replace(row.paragraph, id=f"p{at}", text=text, folded=text)
    known = replace(row.document.metadata, province=place[0], city=place[1], district=None, years=(2020,))
    return replace(row, about="about", paragraph=paragraph, document=replace(row.document, id=f"d{at}", metadata=known))


ELSEWHERE = "推进教师培训，提高教育质量，落实办学条件，完善学校管理。"


def test_a_word_of_one_document_alone_is_not_that_of_its_group(backend: SearchBackend) -> None:
    row = compare(backend, "学前教育").rows[0]
    texts = [
        "教联体推进。优先保障校车。校车安全。校车运营。校车补贴。校车监管。",
        *["推进教联体建设。评估教联体。落实减负。"] * 2,
    ]
    rows = [row_saying(row, at, ("甘肃省", "兰州市"), text) for at, text in enumerate(texts)]
    rows += [row_saying(row, at, ("甘肃省", "天水市"), ELSEWHERE) for at in range(3, 12)]
    (lanzhou,) = (each for each in contrasts(rows) if each.place == ("甘肃省", "兰州市", None))
    words = [word.word for word in lanzhou.words]
    assert "教联体" in words
    assert "校车" not in words


def test_of_many_places_provinces_are_contrasted_and_mentions_left_out(backend: SearchBackend) -> None:
    row = compare(backend, "学前教育").rows[0]
    rows = [row_saying(row, at, ("甘肃省", f"第{at}市"), "推进教联体建设。落实减负。") for at in range(8)]
    rows += [row_saying(row, at, ("青海省", f"第{at}市"), ELSEWHERE) for at in range(8, 32)]
    bus = "校车安全。校车运营。校车补贴。" * 3
    mentions = [replace(row_saying(row, at, ("甘肃省", f"第{at}市"), bus), about="mentions") for at in (32, 33)]
    (gansu,) = (each for each in contrasts([*rows, *mentions]) if each.place)
    assert (gansu.place, gansu.whole, gansu.members) == (("甘肃省", None, None), True, tuple(range(8)))
    words = {word.word for word in gansu.words}
    assert {"教联体", "减负"} <= words
    assert "校车" not in words
    assert not any(each.whole for each in contrasts(rows[4:12]))


def test_a_word_used_equally_often_is_nobodys_own(backend: SearchBackend) -> None:
    counts = count_words(document(backend, "003").paragraphs)
    assert distinctive(counts, counts) == ()


def changed(whole: Document, paragraphs: list[Paragraph]) -> Document:
    return replace(whole, paragraphs=tuple(paragraphs))


def aligned(backend: SearchBackend, left: Document, right: Document) -> tuple[Pair, ...]:
    return align(left, right, backend.vocabulary(), backend.corpus().paragraphs)


def test_two_years_of_a_plan_are_aligned(backend: SearchBackend) -> None:
    whole = document(backend, "003")
    after = list(whole.paragraphs)
    text = after[10].text.replace("2-3岁", "1-3岁")
    after[10] = replace(after[10], text=text, folded=fold(text).text)
    after.append(after.pop(4))
    del after[7]
    new = document(backend, "000").paragraphs[19]
    assert "民族教育" in new.text
    assert "民族教育" not in "".join(each.text for each in after)
    after.insert(2, new)
    pairs = aligned(backend, whole, changed(whole, after))
    kinds: dict[str, list[int]] = {}
    for at, pair in enumerate(pairs):
        kinds.setdefault(pair.kind, []).append(at)
    assert [pairs[at].left for at in kinds["moved"]] == [whole.paragraphs[4]]
    assert [pairs[at].left for at in kinds["dropped"]] == [whole.paragraphs[8]]
    assert [pairs[at].right for at in kinds["added"]] == [new]
    assert kinds["added"] == [2]  # behind the one that it follows
    (reworded,) = (pairs[at] for at in kinds["reworded"])
    assert reworded.left == whole.paragraphs[10]
    assert [(change.op, change.text) for change in reworded.changes if change.op != "equal"] == [
        ("delete", "2"),
        ("insert", "1"),
    ]
    assert len(kinds["same"]) == len(whole.paragraphs) - 3


def test_plans_of_two_places_are_aligned_by_matter(backend: SearchBackend) -> None:
    pairs = aligned(backend, document(backend, "003"), document(backend, "004"))
    found = {(pair.left.item, pair.right.item) for pair in pairs if pair.left and pair.right}
    assert {("28", "25"), ("17", "14"), ("14", "11"), ("13", "9"), ("10", "6")} <= found


def test_every_paragraph_of_both_sides_is_in_one_pair(backend: SearchBackend) -> None:
    left, right = document(backend, "000"), document(backend, "002")
    pairs = aligned(backend, left, right)
    assert [pair.left for pair in pairs if pair.left and pair.again != "left"] == list(left.paragraphs)
    ours = [pair.right for pair in pairs if pair.right and pair.again != "right"]
    assert sorted(each.ordinal for each in ours) == [each.ordinal for each in right.paragraphs]


def test_a_document_is_the_same_as_itself(backend: SearchBackend) -> None:
    whole = document(backend, "000")
    assert {pair.kind for pair in aligned(backend, whole, whole)} == {"same"}


def test_coverage_counts_each_place_and_year(backend: SearchBackend) -> None:
    found = compare(backend, "随迁子女")
    covered = cover(found)
    cells = {(each.place[1], each.year): each for each in covered}
    assert set(cells) == {
        ("武汉市", 2017), ("武汉市", 2018), ("潜江市", 2024), ("重庆市", 2017), ("上海市", 2018), (None, 2015),
    }  # fmt: skip
    wuhan = cells["武汉市", 2017]
    assert (wuhan.documents, wuhan.treating, wuhan.mentioning) == (1, 1, 0)
    assert wuhan.rate == round(10_000 * wuhan.paragraphs / wuhan.characters, 3)
    assert cells["潜江市", 2024].rate == 0
    gaps = missing(covered)
    assert (("湖北省", "武汉市", None), 2016) in gaps
    assert (("湖北省", "武汉市", None), 2017) not in gaps
    assert missing(()) == ()


class WithoutLikeness:
    """A backend that keeps no columns of likeness."""

    def __init__(self, backend: SearchBackend) -> None:
        self.paragraph, self.search, self.vocabulary = backend.paragraph, backend.search, backend.vocabulary


@pytest.mark.parametrize("columns", [True, False])
def test_text_that_is_used_again_is_found(backend: SearchBackend, columns: bool) -> None:
    used = backend if columns else WithoutLikeness(backend)
    assert isinstance(used, HasLikeness) == columns
    first, again = (each for each in document(backend, "000").paragraphs if "禁毒宣传月" in each.text)
    found = similar(used, first.id, 0.5)  # type: ignore[arg-type]
    assert [each.paragraph.id for each in found] == [again.id]
    assert 0.5 <= found[0].likeness < 0.6
    assert not found[0].same_figures
    assert "".join(change.text for change in found[0].changes if change.op != "delete") == again.text
    assert similar(used, first.id, 0.6) == ()  # type: ignore[arg-type]


def test_text_of_a_document_that_was_taken_away_is_not_found_again(tmp_path: Path) -> None:
    texts = tmp_path / "texts"
    texts.mkdir()
    policy = "落实以居住证为主要依据的随迁子女义务教育就学政策。" * 3
    for year in range(2010, 2022):
        (texts / f"{year}.txt").write_text(
            f"武汉市教育局{year}年工作要点\n一、主要工作\n1.{policy}{year}年完成。\n", "utf-8"
        )
    build([texts], tmp_path / "index")
    (texts / "2018.txt").unlink()
    build([texts], tmp_path / "index")
    backend = open_backend(tmp_path / "index")
    first = backend.search(parse_query("随迁子女", per_page=1)).hits[0]
    found = similar(backend, first.paragraph.id)
    assert len(found) == 10
    assert not any("2018" in each.document.path for each in found)
    backend.close()
