"""Probabilistic analysis: all uncertain numbers drawn together, the same draw for every arm.

Probabilistic sensitivity analysis as in Briggs, Claxton & Sculpher, "Decision Modelling for Health
Economic Evaluation", ch. 4-5. Each draw is simulated with the same seeds, and means are taken over
them: what is left is the uncertainty of the numbers, and a little chance.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from sisim.analysis import value_of_information as value
from sisim.analysis.expected_evaluator import ExpectedEvaluator
from sisim.analysis.measures import NPV
from sisim.analysis.question import Evaluates, compared, evaluated, share_interval
from sisim.arrays import Floats
from sisim.economics.ledger import ORE
from sisim.engine.cohort import NotExact
from sisim.engine.counts import WITHOUT
from sisim.scenario.errors import Place, Problem, Reason, ScenarioError
from sisim.scenario.psa_draws import draw_values
from sisim.scenario.scenario import Scenario

ENOUGH = 40
"""Of fewer draws no fortieth part can be left out at either end."""
Draw = dict[str, float]
"""The uncertain numbers of one draw, by key."""


def draws(scenario: Scenario, count: int, seed: int = 1) -> list[Draw]:
    """Return draws of all the uncertain numbers of a scenario.

    Raises:
        ScenarioError: If no number of the scenario is uncertain.
    """
    drawn = (draw_values(scenario, index, seed) for index in range(count))
    found = [{path.removeprefix("pathway."): x for path, x in one.items()} for one in drawn]
    if found and not found[0]:
        reason = Reason("No number has a range or a distribution, so there is nothing to draw.")
        raise ScenarioError([Problem(Place(scenario.origin(""), 0), "", reason)])
    return found


def measures(scenario: Scenario) -> list[str]:
    """Return the measures that a probabilistic analysis needs, as patterns."""
    some = [*scenario.outcomes, *scenario.pathway.weights]
    return [NPV, "cost.*.*", *(["gained.*"] if some else [])]


@dataclass(frozen=True)
class Probabilistic:
    """What came of every draw.

    Attributes:
        scenario: Whose numbers were drawn.
        drawn: The numbers: a row per draw, a column per key.
        table: What came out. Columns: point (the draw), replication, arm, and the measures.
        exact: Whether each draw has been computed exactly, and nothing simulated.
        why_simulated: Why it has not, where that was tried.
    """

    scenario: Scenario
    drawn: pd.DataFrame
    table: pd.DataFrame
    exact: bool = False
    why_simulated: NotExact | None = None

    @cached_property
    def arms(self) -> tuple[str, ...]:
        """The arms, `without` first."""
        return tuple(dict.fromkeys(self.table["arm"]))

    @property
    def few(self) -> bool:
        """Whether there are too few draws to tell where 95 % of them lie."""
        return len(self.drawn) < ENOUGH

    def of(self, measure: str) -> Floats:
        """Return a measure compared with `without`, the mean of each draw, (draws, arms)."""
        found = [
            np.zeros(len(self.drawn))
            if arm == WITHOUT
            else compared(self.table, arm, measure).mean(axis=1)
            for arm in self.arms
        ]
        return np.column_stack(found)

    @property
    def costs(self) -> Floats:
        """Net cost of each arm compared with `without`, (draws, arms)."""
        return 0.0 - self.of(NPV)

    def effects(self, name: str) -> Floats:
        """Return what each arm gains of an outcome or a weight, discounted, (draws, arms).

        Of an outcome of which little is good: what is avoided.
        """
        return self.of(f"gained.{name}")

    @cached_property
    def chance(self) -> pd.DataFrame:
        """How likely each arm is to be worth at least what it costs.

        Columns: arm, mean, low, high (95 % of the draws, or all of a few), chance,
        chance_low, chance_high (a 95 % interval of it).
        """
        rows = []
        for number, arm in enumerate(self.arms):
            if arm == WITHOUT:
                continue
            net = -self.costs[:, number]
            pays = int((net >= -ORE).sum())
            chance_low, chance_high = share_interval(pays, len(net))
            low, high = np.quantile(net, [0.0, 1.0] if self.few else [0.025, 0.975])
            rows.append(
                {
                    "arm": arm,
                    "mean": net.mean(),
                    "low": low,
                    "high": high,
                    "chance": pays / len(net),
                    "chance_low": chance_low,
                    "chance_high": chance_high,
                }
            )
        return pd.DataFrame(rows)

    @cached_property
    def noise(self) -> dict[str, float]:
        """The share of each arm's variance between draws that is chance between seeds.

        By the analysis of variance of draws × replications; NaN for a single replication.
        """
        found = {}
        for arm in self.arms[1:]:
            values = compared(self.table, arm, NPV)
            count = values.shape[1]
            between = float(values.mean(axis=1).var(ddof=1))
            # The seeds are the same in every draw: what they have in common is no noise.
            own = values - values.mean(axis=1, keepdims=True) - values.mean(axis=0) + values.mean()
            within = float((own**2).sum() / ((len(values) - 1) * max(count - 1, 1)) / count)
            found[arm] = within / between if count > 1 and between > 0 else float("nan")
        return found

    def break_even_by_year(self) -> pd.DataFrame:
        """Return how likely each administration is to have its money back by the end of each year.

        Its costs, accumulated and not discounted, are then no higher than without. Those whose
        costs never differ are left out.

        Columns: arm, administration, year, probability.
        """
        columns = [name for name in map(str, self.table) if _is_yearly_cost(name)]
        payers: dict[str, list[tuple[int, str]]] = {}
        for name in columns:
            payer, _, year = name.removeprefix("cost.").rpartition(".")
            payers.setdefault(payer, []).append((int(year), name))
        rows = []
        for number, arm in enumerate(self.arms):
            for payer, years in payers.items():
                years = sorted(years)
                more = np.column_stack([self.of(name)[:, number] for _, name in years])
                if np.abs(more).max(initial=0.0) <= ORE:
                    continue
                share = (np.cumsum(more, axis=1) <= ORE).mean(axis=0)
                rows += [
                    {"arm": arm, "administration": payer, "year": year, "probability": chance}
                    for (year, _), chance in zip(years, share, strict=True)
                ]
        return pd.DataFrame(rows, columns=["arm", "administration", "year", "probability"])

    def acceptability(self, name: str, worths: Sequence[float]) -> pd.DataFrame:
        """Return acceptability and frontier for an outcome: see `value_of_information`."""
        return value.acceptability(self.costs, self.effects(name), worths, self.arms)

    def information(self, name: str | None = None, worth: float = 0.0) -> pd.DataFrame:
        """Return what it is worth to know each number: see `value_of_information.evppi_table`.

        Args:
            name: An outcome whose units are worth something; unset: money alone decides.
            worth: What a unit of it is worth.
        """
        return value.evppi_table(
            self.benefits(name, worth),
            {str(key): self.drawn[key].to_numpy(np.float64) for key in self.drawn},
        )

    def perfect(self, name: str | None = None, worth: float = 0.0) -> float:
        """Return what it is worth to know every number: see `value_of_information.evpi`."""
        return value.evpi(self.benefits(name, worth))

    def benefits(self, name: str | None = None, worth: float = 0.0) -> Floats:
        """Return the net benefit of each arm compared with `without`, (draws, arms)."""
        if name is None:
            return -self.costs
        return value.net_benefit(self.costs, self.effects(name), worth)


def probabilistic(evaluator: Evaluates, scenario: Scenario, drawn: Sequence[Draw]) -> Probabilistic:
    """Return what comes of every draw.

    Args:
        evaluator: What simulates the scenario, or computes it exactly; its measures are those of
            `measures`.
        scenario: Whose numbers were drawn.
        drawn: The draws: see `draws`.
    """
    table = evaluated(evaluator, drawn)
    exact = isinstance(evaluator, ExpectedEvaluator)
    return Probabilistic(scenario, pd.DataFrame(list(drawn)), table, exact)


def from_study(scenario: Scenario, table: pd.DataFrame, keys: Iterable[str]) -> Probabilistic:
    """Return the same from the table of a finished sweep.

    Args:
        scenario: The scenario that was swept.
        table: Columns: draw, replication, arm, the drawn numbers, the measures.
        keys: Which columns are the drawn numbers.
    """
    drawn = table.drop_duplicates("draw").set_index("draw")[list(keys)]
    order = {name: number for number, name in enumerate(drawn.index)}
    return Probabilistic(
        scenario, drawn.reset_index(drop=True), table.assign(point=table["draw"].map(order))
    )


def _is_yearly_cost(name: str) -> bool:
    return name.startswith("cost.") and name.count(".") > 1 and name.rpartition(".")[2].isdigit()
