"""The series behind the figures: picked from a result and averaged over its replications.

Figures, sentences and tables all read the same `Comparison`, so they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import nan
from typing import Literal

import numpy as np
import pandas as pd

from sisim.arrays import Floats, Ints
from sisim.economics.appraisal import BAND_FROM, CARRIED, RANGE, Estimate
from sisim.economics.valuation import DeliveryPeriod, Valuation
from sisim.economics.yearly import Yearly, year_at
from sisim.engine.counts import WITHOUT
from sisim.scenario.scenario import Figures, Scenario

Which = Literal["project", "new_way"]
WHICH: tuple[Which, Which] = ("project", "new_way")
MONEY = ("invested", "lower_cost", "net", "investment", "running", "replaced")
"""The numbers under the figures that are amounts."""
NOTICEABLE = 0.005
"""A relative difference that rounds to 0 % is no difference to a reader."""

LAST, LAST_ENTRIES = slice(-3, None), slice(-5, None)
"""The years that tell where a cost, and where an inflow, has come to in the end."""
BACK, KEPT = 0.3, 0.5
"""Of the deepest fall in cost: at most this is left, or at least this has been kept."""
TRIFLE, CLEARLY = 0.01, 0.05
"""Of a cost, of an inflow: a smaller difference is not said to last, or to be fewer."""
YEARS_LEFT = 2
"""Which year is marked where the file names none: so many before the last, or the last."""
SEEN_TO_FADE = 3
"""For how many years after delivery has stopped a fading effect is seen to come of it."""

Direction = Literal["more", "less", "none", "unclear"]


@dataclass(frozen=True)
class View:
    """What the reader asks to see: ordinary services too, current prices, another marked year."""

    ordinary: bool = False
    current: bool = False
    year: int | None = None


@dataclass(frozen=True)
class Curve:
    """A yearly series: its mean over replications and their 10-90 % range.

    Attributes:
        runs: The series in each replication, (replications, years).
    """

    years: Ints
    mean: Floats
    low: Floats
    high: Floats
    runs: Floats

    def at(self, year: int) -> float:
        """Return the mean in `year`."""
        return float(self.mean[np.searchsorted(self.years, year)])

    def in_runs(self, year: int) -> Floats:
        """Return what it is in `year` in each replication."""
        return np.asarray(self.runs[:, np.searchsorted(self.years, year)])

    def below_zero(self, years: slice) -> bool:
        """Return whether the mean over some years is below zero in enough replications."""
        return float((self.runs[:, years].mean(axis=1) < 0).mean()) >= CARRIED


@dataclass(frozen=True)
class Change:
    """A relative change from one cost to another.

    Attributes:
        share: Of the mean amounts: 0.05 is five percent more.
        runs: The share of the replications in which it has the same sign.
    """

    share: float
    runs: float = 1.0

    @property
    def direction(self) -> Direction:
        """Whether it is more, less or neither; "unclear" where the replications do not agree."""
        if abs(self.share) < NOTICEABLE:
            return "none"
        if self.runs < CARRIED:
            return "unclear"
        return "more" if self.share > 0 else "less"


@dataclass(frozen=True)
class Growth:
    """How much the cost without the investment grows over the figure, and what makes it grow.

    Attributes:
        total: Of the cost in the first year: 0.5 is half as much again.
        volume: How much would be due to what is used, at the prices of the first year.
        prices: How much prices of what is used in the last year have risen.
    """

    total: float
    volume: float
    prices: float


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
    phases: tuple[DeliveryPeriod, ...]
    break_even: int | None
    paid_back: float
    headline: Mapping[str, Estimate]
    before_after: Change
    with_without: Change
    gap: Curve
    entries_gap: Curve

    @property
    def better(self) -> bool:
        """Whether less of the services is used, or fewer cases are met, in the low end too."""
        return any(
            self.headline[name][1] > 0 for name in ("lower_cost", "avoided", "avoided_returns")
        )

    @property
    def last_gap(self) -> float:
        """Mean cost difference, with minus without, over the last three years."""
        return float(self.gap.mean[LAST].mean())

    @property
    def back_on_track(self) -> bool:
        """Whether the cost fell below that without and has gone most of the way back."""
        lowest = int(self.gap.mean.argmin())
        fell = self.gap.below_zero(slice(lowest, lowest + 1))
        return fell and self.last_gap > BACK * float(self.gap.mean[lowest])

    @property
    def lasting(self) -> bool:
        """Whether the cost stays below that without at the end, and by more than a trifle."""
        deepest = float(self.gap.mean.min())
        trifle = TRIFLE * float(self.cost.mean[LAST].mean())
        return self.gap.below_zero(LAST) and self.last_gap < min(KEPT * deepest, -trifle)

    @property
    def fewer_entries(self) -> bool:
        """Whether clearly fewer enter the case in focus over the last five years."""
        change = float(self.entries_gap.mean[LAST_ENTRIES].mean())
        level = float(self.entries.mean[LAST_ENTRIES].mean()) - change
        return self.entries_gap.below_zero(LAST_ENTRIES) and level > 0 and change / level < -CLEARLY

    @property
    def fading(self) -> Ints:
        """The years in which an effect is seen to fade after the last delivery has stopped.

        They are at most so many as the reader still connects with the stop; none where something
        goes on, or where nothing fades.
        """
        ends = [last for _, _, last in self.phases]
        goes_on = any(kind == "new_way" for kind, *_ in self.phases)
        if goes_on or not ends or not self.back_on_track:
            return np.zeros(0, np.int64)
        years = self.gap.years
        return years[(years >= max(ends)) & (years < max(ends) + SEEN_TO_FADE)]


@dataclass(frozen=True)
class FigureTables:
    """The tables of a result that the figures are drawn from."""

    costs: pd.DataFrame
    entries: pd.DataFrame
    stock: pd.DataFrame


@dataclass(frozen=True)
class DrawnSeries:
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
    """The same people without the investment and with it, for both figures."""

    result: Valuation
    view: View
    figures: Figures
    counted: DrawnSeries
    years: Ints
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
    def tables(self) -> FigureTables:
        """What the figures are drawn from, as tables."""
        counted = self.counted
        return FigureTables(counted.costs.table(), counted.entries.table(), counted.stock.table())

    @cached_property
    def today(self) -> float:
        """The cost in the start year had nothing been done: today's cost."""
        return self.without.cost.at(self.start)

    @cached_property
    def growth(self) -> Growth:
        """How much the cost grows without the investment, from the start to the last year."""
        ordinary, current = self.view.ordinary, self.view.current
        first, last = self.today, float(self.without.cost.mean[-1])
        at_start = self.result.cost_without_price_growth(
            int(self.years[-1]), ordinary=ordinary, current=current
        )
        if not first or not at_start:
            return Growth(0.0, 0.0, 0.0)
        return Growth(last / first - 1, at_start / first - 1, last / at_start - 1)

    @property
    def banded(self) -> bool:
        """Whether there are replications enough to show their spread."""
        return self.replications >= BAND_FROM


