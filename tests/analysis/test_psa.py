"""Probabilistic analysis of Sick-Sicker and by administration."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from helpers.treated import effects_of_treatment
from scipy import stats

import sisim
from sisim.analysis.evaluator import Evaluator
from sisim.analysis.psa import (
    Probabilistic,
    draws,
    from_study,
    measures,
    probabilistic,
)
from sisim.analysis.value_of_information import evppi_table
from sisim.scenario.errors import ScenarioError
from sisim.scenario.scenario import Scenario

Analysed = tuple[pd.DataFrame, Probabilistic]
FOLDER = Path(__file__).parents[2] / "experiments" / "published"


def sick_sicker(cohort: int = 50) -> Scenario:
    """Return P1 with its costs and utilities uncertain, as their tutorials draw them.

    Distributions after Alarid-Escudero et al. 2020's PSA of the same model: gamma for costs, beta
    for the utility gained. Transitions stay, so that what comes out is known exactly.
    """
    changes = {
        "population.cohort": cohort,
        "resources.treatment.price": {
            "value": 12000,
            "distribution": {"name": "gamma", "mean": 12000.0, "sd": 4000.0},
        },
        **effects_of_treatment(
            {"value": 0.2, "distribution": {"name": "beta", "mean": 0.2, "sd": 0.05}}
        ),
    }
    return sisim.load(FOLDER / "p1-sick-sicker.toml", changes)


class TestSickSicker:
    """Nobody's life is touched by what is drawn, so costs and effects are proportional to it."""

    WORTH = 120_000.0

    @pytest.fixture(scope="class")
    @staticmethod
    def found() -> Analysed:
        scenario = sick_sicker()
        drawn = draws(scenario, 60, seed=3)
        evaluator = Evaluator(scenario, outcomes=measures(scenario), replications=2)
        return pd.DataFrame(drawn), probabilistic(evaluator, scenario, drawn)

    def test_costs_and_effects_are_those_of_the_draws(self, found: Analysed) -> None:
        drawn, analysis = found
        price = drawn["resources.treatment.price"].to_numpy()
        gain = drawn["investments.treatment.effects.1.adds"].to_numpy()
        costs, effects = analysis.costs[:, 1], analysis.effects("qaly")[:, 1]
        assert costs == pytest.approx(price * costs[0] / price[0])
        assert effects == pytest.approx(gain * effects[0] / gain[0])
        assert not analysis.costs[:, 0].any()

    def test_acceptability_and_information_agree_with_an_independent_calculation(
        self, found: Analysed
    ) -> None:
        drawn, analysis = found
        price = drawn["resources.treatment.price"].to_numpy()
        gain = drawn["investments.treatment.effects.1.adds"].to_numpy()
        per_price = analysis.costs[0, 1] / price[0]
        per_gain = analysis.effects("qaly")[0, 1] / gain[0]
        net = self.WORTH * per_gain * gain - per_price * price
        curve = analysis.acceptability("qaly", [self.WORTH])
        row = curve.set_index("arm").loc["treatment"]
        assert row["probability"] == pytest.approx((net > 0).mean())
        known = np.maximum(net, 0).mean() - max(net.mean(), 0)
        assert analysis.perfect("qaly", self.WORTH) == pytest.approx(known)
        assert row["evpi"] == pytest.approx(known)

    def test_one_number_at_a_time_agrees_with_the_integral(self) -> None:
        """EVPPI by quadrature: the price known, the gain at its mean, and the other way round."""
        scenario = sick_sicker(20)
        price, gain = stats.gamma(9, scale=12000 / 9), stats.beta(12.6, 50.4)
        n = 4000
        rng = np.random.default_rng(8)
        drawn = {"price": price.rvs(n, random_state=rng), "gain": gain.rvs(n, random_state=rng)}
        evaluator = Evaluator(scenario, outcomes=measures(scenario), replications=1)
        one = probabilistic(evaluator, scenario, draws(scenario, 1))
        at = one.drawn.iloc[0]
        per_price = one.costs[0, 1] / at["resources.treatment.price"]
        per_gain = one.effects("qaly")[0, 1] / at["investments.treatment.effects.1.adds"]
        net = self.WORTH * per_gain * drawn["gain"] - per_price * drawn["price"]
        table = evppi_table(np.column_stack([np.zeros(n), net]), drawn).set_index("key")["evppi"]
        u = (np.arange(20_000) + 0.5) / 20_000
        mean = self.WORTH * per_gain * 0.2 - per_price * 12000
        known = {
            "price": self.WORTH * per_gain * 0.2 - per_price * price.ppf(u),
            "gain": self.WORTH * per_gain * gain.ppf(u) - per_price * 12000,
        }
        for key, values in known.items():
            worth = np.maximum(values, 0).mean() - max(mean, 0)
            assert table[key] == pytest.approx(worth, rel=0.12)

    def test_a_sweep_gives_the_same_analysis(self, found: Analysed) -> None:
        drawn, analysis = found
        table = analysis.table.rename(columns={"point": "draw"})
        table = table.join(drawn, on="draw")
        again = from_study(analysis.scenario, table, list(drawn))
        assert again.costs == pytest.approx(analysis.costs)
        assert again.information("qaly", 1e5).equals(analysis.information("qaly", 1e5))

    def test_what_is_not_uncertain_cannot_be_drawn(self) -> None:
        with pytest.raises(ScenarioError, match="nothing to draw"):
            draws(sisim.load(FOLDER / "p1-sick-sicker.toml"), 2)


