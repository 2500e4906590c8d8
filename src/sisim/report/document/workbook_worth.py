"""The sheets of what an arm is worth: step by step, as present values, and in all."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from sisim.arrays import Floats
from sisim.economics.appraisal import AMOUNTS, Appraisal
from sisim.economics.ledger import ORE
from sisim.i18n import t
from sisim.report.document.workbook_assumptions import AssumptionSheet
from sisim.report.document.workbook_cells import WorkbookSheet, at, quote, span
from sisim.report.document.workbook_costs import (
    HEAD,
    PayerLine,
    PayerSheet,
    PriceSheet,
    QuantitySheet,
)
from sisim.report.document.workbook_source import Source, kind_names
from sisim.report.formats import money_unit

OWN, LOWER = ("investment", "running", "replaced", "contract"), ("use", "later")
"""The kinds that an investment costs, and those that may become less with it."""
ORDER = (*OWN, *LOWER, "financing", "repayment")


class StepSheet:
    """How much more or less each arm uses than without, step by step, and what that comes to."""

    UNITS = 18
    """The column of the first item."""

    def __init__(
        self,
        source: Source,
        assumptions: AssumptionSheet,
        prices: PriceSheet,
        payers: PayerSheet,
    ) -> None:
        self.source, self.payers, self.prices = source, payers, prices
        self.sheet = WorkbookSheet(t("Steps"), (24, 8, 10, 10, 8, 8, 8, 12, 14), frozen=(0, 3))
        self._assumptions = assumptions
        arms = range(1, len(source.arms))
        found = {
            number: np.stack([item.difference(source.horizon, arm) for arm in arms])
            for number, item in enumerate(source.items)
            if source.arms[1:]
        }
        moved = [number for number, units in found.items() if units.any()]
        self.items = sorted(moved, key=lambda n: ORDER.index(source.items[n].kind))
        """The items of which any arm has more or fewer, by kind."""
        self.units = found
        self.head = HEAD + 4 + len(source.priced_years)
        """The row of headings."""
        self._fill()

    @property
    def cycles(self) -> int:
        """How many steps there are."""
        return self.source.horizon.cycles

    def rows(self, arm: int) -> tuple[int, int]:
        """Return the first and the last row of an arm, from 1."""
        first = self.head + 1 + (arm - 1) * self.cycles
        return first, first + self.cycles - 1

    def column(self, arm: int, which: int) -> str:
        """Return the block of a column over the steps of an arm."""
        first, last = self.rows(arm)
        return self.sheet.block((first, which), (last, which))

    def link(self, quantities: QuantitySheet, item: int) -> None:
        """Let what an item comes to in the last step of each year follow from its quantity.

        Args:
            quantities: The sheet of quantities.
            item: The number of an item of which all stands in the last step of a year.
        """
        if item not in self.items:
            return
        column, ends = self.of_item(item), self.source.horizon
        years = ends.years[: ends.simulated]
        lasts = np.flatnonzero(np.diff(years, append=years[-1] + 1))
        for arm in range(1, len(self.source.arms)):
            for last in lasts:
                year = int(years[last]) - self.source.years[0]
                row = self.rows(arm)[0] + int(last)
                found = "-".join(quantities.of(which, item, year) for which in (arm, 0))
                self.sheet.put(row, column, self.sheet.cells[row, column].value, "units", found)

    def of_item(self, item: int) -> int:
        """Return the column of the units of an item."""
        return self.UNITS + self.items.index(item)

    @cached_property
    def factors(self) -> Floats:
        """What a krona in each step is worth at the start, (steps,)."""
        horizon = self.source.horizon
        return horizon.factors(self.source.scenario.economy.discount_costs.value)

    def _fill(self) -> None:
        source, sheet = self.source, self.sheet
        sheet.put(0, 0, t("Steps: with less without, step by step"), "title")
        sheet.put(
            1,
            0,
            t(
                "Grey: units more than without, from the simulation (means over the runs). Above "
                "them stands what a unit costs those who count, by year."
            ),
            "note",
        )
        for number, item in enumerate(self.items):
            one, column = source.items[item], self.UNITS + number
            sheet.put(HEAD - 1, column, float(item + 1), "count")
            sheet.put(HEAD, column, source.kind(one), "heading")
            sheet.put(HEAD + 1, column, source.item(one), "heading")
        for row, year in enumerate(source.priced_years):
            self._prices(HEAD + 2 + row, year)
        sheet.put(HEAD + 2, 15, t("Price × share"), "note")
        sheet.headings(
            self.head,
            [
                t("Arm"),
                t("Step"),
                t("Begins"),
                t("Ends"),
                t("Year"),
                t("Prices of"),
                t("Tail"),
                t("Discount factor"),
                t("Investment"),
                t("Lower costs"),
                t("Net"),
                t("Discounted"),
                t("Accumulated"),
                t("Accumulated, discounted"),
                t("Financing"),
                t("In the red"),
                t("In the red, discounted"),
                t("Begun"),
            ],
        )
        for number, item in enumerate(self.items):
            unit = source.unit(source.items[item])
            sheet.put(self.head, self.UNITS + number, unit, "heading")
        for arm in range(1, len(source.arms)):
            self._arm(arm)

    def _prices(self, row: int, year: int) -> None:
        """Write what a unit of each item costs those who count, in a year."""
        source, sheet = self.source, self.sheet
        sheet.put(row, self.UNITS - 1, float(year), "year")
        for number, item in enumerate(self.items):
            column = self.UNITS + number
            weight = sum(self.payers.counted(x) for x in self.payers.lines if x.item == item)
            if source.items[item].kind == "repayment":
                continue
            price = float(source.unit_cost(source.items[item])[year - source.priced_years[0]])
            share = self.payers.weight(at(HEAD - 1, column, "row"))
            sheet.put(row, column, price * weight, "price", f"{self.prices.of(item, year)}*{share}")

    def _arm(self, arm: int) -> None:
        source, sheet, horizon = self.source, self.sheet, self.source.horizon
        worth = source.valuation.appraisal[source.arms[arm]]
        mean = {
            name: getattr(worth, name).mean(axis=0)
            for name in ("cost", "lower_cost", "net", "discounted", "paid_financiers")
        }
        mean["acc"], mean["acc_disc"] = np.cumsum(mean["net"]), np.cumsum(mean["discounted"])
        mean["begun"] = np.maximum.accumulate(mean["cost"] != 0).astype(float)
        first, _ = self.rows(arm)
        for step in range(self.cycles):
            row = first + step
            sheet.put(row, 0, source.arm(source.arms[arm]))
            sheet.put(row, 1, float(step), "count")
            sheet.put(row, 2, horizon.instant(step), "instant")
            sheet.put(row, 3, horizon.instant(step + 1), "instant")
            sheet.put(row, 4, float(horizon.years[step]), "year")
            sheet.put(row, 5, float(source.price_years[step]), "year")
            sheet.put(row, 6, float(step >= horizon.simulated), "flag")
            self._reckon(row, step, {name: float(v[step]) for name, v in mean.items()}, first)
            for number, item in enumerate(self.items):
                value = float(self.units[item][arm - 1, step])
                sheet.put(row, self.UNITS + number, value, "units simulated")

    def _reckon(self, row: int, step: int, mean: dict[str, float], first: int) -> None:
        """Write what a step comes to."""
        sheet, source = self.sheet, self.source
        rate = self._assumptions.ref("economy.discount_costs")
        clock = source.valuation.counts.compiled.clock
        exponent = source.scenario.economy.exponent
        years = f"({at(row, 1, 'none')}+{exponent})/{clock.per_year:.12g}"
        sheet.put(row, 7, float(self.factors[step]), "factor", f"(1+{rate})^-({years})")
        priced = HEAD + 2 + int(source.price_years[step]) - source.priced_years[0]

        def sum_of(kinds: tuple[str, ...], sign: str = "") -> str:
            columns = [
                self.UNITS + n
                for n, item in enumerate(self.items)
                if source.items[item].kind in kinds
            ]
            if not columns:
                return "0"
            units, prices = (
                span((r, columns[0]), (r, columns[-1]), "none" if r == row else "row")
                for r in (row, priced)
            )
            return f"{sign}SUMPRODUCT({units},{prices})"

        cost, lower, net, disc, acc, acc_disc = (at(row, n, "none") for n in range(8, 14))
        sheet.put(row, 8, mean["cost"], "money", sum_of(OWN))
        sheet.put(row, 9, mean["lower_cost"], "money", sum_of(LOWER, "-"))
        sheet.put(row, 10, mean["net"], "money", f"{lower}-{cost}")
        sheet.put(row, 11, mean["discounted"], "money", f"{net}*{at(row, 7, 'none')}")
        before = [f"{at(row - 1, n, 'none')}+" if row > first else "" for n in (12, 13)]
        sheet.put(row, 12, mean["acc"], "money", f"{before[0]}{net}")
        sheet.put(row, 13, mean["acc_disc"], "money", f"{before[1]}{disc}")
        sheet.put(row, 14, mean["paid_financiers"], "money", sum_of(("financing",)))
        for column, of, cell in ((15, "acc", acc), (16, "acc_disc", acc_disc)):
            value = float(step + 1) if mean[of] < -ORE else 0.0
            formula = f"IF({cell}<-{ORE},{at(row, 1, 'none')}+1,0)"
            sheet.put(row, column, value, "flag", formula)
        begun = at(row - 1, 17, "none") if row > first else "0"
        sheet.put(row, 17, mean["begun"], "flag", f"IF(OR({begun}=1,{cost}<>0),1,0)")


class PresentValueSheet:
    """Present values by item and payer: units discounted, × price, × share."""

    YEARS = 4

    def __init__(self, steps: StepSheet) -> None:
        self.source, self.steps = steps.source, steps
        years = self.source.priced_years
        self.sheet = WorkbookSheet(t("Present values"), (26, 6, 14, 44, 13), frozen=(HEAD + 1, 2))
        arms = range(1, len(self.source.arms))
        self.rows = [(arm, item) for arm in arms for item in steps.items]
        self.total = self.YEARS + len(years)
        """The column of the present value of an item."""
        found = steps.payers.lines
        self.lines = [
            (arm, line) for arm in arms for line in found if line.item in set(steps.items)
        ]
        self.head = HEAD + len(self.rows) + 4
        """The row of headings of payers."""
        self._fill()

    def column(self, which: int) -> str:
        """Return the block of a column of the table of payers."""
        last = self.head + max(len(self.lines), 1)
        return self.sheet.block((self.head + 1, which), (last, which))

    def worth(self, arm: int, line: PayerLine) -> float:
        """Return the present value of what an item costs a payer more than without."""
        return self._of_item(arm, line.item) * line.payer.share

    def _of_item(self, arm: int, item: int) -> float:
        return float((self._discounted(arm, item) * self._prices(item)).sum())

    def _prices(self, item: int) -> Floats:
        return self.source.unit_cost(self.source.items[item])

    def _discounted(self, arm: int, item: int) -> Floats:
        """Return the discounted units by the year of their prices."""
        units = self.steps.units[item][arm - 1] * self.steps.factors
        first = self.source.priced_years[0]
        found = np.bincount(
            self.source.price_years - first, units, minlength=len(self.source.priced_years)
        )
        return np.asarray(found)

    def _fill(self) -> None:
        source, sheet, steps = self.source, self.sheet, self.steps
        years = source.priced_years
        sheet.put(0, 0, t("Present values: discounted units × price × share"), "title")
        sheet.put(1, 0, t("With less without; what is used less is negative."), "note")
        sheet.headings(HEAD, [t("Arm"), t("No."), t("Kind"), t("What")], years)
        sheet.put(HEAD, self.total, t("Present value"), "heading")
        where: dict[tuple[int, int], str] = {}
        for number, (arm, item) in enumerate(self.rows):
            row, one = HEAD + 1 + number, source.items[item]
            sheet.put(row, 0, source.arm(source.arms[arm]))
            sheet.put(row, 1, float(item + 1), "count")
            sheet.row(row, [source.kind(one), source.item(one)], column=2)
            units, factors, of = (steps.column(arm, n) for n in (steps.of_item(item), 7, 5))
            for column, value in enumerate(self._discounted(arm, item), self.YEARS):
                year = at(HEAD, column, "row")
                formula = f"SUMPRODUCT(({of}={year})*{units}*{factors})"
                sheet.put(row, column, float(value), "units", formula)
            own = span((row, self.YEARS), (row, self.total - 1))
            first, last = steps.prices.row(item), steps.prices.column(years[-1])
            prices = steps.prices.sheet.block((first, steps.prices.column(years[0])), (first, last))
            where[arm, item] = sheet.put(
                row,
                self.total,
                self._of_item(arm, item),
                "money total",
                f"SUMPRODUCT({own},{prices})",
            )
        headings = [t("Arm"), t("No."), t("Kind"), t("What"), t("Payer"), t("Principal")]
        headings += [t("What everyone has"), t("Counts in the calculation")]
        sheet.headings(self.head, [*headings, t("Share"), t("Present value")])
        for number, (arm, line) in enumerate(self.lines):
            self._line(self.head + 1 + number, arm, line, where[arm, line.item])

    def _line(self, row: int, arm: int, line: PayerLine, item: str) -> None:
        source, sheet, payers = self.source, self.sheet, self.steps.payers
        one = line.payer.line
        sheet.put(row, 0, source.arm(source.arms[arm]))
        sheet.put(row, 1, float(line.item + 1), "count")
        texts = [source.kind(one), source.item(source.items[line.item])]
        sheet.row(row, [*texts, source.payer(one.administration)], column=2)
        sheet.put(row, 5, source.principal(one.principal))
        sheet.put(row, 6, float(one.ordinary), "flag")
        counts = float(payers.counted(line) != 0)
        sheet.put(row, 7, counts, "flag", payers.sheet.far(line.row, 7))
        sheet.put(row, 8, line.payer.share, "share", payers.share(line))
        formula = f"{item}*{at(row, 8, 'none')}"
        sheet.put(row, 9, self.worth(arm, line), "money", formula)


class CalculationSheet:
    """What each arm is worth in the scenario's perspective, and year by year."""

    VALUE = 1
    """The column of the first arm's values; its low and high ends come after."""

    def __init__(
        self, steps: StepSheet, worth: PresentValueSheet, assumptions: AssumptionSheet
    ) -> None:
        self.source, self.steps, self.worth = steps.source, steps, worth
        self.sheet = WorkbookSheet(t("Calculation"), (46, 16), frozen=(HEAD + 2, 1))
        self._assumptions = assumptions
        self.places: dict[str, tuple[int, int]] = {}
        """Where each number stands, by its name in the document."""
        self._years = HEAD + 2 + len(AMOUNTS) + 8
        self._fill()

    def _fill(self) -> None:
        source, sheet = self.source, self.sheet
        sheet.put(0, 0, t("Calculation: what each arm is worth, compared with without"), "title")
        rate = self._assumptions.ref("economy.discount_costs")
        sheet.put(1, 0, t("Discount rate a year"))
        sheet.put(1, 1, source.scenario.economy.discount_costs.value, "share", rate)
        sheet.put(HEAD, 0, "", "heading")
        sheet.put(HEAD + 1, 0, t("{unit}, fixed prices", unit=money_unit()), "heading")
        for arm, name in enumerate(source.arms[1:], 1):
            column = self.VALUE + 3 * (arm - 1)
            sheet.put(HEAD, column, source.arm(name), "heading")
            sheet.row(HEAD + 1, [t("Mean"), t("10%"), t("90%")], "heading", column)
            self._arm(arm, column, source.valuation.appraisal[name])
            self._yearly(arm, column)

    def _put(
        self, row: int, column: int, name: str, value: float | str, style: str, formula: str
    ) -> None:
        self.places[name] = row, column
        self.sheet.put(row, column, value, style, formula)

    def _arm(self, arm: int, column: int, worth: Appraisal) -> None:
        name, rows = self.source.arms[arm], {}
        names = measure_names()
        for number, measure in enumerate(MEASURES):
            row = rows[measure] = HEAD + 2 + number
            self.sheet.put(row, 0, names[measure])
        of = {measure: at(row, column, "none") for measure, row in rows.items()}
        for measure, formula in self._formulas(arm, column, of).items():
            style = {"benefit_cost_ratio": "ratio", "return_on_investment": "share"}
            style |= {"internal_rate_of_return": "share"}
            value = worth.of_mean[measure]
            if measure == "internal_rate_of_return" and np.isnan(value):
                formula = '"–"'  # there is none, or there are several
            place, how = f"calculation.{name}.{measure}", style.get(measure, "money")
            self._put(rows[measure], column, place, value, how, formula)
            if worth.banded:
                one = worth.interval(measure)
                for beside, end in ((1, "low"), (2, "high")):
                    self.places[f"{place}.{end}"] = rows[measure], column + beside
                    self.sheet.put(
                        rows[measure],
                        column + beside,
                        getattr(one, end),
                        f"{how} simulated",
                        comment=self._comment if measure == "invested" else None,
                    )
        for number, measure in enumerate(("payback", "payback_discounted")):
            row = rows[measure]
            value = getattr(worth, measure)
            told = t("not within the time") if value is None else value
            formula = self._payback(arm, 15 + number)
            if not worth.cost.any():
                told, formula = t("nothing is invested"), quote(t("nothing is invested"))
            self._put(row, column, f"calculation.{name}.{measure}", told, "instant", formula)
        row = rows["chance"]
        self.places[f"calculation.{name}.chance"] = row, column
        self.sheet.put(row, column, worth.chance, "share simulated", comment=self._comment)

    @property
    def _comment(self) -> str:
        return t("From the single runs: needs a new calculation by sisim when a price is changed.")

    def _formulas(self, arm: int, column: int, of: dict[str, str]) -> dict[str, str]:
        """Return the formula of each of `AMOUNTS`, given where they stand."""
        steps, worth = self.steps, self.worth
        factors = steps.column(arm, 7)

        def present(which: int) -> str:
            return f"SUMPRODUCT({steps.column(arm, which)},{factors})"

        def of_kind(kind: str, sign: str = "-") -> str:
            label = kind_names()[kind]
            arm_name = quote(self.source.arm(self.source.arms[arm]))
            return (
                f"{sign}SUMIFS({worth.column(9)},{worth.column(0)},{arm_name},"
                f"{worth.column(2)},{quote(label)},{worth.column(7)},1)"
            )

        tail = f"SUMIFS({steps.column(arm, 11)},{steps.column(arm, 6)},1)"
        if self.source.horizon.continued:
            tail = of_kind("later")
        invested, lower = of["invested"], of["lower_cost"]
        net, acc, acc_disc = (
            span((self._years + 1, column + n), (self._years + len(self._calendar), column + n))
            for n in (0, 1, 2)
        )
        return {
            "invested": present(8),
            "lower_cost": present(9),
            "net": f"{lower}-{invested}",
            "financing": present(14),
            "tail": tail,
            "income": of_kind("income"),
            "benefit_cost_ratio": f'IF({invested}>{ORE},{lower}/{invested},"–")',
            "return_on_investment": f'IF({invested}>{ORE},({lower}-{invested})/{invested},"–")',
            "internal_rate_of_return": f'IFERROR(IRR({net},0.03),"–")',
            "deepest": f"MIN(0,MIN({acc}))",
            "deepest_discounted": f"MIN(0,MIN({acc_disc}))",
        }

    @cached_property
    def _calendar(self) -> list[int]:
        return sorted({int(year) for year in self.source.horizon.years})

    def _payback(self, arm: int, red: int) -> str:
        """Return the formula of the instant from which the accumulated net is not negative."""
        steps = self.steps
        cycles, last = steps.cycles, f"MAX({steps.column(arm, red)})"
        ends, begins = steps.column(arm, 3), steps.column(arm, 2)
        costs = f"{cycles + 1}-SUM({steps.column(arm, 17)})"
        never = quote(t("not within the time"))
        return (
            f"IF({last}={cycles},{never},"
            f"IF({last}=0,INDEX({begins},{costs}),INDEX({ends},{last}+1)))"
        )

    def _yearly(self, arm: int, column: int) -> None:
        """Write the net of each year, and what has accumulated."""
        sheet, steps, name = self.sheet, self.steps, self.source.arms[arm]
        worth, head = self.source.valuation.appraisal[name], self._years
        sheet.put(head, 0, t("Year"), "heading")
        texts = [t("Net"), t("Accumulated"), t("Accumulated, discounted")]
        sheet.row(head, texts, "heading", column)
        net, disc = (
            worth.horizon.yearly(flows.mean(axis=0)) for flows in (worth.net, worth.discounted)
        )
        sums = np.cumsum(net), np.cumsum(disc)
        for number, year in enumerate(self._calendar):
            row = head + 1 + number
            sheet.put(row, 0, float(year), "year")
            own = steps.column(arm, 4), at(row, 0, "column")
            values = [f"SUMIFS({steps.column(arm, which)},{own[0]},{own[1]})" for which in (10, 11)]
            parts = (
                ("net", float(net[number]), values[0]),
                ("accumulated", float(sums[0][number]), values[0]),
                ("accumulated_discounted", float(sums[1][number]), values[1]),
            )
            for beside, (what, value, formula) in enumerate(parts):
                before = at(row - 1, column + beside, "none") if number and beside else ""
                full = f"{before}+{formula}" if before else formula
                place = f"calculation.{name}.{what}.{year}"
                self._put(row, column + beside, place, value, "money", full)


MEASURES = (*AMOUNTS, "payback", "payback_discounted", "chance")


def measure_names() -> dict[str, str]:
    """Return what the measures of an appraisal are called."""
    return {
        "invested": t("Invested"),
        "lower_cost": t("Lower costs"),
        "net": t("Net present value"),
        "financing": t("Paid to those who finance it, less what they put in"),
        "tail": t("of which in the tail"),
        "income": t("of which income"),
        "benefit_cost_ratio": t("Benefit–cost ratio"),
        "return_on_investment": t("Return on investment"),
        "internal_rate_of_return": t("Internal rate of return"),
        "deepest": t("Deepest hole, not discounted"),
        "deepest_discounted": t("Deepest hole, discounted"),
        "payback": t("Pays for itself from"),
        "payback_discounted": t("Pays for itself from, discounted"),
        "chance": t("Share of the runs in which it does"),
    }
