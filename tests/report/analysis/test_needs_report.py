"""Where the needs are: concentration, groups and rules, drawn and said."""

import numpy as np
import pytest
from helpers.chart_marks import marks_of
from helpers.made_up_answers import needs, ready
from helpers.pictures import assert_readable, texts, written

from sisim.report.analysis.needs_report import (
    concentration_chart,
    draw_concentration,
    draw_groups,
    draw_rules,
    group_label,
    rule_label,
    sentences,
)
from sisim.report.chart.chart import Line


@pytest.mark.parametrize("draw", [draw_concentration, draw_groups, draw_rules])
def test_it_can_be_read(draw) -> None:
    assert_readable(draw(needs()))


def test_the_curve_is_the_table_and_names_what_the_costliest_have(lang: str) -> None:
    found = needs()
    figure = draw_concentration(found)
    table = found.tables["needs-lorenz"]
    curve = next(one for one in marks_of(concentration_chart(found), Line) if one.name == "curve")
    np.testing.assert_allclose(curve.y, table["share_of_cost"])
    share = round(100 * (1 - 0.8**8))
    said = written(figure).replace(" %", "%")
    assert f"{share}%" in said
    assert {"en": "Gini 0.91", "sv": "Gini 0,91"}[lang] in said


def test_parts_of_a_groups_bar_add_up_to_its_share_of_the_cost() -> None:
    figure = draw_groups(needs())
    bars = [bar for bar in figure.axes[0].patches if bar.get_height() > 0.4]
    first = [
        bar.get_width() for bar in bars if round(bar.get_y() + bar.get_height() / 2 + 0.1) == 0
    ]
    assert sum(first) == pytest.approx(0.25)


def test_named_groups_come_first_then_those_with_most_of_the_cost_for_their_size(lang: str) -> None:
    names = [
        {"en": "Target group: The team", "sv": "Målgrupp: Teamet"}[lang],
        {"en": "Aged 12–18", "sv": "Ålder 12–18"}[lang],
        {"en": "Centrum", "sv": "Centrum"}[lang] if lang == "sv" else "The centre",
    ]
    high = {
        name: next(
            text.get_position()[1]
            for text in texts(draw_groups(needs()))
            if text.get_text().startswith(name)
        )
        for name in names
    }
    assert high[names[0]] > high[names[1]] > high[names[2]]


def test_a_rule_that_points_nobody_out_is_said_to(lang: str) -> None:
    said = [
        one
        for one in sentences(needs())
        if {"en": "nobody out", "sv": "pekar inte ut någon"}[lang] in one
    ]
    assert len(said) == 1


def test_labels_of_groups_and_rules(lang: str) -> None:
    scenario = ready()
    assert group_label(scenario, "everyone", "") == {"en": "Everyone", "sv": "Alla"}[lang]
    assert "12–18" in group_label(scenario, "age", "12-18")
    risk = rule_label(scenario, "risk", "placed_for_behaviour", 0.05)
    assert "5" in risk
    assert {"en": "highest risk", "sv": "högst risk"}[lang] in risk


@pytest.mark.parametrize("lang", ["en"], indirect=True)
def test_the_foot_says_whether_what_everyone_has_is_counted() -> None:
    assert "With what everyone has." in written(draw_groups(needs(ordinary=True)))
    assert "Without what everyone has" in written(draw_groups(needs()))


def test_whom_rules_are_judged_among_is_said() -> None:
    assert written(draw_rules(needs(new=True))) != written(draw_rules(needs()))
