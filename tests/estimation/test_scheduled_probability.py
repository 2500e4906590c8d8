"""Probabilities of scheduled transitions: who moved that month, of those who were there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.registers import HEAD, estimation
from scipy import optimize, stats

from sisim.estimation.estimate_file import EstimationPlan, load_estimation
from sisim.estimation.rates import (
    Estimates,
    PathwayRates,
    estimate,
    estimates,
    pathway_rates,
    read_extract,
)
from sisim.estimation.scheduled_probability import ProbabilityEstimate, scheduled_moves
from sisim.i18n import in_language
from sisim.loading.load import load_pathway, load_scenario
from sisim.report.estimation_figure import estimates_chart
from sisim.report.estimation_report import (
    estimated_values,
    probabilities_table,
    rate_lines,
    sentences,
)
from sisim.scenario.psa_draws import draw_values

PATHWAY = Path(__file__).parents[1] / "helpers" / "school-pathway.toml"
SCHOOL = {
    "states": '{ "9" = "grade_9", "B" = "eligible", "O" = "ineligible", "IM" = "introduction", '
    '"Slut" = "left" }',
    "pathway": PATHWAY.as_posix(),
}
ALONE = '[transitions.not_eligible]\nprior = "none"'
Told = Callable[..., Estimates]


def plan(folder: Path, text: str, track: str = "school", **more: Any) -> EstimationPlan:
    path = estimation(folder, text, **(SCHOOL | {"residents": 4000} | more))
    path.write_text(
        path.read_text(encoding="utf-8").replace('track = "care"', f'track = "{track}"'),
        encoding="utf-8",
    )
    return load_estimation(path)


@pytest.fixture(scope="module")
def nation(tmp_path_factory: pytest.TempPathFactory) -> dict[str, PathwayRates]:
    return pathway_rates(plan(tmp_path_factory.mktemp("nation"), f"{HEAD}\n"))


@pytest.fixture
def told(nation: dict[str, PathwayRates], tmp_path: Path) -> Told:
    def found(text: str, **more: Any) -> Estimates:
        own = plan(tmp_path, text, **more)
        return estimates(own, {"placements": read_extract(own, "placements")}, nation)

    return found


def one(found: Estimates, name: str) -> ProbabilityEstimate:
    return next(own for own in found.scheduled if own.transition == name)


def pupils(eligible: int, ineligible: int, *, on: int = 0, again: int = 0) -> str:
    """Return a register in which everybody is in grade 9 until some day of June 2021."""
    rows, left = [HEAD], {"IM": on, "9": again, "Slut": ineligible - on - again}
    after = [place for place, n in left.items() for _ in range(n)]
    for who in range(eligible + ineligible):
        day = f"2021-06-{1 + who % 30:02d}"
        rows.append(f"{who};9;2020-08-17;{day};2005-03")
        if who < eligible:
            rows.append(f"{who};B;{day};;2005-03")
        else:
            rows.append(f"{who};O;{day};2021-08-16;2005-03")
            rows.append(f"{who};{after[who - eligible]};2021-08-16;2021-12-01;2005-03")
    return "\n".join(rows) + "\n"


def test_the_posterior_is_beta_whose_prior_has_the_range_of_the_pathway(told: Told) -> None:
    """Of 400 pupils 52; the prior solved anew, by its quantiles one inside the other."""

    def alpha(beta: float) -> float:
        return optimize.brentq(lambda a: stats.beta.cdf(0.05, a, beta) - 0.05, 0.1, 500)

    beta = optimize.brentq(lambda b: stats.beta.cdf(0.2, alpha(b), b) - 0.95, 5, 300)
    expected = stats.beta(alpha(beta) + 52, beta + 348)
    found = one(told(pupils(348, 52)), "not_eligible")
    assert (found.moved, found.at_risk, found.persons) == (52, 400, 400)
    assert found.expected == pytest.approx(40)
    assert found.told_by == "data and pathway"
    assert found.probability is not None
    assert found.probability.mean == pytest.approx(expected.mean(), rel=1e-5)
    assert found.probability.interval() == pytest.approx(expected.ppf([0.05, 0.95]), rel=1e-5)


def test_without_a_prior_it_is_that_of_jeffreys(told: Told) -> None:
    found = one(told(pupils(348, 52), lines=ALONE), "not_eligible")
    assert found.told_by == "data"
    assert found.probability == pytest.approx((52.5, 348.5))


def test_where_it_leads_is_told_and_what_is_certain_in_the_pathway_is_no_estimate(
    told: Told,
) -> None:
    found = told(pupils(300, 100, on=60, again=25))
    goes = one(found, "goes_on")
    assert not goes.is_told
    shares = {share.states: (share.events, share.expected) for share in goes.shares}
    assert shares == {
        ("introduction",): (60, pytest.approx(70)),
        ("grade_9",): (25, pytest.approx(20)),
        ("left",): (15, pytest.approx(10)),
    }
    assert not one(found, "becomes_eligible").is_told


@pytest.mark.parametrize(("eligible", "ineligible"), [(396, 4), (3, 97), (400, 0)])
def test_few_who_moved_or_stayed_tell_nothing(told: Told, eligible: int, ineligible: int) -> None:
    assert not one(told(pupils(eligible, ineligible)), "not_eligible").is_told


def test_who_is_not_there_all_the_month_does_not_count(told: Told) -> None:
    """Who comes in June, is seen until the middle of it, or has gone already, was not at risk."""
    more = [
        "a;9;2021-06-02;2022-02-01;2005-03",
        "b;9;2020-08-17;2021-06-10;2005-03",
        "c;9;2020-08-17;2021-05-31;2005-03",
        "c;B;2021-05-31;;2005-03",
        "d;9;2020-08-17;2021-07-01;2005-03",
        "d;B;2021-07-01;;2005-03",
    ]
    text = pupils(348, 52)
    found = one(told(text + "\n".join(more) + "\n"), "not_eligible")
    # The last was there all June, and stayed.
    assert (found.moved, found.at_risk) == (52, 401)
    short = told(text, observed=("2019-01-01", "2021-06-29"))
    assert "not_eligible" not in {own.transition for own in short.scheduled}


def test_what_is_simulated_at_the_moment_counts_as_no_rate(nation: dict[str, PathwayRates]) -> None:
    """From grade 9 people move in June alone."""
    simulated = nation["placements"]
    assert simulated.moments.counts[6].moves[0].sum() > 1000
    assert simulated.moves[0].sum() == 0


def hired(seed: int, people: int, base: float) -> str:
    """Return a register of work in which each September decides, at odds nine times for girls."""
    rng, rows = np.random.default_rng(seed), [HEAD]
    for who in range(people):
        odds = base / (1 - base) * (9 if who % 2 else 1)
        since = "2000-01-01"
        for year in range(2019, 2026):
            if rng.uniform() < odds / (1 + odds):
                rows.append(f"{who};Utan;{since};{year}-09-05;2000-01")
                since = f"{year}-{rng.integers(10, 13)}-15"
                rows.append(f"{who};Med;{year}-09-05;{since};2000-01")
        rows.append(f"{who};Utan;{since};;2000-01")
    return "\n".join(rows) + "\n"


def test_odds_that_work_on_people_are_held_apart_from_the_number(tmp_path: Path) -> None:
    """With 0.3, three of ten boys move and eight of ten girls: the pathway's number says 0.1."""
    own = plan(
        tmp_path,
        hired(1, 2000, 0.3),
        "work",
        states='{ "Utan" = "out", "Med" = "in" }',
        lines='[transitions.hired]\nprior = "none"',
        residents=20000,
    )
    found = one(estimate(own), "hired")
    assert found.probability is not None
    girls = 0.3 * 9 / (0.7 + 0.3 * 9)
    assert found.moved / found.at_risk == pytest.approx((0.3 + girls) / 2, abs=0.02)
    low, high = found.probability.interval((0.005, 0.995))
    assert low < 0.3 < high
    assert high - low < 0.05
    assert found.expected / found.at_risk == pytest.approx((0.1 + 0.9 / 1.8) / 2, abs=0.03)


