"""How many are needed, and what an evaluation is worth, in words and pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sisim import load
from sisim.analysis.measures import NPV
from sisim.evaluation.study import EvaluationStudy, evaluate
from sisim.i18n import in_language
from sisim.report.analysis.analysis_frame import Subject
from sisim.report.analysis.evaluation_scale import (
    by_size_chart,
    how_many_chart,
    how_many_sentences,
    size_sentences,
    worth_chart,
    worth_known,
)
from sisim.report.chart.chart import Bars, Line

EV1 = Path(__file__).parents[2] / "helpers" / "ev1.toml"


@pytest.fixture(scope="module")
def study() -> EvaluationStudy:
    """Return a study of an unbiased evaluation, one that is biased, and a process."""
    return evaluate(load(EV1), ["earlier", "difference", "process"], draws=60)


@pytest.fixture(scope="module")
def subject(study: EvaluationStudy) -> Subject:
    """Return what the pictures are about."""
    return Subject(study.scenario, (1, 2), "project", NPV)


def test_a_line_per_evaluation_and_measure_holds_the_shares_of_the_table(
    study: EvaluationStudy, subject: Subject
) -> None:
    """A process evaluation has none; and with more municipalities the effect is found oftener."""
    table = study.pooled((1, 5, 10))
    chart = how_many_chart(subject, study, table)
    panels = [column.panels[0] for column in chart.rows[0][1]]
    assert [panel.name for panel in panels] == ["found", "stops_good", "carries_on_bad"]
    table = table.assign(found=table["power"] * (1 - table["wrong_sign"].fillna(0)))
    for panel, world in zip(panels, ("effect", "effect", "none"), strict=True):
        lines = {mark.name: mark for mark in panel.marks if isinstance(mark, Line)}
        assert set(lines) == {"earlier", "difference"}
        for name, line in lines.items():
            mine = table[(table["design"] == name) & (table["world"] == world)]
            np.testing.assert_array_equal(line.y, mine[panel.name])
    power = panels[0].marks[1]
    assert isinstance(power, Line)
    assert power.y[0] < power.y[-1]


def test_it_is_said_when_it_is_enough_and_that_more_people_do_not_mend_a_bias(
    study: EvaluationStudy,
) -> None:
    table = study.pooled((1, 2, 5, 10))
    known = table.copy()
    known["wrong_sign"] = 0.0
    known.loc[known["design"] == "difference", "power"] = [0.2, 0.4, 0.79, 0.81] * 2
    known.loc[known["design"] == "earlier", ["power", "carries_on_bad"]] = [0.9, 0.5]
    for lang, words in (
        ("en", ("with 10 municipalities", "a single municipality", "do not mend a biased")),
        ("sv", ("med 10 kommuner", "en enda kommun", "botar inte en skev")),
    ):
        with in_language(lang):  # type: ignore[arg-type]
            said = " ".join(how_many_sentences(study, known))
        assert all(one in said for one in words)
    low = known.assign(power=0.9, wrong_sign=0.9)
    with in_language("en"):
        assert "not even 10 municipalities" in " ".join(how_many_sentences(study, low))


def test_sizes_stand_beside_each_other(study: EvaluationStudy, subject: Subject) -> None:
    designs = pd.concat(
        [
            study.designs.assign(per_year=60, power=0.3, wrong_sign=0.0),
            study.designs.assign(per_year=240, power=0.9, wrong_sign=0.0),
        ]
    )
    designs.loc[designs["design"] == "process", "power"] = np.nan
    (panel, *_) = (column.panels[0] for column in by_size_chart(subject, study, designs).rows[0][1])
    assert [label for _, label in panel.x.ticks] == ["60", "240"]
    with in_language("en"):
        said = list(size_sentences(study, designs.assign(power_mcse=0.01)))
        unsure = list(size_sentences(study, designs.assign(power_mcse=0.06)))
    assert len(said) == 2
    assert all("with 240 a year" in one for one in said)
    # 90 % is told from four of five with an error of one point in a hundred, and not with six.
    assert all("with 240 it is too near" in one for one in unsure[2:])
    assert len(unsure) == 4


def test_what_is_worse_than_no_evaluation_lies_below_zero_and_is_said_to_be() -> None:
    """The bar is the value of the rule less the cost."""
    ratio = {"value": 0.7, "low": 0.4, "high": 1.1}
    scenario = load(
        EV1,
        {
            "investments.team.effects": [{"on": ["placed_again"], "ratio": ratio}],
            "arms.on": {"label": "On", "investments": {"team": "continues"}},
            **{f"evaluations.{name}.arm": "project" for name in load(EV1).evaluations},
            "evaluations.dear": {
                "label": "Dear",
                "arm": "project",
                "design": "other_areas",
                "areas": ["south"],
                "cohorts": {"from": "2026-01", "below": "2029-01"},
                "outcome": {"transition": "placed_again", "within": 12},
                "decision": {"carry_on": "on"},
                "cost": {"once": 100_000_000, "payer": "social"},
            },
        },
    )
    study = evaluate(scenario, ["dear"], draws=40)
    assert worth_known(study)
    with in_language("en"):
        chart = worth_chart(Subject(scenario, (1, 2), "project", NPV), study)
    marks = chart.rows[0][1][0].panels[0].marks
    (bar,) = (mark for mark in marks if isinstance(mark, Bars))
    row = study.designs.set_index("world").loc["effect"]
    assert row["net_worth"] == pytest.approx(row["value_of_rule"] - 100_000_000)
    assert (float(bar.low[0]), float(bar.high[0])) == (row["net_worth"], 0.0)
    assert bar.hatched
    assert any("worse than no evaluation" in getattr(mark, "text", "") for mark in marks)
