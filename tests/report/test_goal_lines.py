"""Goals: the share that each arm comes to, drawn and said beside what was aimed at."""

from __future__ import annotations

import pytest
from helpers.pictures import assert_readable

from sisim.engine.replications import simulate
from sisim.report.chart.chart import Line, Rule
from sisim.report.chart.matplotlib_painter import paint
from sisim.report.goal_lines import aims, goal_words, goals_chart
from sisim.results import Results
from sisim.scenario.scenario import Scenario

EXAM = {
    "name": "exam",
    "title": {"sv": "Prov", "en": "Exam"},
    "pathway": {
        "name": "exam",
        "title": "Exam",
        "attributes": {"sex": {"shares": {"girl": 0.5, "boy": 0.5}}},
        "tracks": {
            "school": {
                "label": "School",
                "start": "pupil",
                "states": {name: {"label": name} for name in ("pupil", "passed", "failed")},
            }
        },
        "groups": {
            "passed": {"label": "Passed", "track": "school", "states": ["passed"]},
            "tried": {"label": "Tried", "track": "school", "states": ["passed", "failed"]},
        },
        "factors": {
            "girls": {"feature": "attribute.sex", "values": {"girl": 1, "boy": 0}},
        },
        "transitions": {
            "fails": {
                "track": "school",
                "from": "pupil",
                "to": "failed",
                "probability": 1,
                "schedule": {"month": 6},
                "order": 2,
            },
            "passes": {
                "track": "school",
                "from": "pupil",
                "to": "passed",
                "probability": 1,
                "schedule": {"month": 6},
                "order": 1,
                "factors": ["girls"],
            },
        },
        "groupings": {"sex": {"feature": "attribute.sex"}},
    },
    "time": {"start": "2026-01", "years": 4},
    "population": {
        "cohort": 200,
        "areas": {"x": {"label": "X", "share": 0.5}, "y": {"label": "Y", "share": 0.5}},
    },
    "investments": {
        "help": {
            "label": "Help",
            "start": "2026-01",
            "years": 2,
            "target": {},
            "fidelity": {"at": [0, 1], "share": [0.2, 0.8]},
            "effects": [{"on": "fails", "ratio": 1}],
            "cost": {"payer": "fund"},
        }
    },
    "arms": {
        "helped": {"label": {"sv": "Med hjälp", "en": "With help"}, "investments": {"help": "ends"}}
    },
    "goals": {
        "all": {"label": "All", "share": 0.7, "group": "passed", "of": "tried"},
        "girls": {
            "label": "Girls",
            "share": 0.7,
            "group": "passed",
            "of": "tried",
            "where": {"area": ["x"], "sex": ["girl"]},
            "years": 2,
        },
        "boys": {
            "label": "Boys",
            "share": 0.7,
            "group": "passed",
            "of": "tried",
            "count": "stock",
            "where": {"sex": ["boy"]},
            "at_most": True,
        },
        "use": {"label": "Use", "share": 0.5, "delivery": "help", "by": 2027},
    },
}


@pytest.fixture(scope="module")
def exam() -> Results:
    """Return a result in which every girl passes in June, and no boy does."""
    return Results(simulate(Scenario.model_validate(EXAM), replications=2, threads=1))


def test_a_share_is_counted_among_those_whom_the_goal_is_about(exam: Results) -> None:
    """By area and background, of entries in a year or of those who are there."""
    found = {aim.name: aim for aim in aims(exam)}
    assert 0.35 < found["all"].shares["without"][0] < 0.65
    assert found["girls"].shares["helped"][1] == 1
    assert found["boys"].shares["without"][3] == 0
    assert found["boys"].met_in("without", 2029)
    assert not found["all"].met_in("without", 2026)


def test_a_goal_pooled_over_years_waits_for_as_many(exam: Results) -> None:
    """Two years at least; after that, those who entered in either of them."""
    table = exam.goals()
    girls = table[(table["goal"] == "girls") & (table["arm"] == "without")]
    whole = girls.groupby("year")["whole"].sum()
    assert whole[2026] == whole[2028] == 0
    tried = exam.counts.counts("entry", ["area", "sex"])[:, 0, :, 0, 0, 1].sum()
    assert whole[2027] == tried > 0


def test_delivery_is_the_fidelity_while_it_runs(exam: Results) -> None:
    """From a fifth to four fifths in a year, and nothing in an arm without it."""
    use = next(aim for aim in aims(exam) if aim.name == "use")
    assert set(use.shares) == {"helped"}
    assert use.shares["helped"][:2] == pytest.approx([0.475, 0.8])
    assert use.met_in("helped", 2027)


@pytest.mark.parametrize("lang", ["sv", "en"], indirect=True)
def test_goals_are_drawn_as_lines_and_said(exam: Results, lang: str) -> None:
    """A panel each, a line at the goal, a curve an arm; a sentence says whether it is met."""
    chart = goals_chart(exam)
    panels = [panel for _, row in chart.rows for column in row for panel in column.panels]
    goals = [m for panel in panels for m in panel.marks if isinstance(m, Rule) and m.along == "x"]
    assert [goal.at for goal in goals] == [0.7, 0.7, 0.7, 0.5]
    assert [sum(isinstance(m, Line) for m in panel.marks) for panel in panels] == [2, 2, 2, 1]
    # Those who are there in one year only are seen too.
    assert all(m.markers for panel in panels for m in panel.marks if isinstance(m, Line))
    assert_readable(paint(chart))
    said = goal_words(exam)
    assert len(said) == 4
    at_least, met = {
        "en": ("at least 70%", "With help 80% in 2027, met"),
        "sv": ("minst 70\u00a0%", "Med hjälp 80\u00a0% år 2027, nått"),
    }[lang]
    assert at_least in said[0]
    assert met in said[3]


def test_a_scenario_without_goals_says_nothing_of_them() -> None:
    """No goals, no words."""
    plain = Scenario.model_validate({**EXAM, "goals": {}})
    result = Results(simulate(plain, replications=1, threads=1))
    assert goal_words(result) == []
    assert result.goals().empty
