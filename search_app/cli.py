"""The command ``yaodian``: results to standard output, everything else to standard error.

Exit status: 0 done (also with no hits), 1 the work failed or a file could not be read, 2 wrong usage.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from indexer.errors import ParameterError, YaodianError
from search_app import streams
from search_app.base_url import LOCAL, VARIABLE, cleaned

if TYPE_CHECKING:
    from indexer.anchoring.vanished import Vanished

if TYPE_CHECKING:
    from indexer.backend import SearchBackend

DEFAULT_INDEX = Path("index")
MAX_WORKERS = 64
"""More processes than this only wait for the one that finds the documents and joins what the others write."""
MAX_PROCESSES = 64
"""More processes that serve than this no machine of ours has cores for."""
EXPORTS = ("docx", "xlsx", "csv", "md", "ris", "bibtex", "csl-json", "json")
"""``search_app.export.FORMATS``, whose makers are only loaded when they are asked."""
MAX_LIMIT = 100
"""Hits at a time, as on the page."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line; returns the exit status."""
    streams.prepare_streams()
    options = _parser().parse_args(arguments)
    try:
        status: int = options.run(options)
        sys.stdout.flush()
        return status
    except YaodianError as error:
        print(f"yaodian: {error}", file=sys.stderr)
        return error.exit_status
    except BrokenPipeError:  # the reader of our output has seen enough (`yaodian search … | head`)
        streams.discard_output()
        return 0
    except OSError as error:
        where = os.fspath(error.filename) if error.filename else "the output cannot be written"
        print(f"yaodian: {where}: {error.strerror or error}", file=sys.stderr)
        streams.discard_output()
        return 1
    except KeyboardInterrupt:
        print("yaodian: interrupted; the index is as it was before", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="yaodian",
        description="要点: full-text search over Chinese education policy texts.",
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def command(name: str, run: Any, summary: str, **more: Any) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=summary, description=summary, **more)
        made.set_defaults(run=run)
        return made

    def index_option(made: argparse.ArgumentParser) -> None:
        made.add_argument(
            "--index", type=Path, default=DEFAULT_INDEX, metavar="DIR", help="index folder (default: index/)"
        )

    def filter_options(made: argparse.ArgumentParser) -> None:
        for option, letter, more in (
            ("--province", "P", None),
            ("--city", "C", "repeatable; ~none for 未注明"),
            ("--district", "D", None),
            ("--issuer", "I", None),
            ("--year", "Y", "2017 or 2017..2024; repeatable"),
        ):
            made.add_argument(option, type=_text, action="append", default=[], metavar=letter, help=more)

    made = command(
        "index",
        _index,
        "Read documents and make the index hold exactly them.",
        epilog="Text files (.txt, .md; UTF-8, GB18030, Big5, UTF-16) and JSON lines (.jsonl, .jsonl.gz), 16 MiB a text "
        "at most; in a folder, corpus.csv corrects the metadata. Files that did not change are not read again.",
    )
    made.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="files and folders (default: seeds/)")
    index_option(made)
    made.add_argument("--rebuild", action="store_true", help="read every file again")
    made.add_argument(
        "--workers", type=_up_to(MAX_WORKERS), default=1, metavar="N", help="processes that read and index (default: 1)"
    )

    made = command("inspect", _inspect, "Show what the reader makes of one file, and why.")
    made.add_argument("file", metavar="FILE", help="a text file or JSON lines; - reads standard input")
    made.add_argument("--json", action="store_true", help="as JSON, one object a document")

    for name, run, summary in (
        ("search", _search, "Search the index, as the search page does."),
        ("explain", _explain, "Show how a query is read: folded text, clauses, tokens, and what was relaxed."),
    ):
        made = command(name, run, summary, epilog="A query that begins with - stands behind --: search -- -高中")
        made.add_argument("query", type=_text, metavar="QUERY", help='words, "quoted", -without, A OR B, 前缀*')
        index_option(made)
        made.add_argument("--json", action="store_true", help="as JSON, like /api/v1/search")
        if name == "search":
            filter_options(made)
            made.add_argument("--sort", choices=("relevance", "newest", "oldest"), default="relevance")
            made.add_argument(
                "--limit",
                type=_up_to(MAX_LIMIT),
                default=10,
                metavar="N",
                help=f"hits, {MAX_LIMIT} at most (default: 10)",
            )

    made = command(
        "compare",
        _compare,
        "Compare what documents say on a topic, and list those that say nothing; or two documents side by side.",
        epilog="What other documents say that the first wording does not is underlined. Of two documents, what only "
        "one says is underlined, figures that differ are bold. A document's id is the end of its address: /d/ID.",
    )
    made.add_argument("topic", type=_text, nargs="?", metavar="TOPIC", help="a topic, as a query: 随迁子女")
    made.add_argument("--left", metavar="ID", help="a document, to be held against --right instead of a topic")
    made.add_argument("--right", metavar="ID")
    index_option(made)
    filter_options(made)
    forms = made.add_mutually_exclusive_group()
    forms.add_argument("--json", action="store_true", help="as JSON, like /api/v1/compare")
    forms.add_argument(
        "--format", choices=("csv", "xlsx"), help="as a table for a spreadsheet; write it to a file: > FILE"
    )

    made = command(
        "export",
        _export,
        "Write all hits of a search to a file, each with its citation and permalink.",
        epilog="At most 10,000 hits, 2,000 in docx; a file that was cut says so. Write it to a file: > FILE",
    )
    made.add_argument("query", type=_text, metavar="QUERY", help="a query, as for search")
    made.add_argument("--format", choices=EXPORTS, default="csv", help="the kind of file (default: csv)")
    index_option(made)
    filter_options(made)
    made.add_argument("--sort", choices=("relevance", "newest", "oldest"), default="relevance")
    made.add_argument("--limit", type=_up_to(10_000), metavar="N", help="hits, best first (default: all)")
    made.add_argument("--style", type=_text, metavar="NAME", help="of the citations (default: gb7714-2015-numeric)")
    made.add_argument(
        "--base-url",
        type=_text,
        default=os.environ.get(VARIABLE) or LOCAL,
        metavar="URL",
        help=f"address under which the pages are reached, for permalinks (default: ${VARIABLE} or {LOCAL})",
    )

    made = command("serve", _serve, "Serve the pages and their JSON.")
    made.add_argument("--host", default="127.0.0.1")
    made.add_argument("--port", type=_port, default=8000)
    made.add_argument(
        "--processes",
        type=_up_to(MAX_PROCESSES),
        default=1,
        metavar="N",
        help="processes that answer requests, sharing the port and the mapped index (default: 1)",
    )
    index_option(made)

    made = command(
        "backup",
        _backup,
        "Write the collections and the history of ids into one file, which no index can give back.",
        epilog="It can be made while the pages are served, and restored into SQLite or PostgreSQL alike.",
    )
    made.add_argument("file", type=Path, metavar="FILE", help="what stands there is replaced once the backup is whole")
    index_option(made)
    made = command("restore", _restore, "Put a backup where there is nothing yet.")
    made.add_argument("file", type=Path, metavar="FILE", help="what `yaodian backup` wrote")
    made.add_argument("--force", action="store_true", help="in place of the collections and history that there are")
    index_option(made)

    made = command("check", _check, "Verify the index against its stamp.")
    index_option(made)
    return parser


