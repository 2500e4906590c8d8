"""The sheets from units to costs: quantities, prices, who pays, and what it comes to by year."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sisim.arrays import Floats
from sisim.economics.cost_items import CostItem, Payer
from sisim.economics.ledger import TRANSFERS, CostLine
from sisim.economics.prices import PriceList
from sisim.economics.repayment import OF_FUND
from sisim.i18n import t
from sisim.report.document.workbook_assumptions import AssumptionSheet
from sisim.report.document.workbook_cells import WorkbookSheet, at, span
from sisim.report.document.workbook_source import Source

HEAD = 3
"""The row of headings of a sheet; what it lists begins in the next."""


class PriceSheet:
    """What a unit of everything costs in each year, by way of the price index and real growth."""

    YEARS = 9
    """The column of the first year."""
    INDEX, ITEMS = 8, 12
    """The rows of the price index, and of the headings of prices."""

    def __init__(self, source: Source, assumptions: AssumptionSheet) -> None:
        self.source = source
        self.sheet = WorkbookSheet(
            t("Prices"), (6, 14, 44, 16, 14, 9, 14, 12, 12, 13), frozen=(self.ITEMS + 1, 3)
        )
        self._assumptions = assumptions
        self._fill()

    def row(self, item: int) -> int:
        """Return the row of an item by its number."""
        return self.ITEMS + 2 + item

    def column(self, year: int) -> int:
        """Return the column of a year."""
        return self.YEARS + year - self.source.priced_years[0]

    def of(self, item: int, year: int) -> str:
        """Return the place of the price of an item in a year."""
        return self.sheet.far(self.row(item), self.column(year))

    def level(self, year: int) -> str:
        """Return the place of what a krona of the price level is in the money of a year."""
        return self.sheet.far(self.ITEMS + 1, self.column(year))

    @cached_property
    def levels(self) -> Floats:
        """What a krona of the price level is in the money of each year that has prices."""
        years = np.array(self.source.priced_years)
        return PriceList(self.source.scenario, years, current=True).level

    def _fill(self) -> None:
        source, sheet = self.source, self.sheet
        scenario, years = source.scenario, source.priced_years
        sheet.put(0, 0, t("Prices: what a unit costs in each year"), "title")
        sheet.put(
            1,
            0,
            t(
                "fixed price = price × index(price level) / index(price year) × (1 + real growth)^"
                "years from the start"
            ),
            "note",
        )
        inflation = self._assumptions.ref("drift.inflation")
        sheet.put(3, 2, t("Price level"))
        sheet.put(3, 4, float(scenario.economy.price_level), "year")
        sheet.put(4, 2, t("First year"))
        sheet.put(4, 4, float(years[0]), "year")
        sheet.put(5, 2, t("Inflation a year"))
        sheet.put(5, 4, scenario.drift.inflation.value, "share", inflation)
        self._index()
        sheet.headings(
            self.ITEMS,
            [
                t("No."),
                t("Kind"),
                t("What"),
                t("Unit"),
                t("Price"),
                t("Price year"),
                t("Price type"),
                t("To the price level"),
                t("Real growth a year"),
            ],
            years,
        )
        sheet.put(self.ITEMS + 1, 2, t("A krona of the price level in current prices"), "note")
        for number, _ in enumerate(years):
            column = self.YEARS + number
            sheet.put(
                self.ITEMS + 1,
                column,
                float(self.levels[number]),
                "factor",
                f"(1+$E$6)^({at(self.ITEMS, column, 'row')}-$E$4)",
            )
        for number, item in enumerate(source.items):
            self._item(number, item)

    def _index(self) -> None:
        """Write the price index of the years that are needed."""
        scenario, sheet = self.source.scenario, self.sheet
        level = scenario.economy.price_level
        used = {item.price.year for item in self.source.items if item.price.key} | {level}
        index = {year: scenario.price_index.get(year) for year in sorted(used)}
        sheet.put(self.INDEX, 2, t("Year of the price index"))
        sheet.put(self.INDEX + 1, 2, t("Price index"))
        for number, (year, value) in enumerate(index.items()):
            sheet.put(self.INDEX, 4 + number, float(year), "year")
            if value is not None:
                sheet.put(self.INDEX + 1, 4 + number, value, "price changeable")
        last = 4 + len(index) - 1
        self._index_years = span((self.INDEX, 4), (self.INDEX, last), "both")
        self._index_values = span((self.INDEX + 1, 4), (self.INDEX + 1, last), "both")

    def _item(self, number: int, item: CostItem) -> None:
        source, sheet, row = self.source, self.sheet, self.row(number)
        sheet.put(row, 0, float(number + 1), "count")
        sheet.put(row, 1, source.kind(item))
        sheet.put(row, 2, source.item(item))
        sheet.put(row, 3, source.unit(item))
        if not item.price.key:  # money that changes hands
            for number_, _ in enumerate(source.priced_years):
                sheet.put(row, self.YEARS + number_, 1.0, "price")
            return
        growth, key = source.growth(item)
        sheet.put(row, 4, item.price.value, "price", self._assumptions.ref(item.price.key))
        sheet.put(row, 5, float(item.price.year), "year")
        sheet.put(row, 6, source.price_type(item))

        def index(year: str) -> str:
            return f"INDEX({self._index_values},MATCH({year},{self._index_years},0))"

        own = at(row, 5, "column")
        sheet.put(
            row,
            7,
            source.to_level(item),
            "factor",
            f"IF({own}=$E$4,1,{index('$E$4')}/{index(own)})",
        )
        named = None if key is None else self._assumptions.ref(key)
        sheet.put(row, 8, growth, "share", named)
        for year, price in zip(source.priced_years, source.unit_cost(item), strict=True):
            column = self.column(year)
            parts = (at(row, which, "column") for which in (4, 7, 8))
            price_, level, grows = parts
            since = f"({at(self.ITEMS, column, 'row')}-$E$5)"
            sheet.put(row, column, float(price), "price", f"{price_}*{level}*(1+{grows})^{since}")


@dataclass(frozen=True)
class PayerLine:
    """A payer of an item, and where it stands.

    Attributes:
        item: The number of the item.
        payer: Who, and what share.
        row: In the sheet of payers.
    """

    item: int
    payer: Payer
    row: int


class PayerSheet:
    """Who pays each item, by what share, and whose costs count in the calculation."""

    def __init__(self, source: Source, assumptions: AssumptionSheet) -> None:
        self.source = source
        self.sheet = WorkbookSheet(
            t("Payers"), (6, 34, 26, 14, 44, 10, 10, 12, 12), frozen=(HEAD + 1, 2)
        )
        self.lines: list[PayerLine] = []
        self._assumptions = assumptions
        self._fill()

    def share(self, line: PayerLine) -> str:
        """Return the place of a payer's share."""
        return self.sheet.far(line.row, 5)

    def counted(self, line: PayerLine) -> float:
        """Return the share that counts in the calculation."""
        one = line.payer.line
        counts = self.source.shown(one) and one.kind != "repayment"
        return line.payer.share if counts else 0.0

    def weight(self, number: str) -> str:
        """Return the formula of the share of an item that counts, given where its number is."""
        last = HEAD + len(self.lines)
        items, shares = (self.sheet.block((HEAD + 1, column), (last, column)) for column in (0, 8))
        return f"SUMIFS({shares},{items},{number})"

    def _fill(self) -> None:
        source, sheet = self.source, self.sheet
        sheet.put(0, 0, t("Payers: who pays, and what counts in the calculation"), "title")
        sheet.put(
            1,
            0,
            t(
                "What is received is negative. Write 0 or 1 in the yellow column to leave out or "
                "count a payer: that is the perspective."
            ),
            "note",
        )
        sheet.headings(
            HEAD,
            [
                t("No."),
                t("Payer"),
                t("Principal"),
                t("Kind"),
                t("What"),
                t("Share"),
                t("What everyone has"),
                t("Counts in the calculation"),
                t("Share that counts"),
            ],
        )
        row = HEAD + 1
        for number, item in enumerate(source.items):
            for payer in item.payers:
                self.lines.append(PayerLine(number, payer, row))
                row += 1
        for line in self.lines:
            one = line.payer.line
            named = None if line.payer.key is None else self._assumptions.ref(line.payer.key)
            sign = "-" if line.payer.share < 0 else ""
            sheet.put(line.row, 0, float(line.item + 1), "count")
            sheet.put(line.row, 1, source.payer(one.administration))
            sheet.put(line.row, 2, source.principal(one.principal))
            sheet.put(line.row, 3, source.kind(one))
            sheet.put(line.row, 4, source.item(source.items[line.item]))
            sheet.put(
                line.row, 5, line.payer.share, "share", None if named is None else sign + named
            )
            sheet.put(line.row, 6, float(one.ordinary), "flag")
            counted = self.counted(line)
            sheet.put(line.row, 7, float(counted != 0), "flag changeable")
            sheet.put(
                line.row,
                8,
                counted,
                "share",
                f"{at(line.row, 5, 'none')}*{at(line.row, 7, 'none')}",
            )


