"""The reporting checklists of the appendix: CHEERS 2022 and STRESS-ABS, item by item.

Husereau et al., "Consolidated Health Economic Evaluation Reporting Standards 2022", BMJ
376:e067975: 28 items. Monks et al., "Strengthening the reporting of empirical simulation studies:
Introducing the STRESS guidelines", Journal of Simulation 13(1), 2019: 20 items in six groups.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from sisim.i18n import t
from sisim.report.document.blocks import Block, DocumentSection, DocumentTable, Paragraph
from sisim.report.document.document_source import DocumentSource


class ChecklistItem(NamedTuple):
    """An item of a checklist.

    Attributes:
        number: Its number.
        what: What is to be reported.
        where: The keys of the sections that report it.
        key: The key of the file without which it is not reported; empty: it always is.
    """

    number: str
    what: str
    where: tuple[str, ...]
    key: str = ""


def cheers_items() -> tuple[ChecklistItem, ...]:
    """Return the 28 items of CHEERS 2022."""
    item = ChecklistItem
    return (
        item("1", t("Title"), ("top",)),
        item("2", t("Abstract"), ("summary",)),
        item("3", t("Background and objectives"), ("need",), "catalogue"),
        item("4", t("Health economic analysis plan"), ("provenance",), "report.text.analysis_plan"),
        item("5", t("Study population"), ("need", "odd")),
        item("6", t("Setting and location"), ("intervention",), "report.text.setting"),
        item("7", t("Comparators"), ("intervention", "alternatives")),
        item("8", t("Perspective"), ("summary",)),
        item("9", t("Time horizon"), ("summary",)),
        item("10", t("Discount rate"), ("summary",)),
        item("11", t("Selection of outcomes"), ("need", "outcomes"), "outcomes"),
        item("12", t("Measurement of outcomes"), ("outcomes", "odd"), "outcomes"),
        item("13", t("Valuation of outcomes"), ("limits",)),
        item("14", t("Measurement and valuation of resources and costs"), ("years", "odd")),
        item("15", t("Currency, price date and conversion"), ("summary", "years")),
        item("16", t("Rationale and description of model"), ("odd",)),
        item("17", t("Analytics and assumptions"), ("assumptions", "odd")),
        item("18", t("Characterising heterogeneity"), ("odd",)),
        item(
            "19",
            t("Characterising distributional effects"),
            ("who_gains", "provenance"),
            "report.text.distribution",
        ),
        item("20", t("Characterising uncertainty"), ("uncertainty", "verdict")),
        item(
            "21",
            t("Approach to engagement with patients and others affected"),
            ("provenance",),
            "report.text.engagement",
        ),
        item("22", t("Study parameters"), ("assumptions", "odd")),
        item("23", t("Summary of main results"), ("summary",)),
        item("24", t("Effect of uncertainty"), ("verdict", "uncertainty")),
        item(
            "25",
            t("Effect of engagement with patients and others affected"),
            ("provenance",),
            "report.text.engagement",
        ),
        item(
            "26",
            t("Study findings, limitations, generalisability and current knowledge"),
            ("provenance",),
            "report.text.discussion",
        ),
        item("27", t("Source of funding"), ("provenance",), "report.text.funding"),
        item("28", t("Conflicts of interest"), ("provenance",), "report.text.conflicts"),
    )


def stress_items() -> tuple[ChecklistItem, ...]:
    """Return the 20 items of STRESS-ABS."""
    item = ChecklistItem
    return (
        item("1.1", t("Purpose of the model"), ("odd",)),
        item("1.2", t("Model outputs"), ("outcomes", "years")),
        item("1.3", t("Experimentation aims"), ("intervention", "alternatives")),
        item("2.1", t("Base model overview diagram"), ("chain", "odd")),
        item("2.2", t("Base model logic"), ("odd",)),
        item("2.3", t("Scenario logic"), ("intervention",)),
        item("2.4", t("Algorithms"), ("odd",)),
        item("2.5", t("Components: environment, agents, interaction, entry and exit"), ("odd",)),
        item("3.1", t("Data sources"), ("assumptions", "odd")),
        item("3.2", t("Pre-processing"), ("provenance",)),
        item("3.3", t("Input parameters"), ("assumptions", "odd")),
        item("3.4", t("Assumptions"), ("assumptions",)),
        item("4.1", t("Initialisation"), ("odd",)),
        item("4.2", t("Run length"), ("summary", "odd")),
        item("4.3", t("Estimation approach: replications and ranges"), ("summary", "provenance")),
        item("5.1", t("Software"), ("provenance",)),
        item("5.2", t("Random sampling"), ("odd", "provenance")),
        item("5.3", t("Model execution: order of events, time step"), ("odd",)),
        item("5.4", t("System specification"), ("provenance",)),
        item("6.1", t("Computer model sharing statement"), ("provenance",)),
    )


def checklist(
    found: DocumentSource,
    title: str,
    items: tuple[ChecklistItem, ...],
    sections: Mapping[str, DocumentSection],
) -> Iterator[Block]:
    """Yield a table of where each item is, or by which key it would be.

    Args:
        found: What came out.
        title: What the table is.
        items: The items.
        sections: The sections of the document by key; what is left out is not among them.
    """
    rows = tuple((one.number, one.what, _where(found, one, sections)) for one in items)
    headings = (t("Item"), t("What is to be reported"), t("Where in this document"))
    yield DocumentTable(title, headings, rows, long=True, plain=True, widths=(8, 42, 50))


def _where(
    found: DocumentSource, one: ChecklistItem, sections: Mapping[str, DocumentSection]
) -> str:
    if one.key and not _said(found, one.key):
        return t("Not reported: key {key} is empty.", key=one.key)
    named = [
        t("Title") if key == "top" else _name(sections[key])
        for key in one.where
        if key == "top" or key in sections
    ]
    return "; ".join(named) or t("Not reported: the section is left out (report.leave_out).")


def _name(section: DocumentSection) -> str:
    return f"{section.number} {section.heading}".strip()


def _said(found: DocumentSource, key: str) -> bool:
    """Return whether the file says something under a key."""
    first, *rest = key.split(".")
    node: object = found.asked if first == "report" else getattr(found.scenario, first)
    for part in rest:
        node = getattr(node, part)
    return bool(node)


def unread_texts(found: DocumentSource) -> Iterator[Block]:
    """Yield the writer's words on how the analysis was made."""
    said = {
        "analysis_plan": t("Plan of the analysis"),
        "distribution": t("Whom it reaches and whom not"),
        "engagement": t("Those concerned"),
        "discussion": t("Limits"),
        "funding": t("Who has paid for the analysis"),
        "conflicts": t("Interests of those who made it"),
    }
    for key, label in said.items():
        if blocks := found.written(key):
            yield Paragraph(f"{label}:")
            yield from blocks
