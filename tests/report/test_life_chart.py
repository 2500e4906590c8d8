"""The timeline of two lives says what `sisim explain` says of the same person."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

import sisim
from sisim.engine.counts import WITHOUT
from sisim.i18n import in_language
from sisim.live.scenario_session import Life, ScenarioSession
from sisim.report.chart.chart import Bars, Line
from sisim.report.explanation import told
from sisim.report.life_chart import HUES, alternative, life_chart, life_words
from sisim.report.places import Places

ARM = "new_way"
FEW = {"population.residents": 1500, "time.years": 12, "replications": 1}


@pytest.fixture(scope="module")
def lives() -> list[Life]:
    session = ScenarioSession(sisim.load("placed-youth", FEW))
    found = session.yearly_states({}, 6)
    assert found.keys
    return [session.life(key, {}) for key in found.keys]


def places(life: Life) -> Places:
    assert life.words.scenario.figures is not None
    return Places(life.words.scenario, life.words.scenario.figures.case)


def test_bars_cover_the_time_that_the_person_is_there_once(lives: list[Life]) -> None:
    for life in lives:
        chart = life_chart(life.history, life.costs, life.words, places(life), ARM)
        above, below = chart.rows[0][1][0].panels
        clock = life.words.compiled.clock
        for row, world in enumerate((WITHOUT, ARM)):
            bars = [
                (bar.low[0], bar.high[0])
                for bar in above.marks
                if isinstance(bar, Bars) and bar.at[0] == row
            ]
            there = [any(at) for at in zip(*life.history.states[world].values(), strict=True)]
            steps = sum(there[clock.history :])
            assert sum(high - low for low, high in bars) == pytest.approx(steps / clock.per_year)
            assert all(one[1] <= other[0] + 1e-9 for one, other in pairwise(bars))
        hues = {bar.color for bar in above.marks if isinstance(bar, Bars)}
        assert hues <= {*HUES.values(), "ink"}
        costs = {mark.name: mark.y for mark in below.marks if isinstance(mark, Line)}
        ratio = [costs["without"][n] for n in range(len(life.costs.years))]
        largest = max(life.costs.cost[0])
        if largest:
            assert max(ratio) > 0


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_the_sentence_has_the_numbers_of_the_arithmetic(lives: list[Life], lang: str) -> None:
    spoken = 0
    for life in lives:
        with in_language(lang):  # type: ignore[arg-type]
            first, *_ = life_words(life.history, life.costs, life.words, ARM)
            whole = told(life.history, life.words)
            seen = alternative(life.history, life.words, places(life), ARM)
        assert seen.count(".") >= 2
        if month := re.match(r"\d{4}-\d{2}", first):
            spoken += 1
            assert month[0] in whole
            for share in re.findall(r"\d+[.,]\d+", first.partition(":")[2]):
                assert share in whole, (share, first)
    assert spoken


def test_what_is_said_of_the_money_is_the_sum_of_the_curve(lives: list[Life]) -> None:
    for life in lives:
        *_, said = life_words(life.history, life.costs, life.words, ARM)
        more = life.costs.difference(ARM)
        word = "as much" if abs(more) < 1 else "less" if more < 0 else "more"
        assert word in said
