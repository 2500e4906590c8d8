"""Names of rows, however long, beside bars."""

import pytest
from helpers.made_up_answers import (
    change_words,
    diff_table,
    morris_table,
    needs,
    sobol_table,
    subject,
    tornado_table,
)
from helpers.pictures import assert_readable

from sisim.report.analysis.assumption_words import Assumptions
from sisim.report.analysis.needs_report import draw_groups
from sisim.report.analysis.scenario_diff_figure import draw_difference
from sisim.report.analysis.sensitivity_bars import draw_morris, draw_sobol
from sisim.report.analysis.tornado import draw_tornado

MORE = " in the three municipalities that take part in the joint venture from the beginning on"


@pytest.mark.parametrize("bars", [1, 9])
def test_long_names_do_not_cover_each_other(bars: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A picture is as high as its rows need."""
    named = Assumptions.name
    monkeypatch.setattr(Assumptions, "name", lambda self, key: named(self, key) + MORE)
    figure = draw_tornado(subject(), tornado_table(bars))
    assert (figure.get_size_inches()[1] > 9) == (bars > 1)
    assert_readable(figure)
    assert_readable(draw_sobol(subject(), sobol_table(), {}))
    assert_readable(draw_morris(subject(), morris_table(), {}))


def test_scenarios_with_long_names_are_told_apart() -> None:
    names = ("before" + MORE, "after" + MORE)
    assert_readable(draw_difference(subject(), diff_table(11), names, change_words()))


def test_groups_that_nobody_is_in_leave_the_picture_empty() -> None:
    found = needs()
    for table in (found.groups, found.found):
        table["people" if "people" in table else "flagged"] = 0.0
    assert_readable(draw_groups(found))
