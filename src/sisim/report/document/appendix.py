"""The appendix: checklists, the model's description, where the numbers come from, and words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sisim.i18n import each_language, n_, t
from sisim.report.document.blocks import (
    Block,
    DocumentSection,
    DocumentTable,
    Paragraph,
)
from sisim.report.document.checklists import (
    checklist,
    cheers_items,
    stress_items,
    unread_texts,
)
from sisim.report.document.document_source import DocumentSource
from sisim.report.document.odd import odd_blocks


def appendix_sections(
    found: DocumentSource, before: Mapping[str, DocumentSection]
) -> Iterator[DocumentSection]:
    """Yield the sections A to E.

    Args:
        found: What came out.
        before: The sections before the appendix, by key.
    """
    headings = {
        "cheers": ("A", t("CHEERS 2022")),
        "odd": ("B", t("Description of the model (ODD)")),
        "stress": ("C", t("STRESS-ABS")),
        "provenance": ("D", t("Where the numbers come from")),
        "glossary": ("E", t("Words, Swedish and English")),
    }
    left_out = set(found.asked.leave_out)
    known = dict(before) | {
        key: DocumentSection(key, letter, heading, "appendix", ())
        for key, (letter, heading) in headings.items()
        if key not in left_out
    }
    blocks = {
        "cheers": lambda: checklist(found, t("CHEERS 2022, 28 items"), cheers_items(), known),
        "odd": lambda: odd_blocks(found),
        "stress": lambda: checklist(found, t("STRESS-ABS, 20 items"), stress_items(), known),
        "provenance": lambda: _provenance(found),
        "glossary": _glossary,
    }
    for key, (letter, heading) in headings.items():
        if key not in left_out:
            yield DocumentSection(key, letter, heading, "appendix", tuple(blocks[key]()))


def _provenance(found: DocumentSource) -> Iterator[Block]:
    result = found.result
    seeds = result.seeds
    said = {
        t("Program"): f"sisim {result.version}",
        t("Scenario"): f"{found.scenario.name} ({result.digest})",
        t("Pathway"): found.scenario.pathway.name,
        t("Seeds"): ", ".join(map(str, seeds)),
        t("Runs"): n_("{n} run", "{n} runs", len(seeds)),
        t("Command"): found.command,
        **{name: f"SHA-256 {digest}" for name, digest in found.files.items()},
    }
    yield DocumentTable(
        t("From which files, runs and program"),
        (),
        tuple((label, text) for label, text in said.items() if text),
        plain=True,
        widths=(25, 75),
    )
    yield Paragraph(
        t(
            "The same files, program and command give the same document to the byte, on any "
            "computer: draws are keyed by person, step and purpose (Philox). How long it took is "
            "therefore not printed. The program is free, with the files of the model in it."
        )
    )
    yield from unread_texts(found)


def _terms() -> tuple[tuple[str, str], ...]:
    """Return words of the document and what each means, in the current language."""
    return (
        (t("arm"), t("one version of the future of the same people")),
        (t("without"), t("the arm in which nothing is invested, all else equal")),
        (t("administration"), t("who pays, in a municipality, a region or the state")),
        (t("principal"), t("the municipality, region or state that an administration belongs to")),
        (t("participants"), t("treatments that have begun")),
        (t("net present value"), t("lower costs less what is invested, discounted to the start")),
        (t("benefit–cost ratio"), t("lower costs for each krona invested, discounted")),
        (t("fixed prices"), t("in the money of one year, that of the price level")),
        (t("current prices"), t("in the money of each year, with inflation")),
        (t("turning value"), t("the value of a number at which the net is zero")),
        (t("pathway"), t("the life course as a model: states, transitions, resources")),
        (t("factor"), t("what a risk is multiplied by for those who have something in common")),
        (t("grade"), t("what a number is built on: measured, derived, literature or assumption")),
        (t("repayment"), t("what administrations give back to a fund as their costs fall")),
        (t("run"), t("one simulation, with chance of its own")),
    )


def _glossary() -> Iterator[Block]:
    words = {lang: _terms() for lang in each_language()}
    rows = tuple(
        (sv, en, meaning)
        for (sv, _), (en, _), (_, meaning) in zip(words["sv"], words["en"], _terms(), strict=True)
    )
    headings = (t("Swedish"), t("English"), t("Meaning"))
    yield DocumentTable(
        t("Words of this document"), headings, rows, long=True, plain=True, widths=(22, 22, 56)
    )
