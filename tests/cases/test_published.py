"""Published models, from their files: exact to the last digit, simulated within the error."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sisim
from sisim.economics.discounting import counted, present_value
from sisim.engine.cohort import Cohort, expected
from sisim.engine.counts import Result
from sisim.engine.replications import simulate
from sisim.engine.resource_use import Kind
from sisim.engine.step_error import step_errors
from sisim.loading.load import load_scenario
from sisim.scenario.psa_draws import draw
from sisim.scenario.scenario import Scenario

FOLDER = Path(__file__).parents[2] / "experiments" / "published"


def published(name: str, **overrides: Any) -> Scenario:
    """Return a published model's scenario."""
    changes = {key.replace("__", "."): value for key, value in overrides.items()}
    return load_scenario(FOLDER / f"{name}.toml", changes)


def present_values(result: Result, kind: Kind) -> np.ndarray:
    """Return costs or effects per person as the economy counts them (replications, arms)."""
    economy, units = result.scenario.economy, result.used(kind)
    resources = result.scenario.pathway.resources
    prices = [resources[name].price.value if kind == "use" else 1.0 for name in units.names]
    points = units.states.sum(axis=3) @ np.array(prices)
    rate = economy.discount_costs if kind == "use" else economy.discount_effects
    cycles = counted(points, economy.counting)
    population = result.scenario.population.cohort
    assert population is not None
    return present_value(cycles, rate.value, economy.exponent) / population


def shares(result: Result) -> np.ndarray:
    """Return the share in each state, of all tracks (replications, arms, points, states)."""
    population = result.scenario.population.cohort
    assert population is not None
    return result.counts("stock") / population


def assert_near(simulated: np.ndarray, exact: np.ndarray) -> None:
    """Assert that the mean of replications is within four of its standard errors of the truth."""
    error = simulated.std(axis=0, ddof=1) / np.sqrt(len(simulated))
    assert (np.abs(simulated.mean(axis=0) - exact) <= 4 * error).all()


def assert_shares_near(result: Result, cohort: Cohort) -> None:
    """Assert that simulated shares are within four standard errors of the exact ones."""
    exact = shares(cohort.result)[0]
    population = result.scenario.population.cohort
    assert population is not None
    error = np.sqrt(exact * (1 - exact).clip(0) / population)
    assert (np.abs(shares(result)[0] - exact) <= 4 * error + 1e-9).all()


class TestSickSicker:
    """P1, Krijkamp et al. 2018."""

    COSTS = (75976.149140, 141623.028188)
    QALYS = (15.838847815, 16.400405589)

    def test_shares(self) -> None:
        """The shares at t = 2, 10, 30 are the published ones."""
        found = expected(published("p1-sick-sicker")).state_shares("health")
        at_2 = [0.789025, 0.18376123, 0.01575, 0.01146377]
        at_10 = [0.61840959, 0.15677547, 0.13505518, 0.08975977]
        at_30 = [0.34868357, 0.08839631, 0.20652876, 0.35639135]
        assert found.loc[[2, 10, 30]].to_numpy().round(8).tolist() == [at_2, at_10, at_30]

    def test_costs_and_effects(self) -> None:
        """Costs, QALYs and their ratio are the published ones, to the last digit."""
        result = expected(published("p1-sick-sicker")).result
        (cost,) = present_values(result, "use")
        (qaly,) = present_values(result, "weight")
        assert cost.round(6).tolist() == list(self.COSTS)
        assert qaly.round(9).tolist() == list(self.QALYS)
        difference = round(cost[1] - cost[0], 6), round(qaly[1] - qaly[0], 9)
        assert difference == (65646.879048, 0.561557775)
        assert round((cost[1] - cost[0]) / (qaly[1] - qaly[0]), 2) == 116901.38

    def test_simulation(self) -> None:
        """A simulation of 100 000 is as near as the published one claims to be."""
        scenario = published("p1-sick-sicker")
        result = simulate(scenario)
        cost = present_values(result, "use")[0] - self.COSTS
        qaly = present_values(result, "weight")[0] - self.QALYS
        assert (np.abs(cost) < 4 * np.array([183, 343])).all()
        assert (np.abs(qaly) < 4 * 0.016).all()
        assert_shares_near(result, expected(scenario))

    def test_participants(self) -> None:
        """It is the same to treat everyone in the area and to give everyone a place."""
        places = {f"investments.treatment.effects.{n}.acts_on": "participants" for n in (0, 1)}
        scenario = published("p1-sick-sicker", population__cohort=5000, **places)
        everyone = published("p1-sick-sicker", population__cohort=5000)
        for course in (lambda of: expected(of).result, simulate):
            treated, same = course(scenario), course(everyone)
            for kind in ("use", "weight"):
                found = present_values(treated, kind)
                assert found == pytest.approx(present_values(same, kind), rel=1e-12)

    def test_treatment_moves_nobody(self) -> None:
        """The treatment changes no transition, so nobody's life."""
        stock = simulate(published("p1-sick-sicker", population__cohort=1000)).counts("stock")
        assert (stock[:, 0] == stock[:, 1]).all()


