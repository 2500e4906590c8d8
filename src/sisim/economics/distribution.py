"""Who pays, who gains: present values by payer, and what falls in others' pockets."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from sisim.arrays import Floats
from sisim.economics.appraisal import interval
from sisim.economics.horizon import Horizon
from sisim.economics.ledger import INCOME, KINDS, ORE, USED, Kind, Ledger, later_costs
from sisim.engine.tidy_tables import Axis, labels, tidy


@dataclass(frozen=True)
class WhoGains:
    """What one arm means to every payer, compared with `without`.

    Attributes:
        arm: Which arm.
        payers: Administrations, and others to whom it means something, in the ledger's order.
        principals: The principal of each.
        amounts: What each kind costs a payer more than without, (replications, payers, kinds); the
            reduced use and what is received are negative.
        rate: At which they are discounted, a year; 0: not at all.
        kinds: `KINDS`, `income` where something is received of what people use, and `later` where
            those who leave go on.
    """

    arm: str
    payers: tuple[str, ...]
    principals: tuple[str, ...]
    amounts: Floats
    rate: float = 0.0
    kinds: tuple[Kind, ...] = KINDS

    def of(self, *kinds: Kind) -> Floats:
        """Return what some kinds cost each payer more than without, (replications, payers)."""
        chosen = [self.kinds.index(kind) for kind in kinds if kind in self.kinds]
        return np.asarray(self.amounts[..., chosen].sum(axis=-1))

    @cached_property
    def net(self) -> Floats:
        """What each payer gains in all, (replications, payers)."""
        return np.asarray(0.0 - self.amounts.sum(axis=-1))

    @cached_property
    def paying(self) -> tuple[str, ...]:
        """Those who pay something for the investment, themselves or by transfers."""
        spent = self.of(*(kind for kind in self.kinds if kind not in (*USED, INCOME)))
        means = spent.mean(axis=0)
        return tuple(name for name, mean in zip(self.payers, means, strict=True) if mean > ORE)

    @cached_property
    def share_in_other_pockets(self) -> float:
        """The share of all reduced costs that falls on those who pay nothing; NaN if none fall.

        What is received in the simulated years is no reduced cost.
        """
        gains = np.maximum(-self.of(*USED).mean(axis=0), 0.0)
        total = float(gains.sum())
        others = [name not in self.paying for name in self.payers]
        return float(gains[others].sum()) / total if total > ORE else float("nan")

    def matrix(self) -> pd.DataFrame:
        """Return the mean amounts as a matrix, with a last row of sums.

        Columns: administration, principal, investment, running, replaced, reduced (costs that
        fall), repayment, contract, financing, net, net_low, net_high, discount_rate; `income` (what
        is received more) where something is, and `later` (costs that fall in later lives) where
        those who leave go on. Costs are positive, and so are reductions and income; repayments,
        contracts and financing are what is paid, or (negative) received.
        """
        rows = []
        for number, (payer, principal) in enumerate(zip(self.payers, self.principals, strict=True)):
            rows.append(self._row(payer, principal, self.amounts[:, number]))
        rows.append(self._row("", "", self.amounts.sum(axis=1)))
        return pd.DataFrame(rows).assign(discount_rate=self.rate)

    def table(self) -> pd.DataFrame:
        """Return every amount, tidily.

        Columns: replication, arm, administration, principal, kind, amount (as in a ledger: what
        is reduced or received is negative), discount_rate.
        """
        axes: list[Axis] = [
            {"replication": np.arange(len(self.amounts))},
            {"arm": labels([self.arm])},
            {"administration": labels(self.payers), "principal": labels(self.principals)},
            {"kind": labels(self.kinds)},
        ]
        table = tidy("amount", self.amounts[:, None], axes)
        return table.assign(discount_rate=self.rate)

    def _row(self, payer: str, principal: str, amounts: Floats) -> dict[str, object]:
        mean = dict(zip(self.kinds, amounts.mean(axis=0), strict=True))
        gained: dict[str, object] = {
            kind: 0.0 - mean[kind] for kind in (INCOME, "later") if kind in mean
        }
        net = interval(0.0 - amounts.sum(axis=-1))
        return {
            "administration": payer,
            "principal": principal,
            "investment": mean["investment"],
            "running": mean["running"],
            "replaced": mean["replaced"],
            "reduced": 0.0 - mean["use"],
            **gained,
            "repayment": mean["repayment"],
            "contract": mean["contract"],
            "financing": mean["financing"],
            "net": net.mean,
            "net_low": net.low,
            "net_high": net.high,
        }


def who_gains(
    ledger: Ledger, arm: str, *, ordinary: bool = False, discounted: bool = True
) -> WhoGains:
    """Return what an arm means to every payer, whatever the perspective, with any stated tail.

    Args:
        ledger: The ledger, with repayments and contract payments if they are to be seen.
        arm: Which arm, compared with `without`.
        ordinary: Whether what everyone has counts too.
        discounted: Present values, rather than sums in the prices of the price level.
    """
    result = ledger.result
    number = result.arms.index(arm)
    horizon = Horizon(result, ledger.amounts.shape[2], tail=True)
    rate = result.scenario.economy.discount_costs.value if discounted else 0.0
    sums = ledger.over(
        horizon,
        lambda line: (line.administration, line.kind) if ordinary or not line.ordinary else None,
    )
    received = ledger.income_lines
    principals = {
        line.administration: line.principal
        for line in (*ledger.lines, *received)
        if ordinary or not line.ordinary
    }
    if horizon.continued:
        principals |= {line.administration: line.principal for line in later_costs(result)[0]}
    kinds = (*KINDS, *((INCOME,) if received else ()), *(USED[1:] if horizon.continued else ()))
    amounts = np.zeros((len(result.replications), len(principals), len(kinds)))
    for (payer, kind), amount in sums.items():
        worth = horizon.present_value(amount[:, number] - amount[:, 0], rate)
        amounts[:, list(principals).index(payer), kinds.index(kind)] = worth
    # Who pays for something in the pathway is always listed; others where they take part.
    own = {payer for one in result.scenario.pathway.resources.values() for payer in one.shares}
    listed = [n for n, name in enumerate(principals) if name in own or amounts[:, n].any()]
    names = [list(principals)[n] for n in listed]
    own_principals = tuple(principals[name] for name in names)
    return WhoGains(arm, tuple(names), own_principals, amounts[:, listed], rate, kinds)
