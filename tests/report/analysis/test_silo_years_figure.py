"""Money year by year in a silo game, as a picture and in words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from helpers.pictures import assert_readable, written

from sisim import load, run
from sisim.analysis.silo import SiloGame, silo_game
from sisim.report.analysis.analysis_frame import Subject
from sisim.report.analysis.silo_report import SiloWords
from sisim.report.analysis.silo_years_figure import draw_years, years_chart, years_sentences
from sisim.report.chart.chart import Bars

POCKETS = Path(__file__).parents[2] / "helpers" / "pockets.toml"


@pytest.fixture(scope="module")
def game() -> SiloGame:
    """Return a game of two projects."""
    return silo_game({"pockets": run(load(POCKETS), replications=2)})


@pytest.fixture
def said(game: SiloGame) -> SiloWords:
    """Return it in words."""
    return SiloWords(game, {"team": "The team", "group": "The group"})


@pytest.fixture
def subject(game: SiloGame) -> Subject:
    """Return what its pictures are about."""
    first = game.projects[0]
    return Subject(first.result.scenario, first.result.seeds, first.arm, "net_present_value")


def test_the_bars_of_a_year_add_up_to_what_all_gain_under_every_model(
    said: SiloWords, subject: Subject
) -> None:
    (_, _), (_, columns) = years_chart(subject, said).rows
    alone = said.game.yearly.query("model == 'alone'").groupby("year")["net"].sum()
    for column in columns:
        sums = dict.fromkeys(alone.index, 0.0)
        for bars in column.panels[0].marks:
            if isinstance(bars, Bars):
                assert (np.asarray(bars.low) <= np.asarray(bars.high)).all()
                # A bar above zero is gained, one below it is paid.
                sizes = np.asarray(bars.high) - np.asarray(bars.low)
                signs = np.where(np.asarray(bars.low) >= -1e-6, 1.0, -1.0)
                for year, size in zip(bars.at, sizes * signs, strict=True):
                    sums[int(year)] += size
        assert list(sums.values()) == pytest.approx(alone.to_list(), abs=1e-3)


def test_what_a_fund_gets_back_is_told_and_drawn(
    said: SiloWords, subject: Subject, lang: str
) -> None:
    words = list(years_sentences(said))
    assert len(words) == len(said.game.projects)
    assert all(("can go to other" if lang == "en" else "andra projekt") in one for one in words)
    picture = draw_years(subject, said)
    assert_readable(picture)
    assert ("Fund, repaid" if lang == "en" else "Fond med återföring") in written(picture)
