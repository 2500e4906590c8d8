"""A study of evaluations: what each would say in many municipalities whose truth is known.

Municipality n has people and luck of its own, and they are the same in every world and for every
evaluation (law L3): evaluations are compared on the same municipalities. Three worlds stand side by
side (law L11): `effect`, as the file says; `none`, in which the arm's investments have no effect;
and `prior`, in which the uncertain numbers of the investments are drawn anew for each municipality.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pandas as pd

from sisim.analysis.cell import Cell
from sisim.analysis.evaluator import Evaluator
from sisim.analysis.executors import Batch, Executor, in_process
from sisim.analysis.measures import NPV
from sisim.arrays import Floats
from sisim.checks.check_evaluation import out_of_time
from sisim.economics.claimed_repayment import claimed_repayments, fund_of
from sisim.economics.outcome_values import units_of
from sisim.economics.prices import PriceList
from sisim.engine.compile import compile_scenario
from sisim.engine.simulation import Progress
from sisim.evaluation.diagnosands import decide, diagnose
from sisim.evaluation.estimate import NAN, Estimate
from sisim.evaluation.estimators import estimate, maryland
from sisim.evaluation.municipality import (
    CommonPast,
    Municipality,
    SimulatedMunicipalities,
    with_study_arms,
)
from sisim.evaluation.pooling import MUNICIPALITIES, pooled_designs
from sisim.evaluation.study_data import StudyData, cutoff_of, study_data
from sisim.evaluation.study_log import StudyLog
from sisim.evaluation.value_of_evaluation import Prior, break_even, evaluation_values
from sisim.loading.load import changed
from sisim.loading.sample import of_size
from sisim.scenario.dates import months_until
from sisim.scenario.errors import Reason, dotted
from sisim.scenario.evaluation import Evaluation
from sisim.scenario.numbers import numbers
from sisim.scenario.psa_draws import draw as drawn_scenario
from sisim.scenario.psa_draws import is_uncertain
from sisim.scenario.scenario import Scenario

World = Literal["effect", "none", "prior"]
WORLDS: tuple[World, ...] = ("effect", "none", "prior")
ACTING_OR_NOT: tuple[World, ...] = ("effect", "none")
"""The worlds that stand side by side."""
DRAWS = 500
"""Municipalities, unless something else is asked for."""
BATCH = 5
"""Municipalities that a worker is given at a time."""
FEWEST, MOST_FAILED = 20, 0.2
"""After so many municipalities an evaluation must not have failed in a greater share of them."""
STUDIES = 5
"""Fewest pooled studies, of different municipalities, that tell how such studies do."""
MONEY_RUNS = 20
"""Runs by which the threshold is worked out, at most."""
Pair = tuple[str, str]
"""The arm that is evaluated, and the one that follows from yes."""
Worth = Callable[[Pair], Mapping[World, float]]
"""What it is worth, with the effect and with none, to go on from one arm to the other, kronor."""

ESTIMATED = (
    *("estimate", "error", "low", "high", "p", "n_treated", "n_comparison", "clusters"),
    *("lost_treated", "lost_comparison", "baseline_gap_sd"),
)
TRUE = ("truth_all", "truth_studied")
CHECKED = (
    *("n_treated", "n_comparison", "clusters"),
    *("lost_treated", "lost_comparison", "baseline_gap_sd"),
)
"""What a standard of evidence asks for, beside the design itself."""
REPAID = ("claimed_saving", "repaid_by_estimate", "repaid_by_truth")
DELIVERED = ("participants", "treated_later", "reached", "completed")


class StudyError(Exception):
    """A study cannot go on, and why."""

    def __init__(self, reason: Reason) -> None:
        self.reason = reason
        super().__init__(repr(reason))

    def render(self) -> str:
        """Return why, in the current language."""
        return self.reason.text


@dataclass(frozen=True)
class StudySetup:
    """What all municipalities of a study have in common; it can be sent to another process.

    Attributes:
        scenario: The scenario.
        names: The evaluations, in order.
    """

    scenario: Scenario
    names: tuple[str, ...]

    def runner(self, threads: int | None = 1) -> StudyRunner:  # noqa: ARG002 (one thread)
        """Return what simulates municipalities and evaluates in them."""
        return StudyRunner(self)


class StudyRunner:
    """Simulates municipalities, and carries out every evaluation in each.

    Args:
        setup: What they have in common.
    """

    def __init__(self, setup: StudySetup) -> None:
        self.setup = setup
        self._places: dict[tuple[str, tuple[str, ...]], SimulatedMunicipalities] = {}
        self._past: CommonPast | None = None
        scenario = setup.scenario
        self._specs = {name: scenario.evaluations[name] for name in setup.names}
        self._risk_of: dict[str, list[str]] = {}
        for spec in self._specs.values():
            of = self._risk_of.setdefault(evaluated(scenario, spec)[1], [])
            if spec.score is not None and spec.score.risk_of is not None:
                of.append(spec.score.risk_of)

    def rows(self, batch: Batch) -> pd.DataFrame:
        """Return a row for each municipality and evaluation."""
        found: list[dict[str, Any]] = []
        for cell in batch:
            world = WORLDS[cell.choice]
            place = self._municipality(world, cell.draw, cell.seed)
            for name, spec in self._specs.items():
                head = {"draw": cell.draw, "world": world, "design": name}
                found.append({**head, **_row(spec, study_data(place, name, spec))})
        return pd.DataFrame(found)

    def people(self, cell: Cell, name: str) -> pd.DataFrame:
        """Return the table of people of an evaluation in one municipality."""
        place = self._municipality(WORLDS[cell.choice], cell.draw, cell.seed)
        return study_data(place, name, self._specs[name]).people

    def _municipality(self, world: World, number: int, seed: int) -> Municipality:
        scenario, order = self._ordered(in_world(self.setup, world, number), seed)
        arms = [evaluated(self.setup.scenario, spec)[0] for spec in self._specs.values()]
        study = with_study_arms(_until_answered(scenario, self._specs.values()), arms)
        # But for what is drawn, the same for every municipality with areas in one order.
        key = (world, order)
        if key not in self._places or world == "prior":
            self._places[key] = SimulatedMunicipalities(compile_scenario(study), self._risk_of)
        places = self._places[key]
        if self._past is None or not self._past.leads_to(places.compiled, seed):
            self._past = places.past(seed)
        return self._past.go_on(places.compiled)

    def _ordered(self, scenario: Scenario, seed: int) -> tuple[Scenario, tuple[str, ...]]:
        """Return the scenario with areas in the order in which they begin: drawn, or as given."""
        for spec in self._specs.values():
            if spec.design != "stepped":
                continue
            name = evaluated(scenario, spec)[1]
            areas = list(scenario.investments[name].areas)
            if spec.order == "lottery":
                order = np.random.default_rng([seed, len(areas)]).permutation(len(areas))
                areas = [areas[place] for place in order]
            else:
                areas = [*spec.order, *(area for area in areas if area not in spec.order)]
            one = scenario.investments[name].model_copy(update={"areas": areas})
            investments = {**scenario.investments, name: one}
            return scenario.model_copy(update={"investments": investments}), tuple(areas)
        return scenario, ()


def _until_answered(scenario: Scenario, specs: Iterable[Evaluation]) -> Scenario:
    """Return a scenario that goes no further than people are followed: nothing depends on more."""
    start, months = months_until(scenario.time.start), 1.0
    for spec in specs:
        duration = scenario.investments[evaluated(scenario, spec)[1]].duration or 0
        within = duration if spec.outcome is None else spec.outcome.within
        months = max(months, months_until(spec.cohorts.below) - start + max(within, duration))
    years = min(scenario.time.years, months / 12)
    time = scenario.time.model_copy(update={"years": years})
    return scenario.model_copy(update={"time": time})


def evaluated(scenario: Scenario, spec: Evaluation) -> tuple[str, str]:
    """Return the arm and the investment that are evaluated."""
    arm = spec.arm or next(iter(scenario.arms))
    return arm, spec.investment or next(iter(scenario.arms[arm].investments))


def in_world(setup: StudySetup, world: World, number: int) -> Scenario:
    """Return the scenario in a world, for one municipality."""
    scenario = setup.scenario
    if world == "none":
        # The truth is what the arm does beside nothing at all: all that it consists of is idle.
        without = dict(scenario.investments)
        for name in setup.names:
            arm = evaluated(scenario, scenario.evaluations[name])[0]
            for of in scenario.arms[arm].investments:
                without[of] = without[of].model_copy(update={"effects": []})
        return scenario.model_copy(update={"investments": without})
    if world == "prior":
        one = drawn_scenario(_without_tables(scenario), number, scenario.seed)
        return scenario.model_copy(update={"investments": one.investments})
    return scenario


def _without_tables(scenario: Scenario) -> Scenario:
    """Return a scenario whose pathway has parameters alone: each number has draws of its own."""
    tables: dict[str, dict[str, Any]] = {
        name: {}
        for name, part in scenario.pathway
        if isinstance(part, dict) and name != "parameters"
    }
    return scenario.model_copy(update={"pathway": scenario.pathway.model_copy(update=tables)})


def has_prior(scenario: Scenario) -> bool:
    """Return whether any number of an investment is uncertain, so that its effect can be drawn."""
    return any(
        path.startswith("investments.") and is_uncertain(number)
        for path, number in numbers(scenario)
    )


def say(spec: Evaluation, people: pd.DataFrame, nobody: Reason | None = None) -> Estimate:
    """Return what an evaluation says of its table of people.

    Args:
        spec: The evaluation.
        people: The table: see `sisim.evaluation.estimate`.
        nobody: Why a lottery has nobody in it, if it has not.
    """
    design = spec.design
    options: dict[str, Any] = {"alpha": spec.alpha}
    estimator = spec.estimator
    match design:
        case "lottery" if estimator in ("plain", "adjusted") and not _drawn_evenly(people):
            # Rounds whose chances differ are compared each by itself.
            estimator = "adjusted"
            options |= {"adjust": spec.adjust, "within": ["round"]}
        case "difference":
            options |= {"scale": spec.scale, "adjust": spec.adjust}
        case "trend":
            against = [spec.against_series] if spec.against_series else []
            options |= {"shape": spec.shape, "against": against}
        case "matched":
            options |= {"match_on": spec.match_on, "ratio": spec.ratio, "caliper": spec.caliper}
        case "discontinuity":
            if not len(people):
                return Estimate(failed=Reason("a group that is compared is empty"))
            options |= {"cutoff": cutoff_of(spec, people), "bandwidth": spec.bandwidth}
    if estimator != "plain" and "adjust" not in options:
        options["adjust"] = spec.adjust
    if design == "process":
        return Estimate(failed=Reason("there is nothing to compare with"))
    if design == "lottery" and not len(people) and nobody is not None:
        return Estimate(failed=nobody)
    return estimate(people, design, estimator=estimator, **options)


def _drawn_evenly(people: pd.DataFrame) -> bool:
    """Return whether all rounds of a lottery had the same chances."""
    if "round" not in people or not len(people):
        return True
    chances = people.groupby("round")["treated"].mean().to_numpy(float)
    return bool(np.ptp(chances) < 1e-9)


def no_queue(data: StudyData) -> Reason:
    """Return why nobody was drawn by lot."""
    if data.places is not None and data.most_used >= data.places:
        return Reason(
            "nobody was ever drawn by lot: whenever a place was free, all who wanted one got it, "
            'so nobody is left to compare with. Try more people (--size), or "earlier_cohorts"'
        )
    return Reason(
        "places never run out (at most {used} are used at a time), so nobody is left to compare "
        'with: a lottery needs a queue. Lower "capacity", or use "earlier_cohorts"',
        used=data.most_used,
    )


def _row(spec: Evaluation, data: StudyData) -> dict[str, Any]:
    one = say(spec, data.people, no_queue(data))
    process = spec.design == "process"
    named = {"estimate": one.value, **{key: getattr(one, key) for key in ESTIMATED[1:]}}
    if process:  # no number, and no zero either
        named = dict.fromkeys(ESTIMATED, NAN)
    return {
        **named,
        "truth_all": NAN if process else data.truth_all,
        "truth_studied": NAN if process else data.truth_studied,
        **{key: getattr(data, key) for key in DELIVERED},
        "spent": data.spent,
        "failed": one.failed,
    }


@dataclass(frozen=True, repr=False)
class EvaluationStudy:
    """What every evaluation says in every municipality and world, beside the truth.

    Attributes:
        scenario: The scenario.
        names: The evaluations, in order.
        seed: The seed of the first municipality.
        table: A row per municipality, world and evaluation; `failed` holds a `Reason` or None.
        thresholds: By evaluation: the effect from which it is worth carrying on.
        nets: By evaluation and world: what carrying on is worth, kronor; empty if it is not told.
    """

    scenario: Scenario
    names: tuple[str, ...]
    seed: int
    table: pd.DataFrame
    thresholds: dict[str, float]
    nets: dict[str, Mapping[World, float]] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Return what was evaluated, in a line."""
        many = f"{self.municipalities} municipalities, worlds {', '.join(self.worlds)}"
        return f"<EvaluationStudy {self.scenario.name!r}: {', '.join(self.names)} in {many}>"

    @property
    def worlds(self) -> tuple[World, ...]:
        """The worlds that were simulated."""
        there = set(self.table["world"])
        return tuple(world for world in WORLDS if world in there)

    @property
    def municipalities(self) -> int:
        """How many municipalities there are in each world."""
        return int(self.table["draw"].nunique())

    @cached_property
    def truths(self) -> dict[tuple[str, str], float]:
        """What participants avoid on average, by evaluation and world; 0 where nothing acts."""
        means = self.table.groupby(["design", "world"], as_index=False)["truth_all"].mean()
        pairs = zip(means["design"], means["world"], strict=True)
        return dict(zip(pairs, means["truth_all"], strict=True))

    def people(self, name: str, *, draw: int = 0, world: World = "effect") -> pd.DataFrame:
        """Return the table of people of an evaluation in one municipality, as an evaluator has it.

        Args:
            name: The evaluation.
            draw: Which municipality.
            world: In which world.
        """
        runner = StudyRunner(StudySetup(self.scenario, self.names))
        table = runner.people(Cell("", WORLDS.index(world), {}, draw, 0, self.seed + draw), name)
        return table.drop(columns=["outcome_with", "outcome_without"], errors="ignore")

    @cached_property
    def draws(self) -> pd.DataFrame:
        """A row per municipality, world and evaluation.

        Columns: draw, world, design (the evaluation), estimate, error, low, high, p, n_treated,
        n_comparison, clusters, lost_treated, lost_comparison, baseline_gap_sd, truth_all,
        truth_studied, failed (why there is no estimate, in the current language; empty if there
        is), decided (1 carries on, 0 stops), right, net_if_carried_on, participants,
        treated_later, reached, completed; and, where an outcome has a price: claimed_saving (the
        estimate times participants times the price), and what would be repaid of what the
        investment has cost, repaid_by_estimate and repaid_by_truth (the expected effect): on the
        terms of the fund that follows the evaluation, if one does.
        """
        table = self.table.copy()
        decided = pd.Series(np.nan, index=table.index)
        for name, some in table.groupby("design", sort=False):
            spec, threshold = self.scenario.evaluations[str(name)], self.thresholds[str(name)]
            rule, prior = spec.decision.rule, self.priors.get(str(name))
            lacks = {"estimate": np.isnan(threshold), "bayes": prior is None}.get(rule, False)
            if spec.design == "process" or lacks:
                continue
            decided[some.index] = decide(
                some, rule, threshold=threshold, alpha=spec.alpha, prior=prior
            )
        good = self._worth(table)
        table["decided"] = decided
        table["right"] = np.where(decided.isna() | good.isna(), np.nan, decided == (good >= 0))
        table["net_if_carried_on"] = self._net(table)
        table["failed"] = [why.text if isinstance(why, Reason) else "" for why in table["failed"]]
        price = table["design"].map({name: self._price(name) for name in self.names})
        spent = table["spent"]
        people = table["participants"] * price
        table["claimed_saving"] = table["estimate"] * people
        table["repaid_by_estimate"] = table["claimed_saving"].clip(lower=0.0).clip(upper=spent)
        by_truth = self._expected(table) * people
        table["repaid_by_truth"] = by_truth.clip(lower=0.0).clip(upper=spent)
        self._by_terms(table)
        head = ["draw", "world", "design", *ESTIMATED, *TRUE, "failed"]
        return table[[*head, "decided", "right", "net_if_carried_on", *REPAID, *DELIVERED]]

    @cached_property
    def designs(self) -> pd.DataFrame:
        """How each evaluation does in each world: see `sisim.evaluation.diagnosands.diagnose`.

        Columns before those: design, world, maryland; after them: cost (of the evaluation itself),
        delay_months, threshold; value_of_rule (of deciding by it, kronor), evsi (to one who knows
        its bias) and net_worth (the value of the rule less the cost), where carrying on has a
        worth and the effect a range; and means of n_treated, n_comparison, clusters, lost_treated,
        lost_comparison, baseline_gap_sd, participants, treated_later (of the comparison, while
        they are followed), reached (share of those in the target group in those months who take
        part) and completed (share of those who take part who are given all of it).
        """
        parts = []
        draws = self.draws.assign(net_if_carried_on=self._worth(self.table))
        for name in self.names:
            spec = self.scenario.evaluations[name]
            rows = diagnose(draws[draws["design"] == name], alpha=spec.alpha)
            on_trend = [spec.against_series] if spec.against_series else []
            level = maryland(spec.design, drawn=spec.order == "lottery", against=on_trend)
            rows.insert(2, "maryland", level)
            mine = draws[draws["design"] == name]
            if spec.design == "process":
                rows[["failed", "failed_mcse"]] = NAN
            size = (mine["n_treated"] + mine["n_comparison"]).groupby(mine["world"]).mean()
            of_people = spec.cost.per_person.value * rows["world"].map(size).fillna(0.0)
            rows["cost"] = spec.cost.once.value + of_people
            rows["delay_months"] = spec.follow_up_delay
            rows["threshold"] = NAN if spec.design == "process" else self.thresholds[name]
            rows = rows.assign(**self._values(name, rows["cost"].to_numpy(float)))
            means = mine.groupby("world")[[*CHECKED, *DELIVERED]].mean()
            for key in means:
                rows[key] = rows["world"].map(means[key])
            parts.append(rows)
        return pd.concat(parts, ignore_index=True)

    def pooled(self, municipalities: Sequence[int] = MUNICIPALITIES) -> pd.DataFrame:
        """Return how each evaluation does by how many municipalities evaluate together.

        Args:
            municipalities: How many join.

        Returns:
            As `sisim.evaluation.pooling.pooled_designs`; of worlds with one effect. Numbers that
            there are too few simulated municipalities for, to make five studies, are left out.
        """
        draws = self.draws.assign(net_if_carried_on=self._worth(self.table))
        parts = []
        for name in self.names:
            decision = self.scenario.evaluations[name].decision
            prior, threshold = self.priors.get(name), self.thresholds[name]
            lacks = {"estimate": np.isnan(threshold), "bayes": prior is None}
            mine = draws[draws["design"] == name]
            if lacks.get(decision.rule, False):
                continue
            parts.append(
                pooled_designs(
                    mine,
                    municipalities=municipalities,
                    rule=decision.rule,
                    threshold=threshold,
                    prior=prior,
                    seed=self.seed,
                )
            )
        # Fewer studies, put together anew out of the same municipalities, do not vary as others do.
        found = [
            some for part in parts if len(part) and len(some := part[part["draws"] >= STUDIES])
        ]
        return pd.concat(found, ignore_index=True) if found else pd.DataFrame()

    @cached_property
    def priors(self) -> dict[str, Prior]:
        """What is thought of the effect before each evaluation, where its worth is known."""
        found = {}
        for name, nets in self.nets.items():
            effects = self.effects_drawn(name)
            if effects is not None:
                found[name] = Prior.of_draws(effects, self._nets_of(name, nets, effects))
        return found

    def effects_drawn(self, name: str) -> Floats | None:
        """Return the true effects of the world in which they are drawn; None without any.

        What differs between the municipalities of a world with one effect is luck among people. So
        much of it is taken from the effects that were drawn that they vary by what is uncertain.
        """
        mine = self.table[self.table["design"] == name]
        drawn, fixed = (
            mine.loc[mine["world"] == world, "truth_all"].dropna().to_numpy(float)
            for world in ("prior", "effect")
        )
        if len(drawn) < 2 or not drawn.var() > 0:
            return None
        kept = max(1 - fixed.var(ddof=1) / drawn.var(ddof=1), 0.0) ** 0.5
        return np.asarray(drawn.mean() + kept * (drawn - drawn.mean()))

    def wrong_decision(self, name: str, world: World) -> float:
        """Return what a wrong decision costs one municipality, kronor; NaN where it is not told.

        To stop what pays forgoes what carrying on is worth, to carry on with what does not loses
        it.
        """
        return abs(self.nets[name][world]) if name in self.nets else NAN

    def tells_effect(self, name: str) -> bool:
        """Return whether the true effect is told from none: by two Monte Carlo errors."""
        return _told(self.table[self.table["design"] == name])

    def _values(self, name: str, cost: Floats) -> dict[str, Floats]:
        """Return what an evaluation is worth; NaN where that cannot be told."""
        worth, known = NAN, NAN
        if name in self.priors:
            spec = self.scenario.evaluations[name]
            mine = self.table[(self.table["design"] == name) & (self.table["world"] != "prior")]
            # The expected effect of each world: luck among people is part of the estimate.
            told = evaluation_values(
                mine.assign(truth_all=self._expected(mine)),
                self.priors[name],
                threshold=self.thresholds[name],
                alpha=spec.alpha,
            ).iloc[0]
            worth, known = float(told[spec.decision.rule]), float(told["evsi"])
        value = np.full(len(cost), worth)
        return {
            "value_of_rule": value,
            "evsi": np.full(len(cost), known),
            "net_worth": value - cost,
        }

    def _nets_of(self, name: str, nets: Mapping[World, float], effects: Floats) -> Floats:
        """Return what carrying on is worth, kronor: a straight line of the true effect."""
        ends = [self.truths[name, world] for world in ("none", "effect")]
        slope = (nets["effect"] - nets["none"]) / (ends[1] - ends[0])
        return np.asarray(nets["none"] + slope * (effects - ends[0]))

    def _worth(self, table: pd.DataFrame) -> pd.Series:
        """Return what is over 0, or 0, where carrying on is worth it; NaN where nothing tells."""
        net = self._net(table)
        truth = self._expected(table)
        threshold = table["design"].map(self.thresholds)
        # Where any effect will do, none at all will not.
        beyond = (truth - threshold).where(threshold != 0, np.where(truth > 0, 1.0, -1.0))
        return net.where(net.notna(), beyond.where(truth.notna()))

    def _expected(self, table: pd.DataFrame) -> pd.Series:
        """Return the true effect: expected, but in a world where it differs."""
        pairs = zip(table["design"], table["world"], strict=True)
        mean = pd.Series([self.truths[pair] for pair in pairs], index=table.index)
        return mean.where(table["world"] != "prior", table["truth_all"])

    def _by_terms(self, table: pd.DataFrame) -> None:
        """Put in what is repaid on the terms of the funds that follow evaluations."""
        for name in self.names:
            if fund_of(self.scenario, name) is None:
                continue
            here = table["design"] == name
            some = table[here]
            people, spent = (some[key].to_numpy(float) for key in ("participants", "spent"))
            said, true = (
                claimed_repayments(self.scenario, name, effect.to_numpy(float) * people, spent)
                for effect in (some["estimate"], self._expected(some))
            )
            table.loc[here, "claimed_saving"] = said.reduced.sum(axis=1)
            table.loc[here, "repaid_by_estimate"] = said.repaid.sum(axis=1)
            table.loc[here, "repaid_by_truth"] = true.repaid.sum(axis=1)

    def _price(self, name: str) -> float:
        """Return what an unwanted outcome costs, kronor in the first year; NaN if nothing tells."""
        outcome, pathway = self.scenario.evaluations[name].outcome, self.scenario.pathway
        if outcome is None:
            return NAN
        if outcome.costs_of:
            return 1.0
        year = np.array([self.scenario.time.first_year])
        prices = PriceList(self.scenario, year, current=False)
        used = units_of(outcome, pathway).items()
        worth = sum(n * float(prices.of(pathway.resources[key])[0]) for key, n in used)
        return worth or NAN

    def _net(self, table: pd.DataFrame) -> pd.Series:
        """Return what carrying on is worth in each row, kronor; NaN where it is not told."""
        found = pd.Series(np.nan, index=table.index)
        truth = self._expected(table)
        for name, nets in self.nets.items():
            here = table["design"] == name
            found[here] = self._nets_of(name, nets, truth[here].to_numpy(float))
        return found


