"""Money that cannot follow an evaluation is answered: the value, the place, what would do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from helpers.followed import DEAL, EV1, TEAM, repaid

from sisim import load
from sisim.i18n import in_language
from sisim.scenario.errors import ScenarioError

REPAYMENT = "funds.fund.repayment"
MEASURE = "contracts.deal.payments.pay.measure"
LATE = {"evaluations.one_year.follow_up_delay": 24}
COSTS = {"costs_of": ["social"], "within": 12}
GROUP = {"group": "again", "within": 12}


def deal(**measure: Any) -> dict[str, Any]:
    """Return the changes that let a contract follow an evaluation, with another measure."""
    pay = DEAL["payments"]["pay"]
    pay = {**pay, "measure": {**pay["measure"], **measure}}
    return {**TEAM, "contracts": {"deal": {**DEAL, "payments": {"pay": pay}}}, **repaid()}


def said(changes: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Return what is said in each language of each key that is not well."""
    found = {}
    for lang in ("en", "sv"):
        with in_language(lang), pytest.raises(ScenarioError) as error:
            load(EV1, changes)
        with in_language(lang):
            found[lang] = {problem.key: problem.reason.text for problem in error.value.problems}
    return found


def test_money_that_can_follow_an_evaluation_is_well() -> None:
    load(EV1, deal())
    load(EV1, {**deal(), "evaluations.one_year.follow_up_delay": 0})


@pytest.mark.parametrize(
    ("changes", "key", "english", "swedish"),
    [
        (repaid(evaluation="no"), f"{REPAYMENT}.evaluation", "does not exist", "finns inte"),
        (
            repaid(evaluation="process"),
            f"{REPAYMENT}.evaluation",
            '"process" is a process evaluation: it measures no effect',
            "”process” är en processutvärdering: den mäter ingen effekt",
        ),
        (
            repaid(evaluation=None),
            REPAYMENT,
            'A basis of "evaluated" needs "evaluation"',
            "Grunden ”evaluated” kräver ”evaluation”",
        ),
        (
            {**repaid(), "investments.team.cost.payer": "social"},
            f"{REPAYMENT}.evaluation",
            'The fund does not pay for "team", which "difference" evaluates.',
            "Fonden betalar inte för ”team”, som är vad ”difference” utvärderar.",
        ),
        (
            repaid(last_year=2028),
            f"{REPAYMENT}.evaluation",
            '"difference" answers in 2029, and repayment ends in 2028.',
            "”difference” ger svar 2029, och återföringen slutar 2028.",
        ),
        (
            repaid(evaluation="other"),
            REPAYMENT,
            "as in outcome_values = { social = 100000 }.",
            "som i outcome_values = { social = 100000 }.",
        ),
        (
            repaid(outcome_values={"school": 1}),
            f"{REPAYMENT}.outcome_values.school",
            "does not exist",
            "finns inte",
        ),
        (deal(verified_by="no"), f"{MEASURE}.verified_by", "does not exist", "finns inte"),
        (
            deal(verified_by="process"),
            f"{MEASURE}.verified_by",
            "it measures no effect",
            "den mäter ingen effekt",
        ),
        (
            deal(periods=[[2026, 2027], [2028, 2029]]),
            f"{MEASURE}.periods",
            '"one_year" gives one answer',
            "”one_year” ger ett enda svar",
        ),
        (
            deal(against="before"),
            f"{MEASURE}.against",
            'is a matter of "one_year"',
            "avgörs av ”one_year”",
        ),
        (
            deal(verified_by="other"),
            f"{MEASURE}.verified_by",
            '"other" measures something else than what is paid for.',
            "”other” mäter något annat än det som betalas för.",
        ),
        (
            deal(periods=[[2026, 2028]]),
            f"{MEASURE}.verified_by",
            '"one_year" answers in 2029, and it is paid in 2028. Let the period end later, or give '
            "the payment delay = 1.",
            "”one_year” ger svar 2029, och betalningen görs 2028.",
        ),
    ],
)
def test_money_that_cannot_follow_is_answered(
    changes: dict[str, Any], key: str, english: str, swedish: str
) -> None:
    found = said(changes)
    assert key in found["en"], found["en"]
    assert english in found["en"][key]
    assert swedish in found["sv"][key]


def test_an_arm_without_what_is_evaluated_is_told() -> None:
    bare = {"label": "Nothing", "investments": {}}
    arms = {"project": {"label": "Project", "investments": {"team": "ends"}}, "bare": bare}
    changes = {**deal(), "arms": arms, "contracts": {"deal": {**DEAL, "arm": "bare"}}}
    changes |= {"evaluations.one_year.arm": "project", "evaluations.difference.arm": "project"}
    for name in ("earlier", "other", "trend", "process"):
        changes[f"evaluations.{name}.arm"] = "project"
    found = said(changes)["en"]
    assert 'the arm "bare", which does not have "team"' in found[f"{MEASURE}.verified_by"]


def test_only_who_follows_an_evaluation_names_one(tmp_path: Path) -> None:
    text = EV1.read_text().replace(
        '"discharged.toml"', f'"{EV1.parent.as_posix()}/discharged.toml"'
    )
    fund = '[funds.fund]\nprincipal = "municipality"\n[funds.fund.repayment]\n'
    (tmp_path / "s.toml").write_text(f'{text}{fund}basis = "observed"\nevaluation = "trend"\n')
    with pytest.raises(ScenarioError) as error:
        load(tmp_path / "s.toml")
    (problem,) = error.value.problems
    assert problem.key == f"{REPAYMENT}.evaluation"
    assert problem.reason.text == 'Only a basis of "evaluated" has "evaluation".'


def test_fewer_years_than_money_waits_for_are_told() -> None:
    """Elsewhere who looks at fewer years has not asked for what takes longer."""
    found = said({**repaid(), "time.years": 3})["en"]
    said_last = found[f"{REPAYMENT}.evaluation"]
    assert said_last.startswith("evaluations.difference.outcome.within: ")
    assert "reaches 2029-12; the scenario ends 2029-01" in said_last
