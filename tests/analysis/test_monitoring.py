"""The plan of follow-up: ranges that hold the runs, and what a deviation says."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sisim.analysis.monitoring import (
    FollowUp,
    Indicator,
    deviations,
    follow_up,
    moments,
    responsible,
)
from sisim.analysis.observed import read_observed
from sisim.engine.replications import simulate
from sisim.loading.load import load_scenario
from sisim.results import Results
from sisim.scenario.errors import ScenarioError
from sisim.scenario.scenario import Scenario

CHANGES = {"population.residents": 2000, "time.history": 0}


def scenario(**changes: Any) -> Scenario:
    """Return the ready scenario with few residents."""
    return load_scenario("placed-youth", CHANGES | changes)


@pytest.fixture(scope="module")
def plan() -> FollowUp:
    """Return a plan of the project at two months, numbers as they are."""
    return follow_up(scenario(), "project", months=[6, 12], runs=3, drawn="nothing")


def test_what_is_counted_is_what_the_whole_run_has_counted(plan: FollowUp) -> None:
    """A plan that looks no further than twelve months sees the same people as the whole run."""
    result = Results(simulate(scenario(), seed=1, replications=1))
    begun = result.yearly_participants()
    begun = begun[(begun["arm"] == "project") & (begun["year"] == 2026)]["started"].sum()
    one = plan.runs[plan.runs["run"] == 0].set_index(["month", "measure"])
    assert one.loc[(12, "begun.team"), "value"] == begun
    costs = result.yearly_costs()
    spent = costs[(costs["arm"] == "project") & (costs["kind"] == "investment")]
    spent = spent[spent["year"] == 2026]["amount"].sum()
    assert one.loc[(12, "spent.team"), "value"] == pytest.approx(spent)
    placed = result.counts.counts("stock")[0, 1, 12]
    group = result.scenario.pathway.groups["placed"]
    states = [result.counts.compiled.state("placement", state) for state in group.states]
    assert one.loc[(12, "outcome.placed"), "value"] == placed[states].sum()


def test_reach_is_those_who_have_begun_of_those_who_have_been_in_the_target_group(
    plan: FollowUp,
) -> None:
    wide = plan.runs.pivot_table(index=["run", "month"], columns="measure", values="value")
    np.testing.assert_allclose(wide["reach.team"], wide["begun.team"] / wide["target.team"])
    assert (wide["treated.team"] <= wide["begun.team"]).all()


def test_ranges_lie_in_order_and_hold_the_middle(plan: FollowUp) -> None:
    table = plan.plan
    assert (table["low"] <= table["middle"]).all()
    assert (table["middle"] <= table["high"]).all()
    assert list(table["month"].unique()) == [6, 12]


def test_an_investment_without_effect_has_the_same_results_with_and_without() -> None:
    count = len(scenario().investments["team"].effects)
    none = {f"investments.team.effects.{n}.ratio": 1 for n in range(count)}
    found = follow_up(scenario(**none), "project", months=[12], runs=2, drawn="nothing").runs
    own = found[found["measure"].str.startswith(("participants.", "outcome."))]
    np.testing.assert_array_equal(own["value"], own["without"])


def test_what_is_uncertain_about_the_investment_is_drawn_and_all_else_left_alone() -> None:
    drawn, plain = (
        follow_up(scenario(), "project", months=[6], runs=2, drawn=which).runs
        for which in ("investments", "nothing")
    )
    without = drawn["measure"].str.startswith("outcome.")
    np.testing.assert_array_equal(drawn["without"][without], plain["without"][without])
    spent = drawn["measure"] == "spent.team"
    assert (drawn["value"][spent] != plain["value"][spent]).all()


def test_months_beyond_the_end_are_left_out_and_the_file_may_say_which() -> None:
    assert moments(scenario()) == (6, 12, 24, 36)
    assert moments(scenario(**{"time.years": 4, "follow_up.months": [3, 9, 60]})) == (3, 9)
    with pytest.raises(LookupError):
        follow_up(scenario(), months=[10_000], runs=2)


def test_whoever_pays_for_a_state_has_it_in_its_books(plan: FollowUp) -> None:
    assert responsible(plan.scenario, plan.measure("outcome.placed")) == ("social",)
    assert responsible(plan.scenario, plan.measure("begun.team")) == ("social",)


def test_a_file_that_names_an_unknown_measure_is_answered() -> None:
    with pytest.raises(ScenarioError) as error:
        scenario(**{"follow_up.by": {"begunn": "The team"}})
    assert error.value.problems[0].suggestion == "begun"


# ------------------------------------------------------------------------ plan and outcome


def verdicts(plan: FollowUp, **observed: float) -> dict[str, str]:
    """Return the verdict of each measure observed at twelve months."""
    rows = [
        {"month": 12, "measure": name.replace("_", "."), "value": value}
        for name, value in observed.items()
    ]
    table = deviations(plan, pd.DataFrame(rows))
    return dict(zip(table["measure"].str.replace(".", "_"), table["verdict"], strict=True))


def middle(plan: FollowUp, name: str) -> float:
    """Return the middle of a measure's range at twelve months."""
    own = plan.plan.set_index(["month", "measure"])
    return float(own.loc[(12, name), "middle"])


