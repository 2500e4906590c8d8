"""The series behind the figures: picked from a result and averaged over its replications.

Figures, sentences and tables all read the same `Comparison`, so they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sisim.economics.appraisal import Estimate
from sisim.economics.valuation import Phase, Valuation
from sisim.economics.yearly import Yearly, year_at
from sisim.engine.counts import WITHOUT
from sisim.scenario.scenario import Figures, Scenario

Which = Literal["project", "new_way"]
WHICH: tuple[Which, Which] = ("project", "new_way")
BAND_FROM = 5
"""Fewer replications than this say too little about spread to draw a band."""
NOTICEABLE = 0.005
"""A relative difference that rounds to 0 % is no difference to a reader."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class View:
    """What the reader asks to see: ordinary services too, current prices, another marked year."""

    ordinary: bool = False
    current: bool = False
    year: int | None = None


@dataclass(frozen=True)
class Curve:
    """A yearly series: its mean over replications and their 10-90 % range."""

    years: NDArray[np.int64]
    mean: Floats
    low: Floats
    high: Floats

    def at(self, year: int) -> float:
        """Return the mean in `year`."""
        return float(self.mean[np.searchsorted(self.years, year)])


@dataclass(frozen=True)
class Side:
    """One arm: its cost, its inflow into the case in focus, and the stock."""

    arm: str
    cost: Curve
    investment: Curve
    entries: Curve
    first: Curve
    stock: Curve


@dataclass(frozen=True)
class Investing(Side):
    """An arm with the investment, compared with the arm without."""

    which: Which
    phases: tuple[Phase, ...]
    break_even: int | None
    headline: Mapping[str, Estimate]
    before_after: float
    with_without: float
    gap: Curve
    entries_gap: Curve

    @property
    def last_gap(self) -> float:
        """Mean cost difference, with minus without, over the last three years."""
        return float(self.gap.mean[-3:].mean())

    @property
    def back_on_track(self) -> bool:
        """Whether the cost fell below that without and has gone most of the way back."""
        deepest = float(self.gap.mean.min())
        return deepest < 0 and self.last_gap > 0.3 * deepest

    @property
    def lasting(self) -> bool:
        """Whether the cost stays below that without at the end, and by more than a trifle."""
        deepest = float(self.gap.mean.min())
        trifle = 0.01 * float(self.cost.mean[-3:].mean())
        return deepest < 0 and self.last_gap < min(0.5 * deepest, -trifle)

    @property
    def fewer_entries(self) -> bool:
        """Whether clearly fewer enter the case in focus over the last five years."""
        change = float(self.entries_gap.mean[-5:].mean())
        level = float(self.entries.mean[-5:].mean()) - change
        return level > 0 and change / level < -0.05


@dataclass(frozen=True)
class Tables:
    """The tables of a result that the figures are drawn from."""

    costs: pd.DataFrame
    entries: pd.DataFrame
    stock: pd.DataFrame


@dataclass(frozen=True)
class Counted:
    """What of a result the figures are drawn from, by whole years from the start."""

    costs: Yearly
    entries: Yearly
    stock: Yearly

    @property
    def each(self) -> tuple[Yearly, ...]:
        """Everything counted, in the order of the attributes."""
        return (self.costs, self.entries, self.stock)


@dataclass(frozen=True)
class Comparison:
    """The same people without the investment and with it, for both figures of question 9."""

    result: Valuation
    view: View
    figures: Figures
    counted: Counted
    years: NDArray[np.int64]
    start: int
    marked: int
    replications: int
    without: Side
    project: Investing
    new_way: Investing

    @property
    def scenario(self) -> Scenario:
        """The scenario that was simulated."""
        return self.result.scenario

    def side(self, which: Which) -> Investing:
        """Return the arm shown in one of the figures."""
        return self.project if which == "project" else self.new_way

    @cached_property
    def tables(self) -> Tables:
        """What the figures are drawn from, as tables."""
        counted = self.counted
        return Tables(counted.costs.table(), counted.entries.table(), counted.stock.table())

    @cached_property
    def today(self) -> float:
        """The cost in the start year had nothing been done: today's cost."""
        return self.without.cost.at(self.start)

    @property
    def banded(self) -> bool:
        """Whether there are replications enough to show their spread."""
        return self.replications >= BAND_FROM


def _curves(years: NDArray[np.int64], values: Floats) -> list[Curve]:
    """Return a curve of each column of (replications, columns, years)."""
    low, high = np.quantile(values, [0.1, 0.9], axis=0)
    return [Curve(years, *of) for of in zip(values.mean(axis=0), low, high, strict=True)]


