"""The decision document: every number has its cell, both languages alike, nothing from outside."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from helpers.any_counts import PATHWAY, counts

from sisim.i18n import LANGUAGES, Lang, in_language
from sisim.loading.load import load_scenario
from sisim.report.document.assemble import decision_document
from sisim.report.document.blocks import DecisionDocument, DocumentTable, Paragraph
from sisim.report.document.cited_numbers import CitedNumbers, found_numbers
from sisim.report.document.decision_workbook import DecisionWorkbook
from sisim.report.document.document_source import DocumentSource
from sisim.report.document.html_page import html_page
from sisim.report.document.odd import odd_blocks
from sisim.report.document.word_file import word_file
from sisim.report.document.writer_marks import marked
from sisim.results import Results

OUTCOMES = {"placed": {"label": {"sv": "placerade", "en": "placed"}, "group": "placed"}}
HOSTILE = "# Råd\n- **fet** <script>x()</script>\n- [a](javascript:x()) [b](https://skr.se)"
REPORT = {"applicant": "Socialförvaltningen", "text": {"recommendation": HOSTILE}}


class _Read(HTMLParser):
    """What a page holds: its headings, its cells, and what should not be there."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.levels: list[int] = []
        self.cells: list[tuple[str, float]] = []
        self.unscoped: list[str] = []
        self.asks: list[str] = []
        self.tags: list[str] = []
        self.roles = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        self.tags.append(tag)
        if re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))
        if tag == "data":
            self.cells.append((str(known["data-cell"]), float(str(known["value"]))))
        if tag == "th" and known.get("scope") not in ("row", "col"):
            self.unscoped.append(str(known))
        self.roles += tag == "svg" and known.get("role") == "img"
        outside = {n: v for n, v in known.items() if n in ("src", "srcset", "xlink:href")}
        self.asks += [str(v) for v in outside.values() if not str(v).startswith(("#", "data:"))]


@pytest.fixture(scope="module")
def found() -> DocumentSource:
    return DocumentSource(
        Results(counts(2, 6, outcomes=OUTCOMES, report=REPORT)), command="sisim report"
    )


@pytest.fixture(scope="module")
def documents(found: DocumentSource) -> dict[Lang, DecisionDocument]:
    made = {}
    for lang in LANGUAGES:
        with in_language(lang):
            made[lang] = decision_document(found)
    return made


@pytest.fixture(scope="module")
def workbook(found: DocumentSource) -> DecisionWorkbook:
    return DecisionWorkbook(found.result, "sv")


@pytest.fixture(scope="module")
def pages(documents: dict[Lang, DecisionDocument], workbook: DecisionWorkbook) -> dict[Lang, str]:
    cited = CitedNumbers(workbook)
    cited.read(list(documents.values()))
    made = {}
    for lang, document in documents.items():
        with in_language(lang):
            made[lang] = html_page(document, cited)
    return made


def test_every_number_of_the_text_is_a_cell_of_the_workbook(
    pages: dict[Lang, str], workbook: DecisionWorkbook
) -> None:
    there = {workbook.place(name): workbook.value(name) for name in workbook.names}
    for page in pages.values():
        cells = _Read(page).cells
        assert len(cells) > 100
        assert [(c, v) for c, v in cells if c not in there or there[c] != v] == []


