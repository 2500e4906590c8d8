"""A contract that does not hold together is answered with line, key and remedy (L9)."""

from __future__ import annotations

import tempfile
import tomllib
from pathlib import Path
from typing import Any

import pytest
from helpers.any_files import ODD, answer, places, to_toml
from helpers.languages import in_swedish
from helpers.small_files import PATHWAY, SCENARIO, Write
from hypothesis import given, settings
from hypothesis import strategies as st

from sisim.loading.load import load_scenario
from sisim.scenario.errors import Problem, ScenarioError

FIGURES = "[figures]\n"
CONTRACT = """
[outcomes.placed]
label = "Placed"
group = "placed"

[outcomes.entries]
label = "Placements"
group = "placed"
count = "entries"

[contracts.bond]
label = "Bond"
arm = "project"
parties.investor = "Investor"
parties.provider = "Provider"

[contracts.bond.payments.capital]
label = "Capital"
from = "investor"
to = "social"
amounts = { 2027 = 1000, 2028 = 1000 }

[contracts.bond.payments.back]
label = "Back"
from = "social"
to = "investor"
amounts = { 2031 = 2000 }
at_risk = 0.6
delay = 1
price = 0.5
measure = { saved_by = ["social"], periods = [[2027, 2030]] }

[contracts.bond.payments.bonus]
label = "Bonus"
from = "social"
to = "provider"
threshold = 0.1
pooled = 0.075
price = 500
measure = { outcome = "placed", periods = [[2027, 2027], [2028, 2029]] }

[contracts.bond.payments.interest]
label = "Interest"
from = "social"
to = "investor"
of = "capital"
cap = 0.5
tiers = [
  { below = 0.05, pays = 0.01 },
  { from = 0.05, to = 0.1, pays = 0.03 },
  { over = 0.1, pays = 0.06 },
]
measure = { outcome = "placed", periods = [[2028, 2028]], per = "entries" }

"""