LIVES = 20_000


def drawn_in_full() -> Scenario:
    """Return P1 with all its inputs uncertain, as its authors draw them.

    Their generate_psa_params (DARTH, supplements of Alarid-Escudero et al., Med Decis Making 43(1),
    2023): beta for probabilities, lognormal for rate ratios, gamma for costs, beta for utilities.
    The utility of treatment is a gain here, with the spread of the difference of their two.
    """

    def number(value: float, name: str, **parameters: float) -> dict[str, object]:
        return {"value": value, "distribution": {"name": name, **parameters}}

    ratio, state = "factors.death_rate_ratio.values", "tracks.health.states"
    changes = {
        "population.cohort": LIVES,
        "transitions.falls_sick.probability": number(0.15, "beta", alpha=30, beta=170),
        "transitions.recovers.probability": number(0.5, "beta", alpha=60, beta=60),
        "transitions.worsens.probability": number(0.105, "beta", alpha=84, beta=716),
        f"{ratio}.sick": number(3, "lognormal", meanlog=float(np.log(3)), sdlog=0.01),
        f"{ratio}.sicker": number(10, "lognormal", meanlog=float(np.log(10)), sdlog=0.02),
        f"{state}.healthy.uses.care": number(2000, "gamma", shape=100, scale=20),
        f"{state}.sick.uses.care": number(4000, "gamma", shape=177.8, scale=22.5),
        f"{state}.sicker.uses.care": number(15000, "gamma", shape=225, scale=66.7),
        f"{state}.sick.weights.qaly": number(0.75, "beta", alpha=130, beta=45),
        f"{state}.sicker.weights.qaly": number(0.5, "beta", alpha=230, beta=230),
        "resources.treatment.price": number(12000, "gamma", shape=73.5, scale=163.3),
        **effects_of_treatment(number(0.2, "beta", mean=0.2, sd=0.035)),
    }
    return sisim.load(FOLDER / "p1-sick-sicker.toml", changes)


