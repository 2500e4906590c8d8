"""How an investment spreads: held to a simulation and to sums by hand."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sisim.analysis.diffusion import (
    NEVER,
    PARTICIPANTS,
    Course,
    Diffusion,
    course_of,
    diffusion,
    pipeline,
    starts,
)
from sisim.i18n import LANGUAGES, Lang, in_language
from sisim.loading.load import load_scenario as load
from sisim.loading.municipalities import Municipalities, made_up
from sisim.report.analysis.diffusion_report import sentences
from sisim.scenario.spread import Programme, SpreadPlan, Support

FILE = Path(__file__).parents[1] / "helpers" / "gated.toml"
YEARS = (1, 5, 10, 15, 20, 25)
RUNS = 400


def by_hand(p: float, q: float, years: int = 25) -> np.ndarray:
    """Return the shares of infinitely many municipalities after each year."""
    share, found = 0.0, []
    for _ in range(years):
        share += (1 - share) * (1 - np.exp(-(p + q * share)))
        found.append(share)
    return np.array(found)


@cache
def simulated(p: float, q: float) -> np.ndarray:
    """Return the shares of 290 municipalities after each year, simulated apart, (runs, years)."""
    rng = np.random.default_rng(7)
    started = np.zeros((4000, 290), bool)
    found = []
    for _ in range(25):
        chance = 1 - np.exp(-(p + q * started.mean(axis=1)))
        started |= rng.random(started.shape) < chance[:, None]
        found.append(started.mean(axis=1))
    return np.array(found).T


def shares(begun: np.ndarray, years: int = 25) -> np.ndarray:
    return np.stack([(begun <= year).mean(axis=1) for year in range(years)], axis=1)


def number(value: float) -> Any:
    return {"value": value}


def plan(**keys: Any) -> SpreadPlan:
    return SpreadPlan.model_validate({"p": 0.01, "q": 0.4, **keys})


def test_of_very_many_it_is_the_published_curve() -> None:
    curve, with_support = by_hand(0.01, 0.4), by_hand(0.03, 0.4)
    at = [year - 1 for year in YEARS]
    published = [0.009950, 0.102091, 0.445274, 0.849010, 0.977046, 0.996973]
    assert curve[at] == pytest.approx(published, abs=1e-6)
    published = [0.029554, 0.268976, 0.752597, 0.962005, 0.995398, 0.999461]
    assert with_support[at] == pytest.approx(published, abs=1e-6)
    assert 290 * curve.sum() == pytest.approx(4313.1, abs=0.1)
    assert 290 * with_support.sum() == pytest.approx(5202.9, abs=0.1)
    many = starts(plan(), made_up(10_000), "alone", range(3))
    assert shares(many).mean(axis=0) == pytest.approx(curve, abs=0.02)


@pytest.mark.parametrize(("way", "p"), [("alone", 0.01), ("support", 0.03)])
def test_of_290_it_is_what_another_simulation_gives(way: Any, p: float) -> None:
    spec = plan(support=Support())
    found = shares(starts(spec, made_up(290), way, range(RUNS)))
    expected = simulated(p, 0.4)
    error = np.hypot(found.std(axis=0) / RUNS**0.5, expected.std(axis=0) / 4000**0.5)
    assert (np.abs(found.mean(axis=0) - expected.mean(axis=0)) < 4.5 * error + 1e-9).all()
    assert found[:, 9].std() == pytest.approx(expected[:, 9].std(), rel=0.15)


def test_it_differs_between_runs_of_290_as_published() -> None:
    at_ten = simulated(0.01, 0.4)[:, 9]
    assert at_ten.mean() == pytest.approx(0.4374, abs=0.006)
    assert at_ten.std() == pytest.approx(0.090, abs=0.003)


@given(
    p=st.floats(0, 0.3),
    q=st.floats(0, 2),
    more=st.floats(1, 5),
    weight=st.floats(0, 1),
    lag=st.integers(0, 5),
)
def test_support_lets_nobody_start_later(
    p: float, q: float, more: float, weight: float, lag: int
) -> None:
    spec = SpreadPlan.model_validate(
        {
            **{"p": p, "q": q, "years": 8, "region_weight": weight},
            "support": {"p": more, "q": more, "lag": lag},
            "programme": {"p": p * more, "years": 3},
        }
    )
    places = made_up(15)
    alone, support, programme = (
        starts(spec, places, way, range(2)) for way in ("alone", "support", "programme")
    )
    assert (support <= alone).all()
    assert (programme <= alone).all()
    assert (support[alone < lag] == alone[alone < lag]).all()


def test_another_municipality_moves_nobody_who_follows_nobody() -> None:
    spec = plan(q=0.0, p=0.2)
    some, more = made_up(20), made_up(23)
    assert (starts(spec, some, "alone", [3]) == starts(spec, more, "alone", [3])[:, :20]).all()


def test_what_is_seen_may_be_the_region_alone() -> None:
    """Half of the first region start at once, and the other region never sees them."""
    places = Municipalities(("a", "b", "c", "d"), np.array([0, 0, 1, 1]), np.ones(4), made_up=True)
    spec = plan(p=0.15, q=50.0, region_weight=1.0, years=12)
    found = starts(spec, places, "alone", range(60))
    for pair in (found[:, :2], found[:, 2:]):
        first, last = np.sort(pair, axis=1).T
        told = first < 11
        assert (last[told] <= first[told] + 1).all()
    gap = np.abs(found[:, :2].min(axis=1) - found[:, 2:].min(axis=1))
    assert gap.max() > 3


def test_nobody_follows_what_is_not_credibly_evaluated() -> None:
    places = made_up(50)
    unseen = starts(plan(power=0.0), places, "alone", range(5))
    alone = starts(plan(q=0.0), places, "alone", range(5))
    assert (unseen == alone).all()


def test_of_seven_who_analyse_four_go_on_a_year_later() -> None:
    stage = {"label": "Analysis", "goes_on": 4 / 7, "years": 1}
    spec = plan(p=0.3, q=0.0, years=12, stages={"analysis": stage})
    places, runs = made_up(290), range(20)
    analysed, begun = pipeline(spec, places, "alone", runs)
    assert (starts(spec, places, "alone", runs) == begun).all()
    # Who analyses does so as if nothing came after it.
    assert (analysed == starts(plan(p=0.3, q=0.0, years=12), places, "alone", runs)).all()
    gone_on = begun < NEVER
    assert (begun[gone_on] == analysed[gone_on] + 1).all()
    came = analysed < NEVER
    share = gone_on.sum() / came.sum()
    assert share == pytest.approx(4 / 7, abs=4.5 * (4 / 7 * 3 / 7 / came.sum()) ** 0.5)


@given(share=st.floats(0, 1), more=st.floats(0, 1), wait=st.integers(0, 3))
def test_the_more_go_on_the_sooner_everybody_starts(share: float, more: float, wait: int) -> None:
    def of(goes_on: float, years: int) -> np.ndarray:
        stage = {"label": "Analysis", "goes_on": goes_on, "years": years}
        spec = plan(p=0.1, q=1.0, years=8, stages={"analysis": stage})
        return starts(spec, made_up(15), "alone", range(2))

    low, high = sorted((share, more))
    assert (of(high, wait) <= of(low, wait)).all()
    assert (of(share, 0) <= of(share, wait)).all()
    assert (of(1.0, 0) == starts(plan(p=0.1, q=1.0, years=8), made_up(15), "alone", range(2))).all()


def test_a_programme_is_for_the_first_investment_alone() -> None:
    spec = plan(coming=2, every=3, years=12, programme=Programme.model_validate({"p": 5.0}))
    places = made_up(30)
    first, second = (starts(spec, places, "programme", [1], n) for n in (0, 1))
    assert (first == 0).mean() > 0.9
    assert second.min() >= 3
    assert (second == starts(spec, places, "alone", [1], 1)).all()


def test_sums_are_the_curve_shifted_by_residents() -> None:
    """Two municipalities, of 100 and 300 residents; one of 200 is simulated for three years."""
    places = Municipalities(("a", "b"), np.array([0, 0]), np.array([100.0, 300.0]), made_up=False)
    course = Course(200.0, 3, {"cost.social": np.array([[10.0, -20.0, -30.0]])})
    scenario = load(FILE, {"spread.years": 3, "spread.coming": 1})
    found = Diffusion(scenario, "project", places, (1,), course, {"alone": np.array([[[1, 0]]])})
    # a for two years: half of 10 − 20; b for three: one and a half times 10 − 20 − 30.
    assert found.sums["alone", "cost.social"].tolist() == [-5.0 - 60.0]
    assert found.sums["alone", "municipality_years"].tolist() == [5.0]
    none = Diffusion(
        scenario, "project", places, (1,), course, {"alone": np.full((1, 1, 2), NEVER)}
    )
    assert none.sums["alone", "cost.social"].tolist() == [0.0]


@pytest.fixture(scope="module")
def spread() -> Diffusion:
    return diffusion(load(FILE, {"spread.years": 5}), "project", runs=20, replications=2)


def test_the_first_municipality_gains_what_is_simulated(spread: Diffusion) -> None:
    """In the project all of one year's 60 who leave care in North take part, for three years."""
    assert spread.course.amounts[PARTICIPANTS].tolist() == [[60, 60, 60, 0, 0]] * 2
    assert spread.course.residents == 120
    assert set(spread.begun) == {"alone", "support", "programme"}