Case = tuple[str, str, str, str, str, str, str | None]
BACK, BONUS, INTEREST = (
    f"contracts.bond.payments.{name}" for name in ("back", "bonus", "interest")
)
CASES: dict[str, Case] = {
    "an unknown arm": (
        'arm = "project"',
        'arm = "projekt"',
        "arm =",
        "contracts.bond.arm",
        'The arm "projekt" does not exist.',
        "Alternativet ”projekt” finns inte.",
        "project",
    ),
    "an unknown party": (
        'to = "provider"',
        'to = "provder"',
        "to =",
        f"{BONUS}.to",
        'The party "provder" does not exist.',
        "Parten ”provder” finns inte.",
        "provider",
    ),
    "an unknown role": (
        "parties.provider",
        "parties.provjder",
        "parties.provjder",
        "contracts.bond.parties.provjder",
        "Unknown key",
        "Okänd nyckel",
        "provider",
    ),
    "an unknown administration": (
        'saved_by = ["social"]',
        'saved_by = ["socal"]',
        "measure",
        f"{BACK}.measure.saved_by.0",
        'The administration "socal" does not exist.',
        "Förvaltningen ”socal” finns inte.",
        "social",
    ),
    "an unknown outcome": (
        'outcome = "placed", periods = [[2027',
        'outcome = "place", periods = [[2027',
        "measure",
        f"{BONUS}.measure.outcome",
        'The outcome "place" does not exist.',
        "Utfallet ”place” finns inte.",
        "placed",
    ),
    "a resource that nobody uses": (
        'outcome = "placed", periods = [[2027',
        'resource = "care_dya", periods = [[2027',
        "measure",
        f"{BONUS}.measure.resource",
        'The resource "care_dya" does not exist.',
        "Resursen ”care_dya” finns inte.",
        "care_day",
    ),
    "a percentage for a threshold": (
        "threshold = 0.1",
        "threshold = 10",
        "threshold = 10",
        f"{BONUS}.threshold",
        "write 10 % as 0.1",
        "skriv 10 % som 0.1",
        None,
    ),
    "a percentage for a tier": (
        "{ over = 0.1, pays",
        "{ over = 10, pays",
        "over = 10",
        f"{INTEREST}.tiers.2",
        "write 10 % as 0.1",
        "skriv 10 % som 0.1",
        None,
    ),
    "who pays itself": (
        'to = "provider"',
        'to = "social"',
        "to =",
        f"{BONUS}.to",
        '"social" cannot pay itself.',
        "kan inte betala sig själv",
        None,
    ),
    "tiers that overlap": (
        "over = 0.1,",
        "over = 0.08,",
        "{ over",
        f"{INTEREST}.tiers.2",
        "The tiers overlap between 0.08 and 0.1.",
        "överlappar varandra mellan 0,08 och 0,1",
        None,
    ),
    "tiers that leave a gap": (
        "over = 0.1,",
        "over = 0.12,",
        "{ over",
        f"{INTEREST}.tiers.2",
        "Between 0.1 and 0.12 there is no tier.",
        "Mellan 0,1 och 0,12 finns inget",
        None,
    ),
    "a bound that both tiers hold": (
        "over = 0.1,",
        "from = 0.1,",
        "{ from = 0.1,",
        f"{INTEREST}.tiers.2",
        "Both tiers hold 0.1 itself",
        "Båda trappstegen omfattar själva 0,1",
        None,
    ),
    "a bound that no tier holds": (
        "to = 0.1,",
        "below = 0.1,",
        "{ over",
        f"{INTEREST}.tiers.2",
        "No tier holds 0.1 itself",
        "Inget trappsteg omfattar själva 0,1",
        None,
    ),
    "tiers in the wrong order": (
        "from = 0.05, to = 0.1,",
        "from = 0.2, to = 0.3,",
        "{ over",
        f"{INTEREST}.tiers.2",
        "from the lowest to the highest: 0.1 after 0.2",
        "från det lägsta till det högsta",
        None,
    ),
    "a tier that ends before it begins": (
        "from = 0.05, to = 0.1,",
        "from = 0.05, to = 0.04,",
        "{ from",
        f"{INTEREST}.tiers.1",
        "The tier ends at 0.04, and begins at 0.05.",
        "slutar vid 0,04 och börjar vid 0,05",
        None,
    ),
    "a highest tier with an end": (
        "over = 0.1,",
        "over = 0.1, to = 0.5,",
        "{ over",
        f"{INTEREST}.tiers.2",
        "What is better than 0.5 is in no tier",
        "Det som är bättre än 0,5",
        None,
    ),
    "two lower bounds": (
        "over = 0.1,",
        "over = 0.1, from = 0.1,",
        "{ over",
        f"{INTEREST}.tiers.2",
        'either "from" (inclusive) or "over"',
        "antingen ”from” (inklusive)",
        None,
    ),
    "a tier that pays twice": (
        "over = 0.1, pays = 0.06",
        "over = 0.1, pays = 0.06, price = 3",
        "{ over",
        f"{INTEREST}.tiers.2",
        'Give either "pays" or "price".',
        "Ange antingen ”pays”",
        None,
    ),
    "kronor for a share": (
        "pays = 0.06",
        "pays = 60000",
        "{ over",
        f"{INTEREST}.tiers.2.pays",
        '60000 is taken as a share of "capital"',
        "tolkas som en andel av ”capital”",
        None,
    ),
    "a share of a payment that has no amounts": (
        'of = "capital"',
        'of = "bonus"',
        "of =",
        f"{INTEREST}.of",
        'The payment with amounts "bonus" does not exist.',
        "Betalningen med belopp",
        None,
    ),
    "a cap below the guaranteed part": (
        "at_risk = 0.6",
        "at_risk = 0.6\ncap = 700",
        "cap = 700",
        f"{BACK}.cap",
        "The cap, 700, is below what is paid whatever the outcome, 800.",
        "Taket, 700, ligger under det som betalas oavsett utfall, 800.",
        None,
    ),
    "more than all that is saved": (
        "price = 0.5",
        "price = 1.5",
        "price = 1.5",
        f"{BACK}.price",
        "Of what is saved 1.5 would be paid",
        "Av det som sparas skulle 1,5",
        None,
    ),
    "a share over 1": (
        "at_risk = 0.6",
        "at_risk = 60",
        "at_risk = 60",
        f"{BACK}.at_risk",
        "at most 1",
        "högst 1",
        None,
    ),
    "nothing at risk": (
        "at_risk = 0.6\n",
        "",
        f"[{BACK}]",
        BACK,
        'Amounts with a measure need "at_risk"',
        "behöver ”at_risk”",
        None,
    ),
    "a trigger that can never matter": (
        "pooled = 0.075",
        "pooled = 0.12",
        "pooled",
        f"{BONUS}.pooled",
        "The pooled trigger, 0.12, can never matter",
        "Den gemensamma tröskeln, 0,12",
        None,
    ),
    "a pooled trigger of a single period": (
        "periods = [[2027, 2027], [2028, 2029]]",
        "periods = [[2027, 2027]]",
        "pooled",
        f"{BONUS}.pooled",
        '"pooled" needs a "threshold"',
        "”pooled” behöver",
        None,
    ),
    "a period that ends before it begins": (
        "[2028, 2029]",
        "[2029, 2028]",
        "measure",
        f"{BONUS}.measure.periods.1",
        "The period ends 2028, before it begins 2029.",
        "slutar 2028, innan den börjar 2029",
        None,
    ),
    "periods that overlap": (
        "[2028, 2029]",
        "[2027, 2029]",
        "measure",
        f"{BONUS}.measure.periods.1",
        "2027 is in the one before too",
        "2027 ligger också i den föregående",
        None,
    ),
    "a year outside the scenario": (
        "2028 = 1000",
        "2048 = 1000",
        "amounts",
        "contracts.bond.payments.capital.amounts.2048",
        "The year 2048 lies outside the scenario, 2026 to 2035.",
        "Året 2048 ligger utanför",
        None,
    ),
    "what is paid after the scenario": (
        "price = 500",
        "price = 500\ndelay = 9",
        "measure",
        f"{BONUS}.measure.periods.1",
        "is paid in 2038, after the scenario",
        "betalas 2038, efter scenariot",
        None,
    ),
    "an amount that nothing can earn": (
        "{ 2031 = 2000 }",
        "{ 2031 = 2000, 2033 = 5 }",
        "amounts",
        f"{BACK}.amounts",
        "Nothing is measured for what is at risk in 2033",
        "står på spel 2033",
        None,
    ),
    "a comparison without history": (
        "periods = [[2027, 2027]",
        'against = "before", periods = [[2027, 2027]',
        "measure",
        f"{BONUS}.measure.against",
        'lengthen "history"',
        "förläng ”history”",
        None,
    ),
    "a level that is not asked for": (
        "periods = [[2027, 2027]",
        "level = 9, periods = [[2027, 2027]",
        "measure",
        f"{BONUS}.measure.level",
        "belong together",
        "hör ihop",
        None,
    ),
    "a trend of the arm without": (
        "periods = [[2027, 2027]",
        "trend = 0.1, periods = [[2027, 2027]",
        "measure",
        f"{BONUS}.measure.trend",
        "can there be a trend",
        "kan det finnas en trend",
        None,
    ),
    "two things measured": (
        'saved_by = ["social"]',
        'saved_by = ["social"], outcome = "placed"',
        "measure",
        f"{BACK}.measure",
        "Give exactly one of",
        "Ange exakt en av",
        None,
    ),
    "a price of a rate": (
        "periods = [[2027, 2027]",
        'per = "entries", periods = [[2027, 2027]',
        "price",
        f"{BONUS}.price",
        "A rate has no units to price",
        "En kvot har inga enheter",
        None,
    ),
    "a threshold of tiers": (
        'of = "capital"',
        'of = "capital"\nthreshold = 0.1',
        "threshold",
        f"{INTEREST}.threshold",
        "Tiers have no threshold",
        "Trappsteg har ingen tröskel",
        None,
    ),
    "neither price nor tiers": (
        "price = 500\n",
        "",
        f"[{BONUS}]",
        BONUS,
        'Give either a "price" per unit or "tiers".',
        "Ange antingen ett ”price”",
        None,
    ),
    "neither amounts nor a measure": (
        "amounts = { 2027 = 1000, 2028 = 1000 }",
        "cap = 5",
        "[contracts.bond.payments.capital]",
        "contracts.bond.payments.capital",
        'Give "amounts" by year',
        "Ange ”amounts” per år",
        None,
    ),
    "a price of nothing measured": (
        "amounts = { 2027 = 1000",
        "price = 3\namounts = { 2027 = 1000",
        "price",
        "contracts.bond.payments.capital.price",
        '"price" needs a "measure"',
        "behöver ett ”measure”",
        None,
    ),
    "what waits for what is not measured": (
        'of = "capital"',
        'of = "capital"\nunlocked_by = "capital"',
        "unlocked_by",
        f"{INTEREST}.unlocked_by",
        'The measured payment "capital" does not exist.',
        "Betalningen med mått",
        None,
    ),
    "an inflow of text": (
        "{ 2031 = 2000 }",
        "{ soon = 2000 }",
        "amounts",
        f"{BACK}.amounts.soon",
        "The year soon lies outside",
        "Året soon ligger utanför",
        None,
    ),
}


