"""Tables for spreadsheets: CSV and XLSX; nothing in a cell is ever a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

Cell = str | int | float

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a cell begins with that Excel, LibreOffice or WPS may take for a formula when it opens a CSV (OWASP, "CSV
Injection"); the full-width signs are read as the narrow ones where the system writes Chinese or Japanese."""
_CELL = 32_767
"""Characters that a cell of a sheet holds (Excel's limit); XlsxWriter drops what is longer."""
_WIDTH = 12
_NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def as_csv(table: Iterable[Iterable[Cell]]) -> bytes:
    r"""Write CSV (RFC 4180): UTF-8 with the mark by which Excel knows it, and no cell that begins like a formula.

    >>> as_csv([["武汉市", '=HYPERLINK("x")', -1]]).decode("utf-8-sig")
    '武汉市,"\'=HYPERLINK(""x"")",-1\r\n'
    """
    text = io.StringIO()
    csv.writer(text).writerows([defused(cell) for cell in row] for row in table)
    return printable(text.getvalue()).encode("utf-8-sig")


def defused(cell: Cell) -> Cell:
    """Put an apostrophe before a text that a spreadsheet would take for a formula; numbers are none.

    >>> defused("-5%"), defused("＝1"), defused("落实随迁子女就学政策。"), defused(-5)
    ("'-5%", "'＝1", '落实随迁子女就学政策。', -5)
    """
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def as_xlsx(
    table: Sequence[Sequence[Cell]],
    name: str = "表",
    widths: Mapping[str, int] | None = None,
    remarks: Sequence[str] = (),
    more: Mapping[str, Sequence[Sequence[Cell]]] | None = None,
) -> bytes:
    """Write a sheet with its head held in place and a filter on it; texts are texts, also where they begin with =.

    ``remarks`` on the whole stand in a sheet of their own, as each of ``more`` tables does, by its name. A text of more
    characters than a cell holds is cut, and ends with …
    """
    file = io.BytesIO()
    book = Workbook(file, {"in_memory": True})
    head, text = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    for title, rows in {name: table, **(more or {})}.items():
        _fill(book.add_worksheet(title), rows, head, text, widths or {})
    if remarks:
        about = book.add_worksheet("说明")
        about.set_column(0, 0, 100)
        for row, remark in enumerate(remarks):
            about.write_string(row, 0, _fitting(remark), text)
    book.close()
    return file.getvalue()


def _fill(
    sheet: Worksheet, table: Sequence[Sequence[Cell]], head: Format, text: Format, widths: Mapping[str, int]
) -> None:
    for row, cells in enumerate(table):
        for column, cell in enumerate(cells):
            if isinstance(cell, str):
                # write_string, not write, which makes formulas, links and numbers of texts that look like them.
                sheet.write_string(row, column, _fitting(cell), text if row else head)
            else:
                sheet.write_number(row, column, cell, text)
    for column, title in enumerate(table[0]):
        sheet.set_column(column, column, widths.get(str(title), _WIDTH))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(table) - 1, 1), len(table[0]) - 1)


def _fitting(text: str) -> str:
    """Cut a text to what a cell holds."""
    return printable(text if len(text) <= _CELL else text[: _CELL - 1] + "…")


def printable(text: str) -> str:
    r"""Show what XML cannot hold as �: control characters, and lone halves of a pair, which damaged files hold.

    >>> printable("教\x00育\ud800局"), printable("一\n二")
    ('教�育�局', '一\n二')
    """
    return _NO_XML.sub("�", text)
