"""Evaluations that money follows, made in the municipalities of a run.

A run keeps counts and no people. Its seeds give the same people with the same luck once more (law
L3), and this time their lives are kept: what an evaluation says is then told of exactly what was
counted.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import numpy as np
import pandas as pd

from sisim.economics.appraisal import RANGE
from sisim.economics.claimed_repayment import claimed_repayments
from sisim.economics.measured_effect import Measured, MeasuredEffect
from sisim.engine.compile import compile_scenario
from sisim.engine.counts import Result
from sisim.evaluation.municipality import Municipality, SimulatedMunicipalities, with_study_arms
from sisim.evaluation.study import EvaluationStudy, evaluated, no_queue, say
from sisim.evaluation.study_data import study_data
from sisim.scenario.dates import months_until
from sisim.scenario.evaluation import Evaluation
from sisim.scenario.scenario import Scenario

REPAID_COLUMNS = (
    *("design", "world", "administration", "municipalities", "true_reduction"),
    *("repaid_by_truth", "repaid_by_estimate", "repaid_by_estimate_mcse", "low", "high"),
)


class _Answer(NamedTuple):
    """What an evaluation says in one municipality, and what is true: see `MeasuredEffect`."""

    estimate: float
    low: float
    high: float
    expected: float
    truth: float
    without: float
    participants: float


def measured_effects(result: Result, names: Collection[str]) -> Measured:
    """Return what evaluations say in each replication, in every arm with what they evaluate.

    Args:
        result: What was counted.
        names: The evaluations.
    """
    scenario = result.scenario
    specs = {
        (name, arm): scenario.evaluations[name].model_copy(
            update={"arm": arm, "investment": evaluated(scenario, scenario.evaluations[name])[1]}
        )
        for name in names
        for arm in result.arms[1:]
        if evaluated(scenario, scenario.evaluations[name])[1] in scenario.arms[arm].investments
    }
    if not specs:
        return {}
    arms = with_study_arms(scenario, [arm for _, arm in specs])
    study = _as_long_as_followed(arms, specs.values())
    risk_of: dict[str, list[str]] = {}
    for spec in specs.values():
        of = risk_of.setdefault(str(spec.investment), [])
        if spec.score is not None and spec.score.risk_of is not None:
            of.append(spec.score.risk_of)
    places = SimulatedMunicipalities(compile_scenario(study), risk_of)
    answers: dict[tuple[str, str], list[_Answer]] = {key: [] for key in specs}
    for seed in result.seeds:
        place = places.one(seed)
        for key, spec in specs.items():
            answers[key].append(_answer(place, key[0], spec))
    return {
        key: MeasuredEffect(*key, specs[key].answer_year, *np.array(found, float).T)
        for key, found in answers.items()
    }


def _answer(place: Municipality, name: str, spec: Evaluation) -> _Answer:
    data = study_data(place, name, spec)
    one = say(spec, data.people, no_queue(data))
    treated = data.people[data.people["treated"].to_numpy(bool)]
    had, without = (float(treated[name].mean()) for name in ("outcome", "outcome_without"))
    # What the treated have had, and what the evaluation says that they avoided.
    expected = had + one.value
    return _Answer(
        *(one.value, one.low, one.high, expected),
        *(data.truth_all, without, float(data.participants)),
    )


def _as_long_as_followed(scenario: Scenario, specs: Collection[Evaluation]) -> Scenario:
    """Return a scenario that ends when the last person has been followed."""
    ends = [
        months_until(spec.cohorts.below) + (0 if spec.outcome is None else spec.outcome.within)
        for spec in specs
    ]
    years = (max(ends) - months_until(scenario.time.start)) / 12
    time = scenario.time.model_copy(update={"years": min(scenario.time.years, years)})
    return scenario.model_copy(update={"time": time})


def repaid_by_administration(study: EvaluationStudy) -> pd.DataFrame:
    """Return what each administration repays by each evaluation, and by the true effect.

    In the worlds of the file and of no effect. On the terms of the fund that follows the
    evaluation; where none does, all of it up to what was invested. Evaluations whose outcome has
    no price, or no true effect, are left out, and so are municipalities without an answer.

    Columns: design, world, administration, municipalities, true_reduction, repaid_by_truth (of the
    expected effect), repaid_by_estimate, its 10th and 90th percentiles `low` and `high`, and
    its Monte Carlo error `repaid_by_estimate_mcse` (SEK; means over the municipalities).
    """
    rows = []
    for (world, design), some in study.table.groupby(["world", "design"], sort=False):
        name = str(design)
        if world == "prior" or study.scenario.evaluations[name].design == "process":
            continue
        people, spent = (some[key].to_numpy(float) for key in ("participants", "spent"))
        said, true = (
            claimed_repayments(study.scenario, name, effect * people, spent)
            for effect in (some["estimate"].to_numpy(float), study.truths[name, str(world)])
        )
        for number, administration in enumerate(said.administrations):
            repaid = said.repaid[:, number]
            repaid, truly = repaid[np.isfinite(repaid)], true.repaid[:, number]
            # Where nobody takes part there is no true effect.
            if not len(repaid) or not np.isfinite(truly).any():
                continue
            low, high = np.quantile(repaid, RANGE)
            error = repaid.std(ddof=1) / len(repaid) ** 0.5 if len(repaid) > 1 else np.nan
            rows.append(
                {
                    "design": name,
                    "world": world,
                    "administration": administration,
                    "municipalities": len(repaid),
                    "true_reduction": float(true.reduced[:, number].mean()),
                    "repaid_by_truth": float(np.nanmean(truly)),
                    "repaid_by_estimate": float(repaid.mean()),
                    "repaid_by_estimate_mcse": float(error),
                    "low": float(low),
                    "high": float(high),
                }
            )
    return pd.DataFrame(rows, columns=[*REPAID_COLUMNS])
