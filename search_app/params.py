"""The address of a search and the query that it stands for: read from parameters, written as a short address.

Everything that a request says is checked here; behind this door a ``Query`` is trusted.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, Literal, Protocol, TypeVar
from urllib.parse import quote

from indexer.errors import ParameterError
from indexer.places import Kind, normalise
from indexer.query import MAX_LENGTH, NONE, Filters, Query, Relax, Sort, parse_query

MAX_PER_PAGE = 100
MAX_PAGE = 10_000
"""Nobody reads further; the bound keeps an absurd number from reaching the engine."""
SORTS: tuple[Sort, ...] = ("relevance", "newest", "oldest")
RELAXES: tuple[Relax, ...] = ("near", "all", "most", "any")
GROUPS: tuple[Literal["document"], ...] = ("document",)

_FOLDS = {None: None, "on": True, "off": False}
MAX_VALUES = 50
"""Values that one filter may have: the answer offers, for each, the address without it."""

_Word = TypeVar("_Word", bound=str)


class QueryTooLongError(ParameterError):
    """The query is longer than anything that a person types."""

    status = 413
    code = "query_too_long"


class Parameters(Protocol):
    """The parameters of a request: werkzeug's ``MultiDict`` is one."""

    def get(self, key: str) -> str | None:
        """Return the first value of a parameter."""

    def getlist(self, key: str) -> Sequence[str]:
        """Return all values of a parameter."""


def read_query(args: Parameters) -> Query:
    """Read a query from the parameters of a request.

    Raises ``ParameterError`` (also ``QueryTooLongError``) for a value that cannot be, and ``QuerySyntaxError``.

    >>> from werkzeug.datastructures import MultiDict
    >>> query = read_query(MultiDict([("q", "随迁子女"), ("city", "武汉"), ("year", "2017..2019")]))
    >>> query.filters.cities, query.filters.years
    (('武汉市',), ((2017, 2019),))
    """
    text = read_text(args)
    query = parse_query(
        text,
        filters=Filters(
            provinces=_places("province", args),
            cities=_places("city", args),
            districts=_places("district", args),
            issuers=_values("issuer", args),
            years=tuple(sorted(dict.fromkeys(map(read_year, _values("year", args))), key=_year_order)),
        ),
        sort=_choice("sort", args.get("sort"), SORTS) or "relevance",
        relax=_choice("relax", args.get("relax"), RELAXES),
        page=read_number("page", args.get("page"), default=1, most=MAX_PAGE),
        per_page=read_number("per_page", args.get("per_page"), default=10, most=MAX_PER_PAGE),
        expand=read_expand(args),
        spell=_choice("spell", args.get("spell"), ("on", "off")) != "off",
        off=_values("off", args),
    )
    group = _choice("group", args.get("group"), GROUPS)
    return replace(query, group=group, fold=_FOLDS[_choice("fold", args.get("fold"), ("on", "off"))])


def read_marking(args: Parameters) -> Query:
    """Read only what marks words in a document: the text, and which expansions count. Raises like ``read_query``."""
    return parse_query(read_text(args), expand=read_expand(args), off=_values("off", args))


def read_expand(args: Parameters) -> bool:
    """Read whether words are expanded. Raises ``ParameterError``."""
    return _choice("expand", args.get("expand"), ("on", "off")) != "off"


def read_text(args: Parameters) -> str:
    """Read the words of a query, trimmed. Raises ``QueryTooLongError``."""
    text = args.get("q") or ""
    if len(text) > MAX_LENGTH:
        raise QueryTooLongError(f"检索词有 {len(text)} 个字符，最多 {MAX_LENGTH} 个。")
    return text.strip()


def read_year(value: str) -> tuple[int, int] | None:
    """Read one year, a range of years with both ends included, or ``~none``. Raises ``ParameterError``.

    >>> read_year("2017"), read_year("2017..2024"), read_year("~none")
    ((2017, 2017), (2017, 2024), None)
    """
    if value == NONE:
        return None
    match = re.fullmatch(r"([0-9]{4})(?:\.\.([0-9]{4}))?", unicodedata.normalize("NFKC", value))
    if match is None:
        raise ParameterError(f"年份“{_short(value)}”无法理解。请写 2017，或 2017..2024，或 {NONE}（未注明）。")
    first, last = int(match[1]), int(match[2] or match[1])
    if first > last:
        raise ParameterError(f"年份范围“{value}”是倒的。请写 {last}..{first}。")
    return first, last


