"""The page on model files: every example on it is read and run."""

import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.command_line import sisim as command

import sisim
from sisim.economics.discounting import counted
from sisim.economics.ledger import rewards
from sisim.engine.cohort import expected
from sisim.engine.replications import simulate
from sisim.loading.load import load_scenario
from sisim.scenario.psa_draws import draw
from sisim.scenario.scenario import Scenario

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "model-files.md"
HEAD = """
name = "example"
title = "Example"
step = "year"
[attributes.sex]
shares = { woman = 0.5, man = 0.5 }
[tracks.health]
label = "Health"
start = { well = 0.5, sick = 0.5 }
states.well = { label = "Well" }
states.sick = { label = "Sick" }
states.dead = { label = "Dead" }
"""
SCENARIO = """
name = "example"
title = "Example"
pathway = "pathway.toml"
time = { start = "2026-01", years = 2 }
population = { cohort = 100, age = 70 }
"""


SERVICES = (Path(__file__).parents[1] / "helpers" / "services.toml").read_text(encoding="utf-8")
"""Names that the examples on services use."""
BASE = """
name = "example"
title = "Example"
pathway = "services.toml"
time = { start = "2026-01", years = 4 }
"""
COHORT = "population = { cohort = 200, age = 14 }\n"
ENDS = """
[arms.with]
label = "With"
investments = { NAME = "ends" }
"""


def investment(name: str) -> str:
    """Return an investment in everybody, to which effects are added, and an arm with it."""
    head = f'[investments.{name}]\nlabel = "I"\nstart = "2026-01"\nyears = 3\n'
    return f'{head}target = {{}}\ncost = {{ payer = "social" }}\n'


def loaded(folder: Path, scenario: str, pathway: str = "") -> Scenario:
    """Return a scenario of the services, with what is added to either file."""
    (folder / "services.toml").write_text(SERVICES + pathway, encoding="utf-8")
    (folder / "scenario.toml").write_text(BASE + scenario, encoding="utf-8")
    return load_scenario(folder / "scenario.toml")


def in_state(found: Any, track: str, state: str) -> np.ndarray:
    """Return how many are in a state at each point, by arm (arms, points)."""
    number = found.compiled.state(track, state)
    people: np.ndarray = found.counts("stock")[0, ..., number]
    return people