class QuantitySheet:
    """Units by year, arm and item, as the simulation has counted them: means over the runs."""

    YEARS = 5

    def __init__(self, source: Source) -> None:
        self.source = source
        self.sheet = WorkbookSheet(t("Quantities"), (6, 26, 14, 44, 16, 13), frozen=(HEAD + 1, 4))
        self.places: dict[str, tuple[int, int]] = {}
        """Where each number stands, by its name in the document."""
        self._fill()

    def row(self, arm: int, item: int) -> int:
        """Return the row of an item in an arm."""
        return HEAD + 1 + arm * len(self.source.items) + item

    def of(self, arm: int, item: int, year: int) -> str:
        """Return the place of the units of an item in a year."""
        return self.sheet.far(self.row(arm, item), self.YEARS + year)

    def link(self, arm: int, item: int, year: int, formula: str) -> None:
        """Let the units of an item follow from another sheet."""
        row, column = self.row(arm, item), self.YEARS + year
        self.sheet.put(row, column, self.sheet.cells[row, column].value, "units", formula)

    def _fill(self) -> None:
        source, sheet = self.source, self.sheet
        sheet.put(0, 0, t("Quantities: what is used, by year"), "title")
        sheet.put(
            1,
            0,
            t("Means over the runs, from the simulation: they change only if it is run again."),
            "note",
        )
        headings = [t("No."), t("Arm"), t("Kind"), t("What"), t("Unit")]
        sheet.headings(HEAD, headings, source.years)
        total = self.YEARS + len(source.years)
        sheet.put(HEAD, total, t("Sum"), "heading_year")
        for number, item in enumerate(source.items):
            units = np.zeros((len(source.arms), len(source.years)))
            if item.kind != "later":
                units = source.yearly(item)
            for arm, name in enumerate(source.arms):
                row = self.row(arm, number)
                sheet.put(row, 0, float(number + 1), "count")
                sheet.row(row, [source.arm(name), source.kind(item)], column=1)
                sheet.row(row, [source.item(item), source.unit(item)], column=3)
                sheet.row(row, [float(v) for v in units[arm]], "units simulated", self.YEARS)
                parts = [item.kind, item.item, *([item.part] if item.part else [])]
                for year, calendar in enumerate(source.years):
                    place = ".".join(["units", name, *parts, str(calendar)])
                    self.places[place] = row, self.YEARS + year
                if source.years:
                    cells = span((row, self.YEARS), (row, total - 1))
                    sheet.put(row, total, float(units[arm].sum()), "units", f"SUM({cells})")


