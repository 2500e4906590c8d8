"""The report on money: words that name their conventions, pictures with the same numbers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from helpers.any_counts import PATHWAY, counts, same_in_every_arm
from helpers.languages import in_swedish
from helpers.pictures import written

from sisim.economics.cash_releasing import CashLadder
from sisim.economics.cost_effectiveness import Effectiveness, OutcomeMeasured
from sisim.i18n import LANGUAGES
from sisim.loading.result_table import read_table
from sisim.report.chart.chart import Bars, Chart
from sisim.report.chart.matplotlib_painter import paint
from sisim.report.economics.cash_ladder import cash_ladder_chart
from sisim.report.economics.cost_effectiveness_plane import frontier_chart
from sisim.report.economics.money_report import (
    money_shown,
    money_tables,
    money_words,
    publish_money,
)
from sisim.report.economics.money_words import verdict_words
from sisim.report.economics.net_position import net_position_chart
from sisim.report.economics.who_gains import who_gains_chart
from sisim.results import Results
from sisim.scenario.types import Text

OUTCOMES = {
    "placed": {"label": {"sv": "placerade", "en": "placed"}, "group": "placed"},
    "home": {
        "label": {"sv": "hemkomster", "en": "homecomings"},
        "transition": "comes_home",
        "count": "events",
        "good": "high",
    },
}
TAIL = {"years": 5, "basis": "fading", "half_life": 2.5}


def results(**economy: Any) -> Results:
    replications = economy.pop("replications", 6)
    return Results(counts(2, replications, outcomes=OUTCOMES, economy=economy))


@pytest.fixture(scope="module")
def found() -> Results:
    return results(discount_costs=0.035, perspective="town", tail=TAIL)


def texts(chart: Chart) -> str:
    """Return all that is written in a chart."""
    return " ".join(written(paint(chart)).split())


def test_every_result_says_whose_money_it_is_and_what_lies_after_the_horizon(
    found: Results,
) -> None:
    said = " ".join(money_words(found, ["ends"]))
    for part in (
        "Perspective: the town.",
        "Fixed prices, 2024",
        "3.5% a year",
        "a tail of 5",
        "fades, by half in 2.5 years",
        "lies in the tail and was not simulated",
        "at the start of each step",
        "net present value",
        "not priced",
    ):
        assert part in said
    svenska = " ".join(in_swedish(lambda: money_words(found, ["ends"])))
    assert "Perspektiv: the town." in svenska
    assert "klingar av, till hälften på 2,5 år" in svenska


def test_perspectives_are_named() -> None:
    for perspective, name in (
        ("social + state", "social services and the state"),
        ("society", "all who pay"),
        ("public", "all who pay"),
    ):
        assert f"Perspective: {name}." in " ".join(
            money_words(results(perspective=perspective, replications=1), ["ends"])
        )
    principals = {**PATHWAY["principals"], "state": {"label": "A private one", "public": False}}
    found = Results(counts(1, 1, pathway={**PATHWAY, "principals": principals}))
    assert "Perspective: the public sector." in " ".join(money_words(found, ["ends"]))


def test_one_run_claims_no_certainty() -> None:
    said = " ".join(money_words(results(replications=1), ["ends"]))
    assert "One run tells nothing of chance" in said
    assert "10–90%" not in said


@pytest.mark.parametrize("lang", LANGUAGES, indirect=True)
@pytest.mark.parametrize("draw", [who_gains_chart, net_position_chart, cash_ladder_chart])
def test_pictures_of_an_arm_name_whose_money_they_show(
    found: Results, draw: Any, lang: str
) -> None:
    said = texts(draw(found, "new_way"))
    whose = {"en": "Perspective: ", "sv": "Perspektiv: "}[lang]
    everyone = {"en": "all who pay", "sv": "alla som betalar"}[lang]
    assert whose + (everyone if draw is who_gains_chart else "the town") in said
    assert {"en": "Invented", "sv": "Påhittade"}[lang] in said


def test_the_picture_of_time_marks_the_tail_and_the_deepest_hole(found: Results) -> None:
    said = texts(net_position_chart(found, "new_way"))
    assert "Tail: not simulated" in said
    hole = found.appraisal["new_way"].hole
    assert hole is None or f"Deepest hole, end of {hole[0]}" in said
    assert "tail" not in texts(cash_ladder_chart(found, "new_way"))


@pytest.mark.parametrize("lang", LANGUAGES, indirect=True)
def test_the_plane_names_every_arm(found: Results) -> None:
    said = texts(frontier_chart(found))
    for arm in found.scenario.arms.values():
        assert arm.label.text in said


def test_tables_are_published_in_both_forms(found: Results, tmp_path: Path) -> None:
    files = in_swedish(lambda: publish_money(found, ["ends"], tmp_path / "out"))
    names = {file.name for file in files}
    for name in ("appraisal", "net-position", "who-gains", "cash-ladder", "cost-effectiveness"):
        csv = read_table(tmp_path / "out" / f"{name}.csv")
        parquet = pd.read_parquet(tmp_path / "out" / f"{name}.parquet")
        assert len(csv) == len(parquet) == len(money_tables(found, ["ends"])[name])
    for picture in ("who-gains-ends", "net-position-ends", "cash-ladder-ends"):
        assert {f"{picture}.png", f"{picture}.svg"} <= names
    assert "money.txt" in names


def test_the_tables_to_be_read_agree_with_the_tidy_ones(found: Results) -> None:
    (_, worth), (_, matrix) = money_shown(found, ["ends"])[:2]
    tidy = found.appraisal["ends"].table().set_index("measure")
    net = worth.set_index("").loc["Net present value at 3.5%", "Mean"]
    assert float(net.replace(",", "").replace("−", "-")) == pytest.approx(
        tidy.loc["net", "mean"] / 1e6, abs=0.05
    )
    returned = worth.set_index("").loc["Return on investment", "Mean"]
    assert float(returned.replace("−", "-").removesuffix("%")) == pytest.approx(
        100 * tidy.loc["return_on_investment", "mean"], abs=0.05
    )
    assert list(matrix[""])[-1] == "Total"


def test_costs_that_rise_are_not_called_lower(
    found: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rising(ladder: CashLadder, *, seen: bool) -> dict[str, np.ndarray]:
        return {payer: np.array([[-1e6 if seen else -2e6]]) for payer in ("care", "school")}

    monkeypatch.setattr(CashLadder, "reductions", rising)
    monkeypatch.setattr(type(found.scenario), "bears", lambda _, payer: payer == "care")
    said = " ".join(money_words(found, ["ends"])).replace("\N{NO-BREAK SPACE}", " ")
    assert "Costs become SEK 2.0m higher" in said
    assert "in the budgets the change is +SEK 1.0m" in said


def test_an_investment_that_does_nothing_is_said_to_do_nothing() -> None:
    counted = same_in_every_arm(outcomes=OUTCOMES)
    said = " ".join(money_words(Results(counted), ["ends"]))
    assert "Nobody's costs fall." in said
    assert "Placed: no difference, net cost SEK" in said.replace("\N{NO-BREAK SPACE}", " ")
    assert "fewer" not in said


@pytest.mark.parametrize(
    ("count", "lost", "said"),
    [
        ("stock", 0.004, ": 0.004 person"),
        ("stock", 0.04, ": 0.04 person"),
        ("stock", 2.06, ": 2.1 person"),
        ("stock", 250.4, ": 250 person"),
        ("events", 0.04, ": 0.04 event"),
        ("events", 798.5, ": 798 event"),
        ("entries", 2.06, ": 2 entries"),
        ("events", 1.2, ": 1 event fewer"),
    ],
)
def test_what_is_small_is_not_said_to_be_nothing_and_events_are_whole(
    count: Any, lost: float, said: str
) -> None:
    measure = OutcomeMeasured("placed", Text(sv="placerade", en="placed"), count, "low")
    gained, cost = np.array([[0.0, lost]] * 3), np.array([[0.0, 10.0]] * 3)
    effect = Effectiveness(measure, ("without", "ends"), cost, gained, gained)
    words = verdict_words(effect, "ends")
    assert said in words.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("lang", LANGUAGES, indirect=True)
def test_a_price_out_of_noise_is_not_told(lang: str) -> None:
    """Cheaper but worse by chance alone: in half of the runs it is neither."""
    measure = OutcomeMeasured("placed", Text(sv="placerade", en="placed"), "stock", "low")
    cost = np.array([[0.0, -9e6], [0.0, 8.9e6], [0.0, -1e5], [0.0, 1e4]])
    gained = np.array([[0.0, -0.5], [0.0, 0.49], [0.0, -0.01], [0.0, 0.01]])
    words = verdict_words(Effectiveness(measure, ("without", "ends"), cost, gained, gained), "ends")
    assert {"en": "saved per", "sv": "sparas per"}[lang] not in words
    assert {"en": "no price per person-year", "sv": "inget pris per personår"}[lang] in words


@pytest.mark.parametrize("lang", LANGUAGES, indirect=True)
def test_who_receives_is_not_coloured_as_who_pays(lang: str) -> None:
    """Beside who pays for the investment, the one that pays stands alone in the key."""
    receives = {"en": "Receives", "sv": "Tar emot"}[lang]
    found = results()
    assert receives not in texts(who_gains_chart(found, "ends"))
    gains = found.who_gains["ends"]
    found.__dict__["who_gains"] = {"ends": replace(gains, amounts=-gains.amounts)}
    chart = who_gains_chart(found, "ends")
    assert receives in texts(chart)
    (bars, _), *_ = (columns for _, columns in chart.rows)
    right = {
        mark.color
        for mark in bars.panels[0].marks
        if isinstance(mark, Bars) and np.greater(mark.high, 0).any()
    }
    assert "with" in right
    assert "extra" not in right


@pytest.mark.parametrize(
    ("costs", "said"),
    [
        ([-10.0] * 10, "better and no dearer in 10 of 10 runs (dominant)"),
        ([-10.0] * 9 + [1.0], "better and no dearer in 9 of 10 runs (dominant)"),
        ([-50.0] * 6 + [10.0] * 4, "on average, but only in 6 of 10 runs"),
    ],
)
def test_dominance_is_told_where_the_runs_carry_it(costs: list[float], said: str) -> None:
    measure = OutcomeMeasured("placed", Text(sv="placerade", en="placed"), "stock", "low")
    cost = np.array([[0.0, one] for one in costs])
    gained = np.array([[0.0, 2.0]] * len(costs))
    effect = Effectiveness(measure, ("without", "ends"), cost, gained, gained)
    assert said in verdict_words(effect, "ends")
    assert ("dominant" in verdict_words(effect, "ends")) == ("dominant" in said)


@pytest.mark.parametrize("runs", [1, 2, 4, 5, 6])
def test_few_runs_have_no_ranges_and_say_so(runs: int) -> None:
    result = Results(counts(4, replications=runs, outcomes=OUTCOMES))
    said = " ".join(money_words(result, ["ends"]))
    assert ("10–90%" in said) == (runs >= 5)
    assert ("ranges take at least 5" in said) == (runs < 5)


def test_a_payback_on_which_the_runs_do_not_agree_is_told_with_their_share() -> None:
    """Where nobody's costs fall, all runs agree; of made-up counts some fall and some do not."""
    made_up = [counts(seed, replications=6, outcomes=OUTCOMES) for seed in range(10)]
    chances = []
    for result in map(Results, [same_in_every_arm(replications=6, outcomes=OUTCOMES), *made_up]):
        said, chance = " ".join(money_words(result, ["ends"])), result.appraisal["ends"].chance
        assert ("The runs do not agree: it is paid back in" in said) == (0.1 < chance < 0.9)
        chances.append(chance)
    assert chances[0] == 0
    assert any(0.1 < chance < 0.9 for chance in chances)
