"""The decision document of a simulated scenario: every section in its place, in one language."""

from __future__ import annotations

from collections.abc import Iterator

from sisim.i18n import current_language
from sisim.report.comparison_text import footer
from sisim.report.document.appendix import appendix_sections
from sisim.report.document.blocks import DecisionDocument, DocumentSection
from sisim.report.document.chain_section import chain_sections
from sisim.report.document.decision_pages import decision_sections, title_block
from sisim.report.document.document_source import DocumentSource
from sisim.report.document.economist_pages import economist_sections


def decision_document(found: DocumentSource) -> DecisionDocument:
    """Return the document in the current language, without the sections that the file leaves out.

    The same findings give the same document.
    """
    left_out = set(found.asked.leave_out)
    sections = tuple(one for one in _every(found) if one.key not in left_out)
    return DecisionDocument(
        current_language(),
        title_block(found),
        sections,
        footer(found.result, warn=False),
    )


def _every(found: DocumentSource) -> Iterator[DocumentSection]:
    left_out = set(found.asked.leave_out)
    before = [*decision_sections(found), *chain_sections(found), *economist_sections(found)]
    yield from before
    yield from appendix_sections(found, {one.key: one for one in before if one.key not in left_out})
