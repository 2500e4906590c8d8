"""The sheet of administrations: what each pays by year, and who pays and who gains."""

from __future__ import annotations

from functools import partial

import numpy as np

from sisim.arrays import Floats
from sisim.i18n import t
from sisim.report.document.workbook_cells import WorkbookSheet, at, span
from sisim.report.document.workbook_costs import HEAD, CostSheet, PriceSheet
from sisim.report.document.workbook_source import kind_names
from sisim.report.document.workbook_worth import PresentValueSheet
from sisim.report.formats import in_money


class AdministrationSheet:
    """Costs by payer and year in each arm, what differs from without, and present values."""

    YEARS = 3

    def __init__(self, costs: CostSheet, worth: PresentValueSheet, prices: PriceSheet) -> None:
        self.source, self.costs, self.worth, self.prices = costs.source, costs, worth, prices
        self.sheet = WorkbookSheet(t("Administrations"), (26, 34, 26, 14), frozen=(0, 3))
        self.places: dict[str, tuple[int, int]] = {}
        """Where each number stands, by its name in the document."""
        self.totals: list[tuple[int, int, int]] = []
        """The row of sums, and the first and last of what is summed, of each table by year."""
        self.matrices: dict[int, tuple[int, int, int]] = {}
        """The row of sums, the number of columns before the net, and the first row, by arm."""
        self._levels: dict[tuple[int, str], int] = {}
        sheet = self.sheet
        sheet.put(0, 0, t("Administrations: who pays how much, and when"), "title")
        sheet.put(1, 0, t("Sums of the sheet of costs, what everyone has included."), "note")
        row = HEAD
        for arm in range(len(self.source.arms)):
            row = self._arm(row, arm)
        for arm in range(1, len(self.source.arms)):
            row = self._difference(row, arm)
        for arm in range(1, len(self.source.arms)):
            row = self._matrix(row, arm)

    @property
    def total(self) -> int:
        """The column of sums over years."""
        return self.YEARS + len(self.source.years)

    def amounts(self, arm: int, payer: str) -> Floats:
        """Return what a payer pays in an arm, (years,)."""
        found = np.zeros(len(self.source.years))
        for line, amounts in zip(self.costs.lines, self.costs.amounts, strict=True):
            if line.payer.line.administration == payer:
                found = found + amounts[arm]
        return np.asarray(found)

    def _head(self, row: int, title: str) -> int:
        self.sheet.put(row, 0, title, "section")
        self.sheet.headings(row + 1, [t("Arm"), t("Payer"), t("Principal")], self.source.years)
        self.sheet.put(row + 1, self.total, t("Sum"), "heading_year")
        return row + 2

    def _principal(self, payer: str) -> str:
        lines = (line.payer.line for line in self.costs.payers.lines)
        return self.source.principal(
            next(line.principal for line in lines if line.administration == payer)
        )

    def _arm(self, row: int, arm: int) -> int:
        source, name = self.source, self.source.arms[arm]
        every = partial(self.costs.column, transfers=True)
        title = in_money(t("{arm}: costs by payer, fixed prices", arm=source.arm(name)))
        first = row = self._head(row, title)
        for payer in source.payers:
            self._levels[arm, payer] = row
            texts = [source.arm(name), source.payer(payer), self._principal(payer)]
            self.sheet.row(row, texts)
            formulas = [
                f"SUMIFS({every(CostSheet.YEARS + year)},{every(0)},{at(row, 0, 'column')},"
                f"{every(1)},{at(row, 1, 'column')})"
                for year in range(len(source.years))
            ]
            self._row(row, f"cost.{name}.{payer}", self.amounts(arm, payer), formulas)
            row += 1
        values = sum((self.amounts(arm, p) for p in source.payers), np.zeros(len(source.years)))
        return self._sums(row, first, f"cost.{name}.total", np.asarray(values))

    def _difference(self, row: int, arm: int) -> int:
        """Write what an arm costs more than without, in fixed and in current prices."""
        source, name = self.source, self.source.arms[arm]
        told = source.arm(name)
        level = self.prices.levels[: len(source.years)]
        first = row = self._head(
            row, in_money(t("{arm} less without: by payer, fixed prices", arm=told))
        )
        fixed: dict[str, int] = {}
        whole = np.zeros(len(source.years))
        for payer in source.payers:
            fixed[payer] = row
            more = self.amounts(arm, payer) - self.amounts(0, payer)
            whole = whole + more
            self.sheet.row(row, [told, source.payer(payer), self._principal(payer)])
            cells = [self._levels[which, payer] for which in (arm, 0)]
            formulas = [
                "-".join(at(cell, self.YEARS + year, "none") for cell in cells)
                for year in range(len(source.years))
            ]
            self._row(row, f"difference.{name}.{payer}", more, formulas)
            row += 1
        row = self._sums(row, first, f"difference.{name}.total", whole)
        title = in_money(t("{arm} less without: by payer, current prices", arm=told))
        first = row = self._head(row, title)
        for payer in source.payers:
            more = (self.amounts(arm, payer) - self.amounts(0, payer)) * level
            self.sheet.row(row, [told, source.payer(payer), self._principal(payer)])
            formulas = [
                f"{at(fixed[payer], self.YEARS + n, 'none')}*{self.prices.level(year)}"
                for n, year in enumerate(source.years)
            ]
            self._row(row, f"current.{name}.{payer}", more, formulas)
            row += 1
        return self._sums(row, first, f"current.{name}.total", whole * level)

    def _row(self, row: int, name: str, values: Floats, formulas: list[str]) -> None:
        for number, (value, formula) in enumerate(zip(values, formulas, strict=True)):
            self.places[f"{name}.{self.source.years[number]}"] = row, self.YEARS + number
            self.sheet.put(row, self.YEARS + number, float(value), "money", formula)
        self._sum(row, name, values, "money")

    def _sum(self, row: int, name: str, values: Floats, style: str) -> None:
        cells = span((row, self.YEARS), (row, self.total - 1))
        self.places[f"{name}.sum"] = row, self.total
        self.sheet.put(row, self.total, float(values.sum()), style, f"SUM({cells})")

    def _sums(self, row: int, first: int, name: str, values: Floats) -> int:
        """Write the sums of a table, and return where the next one begins."""
        self.sheet.row(row, [t("Total"), "", ""], "text total")
        for number, value in enumerate(values):
            column = self.YEARS + number
            self.places[f"{name}.{self.source.years[number]}"] = row, column
            cells = span((first, column), (row - 1, column))
            self.sheet.put(row, column, float(value), "money total", f"SUM({cells})")
        self._sum(row, name, values, "money total")
        self.totals.append((row, first, row - 1))
        return row + 2

    def _matrix(self, row: int, arm: int) -> int:
        """Write who pays and who gains: present values, what everyone has left out."""
        source, sheet, name = self.source, self.sheet, self.source.arms[arm]
        told, labels = source.arm(name), kind_names()
        there = {source.items[item].kind for item in self.worth.steps.items}
        received = any(line.payer.line.kind == "income" for _, line in self.worth.lines)
        own = ("investment", "running", "replaced", "use")
        extra = ("later", "repayment", "contract", "financing")
        kinds = [*own, *(["income"] if received else []), *(k for k in extra if k in there)]
        title = in_money(t("{arm}: who pays, who gains, present values", arm=told))
        sheet.put(row, 0, title, "section")
        saved = t("Lower costs")
        heads = [saved if kind == "use" else labels[kind] for kind in kinds]
        sheet.headings(row + 1, [t("Arm"), t("Payer"), t("Principal"), *heads, t("Net")])
        first = row = row + 2
        sums = np.zeros(len(kinds))
        for payer in source.payers:
            sheet.row(row, [told, source.payer(payer), self._principal(payer)])
            values = [self._gain(arm, payer, kind) for kind in kinds]
            sums = sums + values
            for number, (kind, value) in enumerate(zip(kinds, values, strict=True)):
                place, column = f"gains.{name}.{payer}.{kind}", self.YEARS + number
                self.places[place] = row, column
                sheet.put(row, column, value, "money", self._gain_formula(row, kind))
            self._net(row, f"gains.{name}.{payer}", kinds, values)
            row += 1
        sheet.row(row, [t("Total"), "", ""], "text total")
        for number, kind in enumerate(kinds):
            column = self.YEARS + number
            self.places[f"gains.{name}.total.{kind}"] = row, column
            cells = span((first, column), (row - 1, column))
            sheet.put(row, column, float(sums[number]), "money total", f"SUM({cells})")
        self._net(row, f"gains.{name}.total", kinds, list(sums), "money total")
        self.matrices[arm] = row, len(kinds), first
        return row + 2

    def _sign(self, kind: str) -> int:
        """Return how a kind of cost counts in the matrix: what is less or received is a gain."""
        return -1 if kind in ("use", "income", "later") else 1

    def _gain(self, arm: int, payer: str, kind: str) -> float:
        return 0.0 + self._sign(kind) * sum(
            self.worth.worth(arm, line)
            for which, line in self.worth.lines
            if which == arm
            and line.payer.line.administration == payer
            and line.payer.line.kind == kind
            and not line.payer.line.ordinary
        )

    def _gain_formula(self, row: int, kind: str) -> str:
        worth, minus = self.worth, "-" if self._sign(kind) < 0 else ""
        return (
            f"{minus}SUMIFS({worth.column(9)},{worth.column(0)},{at(row, 0, 'column')},"
            f"{worth.column(4)},{at(row, 1, 'column')},"
            f'{worth.column(2)},"{kind_names()[kind]}",{worth.column(6)},0)'
        )

    def _net(
        self,
        row: int,
        name: str,
        kinds: list[str],
        values: list[float],
        style: str = "money total",
    ) -> None:
        """Write what is gained less what is paid."""
        column = self.YEARS + len(kinds)
        terms = "".join(
            ("-" if self._sign(kind) > 0 else "+") + at(row, self.YEARS + n, "none")
            for n, kind in enumerate(kinds)
        )
        net = sum(-self._sign(k) * v for k, v in zip(kinds, values, strict=True))
        self.places[f"{name}.net"] = row, column
        self.sheet.put(row, column, float(net), style, terms.removeprefix("+"))
