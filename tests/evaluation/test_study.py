"""What evaluations say in many municipalities, held to what is worked out by hand (EV1)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from helpers.command_line import sisim

from sisim import evaluate, load
from sisim.analysis.executors import in_process, processes
from sisim.evaluation.study import EvaluationStudy, StudyError, sized
from sisim.evaluation.study import evaluate as study_of
from sisim.i18n import in_language
from sisim.report.analysis.evaluation_report import alike, sentences

EV1 = Path(__file__).parents[1] / "helpers" / "ev1.toml"
EXACT = {
    "one_year": 0.13250369426304953,
    "earlier": 0.15678543543665785,
    "other": 0.0404244709985338,
    "difference": 0.0920720142427699,
    "trend": 0.0836199209952882,
}
"""Exact means of the estimates; the truth is `TRUTH`."""
TRUTH = 0.08684582916604988
SD = {"one_year": 0.07156, "earlier": 0.049615, "other": 0.047925, "difference": 0.070436}


@pytest.fixture(scope="module")
def study() -> EvaluationStudy:
    """Return a study of small municipalities, with the effect and with none."""
    return evaluate(EV1, draws=30)


def test_means_are_what_is_worked_out_by_hand() -> None:
    """In municipalities a hundred times as large: as many people as in 800 small ones."""
    scenario = load(EV1, {"population.residents": 12_000})
    large = study_of(scenario, [*EXACT], draws=8, worlds=["effect"]).designs
    for row in large.itertuples():
        # The error of a mean of few draws is itself uncertain: it follows from the exact one.
        error = SD.get(str(row.design), 0.143834) / (100 * 8) ** 0.5
        assert row.mean == pytest.approx(EXACT[str(row.design)], abs=4 * error)
        assert row.truth == pytest.approx(TRUTH, abs=4 * 0.004)
        assert row.bias_whom == pytest.approx(0)
        assert row.failed == 0


def test_small_municipalities_vary_as_is_worked_out(study: EvaluationStudy) -> None:
    designs = study.designs.set_index(["design", "world"])
    for name, sd in SD.items():
        row = designs.loc[(name, "effect")]
        assert row["sd"] == pytest.approx(sd, rel=0.5)
        assert abs(row["mean"] - EXACT[name]) < 4.5 * sd / 30**0.5
        assert row["mean_error"] == pytest.approx(sd, rel=0.1)


def test_with_no_effect_what_is_found_is_bias(study: EvaluationStudy) -> None:
    """The same people and the same luck: nothing differs but that the effect is gone."""
    draws = study.draws[study.draws["design"] != "process"]
    none = draws[draws["world"] == "none"]
    assert (none["truth_all"] == 0).all()
    wide = draws.pivot_table(index=["draw", "design"], columns="world", values="estimate")
    truth = draws[draws["world"] == "effect"].set_index(["draw", "design"])["truth_all"]
    gap = (wide["effect"] - wide["none"] - truth).abs()
    assert gap.max() < 1e-12


def test_decisions_go_by_the_threshold(study: EvaluationStudy) -> None:
    draws = study.draws[study.draws["design"] != "process"]
    assert ((draws["estimate"] >= 0.061728) == (draws["decided"] == 1)).all()
    right = np.where(draws["world"] == "effect", draws["decided"], 1 - draws["decided"])
    assert (draws["right"] == right).all()


REPAID = {
    "one_year": (4.57, 2.88),
    "earlier": (4.96, 3.80),
    "difference": (4.00, 1.81),
    "trend": (3.21, 2.04),
}
"""Million kronor that are repaid on average, with the effect and with none."""


def test_what_is_repaid_by_an_estimate_is_what_is_worked_out(study: EvaluationStudy) -> None:
    """By the truth all of five million kronor; where there is no effect, nothing."""
    draws = study.draws[study.draws["design"].isin([*REPAID])]
    # Time in a group has no price of its own.
    others = study.draws[~study.draws["design"].isin([*REPAID])]
    assert others["claimed_saving"].isna().all()
    for world, truth in (("effect", 5.0), ("none", 0.0)):
        some = draws[draws["world"] == world]
        assert some["repaid_by_truth"].to_numpy() == pytest.approx(1e6 * truth, rel=1e-6)
        for name, pair in REPAID.items():
            repaid = some.loc[some["design"] == name, "repaid_by_estimate"] / 1e6
            error = repaid.std() / len(repaid) ** 0.5
            assert repaid.mean() == pytest.approx(pair[world == "none"], abs=4 * error + 0.05)
    claimed = draws["estimate"] * 180 * 450_000
    assert draws["claimed_saving"].to_numpy() == pytest.approx(claimed.to_numpy(), rel=0.05)


def test_a_process_evaluation_gives_no_number_and_no_zero(study: EvaluationStudy) -> None:
    rows = study.designs[study.designs["design"] == "process"]
    told = {"threshold", "n_treated", "n_comparison", "stops_good", "mean", "bias", "failed"}
    assert rows[sorted(told)].isna().all().all()
    assert (rows["completed"] == 1).all()
    mine = study.draws[study.draws["design"] == "process"]
    assert mine[["estimate", "error", "p", "n_treated", "decided", "right"]].isna().all().all()
    assert set(mine["failed"]) == {"there is nothing to compare with"}


def test_a_study_is_told_in_a_line(study: EvaluationStudy) -> None:
    names = "one_year, earlier, other, difference, trend, process"
    assert repr(study) == (
        f"<EvaluationStudy 'ev1': {names} in 30 municipalities, worlds effect, none>"
    )


def test_what_a_standard_of_evidence_asks_for_is_said() -> None:
    """Clusters, differences at the start, and comparisons of those who chose to begin."""
    world = {
        "population.residents": 1200,
        "investments.team.capacity": 240,
        "investments.team.drop_out": 0.7,
        "investments.team.selection": {"rule": "highest_risk", "risk_of": "placed_again"},
        "evaluations.chosen": {
            "label": "Chosen",
            "design": "matched",
            "index": "begun",
            "match_on": ["attribute.need"],
            "cohorts": {"from": "2026-01", "below": "2029-01"},
            "outcome": {"transition": "placed_again", "within": 12},
        },
    }
    found = study_of(load(EV1, world), ["chosen"], draws=2, worlds=["effect"])
    for lang, parts in (
        ("en", ["standard deviations at the start: too much", "is no matter of chance"]),
        ("sv", ["standardavvikelser från början: för mycket", "är ingen slump"]),
    ):
        with in_language(lang):  # type: ignore[arg-type]
            said = " ".join(sentences(found))
        assert [part for part in parts if part not in said] == [], said


def test_the_result_does_not_depend_on_who_runs_it(study: EvaluationStudy) -> None:
    here = study_of(load(EV1), draws=6, executor=in_process())
    there = study_of(load(EV1), draws=6, executor=processes(2))
    pd.testing.assert_frame_equal(here.draws, there.draws)
    first = study.draws[study.draws["draw"] < 6].reset_index(drop=True)
    again = here.draws.drop(columns=["right"])
    pd.testing.assert_frame_equal(first.drop(columns=["right"]), again)


def test_it_stops_early_where_there_is_no_queue() -> None:
    lottery = {
        "investments.team.capacity": 1000,
        "investments.team.selection.rule": "lottery",
        "evaluations.drawn": {
            "label": "Drawn",
            "design": "lottery",
            "index": "offered",
            "cohorts": {"from": "2026-01", "below": "2027-01"},
            "outcome": {"transition": "placed_again", "within": 12},
        },
    }
    with pytest.raises(StudyError, match="no answer in 20 of 20 municipalities: places never") as e:
        study_of(load(EV1, lottery), ["drawn"], draws=60, worlds=["effect"])
    with in_language("sv"):
        assert "platserna tar aldrig slut" in e.value.render()


def test_the_effect_is_drawn_where_it_has_a_range() -> None:
    ranged = load(EV1, {"investments.team.effects.0.ratio": {"value": 0.7, "low": 0.5, "high": 1}})
    found = study_of(ranged, ["earlier"], draws=6)
    assert found.worlds == ("effect", "none", "prior")
    truths = found.draws.groupby("world")["truth_all"]
    assert truths.nunique()["prior"] > 1
    assert "prior" not in study_of(load(EV1), ["earlier"], draws=2).worlds


def test_the_threshold_is_worked_out_from_what_carrying_on_is_worth() -> None:
    """Two years more, at 9 000 a participant and 450 000 for each placement that is avoided."""
    scenario = load(
        EV1,
        {
            "population.residents": 6000,
            "time.years": 6,
            "economy.discount_costs": 0,
            "investments.team.intake": 3,
            "investments.team.cost.per_participant": 9000,
            "arms.on": {"label": "On", "investments": {"team": "continues"}},
            "evaluations.earlier.decision": {"carry_on": "on", "threshold": None},
        }
        | {f"evaluations.{name}.arm": "project" for name in (*EXACT, "process")},
    )
    found = study_of(scenario, ["earlier"], draws=2)
    nets = found.nets["earlier"]
    assert nets["none"] < 0 < nets["effect"]
    assert found.thresholds["earlier"] == pytest.approx(9000 / 450_000, rel=0.3)
    told = found.draws.groupby("world")["net_if_carried_on"].mean()
    assert told.to_dict() == pytest.approx(nets)


def test_nothing_is_decided_where_the_true_effect_is_not_told_from_none() -> None:
    changes = {
        "investments.team.effects.0.ratio": 0.99,
        "arms.on": {"label": "On", "investments": {"team": "continues"}},
        "evaluations.earlier.decision": {"carry_on": "on", "threshold": None},
    }
    arms = {f"evaluations.{name}.arm": "project" for name in (*EXACT, "process")}
    found = study_of(load(EV1, {**changes, **arms}), ["earlier"], draws=3)
    assert np.isnan(found.thresholds["earlier"])
    assert found.nets == {}
    assert found.draws[["decided", "right", "net_if_carried_on"]].isna().all().all()
    assert found.designs[["stops_good", "carries_on_bad", "net_worth"]].isna().all().all()
    for lang, said in (("en", "cannot be told, as 3"), ("sv", "går inte att säga, eftersom 3")):
        with in_language(lang):  # type: ignore[arg-type]
            assert said in sentences(found)[0]


def test_what_an_evaluation_is_worth_where_the_effect_has_a_range() -> None:
    """A lottery of no bias decides better than a comparison whose bias is towards yes."""
    scenario = load(
        EV1,
        {
            "population.residents": 360,
            "time.years": 6,
            "economy.discount_costs": 0,
            "investments.team.intake": 3,
            "investments.team.cost.per_participant": 27_778,
            "investments.team.effects.0.ratio": {"value": 0.75, "low": 0.6, "high": 1},
            "arms.on": {"label": "On", "investments": {"team": "continues"}},
        }
        | {f"evaluations.{name}.arm": "project" for name in (*EXACT, "process")}
        | {
            f"evaluations.{name}.decision": {"carry_on": "on", "threshold": None}
            for name in ("earlier", "difference")
        },
    )
    found = study_of(scenario, ["earlier", "difference"], draws=25)
    rows = found.designs[found.designs["world"] == "prior"].set_index("design")
    assert (rows["evsi"] >= 0).all()
    assert (rows["value_of_rule"] <= rows["evsi"] + 1).all()
    assert (rows["net_worth"] == rows["value_of_rule"]).all()  # it costs nothing
    prior = found.priors["earlier"]
    assert (rows["evsi"] <= prior.evpi).all()
    drawn = found.draws.loc[found.draws["world"] == "prior", "truth_all"]
    assert prior.effects.std() < drawn.std()


def test_nothing_depends_on_years_that_no_study_looks_at(study: EvaluationStudy) -> None:
    longer = study_of(load(EV1, {"time.years": 8}), draws=3, worlds=["effect"]).draws
    first = study.draws[(study.draws["draw"] < 3) & (study.draws["world"] == "effect")]
    pd.testing.assert_frame_equal(first.reset_index(drop=True), longer, check_exact=True)


def test_a_study_can_have_so_many_participants_a_year() -> None:
    scenario = sized(load(EV1), ["earlier"], 120)
    assert scenario.population.residents == 240


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", ["municipalities would close down an investment that pays", "the truth is"]),
        ("sv", ["kommuner skulle lägga ned en satsning som lönar sig", "sanningen är"]),
    ],
)
def test_what_comes_out_is_said_first(study: EvaluationStudy, lang: str, said: list[str]) -> None:
    with in_language(lang):  # type: ignore[arg-type]
        words = sentences(study)
    assert all(text in " ".join(words[:2]) for text in said), words
    assert alike(study) == [("one_year", "earlier", "other", "trend", "process"), ("difference",)]


def test_the_command_writes_words_tables_and_pictures(tmp_path: Path) -> None:
    result = sisim(
        *("evaluate", EV1, "earlier", "process", "--draws", 4, "--workers", 1, "--out", tmp_path)
    )
    assert result.exit_code == 0, result.stderr
    names = {path.name for path in tmp_path.iterdir()}
    assert {"draws.csv", "designs.csv", "would-say.png", "evaluation.txt"} <= names
    assert "It says nothing of the effect: there is nothing to compare with." in result.stdout
    wrong = sisim("evaluate", EV1, "nothing", "--out", tmp_path / "x")
    assert (wrong.exit_code, 'There is no evaluation "nothing"' in wrong.stderr) == (2, True)
