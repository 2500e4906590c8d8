"""The plan of follow-up: in what range activity, reach and results should lie.

Question 10: what is measured, when and by whom is settled before the start. The ranges are those of
many runs of the investment, each with people and luck of its own and, unless numbers are to be kept
as they are, with its own draw of what is uncertain about the investment. What is uncertain about
the municipality and the pathway is drawn only if asked for: how many are placed here today is known
when it starts. What is observed is then held against the ranges.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pandas as pd

from sisim.arrays import Flags
from sisim.economics.ledger import ledger
from sisim.economics.outcomes import outcome
from sisim.economics.prices import conversion
from sisim.engine.compile import compile_scenario
from sisim.engine.counts import Result
from sisim.engine.individual_use import in_target, with_arms_alone
from sisim.engine.measurements import ANSWERED, TOTAL
from sisim.engine.replications import replication
from sisim.engine.simulation import Progress, Simulation
from sisim.engine.tables import NEVER
from sisim.scenario.evaluation import Evaluation
from sisim.scenario.follow_up import MONTHS
from sisim.scenario.psa_draws import draw
from sisim.scenario.scenario import Scenario

Kind = Literal[
    "inflow",
    "activity",
    "reach",
    "fidelity",
    "drop_out",
    "cost",
    "participants",
    "outcome",
    "measured",
]
Verdict = Literal[
    "as_planned",
    "cannot_tell",
    "better",
    "no_effect",
    "too_little",
    "other_inflow",
    "unexplained",
    "above",
    "below",
]
Cell = tuple[int, str]
"""A month and the name of a measure."""
RUNS = 40
RANGE = (0.05, 0.95)
"""Nine of ten runs lie between these quantiles."""
ENOUGH = 20
"""Fewer runs have no twentieth part: a range is then that of all of them."""
Drawn = Literal["nothing", "investments", "everything"]
"""Which uncertain numbers are drawn: none, those of the investments, all."""
PROCESS: tuple[Kind, ...] = ("fidelity", "drop_out")
"""What is followed up of how an investment is carried out, if an evaluation asks for it."""
RESULTS: tuple[Kind, ...] = ("participants", "outcome", "measured")


@dataclass(frozen=True)
class Indicator:
    """Something to be measured.

    Attributes:
        name: As a file with what was observed has it: `begun.team`, `outcome.placed`.
        kind: What it tells of.
        investment: Of which investment; unset: of the whole municipality.
        outcome: Of which of the scenario's outcomes.
        measurement: By which of the scenario's measurements.
        yes_or_no: Whether its instrument shows yes or no.
    """

    name: str
    kind: Kind
    investment: str | None = None
    outcome: str | None = None
    measurement: str | None = None
    yes_or_no: bool = False

    @property
    def is_share(self) -> bool:
        """Whether it is a share, from 0 to 1."""
        shares = ("reach", "fidelity", "drop_out", "participants")
        return self.yes_or_no or self.kind in shares


@dataclass(frozen=True)
class FollowUp:
    """A plan of follow-up.

    Attributes:
        scenario: The scenario.
        arm: Which arm is followed.
        seeds: The seed of each run.
        drawn: Which numbers were drawn; if none, the ranges are those of chance alone.
        months: When, in months from the scenario's start.
        measures: What.
        runs: What came of each run. Columns: run, month, measure, value, without (the same if
            nothing is invested: for participants that of the same people; NaN for what only an
            investment has).
    """

    scenario: Scenario
    arm: str
    seeds: tuple[int, ...]
    drawn: Drawn
    months: tuple[int, ...]
    measures: tuple[Indicator, ...]
    runs: pd.DataFrame

    @property
    def few(self) -> bool:
        """Whether there are too few runs to leave the tenth that is farthest out of a range."""
        return len(self.seeds) < ENOUGH

    @cached_property
    def plan(self) -> pd.DataFrame:
        """The range of every measure: nine runs of ten, or all of a few.

        Columns: month, measure, kind, low, middle, high, the same of `without_`, and of `effect_`:
        the difference between the two in the same run, which is what a good comparison would show.
        """
        rows = []
        low, high = (0.0, 1.0) if self.few else RANGE
        grouped = self.runs.groupby(["month", "measure"], sort=False)
        for month in self.months:
            for measure in self.measures:
                own = grouped.get_group((month, measure.name))
                row: dict[str, object] = {
                    "month": month,
                    "measure": measure.name,
                    "kind": measure.kind,
                }
                parts = {
                    "": own["value"],
                    "without_": own["without"],
                    "effect_": own["value"] - own["without"],
                }
                for head, column in parts.items():
                    values = column.dropna().to_numpy()
                    ends = (
                        np.quantile(values, [low, 0.5, high]) if len(values) else np.full(3, np.nan)
                    )
                    row |= dict(
                        zip((f"{head}low", f"{head}middle", f"{head}high"), ends, strict=True)
                    )
                rows.append(row)
        return pd.DataFrame(rows)

    def measure(self, name: str) -> Indicator:
        """Return the measure of a name."""
        return next(one for one in self.measures if one.name == name)


def follow_up(
    scenario: Scenario,
    arm: str | None = None,
    *,
    months: Sequence[int] | None = None,
    runs: int = RUNS,
    drawn: Drawn = "investments",
    seed: int | None = None,
    progress: Progress | None = None,
) -> FollowUp:
    """Return in what range everything should lie that is followed up.

    Args:
        scenario: The scenario.
        arm: Which arm is followed; unset: the last.
        months: When, in months from the scenario's start; unset: as the scenario says, or those of
            6, 12, 24 and 36 that end a step. What lies after its end is left out.
        runs: How many.
        drawn: Which uncertain numbers are drawn anew in each run.
        seed: The seed of the first run; unset: the scenario's.
        progress: Called with the runs done and how many there are.

    Raises:
        LookupError: If there is no such arm, or no month that lies in the scenario.
        ValueError: If a month ends no step of the pathway.
    """
    if arm is None:
        arm = next(reversed(scenario.arms), "")
    if arm not in scenario.arms:
        raise LookupError(arm)
    when = moments(scenario, months)
    if not when:
        raise LookupError("months")
    first = scenario.seed if seed is None else seed
    seeds = tuple(range(first, first + runs))
    measures = measures_of(scenario, arm)
    rows = []
    for number, one in enumerate(seeds):
        if progress is not None:
            progress(number, runs)
        own = _drawn(scenario, drawn, number, first)
        for (month, name), (value, without) in _watch(own, arm, one, when, measures).items():
            rows.append(
                {"run": number, "month": month, "measure": name, "value": value, "without": without}
            )
    table = pd.DataFrame(rows)
    # An investment that has no participants, only areas, has none of their measures.
    some = table.groupby("measure")["value"].apply(lambda own: own.fillna(0).ne(0).any())
    kept = tuple(one for one in measures if some[one.name] or one.kind == "outcome")
    return FollowUp(scenario, arm, seeds, drawn, when, kept, table)


def moments(scenario: Scenario, months: Sequence[int] | None = None) -> tuple[int, ...]:
    """Return when it is followed up: as asked, as the scenario says, or as is usual.

    What lies after the scenario's end is left out, and of what is usual what ends no step.

    Raises:
        ValueError: If a month that is asked for ends no step of the pathway.
    """
    spec, pathway = scenario.follow_up, scenario.pathway
    given = spec is not None and "months" in spec.model_fields_set
    asked = months or (spec.months if spec is not None and given else ())
    for month in asked:
        if not pathway.ends_step(month):
            raise ValueError(f"month {month} ends no step, which are {pathway.step}s")
    chosen = asked or [month for month in MONTHS if pathway.ends_step(month)]
    last = scenario.time.years * 12 + 1e-9
    return tuple(sorted({month for month in chosen if month <= last}))


def measures_of(scenario: Scenario, arm: str) -> tuple[Indicator, ...]:
    """Return what is followed up in an arm: inflow, activity, cost, reach, results, tests.

    Of how it is carried out, what the evaluations of the arm ask for (`measures`).
    """
    found: list[Indicator] = []
    grouped = [
        n for n, one in scenario.outcomes.items() if one.group is not None and one.count == "stock"
    ]
    for name in scenario.arms[arm].investments:
        heads: tuple[tuple[str, Kind], ...] = (
            ("target", "inflow"),
            ("begun", "activity"),
            ("treated", "activity"),
            ("spent", "cost"),
            ("reach", "reach"),
        )
        found += [Indicator(f"{head}.{name}", kind, name) for head, kind in heads]
        asked = {one for spec in evaluations_of(scenario, arm, name) for one in spec.measures}
        found += [Indicator(f"{kind}.{name}", kind, name) for kind in PROCESS if kind in asked]
        found += [
            Indicator(f"participants.{name}.{one}", "participants", name, one) for one in grouped
        ]
    found += [Indicator(f"outcome.{n}", "outcome", None, n) for n in scenario.outcomes]
    for name, one in scenario.measurements.items():
        if one.after is None or one.after in scenario.arms[arm].investments:
            share = scenario.shows_share(name)
            found.append(
                Indicator(f"measured.{name}", "measured", one.after, None, name, yes_or_no=share)
            )
    return tuple(found)


def evaluations_of(scenario: Scenario, arm: str, investment: str) -> list[Evaluation]:
    """Return the planned evaluations of an investment in an arm."""
    found = []
    for spec in scenario.evaluations.values():
        of = spec.arm or next(iter(scenario.arms))
        what = spec.investment or next(iter(scenario.arms[of].investments))
        if (of, what) == (arm, investment):
            found.append(spec)
    return found


def responsible(scenario: Scenario, measure: Indicator) -> tuple[str, ...]:
    """Return which administrations or funds have a measure in their own books.

    The payers of an investment know who takes part; of an outcome, the administration that pays
    most for the states of its group, in the money of one year, knows it. Empty if nobody pays for
    them.
    """
    if measure.investment is not None and measure.kind not in RESULTS:
        return tuple(scenario.investments[measure.investment].cost.shares)
    if measure.outcome is None:
        return ()
    pathway = scenario.pathway
    group = scenario.outcomes[measure.outcome].group
    if group is None:
        return ()
    paid: dict[str, float] = {}
    level, index = scenario.economy.price_level, scenario.price_index
    spec = pathway.groups[group]
    for state in spec.states:
        for name, use in pathway.tracks[spec.track].states[state].uses.items():
            resource = pathway.resources[name]
            for payer, share in resource.shares.items():
                price = resource.price.value * conversion(resource.price_year, level, index)
                cost = share * price * use.amount.value
                paid[payer] = paid.get(payer, 0.0) + cost
    return (max(paid, key=lambda payer: paid[payer]),) if paid else ()


def _drawn(scenario: Scenario, which: Drawn, number: int, seed: int) -> Scenario:
    if which == "nothing":
        return scenario
    drawn = draw(scenario, number, seed)
    if which == "everything":
        return drawn
    return scenario.model_copy(update={"investments": drawn.investments})


def _watch(
    scenario: Scenario,
    arm: str,
    seed: int,
    months: Sequence[int],
    measures: Sequence[Indicator],
) -> dict[Cell, tuple[float, float]]:
    """Return every measure at every month, in the arm and without, in one run."""
    # The run need go no further than what is looked at: nothing depends on what comes later.
    time = scenario.time.model_copy(update={"years": months[-1] / 12})
    alone = with_arms_alone(scenario, {arm: scenario.arms[arm]})
    short = alone.model_copy(update={"time": time})
    compiled = compile_scenario(short)
    clock = compiled.clock
    simulation = Simulation(compiled, seed)
    simulation.advance(clock.start)
    n = simulation.columns.n
    investments = list(scenario.arms[arm].investments)
    ever = {name: np.zeros(n, np.bool_) for name in investments}
    moments = {clock.months(month): month for month in months}
    found: dict[Cell, tuple[float, float]] = {}
    while simulation.step < clock.end:
        simulation.begin()
        for name in investments:
            ever[name][in_target(simulation, name)] = True
        simulation.finish()
        month = moments.get(simulation.step - clock.start)
        if month is not None:
            for one in measures:
                if one.investment is not None and one.measurement is None:
                    found[month, one.name] = _of_people(simulation, one, ever)
    result = Result(compiled, (replication(simulation),))
    paid = ledger(result)
    steps = clock.start - clock.history
    for point, month in moments.items():
        until = slice(steps, steps + point)
        for one in measures:
            if one.kind == "cost":
                spent = sum(
                    float(paid.amounts[0, 1, until, n].sum())
                    for n, line in enumerate(paid.lines)
                    if line.item == one.investment and line.kind in ("investment", "running")
                )
                found[month, one.name] = spent, np.nan
            elif one.measurement is not None:
                found[month, one.name] = _of_answers(result, one, until)
            elif one.investment is None:
                found[month, one.name] = _of_all(result, one, until)
    return found


def _of_people(
    simulation: Simulation, measure: Indicator, ever: dict[str, Flags]
) -> tuple[float, float]:
    """Return what is known of persons when a step has been made."""
    assert measure.investment is not None
    number = simulation.compiled.investments.index(measure.investment)
    place = simulation.columns.treatment[0, number]
    begun = place["start"] != NEVER
    if measure.kind == "participants":
        assert measure.outcome is not None
        inside = [_inside(simulation, begun, measure.outcome, arm) for arm in (1, 0)]
        return inside[0], inside[1]
    # A person who has begun was in the target group, whatever it is without.
    size = float((ever[measure.investment] | begun).sum())
    if measure.kind == "inflow":
        return size, np.nan
    if measure.kind == "reach":
        return (float(begun.sum()) / size if size else np.nan), np.nan
    if measure.name.startswith("begun."):
        return float(begun.sum()), np.nan
    if measure.kind in PROCESS:
        return _of_delivery(simulation, measure, place, begun), np.nan
    return float((begun & (place["end"] == NEVER)).sum()), np.nan


def _of_delivery(
    simulation: Simulation, measure: Indicator, place: np.ndarray, begun: Flags
) -> float:
    """Return the share of those who are done who were given all, or of all begun who left early."""
    scenario = simulation.compiled.scenario
    length = scenario.investments[str(measure.investment)].duration
    if length is None:
        return float("nan")
    done = begun & (place["end"] != NEVER)
    whole = done & (place["end"] - place["start"] >= simulation.compiled.clock.months(length))
    part, of = (whole, done) if measure.kind == "fidelity" else (done & ~whole, begun)
    return float(part.sum() / of.sum()) if of.any() else float("nan")


def _inside(simulation: Simulation, who: Flags, name: str, arm: int) -> float:
    """Return the share of some people, of those still residents, who are in an outcome's group."""
    compiled, columns = simulation.compiled, simulation.columns
    group = compiled.groups.index(str(compiled.scenario.outcomes[name].group))
    people = np.flatnonzero(who)
    rows = people if not arm else people + np.where(columns.diverged[arm - 1, people], columns.n, 0)
    rows = rows[columns.alive[rows]]
    if not len(rows):
        return float("nan")
    sight = compiled.tables.features
    return float(sight.member[group, columns.state[sight.group_track[group], rows]].mean())


