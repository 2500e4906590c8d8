"""The heat map: a cell for every pair, the border where the result turns, the scenario's ring."""

import numpy as np
from helpers.made_up_answers import REACH, YEARS, grid, subject
from helpers.pictures import assert_readable, texts, written
from matplotlib.patches import FancyBboxPatch

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
