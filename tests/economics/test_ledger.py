"""Money is applied to counts afterwards (L5), and adds up (L6)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.any_counts import PATHWAY, counts, same_in_every_arm, scenario
from hypothesis import given, settings
from hypothesis import strategies as st

from sisim import run
from sisim.economics.appraisal import appraise, headline, totals
from sisim.economics.discounting import counted
from sisim.economics.ledger import KINDS, TRANSFERS, CostLine, ledger, rewards
from sisim.economics.outcomes import outcome_units
from sisim.economics.prices import conversion
from sisim.engine.cohort import expected
from sisim.engine.replications import simulate
from sisim.results import Results
from sisim.scenario.scenario import Scenario

SEEDS = st.integers(0, 2**32 - 1)
ORE = 0.005


@given(SEEDS, st.booleans())
@settings(max_examples=20, deadline=None)
def test_money_adds_up(seed: int, current: bool) -> None:
    book = ledger(counts(seed), current=current)
    whole = book.total()
    principals = book.sums(lambda line: line.principal)
    payers = book.sums(lambda line: (line.principal, line.administration))
    for principal, total in principals.items():
        parts = sum(paid for (of, _), paid in payers.items() if of == principal)
        assert np.allclose(parts, total, rtol=0, atol=ORE)
    assert np.allclose(sum(principals.values()), whole, rtol=0, atol=ORE)
    years = book.sums(lambda line: line.administration, yearly=True)
    assert np.allclose(sum(years.values()).sum(axis=2), whole.sum(axis=2), rtol=0, atol=ORE)
    assert book.table()["amount"].sum() == pytest.approx(whole.sum())


@given(SEEDS)
@settings(max_examples=20, deadline=None)
def test_with_less_without_is_what_it_says(seed: int) -> None:
    book = ledger(counts(seed))
    difference = book.total() - book.total()[:, :1]
    kinds = book.sums(lambda line: line.kind)
    assert set(kinds) == set(KINDS) - set(TRANSFERS)
    reduced = kinds["use"][:, :1] - kinds["use"]
    own = kinds["investment"] + kinds["running"] + kinds["replaced"]
    assert np.allclose(difference, own - reduced, rtol=0, atol=ORE)
    assert (kinds["replaced"] <= 0).all()
    assert not own[:, 0].any()


@given(SEEDS)
@settings(max_examples=10, deadline=None)
def test_everything_is_linear_in_the_counts(seed: int) -> None:
    both = counts(seed)
    one, other = (type(both)(both.compiled, (r,)) for r in both.replications)
    amounts = ledger(both).amounts
    assert (amounts[0] == ledger(one).amounts[0]).all()
    assert (amounts[1] == ledger(other).amounts[0]).all()


def test_a_new_price_needs_no_simulation() -> None:
    result = counts(1)
    dearer = {**PATHWAY, "resources": {**PATHWAY["resources"]}}
    dearer["resources"]["day"] = {**PATHWAY["resources"]["day"], "price": 11_000}
    again = result.repriced(scenario(pathway=dearer, economy={"discount_costs": 0.0}))
    assert again.replications is result.replications
    was, now = (ledger(r).sums(lambda line: line.item) for r in (result, again))
    assert np.array_equal(now["day"], 2 * was["day"])
    assert np.array_equal(now["inquiry"], was["inquiry"])


def test_more_than_money_needs_one() -> None:
    with pytest.raises(ValueError, match="simulated again"):
        counts(1).repriced(scenario(time={"start": "2026-01", "years": 4}))


def test_transfers_move_money_and_make_none() -> None:
    book = ledger(counts(1))
    lines = [CostLine("repayment", "team", name, "town") for name in ("social", "fund")]
    paid = np.zeros((*book.amounts.shape[:3], 2))
    paid[..., 0], paid[..., 1] = 500.0, -500.0
    after = book.with_lines(lines, paid)
    assert np.allclose(after.total(), book.total(), rtol=0, atol=ORE)
    moved = after.sums(lambda line: line.administration)["social"]
    assert np.allclose(moved, book.sums(lambda line: line.administration)["social"] + 500)
    with pytest.raises(ValueError, match=r"repayment: .* are paid to nobody"):
        book.with_lines(lines[:1], paid[..., :1])
    with pytest.raises(ValueError, match="not running"):
        book.with_lines([CostLine("running", "team", "social", "town")], paid[..., :1])


def test_prices_are_brought_to_the_price_level_and_grow() -> None:
    book = ledger(counts(1))
    shares = {line.administration: n for n, line in enumerate(book.lines) if line.item == "day"}
    paid, rest = (book.amounts[..., shares[name]] for name in ("social", "agency"))
    assert np.allclose(paid * 3, rest * 7)
    days = book.result.units().query("resource == 'day'")["units"].to_numpy().reshape(paid.shape)
    price = (paid + rest) / days
    base = 5500 * conversion(2018, 2024)
    years = np.repeat([0, 0, 1, 2], 12)  # a year of history, then growth from the start
    assert np.allclose(price, base * 1.02**years)
    nominal = ledger(book.result, current=True).amounts[..., shares["social"]] / paid
    assert np.allclose(nominal, 1.02 ** (np.repeat([2025, 2026, 2027, 2028], 12) - 2024))


def test_a_year_without_an_index_is_answered() -> None:
    with pytest.raises(ValueError, match=r"for 1890, only for 2010-2024"):
        conversion(1890, 2024)


def test_an_investment_costs_what_its_file_says() -> None:
    free = {"effects": [], "years": 1, "start": "2026-01", "label": "Team", "target": {}}
    cost = {"start_up": 100_000, "running": 500_000, "payer": "social"}
    new_way = {
        "ramp": 6,
        "cost": {"start_up": 30_000, "running": 300_000, "payer": "social"},
        "replaces": {"running": 50_000, "payer": "school"},
    }
    team = {**free, "cost": cost, "new_way": new_way}
    book = ledger(counts(1, investments={"team": team}, drift={}))
    by_kind = book.sums(lambda line: line.kind, yearly=True)
    ends, goes_on, new = (book.result.arms.index(a) for a in ("ends", "goes_on", "new_way"))
    assert by_kind["investment"][0, ends] == pytest.approx([0, 600_000, 0, 0])
    assert by_kind["investment"][0, goes_on] == pytest.approx([0, 600_000, 500_000, 500_000])
    ramp = (sum(range(1, 7)) / 6 + 6) / 12
    assert by_kind["running"][0, new] == pytest.approx([0, 0, 30_000 + ramp * 300_000, 300_000])
    assert by_kind["replaced"][0, new] == pytest.approx([0, 0, -ramp * 50_000, -50_000])


def test_totals_count_and_discount_as_the_scenario_says() -> None:
    economy = {"counting": "point", "discount_effects": 0.03, "exponent": 1}
    result = counts(1, economy=economy)
    people = result.counts("stock")[0, 0, 12:]  # (points, states), after the history
    good = (people[:, 0] * 1.0 + people[:, 1] * 0.7) / 12
    expected = (good * 1.03 ** -((np.arange(37) + 1) / 12)).sum()
    found = totals(ledger(result)).set_index(["replication", "arm", "measure"])["total"]
    assert found[0, "without", "good"] == pytest.approx(expected)


def flat(**changes: Any) -> Any:
    """Return counts that are the same in every arm."""
    result = counts(1, **changes)
    for replication in result.replications:
        for name in ("stock", "event", "entry", "arrivals"):
            values = getattr(replication.tally, name)
            values[1:] = values[:1]
    return result


def test_the_row_of_numbers_agrees_with_the_curves() -> None:
    results = Results(counts(3, economy={"discount_costs": 0.0}))
    numbers = results.headline("new_way")
    costs = results.yearly_costs()
    costs = costs[costs["year"] >= 2026]
    use = costs[costs["kind"] == "use"].groupby(["arm", "replication"])["amount"].sum()
    own = costs[costs["kind"] != "use"].groupby(["arm", "replication"])["amount"].sum()
    assert numbers["invested"][0] == pytest.approx(own["new_way"].mean())
    assert numbers["lower_cost"][0] == pytest.approx((use["without"] - use["new_way"]).mean())
    assert numbers["net"][0] == pytest.approx(
        numbers["lower_cost"][0] - numbers["invested"][0], abs=ORE
    )
    begun = results.yearly_participants()
    begun = begun[(begun["year"] >= 2026) & (begun["arm"] == "new_way")]
    assert numbers["helped"][0] == begun.groupby("replication")["started"].sum().mean()


def test_what_changes_nothing_never_pays_back() -> None:
    book = ledger(flat())
    worth = appraise(book, "ends", tail=False)
    assert worth.payback_discounted is None
    assert headline(book, worth)["lower_cost"] == (0.0, 0.0, 0.0)


def test_break_even_is_for_good() -> None:
    result = flat(economy={"discount_costs": 0.0})
    placed = result.compiled.state("care", "placed")
    arm = result.arms.index("ends")
    for replication in result.replications:
        stock = replication.tally.stock[arm, ..., placed]
        stock[12:14] = 0  # saves, then loses it all again, then saves
        stock[14:24] *= 2
        stock[24:] = 0
    instant = appraise(ledger(result), "ends", tail=False).payback_discounted
    assert instant is not None
    net = ledger(result).total(lambda line: not line.ordinary)[..., 12:]
    saved = np.cumsum((net[:, 0] - net[:, arm]).mean(axis=0))
    assert saved[0] > 0
    months = round((instant - 2026) * 12)
    assert months > 12
    assert saved[months - 2] < -ORE
    assert (saved[months - 1 :] >= -ORE).all()


@pytest.mark.parametrize("step", ["week", "month", "quarter"])
@pytest.mark.parametrize("years", [1, 3])
@pytest.mark.parametrize("start", ["2026-01", "2026-07"])
def test_a_running_cost_adds_up_over_every_whole_year(step: str, years: int, start: str) -> None:
    cost = {"start_up": 100_000, "running": 1_000_000, "payer": "social"}
    one = {"label": "Team", "start": start, "years": years, "target": {}, "cost": cost}
    found = same_in_every_arm(
        investments={"team": one},
        arms={"ends": {"label": "Ends", "investments": {"team": "ends"}}},
        pathway={**PATHWAY, "step": step},
        time={"start": "2026-01", "years": 5, "warm_up": 1},
        drift={},
        figures=None,
    )
    paid = ledger(found).total(lambda line: line.kind == "investment").sum(axis=2)
    assert paid == pytest.approx(np.array([[0, 100_000 + years * 1_000_000]] * 2))


def test_treatment_by_the_month_adds_up_over_a_year_of_weeks() -> None:
    team = {**scenario().investments["team"].model_dump(by_alias=True), "duration": 12}
    found = counts(
        1,
        investments={"team": team},
        pathway={**PATHWAY, "step": "week"},
        time={"start": "2026-01", "years": 2, "warm_up": 1},
    )
    weeks = found.treatments("treated")[:, :, 0, :-1].sum(axis=(0, 2, 3))
    months = Results(found).yearly_participants().groupby("arm", observed=True)["treated_months"]
    # Whoever is treated for its 52 weeks has been treated for twelve months.
    assert months.sum().tolist() == pytest.approx((weeks * 12 / 52).tolist())


ONE_STATE = """
name = "one-state"
title = "One state"
step = "{step}"
principals.town.label = "The town"
administrations.care = {{ label = "Care", principal = "town" }}
weights.good = "Good years"

