"""The heat map: a cell for every pair, the border where the result turns, the scenario's ring."""

import numpy as np
import pandas as pd
import pytest
from helpers.made_up_answers import REACH, YEARS, grid, subject
from helpers.pictures import assert_readable, texts, written
from matplotlib.patches import FancyBboxPatch

from sisim.report.analysis.analysis_frame import Subject
from sisim.report.analysis.heat_map import draw_heat_map, sentences


def test_every_cell_holds_its_result() -> None:
    figure = draw_heat_map(subject(), grid())
    image = figure.axes[0].images[0].get_array()
    np.testing.assert_allclose(image, grid().pivot(index=YEARS, columns=REACH, values="mean"))
    assert len(figure.axes[0].texts) == image.size


def test_the_border_separates_cells_of_unlike_sign() -> None:
    figure = draw_heat_map(subject(), grid())
    values = figure.axes[0].images[0].get_array()
    above = np.asarray(values) > 0
    turns = (above[:, 1:] != above[:, :-1]).sum() + (above[1:] != above[:-1]).sum()
    black = [line for line in figure.axes[0].lines if line.get_color() == "#000000"]
    assert len(black) == turns > 0


def test_the_cell_nearest_to_the_scenario_is_ringed() -> None:
    (ring,) = (
        p for p in draw_heat_map(subject(), grid()).axes[0].patches if isinstance(p, FancyBboxPatch)
    )
    # Reach is 0.8 in the scenario, between 0.775 and 0.9 on the grid; years are 3.
    assert round(ring.get_x() + ring.get_width() / 2) == 3
    assert round(ring.get_y() + ring.get_height() / 2) == 1


def test_a_scenario_outside_the_grid_has_no_ring() -> None:
    low = grid()[grid()[REACH] < 0.7]
    patches = draw_heat_map(subject(), low).axes[0].patches
    assert not [p for p in patches if isinstance(p, FancyBboxPatch)]


def test_many_columns_have_no_numbers_in_their_cells() -> None:
    assert not draw_heat_map(subject(), grid(15)).axes[0].texts


def test_it_can_be_read(lang: str) -> None:
    figure = draw_heat_map(subject(), grid())
    assert_readable(figure)
    names = [text.get_text() for text in texts(figure)]
    across, up = {
        "en": ("Reach →", "↑ Years of the project"),
        "sv": ("Andel som nås →", "↑ Projektår"),
    }[lang]
    assert across in names
    assert up in names
    assert "77" in written(figure)


def test_the_sentences_name_the_lowest_and_the_highest_cell(lang: str) -> None:
    lowest, highest = sentences(subject(), grid())
    assert "40" in lowest
    assert "90" in highest
    assert lowest.startswith({"en": "Lowest: SEK", "sv": "Lägst: "}[lang])


def ring(subject_: Subject, table: pd.DataFrame) -> tuple[FancyBboxPatch, str]:
    """Return the ring and all that is written in the picture."""
    figure = draw_heat_map(subject_, table)
    (found,) = (p for p in figure.axes[0].patches if isinstance(p, FancyBboxPatch))
    return found, written(figure)


def test_on_a_cell_the_ring_is_that_cells_and_between_cells_it_lies_between(lang: str) -> None:
    """Reach is 0.8 and the project lasts 3 years in the scenario."""
    between, said = ring(subject(), grid())
    assert between.get_x() + between.get_width() / 2 == pytest.approx(3.2)
    assert {"en": "between the cells", "sv": "mellan rutorna"}[lang] in said
    exact = grid(5)
    exact.loc[np.isclose(exact[REACH], 0.775), REACH] = 0.8
    on_cell, said = ring(subject(), exact)
    assert on_cell.get_x() + on_cell.get_width() / 2 == pytest.approx(3)
    assert on_cell.get_y() + on_cell.get_height() / 2 == pytest.approx(1)
    assert {"en": "between the cells", "sv": "mellan rutorna"}[lang] not in said


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
    assert not [line for line in figure.axes[0].lines if line.get_color() == "#000000"]
    lowest, highest, undefined, empty = sentences(subject("payback_year"), table)
    assert "2026" in lowest
    assert "2029" in highest
    assert "75" in undefined
    assert "15" in empty


def test_a_ratio_turns_at_one(lang: str) -> None:
    table = grid().assign(mean=np.linspace(0.2, 1.8, 15))
    figure = draw_heat_map(subject("benefit_cost_ratio"), table)
    assert {"en": "Blue is above 1.00", "sv": "Blått är över 1,00"}[lang] in written(figure)
    values = np.asarray(figure.axes[0].images[0].get_array()) > 1
    turns = (values[:, 1:] != values[:, :-1]).sum() + (values[1:] != values[:-1]).sum()
    black = [line for line in figure.axes[0].lines if line.get_color() == "#000000"]
    assert len(black) == turns > 0