def evaluate(
    scenario: Scenario,
    names: Sequence[str] = (),
    *,
    draws: int = DRAWS,
    worlds: Iterable[World] | None = None,
    seed: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
    folder: str | os.PathLike[str] | None = None,
) -> EvaluationStudy:
    """Return what planned evaluations would say in many municipalities like this one.

    Args:
        scenario: The scenario, with `[evaluations]`.
        names: Which of them; none: all.
        draws: How many municipalities.
        worlds: Which worlds; unset: all that there are.
        seed: The seed of the first municipality, the next ones following; unset: the scenario's.
        executor: Where they are simulated: see `sisim.analysis.executors`; the result does not
            depend on it. Unset: in this process.
        progress: Called with how many are done and how many there are.
        folder: Where what is finished is kept until all is, and gone on with; None: nowhere.

    Raises:
        LookupError: If there is no evaluation of that name, or none at all.
        StoreError: If what is kept is of another study.
        OSError: If it cannot be read or written.
        StudyError: If an evaluation takes longer than the scenario, or fails in more than a fifth
            of the municipalities.
    """
    setup = study_setup(scenario, names)
    asked = worlds_of(scenario, worlds)
    first = scenario.seed if seed is None else seed
    log = None if folder is None else StudyLog(folder, scenario, setup.names)
    batches = list(_batches(asked, draws, first))
    table = _simulated(setup, batches, executor or in_process(), progress, log)
    thresholds, nets = thresholds_of(setup, table, _worth_of(setup, first, min(draws, MONEY_RUNS)))
    if log is not None:
        log.end()
    return EvaluationStudy(scenario, setup.names, first, table, thresholds, nets)


