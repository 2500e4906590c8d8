"""A study that grows by one municipality at a time comes to what it would have been at once."""

from __future__ import annotations

from pathlib import Path
from threading import Thread

import numpy as np
import pandas as pd
import pytest

from sisim import load
from sisim.evaluation.growing_study import GrowingStudy
from sisim.evaluation.study import STUDIES, EvaluationStudy, StudyError, evaluate
from sisim.scenario.scenario import Scenario

EV1 = Path(__file__).parents[1] / "helpers" / "ev1.toml"
NAMES = ("earlier", "other", "process")
DRAWS = STUDIES + 1


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    """Return a world in which one evaluation leads to a decision whose worth is worked out."""
    given = load(EV1)
    arms = {**given.arms, "two": given.arms["project"]}
    evaluation = given.evaluations["earlier"]
    decision = evaluation.decision.model_copy(update={"threshold": None, "carry_on": "two"})
    evaluations = {
        **given.evaluations,
        "earlier": evaluation.model_copy(update={"decision": decision, "arm": "project"}),
    }
    return given.model_copy(update={"arms": arms, "evaluations": evaluations})


@pytest.fixture(scope="module")
def at_once(scenario: Scenario) -> EvaluationStudy:
    return evaluate(scenario, NAMES, draws=DRAWS)


def test_it_is_the_study_made_at_once(scenario: Scenario, at_once: EvaluationStudy) -> None:
    growing = GrowingStudy(scenario, NAMES, draws=DRAWS)
    for number in range(1, DRAWS + 1):
        assert not growing.whole
        growing.grow(number)
        study = growing.study()
        assert growing.municipalities == study.municipalities == number
        # From where it pays is not told by few.
        assert np.isnan(study.thresholds["earlier"]) or number >= STUDIES
        assert study.thresholds["other"] == at_once.thresholds["other"]
    assert growing.whole
    pd.testing.assert_frame_equal(study.table, at_once.table)
    assert study.thresholds == pytest.approx(at_once.thresholds, nan_ok=True)
    assert study.nets == at_once.nets
    pd.testing.assert_frame_equal(study.designs, at_once.designs)


def test_what_is_stopped_goes_on_where_it_was(scenario: Scenario, at_once: EvaluationStudy) -> None:
    growing = GrowingStudy(scenario, NAMES, draws=DRAWS)
    heard: list[int] = []

    def stop(done: int, _of: int) -> None:
        heard.append(done)
        if len(heard) > 6:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        growing.grow(DRAWS, stop)
    assert 0 < growing.municipalities < DRAWS
    growing.rest()
    growing.grow(DRAWS)
    pd.testing.assert_frame_equal(growing.study().table, at_once.table)


def test_many_who_ask_at_a_time_add_no_municipality_twice(scenario: Scenario) -> None:
    growing = GrowingStudy(scenario, ["other"], draws=3)
    many = [Thread(target=growing.grow, args=(3,)) for _ in range(4)]
    for one in many:
        one.start()
    for one in many:
        one.join()
    table = growing.study().table
    assert len(table) == 6
    assert not table.duplicated(["draw", "world"]).any()


def test_what_cannot_be_studied_is_refused_before_anything_is_simulated(scenario: Scenario) -> None:
    with pytest.raises(LookupError, match="nothing"):
        GrowingStudy(scenario, ["nothing"], draws=2)
    time = scenario.time.model_copy(update={"years": 1})
    with pytest.raises(StudyError):
        GrowingStudy(scenario.model_copy(update={"time": time}), draws=2)
