"""Writing a decision document into a folder: HTML, and where asked for DOCX, PDF and the workbook.

The same findings give the same bytes: nothing is dated but what the file dates.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from sisim.i18n import Lang, current_language, each_language, in_language
from sisim.report.document.assemble import decision_document
from sisim.report.document.blocks import DecisionDocument
from sisim.report.document.cited_numbers import CitedNumbers
from sisim.report.document.decision_workbook import DecisionWorkbook
from sisim.report.document.document_source import DocumentSource
from sisim.report.document.html_page import html_page
from sisim.report.document.pdf_file import pdf_file
from sisim.report.document.word_file import word_file
from sisim.report.result_files import write_all

Kind = Literal["docx", "pdf", "xlsx"]


def report_page(found: DocumentSource) -> str:
    """Return the document as one file of HTML, in the current language.

    Args:
        found: What came out.
    """
    documents, _, cited = _cited(found, current_language())
    return html_page(documents[current_language()], cited)


def write_report(
    found: DocumentSource,
    out: Path,
    languages: Iterable[Lang],
    kinds: Iterable[Kind] = (),
) -> list[Path]:
    """Write the document into a folder, all or nothing.

    Args:
        found: What came out.
        out: The folder.
        languages: In which languages.
        kinds: What is written beside HTML.

    Returns:
        What was written: `report-sv.html` and so on, what it was made from, and a `README.txt`.
    """
    wanted, asked = list(languages), set(kinds)
    documents, workbook, cited = _cited(found, wanted[0])

    def write(folder: Path) -> None:
        for lang in wanted:
            with in_language(lang):
                page = html_page(documents[lang], cited)
                stem = folder / f"report-{lang}"
                stem.with_suffix(".html").write_text(page, encoding="utf-8", newline="\n")
                if "docx" in asked:
                    stem.with_suffix(".docx").write_bytes(word_file(documents[lang]))
                if "pdf" in asked:
                    stem.with_suffix(".pdf").write_bytes(pdf_file(page))
        if "xlsx" in asked:
            workbook.write(folder / "report.xlsx")

    return write_all(out, write, "report")


def _cited(
    found: DocumentSource, of_workbook: Lang
) -> tuple[dict[Lang, DecisionDocument], DecisionWorkbook, CitedNumbers]:
    """Return the document in each language, the workbook in one, and where numbers stand in it."""
    # Numbers have the same cells in either language, also where one alone is written.
    documents = {lang: decision_document(found) for lang in each_language()}
    workbook = DecisionWorkbook(found.result, of_workbook)
    cited = CitedNumbers(workbook)
    cited.read(list(documents.values()))
    return documents, workbook, cited
