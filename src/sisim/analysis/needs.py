"""Where the needs are: outcomes and costs by group and administration, and who bears several.

A cross-sector analysis of needs (question 2, step 1). It looks at those who are residents when the
scenario begins, and at the years that follow if nothing is invested. Costs are in fixed prices, not
discounted, of all who pay.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pandas as pd

from sisim.analysis.concentration import gini, lorenz, top_share
from sisim.analysis.targeting import found, highest, with_rules
from sisim.arrays import Flags, Floats
from sisim.economics.discounting import cycle_weights
from sisim.economics.ledger import ORE
from sisim.economics.prices import PriceList
from sisim.engine.individual_use import Individuals, individuals
from sisim.engine.simulation import Progress
from sisim.scenario.scenario import Scenario

TOPS = (0.01, 0.05, 0.1, 0.2)
"""Shares of people whose share of the cost is told."""
RISK_SHARES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
"""How many are pointed out, where people are ranked by risk."""
CURVE = np.linspace(0, 1, 101)
ALL = "all"
"""Every administration together."""

Kind = Literal["everyone", "target", "rule", "group", "area", "attribute", "age"]
"""What a group of people goes by."""


@dataclass(frozen=True)
class Needs:
    """Where the needs are, in each of some replications.

    Tables have a row per replication and what is looked at; see `mean_of` for what to show.

    Attributes:
        scenario: Whose needs, with any rules of the reader's as investments.
        seeds: The seed of each replication.
        years: How many years are looked at.
        find: The group that is to be found by a rule.
        rules: The names of the reader's own rules, among the investments.
        ordinary: Whether what everyone has (school for all) is among the costs.
        new: Whether rules are judged among those who are not in the group already.
        groups: People, outcomes and cost of each group. Columns: replication, kind, group, people,
            share_of_people, share_of_cost, cost (of each person and year, SEK), cost.ADMINISTRATION
            and in.GROUP (the share that is in it at some time in these years).
        concentration: How unevenly costs are spread. Columns: replication, administration ("all":
            together), share_with_cost, gini, top_1, top_5, top_10, top_20.
        curve: The Lorenz curve. Columns: replication, share_of_people, share_of_cost.
        books: In how many administrations' books people are in the same year. Columns: replication,
            administrations, share_of_people, share_of_cost.
        overlap: Who is in two books in the same year. Columns: replication, administration, other,
            people (per year), share (of those in the first).
        found: What each rule finds. Columns: replication, rule, kind, share (if it goes by rank),
            and those of `targeting.Found.row`.
    """

    scenario: Scenario
    seeds: tuple[int, ...]
    years: float
    find: str
    rules: tuple[str, ...]
    ordinary: bool
    new: bool
    groups: pd.DataFrame
    concentration: pd.DataFrame
    curve: pd.DataFrame
    books: pd.DataFrame
    overlap: pd.DataFrame
    found: pd.DataFrame

    @cached_property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """Everything as means over the replications, with their standard errors."""
        by = {
            "groups": ["kind", "group"],
            "concentration": ["administration"],
            "lorenz": ["share_of_people"],
            "books": ["administrations"],
            "overlap": ["administration", "other"],
            "rules": ["rule", "kind", "share"],
        }
        parts = (self.groups, self.concentration, self.curve, self.books, self.overlap, self.found)
        return {
            f"needs-{name}": mean_of(table, keys)
            for (name, keys), table in zip(by.items(), parts, strict=True)
        }


def mean_of(table: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Return means over replications, and beside each its standard error (NaN for a single one)."""
    grouped = table.drop(columns="replication").groupby(list(by), sort=False, dropna=False)
    mean, error = grouped.mean(), grouped.sem()
    columns = {}
    for name in mean:
        columns[name] = mean[name]
        columns[f"{name}_error"] = error[name]
    return pd.DataFrame(columns, index=mean.index).reset_index()


@dataclass(frozen=True)
class Search:
    """Who should be found, and the targeting rules that are tried.

    Attributes:
        find: A group of the pathway that a rule should find; None: that of the figures, or of the
            first outcome, or the pathway's first.
        rules: Targeting rules, by what they are called, as `target` is written in a file; those of
            the scenario's investments are tried anyhow.
        risk_of: Transitions by whose risk people are ranked, as rules too.
    """

    find: str | None = None
    rules: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    risk_of: Sequence[str] = ()


