"""Paths to texts of record: files and folders, encodings, JSON lines; what cannot be read is a Problem."""

from __future__ import annotations

import codecs
import gzip
import hashlib
import json
import os
import re
import stat
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any, cast

from charset_normalizer import from_bytes

from indexer.corpus_csv import LEVELS
from indexer.dates import read_date
from indexer.models import Problem, SourceText
from indexer.places import is_no_place

MAX_FILE_BYTES = 16 * 1024 * 1024
"""The longest text file that is read. The longest document of the corpora tried was 1.3 MB."""
MAX_LINE_BYTES = 16 * 1024 * 1024
"""The longest JSON line that is read: one document."""

TEXT_SUFFIXES = (".txt", ".md")
JSON_SUFFIXES = (".jsonl", ".jsonl.gz")
_NOT_DOCUMENTS = frozenset({"corpus.csv", "readme.md"})
_STRINGS = ("id", "title", "issuer", "province", "city", "district", "published", "source_url")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig", "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32", "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32", "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16", "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16", "utf-16-be"),
)
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
# The commonest characters of policy texts in either script: a wrong decoding yields rare characters instead.
_COMMON = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处队南给色光门即保治北造百规热领七海口东导器压志世金增争济阶油思术极交受联什认六共权收证改清己美再采转更单风切打白教速花带安场身车例真务具万每目至达走积示议声报斗完类八离华名确才科张信马节话米整空元况今集温传土许步群广石记需段研界拉林律叫且究观越织装影算低持音众书布复容儿须际商非验连断深难近矿千周委素技备半办青省列习响约支般史感劳便团往酸历市克何除消构府称太准精值号率族维划选标写存候毛亲快效斯院查江型眼王按格养易置派层片始却专状育厂京识适属圆包火住调满县局照参红细引听该铁价严"
    "國個們時來為會學發經這對說過後動種產業開關與長實現應無體點樣機從還將義務進區設資組織題質總統計處術導規劃協辦單據環類縣黨員幹領團聯戰權議報備確認證構標準選際傳輔訓練課師書試評獎園號條項執續歸獻貢歷屆層級強調維護運營雙優質質農鄉鎮貧勞動獲獨讓擴訂擬審視覺觀聽講論證鑒監督測驗檢查"
)


def decode(data: bytes) -> tuple[str, str]:
    """Decode the bytes of a Chinese text file; returns the text without byte order mark, and the encoding's name.

    UTF-8 and UTF-16/32 with a mark are taken at their word; else strict UTF-8, then GB18030 or Big5, whichever gives
    the commoner characters, as most Big5 bytes are also valid GB18030. Line ends stay as they are.

    Raises:
        UnicodeError: the bytes are no text in any of these encodings; the message says what to do.

    >>> decode("教育局工作要点".encode("gb18030"))
    ('教育局工作要点', 'gb18030')
    >>> decode("教育局工作要點".encode("big5"))
    ('教育局工作要點', 'big5')
    """
    for mark, codec, name in _BOMS:
        if data.startswith(mark):
            return data.decode(codec), name
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        if _nearly_utf8(data):
            raise UnicodeError(
                f"the text is UTF-8 but byte {error.start} is damaged; repair or convert the file"
            ) from error
    if b"\0" in data:
        raise UnicodeError("the file is binary, not text; convert it to UTF-8 text")
    candidates: list[tuple[float, str, str]] = []
    for codec in ("gb18030", "big5", "cp950", "big5hkscs"):
        try:
            text = data.decode(codec)
        except UnicodeDecodeError:
            continue
        candidates.append((_commonness(text), codec, text))
    if candidates:
        # max keeps the first of equals: the narrowest of the Big5 family that reads the file.
        score, codec, text = max(candidates, key=lambda candidate: candidate[0])
        if score >= 0.2:
            return text, codec
    guess = from_bytes(data[: 256 * 1024]).best()
    if guess is not None:
        try:
            text = data.decode(guess.encoding)
        except (UnicodeDecodeError, LookupError):
            text = ""
        if _commonness(text) >= 0.2:
            return text, guess.encoding
    raise UnicodeError("the encoding is not UTF-8, GB18030 or Big5; convert the file to UTF-8")


