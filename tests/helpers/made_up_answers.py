"""Answers of every analysis made up for its pictures and sentences: nothing is simulated."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from sisim.analysis.monitoring import FollowUp, Indicator
from sisim.analysis.needs import Needs
from sisim.analysis.psa import Probabilistic
from sisim.analysis.scale_up import Implementation, Version
from sisim.analysis.scenario_discovery import Box, BoxSide
from sisim.analysis.threshold import BreakEven
from sisim.loading.load import changed, load_scenario
from sisim.report.analysis.analysis_frame import Subject
from sisim.report.analysis.change_words import ChangeWords
from sisim.scenario.scenario import Scenario

REACH = "investments.team.reach"
RUNNING = "investments.team.cost.running"
LASTING = "investments.team.effects.0.persistence.years"
YEARS = "investments.team.years"
DISCOUNT = "economy.discount_costs"
KEYS = (REACH, RUNNING, LASTING, "drift.prices.care", DISCOUNT, "population.residents")


@cache
def ready() -> Scenario:
    """Return the ready scenario, whose words the answers are put in."""
    return load_scenario("placed-youth")


def subject(measure: str = "net_present_value", arm: str = "project") -> Subject:
    """Return what is asked of the ready scenario."""
    return Subject(ready(), (1, 2, 3, 4, 5), arm, measure)


def tornado_table(bars: int = len(KEYS)) -> pd.DataFrame:
    """Return a one-way table: the first number turns the sign, later ones matter less."""
    rows = []
    for number in range(bars):
        reach = 6e6 / (number + 1)
        rows.append(
            {
                "key": KEYS[number % len(KEYS)],
                "value": 0.8,
                "low": 0.6,
                "high": 0.9,
                "grade": "assumption",
                "source": "",
                "base": 2e6,
                "at_low": 2e6 - reach,
                "at_high": 2e6 + reach / 2,
                "swing": 1.5 * reach,
                "swing_error": 1.5e5,
                "changes_sign": reach > 2e6,
                "above": 4,
                "undefined": 0,
                "undefined_low": 0,
                "undefined_high": 0,
                "tells": True,
            }
        )
    return pd.DataFrame(rows)


def sobol_table() -> pd.DataFrame:
    """Return Sobol indices that fall from number to number."""
    first = np.array([0.5, 0.2, 0.1, 0.05, 0.0, -0.01])
    return pd.DataFrame(
        {"key": KEYS, "first": first, "first_error": 0.02, "total": first + 0.06}
        | {"total_error": 0.05, "tells": first > 0, "points": 512, "undefined": 0}
    )


def morris_table() -> pd.DataFrame:
    """Return elementary effects that fall from number to number, every other below zero."""
    star = np.array([6e6, 4e6, 2e6, 1e6, 5e5, 1e5])
    sign = np.array([1, -1, 1, -1, 1, -1])
    return pd.DataFrame(
        {"key": KEYS, "mu": sign * star, "mu_star": star, "mu_star_error": 1e5, "sigma": star / 3}
        | {"tells": True, "points": 70, "undefined": 0}
    )


def grid(columns: int = 5) -> pd.DataFrame:
    """Return a two-way table that turns from below to above zero."""
    return pd.DataFrame(
        [
            {REACH: x, YEARS: y, "mean": 1e7 * (x + y / 10 - 0.9), "standard_error": 4e5}
            | {"undefined": 0}
            for y in (2, 3, 4)
            for x in np.linspace(0.4, 0.9, columns)
        ]
    )


def break_even(key: str = REACH, turn: float | None = 0.7) -> BreakEven:
    """Return a curve along a number that turns at a value, or (None) stays below zero."""
    x = np.linspace(0.4, 0.9, 5)
    y = 2e7 * (x - (1.2 if turn is None else turn))
    curve = pd.DataFrame({"value": x, "mean": y, "standard_error": 3e5, "undefined": 0})
    if turn is None:
        return BreakEven(key, 0.8, (), (), curve, "below", 0.9)
    return BreakEven(key, 0.8, (turn,), (0.015,), curve)


def diff_table(changes: int = 3) -> pd.DataFrame:
    """Return what some changes do alone, one that does not fit alone, and what all do together."""
    alone = [
        {
            "kind": "change",
            "key": KEYS[number % len(KEYS)],
            "before": "0.6",
            "after": "0.8",
            "result": 2e6 + effect,
            "effect": effect,
            "effect_error": 2e5,
            "fits": True,
            "undefined": 0,
        }
        for number in range(changes)
        for effect in [(-1) ** number * 3e6 / (number + 1)]
    ]
    lost = {"kind": "change", "key": YEARS, "before": "3", "after": "4", "fits": False}
    total = sum(one["effect"] for one in alone) + 4e5
    head = ["kind", "key", "before", "after", "fits"]
    columns = [*head, "result", "effect", "effect_error", "undefined"]
    rows: list[dict[str, Any]] = [
        {"kind": "first", "result": 2e6},
        *alone,
        lost,
        {"kind": "together", "effect": 4e5, "effect_error": 1e5},
        {"kind": "second", "result": 2e6 + total, "effect": total, "effect_error": 1e5},
    ]
    return pd.DataFrame(rows, columns=columns)


@cache
def change_words() -> ChangeWords:
    """Return the words for changes of all that `diff_table` changes."""
    other = {REACH: 0.7, RUNNING: 7.1e6, LASTING: 2.2, "drift.prices.care": 0.03, DISCOUNT: 0.051}
    other |= {"population.residents": 9000, YEARS: 4}
    return ChangeWords(ready(), changed(ready(), other))


def draws(count: int = 60) -> tuple[pd.DataFrame, np.ndarray]:
    """Return uncertain numbers, a row a draw, and a result that fails where reach is low."""
    rng = np.random.default_rng(3)
    drawn = pd.DataFrame(
        {
            REACH: rng.uniform(0.6, 0.9, count),
            RUNNING: rng.uniform(5.5e6, 8e6, count),
            DISCOUNT: rng.uniform(0.02, 0.05, count),
        }
    )
    net = 4e7 * (drawn[REACH].to_numpy() - 0.7) - 2 * (drawn[RUNNING].to_numpy() - 6.7e6)
    return drawn, net


def box(*keys: str) -> Box:
    """Return a region bounded on some of the numbers; of none, everything."""
    sides = {
        REACH: BoxSide(REACH, None, 0.72, 0.001),
        RUNNING: BoxSide(RUNNING, 6e6, None, 0.01),
        DISCOUNT: BoxSide(DISCOUNT, 0.025, 0.045, 0.02),
    }
    return Box(tuple(sides[key] for key in keys), 0.9, 0.75, 0.4, np.ones(60, np.bool_))


def mix_table() -> tuple[pd.DataFrame, dict[str, str]]:
    """Return which options are best within three budgets, and their names."""
    options = {"one/project": (5e6, 8e6), "one/new_way": (9e6, 12e6), "other/project": (4e6, 5e6)}
    best = {
        4e6: {"other/project"},
        9e6: {"one/project", "other/project"},
        1e6: set(),
    }
    rows = [
        {
            "budget": budget,
            "case": name.split("/")[0],
            "option": name.split("/")[1],
            "cost": cost,
            "worth": worth,
            "positive": 0.8,
            "chosen": name in chosen,
        }
        for budget, chosen in sorted(best.items())
        for name, (cost, worth) in options.items()
    ]
    names = {name: f"{name.split('/')[0]}: {name.split('/')[1]}" for name in options}
    return pd.DataFrame(rows), names


def probabilistic(count: int = 40) -> Probabilistic:
    """Return a probabilistic analysis of three arms: both gain, the new way more and dearer."""
    drawn, _ = draws(count)
    rng = np.random.default_rng(5)
    rows = []
    for draw in range(count):
        for replication in range(2):
            for number, arm in enumerate(("without", "project", "new_way")):
                npv = number * (4e7 * (drawn[REACH][draw] - 0.7) + rng.normal(0, 1e6))
                gained = number * (20 + rng.normal(0, 8))
                yearly = {
                    f"cost.{payer}.{year}": number * share * (3e6 - 5e5 * (year - 2026) * draw / 10)
                    for payer, share in (("social", 1.0), ("education", -0.2))
                    for year in range(2026, 2036)
                }
                rows.append(
                    {"point": draw, "replication": replication, "arm": arm}
                    | {"net_present_value": npv, "gained.placed": gained}
                    | yearly
                )
    return Probabilistic(ready(), drawn, pd.DataFrame(rows))


def needs(*, new: bool = False, ordinary: bool = False) -> Needs:
    """Return needs of two replications, with a target group, a rule, a risk, areas and ages."""
    payers = list(ready().pathway.administrations)
    curve = np.linspace(0, 1, 101)
    names = [
        ("everyone", "", 20000.0, 1.0, 4e4),
        ("target", "team", 150.0, 0.25, 6e5),
        ("group", "placed", 180.0, 0.35, 8e5),
        ("group", "institution", 40.0, 0.15, 1.5e6),
        ("area", "centrum", 6000.0, 0.2, 2e4),
        ("area", "soder", 5000.0, 0.4, 6e4),
        ("attribute", "sex.boy", 10000.0, 0.6, 5e4),
        ("age", "12-18", 3000.0, 0.5, 1e5),
    ]
    shares = {"education": 0.3, "social": 0.45, "labour": 0.05, "health": 0.1, "state": 0.1}
    tables: dict[str, list[pd.DataFrame]] = {}
    for replication in range(2):
        wobble = 1 + 0.02 * replication
        groups = [
            {"kind": kind, "group": name, "people": people, "share_of_people": people / 20000}
            | {"share_of_cost": share, "cost": cost * wobble}
            | {f"cost.{a}": cost * wobble * shares.get(a, 0.0) for a in payers}
            | {f"in.{group}": 0.3 for group in ("placed", "institution", "neet")}
            for kind, name, people, share, cost in names
        ]
        concentration = [
            {"administration": name, "share_with_cost": 0.3, "gini": 0.9 * wobble}
            | {"top_1": 0.3, "top_5": 0.6, "top_10": 0.75, "top_20": 0.9}
            for name in ("all", *payers)
        ]
        books = [
            {"administrations": n, "share_of_people": p, "share_of_cost": c}
            for n, p, c in ((0, 0.6, 0.0), (1, 0.25, 0.2), (2, 0.1, 0.3), (3, 0.05, 0.5))
        ]
        overlap = [
            {"administration": a, "other": b, "people": 0.1 / (1 + i + j), "share": 0.4}
            for i, a in enumerate(payers)
            for j, b in enumerate(payers)
        ]
        rules = [
            {"rule": rule, "kind": kind, "share": share, "flagged": flagged}
            | {"sensitivity": found, "positive_predictive_value": right, "specificity": 0.98}
            for rule, kind, share, flagged, found, right in (
                ("team", "target", np.nan, 150.0, 0.5, 0.8),
                ("placed_for_behaviour", "risk", 0.01, 200.0, 0.15, 0.06),
                ("placed_for_behaviour", "risk", 0.05, 0.0, 0.0, np.nan),
            )
        ]
        lorenz = {"share_of_people": curve, "share_of_cost": curve**8}
        for name, rows in (
            ("groups", groups),
            ("concentration", concentration),
            ("curve", lorenz),
            ("books", books),
            ("overlap", overlap),
            ("found", rules),
        ):
            table = pd.DataFrame(rows).assign(replication=replication)
            tables.setdefault(name, []).append(table)
    joined = {name: pd.concat(parts) for name, parts in tables.items()}
    return Needs(ready(), (1, 2), 5.0, "placed", (), ordinary, new, **joined)


MEASURES = (
    Indicator("target.team", "inflow", "team"),
    Indicator("begun.team", "activity", "team"),
    Indicator("spent.team", "cost", "team"),
    Indicator("reach.team", "reach", "team"),
    Indicator("participants.placed", "participants", "team", "placed"),
    Indicator("outcome.placed", "outcome", None, "placed"),
    Indicator("outcome.neet", "outcome", None, "neet"),
)


def follow_up(runs: int = 20) -> FollowUp:
    """Return a plan of follow-up at six, twelve and twenty-four months."""
    rng = np.random.default_rng(11)
    sizes = {"inflow": 150.0, "activity": 60.0, "cost": 6e6, "reach": 0.7}
    sizes |= {"participants": 0.5, "outcome": 180.0}
    rows = []
    for run in range(runs):
        for month in (6, 12, 24):
            for measure in MEASURES:
                value = sizes[measure.kind] * (0.6 + month / 60) * rng.normal(1, 0.06)
                other = 1.4 * value if measure.kind in ("participants", "outcome") else np.nan
                rows.append((run, month, measure.name, value, other))
    table = pd.DataFrame(rows, columns=["run", "month", "measure", "value", "without"])
    seeds = tuple(range(1, runs + 1))
    return FollowUp(ready(), "project", seeds, "investments", (6, 12, 24), MEASURES, table)


def observed() -> pd.DataFrame:
    """Return observations at a year: one in its range, one above, one below."""
    plan = follow_up().plan.set_index(["measure", "month"])
    rows = []
    for name, shift, outside, verdict in (
        ("begun.team", 0.0, 0, "as_planned"),
        ("spent.team", 3e6, 1, "above"),
        ("reach.team", -0.3, -1, "below"),
        ("outcome.placed", 0.0, 0, "cannot_tell"),
    ):
        own = plan.loc[(name, 12)]
        rows.append(
            {"month": 12, "measure": name, "observed": own["middle"] + shift, "low": own["low"]}
            | {"middle": own["middle"], "high": own["high"], "deviation": shift}
            | {"outside": outside, "verdict": verdict}
        )
    return pd.DataFrame(rows)


def scale_up(budget: float | None = 6e6) -> Implementation:
    """Return what full scale takes in the ready scenario, and what fits within a budget."""
    yearly = [
        {"replication": r, "year": year, "kind": kind, "administration": payer, "amount": amount}
        for r in range(2)
        for year in range(2026, 2046)
        for kind, payer, amount in (
            ("investment", "social", 7e6 if year < 2029 else 0.0),
            ("running", "social", 0.0 if year < 2029 else 9e6),
            ("replaced", "social", 0.0 if year < 2029 else -1.25e6),
            ("use", "social", -2e5 * (year - 2026)),
            ("use", "education", -1e5),
        )
    ]
    full = np.array([[9e6, 1.25e6, 7.75e6], [9.2e6, 1.25e6, 7.95e6]])
    versions = [Version("full", None, {}, False, full, np.array([120.0, 124.0]))]
    if budget is not None:
        small = full - [3e6, 0.0, 3e6]
        versions += [
            Version("reach", 0.4, {}, True, small, np.array([50.0, 52.0])),
            Version("capacity", None, {}, False, full, np.array([0.0, 0.0])),
            Version("areas", 2.0, {}, True, small, np.array([60.0, 61.0])),
        ]
    worth = pd.DataFrame(
        [
            {"version": v, "replication": r, "net_present_value": 5e7 - 1e7 * v}
            | {f"outcome.{name}": -80.0 + 10 * v for name in ready().outcomes}
            for v, one in enumerate(versions)
            if one.affordable or one.lever == "full"
            for r in range(2)
        ]
    )
    areas = list(ready().population.areas)
    rollout = pd.DataFrame({"area": areas, "begins": 2029.0, "full_scale": 2031.0})
    return Implementation(
        ready(),
        "new_way",
        "team",
        (1, 2),
        budget,
        2031,
        True,
        pd.DataFrame(yearly),
        rollout,
        tuple(versions),
        worth,
    )
