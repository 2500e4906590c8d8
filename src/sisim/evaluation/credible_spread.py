"""How credible those who start are to others: the power of the evaluation that a file plans.

What has been started elsewhere is imitated where its evaluation finds the effect
(`sisim.analysis.diffusion`): how often it does is read from evaluations in simulated
municipalities.
"""

from __future__ import annotations

from typing import NamedTuple

from sisim.engine.simulation import Progress
from sisim.evaluation.study import evaluate
from sisim.scenario.scenario import Scenario
from sisim.scenario.types import Probability

DRAWS = 50
"""In so many simulated municipalities, unless otherwise asked."""


class EvaluatedPower(NamedTuple):
    """How often an evaluation finds the effect, with its Monte Carlo error.

    Attributes:
        evaluation: Which of the file's.
        power: The share of the municipalities in which it does.
        error: Of that share, one standard error.
        municipalities: How many were simulated.
    """

    evaluation: str
    power: float
    error: float
    municipalities: int


def with_evaluated_power(
    scenario: Scenario,
    *,
    draws: int = DRAWS,
    seed: int | None = None,
    progress: Progress | None = None,
) -> tuple[Scenario, EvaluatedPower | None]:
    """Return the scenario with the power of the evaluation that `[spread]` names, if it names one.

    Args:
        scenario: The scenario.
        draws: In how many simulated municipalities it is read.
        seed: The seed of the first; unset: the scenario's.
        progress: Called with how many are done and how many there are.

    Raises:
        StudyError: If the evaluation takes longer than the scenario, or fails too often.
    """
    spread = scenario.spread
    if spread is None or spread.evaluation is None:
        return scenario, None
    name = spread.evaluation
    study = evaluate(scenario, [name], draws=draws, worlds=["effect"], seed=seed, progress=progress)
    row = study.designs.iloc[0]
    power, error = float(row["power"]), float(row["power_mcse"])
    read = Probability(value=power, source=f"evaluations.{name}", grade="derived")
    found = scenario.model_copy(update={"spread": spread.model_copy(update={"power": read})})
    return found, EvaluatedPower(name, power, error, study.municipalities)
