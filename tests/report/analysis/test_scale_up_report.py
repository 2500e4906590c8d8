"""What full scale takes year by year, and the versions that a budget affords."""

import numpy as np
import pytest
from helpers.chart_marks import marks_of
from helpers.made_up_answers import scale_up
from helpers.pictures import assert_readable, written

from sisim.report.analysis.scale_up_report import (
    draw_versions,
    draw_years,
    sentences,
    version_label,
    years_chart,
)
from sisim.report.chart.chart import Bars


@pytest.mark.parametrize("budget", [None, 6e6])
def test_years_can_be_read(budget: float | None) -> None:
    assert_readable(draw_years(scale_up(budget)))


def test_versions_can_be_read() -> None:
    assert_readable(draw_versions(scale_up()))


def test_the_bars_of_a_year_add_up_to_its_money() -> None:
    found = scale_up()
    drawn = {2026: 0.0, 2040: 0.0}
    for bars in marks_of(years_chart(found), Bars):
        sign = 1 if bars.name.endswith("-up") else -1
        for year, low, high in zip(bars.at, bars.low, bars.high, strict=True):
            if year in drawn:
                drawn[int(year)] += sign * (high - low)
    table = found.tables["implementation-years"]
    sums = {year: table.loc[table["year"] == year, "amount"].sum() for year in drawn}
    assert drawn == pytest.approx(sums)


def test_the_budget_is_a_line(lang: str) -> None:
    name = {"en": "budget SEK 6.0m", "sv": "budget 6,0 mkr"}[lang]
    assert name in written(draw_years(scale_up()))
    assert "budget" not in written(draw_years(scale_up(None)))


def test_only_versions_that_are_afforded_stand_beside_full_scale(lang: str) -> None:
    found = scale_up()
    figure = draw_versions(found)
    net = [bar.get_width() for bar in figure.axes[0].patches[::2]]
    kept = [one for one in found.versions if one.affordable or one.lever == "full"]
    np.testing.assert_allclose(net, [one.costs[:, 2].mean() for one in kept])
    said = written(figure)
    assert {"en": "Full scale", "sv": "Full skala"}[lang] in said
    assert {"en": "2 of 4 areas", "sv": "2 av 4 områden"}[lang] in said


def test_versions_have_names(lang: str) -> None:
    found = scale_up()
    assert "40" in version_label(found, found.versions[1])
    assert version_label(found, found.versions[0]) == {"en": "Full scale", "sv": "Full skala"}[lang]


def test_the_sentences_say_what_is_lacking_and_what_is_afforded(lang: str) -> None:
    said = [one.replace("\N{NO-BREAK SPACE}", " ") for one in sentences(scale_up())]
    assert any({"en": "SEK 1.9m a year more", "sv": "1,9 mkr"}[lang] in one for one in said)
    assert (
        sum({"en": "Within the budget:", "sv": "Ryms i budgeten:"}[lang] in one for one in said)
        == 2
    )
    assert any({"en": "Not even one place", "sv": "Inte ens en plats"}[lang] in one for one in said)


def test_without_a_budget_no_version_is_spoken_of(lang: str) -> None:
    said = " ".join(sentences(scale_up(None)))
    assert {"en": "budget", "sv": "budget"}[lang] not in said


def test_a_budget_that_affords_full_scale_is_said(lang: str) -> None:
    from dataclasses import replace

    found = scale_up(2e7)
    full = replace(found.versions[0], affordable=True)
    said = sentences(replace(found, versions=(full,)))[-1]
    assert {"en": "affords full scale", "sv": "räcker till full skala"}[lang] in said
