"""Measures of a simulation: one row per arm, one column per measure.

Measures are those of an appraisal (`net_present_value`), the sums of outcomes (`outcome.placed`),
what is gained of them (`gained.placed`), present values (`total.cost`, `total.qaly`), costs by
administration (`cost.social`), and these year by year (`cost.social.2031`, `outcome.placed.2031`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

import numpy as np
import pandas as pd

from sisim.arrays import Floats
from sisim.economics.appraisal import AMOUNTS, payback
from sisim.economics.horizon import Horizon
from sisim.economics.valuation import Valuation
from sisim.i18n import t
from sisim.scenario.scenario import Scenario

NPV, PAYBACK = "net_present_value", "payback_year"
_AMOUNT = {NPV if name == "net" else name: name for name in AMOUNTS}
"""The appraisal's own name of each measure."""
RATIOS = ("benefit_cost_ratio", "return_on_investment", "internal_rate_of_return")
"""Measures that are no sums; they and the payback year may be undefined: see `why_undefined`."""
NAN = float("nan")


def names(scenario: Scenario) -> list[str]:
    """Return every measure that an experiment on `scenario` can keep.

    In kronor and fixed prices, discounted at the scenario's rate (present values where it is not
    0): `net_present_value`, `invested`, `lower_cost`, `financing`, `tail`, `income`,
    `deepest_discounted`, compared with `without`; `total.cost`, all costs of everyone;
    `cost.ADMINISTRATION`, what each pays. Not discounted: `deepest` and
    `cost.ADMINISTRATION.YEAR`. Ratios: `benefit_cost_ratio`, `return_on_investment`,
    `internal_rate_of_return`.
    `payback_year`: when the discounted net is no longer negative. `total.WEIGHT`: a discounted
    weight. `outcome.NAME`: entries or events in all years, or person-years;
    `outcome.NAME.YEAR`: by year, people on average. `gained.NAME`: units of an outcome or a weight
    that an arm gains, discounted: avoided where little is good.
    """
    gains = dict.fromkeys([*scenario.outcomes, *scenario.pathway.weights])
    payers = [f"cost.{name}" for name in _payers(scenario)]
    outcomes = [f"outcome.{name}" for name in scenario.outcomes]
    years = _years(scenario)
    return [
        *_AMOUNT,
        PAYBACK,
        *(f"total.{name}" for name in ("cost", *scenario.pathway.weights)),
        *payers,
        *outcomes,
        *(f"gained.{name}" for name in gains),
        *(f"{name}.{year}" for name in (*payers, *outcomes) for year in years),
    ]


def chosen(scenario: Scenario, patterns: Iterable[str]) -> list[str]:
    """Return the measures that match any of `patterns`, in which `*` stands for anything.

    Those by year are many: only a pattern with as many parts means them, as in `cost.*.*`. No
    pattern: every measure but those by year.
    """
    wanted = list(patterns) or ["*"]

    def means(pattern: str, name: str) -> bool:
        whole = name.count(".") == pattern.count(".") or not _by_year(name, scenario)
        return whole and fnmatchcase(name, pattern)

    return [name for name in names(scenario) if any(means(one, name) for one in wanted)]


def turning_point(measure: str) -> float | None:
    """Return the value at which a measure turns from loss to gain; None of a year, which does not.

    Examples:
        >>> turning_point("net_present_value"), turning_point("benefit_cost_ratio")
        (0.0, 1.0)
    """
    return {PAYBACK: None, "benefit_cost_ratio": 1.0}.get(measure, 0.0)


def why_undefined(measure: str) -> str:
    """Return why a measure is undefined (NaN) in some runs, as a clause; empty if it never is."""
    if measure == PAYBACK:
        return t("nothing is invested, or it is not paid back within the horizon")
    if measure == "internal_rate_of_return":
        return t("there is no single rate at which costs and savings are equal")
    return t("nothing is invested") if measure in RATIOS else ""


