"""Areas that begin one after another, in a known world and against statsmodels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from helpers import ev1

from sisim import load
from sisim.evaluation.stepped_wedge import stepped_wedge
from sisim.evaluation.study import evaluate

EV1 = Path(__file__).parents[1] / "helpers" / "ev1.toml"
FACTORS = np.linspace(0.8, 1.2, 8)
START = np.arange(8) // 2
PERIODS = np.arange(-1, 5)


def wedge() -> tuple[pd.DataFrame, np.ndarray]:
    """Return eight areas of which two begin in each of years 0-3, 60 people a year in each."""
    rows = [
        (
            f"a{area}",
            2026 + int(period),
            bool(period >= START[area]),
            60,
            ev1.risk(2026 + int(period), factor, ev1.RATIO if period >= START[area] else 1.0),
        )
        for area, factor in enumerate(FACTORS)
        for period in PERIODS
    ]
    return ev1.table(rows)


def limit() -> float:
    """Return the limit of two-way fixed effects, by deducting means of means from who is treated.

    Frisch & Waugh: with equal cells the estimate is a weighted sum of the cells' risks, the weights
    being what area and year do not tell of being treated.
    """
    treated = START[:, None] <= PERIODS
    left = treated - treated.mean(1, keepdims=True) - treated.mean(0) + treated.mean()
    risks = np.array(
        [
            [ev1.risk(2026 + int(p), f, ev1.RATIO if p >= s else 1.0) for p in PERIODS]
            for f, s in zip(FACTORS, START, strict=True)
        ]
    )
    return float(-(left * risks).sum() / (left**2).sum())


def true_mean() -> float:
    """Return the mean effect over cells that are treated."""
    return float(
        np.mean(
            [
                ev1.risk(2026 + int(p), f) - ev1.risk(2026 + int(p), f, ev1.RATIO)
                for f, s in zip(FACTORS, START, strict=True)
                for p in PERIODS
                if p >= s
            ]
        )
    )


class TestAKnownWorld:
    """Eight areas, effects that differ by area and year."""

    def test_in_the_long_run_it_says_the_limit_of_fixed_effects(self) -> None:
        people, risks = wedge()
        found = stepped_wedge(people.assign(outcome=risks))
        assert found.value == pytest.approx(limit(), abs=1e-12)
        assert found.clusters == 8

    def test_that_is_nearer_the_mean_effect_than_a_naive_difference_but_not_it(self) -> None:
        """Effects shrink with the years, and areas that begin early count less in later ones."""
        people, risks = wedge()
        treated = people["treated"].to_numpy()
        naive = risks[~treated].mean() - risks[treated].mean()
        assert true_mean() == pytest.approx(0.070090, abs=5e-6)
        assert limit() == pytest.approx(0.081306, abs=5e-6)
        # The later years, in which more are treated, are better by themselves.
        assert naive == pytest.approx(0.144906, abs=5e-6)
        assert abs(limit() - true_mean()) < abs(naive - true_mean()) / 2

    def test_studies_vary_about_the_limit_and_by_as_much_as_they_say(self) -> None:
        people, risks = wedge()
        rng = np.random.default_rng(1)
        found = [stepped_wedge(ev1.placed(rng, people, risks)) for _ in range(150)]
        values = np.array([one.value for one in found])
        assert abs(values.mean() - limit()) < 4 * values.std() / 150**0.5
        # Eight clusters: unreliable, and low on average.
        assert 0.6 < np.mean([one.error for one in found]) / values.std() < 1.2
        held = np.mean([one.low <= limit() <= one.high for one in found])
        assert 0.8 < held < 1


def test_a_simulated_world_says_the_limit_of_fixed_effects() -> None:
    """Four areas that begin a year apart from 2026: the last one only when nobody is looked at."""
    factors, years = dict(zip("abcd", np.linspace(0.8, 1.2, 4), strict=True)), range(2024, 2029)
    begins = dict(zip("abcd", range(2026, 2030), strict=True))
    people, risks = ev1.table(
        [
            (a, y, y >= begins[a], 60, ev1.risk(y, f, ev1.RATIO if y >= begins[a] else 1.0))
            for a, f in factors.items()
            for y in years
        ]
    )
    expected = stepped_wedge(people.assign(outcome=risks)).value
    scenario = load(
        EV1,
        {
            "population.residents": 240,
            "population.areas": {a: {"label": a, "share": 0.25} for a in factors},
            "factors.area.values": factors,
            "investments.team": {"areas": list(factors), "interval": 12},
            "evaluations": {
                "steps": {
                    "label": "By steps",
                    "design": "stepped",
                    "order": list(factors),
                    "cohorts": {"from": "2024-01", "below": "2029-01"},
                    "outcome": {"transition": "placed_again", "within": 12},
                }
            },
        },
    )
    row = evaluate(scenario, ["steps"], draws=60, worlds=["effect"]).designs.iloc[0]
    assert row["failed"] == 0
    assert abs(row["mean"] - expected) < 4 * row["sd"] / 60**0.5


class TestSteppedWedge:
    """Two-way fixed effects."""

    @pytest.mark.parametrize("clusters", [False, True])
    def test_it_is_that_of_statsmodels_on_people(self, clusters: bool) -> None:
        rng = np.random.default_rng(2)
        people, risks = wedge()
        people = ev1.placed(rng, people, risks)[rng.random(len(risks)) < 0.6]
        if clusters:
            people = people.assign(cluster=people["area"].str[1].astype(int) // 2)
        dummies = pd.get_dummies(people[["area", "year"]].astype(str), drop_first=True)
        x = np.column_stack([people["treated"], np.ones(len(people)), dummies]).astype(float)
        groups = pd.factorize(people["cluster" if clusters else "area"])[0]
        known = sm.OLS(people["outcome"].to_numpy(), x).fit(
            cov_type="cluster", cov_kwds={"groups": groups}, use_t=True
        )
        found = stepped_wedge(people)
        assert (found.value, found.error) == pytest.approx((-known.params[0], known.bse[0]))
        assert found.clusters == (4 if clusters else 8)
        assert found.p == pytest.approx(known.pvalues[0], rel=1e-6)

    def test_where_all_begin_at_once_nothing_tells_time_from_treatment(self) -> None:
        people, risks = wedge()
        people = people.assign(outcome=risks, treated=people["year"] >= 2027)
        failed = stepped_wedge(people).failed
        assert failed is not None
        assert "follows from all the rest" in failed.in_language("en")

    def test_periods_may_be_finer_than_years(self) -> None:
        people, risks = wedge()
        people = people.assign(outcome=risks, half=people["year"] + people["person"] % 2 / 2)
        assert stepped_wedge(people, period="half").value == pytest.approx(limit())