def problems(path: Path) -> list[Problem]:
    """Return everything that is wrong in a scenario."""
    with pytest.raises(ScenarioError) as caught:
        load_scenario(path)
    return caught.value.problems


@pytest.mark.parametrize("case", CASES)
def test_a_bad_contract_is_answered(case: str, write: Write) -> None:
    old, new, line, key, english, swedish, suggestion = CASES[case]
    assert old in CONTRACT
    path = write((FIGURES, CONTRACT.replace(old, new, 1) + FIGURES))
    found = {problem.key: problem for problem in problems(path)}
    assert key in found, sorted(found)
    problem = found[key]
    assert line in path.read_text().splitlines()[problem.line - 1]
    assert english in problem.render()
    assert swedish in in_swedish(lambda: problem.render())
    assert suggestion is None or problem.suggestion == suggestion


def test_a_contract_that_holds_together_is_well(write: Write) -> None:
    scenario = load_scenario(write((FIGURES, CONTRACT + FIGURES)))
    bond = scenario.contracts["bond"]
    assert list(bond.parties.names) == ["investor", "provider"]
    assert bond.payments["back"].by_year == {2031: 2000}


def test_the_same_krona_is_not_given_away_twice(write: Write) -> None:
    measure = 'outcome = "placed", periods = [[2027, 2027]'
    saved = measure.replace('outcome = "placed"', 'saved_by = ["social"]')
    twice = CONTRACT.replace(measure, saved).replace("price = 500", "price = 0.7")
    (problem,) = problems(write((FIGURES, twice + FIGURES)))
    assert (problem.key, "sum to 1.2" in problem.render()) == (f"{BONUS}.price", True)