def _text(argument: str) -> str:
    """Read an argument of words: UTF-8 even where the locale knows only ASCII."""
    try:
        argument.encode("utf-8")
    except UnicodeEncodeError:
        try:
            return os.fsencode(argument).decode("utf-8")
        except UnicodeDecodeError:
            raise argparse.ArgumentTypeError(f"{argument!r} is not UTF-8; write it in UTF-8") from None
    return argument


def _up_to(most: int) -> Callable[[str], int]:
    def whole(text: str) -> int:
        if not _is_whole(text, most) or int(text) < 1:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 to {most}")
        return int(text)

    return whole


def _port(text: str) -> int:
    if not _is_whole(text, 65535):
        raise argparse.ArgumentTypeError(f"{text!r} is not a port (0 to 65535)")
    return int(text)


def _is_whole(text: str, most: int) -> bool:
    return text.isdecimal() and len(text) <= 9 and int(text) <= most


def _index(options: argparse.Namespace) -> int:
    from indexer import thesaurus
    from indexer.corpus import Progress as ProgressOfBuild
    from indexer.pipeline import build
    from search_app.terminal import report_table

    # Ended by the system as by a person: what was half written is removed, and it is said.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    console = streams.progress_console()
    paths = options.paths or [Path("seeds")]
    with Progress(
        TextColumn("读取"),
        BarColumn(),
        TextColumn("{task.fields[said]}", markup=False),
        TimeRemainingColumn(),
        console=console,
        transient=True,
    ) as progress:
        task = progress.add_task("index", total=None, said="")

        def show(done: ProgressOfBuild) -> None:
            rate = done.paragraphs / max(progress.tasks[task].elapsed or 0, 0.1)
            said = (
                f"{done.paragraphs:,} 段 · {rate:,.0f} 段/秒 · 文件 {done.files + 1}/{done.of_files} {done.path.name}"
            )
            progress.update(task, completed=done.octets, total=done.of_octets, said=said)

        report = build(
            paths,
            options.index,
            rebuild=options.rebuild,
            workers=options.workers,
            on_progress=show,
            history=partial(_keep_history, options.index),
        )
    fatal = [problem for problem in report.problems if problem.fatal]
    for problem in (*report.problems, *thesaurus.problems()):
        mark = Text("error ", "red") if problem.fatal else Text("note  ", "yellow")
        console.print(mark + Text(str(problem)), soft_wrap=True)
    if report.corpus is None:
        console.print("yaodian: no document could be read; the index stays as it was", markup=False)
        return 1
    streams.OutputConsole().print(report_table(options.index, report))
    return 1 if fatal else 0