def _of_all(result: Result, measure: Indicator, until: slice) -> tuple[float, float]:
    """Return an outcome of all residents: how many now, or how often since the start."""
    assert measure.outcome is not None
    spec = result.scenario.outcomes[measure.outcome]
    if spec.group is not None and spec.count == "stock":
        states = result.scenario.pathway.groups[spec.group]
        numbers = [result.compiled.state(states.track, state) for state in states.states]
        now = result.counts("stock")[0, :2, until.stop][:, numbers].sum(axis=-1)
        return float(now[1]), float(now[0])
    sums = outcome(result, spec)[0, :2, until].sum(axis=-1)
    return float(sums[1]), float(sums[0])


def _of_answers(result: Result, measure: Indicator, until: slice) -> tuple[float, float]:
    """Return the mean of the latest answers so far, in the arm and without.

    Of people asked so many months after they have begun, all who have been asked at the latest
    occasion count, and what the same people would have shown without.
    """
    names = [row.name for row in result.compiled.measurements]
    found = result.replications[0].measured[names.index(str(measure.measurement))]
    # (lives, arms, steps, occasions, columns)
    sums = found[:, :, until].sum(axis=4)
    if measure.investment is None:
        own, without = (sums[0, arm].sum(axis=1) for arm in (1, 0))
    else:
        own, without = sums[0, 1].sum(axis=0), sums[1, 1].sum(axis=0)
    answered = np.flatnonzero(own[:, ANSWERED])
    if not len(answered):
        return np.nan, np.nan
    means = [
        float(one[TOTAL] / one[ANSWERED]) if one[ANSWERED] else np.nan
        for one in (own[answered[-1]], without[answered[-1]])
    ]
    return means[0], means[1]


