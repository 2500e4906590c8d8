"""The best mix of investments for each budget: filled squares, worth, and a sentence."""

from helpers.chart_marks import marks_of
from helpers.made_up_answers import mix_table, subject
from helpers.pictures import assert_readable, written

from sisim.report.analysis.portfolio_choice_figure import INSIDE, draw_mix, mix_chart, sentences
from sisim.report.chart.chart import CellGrid


def test_an_option_is_filled_where_it_is_in_the_best_mix() -> None:
    table, names = mix_table()
    (cells,) = marks_of(mix_chart(subject(), table, names), CellGrid)
    filled = {
        (column, row)
        for row, colors in enumerate(cells.colors)
        for column, color in enumerate(colors)
        if color == INSIDE
    }
    # Budgets of 1, 4 and 9 million; one/project, one/new_way and other/project.
    assert filled == {(1, 2), (2, 0), (2, 2)}


def test_what_the_mix_is_worth_stands_below_each_budget(lang: str) -> None:
    table, names = mix_table()
    figure = draw_mix(subject(), table, names)
    (cells,) = marks_of(mix_chart(subject(), table, names), CellGrid)
    assert cells.texts[-1] == {"en": ("0.0", "5.0", "13.0"), "sv": ("0,0", "5,0", "13,0")}[lang]
    assert all(name in written(figure) for name in names.values())
    assert_readable(figure)


def test_the_sentence_names_the_mix_of_the_highest_budget(lang: str) -> None:
    said, *each = sentences(subject(), *mix_table())
    assert {"en": "one: project and other: project", "sv": "one: project och other: project"}[
        lang
    ] in said
    assert "13" in said
    assert {"en": "(present values at 3.5%", "sv": "(nuvärden vid 3,5"}[lang] in said
    assert len(each) == 2
    assert {"en": "in 4 of 5 runs", "sv": "i 4 av 5 körningar"}[lang] in each[0]


def test_a_budget_that_is_too_small_is_said(lang: str) -> None:
    table, names = mix_table()
    (said,) = sentences(subject(), table[table["budget"] == 1e6], names)
    assert {"en": "nothing that is worth", "sv": "ryms inget"}[lang] in said