def _keep_history(index: Path, vanished: Iterable[Vanished]) -> None:
    """Keep what an index is about to lose; the database is opened, and made, only when there is something."""
    from search_app.collections.database import database_url, open_database
    from search_app.history.recording import recorder

    database = open_database(database_url(index))
    try:
        recorder(database)(vanished)
    finally:
        database.close()


def _inspect(options: argparse.Namespace) -> int:
    from indexer.models import Problem
    from indexer.reading import read_document
    from indexer.sources import MAX_FILE_BYTES, read_bytes, read_sources
    from search_app.inspection import inspection_json, inspection_text, problem_json

    failed = False
    if options.file == "-":
        # One byte more than allowed tells that there is more.
        sources = iter([read_bytes(sys.stdin.buffer.read(MAX_FILE_BYTES + 1), "-")])
    else:
        sources = read_sources(Path(options.file))
    for item in sources:
        if isinstance(item, Problem):
            failed = failed or item.fatal
            print(f"yaodian: {item}", file=sys.stderr)
            if options.json:
                streams.print_json({"path": item.path, "problems": [problem_json(item)]})
            continue
        document = read_document(item)
        if options.json:
            streams.print_json(inspection_json(document), indent=1)
        else:
            console = streams.OutputConsole(soft_wrap=True, highlight=False)
            for part in inspection_text(document):
                console.print(part)
    return 1 if failed else 0


def _search(options: argparse.Namespace) -> int:
    from werkzeug.datastructures import MultiDict

    from indexer.backend import open_backend
    from indexer.finding import find
    from search_app.answer import answer, suggest, unknown_places
    from search_app.params import read_query
    from search_app.terminal import print_hits, print_nothing_found

    pairs = [("q", options.query), ("sort", options.sort), ("per_page", str(options.limit))]
    query = read_query(MultiDict(pairs + _filters(options)))
    backend = open_backend(options.index)
    if options.json:
        streams.print_json(answer(backend, query), indent=1)
        return 0
    finding = find(backend, query)
    print_hits(query, finding.page, finding.used)
    if not finding.page.total:
        print_nothing_found(unknown_places(backend, query.filters), suggest(backend, query))
    return 0


def _filters(options: argparse.Namespace) -> list[tuple[str, str]]:
    names = ("province", "city", "district", "issuer", "year")
    return [(name, value) for name in names for value in getattr(options, name)]


