"""The pages for the economist: every outcome and krona, what is uncertain, and what is assumed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from sisim.analysis.grade_shares import grade_shares
from sisim.analysis.measures import NPV
from sisim.analysis.retained_one_way import RetainedOneWay
from sisim.analysis.switching_values import EVERY_EFFECT, verdict_on
from sisim.economics.ledger import ORE
from sisim.economics.yearly_difference import YearlyDifference, yearly_difference
from sisim.i18n import duration_in_months, n_, t
from sisim.report.analysis import psa_figures, scale_up_report
from sisim.report.analysis.analysis_frame import Subject
from sisim.report.analysis.assumption_words import Assumptions
from sisim.report.analysis.evaluation_report import design_words
from sisim.report.analysis.tornado import tornado_chart
from sisim.report.chart.chart import even_years
from sisim.report.document.blocks import (
    Block,
    BulletList,
    DocumentSection,
    DocumentTable,
    Paragraph,
    Subheading,
    paragraphs,
    picture_of,
    table_of,
)
from sisim.report.document.decision_pages import who_gains_table
from sisim.report.document.document_source import DocumentSource
from sisim.report.economics import repayment_report
from sisim.report.economics.contract_figure import contract_chart
from sisim.report.economics.contract_report import contract_shown, contract_words
from sisim.report.economics.later_words import later_sentences
from sisim.report.economics.money_tables import shown_tables
from sisim.report.economics.money_words import (
    certainty_words,
    payback_words,
    verdict_words,
    worth_sentences,
)
from sisim.report.economics.net_position import net_position_chart
from sisim.report.economics.repayment_figure import repayment_chart
from sisim.report.economics.repayment_tables import AmountRow, shown, summed
from sisim.report.economics.who_gains import who_gains_chart
from sisim.report.evaluation_plan import demands
from sisim.report.formats import (
    NBSP,
    THOUSANDS,
    capital,
    decimal,
    listing,
    lower,
    money,
    quoted,
    runs_of,
    share_of,
)
from sisim.report.outcome_table import outcome_rows
from sisim.report.verdict_words import verdict_sentences
from sisim.scenario.numbers import numbers
from sisim.scenario.owners import grade_name, owner_of
from sisim.scenario.psa_draws import is_uncertain
from sisim.scenario.scenario import Scenario

MOST_YEARS = 10
"""So many years have room beside each other."""
LOW = 460.0
"""How high a picture among text is laid out, in pixels."""
MOST_NUMBERS = 10
"""So many numbers are listed by how far they move the net."""


def economist_sections(found: DocumentSource) -> Iterator[DocumentSection]:
    """Yield the sections 10 to 19."""
    told = {
        "outcomes": (t("Outcomes, with and without"), _outcomes(found)),
        "years": (t("Year by year"), _years(found)),
        "fund": (t("Fund and repayment"), _fund(found)),
        "contract": (t("Outcome contract"), _contract(found)),
        "uncertainty": (t("Uncertainty"), _uncertainty(found)),
        "evaluation": (t("Evaluation plan"), _evaluation(found)),
        "follow_up": (t("Follow-up plan"), _follow_up(found)),
        "implementation": (t("Full scale"), _implementation(found)),
        "alternatives": (t("Alternatives compared"), _alternatives(found)),
        "assumptions": (t("Register of assumptions"), _assumptions(found)),
    }
    for number, (key, (heading, blocks)) in enumerate(told.items(), start=10):
        yield DocumentSection(key, str(number), heading, "economist", tuple(blocks))


# ---------------------------------------------------------------------------- 10, 11


def _outcomes(found: DocumentSource) -> Iterator[Block]:
    result = found.result
    if not found.scenario.outcomes:
        yield Paragraph(
            t("The file names no outcomes: beside the money, nothing is said of people.")
        )
    else:
        rows = outcome_rows(result)
        what, year = t("Outcome"), t("Year")
        first, *_, last = (int(rows[year].min()), int(rows[year].max()))
        kept = even_years(first, last, MOST_YEARS)
        long = rows.melt([what, year], var_name="arm", value_name="value")
        wide = long[long[year].isin(kept)].pivot_table(
            index=[what, "arm"], columns=year, values="value", sort=False
        )
        shown_cells = wide.map(lambda value: decimal(value, 1)).reset_index()
        shown_cells = shown_cells.rename(columns={"arm": t("Arm")})
        shown_cells[what] = [capital(str(label)) for label in shown_cells[what]]
        shown_cells[what] = shown_cells[what].where(~shown_cells[what].duplicated(), "")
        shown_cells.columns = [str(name) for name in shown_cells.columns]
        title = t("Outcomes by year, mean of the runs")
        yield table_of(title, shown_cells, long=True)
    for arm in found.arms:
        said = [verdict_words(effect, arm) for effect in result.effectiveness]
        if said:
            label = quoted(found.label(arm))
            yield Paragraph(t("{arm}, all years, compared with without:", arm=label))
            yield BulletList(tuple(said))
    yield from found.written("outcomes")


def _years(found: DocumentSource) -> Iterator[Block]:
    if not found.arms or not found.costs:
        yield Paragraph(t("Nothing to compare: nobody pays, or there is no arm."))
        return
    for arm in found.arms:
        for current in (False, True):
            difference = yearly_difference(found.result, arm, current=current)
            if len(difference.payers):
                yield _difference_table(found, arm, difference)
            elif not current:
                yield Paragraph(
                    t("{arm}: nobody's costs differ in any year.", arm=quoted(found.label(arm)))
                )
    yield Paragraph(
        t(
            "With less without: investment, running cost and what is paid under contracts and to "
            "funds are in it, costs that fall are negative. Rows are rounded so that they add up "
            "to the sum."
        ),
        "fine",
    )


def _difference_table(found: DocumentSource, arm: str, one: YearlyDifference) -> DocumentTable:
    scenario = found.scenario
    level = scenario.economy.price_level
    prices = t("current prices") if one.current else t("fixed prices, {level}", level=level)
    amounts = one.in_units(THOUSANDS.size)
    labels = [scenario.payer_label(payer).text for payer in one.payers]
    rows = [summed(label, own) for label, own in zip(labels, amounts, strict=True)]
    rows.append(summed(t("Sum"), amounts.sum(axis=0), bold=True))
    years, rows = _fewer_years(one.years.tolist(), rows)
    title = t(
        "{arm}: costs with less without, {unit}, {prices}, not discounted",
        arm=found.label(arm),
        unit=THOUSANDS.label(),
        prices=prices,
    )
    kind = "current" if one.current else "difference"
    names = {
        (row, column): f"{kind}.{arm}.{payer}.{year}"
        for row, payer in enumerate((*one.payers, "total"))
        for column, year in enumerate((*years, "sum"), start=1)
    }
    return table_of(title, shown(rows, years), names)


def _fewer_years(years: Sequence[int], rows: list[AmountRow]) -> tuple[list[int], list[AmountRow]]:
    """Return rows for no more years than have room; the sums are still those of all."""
    kept = even_years(years[0], years[-1], MOST_YEARS) if years else []
    places = [number for number, year in enumerate(years) if year in kept]
    return kept, [AmountRow(row.label, row.amounts[places], row.total, row.bold) for row in rows]


# ---------------------------------------------------------------------------- 12, 13


def _fund(found: DocumentSource) -> Iterator[Block]:
    scenario, result = found.scenario, found.result
    if not scenario.funds or not found.arms:
        yield Paragraph(t("No social investment fund is in the file."))
        yield from found.written("fund")
        return
    for arm in found.arms:
        said = [line for line in repayment_report.words(result, [arm]) if line]
        yield from paragraphs(said)
        yield from _tables(repayment_report.shown(result, [arm]))
        for one in result.funds[arm]:
            if one.plan.payments.any():
                yield picture_of(
                    f"repayment-{one.fund}-{arm}", repayment_chart(result, one), high=LOW
                )
    yield from found.written("fund")


def _tables(shown_: Sequence[tuple[str, pd.DataFrame]]) -> Iterator[Block]:
    for title, frame in shown_:
        years = [name for name in frame.columns if str(name).isdigit()]
        if len(years) > MOST_YEARS:
            kept = {str(y) for y in even_years(int(years[0]), int(years[-1]), MOST_YEARS)}
            frame = frame[[n for n in frame.columns if n not in years or str(n) in kept]]
        yield table_of(title, frame)


def _contract(found: DocumentSource) -> Iterator[Block]:
    result = found.result
    said = contract_words(result, found.arms)
    if not said:
        yield Paragraph(t("No outcome contract is in the file."))
    yield from paragraphs(said)
    yield from _tables(contract_shown(result, found.arms))
    for one in result.contracts:
        yield picture_of(f"contract-{one.name}-{one.arm}", contract_chart(result, one), high=LOW)
    yield from found.written("contract")


# ---------------------------------------------------------------------------- 14


def _uncertainty(found: DocumentSource) -> Iterator[Block]:
    result = found.result
    for arm in found.arms:
        appraisal = result.appraisal[arm]
        yield Subheading(found.label(arm))
        yield from paragraphs(
            [
                *worth_sentences(appraisal),
                *later_sentences(result, arm),
                payback_words(appraisal),
                certainty_words(appraisal),
            ]
        )
    if found.main is not None and found.costs:
        yield picture_of("net-position", net_position_chart(result, found.main), high=LOW)
        yield picture_of("who-gains", who_gains_chart(result, found.main), high=LOW)
        yield _gaining(found)
        yield from _one_at_a_time(found)
        yield from _moves(found)
    yield from _drawn(found)
    yield from found.written("uncertainty")


def _gaining(found: DocumentSource) -> DocumentTable:
    """Return in how many runs each payer gains, by arm."""
    scenario, result = found.scenario, found.result
    payers = list(dict.fromkeys(p for arm in found.arms for p in result.who_gains[arm].payers))
    rows = []
    for payer in payers:
        cells = [scenario.payer_label(payer).text]
        for arm in found.arms:
            gains = result.who_gains[arm]
            if payer not in gains.payers:
                cells.append("–")
                continue
            net = gains.net[:, gains.payers.index(payer)]
            cells.append(runs_of(float((net >= -ORE).mean()), len(net)))
        rows.append(tuple(cells))
    headings = ("", *(found.label(arm) for arm in found.arms))
    return DocumentTable(t("Whose net is not negative, in how many runs"), headings, tuple(rows))


def _one_at_a_time(found: DocumentSource) -> Iterator[Block]:
    """Yield the tornado: the net at both ends of each number's range."""
    one = found.one_way
    if one is None:
        own = [
            number for path, number in numbers(found.scenario) if not path.startswith("pathway.")
        ]
        if any(is_uncertain(number) for number in own):
            yield Paragraph(
                t(
                    "No number is taken to both ends of its range here, as each end would take "
                    "whole runs: the command of sensitivity analysis does so."
                )
            )
        return
    subject = Subject(found.scenario, one.seeds, one.arm, NPV)
    yield picture_of("tornado", tornado_chart(subject, one.table))
    yield Paragraph(" ".join(_how_varied(one, len(found.result.seeds))), "fine")