def test_what_lies_in_the_middle_is_as_planned(plan: FollowUp) -> None:
    said = verdicts(
        plan, begun_team=middle(plan, "begun.team"), reach_team=middle(plan, "reach.team")
    )
    assert said == {"begun_team": "as_planned", "reach_team": "as_planned"}


def test_too_little_activity_explains_a_poor_result(plan: FollowUp) -> None:
    said = verdicts(plan, begun_team=0, outcome_placed=1000)
    assert said == {"begun_team": "below", "outcome_placed": "too_little"}


def test_a_poor_result_with_the_activity_in_place_is_a_lack_of_effect(plan: FollowUp) -> None:
    said = verdicts(plan, begun_team=middle(plan, "begun.team"), outcome_placed=1000)
    assert said["outcome_placed"] == "no_effect"


def test_another_inflow_comes_before_other_reasons(plan: FollowUp) -> None:
    said = verdicts(plan, target_team=10_000, begun_team=0, outcome_placed=1000)
    assert said["outcome_placed"] == "other_inflow"


def test_a_poor_result_of_which_nothing_else_is_known_is_not_explained(plan: FollowUp) -> None:
    assert verdicts(plan, outcome_placed=1000) == {"outcome_placed": "unexplained"}


def test_fewer_in_care_than_the_range_is_better(plan: FollowUp) -> None:
    assert verdicts(plan, outcome_placed=0) == {"outcome_placed": "better"}


# ------------------------------------------------------------------------ the file


def test_rows_without_a_value_are_left_out(plan: FollowUp, tmp_path: Path) -> None:
    text = "month,measure,value\n6,target.team,12\n6,begun.team,\n"
    (tmp_path / "observed.csv").write_text(text, encoding="utf-8")
    table = read_observed(tmp_path / "observed.csv", plan.scenario, "project", plan.months)
    assert table.to_dict("records") == [{"month": 6, "measure": "target.team", "value": 12.0}]


def test_it_may_be_swedish_with_semicolons_and_decimal_commas(
    plan: FollowUp, tmp_path: Path
) -> None:
    text = "Månad;Mått;Värde\n6;reach.team;82,5 %\n12;spent.team;1,2 mkr\n"
    (tmp_path / "observed.csv").write_text(text, encoding="utf-8-sig")
    table = read_observed(tmp_path / "observed.csv", plan.scenario, "project", plan.months)
    assert list(table["value"]) == [0.825, 1_200_000]


def test_all_that_is_wrong_is_said_at_once_with_its_line(plan: FollowUp, tmp_path: Path) -> None:
    text = "month,measure,value\n7,begun.team,3\n6,begon.team,x\n6,reach.team,45\n6,begun.team,-4\n"
    (tmp_path / "observed.csv").write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as error:
        read_observed(tmp_path / "observed.csv", plan.scenario, "project", plan.months)
    assert [problem.line for problem in error.value.problems] == [2, 3, 3, 4, 5]
    assert error.value.problems[1].suggestion == "begun.team"


def test_a_file_without_any_value_is_answered(plan: FollowUp, tmp_path: Path) -> None:
    (tmp_path / "observed.csv").write_text("month,measure,value\n6,target.team,\n")
    with pytest.raises(ScenarioError, match="No row has a value"):
        read_observed(tmp_path / "observed.csv", plan.scenario, "project", plan.months)


