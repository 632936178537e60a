"""Two years of one place side by side: what stands for what, what is gone, and how each face says it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from indexer.backend import SearchBackend, open_backend
from indexer.compare import Pair, align
from indexer.models import Document
from indexer.pipeline import build
from search_app import create_app
from tests.terminal import run

SEEDS = Path(__file__).parent.parent / "seeds"
Json = dict[str, Any]

OLD = """一、主要工作
1.推进学前教育普及普惠。新建公办幼儿园12所,学前三年毛入园率达到92.5%以上。完善普惠性民办幼儿园收费标准。
2.落实控辍保学责任。常态化开展控辍保学督查和月报,对疑似失学学生逐一劝返复学。
3.办好特殊教育。实施第三期特殊教育提升计划,为重度残疾儿童送教上门,建设特教资源中心。
4.加强校园安全。落实校园安保三项建设,封闭管理率、一键报警率均达到100%。组织应急疏散演练和防溺水教育。规范校车管理,查处非法接送学生车辆。
5.深化教师队伍建设。实施县管校聘,开展教师校长交流轮岗。
6.规范民族教育。做好内地民族班学生的教育管理服务,开展中华优秀传统文化进校园活动。
"""
NEW = """一、主要工作
1.深化教师队伍建设。实施县管校聘,开展教师校长交流轮岗。
2.推进学前教育普及普惠。新建公办幼儿园15所,学前三年毛入园率达到94%以上。完善普惠性民办幼儿园收费标准。
3.办好特殊教育。实施第三期特殊教育提升计划,为重度残疾儿童送教上门,建设特教资源中心。
4.强化学校安全防范。落实校园安保三项建设,封闭管理率、一键报警率均达到100%。
5.开展应急疏散演练。各校每月组织一次应急疏散演练,暑期前集中开展防溺水教育。
6.整治校车。规范校车管理,查处非法接送学生车辆。
7.推广智慧阅读平台。建设区域智慧阅读平台,评选书香校园,配备图书漂流书柜。
"""


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("years")
    lines = [
        {"id": str(year), "title": f"赤水县教育局{year}年工作要点", "text": text, "city": "赤水县", "year": year}
        for year, text in ((2022, OLD), (2023, NEW))
    ]
    (folder / "plans.jsonl").write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), "utf-8")
    build([SEEDS, folder / "plans.jsonl"], folder / "index")
    return folder / "index"


@pytest.fixture(scope="module")
def backend(index: Path) -> Iterator[SearchBackend]:
    opened = open_backend(index)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def client(backend: SearchBackend) -> FlaskClient:
    return create_app(backend).test_client()


@pytest.fixture(scope="module")
def years(backend: SearchBackend) -> tuple[str, str]:
    found = {each.metadata.years[0]: each.id for each in backend.documents() if each.metadata.city == "赤水县"}
    return found[2022], found[2023]


def documents(backend: SearchBackend, years: tuple[str, str]) -> tuple[Document, Document]:
    return backend.document(years[0]), backend.document(years[1])


@pytest.fixture(scope="module")
def pairs(backend: SearchBackend, years: tuple[str, str]) -> tuple[Pair, ...]:
    return align(*documents(backend, years), backend.vocabulary(), backend.corpus().paragraphs)


def items(pairs: tuple[Pair, ...], kind: str) -> set[tuple[str | None, str | None]]:
    return {(pair.left and pair.left.item, pair.right and pair.right.item) for pair in pairs if pair.kind == kind}


def test_what_only_one_year_treats_is_dropped_or_added(pairs: tuple[Pair, ...]) -> None:
    assert items(pairs, "dropped") == {("2", None), ("6", None)}
    assert items(pairs, "added") == {(None, "7")}


def test_an_item_that_was_split_is_shown_beside_all_its_parts(pairs: tuple[Pair, ...]) -> None:
    safety = [pair for pair in pairs if pair.left and pair.left.item == "4"]
    assert {pair.right.item for pair in safety if pair.right} == {"4", "5", "6"}
    assert [pair.again for pair in safety].count("left") == 2
    (cars,) = (pair for pair in safety if pair.right and pair.right.item == "6")
    assert cars.left
    assert [cars.left.text[slice(*span)] for span in cars.part] == ["规范校车管理,查处非法接送学生车辆。"]


def test_merged_items_are_shown_beside_what_they_were_merged_into(
    backend: SearchBackend, years: tuple[str, str]
) -> None:
    old, new = documents(backend, years)
    merged = align(new, old, backend.vocabulary(), backend.corpus().paragraphs)
    safety = {pair.left.item: pair.again for pair in merged if pair.left and pair.right and pair.right.item == "4"}
    assert set(safety) == {"4", "5", "6"}
    assert sorted(filter(None, safety.values())) == ["right", "right"]


def test_an_item_that_stands_elsewhere_has_moved(pairs: tuple[Pair, ...]) -> None:
    assert items(pairs, "moved") == {("5", "1")}
    assert items(pairs, "same") == {("3", "3")}


def test_figures_that_differ_are_marked_where_they_stand(pairs: tuple[Pair, ...]) -> None:
    (pair,) = (each for each in pairs if each.left and each.right and each.left.item == "1")
    assert pair.left
    assert pair.right
    for paragraph, marks, figures in (
        (pair.left, pair.left_marks, ["12所", "92.5%"]),
        (pair.right, pair.right_marks, ["15所", "94%"]),
    ):
        numbers = [paragraph.text[mark.start : mark.end] for mark in marks if mark.kind == "number"]
        assert numbers == figures
    assert not [mark for mark in (*pair.left_marks, *pair.right_marks) if mark.kind == "only"]


def test_marks_do_not_cross(pairs: tuple[Pair, ...]) -> None:
    for pair in pairs:
        for paragraph, marks in ((pair.left, pair.left_marks), (pair.right, pair.right_marks)):
            kept = [mark for mark in marks if mark.kind != "number"]
            assert all(a.end <= b.start for a, b in pairwise(kept))
            assert all(paragraph and 0 <= mark.start < mark.end <= len(paragraph.text) for mark in marks)


def test_each_paragraph_stands_for_itself_once(
    backend: SearchBackend, years: tuple[str, str], pairs: tuple[Pair, ...]
) -> None:
    old, new = documents(backend, years)
    assert [pair.left for pair in pairs if pair.left and pair.again != "left"] == list(old.paragraphs)
    ours = [pair.right.ordinal for pair in pairs if pair.right and pair.again != "right"]
    assert sorted(ours) == [each.ordinal for each in new.paragraphs]


def get(client: FlaskClient, url: str, status: int = 200) -> Json:
    answer = client.get(url)
    assert answer.status_code == status
    found: Json = answer.get_json()
    return found


def test_pairs_of_a_kind_are_asked_for(client: FlaskClient, years: tuple[str, str]) -> None:
    url = f"/api/v1/compare?left={years[0]}&right={years[1]}"
    whole, some = get(client, url), get(client, url + "&kind=dropped&kind=moved")
    assert {pair["kind"] for pair in some["pairs"]} == {"dropped", "moved"}
    assert some["counts"] == whole["counts"]
    assert some["kinds"] == ["moved", "dropped"]
    alone = get(client, url + "&kind=alone")["pairs"]
    assert all(any(mark["kind"] == "only" for side in pair["marks"].values() for mark in side) for pair in alone)
    assert len(alone) <= sum(whole["only"].values())
    assert "gone" in get(client, url + "&kind=gone", 400)["error"]["message"]


def test_what_is_dropped_as_a_whole_says_that_a_sentence_has_its_like(client: FlaskClient) -> None:
    """It read 右边没有, and beneath it one of its own sentences stood as 改写."""
    ids = {each["city"]: each["id"] for each in get(client, "/api/v1/documents")["documents"]}
    url = f"/compare?left={ids['武汉市']}&right={ids['重庆市']}"
    pairs = get(client, f"/api/v1{url}")["pairs"]
    paired = {pair["left"]["id"] for pair in pairs if pair["left"] and pair["right"]}
    dropped = [pair for pair in pairs if pair["kind"] == "dropped"]
    assert {pair["partly"] for pair in dropped} == {True, False}
    assert all(pair["partly"] == (pair["left"]["id"] in paired) for pair in dropped)
    some = get(client, f"/api/v1{url}&kind=dropped")["pairs"]
    assert [pair["partly"] for pair in some] == [pair["partly"] for pair in dropped]
    assert page(client, url).count("指整段；有的句子另有对应") == sum(pair["partly"] for pair in pairs)


def page(client: FlaskClient, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_the_page_shows_a_kind_and_leads_back_to_all(client: FlaskClient, years: tuple[str, str]) -> None:
    shown = page(client, f"/compare?left={years[0]}&right={years[1]}&kind=added")
    assert "智慧阅读平台" in shown
    assert "控辍保学督查" not in shown
    assert f'href="/compare?left={years[0]}&amp;right={years[1]}">全部' in shown
    assert "右边没有 2 段" in shown
    assert "左右对调" in shown


def test_the_topic_and_its_filters_are_kept(client: FlaskClient, years: tuple[str, str]) -> None:
    topic = f"q={quote('控辍保学')}&year=2022"
    found = page(client, "/compare?" + topic)
    assert f'href="/compare?left=&amp;{topic.replace("&", "&amp;")}"' in found
    chosen = page(client, f"/compare?left={years[0]}&right={years[1]}&{topic}")
    assert f'href="/compare?{topic.replace("&", "&amp;")}">回到“控辍保学”的对比' in chosen
    assert '<input type="hidden" name="year" value="2022">' in chosen


def test_with_one_document_the_other_years_of_its_place_are_offered(
    client: FlaskClient, years: tuple[str, str]
) -> None:
    shown = page(client, f"/compare?left={years[0]}")
    assert f'href="/compare?left={years[0]}&amp;right={years[1]}"' in shown
    assert shown.index('<optgroup label="同一地方">') < shown.index('<optgroup label="其他">')


def test_a_document_leads_to_its_other_year_the_earlier_on_the_left(
    client: FlaskClient, years: tuple[str, str]
) -> None:
    address = f'href="/compare?left={years[0]}&amp;right={years[1]}"'
    for document, other in (years, years[::-1]):
        shown = page(client, f"/d/{document}")
        assert address in shown
        assert f"与{2023 if other == years[1] else 2022}年对比" in shown
    assert "年对比" not in page(client, f"/d/{other_place(client)}")


def other_place(client: FlaskClient) -> str:
    found = get(client, "/api/v1/documents")["documents"]
    return str(next(each["id"] for each in found if each["city"] == "潜江市"))


def test_a_place_that_is_not_stated_has_no_other_years(client: FlaskClient) -> None:
    found = get(client, "/api/v1/documents")["documents"]
    nowhere = next(each["id"] for each in found if each["city"] is None)
    assert "年对比" not in page(client, f"/d/{nowhere}")


def test_a_table_says_what_each_side_says_alone(client: FlaskClient, years: tuple[str, str]) -> None:
    table = page(client, f"/api/v1/compare?left={years[0]}&right={years[1]}&format=csv")
    assert table.startswith("\ufeff情况,相似度,")
    assert sum(line.startswith("右边没有,") for line in table.splitlines()) == 2
    assert sum(",左边,," in line for line in table.splitlines()) == 2


def test_the_command_compares_two_documents(index: Path, years: tuple[str, str]) -> None:
    done = run("compare", "--index", str(index), "--left", years[0], "--right", years[1])
    assert (done.returncode, done.stderr) == (0, "")
    assert "右边没有 2 段" in done.stdout
    assert "左 ¶2 2.落实控辍保学责任。" in done.stdout
    found = run("compare", "--index", str(index), "--left", years[0], "--right", years[1], "--json")
    assert json.loads(found.stdout)["counts"]["dropped"] == 2


@pytest.mark.parametrize("arguments", [("--left", "x"), ("控辍保学", "--left", "x", "--right", "y"), ()])
def test_the_command_takes_a_topic_or_two_documents(index: Path, arguments: tuple[str, ...]) -> None:
    done = run("compare", "--index", str(index), *arguments)
    assert done.returncode == 2
    assert "--left ID --right ID" in done.stderr


def test_documents_too_long_to_compare_are_refused(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    found = client.get("/api/v1/documents").get_json()["documents"]
    left, right = found[0]["id"], found[1]["id"]
    monkeypatch.setattr("search_app.sides.MOST_PAIRS", 100)
    answer = client.get(f"/api/v1/compare?left={left}&right={right}")
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (413, "too_large")
    assert client.get(f"/compare?left={left}&right={right}").status_code == 413
