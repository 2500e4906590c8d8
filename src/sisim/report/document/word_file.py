"""A decision document as DOCX, to be edited: the same sections, pictures as PNG."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from sisim.report.document.blocks import (
    Block,
    BulletList,
    DecisionDocument,
    DocumentPicture,
    DocumentTable,
    Paragraph,
    Subheading,
    WriterText,
)
from sisim.report.document.writer_marks import MarkedText, marked

PICTURE_DPI = 160.0
"""Of a picture laid out at 80: two to one, for print."""
TEXT_WIDTH = 17.0
"""Centimetres between the margins of A4."""
STAMP = datetime(2000, 1, 1)
"""What is written where the format asks for a time: a document dates itself by its text alone."""
LINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"


def word_file(document: DecisionDocument) -> bytes:
    """Return the document as a DOCX file: the same document gives the same bytes."""
    from docx import Document
    from docx.shared import Cm, Pt

    book = Document()
    page = book.sections[0]
    page.page_width, page.page_height = Cm(21.0), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2.0)
    page.top_margin = page.bottom_margin = Cm(1.8)
    book.styles["Normal"].font.size = Pt(10)
    _properties(book, document)
    page.footer.paragraphs[0].text = document.foot
    book.add_paragraph(document.top.kind)
    book.add_heading(document.top.title, level=0)
    for label, text in document.top.facts:
        line = book.add_paragraph()
        line.add_run(f"{label}: ").bold = True
        line.add_run(text)
    for text in document.top.warnings:
        book.add_paragraph().add_run(text).bold = True
    part = "decision"
    for section in document.sections:
        if section.part != part:
            part = section.part
            book.add_page_break()  # type: ignore[no-untyped-call]
        book.add_heading(f"{section.number} {section.heading}".strip(), level=1)
        for block in section.blocks:
            _block(book, block)
    return _still(book)


def _properties(book: Any, document: DecisionDocument) -> None:
    properties = book.core_properties
    properties.title, properties.author = document.top.title, "sisim"
    properties.language = document.lang
    properties.comments = ""
    properties.created = properties.modified = STAMP
    properties.last_modified_by = ""


def _block(book: Any, block: Block) -> None:
    match block:
        case Paragraph():
            run = book.add_paragraph().add_run(block.text)
            run.italic = block.style in ("fine", "empty")
            run.bold = block.style == "warning"
        case Subheading():
            book.add_heading(block.text, level=2)
        case BulletList():
            for item in block.items:
                book.add_paragraph(item, style="List Bullet")
        case WriterText():
            _written(book, block)
        case DocumentTable():
            _table(book, block)
        case DocumentPicture():
            _picture(book, block)


def _written(book: Any, block: WriterText) -> None:
    for one in marked(block.source):
        if one.kind == "heading":
            book.add_heading("".join(span.text for span in one.lines[0]), level=2)
            continue
        for line in one.lines:
            style = "List Bullet" if one.kind == "list" else None
            _spans(book.add_paragraph(style=style), line)


def _spans(paragraph: Any, line: tuple[MarkedText, ...]) -> None:
    for span in line:
        if span.address:
            _link(paragraph, span)
        else:
            paragraph.add_run(span.text).bold = span.bold


def _link(paragraph: Any, span: MarkedText) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), paragraph.part.relate_to(span.address, LINK, is_external=True))
    run = paragraph.add_run(span.text)
    run.underline = True
    link.append(run._r)
    paragraph._p.append(link)


def _table(book: Any, block: DocumentTable) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt

    if block.title:
        title = book.add_paragraph()
        title.add_run(block.title).bold = True
        title.paragraph_format.keep_with_next = True
    rows = [*([block.headings] if block.headings else []), *block.rows]
    if not rows:
        return
    table = book.add_table(rows=len(rows), cols=len(rows[0]), style="Light List Accent 1")
    if block.headings:
        head = table.rows[0]._tr.get_or_add_trPr()
        head.append(OxmlElement("w:tblHeader"))
        head[-1].set(qn("w:val"), "true")
    # Asked for once: each look-up of a row's cells goes through the whole table.
    cells = table._cells
    for cell, text in zip(cells, (text for row in rows for text in row), strict=True):
        run = cell.paragraphs[0].add_run(text)
        run.font.size = Pt(8)
    book.add_paragraph()


def _picture(book: Any, block: DocumentPicture) -> None:
    from docx.shared import Cm

    from sisim.report.chart.canvas import saved

    png = saved(block.draw(), "png", PICTURE_DPI)
    shape = book.add_picture(BytesIO(png), width=Cm(TEXT_WIDTH))
    shape._inline.docPr.set("descr", block.words)
    shape._inline.docPr.set("title", block.title)
    book.paragraphs[-1].paragraph_format.keep_with_next = True
    caption = book.add_paragraph()
    caption.add_run(block.title).bold = True
    if block.note:
        caption.add_run(f" {block.note}").italic = True


def _still(book: Any) -> bytes:
    """Return the file with every member stamped alike, whenever it is written."""
    made, still = BytesIO(), BytesIO()
    book.save(made)
    with ZipFile(made) as old, ZipFile(still, "w", ZIP_DEFLATED) as new:
        for name in sorted(old.namelist(), key=lambda one: (one != "[Content_Types].xml", one)):
            new.writestr(ZipInfo(name, STAMP.timetuple()[:6]), old.read(name), ZIP_DEFLATED)
    return still.getvalue()