class TestHIV:
    """P2, the heemod documentation."""

    @pytest.mark.parametrize(
        ("counting", "cost", "years", "ratio"),
        [
            ("both", (48762093, 92984848), (8585.843, 17256.937), 5100.02),
            ("start", (49932145.71, 93936080.32), (9085.8385, 17751.1080), 5078.1957),
            ("end", (47592040.38, 92033615.29), (8085.8478, 16762.7663), 5121.8154),
        ],
    )
    def test_costs_and_years(
        self, counting: str, cost: tuple[float, ...], years: tuple[float, ...], ratio: float
    ) -> None:
        """Costs, life-years and their ratio are the published ones, however they are counted."""
        result = expected(published("p2-hiv", economy__counting=counting)).result
        found_cost = present_values(result, "use")[0] * 1000
        found_years = present_values(result, "weight")[0] * 1000
        for found, answer in zip([*found_cost, *found_years], [*cost, *years], strict=True):
            assert round(float(found), digits(answer)) == answer
        found_ratio = np.diff(found_cost) / np.diff(found_years)
        assert round(float(found_ratio[0]), digits(ratio)) == ratio

    def test_per_person(self) -> None:
        """So are the differences per person."""
        result = expected(published("p2-hiv")).result
        assert round(float(np.diff(present_values(result, "use")[0])[0]), 2) == 44222.75
        assert round(float(np.diff(present_values(result, "weight")[0])[0]), 6) == 8.671094

    def test_simulation(self) -> None:
        """Ten simulations of 2000 people scatter around the truth."""
        scenario = published("p2-hiv", population__cohort=2000, replications=10)
        result, exact = simulate(scenario), expected(scenario).result
        for kind in ("use", "weight"):
            assert_near(present_values(result, kind), present_values(exact, kind)[0])


def digits(number: float) -> int:
    """Return how many decimals a number is printed with."""
    return len(str(number).partition(".")[2]) if isinstance(number, float) else 0


class TestSmallest:
    """P3, Sonnenberg & Beck 1993."""

    def test_exact(self) -> None:
        """Shares, cumulative utility and its limit are the published ones."""
        cohort = expected(published("p3-smallest"))
        assert cohort.people[0, 1] == pytest.approx([6000, 2000, 2000])
        assert cohort.people[0, 2] == pytest.approx([3600, 2400, 4000])
        utility = counted(cohort.result.used("weight").states.sum(axis=3)[0, 0, :, 0], "end")
        assert utility.cumsum()[:2] == pytest.approx([7400, 12680])
        longer = expected(published("p3-smallest", time__years=100)).result
        assert present_values(longer, "weight")[0, 0] == pytest.approx(2.375, abs=1e-12)

    def test_simulation(self) -> None:
        """Ten simulations of 10 000 people scatter around the truth."""
        scenario = published("p3-smallest", replications=10)
        result, cohort = simulate(scenario), expected(scenario)
        assert_near(present_values(result, "weight"), present_values(cohort.result, "weight")[0])
        assert_shares_near(result, cohort)


def closed_form(years: np.ndarray) -> np.ndarray:
    """Return P(healthy), P(ill), P(dead) of P4 at times in years (times, 3)."""
    healthy = np.exp(-0.12 * years)
    ill = 0.10 / (0.15 - 0.12) * (healthy - np.exp(-0.15 * years))
    return np.stack([healthy, ill, 1 - healthy - ill], axis=1)