def _nearly_utf8(data: bytes) -> bool:
    """Tell whether bytes are UTF-8 with a few damaged places, rather than another encoding."""
    text = data.decode("utf-8", errors="replace")
    return text.count("\ufffd") * 50 < len(_HAN.findall(text))


def _commonness(text: str) -> float:
    """Return the share of common characters among all characters outside ASCII (0 without any)."""
    foreign = [
        character for character in text if character > "\x7f" and character not in "，。、；：？！“”‘’（）《》　"
    ]
    return sum(character in _COMMON for character in foreign) / len(foreign) if foreign else 0.0


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
                found = sorted(_walk(path, errors))
                yield from (_unreadable(Path(error.filename or path), error) for error in errors)
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


def _walk(folder: Path, errors: list[OSError]) -> Iterator[Path]:
    """Yield the documents in a folder; folders that cannot be opened are added to ``errors``."""
    for parent, folders, files in os.walk(folder, onerror=errors.append):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            document = name.lower().endswith((*TEXT_SUFFIXES, *JSON_SUFFIXES))
            if document and not name.startswith(".") and name.lower() not in _NOT_DOCUMENTS:
                yield Path(parent) / name


def read_sources(path: Path, *, name: str | None = None) -> Iterator[SourceText | Problem]:
    """Read the documents of one file, in order: one of a text file, one a line of a JSON lines file.

    ``name`` is the path to record (default: as given, with forward slashes). Memory is bounded by one line or file.

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
            yield from _read_json_lines(path, shown)
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
    if not _HAN.search(text):
        return Problem(path, None, "The file holds no Chinese text; check that it is the right file and its encoding.")
    return SourceText(path, hashlib.sha256(data).hexdigest(), encoding, text)


def _read_text_file(path: Path, shown: str) -> SourceText | Problem:
    with path.open("rb") as stream:
        # One byte more than allowed tells that there is more, whatever the file system says of its size.
        return read_bytes(stream.read(MAX_FILE_BYTES + 1), shown)


def _read_json_lines(path: Path, shown: str) -> Iterator[SourceText | Problem]:
    empty = True
    with _open_lines(path) as stream:
        number = 0
        while line := stream.readline(MAX_LINE_BYTES + 1):
            number += 1
            if len(line) > MAX_LINE_BYTES and not line.endswith(b"\n"):
                while (rest := stream.readline(MAX_LINE_BYTES)) and not rest.endswith(b"\n"):
                    pass
                empty = False
                yield Problem(shown, number, f"The line is longer than {MAX_LINE_BYTES // 1024**2} MiB; split it.")
                continue
            line = line.rstrip(b"\r\n")
            if number == 1:
                line = line.removeprefix(codecs.BOM_UTF8)
            if line.strip():
                empty = False
                yield from _read_json_line(line, shown, number)
    if empty:
        yield Problem(shown, None, "The file is empty; put one JSON object on each line or remove it.")


def _open_lines(path: Path) -> IO[bytes]:
    if path.name.lower().endswith(".gz"):
        return cast(IO[bytes], gzip.open(path, "rb"))
    return path.open("rb")


def _read_json_line(line: bytes, shown: str, number: int) -> Iterator[SourceText | Problem]:
    """Yield the document of a line, after it the fields that cannot be used; or only why there is no document."""
    try:
        record = _load_record(line)
        given = _read_given(record)
        years = _read_years(record)
    except ValueError as error:
        yield Problem(shown, number, str(error))
        return
    unusable = {name: _refuse(name, value) for name, value in given}
    kept: list[tuple[str, str | tuple[int, ...] | None]] = [
        (name, _read_value(name, value)) for name, value in given if not unusable[name]
    ]
    if years:
        kept.append(("years", years))
    yield SourceText(shown, hashlib.sha256(line).hexdigest(), "utf-8", str(record["text"]), number, tuple(kept))
    for message in filter(None, unusable.values()):
        yield Problem(shown, number, message, fatal=False)


def _load_record(line: bytes) -> dict[str, object]:
    """Return the object of a JSON line that holds a Chinese text; ValueError says what is wrong."""
    try:
        record = _parse(line.decode("utf-8"))
    except UnicodeDecodeError:
        raise ValueError("The line is not UTF-8; JSON lines must be: convert the file.") from None
    except (json.JSONDecodeError, RecursionError) as error:
        reason = f"{error.msg}, column {error.colno}" if isinstance(error, json.JSONDecodeError) else "nested too deep"
        raise ValueError(f"The line is not JSON ({reason}); write one JSON object on each line.") from None
    if not isinstance(record, dict):
        raise ValueError('The line is not a JSON object; write {"title": ..., "text": ...}.')
    text = record.get("text")
    if text is None or text == "":
        raise ValueError('The document has no "text"; give it one or remove the line.')
    if not isinstance(text, str):
        raise ValueError('"text" must be a string.')
    if any(0xD800 <= ord(character) <= 0xDFFF for character in text):
        raise ValueError('"text" holds half a surrogate pair; write the character itself.')
    if not _HAN.search(text):
        raise ValueError('The "text" holds no Chinese; check that it is the right document.')
    return record


def _read_given(record: dict[str, object]) -> list[tuple[str, str]]:
    """Return the fields of a line that hold something; ValueError if one is no string."""
    given = []
    for name in _STRINGS:
        value = record.get(name)
        if name == "id" and isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if value is None:
            continue
        if not isinstance(value, str):
            raise ValueError(f'"{name}" must be a string.')
        if value.strip():
            given.append((name, value.strip()))
    return given


def _refuse(name: str, value: str) -> str | None:
    """Say why a field cannot be used, or None if it can; the document is read without it."""
    if name == "published" and read_date(value) is None:
        return f'"published": {value!r} is not a date and is left out; write it as 2017-08-24.'
    if name in LEVELS and is_no_place(value):
        return f'"{name}": {value!r} is an organisation, not a place, and is left out; give it as "issuer".'
    return None


def _read_value(name: str, value: str) -> str | None:
    return read_date(value) if name == "published" else value


def _parse(line: str) -> Any:
    """Parse a JSON line whose strings can be stored; raises ``json.JSONDecodeError``."""
    try:
        record = json.loads(line)
    except json.JSONDecodeError:
        raise
    except ValueError:  # Python refuses to read a number of more than 4300 digits
        raise json.JSONDecodeError("a number of too many digits", line, 0) from None
    for name in _STRINGS if isinstance(record, dict) else ():
        if any(0xD800 <= ord(character) <= 0xDFFF for character in str(record.get(name))):
            raise json.JSONDecodeError(f'"{name}" holds half a surrogate pair', line, 0)
    return record


def _read_years(record: dict[str, object]) -> tuple[int, ...]:
    value = record.get("years")
    if value is None:
        value = record.get("year")
    if value is None or value == "":
        return ()
    try:
        years = {_read_year(year) for year in (value if isinstance(value, list) else [value])}
    except ValueError:
        raise ValueError('"years" must be a list of years, or "year" one: 2017.') from None
    return tuple(sorted(years))


def _read_year(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValueError(value)
    year = int(value)
    if not 1000 <= year <= 2999:
        raise ValueError(value)
    return year


def _unreadable(path: Path, error: OSError, shown: str | None = None) -> Problem:
    if isinstance(error, gzip.BadGzipFile):
        return Problem(
            shown or shown_path(path), None, "The file is not gzip, as its name says; compress or rename it."
        )
    reason = error.strerror or str(error)
    return Problem(shown or shown_path(path), None, f"The file cannot be read: {reason}.")
