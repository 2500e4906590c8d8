"""The figures show what the result says, alike in both, and so that it can be read."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from helpers.languages import in_swedish
from helpers.made_up import MadeUp, scenario
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text

from sisim.analysis.comparison import View, administrations_of, compare
from sisim.i18n import LANGUAGES
from sisim.report.administrations import administrations_chart
from sisim.report.chart.chart import Area, Line
from sisim.report.chart.matplotlib_painter import paint
from sisim.report.comparison_figures import draw_comparison, draw_comparison_single
from sisim.report.frame import unit_of
from sisim.report.style import renderer

LABELS = {
    "sv": ("Utan social", "Med social", "Projekttid", "Före–efter", "Med–utan", "Återbetalt år 7"),
    "en": ("Without the", "With the", "Project time", "Before–after", "With–without", "Paid back"),
}
PHASES = {
    "sv": ("Projekttid", "Nytt arbetssätt"),
    "en": ("Project time", "New way of working"),
}


def strips(figure: Figure, which: int) -> list[Axes]:
    """Return the three strips of figure 1 or 2."""
    return list(figure.axes[3 * (which - 1) : 3 * which])


def series(axes: Axes, name: str) -> Line2D:
    return next(line for line in axes.lines if line.get_gid() == name)


def texts(figure: Figure) -> list[Text]:
    found = [*figure.texts, *(text for axes in figure.axes for text in axes.texts)]
    return [text for text in found if text.get_text().strip()]


@pytest.mark.parametrize("lang", LANGUAGES, indirect=True)
def test_both_figures_share_axes_and_the_curve_without(made_up: MadeUp) -> None:
    figure = draw_comparison(made_up)
    for one, two in zip(strips(figure, 1), strips(figure, 2), strict=True):
        assert one.get_xlim() == two.get_xlim()
        assert one.get_ylim() == two.get_ylim()
        assert one.get_position().y0 == two.get_position().y0
        assert one.get_position().width == pytest.approx(two.get_position().width)
        np.testing.assert_array_equal(
            series(one, "without").get_ydata(), series(two, "without").get_ydata()
        )
    assert strips(figure, 1)[0].get_ylim()[0] == 0


def test_the_curves_are_the_means_of_the_result(made_up: MadeUp) -> None:
    costs = made_up.costs_by_year().table().groupby(["arm", "replication", "year"])["amount"].sum()
    mean = costs.groupby(level=["arm", "year"]).mean()
    figure = draw_comparison(made_up)
    for which, arm in ((1, "project"), (2, "new_way")):
        cost = strips(figure, which)[0]
        np.testing.assert_allclose(series(cost, "with").get_ydata(), mean[arm])
        np.testing.assert_allclose(series(cost, "without").get_ydata(), mean["without"])


def test_without_is_dashed_black_above_a_solid_blue_with(made_up: MadeUp) -> None:
    for axes in strips(draw_comparison(made_up), 1):
        without, with_ = series(axes, "without"), series(axes, "with")
        assert without.get_color() == "#000000"
        assert without.is_dashed()
        assert with_.get_color() == "#0072B2"
        assert not with_.is_dashed()
        assert with_.get_linewidth() > without.get_linewidth()
        # Where they coincide both are seen: the dashes lie on top.
        assert without.get_zorder() > with_.get_zorder()


@pytest.mark.parametrize("lang", LANGUAGES, indirect=True)
def test_lines_are_labelled_directly_without_a_legend(made_up: MadeUp, lang: str) -> None:
    figure = draw_comparison(made_up)
    written = "\n".join(text.get_text() for text in texts(figure))
    for label in LABELS[lang]:
        assert label in written
    assert not figure.legends
    assert all(axes.get_legend() is None for axes in figure.axes)


PICTURES = {
    "pair": draw_comparison,
    "first": lambda result: draw_comparison_single(result, "project"),
    "second": lambda result: draw_comparison_single(result, "new_way"),
    "administrations": lambda result: paint(administrations_chart(result)),
}
CASES = {
    "usual": {},
    "single": {"replications": 1},
    "no effect": {"effect": 0.0, "fewer": 0.0},
    "strong": {"effect": 0.6, "fewer": 0.45, "growth": 0.0},
    "thousands": {"scale": 0.004},
    "late": {"scenario": scenario(figures={"case": "placed", "year": 2044})},
    "early": {"scenario": scenario(figures={"case": "placed", "year": 2029})},
    "level": {"growth": 0.0, "effect": 0.1},
}


@pytest.mark.parametrize("lang", LANGUAGES, indirect=True)
@pytest.mark.parametrize(
    ("picture", "case"),
    [
        (picture, case)
        for picture in PICTURES
        for case in CASES
        if picture == "pair" or case in ("usual", "thousands")
    ],
)
def test_no_text_covers_another_or_leaves_the_picture(picture: str, case: str) -> None:
    figure = PICTURES[picture](MadeUp(**CASES[case]))
    measure = renderer(figure)
    figure.draw(measure)
    boxes = {text: text.get_window_extent(measure) for text in texts(figure)}
    ticks = [
        tick
        for axes in figure.axes
        for axis in (axes.xaxis, axes.yaxis)
        for tick in axis.get_ticklabels()
        if tick.get_visible() and tick.get_text()
    ]
    shown = {t: t.get_window_extent(measure) for t in ticks if t.get_window_extent(measure).width}
    wide, high = figure.get_size_inches() * figure.dpi
    for text, box in (boxes | shown).items():
        inside = box.x0 >= 0 and box.y0 >= 0 and box.x1 <= wide and box.y1 <= high
        assert inside, f"{text.get_text()!r} leaves the picture"
    for (one, a), (two, b) in combinations(boxes.items(), 2):
        # Lines of text may touch: ascenders and descenders are seldom both there.
        across = min(a.x1, b.x1) - max(a.x0, b.x0)
        down = min(a.y1, b.y1) - max(a.y0, b.y0)
        assert across <= 1 or down <= 4, f"{one.get_text()!r} covers {two.get_text()!r}"


@pytest.mark.parametrize("lang", LANGUAGES, indirect=True)
@pytest.mark.parametrize("case", CASES)
def test_no_text_crosses_the_marked_year(case: str) -> None:
    figure = draw_comparison(MadeUp(**CASES[case]))
    measure = renderer(figure)
    for which in (1, 2):
        cost = strips(figure, which)[0]
        line = series(cost, "marked").get_window_extent()
        for text in cost.texts:
            box = text.get_window_extent(measure)
            across = box.x0 < line.x0 < box.x1
            assert not (across and box.y0 < line.y1), f"{text.get_text()!r} in figure {which}"


@pytest.mark.parametrize("lang", LANGUAGES, indirect=True)
@pytest.mark.parametrize("case", CASES)
def test_the_names_of_the_phases_stand_above_the_curves(case: str, lang: str) -> None:
    cost = strips(draw_comparison(MadeUp(**CASES[case])), 2)[0]
    curves = max(series(cost, name).get_window_extent().y1 for name in ("without", "with"))
    for name in PHASES[lang]:
        text = next(text for text in cost.texts if text.get_text().startswith(name))
        assert text.get_window_extent(renderer(cost.figure)).y0 > curves, name


@pytest.mark.parametrize(
    ("lang", "note"), [("sv", "effekten avtar"), ("en", "the effect fades")], indirect=["lang"]
)
@pytest.mark.parametrize("case", [case for case in CASES if case != "no effect"])
def test_both_languages_say_that_the_effect_fades(case: str, note: str) -> None:
    story = compare(MadeUp(**CASES[case]))
    assert story.project.back_on_track
    written = [text.get_text() for text in strips(draw_comparison(story), 1)[0].texts]
    assert any(note in text for text in written)


@pytest.mark.parametrize("lang", LANGUAGES, indirect=True)
def test_the_marked_pair_agrees_with_the_data(made_up: MadeUp, lang: str) -> None:
    costs = made_up.costs_by_year().table().groupby(["arm", "replication", "year"])["amount"].sum()
    mean = costs.groupby(level=["arm", "year"]).mean()
    story = compare(made_up)
    figure = draw_comparison(story)
    for side, axes in ((story.project, 0), (story.new_way, 3)):
        assert side.before_after.share == pytest.approx(
            mean[side.arm, 2036] / mean["without", 2026] - 1
        )
        assert side.with_without.share == pytest.approx(
            mean[side.arm, 2036] / mean["without", 2036] - 1
        )
        assert side.before_after.share > 0 > side.with_without.share
        written = " ".join(t.get_text() for t in figure.axes[axes].texts)
        assert f"+{round(side.before_after.share * 100)}" in written
        assert f"−{round(-side.with_without.share * 100)}" in written
    verdict = {"sv": "Kostnaden ökar – men mindre", "en": "The cost rises – but less"}[lang]
    assert sum(verdict in t.get_text() for t in texts(figure)) == 2


def test_claims_are_made_only_where_the_series_say_so(made_up: MadeUp) -> None:
    def written(figure: Figure) -> str:
        return " ".join(t.get_text().replace("\n", " ") for t in texts(figure))

    true = written(draw_comparison(made_up))
    assert "Back on the same course" in true
    assert "A lastingly lower level" in true
    assert "Individuals helped and the inflow reduced" in true
    null = written(draw_comparison(MadeUp(effect=0.0, fewer=0.0)))
    for claim in ("Back on", "lastingly", "inflow reduced", "effect fades", "Lower cost than"):
        assert claim not in null
    assert "Extra cost (investment)" in null


def test_bands_need_replications() -> None:
    few, enough = (draw_comparison(MadeUp(replications=n)) for n in (4, 5))
    assert len(few.axes[2].collections) < len(enough.axes[2].collections)
    assert "10–90% of 5 runs" in " ".join(t.get_text() for t in texts(enough))


def test_the_foot_says_what_is_left_out_and_whether_numbers_are_invented(made_up: MadeUp) -> None:
    foot = " ".join(t.get_text() for t in in_swedish(lambda: draw_comparison(made_up)).texts)
    assert "Inte med, eftersom alla har det: grundskola." in foot
    assert "Påhittade exempelsiffror" in foot
    assert "Slumpfrö 1" in foot
    assert made_up.digest in foot
    real = MadeUp(scenario=scenario(invented=False))
    assert "Påhittade" not in " ".join(
        t.get_text() for t in in_swedish(lambda: draw_comparison(real)).texts
    )


def test_a_view_shows_ordinary_services_current_prices_and_another_year(made_up: MadeUp) -> None:
    plain = compare(made_up)
    assert compare(made_up, View(year=2040)).marked == 2040
    assert compare(made_up, View(ordinary=True)).today > plain.today
    current = compare(made_up, View(current=True))
    assert current.without.cost.at(2040) > plain.without.cost.at(2040)
    assert "löpande priser" in " ".join(
        t.get_text() for t in in_swedish(lambda: draw_comparison(current)).texts
    )


def test_administrations_add_up_to_the_total(made_up: MadeUp) -> None:
    story = compare(made_up)
    shown = administrations_of(story)
    for side in (story.without, story.project, story.new_way):
        total = sum(one.cost[side.arm].mean for one in shown)
        np.testing.assert_allclose(total, side.cost.mean)
    gap = sum(one.difference["new_way"] + one.intervention["new_way"] for one in shown)
    np.testing.assert_allclose(gap, story.new_way.gap.mean, atol=1e-6)


def test_administrations_are_drawn_alone_on_scales_of_their_own_and_together_on_one(
    made_up: MadeUp,
) -> None:
    """What hardly differs is named, not drawn; the sum of the bars is the difference in cost."""
    chart = administrations_chart(made_up)
    *small, (_, together) = chart.rows[1:]
    panels = [panel for _, row in small for column in row for panel in column.panels if panel.marks]
    assert len({(panel.y.low, panel.y.high) for panel in panels}) > 1
    assert "Hardly any difference" in chart.notes[0]
    bars = [column.panels[0] for column in together]
    assert len({(panel.y.low, panel.y.high) for panel in bars}) == 1
    (net,) = [m for m in bars[1].marks if isinstance(m, Line)]
    story = compare(made_up)
    gap = story.new_way.gap.mean / unit_of(story).size
    assert np.abs(np.subtract(net.y, gap)).max() < 0.02 * np.abs(gap).max()


def test_with_one_run_no_administration_has_a_range() -> None:
    chart = administrations_chart(MadeUp(replications=1))
    marks = [m for _, row in chart.rows for c in row for p in c.panels for m in p.marks]
    assert not [mark for mark in marks if isinstance(mark, Area)]
    assert not chart.corner
