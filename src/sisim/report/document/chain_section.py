"""The section on the chain of each investment: a picture, and every arrow of it in a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sisim.i18n import t
from sisim.report.document.blocks import (
    Block,
    DocumentPicture,
    DocumentSection,
    DocumentTable,
    Paragraph,
)
from sisim.report.document.chain import InvestmentChain, column_names, investment_chain
from sisim.report.document.document_source import DocumentSource

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST = 3
"""Of more investments than so many only the first are drawn."""


def chain_sections(found: DocumentSource) -> Iterator[DocumentSection]:
    """Yield the section, which opens the pages for the economist; it has no number."""
    blocks = tuple(_blocks(found))
    yield DocumentSection(
        "chain", "", t("The chain: from whom it reaches to whose cost"), "economist", blocks
    )


def _blocks(found: DocumentSource) -> Iterator[Block]:
    scenario = found.scenario
    if not scenario.investments:
        yield Paragraph(t("The file has no [investments]: nothing is done that could be compared."))
        return
    for name in list(scenario.investments)[:MOST]:
        chain = investment_chain(scenario, name)
        if not chain.arrows:
            yield Paragraph(
                t("{what} has no effect in the file: it changes nothing.", what=chain.investment)
            )
            continue
        yield _picture(name, chain)
        rows = tuple(
            (
                chain.label(one.origin).partition("\n")[0],
                chain.label(one.to),
                one.number,
                one.grade,
                one.source,
            )
            for one in chain.arrows
        )
        headings = (t("From"), t("To"), t("Number"), t("Grade"), t("Source"))
        title = t("Every arrow of the chain, with its source")
        yield DocumentTable(title, headings, rows, long=True)
    if len(scenario.investments) > MOST:
        yield Paragraph(
            t(
                "Drawn: the first {shown} of {n}.",
                shown=MOST,
                n=len(scenario.investments),
            ),
            "fine",
        )


def _picture(name: str, chain: InvestmentChain) -> DocumentPicture:
    def draw() -> Figure:
        from sisim.report.document.chain_diagram import draw_chain

        return draw_chain(chain)

    title = t("{what}: the chain that its file describes", what=chain.investment)
    note = t(
        "Between reached and soon: how much the risk changes. To later: the risk without the "
        "investment. To whose cost: what a person there costs a year."
    )
    return DocumentPicture(
        f"chain-{name}", title, f"{title}: {' → '.join(column_names())}", note, draw
    )
