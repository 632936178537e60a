"""The figures as tables: printed, and put between the marks of README.md and docs/performance.md.

A paper says ``<!-- bench NAME -->`` where a table begins and ``<!-- end of bench -->`` where it ends; NAME is one of
``TABLES``. ``python -m benchmarks.report`` makes tables and plot anew from the figures that are kept.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from benchmarks.engines import ENGINES
from benchmarks.plot import draw, fullest
from benchmarks.queries import CLASSES
from benchmarks.request_parts import PARTS

ROOT = Path(__file__).parent.parent
PAPERS = (ROOT / "README.md", ROOT / "docs" / "performance.md")
PLOT = ROOT / "docs" / "performance.svg"
_MARKED = re.compile(r"(<!-- bench ([\w-]+) -->\n).*?(<!-- end of bench -->)", re.DOTALL)
Results = Mapping[str, Any]


def write(results: Results, path: Path, *, papers: bool) -> None:
    """Write the figures, and if asked the plot and the tables in the papers."""
    path.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", "utf-8")
    if not papers:
        return
    PLOT.write_text(draw(results), "utf-8")
    for paper in PAPERS:
        text = paper.read_text("utf-8")
        refreshed = refresh(text, results)
        if refreshed != text:
            paper.write_text(refreshed, "utf-8")


def refresh(text: str, results: Results) -> str:
    """Return a paper with its tables made anew; raises ``KeyError`` for a mark that names no table."""
    return _MARKED.sub(lambda found: f"{found[1]}{TABLES[found[2]](results)}\n{found[3]}", text)


def as_text(results: Results) -> str:
    """Return all tables, for a terminal."""
    return "\n\n".join(f"## {name}\n{table(results)}" for name, table in TABLES.items())


def queries(results: Results) -> str:
    """One table a size: median and 95th percentile by class and engine, and how Yaodian stands to the first peers."""
    return "\n\n".join(_queries_of(int(size), measured) for size, measured in results["sizes"].items())


def _queries_of(size: int, measured: Mapping[str, Any]) -> str:
    names = list(measured["engines"])
    pairs = [(own, peer) for own in _OWN for peer in _PEERS if {own, peer} <= set(names)]
    rows = []
    for kind, figures in measured["classes"].items():
        times = figures["times"]
        cells = [_cell(times.get(name)) for name in names]
        rows.append([CLASSES[kind], *cells, *(_ratio(times, own, peer) for own, peer in pairs)])
    ratios = [f"{own} ÷ {peer}" for own, peer in pairs]
    title = f"{size:,} paragraphs ({_where(measured)}); milliseconds, p50 / p95"
    missing = sorted(ENGINES.keys() - set(names))
    without = f"\n\nNot measured at this size: {', '.join(missing)}." if missing else ""
    return f"{title}:\n\n{table(['question', *names, *ratios], rows)}{without}"


_OWN, _PEERS = ("yaodian", "arrays"), ("tantivy", "whoosh-plain")


def _cell(figures: Mapping[str, float] | None) -> str:
    return "" if figures is None else f"{_number(figures['p50'])} / {_number(figures['p95'])}"


def _ratio(times: Mapping[str, Mapping[str, float]], own: str, peer: str) -> str:
    if own not in times or peer not in times or not times[peer]["p50"]:
        return ""
    return f"{times[own]['p50'] / times[peer]['p50']:.2g}"


def _number(value: float) -> str:
    """Write a figure with two digits that say something.

    >>> _number(0.0712), _number(3.21), _number(128.0), _number(3140.0)
    ('.07', '3.2', '128', '3,140')
    """
    if value < 1:
        return f"{value:.2f}".removeprefix("0")
    return f"{value:.1f}" if value < 10 else f"{value:,.0f}"


def _where(measured: Mapping[str, Any]) -> str:
    machine = measured["measured"]
    kind = "generated" if measured["corpus"]["kind"] == "generated" else "real texts"
    return f"{kind}, {machine['date']}, load {machine['load']} to {machine['load_after']}"


def building(results: Results) -> str:
    """What each index costs: time to build, bytes, the first answer of a fresh process, memory."""
    rows = []
    for size, measured in results["sizes"].items():
        for name, engine in measured["engines"].items():
            build, process = engine["build"], engine["process"]
            cut = engine.get("with_tokenising")
            rows.append(
                [
                    f"{int(size):,}",
                    name,
                    f"{build['per_second']:,}",
                    f"{cut['per_second']:,}" if cut else "",
                    _megabytes(build["bytes_words"]),
                    _megabytes(_with_texts(engine)),
                    f"{process['first_ms']:,.0f}",
                    _megabytes(process["bytes"] - process["bytes_imported"]),
                ]
            )
    header = [
        "paragraphs",
        "engine",
        "built/s",
        "built/s from texts",
        "MB",
        "MB with texts",
        "first answer ms",
        "MB held",
    ]
    return table(header, rows)


def _with_texts(engine: Mapping[str, Any]) -> int | None:
    build = engine["build"]
    if "bytes_with_texts" in engine:
        return int(engine["bytes_with_texts"])
    return build["bytes_words"] + build["bytes_texts"] if engine["version"] and _stores(build) else None


def _stores(build: Mapping[str, Any]) -> bool:
    return build["bytes_texts"] is not None and build["bytes_texts"] > build["bytes_words"] / 10


def _megabytes(size: float | None) -> str:
    return "" if size is None else f"{size / 1e6:.1f}"


def requests(results: Results) -> str:
    """Whole requests against ``/healthz``, by number of clients."""
    rows = []
    for size, measured in results["sizes"].items():
        for clients, figures in measured.get("requests", {}).items():
            search, again, health = figures["search"], figures.get("again"), figures["healthz"]
            rows.append(
                [
                    f"{int(size):,}",
                    clients,
                    f"{_number(search['p50'])} / {_number(search['p95'])}",
                    f"{_number(again['p50'])} / {_number(again['p95'])}" if again else "",
                    f"{_number(health['p50'])} / {_number(health['p95'])}",
                    f"{search['per_second']:,.0f}",
                    _number(search["server_cpu_ms"]),
                    _number(health["server_cpu_ms"]),
                ]
            )
    header = [
        "paragraphs",
        "clients",
        "search p50 / p95",
        "asked again",
        "healthz p50 / p95",
        "searches/s",
        "server CPU ms",
        "of healthz",
    ]
    return table(header, rows)


def parts(results: Results) -> str:
    """Where the processor time of a whole request goes, by class."""
    rows = [
        [f"{int(size):,}", kind, *(_number(spent[part]) for part in (*PARTS, "whole"))]
        for size, measured in results["sizes"].items()
        for kind, spent in measured.get("request_parts", {}).items()
    ]
    return table(["paragraphs", "class", *PARTS, "whole"], rows)


def growth(results: Results) -> str:
    """How the median of each engine grows with the paragraphs."""
    sizes = list(results["sizes"])
    rows = []
    for kind in CLASSES:
        for name in (*_OWN, *_PEERS):
            cells = []
            for size in sizes:
                times = results["sizes"][size]["classes"].get(kind, {}).get("times", {})
                cells.append(_number(times[name]["p50"]) if name in times else "")
            if any(cells):
                rows.append([kind, name, *cells])
    return table(["class", "engine", *(f"{int(size):,}" for size in sizes)], rows)


def agreement(results: Results) -> str:
    """How many answers of engines over the same words were compared, and how many differed."""
    rows = [
        [f"{int(size):,}", f"{measured['compared']:,}", f"{len(measured['disagreements']):,}"]
        for size, measured in results["sizes"].items()
    ]
    return table(["paragraphs", "answers compared", "differing in total or counts"], rows)


def summary(results: Results) -> str:
    """The medians at the size that most engines were measured at, for the README."""
    size, measured = fullest(results)
    names = list(measured["engines"])
    rows = [
        [CLASSES[kind].split(":")[0], *(_median(measured["classes"][kind]["times"].get(name)) for name in names)]
        for kind in CLASSES
        if kind in measured["classes"]
    ]
    title = f"Milliseconds (median), {int(size):,} paragraphs ({_where(measured)}):"
    return f"{title}\n\n{table(['question', *names], rows)}"


def _median(figures: Mapping[str, float] | None) -> str:
    return "" if figures is None else _number(figures["p50"])


def table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a table in Markdown.

    >>> print(table(["问题", "毫秒"], [["随迁子女", ".3"]]))
    | 问题 | 毫秒 |
    | --- | --- |
    | 随迁子女 | .3 |
    """
    header = list(header)
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


TABLES: Mapping[str, Callable[[Results], str]] = {
    "summary": summary,
    "queries": queries,
    "building": building,
    "requests": requests,
    "parts": parts,
    "growth": growth,
    "agreement": agreement,
}


if __name__ == "__main__":
    kept = ROOT / "benchmarks" / "results.json"
    write(json.loads(kept.read_text("utf-8")), kept, papers=True)