def evaluate_worth(
    scenario: Scenario,
    name: str,
    worth: Worth,
    *,
    draws: int,
    seed: int,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> EvaluationStudy:
    """Return what `evaluate` does of one evaluation, told what it is worth to carry on.

    Args:
        scenario: The scenario, with `[evaluations]`.
        name: Which of them.
        worth: Tells what carrying on is worth, by runs that there are anyway. It is asked once the
            municipalities are done, if at all.
        draws: How many municipalities.
        seed: The seed of the first municipality, the next ones following.
        executor: See `evaluate`.
        progress: See `evaluate`.

    Raises:
        StudyError: As `evaluate` does.
    """
    setup = study_setup(scenario, [name])
    batches = list(_batches(worlds_of(scenario), draws, seed))
    table = _simulated(setup, batches, executor or in_process(), progress, None)
    thresholds, nets = thresholds_of(setup, table, worth)
    return EvaluationStudy(scenario, setup.names, seed, table, thresholds, nets)


def _worth_of(setup: StudySetup, first: int, runs: int) -> Worth:
    """Return what tells what carrying on is worth, by runs of its own."""

    def worth(pair: Pair) -> dict[World, float]:
        def of(world: World) -> pd.DataFrame:
            other = in_world(setup, world, 0)
            return Evaluator(other, outcomes=(NPV,), replications=runs, seed=first).evaluate({})

        return {world: carried_on(of(world), pair) for world in ACTING_OR_NOT}

    return worth


def study_setup(scenario: Scenario, names: Sequence[str] = ()) -> StudySetup:
    """Return what the municipalities of a study have in common.

    Args:
        scenario: The scenario, with `[evaluations]`.
        names: Which of them; none: all.

    Raises:
        LookupError: If there is no evaluation of that name, or none at all.
        StudyError: If an evaluation takes longer than the scenario.
    """
    chosen = tuple(names) or tuple(scenario.evaluations)
    for name in chosen:
        if name not in scenario.evaluations:
            raise LookupError(name)
    if not chosen:
        raise LookupError("evaluations")
    for name in chosen:
        for path, why in out_of_time(scenario, scenario.evaluations[name]):
            key = dotted((name, *path))
            raise StudyError(Reason("evaluations.{key}: {why}", key=key, why=why))
    return StudySetup(scenario, chosen)


def worlds_of(scenario: Scenario, worlds: Iterable[World] | None = None) -> tuple[World, ...]:
    """Return which worlds are simulated of those that are asked for; unset: all that there are."""
    prior = has_prior(scenario)
    return tuple(world for world in worlds or WORLDS if prior or world != "prior")


def sized(
    scenario: Scenario, names: Sequence[str], per_year: int, *, seed: int | None = None
) -> Scenario:
    """Return a scenario of such a size that so many a year take part, places in proportion.

    Args:
        scenario: The scenario.
        names: Its evaluations; none: all. The first decides which investment is meant.
        per_year: How many a year should take part, while people come into the study.
        seed: The seed of the municipality in which they are counted; unset: the scenario's.

    Raises:
        StudyError: If nobody takes part, or those who live there are a closed cohort.
    """
    name = next(iter(names or scenario.evaluations))
    spec = scenario.evaluations[name]
    residents = scenario.population.residents
    if residents is None:
        raise StudyError(Reason("A closed cohort is as large as it is: change its number instead."))
    one = StudyRunner(StudySetup(scenario, (name,)))
    first = scenario.seed if seed is None else seed
    found = one.rows([Cell("pilot", 0, {}, 0, 0, first)])["participants"].iloc[0]
    if not found:
        raise StudyError(
            Reason("evaluations.{name}: nobody takes part in the months studied.", name=name)
        )
    months = months_until(spec.cohorts.below) - months_until(spec.cohorts.from_)
    wanted = max(1, round(residents * per_year * months / 12 / found))
    return changed(scenario, of_size(scenario, wanted), inside=True)


def _simulated(
    setup: StudySetup,
    batches: Sequence[Batch],
    executor: Executor,
    progress: Progress | None,
    log: StudyLog | None,
) -> pd.DataFrame:
    """Return the rows of all municipalities, in order of world, municipality and evaluation."""
    kept: dict[tuple[int, int], pd.DataFrame] = {}
    failures = _Failures(setup)
    total = sum(len(batch) for batch in batches)
    size = len(setup.names)

    def keep(cells: Iterable[tuple[int, int]], rows: pd.DataFrame) -> None:
        for number, cell in enumerate(cells):
            kept[cell] = rows[number * size : (number + 1) * size]
        failures.look(kept)
        if progress is not None:
            progress(len(kept), total)

    asked = {(cell.choice, cell.draw, cell.seed) for batch in batches for cell in batch}
    for cells, rows in [] if log is None else log.begin():
        if asked.issuperset(cells):
            keep([cell[:2] for cell in cells], rows)
    left = [
        some
        for batch in batches
        if (some := [cell for cell in batch if (cell.choice, cell.draw) not in kept])
    ]
    with closing(executor.run(setup, iter(left))) as finished:
        for batch, rows, _ in finished:
            if log is not None:
                log.add(batch, rows)
            keep([(cell.choice, cell.draw) for cell in batch], rows)
    return pd.concat([kept[key] for key in sorted(kept)], ignore_index=True)


def _batches(worlds: Sequence[World], draws: int, first: int) -> Iterator[Batch]:
    """Yield municipalities, each in all worlds: they have their past in common."""
    for start in range(0, draws, BATCH):
        yield [
            Cell(f"{world}/{draw}", WORLDS.index(world), {}, draw, 0, first + draw)
            for draw in range(start, min(start + BATCH, draws))
            for world in worlds
        ]


class _Failures:
    """How often each evaluation has failed, in the municipalities done without a gap.

    Those beyond a gap wait, so that it does not matter who is done first.
    """

    def __init__(self, setup: StudySetup) -> None:
        self._specs = {name: setup.scenario.evaluations[name] for name in setup.names}
        self._ahead = [0] * len(WORLDS)
        self._why: dict[tuple[int, str], list[Reason]] = {}

    def look(self, kept: dict[tuple[int, int], pd.DataFrame]) -> None:
        """Look at municipalities that have come.

        Raises:
            StudyError: If an evaluation has failed too often, with why it did most often.
        """
        for world in range(len(WORLDS)):
            while (world, self._ahead[world]) in kept:
                rows = kept[world, self._ahead[world]]
                self._ahead[world] += 1
                for name, why in zip(rows["design"], rows["failed"], strict=True):
                    if isinstance(why, Reason) and self._specs[name].design != "process":
                        self._note(world, name, why)

    def _note(self, world: int, name: str, why: Reason) -> None:
        failed, count = self._why.setdefault((world, name), []), self._ahead[world]
        failed.append(why)
        if count >= FEWEST and len(failed) > MOST_FAILED * count:
            reason = Reason(
                "evaluations.{name}: there is no answer in {n} of {count} municipalities: {why}.",
                name=name,
                n=len(failed),
                count=count,
                why=max(failed, key=failed.count),
            )
            raise StudyError(reason)


def thresholds_of(
    setup: StudySetup,
    table: pd.DataFrame,
    worth: Worth,
) -> tuple[dict[str, float], dict[str, Mapping[World, float]]]:
    """Return the effect from which each evaluation's carrying on is worth it, and the nets.

    Args:
        setup: What the municipalities have in common.
        table: See `EvaluationStudy.table`.
        worth: Tells what it is worth to carry on.
    """
    thresholds, nets = {}, {}
    scenario = setup.scenario
    worths: dict[Pair, Mapping[World, float]] = {}
    for name in setup.names:
        decision = scenario.evaluations[name].decision
        mine = table[table["design"] == name]
        truths = mine.groupby("world")["truth_all"].mean()
        known = {*ACTING_OR_NOT} <= set(truths.index) and truths.notna().all()
        if decision.threshold is not None:
            thresholds[name] = decision.threshold.value
        elif decision.carry_on is not None and not (known and _told(mine)):
            thresholds[name] = NAN
        elif decision.carry_on is not None:
            pair = (evaluated(scenario, scenario.evaluations[name])[0], decision.carry_on)
            if pair not in worths:
                worths[pair] = worth(pair)
            nets[name] = worths[pair]
            ends = [worths[pair]["none"], worths[pair]["effect"]]
            effects = [truths[world] for world in ("none", "effect")]
            turn = break_even(np.array(effects), np.array(ends))
            # What is worth the same whatever the effect turns nowhere.
            never = np.inf if max(ends) < 0 else -np.inf
            thresholds[name] = never if np.isnan(turn) else turn
        else:
            thresholds[name] = 0.0
    return thresholds, nets


def _told(table: pd.DataFrame) -> bool:
    """Return whether the true effect is told from none: by two Monte Carlo errors, or exactly."""
    truth = table.loc[table["world"] == "effect", "truth_all"].to_numpy(float)
    error = truth.std(ddof=1) / len(truth) ** 0.5 if len(truth) > 1 else 0.0
    return bool(abs(truth.mean()) > 2 * error)


def carried_on(rows: pd.DataFrame, pair: Pair) -> float:
    """Return what carrying on is worth beside the arm that is evaluated, kronor, by some runs."""
    means = rows.groupby("arm")[NPV].mean()
    arm, carry_on = pair
    return float(means[carry_on] - means[arm])
