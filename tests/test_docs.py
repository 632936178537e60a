"""The papers say what is so: queries run, links resolve, commands, options and targets exist."""

from __future__ import annotations

import argparse
import re
import shlex
from pathlib import Path

import pytest

from indexer.backend import SearchBackend
from indexer.errors import QuerySyntaxError
from indexer.query import And, Clause, Near, Node, Not, Or, parse_query
from search_app import create_app
from search_app.cli import _parser

ROOT = Path(__file__).parent.parent
PAPERS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
NAMES = [paper.relative_to(ROOT).as_posix() for paper in PAPERS]
TEXTS = {name: paper.read_text("utf-8") for name, paper in zip(NAMES, PAPERS, strict=True)}


def cells(line: str) -> list[str]:
    """Split a row of a table; a \\| inside a cell is a |."""
    return [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def code(cell: str) -> str:
    return cell[1:-1] if cell.startswith("`") else cell


def examples() -> list[list[str]]:
    """Find the rows of the tables of queries: query, how it is read, what it finds."""
    rows: list[list[str]] = []
    inside = False
    for line in TEXTS["docs/query-syntax.md"].splitlines():
        if not line.startswith("|"):
            inside = False
        elif cells(line) == ["query", "reads as", "finds"]:
            inside = True
        elif inside and not line.startswith("| ---"):
            rows.append([code(cell) for cell in cells(line)])
    return rows


EXAMPLES = examples()


def spelled(node: Node, *, top: bool = True) -> str:
    """Write a tree as the paper does."""
    if isinstance(node, Clause):
        whole = node.field not in (None, "body", "section", "title")
        text = {"phrase": f"“{node.text}”", "prefix": f"{node.text}*", "word": node.text}[node.kind]
        return f"{node.field}:{node.text if whole else text}" if node.field else text
    if isinstance(node, Near):
        return f" NEAR/{node.distance} ".join(spelled(part) for part in node.parts)
    if isinstance(node, Not):
        return "-" + spelled(node.part, top=False)
    if isinstance(node, Or):
        return f"({' OR '.join(spelled(part, top=False) for part in node.parts)})"
    assert isinstance(node, And)
    text = " AND ".join(spelled(part, top=False) for part in node.parts)
    return text if top else f"({text})"


@pytest.mark.parametrize(("text", "reading", "finds"), EXAMPLES, ids=[example[0] for example in EXAMPLES])
def test_a_query_of_the_paper_is_read_and_finds_as_it_says(
    backend: SearchBackend, text: str, reading: str, finds: str
) -> None:
    if finds.startswith("error at "):
        with pytest.raises(QuerySyntaxError) as caught:
            parse_query(text)
        assert caught.value.position == int(finds.removeprefix("error at "))
        return
    query = parse_query(text)
    assert query.root is not None
    assert spelled(query.root) == reading
    assert finds in ("hits", "none")
    assert (backend.search(query).total > 0) == (finds == "hits")


def test_the_paper_shows_every_kind_of_query() -> None:
    readings = " ".join(reading for _, reading, _ in EXAMPLES)
    assert len(EXAMPLES) >= 25
    assert all(sign in readings for sign in ("“", "*", " AND ", " OR ", "-"))
    assert {finds.split(" at ")[0] for *_, finds in EXAMPLES} == {"hits", "none", "error"}


def test_readme_queries_find_something(backend: SearchBackend) -> None:
    section = TEXTS["README.md"].split("## Searching")[1].split("\n## ")[0]
    queries = [code(cells(line)[0]) for line in section.splitlines() if line.startswith("| `")]
    assert len(queries) >= 5
    assert [query for query in queries if not backend.search(parse_query(query)).total] == []


def prose(text: str) -> str:
    """Leave out indented blocks and code between backquotes, where brackets are no links."""
    return re.sub(r"`[^`\n]*`", "", re.sub(r"(?m)^(?: {4}|\t).*$", "", text))


@pytest.mark.parametrize("name", NAMES)
def test_links_between_papers_resolve(name: str) -> None:
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(TEXTS[name])):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (ROOT / name).parent / path if path else ROOT / name
        if not file.exists() or (anchor and anchor not in anchors(file)):
            broken.append(target)
    assert broken == []


