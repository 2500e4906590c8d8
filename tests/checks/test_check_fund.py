"""A fund that cannot be as the file says is answered: line, key, reason, remedy (L9)."""

from __future__ import annotations

import pytest
from helpers.languages import in_swedish
from helpers.small_files import Change, Write

from sisim.loading.load import load_scenario
from sisim.scenario.errors import Problem, ScenarioError

PEOPLE = "[population]\n"
PAYER = 'cost = { running = 100000, payer = "social" }'
PRINCIPALS = '[principals.municipality]\nlabel = "Municipality"\n'
FUND = """[funds.reserve]
principal = "municipality"
deposits = { opening = 1000000 }

[funds.reserve.repayment]
basis = "planned"

"""
ASKED = """[funds.reserve.portfolio]
years = 10
investments = [{{ arm = "{arm}", start = {year} }}]

[funds.reserve.repayment]"""
REGION = """[principals.region]
label = "Region"

[administrations.health]
label = "Health care"
principal = "region"

[administrations.culture]
label = "Culture"
principal = "municipality"
"""


def funded(*changes: Change) -> list[Change]:
    """Return the changes that let a fund pay, some of its lines written otherwise."""
    text = FUND
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return [
        (PEOPLE, text + PEOPLE),
        (PAYER, PAYER.replace("social", "reserve")),
        (PRINCIPALS, PRINCIPALS + REGION),
    ]


def problems(write: Write, *changes: Change) -> list[Problem]:
    with pytest.raises(ScenarioError) as caught:
        load_scenario(write(*changes))
    return caught.value.problems


