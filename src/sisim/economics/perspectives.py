"""An arm in every perspective, and by who benefits: the public, the individual, everybody.

Society counts everybody's costs and income, so that a transfer is none: what one pays another gets
(Drummond et al., "Methods for the Economic Evaluation of Health Care Programmes", ch. 4). What a
person produces counts as pay with the employer's contributions (the human-capital method). The four
columns are those of the Washington State Institute for Public Policy, "Benefit-Cost Technical
Documentation": taxpayers, participants, others, and indirect, which here is what taxation costs
beyond the tax itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from sisim.arrays import Flags, Floats
from sisim.economics.appraisal import interval
from sisim.economics.horizon import Horizon
from sisim.economics.later_units import later_units
from sisim.economics.ledger import INCOME, USED, CostLine, Ledger
from sisim.scenario.economy import FUND, PUBLIC, SOCIETY
from sisim.scenario.scenario import Scenario

PARTS = ("invested", "simulated", "income", "later")
"""What is paid for the investment; costs that fall in the simulated years, and what is received in
them; both in later lives."""
PARTICIPANT = "individual"
"""The principal that stands for those who take part."""
COLUMNS = ("taxpayers", "participants", "others", "indirect")
"""Who benefits."""


@dataclass(frozen=True)
class Perspectives:
    """What one arm is worth to each, compared with `without`.

    Attributes:
        arm: Which arm.
        scenario: Whose principals, and rates.
        payers: Administrations, funds and others.
        principals: The principal of each.
        items: What is gained by: "invested", "simulated", or the resource of which something is
            received ("income"), or that is used and received of in later lives ("later").
        amounts: What each payer gains by each item, discounted, (replications, payers, items);
            what is paid for the investment is negative.
        health: What is gained in each outcome weight of later lives, discounted, by name,
            (replications,).
    """

    arm: str
    scenario: Scenario
    payers: tuple[str, ...]
    principals: tuple[str, ...]
    items: tuple[tuple[str, str], ...]
    amounts: Floats
    health: dict[str, Floats]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Every principal, all public ones together, and society."""
        own = [name for name in self.scenario.pathway.principals if name in self.principals]
        return (*own, PUBLIC, SOCIETY)

    def gained(self, perspective: str, *parts: str) -> Floats:
        """Return what is gained in a perspective, (replications,); no `parts`: the net.

        As in every appraisal, what a fund pays for the investment counts in each of them.
        """
        bears = self.scenario.model_copy(
            update={
                "economy": self.scenario.economy.model_copy(update={"perspective": perspective})
            }
        ).bears
        who = np.array([bears(payer) for payer in self.payers], np.bool_)
        return self._sum(who, parts)

    def column(self, name: str, item: tuple[str, str] | None = None) -> Floats:
        """Return what taxpayers, participants, others or nobody in particular gain by an item.

        Args:
            name: One of `COLUMNS`.
            item: One of the items; unset: by all of them.
        """
        if name == "indirect":
            return self.scenario.economy.deadweight.value * self.column("taxpayers", item)
        chosen = [n for n, one in enumerate(self.items) if item is None or one == item]
        who = np.array([self._column_of(n) == name for n in range(len(self.payers))], np.bool_)
        return np.asarray(self.amounts[:, who][:, :, chosen].sum(axis=(1, 2)))

    def table(self) -> pd.DataFrame:
        """Return what the arm is worth in every perspective.

        Columns: arm, perspective, part (of `PARTS`, or "net"), mean, low, high, discount_rate.
        """
        rows = [
            {"perspective": name, "part": part, **self._interval(self.gained(name, *which))}
            for name in self.names
            for part, which in (*((part, (part,)) for part in PARTS), ("net", ()))
        ]
        return self._told(rows)

    def benefits(self) -> pd.DataFrame:
        """Return who benefits by what.

        Columns: arm, part (of `PARTS`), item (the resource of an income, or of later lives), column
        (of `COLUMNS`), mean, low, high, discount_rate.
        """
        rows = [
            {
                "part": part,
                "item": item,
                "column": column,
                **self._interval(self.column(column, (part, item))),
            }
            for part, item in self.items
            for column in COLUMNS
        ]
        return self._told(rows)

    def _told(self, rows: list[dict[str, object]]) -> pd.DataFrame:
        rate = self.scenario.economy.discount_costs.value
        table = pd.DataFrame(rows).assign(discount_rate=rate)
        table.insert(0, "arm", self.arm)
        return table

    def _column_of(self, payer: int) -> str:
        principal = self.scenario.pathway.principals.get(self.principals[payer])
        if principal is None or principal.public:
            return "taxpayers" if self._is_public(payer) else "others"
        return "participants" if self.principals[payer] == PARTICIPANT else "others"

    def _is_public(self, payer: int) -> bool:
        """Return whether a payer is an administration or a fund, and no private party."""
        name = self.payers[payer]
        known = self.scenario.pathway.administrations
        return name in known or name in self.scenario.funds or name == FUND

    def _sum(self, who: Flags, parts: tuple[str, ...]) -> Floats:
        chosen = [n for n, (part, _) in enumerate(self.items) if not parts or part in parts]
        return np.asarray(self.amounts[:, who][:, :, chosen].sum(axis=(1, 2)))

    @staticmethod
    def _interval(values: Floats) -> dict[str, object]:
        found = interval(values)
        return {"mean": found.mean, "low": found.low, "high": found.high}


def perspectives(ledger: Ledger, arm: str, *, ordinary: bool = False) -> Perspectives:
    """Return what an arm is worth to each payer, by what it is gained, with any stated tail.

    Repayments to a fund and financing move money between those who pay and are left out, as in an
    appraisal.

    Args:
        ledger: The ledger in fixed prices.
        arm: Which arm, compared with `without`.
        ordinary: Whether what everyone has counts too.
    """
    result = ledger.result
    number, scenario = result.arms.index(arm), result.scenario
    horizon = Horizon(result, ledger.amounts.shape[2], tail=True)
    rate = scenario.economy.discount_costs.value
    principals: dict[str, str] = {}

    def key(line: CostLine) -> tuple[str, tuple[str, str]] | None:
        if line.kind in ("repayment", "financing") or (line.ordinary and not ordinary):
            return None
        principals.setdefault(line.administration, line.principal)
        if line.kind not in (*USED, INCOME):
            return line.administration, ("invested", "")
        return line.administration, (
            ("simulated", "") if line.kind == "use" else (line.kind, line.item)
        )

    sums = ledger.over(horizon, key)
    items = tuple(dict.fromkeys((("invested", ""), ("simulated", ""), *(one for _, one in sums))))
    amounts = np.zeros((len(result.replications), len(principals), len(items)))
    for (payer, item), amount in sums.items():
        worth = horizon.present_value(amount[:, number] - amount[:, 0], rate)
        amounts[:, list(principals).index(payer), items.index(item)] = 0.0 - worth
    health = {}
    if horizon.continued:
        later = later_units(result)
        effects = scenario.economy.discount_effects.value
        gained = later.weights[:, number].sum(axis=2)
        health = {
            name: horizon.present_value(gained[..., n], effects)
            for n, name in enumerate(later.lives.tail.weights)
        }
    return Perspectives(
        arm, scenario, tuple(principals), tuple(principals.values()), items, amounts, health
    )