def anchors(file: Path) -> set[str]:
    """Return the anchors that GitHub gives the headings of a file."""
    headings = re.findall(r"(?m)^#+ (.*)$", file.read_text("utf-8"))
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("package", ["indexer", "search_app", "benchmarks", "tools"])
def test_papers_that_the_code_points_to_exist(package: str) -> None:
    named = {
        (file.relative_to(ROOT).as_posix(), paper)
        for file in (ROOT / package).rglob("*")
        if file.suffix in (".py", ".tsv", ".txt", ".html")
        for paper in re.findall(r"docs/[\w/.-]+\.md", file.read_text("utf-8"))
    }
    assert [(file, paper) for file, paper in sorted(named) if not (ROOT / paper).is_file()] == []


def test_every_decision_is_listed_once() -> None:
    pages = {path.name for path in (ROOT / "docs" / "decisions").glob("*.md")} - {"README.md"}
    linked = re.findall(r"\]\(([^)]+)\)", TEXTS["docs/decisions/README.md"])
    assert sorted(linked) == sorted(pages)
    numbers = [page[:4] for page in pages if page[:4].isdecimal()]
    assert len(set(numbers)) == len(numbers)


def test_make_targets_that_the_papers_name_exist() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"(?m)^([\w-]+):", makefile))
    commands = re.compile(r"(?m)(?:^ {4}|`)make((?: [\w-]+(?:=\S+?)?)+)(?=`|$)")
    named = {
        (name, word)
        for name, text in TEXTS.items()
        for words in commands.findall(text)
        for word in words.split()
        if "=" not in word
    }
    assert named
    assert [(name, word) for name, word in sorted(named) if word not in targets] == []
    public = set(re.findall(r"(?m)^\.PHONY: (.*)$", makefile)[0].split())
    assert public - {word for _, word in named} - {"test-setup"} == set()


def commands_of_the_program() -> dict[str, argparse.ArgumentParser]:
    actions = [action for action in _parser()._actions if isinstance(action, argparse._SubParsersAction)]
    return dict(actions[0].choices)


COMMANDS = commands_of_the_program()


def shell_lines() -> list[tuple[str, str]]:
    """Find the command lines of the papers: what is indented or between backquotes and calls yaodian."""
    calls = re.compile(r"(?m)(?:^ {4}(?:\$ |YAODIAN_THESAURUS=\S+ )?|`)(?:\.venv/bin/)?yaodian ([^`\n]+?)(?=`|$)")
    return [(name, line.strip()) for name, text in TEXTS.items() for line in calls.findall(text)]


def test_commands_that_the_papers_type_are_understood() -> None:
    lines = shell_lines()
    assert len(lines) > 10
    for name, line in lines:
        command, *rest = shlex.split(line.replace("[PATH ...]", "documents"))
        assert command in COMMANDS, f"{name}: yaodian {line}"
        if not rest and command in ("search", "explain", "inspect"):
            continue  # the command as such is spoken of
        try:
            _parser().parse_args([command, *rest])
        except SystemExit:
            pytest.fail(f"{name}: yaodian {line}: is no command line that the program takes")


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_and_option_is_in_the_readme(command: str) -> None:
    assert f"`yaodian {command}" in TEXTS["README.md"]
    options = {option for action in COMMANDS[command]._actions for option in action.option_strings}
    missing = {
        option
        for option in options - {"-h"}
        if not re.search(rf"(?<![\w-]){re.escape(option)}(?![\w-])", TEXTS["README.md"])
    }
    assert missing == set()


def test_every_address_that_the_readme_names_is_served(index: Path) -> None:
    rules = {re.sub(r"<[^>]+>", "<id>", rule.rule) for rule in create_app(index).url_map.iter_rules()}
    named = set(re.findall(r"`(/[\w/<>.]*)`", TEXTS["README.md"])) - {"/api/v1/"}
    assert len(named) > 8
    assert named - rules == set()


def test_dependencies_are_explained() -> None:
    listed = (ROOT / "setup.cfg").read_text("utf-8").split("install_requires =")[1].split("\n[")[0]
    packages = re.findall(r"(?m)^    ([\w-]+)", listed)
    assert len(packages) > 5
    rows = TEXTS["docs/decisions/0004-dependencies.md"]
    assert [package for package in packages if not re.search(rf"(?m)^\| {package}\b", rows)] == []


def test_json_fields_and_columns_are_those_of_the_code() -> None:
    from indexer.corpus_csv import COLUMNS
    from indexer.json_lines import STRINGS

    header = ",".join(COLUMNS)
    assert header in TEXTS["README.md"]
    assert (ROOT / "seeds" / "corpus.csv").read_text("utf-8").splitlines()[0] == header
    assert [field for field in (*STRINGS, "text", "years", "year") if f"`{field}`" not in TEXTS["README.md"]] == []