def read_number(name: str, value: str | None, *, default: int, most: int) -> int:
    """Read a whole number from 1 to ``most``. Raises ``ParameterError``."""
    if value is None or value == "":
        return default
    if not re.fullmatch(r"[0-9]{1,9}", value) or not 1 <= int(value) <= most:
        raise ParameterError(f"参数 {name} 须是 1 到 {most} 的整数，不能是“{_short(value)}”。")
    return int(value)


def search_url(query: Query, path: str = "/", **changes: Any) -> str:
    """Write the shortest address of a query; ``changes`` are fields of the query, and any change goes to page 1.

    >>> from indexer.query import Filters, Query
    >>> query = Query("控辍保学", "控辍保学", None, Filters(years=((2017, 2017),)), page=3)
    >>> search_url(query, filters=Filters(years=((2017, 2019), None)))
    '/?q=%E6%8E%A7%E8%BE%8D%E4%BF%9D%E5%AD%A6&year=2017..2019&year=~none'
    """
    if changes:
        query = replace(query, **{"page": 1, **changes})
    return url_with(path, query_parameters(query))


def query_parameters(query: Query) -> list[tuple[str, str]]:
    """List the parameters of a query in their canonical order, defaults left out."""
    parameters = [("q", query.text)] if query.text else []
    for name, values in filter_parameters(query.filters):
        parameters += [(name, value) for value in values]
    if query.sort != "relevance":
        parameters.append(("sort", query.sort))
    if query.relax is not None:
        parameters.append(("relax", query.relax))
    if query.group is not None:
        parameters.append(("group", query.group))
    if query.fold is False:
        parameters.append(("fold", "off"))
    parameters += marking_parameters(query)[bool(query.text) :]
    if query.page != 1:
        parameters.append(("page", str(query.page)))
    if query.per_page != 10:
        parameters.append(("per_page", str(query.per_page)))
    return parameters


def filter_parameters(filters: Filters) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """List the filters in the order of an address, each with its values in theirs: equal searches, equal addresses."""
    return (
        ("province", tuple(sorted(filters.provinces))),
        ("city", tuple(sorted(filters.cities))),
        ("district", tuple(sorted(filters.districts))),
        ("issuer", tuple(sorted(filters.issuers))),
        ("year", tuple(map(year_text, sorted(filters.years, key=_year_order)))),
    )


def _year_order(span: tuple[int, int] | None) -> tuple[bool, tuple[int, int]]:
    """Years as they come, 未注明 last; as texts they sort alike, for ``~`` comes behind all digits."""
    return (span is None, span or (0, 0))


def marking_parameters(query: Query) -> list[tuple[str, str]]:
    """List the parameters that say which words are marked in a document."""
    parameters = [("q", query.text)] if query.text else []
    if not query.spell:
        parameters.append(("spell", "off"))
    if not query.expand:
        parameters.append(("expand", "off"))
    return parameters + [("off", expansion) for expansion in sorted(query.off)]


def url_with(path: str, kept: Sequence[tuple[str, str]], **more: str | None) -> str:
    """Write an address with parameters, those that are ``None`` left out."""
    parameters = [*kept, *((name, value) for name, value in more.items() if value is not None)]
    return f"{path}?{'&'.join([written(*pair) for pair in parameters])}" if parameters else path


@lru_cache(maxsize=4096)
def written(name: str, value: str) -> str:
    """Write one parameter of an address; kept, for the addresses of one page differ in a parameter or two."""
    return f"{quote(name, safe='')}={quote(value, safe='')}"


def year_text(span: tuple[int, int] | None) -> str:
    """Write a range of years as a parameter has it."""
    if span is None:
        return NONE
    first, last = span
    return f"{first:04}" if first == last else f"{first:04}..{last:04}"


def _places(kind: Kind, args: Parameters) -> tuple[str, ...]:
    names = (name if name == NONE else normalise(kind, name) or name for name in _values(kind, args))
    return tuple(sorted(dict.fromkeys(names)))


def _values(name: str, args: Parameters) -> tuple[str, ...]:
    values = tuple(sorted({value.strip() for value in args.getlist(name)} - {""}))
    if len(values) > MAX_VALUES:
        raise ParameterError(f"参数 {name} 有 {len(values)} 个值，最多 {MAX_VALUES} 个。")
    return values


def _choice(name: str, value: str | None, known: tuple[_Word, ...]) -> _Word | None:
    if not value:
        return None
    for choice in known:
        if value == choice:
            return choice
    raise ParameterError(f"参数 {name} 可以是 {'、'.join(known)}，不能是“{_short(value)}”。")


def _short(value: str) -> str:
    return value if len(value) <= 40 else value[:40] + "…"
