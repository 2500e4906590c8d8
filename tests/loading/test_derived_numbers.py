"""Numbers given by formula in files: worked out, varied with their parameters, and answered for."""

import math
from pathlib import Path

import numpy as np
import pytest
from helpers.small_files import Change, Write

from sisim.analysis.psa import draws
from sisim.analysis.variants import MoneyPaths, Variants
from sisim.analysis.varied import factors
from sisim.loading.load import changed, load_pathway, load_scenario
from sisim.scenario.errors import ScenarioError
from sisim.scenario.numbers import numbers, parameters, with_numbers
from sisim.scenario.psa_draws import draw
from sisim.scenario.register import assumptions
from sisim.scenario.scenario import Scenario

NAMED: Change = (
    "[attributes.risk]",
    """[parameters]
rate_home = { value = 0.1, low = 0.05, high = 0.2, source = "V", grade = "measured" }
ratio = { value = 2, distribution = { name = "lognormal", meanlog = 0.7, sdlog = 0.2 } }
price = { value = 3000, low = 2500, high = 3500 }
p_home = "1 - exp(-rate_home * ratio)"

[attributes.risk]""",
)
HOME: Change = ("probability = 0.1\n", 'probability = "p_home / 2"\n')
PRICE: Change = (
    "price = { value = 3000, low = 2000, high = 4000,",
    'price = { value = "price * 2",',
)


def home(scenario: Scenario) -> float:
    """Return the probability of coming home."""
    return float(scenario.pathway.transitions["home_again"].probability or 0)


@pytest.fixture
def named(write: Write) -> Scenario:
    """Return a small scenario with parameters."""
    return load_scenario(write(NAMED, HOME, PRICE))


def test_a_formula_stands_where_a_number_may(named: Scenario) -> None:
    assert home(named) == (1 - math.exp(-0.2)) / 2
    assert named.pathway.resources["care_day"].price.value == 6000
    assert named.pathway.resources["care_day"].price.source == "X"
    assert load_pathway(Path(named.origin("pathway"))).parameters == named.pathway.parameters


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('rate = "rate_home * 2"', 0.2),
        ('rate = { value = "rate_home * 2", per = "month" }', 2.4),
        ('rate = { value = "rate_home * 2", per = "year", source = "W" }', 0.2),
    ],
)
def test_a_rate_by_formula_has_its_unit_of_time(write: Write, text: str, value: float) -> None:
    scenario = load_scenario(write(NAMED, ("probability = 0.1\n", f"{text}\n")))
    rate = scenario.pathway.transitions["home_again"].rate
    assert rate is not None
    assert rate.per_year == pytest.approx(value)
    assert changed(scenario, {"seed": 2}).pathway.transitions["home_again"].rate == rate


@pytest.mark.parametrize(
    "change",
    [
        ("uses.care_day = 365", 'uses.care_day = "365 * ratio / 2"'),
        (
            "uses.care_day = 365",
            'uses.care_day = { amount = { value = "365 * ratio / 2" }, factors = [] }',
        ),
        ('to = "home"', 'to = { home = "ratio / 2", placed = 1 }'),
        (
            'to = "home"',
            'to = { home = { share = "ratio / 2", factors = ["by_age"] }, placed = 1 }',
        ),
        ("values = [1, 2, 0.5]", 'values = [1, "ratio", { value = "ratio / 4", source = "Y" }]'),
        ("values = { low = 1, high = 4 }", 'values = { low = 1, high = "ratio ** 2" }'),
        ("shares = { low = 0.8, high = 0.2 }", 'shares = { low = "1 - 0.2", high = "0.2" }'),
    ],
)
def test_a_formula_stands_in_every_short_form(write: Write, change: Change) -> None:
    if change[1].endswith('high = "0.2" }'):
        change = (change[0], change[1].replace('"0.2"', '"ratio / 10"'))
    scenario = load_scenario(write(NAMED, change))
    plain = {path: number.value for path, number in numbers(scenario)}
    formulas = [path for path, number in numbers(scenario) if number.formula is not None]
    assert len(formulas) > 1
    other = changed(scenario, {"parameters.ratio": 2.0})
    assert {path: number.value for path, number in numbers(other)} == plain


