"""Every number as `docs/reference/definitions.md` has it, from exported tables and prices alone.

What is read here is what a user can export: tables as CSV, and the prices of the file. Nothing of
the package's own reckoning is used; only its answers are compared.
"""

from __future__ import annotations

from math import ceil
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest
from helpers.any_counts import PATHWAY, counts, scenario

from sisim.results import Results

ROOT = Path(__file__).parents[2]
COSTS, EFFECTS = 0.03, 0.02
ARM, STEPS, YEAR = "new_way", 36, 12
FACE = {name: {**r, "price_year": 2024} for name, r in PATHWAY["resources"].items()}
PRICE = {"day": 5500, "inquiry": 40_000}
"""Of what not everyone has; who pays a day is in `SHARES`."""
SHARES = {
    ("day", "social"): 0.7,
    ("day", "agency"): 0.3,
    ("inquiry", "social"): 1.0,
}
FEE, LOAN, BACK = 200_000, 5_000_000, 6_000_000
TAILS = [None, {"years": 2, "basis": "last_year"}]


def contract() -> dict[str, Any]:
    """Return one in which a provider is paid a fee, and an investor lends and is paid back."""

    def pays(who: str, whom: str, amount: int, year: int) -> dict[str, Any]:
        return {"label": "P", "from": who, "to": whom, "amounts": {str(year): amount}}

    payments = {
        "fee": pays("social", "provider", FEE, 2027),
        "loan": pays("investor", "social", LOAN, 2026),
        "back": pays("social", "investor", BACK, 2028),
    }
    parties = {"investor": "Investor", "provider": "Provider"}
    return {"label": "B", "parties": parties, "payments": payments}


def results(tail: dict[str, Any] | None = None, seed: int = 3, **rules: Any) -> Results:
    """Return any counts, priced."""
    repayment = {"rounding": 0, "cap": "none", "cap_year": "none", **rules}
    return Results(
        counts(
            seed,
            replications=3,
            pathway={**PATHWAY, "resources": FACE},
            drift={},
            economy={"discount_costs": COSTS, "discount_effects": EFFECTS, "tail": tail},
            outcomes={"placed": {"label": "Placed", "group": "placed"}},
            contracts={"b": contract()},
            funds={
                "fund": {
                    "principal": "town",
                    "deposits": {"opening": 1_000_000},
                    "repayment": repayment,
                }
            },
        )
    )


class Exported(NamedTuple):
    """Tables of counts as they are read from files: a row per replication, a column per step."""

    use: dict[str, pd.DataFrame]
    own: pd.DataFrame
    placed: pd.DataFrame
    entries: pd.DataFrame
    participants: pd.DataFrame
    items: pd.DataFrame


@pytest.fixture(params=TAILS, ids=["no tail", "tail"])
def done(request: pytest.FixtureRequest) -> Results:
    """Return results with and without a tail."""
    return results(request.param)


def exported(done: Results, folder: Path, arm: str = ARM) -> Exported:
    """Return what a run has counted, by way of CSV; differences are without less with."""
    counted = done.counts
    tables = {
        "units": counted.units(),
        "people": counted.people(),
        "entries": counted.entries(),
        "participants": counted.participants(),
        "items": counted.investment_items(),
    }
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
    read = {name: pd.read_csv(folder / f"{name}.csv") for name in tables}
    read = {
        name: table[(table["step"] >= 0) & (table["step"] < STEPS)] for name, table in read.items()
    }

    def less(table: pd.DataFrame, value: str) -> pd.DataFrame:
        wide = table.pivot_table(value, ["replication", "arm"], "step", aggfunc="sum")
        return wide.xs("without", level="arm") - wide.xs(arm, level="arm")

    units, items = read["units"], read["items"][read["items"]["arm"] == arm]
    return Exported(
        {name: less(units[units["resource"] == name], "units") for name in PRICE},
        own_cost(items),
        less(read["people"][read["people"]["state"] == "placed"], "people"),
        read["entries"],
        read["participants"],
        items,
    )


def own_cost(items: pd.DataFrame) -> pd.DataFrame:
    """Return what an investment costs itself by step, less what it replaces, from its units."""
    team = scenario().investments["team"].model_dump()
    costs = {
        "project": team["cost"],
        "new_way": team["new_way"]["cost"],
        "replaced": team["new_way"]["replaces"],
    }
    prices = [
        costs[phase][item]["value"]
        for phase, item in zip(items["phase"], items["item"], strict=True)
    ]
    priced = items.assign(amount=items["units"] * prices)
    return priced.pivot_table("amount", "replication", "step", aggfunc="sum")