def cohort(drawn: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return what treatment costs and gains in each draw, from the shares of a cohort.

    Written from the publication alone: nothing of the engine, the ledger or the measures.
    """

    def of(key: str) -> np.ndarray:
        return drawn[key].to_numpy(float)

    falls, recovers, worsens = (
        of(f"transitions.{name}.probability") for name in ("falls_sick", "recovers", "worsens")
    )
    sick_dies, sicker_dies = (
        1 - 0.995 ** of(f"factors.death_rate_ratio.values.{name}") for name in ("sick", "sicker")
    )
    healthy, sick, sicker = np.ones(len(drawn)), np.zeros(len(drawn)), np.zeros(len(drawn))
    treated = gaining = 0.0
    for year in range(31):
        treated = treated + (sick + sicker) / 1.03**year
        gaining = gaining + sick / 1.03**year
        healthy, sick, sicker = (
            healthy * (1 - falls - 0.005) + sick * recovers,
            healthy * falls + sick * (1 - recovers - worsens - sick_dies),
            sick * worsens + sicker * (1 - sicker_dies),
        )
    return (
        of("resources.treatment.price") * treated,
        of("investments.treatment.effects.1.adds") * gaining,
    )


class TestSickSickerInFull:
    """All of P1's inputs drawn, lives and all, against a cohort that is worked out beside."""

    WORTHS = (100_000.0, 120_000.0, 160_000.0)

    @pytest.fixture(scope="class")
    @staticmethod
    def found() -> Probabilistic:
        scenario = drawn_in_full()
        evaluator = Evaluator(scenario, outcomes=measures(scenario), replications=1)
        return probabilistic(evaluator, scenario, draws(scenario, 60, seed=7))

    def test_all_inputs_are_drawn(self, found: Probabilistic) -> None:
        assert found.drawn.shape == (60, 12)
        assert (found.drawn.std() > 0).all()

    def test_costs_and_effects_of_each_draw_are_those_of_the_cohort(
        self, found: Probabilistic
    ) -> None:
        """Within four standard errors: the years of a life vary by about as much as their mean."""
        costs, effects = cohort(found.drawn)
        near = 4 / np.sqrt(LIVES)
        assert found.costs[:, 1] / LIVES == pytest.approx(costs, rel=near)
        assert found.effects("qaly")[:, 1] / LIVES == pytest.approx(effects, rel=near)

    def test_acceptability_and_information_are_those_of_the_cohort(
        self, found: Probabilistic
    ) -> None:
        costs, effects = cohort(found.drawn)
        curve = found.acceptability("qaly", self.WORTHS).set_index(["worth", "arm"])
        for worth in self.WORTHS:
            net = worth * effects - costs
            row = curve.loc[(worth, "treatment")]
            # What lies within the error of its net benefit may fall on either side of zero.
            error = 4 / np.sqrt(LIVES) * (worth * effects + costs)
            lowest, highest = (net > error).mean(), (net > -error).mean()
            assert lowest <= row["probability"] <= highest
            assert highest - lowest < 0.3
            known = np.maximum(net, 0).mean() - max(net.mean(), 0)
            # The same luck in all draws: most of the error is common to them, and cancels.
            assert row["evpi"] / LIVES == pytest.approx(known, rel=0.05)
            assert found.perfect("qaly", worth) == row["evpi"]
            assert row["optimal"] == (net.mean() > 0)


class TestByAdministration:
    """Who has the money back, and when."""

    def test_break_even_is_told_by_administration_and_year(self) -> None:
        """An arm that costs 100 the first year and then saves 60 a year is even in the second."""
        scenario = sisim.load("placed-youth")
        rows = []
        for draw, saves in enumerate([60.0, 30.0, 0.0]):
            for arm, sign in (("without", 0.0), ("project", 1.0)):
                rows.append(
                    {
                        "point": draw,
                        "replication": 0,
                        "arm": arm,
                        "net_present_value": 0.0,
                        "cost.social.2026": 100 * sign,
                        "cost.social.2027": -saves * sign,
                        "cost.social.2028": -60.0 * sign,
                        "cost.education.2026": 5.0,
                    }
                )
        drawn = pd.DataFrame({"x": [1.0, 2.0, 3.0]})
        found = Probabilistic(scenario, drawn, pd.DataFrame(rows)).break_even_by_year()
        assert set(found["administration"]) == {"social"}
        assert found["probability"].tolist() == pytest.approx([0, 0, 1 / 3])
