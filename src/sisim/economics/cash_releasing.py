"""The cash ladder: how much of a reduced use a budget sees, and when.

- `outlay`: bought by the day or paid out; what is not used is not paid for.
- `step`: freed only in whole units, after notice: a home of eight places, a class, a post.
- `capacity`: the use is of what is there anyway; nothing is freed.
- `intervention`: what the arm's own investments cost, seen in full.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sisim.arrays import Floats
from sisim.economics.ledger import TRANSFERS, CostLine, Ledger, by_year, rewards
from sisim.economics.prices import PriceList
from sisim.engine.tidy_tables import Axis, labels, tidy
from sisim.scenario.pathway import Resource

Rung = Literal["outlay", "step", "capacity", "intervention"]
RUNGS: tuple[Rung, ...] = ("outlay", "step", "capacity", "intervention")


def freed(saved: NDArray[Any], step: float, notice: int = 0) -> Floats:
    """Return what is freed of a use that falls, in whole steps and after notice.

    At every time it is the whole steps in the least that has been saved since `notice` times ago
    (nothing was saved before the first): a step that is needed again within the notice is not let
    go. A rise costs what it is, at once: hours and places are bought before a whole step is taken
    on. So what is freed is never more than what is saved.

    Args:
        saved: Without - with, (..., times); negative where more is used.
        step: The size of a step; 0 frees everything.
        notice: How many times it takes until a step costs nothing.

    Examples:
        >>> freed(np.array([9, 9, 17, 17, -1, 9]), 8, 1).tolist()
        [0.0, 8.0, 8.0, 16.0, -1.0, 0.0]
    """
    values = np.asarray(saved, np.float64)
    padded = np.concatenate([np.zeros((*values.shape[:-1], notice)), values], axis=-1)
    window = np.lib.stride_tricks.sliding_window_view(padded, notice + 1, axis=-1)
    lasting = np.maximum(window.min(axis=-1), 0.0)
    if step > 0:
        # A hair is added because shares of days are no binary fractions: 2.9999999999 steps are
        # three, but never more than what is saved.
        lasting = np.minimum(np.floor(lasting / step + 1e-9) * step, lasting)
    return np.asarray(lasting + np.minimum(values, 0.0))


@dataclass(frozen=True)
class CashLadder:
    """What an arm saves, gross and as budgets see it.

    Attributes:
        ledger: What was priced.
        arm: Which arm, compared with `without`.
        lines: What is saved, by resource or investment and by payer.
        rungs: The rung of each line.
        gross: Without - with, (replications, cycles, lines); an intervention's cost is negative.
        seen: What of it a budget sees.
        unstated: The resources that are freed in steps of which the file does not say the size;
            nothing of them is reckoned as seen.
    """

    ledger: Ledger
    arm: str
    lines: tuple[CostLine, ...]
    rungs: tuple[Rung, ...]
    gross: Floats
    seen: Floats
    unstated: tuple[str, ...]

    def yearly(self, *, seen: bool = True) -> dict[tuple[str, Rung], Floats]:
        """Return the sums by administration and rung, (replications, years of the ledger)."""
        amounts = self._by_year(self.seen if seen else self.gross)
        sums: dict[tuple[str, Rung], Floats] = {}
        for number, (line, rung) in enumerate(zip(self.lines, self.rungs, strict=True)):
            key = (line.administration, rung)
            sums[key] = sums.get(key, 0.0) + amounts[..., number]
        return sums

    def reductions(self, *, seen: bool = True) -> dict[str, Floats]:
        """Return what each administration saves in use, (replications, years of the ledger)."""
        found: dict[str, Floats] = {}
        for (administration, rung), sums in self.yearly(seen=seen).items():
            if rung != "intervention":
                found[administration] = found.get(administration, 0.0) + sums
        return found

    def table(self) -> pd.DataFrame:
        """Return the ladder by year.

        Columns: replication, arm, administration, rung, year, gross, seen (SEK).
        """
        gross, seen = self.yearly(seen=False), self.yearly()
        if not gross:
            columns = ["replication", "arm", "administration", "rung", "year", "gross", "seen"]
            return pd.DataFrame(columns=columns)
        administrations, rungs = zip(*gross, strict=True)
        axes: list[Axis] = [
            {"replication": np.arange(self.gross.shape[0])},
            {"arm": labels([self.arm])},
            {"administration": labels(administrations), "rung": labels(rungs)},
            {"year": self.ledger.years[self._first :]},
        ]

        def stacked(sums: dict[tuple[str, Rung], Floats]) -> Floats:
            return np.stack(list(sums.values()), axis=1)[:, None, :, self._first :]

        table = tidy("gross", stacked(gross), axes)
        return table.assign(seen=stacked(seen).ravel())

    @cached_property
    def _first(self) -> int:
        """The place of the scenario's first year among those of the ledger."""
        clock = self.ledger.result.compiled.clock
        return int(np.searchsorted(self.ledger.years, clock.start_year))

    def _by_year(self, amounts: Floats) -> Floats:
        return np.asarray(by_year(self.ledger.result, amounts[:, None])[:, 0])


