"""The pathway of children and young people: memory, causal shares, replacement, facts held out."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import sisim
from sisim.calibration.life_histories import histories, plain, run_logged
from sisim.calibration.targets import MEASURES, Histories
from sisim.engine.compile import compile_scenario
from sisim.engine.replications import simulate
from sisim.loading.load import load_pathway
from sisim.results import Results

EXPERIMENTS = Path(__file__).parents[2] / "experiments"
SHARES = ("placement", "absence", "results", "degree", "psychiatry")


@cache
def lives(*values: tuple[str, float]) -> Histories:
    """Return the lives of a municipality of 20 000, with some numbers of the pathway changed."""
    overrides: Mapping[str, Any] = dict(values)
    pathway = load_pathway("child-youth", overrides)
    return histories(run_logged(compile_scenario(plain(pathway, residents=20_000, years=12)), 1))


def measured(name: str, lived: Histories, **arguments: Any) -> float:
    return MEASURES[name](lived, **arguments)


def excess(lived: Histories) -> float:
    """How many times as often those once placed are without work and studies at 20-29."""
    return measured(
        "relative_share",
        lived,
        group="neet",
        ages=[20, 30],
        where={"ever": "placed"},
        versus={"never": "placed"},
    )


def test_a_causal_share_raised_from_0_to_1_makes_more_follow_from_a_placement() -> None:
    none, whole = (lives(("parameters.causal_placement", share)) for share in (0.0, 1.0))
    assert excess(none) > 2  # selection remains: what they carry with them
    assert excess(whole) > 1.5 * excess(none)
    # Whom it does not concern fares the same.
    never = {"never": "placed"}
    group = {"group": "neet", "ages": [20, 30], "where": never}
    assert measured("point_share", whole, **group) == pytest.approx(
        measured("point_share", none, **group), rel=0.03
    )


@pytest.mark.parametrize(
    ("share", "what", "arguments"),
    [
        ("absence", "point_share", {"group": "behind", "ages": [13, 16]}),
        ("results", "point_share", {"group": "left_school", "ages": [20, 25]}),
        ("degree", "point_share", {"group": "neet", "ages": [20, 25]}),
        ("psychiatry", "point_share", {"group": "neet", "ages": [20, 25]}),
    ],
)
def test_each_causal_share_moves_what_it_leads_to(
    share: str, what: str, arguments: dict[str, Any]
) -> None:
    none, whole = (lives((f"parameters.causal_{share}", value)) for value in (0.0, 1.0))
    assert measured(what, whole, **arguments) > 1.02 * measured(what, none, **arguments)


def test_those_who_have_been_there_are_there_again_more_often_than_others() -> None:
    lived = lives()
    for group, ages in (("psychiatry", [12, 18]), ("neet", [22, 29])):
        again = measured("next_year_share", lived, group=group, ages=ages)
        assert again > 3 * measured("year_share", lived, group=group, ages=ages)


def test_a_return_is_likelier_after_short_care_than_after_long() -> None:
    shares = [
        measured(
            "again_within", lives(), group="placed", months=24, ages=[0, 16], spell_months=months
        )
        for months in ([0, 12], [12, 60], [60, 240])
    ]
    assert shares == sorted(shares, reverse=True)


def test_without_the_spread_of_the_traits_the_placed_are_more_like_others() -> None:
    flat = [(f"parameters.{trait}_spread", 0.0) for trait in ("learning", "behaviour")]
    assert excess(lives(*flat, ("parameters.vulnerability_spread", 0.0))) < excess(lives())


def test_peers_matter_only_where_the_assumption_is_switched_on() -> None:
    """With it off nobody depends on others, so that arms differ for those affected alone (L4)."""
    off, on = (
        compile_scenario(
            plain(
                load_pathway("child-youth", {"parameters.peer_absence": value}),
                residents=2000,
                years=1,
            )
        )
        for value in (0.0, 0.5)
    )
    assert off.shares == []
    assert on.shares == [("long_absence", "area")]


def test_ordinary_prevention_can_be_taken_away_and_what_it_prevented_is_seen() -> None:
    """A study of its own: nobody gets support at school from the start on."""
    scenario = sisim.load(
        EXPERIMENTS / "without-support" / "scenario.toml",
        {"population.residents": 8000, "time.years": 8, "replications": 1},
    )
    found = Results(simulate(scenario))
    told = found.outcomes()
    told = told[told["year"] >= 2031].groupby(["outcome", "arm"])["value"].sum()
    assert told["supported", "none"] < 0.05 * told["supported", "without"]
    assert told["behind", "none"] > told["behind", "without"]
    assert found.appraisal["none"].present_values["lower_cost"].item() > 0


def test_at_least_25_targets_are_held_out_and_most_of_them_are_met() -> None:
    targets = load_pathway("child-youth").targets
    held_out = [name for name, target in targets.items() if target.held_out]
    assert len(held_out) >= 25
    assert all(
        target.year or not target.held_out or target.grade != "measured"
        for target in targets.values()
    )