def test_what_furthers_spread_has_its_cost(spread: Diffusion) -> None:
    cost = {way: float(spread.sums[way, "cost.spread"][0]) for way in spread.begun}
    assert cost == {"alone": 0, "support": 20_000 * 40 * 5, "programme": 100_000 * 40 * 2}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_how_many_come_to_each_stage_is_told(spread: Diffusion, lang: Lang) -> None:
    stage = {"label": {"sv": "Nulägesanalys", "en": "Analysis"}, "goes_on": 0.5, "years": 1}
    scenario = load(FILE, {"spread.years": 5, "spread.stages": {"analysis": stage}})
    found = replace(spread, scenario=scenario)
    own = found.stages[found.stages["way"] == "alone"].set_index("stage")["municipalities"]
    assert 0 < own[""] < own["analysis"]
    with in_language(lang):
        said = " ".join(sentences(found))
    assert {"sv": "nulägesanalys", "en": "analysis"}[lang] in said


def test_an_investment_of_nothing_comes_to_nothing() -> None:
    none = load(
        FILE, {"investments.team.effects.0.ratio": 1, "investments.team.cost.per_participant": 0}
    )
    course = course_of(none, "project", 4, seed=1, replications=1)
    assert not course.amounts["outcome.again"].any()
    assert not [name for name in course.amounts if name.startswith("cost.")]