SCENARIO = f"""name = "own"
title = "Own"
pathway = "{PATHWAY.as_posix()}"
override_files = ["own.toml"]
[time]
start = "2026-01"
years = 5
[population]
residents = 1000
max_age = 30
"""


def test_a_scenario_takes_the_probability_and_uncertainty_draws_from_its_posterior(
    told: Told, tmp_path: Path
) -> None:
    found = told(pupils(348, 52, on=30, again=11), lines=ALONE)
    (tmp_path / "own.toml").write_text(estimated_values(found), encoding="utf-8")
    (tmp_path / "own-scenario.toml").write_text(SCENARIO, encoding="utf-8")
    scenario = load_scenario(tmp_path / "own-scenario.toml")
    transitions = scenario.pathway.transitions
    number = transitions["not_eligible"].probability
    assert number is not None
    assert number.value == pytest.approx(52.5 / 401, rel=1e-5)
    assert number.grade == "measured"
    # Of 41 moves to two places with a share each of 0.7 and 0.2 of them all, 11 went to the second.
    assert transitions["goes_on"].to["grade_9"].share.source == number.source
    drawn = [draw_values(scenario, index, 1) for index in range(300)]
    values = [one["pathway.transitions.not_eligible.probability"] for one in drawn]
    assert stats.kstest(values, stats.beta(52.5, 348.5).cdf).pvalue > 0.01


def test_it_is_told_in_words_tables_and_a_picture_with_rounded_counts(told: Told) -> None:
    found = told(pupils(348, 52), lines=f"{ALONE}\n[privacy]\nbase = 5")
    table = probabilities_table(found).set_index("transition")
    assert table.loc["not_eligible", ["moved", "at_risk"]].tolist() == [50, 400]
    assert table.loc["becomes_eligible", "told_by"] == "pathway"
    said = {
        "en": ("Does not become eligible: probability 0.131", "moves: 50 of 400", "1 has been"),
        "sv": ("Blir inte behörig: sannolikhet 0,131", "övergångar: 50 av 400", "har 1 skattats"),
    }
    for lang, parts in said.items():
        with in_language(lang):  # type: ignore[arg-type]
            text = " ".join([*rate_lines(found), *sentences(found)])
            chart = estimates_chart(found)
        for part in parts:
            assert part in text
        assert chart is not None
        assert parts[1] in str(chart)
    few = probabilities_table(told(pupils(396, 4))).set_index("transition").loc["not_eligible"]
    assert few[["moved", "at_risk", "expected", "probability"]].isna().all()


def test_what_another_transition_does_in_the_same_month_is_not_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "pathway.toml"
    text = PATHWAY.read_text(encoding="utf-8")
    more = """
[transitions.gives_up]
track = "school"
from = "grade_9"
to = "ineligible"
rate = 0.1
"""
    path.write_text(text + more, encoding="utf-8")
    pathway = load_pathway(path)
    extract = plan(tmp_path, f"{HEAD}\n").estimation.data["placements"]
    clear, unclear = scheduled_moves(pathway, "school", extract.categories)
    assert unclear == ["not_eligible"]
    assert {one.transition for one in clear} == {"becomes_eligible", "goes_on"}