def test_payments_that_wait_for_one_another_are_named(write: Write) -> None:
    waiting = CONTRACT.replace("price = 500", 'price = 500\nunlocked_by = "interest"').replace(
        'of = "capital"', 'of = "capital"\nunlocked_by = "bonus"'
    )
    found = problems(write((FIGURES, waiting + FIGURES)))
    assert {problem.key for problem in found} == {f"{n}.unlocked_by" for n in (BONUS, INTEREST)}
    assert "wait for one another: interest, bonus, interest" in found[1].render()


def test_terms_may_be_overridden(write: Write) -> None:
    path = write((FIGURES, CONTRACT + FIGURES))
    changes = {f"{BONUS}.price": 700, "contracts.bond.payments.capital.amounts.2028": 5}
    bond = load_scenario(path, changes).contracts["bond"]
    assert bond.payments["bonus"].price is not None
    assert bond.payments["bonus"].price.value == 700
    assert bond.payments["capital"].by_year == {2027: 1000, 2028: 5}


@given(st.data())
@settings(max_examples=50, deadline=None)
def test_a_changed_contract_is_well_or_answered(data: st.DataObject) -> None:
    """Whatever is done to a contract, it is never a traceback."""
    document = tomllib.loads(SCENARIO + CONTRACT)
    own = {"contracts": document["contracts"]}
    for _ in range(data.draw(st.integers(1, 3))):
        *path, last = data.draw(st.sampled_from(places(own)))
        parent: Any = own
        for key in path:
            parent = parent[key]
        value = data.draw(ODD)
        if value is None and path:
            del parent[last]
        elif value is None:
            continue
        elif path and isinstance(parent, dict) and isinstance(value, str):
            parent[value] = parent.pop(last)
        else:
            parent[last] = value
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "small.toml").write_text(PATHWAY)
        lines = [f"{to_toml(key)} = {to_toml(part)}\n" for key, part in (document | own).items()]
        (Path(folder) / "trial.toml").write_text("".join(lines), encoding="utf-8")
        answer(Path(folder) / "trial.toml")