def cash_ladder(ledger: Ledger, arm: str, *, ordinary: bool = False) -> CashLadder:
    """Return what an arm saves, gross and as budgets see it, for every payer.

    What is saved of a stepwise resource is looked at by calendar year, as budgets are, and is
    thought to be spread evenly over it: months of a small municipality are too few cases.

    Args:
        ledger: The ledger.
        arm: Which arm, compared with `without`.
        ordinary: Whether what everyone has counts too.
    """
    result = ledger.result
    scenario, number = result.scenario, result.arms.index(arm)
    clock = result.compiled.clock
    before = clock.start - clock.history
    units = rewards(result, result.used("use")).sum(axis=3)
    saved = units[:, 0] - units[:, number]
    saved[:, :before] = 0.0
    prices = PriceList(scenario, clock.year(ledger.cycles), current=ledger.current)
    resources = scenario.pathway.resources
    shown = [
        (position, line)
        for position, line in enumerate(ledger.lines)
        if line.kind not in TRANSFERS and (ordinary or not line.ordinary)
    ]
    difference = ledger.amounts[:, 0] - ledger.amounts[:, number]
    difference[:, :before] = 0.0
    gross: list[Floats] = []
    seen: list[Floats] = []
    rungs: list[Rung] = []
    for position, line in shown:
        amount = difference[..., position]
        gross.append(amount)
        if line.kind != "use":
            rungs.append("intervention")
            seen.append(amount)
            continue
        resource = resources[line.item]
        rungs.append(resource.cash)
        match resource.cash:
            case "outlay":
                seen.append(amount)
            case "step" if resource.step_size is not None:
                own = saved[..., list(resources).index(line.item)]
                price = prices.of(resource)
                share = resource.shares[line.administration]
                seen.append(_in_steps(ledger, own, resource) * price * share)
            case _:
                seen.append(np.zeros_like(amount))
    unstated = tuple(
        name
        for name, resource in resources.items()
        if resource.cash == "step"
        and resource.step_size is None
        and any(line.item == name for _, line in shown)
    )
    empty = np.zeros((*difference.shape[:2], 0))
    return CashLadder(
        ledger,
        arm,
        tuple(line for _, line in shown),
        tuple(rungs),
        np.stack(gross, axis=-1) if gross else empty,
        np.stack(seen, axis=-1) if seen else empty,
        unstated,
    )


def _in_steps(ledger: Ledger, saved: Floats, resource: Resource) -> Floats:
    """Return the units that are freed in each cycle, (replications, cycles)."""
    assert resource.step_size is not None
    clock = ledger.result.compiled.clock
    notice = 0.0 if resource.notice is None else resource.notice.value
    # From the start on: of a year that begins as history, only the rest can be saved in.
    before = clock.start - clock.history
    years = clock.year(ledger.cycles[before:])
    _, year, counts = np.unique(years, return_inverse=True, return_counts=True)
    firsts = np.flatnonzero(np.diff(years, prepend=years[0] - 1))
    own = saved[:, before:]
    evenly = (np.add.reduceat(own, firsts, axis=1) / counts)[:, year]
    lag = int(np.ceil(notice / 12 * clock.per_year - 1e-9))
    found = freed(evenly, resource.step_size.value / clock.per_year, lag)
    return np.concatenate([np.zeros((len(saved), before)), found], axis=1)