# ------------------------------------------------------------------------ plan and outcome


def deviations(plan: FollowUp, observed: pd.DataFrame) -> pd.DataFrame:
    """Return what was observed beside the plan, and what the deviation says.

    Inflow, activity and reach are judged first, as results depend on them: a result worse than its
    range is put down to them if they were outside theirs when last observed, and to the lack of an
    effect if they were not. Where neither activity nor reach was observed it is not explained.

    Args:
        plan: The plan.
        observed: Columns: month, measure, value.

    Returns:
        The rows of the plan that were observed, with observed, deviation (from the middle),
        outside (-1 below the range, 0 in it, 1 above) and verdict.
    """
    table = plan.plan.merge(
        observed.rename(columns={"value": "observed"})[["month", "measure", "observed"]],
        on=["month", "measure"],
    )
    table["deviation"] = table["observed"] - table["middle"]
    table["outside"] = (table["observed"] > table["high"]).astype(int) - (
        table["observed"] < table["low"]
    ).astype(int)
    rows = table.to_dict("records")
    table["verdict"] = [_verdict(plan, row, table) for row in rows]
    return table


def _verdict(plan: FollowUp, row: dict[Hashable, Any], observed: pd.DataFrame) -> Verdict:
    measure, outside = plan.measure(row["measure"]), row["outside"]
    if measure.kind not in RESULTS:
        return "as_planned" if not outside else "above" if outside > 0 else "below"
    as_without = row["without_low"] <= row["observed"] <= row["without_high"]
    if not outside:
        return "cannot_tell" if as_without else "as_planned"
    good = -1 if _good(plan.scenario, measure) == "low" else 1
    if outside == good:
        return "better"
    earlier = observed[observed["month"] <= row["month"]]
    own = earlier[earlier["measure"].map(lambda name: _concerns(plan, name, measure))]
    latest = own.sort_values("month").drop_duplicates("measure", keep="last")
    done = latest[latest["kind"].isin(["activity", "reach", "fidelity"])]
    left = latest.loc[latest["kind"] == "drop_out", "outside"]
    if (latest.loc[latest["kind"] == "inflow", "outside"] != 0).any():
        return "other_inflow"
    if not len(done):
        return "unexplained"
    return "too_little" if (done["outside"] < 0).any() or (left > 0).any() else "no_effect"


def _good(scenario: Scenario, measure: Indicator) -> Literal["low", "high"]:
    if measure.measurement is not None:
        instrument = scenario.measurements[measure.measurement].instrument
        return "high" if instrument is None else scenario.pathway.instruments[instrument].good
    assert measure.outcome is not None
    return scenario.outcomes[measure.outcome].good


def _concerns(plan: FollowUp, name: str, measure: Indicator) -> bool:
    own = plan.measure(name).investment
    return own is not None and measure.investment in (None, own)