def _how_varied(one: RetainedOneWay, runs: int) -> Iterator[str]:
    """Yield in which runs numbers are taken to their ends, and how many are left out."""
    if len(one.seeds) < runs:
        yield t(
            "The same people and luck meet every value. Changes are the mean of {n} of the {runs} "
            "runs, the line is that of all.",
            n=len(one.seeds),
            runs=runs,
        )
    else:
        yield t("The same people and luck meet every value, in all {runs} runs.", runs=runs)
    if one.omitted:
        yield n_(
            "{n} number that acts on everybody is left out, as each value takes whole runs: "
            "the command of sensitivity analysis tries it.",
            "{n} numbers that act on everybody are left out, as each value takes whole runs: "
            "the command of sensitivity analysis tries them.",
            one.omitted,
        )


def _moves(found: DocumentSource) -> Iterator[Block]:
    """Yield how far each number moves the net, one at a time."""
    if found.main is None:
        return
    known = verdict_on(found.result, found.main, tail=True)
    if known is None:
        return
    words = Assumptions(found.scenario)
    single = [one for one in known.numbers if one.key != EVERY_EFFECT and one.move]
    rows = [
        (
            words.name(one.key),
            words.value(one.key, one.value),
            words.value(one.key, one.tried),
            money(one.move),
            "–" if one.turns is None else words.value(one.key, one.turns),
            words.grade(one.grade) or t("not stated"),
        )
        for one in single[:MOST_NUMBERS]
    ]
    headings = (
        t("Number"),
        t("In the file"),
        t("Tried"),
        t("The net changes by"),
        t("Turns at"),
        t("Grade"),
    )
    title = t("{arm}: what moves the net most, one number at a time", arm=found.label(found.main))
    yield DocumentTable(title, headings, tuple(rows))