def examples(section: str) -> list[str]:
    """Return the files in a section of the page."""
    text = PAGE.read_text(encoding="utf-8")
    (body,) = re.findall(rf"^## {section}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    return re.findall(r"```toml\n(.*?)```", body, re.DOTALL)


def alive(folder: Path, pathway: str) -> float:
    """Return the share that lives after two years, exactly."""
    (folder / "pathway.toml").write_text(HEAD + pathway, encoding="utf-8")
    (folder / "scenario.toml").write_text(SCENARIO, encoding="utf-8")
    found = expected(load_scenario(folder / "scenario.toml")).state_shares("health")
    return float(found[["well", "sick"]].sum(axis=1).iloc[-1])


def test_parameters_and_formulas(tmp_path: Path) -> None:
    example, _, _, together = examples("Parameters and formulas")
    known = (0.995012479192682 ** (2 * 3) + 0.995012479192682**2) / 2
    assert alive(tmp_path, example) == pytest.approx(known, rel=1e-12)

    (tmp_path / "scenario.toml").write_text(SCENARIO + together, encoding="utf-8")
    (tmp_path / "draws.csv").write_text("parameters.u_sick\n0.7\n0.8\n", encoding="utf-8")
    text = HEAD + example.replace("[parameters]", "[parameters]\nu_sick = 0.75")
    (tmp_path / "pathway.toml").write_text(text, encoding="utf-8")
    drawn = draw(load_scenario(tmp_path / "scenario.toml"), 1, 1).pathway.parameters
    assert drawn["u_sick"].value == 0.8
    assert drawn["p_dies"].value == pytest.approx(
        1 - math.exp(-drawn["rate_H"].value * drawn["hr_sick"].value), rel=1e-12
    )


def test_a_distribution_by_formulas(tmp_path: Path) -> None:
    _, spread, _, _ = examples("Parameters and formulas")
    given = loaded(tmp_path, COHORT, spread).pathway.parameters["rr"].distribution
    assert given is not None
    assert given.sdlog == pytest.approx(math.log(0.71 / 0.365) / 3.92)


def test_a_formula_among_the_edges(tmp_path: Path) -> None:
    _, _, edges, _ = examples("Parameters and formulas")
    for adult in (18, 21):
        scenario = loaded(tmp_path, COHORT, edges.replace("adult = 18", f"adult = {adult}"))
        assert scenario.pathway.factors["grown_up"].below == [adult, adult + 3]


def test_two_features_at_once(tmp_path: Path) -> None:
    dies = """
[transitions.dies]
track = "health"
from = ["well", "sick"]
to = "dead"
probability = 1
factors = ["NAME"]
"""
    table, file = examples("Two features at once")
    known = (0.98**2 + 0.97**2) / 2
    found = alive(tmp_path, table + dies.replace("NAME", "mortality"))
    assert found == pytest.approx(known, rel=1e-12)
    lines = [
        f"{year},{age},{sex},{value}"
        for year in range(2026, 2029)
        for age in ("0-64", "65+")
        for sex, value in (("woman", 0.02), ("man", 0.03))
    ]
    csv = "\n".join(["year,age,sex,value", *lines])
    (tmp_path / "life-table.csv").write_text(csv, encoding="utf-8")
    found = alive(tmp_path, file + dies.replace("NAME", "mortality_by_year"))
    assert found == pytest.approx(known, rel=1e-12)


def test_every_example_is_run() -> None:
    """Each section with an example has a test here that names it."""
    text = PAGE.read_text(encoding="utf-8")
    sections = re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    with_examples = [name for name, body in sections if "```toml" in body]
    tested = set(re.findall(r'examples\("(.+?)"\)', Path(__file__).read_text(encoding="utf-8")))
    assert set(with_examples) == tested


def test_the_currency(tmp_path: Path) -> None:
    (example,) = examples("The currency")
    (tmp_path / "services.toml").write_text(example + SERVICES, encoding="utf-8")
    (tmp_path / "scenario.toml").write_text(BASE + COHORT, encoding="utf-8")
    answer = command("cohort", tmp_path / "scenario.toml", "--out", tmp_path / "out")
    assert "Costs, EUR" in answer.stdout


def test_ages_of_a_cohort(tmp_path: Path) -> None:
    ages, late = examples("Ages of a cohort")
    dies = """
[transitions.leaves]
track = "school"
from = "keeps_up"
to = "behind"
probability = 0.1
schedule = { cycle = 0 }
factors = ["came_late"]
"""
    found = expected(loaded(tmp_path, ages, late + dies)).result
    # 30 % are 65 or more: their chance is 1.4 times the others'. Falling behind by itself is left.
    moved = found.counts("event")[0, 0, :, found.compiled.transitions.index("leaves")].sum()
    alone = 500 * (0.7 * 0.1 + 0.3 * 0.14)
    assert 0.9 * alone < moved <= alone


def test_a_transition_back_to_where_one_is(tmp_path: Path) -> None:
    (example,) = examples("A transition back to where one is")
    found = expected(loaded(tmp_path, COHORT, example)).result
    ill = in_state(found, "health", "ill")[0]
    assert ill == pytest.approx(ill[0])
    visits = found.used("use").moves[0, 0, :, 0, 0].sum()
    assert visits == pytest.approx(60 * 48 * (1 - math.exp(-0.3 / 12)))


def test_rewards_of_transitions(tmp_path: Path) -> None:
    (example,) = examples("Rewards of transitions")
    economy = example.replace("[economy]", "[economy]\nprice_level = 2024")
    (tmp_path / "pathway.toml").write_text(
        HEAD
        + """
[transitions.falls_ill]
track = "health"
from = "well"
to = "sick"
probability = 0.5
weights = { loss = 1 }
[transitions.dies]
track = "health"
from = "sick"
to = "dead"
probability = 0.1
[weights]
loss = "Loss"
""",
        encoding="utf-8",
    )
    text = SCENARIO.replace("years = 2", "years = 4") + economy
    (tmp_path / "scenario.toml").write_text(text, encoding="utf-8")
    scenario = load_scenario(tmp_path / "scenario.toml")
    course = expected(scenario).result
    points = np.array([0, 25, 12.5, 6.25, 3.125])
    found = rewards(course, course.used("weight")).sum(axis=3)[0, 0, :, 0]
    np.testing.assert_allclose(found, counted(points, "weights", scenario.economy.weights))


def test_effects(tmp_path: Path) -> None:
    value, parts = examples("Effects: a value, a state, a part of the treatment, an order")
    arm = ENDS.replace("NAME", "treatment")
    course = expected(loaded(tmp_path, COHORT + investment("treatment") + value + arm)).result
    states = course.used("weight").states[0, :, :, 0, 0]
    sick = in_state(course, "health", "sick")
    np.testing.assert_allclose(states[0], sick[0] * 0.75 / 12)
    np.testing.assert_allclose(states[1, :36], sick[1, :36] * 0.95 / 12)

    arm = ENDS.replace("NAME", "team")
    course = expected(loaded(tmp_path, COHORT + investment("team") + parts + arm)).result
    moved = course.counts("event")[0]
    again, down = (course.compiled.transitions.index(n) for n in ("placed_again", "breaks_down"))
    residential = in_state(course, "placement", "residential")
    chance = moved[1, :, again] / residential[1, :-1]
    assert chance[[0, 6, 30]] == pytest.approx(-np.expm1(-np.array([0.6, 0.8, 1.0]) / 12))
    assert (moved[1, :, down] < moved[0, :, down])[0]


def test_what_an_effect_brings_with_it(tmp_path: Path) -> None:
    (example,) = examples("What an effect brings with it")
    arm = ENDS.replace("NAME", "support")
    scenario = loaded(tmp_path, COHORT + investment("support") + example + arm)
    result = simulate(scenario, seed=1, replications=1)
    units = result.units().groupby(["arm", "resource"], observed=True)["units"].sum()
    given = units["with", "open_care_plan"]
    assert given > 0
    assert units["without", "open_care_plan"] == units["without", "open_care_day"] == 0
    # Ten days in each of six months, for those whom it is not cut short for.
    assert 0 < units["with", "open_care_day"] <= 60 * given


def test_one_investment_in_the_place_of_another(tmp_path: Path) -> None:
    (example,) = examples("One investment in the place of another")
    centre = investment("family_centre").replace("payer", "running = 100, payer")
    course = sisim.expected(loaded(tmp_path, COHORT + centre + example))
    by_year = course.yearly_costs().groupby(["arm", "year"], observed=True)["amount"].sum()
    # The centre goes on in both arms, in one of them until home visits begin.
    assert by_year["today"].tolist() == pytest.approx([100.0] * 4)
    assert by_year["instead"].tolist() == pytest.approx([100.0] * 2 + [900000.0] * 2)


def test_intake_and_delivery(tmp_path: Path) -> None:
    course, areas = examples("Intake and delivery")
    three = "[population.areas]\n" + "".join(
        f'{name} = {{ label = "{name}", share = {share} }}\n'
        for name, share in (("north", 0.25), ("south", 0.25), ("centre", 0.5))
    )
    population = "[population]\ncohort = 300\nage = 14\n" + three
    arm = ENDS.replace("NAME", "course")
    scenario = loaded(tmp_path, population + course + areas + arm)
    begun = simulate(scenario, seed=1, replications=1).treatments("started")[0, 0, 0]
    assert begun[:, 1].argmax() == 6
    assert begun[:, 2].argmax() == 12
    assert begun[24:].sum() == 0


def test_what_is_associated_and_what_follows(tmp_path: Path) -> None:
    (example,) = examples("What is associated, and what follows")
    groups = '\n[groups.placed]\nlabel = "Placed"\ntrack = "placement"\nstates = ["residential"]\n'
    falls = """
[transitions.falls_ill]
track = "health"
from = "well"
to = "ill"
probability = 0.2
schedule = { cycle = 24 }
factors = ["placed_before"]
"""
    course = expected(loaded(tmp_path, COHORT, groups + example + falls)).result
    before, after = in_state(course, "health", "ill")[0, [24, 25]]
    assert after > before
    shares = course.compiled.scenario.pathway.factors["placed_before"]
    assert shares.causal_share is not None
    assert shares.causal_share.value == 0.3
    (chance,) = {round(float(x), 2) for x in np.power([4.0], shares.causal_share.value)}
    assert chance == 1.52


def test_who_receives_and_what_comes_after(tmp_path: Path) -> None:
    (example,) = examples("Who receives, and what comes after")
    more = """
[transitions.applies]
track = "health"
from = "well"
to = "ill"
rate = 1
uses = { benefit_month = 1 }
"""
    payers = """
principals.state = { label = "State" }
principals.individual = { label = "Individual", public = false }
administrations.state = { label = "State", principal = "state" }
administrations.individual = { label = "Individual", principal = "individual" }
"""
    (tmp_path / "paid.toml").write_text(payers + SERVICES + example + more, encoding="utf-8")
    base = BASE.replace("services.toml", "paid.toml")
    (tmp_path / "scenario.toml").write_text(base + COHORT, encoding="utf-8")
    found = sisim.expected(tmp_path / "scenario.toml")
    costs = found.costs[found.costs["item"] == "benefit_month"]
    assert set(costs["administration"]) == {"state"}
    paid = float(costs["amount"].sum())
    assert paid > 0
    received = found.ledger.incomes.sum(axis=(0, 1, 2))
    by_whom = {
        line.administration: -float(amount)
        for line, amount in zip(found.ledger.income_lines, received, strict=True)
    }
    assert by_whom == pytest.approx({"individual": 0.75 * paid, "state": 0.25 * paid})


def test_targets_and_those_held_out(tmp_path: Path) -> None:
    (example,) = examples("Targets, and those held out")
    groups = '\n[groups.placed]\nlabel = "Placed"\ntrack = "placement"\nstates = ["residential"]\n'
    target = loaded(tmp_path, COHORT, groups + example).pathway.targets["again_short"]
    assert target.held_out
    assert (target.low, target.high) == (0.35, 0.5)