class TestIllnessDeath:
    """P4, in continuous time."""

    def test_closed_form(self) -> None:
        """The formula gives the known answers."""
        answers = [
            [0.8869204367, 0.0873748676, 0.0257046956],
            [0.5488116361, 0.2548169445, 0.1963714194],
            [0.3011942119, 0.2602135059, 0.4385922822],
            [0.0907179533, 0.1364362831, 0.7728457636],
        ]
        found = closed_form(np.array([1.0, 5.0, 10.0, 20.0]))
        assert found.round(10).tolist() == answers

    def test_discretisation(self) -> None:
        """In steps, the healthy are exact; the error of the rest is proportional to the step."""
        errors, lengths = [], []
        for step in ("year", "quarter", "month", "week"):
            scenario = published("p4-illness-death", step=step)
            found = expected(scenario).state_shares("health").to_numpy()
            lengths.append(1 / scenario.pathway.steps_per_year)
            exact = closed_form(np.arange(len(found)) * lengths[-1])
            assert found[:, 0] == pytest.approx(exact[:, 0], abs=1e-12)
            errors.append(np.abs(found - exact).max())
        per_year = np.array(errors) / lengths
        assert (np.diff(errors) < 0).all()
        assert per_year[1:] == pytest.approx(per_year[-1], rel=0.05)

    def test_extrapolated(self) -> None:
        """Richardson's extrapolation of quarters and months comes much nearer than months."""
        at = {}
        for step, every in (("quarter", 4), ("month", 12)):
            found = expected(published("p4-illness-death", step=step)).state_shares("health")
            at[step] = found.to_numpy()[::every]
        exact = closed_form(np.arange(21.0))
        extrapolated = at["month"] + (at["month"] - at["quarter"]) / (12 / 4 - 1)
        error, left = np.abs(at["month"] - exact).max(), np.abs(extrapolated - exact).max()
        assert left < error / 50

    @pytest.mark.parametrize("step", ["year", "month"])
    def test_simulation(self, step: str) -> None:
        """The simulation scatters around the discretised truth."""
        scenario = published("p4-illness-death", step=step, population__cohort=50_000)
        assert_shares_near(simulate(scenario), expected(scenario))


class TestTwoTracks:
    """P5, two tracks that influence each other."""

    def test_exact(self) -> None:
        """The joint shares are those of the joint chain."""
        cohort = expected(published("p5-two-tracks"))
        assert cohort.joint == [
            ("work", "well"),
            ("work", "ill"),
            ("absent", "well"),
            ("absent", "ill"),
        ]
        answers = {
            1: [0.9702, 0.0098, 0.0198, 0.0002],
            2: [0.94789514, 0.01688686, 0.03379286, 0.00142514],
            12: [0.8755456968, 0.037978057, 0.0699996655, 0.0164765807],
            120: [0.8634726055, 0.0413184867, 0.0736936016, 0.0215153062],
        }
        for point, shares_then in answers.items():
            assert cohort.shares[0, point, :-1].round(10).tolist() == shares_then

    def test_simulation(self) -> None:
        """The simulation scatters around the truth."""
        scenario = published("p5-two-tracks", population__cohort=50_000)
        assert_shares_near(simulate(scenario), expected(scenario))


class TestTunnel:
    """A course of exactly six months and relapse: an alternating renewal process."""

    @staticmethod
    def renewal(relapse: float, steps: int) -> np.ndarray:
        """Return the share in treatment at each step: who has begun in the last six months."""
        well, begun = [1.0], []
        for step in range(steps):
            begun.append(relapse * well[step])
            back = begun[step - 6] if step >= 6 else 0.0
            well.append(well[step] - begun[step] + back)
        return 1.0 - np.array(well)

    @pytest.mark.parametrize(("arm", "relapse"), [(None, 0.05), ("support", 0.025)])
    def test_renewal(self, arm: str | None, relapse: float) -> None:
        """Shares follow the renewal equation, and tend to 6 / (6 + 1 / p)."""
        shares = expected(published("tunnel")).state_shares("health", arm)["treated"].to_numpy()
        assert shares == pytest.approx(self.renewal(relapse, len(shares) - 1), abs=1e-12)
        assert shares[-1] == pytest.approx(6 / (6 + 1 / relapse), abs=1e-9)

    def test_money(self) -> None:
        """A tenth of a treatment year's price a month in treatment; 3000 at the start."""
        found = sisim.expected(published("tunnel"))
        cost = found.per_person.set_index(["arm", "measure"])["per_person"]
        for arm, relapse, once in (("without", 0.05, 0.0), ("support", 0.025, 3000.0)):
            months = self.renewal(relapse, 360)[:-1].sum()
            assert cost[arm, "cost"] == pytest.approx(10_000 * months + once)
            begun = relapse * (1 - self.renewal(relapse, 360)[:-1]).sum()
            assert cost[arm, "courses"] == pytest.approx(begun)

    def test_simulation(self) -> None:
        """The simulation scatters around the truth."""
        scenario = published("tunnel", population__cohort=20_000, time__years=3)
        assert_shares_near(simulate(scenario), expected(scenario))


