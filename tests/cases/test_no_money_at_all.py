"""A pathway without resources and an intervention without a cost: people, and no money."""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
from helpers.command_line import sisim

import sisim as package
from sisim.analysis.comparison import compare
from sisim.i18n import Lang
from sisim.live.chart_options import Look, figure
from sisim.live.views.administrations_view import administrations as administrations_on_page
from sisim.report.administrations import administrations_chart
from sisim.report.comparison_chart import Scales, comparison_chart
from sisim.results import Results

PATHWAY = """
name = "meetings"
title = "Lonely or not"
step = "month"
principals.town.label = "Town"
administrations.social = { label = "Social services", principal = "town" }
groups.lonely = { label = "Lonely", track = "company", states = ["lonely"] }
[tracks.company]
label = "Company"
start = "in_company"
states.in_company.label = "In company"
states.lonely.label = "Lonely"
[transitions.loses]
track = "company"
from = "in_company"
to = "lonely"
rate = { value = 0.2, low = 0.1, high = 0.3 }
"""
SCENARIO = """
name = "volunteers"
title = "Volunteers"
pathway = "meetings.toml"
time = { start = "2026-01", years = 5 }
population.cohort = 60
[investments.volunteers]
label = "Volunteers"
start = "2026-01"
years = 2
target.state.company = ["in_company"]
cost.payer = "social"
effects = [{ on = "loses", ratio = { value = 0.5, low = 0.3, high = 0.9 } }]
new_way = { cost.payer = "social" }
[arms.project]
label = "Project"
investments.volunteers = "ends"
[arms.new_way]
label = "New way"
investments.volunteers = "new_way_of_working"
[figures]
case = "lonely"
year = 2028
[outcomes.lonely]
label = "Lonely"
group = "lonely"
"""
RATIO = "investments.volunteers.effects.0.ratio"
RATE = "transitions.loses.rate"


@pytest.fixture(scope="module")
def free(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("free")
    (folder / "meetings.toml").write_text(PATHWAY, encoding="utf-8")
    (folder / "free.toml").write_text(SCENARIO, encoding="utf-8")
    return folder / "free.toml"


@pytest.fixture(scope="module")
def found(free: Path) -> Results:
    return package.run(free, replications=2)


@pytest.mark.parametrize(
    "line",
    [
        ("run",),
        ("figures",),
        ("money",),
        ("lesson",),
        ("precision",),
        ("needs",),
        ("follow-up",),
        ("sensitivity",),
        ("sensitivity", "--method", "morris"),
        ("break-even", RATIO),
        ("heatmap", RATIO, RATE, "--points", "2"),
        ("uncertainty", "--draws", "4"),
        ("mix", "--budget", "100000"),
        ("implement",),
    ],
    ids=" ".join,
)
def test_every_command_ends_in_words(
    free: Path, tmp_path: Path, lang: Lang, line: tuple[str, ...]
) -> None:
    out = tmp_path / ("lesson.html" if line == ("lesson",) else "out")
    command, *rest = line
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        done = sisim(command, free, *rest, "--out", out, lang=lang)
    assert done.exit_code in (0, 2), done.output
    assert done.output.strip()
    assert not re.search(r"\bnan\b|Traceback|\binf\b", done.output)


@pytest.mark.parametrize(
    "option",
    [
        lambda told: figure(told, "project", Scales.of(told), Look()),
        lambda told: administrations_on_page(told, Look()),
    ],
)
def test_the_page_draws_what_there_is(
    found: Results, option: Callable[..., dict[str, object]]
) -> None:
    json.dumps(option(compare(found)), allow_nan=False)


def test_an_axis_of_nothing_says_no_number_twice(found: Results) -> None:
    story = compare(found)
    for chart in (comparison_chart(story), administrations_chart(story)):
        for _, columns in chart.rows:
            for panel in (panel for column in columns for panel in column.panels):
                written = [text for _, text in panel.y.ticks]
                assert len(set(written)) == len(written)
