"""The sheets that surround the reckoning: what the workbook is, outcomes, sensitivity, checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import pandas as pd

from sisim.analysis.switching_values import EVERY_EFFECT, verdict_on
from sisim.i18n import t
from sisim.report.document.workbook_administrations import AdministrationSheet
from sisim.report.document.workbook_cells import WorkbookSheet, at, span
from sisim.report.document.workbook_costs import HEAD, CostSheet, PayerSheet
from sisim.report.document.workbook_source import Source, kind_names
from sisim.report.document.workbook_worth import CalculationSheet, StepSheet
from sisim.report.formats import in_money
from sisim.scenario.owners import grade_name

ORE_TOLERANCE = 0.01
"""SEK; less than an öre is rounding."""
Place = tuple[int, int]


def outcome_sheet(source: Source) -> tuple[WorkbookSheet, dict[str, Place]]:
    """Return what happens to people, by year and arm, and how many are helped."""
    sheet = WorkbookSheet(t("Outcomes"), (44, 26, 13), frozen=(HEAD + 1, 2))
    places: dict[str, Place] = {}
    sheet.put(0, 0, t("Outcomes: what happens to people, with and without"), "title")
    note = t("Means over the runs, from the simulation: they change only if it is run again.")
    sheet.put(1, 0, note, "note")
    sheet.headings(HEAD, [t("Outcome"), t("Arm")], source.years)
    table = source.valuation.outcomes()
    means = table.groupby(["outcome", "arm", "year"], sort=False, observed=True)["value"].mean()
    row = HEAD + 1
    for name, measure in source.scenario.outcomes.items():
        for arm in source.arms:
            sheet.row(row, [measure.label.text, source.arm(arm)])
            for number, year in enumerate(source.years):
                if (name, arm, year) in means.index:
                    value = float(means.loc[(name, arm, year)])
                    places[f"outcome.{arm}.{name}.{year}"] = row, 2 + number
                    sheet.put(row, 2 + number, value, "units simulated")
            row += 1
    row += 1
    for arm in source.arms[1:]:
        row = _headline(source, arm, sheet, places, row)
    return sheet, places


def _headline(
    source: Source, arm: str, sheet: WorkbookSheet, places: dict[str, Place], row: int
) -> int:
    told = {
        "helped": t("Times that treatment has begun"),
        "avoided": t("Fewer who come to the case in focus for the first time"),
        "avoided_returns": t("Fewer times that somebody comes back to it"),
        "affected": t("People whose life history is another than without"),
    }
    heads = [source.arm(arm), "", t("Mean"), t("10%"), t("90%")]
    sheet.row(row, heads, "heading")
    found = source.valuation.headline(arm)
    banded = source.valuation.appraisal[arm].banded
    for name, label in told.items():
        row += 1
        sheet.put(row, 0, label)
        for number, (end, value) in enumerate(zip(("", ".low", ".high"), found[name], strict=True)):
            if number == 0 or banded:
                places[f"headline.{arm}.{name}{end}"] = row, 2 + number
                sheet.put(row, 2 + number, value, "units simulated")
    return row + 2


def switching_tables(source: Source) -> dict[str, pd.DataFrame]:
    """Return what the verdicts that are known rest on, a table for each arm, by title."""
    found: dict[str, pd.DataFrame] = {}
    for arm in source.arms[1:]:
        of_appraisal = verdict_on(source.valuation, arm, tail=True)
        verdict = of_appraisal or verdict_on(source.valuation, arm, tail=False)
        if verdict is None or not verdict.numbers:
            continue
        rows = [
            (
                t("All effects") if one.key == EVERY_EFFECT else source.words.name(one.key),
                one.value,
                grade_name(one.grade),
                one.tried,
                one.move,
                float("nan") if one.turns is None else one.turns,
            )
            for one in verdict.numbers
        ]
        headings = [t("What"), t("Value"), t("Grade"), t("Tried at")]
        headings += [in_money(t("Change of the net")), t("Turns the verdict at")]
        title = t("{arm}: what the verdict rests on", arm=source.arm(arm))
        found[title] = pd.DataFrame(rows, columns=headings)
    return found


def sensitivity_sheet(tables: Mapping[str, pd.DataFrame]) -> tuple[WorkbookSheet, dict[str, Place]]:
    """Return tables that single runs have told: values, as nothing of them is worked out here.

    Args:
        tables: By title.
    """
    sheet = WorkbookSheet(t("Sensitivity"), (44, 16), frozen=(0, 1))
    places: dict[str, Place] = {}
    sheet.put(0, 0, t("Sensitivity: what the result rests on"), "title")
    note = t(
        "From runs with other values. They need a new calculation by sisim when a price is changed."
    )
    sheet.put(1, 0, note, "note")
    row = HEAD
    for number, (title, table) in enumerate(tables.items(), 1):
        sheet.put(row, 0, title, "section")
        sheet.headings(row + 1, [str(name) for name in table.columns])
        row += 2
        for line, values in enumerate(table.itertuples(index=False)):
            for column, value in enumerate(values):
                if isinstance(value, str):
                    sheet.put(row, column, value, "wrapped")
                else:
                    places[f"sensitivity.{number}.{line}.{column}"] = row, column
                    sheet.put(row, column, float(value), "plain simulated")
            row += 1
        row += 1
    return sheet, places


class CheckSheet:
    """Sums that must be zero, whatever prices are changed."""

    def __init__(self) -> None:
        self.sheet = WorkbookSheet(t("Checks"), (70, 16, 10), frozen=(HEAD + 1, 0))
        self.sheet.put(0, 0, t("Checks: every difference is zero"), "title")
        self.sheet.headings(HEAD, [t("What must be equal"), t("Difference"), ""])
        self.row = HEAD + 1

    def add(self, label: str, formula: str) -> None:
        """Write a check: what a formula of a difference comes to is zero."""
        row, sheet = self.row, self.sheet
        sheet.put(row, 0, label, "wrapped")
        sheet.put(row, 1, 0.0, "check", formula)
        sheet.put(row, 2, "✓", "sign", f'IF(ABS({at(row, 1)})<{ORE_TOLERANCE},"✓","✗")')
        self.row += 1

    def finish(self) -> str:
        """Write whether all hold, and return where that stands."""
        cells = span((HEAD + 1, 1), (max(self.row - 1, HEAD + 1), 1), "both")
        self.sheet.put(1, 0, t("All together"))
        worst = f"SUMPRODUCT(ABS({cells}))"
        self.sheet.put(1, 1, 0.0, "check total", worst)
        return self.sheet.put(1, 2, "✓", "sign", f'IF({at(1, 1)}<{ORE_TOLERANCE},"✓","✗")')


def check_money(
    checks: CheckSheet,
    source: Source,
    payers: PayerSheet,
    costs: CostSheet,
    administrations: AdministrationSheet,
    steps: StepSheet,
    calculation: CalculationSheet,
) -> None:
    """Write the checks of money: shares, years, payers, parts and the whole."""
    for number, item in enumerate(source.items):
        own = [line for line in payers.lines if line.item == number and line.payer.share > 0]
        if len(own) > 1 and item.kind != "later":
            cells = "+".join(payers.share(line) for line in own)
            whole = sum(line.payer.share for line in own)
            label = t(
                "{what}: shares of those who pay sum to {whole}",
                what=source.item(item),
                whole=f"{whole:g}",
            )
            checks.add(label, f"{cells}-{whole:g}")
    sheet, last = administrations.sheet, administrations.total
    tables = len(source.arms)
    for arm, (row, _, _) in enumerate(administrations.totals[:tables]):
        every = partial(costs.column, transfers=True)
        sums = every(CostSheet.YEARS + len(source.years))
        of_arm = f"SUMIFS({sums},{every(0)},{sheet.far(row - 1, 0)})"
        label = t("{arm}: all payers together, and all costs", arm=source.arm(source.arms[arm]))
        checks.add(label, f"{sheet.far(row, last)}-{of_arm}")
    for row, first, end in administrations.totals:
        across = sheet.block((first, last), (end, last))
        label = t("Administrations, row {row}: months, years and payers", row=row + 1)
        checks.add(label, f"{sheet.far(row, last)}-SUM({across})")
    for arm in range(1, tables):
        _check_arm(checks, arm, source, administrations, steps, calculation)


def _check_arm(
    checks: CheckSheet,
    arm: int,
    source: Source,
    administrations: AdministrationSheet,
    steps: StepSheet,
    calculation: CalculationSheet,
) -> None:
    name = source.arms[arm]
    told = source.arm(name)
    places, sheet = calculation.places, calculation.sheet

    def of(what: str) -> str:
        return sheet.far(*places[f"calculation.{name}.{what}"])

    checks.add(
        t("{arm}: net present value = lower costs − invested", arm=told),
        f"{of('net')}-({of('lower_cost')}-{of('invested')})",
    )
    checks.add(
        t("{arm}: net present value = sum of the discounted steps", arm=told),
        f"{of('net')}-SUM({steps.column(arm, 11)})",
    )
    worth = administrations.worth
    counted = (
        f"SUMIFS({worth.column(9)},{worth.column(0)},{steps.sheet.far(steps.rows(arm)[0], 0)},"
        f"{worth.column(7)},1)"
    )
    paid = f"SUMPRODUCT({steps.column(arm, 14)},{steps.column(arm, 7)})"
    checks.add(
        t("{arm}: net present value = what those who count gain, by payer", arm=told),
        f"{of('net')}+({counted}-{paid})",
    )
    row, columns, first = administrations.matrices[arm]
    net = administrations.YEARS + columns
    own = administrations.sheet
    checks.add(
        t("{arm}: who pays and who gains adds up to the total", arm=told),
        f"{own.far(row, net)}-SUM({own.block((first, net), (row - 1, net))})",
    )
    for kind in ("repayment", "contract", "financing"):
        place = administrations.places.get(f"gains.{name}.total.{kind}")
        if place is not None:
            label = t(
                "{arm}: what some pay others receive ({what})", arm=told, what=kind_label(kind)
            )
            checks.add(label, own.far(*place))


def kind_label(kind: str) -> str:
    """Return what a kind of transfer is called within a sentence."""
    return kind_names()[kind].lower()


def read_me(source: Source, sheets: Sequence[WorkbookSheet], all_checks: str) -> WorkbookSheet:
    """Return the sheet that says what the others are."""
    sheet = WorkbookSheet(t("Read me"), (26, 90))
    scenario, counts = source.scenario, source.valuation.counts
    sheet.put(0, 0, scenario.title.text, "title")
    sheet.put(1, 0, t("The calculation behind the decision document"), "note")
    rows: list[tuple[str, str]] = [
        (
            t("How to use it"),
            t(
                "Change a yellow cell, such as a price, and every sheet is worked out anew. Grey "
                "cells come from the simulation: what acts on people needs a new one."
            ),
        ),
        (t("Checks"), ""),
        (t("Scenario"), scenario.name),
        (t("Runs"), str(len(counts.replications))),
        (t("Fingerprint"), source.valuation.digest),
        (t("Version"), f"sisim {source.valuation.version}"),
        (t("Prices"), t("fixed, of {year}", year=scenario.economy.price_level)),
    ]
    for number, (head, text) in enumerate(rows, 3):
        sheet.put(number, 0, head, "heading")
        sheet.put(number, 1, text, "wrapped")
    sheet.put(4, 1, "✓", "text", all_checks)
    row = 4 + len(rows)
    sheet.headings(row, [t("Sheet"), t("What it holds")])
    for one in sheets:
        row += 1
        sheet.put(row, 0, one.title)
        about = one.cells.get((0, 0))
        sheet.put(row, 1, "" if about is None else about.value, "wrapped")
    return sheet