def test_a_changed_parameter_changes_what_follows(named: Scenario) -> None:
    for other in (
        changed(named, {"parameters.rate_home": 0.2}),
        load_scenario(named.origin(""), {"parameters.rate_home": 0.2}),
        with_numbers(named, {"parameters.rate_home": 0.2}),
        changed(named, {"pathway.parameters.rate_home.value": 0.2}),
    ):
        assert home(other) == pytest.approx((1 - math.exp(-0.4)) / 2, rel=1e-15)
    assert home(changed(changed(named, {"parameters.rate_home": 0.2}), {"seed": 4})) > home(named)


def test_a_number_that_is_given_a_value_follows_no_more(named: Scenario) -> None:
    other = changed(named, {"transitions.home_again.probability": 0.3, "parameters.ratio": 4})
    assert home(other) == 0.3
    assert home(with_numbers(named, {"pathway.transitions.home_again.probability": 0.3})) == 0.3
    other = changed(named, {"transitions.home_again.probability": "rate_home"})
    assert home(other) == 0.1


def test_the_parameters_of_the_scenario_come_first(write: Write) -> None:
    own = ("[time]\n", '[parameters]\nratio = 4\nmore = "rate_home + 1"\n[time]\n')
    scenario = load_scenario(write(NAMED, HOME, own))
    assert home(scenario) == (1 - math.exp(-0.4)) / 2
    assert scenario.parameters["more"].value == 1.1
    paths = [path.removeprefix("pathway.") for path, _ in numbers(scenario)]
    assert paths.count("parameters.ratio") == 1
    assert set(parameters(scenario)) == {"rate_home", "ratio", "price", "p_home", "more"}
    assert home(changed(scenario, {"parameters.ratio": 2})) == (1 - math.exp(-0.2)) / 2


def test_draws_of_what_follows_are_the_formula_of_what_is_drawn(named: Scenario) -> None:
    seen = set()
    for index, drawn in enumerate(draws(named, 30)):
        assert set(drawn) >= {"parameters.rate_home", "parameters.ratio"}
        assert not any(key.startswith(("parameters.p_home", "transitions.home")) for key in drawn)
        rate, ratio = drawn["parameters.rate_home"], drawn["parameters.ratio"]
        expected = (1 - math.exp(-rate * ratio)) / 2
        assert home(draw(named, index, 1)) == pytest.approx(expected, rel=1e-14)
        assert home(changed(named, drawn)) == pytest.approx(expected, rel=1e-14)
        seen.add(expected)
    assert len(seen) == 30


def test_a_draw_of_what_follows_stays_where_such_a_number_can_be(write: Write) -> None:
    wide = ("probability = 0.1\n", 'probability = "(ratio - 1.9) * 3"\n')
    scenario = load_scenario(write(NAMED, wide))
    found = [home(draw(scenario, index, 1)) for index in range(40)]
    assert {0.0, 1.0} <= set(found)
    assert all(0 <= value <= 1 for value in found)
    variants = Variants(scenario)
    assert home(variants.scenario_with({"parameters.ratio": 5.0})) == 1.0
    with pytest.raises(ScenarioError, match=r"comes to 9[.]3"):
        changed(scenario, {"parameters.ratio": 5.0})


def test_a_draw_without_a_value_is_answered(write: Write) -> None:
    scenario = load_scenario(write(NAMED, ("probability = 0.1\n", 'probability = "log(ratio)"\n')))
    with pytest.raises(ScenarioError, match=r"home_again.probability.*has no value"):
        with_numbers(scenario, {"parameters.ratio": -1})


def test_parameters_are_what_is_varied(named: Scenario) -> None:
    keys = {one.key for one in factors(named, pathway=True)}
    assert {"parameters.rate_home", "parameters.ratio", "parameters.price"} <= keys
    assert "resources.care_day.price" not in keys
    assert "transitions.home_again.probability" not in keys


