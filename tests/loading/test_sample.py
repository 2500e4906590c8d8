"""With fewer residents an investment is smaller in proportion, and says the same of its worth."""

from __future__ import annotations

from pathlib import Path
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
    for name, resource in given.pathway.resources.items():
        step = half.pathway.resources[name].step_size
        if resource.step_size is None or step is None:
            assert step is resource.step_size
        else:
            assert step.value == pytest.approx(resource.step_size.value / 2)
    same = {"step_size": None}
    for one, other in zip(
        given.pathway.resources.values(), half.pathway.resources.values(), strict=True
    ):
        assert one.model_copy(update=same) == other.model_copy(update=same)
    assert half.pathway.transitions == given.pathway.transitions


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


@pytest.mark.parametrize("share", [0.5, 2])
def test_without_queues_each_resident_is_worth_the_same_but_for_chance(share: float) -> None:
    """What is fixed follows, so the net for each resident is that of another sample of people."""
    trial = Path(__file__).parents[1] / "helpers" / "trial.toml"
    given = sisim.load(trial, {"replications": 12, "time.years": 6})
    size = given.population.residents or 0
    other = sisim.load(
        trial, {**of_size(given, round(share * size)), "replications": 12, "time.years": 6}
    )
    for arm in given.arms:
        each = [
            sisim.run(one).appraisal[arm].present_values["net"] / (one.population.residents or 1)
            for one in (given, other)
        ]
        means = [nets.mean() for nets in each]
        error = np.hypot(*(nets.std(ddof=1) / np.sqrt(len(nets)) for nets in each))
        assert abs(means[0] - means[1]) <= 3 * error
        alone = sisim.run(given.with_values({"population.residents": other.population.residents}))
        fixed = alone.appraisal[arm].present_values["invested"].mean()
        assert fixed == pytest.approx(
            sisim.run(given).appraisal[arm].present_values["invested"].mean()
        )
