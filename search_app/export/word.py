"""Quotations as a Word document: what was found marked, section, citation and link under each."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from docx import Document
from docx.enum.text import WD_COLOR_INDEX
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor
from docx.text.paragraph import Paragraph

from search_app.export.excerpt import STATUSES, Excerpt, Heading, citation_of, cited_of
from search_app.marks import cut
from search_app.sheets import printable

MEDIA = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SONG, _HEI = "SimSun", "SimHei"
"""Faces that Word and WPS have on every system that reads Chinese; others put their own in place."""
_FACES = (
    ("Normal", _SONG, 11.0),
    ("Heading 1", _HEI, 16.0),
    ("Heading 2", _HEI, 12.0),
    ("Subtitle", _SONG, 10.0),
    ("Caption", _SONG, 9.5),
    ("Quote", _SONG, 11.5),
)
"""Styles in use, the face of their Chinese, and their size in points."""


def write(excerpts: Sequence[Excerpt], heading: Heading) -> bytes:
    """Write a DOCX file; opened anywhere, its Chinese is set in a Chinese face (``eastAsia``)."""
    paper = _Paper()
    title = printable(heading.title)
    paper.describe(title, printable(next(iter(heading.remarks), "")))
    paper.add("Heading 1", title)
    for line in heading.lines:
        if line.startswith(("http://", "https://")):
            paper.link(paper.add("Subtitle"), line, line)
        else:
            paper.add("Subtitle", line)
    for number, each in enumerate(excerpts, 1):
        _quotation(paper, number, each, heading)
    return paper.octets()


def _quotation(paper: _Paper, number: int, excerpt: Excerpt, heading: Heading) -> None:
    document = excerpt.document
    paper.add("Heading 2", f"{number}. {excerpt.place} · {excerpt.years} · {document.get('title') or '（无题名）'}")
    locator = cited_of(excerpt, heading.accessed).locator
    if locator:
        paper.add("Caption", locator)
    text = paper.add("Quote")
    for piece in cut(excerpt.text, excerpt.highlights):
        run = text.add_run(printable(piece.text))
        if piece.marked:
            run.font.highlight_color = WD_COLOR_INDEX.YELLOW
    below = paper.add("Normal", citation_of(excerpt, heading) + " ")
    paper.link(below, excerpt.url, "固定链接")
    said = [
        f"推断：{excerpt.inferred}" if excerpt.inferred else "",
        STATUSES.get(excerpt.status or "", ""),
        f"收藏于 {excerpt.saved_on}" if excerpt.saved_at else "",
        f"标签：{'、'.join(excerpt.tags)}" if excerpt.tags else "",
    ]
    if any(said):
        paper.add("Caption", "；".join(part for part in said if part))
    if excerpt.note:
        paper.add("Normal", f"备注：{excerpt.note}")


class _Paper:
    """Owns a document that is being written.

    Paragraphs and links are put in place here: python-docx looks for each style among all styles, and for each link
    among all links, which makes a thousand quotations take six seconds (with this: measured in
    docs/decisions/citations.md).
    """

    def __init__(self) -> None:
        self._paper = Document()
        _dress(self._paper)
        self._styles = {name: self._paper.styles[name].style_id for name, _, _ in _FACES}
        self._links = 0

    def describe(self, title: str, remark: str) -> None:
        """Say what the document is, in its properties and at the top of every page: the query, the day, the corpus."""
        known = self._paper.core_properties
        known.title, known.author, known.language = title, "要点（Yaodian）", "zh-CN"
        top = self._paper.sections[0].header.paragraphs[0]
        top.text = f"{title}\n{remark}" if remark else title
        for run in top.runs:
            run.font.size = Pt(9)

    def add(self, style: str, text: str = "") -> Paragraph:
        """Add a paragraph."""
        paragraph = self._paper.add_paragraph()
        if style != "Normal":
            paragraph._p.style = self._styles[style]
        if text:
            paragraph.add_run(printable(text))
        return paragraph

    def link(self, paragraph: Paragraph, url: str, text: str) -> None:
        """Add a hyperlink, which python-docx reads and does not write."""
        self._links += 1
        relation = f"rIdLink{self._links}"
        paragraph.part.rels.add_relationship(RELATIONSHIP_TYPE.HYPERLINK, printable(url), relation, is_external=True)
        link = OxmlElement("w:hyperlink")
        link.set(qn("r:id"), relation)
        run = paragraph.add_run(printable(text))
        run.font.underline = True
        run.font.color.rgb = RGBColor(0x1F, 0x52, 0x73)
        link.append(run._r)
        paragraph._p.append(link)

    def octets(self) -> bytes:
        """Return the file."""
        file = io.BytesIO()
        self._paper.save(file)
        return file.getvalue()


def _dress(paper: Any) -> None:
    """Set faces and sizes, the Chinese ones too: ``font.name`` alone is for Latin letters."""
    for name, face, size in _FACES:
        style = paper.styles[name]
        style.font.name, style.font.size = "Times New Roman", Pt(size)
        style.font.italic = False
        style.font.color.rgb = RGBColor(0x23, 0x21, 0x1D) if name in ("Normal", "Quote") else RGBColor(0x44, 0x42, 0x3D)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        fonts.set(qn("w:eastAsia"), face)
    properties = paper.styles["Normal"].element.get_or_add_rPr()
    for old in properties.findall(qn("w:lang")):
        properties.remove(old)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-US")
    language.set(qn("w:eastAsia"), "zh-CN")
    properties.append(language)
    quote = paper.styles["Quote"].paragraph_format
    quote.left_indent, quote.space_after = Pt(12), Pt(4)
