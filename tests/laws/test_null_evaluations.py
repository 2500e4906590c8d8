"""Where nothing acts, a lottery finds nothing: on pathways of every kind."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
from helpers.strategies import World, arm, investment, worlds
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sisim.evaluation.study import StudyError, evaluate
from sisim.scenario.scenario import Scenario

DRAWS, ERRORS = 20, 4.5
"""Simulated municipalities, and how many of their standard errors are put down to chance."""
PEOPLE, PLACES = 150, 40


def drawn_by_lot(world: World, transition: str, count: str) -> Scenario:
    """Return the world with an investment for which there is a queue, and its evaluation by lot."""
    made = copy.deepcopy(world)
    made["pathway"]["step"] = "month"
    made["time"] = {"start": "2026-01", "years": 2}
    made["investments"] = {
        "team": investment(
            capacity=PLACES,
            selection={"rule": "lottery"},
            duration=12,
            effects=[{"on": [transition], "ratio": 0.25}],
        )
    }
    made["arms"] = {"project": arm(team="ends")}
    outcome: dict[str, Any] = {"transition": transition, "within": 12}
    if count == "months":
        outcome = {"group": "group0", "within": 12, "count": "months"}
    made["evaluations"] = {
        "lot": {
            "label": "Lot",
            "design": "lottery",
            "cohorts": {"from": "2026-01", "below": "2026-07"},
            "outcome": outcome,
        }
    }
    return Scenario.model_validate(made)


@given(worlds(people=PEOPLE, shared=False, invest=False), st.data())
@settings(max_examples=4)
def test_a_lottery_finds_nothing_where_nothing_acts(world: World, data: Any) -> None:
    """Without bias, and with an interval that holds nothing as often as it says."""
    transition = data.draw(st.sampled_from(sorted(world["pathway"]["transitions"])))
    count = data.draw(st.sampled_from(("ever", "months")))
    scenario = drawn_by_lot(world, transition, count)
    try:
        draws = evaluate(scenario, draws=DRAWS, worlds=["none"]).draws
    except StudyError:  # nobody is in the queue
        assume(False)
    assert (draws["truth_all"] == 0).all()
    assert (draws["truth_studied"] == 0).all()
    told = draws[draws["failed"] == ""]
    assume(len(told) == DRAWS)
    estimates = told["estimate"].to_numpy(float)
    error = estimates.std(ddof=1) / DRAWS**0.5
    assert abs(estimates.mean()) <= ERRORS * error + 1e-12
    held = ((told["low"] <= 1e-12) & (told["high"] >= -1e-12)).mean()
    assert held >= 0.95 - ERRORS * np.sqrt(0.05 * 0.95 / DRAWS)
