"""The tornado: bars in the order of the table, values beside their ends, the sign that turns."""

import pytest
from helpers.made_up_answers import subject, tornado_table
from helpers.pictures import assert_readable, texts, written
from matplotlib.patches import Rectangle

from sisim.report.analysis.analysis_frame import lower
from sisim.report.analysis.assumption_words import Assumptions
from sisim.report.analysis.tornado import draw_tornado, sentences


def test_a_bar_goes_from_the_result_at_the_lowest_to_that_at_the_highest() -> None:
    table = tornado_table()
    figure = draw_tornado(subject(), table)
    bars = [bar for bar in figure.axes[0].patches if isinstance(bar, Rectangle)]
    ends = [sorted((bar.get_x(), bar.get_x() + bar.get_width())) for bar in bars]
    for row, one in enumerate(table.itertuples()):
        assert ends[2 * row] == pytest.approx([one.at_low, one.base])
        assert ends[2 * row + 1] == pytest.approx([one.base, one.at_high])


def test_names_stand_in_the_order_of_the_table(lang: str) -> None:
    figure = draw_tornado(subject(), tornado_table(3))
    first, second = {
        "en": ("Reach", "Running cost a year"),
        "sv": ("Andel som nås", "Driftkostnad per år"),
    }[lang]
    high = {text.get_text(): text.get_position()[1] for text in texts(figure)}
    assert high[first] > high[second]


def test_a_bar_that_the_runs_do_not_tell_is_said_to_be_within_chance(lang: str) -> None:
    table = tornado_table(3).assign(tells=[True, False, False])
    idle = table.index[2]
    table.loc[idle, ["at_low", "at_high", "swing"]] = [*table.loc[idle, ["base", "base"]], 0.0]
    details = written(draw_tornado(subject(), table))
    chance, nothing = {
        "en": ("within chance", "makes no difference"),
        "sv": ("ryms inom slumpen", "gör ingen skillnad"),
    }[lang]
    assert details.count(chance) == 1
    assert details.count(nothing) == 1


def test_it_can_be_read() -> None:
    assert_readable(draw_tornado(subject(), tornado_table()))
    assert_readable(draw_tornado(subject(), tornado_table(9), averaged=True))


def test_more_bars_than_have_room_are_counted(lang: str) -> None:
    figure = draw_tornado(subject(), tornado_table(9))
    assert {"en": "2 more matter less", "sv": "2 till betyder mindre"}[lang] in written(figure)


def test_the_sentences_name_the_three_that_matter_and_those_that_turn_the_sign(lang: str) -> None:
    said = sentences(subject(), tornado_table())
    assert len(said) == 4
    assert {"en": "above zero in 4 of 5 runs", "sv": "över noll i 4 av 5 körningar"}[lang] in said[
        1
    ]
    expected = {
        "en": (
            "reach, running cost a year and how long it lasts",
            "reach and running cost a year.",
        ),
        "sv": (
            "andel som nås, driftkostnad per år och halveringstid",
            "andel som nås och driftkostnad per år.",
        ),
    }[lang]
    assert expected[0] in said[2]
    assert said[3].endswith(expected[1])


def test_without_a_turning_sign_that_is_said(lang: str) -> None:
    said = sentences(subject(), tornado_table().assign(changes_sign=False))[-1]
    assert {"en": "No assumption alone", "sv": "Inget antagande"}[lang] in said


@pytest.mark.parametrize("lang", ["en"], indirect=True)
@pytest.mark.parametrize(
    ("tells", "said"),
    [
        ([True, True, True, True], "most depends on {0}, {1} and {2}."),
        ([True, False, True, True], "most depends on {0}."),
        (
            [False, True, True, False],
            "beyond chance it depends on {1} and {2}; {0} may matter more, but the runs are too "
            "few to tell.",
        ),
        ([False] * 4, "nothing that was varied makes a difference beyond chance."),
    ],
)
def test_what_is_beyond_chance_is_not_the_most_where_a_longer_bar_may_be(
    tells: list[bool], said: str
) -> None:
    about, table = subject(), tornado_table().head(4).assign(tells=tells)
    names = [lower(Assumptions(about.scenario).name(key)) for key in table["key"]]
    assert any(one.endswith(said.format(*names)) for one in sentences(about, table))
