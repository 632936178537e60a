"""Paths to texts of record: files and folders; what cannot be read is a Problem."""

from __future__ import annotations

import gzip
import hashlib
import os
import stat
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from indexer.encoding import HAN, decode
from indexer.json_lines import read_json_lines
from indexer.models import Problem, SourceText

MAX_FILE_BYTES = 16 * 1024 * 1024
"""The longest text file that is read. The longest document of the corpora tried was 1.3 MB."""

TEXT_SUFFIXES = (".txt", ".md")
JSON_SUFFIXES = (".jsonl", ".jsonl.gz")
_NOT_DOCUMENTS = frozenset({"corpus.csv", "readme.md"})
_NOT_READ = (".pdf", ".doc", ".docx", ".wps", ".ofd", ".odt", ".rtf", ".htm", ".html", ".epub", ".zip", ".rar", ".7z")
"""Kinds of files that hold texts which are not read: whoever puts one into a folder is told so."""


def discover(paths: Iterable[Path]) -> Iterator[Path | Problem]:
    """Find the documents under files and folders, sorted, each once; a missing path is a Problem.

    In folders only ``.txt``, ``.md``, ``.jsonl`` and ``.jsonl.gz`` are documents; hidden files, README.md and
    corpus.csv are not. A file that is named is taken whatever it is called.

    >>> [str(p) for p in discover([Path("no/such/folder")])]
    ['no/such/folder: There is no such file or folder; check the path.']
    """
    seen: set[str] = set()
    for path in paths:
        try:
            if path.is_dir():
                errors: list[OSError] = []
                walked = sorted(_walk(path, errors))
                found = [file for file in walked if not file.name.lower().endswith(_NOT_READ)]
                yield from (_unreadable(Path(error.filename or path), error) for error in errors)
                yield from _passed_over(path, [file for file in walked if file.name.lower().endswith(_NOT_READ)])
            elif path.exists():
                found = [path]
            else:
                yield Problem(shown_path(path), None, "There is no such file or folder; check the path.")
                continue
        except OSError as error:
            yield _unreadable(path, error)
            continue
        for file in found:
            key = os.path.realpath(file)  # unlike Path.resolve, gives up quietly on a link to itself
            if key not in seen:
                seen.add(key)
                yield file


def shown_path(path: Path) -> str:
    r"""Return a path as it is recorded and shown: with forward slashes, bytes that are no UTF-8 escaped.

    Names written on a Chinese Windows come out of an archive in GBK; which encoding it was is not guessed.

    >>> shown_path(Path(os.fsdecode(b"plan/" + "工作".encode("gbk") + b".txt")))
    'plan/\\xb9\\xa4\\xd7\\xf7.txt'
    """
    text = path.as_posix()
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return os.fsencode(text).decode("utf-8", "backslashreplace")
    return text


def _passed_over(folder: Path, files: Sequence[Path]) -> Iterator[Problem]:
    """Yield what to say of files that hold texts and are not read; the first of them are named."""
    if files:
        named = ", ".join(shown_path(file.relative_to(folder)) for file in files[:3])
        more = f" and {len(files) - 3} more" if len(files) > 3 else ""
        message = f"Passed over: {named}{more}. Files of this kind are not read; save their text as .txt."
        yield Problem(shown_path(folder), None, message, fatal=False)


def _walk(folder: Path, errors: list[OSError]) -> Iterator[Path]:
    """Yield the files in a folder that hold texts; folders that cannot be opened are added to ``errors``."""
    for parent, folders, files in os.walk(folder, onerror=errors.append):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            document = name.lower().endswith((*TEXT_SUFFIXES, *JSON_SUFFIXES, *_NOT_READ))
            if document and not name.startswith(".") and name.lower() not in _NOT_DOCUMENTS:
                yield Path(parent) / name


def read_sources(
    path: Path, *, name: str | None = None, at: Callable[[int], None] = lambda _: None
) -> Iterator[SourceText | Problem]:
    """Read the documents of one file, in order: one of a text file, one a line of a JSON lines file.

    ``name`` is the path to record (default: as given, with forward slashes). Memory is bounded by one line or file.
    ``at`` is told how many bytes of a file of many documents have been read.

    >>> list(read_sources(Path("no/such/file.txt")))[0].message
    'The file cannot be read: No such file or directory.'
    """
    shown = shown_path(path) if name is None else name
    try:
        mode = path.stat().st_mode
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):  # a folder says so itself when it is opened
            message = "The file is a pipe or a device, and may never end; save what comes out of it as a file."
            yield Problem(shown, None, message)
            return
        if path.name.lower().endswith(JSON_SUFFIXES):
            yield from read_json_lines(path, shown, at)
        else:
            yield _read_text_file(path, shown)
    except OSError as error:
        yield _unreadable(path, error, shown)
    except (EOFError, zlib.error) as error:
        yield Problem(shown, None, f"The compressed file is damaged ({error}); fetch or compress it again.")


def read_source(path: Path, *, name: str | None = None) -> tuple[SourceText | Problem, ...]:
    """Read all documents of one file at once; see ``read_sources``."""
    return tuple(read_sources(path, name=name))


def read_bytes(data: bytes, path: str) -> SourceText | Problem:
    """Read one document from bytes, standard input for instance; ``path`` is what to call it.

    >>> read_bytes("一、指导思想".encode("utf-8-sig"), "-").text
    '一、指导思想'
    >>> print(read_bytes(b"", "empty.txt"))
    empty.txt: The file is empty; put the text of the document into it or remove it.
    """
    if len(data) > MAX_FILE_BYTES:
        return Problem(path, None, f"The file is larger than {MAX_FILE_BYTES // 1024**2} MiB; split it into documents.")
    if not data.strip():
        return Problem(path, None, "The file is empty; put the text of the document into it or remove it.")
    try:
        text, encoding = decode(data)
    except UnicodeError as error:
        reason = error.reason if isinstance(error, UnicodeDecodeError) else str(error)
        return Problem(path, None, f"The file cannot be decoded: {reason}.")
    if "\0" in text:
        return Problem(path, None, "The file cannot be decoded: it is binary, not text; convert it to UTF-8 text.")
    if not HAN.search(text):
        return Problem(path, None, "The file holds no Chinese text; check that it is the right file and its encoding.")
    return SourceText(path, hashlib.sha256(data).hexdigest(), encoding, text)


def _read_text_file(path: Path, shown: str) -> SourceText | Problem:
    with path.open("rb") as stream:
        # One byte more than allowed tells that there is more, whatever the file system says of its size.
        return read_bytes(stream.read(MAX_FILE_BYTES + 1), shown)


def _unreadable(path: Path, error: OSError, shown: str | None = None) -> Problem:
    if isinstance(error, gzip.BadGzipFile):
        return Problem(
            shown or shown_path(path), None, "The file is not gzip, as its name says; compress or rename it."
        )
    reason = error.strerror or str(error)
    return Problem(shown or shown_path(path), None, f"The file cannot be read: {reason}.")