def _drawn(found: DocumentSource) -> Iterator[Block]:
    analysis = found.analysis
    if analysis is None:
        yield Paragraph(
            t(
                "How unsure the numbers of the file are together is not told here: {option} draws "
                "them all at once.",
                option="--draws 200",
            )
        )
        return
    by_year = analysis.break_even_by_year()
    arm = found.main if found.main in analysis.arms else analysis.arms[-1]
    subject = Subject(found.scenario, found.result.seeds, str(arm), NPV)
    yield from paragraphs(psa_figures.sentences(subject, analysis))
    if len(by_year):
        chart = psa_figures.who_breaks_even_chart(subject, analysis, by_year)
        yield picture_of("who-breaks-even", chart)


# ---------------------------------------------------------------------------- 15, 16


def _evaluation(found: DocumentSource) -> Iterator[Block]:
    plans = found.scenario.evaluations
    if not plans:
        yield Paragraph(t("There is no plan for the evaluation of effects in the file."), "warning")
    else:
        yield _plans(found.scenario)
        yield Paragraph(
            t(
                "Demands are those of SKR's guide. What each design would have answered in "
                "municipalities like this one, and how often it would be wrong, is simulated by "
                "{command}; it is not told here.",
                command="sisim evaluate",
            ),
            "fine",
        )
    yield from found.written("evaluation")


