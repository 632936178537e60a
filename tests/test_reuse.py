"""Text that is used again, over a whole corpus: clusters, who said it first, over updates and deletions."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient

from indexer.backend import SearchBackend, open_backend
from indexer.builds import current_build
from indexer.compare import HasClusters, origin, similar
from indexer.copying import Letters, is_copy
from indexer.errors import IndexBrokenError, UnknownIdError
from indexer.fold import fold_characters
from indexer.pipeline import build
from indexer.query import Filters, parse_query
from indexer.resemblance import SKETCH, sketches
from indexer.whoosh_backend.reuse import clusters as clusters_module
from indexer.whoosh_backend.reuse.candidates import CROWDED, candidate_pairs
from indexer.whoosh_backend.reuse.clusters import REUSE, SHORTEST, Columns, find_clusters
from indexer.whoosh_backend.reuse.stars import UNKNOWN, stars
from search_app import create_app

POLICY = (
    "落实以居住证为主要依据的随迁子女义务教育就学政策，健全控辍保学动态监测机制，完善农村留守儿童关爱服务体系，"
    "确保适龄儿童少年应入尽入。"
)
CANTEEN = (
    "加强学校食堂食品安全管理，严格落实校领导陪餐制度，定期开展食品安全检查，公开原料来源和经费收支，接受家长监督。"
)
SPORT = (
    "开齐开足体育课程，保证中小学生每天一小时校园体育活动，完善学生体质健康监测制度，广泛开展阳光体育运动和校园足球。"
)


def plan(place: str, year: int | None, *paragraphs: str, published: str = "") -> str:
    title = f"{place}教育局{year}年工作要点" if year else f"{place}教育局关于做好有关工作的意见"
    lines = [title, *([f"发布日期：{published}"] if published else []), "一、主要工作"]
    return "\n".join([*lines, *(f"{number}.{text}" for number, text in enumerate(paragraphs, 1))]) + "\n"


TEXTS = {
    "wuhan": plan("武汉市", 2016, POLICY, CANTEEN),
    "chongqing": plan("重庆市", 2018, "进一步" + POLICY, SPORT),
    "qianjiang": plan("潜江市", 2018, POLICY.replace("健全", "完善"), SPORT + "同时。", SPORT),
    "undated": plan("成都市", None, POLICY.replace("适龄", "所有"), "建设书香校园，组织师生共读。"),
}


def written(folder: Path, texts: dict[str, str]) -> Path:
    folder.mkdir(exist_ok=True)
    for path in folder.iterdir():
        if path.stem not in texts:
            path.unlink()
    for name, text in texts.items():
        path = folder / f"{name}.txt"
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
    return folder


def clusters_of(index: Path, filters: Filters = Filters(), within: bool = False) -> list[list[str]]:  # noqa: B008
    """Return the clusters of an index in the order of the list, each by the ids of all its members."""
    backend = open_backend(index)
    assert isinstance(backend, HasClusters)
    page = backend.clusters(filters, slice(0, 100), within=within, shown=100)
    assert page.total == len(page.clusters)
    backend.close()
    return [[paragraph.id for _, paragraph in each.members] for each in page.clusters]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reuse")
    build([written(folder / "texts", TEXTS)], folder / "index")
    return folder / "index"


@pytest.fixture
def opened(small: Path) -> Iterator[SearchBackend]:
    backend = open_backend(small)
    yield backend
    backend.close()


@pytest.fixture
def client(small: Path) -> FlaskClient:
    return create_app(small).test_client()


def test_the_text_of_most_places_comes_first_with_who_said_it_first(opened: SearchBackend) -> None:
    assert isinstance(opened, HasClusters)
    page = opened.clusters(Filters(), slice(0, 10), within=False, shown=10)
    policy, sport = page.clusters
    cities = [document.metadata.city for document, _ in policy.members]
    assert (cities[0], set(cities[1:3]), cities[3]) == ("武汉市", {"重庆市", "潜江市"}, "成都市")  # no year: last
    assert (policy.spread.documents, policy.spread.places, policy.spread.paragraphs) == (4, 4, 4)
    assert policy.years == ((2016, 1), (2018, 2), (None, 1))
    assert policy.spread.first.metadata.city == "武汉市"
    in_order = ["武汉市", "潜江市", "重庆市", "成都市"]  # as the state lists them
    assert [city for (_, city, _), _ in policy.places] == in_order
    assert not policy.spread.first_surely  # what names no year may be older
    assert (sport.spread.documents, sport.spread.paragraphs) == (2, 3)
    assert not sport.spread.first_surely  # two documents of one year, and no days
    assert (page.total, page.elsewhere) == (2, 0)


def test_filters_choose_clusters_and_leave_them_whole(small: Path) -> None:
    assert [len(each) for each in clusters_of(small, Filters(cities=("武汉市",)))] == [4]
    assert [len(each) for each in clusters_of(small, Filters(years=((2018, 2018),)))] == [4, 3]
    assert clusters_of(small, Filters(cities=("武汉市",), years=((2018, 2018),))) == []
    assert [len(each) for each in clusters_of(small, Filters(years=(None,)))] == [4]


def test_what_one_document_says_twice_stands_apart(tmp_path: Path) -> None:
    texts = written(tmp_path / "texts", {"one": plan("潜江市", 2018, SPORT, CANTEEN, SPORT + "做好总结。")})
    build([texts], tmp_path / "index")
    assert clusters_of(tmp_path / "index") == []
    assert [len(each) for each in clusters_of(tmp_path / "index", within=True)] == [2]
    backend = open_backend(tmp_path / "index")
    hit = backend.search(parse_query("阳光体育")).hits[0]
    assert hit.reuse is None  # nobody else says it
    backend.close()


def test_a_hit_says_how_far_its_text_is_spread(opened: SearchBackend, client: FlaskClient) -> None:
    hits = opened.search(parse_query("随迁子女")).hits
    spreads = [hit.reuse for hit in hits]
    assert len(hits) == 4
    assert {(each.documents, each.places, each.cluster) for each in spreads if each} == {
        (4, 4, spreads[0].cluster)  # type: ignore[union-attr]
    }
    told = client.get("/api/v1/search?q=随迁子女").json["hits"][0]["reuse"]
    assert told["first"]["document"]["city"] == "武汉市"
    assert (told["first"]["year"], told["first"]["surely"]) == (2016, False)
    page = client.get("/?q=随迁子女&fold=off").text
    assert page.count("同样的文字见于 4 份文档、4 地") == 4
    assert "本文是年份最早的之一" in page
    assert opened.search(parse_query("食堂")).hits[0].reuse is None


def test_clusters_are_the_same_after_updates_as_when_built_anew(tmp_path: Path, monkeypatch: Any) -> None:
    index, texts = tmp_path / "index", tmp_path / "texts"
    steps = [
        dict(list(TEXTS.items())[:2]),
        TEXTS,
        {name: text for name, text in TEXTS.items() if name != "wuhan"},
        {**TEXTS, "qianjiang": plan("潜江市", 2019, CANTEEN, SPORT)},
        {"more": plan("襄阳市", 2020, CANTEEN + "坚持节约。", "要" + POLICY), **TEXTS},
    ]
    for number, step in enumerate(steps):
        build([written(texts, step)], index)
        build([texts], tmp_path / f"anew-{number}")
        again = clusters_of(index)
        assert {frozenset(each) for each in again} == {
            frozenset(each) for each in clusters_of(tmp_path / f"anew-{number}")
        }
        assert again
    asked: list[int] = []
    of = clusters_module.stars

    def counting(pairs: Any, agreeing: Any, verdicts: Any, count: int, read: Any) -> Any:
        return of(pairs, agreeing, verdicts, count, lambda numbers: asked.extend(numbers) or read(numbers))

    monkeypatch.setattr(clusters_module, "stars", counting)
    last = {**steps[-1], "last": plan("荆州市", 2021, "推进智慧教育平台应用，加强数字资源建设。")}
    build([written(texts, last)], index)
    assert asked == []  # what was compared before is not compared again
    monkeypatch.setattr(clusters_module, "_rules", lambda: 7)
    build([written(texts, steps[-1])], index)
    assert asked  # but by other rules it is


def test_text_of_deleted_documents_is_in_no_cluster(tmp_path: Path) -> None:
    texts, index = written(tmp_path / "texts", TEXTS), tmp_path / "index"
    build([texts], index)
    (texts / "wuhan.txt").unlink()
    (texts / "undated.txt").unlink()
    build([texts], index)
    backend = open_backend(index)
    assert isinstance(backend, HasClusters)
    page = backend.clusters(Filters(), slice(0, 10), within=False, shown=10)
    assert {document.metadata.city for each in page.clusters for document, _ in each.members} == {"重庆市", "潜江市"}
    assert all(each.spread.first.metadata.city != "武汉市" for each in page.clusters)
    backend.close()


def test_likeness_does_not_travel_in_chains() -> None:
    """Each text is a copy of the next; the first and the last have nothing in common."""
    alphabet = [chr(0x4E00 + number * 7) for number in range(2000)]
    whole = "".join(random.Random(5).sample(alphabet, 400))
    texts = [whole[at : at + 100] for at in range(0, 300, 25)]
    pairs, agreeing = candidate_pairs(sketches(texts))
    verdicts = np.full(len(pairs), UNKNOWN, np.int8)
    found = stars(pairs, agreeing, verdicts, len(texts), lambda numbers: [texts[number] for number in numbers])
    assert len(found) >= 3
    taken = [number for star in found for number in (star.centre, *star.others)]
    assert len(taken) == len(set(taken))
    for star in found:
        for other in star.others:
            assert is_copy(Letters.of(texts[star.centre]), Letters.of(texts[other]))


def test_a_formula_that_hundreds_say_is_one_cluster() -> None:
    chance = random.Random(3)
    names = [chr(0x4E00 + chance.randrange(15000)) + chr(0x4E00 + chance.randrange(15000)) for _ in range(400)]
    texts = [
        f"现在我代表{name}市人民政府向大会报告工作请予审议并请各位政协委员和其他列席人员提出意见" for name in names
    ]
    pairs, agreeing = candidate_pairs(sketches(texts))
    assert len(texts) > CROWDED
    assert len(pairs) < len(texts) ** 2 / 2
    verdicts = np.full(len(pairs), UNKNOWN, np.int8)
    found = stars(pairs, agreeing, verdicts, len(texts), lambda numbers: [texts[number] for number in numbers])
    assert max(len(star.others) for star in found) >= 0.95 * len(texts)


def test_candidates_are_those_whose_sketches_agree() -> None:
    chance = np.random.default_rng(2)
    drawn = chance.integers(0, 256, (200, SKETCH)).astype(np.uint8)
    drawn[100:150, :20] = drawn[:50, :20]  # two thirds agree
    pairs, agreeing = candidate_pairs(drawn)
    assert {tuple(pair) for pair in pairs.tolist()} == {(number, number + 100) for number in range(50)}
    assert agreeing.min() >= 20
    assert candidate_pairs(drawn[:0])[0].shape == (0, 2)


def test_short_and_deleted_paragraphs_are_left_out_and_equal_ones_need_no_comparing() -> None:
    texts = [POLICY, POLICY, SPORT, SPORT, "做好招生工作。", "做好招生工作。"]
    folded = [fold_characters(text) for text in texts]
    letters = [Letters.of(text).skeleton for text in folded]
    assert len(letters[4]) < SHORTEST
    columns = Columns(
        np.array([hash(each) & 0xFFFFFFFF for each in letters], np.uint64),
        sketches(letters),
        np.array(list(map(len, letters)), np.int32),
        np.array([True, True, True, False, True, True]),
    )

    def read(numbers: Any) -> list[str]:
        raise AssertionError(numbers)

    found, compared = find_clusters(columns, read)
    assert found.members.tolist() == [0, 1]
    assert found.starts.tolist() == [0, 2]
    assert not len(compared.pairs)


def test_a_damaged_file_of_clusters_is_said(tmp_path: Path) -> None:
    build([written(tmp_path / "texts", TEXTS)], tmp_path / "index")
    path = current_build(tmp_path / "index") / REUSE
    path.write_bytes(path.read_bytes()[:100])
    backend = open_backend(tmp_path / "index")
    assert any(REUSE in problem.path for problem in backend.check())
    with pytest.raises(IndexBrokenError, match="yaodian index"):
        backend.corpus()


def test_who_said_it_first_is_told_with_a_diff(opened: SearchBackend, client: FlaskClient) -> None:
    ours = next(hit for hit in opened.search(parse_query("随迁子女")).hits if hit.document.metadata.city == "重庆市")
    document, paragraph = opened.paragraph(ours.paragraph.id)
    found = similar(opened, paragraph.id)
    told = origin(document, paragraph, found)
    assert told.first is not None
    assert told.first.document.metadata.city == "武汉市"
    assert (told.documents, told.places, told.surely) == (4, 4, False)
    assert [found[at].document.metadata.city for at in told.order][-1] == "成都市"  # without a year last
    answer = client.get(f"/api/v1/paragraphs/{paragraph.id}/similar").json
    assert (answer["documents"], answer["places"], answer["first"]["year"]) == (4, 4, 2016)
    shown = "".join(each["text"] for each in answer["first"]["diff"] if each["op"] != "delete")
    assert shown == paragraph.text
    assert any(each["op"] == "insert" and "进一步" in each["text"] for each in answer["first"]["diff"])
    page = client.get(f"/p/{paragraph.id}").text
    assert "同样的文字见于 <b>4 份文档、4 地</b>；年份最早的之一" in page
    assert "<ins>进一步</ins>" in page
    first = client.get(f"/p/{told.first.paragraph.id}").text
    assert "本段是年份最早的之一（2016 年）" in first
    nobody = opened.search(parse_query("食堂")).hits[0].paragraph.id
    assert 'id="similar"' not in client.get(f"/p/{nobody}").text
    assert client.get(f"/api/v1/paragraphs/{nobody}/similar").json["first"] == {
        "paragraph": nobody,
        "year": 2016,
        "surely": True,
        "diff": [],
    }


def test_pages_of_clusters(client: FlaskClient) -> None:
    answer = client.get("/api/v1/reuse").json
    assert (answer["total"], answer["elsewhere"], answer["within"]) == (2, 0, "corpus")
    first = answer["clusters"][0]
    assert [each["label"] for each in first["named"]].count("武汉市") == 1
    assert first["years"][-1] == {"year": None, "documents": 1}
    page = client.get("/reuse").text
    assert "4 份文档、4 地，4 段" in page
    assert "年份最早的之一" in page
    whole = client.get(first["url"]).text
    assert re.findall(r"<ins>(.*?)</ins>", whole).count("进一步") == 1
    assert "<del>适龄</del><ins>所有</ins>" in whole
    members = whole.count('<li class="hit"')
    assert whole.count('class="save"') == whole.count('class="cite"') == members == 4
    assert client.get("/reuse?per_page=1&page=2").text.count('<li class="hit">') == 1
    assert "没有这么多页" in client.get("/reuse?page=9").text
    assert "语料里没有“洛阳市”的文档" in client.get("/reuse?city=洛阳").text
    assert "同一份文档之内" in client.get("/reuse?within=document").text
    assert client.get("/api/v1/reuse?within=all").status_code == 400
    assert client.get("/reuse/none").status_code == 404
    assert client.get("/api/v1/reuse/none").json["error"]["code"] == "unknown_id"
    for page in ("/documents", "/compare"):
        assert 'href="/reuse"' in client.get(page).text


def test_a_paragraph_that_nobody_else_says_has_no_cluster(opened: SearchBackend, client: FlaskClient) -> None:
    assert isinstance(opened, HasClusters)
    nobody = opened.search(parse_query("食堂")).hits[0].paragraph.id
    assert opened.cluster(nobody, slice(0, 5)) is None
    assert opened.spreads([nobody]) == [None]
    assert client.get(f"/api/v1/reuse/{nobody}").json["cluster"] is None
    assert "别处没有" in client.get(f"/reuse/{nobody}").text
    with pytest.raises(UnknownIdError):
        opened.cluster("none", slice(0, 5))
