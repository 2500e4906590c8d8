"""Evaluations that cannot be carried out are answered, with what would do, in both languages."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import pytest

from sisim import load
from sisim.evaluation.study import StudyError, evaluate
from sisim.i18n import in_language
from sisim.scenario.errors import ScenarioError
from sisim.scenario.evaluation import NEEDED, OWN_KEYS, Design

EV1 = Path(__file__).parents[1] / "helpers" / "ev1.toml"
TREND, OTHER, ONE = "evaluations.trend", "evaluations.other", "evaluations.one_year"
SCORE = {"score": {"risk_of": "placed_again"}, "cutoff": {"at": 0}}


def said(changes: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Return what is said in each language of each key that is not well."""
    found = {}
    for lang in ("en", "sv"):
        with in_language(lang), pytest.raises(ScenarioError) as error:
            load(EV1, changes)
        with in_language(lang):
            found[lang] = {problem.key: problem.reason.text for problem in error.value.problems}
    return found


@pytest.mark.parametrize(
    ("changes", "key", "english", "swedish"),
    [
        ({f"{TREND}.arm": "none"}, f"{TREND}.arm", "does not exist", "finns inte"),
        ({f"{TREND}.investment": "crew"}, f"{TREND}.investment", "does not exist", "finns inte"),
        (
            {f"{TREND}.years_before": 4},
            f"{TREND}.years_before",
            "years_before = 4, but time.history is 3",
            "years_before = 4, men time.history är 3",
        ),
        (
            {f"{TREND}.outcome.within": 36},
            f"{TREND}.outcome.within",
            "outcome.within = 36 reaches 2031-12; the scenario ends 2030-01",
            "outcome.within = 36 når till 2031-12; scenariot slutar 2030-01",
        ),
        (
            {f"{OTHER}.areas": ["north"]},
            f"{OTHER}.areas.0",
            '"north" has the investment too',
            "”north” har också satsningen",
        ),
        ({f"{OTHER}.areas": ["east"]}, f"{OTHER}.areas.0", "does not exist", "finns inte"),
        ({f"{OTHER}.areas": []}, OTHER, 'needs "areas"', "behöver ”areas”"),
        (
            {f"{OTHER}.caliper": 0.5},
            f"{OTHER}.caliper",
            'A key of "matched": the design is "other_areas"',
            'En nyckel för "matched": upplägget är ”other_areas”',
        ),
        (
            {f"{OTHER}.outcome": {"group": "again", "resource": "placement", "within": 6}},
            f"{OTHER}.outcome",
            "Give one of",
            "Ange ett av",
        ),
        ({f"{OTHER}.outcome.group": "gone"}, f"{OTHER}.outcome.group", "not exist", "finns inte"),
        ({f"{OTHER}.outcome.count": "events"}, f"{OTHER}.outcome.count", "counts", "räknas"),
        (
            {f"{TREND}.cohorts.below": "2026-01"},
            f"{TREND}.cohorts",
            "No month is in it",
            "Ingen månad ingår",
        ),
        ({f"{TREND}.cohorts.from": "2020-01"}, f"{TREND}.cohorts.from", "before what", "före det"),
        (
            {f"{TREND}.estimator": "weighted"},
            f"{TREND}.estimator",
            "an estimator of its own",
            "en egen skattning",
        ),
        (
            {f"{OTHER}.estimator": "weighted"},
            f"{OTHER}.estimator",
            'needs "adjust"',
            "behöver ”adjust”",
        ),
        ({f"{TREND}.adjust": ["attribute.need"]}, f"{TREND}.adjust", "not adj", "justeras inte"),
        ({f"{OTHER}.adjust": ["attribute.x"]}, f"{OTHER}.adjust.0", "not exist", "finns inte"),
        ({f"{TREND}.decision.carry_on": "all"}, f"{TREND}.decision.carry_on", "not exist", "finns"),
        (
            {
                f"{ONE}.design": "lottery",
                f"{ONE}.years_before": None,
                "investments.team.selection.rule": "lottery",
            },
            f"{ONE}.design",
            "A lottery needs a queue",
            "En lottning behöver en kö",
        ),
        (
            {
                f"{ONE}.design": "lottery",
                f"{ONE}.years_before": None,
                "investments.team.capacity": 30,
            },
            f"{ONE}.design",
            'selection.rule is "first_come"',
            "selection.rule är ”first_come”",
        ),
        (
            {f"{ONE}.design": "stepped", f"{ONE}.years_before": None},
            f"{ONE}.design",
            "begins everywhere at once",
            "börjar överallt på en gång",
        ),
        (
            {f"{ONE}.design": "discontinuity", f"{ONE}.years_before": None, f"{ONE}.score": {}}
            | {f"{ONE}.cutoff": {}},
            f"{ONE}.score",
            'Give either "risk_of"',
            "Ange antingen ”risk_of”",
        ),
        (
            {f"{ONE}.outcome": None},
            ONE,
            'needs an "outcome"',
            "behöver ett utfall",
        ),
    ],
)
def test_what_cannot_be_evaluated_is_told_where_it_stands(
    changes: dict[str, Any], key: str, english: str, swedish: str
) -> None:
    found = said(changes)
    for lang, text in (("en", english), ("sv", swedish)):
        assert key in found[lang], found
        assert text in found[lang][key], found


