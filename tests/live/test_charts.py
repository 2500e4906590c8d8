"""The two figures as options of ECharts: plain JSON that says what the series say."""

from __future__ import annotations

import copy
import json
from typing import Any

import numpy as np
import pytest
from helpers.languages import in_swedish
from helpers.made_up import MadeUp
from hypothesis import given, settings
from hypothesis import strategies as st
from sisim.live.label_space import LabelPlacement

from sisim.analysis.comparison import WHICH, Comparison, View, compare
from sisim.live.chart_options import (
    DARK,
    LIGHT,
    Axes,
    Look,
    Palette,
    Reveal,
    _between,
    figure,
    patch,
)
from sisim.live.narration import STEPS, narration_steps

MADE = MadeUp()


@pytest.fixture(scope="module")
def told() -> Comparison:
    return compare(MADE)


def drawn(told: Comparison, which: Any = "new_way", **more: Any) -> dict[str, Any]:
    look = Look(**more)
    return in_swedish(lambda: figure(told, which, Axes.of(told), look))


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
    for name, curve in (("with", told.new_way.cost), ("without", told.without.cost)):
        assert [x for x, _ in of(option, name)["data"]] == told.years.tolist()
        unit = curve.mean / [y for _, y in of(option, name)["data"]]
        assert unit == pytest.approx([unit[0]] * len(unit), rel=1e-3)
    assert [y for _, y in of(option, "entries-with")["data"]] == pytest.approx(
        told.new_way.entries.mean, abs=1e-3
    )


def test_both_figures_have_the_same_axes_and_the_same_future_without(told: Comparison) -> None:
    one, two = (drawn(told, which) for which in WHICH)
    assert one["yAxis"] == two["yAxis"]
    for name in ("without", "entries-without", "stock-without"):
        assert of(one, name) == of(two, name)


@settings(max_examples=20)
@given(st.integers(2022, 2040), st.booleans(), st.booleans(), st.sampled_from([1.0, 1.5]))
def test_what_has_changed_is_all_that_is_sent(
    year: int, dark: bool, brackets: bool, scale: float
) -> None:
    first = compare(MADE)
    then = compare(MADE, View(year=year))
    before = figure(first, "project", Axes.of(first), Look())
    after = figure(then, "project", Axes.of(first), Look(dark, scale, brackets=brackets))
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
    assert {name.partition("-")[0] for name in gone} == {"band"}
    emptied = patch(bands, plain)["series"]
    assert {one["id"] for one in emptied} == gone
    assert all(one["data"] == [] for one in emptied)
    assert [one["id"] for one in patch(plain, bands)["series"]] == [
        one["id"] for one in bands["series"] if one["id"] in gone
    ]


@given(st.lists(st.tuples(st.floats(0, 9), st.floats(0, 9)), min_size=2, max_size=30))
def test_the_areas_between_are_what_is_between(pairs: list[tuple[float, float]]) -> None:
    without, with_ = np.array(pairs).T
    years = np.arange(len(pairs), dtype=float)
    x, low, dearer, cheaper = _between(years, without, with_)
    assert np.all(np.diff(x) >= 0)
    assert np.all((dearer == 0) | (cheaper == 0))
    at = np.searchsorted(x, years)
    assert low[at] + dearer[at] == pytest.approx(np.maximum(with_, np.minimum(with_, without)))
    assert (dearer - cheaper)[at] == pytest.approx(with_ - without)


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
            option = figure(told, which, Axes.of(told), Look(), step.reveal[which])
            shown += len(of(option, "with")["data"]) + len(of(option, "brackets")["data"])
        seen.append(shown)
    assert seen == sorted(seen)
    assert len(set(seen)) == STEPS


def test_nothing_of_what_is_hidden_is_said(told: Comparison) -> None:
    hidden = Reveal(with_=False, areas=False, brackets=False, claims=False, new_way=False)
    option = figure(told, "new_way", Axes.of(told), Look(), hidden)
    said = json.dumps(option)
    for secret in ("With the", "Lower cost", "Extra cost", "New way", "aid back", "ower level"):
        assert secret not in said
    assert of(option, "with")["data"] == of(option, "entries-with")["data"] == []


def contrast(one: str, two: str) -> float:
    """Return the contrast of two colours (WCAG 2.2, 1.4.3)."""

    def light(color: str) -> float:
        parts = [int(color[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((light(one), light(two)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_words_stand_out_from_what_is_behind_them(palette: Palette) -> None:
    for behind in (palette.paper, palette.project, palette.new_way):
        for words in (palette.ink, palette.extra_text, palette.lower_text):
            assert contrast(words, behind) >= 4.5
    for words in (palette.muted, palette.with_, palette.without):
        assert contrast(words, palette.paper) >= 4.5


@given(st.lists(st.tuples(st.floats(0, 20), st.floats(0, 9), st.text(max_size=20)), max_size=6))
def test_words_that_are_placed_do_not_lie_on_each_other(
    wanted: list[tuple[float, float, str]],
) -> None:
    kept: dict[str, tuple[float, float]] = {}
    placement = LabelPlacement((0, 20), 10, (400, 220), kept)
    places = [placement.place(str(n), text, (x, y), 14) for n, (x, y, text) in enumerate(wanted)]
    again = LabelPlacement((0, 20), 10, (400, 220), dict(kept))
    # Where words have been placed they stay, whatever they are near now.
    assert [again.place(str(n), "", (0, 0), 14) for n in range(len(wanted))] == places
    middles = [placement.pixel(*place) for place in places]
    for n, (x, y) in enumerate(middles):
        for other, (a, b) in enumerate(middles[:n]):
            wide = 0.5 * 14 * 0.52 * (len(wanted[n][2]) + len(wanted[other][2]))
            assert abs(y - b) >= 14 or abs(x - a) >= wide
