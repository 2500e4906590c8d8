"""The two figures as options of ECharts: plain JSON that says what the series say."""

from __future__ import annotations

import copy
import json
from typing import Any

import numpy as np
import pytest
from helpers.languages import in_swedish
from helpers.made_up import MadeUp
from helpers.pictures import contrast
from hypothesis import given, settings
from hypothesis import strategies as st

from sisim.analysis.comparison import WHICH, Comparison, View, compare
from sisim.live.chart_options import Look, figure, patch
from sisim.live.narration import STEPS, narration_steps
from sisim.report.chart.chart import Axis, Line, Note, Panel, between
from sisim.report.chart.label_placement import Frame, KeptNotes, LabelPlacement
from sisim.report.chart.palette import DARK, LIGHT, Palette
from sisim.report.chart.typesetting import PageType
from sisim.report.comparison_chart import Reveal, Scales

MADE = MadeUp()


@pytest.fixture(scope="module")
def told() -> Comparison:
    return compare(MADE)


def drawn(told: Comparison, which: Any = "new_way", **more: Any) -> dict[str, Any]:
    look = Look(**more)
    return in_swedish(lambda: figure(told, which, Scales.of(told), look))


def of(option: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in option["series"] if one["id"] == name)


@pytest.mark.parametrize("which", WHICH)
@pytest.mark.parametrize("dark", [False, True])
def test_an_option_is_plain_json(told: Comparison, which: Any, dark: bool) -> None:
    option = drawn(told, which, dark=dark, bands=True)
    assert json.loads(json.dumps(option, allow_nan=False)) == option
    names = [one["id"] for one in option["series"]]
    assert len(set(names)) == len(names)


def test_curves_are_the_series(told: Comparison) -> None:
    option = drawn(told)
    for name, curve in (
        ("cost-with", told.new_way.cost),
        ("cost-without", told.without.cost),
    ):
        assert [x for x, _ in of(option, name)["data"]] == told.years.tolist()
        unit = curve.mean / [y for _, y in of(option, name)["data"]]
        assert unit == pytest.approx([unit[0]] * len(unit), rel=1e-3)
    assert [y for _, y in of(option, "inflow-with")["data"]] == pytest.approx(
        told.new_way.entries.mean, abs=1e-3
    )


def test_both_figures_have_the_same_axes_and_the_same_future_without(told: Comparison) -> None:
    one, two = (drawn(told, which) for which in WHICH)
    for a, b in zip(one["yAxis"], two["yAxis"], strict=True):
        assert a["gridIndex"] == 1 or a == b
    for name in ("cost-without", "inflow-without"):
        assert of(one, name)["data"] == of(two, name)["data"]


@settings(max_examples=20)
@given(st.integers(2022, 2040), st.booleans(), st.booleans(), st.sampled_from([1.0, 1.5]))
def test_what_has_changed_is_all_that_is_sent(
    year: int, dark: bool, brackets: bool, scale: float
) -> None:
    first = compare(MADE)
    then = compare(MADE, View(year=year))
    before = figure(first, "project", Scales.of(first), Look())
    after = figure(then, "project", Scales.of(first), Look(dark, scale, brackets=brackets))
    merged = copy.deepcopy(before)
    change = patch(before, after)
    merged |= {key: part for key, part in change.items() if key != "series"}
    for one in change.get("series", []):
        of(merged, one["id"]).update(one)
    assert merged == after
    assert patch(after, after) == {}


def test_a_series_that_is_gone_is_left_empty(told: Comparison) -> None:
    bands, plain = drawn(told, bands=True), drawn(told)
    gone = {one["id"] for one in bands["series"]} - {one["id"] for one in plain["series"]}
    assert gone
    assert all("band" in name for name in gone)
    emptied = patch(bands, plain)["series"]
    assert {one["id"] for one in emptied} == gone
    assert all(one["data"] == [] for one in emptied)
    back = {one["id"] for one in patch(plain, bands)["series"]}
    assert gone <= back