def _plans(scenario: Scenario) -> DocumentTable:
    """Return every planned evaluation beside the least that a plan should hold."""
    rows = []
    for one in scenario.evaluations.values():
        asked = demands(scenario, one)
        held = [demand for demand in asked if demand.there]
        missing = [demand.what for demand in asked if not demand.there]
        rows.append(
            (
                one.label.text,
                design_words(one.design),
                str(one.answer_year),
                f"{len(held)}/{len(asked)}",
                listing(missing) or "–",
            )
        )
    headings = (
        t("Evaluation"),
        t("Design"),
        t("Answer"),
        t("Demands met"),
        t("Missing in the plan"),
    )
    return DocumentTable(t("What the plan of evaluation holds"), headings, tuple(rows))


def _follow_up(found: DocumentSource) -> Iterator[Block]:
    plan = found.scenario.follow_up
    if plan is None:
        yield Paragraph(
            t(
                "No plan of follow-up is in the file. {command} writes one, with the range in "
                "which each measure should lie if all goes as assumed.",
                command="sisim follow-up",
            )
        )
    else:
        when = listing([duration_in_months(month) for month in plan.months])
        yield Paragraph(t("Followed up after {when} from the start.", when=when))
        said = [f"{name}: {text.text}" for name, text in plan.by.items()]
        said += [
            t("{what}, by {who}", what=one.label.text, who=lower(one.by.text))
            + ("" if one.instrument is None else f" ({lower(one.instrument.text)})")
            for one in plan.others.values()
        ]
        if said:
            yield BulletList(tuple(said))
    yield from found.written("follow_up")


# ---------------------------------------------------------------------------- 17, 18


def _implementation(found: DocumentSource) -> Iterator[Block]:
    if found.implementation is None:
        yield Paragraph(
            t(
                "No investment of the file becomes a new way of working, so that there is no full "
                "scale to tell of."
            )
            if not _new_way(found.scenario)
            else t(
                "What full scale takes is not told here: {command} does.", command="sisim implement"
            )
        )
    else:
        said = scale_up_report.sentences(found.implementation)
        yield from paragraphs([_on_paper(line) for line in said])
        yield picture_of("full-scale", scale_up_report.years_chart(found.implementation))
    yield from found.written("implementation")


def _on_paper(line: str) -> str:
    """Return a line of a command's words, whose commands are quoted as other names are."""
    return re.sub("`([^`]*)`", lambda found: t("“{command}”", command=found[1]), line)


