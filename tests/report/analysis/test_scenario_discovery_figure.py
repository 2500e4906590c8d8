"""The region in which the investment fails: drawn among the draws, and said."""

import pytest
from helpers.chart_marks import marks_of
from helpers.made_up_answers import DISCOUNT, REACH, RUNNING, box, draws, subject
from helpers.pictures import assert_readable, written
from matplotlib.patches import Rectangle

from sisim.report.analysis.scenario_discovery_figure import (
    discovery_chart,
    draw_discovery,
    sentences,
)
from sisim.report.chart.chart import Points

REGIONS = [(), (REACH,), (REACH, RUNNING), (REACH, RUNNING, DISCOUNT)]


@pytest.mark.parametrize("keys", REGIONS, ids=len)
def test_it_can_be_read(keys: tuple[str, ...]) -> None:
    drawn, net = draws()
    assert_readable(draw_discovery(subject(), box(*keys), drawn, net, 0.0))


def test_draws_that_fail_and_those_that_do_not_are_apart() -> None:
    drawn, net = draws()
    chart = discovery_chart(subject(), box(REACH), drawn, net, 0.0)
    kept, failed = marks_of(chart, Points)
    assert len(failed.x) == (net < 0).sum()
    assert len(kept.x) == (net >= 0).sum()
    assert kept.shape != failed.shape


def test_the_box_is_bounded_where_the_region_is() -> None:
    drawn, net = draws()
    axes = draw_discovery(subject(), box(REACH, RUNNING), drawn, net, 0.0).axes[0]
    for patch in (p for p in axes.patches if isinstance(p, Rectangle)):
        assert patch.get_x() == axes.get_xlim()[0]
        assert patch.get_x() + patch.get_width() == pytest.approx(0.72)
        assert patch.get_y() == 6e6
        assert patch.get_y() + patch.get_height() == pytest.approx(axes.get_ylim()[1])


def test_a_third_side_is_said_not_to_be_drawn(lang: str) -> None:
    drawn, net = draws()
    said = written(draw_discovery(subject(), box(REACH, RUNNING, DISCOUNT), drawn, net, 0.0))
    assert {"en": "Two of the region's 3 sides", "sv": "Två av områdets 3 sidor"}[lang] in said


def test_the_sentences_give_density_and_coverage() -> None:
    _, net = draws()
    _, region = sentences(subject(), box(REACH, RUNNING), net, 0.0)
    for share in ("90", "75", "72"):
        assert share in region


def test_without_a_region_that_is_said(lang: str) -> None:
    _, net = draws()
    _, region = sentences(subject(), box(), net, 0.0)
    assert {"en": "No region", "sv": "Inget område"}[lang] in region


def test_another_limit_than_zero_is_named() -> None:
    _, net = draws()
    assert "2" in sentences(subject(), box(), net, 2e6)[0]


def test_without_a_region_none_is_drawn_and_that_is_said(lang: str) -> None:
    drawn, net = draws()
    figure = draw_discovery(subject(), box(), drawn, net, 0.0)
    assert not [patch for patch in figure.axes[0].patches if isinstance(patch, Rectangle)]
    said = written(figure)
    assert {"en": "PRIM found no region", "sv": "PRIM fann inget område"}[lang] in said
    assert {"en": "Region found", "sv": "Området är funnet"}[lang] not in said