def test_every_design_can_be_said() -> None:
    """With its own keys, in a world where it can be carried out."""
    base = {"label": "X", "cohorts": {"from": "2026-01", "below": "2028-01"}}
    base["outcome"] = {"transition": "placed_again", "within": 12}
    more: dict[str, dict[str, Any]] = {
        "discontinuity": {**SCORE, "bandwidth": 1.0},
        "difference": {"areas": ["south"], "years_before": 2, "scale": "multiplicative"},
        "synthetic": {"areas": ["south"], "years_before": 3},
        "trend": {"years_before": 3, "shape": "level", "against_series": "south"},
        "matched": {"match_on": ["age", "attribute.need"], "ratio": 2, "caliper": 0.5},
        "other_areas": {"areas": ["south"]},
        "earlier_cohorts": {"years_before": 2},
        "before_after": {"months_before": 12},
        "process": {"measures": ["reach"], "people": 90, "responsible": "The head of unit"},
    }
    assert set(get_args(Design)) == set(OWN_KEYS)
    assert set(NEEDED) <= set(more)
    world: dict[str, Any] = {"evaluations": {}}
    for design in set(OWN_KEYS) - {"lottery", "stepped"}:
        world["evaluations"][f"own_{design}"] = {**base, "design": design, **more[design]}
    assert {f"own_{design}" for design in more} <= set(load(EV1, world).evaluations)
    queue = {"investments.team.capacity": 30, "investments.team.selection.rule": "lottery"}
    world = {"evaluations": {"lottery": {**base, "design": "lottery", "index": "offered"}}}
    assert load(EV1, {**world, **queue}).evaluations["lottery"].index == "offered"
    steps = {
        "population.areas.centre": {"label": "Centre", "share": 0.5},
        "factors.area.values.centre": 1.0,
        "investments.team.areas": ["north", "centre"],
        "investments.team.interval": 12,
    }
    world = {"evaluations": {"stepped": {**base, "design": "stepped", "order": "lottery"}}}
    assert load(EV1, {**world, **steps}).evaluations["stepped"].order == "lottery"


def test_a_run_of_fewer_years_needs_no_time_for_an_evaluation_that_it_does_not_make() -> None:
    """Only who asks for the evaluation is told, by place and remedy."""
    shorter = load(EV1, {"time.years": 2, "time.history": 0})
    for lang, words in (("en", "nobody is counted so many"), ("sv", "ingen räknas")):
        with in_language(lang), pytest.raises(StudyError) as error:
            evaluate(shorter, ["trend"], draws=2)
        with in_language(lang):
            assert "evaluations.trend.years_before" in error.value.render()
            assert words in error.value.render()
