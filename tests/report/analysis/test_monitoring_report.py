"""The plan of follow-up: ranges by month, what was observed, and what a deviation says."""

import numpy as np
import pandas as pd
import pytest
from helpers.chart_marks import marks_of
from helpers.followed import EV1
from helpers.made_up_answers import MEASURES, follow_up, observed
from helpers.pictures import assert_readable

from sisim import load
from sisim.analysis.monitoring import deviations
from sisim.analysis.monitoring import follow_up as plan_of
from sisim.report.analysis.monitoring_report import (
    deviation_sentences,
    draw_follow_up,
    drawn,
    follow_up_chart,
    measure_label,
    plan_table,
    sentences,
    verdict_words,
)
from sisim.report.chart.chart import Line, Points

BY_NAME = {measure.name: measure for measure in MEASURES}


@pytest.mark.parametrize("seen", [False, True])
def test_it_can_be_read(seen: bool) -> None:
    assert_readable(draw_follow_up(follow_up(), observed() if seen else None))


def test_a_panel_holds_the_middle_of_its_measure() -> None:
    plan = follow_up()
    lines = [line for line in marks_of(follow_up_chart(plan), Line) if line.name == "with"]
    assert len(lines) == 6
    for line, measure in zip(lines, drawn(plan, None), strict=True):
        own = plan.plan[plan.plan["measure"] == measure.name]
        np.testing.assert_allclose(line.y, own["middle"])


def test_what_lies_outside_has_another_mark() -> None:
    points = marks_of(follow_up_chart(follow_up(), observed()), Points)
    assert sum(len(one.x) for one in points if one.shape == "circle") == 2
    assert sum(len(one.x) for one in points if one.shape == "diamond") == 2


def test_what_was_observed_is_among_what_is_drawn() -> None:
    names = {measure.name for measure in drawn(follow_up(), observed())}
    assert set(observed()["measure"]) <= names


def test_the_table_names_what_is_measured_and_by_whom(lang: str) -> None:
    table = plan_table(follow_up()).set_index("measure")
    assert list(table.columns[:3]) == ["month", "what", "by"]
    label = {"en": "Money spent", "sv": "Förbrukade medel"}[lang]
    assert set(table.loc["spent.team", "what"]) == {label}
    assert set(table.loc["spent.team", "by"]) == {
        {"en": "Social services", "sv": "Socialförvaltningen"}[lang]
    }


def test_the_sentences_give_a_range_for_every_month() -> None:
    said = sentences(follow_up())
    begun = next(
        one for one in said if one.startswith(measure_label(follow_up(), BY_NAME["begun.team"]))
    )
    assert begun.count("–") == 3
    assert all(f"{month} " in begun for month in (6, 12, 24))


def test_a_deviation_is_said_with_plan_outcome_and_verdict(lang: str) -> None:
    said = deviation_sentences(follow_up(), observed())
    assert len(said) == 5
    assert said[1].endswith({"en": "Dearer than planned.", "sv": "Dyrare än planerat."}[lang])
    assert {"en": "2 of 4 lie outside", "sv": "2 av 4 ligger utanför"}[lang] in said[-1]


def test_every_verdict_has_its_words() -> None:
    for verdict in ("above", "below"):
        kinds = ("target.team", "begun.team", "reach.team", "spent.team")
        assert len({verdict_words(BY_NAME[name], verdict) for name in kinds}) == 4
    results = ("as_planned", "cannot_tell", "better", "no_effect", "too_little", "unexplained")
    said = {verdict_words(BY_NAME["outcome.placed"], verdict) for verdict in results}
    assert len(said) == 6
    assert verdict_words(BY_NAME["begun.team"], "as_planned") not in said


def two_times(first: float, last: float) -> pd.DataFrame:
    """Return what was observed of participants at two times, as `deviations` returns it."""
    seen = [(6, "participants.placed", first), (24, "participants.placed", last)]
    return deviations(follow_up(), pd.DataFrame(seen, columns=["month", "measure", "value"]))


def test_a_fall_among_participants_is_never_an_effect(lang: str) -> None:
    """What the same people are reckoned to do without the investment stands beside it."""
    said = "\n".join(deviation_sentences(follow_up(), two_times(0.5, 0.2)))
    told = {
        "en": "from 50% in month 6 to 20% in month 24. That is no effect: without the investment",
        "sv": "från 50 % månad 6 till 20 % månad 24. Det är ingen effekt: utan investeringen",
    }[lang]
    assert told in said.replace("\N{NO-BREAK SPACE}", " ")
    plan = follow_up().plan.set_index(["measure", "month"])["without_middle"]
    ends = [f"{100 * plan['participants.placed', month]:.0f}" for month in (6, 24)]
    assert all(end in said for end in ends)
    # Of a rise nobody would say so.
    risen = "\n".join(deviation_sentences(follow_up(), two_times(0.2, 0.5)))
    assert {"en": "That is no effect", "sv": "Det är ingen effekt"}[lang] not in risen


def test_the_planned_evaluations_tell_the_effect(lang: str) -> None:
    """A plan says where the effect will be told, and who answers for what is measured of it."""
    world = load(
        EV1,
        {
            "evaluations.difference.measures": ["fidelity", "drop_out"],
            "evaluations.difference.responsible": {"sv": "Enhetschefen", "en": "Head of unit"},
        },
    )
    plan = plan_of(world, "project", months=[24], runs=2, drawn="nothing")
    said = "\n".join(sentences(plan))
    told = {
        "en": "among participants alone shows no effect. The effect is told by the planned",
        "sv": "bland enbart deltagarna visar ingen effekt. Effekten anges av de planerade",
    }[lang]
    assert told in said
    assert {"en": "“Difference-in-differences” (answer in 2029)", "sv": "(svar 2029)"}[lang] in said
    assert {"en": "Measured by: head of unit.", "sv": "Mäts av: enhetschefen."}[lang] in said
