"""The figures show what the result says, alike in both, and so that it can be read."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from helpers.languages import in_swedish
from helpers.made_up import MadeUp, scenario
from helpers.pictures import assert_readable, written
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sisim.analysis.comparison import WHICH, Comparison, View, Which, administrations_of, compare
from sisim.i18n import LANGUAGES
from sisim.report.administrations import administrations_chart
from sisim.report.chart.chart import Bracket, Chart, Column, FilledArea, Line, Note, Panel, Span
from sisim.report.chart.matplotlib_painter import paint
from sisim.report.comparison_chart import Scales, comparison_chart, figure_column
from sisim.report.comparison_figures import draw_comparison, draw_comparison_single
from sisim.report.formats import NBSP
from sisim.report.frame import unit_of

LABELS = {
    "sv": ("Utan social", "Med social", "Projekttid", "Före–efter", "Med–utan", "Återbetalt år 7"),
    "en": ("Without the", "With the", "Project time", "Before–after", "With–without", "Paid back"),
}


def columns(chart: Chart) -> tuple[Column, ...]:
    ((_, found),) = chart.rows
    return found


def panels(story: Comparison, which: Which) -> dict[str, Panel]:
    column = figure_column(story, which, Scales.of(story))
    return {panel.name: panel for panel in column.panels}


def marks(panel: Panel, kind: type) -> dict[str, Any]:
    return {mark.name: mark for mark in panel.marks if isinstance(mark, kind)}


def named_line(figure: Figure, name: str) -> list[Line2D]:
    return [line for axes in figure.axes for line in axes.lines if line.get_gid() == name]


@pytest.mark.parametrize("lang", LANGUAGES, indirect=True)
def test_both_figures_share_axes_and_the_curve_without(made_up: MadeUp) -> None:
    one, two = columns(comparison_chart(compare(made_up)))
    for a, b in zip(one.panels, two.panels, strict=True):
        assert (a.x, a.title) == (b.x, b.title)
        if a.name != "gap":
            assert a.y == b.y
            assert a.y.low == 0
    without = [marks(column.panels[0], Line)["cost-without"].y for column in (one, two)]
    np.testing.assert_array_equal(*without)
    axes = draw_comparison(made_up).axes
    for left, right in zip(axes[:3], axes[3:], strict=True):
        assert left.get_position().y0 == right.get_position().y0
        assert left.get_position().width == pytest.approx(right.get_position().width)


def test_cost_and_inflow_are_as_tall_as_each_other(made_up: MadeUp) -> None:
    cost, gap, inflow = (axes.get_position().height for axes in draw_comparison(made_up).axes[:3])
    assert cost == pytest.approx(inflow)
    assert cost > gap > cost / 2


def test_a_difference_too_small_for_the_others_scale_has_its_own() -> None:
    small = compare(MadeUp(effect=0.05, fewer=0.6))
    scales = Scales.of(small)
    assert not scales.alike
    for which in WHICH:
        low, high = scales.gap[which]
        gap = small.side(which).gap
        assert np.ptp(gap.mean) > 0.3 * (high - low)
    remarks = {which: panels(small, which)["gap"].remark for which in WHICH}
    assert re.fullmatch(r"scale [\d.]+ × figure [12]", "".join(remarks.values()))
    level = compare(MadeUp(effect=0.3, fewer=0.0))
    told = any(panels(level, which)["gap"].remark for which in WHICH)
    assert Scales.of(level).alike != told


def test_the_curves_are_the_means_of_the_result(made_up: MadeUp) -> None:
    costs = made_up.costs_by_year().table().groupby(["arm", "replication", "year"])["amount"].sum()
    mean = costs.groupby(level=["arm", "year"]).mean()
    story = compare(made_up)
    for which, arm in (("project", "project"), ("new_way", "new_way")):
        shown = panels(story, which)
        with_ = marks(shown["cost"], Line)["cost-with"]
        np.testing.assert_allclose(with_.y * 1e6, mean[arm])
        gap = marks(shown["gap"], Line)["gap"]
        np.testing.assert_allclose(gap.y * 1e6, mean[arm] - mean["without"], atol=1e-3)


def test_without_is_dashed_black_above_a_solid_blue_with(made_up: MadeUp) -> None:
    figure = draw_comparison(made_up)
    for name in ("cost", "inflow"):
        for without, with_ in zip(
            named_line(figure, f"{name}-without"), named_line(figure, f"{name}-with"), strict=True
        ):
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
    for label in LABELS[lang]:
        assert label in written(figure)
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
    assert_readable(PICTURES[picture](MadeUp(**CASES[case])))


@pytest.mark.parametrize("lang", LANGUAGES, indirect=True)
@pytest.mark.parametrize("which", WHICH)
def test_phases_are_named_above_the_panel_in_the_order_of_time(
    made_up: MadeUp, which: Which
) -> None:
    shown = panels(compare(made_up), which)
    named = [span.labels[-1] for span in marks(shown["cost"], Span).values()]
    figure = draw_comparison_single(made_up, which)
    found = [text for text in figure.texts if (text.get_gid() or "").startswith("span-")]
    top = figure.axes[0].get_window_extent().y1
    assert len(found) == len(named)
    assert all(text.get_window_extent().y0 > top - 3 for text in found)
    across = [text.get_position()[0] for text in found]
    assert across == sorted(across)
    # The other panels are shaded alike, and named once.
    assert all(not span.labels for span in marks(shown["inflow"], Span).values())


@pytest.mark.parametrize(
    ("lang", "note"), [("sv", "ffekten avtar"), ("en", "ffect fades")], indirect=["lang"]
)
@pytest.mark.parametrize("case", [case for case in CASES if case != "no effect"])
def test_both_languages_say_that_the_effect_fades_in_the_first_figure(case: str, note: str) -> None:
    story = compare(MadeUp(**CASES[case]))
    assert story.project.back_on_track
    assert note in written(draw_comparison_single(story, "project"))
    assert note not in written(draw_comparison_single(story, "new_way"))
    said = marks(panels(story, "project")["gap"], Note)["fades"]
    assert [year for year, _ in said.at] == [story.project.fading[0]] == [2029]


@pytest.mark.parametrize("lang", LANGUAGES, indirect=True)
def test_the_marked_pair_agrees_with_the_data(made_up: MadeUp, lang: str) -> None:
    costs = made_up.costs_by_year().table().groupby(["arm", "replication", "year"])["amount"].sum()
    mean = costs.groupby(level=["arm", "year"]).mean()
    story = compare(made_up)
    chart = comparison_chart(story)
    verdict = {"sv": "Kostnaden ökar – men mindre", "en": "The cost rises – but less"}[lang]
    for which, column in zip(WHICH, columns(chart), strict=True):
        side = story.side(which)
        with_, without, today = (
            mean[side.arm, story.marked],
            mean["without", story.marked],
            mean["without", 2026],
        )
        assert side.before_after.share == pytest.approx(with_ / today - 1)
        assert side.with_without.share == pytest.approx(with_ / without - 1)
        assert side.before_after.share > 0 > side.with_without.share
        cost = column.panels[0]
        drawn = marks(cost, Bracket)
        assert drawn["before-after"].origin * 1e6 == pytest.approx(today)
        assert drawn["with-without"].origin * 1e6 == pytest.approx(without)
        assert [one.end * 1e6 for one in drawn.values()] == pytest.approx([with_] * 2)
        # In the last year, too, there is room for an arrow's width before the axis ends.
        assert all(
            cost.x.high - one.x > 0.015 * (cost.x.high - cost.x.low) for one in drawn.values()
        )
        said = " ".join(note.texts[0] for note in marks(cost, Note).values())
        assert f"+{round(side.before_after.share * 100)}" in said
        assert f"−{round(-side.with_without.share * 100)}" in said
        assert verdict in column.after


def test_the_year_marked_is_late_where_the_file_names_none(made_up: MadeUp) -> None:
    told = MadeUp(scenario=scenario(figures={"case": "placed"}))
    story = compare(told)
    assert story.marked == story.years[-1] - 2
    assert compare(told, View(year=2030)).marked == 2030


def test_claims_are_made_only_where_the_series_say_so(made_up: MadeUp) -> None:
    true = written(draw_comparison(made_up))
    for claim in (
        "Back on the same course",
        "A lastingly lower level",
        "The same inflow",
        "Fewer new cases",
        "Individuals helped and the inflow reduced",
        "The lower cost ends with the intervention",
        "The lower cost lasts, as fewer new cases come.",
    ):
        assert claim in true
    null = written(draw_comparison(MadeUp(effect=0.0, fewer=0.0)))
    for claim in ("Back on", "lastingly", "inflow reduced", "ffect fades", "Lower cost than"):
        assert claim not in null
    for claim in ("The same inflow", "Fewer new", "The lower cost"):
        assert claim not in null
    assert "Extra cost" in null


def test_the_sentences_under_the_figures_differ_where_the_figures_do(made_up: MadeUp) -> None:
    one, two = columns(comparison_chart(compare(made_up)))
    assert one.words != two.words
    assert "Over 20 years" in one.words
    assert "Over 20 years" in two.words


def test_a_difference_that_the_runs_do_not_agree_on_is_not_named() -> None:
    class Noise(MadeUp):
        """Every run differs from without by chance alone, also before anything is invested."""

        def costs_by_year(self, *args: Any, **more: Any) -> Any:
            found = super().costs_by_year(*args, **more)
            chance = np.random.default_rng(3).normal(0, 4e6, found.values.shape)
            arms = np.array([name != "without" for name in found.arms])
            values = found.values + chance * arms[None, :, None, None]
            return type(found)(**{**vars(found), "values": values})

    story = compare(Noise(effect=0.0, fewer=0.0))
    assert "lower-said" not in marks(panels(story, "project")["gap"], Note)


def test_bands_need_replications() -> None:
    few, enough = (compare(MadeUp(replications=n)) for n in (4, 5))
    assert not any("band" in name for name in marks(panels(few, "project")["cost"], FilledArea))
    assert "cost-band-with" in marks(panels(enough, "project")["cost"], FilledArea)
    assert "gap-band" in marks(panels(enough, "project")["gap"], FilledArea)
    assert "10–90% of 5 runs" in written(draw_comparison(enough))
    assert "10–90%" not in written(draw_comparison(few))


def test_the_growth_without_the_investment_is_told_with_what_it_rests_on(made_up: MadeUp) -> None:
    story = compare(made_up)
    told = written(draw_comparison(story))
    assert f"changes by +{round(100 * story.growth.total)}% from 2026 to 2045" in told
    parts = (1 + story.growth.volume) * (1 + story.growth.prices)
    assert parts == pytest.approx(1 + story.growth.total)


def test_what_is_invested_is_told_in_its_parts(made_up: MadeUp) -> None:
    table = comparison_chart(compare(made_up)).table
    parts = table.headings[3:6]
    assert [heading.split(" (")[0] for heading in parts] == [
        "Investment",
        "Running cost",
        "Replaced",
    ]
    one, two = ([cell.replace(NBSP, " ") for cell, _ in row] for _, row in table.rows)
    assert one[4:6] == ["SEK 0.0m", "SEK 0.0m"]
    assert two[3:6] == ["SEK 36.0m", "SEK 110m", "−SEK 8.0m"]
    # A project alone has but its investment.
    alone = comparison_chart(compare(made_up), ["project"]).table
    assert alone.headings[3].startswith("Invested")


def test_the_foot_says_what_is_left_out_and_whether_numbers_are_invented(made_up: MadeUp) -> None:
    foot = written(in_swedish(lambda: draw_comparison(made_up)))
    assert "Inte med, eftersom alla har det: grundskola." in foot
    assert "Påhittade exempelsiffror" in foot
    assert "Slumpfrö 1" in foot
    assert made_up.digest in foot
    real = MadeUp(scenario=scenario(invented=False))
    assert "Påhittade" not in written(in_swedish(lambda: draw_comparison(real)))


def test_a_view_shows_ordinary_services_current_prices_and_another_year(made_up: MadeUp) -> None:
    plain = compare(made_up)
    assert compare(made_up, View(year=2040)).marked == 2040
    assert compare(made_up, View(ordinary=True)).today > plain.today
    current = compare(made_up, View(current=True))
    assert current.without.cost.at(2040) > plain.without.cost.at(2040)
    assert "löpande priser" in written(in_swedish(lambda: draw_comparison(current)))


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
    assert not [mark for mark in marks if isinstance(mark, FilledArea)]
    assert not chart.corner