def discounted(table: pd.DataFrame, rate: float = COSTS) -> pd.Series:
    """Return the present value of each replication."""
    return table.mul((1 + rate) ** -(table.columns / YEAR), axis=1).sum(axis=1)


def with_tail(table: pd.DataFrame, done: Results, goes_on: pd.DataFrame | None = None) -> Any:
    """Return a table with the last year, or what of it goes on, again and again."""
    tail = done.scenario.economy.tail
    if tail is None:
        return table
    last = (table if goes_on is None else goes_on).loc[:, STEPS - YEAR :]
    parts = [table]
    for again in range(1, tail.years + 1):
        part = last.copy()
        part.columns = last.columns + again * YEAR
        parts.append(part)
    return pd.concat(parts, axis=1)


def course(done: Results, folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return what is invested and by how much costs are lower, by replication and step."""
    found = exported(done, folder)
    lower = sum(found.use[name] * price for name, price in PRICE.items())
    own = found.own.copy()
    own[23] += FEE  # paid in the last month of its year
    lasting = found.items[
        found.items["phase"].isin(["new_way", "replaced"]) & (found.items["item"] != "start_up")
    ]
    goes_on = own_cost(lasting).reindex(columns=own.columns, fill_value=0.0)
    return with_tail(own, done, goes_on), with_tail(lower, done)


def test_people(done: Results, tmp_path: Path) -> None:
    found, headline = exported(done, tmp_path), done.headline(ARM)
    begun = found.participants[found.participants["arm"] == ARM]
    assert headline["helped"][0] == pytest.approx(begun["started"].sum() / 3)
    for name, first in (("avoided", True), ("avoided_returns", False)):
        own = found.entries[found.entries["first"] == first].groupby("arm")["entries"].sum()
        assert headline[name][0] == pytest.approx((own["without"] - own[ARM]) / 3)


def test_what_is_invested_is_the_sum_of_its_parts(done: Results, tmp_path: Path) -> None:
    items = exported(done, tmp_path).items
    told = done.headline(ARM)
    parts = {"investment": "project", "running": "new_way", "replaced": "replaced"}
    for name, phase in parts.items():
        worth = discounted(own_cost(items[items["phase"] == phase]))
        assert told[name][0] == pytest.approx(worth.mean()), name
    assert told["replaced"][0] < 0 < told["running"][0]
    assert sum(told[name][0] for name in parts) == pytest.approx(told["invested"][0])


def test_invested_lower_cost_net_and_their_ratios(done: Results, tmp_path: Path) -> None:
    own, lower = course(done, tmp_path)
    invested, saved = discounted(own), discounted(lower)
    worth = done.appraisal[ARM]
    assert worth.amounts["invested"] == pytest.approx(invested.to_numpy())
    assert worth.amounts["lower_cost"] == pytest.approx(saved.to_numpy())
    assert worth.amounts["net"] == pytest.approx((saved - invested).to_numpy())
    assert worth.ratio == pytest.approx(saved.mean() / invested.mean())
    assert worth.gain == pytest.approx((saved.mean() - invested.mean()) / invested.mean())
    table = worth.table().set_index("measure")
    assert table.loc["net", "mean"] == pytest.approx((saved - invested).mean())
    assert table.loc["net", "discount_rate"] == COSTS


def test_financing_stands_by_itself(done: Results) -> None:
    expected = BACK * (1 + COSTS) ** -(35 / YEAR) - LOAN * (1 + COSTS) ** -(11 / YEAR)
    assert done.appraisal[ARM].amounts["financing"] == pytest.approx(expected)


@pytest.mark.parametrize("seed", range(5))
def test_payback_peak_funding_and_rate_of_return(seed: int, tmp_path: Path) -> None:
    done = results(seed=seed)
    own, lower = course(done, tmp_path)
    net = (lower - own).mean()
    worth = done.appraisal[ARM]
    for rate, found in ((0.0, worth.payback), (COSTS, worth.payback_discounted)):
        balance = (net * (1 + rate) ** -(net.index / YEAR)).cumsum()
        red = balance.index[balance < -0.005]
        if len(red) == 0:
            expected: float | None = 2026.0
        else:
            expected = None if red[-1] == STEPS - 1 else 2026 + (red[-1] + 2) / YEAR
        assert found == (None if expected is None else pytest.approx(expected))
    by_year = net.groupby(net.index // YEAR).sum()
    deepest = min(by_year.cumsum().min(), 0.0)
    assert worth.of_mean["deepest"] == pytest.approx(deepest)
    assert (worth.hole is None) == (deepest == 0.0)
    if worth.hole is not None:
        assert worth.hole[0] == 2026 + int(by_year.cumsum().to_numpy().argmin())
    # Two unknown signs at most in three years: the quadratic formula gives every rate.
    c, b, a = by_year
    under = np.sqrt(complex(b * b - 4 * a * c))
    roots = [(-b + under) / (2 * a), (-b - under) / (2 * a)]
    rates = sorted(1 / x.real - 1 for x in roots if abs(x.imag) < 1e-9 and x.real > 0)
    assert worth.rates_of_return == pytest.approx(tuple(rates))


def test_the_year_of_a_payback_is_that_in_which_its_instant_lies(tmp_path: Path) -> None:
    years = set()
    for seed in range(20):
        done = results(seed=seed)
        instant = done.break_even(ARM)
        own, lower = course(done, tmp_path)
        own[23] -= FEE  # the figures know no contracts
        net = (lower - own).mean() * (1 + COSTS) ** -(own.columns / YEAR)
        red = np.flatnonzero(net.cumsum() < -0.005)
        if len(red) and red[-1] < STEPS - 1:
            expected = 2026 + (red[-1] + 2) / YEAR
            assert instant == pytest.approx(expected)
            years.add(max(2026, ceil(expected - 1e-9) - 1))
    assert years


def test_an_outcome_and_what_it_costs(done: Results, tmp_path: Path) -> None:
    own, lower = course(done, tmp_path)
    cost = discounted(own) - discounted(lower)
    avoided = with_tail(exported(done, tmp_path).placed, done) / YEAR
    effect = next(one for one in done.effectiveness if one.measure.name == "placed")
    row = effect.table().set_index("arm").loc[ARM]
    gained = discounted(avoided, EFFECTS)
    assert row["units"] == pytest.approx(avoided.sum(axis=1).mean())
    assert row["effect"] == pytest.approx(gained.mean())
    assert row["cost"] == pytest.approx(cost.mean())
    if (cost.mean() > 0) == (gained.mean() > 0):
        assert row["cost_per_unit"] == pytest.approx(cost.mean() / gained.mean())
    assert (row["discount_costs"], row["discount_effects"]) == (COSTS, EFFECTS)


@pytest.mark.parametrize("basis", ["observed", "planned"])
def test_repayment(basis: str, tmp_path: Path) -> None:
    arm = "ends"  # no new way of working: what falls is use alone
    done = results(basis=basis)
    found = exported(done, tmp_path, arm)
    lower = sum(found.use[name] * PRICE[name] * SHARES[name, "social"] for name in PRICE)
    yearly = lower.T.groupby(lower.columns // YEAR).sum().T
    repaid = done.repayment(arm).repaid[:, done.repayment(arm).administrations.index("social")]
    if basis == "observed":
        due = yearly.cumsum(axis=1).clip(lower=0)
    else:
        mean = yearly.mean().cumsum().clip(lower=0)
        plan = [mean.iloc[year:].min() for year in range(3)]
        due = pd.DataFrame([plan] * 3)
    assert np.cumsum(repaid, axis=1) == pytest.approx(due.to_numpy())


def test_the_definitions_name_what_there_is() -> None:
    text = (ROOT / "docs/reference/definitions.md").read_text(encoding="utf-8")
    done = results()
    known = {*done.headline(ARM), *done.appraisal[ARM].amounts}
    known -= {"tail", "benefit_cost_ratio", "return_on_investment", "internal_rate_of_return"}
    assert {name for name in known if f"`{name}`" not in text} == set()
    for line in text.splitlines():
        if line.startswith("| ") and line.count("|") > 5:
            modules = [part for part in line.split("`") if part.endswith(".py")]
            assert all((ROOT / "src/sisim" / module).exists() for module in modules)
    for page in ("README.md", "docs/begin/glossary.md"):
        assert "definitions.md" in (ROOT / page).read_text(encoding="utf-8")