class TestSteps:
    """A month of follow-up ends a step of the pathway."""

    @staticmethod
    def of(step: str, **changes: Any) -> Scenario:
        cohort = Path(__file__).parents[1] / "helpers" / "cohort.toml"
        return load_scenario(cohort, {"pathway.step": step, **changes})

    @pytest.mark.parametrize(
        ("step", "months"),
        [
            ("year", (12, 24, 36)),
            ("quarter", (6, 12, 24, 36)),
            ("month", (6, 12, 24, 36)),
            ("week", (6, 12, 24, 36)),
        ],
    )
    def test_usual_months_are_those_that_end_a_step(
        self, step: str, months: tuple[int, ...]
    ) -> None:
        plan = follow_up(self.of(step), "care", runs=2, drawn="nothing")
        assert plan.months == months
        assert len(plan.plan) == len(months) * len(plan.measures)

    @pytest.mark.parametrize(("step", "month"), [("year", 6), ("year", 13), ("quarter", 4)])
    def test_a_month_inside_a_step_is_refused(self, step: str, month: int) -> None:
        with pytest.raises(ValueError, match=f"month {month} ends no step"):
            moments(self.of(step), [month])
        with pytest.raises(ScenarioError) as error:
            self.of(step, **{"follow_up.months": [month, 24]})
        (problem,) = error.value.problems
        assert "falls inside a step" in str(problem.reason) or "step" in str(problem.reason)

    def test_of_few_runs_the_range_is_that_of_all(self) -> None:
        plan = follow_up(self.of("month"), "care", months=[12], runs=3, drawn="nothing")
        runs = plan.runs.groupby("measure")["value"].agg(["min", "max"])
        table = plan.plan.set_index("measure")
        np.testing.assert_allclose(table["low"], runs.loc[table.index, "min"])
        np.testing.assert_allclose(table["high"], runs.loc[table.index, "max"])


@pytest.mark.parametrize(("price_year", "payer"), [(2024, "clinic"), (2010, "home")])
def test_who_pays_most_for_a_state_is_told_in_the_money_of_one_year(
    tmp_path: Path, price_year: int, payer: str
) -> None:
    """A krona of 2010 was worth more than one of 2024: 900 of then are more than 1 000 of now."""
    helpers = Path(__file__).parents[1] / "helpers"
    pathway = (helpers / "cohort-pathway.toml").read_text(encoding="utf-8")
    pathway = pathway.replace("uses = { visit = 12 }", "uses = { visit = 12, help = 12 }")
    pathway += (
        '\n[administrations.home]\nlabel = "Home help"\nprincipal = "region"\n'
        '[resources.help]\nlabel = "Help"\nunit = "day"\nprice = 900\n'
        f'price_year = {price_year}\nadministration = "home"\n'
    )
    (tmp_path / "cohort-pathway.toml").write_text(pathway, encoding="utf-8")
    text = (helpers / "cohort.toml").read_text(encoding="utf-8")
    (tmp_path / "cohort.toml").write_text(text, encoding="utf-8")
    one = load_scenario(tmp_path / "cohort.toml")
    assert responsible(one, Indicator("outcome.ill", "outcome", None, "ill")) == (payer,)


EV1 = Path(__file__).parents[1] / "helpers" / "ev1.toml"


def test_what_an_evaluation_asks_for_is_followed_up() -> None:
    asked = {"evaluations.difference.measures": ["fidelity", "drop_out"]}
    half = {"investments.team.drop_out": 0.7}
    plan = follow_up(load_scenario(EV1, asked | half), months=[24], runs=3, drawn="nothing")
    wide = plan.runs.pivot_table(index="run", columns="measure", values="value")
    # Half of them leave within the year, at a rate of 0.7; of those who are done the rest are left.
    risk = 1 - np.exp(-0.7)
    assert wide["fidelity.team"].mean() == pytest.approx(1 - risk, abs=0.12)
    assert 0.3 < wide["drop_out.team"].mean() < risk + 0.05
    assert plan.measure("fidelity.team").is_share
    named = [one.name for one in follow_up(load_scenario(EV1), months=[24], runs=2).measures]
    # Its process evaluation asks for reach and fidelity, and no evaluation for who leaves early.
    assert "fidelity.team" in named
    assert "drop_out.team" not in named
    none = [one.name for one in follow_up(scenario(), months=[12], runs=2).measures]
    assert not any(name.startswith(("fidelity", "drop_out")) for name in none)


def test_with_too_many_who_leave_early_a_bad_result_is_not_the_effects() -> None:
    asked = {"evaluations.difference.measures": ["fidelity", "drop_out"]}
    outcome = {"outcomes.placed": {"label": "placed", "group": "again"}}
    both = load_scenario(EV1, asked | outcome | {"investments.team.drop_out": 0.3})
    plan = follow_up(both, months=[24], runs=4, drawn="nothing")
    seen = {"participants.team.placed": 1.0, "begun.team": None, "drop_out.team": 0.9}
    middle = plan.plan.set_index("measure")["middle"]
    rows = [(24, name, middle[name] if x is None else x) for name, x in seen.items()]
    found = deviations(plan, pd.DataFrame(rows, columns=["month", "measure", "value"]))
    verdicts = found.set_index("measure")["verdict"]
    assert verdicts["drop_out.team"] == "above"
    assert verdicts["participants.team.placed"] == "too_little"
