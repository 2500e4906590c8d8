"""What a file can say in numbers and yet not be run is refused: rates, shares, seeds, limits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from helpers.command_line import sisim as command_line
from helpers.small_files import Write

import sisim
from sisim.engine.compile import compile_scenario
from sisim.i18n import Lang, in_language
from sisim.loading.load import load_scenario
from sisim.scenario.errors import ScenarioError


def said(write: Write, changes: dict[str, Any], *texts: tuple[str, str]) -> dict[str, str]:
    """Return what is said of each key that is not well."""
    try:
        load_scenario(write(*texts), changes)
    except ScenarioError as error:
        return {one.key.removeprefix("pathway."): one.reason.text for one in error.problems}
    return {}


YEARLY = [
    "population.growth",
    "drift.inflation",
    "drift.prices.general",
    "drift.volumes.placement",
]


@pytest.mark.parametrize("key", YEARLY)
@pytest.mark.parametrize(("value", "text"), [(-1, "over -1"), (-1.2, "over -1"), (100, "at most")])
def test_every_yearly_change_is_over_minus_one(
    write: Write, key: str, value: float, text: str
) -> None:
    assert text in said(write, {key: value}).get(key, "")


@pytest.mark.parametrize("key", YEARLY)
@pytest.mark.parametrize("value", [-0.99, 0, 0.05])
def test_other_yearly_changes_are_well(write: Write, key: str, value: float) -> None:
    assert said(write, {key: value}) == {}


def test_shares_of_areas_sum_to_one(write: Write) -> None:
    half = ("share = 1\n", "share = 0.82\n")
    assert "sum to 0.82" in said(write, {}, half)["population.areas"]


def test_shares_of_movers_sum_to_one(write: Write) -> None:
    movers = "[population.movers_in]\nper_year = 0.05\nbelow = [6]\nshares = [0.5, 0.3]\n\n"
    place = "[population.areas.centre]"
    assert "sum to 0.8" in said(write, {}, (place, movers + place))["population.movers_in.shares"]


def test_no_seed_is_the_same_as_another(write: Write) -> None:
    assert said(write, {"seed": 2**63 - 1}) == {}
    for seed in (2**63, 2**64, -1):
        assert "seed" in said(write, {"seed": seed})
    with pytest.raises(ValueError, match="seed"):
        sisim.run(write(), seed=2**64)
    assert command_line("run", write(), "--seed", 2**64).exit_code == 2


def test_there_is_a_weight_for_every_point(write: Write) -> None:
    weights = {"economy.counting": "weights", "economy.weights": [1.0] * 120}
    assert (
        "Weights: 120; points, the start of every step and the end: 121"
        in said(write, weights)["economy.weights"]
    )
    assert said(write, {**weights, "economy.weights": [1.0] * 121}) == {}


def test_a_dirichlet_has_a_weight_for_every_path(write: Write) -> None:
    joint = (
        "[uncertainty.risks]\n"
        'distribution = "dirichlet"\n'
        'paths = ["attributes.risk.shares.low", "attributes.risk.shares.high"]\n'
        "alpha = [1, 2, 3]\n\n[time]\n"
    )
    found = said(write, {}, ("[time]\n", joint))
    assert "3 values and 2 paths" in found["uncertainty.risks"]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("investments.support.cost.running", 1e200),
        ("investments.support.years", 1e308),
        ("investments.support.new_way.delay", 1e308),
        ("investments.support.duration", 1e10),
        ("resources.care_day.price", 1e200),
        ("population.max_age", 1e6),
        ("time.warm_up", 1e9),
        ("factors.by_age.below", [12, 1e9]),
        ("replications", 10**12),
        ("population.residents", 10**12),
    ],
)
def test_what_no_run_can_hold_is_refused(write: Write, key: str, value: Any) -> None:
    assert any(one.startswith(key) for one in said(write, {key: value}))


@pytest.mark.parametrize("below", [45, 1e9, 1e15])
def test_limits_that_nobody_reaches_need_no_memory(write: Write, below: float) -> None:
    old = "age = { from = 3, below = 12 }"
    scenario = load_scenario(write((old, f"age = {{ from = 3, below = {below} }}")))
    values = [one.values for one in compile_scenario(scenario).references if len(one.values) > 400]
    assert values
    assert all(len(one) < 1100 for one in values)


@pytest.mark.parametrize(
    "parameters",
    ["{ shape = 1e9, scale = 1 }", "{ shape = -1, scale = 2 }", "{ shape = 1, scale = 0 }"],
)
def test_a_hazard_has_a_value_at_every_age(write: Write, parameters: str) -> None:
    shaped = f'[factors.wear]\nfeature = "age"\nshape = "weibull"\nparameters = {parameters}\n\n'
    place = "[factors.by_risk]"
    assert "factors.wear.parameters" in said(write, {}, (place, shaped + place))


def test_an_override_does_not_override_overrides(write: Write) -> None:
    assert "override.x" in said(write, {"override.x": 1})


@pytest.mark.parametrize("lang", ["en", "sv"], indirect=True)
@pytest.mark.parametrize("value", ["[foster, secure]", "{ from = 3, areas = [norr] }"])
def test_quotes_that_a_shell_took_away_are_told(lang: Lang, value: str) -> None:
    done = command_line(
        "check", "placed-youth", "--set", f"investments.team.areas={value}", lang=lang
    )
    assert done.exit_code == 2
    assert "PowerShell" in done.stderr
    assert "key=['a', 'b']" in done.stderr


def test_single_quotes_inside_need_no_others() -> None:
    done = command_line(
        "check", "placed-youth", "--set", "investments.team.areas=['norr', 'soder']"
    )
    assert done.exit_code == 0


def test_the_keys_of_a_use_are_its_own(write: Write) -> None:
    wrong = ("uses.care_day = 365", "uses.care_day = { value = 365, factors = [] }")
    with pytest.raises(ScenarioError) as caught:
        load_scenario(write(wrong))
    unknown = [one for one in caught.value.problems if "Unknown key" in repr(one.reason)]
    assert [one.choices for one in unknown] == [("amount", "factors")]


def test_a_fund_that_the_file_says_nothing_of_is_told(write: Write) -> None:
    done = command_line(
        "check", write(('payer = "social" }\neffects', 'payer = "fund" }\neffects'))
    )
    assert "A fund pays, and no [funds]" in done.stdout
    assert "Add [funds.fund], or name the administration that pays." in done.stdout


def test_labels_are_drawn_as_they_stand(write: Write, tmp_path: Path) -> None:
    """A dollar sign begins no formula, broken or not."""
    odd = r"costs $\\frac{5$ and $1_2$"
    labels = {f"arms.{arm}.label": odd for arm in ("project", "new_way")}
    labels |= {"title": odd, "administrations.social.label": odd, "groups.placed.label": odd}
    changes = {**labels, "population.residents": 200}
    sisim.run(load_scenario(write(), changes)).save(tmp_path / "out")
    assert (tmp_path / "out" / "figure-1.svg").stat().st_size > 1000


def test_nobody_is_simulated_before_the_year_0(write: Write) -> None:
    early = {"time.start": "0020-01", "investments.support.start": "0021-01", "figures.year": 22}
    assert "before the year 0" in said(write, early)["time.start"]


def test_a_key_without_end_is_answered_at_once(write: Write) -> None:
    path = write()
    path.write_text("a" + ".a" * 100_000 + " = 1\n")
    with pytest.raises(ScenarioError, match="nested too deeply"):
        load_scenario(path)


LEARNING = {"first": 0.5, "per_doubling": 0.9}
TEAM = "investments.support"


@pytest.mark.parametrize("lang", ["en", "sv"])
@pytest.mark.parametrize(
    ("changes", "key", "texts"),
    [
        (
            {f"{TEAM}.preparation": {"staff": {"months": 1, "after": ["stuff"]}}},
            f"{TEAM}.preparation.staff.after.0",
            ("stuff", "stuff"),
        ),
        (
            {
                f"{TEAM}.preparation": {
                    "staff": {"months": 1, "after": ["training"]},
                    "training": {"months": 1, "after": ["staff"]},
                }
            },
            f"{TEAM}.preparation.staff.after.0",
            ("waits for itself", "väntar på sig själv"),
        ),
        (
            {f"{TEAM}.preparation": {"staff": {"months": 1200}}},
            f"{TEAM}.preparation",
            ("1200 (months)", "1200 (månader)"),
        ),
        (
            {f"{TEAM}.fidelity": {"refresher": 6}},
            f"{TEAM}.fidelity.refresher",
            ('give "decay"', "ange ”decay”"),
        ),
        (
            {f"{TEAM}.cost.refresher": 5000},
            f"{TEAM}.cost",
            ("no follow-up to pay for", "ingen uppföljning att betala"),
        ),
        (
            {f"{TEAM}.learning": LEARNING, f"{TEAM}.effects": []},
            f"{TEAM}.learning",
            ("by cases", "antalet fall"),
        ),
        (
            {f"{TEAM}.effects.0.complement": {"investment": "support", "without": 0.5}},
            f"{TEAM}.effects.0.complement.investment",
            ("support", "support"),
        ),
        (
            {f"{TEAM}.fidelity": {"decay": 0.1, "refresher": 0.4}},
            f"{TEAM}.fidelity.refresher",
            ("between two steps", "mellan två steg"),
        ),
    ],
)
def test_what_grows_drifts_and_is_prepared_fits_together(
    write: Write, lang: Lang, changes: dict[str, Any], key: str, texts: tuple[str, str]
) -> None:
    with in_language(lang):
        found = said(write, changes)
        assert texts[0 if lang == "en" else 1] in found[key]


def test_only_an_effect_on_transitions_of_participants_needs_another_part(write: Write) -> None:
    needs = {"complement": {"investment": "support", "without": 0.5}}
    for effect in ({"acts_on": "area"}, {"on": ["use:care_day@placed"]}):
        found = said(write, {f"{TEAM}.effects": [{"on": ["placement"], **needs, **effect}]})
        assert "whole" in found[f"{TEAM}.effects.0.complement"]


def test_a_use_is_the_same_for_everyone_whatever_was_learned(write: Write) -> None:
    changes = {f"{TEAM}.learning": LEARNING, f"{TEAM}.effects.0.on": ["use:care_day@placed"]}
    assert "the same for everyone" in said(write, changes)[f"{TEAM}.effects.0"]
