"""The words for a scenario's numbers, by the key at which each stands."""

import re

import pytest
from helpers.made_up_answers import ready
from hypothesis import given
from hypothesis import strategies as st

from sisim.i18n import in_language
from sisim.report.analysis.assumption_words import Assumptions


@pytest.mark.parametrize(
    ("key", "english", "swedish"),
    [
        ("investments.team.reach", "Reach", "Andel som nås"),
        ("investments.team.new_way.reach", "Reach, new way", "Andel som nås, nytt arbetssätt"),
        ("investments.team.cost.running", "Running cost a year", "Driftkostnad per år"),
        ("drift.prices.care", "Real price growth a year: care", "Real prisökning per år: vård"),
        ("economy.discount_costs", "Discount rate of costs", "Diskonteringsränta för kostnader"),
        ("population.residents", "Residents", "Invånare"),
        ("time.years", "Years ahead", "År framåt"),
    ],
)
def test_a_number_has_a_name(key: str, english: str, swedish: str, lang: str) -> None:
    assert Assumptions(ready()).name(key) == {"en": english, "sv": swedish}[lang]


@pytest.mark.parametrize("key", ["investments.nobody.reach", "nothing.at.all", "tracks.care.no"])
def test_a_key_at_which_nothing_stands_is_its_own_name(key: str) -> None:
    assert Assumptions(ready()).name(key) == key


def test_every_uncertain_number_of_the_ready_scenario_has_a_name() -> None:
    from sisim.analysis.varied import factors

    words = Assumptions(ready())
    keys = [factor.key for factor in factors(ready())]
    assert keys
    assert [key for key in keys if words.name(key) == key] == []


@pytest.mark.parametrize(
    ("key", "value", "english", "swedish"),
    [
        ("investments.team.reach", 0.8, "80%", "80 %"),
        ("investments.team.cost.running", 6.75e6, "SEK 6.75m", "6,75 mkr"),
        ("investments.team.cost.start_up", 2.5e5, "SEK 250k", "250 tkr"),
        ("investments.team.effects.0.persistence.years", 1.36, "1.36 years", "1,36 år"),
        ("population.residents", 20000, "20,000", "20 000"),
        ("time.years", float("nan"), "–", "–"),
        ("funds.fund.repayment.agreed.social", 0.53, "53%", "53 %"),
        ("economy.price_level", 2024.0, "2024", "2024"),
        ("funds.fund.deposits.yearly.0.from", 2027, "2027", "2027"),
    ],
)
def test_a_value_is_written_as_it_is_read(
    key: str, value: float, english: str, swedish: str, lang: str
) -> None:
    said = Assumptions(ready()).value(key, value).replace("\N{NO-BREAK SPACE}", " ")
    assert said == {"en": english, "sv": swedish}[lang]


@given(ratio=st.floats(0.1, 3.0), width=st.floats(0.0, 0.5))
def test_the_effect_of_a_ratio_is_told_in_per_cent(ratio: float, width: float) -> None:
    """A ratio of 0.7 prevents 30%; its range is told from the smallest to the largest."""
    words = Assumptions(ready())
    key = "investments.team.effects.0.ratio"
    with in_language("en"):
        said = words.told(key, ratio, (ratio - min(width, ratio), ratio + width))
        change = words.value(key, ratio)
    head, low, high = (
        float(one.replace("−", "-")) for one in re.findall("[−0-9.]+", said.replace(",", ""))
    )
    assert said.startswith("raises by" if ratio > 1 else "prevents")
    assert head == pytest.approx(100 * abs(ratio - 1), abs=0.06, rel=0.01)
    assert low <= head <= high
    assert change.startswith("+") == (ratio > 1)


def test_an_effect_on_odds_or_on_a_use_prevents_nothing(lang: str) -> None:
    scenario = ready()
    effects = scenario.investments["team"].effects
    number = next(n for n, one in enumerate(effects) if one.scale == "odds_ratio")
    said = Assumptions(scenario).told(f"investments.team.effects.{number}.ratio", 0.8, (0.6, 1.0))
    assert (
        said.replace("\N{NO-BREAK SPACE}", " ")
        == {
            "en": "lowers the odds by 20% (0 to 40%)",
            "sv": "sänker oddset med 20 % (0 till 40 %)",
        }[lang]
    )


def test_a_margin_of_a_ratio_is_not_a_change(lang: str) -> None:
    words = Assumptions(ready())
    margin = words.margin("investments.team.effects.0.ratio", 0.06)
    assert margin == {"en": "6%", "sv": "6\N{NO-BREAK SPACE}%"}[lang]