def needs(
    scenario: Scenario,
    *,
    years: float = 5,
    search: Search | None = None,
    ordinary: bool = False,
    new: bool = False,
    seed: int | None = None,
    replications: int | None = None,
    progress: Progress | None = None,
) -> Needs:
    """Return where the needs are in the first years of a scenario, if nothing is invested.

    Args:
        scenario: The scenario.
        years: How many years are looked at.
        search: Who should be found, and by what rules.
        ordinary: With what everyone has, such as school for all.
        new: Judge rules among those only who are not in the group already.
        seed: The seed of the first replication; unset: the scenario's.
        replications: How many; unset: as many as the scenario says.
        progress: Called with the replications done and how many there are.

    Raises:
        ScenarioError: If a rule is not well.
        LookupError: If there is no such group or transition; the pathway has no group.
    """
    pathway = scenario.pathway
    search = search or Search()
    chosen = case_of(scenario) if search.find is None else search.find
    if chosen not in pathway.groups:
        raise LookupError(chosen)
    if unknown := [name for name in search.risk_of if name not in pathway.transitions]:
        raise LookupError(unknown[0])
    asked, own = with_rules(scenario, search.rules)
    first = scenario.seed if seed is None else seed
    count = scenario.replications if replications is None else replications
    seeds = tuple(range(first, first + count))
    parts: dict[str, list[pd.DataFrame]] = {}
    cycles = cycle_weights(asked)
    for number, one in enumerate(seeds):
        if progress is not None:
            progress(number, count)
        people = individuals(asked, one, cycles=cycles, years=years, risk_of=tuple(search.risk_of))
        for name, table in _one(people, chosen, own, ordinary, new).items():
            table.insert(0, "replication", number)
            parts.setdefault(name, []).append(table)
    whole = {name: pd.concat(tables, ignore_index=True) for name, tables in parts.items()}
    return Needs(
        scenario=asked,
        seeds=seeds,
        years=min(years, scenario.time.years),
        find=chosen,
        rules=own,
        ordinary=ordinary,
        new=new,
        **whole,
    )


def case_of(scenario: Scenario) -> str:
    """Return the group that a scenario is most about.

    Raises:
        LookupError: If its pathway has no group.
    """
    if scenario.figures is not None:
        return scenario.figures.case
    named = [one.group for one in scenario.outcomes.values() if one.group is not None]
    found = next(iter([*named, *scenario.pathway.groups]), None)
    if found is None:
        raise LookupError("")
    return found


def cost(people: Individuals, *, ordinary: bool = False) -> Floats:
    """Return what each person costs each administration, in fixed prices.

    Returns:
        SEK, (periods, people, administrations), administrations in the pathway's order.
    """
    scenario = people.compiled.scenario
    administrations = list(scenario.pathway.administrations)
    prices = PriceList(scenario, np.array([year for year, _ in people.periods]), current=False)
    found = np.zeros((*people.units.shape[:2], len(administrations)))
    for number, resource in enumerate(scenario.pathway.resources.values()):
        if resource.ordinary and not ordinary:
            continue
        price = prices.of(resource)
        amount = people.units[..., number] * price[:, None]
        for name, share in resource.shares.items():
            found[..., administrations.index(name)] += amount * share
    return found


def _one(
    people: Individuals, find: str, rules: tuple[str, ...], ordinary: bool, new: bool
) -> dict[str, pd.DataFrame]:
    """Return the tables of one replication."""
    here = people.at_start
    by_period = cost(people, ordinary=ordinary)[:, here]
    years = [year for _, year in people.periods]
    yearly = np.stack(
        [by_period[[y == year for y in years]].sum(axis=0) for year in dict.fromkeys(years)]
    )
    return {
        "groups": _groups(people, yearly, find, rules),
        "concentration": _concentration(people, yearly.sum(axis=0)),
        "curve": pd.DataFrame(
            {
                "share_of_people": CURVE,
                "share_of_cost": lorenz(yearly.sum(axis=(0, 2)), CURVE),
            }
        ),
        "books": _books(yearly),
        "overlap": _overlap(people, yearly),
        "found": pd.DataFrame(_found(people, find, rules, new)),
    }


