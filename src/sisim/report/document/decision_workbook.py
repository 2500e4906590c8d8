"""The decision workbook: every number of a decision document in a cell, worked out by formulas.

A price that is changed in it is followed to the ledger, the administrations, the present values and
the fund, as prices come after counts (law L5). What acts on people is grey and needs a new
simulation.

Numbers are found by names that are the same in every language:

- `assumption.KEY`: a number of the scenario by its key, as `--set` takes it;
- `outcome.ARM.OUTCOME.YEAR`, `headline.ARM.WHAT[.low|.high]`: what happens to people, and how many
  are helped (`helped`, `avoided`, `avoided_returns`, `affected`);
- `units.ARM.KIND.ITEM[.PART].YEAR`: units of a resource, or of an investment's own;
- `cost.ARM.PAYER.YEAR`, `difference.ARM.PAYER.YEAR`, `current.ARM.PAYER.YEAR`: costs by payer, what
  is more than without, and that in current prices; PAYER may be `total`, YEAR `sum`;
- `gains.ARM.PAYER.KIND`: who pays and who gains, present values; KIND may be `net`, PAYER `total`;
- `calculation.ARM.MEASURE[.low|.high]`: an appraisal (`economics.appraisal.AMOUNTS`), `payback`,
  `payback_discounted` and `chance`; `calculation.ARM.WHAT.YEAR`: `net`, `accumulated` and
  `accumulated_discounted`;
- `fund.FUND.ARM.ROW.YEAR`: the plan of repayment;
- `sensitivity.TABLE.ROW.COLUMN`: tables that were given, numbered from 1, 0 and 0;
- `text.NAME`: a number that was added with `add`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

import pandas as pd

from sisim.economics.valuation import Valuation
from sisim.i18n import Lang, current_language, in_currency, in_language, t
from sisim.report.document.workbook_administrations import AdministrationSheet
from sisim.report.document.workbook_assumptions import AssumptionSheet
from sisim.report.document.workbook_cells import (
    DefinedNames,
    Spreadsheet,
    WorkbookCell,
    WorkbookSheet,
    at,
)
from sisim.report.document.workbook_costs import (
    HEAD,
    CostSheet,
    PayerSheet,
    PriceSheet,
    QuantitySheet,
)
from sisim.report.document.workbook_fund import FundSheet
from sisim.report.document.workbook_source import Source
from sisim.report.document.workbook_tables import (
    CheckSheet,
    check_money,
    outcome_sheet,
    read_me,
    sensitivity_sheet,
    switching_tables,
)
from sisim.report.document.workbook_worth import CalculationSheet, PresentValueSheet, StepSheet
from sisim.report.whole_files import aside, put_file

Place = tuple[WorkbookSheet, int, int]


class DecisionWorkbook:
    """The workbook of a simulated scenario.

    Args:
        valuation: Its counts and its money.
        lang: The language of sheets and words; unset, the current one.
        sensitivity: Tables that single runs have told, by title; unset: what the verdicts that are
            known rest on.
    """

    def __init__(
        self,
        valuation: Valuation,
        lang: Lang | None = None,
        sensitivity: Mapping[str, pd.DataFrame] | None = None,
    ) -> None:
        self.lang: Lang = lang or current_language()
        self._source = Source(valuation)
        self._sensitivity = sensitivity
        self._added: WorkbookSheet | None = None
        self._places: dict[str, Place] = {}
        with in_language(self.lang), in_currency(valuation.scenario.pathway.currency):
            self._book = self._made()

    @property
    def names(self) -> list[str]:
        """The names of all its numbers."""
        return list(self._places)

    def value(self, name: str) -> float:
        """Return the number of a name; NaN where it is not defined.

        Raises:
            KeyError: If there is no such number.
        """
        value = self._cell(name).value
        return float(value) if isinstance(value, float | int) else float("nan")

    def place(self, name: str) -> str:
        """Return the cell in which a number stands: Kalkyl!B12.

        Raises:
            KeyError: If there is no such number.
        """
        sheet, row, column = self._places[name]
        quoted = f"'{sheet.title}'" if " " in sheet.title else sheet.title
        return f"{quoted}!{at(row, column, 'none')}"

    def add(self, name: str, label: str, value: float, style: str = "plain") -> str:
        """Write a number that the document says and no sheet has; return its name.

        Args:
            name: `text.` is put before it; a name that is there already keeps its number.
            label: What it is.
            value: The number.
            style: How it is written: one of `workbook_cells.FORMATS`.
        """
        full = f"text.{name}"
        if full not in self._places:
            sheet = self._of_text
            row = sheet.size[0]
            sheet.put(row, 0, label, "wrapped")
            sheet.put(row, 1, value, f"{style} simulated")
            self._places[full] = sheet, row, 1
        return full

    def content(self) -> bytes:
        """Return the workbook as a file has it: the same bytes for the same run."""
        return self._book.content()

    def write(self, path: str | os.PathLike[str]) -> None:
        """Write the workbook, whole or not at all."""
        out = Path(path)
        with aside(out) as folder:
            new = folder / out.name
            new.write_bytes(self.content())
            put_file(new, out)

    # ------------------------------------------------------------------------ parts

    def _cell(self, name: str) -> WorkbookCell:
        sheet, row, column = self._places[name]
        return sheet.cells[row, column]

    @cached_property
    def _of_text(self) -> WorkbookSheet:
        with in_language(self.lang):
            sheet = WorkbookSheet(t("In the text"), (70, 16), frozen=(HEAD + 1, 0))
            sheet.put(
                0, 0, t("In the text: numbers of the document that stand nowhere else"), "title"
            )
            sheet.headings(HEAD, [t("What"), t("Value")])
        self._book.sheets.insert(-1, sheet)
        return sheet

    def _known(self, sheet: WorkbookSheet, places: Mapping[str, tuple[int, int]]) -> None:
        self._places |= {name: (sheet, *place) for name, place in places.items()}

    def _made(self) -> Spreadsheet:
        source, names = self._source, DefinedNames()
        assumptions = AssumptionSheet(source, names)
        prices = PriceSheet(source, assumptions)
        payers = PayerSheet(source, assumptions)
        quantities = QuantitySheet(source)
        costs = CostSheet(source, quantities, prices, payers)
        steps = StepSheet(source, assumptions, prices, payers)
        worth = PresentValueSheet(steps)
        calculation = CalculationSheet(steps, worth, assumptions)
        administrations = AdministrationSheet(costs, worth, prices)
        fund = FundSheet(costs, prices, assumptions)
        fund.link(quantities, steps)
        outcomes, of_people = outcome_sheet(source)
        tables = self._sensitivity
        tables = switching_tables(source) if tables is None else tables
        sensitivity, told = sensitivity_sheet(tables)
        checks = CheckSheet()
        check_money(checks, source, payers, costs, administrations, steps, calculation)
        fund.check(checks)
        assumptions.fill()
        self._known(
            assumptions.sheet,
            {f"assumption.{key}": assumptions.place(key) for key in assumptions.keys},
        )
        self._known(outcomes, of_people)
        self._known(quantities.sheet, quantities.places)
        self._known(administrations.sheet, administrations.places)
        self._known(calculation.sheet, calculation.places)
        self._known(fund.sheet, fund.places)
        self._known(sensitivity, told)
        sheets = [
            calculation.sheet,
            administrations.sheet,
            outcomes,
            assumptions.sheet,
            quantities.sheet,
            prices.sheet,
            payers.sheet,
            costs.sheet,
            steps.sheet,
            worth.sheet,
            *([] if fund.empty else [fund.sheet]),
            *([sensitivity] if tables else []),
            checks.sheet,
        ]
        first = read_me(source, sheets, checks.finish())
        return Spreadsheet(source.scenario.title.text, [first, *sheets], names)