def _compare(options: argparse.Namespace) -> int:
    from werkzeug.datastructures import MultiDict

    from indexer.backend import open_backend
    from indexer.compare import matrix
    from search_app.compare_table import written
    from search_app.compare_topic import require_topic, topic_json, unknown_values
    from search_app.params import read_query
    from search_app.terminal_compare import print_comparison

    if options.format == "xlsx" and sys.stdout.isatty():
        raise ParameterError("an XLSX file cannot be shown here; write it to a file: > FILE.xlsx")
    sides = options.left is not None, options.right is not None
    if (options.topic is not None) == any(sides) or any(sides) != all(sides):
        raise ParameterError("compare takes either a TOPIC, or two documents: --left ID --right ID")
    backend = open_backend(options.index)
    if all(sides):
        return _compare_sides(backend, options)
    query = read_query(MultiDict([("q", options.topic), *_filters(options)]))
    unknown = unknown_values(backend, query)
    if options.format or options.json:
        require_topic(query)
    if options.format:
        streams.write_bytes(written(topic_json(backend, query), options.format))
    elif options.json:
        streams.print_json(topic_json(backend, query), indent=1)
    else:
        print_comparison(matrix(backend, query), unknown)
    if unknown and (options.format or options.json):
        print(f"yaodian: 语料中没有{'、'.join(unknown)}的文档；有哪些地方和年份，见 /documents。", file=sys.stderr)
    return 0


def _export(options: argparse.Namespace) -> int:
    from werkzeug.datastructures import MultiDict

    from indexer.backend import open_backend
    from search_app.exporting import export_search
    from search_app.params import read_query

    if options.format in ("docx", "xlsx") and sys.stdout.isatty():
        raise ParameterError(f"a file for an office program cannot be shown here; write it: > FILE.{options.format}")
    query = read_query(MultiDict([("q", options.query), ("sort", options.sort), *_filters(options)]))
    base = cleaned(options.base_url)
    made = export_search(open_backend(options.index), query, options.format, base, options.style, options.limit)
    streams.write_bytes(made.octets)
    return 0


def _compare_sides(backend: SearchBackend, options: argparse.Namespace) -> int:
    from search_app.compare_table import written
    from search_app.sides import sides_json
    from search_app.terminal_sides import print_sides

    found = sides_json(backend, options.left, options.right)
    if options.format:
        streams.write_bytes(written(found, options.format))
    elif options.json:
        streams.print_json(found, indent=1)
    else:
        print_sides(found)
    return 0


def _explain(options: argparse.Namespace) -> int:
    from indexer.backend import open_backend
    from indexer.query import parse_query
    from search_app.answer import answer
    from search_app.present import reading_json
    from search_app.terminal import print_reading

    found = answer(open_backend(options.index), parse_query(options.query))
    if options.json:
        streams.print_json(reading_json(found), indent=1)
    else:
        print_reading(found)
    return 0


def _serve(options: argparse.Namespace) -> int:
    from search_app.serving import serve

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr)
    logging.getLogger("waitress").setLevel(logging.WARNING)
    return serve(options.index, options.host, options.port, options.processes)


def _backup(options: argparse.Namespace) -> int:
    from search_app.collections.backup import back_up
    from search_app.collections.database import database_url, open_database

    rows = back_up(open_database(database_url(options.index)), options.file)
    print(f"{options.file}: {_counted(rows)}")
    return 0


def _restore(options: argparse.Namespace) -> int:
    from search_app.collections.backup import restore
    from search_app.collections.database import database_url, open_database

    database = open_database(database_url(options.index))
    rows = restore(database, options.file, force=options.force)
    print(f"{database.name}: {_counted(rows)}")
    return 0


def _counted(rows: Mapping[str, int]) -> str:
    """Say what a backup holds, deleted collections and items that can still be brought back among them."""
    names = {"collection": "collections", "saved_item": "saved items", "history": "documents of the history"}
    return ", ".join(f"{rows.get(table, 0)} {name}" for table, name in names.items())


def _check(options: argparse.Namespace) -> int:
    from indexer.backend import open_backend

    backend = open_backend(options.index)
    problems = backend.check()
    for problem in problems:
        print(f"yaodian: {problem}", file=sys.stderr)
    if problems:
        return 1
    corpus = backend.corpus()
    size = f"{corpus.documents} documents, {corpus.paragraphs} paragraphs"
    print(f"{options.index}: in order: build {corpus.build}, {size}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