def test_a_parameter_of_prices_alone_is_a_price(named: Scenario) -> None:
    paths = MoneyPaths(named)
    assert paths.money("parameters.price")
    assert not paths.money("parameters.ratio")
    variants = Variants(named, (1,))
    base = variants.valuation().counts
    other = variants.valuation({"parameters.price": 2000})
    assert variants.simulated == 1
    assert other.counts.scenario.pathway.resources["care_day"].price.value == 4000
    assert (other.counts.counts("stock") == base.counts("stock")).all()
    assert base.differs_in_money_only(changed(named, {"parameters.price": 2000}))
    assert not base.differs_in_money_only(changed(named, {"parameters.ratio": 3}))
    variants.valuation({"parameters.ratio": 3})
    assert variants.simulated == 2


def test_a_parameter_of_the_arms_alone_needs_no_new_baseline(write: Write) -> None:
    own = ("[time]\n", "[parameters]\neffect = 0.5\n[time]\n")
    path = write(own, ("ratio = 0.7", 'ratio = "effect"'))
    variants = Variants(load_scenario(path))
    assert variants.of_arms({"parameters.effect": 0.4})
    assert not variants.money("parameters.effect")
    fast = variants.valuation({"parameters.effect": 0.4}).counts
    whole = Variants(changed(variants.scenario, {"parameters.effect": 0.4})).valuation().counts
    assert (fast.counts("stock") == whole.counts("stock")).all()


def test_the_register_shows_the_formula(named: Scenario) -> None:
    table = assumptions(named).set_index("key")
    assert table.loc["transitions.home_again.probability", "formula"] == "p_home / 2"
    assert table.loc["transitions.home_again.probability", "grade"] == "derived"
    assert table.loc["parameters.rate_home", "grade"] == "measured"
    assert table["formula"].notna().sum() == 3


def test_a_register_without_formulas_has_no_column_for_them(write: Write) -> None:
    assert "formula" not in assumptions(load_scenario(write())).columns


