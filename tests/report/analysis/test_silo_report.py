"""The silo game and system change told: words that agree with numbers, pages, pictures."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.pictures import assert_readable, written

from sisim import load, run
from sisim.analysis.silo import NoDeciderError, SiloGame, deciders, silo_game
from sisim.economics.wrong_pockets import REGIMES
from sisim.report.analysis.analysis_frame import Subject
from sisim.report.analysis.silo_handout import answers, handout
from sisim.report.analysis.silo_report import (
    SiloWords,
    dependence_table,
    draw_silo,
    model_table,
    sentences,
)

POCKETS = Path(__file__).parents[2] / "helpers" / "pockets.toml"


@pytest.fixture(scope="module")
def game() -> SiloGame:
    return silo_game({"pockets": run(load(POCKETS))})


@pytest.fixture
def said(game: SiloGame) -> SiloWords:
    return SiloWords(game, {"team": "The team", "group": "The group"})


def test_nobody_alone_says_yes_to_what_a_fund_says_yes_to(game: SiloGame) -> None:
    assert game.decided["alone"].accepted == ()
    assert "team" in game.decided["principal"].accepted
    values = [game.decided[regime].value for regime in REGIMES]
    assert values == sorted(values)


def test_what_is_paid_and_saved_is_that_of_the_ledger(game: SiloGame) -> None:
    for project, one in zip(game.projects, game.proposals, strict=True):
        appraised = project.result.appraisal[project.arm]
        assert one.cost == pytest.approx(appraised.present_values["invested"])
        assert one.reduced() == pytest.approx(appraised.present_values["lower_cost"])
        gains = project.result.who_gains[project.arm]
        place = gains.payers.index("health")
        assert one.reduced({"health"}) == pytest.approx(-gains.of("use")[:, place])


def test_an_incentive_model_moves_money_and_makes_none(game: SiloGame) -> None:
    sums = game.models.groupby(["project", "model"])["net"].sum()
    for one in game.proposals:
        assert sums[one.name].to_numpy() == pytest.approx(one.value)
    own = game.models.set_index(["project", "model", "party"]).sort_index()
    assert own.loc[("team", "alone", "education"), "pays"] == pytest.approx(
        game.proposals[0].cost.mean()
    )
    assert own.loc[("team", "fund_not_repaid", "fund"), "net"] == pytest.approx(
        -game.proposals[0].cost.mean()
    )
    repaid = own.loc[("team", "fund_repaid")]
    assert repaid.loc["fund", "first"] == 2026
    assert repaid.loc["fund", "pays"] < own.loc[("team", "fund_not_repaid", "fund"), "pays"]
    assert repaid.loc["health", "pays"] == 0  # of another principal


def test_the_tail_of_a_normal_is_neither_none_nor_certain(game: SiloGame, said: SiloWords) -> None:
    like = game.risks().query("bearer == 'fund' and project != ''")["like_it"]
    assert ((like > 0.99) | (like < 0.01)).any()
    text = " ".join(sentences(said))
    assert "a chance of 0%" not in text
    assert "a chance of 100%" not in text


def test_a_null_investment_is_worth_exactly_nothing() -> None:
    changes = {
        "investments.team.effects.0.ratio": 1.0,
        "investments.team.cost.per_participant": 0,
        "silo.arms": ["team"],
        "replications": 2,
    }
    found = silo_game({"null": run(load(POCKETS, changes))})
    for one in found.decided.values():
        assert (one.value, one.undone, one.harm) == (0, 0, 0)


def test_words_tables_and_pictures_are_of_the_reader(said: SiloWords, lang: str) -> None:
    words = "\n".join(sentences(said))
    assert ("upper bound" if lang == "en" else "övre gräns") in words
    assert len(dependence_table(said)) == 2
    assert len(model_table(said)) == 6
    first = said.game.projects[0]
    subject = Subject(first.result.scenario, first.result.seeds, first.arm, "net_present_value")
    assert_readable(draw_silo(subject, said))


def test_the_pages_for_a_room_say_what_each_purse_sees_and_no_answer(
    said: SiloWords, lang: str
) -> None:
    (page,) = handout(said, "Four pockets")
    assert_readable(page)
    assert ("Saves: Health care" if lang == "en" else "Minskad kostnad: Hälso-") in written(page)
    assert ("Yes to" if lang == "en" else "Ja till") not in written(page)
    after = answers(said, "Four pockets")
    assert_readable(after)
    assert ("Left undone" if lang == "en" else "Ogjort") in written(after)


def test_who_decides_must_be_said_where_a_fund_pays() -> None:
    fund = {"investments.team.cost.payer": "fund"}
    with pytest.raises(NoDeciderError):
        deciders(load(POCKETS, fund))
    said = load(POCKETS, {**fund, "silo.decider": {"team": "social"}})
    assert deciders(said)["team"] == "social"
