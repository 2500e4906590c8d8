"""What evaluations would say, as a picture and in words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sisim import load
from sisim.analysis.measures import NPV
from sisim.evaluation.study import EvaluationStudy, evaluate
from sisim.i18n import in_language
from sisim.report.analysis.analysis_frame import Subject
from sisim.report.analysis.evaluation_report import (
    alike,
    designs_table,
    sentences,
    would_say_chart,
)
from sisim.report.chart.chart import Panel, Points, Rule, Word

EV1 = Path(__file__).parents[2] / "helpers" / "ev1.toml"


@pytest.fixture(scope="module")
def study() -> EvaluationStudy:
    """Return a study of two evaluations of an effect, and of a process."""
    return evaluate(load(EV1), ["earlier", "other", "process"], draws=12)


@pytest.fixture(scope="module")
def panels(study: EvaluationStudy) -> tuple[Panel, ...]:
    """Return the panels of its picture."""
    subject = Subject(study.scenario, (1, 2), "project", NPV)
    assert alike(study) == [study.names]
    return would_say_chart(subject, study, study.names).rows[0][1][0].panels


def test_every_municipality_is_a_mark_and_no_column_holds_both_decisions(
    study: EvaluationStudy, panels: tuple[Panel, ...]
) -> None:
    for panel in panels:
        marks = [mark for mark in panel.marks if isinstance(mark, Points)]
        for row in (0, 1):
            mine = [mark for mark in marks if mark.name.endswith(f"-{row}")]
            assert sum(len(mark.x) for mark in mine) == study.municipalities
            columns = [set(np.round(mark.x, 9)) for mark in mine]
            assert len(set().union(*columns)) == sum(map(len, columns))
            limit = study.thresholds[study.names[row]]
            wrong = [mark for mark in mine if mark.name.startswith("wrong")]
            over = [np.asarray(mark.x) > limit for mark in wrong]
            assert all((x if panel.name == "none" else ~x).all() for x in over)


def test_both_worlds_stand_below_each_other_on_one_axis(panels: tuple[Panel, ...]) -> None:
    assert [panel.name for panel in panels] == ["effect", "none"]
    assert panels[0].x == panels[1].x
    truths = [
        {mark.at for mark in panel.marks if isinstance(mark, Rule) and mark.name[:5] == "truth"}
        for panel in panels
    ]
    assert truths[1] == {0.0} != truths[0]


def test_a_process_evaluation_has_no_mark(panels: tuple[Panel, ...]) -> None:
    for panel in panels:
        mine = [mark for mark in panel.marks if mark.name.endswith("-2")]
        assert [type(mark) for mark in mine] == [Word]
        assert "nothing to compare with" in mine[0].text  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("lang", "first", "process"),
    [
        ("en", "With “Earlier cohorts”: about ", "It says nothing of the effect"),
        ("sv", "Med ”Tidigare årgångar”: ungefär ", "Den säger inget om effekten"),
    ],
)
def test_decisions_are_said_first_and_that_so_few_cannot_tell_exactly(
    study: EvaluationStudy, lang: str, first: str, process: str
) -> None:
    with in_language(lang):  # type: ignore[arg-type]
        said = sentences(study)
        table = designs_table(study)
    assert said[0].startswith(first)
    assert any(process in one for one in said)
    assert len(table) == 6
    # Empty cells, and no zeros, where nothing is said of an effect.
    assert table.iloc[4:, 3:].isna().all().all()


def test_where_nothing_is_decided_no_mark_is_said_to_be_a_right_decision(
    study: EvaluationStudy,
) -> None:
    unknown = replace(study, thresholds=dict.fromkeys(study.thresholds, float("nan")))
    subject = Subject(study.scenario, (1, 2), "project", NPV)
    with in_language("en"):
        chart = would_say_chart(subject, unknown, study.names)
    assert not chart.rows[0][1][0].key
    assert "dashed" not in chart.notes[0]


def test_several_outcomes_are_counted_and_one_is_not(study: EvaluationStudy) -> None:
    """Two at 5 % each: 1 - 0.95 squared is 0.0975, 5 of 50."""
    with in_language("en"):
        said = " ".join(sentences(study))
        alone = " ".join(sentences(evaluate(load(EV1), ["earlier"], draws=2)))
    assert "2 outcomes are looked at" in said
    assert "by luck in 5 of 50" in said
    assert "against 2.5% first" in said
    assert "outcomes are looked at" not in alone