MISTAKES: dict[str, tuple[Change, str, str]] = {
    "an unknown name": (
        ("probability = 0.1\n", 'probability = "p_hom"\n'),
        "transitions.home_again.probability",
        'There is no parameter "p_hom". Did you mean "p_home"?',
    ),
    "an impossible value": (
        ("probability = 0.1\n", 'probability = "ratio * 2"\n'),
        "transitions.home_again.probability",
        '"ratio * 2" comes to 4. The number must be at most 1.',
    ),
    "an impossible rate": (
        ("probability = 0.1\n", 'rate = { value = "-ratio", per = "month" }\n'),
        "transitions.home_again.rate",
        '"-ratio" comes to -2. The number must be at least 0.',
    ),
    "no value": (
        ("probability = 0.1\n", 'probability = "1 / (ratio - 2)"\n'),
        "transitions.home_again.probability",
        'Division by zero in "1 / (ratio - 2)".',
    ),
    "a circle": (
        ('p_home = "1', 'a = "b"\nb = "c + 1"\nc = "a"\np_home = "1'),
        "parameters.a",
        "The parameters go round in a circle: a → b → c → a.",
    ),
    "a range beside a formula": (
        ("probability = 0.1\n", 'probability = { value = "p_home", low = 0 }\n'),
        "transitions.home_again.probability.low",
        "A number that is given by a formula has no range",
    ),
    "a key of the program's own": (
        ("probability = 0.1\n", 'probability = { formula = "p_home" }\n'),
        "transitions.home_again.probability.formula",
        'Unknown key "formula". Did you mean "value"?',
    ),
    "a name that is a function": (
        ('p_home = "1', 'log = 3\np_home = "1'),
        "parameters.log",
        '"log" means something else in a formula',
    ),
    "a name that is none": (
        ('p_home = "1', 'a-b = 3\np_home = "1'),
        "parameters.a-b",
        '"a-b" cannot be the name of a parameter',
    ),
    "a percentage": (
        ("probability = 0.1\n", 'probability = "3,5 %"\n'),
        "transitions.home_again.probability",
        '"3,5 %" cannot be read as a number: write 0.035',
    ),
    "an unknown name in a parameter": (
        ('p_home = "1', 'p_home = "rat + 1'),
        "parameters.p_home",
        'There is no parameter "rat". Did you mean "ratio"?',
    ),
    "a draw of what follows": (
        (
            "[time]\n",
            '[uncertainty.x]\ndistribution = "dirichlet"\nalpha = [1]\n'
            'paths = ["transitions.home_again.probability"]\n[time]\n',
        ),
        "uncertainty.x.paths.0",
        "follows from a formula: draw the parameters in it instead",
    ),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_is_answered_where_it_stands(write: Write, case: str) -> None:
    change, key, said = MISTAKES[case]
    changes = [NAMED, change] + ([HOME] if change[0] != HOME[0] else [])
    with pytest.raises(ScenarioError) as caught:
        load_scenario(write(*changes))
    problems = [p for p in caught.value.problems if p.key.startswith(key)]
    assert any(said in p.render() for p in problems), caught.value.render()
    # What follows from the mistake is not told as a second one.
    assert len(caught.value.problems) == 1, caught.value.render()
    assert problems[0].line > 0


def test_a_misspelt_parameter_is_not_a_new_one(named: Scenario) -> None:
    with pytest.raises(ScenarioError, match=r"Did you mean .parameters.rate_home"):
        changed(named, {"parameters.rate_hom": 0.2})


LOG = """[uncertainty.together]
distribution = "multivariate_normal"
on = "log"
paths = ["parameters.rate_home", "parameters.ratio"]
mean = [-2.3, 0.7]
covariance = [[0.04, 0.02], [0.02, 0.09]]
[time]
"""


def test_parameters_are_drawn_together_on_logarithms(write: Write) -> None:
    scenario = load_scenario(write(NAMED, HOME, ("[time]\n", LOG)))
    drawn = [draw(scenario, index, 1) for index in range(2000)]
    values = [[one.pathway.parameters[n].value for n in ("rate_home", "ratio")] for one in drawn]
    logs = np.log(values)
    assert logs.mean(axis=0) == pytest.approx([-2.3, 0.7], abs=0.03)
    assert np.cov(logs.T) == pytest.approx(np.array([[0.04, 0.02], [0.02, 0.09]]), abs=0.01)
    for one, (rate, ratio) in zip(drawn[:20], values, strict=False):
        assert home(one) == pytest.approx((1 - math.exp(-rate * ratio)) / 2, rel=1e-14)


ROW = """[parameters]
p_a = 0.2
p_b = 0.3
p_rest = "1 - p_a - p_b"
[uncertainty.row]
distribution = "dirichlet"
paths = ["parameters.p_a", "parameters.p_b", "parameters.p_c"]
alpha = [20, 30, 50]
[time]
"""


def test_a_row_of_parameters_is_drawn_as_shares(write: Write) -> None:
    text = ROW.replace('p_rest = "1 - p_a - p_b"', "p_c = 0.5")
    shares = ("shares = { low = 0.8, high = 0.2 }", 'shares = { low = "p_a + p_b", high = "p_c" }')
    scenario = load_scenario(write(("[time]\n", text), shares))
    for index in range(20):
        drawn = draw(scenario, index, 1)
        own = drawn.pathway.attributes["risk"].shares
        assert own["low"].value + own["high"].value == pytest.approx(1)
        assert own["high"].value == drawn.parameters["p_c"].value


DRAWS = """[uncertainty.made]
distribution = "draws"
paths = ["parameters.rate_home", "parameters.ratio"]
file = "draws.csv"
[time]
"""


@pytest.mark.parametrize("separator", [",", ";"])
def test_draws_come_from_a_file(write: Write, separator: str) -> None:
    rows = [(0.1, 2.5), (0.2, 1.5), (0.05, 3.25)]
    path = write(NAMED, HOME, ("[time]\n", DRAWS))
    lines = ["draw;parameters.ratio;parameters.rate_home"]
    lines += [f"{n};{ratio};{rate}" for n, (rate, ratio) in enumerate(rows)]
    text = "\n".join(lines)
    text = text.replace(";", ",") if separator == "," else text.replace(".", ",")
    if separator == ";":
        text = text.replace("parameters,", "parameters.")
    (path.parent / "draws.csv").write_text(text, encoding="utf-8")
    scenario = load_scenario(path)
    (path.parent / "draws.csv").unlink()
    scenario = changed(scenario, {"seed": 9})
    for index in range(7):
        rate, ratio = rows[index % 3]
        assert home(draw(scenario, index, 4)) == (1 - math.exp(-rate * ratio)) / 2
    keys = {"parameters.rate_home", "parameters.ratio", "parameters.price"}
    assert keys <= set(draws(scenario, 2)[1])


@pytest.mark.parametrize(
    ("change", "csv", "said"),
    [
        ((), "parameters.rate_home,parameters.ratio\n0.1,\n", "The cell is empty."),
        ((), "parameters.rate_home,parameters.ratio\n0.1,x\n", "x"),
        ((), "parameters.rate_home\n0.1\n", 'The column "parameters.ratio" is missing.'),
        ((), None, '"draws.csv" cannot be read'),
        ((), "parameters.rate_home,parameters.ratio\n", "There are no draws"),
        (('file = "draws.csv"', "rows = []"), None, "There are no draws"),
        (('file = "draws.csv"', "rows = [[1]]"), None, "There are 1 values and 2 paths"),
        (
            ('file = "draws.csv"', 'file = "d.csv"\nrows = [[1, 2]]'),
            None,
            'either "file" or "rows"',
        ),
        (('file = "draws.csv"', 'on = "log"\nrows = [[1, 2]]'), None, "Only a multivariate normal"),
    ],
)
def test_wrong_draws_are_answered(write: Write, change: Change, csv: str | None, said: str) -> None:
    text = DRAWS.replace(*change) if change else DRAWS
    path = write(NAMED, HOME, ("[time]\n", text))
    if csv is not None:
        (path.parent / "draws.csv").write_text(csv, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load_scenario(path)
    assert said in caught.value.render()
    assert len(caught.value.problems) == 1, caught.value.render()


# ------------------------------------------------------------------------ how sure a number is

SPREAD: Change = (
    "[attributes.risk]",
    """[parameters]
low = 0.02
high = { value = 0.08, low = "low * 2", high = 0.1 }
[parameters.rate_home]
value = 0.05
low = "low"
high = "high"
distribution = { name = "normal", mean = "(low + high) / 2", sd = "(high - low) / 3.92" }

[attributes.risk]""",
)


def test_ranges_and_distributions_are_given_by_formulas(write: Write) -> None:
    file = write(SPREAD)
    number = load_scenario(file).pathway.parameters["rate_home"]
    assert (number.low, number.high) == (0.02, 0.08)
    assert number.distribution is not None
    assert number.distribution.parameters == {"mean": 0.05, "sd": pytest.approx(0.06 / 3.92)}
    # They follow what is set from outside, too.
    number = load_scenario(file, {"parameters.low": 0.01}).pathway.parameters["rate_home"]
    assert number.low == 0.01


def test_anywhere_in_a_file(write: Write) -> None:
    named: Change = (PRICE[0], 'price = { value = 3000, low = "price * 0.5", high = 4000,')
    price = load_scenario(write(NAMED, named)).pathway.resources["care_day"].price
    assert (price.low, price.high) == (1500.0, 4000)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('low = "low"', "low"),
        ('low = "rate_home + 4000"', 'less than "low"'),
        ('low = "0,5"', "decimal point"),
        ('distribution = { name = "normal", mean = 1, sd = "rate_home *" }', "rate_home"),
    ],
)
def test_a_mistake_in_a_range_is_answered_where_it_stands(
    write: Write, text: str, said: str
) -> None:
    wrong = (NAMED[0], NAMED[1].replace("low = 2500, high = 3500", text))
    with pytest.raises(ScenarioError, match=said) as caught:
        load_scenario(write(wrong))
    (problem,) = caught.value.problems
    assert problem.key is not None
    assert "price" in problem.key
