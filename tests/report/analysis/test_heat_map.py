"""The heat map: a cell for every pair, the border where the result turns, the scenario's ring."""

import numpy as np
import pandas as pd
import pytest
from helpers.chart_marks import marks_of
from helpers.made_up_answers import REACH, YEARS, grid, subject
from helpers.pictures import assert_readable, written

from sisim.report.analysis.analysis_frame import Subject, scale_for
from sisim.report.analysis.heat_map import draw_heat_map, heat_map_chart, sentences
from sisim.report.chart.chart import CellGrid, Points, Rule


def drawn(about: Subject, table: pd.DataFrame) -> tuple[CellGrid, list[Rule], list[Points]]:
    """Return the cells, the borders between them, and the ring where it lies between cells."""
    chart = heat_map_chart(about, table)
    (cells,) = marks_of(chart, CellGrid)
    return cells, marks_of(chart, Rule), marks_of(chart, Points)


def test_every_cell_holds_its_result(lang: str) -> None:
    cells, _, _ = drawn(subject(), grid())
    values = grid().pivot(index=YEARS, columns=REACH, values="mean").to_numpy()
    scale = scale_for(subject(), values.ravel())
    assert cells.texts == tuple(tuple(scale.text(one) for one in row) for row in values)
    blue = [[int(one[5:], 16) > int(one[1:3], 16) for one in row] for row in cells.colors]
    np.testing.assert_array_equal(blue, values > 0)


def test_the_border_separates_cells_of_unlike_sign() -> None:
    _, borders, _ = drawn(subject(), grid())
    assert len(borders) == turns(grid(), 0.0) > 0


def turns(table: pd.DataFrame, at: float) -> int:
    """Return how many neighbours lie on either side of a value."""
    above = table.pivot(index=YEARS, columns=REACH, values="mean").to_numpy() > at
    return int((above[:, 1:] != above[:, :-1]).sum() + (above[1:] != above[:-1]).sum())


def test_a_scenario_outside_the_grid_has_no_ring() -> None:
    cells, _, rings = drawn(subject(), grid()[grid()[REACH] < 0.7])
    assert cells.ringed is None
    assert not rings


def test_many_columns_have_no_numbers_in_their_cells() -> None:
    cells, _, _ = drawn(subject(), grid(15))
    assert not any("".join(row) for row in cells.texts)


def test_it_can_be_read(lang: str) -> None:
    figure = draw_heat_map(subject(), grid())
    assert_readable(figure)
    axes = {
        "en": "Upwards: Years of the project. To the right: Reach.",
        "sv": "Uppåt: Projektår. Åt höger: Andel som nås.",
    }[lang]
    assert axes in written(figure)
    assert "77" in written(figure)


def test_the_sentences_name_the_lowest_and_the_highest_cell(lang: str) -> None:
    lowest, highest = sentences(subject(), grid())
    assert "40" in lowest
    assert "90" in highest
    assert lowest.startswith({"en": "Lowest: −SEK", "sv": "Lägst: "}[lang])


def test_on_a_cell_the_ring_is_that_cells_and_between_cells_it_lies_between(lang: str) -> None:
    """Reach is 0.8 and the project lasts 3 years in the scenario."""
    cells, _, (ring,) = drawn(subject(), grid())
    assert cells.ringed is None
    assert [*ring.x, *ring.y] == pytest.approx([3.2, 1.0])
    between = {"en": "between the cells", "sv": "mellan rutorna"}[lang]
    assert between in written(draw_heat_map(subject(), grid()))
    exact = grid(5)
    exact.loc[np.isclose(exact[REACH], 0.775), REACH] = 0.8
    cells, _, rings = drawn(subject(), exact)
    assert cells.ringed == (1, 3)
    assert not rings
    assert between not in written(draw_heat_map(subject(), exact))


def test_where_the_scenario_lies_outside_no_ring_is_told_of(lang: str) -> None:
    said = written(draw_heat_map(subject(), grid()[grid()[REACH] < 0.7]))
    assert {"en": "The ring is", "sv": "Ringen är"}[lang] not in said
    assert {"en": "lies outside", "sv": "ligger utanför"}[lang] in said


def test_cells_without_a_value_are_empty_and_the_years_are_years(lang: str) -> None:
    table = grid().assign(mean=np.linspace(2026.4, 2029.9, 15), undefined=0)
    table.loc[3, ["mean", "undefined"]] = [np.nan, 5]
    figure = draw_heat_map(subject("payback_year"), table)
    said = written(figure)
    assert "–" in said.split("\n")
    assert "2027" in said.split("\n")
    assert {"en": "Empty: no value, as", "sv": "Tomt: inget värde, eftersom"}[lang] in said
    assert not drawn(subject("payback_year"), table)[1]
    lowest, highest, undefined, empty = sentences(subject("payback_year"), table)
    assert "2026" in lowest
    assert "2029" in highest
    assert "75" in undefined
    assert "15" in empty


def test_a_ratio_turns_at_one(lang: str) -> None:
    table = grid().assign(mean=np.linspace(0.2, 1.8, 15))
    about = subject("benefit_cost_ratio")
    assert {"en": "above 1.00", "sv": "över 1,00"}[lang] in written(draw_heat_map(about, table))
    assert len(drawn(about, table)[1]) == turns(table, 1.0) > 0
