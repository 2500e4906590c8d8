"""What a simulation has counted: arrays for what comes after, tidy tables for people.

People, events and units of resources, never money (law L5). Everything is linear in the tallies,
so an expected path (fractions of people) is read in the same way as a drawn one.

Arrays have the axes (replications, arms, time, groupings..., kind), arm 0 being `without`. Time is
either points, the start of each step and the end (n + 1), or steps (n).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib.metadata import version as version_of
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sisim.arrays import Floats, Ints
from sisim.engine.effects import coverage, preparation_path, refreshers, stopped_from
from sisim.engine.enrolment import Enrolment
from sisim.engine.resource_use import Kind, Own, Units, UseCount
from sisim.engine.simulation import Tally
from sisim.engine.tables import Compiled
from sisim.engine.tidy_tables import Axis, labels, tidy
from sisim.scenario.digest import digest, without_money
from sisim.scenario.scenario import Investment, Scenario

WITHOUT = "without"
PHASES = ("project", "new_way", "replaced")
"""What an investment's own units belong to; what the new way replaces is counted as negative."""
ITEMS = ("start_up", "running", "per_participant", "per_participant_month", "refresher")
"""An investment costs: once, per year, per participant, month of treatment and follow-up."""

TREATMENTS = ("started", "treated", "treated_state", "treated_before")
"""What is counted of treatments."""

Array = NDArray[Any]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Replication:
    """One run: what it counted, and what is needed to replay any of its people.

    Attributes:
        seed: The seed of every draw.
        tally: The counts, by arm (0 is `without`).
        started: Treatments begun, (arms, investments, steps, areas); no arm `without`.
        treated: People in treatment at each point, (arms, investments, points, areas).
        treated_state: The same by state, (arms, investments, points, states).
        treated_before: People at each point who were in treatment in the step before it, likewise.
        enrolments: Every treatment that has begun.
        shares: Shares among peers, per mille, by step from the first simulated one, and at the end.
        measured: What is measured, by measurement: see `Measurements.found`.
        affected: People whose life history has become another than without, (arms,): participants,
            and those whom an effect on areas has reached. None where nobody is told apart, as in
            an expected path.
        too_young: How many of them are there at the end, too young to go on in the tail, (arms,).
    """

    seed: int
    tally: Tally
    started: Array
    treated: Array
    treated_state: Array
    treated_before: Array
    enrolments: Sequence[Enrolment] = ()
    shares: Sequence[NDArray[np.int32]] = ()
    measured: Sequence[Array] = ()
    affected: Array | None = None
    too_young: Array | None = None


