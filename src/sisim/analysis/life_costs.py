"""What one person costs in every arm: the run that they are taken from, counted for them alone.

By law L3 a person who is replayed alone lives the life of the run, so the costs of all people sum
to those of the run.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sisim.arrays import Floats, Ints
from sisim.economics.valuation import Valuation
from sisim.engine.counts import Replication, Result
from sisim.engine.population import People
from sisim.engine.replications import replication
from sisim.engine.simulation import run_to_end
from sisim.engine.tables import Compiled
from sisim.engine.trace import replay


@dataclass(frozen=True)
class LifeCosts:
    """The cost of what one person uses, in the scenario's price level.

    Attributes:
        arms: `without`, then the others.
        years: Calendar years, (years,).
        cost: SEK, (arms, years): of services alone, as what an investment costs is nobody's own.
    """

    arms: tuple[str, ...]
    years: Ints
    cost: Floats

    def difference(self, arm: str) -> float:
        """Return how much more the person costs in an arm than without, in all years, SEK."""
        return float((self.cost[self.arms.index(arm)] - self.cost[0]).sum())


def life_costs(compiled: Compiled, who: People, person: int, run: Replication) -> LifeCosts:
    """Return what one person of a run costs, by arm and year.

    Args:
        compiled: The compiled scenario.
        who: The people of the run.
        person: The number of one among them.
        run: The run.
    """
    alone, _ = replay(
        compiled,
        who,
        np.array([person]),
        seed=run.seed,
        enrolments=run.enrolments,
        shares=run.shares,
    )
    run_to_end(alone)
    costs = Valuation(Result(compiled, (replication(alone),))).costs_by_year(ordinary=True)
    used = costs.sum(np.flatnonzero(np.asarray(costs.kinds["kind"]) == "use"))
    return LifeCosts(costs.arms, costs.years, np.asarray(used[0]))