def measured(result: Valuation, wanted: Sequence[str]) -> pd.DataFrame:
    """Return the measures of a result, a row for each replication and arm, `without` first.

    Columns: replication, seed, arm, and `wanted`. What compares with `without` is 0 in `without`,
    or undefined (NaN) if it is a ratio or a year.
    """
    arms = result.counts.arms
    runs = len(result.seeds)
    columns: dict[str, Floats] = {}
    kinds = {name.partition(".")[0] for name in wanted}
    if kinds & {*_AMOUNT, PAYBACK}:
        columns |= _appraised(result, PAYBACK in kinds)
    if "total" in kinds:
        table = result.totals
        for name in dict.fromkeys(table["measure"]):
            own = table.loc[table["measure"] == name, "total"]
            columns[f"total.{name}"] = own.to_numpy(np.float64).reshape(runs, len(arms))
    if "cost" in kinds:
        columns |= _costs(result)
    if "outcome" in kinds:
        columns |= _outcomes(result)
    if "gained" in kinds:
        columns |= {f"gained.{one.measure.name}": one.effect for one in result.effectiveness}
    nothing = np.zeros((runs, len(arms)))
    return pd.DataFrame(
        {
            "replication": np.repeat(np.arange(runs), len(arms)),
            "seed": np.repeat(np.array(result.seeds, np.int64), len(arms)),
            "arm": list(arms) * runs,
            **{name: columns.get(name, nothing).ravel() for name in wanted},
        }
    )


def _appraised(result: Valuation, with_payback: bool) -> dict[str, Floats]:
    runs, arms = len(result.seeds), result.counts.arms
    found = {n: np.full((runs, len(arms)), NAN if n in RATIOS else 0.0) for n in _AMOUNT}
    found[PAYBACK] = np.full((runs, len(arms)), NAN)
    for number, arm in enumerate(arms[1:], start=1):
        worth = result.appraisal[arm]
        for name, own in _AMOUNT.items():
            found[name][:, number] = worth.amounts[own]
        for run in range(runs if with_payback else 0):
            one = slice(run, run + 1)
            year = payback(worth.horizon, worth.cost[one], worth.discounted[one])
            found[PAYBACK][run, number] = NAN if year is None else year
    return found


def _costs(result: Valuation) -> dict[str, Floats]:
    """Return what each administration pays: its present value, and by year."""
    horizon = Horizon(result.counts, result.settled.amounts.shape[2])
    rate = result.scenario.economy.discount_costs.value
    years = np.unique(horizon.years)
    found: dict[str, Floats] = {}
    for payer, paid in result.settled.sums(lambda line: line.administration).items():
        flows = horizon.flows(paid)
        found[f"cost.{payer}"] = horizon.present_value(flows, rate)
        yearly = horizon.yearly(flows)
        found |= {f"cost.{payer}.{year}": yearly[..., n] for n, year in enumerate(years)}
    return found


def _outcomes(result: Valuation) -> dict[str, Floats]:
    table = result.outcomes()
    start = result.scenario.time.first_year
    first = start - int(table["year"].min()) if len(table) else 0
    shape = (len(result.seeds), len(result.counts.arms), -1)
    found: dict[str, Floats] = {}
    for name, own in table[table["year"] >= start].groupby("outcome", sort=False, observed=True):
        values = own["value"].to_numpy(np.float64).reshape(shape)
        # People on average are no person-years where a year is not whole.
        found[f"outcome.{name}"] = result.outcome_units[str(name)][..., first:].sum(axis=-1)
        years = dict.fromkeys(own["year"])
        found |= {f"outcome.{name}.{year}": values[..., n] for n, year in enumerate(years)}
    return found


def _payers(scenario: Scenario) -> list[str]:
    own = [payer for one in scenario.investments.values() for payer in one.cost.shares]
    return list(
        dict.fromkeys(
            [
                *scenario.pathway.administrations,
                *scenario.funds,
                *scenario.private_payers,
                *own,
            ]
        )
    )


def _years(scenario: Scenario) -> range:
    return scenario.time.all_years


def _by_year(name: str, scenario: Scenario) -> bool:
    last = name.rpartition(".")[2]
    return "." in name and last.isdigit() and int(last) in _years(scenario)