def headline_difference(now: Investing, before: Investing) -> dict[str, float]:
    """Return how much larger each headline number is in one setting than in another, on average."""
    return {name: now.headline[name][0] - before.headline[name][0] for name in now.headline}


def _curves(years: Ints, values: Floats) -> list[Curve]:
    """Return a curve of each column of (replications, columns, years)."""
    low, high = np.quantile(values, RANGE, axis=0)
    each = np.moveaxis(values, 1, 0)
    return [Curve(years, *of) for of in zip(values.mean(axis=0), low, high, each, strict=True)]


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
    counted = _drawn_series(result, view, figures.case)
    years = counted.costs.years
    start = scenario.time.first_year
    late = int(years[-1]) - (YEARS_LEFT if years[-1] - start >= 4 * YEARS_LEFT else 0)
    marked = int(np.clip(view.year or figures.year or late, years[0], years[-1]))
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
        return Investing(
            arm,
            **own,
            which=which,
            phases=tuple(result.phases(arm)),
            break_even=_year_of(result.break_even(arm), scenario),
            headline=result.headline(arm),
            paid_back=result.chance(arm),
            before_after=_change(without.cost.in_runs(start), own["cost"].in_runs(marked)),
            with_without=_change(without.cost.in_runs(marked), own["cost"].in_runs(marked)),
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


def _drawn_series(result: Valuation, view: View, case: str) -> DrawnSeries:
    """Return what the figures are drawn from, of whole years where there are any."""
    counted = DrawnSeries(
        result.costs_by_year(ordinary=view.ordinary, current=view.current),
        result.entries_by_year(case),
        result.stock_by_year(case),
    )
    whole = result.scenario.time.whole_years
    # The end of a year that is cut looks like a fall in cost.
    return DrawnSeries(*(one.within(whole) for one in counted.each)) if whole else counted


def _series(counted: DrawnSeries, scenario: Scenario) -> dict[str, Floats]:
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


def _change(before: Floats, after: Floats) -> Change:
    """Return the change from one cost to another, each (replications,)."""
    base, difference = float(before.mean()), after - before
    if not base:
        return Change(0.0)
    share = float(after.mean()) / base - 1
    return Change(share, float((np.sign(difference) == np.sign(share)).mean()))


def compared_in(year: int, side: Investing, story: Comparison) -> Investing:
    """Return an arm compared in another year than the marked one."""
    without, cost = story.without.cost, side.cost.in_runs(year)
    return replace(
        side,
        before_after=_change(without.in_runs(story.start), cost),
        with_without=_change(without.in_runs(year), cost),
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
    """Return the rows of numbers under the figures.

    Columns: arm, measure, mean, low, high, discount_rate (a year; 0 is not discounted, NaN for
    what is counted).
    """
    rate = story.scenario.economy.discount_costs.value
    return pd.DataFrame(
        [
            (side.arm, measure, *map(float, estimate), rate if measure in MONEY else nan)
            for side in (story.project, story.new_way)
            for measure, estimate in side.headline.items()
        ],
        columns=["arm", "measure", "mean", "low", "high", "discount_rate"],
    )


@dataclass(frozen=True)
class AdministrationCost:
    """What one administration pays in every arm, and how much less or more than without.

    `difference` holds the use of services only; what the intervention itself costs is
    `intervention`, so that neither hides the other. `ranges` are the ends of the 10-90 % range of
    the difference over replications.
    """

    name: str
    cost: dict[str, Curve]
    difference: dict[str, Floats]
    intervention: dict[str, Floats]
    ranges: dict[str, tuple[Floats, Floats]]


def differences_of(side: Investing, shown: Sequence[AdministrationCost]) -> list[Floats]:
    """Return what the intervention costs by year, and the difference of each administration."""
    nothing = np.zeros(len(side.cost.years))  # where no administration has any cost
    spent = sum((one.intervention[side.arm] for one in shown), nothing)
    return [spent, *(one.difference[side.arm] for one in shown)]


def administrations_of(story: Comparison) -> list[AdministrationCost]:
    """Return the cost curves of every administration with any cost, the largest first."""
    costs = story.counted.costs
    payers, kinds = (np.asarray(costs.kinds[name]) for name in ("administration", "kind"))
    base = [costs.arms.index(WITHOUT)]

    def one(name: str) -> AdministrationCost:
        used = costs.sum(np.flatnonzero((payers == name) & (kinds == "use")))
        spent = costs.sum(np.flatnonzero((payers == name) & (kinds != "use")))

        def by_arm(values: Floats) -> dict[str, Floats]:
            return dict(zip(costs.arms, values.mean(axis=0), strict=True))

        gap = used - used[:, base]
        low, high = np.quantile(gap, RANGE, axis=0)
        ends = zip(low, high, strict=True)
        return AdministrationCost(
            name,
            dict(zip(costs.arms, _curves(costs.years, used + spent), strict=True)),
            by_arm(gap),
            by_arm(spent),
            dict(zip(costs.arms, ends, strict=True)),
        )

    size = {
        str(name): float(np.abs(costs.values[..., payers == name]).sum())
        for name in np.unique(payers)
    }
    return [one(name) for name in sorted(size, key=lambda name: -size[name]) if size[name] > 0]