def _new_way(scenario: Scenario) -> bool:
    return any("new_way_of_working" in arm.investments.values() for arm in scenario.arms.values())


def _alternatives(found: DocumentSource) -> Iterator[Block]:
    if len(found.arms) < 2:
        yield Paragraph(
            t("The file compares {n} with doing without; no other is in it.", n=len(found.arms))
            if found.arms
            else t("The scenario has no [arms], so there is nothing to compare.")
        )
    for arm in found.arms:
        title, frame = shown_tables(found.result, [arm])[0]
        yield table_of(title, frame, worth_names(found, arm, frame))
        if arm == found.main:
            continue
        yield who_gains_table(found, arm, all_payers=False)
        lines = verdict_sentences(found.result, arm, quoted(found.label(arm)), tail=True)
        yield from paragraphs(lines[:1])
        if lines[1:-1]:
            yield BulletList(tuple(line.removeprefix("– ") for line in lines[1:-1]))
    if found.implementation is not None and len(found.implementation.versions) > 1:
        chart = scale_up_report.versions_chart(found.implementation)
        yield picture_of("versions", chart)
    yield from found.written("alternatives")


def worth_names(
    found: DocumentSource, arm: str, frame: pd.DataFrame
) -> Mapping[tuple[int, int], str]:
    """Return the names of the numbers in the table of what an arm is worth."""
    from sisim.report.present_value import net_words

    keys = {
        t("Invested"): "invested",
        t("Lower costs"): "lower_cost",
        net_words(found.result.appraisal[arm].rate): "net",
        t("Benefit–cost ratio"): "benefit_cost_ratio",
    }
    return {
        (row, 1): f"calculation.{arm}.{keys[str(label)]}"
        for row, label in enumerate(frame.iloc[:, 0])
        if str(label) in keys
    }


# ---------------------------------------------------------------------------- 19


def _assumptions(found: DocumentSource) -> Iterator[Block]:
    scenario = found.scenario
    if found.main is not None:
        known = verdict_on(found.result, found.main, tail=True)
        shares = {} if known is None else grade_shares(known)
        if shares:
            said = listing(
                [f"{grade_name(grade)} {share_of(share)}" for grade, share in shares.items()]
            )
            yield Paragraph(
                t(
                    "What the result rests on, by grade: {shares}. Shares of the squared moves of "
                    "the net when each number alone is taken to the end of its range; a share of "
                    "the variance were the net linear in them.",
                    shares=said,
                )
            )
    yield _graded(scenario)
    own = [(path, one) for path, one in numbers(scenario) if path.startswith("investments.")]
    words = Assumptions(scenario)
    rows = []
    for path, number in own:
        owner = owner_of(path, number, scenario)
        if not number.value and owner.source is None:
            continue
        ends = (
            ""
            if number.low is None or number.high is None
            else f"{words.value(path, number.low)}{NBSP}–{NBSP}{words.value(path, number.high)}"
        )
        rows.append(
            (
                words.name(path),
                words.value(path, number.value),
                ends,
                words.grade(owner.grade) or t("not stated"),
                _source(owner.source),
            )
        )
    headings = (t("Number"), t("Value"), t("Range"), t("Grade"), t("Source"))
    if rows:
        title = t("The numbers of the investment; those of the pathway are in appendix B")
        yield DocumentTable(title, headings, tuple(rows), long=True)
    yield from found.written("assumptions")


def _source(source: str | None) -> str:
    from sisim.i18n import source_text

    return source_text(source) or t("no source")


def _graded(scenario: Scenario) -> DocumentTable:
    """Return how many numbers there are of each grade, own and of the pathway."""
    counts: dict[str, list[int]] = {}
    for path, number in numbers(scenario):
        grade = owner_of(path, number, scenario).grade
        label = grade_name(grade) or t("not stated")
        place = 1 if path.startswith("pathway.") else 0
        counts.setdefault(label, [0, 0])[place] += 1
    rows = tuple(
        (label, decimal(own), decimal(pathway)) for label, (own, pathway) in counts.items()
    )
    headings = (t("Grade"), t("Numbers in the scenario"), t("Numbers in the pathway"))
    return DocumentTable(t("How many numbers there are of each grade"), headings, rows)