class TestOnOff:
    """Two states in continuous time: Cox & Miller 1965, section 4.3."""

    def test_step_error(self) -> None:
        """The error of the step is the distance from the closed form, and the check tells it."""
        a, b, month = 2.0, 8.0, 1 / 12
        p, q = (1 - np.exp(-rate * month) for rate in (a, b))
        steps = np.arange(37)
        off = p / (p + q) * (1 - (1 - p - q) ** steps)
        scenario = published("on-off")
        found = expected(scenario).state_shares("work")["off"].to_numpy()
        assert found == pytest.approx(off, abs=1e-12)
        exact = a / (a + b) * (1 - np.exp(-(a + b) * steps * month))
        (error,) = step_errors(scenario)
        assert error.error == pytest.approx(np.abs(off - exact).max(), rel=1e-9)
        assert (error.fastest, error.rate, error.enough) == ("begins", pytest.approx(b), None)


class TestLifeTable:
    """Period life table of the United States, 2009 (Social Security Administration)."""

    @pytest.mark.parametrize(
        ("age", "woman", "man"),
        [(20, 61.53, 56.83), (40, 42.24, 38.23), (65, 20.19, 17.51), (80, 9.65, 8.10)],
    )
    def test_life_expectancy(self, age: int, woman: float, man: float) -> None:
        """What is left to live is what the table says, by age and sex."""
        for sex, known in (("woman", woman), ("man", man)):
            shares = {"woman": float(sex == "woman"), "man": float(sex == "man")}
            scenario = published(
                "life-table",
                **{"attributes.sex.shares": shares, "population.age": age, "time.years": 120 - age},
            )
            years = sisim.expected(scenario).per_person.query("measure == 'life_years'")
            assert float(years["per_person"].iloc[0]) == pytest.approx(known, abs=0.0051)

    def test_simulated(self) -> None:
        """A simulation lies within its Monte Carlo error of the exact survival."""
        scenario = published("life-table", population__cohort=20_000)
        assert_shares_near(simulate(scenario, replications=1), expected(scenario))


class TestSickSickerByAge:
    """Alarid-Escudero et al. 2023, table of the cost-effectiveness analysis."""

    def test_costs_and_effects(self) -> None:
        """Costs, QALYs and their ratios are the published ones."""
        table = sisim.expected(published("darth")).icer_table().set_index("strategy")
        found = [(round(row.cost), round(row.effect, 3)) for row in table.itertuples()]
        known = [(116374, 18.879), (202536, 20.199), (296300, 21.097), (218789, 19.636)]
        assert list(table.index) == ["without", "b", "ab", "a"]
        assert found == known
        assert table["icer"].round()[["b", "ab"]].tolist() == [65288, 104461]
        assert table["inc_effect"].round(3)[["b", "ab"]].tolist() == [1.320, 0.898]
        assert table["status"].tolist() == ["ND", "ND", "ND", "D"]

    def test_simulated(self) -> None:
        """A simulation lies within its Monte Carlo error of it."""
        scenario = published("darth", population__cohort=20_000)
        assert_shares_near(simulate(scenario, replications=1), expected(scenario))


class TestUncertainHiv:
    """The vignette "Simple Markov cohort model" of hesim: 1000 draws of every number."""

    DRAWS = 150

    def test_draws(self) -> None:
        """Means of draws and the share in which it pays are the published ones, but for chance."""
        scenario = published("psa")
        rows = []
        for number in range(self.DRAWS):
            table = sisim.expected(draw(scenario, number, 1)).icer_table().set_index("strategy")
            wide = table[["effect", "cost"]].astype(float)
            rows.append(wide.loc["combination"].to_numpy() - wide.loc["without"].to_numpy())
        effect, cost = np.array(rows).T
        # Both means are of draws: 1000 there, fewer here. Printed to two and no decimals.
        for values, known, digit in ((effect, 0.94, 0.005), (cost, 5902, 0.5)):
            error = values.std(ddof=1) * np.sqrt(1 / self.DRAWS + 1 / 1000)
            assert values.mean() == pytest.approx(known, abs=4 * error + digit)
        share = (10_000 * effect > cost).mean()
        error = np.sqrt(0.955 * 0.045 * (1 / self.DRAWS + 1 / 1000))
        assert share == pytest.approx(0.955, abs=4 * error)

    def test_the_distribution_is_given_by_formulas(self) -> None:
        """The logarithm of the relative risk has the standard error of its interval."""
        given = published("psa").parameters["rr"].distribution
        assert given is not None
        assert given.parameters == pytest.approx(
            {"meanlog": -0.675307, "sdlog": 0.169740}, rel=1e-5
        )