class CostSheet:
    """Costs by year, arm and payer: units × price × share."""

    FLAG, YEARS = 7, 8

    def __init__(
        self, source: Source, quantities: QuantitySheet, prices: PriceSheet, payers: PayerSheet
    ) -> None:
        self.source, self.payers = source, payers
        self._quantities, self._prices = quantities, prices
        self.sheet = WorkbookSheet(
            t("Costs"), (26, 34, 26, 14, 44, 10, 10, 14), frozen=(HEAD + 1, 2)
        )
        lines = [x for x in payers.lines if x.payer.line.kind not in ("income", "later")]
        # What changes hands stands last: it follows from the others by the sheet of funds.
        self.lines = sorted(lines, key=lambda line: line.payer.line.kind in TRANSFERS)
        self.priced = sum(line.payer.line.kind not in TRANSFERS for line in lines)
        """How many lines are costs; those after them are transfers."""
        self.amounts = np.stack(
            [self._amounts(line) for line in self.lines]
            or [np.zeros((len(source.arms), len(source.years)))]
        )
        """SEK, (lines, arms, years)."""
        self._fill()

    def column(self, which: int, *, transfers: bool = False) -> str:
        """Return the block of a column, with the rows of transfers or without."""
        rows = len(self.lines) if transfers else self.priced
        last = HEAD + max(rows * len(self.source.arms), 1)
        return self.sheet.block((HEAD + 1, which), (last, which))

    def row(self, arm: int, number: int) -> int:
        """Return the row of a line in an arm."""
        if number < self.priced:
            return HEAD + 1 + arm * self.priced + number
        moved = len(self.lines) - self.priced
        first = HEAD + 1 + len(self.source.arms) * self.priced
        return first + arm * moved + number - self.priced

    def _flag(self, line: CostLine) -> float:
        """Return 1 for what may be repaid where it falls, 2 for what a fund pays."""
        if line.administration in self.source.scenario.funds:
            return 2.0 * (line.kind in OF_FUND)
        return float(line.kind in ("use", "running", "replaced") and not line.ordinary)

    def _amounts(self, line: PayerLine) -> Floats:
        item = self.source.items[line.item]
        prices = self.source.unit_cost(item)[: len(self.source.years)]
        return np.asarray(self.source.yearly(item) * prices * line.payer.share)

    def _fill(self) -> None:
        source, sheet = self.source, self.sheet
        sheet.put(0, 0, t("Costs: quantity × price × share, in fixed prices"), "title")
        headings = [
            t("Arm"),
            t("Payer"),
            t("Principal"),
            t("Kind"),
            t("What"),
            t("What everyone has"),
            t("Share"),
            t("Fund: 1 may be repaid, 2 is paid by it"),
        ]
        sheet.headings(HEAD, headings, source.years)
        total = self.YEARS + len(source.years)
        sheet.put(HEAD, total, t("Sum"), "heading_year")
        for arm, name in enumerate(source.arms):
            for number, line in enumerate(self.lines):
                row = self.row(arm, number)
                one = line.payer.line
                texts = [source.arm(name), source.payer(one.administration)]
                texts += [source.principal(one.principal), source.kind(one)]
                sheet.row(row, [*texts, source.item(source.items[line.item])])
                sheet.put(row, 5, float(one.ordinary), "flag")
                sheet.put(row, 6, line.payer.share, "share", self.payers.share(line))
                sheet.put(row, self.FLAG, self._flag(one), "flag")
                for year, calendar in enumerate(source.years):
                    units = self._quantities.of(arm, line.item, year)
                    price = self._prices.of(line.item, calendar)
                    value = float(self.amounts[number, arm, year])
                    formula = f"{units}*{price}*{at(row, 6, 'column')}"
                    sheet.put(row, self.YEARS + year, value, "money", formula)
                cells = span((row, self.YEARS), (row, total - 1))
                value = float(self.amounts[number, arm].sum())
                sheet.put(row, total, value, "money total", f"SUM({cells})")
