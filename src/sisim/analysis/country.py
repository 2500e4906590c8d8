"""A country: municipalities that have each been simulated, told one by one and summed.

Each is a run of its own, so that sums over them are exact, and their order means nothing. How far
chance alone moves a municipality falls with its size: differences between them are held against
that (Spiegelhalter, "Funnel plots for comparing institutional performance", Statistics in Medicine
24, 2005), and many comparisons against what chance brings (Holm 1979).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import stdtr, stdtrit

from sisim.analysis.experiment_file import CountryPlace, CountryTable, Plan
from sisim.analysis.measures import PAYBACK, RATIOS
from sisim.analysis.question import beyond_chance
from sisim.analysis.sweep import Study
from sisim.arrays import Flags, Floats
from sisim.engine.counts import WITHOUT

LIMITS = (0.95, 0.998)
"""The shares of municipalities like the whole country that lie within the limits of a funnel."""


@dataclass(frozen=True)
class Country:
    """What came of every municipality.

    Attributes:
        study: The result, whole.
        table: That of the country.
    """

    study: Study
    table: CountryTable

    @property
    def places(self) -> list[CountryPlace]:
        """The municipalities, the largest first."""
        return self.table.places

    @cached_property
    def residents(self) -> Floats:
        """How many live in each, (municipalities,)."""
        return np.array([float(one.residents) for one in self.places])

    @cached_property
    def arms(self) -> list[str]:
        """The arms in which something is invested."""
        return [one for one in self.study.table(["arm"])["arm"].unique() if one != WITHOUT]

    @cached_property
    def outcomes(self) -> list[str]:
        """The measures that can be summed over municipalities: no ratio, and no year."""
        return [one for one in self.study.plan.outcomes if one not in (*RATIOS, PAYBACK)]

    @cached_property
    def _rows(self) -> pd.DataFrame:
        return self.study.table()

    def runs(self, arm: str, outcome: str) -> Floats:
        """Return an outcome of an arm, (municipalities, replications)."""
        own = self._rows[self._rows["arm"] == arm].sort_values(["choice", "replication"])
        return own[outcome].to_numpy(np.float64).reshape(len(self.places), -1)

    @cached_property
    def municipalities(self) -> pd.DataFrame:
        """A row for each municipality and arm: what it is, and the mean of each outcome."""
        parts = []
        for arm in [WITHOUT, *self.arms]:
            head = {
                "code": [one.code for one in self.places],
                "municipality": [one.name for one in self.places],
                "region": [one.region for one in self.places],
                "group": [one.group for one in self.places],
                "residents": self.residents.astype(np.int64),
                "arm": arm,
            }
            found = {one: self.runs(arm, one).mean(axis=1) for one in self.outcomes}
            parts.append(pd.DataFrame({**head, **found}))
        return pd.concat(parts, ignore_index=True)

    @cached_property
    def sums(self) -> pd.DataFrame:
        """The sums: a row for each arm and outcome, of the country, each region and each group.

        Columns: what (`country`, `region`, `group`), which, municipalities, residents, arm,
        outcome, mean, low, high: a 95 % interval, NaN of a single replication.
        """
        parts = {("country", ""): np.ones(len(self.places), np.bool_)}
        for what in ("region", "group"):
            said = np.array([getattr(one, what) for one in self.places])
            parts |= {(what, one): said == one for one in sorted({*said} - {""})}
        rows = []
        for (what, which), own in parts.items():
            for arm in [WITHOUT, *self.arms]:
                for outcome in self.outcomes:
                    mean, low, high = summed(self.runs(arm, outcome)[own])
                    head = what, which, int(own.sum()), int(self.residents[own].sum())
                    rows.append((*head, arm, outcome, mean, low, high))
        names = ("what", "which", "municipalities", "residents", "arm", "outcome")
        return pd.DataFrame(rows, columns=[*names, "mean", "low", "high"])

    def difference(self, arm: str, outcome: str) -> Floats:
        """Return an outcome of an arm less that of `without`, (municipalities, replications)."""
        return self.runs(arm, outcome) - self.runs(WITHOUT, outcome)

    def funnel(self, arm: str, outcome: str) -> Funnel:
        """Return that difference per resident, and what chance does to it."""
        return Funnel(self.residents, self.difference(arm, outcome) / self.residents[:, None])


@dataclass(frozen=True)
class Funnel:
    """Rates of many places against their size.

    The variance of a rate is taken to be one number over the residents, of all places together: a
    place has too few replications to tell it alone.

    Attributes:
        residents: (places,).
        rates: Per resident, (places, replications).
    """

    residents: Floats
    rates: Floats

    @cached_property
    def means(self) -> Floats:
        """The rate of each place, (places,)."""
        return np.asarray(self.rates.mean(axis=1))

    @cached_property
    def middle(self) -> float:
        """The rate of all of them together."""
        return float((self.means * self.residents).sum() / self.residents.sum())

    @cached_property
    def deviation(self) -> float:
        """The standard deviation of one run of one resident; NaN of a single replication."""
        if self.rates.shape[1] < 2:
            return math.nan
        return float(np.sqrt((self.rates.var(axis=1, ddof=1) * self.residents).mean()))

    def error(self, residents: Floats) -> Floats:
        """Return the standard error of the rate of a place with so many residents."""
        return np.asarray(self.deviation / np.sqrt(residents * self.rates.shape[1]))

    def limits(self, residents: Floats, share: float) -> tuple[Floats, Floats]:
        """Return between what such a share of places lies, were all like the whole."""
        reach = self._quantile(share) * self.error(residents)
        return self.middle - reach, self.middle + reach

    def told(self) -> tuple[Flags, Flags]:
        """Return which are above 0 beyond chance, and which below, at 5 % for all together."""
        if not self.deviation > 0:
            alone = math.isnan(self.deviation)  # a single replication tells nothing of chance
            return (self.means > 0) & (not alone), (self.means < 0) & (not alone)
        chances = 2 * stdtr(self._freedom, -np.abs(self.means) / self.error(self.residents))
        beyond = beyond_chance(chances)
        return beyond & (self.means > 0), beyond & (self.means < 0)

    def outside(self) -> Flags:
        """Return which places lie outside the wider limits: they differ from the whole."""
        low, high = self.limits(self.residents, LIMITS[1])
        return np.asarray((self.means < low) | (self.means > high))

    @property
    def _freedom(self) -> int:
        return self.rates.size - len(self.rates)

    def _quantile(self, share: float) -> float:
        return float(stdtrit(self._freedom, (1 + share) / 2))


def summed(runs: Floats) -> tuple[float, float, float]:
    """Return the mean over replications of a sum over places, and its 95 % interval.

    Each sum is rounded once, so that it does not depend on the order of the places.

    Args:
        runs: (places, replications).
    """
    sums = np.array([math.fsum(column) for column in runs.T])
    mean = math.fsum(sums) / len(sums)
    if len(sums) < 2:
        return mean, math.nan, math.nan
    # Places have luck of their own: the variance of the sum is the sum of theirs.
    variances = runs.var(axis=1, ddof=1)
    squares = float((variances**2).sum()) / (len(sums) - 1)
    if squares == 0:
        return mean, mean, mean
    # Satterthwaite's degrees of freedom, Biometrics Bulletin 2 (1946).
    freedom = float(variances.sum()) ** 2 / squares
    reach = float(stdtrit(freedom, 0.975)) * math.sqrt(float(variances.sum()) / len(sums))
    return mean, mean - reach, mean + reach


def country_of(study: Study) -> Country:
    """Return the country of a result.

    Raises:
        LookupError: If it is none of a country.
    """
    table = study.experiment.municipalities
    if table is None:
        raise LookupError("no municipalities")
    return Country(study, table)


def sampled(plan: Plan, count: int) -> Plan:
    """Return the plan of some municipalities alone, spread evenly by size.

    Args:
        plan: The plan of a country.
        count: How many; all, if there are fewer.
    """
    table = plan.experiment.municipalities
    assert table is not None
    of = len(table.places)
    chosen = (
        sorted({int((n + 0.5) * of / count) for n in range(count)}) if count < of else range(of)
    )
    experiment = plan.experiment
    levers = {key: _some(values, chosen) for key, values in experiment.values.items()}
    places = [table.places[n] for n in chosen]
    return replace(
        plan,
        experiment=experiment.model_copy(
            update={
                "levers": levers,
                "municipalities": table.model_copy(update={"places": places}),
            }
        ),
    )


def _some(values: Sequence[Any], chosen: Sequence[int]) -> list[Any]:
    return [values[n] for n in chosen]
