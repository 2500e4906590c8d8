"""What differs between two files, one change at a time, and what the changes do together."""

import numpy as np
import pytest

import sisim
from sisim.analysis.scenario_diff import NOTHING, changed_alone, changes, difference
from sisim.scenario.scenario import Scenario


def scenario(**values: object) -> Scenario:
    return sisim.load("placed-youth", {k.replace("__", "."): v for k, v in values.items()})


@pytest.fixture(scope="module")
def first() -> Scenario:
    return scenario()


def test_the_same_file_has_no_changes(first: Scenario) -> None:
    assert changes(first, first) == []


def test_words_are_no_change(first: Scenario) -> None:
    other = first.model_copy(update={"name": "other", "seed": 7, "invented": False})
    assert changes(first, other) == []


def test_each_change_is_told_with_both_values(first: Scenario) -> None:
    other = scenario(investments__team__reach=0.6, economy__perspective="public")
    found = {one.key: (one.before, one.after) for one in changes(first, other)}
    assert found == {
        "investments.team.reach": (0.8, 0.6),
        "economy.perspective": ("social", "public"),
    }


def test_what_is_only_in_one_file_is_told(first: Scenario) -> None:
    other = scenario(economy__tail={"years": 5, "basis": "last_year"})
    (found,) = changes(first, other)
    assert (found.key, found.before) == ("economy.tail", NOTHING)
    (back,) = changes(other, first)
    assert back.after is NOTHING
    assert changed_alone(other, back) is not None
    assert changes(changed_alone(other, back) or other, first) == []


def test_a_change_that_does_not_fit_alone_is_left_to_the_rest(first: Scenario) -> None:
    other = first.model_copy(
        update={
            "arms": {**first.arms, "more": first.arms["project"]},
            "investments": {**first.investments, "second": first.investments["team"]},
        }
    )
    assert {one.key for one in changes(first, other)} == {"arms.more", "investments.second"}
    wrong = first.arms["project"].model_copy(update={"investments": {"second": "ends"}})
    needs = other.model_copy(update={"arms": {**first.arms, "more": wrong}})
    rows = difference(first, needs, lambda _: np.zeros(2)).set_index("key")
    assert np.isnan(rows.loc["arms.more", "effect"])
    assert rows.loc["investments.second", "effect"] == 0


def test_effects_and_what_they_do_together_sum_to_the_difference(first: Scenario) -> None:
    """Of reach × years each change alone, and the product of both changes together."""
    other = scenario(investments__team__reach=0.6, investments__team__years=5)

    def ask(of: Scenario) -> np.ndarray:
        team = of.investments["team"]
        return team.reach.value * team.years * np.array([1.0, 3.0])

    rows = difference(first, other, ask)
    alone = rows[rows["kind"] == "change"].set_index("key")["effect"]
    assert alone.to_dict() == pytest.approx(
        {"investments.team.reach": -0.2 * 3 * 2, "investments.team.years": 0.8 * 2 * 2}
    )
    together = rows.loc[rows["kind"] == "together", "effect"].item()
    assert together == pytest.approx(-0.2 * 2 * 2)
    whole = rows.loc[rows["kind"] == "second", "effect"].item()
    assert whole == pytest.approx(alone.sum() + together)
