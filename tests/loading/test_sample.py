"""With fewer residents an investment is smaller in proportion, and says the same of its worth."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sisim
from sisim.loading.sample import of_size
from sisim.results import Results


def test_places_and_fixed_costs_follow_and_nothing_else() -> None:
    given = sisim.load("placed-youth")
    half = sisim.load("placed-youth", of_size(given, (given.population.residents or 0) // 2))
    team, smaller = given.investments["team"], half.investments["team"]
    assert team.new_way is not None
    assert smaller.new_way is not None
    pairs = [(team.cost, smaller.cost), (team.new_way.cost, smaller.new_way.cost)]
    for one, other in pairs:
        for key in ("start_up", "running"):
            for end in ("value", "low", "high"):
                before, after = getattr(getattr(one, key), end), getattr(getattr(other, key), end)
                assert after == (before if before is None else pytest.approx(before / 2))
        assert one.per_participant == other.per_participant
        assert one.per_participant_month == other.per_participant_month
        assert other.running.source == one.running.source
    if team.capacity is not None:
        assert smaller.capacity == round(team.capacity / 2)
    assert smaller.effects == team.effects
    assert half.pathway == given.pathway


def test_the_same_size_changes_nothing() -> None:
    given = sisim.load("placed-youth")
    same = sisim.load("placed-youth", of_size(given, given.population.residents or 0))
    assert same.model_dump_json() == given.model_dump_json()


def _run(changes: dict[str, Any]) -> Results:
    return sisim.run(sisim.load("placed-youth", changes))


def test_fewer_residents_tell_the_same_worth_for_each_of_them() -> None:
    """Without it, a fifth of the people met a whole municipality's team, which never paid."""
    given = sisim.load("placed-youth", {"replications": 3})
    few = (given.population.residents or 0) // 4
    sized = _run({**of_size(given, few), "replications": 6})
    fixed = _run({"population.residents": few, "replications": 6})
    whole = sisim.run(given)
    for arm in ("project", "new_way"):
        of = {
            name: result.headline(arm)["invested"][0]
            for name, result in (("sized", sized), ("fixed", fixed), ("whole", whole))
        }
        assert of["sized"] * 4 == pytest.approx(of["whole"], rel=0.25)
        assert abs(of["fixed"] * 4 / of["whole"] - 1) > 0.25
    assert np.sign(sized.headline("new_way")["net"][0]) == np.sign(
        whole.headline("new_way")["net"][0]
    )