BASIS = 'basis = "planned"'
CASES: dict[str, tuple[Change, str, str, str, str, str | None]] = {
    "an unknown principal": (
        ('"municipality"', '"municipalty"'),
        *("principal =", "principal", 'The principal "municipalty" does not exist.'),
        *("Huvudmannen ”municipalty” finns inte.", "municipality"),
    ),
    "a fund that pays before it is funded": (
        ("{ opening = 1000000 }", "{ yearly = [{ from = 2028, to = 2030, amount = 1 }] }"),
        *("deposits =", "deposits", "The fund pays in 2027, and nothing has been put into it"),
        *("Fonden betalar 2027, men ingenting har satts av", None),
    ),
    "years in the wrong order": (
        ("opening = 1000000", "opening = 1, yearly = [{ from = 2030, to = 2026, amount = 1 }]"),
        *("deposits =", "deposits.yearly.0", "2030 to 2026 stand in the wrong order"),
        *("2030 till 2026 står i fel ordning", None),
    ),
    "an interest in percent": (
        ('"municipality"', '"municipality"\ninterest = 3.5'),
        *("interest = 3.5", "interest", "An interest of 3.5 is 350 % a year"),
        *("3,5 % som 0.035", None),
    ),
    "a misspelt administration in the plan": (
        (BASIS, "plan.socail = { 2028 = 1000 }"),
        *("plan.socail", "repayment.plan.socail", 'The administration "socail" does not exist.'),
        *("Förvaltningen ”socail” finns inte.", "social"),
    ),
    "a plan beyond the scenario": (
        (BASIS, "plan.social = { 2048 = 1000 }"),
        *("plan.social", "repayment.plan.social.2048", "The year 2048 lies outside the scenario"),
        *("Året 2048 ligger utanför scenariot", None),
    ),
    "repayment by another principal": (
        (BASIS, "plan.health = { 2028 = 1000 }"),
        *("plan.health", "repayment.plan.health", "belongs to another principal than the fund"),
        *("hör till en annan huvudman än fonden", None),
    ),
    "repayment by those who save nothing": (
        (BASIS, "plan.culture = { 2028 = 1000 }"),
        *("plan.culture", "repayment.plan.culture", "can save nothing to repay"),
        *("kan därför inte spara något att återföra", None),
    ),
    "a mix without shares": (
        ('"planned"', '"mix"'),
        *("[funds.reserve.repayment]", "repayment", 'A mix needs "share_planned"'),
        *("En blandning (”mix”) behöver ”share_planned”", None),
    ),
    "shares without a mix": (
        (BASIS, "share_planned = 0.5"),
        *("share_planned", "repayment.share_planned", 'Only a basis of "mix"'),
        *("Bara grunden ”mix”", None),
    ),
    "agreed without shares": (
        (BASIS, 'distribution = "agreed"'),
        *("[funds.reserve.repayment]", "repayment", 'The key "agreed" is missing.'),
        *("Nyckeln ”agreed” saknas.", None),
    ),
    "agreed shares that do not sum to 1": (
        (BASIS, 'distribution = "agreed"\nagreed = { social = 0.4 }'),
        *("agreed =", "repayment.agreed", "The shares sum to 0.4"),
        *("Andelarna summerar till 0,4", None),
    ),
    "agreed shares of nothing": (
        (BASIS, 'distribution = "agreed"\nagreed = { social = 1 }\ncap = "none"'),
        *("cap =", "repayment.cap", "they need cap"),
        *("de kräver cap", None),
    ),
    "agreed shares that are not asked for": (
        (BASIS, "agreed = { social = 1 }"),
        *("agreed =", "repayment.agreed", "Agreed shares need distribution"),
        *("Avtalade andelar kräver distribution", None),
    ),
    "a last year before the first": (
        (BASIS, "first_year = 2030\nlast_year = 2028"),
        *("last_year", "repayment.last_year", "2030 to 2028 stand in the wrong order"),
        *("2030 till 2028 står i fel ordning", None),
    ),
    "two funds of one principal": (
        ("[funds.reserve]", '[funds.other]\nprincipal = "municipality"\n\n[funds.reserve]'),
        *("principal =", "principal", "have the same principal"),
        *("har samma huvudman", None),
    ),
    "an investment like none of the arms": (
        ("[funds.reserve.repayment]", ASKED.format(arm="projekt", year=2026)),
        *("investments", "portfolio.investments.0.arm", 'The arm "projekt" does not exist.'),
        *("Alternativet ”projekt” finns inte.", "project"),
    ),
    "an investment that asks too late": (
        ("[funds.reserve.repayment]", ASKED.format(arm="project", year=2036)),
        *("investments", "portfolio.investments.0.start", "outside the portfolio, 2026 to 2035"),
        *("utanför portföljen, 2026 till 2035", None),
    ),
    "an unknown basis": (
        ('"planned"', '"planed"'),
        *("basis =", "repayment.basis", "is not one of", "är inte något av", "planned"),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_bad_fund_is_answered(case: str, write: Write) -> None:
    change, line, key, english, swedish, suggestion = CASES[case]
    (problem,) = problems(write, *funded(change))
    assert problem.key == f"funds.reserve.{key}"
    path = write(*funded(change))
    assert path.read_text().splitlines()[problem.line - 1].startswith(line)
    assert english in problem.render()
    assert swedish in in_swedish(lambda: problem.render())
    assert problem.suggestion == suggestion


def test_the_fund_is_well_when_nothing_is_spoilt(write: Write) -> None:
    assert load_scenario(write(*funded())).funds["reserve"].deposits.in_year(2026) == 0


def test_a_fund_is_named_as_an_administration_is_not(write: Write) -> None:
    (problem,) = problems(write, (PEOPLE, FUND.replace("reserve", "social") + PEOPLE))
    assert "call the fund something else" in problem.render()


def test_who_pays_must_exist_and_pay_all(write: Write) -> None:
    changes = funded()
    changes[1] = (PAYER, PAYER.replace('"social"', "{ reserve = 0.5, socail = 0.3 }"))
    found = problems(write, *changes)
    assert {one.key for one in found} == {
        "investments.support.cost.payer",
        "investments.support.cost.payer.socail",
    }
    assert "social" in {one.suggestion for one in found}


def test_a_fund_that_is_described_is_the_one_that_pays(write: Write) -> None:
    changes = funded()
    changes[1] = (PAYER, PAYER.replace("social", "fund"))
    (problem,) = problems(write, *changes)
    assert problem.key == "investments.support.cost.payer"


def test_what_is_replaced_is_no_cost_of_the_fund(write: Write) -> None:
    new_way = 'cost = { running = 50000, payer = "social" }\n'
    replaces = 'replaces = { running = 1000, payer = "reserve" }\n'
    (problem,) = problems(write, *funded(), (new_way, new_way + replaces))
    assert "not a fund" in problem.render()


def test_funds_are_repaid_in_the_same_prices(write: Write) -> None:
    other = FUND.replace("reserve", "other").replace("municipality", "region")
    other = other.replace(BASIS, 'prices = "current"')
    changes = funded()
    changes[0] = (PEOPLE, FUND + other + PEOPLE)
    (problem,) = problems(write, *changes)
    assert problem.key == "funds.other.repayment.prices"
    assert "samma priser" in in_swedish(lambda: problem.render())


def test_an_overridden_rule_needs_nothing_taken_away(write: Write) -> None:
    agreed = 'distribution = "agreed"\nagreed = { social = 1 }'
    path = write(*funded(('basis = "planned"', f'basis = "mix"\nshare_planned = 0.5\n{agreed}')))
    rule = "funds.reserve.repayment"
    load_scenario(path, {f"{rule}.distribution": "proportional", f"{rule}.basis": "observed"})