@given(st.lists(st.tuples(st.floats(0, 9), st.floats(0, 9)), min_size=2, max_size=30))
def test_the_areas_between_are_what_is_between(pairs: list[tuple[float, float]]) -> None:
    without, with_ = np.array(pairs).T
    years = np.arange(len(pairs), dtype=float)
    dearer, cheaper = between(("above", "below"), years, without, with_)
    x = np.asarray(dearer.x)
    assert np.all(np.diff(x) >= 0)
    more, less = (np.asarray(one.high) - np.asarray(one.low) for one in (dearer, cheaper))
    assert np.all(more >= 0)
    assert np.all(less >= 0)
    assert np.all((more <= 1e-9) | (less <= 1e-9))
    at = np.searchsorted(x, years)
    assert (more - less)[at] == pytest.approx(with_ - without)


@pytest.mark.parametrize("lang", ["sv"], indirect=True)
@pytest.mark.usefixtures("lang")
def test_the_story_reveals_more_and_more(told: Comparison) -> None:
    steps = narration_steps(told)
    assert len(steps) == STEPS
    seen = []
    for step in steps:
        assert all(line.strip() for line in step.notes)
        shown = 0
        for which in WHICH:
            option = figure(told, which, Scales.of(told), Look(), step.reveal[which])
            drawn = of(option, "lines-cost")["markLine"]["data"]
            shown += len(of(option, "cost-with")["data"]) + len(drawn)
        seen.append(shown)
    assert seen == sorted(seen)
    assert len(set(seen)) == STEPS


def test_nothing_of_what_is_hidden_is_said(told: Comparison) -> None:
    hidden = Reveal(with_=False, areas=False, brackets=False, claims=False, new_way=False)
    option = figure(told, "new_way", Scales.of(told), Look(), hidden)
    said = json.dumps(option)
    for secret in ("With the", "Lower cost", "Extra cost", "New way", "aid back", "ower level"):
        assert secret not in said
    assert of(option, "cost-with")["data"] == of(option, "inflow-with")["data"] == []
    assert of(option, "gap")["data"] == []


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_words_stand_out_from_what_is_behind_them(palette: Palette) -> None:
    for behind in ("paper", "project", "new_way"):
        for words in ("ink", "extra_text", "lower_text", "payback_text"):
            assert contrast(palette[words], palette[behind]) >= 4.5, (words, behind)
    for words in ("muted", "with", "without"):
        assert contrast(palette[words], palette["paper"]) >= 4.5


WANTED = st.lists(
    st.tuples(st.floats(0, 20), st.floats(0, 9), st.text("abc å", min_size=1, max_size=20)),
    max_size=6,
)


@given(WANTED)
def test_words_that_are_placed_do_not_lie_on_each_other(
    wanted: list[tuple[float, float, str]],
) -> None:
    notes = tuple(Note(str(n), (text,), ((x, y),)) for n, (x, y, text) in enumerate(wanted))
    panel = Panel("one", Axis(0, 20), Axis(0, 10), notes)
    frame, page = Frame(50, 20, 400, 220), PageType(size=14)
    kept: KeptNotes = {}
    placed = LabelPlacement(panel, frame, page, kept).texts()
    assert len(placed) == len(wanted)
    elsewhere = tuple(Note(note.name, note.texts, ((0, 0),)) for note in notes)
    moved = Panel("one", panel.x, panel.y, elsewhere)
    again = LabelPlacement(moved, frame, page, dict(kept)).texts()
    # Where words have been placed they stay, whatever they are near now.
    for one, other in zip(again, placed, strict=True):
        assert (one.x, one.y) == pytest.approx((other.x, other.y))
    for n, one in enumerate(placed):
        for other in placed[:n]:
            wide = (page.width(one.text, 14) + page.width(other.text, 14)) / 2
            # Side by side they are half a letter apart, or they would read as one.
            assert abs(one.y - other.y) >= 14 or abs(one.x - other.x) >= wide + 7


def test_words_stand_off_a_curve_that_is_drawn() -> None:
    x = np.linspace(0, 20, 41)
    curve = Line("curve", x, np.full(41, 5.0))
    note = Note("said", ("Something long",), ((10.0, 5.0),))
    panel = Panel("one", Axis(0, 20), Axis(0, 10), (curve, note))
    page = PageType(size=14)
    (text,) = LabelPlacement(panel, Frame(0, 0, 400, 220), page).texts()
    assert abs(text.y - 110) > page.height(text.text, 14) / 2
