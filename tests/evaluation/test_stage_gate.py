"""A stage gate in a world whose evaluations have known answers: helpers/gated.toml is EV1."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from helpers import ev1
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sisim.analysis.evaluator import Evaluator
from sisim.analysis.measures import NPV
from sisim.evaluation import study
from sisim.evaluation.stage_gate import (
    NO,
    YES,
    StageGate,
    expected_choices,
    gate_of,
    gated,
    lives_of,
    stage_gate,
)
from sisim.evaluation.study import StudyError, evaluate
from sisim.i18n import in_language
from sisim.loading.load import load_scenario as load
from sisim.scenario.errors import ScenarioError

FILE = Path(__file__).parents[1] / "helpers" / "gated.toml"
SMALL = {"population.residents": 60}
IN_TIME = {"evaluations.difference.cohorts.below": "2028-01"}
"""The answer then comes as the project ends."""
DRAWS = 4


@pytest.fixture(scope="module")
def waiting() -> StageGate:
    return stage_gate(load(FILE, SMALL), draws=DRAWS)


class TestAKnownWorld:
    """Five possible effects of EV1; what an estimate by lottery says is normal."""

    @staticmethod
    def choices(rule: str) -> dict[str, float]:
        effects = np.array([ev1.truth(ratio) for ratio in ev1.PRIOR_RATIOS])
        nets = np.array([ev1.net(effect) for effect in effects])
        exact = [ev1.exact("lottery", ratio) for ratio in ev1.PRIOR_RATIOS]
        means, deviations = np.array([row[:2] for row in exact]).T
        limit = ev1.THRESHOLD if rule == "estimate" else stats.norm.ppf(0.975) * deviations
        passed = stats.norm.sf((limit - means) / deviations)
        none = np.zeros(len(nets))
        lives = {"always": nets, "never": none, "yes": nets, "no": none}
        return expected_choices(np.array(ev1.PRIOR_CHANCES), lives, passed)

    def test_the_gate_is_worth_what_is_published(self) -> None:
        by_estimate, by_significance = self.choices("estimate"), self.choices("significant")
        assert by_estimate["gated"] == pytest.approx(0.747, abs=5e-4)
        assert by_significance["gated"] == pytest.approx(1.104, abs=5e-4)
        assert by_estimate["perfect"] == pytest.approx(3.3671, abs=5e-5)
        assert by_estimate["always"] == pytest.approx(-5.6296, abs=1e-4)
        assert by_estimate["never"] == 0

    def test_it_is_passed_as_often_as_right_and_wrong_decisions_are_made(self) -> None:
        found = self.choices("estimate")
        assert found["passes_good"] == pytest.approx(1 - 0.283, abs=5e-4)
        assert found["passes_bad"] == pytest.approx(0.265, abs=5e-4)


@given(st.lists(st.tuples(st.booleans(), *[st.floats(-1e9, 1e9)] * 2), min_size=1))
def test_a_gated_life_is_one_of_its_two(rows: list[tuple[bool, float, float]]) -> None:
    passed, yes, no = (np.array(column) for column in zip(*rows, strict=True))
    found = gated(passed, yes, no)
    assert [y if p else n for p, y, n in rows] == found.tolist()


@given(
    st.lists(st.tuples(st.floats(0, 1), *[st.floats(-1e6, 1e6)] * 2), min_size=1, max_size=9),
)
def test_nothing_is_worth_more_than_perfect_knowledge(rows: list[tuple[float, ...]]) -> None:
    passed, yes, no = (np.array(column) for column in zip(*rows, strict=True))
    lives = {"always": yes, "never": no, "yes": yes, "no": no}
    found = expected_choices(np.full(len(rows), 1 / len(rows)), lives, passed)
    slack = 1e-6 * (1 + np.abs([yes, no]).max())
    assert max(found["gated"], found["always"], found["never"]) <= found["perfect"] + slack


def test_every_municipality_lives_one_of_the_two_lives(waiting: StageGate) -> None:
    table = waiting.table
    chosen = table["yes"].where(table["passed"] == 1, table["no"])
    pd.testing.assert_series_equal(table["gated"] + table["cost"], chosen, check_names=False)
    assert set(table["world"]) >= {"effect", "none"}
    assert set(table["passed"]) <= {0.0, 1.0}


def test_waiting_costs_what_the_evaluation_does_and_months(waiting: StageGate) -> None:
    assert waiting.plan.wait == 11
    people = waiting.study.draws.eval("n_treated + n_comparison").to_numpy(float)
    years = 47 / 12  # 2026-01 to 2029-12
    expected = (100_000 + 500 * people) / 1.035**years
    assert waiting.table["cost"].to_numpy() == pytest.approx(expected[: len(waiting.table)])
    # What goes on without an effect while it is waited for is paid in vain.
    none = waiting.table[waiting.table["world"] == "none"]
    assert (none["no"] < none["never"]).all()


@cache
def in_time() -> Any:
    return load(FILE, {**SMALL, **IN_TIME})


def test_its_lives_are_those_of_the_arms_of_the_file_where_nothing_waits() -> None:
    scenario = in_time()
    plan = gate_of(scenario)
    assert plan.wait == 0
    own = Evaluator(scenario, outcomes=(NPV,), replications=2).evaluate({})
    lives = Evaluator(lives_of(scenario, plan), outcomes=(NPV,), replications=2).evaluate({})
    for life, arm in ((YES, "new_way"), (NO, "project")):
        mine = lives.loc[lives["arm"] == life, NPV].tolist()
        assert mine == own.loc[own["arm"] == arm, NPV].tolist()


@pytest.mark.parametrize("change", [{}, IN_TIME])
def test_the_evaluation_is_asked_what_it_is_alone_with_no_runs_of_its_own_for_money(
    change: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario = load(FILE, {**SMALL, **change, "evaluations.difference.decision": {}})
    plan = gate_of(scenario)
    alone = evaluate(lives_of(scenario, plan), ["difference"], draws=DRAWS)
    assert np.isfinite(alone.thresholds["difference"])
    monkeypatch.setattr(study, "Evaluator", None)
    found = stage_gate(scenario, draws=DRAWS).study
    assert (found.thresholds, found.nets) == (alone.thresholds, alone.nets)
    pd.testing.assert_frame_equal(found.table, alone.table)


def test_money_adds_up_in_every_gated_row() -> None:
    scenario = in_time()
    lives = lives_of(scenario, gate_of(scenario))
    table = Evaluator(lives, outcomes=("cost.*", "total.cost"), replications=2).evaluate({})
    payers = [name for name in table if str(name).startswith("cost.")]
    for passed in ([True, False], [False, True]):
        rows = [
            table[(table["replication"] == n) & (table["arm"] == (YES if one else NO))].iloc[0]
            for n, one in enumerate(passed)
        ]
        for row in rows:
            assert sum(row[payers]) == pytest.approx(row["total.cost"], abs=0.01)


def test_an_investment_of_nothing_is_worth_nothing() -> None:
    none = {
        **{**SMALL, **IN_TIME},
        "investments.team.effects.0.ratio": 1,
        "investments.team.cost.per_participant": 0,
        "investments.team.new_way.cost.per_participant": 0,
        "evaluations.difference.cost.once": 0,
        "evaluations.difference.cost.per_person": 0,
    }
    found = stage_gate(load(FILE, none), draws=2)
    assert not found.table[["always", "never", "yes", "no", "gated", "perfect"]].any(axis=None)


@pytest.mark.parametrize(
    ("change", "english", "swedish"),
    [
        (
            {"investments.team.gate.evaluation": "process"},
            "can never answer how effective a method is",
            "aldrig ge svar på hur verksam en metod är",
        ),
        ({"investments.team.gate.evaluation": "differ"}, "does not exist", "finns inte"),
        ({"investments.team.gate.no": "new_way_of_working"}, "nothing is decided", "inget avgörs"),
        (
            {
                "investments.team.gate.yes": "continues",
                "investments.team.gate.meanwhile": "pause",
            },
            "cannot pause",
            "kan inte göra uppehåll",
        ),
        ({"evaluations.difference.follow_up_delay": 60}, "nothing is left to decide", "återstår"),
    ],
)
def test_a_gate_that_decides_nothing_is_an_error(
    change: dict[str, Any], english: str, swedish: str
) -> None:
    for lang, words in (("en", english), ("sv", swedish)):
        with in_language(lang), pytest.raises(ScenarioError) as error:  # type: ignore[arg-type]
            load(FILE, change)
        with in_language(lang):  # type: ignore[arg-type]
            assert words in " ".join(one.reason.text for one in error.value.problems)


def test_in_fewer_years_the_arms_are_read_and_the_gate_is_refused() -> None:
    short = load(FILE, {"time.years": 3})
    assert set(short.arms) | set(short.gated) == set(load(FILE).arms) | set(load(FILE).gated)
    with pytest.raises(StudyError, match="nothing is left"):
        stage_gate(short, draws=2)


def test_an_arm_without_a_gate_is_not_gated() -> None:
    with pytest.raises(LookupError):
        gate_of(in_time(), "project")
