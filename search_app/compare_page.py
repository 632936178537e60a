"""The page ``/compare``: a grid of places and years, the wordings, who is silent; or two documents side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request

from indexer.backend import SearchBackend
from indexer.compare import rate
from indexer.compare.topic import read_topic
from indexer.compare.wordings import numbers_in
from indexer.errors import ParameterError
from indexer.places import label
from indexer.query import Query
from search_app.access import current_backend
from search_app.compare import Json, answer_comparison
from search_app.compare_filters import document_filters
from search_app.compare_grid import (
    LISTED,
    MANY_PLACES,
    ORDERS,
    PER_PAGE,
    Arranged,
    Entry,
    Order,
    arrange,
    at_a_glance,
    by_province,
    entries_of,
)
from search_app.compare_words import spoken
from search_app.params import (
    MAX_PAGE,
    MAX_PER_PAGE,
    Parameters,
    filter_parameters,
    marking_parameters,
    read_number,
    read_query,
    read_text,
    url_with,
)
from search_app.sides_page import chooser_url, sides_view

pages = Blueprint("comparison_pages", __name__)

PATH = "/compare"
PHRASES = 20
"""Shared phrases that are shown; the JSON has twice as many."""
_NAMED = 8
"""Places that are named beside a phrase before the rest is left to a click."""
_ROWS = 40
"""Places up to which the table of what stands behind a comparison has a line for each; of more, for each province."""


@pages.get("/compare")
def page() -> str:
    """Show who says what on a topic, or two documents side by side; without either, the forms."""
    backend = current_backend()
    if "left" in request.args or "right" in request.args:
        return render_template("compare_sides.html", **sides_view(backend, request.args))
    shared = {"corpus": backend.corpus(), "sides_url": chooser_url(request.args)}
    if not read_text(request.args):
        return render_template("compare.html", topic="", found=None, **shared)
    view = _view(backend, request.args, answer_comparison(backend, request.args))
    return render_template("compare.html", **shared, **view)


@dataclass(frozen=True, slots=True)
class _State:
    """What an address of this page says besides words and filters; everything in it can be changed alone."""

    words: tuple[tuple[str, str], ...]
    filters: tuple[tuple[str, str], ...]
    baseline: str | None
    order: Order
    fade: bool
    whole: bool
    distinctive: str | None
    page: int
    per_page: int

    def marks(self, **changes: str | None) -> list[tuple[str, str]]:
        """List the parameters that are not words or filters; any change goes to page 1."""
        kept = {
            "baseline": self.baseline,
            "order": self.order if self.order != "place" else None,
            "fade": "1" if self.fade else None,
            "all": "1" if self.whole else None,
            "per_page": str(self.per_page) if self.per_page != PER_PAGE else None,
            "distinctive": self.distinctive,
            **changes,
        }
        return [(name, value) for name, value in kept.items() if value is not None]

    def url(self, **changes: str | None) -> str:
        """Write the address of this page with something changed."""
        return url_with(PATH, [*self.words, *self.filters, *self.marks(**changes)])


def _read_state(args: Parameters, query: Query, found: Json) -> _State:
    order = args.get("order") or "place"
    if order not in ORDERS:
        raise ParameterError(f"参数 order 是“{order[:40]}”，只能是 {'、'.join(ORDERS)}。")
    asked = args.get("baseline") or None
    words = [("q", query.text), *marking_parameters(query)[bool(query.text) :]]
    return _State(
        words=tuple(words),
        filters=tuple((name, value) for name, values in filter_parameters(query.filters) for value in values),
        # By its paragraph: a letter means another wording as soon as other places are asked. Nearness is nothing
        # without what is near to it: the order by it shows the baseline that it has.
        baseline=found["baseline_row"]["paragraph"]["id"]
        if (asked or order == "likeness") and found["baseline_row"]
        else None,
        order=order,
        fade=args.get("fade") == "1",
        whole=args.get("all") == "1",
        distinctive=args.get("distinctive") or None,
        page=read_number("page", args.get("page"), default=1, most=MAX_PAGE),
        per_page=read_number("per_page", args.get("per_page"), default=PER_PAGE, most=MAX_PER_PAGE),
    )


def _view(backend: SearchBackend, args: Parameters, found: Json) -> dict[str, Any]:
    """Put together what the template shows of an answer."""
    query = read_query(args)
    state = _read_state(args, query, found)
    entries = entries_of(found)
    arranged = arrange(found, entries, state.order, state.page, None if state.whole else state.per_page)
    places = len({entry.place for entry in entries})

    def address(entry: Entry) -> str:
        here = arranged.page_of.get(entry.number, 1)
        return ("" if here == arranged.page else state.url(page=str(here))) + f"#r{entry.number}"

    by_id = {entry.row["paragraph"]["id"]: entry for entry in entries if entry.row}
    return {
        "topic": query.text,
        "found": found,
        "state": state,
        "arranged": arranged,
        "glance": {kind: by_province(named) for kind, named in at_a_glance(entries, address).items()}
        if places <= LISTED
        else None,
        "many": places >= MANY_PLACES,
        "kinds_of": {kind: sum(entry.kind == kind for entry in entries) for kind in ("about", "mentions", "silent")},
        "wordings": [_wording(each, by_id) for each in found["wordings"] if len(each["members"]) > 1],
        "phrases": [_phrase(each, by_id, address) for each in found["shared_phrases"][:PHRASES]],
        "own": [(entry, _own(entry.row)) for entry in entries if entry.row and entry.row["own"]],
        "contrasts": [each | {"name": _contrasted(each)} for each in found["distinctive"] or ()],
        "behind": _behind(found, places),
        "facets": document_filters(backend, query, state.marks()),
        "filtered": [_said(value) for _, value in state.filters],
        "wordless": not read_topic(query, {}, 1).pieces,  # only exclusions and fields of documents
        "orders": [
            (name, state.url(order=None if key == "place" else key), key == state.order) for key, name in ORDERS.items()
        ],
        "pager": _pager(state, arranged),
        "spoken": lambda row: spoken(row, fade=state.fade, compared=state.baseline is not None),
        "address": address,
        "files": _files([*state.words, *state.filters], state.baseline),
        "search_url": url_with("/", [*state.words, *state.filters]),
        "counted": "份",
        "PER_PAGE": PER_PAGE,
    }


def _wording(wording: Json, by_id: dict[str, Entry]) -> Json:
    entries = [by_id[each] for each in wording["members"] if each in by_id]
    first = wording["first"]
    return {
        **wording,
        "entries": entries,
        "row": entries[0].row,
        "first_place": label(first["province"], first["city"], first["district"]),
        "figures": [_figures(entry.row) for entry in entries if entry.row] if wording["figures_differ"] else [],
    }


def _figures(row: Json) -> str:
    low, high = row["sentence"]
    found = numbers_in(row["paragraph"]["folded"][low:high])
    return "、".join(row["paragraph"]["text"][low + start : low + end] for start, end, _ in found)


def _phrase(phrase: Json, by_id: dict[str, Entry], address: Callable[[Entry], str]) -> Json:
    said = [by_id[each] for each in phrase["paragraphs"] if each in by_id]
    places = {entry.place: (entry.document["place"], address(entry)) for entry in reversed(said)}
    users = list(reversed(places.values()))
    return {"text": phrase["text"], "count": len(phrase["paragraphs"]), "users": users[:_NAMED], "rest": users[_NAMED:]}


def _own(row: Json) -> list[str]:
    return [row["paragraph"]["text"][slice(*span)] for span in row["own"]]


def _contrasted(contrast: Json) -> str:
    """Name what a contrast is about: a year, a province with all its places, or a place."""
    if contrast["by"] == "province":
        return contrast["province"] or "未注明"
    return str(contrast["year"] or label(contrast["province"], contrast["city"], contrast["district"]))


def _behind(found: Json, places: int) -> Json:
    """Say what stands behind a comparison, a line for each place, or for each province where there are many places."""
    lines: dict[str, Json] = {}
    years: dict[str, set[int]] = {}
    for each in found["totals"]:
        name = label(each["province"], each["city"], each["district"])
        if places > _ROWS:
            name = each["province"] or "未注明"
        line = lines.setdefault(name, {"places": 0, **dict.fromkeys(_SUMMED, 0)})
        line["places"] += 1
        for key in _SUMMED:
            line[key] += each[key]
    for each in found["coverage"]:
        name = label(each["province"], each["city"], each["district"]) if places <= _ROWS else each["province"]
        if each["year"] is not None:
            years.setdefault(name or "未注明", set()).add(each["year"])
    lacking: dict[str, list[int]] = {}
    for each in found["missing"] if places <= _ROWS else ():
        lacking.setdefault(label(each["province"], each["city"], each["district"]), []).append(each["year"])
    whole = {"places": places, **{key: sum(line[key] for line in lines.values()) for key in _SUMMED}}
    for line in (*lines.values(), whole):
        line["silent"] = line["documents"] - line["about"] - line["mentions"]
        line["rate"] = rate(line["paragraphs"], line["characters"])
    for name, line in lines.items():
        line["years"], line["missing"] = _spans(sorted(years.get(name, ()))), _spans(lacking.get(name, []))
    return {"lines": lines, "whole": whole, "provinces": places > _ROWS, "missing": len(found["missing"])}


_SUMMED = ("documents", "characters", "about", "mentions", "paragraphs")


def _spans(years: Sequence[int]) -> str:
    """Write years, those that follow each other as a span.

    >>> _spans([2015, 2016, 2017, 2019, 2021, 2022])
    '2015—2017、2019、2021、2022'
    """
    runs: list[list[int]] = []
    for year in years:
        if runs and runs[-1][-1] == year - 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return "、".join(f"{run[0]}—{run[-1]}" if len(run) > 2 else "、".join(map(str, run)) for run in runs)


def _said(value: str) -> str:
    return "未注明" if value == "~none" else "～".join(value.split(".."))


def _pager(state: _State, arranged: Arranged) -> Json:
    here, last = arranged.page, arranged.pages
    around = sorted({1, *range(max(1, here - 2), min(last, here + 2) + 1), last})
    return {
        "page": here,
        "last": last,
        "previous": state.url(page=str(here - 1)) if here > 1 else None,
        "next": state.url(page=str(here + 1)) if here < last else None,
        "pages": [(number, state.url(page=str(number))) for number in around],
        "whole": state.url(all="1"),
    }


def _files(kept: list[tuple[str, str]], baseline: str | None) -> list[tuple[str, str]]:
    """Return the names and addresses of the files that hold what a page shows."""
    return [
        (name, url_with("/api/v1/compare", kept, baseline=baseline, format=form))
        for name, form in (("CSV", "csv"), ("Excel", "xlsx"))
    ]
