"""Bars of Sobol indices and of Morris' elementary effects."""

import pytest
from helpers.chart_marks import marks_of
from helpers.made_up_answers import REACH, morris_table, sobol_table, subject
from helpers.pictures import assert_readable, written

from sisim.report.analysis.sensitivity_bars import draw_morris, draw_sobol, sobol_chart
from sisim.report.chart.chart import Rule

GRADES = {REACH: "assumption"}


def test_sobol_bars_are_the_indices_alone_within_those_with_others() -> None:
    table = sobol_table()
    figure = draw_sobol(subject(), table, GRADES)
    widths = [bar.get_width() for bar in figure.axes[0].patches]
    assert widths[0::2] == pytest.approx(table["total"].clip(lower=0).tolist())
    assert widths[1::2] == pytest.approx(table["first"].clip(lower=0).tolist())


def test_a_sobol_interval_stays_within_the_whole_variance() -> None:
    table = sobol_table().assign(total_error=2.0)
    for rule in marks_of(sobol_chart(subject(), table, {}), Rule):
        assert rule.ends is not None
        assert 0 <= min(rule.ends) <= max(rule.ends) <= 1


def test_morris_bars_are_mean_absolute_effects_with_their_sign_beside() -> None:
    figure = draw_morris(subject(), morris_table(), GRADES)
    widths = [bar.get_width() for bar in figure.axes[0].patches]
    assert widths == pytest.approx(morris_table()["mu_star"].tolist())
    said = written(figure).splitlines()
    assert any(one.startswith("+6") for one in said)
    assert any(one.startswith("−4") for one in said)


@pytest.mark.parametrize(
    ("lang", "grade"), [("en", "assumption"), ("sv", "antagande")], indirect=["lang"]
)
def test_a_number_stands_with_its_grade(grade: str) -> None:
    assert grade in written(draw_sobol(subject(), sobol_table(), GRADES))
    assert grade in written(draw_morris(subject(), morris_table(), GRADES))


def test_both_can_be_read() -> None:
    assert_readable(draw_sobol(subject(), sobol_table(), GRADES))
    assert_readable(draw_morris(subject(), morris_table(), GRADES))


def test_of_few_base_points_no_interval_is_drawn(lang: str) -> None:
    few = sobol_table().assign(points=64)
    assert not marks_of(sobol_chart(subject(), few, {}), Rule)
    assert marks_of(sobol_chart(subject(), sobol_table(), {}), Rule)
    said = written(draw_sobol(subject(), few, {}))
    assert {"en": "at least 16 base points", "sv": "minst 16 baspunkter"}[lang] in said