def test_both_languages_have_the_same_sections_and_the_same_cells(
    pages: dict[Lang, str], documents: dict[Lang, DecisionDocument]
) -> None:
    one, other = documents.values()
    assert [s.key for s in one.sections] == [s.key for s in other.sections]
    assert [s.number for s in one.sections if s.number] == [*map(str, range(2, 20)), *"ABCDE"]
    first, second = ({cell for cell, _ in _Read(page).cells} for page in pages.values())
    assert first == second


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_page_is_read_by_all_and_asks_for_nothing(pages: dict[Lang, str], lang: Lang) -> None:
    page, read = pages[lang], _Read(pages[lang])
    assert f'<html lang="{lang}">' in page
    assert read.levels[0] == 1
    assert read.levels.count(1) == 1
    assert [b - a for a, b in zip(read.levels, read.levels[1:], strict=False) if b - a > 1] == []
    assert read.unscoped == []
    assert read.asks == []
    assert not {"script", "link", "iframe", "object", "form"} & set(read.tags)
    assert read.roles == page.count("<svg") == page.count("</desc>") > 0
    assert len(page.encode()) < 2_000_000
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_the_writers_words_have_a_few_marks_and_no_markup(pages: dict[Lang, str]) -> None:
    assert "<script>" not in pages["sv"]
    assert "javascript:x()" not in "".join(re.findall('href="[^"]*"', pages["sv"]))
    assert '<a href="https://skr.se"' in pages["sv"]
    assert "<strong>fet</strong>" in pages["sv"]
    assert [block.kind for block in marked(HOSTILE)] == ["heading", "list"]


def test_nobody_writes_the_recommendation_but_its_writer() -> None:
    bare = DocumentSource(Results(counts(1, 2)))
    document = decision_document(bare)
    own = next(one for one in document.sections if one.key == "recommendation")
    assert [type(block) for block in own.blocks] == [Paragraph]
    assert "report.text.recommendation" in str(own.blocks[0])


def test_without_an_evaluation_it_says_so(documents: dict[Lang, DecisionDocument]) -> None:
    own = next(one for one in documents["sv"].sections if one.key == "evaluation")
    assert own.blocks[0] == Paragraph("Ingen plan för effektutvärdering finns i filen.", "warning")


def test_every_item_of_cheers_is_found_or_its_key_is_named(
    documents: dict[Lang, DecisionDocument],
) -> None:
    table = next(one for one in documents["en"].sections if one.key == "cheers").blocks[0]
    assert isinstance(table, DocumentTable)
    assert len(table.rows) == 28
    assert all(all(row) for row in table.rows)
    assert sum("report.text." in row[2] for row in table.rows) == 8


@pytest.mark.parametrize("name", ["team-nystart", "sick-leave-contract"])
def test_the_model_is_described_to_its_last_transition_factor_and_state(name: str) -> None:
    class Simulated:
        scenario = load_scenario(name)

    found: Any = DocumentSource(Simulated())  # type: ignore[arg-type]
    said = "\n".join(map(str, odd_blocks(found)))
    pathway = found.scenario.pathway
    wanted = {*pathway.transitions, *pathway.factors}
    wanted |= {state for track in pathway.tracks.values() for state in track.states}
    assert {one for one in wanted if one not in said} == set()


def test_the_same_findings_give_the_same_bytes(
    found: DocumentSource, pages: dict[Lang, str], documents: dict[Lang, DecisionDocument]
) -> None:
    with in_language("sv"):
        again = decision_document(
            DocumentSource(Results(found.result.counts), command=found.command)
        )
        cited = CitedNumbers(DecisionWorkbook(found.result, "sv"))
        with in_language("en"):
            english = decision_document(found)
        cited.read([again, english])
        assert html_page(again, cited) == pages["sv"]
        assert word_file(again) == word_file(documents["sv"])


def test_sections_that_are_left_out_are_not_there() -> None:
    found = DocumentSource(Results(counts(1, 2, report={"leave_out": ["fund", "odd"]})))
    keys = {section.key for section in decision_document(found).sections}
    assert not {"fund", "odd"} & keys
    assert "evaluation" in keys


def test_dates_keys_and_codes_are_no_numbers() -> None:
    with in_language("sv"):
        found = list(found_numbers("S100, 2026-01 and 0.1.0: 2,5 %"))
    assert [n for n in found if n[1]] == [("2,5", 2.5)]
    assert PATHWAY


def test_a_file_without_arms_is_told_of_too() -> None:
    found = DocumentSource(Results(counts(0, 2)))
    for lang in LANGUAGES:
        with in_language(lang):
            document = decision_document(found)
            cited = CitedNumbers(DecisionWorkbook(found.result, lang))
            cited.read([document])
            assert "<h1>" in html_page(document, cited)
