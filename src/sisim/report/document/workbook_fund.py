"""The sheet of funds: how the plan of repayment follows from what administrations save.

The rows are those of `economics.repayment.Rules`, in the same order: what is saved and seen, what
of it may be repaid, what is owed, what is repaid, and how that is rounded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from sisim.arrays import Floats
from sisim.economics.repayment import RepaymentCourse, Repayments, Rules
from sisim.economics.rounding import HAIR
from sisim.i18n import t
from sisim.report.document.workbook_assumptions import AssumptionSheet
from sisim.report.document.workbook_cells import WorkbookSheet, at, quote
from sisim.report.document.workbook_costs import HEAD, CostSheet, PriceSheet, QuantitySheet
from sisim.report.document.workbook_source import Source
from sisim.report.document.workbook_tables import CheckSheet
from sisim.report.document.workbook_worth import StepSheet
from sisim.report.formats import in_money, money_unit

LABEL, YEARS = 0, 2
"""The columns of labels, and of the first year; between them stand sums and terms."""


@dataclass(frozen=True)
class _PlanTable:
    """A plan of repayment, and where the rows of its table stand."""

    one: Repayments
    rules: Rules
    course: RepaymentCourse
    due: Floats
    planned: Floats


class _Settled(NamedTuple):
    """The rows of an administration: what is due, and what becomes of it."""

    due: int
    returned: int
    offered: int
    repaid: int
    owed: int


class FundSheet:
    """The plan of each fund in each arm.

    Args:
        costs: The sheet of costs.
        prices: The sheet of prices.
        assumptions: The sheet of numbers.
    """

    def __init__(self, costs: CostSheet, prices: PriceSheet, assumptions: AssumptionSheet) -> None:
        self.source: Source = costs.source
        self.costs, self.payers, self.prices = costs, costs.payers, prices
        self.sheet = WorkbookSheet(t("Fund"), (56, 16, 13), frozen=(0, 1))
        self.places: dict[str, tuple[int, int]] = {}
        """Where each number stands, by its name in the document."""
        self.repaid: dict[tuple[str, str, str], int] = {}
        """The row of what is repaid by plan, by fund, arm and administration."""
        self._assumptions = assumptions
        self._sums: list[tuple[str, str]] = []
        sheet = self.sheet
        sheet.put(0, 0, t("Fund: the plan of repayment, and how it comes about"), "title")
        told = t(
            "The plan follows the mean over the runs. What is repaid is rounded to whole units "
            "by the largest remainder of each year."
        )
        sheet.put(1, 0, told, "note")
        self._row = HEAD
        for arm, name in enumerate(self.source.arms[1:], 1):
            for one in self.source.valuation.funds[name]:
                self._fund(arm, one)

    @property
    def empty(self) -> bool:
        """Whether there is no fund."""
        return self._row == HEAD

    def link(self, quantities: QuantitySheet, steps: StepSheet) -> None:
        """Let repayments follow the plan, where they do: in quantities and steps."""
        source = self.source
        for number, item in enumerate(source.items):
            terms = source.scenario.funds.get(item.item)
            if item.kind != "repayment" or terms is None or terms.repayment.basis != "planned":
                continue
            payer = item.payers[0].line.administration
            for arm, name in enumerate(source.arms[1:], 1):
                rows = [
                    row
                    for (fund, of, who), row in self.repaid.items()
                    if (fund, of) == (item.item, name) and payer in (who, fund)
                ]
                if not rows:
                    continue
                sign = "-" if payer == item.item else ""
                for year, calendar in enumerate(source.years):
                    cells = "+".join(self.sheet.far(row, YEARS + year) for row in rows)
                    formula = f"{sign}({cells})"
                    if terms.repayment.prices == "current":
                        formula += f"/{self.prices.level(calendar)}"
                    quantities.link(arm, number, year, formula)
            steps.link(quantities, number)

    def check(self, checks: CheckSheet) -> None:
        """Write the checks of the plans."""
        for label, formula in self._sums:
            checks.add(label, formula)

    # ------------------------------------------------------------------------ rows

    def _line(
        self,
        label: str,
        values: Floats | Sequence[float],
        formulas: Sequence[str] | None,
        style: str = "money",
        name: str = "",
    ) -> int:
        """Write a row by year, and return its number."""
        row, sheet = self._row, self.sheet
        sheet.put(row, LABEL, label, "text")
        for number, value in enumerate(values):
            formula = None if formulas is None else formulas[number]
            kind = style if formula is not None else f"{style} simulated"
            sheet.put(row, YEARS + number, float(value), kind, formula)
            if name:
                self.places[f"{name}.{self.source.years[number]}"] = row, YEARS + number
        self._row += 1
        return row

    def _term(self, label: str, value: float, key: str | None, style: str = "plain") -> str:
        """Write a term of the agreement, and return its place."""
        named = None if key is None else self._assumptions.ref(key)
        self.sheet.put(self._row, LABEL, label)
        self.sheet.put(self._row, 1, value, style, named)
        self._row += 1
        return at(self._row - 1, 1)

    def _cells(self, row: int) -> list[str]:
        return [at(row, YEARS + n, "none") for n in range(len(self.source.years))]

    # ------------------------------------------------------------------------ a plan

    def _fund(self, arm: int, one: Repayments) -> None:
        source, sheet = self.source, self.sheet
        terms = source.scenario.funds[one.fund]
        title = t("{fund}: {arm}", fund=terms.label.text, arm=source.arm(one.arm))
        sheet.put(self._row, 0, title, "section")
        self._row += 1
        rules = Rules(terms, one.administrations, np.asarray(one.years))
        means = one.reductions.mean(axis=0), one.cash.mean(axis=0)
        paid = one.account.payments.mean(axis=0)
        planned = rules.planned(*means, paid)
        plan = _PlanTable(one, rules, rules.course(planned, paid), rules.due(*means, paid), planned)
        of = self._terms(one)
        sheet.headings(self._row, [money_unit(), t("Sum")], source.years)
        self._head = self._row
        self._row += 1
        result = self._row
        self._row += len(one.administrations) + 5
        paid_rows = self._payments(arm, plan, of)
        due_rows = self._due(arm, plan, of, paid_rows["inside"])
        self._settled(plan, of, paid_rows["payments"], due_rows, result)
        self._row += 1

    def _terms(self, one: Repayments) -> dict[str, str]:
        """Write the terms of an agreement, and return where each stands."""
        terms = self.source.scenario.funds[one.fund]
        rule, key = terms.repayment, f"funds.{one.fund}"
        own = f"{key}.repayment"
        found = {
            "share": self._term(
                t("Share of a reduction that is repaid"), rule.share.value, f"{own}.share", "share"
            ),
            "rate": self._term(
                t("Interest a year"), terms.interest.value, f"{key}.interest", "share"
            ),
            "unit": self._term(in_money(t("Rounded to")), float(rule.rounding), None, "money"),
        }
        if rule.distribution == "agreed":
            for name in one.administrations:
                value = rule.agreed[name].value if name in rule.agreed else 0.0
                label = t("Agreed share, {who}", who=self.source.payer(name))
                found[name] = self._term(label, value, f"{own}.agreed.{name}", "share")
        return found

    def _payments(self, arm: int, plan: _PlanTable, of: dict[str, str]) -> dict[str, int]:
        """Write what the fund pays, and in which years repayment is made."""
        one = plan.one
        paid = one.account.payments.mean(axis=0)
        stated = self.source.scenario.funds[one.fund].payments
        formulas = None if stated else self._of_costs(arm, one, one.fund, paid=True)
        if stated and not paid.any():
            formulas = ["0"] * len(paid)
        exact = self._line(t("Paid by the fund"), paid, formulas)
        cells = self._cells(exact)
        sums = self._line(
            t("  accumulated"),
            np.cumsum(paid),
            [f"SUM({at(exact, YEARS, 'column')}:{cell})" for cell in cells],
        )
        unit = of["unit"]
        whole = [_whole(cell, unit) for cell in self._cells(sums)]
        steps = [
            f"{now}-{before}" if before else now
            for now, before in zip(whole, [None, *whole[:-1]], strict=True)
        ]
        payments = self._line(t("  in whole units"), plan.course.payments, steps)
        return {"payments": payments, "inside": self._window(plan, sums)}

    def _window(self, plan: _PlanTable, sums: int) -> int:
        """Write in which years repayment is made."""
        rules = plan.rules
        paid = plan.one.account.payments.mean(axis=0)
        inside = rules.inside(paid).astype(float)
        rule = rules.repayment
        cells, years = self._cells(sums), self._cells(self._head)
        accumulated = f"{at(sums, YEARS, 'column')}:{at(sums, YEARS + len(cells) - 1, 'column')}"
        calendar = f"{at(self._head, YEARS)}:{at(self._head, YEARS + len(cells) - 1)}"
        none = f'COUNTIF({accumulated},"<=0.005")'
        began = f"INDEX({calendar},MIN({none}+1,{len(cells)}))"
        first = (
            f"{rule.first_year}"
            if rule.first_year is not None
            else f"{began}+{rule.starts_after:g}"
        )
        last = f"{rule.last_year}" if rule.last_year is not None else f"{began}+10"
        formulas = [
            f"IF(AND({none}<{len(cells)},{year}>={first},{year}<={last}),1,0)" for year in years
        ]
        if rule.basis == "none":
            formulas = ["0"] * len(cells)
        return self._line(t("Whether repayment is made"), inside, formulas, "flag")

    def _of_costs(self, arm: int, one: Repayments, payer: str, *, paid: bool) -> list[str]:
        """Return formulas of what a payer pays by year, in the prices of the repayment.

        Args:
            arm: Which arm.
            one: The repayments.
            payer: Who pays.
            paid: What is paid for investments; else what is paid less than without.
        """
        source, costs = self.source, self.costs
        current = source.scenario.funds[one.fund].repayment.prices == "current"
        flag = 2 if paid else 1
        formulas = []
        for number, year in enumerate(source.years):
            column = costs.column(CostSheet.YEARS + number)
            who = quote(source.payer(payer))

            def sums(which: int, column: str = column, who: str = who) -> str:
                name = quote(source.arm(source.arms[which]))
                return (
                    f"SUMIFS({column},{costs.column(0)},{name},{costs.column(1)},{who},"
                    f"{costs.column(CostSheet.FLAG)},{flag})"
                )

            found = sums(arm) if paid else f"({sums(0)}-{sums(arm)})"
            formulas.append(f"{found}*{self.prices.level(year)}" if current else found)
        return formulas

    def _due(self, arm: int, plan: _PlanTable, of: dict[str, str], inside: int) -> dict[str, int]:
        """Write what is saved, seen and due; return the rows of what is due by each year."""
        one, rules = plan.one, plan.rules
        reduced, seen = one.reductions.mean(axis=0), one.cash.mean(axis=0)
        paid = one.account.payments.mean(axis=0)
        earned, stated = rules.earned(reduced, seen, paid), rules.stated
        if stated is not None:
            most = np.maximum(rules.limits(reduced, seen), 0.0)
            earned = np.where(rules.inside(paid), np.minimum(stated, most), 0.0)
        accumulated: dict[str, int] = {}
        for number, name in enumerate(one.administrations):
            who = self.source.payer(name)
            key = f"fund.{one.fund}.{one.arm}.reduced.{name}"
            formulas = self._of_costs(arm, one, name, paid=False)
            label = t("{who}: calculated lower cost", who=who)
            limit = saved = self._line(label, reduced[number], formulas, name=key)
            if rules.repayment.cap_year == "cash_reduction":
                limit = self._seen(one, name, saved, seen[number])
            flags, limits = self._cells(inside), self._cells(limit)
            if stated is None:
                share = of["share"]
                wanted = [f"{share}*{cell}" for cell in self._cells(saved)]
                most_ = [f"IF({cell}<0,{share}*{cell},{cell})" for cell in limits]
            else:
                label = t("{who}: agreed plan", who=who)
                row = self._line(label, stated[number], self._stated(one, name))
                wanted = self._cells(row)
                most_ = [f"MAX({cell},0)" for cell in limits]
            if rules.repayment.cap_year != "none":
                wanted = [f"MIN({a},{b})" for a, b in zip(wanted, most_, strict=True)]
            found = [f"{flag}*{cell}" for flag, cell in zip(flags, wanted, strict=True)]
            label = t("{who}: may be repaid of it", who=who)
            row = self._line(label, earned[number], found)
            label = t("{who}: accumulated", who=who)
            accumulated[name] = self._running(label, row, np.cumsum(earned[number]))
        return self._planned(plan, accumulated) if stated is None else accumulated

    def _so_far(self, row: int) -> list[str]:
        """Return formulas of the accumulated sums of a row."""
        return [f"SUM({at(row, YEARS, 'column')}:{cell})" for cell in self._cells(row)]

    def _running(self, label: str, row: int, values: Floats) -> int:
        """Write the accumulated sums of a row."""
        return self._line(label, values, self._so_far(row))

    def _stated(self, one: Repayments, name: str) -> list[str]:
        """Return formulas of an agreed plan, by year."""
        plan = self.source.scenario.funds[one.fund].repayment.plan.get(name, {})
        key = f"funds.{one.fund}.repayment.plan.{name}"
        found = [
            self._assumptions.ref(f"{key}.{year}") if str(year) in plan else None
            for year in self.source.years
        ]
        return [ref or "0" for ref in found]

    def _seen(self, one: Repayments, name: str, saved: int, seen: Floats) -> int:
        """Write what of a reduction no budget sees, and return the row of what one does."""
        source = self.source
        ladder = source.valuation.cash[one.arm]
        rows = []
        first = source.valuation.ledger.years >= source.years[0]
        gross, cash = (ladder._by_year(x).mean(axis=0)[first] for x in (ladder.gross, ladder.seen))
        for number, (line, rung) in enumerate(zip(ladder.lines, ladder.rungs, strict=True)):
            unseen = gross[:, number] - cash[:, number]
            if (
                line.administration != name
                or rung in ("intervention", "outlay")
                or not unseen.any()
            ):
                continue
            at_item = next(x for x in self.payers.lines if x.payer.line == line)
            item = source.items[at_item.item]
            each = source.unit_cost(item)[: len(source.years)] * at_item.payer.share
            units = np.divide(unseen, each, out=np.zeros_like(unseen), where=each != 0)
            label = t(
                "{who}: not freed, units of {what}", who=source.payer(name), what=source.item(item)
            )
            counted = self._line(label, units, None, "units")
            rows.append((counted, at_item))
        current = source.scenario.funds[one.fund].repayment.prices == "current"
        formulas = []
        for number, year in enumerate(source.years):
            parts = [
                f"{at(row, YEARS + number, 'none')}*{self.prices.of(line.item, year)}"
                f"*{self.payers.share(line)}" + (f"*{self.prices.level(year)}" if current else "")
                for row, line in rows
            ]
            formulas.append("-".join([at(saved, YEARS + number, "none"), *parts]))
        return self._line(
            t("{who}: of which a budget sees", who=source.payer(name)), seen, formulas
        )

    def _planned(self, plan: _PlanTable, sums: dict[str, int]) -> dict[str, int]:
        """Write what is due by the end of each year, as it is planned beforehand."""
        one, rules = plan.one, plan.rules
        due = {name: [f"MAX(0,{cell})" for cell in self._cells(row)] for name, row in sums.items()}
        if rules.repayment.set_off == "agreement":
            for number in range(len(self.source.years)):
                cells = [at(row, YEARS + number, "none") for row in sums.values()]
                gained = "+".join(f"MAX(0,{cell})" for cell in cells) or "0"
                left = f"MAX(0,{'+'.join(cells) or '0'})"
                for name, row in sums.items():
                    own = f"MAX(0,{at(row, YEARS + number, 'none')})"
                    due[name][number] = f"IF(({gained})>0,{own}*{left}/({gained}),0)"
        found: dict[str, int] = {}
        for number, name in enumerate(one.administrations):
            who = self.source.payer(name)
            row = self._line(t("{who}: due by outcome", who=who), plan.due[number], due[name])
            last = at(row, YEARS + len(self.source.years) - 1, "column")
            formulas = [f"MIN({cell}:{last})" for cell in self._cells(row)]
            label = t("{who}: due by the end of the year", who=who)
            found[name] = self._line(label, plan.planned[number], formulas)
        return found

    def _settled(
        self,
        plan: _PlanTable,
        of: dict[str, str],
        payments: int,
        due: dict[str, int],
        result: int,
    ) -> None:
        """Write what is repaid of what is due, and the plan in whole units above it."""
        names, course = plan.one.administrations, plan.course
        agreed = plan.rules.repayment.distribution == "agreed"
        first, owed = self._row, self._row + 3 * len(names)
        rows = {
            name: _Settled(
                due[name],
                first + 3 * number,
                first + 3 * number + 1,
                first + 3 * number + 2,
                owed + number * agreed,
            )
            for number, name in enumerate(names)
        }
        for number, name in enumerate(names):
            who, own = self.source.payer(name), rows[name]
            more = self._returned(plan, of, own)
            self._line(t("{who}: repaid too much so far", who=who), course.returned[number], more)
            more = self._offered(plan, of, own)
            self._line(t("{who}: could be repaid", who=who), course.offered[number], more)
            more = self._given(plan, of, name, rows)
            self._line(t("{who}: repaid, not rounded", who=who), course.repaid[number], more)
        label = t("What the fund has not got back, before the year's repayment")
        for number, name in enumerate(names if agreed else names[:1]):
            if agreed:
                who = self.source.payer(name)
                label = t("{who}: has not given back, before the year's repayment", who=who)
            share = f"{of[name]}*" if agreed else ""
            mine = [rows[name]] if agreed else list(rows.values())
            found = self._owed(of, share, mine, payments)
            self._line(label, course.owed[number], found)
        self._rounded(plan, of, {name: own.repaid for name, own in rows.items()}, payments, result)

    def _down(self, plan: _PlanTable, of: dict[str, str], amount: str) -> str:
        """Return the formula of an amount that is rounded down before it is repaid."""
        rule = plan.rules.repayment
        return _whole(amount, of["unit"] if rule.cap_year != "none" else None)

    def _returned(self, plan: _PlanTable, of: dict[str, str], own: _Settled) -> list[str]:
        """Return formulas of what has been repaid too much by each year."""
        due = [self._down(plan, of, cell) for cell in self._cells(own.due)]
        before = ["0", *self._so_far(own.repaid)[:-1]]
        return [f"MAX({sums}-{cell},0)" for sums, cell in zip(before, due, strict=True)]

    def _offered(self, plan: _PlanTable, of: dict[str, str], own: _Settled) -> list[str]:
        """Return formulas of what could be repaid in each year."""
        due, back = self._cells(own.due), self._cells(own.returned)
        more = [due[0], *(f"{now}-{last}" for last, now in pairwise(due))]
        whole = [self._down(plan, of, f"MAX({one},0)") for one in more]
        return [f"IF({cell}>0,0,{one})" for cell, one in zip(back, whole, strict=True)]

    def _owed(
        self, of: dict[str, str], share: str, mine: Sequence[_Settled], payments: int
    ) -> list[str]:
        """Return formulas of what the fund has not got back, before each year's repayment.

        Args:
            of: The terms.
            share: Of the payments, and a sign of multiplication; empty: all.
            mine: Those who owe it together.
            payments: The row of what the fund pays.
        """
        owed = self._cells(mine[0].owed)
        found = []
        for year, payment in enumerate(self._cells(payments)):
            back = "".join(f"+{at(one.returned, YEARS + year, 'none')}" for one in mine)
            carried = ""
            if year:
                repaid = "".join(
                    f"-({at(one.repaid, YEARS + year - 1, 'none')}"
                    f"+{at(one.returned, YEARS + year - 1, 'none')})"
                    for one in mine
                )
                carried = f"({owed[year - 1]}{repaid})*(1+{of['rate']})+"
            found.append(carried + share + payment + back)
        return found

    def _given(
        self, plan: _PlanTable, of: dict[str, str], name: str, rows: Mapping[str, _Settled]
    ) -> list[str]:
        """Return formulas of what an administration repays in each year of what it could."""
        rule, own = plan.rules.repayment, rows[name]
        found = []
        for year, back in enumerate(self._cells(own.returned)):
            now, owed = (at(row, YEARS + year, "none") for row in (own.offered, own.owed))
            if rule.cap == "none":
                given = now
            elif rule.distribution == "agreed":
                given = f"MIN({now},MAX({owed},0))"
            else:
                every = "+".join(at(one.offered, YEARS + year, "none") for one in rows.values())
                whole = _whole(owed, of["unit"])
                given = f"IF(({every})=0,0,{now}*MIN(1,{whole}/({every})))"
            found.append(f"{given}-{back}")
        return found

    def _rounded(
        self,
        plan: _PlanTable,
        of: dict[str, str],
        exact: dict[str, int],
        payments: int,
        result: int,
    ) -> None:
        """Write the rounding, and the plan in whole units above all that leads to it."""
        final = {name: self._cells(row) for name, row in exact.items()}
        unit = plan.rules.repayment.rounding
        if unit and exact:
            final = self._whole_units(plan, of, final)
        end, self._row = self._row, result
        top = self._result(plan, of, final, payments)
        self._row = end
        if unit and exact:
            self._check(plan, of, top, top + len(exact) + 1)

    def _whole_units(
        self, plan: _PlanTable, of: dict[str, str], exact: Mapping[str, list[str]]
    ) -> dict[str, list[str]]:
        """Write whole units and remainders, and return formulas of what is repaid."""
        unit, size = of["unit"], plan.rules.repayment.rounding
        table = plan.course.repaid / size
        whole = np.floor(table + HAIR)
        rest = np.maximum(table - whole, 0.0)
        rest[rest < HAIR] = 0.0
        floors: dict[str, list[str]] = {}
        for number, (name, cells) in enumerate(exact.items()):
            found = [f"INT({cell}/{unit}+{HAIR:.6f})" for cell in cells]
            label = t("{who}: whole units", who=self.source.payer(name))
            floors[name] = self._cells(self._line(label, whole[number], found, "count"))
        rests = []
        for number, (name, cells) in enumerate(exact.items()):
            left = [f"{e}/{unit}-{f}" for e, f in zip(cells, floors[name], strict=True)]
            label = t("{who}: remainder", who=self.source.payer(name))
            found = [f"IF({one}<{HAIR:.6f},0,{one})" for one in left]
            rests.append(self._line(label, rest[number], found, "factor"))
        up = np.round(plan.one.plan.repaid / size - whole)
        same = np.array_equal(up, largest_remainders(rest))
        final: dict[str, list[str]] = {}
        for number, name in enumerate(exact):
            years = range(len(self.source.years))
            ups = [self._up(rests, number, YEARS + year) for year in years] if same else None
            label = t("{who}: rounded up", who=self.source.payer(name))
            row = self._line(label, up[number], ups, "flag")
            if not same:
                told = t(
                    "The sums of years and administrations are rounded together here, which "
                    "formulas cannot do: needs a new calculation by sisim."
                )
                self.sheet.put(row, 1, t("by sisim"), "note", comment=told)
            both = zip(floors[name], self._cells(row), strict=True)
            final[name] = [f"({floor}+{one})*{unit}" for floor, one in both]
        return final

    def _result(
        self, plan: _PlanTable, of: dict[str, str], final: Mapping[str, list[str]], payments: int
    ) -> int:
        """Write the plan, and return the row of what the fund pays."""
        one, whole, years = plan.one.plan, "money total", range(len(self.source.years))
        key = f"fund.{plan.one.fund}.{plan.one.arm}"
        spent = [f"-{cell}" for cell in self._cells(payments)]
        label = t("Investment from the fund")
        top = self._line(label, -one.payments, spent, whole, f"{key}.payments")
        for number, (name, found) in enumerate(final.items()):
            label = t("Repayment, {who}", who=self.source.payer(name))
            row = self._line(label, one.repaid[number], found, "money", f"{key}.repaid.{name}")
            self.repaid[plan.one.fund, plan.one.arm, name] = row
        blocks = [
            f"{at(top + 1, YEARS + n, 'none')}:{at(top + len(final), YEARS + n, 'none')}"
            for n in years
        ]
        sums = [f"SUM({block})" if final else "0" for block in blocks]
        total = self._line(t("All repayment"), one.total, sums, whole, f"{key}.total")
        more = [f"{a}+{b}" for a, b in zip(self._cells(top), self._cells(total), strict=True)]
        net = self._line(t("Net for the fund"), one.net, more, whole, f"{key}.net")
        cells, place = self._cells(net), self._cells(self._row)
        grown = [
            f"{last}*(1+{of['rate']})+{now}" for last, now in zip(place, cells[1:], strict=False)
        ]
        label = t("Accumulated for the fund")
        self._line(label, one.position, [cells[0], *grown], whole, f"{key}.position")
        for row in range(top, net + 1):
            across = self._cells(row)
            value = sum(float(str(self.sheet.cells[row, YEARS + n].value)) for n in years)
            self.places[f"{self._name_of(row)}.sum"] = row, 1
            self.sheet.put(row, 1, value, whole, f"SUM({across[0]}:{across[-1]})")
        return top

    def _name_of(self, row: int) -> str:
        """Return the name of a row: that of its numbers, without the year."""
        first = next(name for name, place in self.places.items() if place == (row, YEARS))
        return first.rpartition(".")[0]

    def _check(self, plan: _PlanTable, of: dict[str, str], top: int, total: int) -> None:
        """Keep the checks of a plan: in whole units, and no more than was paid."""
        one, unit, sheet = plan.one, of["unit"], self.sheet
        what = {"fund": self.source.payer(one.fund), "arm": self.source.arm(one.arm)}
        own = sheet.far(total, 1)
        whole = f"'{sheet.title}'!{unit}"
        self._sums.append(
            (
                t("{fund}, {arm}: what is repaid is whole units", **what),
                f"{own}-ROUND({own}/{whole},0)*{whole}",
            )
        )
        rows = sheet.block((top + 1, 1), (total - 1, 1))
        self._sums.append(
            (t("{fund}, {arm}: administrations sum to all repayment", **what), f"{own}-SUM({rows})")
        )

    def _up(self, rows: Sequence[int], number: int, column: int) -> str:
        """Return the formula of whether a cell is rounded up: the largest remainders are."""
        own = at(rows[number], column, "none")
        every = f"{at(rows[0], column, 'none')}:{at(rows[-1], column, 'none')}"
        larger = f"SUMPRODUCT(({every}>{own})*1)"
        if number:
            before = f"{at(rows[0], column, 'none')}:{at(rows[number - 1], column, 'none')}"
            larger += f"+SUMPRODUCT(({before}={own})*1)"
        return f"IF(AND({own}>0,{larger}<ROUND(SUM({every}),0)),1,0)"


def largest_remainders(rest: Floats) -> Floats:
    """Return which of (rows, columns) are rounded up in each column: the largest remainders.

    As many as the remainders of a column sum to, the first of equals.
    """
    up = np.zeros_like(rest)
    for column in range(rest.shape[1]):
        own = rest[:, column]
        order = np.argsort(-own, kind="stable")[: round(float(own.sum()))]
        up[order, column] = own[order] > 0
    return up


def _whole(amount: str, unit: str | None) -> str:
    """Return the formula of an amount rounded down to whole units."""
    if unit is None:
        return amount
    return f"IF({unit}=0,{amount},INT(({amount})/MAX({unit},1)+{HAIR:.6f})*{unit})"