def _groups(people: Individuals, yearly: Floats, find: str, rules: tuple[str, ...]) -> pd.DataFrame:
    scenario = people.compiled.scenario
    names = list(scenario.pathway.administrations)
    here = people.at_start
    each = yearly.sum(axis=0) / len(yearly)
    whole = max(float(each.sum()), ORE)
    wanted = wanted_groups(scenario, find)
    inside = {name: people.ever[people.compiled.groups.index(name), here] for name in wanted}
    rows = []
    for kind, name, members in _memberships(people, inside, rules):
        own = each[members]
        n = len(own)
        mean = own.mean(axis=0) if n else np.full(len(names), np.nan)
        rows.append(
            {
                "kind": kind,
                "group": name,
                "people": float(n),
                "share_of_people": n / max(int(here.sum()), 1),
                "share_of_cost": float(own.sum()) / whole,
                "cost": float(mean.sum()),
                **{f"cost.{a}": float(m) for a, m in zip(names, mean, strict=True)},
                **{f"in.{g}": float(f[members].mean()) if n else np.nan for g, f in inside.items()},
            }
        )
    return pd.DataFrame(rows)


def wanted_groups(scenario: Scenario, find: str) -> list[str]:
    """Return the groups of the pathway that count as outcomes: the scenario's, and `find`."""
    named = [one.group for one in scenario.outcomes.values() if one.group is not None]
    return list(dict.fromkeys([find, *named]))


def _memberships(
    people: Individuals, inside: Mapping[str, Flags], rules: tuple[str, ...]
) -> Iterator[tuple[Kind, str, Flags]]:
    """Yield every group of people there is, and who of those there at the opening are in it."""
    compiled, here = people.compiled, people.at_start
    scenario, who = compiled.scenario, people.people
    yield "everyone", "", np.ones(int(here.sum()), np.bool_)
    for number, name in enumerate(compiled.investments):
        yield ("rule" if name in rules else "target"), name, people.targets[number, here]
    for name, members in inside.items():
        yield "group", name, members
    for number, name in enumerate(compiled.areas if scenario.population.areas else []):
        yield "area", name, (who.area == number)[here]
    for number, name in enumerate(compiled.attributes[: len(who.codes)]):
        for code, category in enumerate(scenario.pathway.attributes[name].shares):
            yield "attribute", f"{name}.{category}", (who.codes[number] == code)[here]
    for grouping, spec in scenario.pathway.groupings.items():
        if spec.feature == "age":
            start = compiled.clock.start
            age = (start - who.born[here]) / compiled.clock.per_year
            band = np.searchsorted(spec.below, age, "right")
            for number, label in enumerate(compiled.groupings[grouping]):
                yield "age", label, band == number


def _concentration(people: Individuals, each: Floats) -> pd.DataFrame:
    names = list(people.compiled.scenario.pathway.administrations)
    columns = {ALL: each.sum(axis=1)} | {
        name: each[:, n] for n, name in enumerate(names) if each[:, n].any()
    }
    return pd.DataFrame(
        [
            {
                "administration": name,
                "share_with_cost": float((amounts > ORE).mean()),
                "gini": gini(amounts),
                **{f"top_{round(100 * top)}": top_share(amounts, top) for top in TOPS},
            }
            for name, amounts in columns.items()
        ]
    )


def _books(yearly: Floats) -> pd.DataFrame:
    count = (yearly > ORE).sum(axis=2)
    paid = yearly.sum(axis=2)
    return pd.DataFrame(
        [
            {
                "administrations": number,
                "share_of_people": float((count == number).mean()),
                "share_of_cost": float(paid[count == number].sum() / max(paid.sum(), ORE)),
            }
            for number in range(yearly.shape[2] + 1)
        ]
    )


def _overlap(people: Individuals, yearly: Floats) -> pd.DataFrame:
    names = list(people.compiled.scenario.pathway.administrations)
    inside = (yearly > ORE).reshape(-1, len(names)).astype(np.float64)
    both = inside.T @ inside / len(yearly)
    return pd.DataFrame(
        [
            {
                "administration": one,
                "other": other,
                "people": float(both[a, b]),
                "share": float(both[a, b] / both[a, a]) if both[a, a] else np.nan,
            }
            for a, one in enumerate(names)
            for b, other in enumerate(names)
        ]
    )


def _found(
    people: Individuals, find: str, rules: tuple[str, ...], new: bool
) -> Iterator[dict[str, Any]]:
    compiled = people.compiled
    group = compiled.groups.index(find)
    judged = people.at_start & ~people.now[group] if new else people.at_start
    cases = people.ever[group, judged]
    for number, name in enumerate(compiled.investments):
        kind = "rule" if name in rules else "target"
        flagged = people.targets[number, judged]
        yield {"rule": name, "kind": kind, "share": np.nan, **found(flagged, cases).row()}
    for name, risk in people.risk.items():
        for share in RISK_SHARES:
            row = found(highest(risk[judged], share), cases).row()
            yield {"rule": name, "kind": "risk", "share": share, **row}