@dataclass(frozen=True)
class Result:
    """The counts of a scenario, one replication beside the other.

    The tables have a row per replication, step, arm and what is counted. `step` counts from the
    start of the scenario (history is negative); `month` is the one in which it begins. `by` keeps
    counts apart by area and by the pathway's groupings.
    """

    compiled: Compiled
    replications: tuple[Replication, ...]
    _cache: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def scenario(self) -> Scenario:
        """The scenario that was simulated."""
        return self.compiled.scenario

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seed of each replication."""
        return tuple(replication.seed for replication in self.replications)

    @cached_property
    def version(self) -> str:
        """The version of sisim."""
        return version_of("sisim")

    @cached_property
    def digest(self) -> str:
        """A short hash of the scenario with its pathway."""
        return digest(self.scenario)

    @cached_property
    def arms(self) -> tuple[str, ...]:
        """`without`, then the arms in the file's order."""
        return (WITHOUT, *self.compiled.arms)

    @cached_property
    def points(self) -> Ints:
        """The counted points in steps of the clock, (n + 1,)."""
        clock = self.compiled.clock
        return np.arange(clock.history, clock.end + 1)

    @property
    def steps(self) -> Ints:
        """The counted steps of the clock, (n,)."""
        return self.points[:-1]

    def repriced(self, scenario: Scenario) -> Result:
        """Return the same counts under other prices, costs, payers or discounting (law L5).

        Args:
            scenario: Like the one simulated in everything but money.
        """
        if not self.differs_in_money_only(scenario):
            raise ValueError("more than money has changed: the scenario must be simulated again")
        return self.under(scenario)

    def under(self, scenario: Scenario) -> Result:
        """Return the same counts under a scenario that is known to differ in money only.

        What has been added up of the counts is not added up again.
        """
        amounts = _amounts(scenario), _amounts(self.scenario)
        same = all(one is other or one == other for one, other in zip(*amounts, strict=True))
        kept = {
            key: found
            for key, found in list(self._cache.items())
            if isinstance(key, tuple) or key in TREATMENTS or (same and key in ("use", "weight"))
        }
        return Result(replace(self.compiled, scenario=scenario), self.replications, kept)

    def differs_in_money_only(self, scenario: Scenario) -> bool:
        """Return whether a scenario would give the same counts as the one simulated."""
        return without_money(scenario) == without_money(self.scenario)

    def instant(self, step: int) -> float:
        """Return when a step of the clock begins, in decimal years from the start.

        2026.5 is half a year into the year that begins in 2026 (`Clock.year`).
        """
        clock = self.compiled.clock
        return clock.start_year + (step - clock.start) / clock.per_year

    # ------------------------------------------------------------------------ tidy tables

    def people(self, by: Sequence[str] = ()) -> pd.DataFrame:
        """Return how many are in each state at the start of each step, and at the end.

        Columns: replication, step, month, arm, `by`, track, state, people.
        """
        tracks, states = zip(*self.compiled.states, strict=True)
        axis = {"track": labels(tracks), "state": labels(states)}
        return self.table("people", self.counts("stock", by), by, axis)

    def moves(self, by: Sequence[str] = ()) -> pd.DataFrame:
        """Return how often each transition has happened in each step.

        Columns: replication, step, month, arm, `by`, transition, moves.
        """
        axis = {"transition": labels(self.compiled.transitions)}
        return self.table("moves", self.counts("event", by), by, axis)

    def entries(self, by: Sequence[str] = ()) -> pd.DataFrame:
        """Return how many have entered each group of states in each step.

        Columns: replication, step, month, arm, `by`, group, first (never there before), entries.
        """
        groups = {"group": labels(self.compiled.groups)}
        first = {"first": np.array([True, False])}
        return self.table("entries", self.counts("entry", by), by, groups, first)

    def units(self, by: Sequence[str] = ()) -> pd.DataFrame:
        """Return the units of each resource used in each step; `by` may name the area.

        What is used in a state is counted by who is there at the start of the step.

        Columns: replication, step, month, arm, `by`, resource, units.
        """
        return self._per_step("use", by, "resource", "units")

    def weights(self, by: Sequence[str] = ()) -> pd.DataFrame:
        """Return the sum of each outcome weight in each step; `by` may name the area.

        Columns: replication, step, month, arm, `by`, weight, amount.
        """
        return self._per_step("weight", by, "weight", "amount")

    def participants(self, by: Sequence[str] = ()) -> pd.DataFrame:
        """Return who has begun and who is in treatment in each step; `by` may name the area.

        Columns: replication, step, month, arm (not `without`), `by`, investment, started, treated.
        """
        by = _known(by, ["area"])
        axis = {"investment": labels(self.compiled.investments)}

        def table(name: str) -> pd.DataFrame:
            counts = np.moveaxis(self.treatments(name), 2, -1)[:, :, : len(self.steps)]
            return self.table(name, counts if by else counts.sum(axis=3), by, axis)

        return table("started").assign(treated=table("treated")["treated"])

    def investment_items(self) -> pd.DataFrame:
        """Return the investments' own units: what they cost by, not yet priced.

        Columns: replication, step, month, arm, investment, phase, item, units.
        """
        investments = {"investment": labels(self.compiled.investments)}
        plans = [one.fidelity for one in self.scenario.investments.values()]
        # The last item is there only where something is followed up.
        followed = any(one is not None and one.refresher is not None for one in plans)
        kept = ITEMS if followed else ITEMS[:-1]
        phases, items = {"phase": labels(PHASES)}, {"item": labels(kept)}
        units = self.investment_units[..., : len(kept)]
        return self.table("units", units, (), investments, phases, items)

    # ------------------------------------------------------------------------ arrays

    def counts(self, name: str, by: Sequence[str] = ()) -> Array:
        """Return one of the tally's counts (`stock`, `event`, `entry`, `arrivals`).

        Args:
            name: Which of them.
            by: Groupings to keep apart, in this order; the others are summed over.

        Returns:
            Axes (replications, arms, time, `by`..., kind...).
        """
        groupings = self.compiled.groupings
        by = _known(by, list(groupings))
        key = (name, *by)
        if key not in self._cache:
            # Cells are mixed-radix numbers with the area, the first grouping, as lowest digit.
            digits = list(reversed(groupings))
            sizes = [len(groupings[digit]) for digit in digits]
            summed = tuple(2 + n for n, digit in enumerate(digits) if digit not in by)
            kept = [digit for digit in digits if digit in by]
            order = [2 + kept.index(digit) for digit in by]

            def one(replication: Replication) -> Array:
                cells: Array = getattr(replication.tally, name)
                split = cells.reshape(*cells.shape[:2], *sizes, *cells.shape[3:])
                total = split.sum(axis=summed)
                return np.moveaxis(total, order, range(2, 2 + len(order)))

            self._cache[key] = np.stack([one(r) for r in self.replications])
        found: Array = self._cache[key]
        return found

    def used(self, kind: Kind) -> Units:
        """Return what is used of resources, or the outcome weights, by area.

        An effect on a use acts in its areas on everyone there, and on participants while they are
        in treatment. Those are counted by state but not by state and area at once, so that their
        part is shared between areas as all participants are: right in total, near in each area.
        """
        if kind not in self._cache:
            self._cache[kind] = UseCount(self, kind).units()
        found: Units = self._cache[kind]
        return found

    @cached_property
    def investment_units(self) -> Array:
        """The investments' own units, axes (..., n, investments, PHASES, ITEMS)."""
        clock, steps = self.compiled.clock, len(self.steps)
        shape = (len(self.replications), len(self.arms), steps)
        units = np.zeros((*shape, len(self.compiled.investments), len(PHASES), len(ITEMS)))
        for own in self.own_investments():
            project, new_way = (part[:, :-1] for part in self.delivery(own))
            running = self._running(project), self._area_shares @ new_way
            of_phase = new_way == 0, new_way > 0
            started, treated = (
                self.treatments(name)[:, own.arm - 1, own.number, :steps].swapaxes(-1, -2)
                for name in ("started", "treated")
            )
            found = units[:, own.arm, :, own.number]
            for phase in range(2):
                begins = np.flatnonzero(running[phase])[:1]
                found[:, begins, phase, ITEMS.index("start_up")] = 1.0
                year = clock.steps_in_year(np.arange(steps) - begins.sum())
                found[:, :, phase, ITEMS.index("running")] = running[phase] / year
                # An expected course does not know who takes part where nothing depends on it.
                begun, inside = (
                    np.nan_to_num(c * of_phase[phase]).sum(axis=1) for c in (started, treated)
                )
                found[:, :, phase, ITEMS.index("per_participant")] = begun
                months = inside * self.months_in_steps(own.investment)
                found[:, :, phase, ITEMS.index("per_participant_month")] = months
                again = refreshers(own.investment, clock)[self.steps]
                found[:, :, phase, ITEMS.index("refresher")] = running[phase] * again
            found[:, :, PHASES.index("replaced")] = -found[:, :, PHASES.index("new_way")]
        return units

    def preparation(self, investment: str) -> dict[str, Array]:
        """Return the share of each part of a preparation done in each step, (arms, n)."""
        spec = self.scenario.investments[investment]
        paths = preparation_path(spec, self.compiled.clock)
        found = {name: np.zeros((len(self.arms), len(self.steps))) for name in paths}
        for own in self.own_investments():
            if own.investment is spec:
                for name, path in paths.items():
                    found[name][own.arm] = path[self.steps]
        return found

    def _running(self, project: Array) -> Floats:
        """Return how much of a project runs: where areas begin or stop apart, by their shares."""
        whole = project.any(axis=1)
        apart = (project[whole] != project.max(axis=0)).any()
        shares = self._area_shares * whole
        return np.asarray(shares @ project / shares.sum() if apart else project.max(axis=0))

    def months_in_steps(self, investment: Investment) -> Floats:
        """Return how many months of treatment each step is, (n,).

        Those of a whole treatment add up, and where it has no length of its own, those of a year.
        """
        clock = self.compiled.clock
        if investment.duration is None:
            return 12 / clock.per_year * clock.lengths(self.steps)
        each = investment.duration / max(clock.months(investment.duration), 1)
        return np.full(len(self.steps), each)

    def delivery(self, own: Own) -> tuple[Array, Array]:
        """Return where a project runs and how far its new way has come, (areas, n + 1)."""
        compiled = self.compiled
        paths = coverage(own.investment, own.ending, compiled.clock, compiled.areas, own.stopped)
        project, new_way = (path[:, self.points] for path in paths)
        return project, new_way

    def own_investments(self) -> Iterator[Own]:
        """Yield every investment of every arm."""
        for arm, name in enumerate(self.compiled.arms, start=1):
            for investment, ending in self.scenario.arms[name].investments.items():
                number = self.compiled.investments.index(investment)
                clock, areas = self.compiled.clock, self.compiled.areas
                stopped = stopped_from(self.scenario, name, investment, clock, areas)
                yield Own(arm, number, self.scenario.investments[investment], ending, stopped)

    # ------------------------------------------------------------------------ parts

    def once(self, name: str, make: Callable[[], T]) -> T:
        """Return what `make` makes of these counts: it is made once, and kept by name."""
        if name not in self._cache:
            self._cache[name] = make()
        found: T = self._cache[name]
        return found

    def treatments(self, name: str) -> Array:
        """Return a count of treatments, by its name in a replication, without the arm `without`.

        Axes (replications, arms, investments, n for what is started and n + 1 for who is in
        treatment, areas or states).
        """
        if name not in self._cache:
            self._cache[name] = np.stack([getattr(r, name) for r in self.replications])
        found: Array = self._cache[name]
        return found

    @cached_property
    def _area_shares(self) -> Floats:
        areas = self.scenario.population.areas.values()
        shares = np.array([area.share.value for area in areas] or [1.0])
        return np.asarray(shares / shares.sum())

    def _per_step(self, kind: Kind, by: Sequence[str], axis: str, name: str) -> pd.DataFrame:
        by = _known(by, ["area"])
        units = self.used(kind)
        lengths = self.compiled.clock.lengths(self.steps)
        amounts = units.states[:, :, :-1] * lengths[:, None, None] + units.events
        amounts = amounts if by else amounts.sum(axis=3)
        return self.table(name, amounts, by, {axis: labels(units.names)})

    def table(self, name: str, values: Array, by: Sequence[str], *kinds: Axis) -> pd.DataFrame:
        """Return (replications, arms, time, `by`..., kinds...) as a tidy table.

        Arms may lack `without`, and time may lack the end.
        """
        clock = self.compiled.clock
        time = self.points[: values.shape[2]]
        months = [
            f"{year}-{month:02d}"
            for year, month in zip(clock.calendar_year(time), clock.month(time), strict=True)
        ]
        axes: list[Axis] = [
            {"replication": np.arange(len(self.replications))},
            {"arm": labels(self.arms[-values.shape[1] :])},
            {"step": time - clock.start, "month": months},
            *({grouping: labels(self.compiled.groupings[grouping])} for grouping in by),
            *kinds,
        ]
        table = tidy(name, values, axes)
        first = ["replication", "step", "month", "arm"]
        return table[first + [column for column in table.columns if column not in first]]


def _amounts(scenario: Scenario) -> tuple[Any, ...]:
    """Return where a scenario says how much is used, and at which points it is counted."""
    pathway = scenario.pathway
    said = pathway.tracks, pathway.transitions, pathway.entry, pathway.instruments
    return (*said, [*pathway.resources], scenario.economy.counting)


def _known(by: Sequence[str], groupings: Sequence[str]) -> list[str]:
    """Return `by` as a list, having made sure that counts are kept apart by each of them."""
    names = [by] if isinstance(by, str) else list(by)
    if unknown := [name for name in names if name not in groupings]:
        raise ValueError(f"counts are not kept apart by {unknown[0]}, only by {list(groupings)}")
    return names
