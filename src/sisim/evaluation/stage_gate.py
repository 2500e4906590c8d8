"""Stage gates: carry on if the evaluation holds, beside always, never and perfect knowledge.

Before the answer all lives of an arm with a gate are one; after it each is that of `yes` or that
of `no`. Both are simulated among the same people with the same luck (law L3), so that the gated
life of a municipality is one of the two, by what its own evaluation said: nothing more is
simulated. Its answer takes time, and the evaluation has its cost.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from math import ceil
from typing import NamedTuple

import numpy as np
import pandas as pd

from sisim.analysis.evaluator import Evaluator
from sisim.analysis.executors import Executor
from sisim.analysis.measures import NPV
from sisim.arrays import Flags, Floats
from sisim.checks.check_gate import answered_too_late
from sisim.economics.discounting import discount_factors
from sisim.engine.individual_use import with_arms_alone
from sisim.engine.simulation import Progress
from sisim.evaluation.estimate import NAN
from sisim.evaluation.study import (
    ACTING_OR_NOT,
    DRAWS,
    MONEY_RUNS,
    EvaluationStudy,
    Pair,
    StudyError,
    StudySetup,
    World,
    carried_on,
    evaluate_worth,
    in_world,
)
from sisim.scenario.dates import months_until
from sisim.scenario.scenario import GATED, Arm, Gate, Scenario

YES, NO = "yes", "no"
"""The two arms between which a gate decides."""
LIVES = ("always", "never", YES, NO)
"""Carried on with and ended at once, and either of them once the answer is there."""
CHOICES = ("never", "always", "gated", "perfect")


class GatePlan(NamedTuple):
    """A stage gate of a scenario.

    Attributes:
        arm: The arm with the gate.
        investment: The investment whose ending is decided.
        gate: How.
        wait: Months from the end of the project to the answer; 0 if it comes before.
    """

    arm: str
    investment: str
    gate: Gate
    wait: int


def gate_of(scenario: Scenario, arm: str | None = None) -> GatePlan:
    """Return the stage gate of an arm.

    Args:
        scenario: The scenario.
        arm: The arm; unset: the last with a gate.

    Raises:
        LookupError: If there is no such arm with a gate.
    """
    name = next(reversed(scenario.gated), "") if arm is None else arm
    if name not in scenario.gated:
        raise LookupError(name)
    endings = scenario.gated[name].investments
    investment = next(key for key, ending in endings.items() if ending == GATED)
    spec = scenario.investments[investment]
    assert spec.gate is not None  # as the checks of a file see to
    ends = months_until(spec.start) + 12 * spec.years
    wait = max(0, ceil(scenario.evaluations[spec.gate.evaluation].answered - ends - 1e-6))
    return GatePlan(name, investment, spec.gate, wait)


def lives_of(scenario: Scenario, plan: GatePlan, *, waits: bool = True) -> Scenario:
    """Return a scenario whose arms are the two lives between which a gate decides.

    Args:
        scenario: The scenario.
        plan: The gate.
        waits: Whether what follows from the answer waits for it, or comes as the project ends.
    """
    label, endings = scenario.gated[plan.arm].label, scenario.gated[plan.arm].investments
    arms = {
        name: Arm(label=label, investments={**endings, plan.investment: ending})
        for name, ending in ((YES, plan.gate.yes), (NO, plan.gate.no))
    }
    found = with_arms_alone(scenario, arms)
    spec = scenario.evaluations[plan.gate.evaluation]
    # What is evaluated is what is lived until the answer, which is the same in both.
    spec = spec.model_copy(
        update={
            "arm": NO,
            "investment": plan.investment,
            "decision": spec.decision.model_copy(update={"carry_on": YES}),
        }
    )
    one = scenario.investments[plan.investment]
    if waits and plan.wait and plan.gate.meanwhile == "continues":
        intake = None if one.intake is None else one.intake + plan.wait / 12
        one = one.model_copy(update={"years": one.years + plan.wait / 12, "intake": intake})
    elif waits and plan.wait and one.new_way is not None:
        delay = max(one.new_way.delay, float(plan.wait))
        one = one.model_copy(update={"new_way": one.new_way.model_copy(update={"delay": delay})})
    investments = {**scenario.investments, plan.investment: one}
    return found.model_copy(
        update={"evaluations": {plan.gate.evaluation: spec}, "investments": investments}
    )


def gated(passed: Flags, yes: Floats, no: Floats) -> Floats:
    """Return each gated life: that of `yes` where the gate is passed, else that of `no`."""
    return np.where(passed, yes, no)


def expected_choices(
    chances: Floats, lives: dict[str, Floats], passed: Floats, cost: float | Floats = 0.0
) -> dict[str, float]:
    """Return what each choice is worth, and how often the gate is passed.

    Args:
        chances: How likely each effect (or simulated municipality) is, (points,), in sum 1.
        lives: What each of `LIVES` is worth with it, kronor, (points,).
        passed: How often the gate is passed, (points,).
        cost: What the evaluation costs, kronor.

    Returns:
        `never`, `always`, `gated` (less the cost) and `perfect` (the effect is known from the
        start), in kronor; `passes`, and of effects that are worth carrying on with, and of those
        that are not: `passes_good`, `passes_bad`, NaN where there are none.
    """
    net = lives["always"] - lives["never"]
    best = np.maximum(lives["always"], lives["never"])
    after = passed * lives[YES] + (1 - passed) * lives[NO] - cost

    def share(which: Flags) -> float:
        total = float(chances[which].sum())
        return float(chances[which] @ passed[which]) / total if total else NAN

    return {
        "never": float(chances @ lives["never"]),
        "always": float(chances @ lives["always"]),
        "gated": float(chances @ after),
        "perfect": float(chances @ best),
        "passes": float(chances @ passed),
        "passes_good": share(net >= 0),
        "passes_bad": share(net < 0),
    }


@dataclass(frozen=True)
class StageGate:
    """A stage gate in many municipalities whose truth is known.

    Attributes:
        scenario: The scenario.
        plan: The gate.
        study: What its evaluation says in each municipality and world.
        table: A row per municipality and world. Columns: world, draw, estimate, passed (1 or 0;
            without an answer 0), `LIVES` (net present value, kronor), cost (of the evaluation,
            present value), gated, and perfect.
    """

    scenario: Scenario
    plan: GatePlan
    study: EvaluationStudy
    table: pd.DataFrame

    @property
    def decided(self) -> bool:
        """Whether the evaluation led to a decision anywhere."""
        return bool(self.study.draws["decided"].notna().any())

    @cached_property
    def choices(self) -> pd.DataFrame:
        """What each choice is worth in each world, a row each.

        Columns: world, municipalities; never, always, gated, perfect, gated_less_never and
        gated_less_always (net present value, kronor), each with its Monte Carlo error (`_mcse`);
        passes, passes_good, passes_bad (shares); cost.
        """
        rows = []
        for world, some in self.table.groupby("world", sort=False):
            n = len(some)
            lives = {name: some[name].to_numpy(float) for name in LIVES}
            passed, cost = some["passed"].to_numpy(float), some["cost"].to_numpy(float)
            if world != "prior":
                # One effect: what differs between municipalities is luck, which nobody knows.
                known = {name: np.full(n, values.mean()) for name, values in lives.items()}
                told = expected_choices(np.full(n, 1 / n), known, passed, cost)
            else:
                told = expected_choices(np.full(n, 1 / n), lives, passed, cost)
            row: dict[str, object] = {"world": world, "municipalities": n}
            values = {name: some[name].to_numpy(float) for name in CHOICES}
            for other in ("never", "always"):
                values[f"gated_less_{other}"] = values["gated"] - values[other]
            for name, own in values.items():
                row[name] = float(own.mean())
                row[f"{name}_mcse"] = float(own.std(ddof=1)) / n**0.5
            shares = {name: told[name] for name in ("passes", "passes_good", "passes_bad")}
            rows.append({**row, **shares, "cost": float(cost.mean())})
        return pd.DataFrame(rows)


def stage_gate(
    scenario: Scenario,
    arm: str | None = None,
    *,
    draws: int = DRAWS,
    seed: int | None = None,
    executor: Executor | None = None,
    progress: Callable[[str], Progress] | None = None,
) -> StageGate:
    """Return what a stage gate leads to in many municipalities like this one.

    Args:
        scenario: The scenario, with a gated arm.
        arm: The arm; unset: the last with a gate.
        draws: How many municipalities, 2 at least.
        seed: The seed of the first, the next ones following; unset: the scenario's.
        executor: Where they are simulated; the result does not depend on it.
        progress: Given what is simulated ("evaluation" or "lives"), returns what is called with
            how many are done and how many there are.

    Raises:
        LookupError: If there is no such arm.
        StudyError: If the evaluation answers when the scenario has ended, or fails in more than a
            fifth of the municipalities.
    """
    plan = gate_of(scenario, arm)
    name = plan.gate.evaluation
    if (late := answered_too_late(scenario, scenario.evaluations[name])) is not None:
        raise StudyError(late)
    first = scenario.seed if seed is None else seed
    lives = _Lives(scenario, plan, draws=draws, seed=first, executor=executor, progress=progress)
    study = evaluate_worth(
        lives.waiting,
        name,
        lives.carried_on,
        draws=draws,
        seed=first,
        executor=executor,
        progress=None if progress is None else progress("evaluation"),
    )
    return StageGate(scenario, plan, study, _table(study, plan, lives.worth()))


class _Lives:
    """The lives between which a gate decides, simulated when they are first asked for.

    Both worlds, with and without waiting, are variants of one scenario's arms: what comes before,
    and those whom no arm can affect, are simulated once (law L4). The evaluation reads its
    threshold off the same runs.

    Attributes:
        waiting: The scenario whose arms are the lives from the answer on: see `lives_of`.
    """

    def __init__(
        self,
        scenario: Scenario,
        plan: GatePlan,
        *,
        draws: int,
        seed: int,
        executor: Executor | None,
        progress: Callable[[str], Progress] | None,
    ) -> None:
        self._scenario, self._plan = scenario, plan
        self._draws, self._seed = draws, seed
        self._executor, self._progress = executor, progress
        self.waiting = lives_of(scenario, plan)

    def carried_on(self, pair: Pair) -> dict[World, float]:
        """Return what carrying on is worth in each world, kronor: see `study.Worth`."""
        return {
            world: carried_on(waits[waits["replication"] < MONEY_RUNS], pair)
            for world, (waits, *_) in self._rows.items()
        }

    def worth(self) -> dict[World, dict[str, Floats]]:
        """Return what each of `LIVES` is worth by world, kronor, (municipalities,)."""

        def of(rows: pd.DataFrame, arm: str) -> Floats:
            return rows.loc[rows["arm"] == arm, NPV].to_numpy(float)

        return {
            world: {
                "always": of(tables[-1], YES),
                "never": of(tables[-1], NO),
                **{arm: of(tables[0], arm) for arm in (YES, NO)},
            }
            for world, tables in self._rows.items()
        }

    @cached_property
    def _rows(self) -> dict[World, list[pd.DataFrame]]:
        """A row per municipality and arm by world: from the answer on, and without waiting."""
        sides: list[dict[str, float]] = [{}]
        if self._plan.wait:
            sides.append(_changed_by_waiting(self._scenario, self.waiting, self._plan.investment))
        idle = _idle_values(self.waiting, self._scenario.gated[self._plan.arm])
        groups: list[tuple[Scenario, list[tuple[World, dict[str, float]]]]]
        if idle is not None:
            groups = [(self.waiting, [("effect", {}), ("none", idle)])]
        else:
            setup = StudySetup(self.waiting, (self._plan.gate.evaluation,))
            groups = [(in_world(setup, world, 0), [(world, {})]) for world in ACTING_OR_NOT]
        tell = None if self._progress is None else self._progress("lives")
        found = dict[World, list[pd.DataFrame]]()
        for base, members in groups:
            runs = Evaluator(
                base,
                outcomes=(NPV,),
                replications=self._draws,
                seed=self._seed,
                executor=self._executor,
                progress=tell,
            )
            points = [{**values, **side} for _, values in members for side in sides]
            tables = iter(runs.evaluate_many(points))
            for world, _ in members:
                found[world] = [next(tables) for _ in sides]
        return found


def _changed_by_waiting(scenario: Scenario, waiting: Scenario, investment: str) -> dict[str, float]:
    """Return the values of an investment that waiting changes, as they are without it, by path."""
    now, then = scenario.investments[investment], waiting.investments[investment]
    values = {"years": (now.years, then.years), "intake": (now.intake, then.intake)}
    if now.new_way is not None and then.new_way is not None:
        values["new_way.delay"] = now.new_way.delay, then.new_way.delay
    return {
        f"investments.{investment}.{key}": float(own)
        for key, (own, other) in values.items()
        if own is not None and own != other
    }


def _idle_values(scenario: Scenario, arm: Arm) -> dict[str, float] | None:
    """Return the values with which no effect of an arm does anything, by path.

    None where an effect has no ratio that says so: it adds to something, or sets it.
    """
    values = {}
    for name in arm.investments:
        for number, effect in enumerate(scenario.investments[name].effects):
            if effect.adds is not None or effect.sets is not None:
                return None
            values[f"investments.{name}.effects.{number}.ratio"] = 1.0
    return values


def _table(
    study: EvaluationStudy, plan: GatePlan, parts: dict[World, dict[str, Floats]]
) -> pd.DataFrame:
    """Return a row per municipality and world: see `StageGate.table`."""
    draws = study.draws
    tables = []
    for world in study.worlds:
        mine = draws[draws["world"] == world]
        lives = parts.get(world) or _over_range(study, plan, mine, parts)
        if lives is None:
            continue
        table = mine[["world", "draw", "estimate"]].reset_index(drop=True)
        table["passed"] = (mine["decided"].to_numpy(float) == 1).astype(float)
        table = table.assign(**lives, cost=_cost(study, plan, mine))
        passed = table["passed"].to_numpy(float) == 1
        table["gated"] = gated(passed, lives[YES], lives[NO]) - table["cost"]
        if world == "prior":
            table["perfect"] = np.maximum(lives["always"], lives["never"])
        else:
            better = lives["always"].mean() >= lives["never"].mean()
            table["perfect"] = lives["always" if better else "never"]
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def _over_range(
    study: EvaluationStudy,
    plan: GatePlan,
    mine: pd.DataFrame,
    parts: dict[World, dict[str, Floats]],
) -> dict[str, Floats] | None:
    """Return what lives are worth with effects that were drawn: straight lines of the effect.

    None where no line is told: the effect is not, or an evaluation gave no true effect.
    """
    name = plan.gate.evaluation
    effects = study.effects_drawn(name)
    if effects is None or len(effects) != len(mine) or not study.tells_effect(name):
        return None
    ends = [study.truths[name, world] for world in ("none", "effect")]
    along = (effects - ends[0]) / (ends[1] - ends[0])
    return {
        name: parts["none"][name].mean()
        + along * (parts["effect"][name].mean() - parts["none"][name].mean())
        for name in LIVES
    }


def _cost(study: EvaluationStudy, plan: GatePlan, mine: pd.DataFrame) -> Floats:
    """Return what the evaluation costs, present value, (municipalities,): paid with the answer."""
    scenario = study.scenario
    spec = scenario.evaluations[plan.gate.evaluation]
    people = (mine["n_treated"] + mine["n_comparison"]).fillna(0.0).to_numpy(float)
    amount = spec.cost.once.value + spec.cost.per_person.value * people
    months = max(spec.answered - round(months_until(scenario.time.start)), 0)
    rate = scenario.economy.discount_costs.value
    return np.asarray(amount * discount_factors(1, rate, months, per_year=12.0)[0])