def compare(source: Valuation | Comparison, view: View | None = None) -> Comparison:
    """Return the series of both figures; a comparison already made is returned as it is.

    Raises:
        ValueError: If the scenario has no `[figures]`.
    """
    if isinstance(source, Comparison):
        return source
    result, view = source, view or View()
    scenario = result.scenario
    figures = scenario.figures
    if figures is None:
        raise ValueError(f"scenario {scenario.name} has no [figures] to draw")
    counted = Counted(
        result.costs_by_year(ordinary=view.ordinary, current=view.current),
        result.entries_by_year(figures.case),
        result.stock_by_year(figures.case),
    )
    whole = scenario.time.whole_years
    if whole:  # The end of a year is as low as a fall in cost.
        counted = Counted(*(one.within(whole) for one in counted.each))
    years = counted.costs.years
    start = scenario.time.first_year
    marked = int(np.clip(view.year or figures.year, years[0], years[-1]))
    series = _series(counted, scenario)
    arms = counted.costs.arms
    base = [arms.index(WITHOUT)]
    curves = {name: _curves(years, values) for name, values in series.items()}
    gaps = {
        name: _curves(years, series[name] - series[name][:, base]) for name in ("cost", "entries")
    }

    def of_arm(arm: str) -> dict[str, Curve]:
        return {name: each[arms.index(arm)] for name, each in curves.items()}

    without = Side(WITHOUT, **of_arm(WITHOUT))

    def investing(which: Which, arm: str) -> Investing:
        own, number = of_arm(arm), arms.index(arm)
        cost = own["cost"].at(marked)
        return Investing(
            arm,
            **own,
            which=which,
            phases=tuple(result.phases(arm)),
            break_even=_year_of(result.break_even(arm), scenario),
            headline=result.headline(arm),
            before_after=_change(without.cost.at(start), cost),
            with_without=_change(without.cost.at(marked), cost),
            gap=gaps["cost"][number],
            entries_gap=gaps["entries"][number],
        )

    return Comparison(
        result=result,
        view=view,
        figures=figures,
        counted=counted,
        years=years,
        start=start,
        marked=marked,
        replications=len(counted.costs.values),
        without=without,
        project=investing("project", figures.project),
        new_way=investing("new_way", figures.new_way),
    )


def _series(counted: Counted, scenario: Scenario) -> dict[str, Floats]:
    """Return what the curves of a side are drawn from, (replications, arms, years) by name."""
    costs, entries = counted.costs, counted.entries
    bearing = np.array([scenario.bears(name) for name in costs.kinds["administration"]])
    use = np.asarray(costs.kinds["kind"]) == "use"
    return {
        "cost": costs.sum(np.flatnonzero(bearing)),
        "investment": costs.sum(np.flatnonzero(bearing & ~use)),
        "entries": entries.sum(range(entries.values.shape[-1])),
        "first": entries.sum(np.flatnonzero(entries.kinds["first"])),
        "stock": counted.stock.values,
    }


def _change(before: float, after: float) -> float:
    return after / before - 1 if before else 0.0


def compared_in(year: int, side: Investing, story: Comparison) -> Investing:
    """Return an arm compared in another year than the marked one."""
    cost, without = side.cost.at(year), story.without.cost.at(year)
    return replace(
        side,
        before_after=_change(story.today, cost),
        with_without=_change(without, cost),
    )


def _year_of(instant: float | None, scenario: Scenario) -> int | None:
    """Return which year from the start, counted from one, ends at or holds `instant`."""
    first = scenario.time.first_year
    return None if instant is None else year_at(instant, first) - first + 1


def outcomes_at(story: Comparison) -> dict[str, dict[str, float]]:
    """Return the mean of every outcome in the marked year, by outcome and arm."""
    table = story.result.outcomes()
    means = table[table["year"] == story.marked].groupby(["outcome", "arm"])["value"].mean()
    return {
        name: {str(arm): float(mean) for arm, mean in means[name].items()}
        for name in story.scenario.outcomes
        if name in means.index.get_level_values("outcome")
    }


def drawn(story: Comparison) -> pd.DataFrame:
    """Return every point of the curves in the figures: arm, series, year, mean, low, high."""
    series = ("cost", "investment", "entries", "first", "stock")
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "arm": side.arm,
                    "series": name,
                    "year": curve.years,
                    "mean": curve.mean,
                    "low": curve.low,
                    "high": curve.high,
                }
            )
            for side in (story.without, story.project, story.new_way)
            for name in series
            for curve in (getattr(side, name),)
        ],
        ignore_index=True,
    )


def headlines(story: Comparison) -> pd.DataFrame:
    """Return the rows of numbers under the figures: arm, measure, mean, low, high."""
    return pd.DataFrame(
        [
            (side.arm, measure, *map(float, estimate))
            for side in (story.project, story.new_way)
            for measure, estimate in side.headline.items()
        ],
        columns=["arm", "measure", "mean", "low", "high"],
    )


@dataclass(frozen=True)
class Administration:
    """What one administration pays in every arm, and how much less or more than without.

    `difference` holds the use of services only; what the intervention itself costs is
    `intervention`, so that neither hides the other.
    """

    name: str
    cost: dict[str, Curve]
    difference: dict[str, Floats]
    intervention: dict[str, Floats]


def administrations_of(story: Comparison) -> list[Administration]:
    """Return the cost curves of every administration with any cost, the largest first."""
    costs = story.counted.costs
    payers, kinds = (np.asarray(costs.kinds[name]) for name in ("administration", "kind"))
    base = [costs.arms.index(WITHOUT)]

    def one(name: str) -> Administration:
        used = costs.sum(np.flatnonzero((payers == name) & (kinds == "use")))
        spent = costs.sum(np.flatnonzero((payers == name) & (kinds != "use")))

        def by_arm(values: Floats) -> dict[str, Floats]:
            return dict(zip(costs.arms, values.mean(axis=0), strict=True))

        return Administration(
            name,
            dict(zip(costs.arms, _curves(costs.years, used + spent), strict=True)),
            by_arm(used - used[:, base]),
            by_arm(spent),
        )

    size = {
        str(name): float(np.abs(costs.values[..., payers == name]).sum())
        for name in np.unique(payers)
    }
    return [one(name) for name in sorted(size, key=lambda name: -size[name]) if size[name] > 0]
