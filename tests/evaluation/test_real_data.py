"""Real data go through the estimators of the plan, in whatever form they come."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import statsmodels.api as sm

from sisim import load
from sisim.evaluation.real_data import evaluate_data, read_people
from sisim.evaluation.study import EvaluationStudy, evaluate
from sisim.i18n import in_language
from sisim.scenario.errors import ScenarioError
from sisim.scenario.scenario import Scenario

EV1 = Path(__file__).parents[1] / "helpers" / "ev1.toml"
MORE = {
    "evaluations.drawn": {
        "label": "Drawn",
        "design": "lottery",
        "index": "offered",
        "cohorts": {"from": "2026-01", "below": "2029-01"},
        "outcome": {"transition": "placed_again", "within": 12},
        "lost": {"share": 0.1},
    },
    "evaluations.alike": {
        "label": "Alike",
        "design": "matched",
        "index": "begun",
        "cohorts": {"from": "2026-01", "below": "2029-01"},
        "outcome": {"resource": "placement", "within": 12},
        "match_on": ["age", "attribute.need"],
    },
    "evaluations.before": {
        "label": "Before",
        "design": "before_after",
        "index": "begun",
        "cohorts": {"from": "2026-01", "below": "2029-01"},
        "outcome": {"transition": "placed_again", "within": 12, "good": "high"},
    },
    "evaluations.cut": {
        "label": "Cut",
        "design": "discontinuity",
        "cohorts": {"from": "2026-01", "below": "2029-01"},
        "outcome": {"transition": "placed_again", "within": 12},
        "score": {"risk_of": "placed_again", "noise": 1.0},
        "cutoff": {"share": 0.5},
    },
    "investments.team.capacity": 30,
    "investments.team.selection.rule": "lottery",
    "population.residents": 1200,
}
BY_HAND = "outcome;behandlad;månad\n1;nej;2026-01\n0;ja;2026-02-15\n0;JA;2026-03\n1,0;0;2025-01\n"


@pytest.fixture(scope="module")
def study() -> EvaluationStudy:
    """Return a study of every kind of design that EV1 can have, in two municipalities."""
    return evaluate(load(EV1, MORE), draws=2, worlds=["effect"])


@pytest.mark.parametrize(
    "name",
    ["one_year", "earlier", "other", "difference", "trend", "drawn", "alike", "before", "cut"],
)
def test_what_sisim_has_written_gives_the_estimate_of_that_municipality(
    study: EvaluationStudy, name: str, tmp_path: Path
) -> None:
    """Through a file, to the last digits; whether outcomes are unwanted or wanted."""
    people, spec = study.people(name, draw=1), study.scenario.evaluations[name]
    if spec.outcome is not None and spec.outcome.good == "high":
        for key in {"outcome", "before"} & set(people):
            people[key] = 1 - people[key]
    people.to_csv(tmp_path / "people.csv", index=False)
    said = evaluate_data(tmp_path / "people.csv", study.scenario, name).estimate
    draws = study.draws.set_index(["draw", "design"]).loc[(1, name)]
    for column, value in {
        "estimate": said.value,
        "error": said.error,
        "p": said.p,
        "n_treated": said.n_treated,
        "lost_comparison": said.lost_comparison,
    }.items():
        assert value == pytest.approx(draws[column], rel=1e-12, abs=1e-12, nan_ok=True), column


def textbook(**changes: Any) -> Scenario:
    """Return a scenario with an evaluation of a way to teach, that adjusts for earlier results."""
    numbers = {"distribution": "uniform", "parameters": {"low": 0, "high": 40}}
    return load(
        EV1,
        {
            "pathway.attributes.gpa": numbers,
            "pathway.attributes.tuce": numbers,
            "evaluations.psi": {
                "label": "PSI",
                "design": "other_areas",
                "areas": ["south"],
                "cohorts": {"from": "2026-01", "below": "2029-01"},
                "outcome": {"transition": "placed_again", "within": 12, "good": "high"},
                "estimator": "adjusted",
                "adjust": ["attribute.gpa", "attribute.tuce"],
                **changes,
            },
        },
    )


def test_a_textbooks_data_set_gives_its_printed_result(tmp_path: Path) -> None:
    """Spector & Mazzeo (1980), as statsmodels has it: 32 students, 14 taught by the new method.

    Greene, "Econometric Analysis", prints the linear regression: 0.379 for the method, with
    0.464 and 0.010 for grade point average and earlier knowledge.
    """
    table = sm.datasets.spector.load_pandas().data
    table.columns = [name.lower() for name in table.columns]
    table = table.rename(columns={"psi": "treated", "grade": "outcome"})
    table.to_csv(tmp_path / "spector.csv", index=False)
    found = evaluate_data(tmp_path / "spector.csv", textbook(), "psi")
    assert (found.estimate.n_treated, found.estimate.n_comparison) == (14, 18)
    assert found.estimate.value == pytest.approx(0.379, abs=0.0005)
    plain = textbook(estimator="plain", adjust=[])
    raw = evaluate_data(tmp_path / "spector.csv", plain, "psi")
    assert raw.estimate.value == pytest.approx(8 / 14 - 3 / 18, abs=1e-12)
    assert set(raw.unread) == {"gpa", "tuce"}


def test_a_file_may_be_written_as_in_sweden(tmp_path: Path) -> None:
    """With semicolons, decimal commas, Swedish headings, yes and no, months and days."""
    path = tmp_path / "utfall.csv"
    path.write_text("sep=;\n" + BY_HAND, encoding="cp1252")
    people = read_people(path, load(EV1), "trend")
    assert people["treated"].tolist() == [False, True, True, False]
    assert people["post"].tolist() == [True, True, True, False]
    assert people["outcome"].tolist() == [1.0, 0.0, 0.0, 1.0]
    assert people["year"].tolist() == [2026, 2026, 2026, 2025]
    assert set(people["area"]) == {"north"}
    path.write_text("utfall;behandlad\n1 000 kr;1\n1,0;0\nja;0\n;1,0\n", encoding="cp1252")
    assert read_people(path, load(EV1), "earlier")["outcome"].fillna(-1).tolist() == [
        1000,
        1,
        1,
        -1,
    ]


@pytest.mark.parametrize(
    ("name", "text", "english", "swedish"),
    [
        ("trend", "treated;month\n1;2026-01\n", '"outcome" is missing', "”outcome” saknas"),
        (
            "trend",
            BY_HAND.replace("JA", "kanske"),
            'Neither yes nor no: "kanske"',
            "Varken ja eller nej: ”kanske”",
        ),
        ("trend", BY_HAND.replace("2026-03", "mars"), 'Not a month: "mars"', "månad: ”mars”"),
        ("trend", BY_HAND.replace("2026-03", "2026-13"), "Not a month", "Inte en månad"),
        (
            "earlier",
            "id;outcome;treated\n19121212-1212;1;1\n",
            "personal identity number",
            "personnummer",
        ),
        (
            "earlier",
            "id;outcome;treated;klient\n1;1;1;19121212-1212\n",
            "personal identity number",
            "personnummer",
        ),
        ("earlier", "outcome;treated\n", "no rows", "Det finns inga rader"),
        ("difference", "outcome;treated;area\n1;1;n\n", '"index" is missing', "”index” saknas"),
        ("process", BY_HAND, "has nothing to compare with", "har inget att jämföra med"),
    ],
)
def test_what_is_wrong_in_a_file_is_said_with_its_place(
    name: str, text: str, english: str, swedish: str, tmp_path: Path
) -> None:
    path = tmp_path / "data.csv"
    path.write_text(text, encoding="utf-8")
    for lang, words in (("en", english), ("sv", swedish)):
        with in_language(lang), pytest.raises(ScenarioError) as error:
            evaluate_data(path, load(EV1), name)
        with in_language(lang):
            first = error.value.problems[0]
            assert words in first.reason.text
            assert "data.csv" in str(first.place)