[resources.place]
label = "Place"
unit = "year"
price = 100
price_year = 2024
administration = "care"

[tracks.life]
label = "Life"
start = "there"
states.there = {{ label = "There", uses = {{ place = 1 }}, weights = {{ good = 0.5 }} }}

[groups]
there = {{ label = "There", track = "life", states = ["there"] }}
"""
TEN_YEARS = """
name = "ten-years"
title = "Ten years"
pathway = "pathway.toml"
time = {{ start = "2026-01", years = 10 }}
population.cohort = 7
economy = {{ price_level = 2024, counting = "{counting}" }}
outcomes.there = {{ label = "There", group = "there" }}
"""


@pytest.mark.parametrize("step", ["week", "month", "quarter", "year"])
@pytest.mark.parametrize("counting", ["start", "end", "both"])
def test_ten_years_in_a_state_are_ten_years_of_its_use(
    tmp_path: Path, step: str, counting: str
) -> None:
    for name, text in (("pathway", ONE_STATE), ("scenario", TEN_YEARS)):
        content = text.format(step=step, counting=counting)
        (tmp_path / f"{name}.toml").write_text(content, encoding="utf-8", newline="\n")
    found = run(tmp_path / "scenario.toml")
    costs = found.yearly_costs().groupby("year", observed=True)["amount"].sum()
    assert costs.tolist() == pytest.approx([7 * 100.0] * 10)
    assert found.counts.units()["units"].sum() == pytest.approx(7 * 10)
    assert found.counts.weights()["amount"].sum() == pytest.approx(7 * 10 * 0.5)
    person_years = outcome_units(found.counts, found.scenario.outcomes["there"]).sum()
    assert person_years == pytest.approx(7 * 10)


EVENTS: dict[str, Any] = {
    "pathway": {
        "name": "test",
        "title": "Test",
        "step": "year",
        "weights": {"loss": "Loss", "well": "Well"},
        "tracks": {
            "life": {
                "label": "Life",
                "start": "alive",
                "states": {
                    "alive": {"label": "Alive", "weights": {"well": 1}},
                    "dead": {"label": "Dead"},
                },
            }
        },
        "entry": {"weights": {"loss": 0.5}},
        "transitions": {
            "dies": {
                "track": "life",
                "from": "alive",
                "to": "dead",
                "probability": 0.25,
                "weights": {"loss": 2},
            }
        },
    },
    "population": {"cohort": 64},
    "time": {"start": "2026-01", "years": 4},
}
NAMES = {"name": "test", "title": "Test"}
WEIGHTS = [0.5, 1.0, 2.0, 1.0, 0.5]


@pytest.mark.parametrize(
    ("counting", "events", "loss"),
    [
        # Deaths in the four cycles are 16, 12, 9 and 6.75; whoever enters has lost 32 at once.
        ("start", None, [32 + 32, 24, 18, 13.5]),
        ("end", None, [32 + 32, 24, 18, 13.5]),
        ("point", None, [32 + 32, 24, 18, 13.5, 0]),
        ("start", "start", [32 + 32, 24, 18, 13.5]),
        ("start", "end", [32 + 0, 32, 24, 18]),
        ("end", "start", [32 + 24, 18, 13.5, 0]),
        ("end", "end", [32 + 32, 24, 18, 13.5]),
        ("both", "start", [32 + 28, 21, 15.75, 6.75]),
        ("both", "end", [32 + 16, 28, 21, 15.75]),
        ("point", "start", [32 + 32, 24, 18, 13.5, 0]),
        ("point", "end", [32 + 0, 32, 24, 18, 13.5]),
        ("weights", "start", [32 + 16, 24, 36, 13.5, 0]),
        ("weights", "end", [32 + 0, 32, 48, 18, 6.75]),
    ],
)
def test_rewards_of_transitions_count_where_they_land(
    counting: str, events: str | None, loss: list[float]
) -> None:
    """At the start or the end of their cycle, weighted as the states at that point are."""
    economy = {"counting": counting, "weights": WEIGHTS if counting == "weights" else []}
    course = expected(
        Scenario.model_validate({**EVENTS, "economy": {**economy, "events": events}, **NAMES})
    ).result
    found = rewards(course, course.used("weight")).sum(axis=3)[0, 0]
    np.testing.assert_allclose(found[:, 0], loss)
    # States are counted as before.
    alive = 64 * 0.75 ** np.arange(5)
    np.testing.assert_allclose(found[:, 1], counted(alive, counting, economy["weights"]))


@pytest.mark.parametrize("counting", ["start", "end", "both"])
def test_a_delivered_part_is_charged_as_often_as_it_is_delivered(counting: str) -> None:
    """A course of three years that adds to a use is charged three times, wherever it is counted."""
    life = EVENTS["pathway"]["tracks"]["life"]
    one = {
        "label": "Course",
        "start": "2026-01",
        "years": 3,
        "target": {},
        "cost": {"payer": "fund"},
        "effects": [{"on": ["weight:well@alive"], "adds": 1, "acts_on": "area"}],
    }
    stays = {**EVENTS["pathway"], "tracks": {"life": life}, "transitions": {}}
    course = expected(
        Scenario.model_validate(
            {
                **EVENTS,
                **NAMES,
                "pathway": stays,
                "economy": {"counting": counting},
                "investments": {"course": one},
                "arms": {"course": {"label": "Course", "investments": {"course": "ends"}}},
            }
        )
    ).result
    found = rewards(course, course.used("weight")).sum(axis=3)[0, :, :, 1]
    np.testing.assert_allclose(found, [[64] * 4, [128, 128, 128, 64]])


@pytest.mark.parametrize("counting", ["start", "end", "both"])
@pytest.mark.parametrize(("more", "steps"), [({}, 3), ({"intake": 1, "duration": 24}, 2)])
@pytest.mark.parametrize("drawn", [False, True])
def test_so_is_one_that_is_delivered_to_participants(
    counting: str, more: dict[str, int], steps: int, *, drawn: bool
) -> None:
    """It is added for every step in which somebody is in treatment, and in the step it is given."""
    life = EVENTS["pathway"]["tracks"]["life"]
    one = {
        "label": "Course",
        "start": "2026-01",
        "years": 3,
        "target": {},
        "cost": {"payer": "fund"},
        "effects": [{"on": ["weight:well@alive"], "adds": 1}],
        **more,
    }
    stays = {**EVENTS["pathway"], "tracks": {"life": life}, "transitions": {}}
    scenario = Scenario.model_validate(
        {
            **EVENTS,
            **NAMES,
            "pathway": stays,
            "economy": {"counting": counting},
            "investments": {"course": one},
            "arms": {"course": {"label": "Course", "investments": {"course": "ends"}}},
        }
    )
    course = simulate(scenario, replications=1, seed=1) if drawn else expected(scenario).result
    found = rewards(course, course.used("weight")).sum(axis=3)[0, :, :, 1]
    np.testing.assert_allclose(found[1] - found[0], [64] * steps + [0] * (4 - steps))


TEAM: dict[str, Any] = {
    "label": "Team",
    "start": "2026-07",
    "years": 2,
    "target": {},
    "capacity": 5,
    "preparation": {
        "staff": {"months": 4, "cost": 400_000},
        "training": {"months": 2, "cost": 90_000, "after": ["staff"]},
        "premises": {"months": 0, "cost": 10_000},
    },
    "fidelity": {"decay": 0.2, "refresher": 6},
    "cost": {"start_up": 1000, "running": 120_000, "refresher": 7000, "payer": "social"},
}


def paid_each_month(**changes: Any) -> list[float]:
    """Return what a team costs each month, in a scenario of three years."""
    spec = {
        **{"name": "test", "title": "Test", "pathway": PATHWAY, "population": {"cohort": 20}},
        "time": {"start": "2026-01", "years": 3},
        "investments": {"team": TEAM | changes},
        "arms": {"project": {"label": "Project", "investments": {"team": "ends"}}},
    }
    book = ledger(simulate(Scenario.model_validate(spec), replications=1, threads=1))
    whole = book.sums(lambda line: line.kind)["investment"]
    assert not whole[:, 0].any()
    return [round(float(amount), 6) for amount in whole[0, 1]]


def test_what_is_prepared_is_paid_as_it_is_done_and_the_rest_from_the_first_case() -> None:
    """Four months of staff, two of training, and then eighteen of running; two follow-ups."""
    running = [10_000.0] * 18
    running[0] += 1000
    running[6] += 7000
    running[12] += 7000
    prepared = [110_000.0, 100_000.0, 100_000.0, 100_000.0, 45_000.0, 45_000.0]
    assert paid_each_month() == [0.0] * 6 + prepared + running + [0.0] * 6


def test_what_is_prepared_happens_once() -> None:
    """An investment that goes on after the end is not prepared again."""
    spec = {"years": 20, "preparation": {"staff": {"months": 6, "cost": 600}}}
    assert sum(paid_each_month(**spec)) == pytest.approx(600 + 1000 + 2 * 120_000 + 3 * 7000)
