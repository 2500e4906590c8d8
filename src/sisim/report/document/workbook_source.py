"""What the sheets of a workbook are written from: counts, prices, and what they are called."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from sisim.arrays import Floats, Ints
from sisim.economics.appraisal import shown_lines
from sisim.economics.cost_items import (
    CostItem,
    Payer,
    Price,
    cost_items,
    growth_key,
    price_years,
    to_price_level,
)
from sisim.economics.horizon import Horizon
from sisim.economics.ledger import TRANSFERS, CostLine, by_year
from sisim.economics.valuation import Valuation
from sisim.engine.counts import WITHOUT
from sisim.i18n import t
from sisim.loading.formula_injection import neutralised
from sisim.report.analysis.assumption_words import Assumptions
from sisim.report.formats import capital, money_unit
from sisim.scenario.numbers import numbers
from sisim.scenario.register import assumptions
from sisim.scenario.scenario import Scenario

MONEY = Price("", 1.0, 0, "")
"""What a krona that changes hands costs: one krona, in every year."""


WILD = str.maketrans("*?~", "\uff0a\uff1f\uff5e")
"""What a condition takes for a pattern, and what is written in its place."""


@dataclass(frozen=True)
class Source:
    """A simulated scenario, in the order in which a workbook tells it.

    Attributes:
        valuation: Its counts and its money.
    """

    valuation: Valuation

    @property
    def scenario(self) -> Scenario:
        """The scenario."""
        return self.valuation.scenario

    @property
    def arms(self) -> tuple[str, ...]:
        """The arms, `without` first."""
        return tuple(self.valuation.counts.arms)

    @cached_property
    def register(self) -> pd.DataFrame:
        """Every number, and who answers for it."""
        return assumptions(self.scenario)

    @cached_property
    def values(self) -> dict[str, float]:
        """Every number by its key."""
        return {key.removeprefix("pathway."): one.value for key, one in numbers(self.scenario)}

    @cached_property
    def items(self) -> list[CostItem]:
        """What is counted and priced; money that changes hands has the price of a krona."""
        book = self.valuation.settled
        means = book.amounts.mean(axis=0)
        once = np.zeros(len(self.arms))
        sums: dict[CostLine, Floats] = {}
        for number, line in enumerate(book.lines):
            if line.kind in TRANSFERS:  # each arm has lines of its own
                sums[line] = sums.get(line, 0.0) + means[..., number]
        moved = [
            CostItem(line.kind, line.item, "", MONEY, units, (Payer(line, 1.0, None),), False, once)
            for line, units in sums.items()
        ]
        return [*cost_items(self.valuation.counts), *moved]

    @cached_property
    def horizon(self) -> Horizon:
        """The cycles that count in an appraisal."""
        counts = self.valuation.counts
        return Horizon(counts, self.valuation.ledger.amounts.shape[2], tail=True)

    @cached_property
    def price_years(self) -> Ints:
        """The year whose prices hold in each cycle of the horizon, (cycles,)."""
        return price_years(self.valuation.counts, self.horizon)

    @cached_property
    def years(self) -> list[int]:
        """The years of the ledger from the scenario's start."""
        return [int(y) for y in self.valuation.ledger.years if y >= self.scenario.time.first_year]

    @cached_property
    def priced_years(self) -> list[int]:
        """The years that have prices: those of the ledger, and of later lives."""
        return list(range(self.years[0], max(self.years[-1], int(self.price_years.max())) + 1))

    @cached_property
    def shown(self) -> Callable[[CostLine], bool]:
        """Which lines count in the scenario's perspective."""
        return shown_lines(self.valuation.ledger, ordinary=False)

    def yearly(self, item: CostItem) -> Floats:
        """Return the units of an item by year from the start, (arms, years)."""
        every = by_year(self.valuation.counts, item.units[None])[0]
        return np.asarray(every[:, self.valuation.ledger.years >= self.years[0]])

    def growth(self, item: CostItem) -> tuple[float, str | None]:
        """Return the real growth of an item's price, and the key that says so."""
        key = growth_key(self.scenario, item.price.type) if item.price.key else None
        return (0.0, None) if key is None else (self.values[key], key)

    def to_level(self, item: CostItem) -> float:
        """Return what brings an item's price to the scenario's price level."""
        return to_price_level(self.scenario, item.price.year) if item.price.key else 1.0

    def unit_cost(self, item: CostItem) -> Floats:
        """Return what a unit costs in each of `priced_years`, in fixed prices."""
        since = np.arange(len(self.priced_years))
        grown = (1.0 + self.growth(item)[0]) ** since
        return np.asarray(item.price.value * self.to_level(item) * grown, np.float64)

    # ------------------------------------------------------------------------ words

    @cached_property
    def words(self) -> Assumptions:
        """What numbers are called."""
        return Assumptions(self.scenario)

    def arm(self, arm: str) -> str:
        """Return what an arm is called; no two are called the same."""
        return self._arm_names[arm]

    def payer(self, payer: str) -> str:
        """Return what a payer is called; no two are called the same."""
        return self._payer_names[payer]

    @cached_property
    def payers(self) -> tuple[str, ...]:
        """Who pays or receives anything, in order."""
        lines = [payer.line for item in self.items for payer in item.payers]
        order = [*self.scenario.pathway.administrations, *self.scenario.funds]
        found = dict.fromkeys(line.administration for line in lines)
        return tuple(sorted(found, key=lambda name: order.index(name) if name in order else 99))

    @cached_property
    def _arm_names(self) -> dict[str, str]:
        arms = self.scenario.arms
        labels = {arm: capital(arms[arm].label.text) for arm in self.arms if arm != WITHOUT}
        return _told_apart({WITHOUT: t("Without"), **labels})

    @cached_property
    def _payer_names(self) -> dict[str, str]:
        return _told_apart({name: self.scenario.payer_label(name).text for name in self.payers})

    def principal(self, principal: str) -> str:
        """Return what a principal is called."""
        known = self.scenario.pathway.principals.get(principal)
        return principal if known is None else known.label.text

    def kind(self, item: CostItem | CostLine) -> str:
        """Return what the kind of a cost is called."""
        return kind_names()[item.kind]

    def item(self, item: CostItem) -> str:
        """Return what an item is called."""
        if item.price.key:
            name = self.words.name(item.price.key)
            return name.partition(": ")[2] or name if item.kind in ("use", "later") else name
        known = {**self.scenario.funds, **self.scenario.contracts}.get(item.item)
        label = getattr(known, "label", None)
        return item.item if label is None else str(label.text)

    def price_type(self, item: CostItem) -> str:
        """Return what the growth of an item's price is called; empty if it does not grow."""
        _, key = self.growth(item)
        return "" if key is None else self.words.name(key)

    def unit(self, item: CostItem) -> str:
        """Return the unit that an item is counted in."""
        tail = self.scenario.time.tail
        if item.kind == "use":
            return self.scenario.pathway.resources[item.item].unit.text
        if item.kind == "later" and tail is not None:
            return tail.resources[item.item].unit.text
        units = {
            "start_up": t("occasion"),
            "running": t("year"),
            "per_participant": t("participant"),
            "per_participant_month": t("participant-month"),
            "refresher": t("occasion"),
        }
        return units.get(item.part, t("whole")) if item.price.key else money_unit()


def _told_apart(labels: Mapping[str, str]) -> dict[str, str]:
    """Return labels as a condition of SUMIFS finds them: no two alike, and none a pattern."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for name, label in labels.items():
        plain = neutralised(label.translate(WILD).lstrip("<>=") or name)
        if plain.casefold() in taken:
            plain = f"{plain} ({name})"
        taken.add(plain.casefold())
        found[name] = plain
    return found


def kind_names() -> Mapping[str, str]:
    """Return what the kinds of a ledger are called."""
    return {
        "use": t("Use"),
        "income": t("Income"),
        "later": t("Later lives"),
        "investment": t("Investment"),
        "running": t("Running"),
        "replaced": t("Replaced"),
        "repayment": t("Repayment"),
        "contract": t("Contract"),
        "financing": t("Financing"),
    }
