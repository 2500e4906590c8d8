"""Do the parts of a scenario fit together, and fit its pathway?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations

import numpy as np

from sisim.checks.check_condition import ConditionCheck
from sisim.checks.effect_order import clash
from sisim.checks.target_reachability import nobody
from sisim.scenario.dates import is_date, months_until
from sisim.scenario.document import Document
from sisim.scenario.economy import FUND
from sisim.scenario.errors import Reason, dotted
from sisim.scenario.features import Features
from sisim.scenario.follow_up import MEASURED
from sisim.scenario.numbers import numbers
from sisim.scenario.positions import Path
from sisim.scenario.scenario import (
    Cost,
    Effect,
    Families,
    Goal,
    Investment,
    JointDistribution,
    Persistence,
    Population,
    Scenario,
)
from sisim.scenario.steps import whole_steps

NEW_WAY = "new_way_of_working"


def instant(month: str) -> float:
    """Return when a month or a day begins, as a decimal year.

    Examples:
        >>> instant("2026-07")
        2026.5
    """
    return months_until(month) / 12 if is_date(month) else float(month[:4])


class ScenarioCheck(ConditionCheck):
    """Everything in a scenario that does not fit together."""

    def __init__(self, document: Document, features: Features, scenario: Scenario):
        super().__init__(document, features)
        self.scenario = scenario
        self.pathway = scenario.pathway
        self.start = instant(scenario.time.start)
        self.end = self.start + scenario.time.years
        self._population()
        for name, investment in scenario.investments.items():
            self._investment(("investments", name), investment)
        self._arms()
        self._order()
        self._economy()
        self._outcomes()
        for name, goal in scenario.goals.items():
            self._goal(("goals", name), goal)
        self._uncertainty()
        self._follow_up()
        # Those of the pathway are looked at with it.
        self.distributions(scenario.model_copy(update={"pathway": None}))

    def _population(self) -> None:
        population = self.scenario.population
        path: Path = ("population",)
        if (population.residents is None) == (population.cohort is None):
            self.say(path, Reason('Give either "residents" (open) or "cohort" (closed).'))
        for name, area in population.areas.items():
            if area.share.value <= 0:
                reason = Reason("The share of an area must be over 0.")
                self.say((*path, "areas", name, "share"), reason)
        if population.areas:
            shares = [area.share for area in population.areas.values()]
            self.sum_to_one((*path, "areas"), shares)
        for track, start in population.start.items():
            key = (*path, "start", track)
            if not self.refer(key, track, self.pathway.tracks, Reason("The track")):
                continue
            states = self.pathway.tracks[track].states
            for state in [start] if isinstance(start, str) else start:
                here = key if isinstance(start, str) else (*key, state)
                self.refer(here, state, states, Reason("The state"))
            if not isinstance(start, str):
                self.sum_to_one(key, start.values())
        self._start_ages(path, population)
        movers = population.movers_in
        if movers is not None:
            self.bands((*path, "movers_in"), movers.below, movers.shares, "shares")
            self.sum_to_one((*path, "movers_in", "shares"), movers.shares)
        if population.families is not None:
            self._families((*path, "families"), population.families)

    def _start_ages(self, path: Path, population: Population) -> None:
        below, shares = population.ages_below, population.age_shares
        if not below and not shares:
            return
        here = (*path, "ages_below" if below else "age_shares")
        if population.cohort is None:
            self.say(here, Reason('Only a closed "cohort" starts at given ages.'))
        if len(below) != len(shares):
            reason = Reason(
                "Ages: {ages}, shares: {shares}; there should be as many.",
                ages=len(below),
                shares=len(shares),
            )
            self.say(here, reason)
        self.increasing((*path, "ages_below"), [population.age, *below])
        if shares:
            self.sum_to_one((*path, "age_shares"), shares)

    def _families(self, path: Path, families: Families) -> None:
        if self.scenario.population.cohort is not None:
            reason = Reason('Siblings differ in age: families need "residents", not a "cohort".')
            self.say(path, reason)
        self.sum_to_one((*path, "children"), families.children)
        spacing = families.spacing
        self.increasing((*path, "spacing", "between"), spacing.between)
        if len(spacing.between) != len(spacing.shares) + 1:
            reason = Reason(
                "Values: {values}, limits: {edges}; there should be one limit more.",
                values=len(spacing.shares),
                edges=len(spacing.between),
            )
            self.say((*path, "spacing", "shares"), reason)
        self.sum_to_one((*path, "spacing", "shares"), spacing.shares)
        for index, name in enumerate(families.in_common):
            here = (*path, "in_common", index)
            valid = [n for n, a in self.pathway.attributes.items() if a.redraw is None]
            self.refer(here, name, valid, Reason("The attribute that is drawn once"))

    def _investment(self, path: Path, investment: Investment) -> None:
        starts = instant(investment.start)
        if starts >= self.end - 1e-9:
            reason = Reason(
                "The investment starts {start}, after the end of the scenario (start {first}, "
                "years {years}).",
                start=investment.start,
                years=float(self.scenario.time.years),
                first=self.scenario.time.start,
            )
            self.say((*path, "start"), reason)
        elif starts < self.start - 1e-9:
            reason = Reason(
                "The investment starts {start}, before the scenario, {first}.",
                start=investment.start,
                first=self.scenario.time.start,
            )
            self.say((*path, "start"), reason)
        if investment.unit == "family" and self.scenario.population.families is None:
            reason = Reason("It is given to families, and [population.families] is missing.")
            self.say((*path, "unit"), reason)
        self._target((*path, "target"), investment)
        self._selection((*path, "selection"), investment)
        for index, effect in enumerate(investment.effects):
            self._effect((*path, "effects", index), effect)
        if investment.fidelity is not None:
            fidelity = investment.fidelity
            self._course((*path, "fidelity"), fidelity.at, fidelity.share)
        self._payer((*path, "cost"), investment.cost)
        self._areas((*path, "areas"), investment.areas)
        self._delivery(path, investment)
        self._learning(path, investment)
        self._preparation((*path, "preparation"), investment)
        new_way = investment.new_way
        if new_way is not None:
            self._areas((*path, "new_way", "areas"), new_way.areas)
            self._payer((*path, "new_way", "cost"), new_way.cost)
            if new_way.replaces is not None:
                self._payer((*path, "new_way", "replaces"), new_way.replaces)

    def _delivery(self, path: Path, investment: Investment) -> None:
        """Look at when people and areas begin, and whose place an investment takes."""
        intake = investment.intake
        if intake is not None and intake > investment.years:
            reason = Reason(
                "Nobody can begin after the project has ended: intake {intake}, years {years}.",
                intake=float(intake),
                years=float(investment.years),
            )
            self.say((*path, "intake"), reason)
        if investment.interval:
            last = investment.interval * (len(investment.areas) - 1) / 12
            if not investment.areas:
                reason = Reason('With an "interval" the areas are listed in "areas", in order.')
                self.say((*path, "interval"), reason)
            elif last + investment.lead / 12 >= investment.taken_in:
                reason = Reason(
                    "Nobody is taken in any more when the last area begins: intake {intake}, last "
                    "area after {last} (years).",
                    intake=float(investment.taken_in),
                    last=last + investment.lead / 12,
                )
                self.say((*path, "interval"), reason)
        for index, name in enumerate(investment.stops):
            here = (*path, "stops", index)
            valid = self.scenario.investments
            if self.refer(here, name, valid, Reason("The investment")):
                stops = {key: one.stops for key, one in self.scenario.investments.items()}
                ring = _ring(stops, str(path[-1]), name)
                if ring:
                    reason = Reason(
                        "The investments stop each other: {names}.", names=" → ".join(ring)
                    )
                    self.say(here, reason)

    def _learning(self, path: Path, investment: Investment) -> None:
        """Look at what grows with the cases, and at what drifts, if there is anything to."""
        fidelity, followed = investment.fidelity, investment.cost.refresher.value > 0
        if investment.new_way is not None:
            followed |= investment.new_way.cost.refresher.value > 0
        if investment.learning is not None and not any(
            effect.acts_on == "participants" and effect.on != ["entry"]
            for effect in investment.effects
        ):
            reason = Reason(
                "Learning is by cases, and no effect is on participants: an effect on an area "
                'grows by "fidelity".'
            )
            self.say((*path, "learning"), reason)
        if fidelity is not None and fidelity.refresher is not None and fidelity.decay is None:
            reason = Reason('A follow-up brings back what has been lost: give "decay", too.')
            self.say((*path, "fidelity", "refresher"), reason)
        if followed and (fidelity is None or fidelity.refresher is None):
            reason = Reason('There is no follow-up to pay for: give "fidelity.refresher", months.')
            self.say((*path, "cost"), reason)

    def _preparation(self, path: Path, investment: Investment) -> None:
        """Look at what comes before the first case: in what order, and whether it leaves time."""
        parts = investment.preparation
        for name, part in parts.items():
            here = (*path, name, "after")
            for index, before in enumerate(part.after):
                known = self.refer((*here, index), before, parts, Reason("The preparation"))
                if known and _ring({key: one.after for key, one in parts.items()}, name, before):
                    reason = Reason("What is prepared waits for itself: {name}.", name=name)
                    self.say((*here, index), reason)
                    return
        if investment.lead / 12 >= investment.taken_in:
            reason = Reason(
                "Nobody can begin before the preparation is done: preparation {months} (months), "
                "intake {intake} (years).",
                months=investment.lead,
                intake=float(investment.taken_in),
            )
            self.say(path, reason)

    def _complement(self, path: Path, effect: Effect) -> None:
        """Look at what an effect is whole with."""
        assert effect.complement is not None
        name, own = effect.complement.investment, path[1]
        valid = [other for other in self.scenario.investments if other != own]
        here = (*path, "complement")
        self.refer((*here, "investment"), name, valid, Reason("Another investment"))
        on_transitions = all(one in self.pathway.transitions for one in effect.on)
        if effect.acts_on == "area" or not on_transitions:
            reason = Reason(
                "Only an effect on transitions of participants can need another investment to be "
                "whole."
            )
            self.say(here, reason)

    def _target(self, path: Path, investment: Investment) -> None:
        if self.condition(path, investment.target) and not self.document.made_up:
            why = nobody(self.scenario, self.features, investment)
            if why:
                reason = Reason("Nobody can ever be in the target group: {why}.", why=why[0])
                self.say(path, reason)

    def _selection(self, path: Path, investment: Investment) -> None:
        selection = investment.selection
        if selection.risk_of is not None:
            valid = self.pathway.transitions
            self.refer((*path, "risk_of"), selection.risk_of, valid, Reason("The transition"))
        elif selection.rule == "highest_risk":
            self.say(path, Reason('The key "{key}" is missing.', key="risk_of"))

    def _effect(self, path: Path, effect: Effect) -> None:
        more = [key for key in ("adds", "sets") if getattr(effect, key) is not None]
        uses = list(self._use_names(everywhere=bool(more)))
        for index, name in enumerate(effect.on):
            here = (*path, "on", index)
            if name.startswith(("use:", "weight:")):
                self.refer(here, name, uses, Reason("The use"))
                continue
            valid = [*self.pathway.transitions, "entry", *uses]
            if self.refer(here, name, valid, Reason("The transition")) and more:
                reason = Reason("Only a use or a weight is an amount that can be added to, or set.")
                self.say((*path, more[0]), reason)
        if effect.sets is not None and (effect.adds is not None or effect.ratio.value != 1):
            reason = Reason('What is set anew has no "ratio", and nothing "adds" to it.')
            self.say((*path, "sets"), reason)
        self._limits(path, effect)
        if effect.complement is not None:
            self._complement(path, effect)
        self._follows(path, effect)
        if effect.ratio.value < 0:
            self.say((*path, "ratio"), Reason("A multiplier cannot be negative."))
        if effect.modifier is not None:
            valid = [
                n for n in self.pathway.attributes if self.features.is_number(f"attribute.{n}")
            ]
            self.refer((*path, "modifier"), effect.modifier, valid, Reason("The numeric attribute"))
        self._persistence((*path, "persistence"), effect.persistence)

    def _limits(self, path: Path, effect: Effect) -> None:
        """Look at when an effect acts: in which states, and in which part of a treatment."""
        for track, names in effect.only_in.items():
            here = (*path, "only_in", track)
            if self.refer(here, track, self.pathway.tracks, Reason("The track")):
                valid = self.features.allowed(f"state.{track}")
                for index, name in enumerate(names):
                    self.refer((*here, index), name, valid, Reason("The state"))
        on_transitions = all(name in self.pathway.transitions for name in effect.on)
        if effect.only_in and not on_transitions:
            reason = Reason(
                "Only an effect on transitions can look at other tracks: what is used is counted "
                "state by state. Give the use itself a factor."
            )
            self.say((*path, "only_in"), reason)
        if "months" in effect.model_fields_set:
            low, high = effect.months.from_, effect.months.below
            if effect.acts_on == "area" or not on_transitions:
                reason = Reason(
                    "Only an effect on transitions of participants has a part of their treatment."
                )
                self.say((*path, "months"), reason)
            elif high is not None and high <= low:
                reason = Reason('"below" ({high}) is not over "from" ({low}).', high=high, low=low)
                self.say((*path, "months"), reason)

    def _order(self) -> None:
        """Look at effects whose result depends on which comes first, and that say nothing of it."""
        said = set()
        for arm in self.scenario.arms.values():
            effects = [
                (name, number, effect)
                for name in arm.investments
                if name in self.scenario.investments
                for number, effect in enumerate(self.scenario.investments[name].effects)
            ]
            for (one, a, first), (other, b, second) in combinations(effects, 2):
                path = ("investments", other, "effects", b)
                if path in said or self.doubtful(path) or first.order != second.order:
                    continue
                on = clash(self.pathway, first, second, together=one == other)
                if on is not None:
                    said.add(path)
                    reason = Reason(
                        "What {one} and {other} make of {name} depends on which acts first: give "
                        'them an "order" each.',
                        one=dotted(("investments", one, "effects", a)),
                        other=dotted(path),
                        name=on,
                    )
                    self.say((*path, "on"), reason)

    def _follows(self, path: Path, effect: Effect) -> None:
        """Look at what an effect brings with it: what is given instead, and a risk."""
        for key in ("instead", "harm"):
            if getattr(effect, key) is not None and not any(
                name in self.pathway.transitions for name in effect.on
            ):
                reason = Reason(
                    "It follows where a transition is prevented or hastened, and the effect is on "
                    "none."
                )
                self.say((*path, key), reason)
        if effect.instead is not None:
            for key in ("uses", "once"):
                for name in getattr(effect.instead, key):
                    what = Reason("There is no price: the resource")
                    self.refer((*path, "instead", key, name), name, self.pathway.resources, what)
            if not (effect.instead.uses or effect.instead.once):
                reason = Reason('Nothing is given: name a resource in "uses" or "once".')
                self.say((*path, "instead"), reason)
        if effect.harm is not None:
            for index, name in enumerate(effect.harm.on):
                here = (*path, "harm", "on", index)
                self.refer(here, name, self.pathway.transitions, Reason("The transition"))

    def _use_names(self, everywhere: bool) -> Iterator[str]:
        """Return the uses and weights an effect may act on; it may add to them `everywhere`."""
        for track in self.pathway.tracks.values():
            for state, spec in track.states.items():
                for head, all_, own in (
                    ("use", self.pathway.resources, spec.uses),
                    ("weight", self.pathway.weights, spec.weights),
                ):
                    for name in all_ if everywhere else own:
                        yield f"{head}:{name}@{state}"
                    for name in own:
                        yield f"{head}:{name}"

    def _persistence(self, path: Path, persistence: Persistence) -> None:
        if persistence.kind in ("half_life", "linear"):
            if persistence.years is None or persistence.years.value <= 0:
                reason = Reason('"{kind}" needs "years", over 0.', kind=persistence.kind)
                self.say(path, reason)
        elif persistence.kind == "table":
            self._course(path, persistence.at, persistence.share)

    def _course(self, path: Path, at: list[float], share: list[float]) -> None:
        if not at or len(at) != len(share):
            self.say(path, Reason('"at" and "share" need equally many values, at least one.'))
        self.increasing((*path, "at"), at)

    def _payer(self, path: Path, cost: Cost) -> None:
        valid = [*self.pathway.administrations, *(self.scenario.funds or [FUND])]
        key = (*path, "payer")
        if isinstance(cost.payer, str):
            self.refer(key, cost.payer, valid, Reason("The administration"))
            return
        for name in cost.payer:
            self.refer((*key, name), name, valid, Reason("The administration"))
        self.sum_to_one(key, cost.payer.values())

    def _areas(self, path: Path, areas: list[str]) -> None:
        for index, name in enumerate(areas):
            self.refer((*path, index), name, self.scenario.population.areas, Reason("The area"))

    def _arms(self) -> None:
        for name, arm in {**self.scenario.arms, **self.scenario.gated}.items():
            path = ("arms", name)
            if name == "without":
                self.say(path, Reason('"without" is always there, and cannot be given.'))
            for investment, ending in arm.investments.items():
                key = (*path, "investments", investment)
                valid = self.scenario.investments
                if not self.refer(key, investment, valid, Reason("The investment")):
                    continue
                if ending == NEW_WAY and valid[investment].new_way is None:
                    reason = Reason(
                        'The investment "{name}" has no [new_way] to end in.', name=investment
                    )
                    self.say(key, reason)

    def _economy(self) -> None:
        drift = self.scenario.drift
        for table in ("volumes", "prices"):
            for name, change in getattr(drift, table).items():
                self.yearly_change(("drift", table, name), change)
        self.yearly_change(("drift", "inflation"), drift.inflation)
        self.yearly_change(("population", "growth"), self.scenario.population.growth)
        for name in drift.volumes:
            valid: Iterable[str] = self.pathway.transitions
            self.refer(("drift", "volumes", name), name, valid, Reason("The transition"))
        for name in drift.prices:
            valid = {resource.price_type for resource in self.pathway.resources.values()}
            self.refer(
                ("drift", "prices", name),
                name,
                sorted({*valid, "general"}),
                Reason("The price type"),
            )
        economy = self.scenario.economy
        if economy.counting == "weights" and not economy.weights:
            self.say(("economy",), Reason('The key "{key}" is missing.', key="weights"))
        elif economy.counting == "weights":
            time = self.scenario.time
            points = whole_steps((time.history + time.years) * self.pathway.steps_per_year) + 1
            if len(economy.weights) != points:
                reason = Reason(
                    "Weights: {weights}; points, the start of every step and the end: {points}. "
                    "There should be as many.",
                    weights=len(economy.weights),
                    points=points,
                )
                self.say(("economy", "weights"), reason)

    def _outcomes(self) -> None:
        for name, outcome in self.scenario.outcomes.items():
            path = ("outcomes", name)
            if (outcome.group is None) == (outcome.transition is None):
                self.say(path, Reason('Give either "group" or "transition".'))
            elif (outcome.count == "events") != (outcome.transition is not None):
                reason = Reason('A transition has "events"; a group has a "stock" or "entries".')
                self.say((*path, "count"), reason)
            if outcome.group is not None:
                valid: Mapping[str, object] = self.pathway.groups
                self.refer((*path, "group"), outcome.group, valid, Reason("The group"))
            self._where((*path, "where"), outcome.where)
            if outcome.transition is not None:
                valid = self.pathway.transitions
                key = (*path, "transition")
                self.refer(key, outcome.transition, valid, Reason("The transition"))
        figures = self.scenario.figures
        if figures is not None:
            for role, arm in (("project", figures.project), ("new_way", figures.new_way)):
                self.refer(("figures", role), arm, self.scenario.arms, Reason("The arm"))
            self.refer(("figures", "case"), figures.case, self.pathway.groups, Reason("The group"))
            if figures.year is not None:
                self._marked(("figures", "year"), figures.year)

    def _marked(self, path: Path, year: int) -> None:
        """Look whether the marked year can be compared: a part of a year cannot, with a whole."""
        time = self.scenario.time
        whole = time.whole_years
        if not whole:
            reason = Reason(
                "The figures compare whole years, and {years} of one is simulated: give more "
                '"years" under [time].',
                years=time.years,
            )
            self.say(path, reason)
        elif year in time.all_years and year not in whole:
            reason = Reason(
                "Only a part of the year {year} is simulated, and the figures compare whole "
                'years: mark {last} or one before it, or give more "years" under [time].',
                year=str(year),
                last=str(whole[-1]),
            )
            self.say(path, reason)
        else:
            self.within(path, year, whole)

    def _follow_up(self) -> None:
        if self.scenario.follow_up is not None:
            for name in self.scenario.follow_up.by:
                self.refer(("follow_up", "by", name), name, MEASURED, Reason("The measure"))

    def _goal(self, path: Path, goal: Goal) -> None:
        if goal.delivery is not None:
            valid = self.scenario.investments
            self.refer((*path, "delivery"), goal.delivery, valid, Reason("The investment"))
        if (goal.delivery is None) == (goal.group is None) or (goal.group is None) != (
            goal.of is None
        ):
            self.say(path, Reason('Give either "group" and "of", or "delivery".'))
        for key, group in (("group", goal.group), ("of", goal.of)):
            if group is not None:
                self.refer((*path, key), group, self.pathway.groups, Reason("The group"))
        self._where((*path, "where"), goal.where)

    def _where(self, path: Path, where: dict[str, list[str]]) -> None:
        valid = {"area": self.features.categories("area") or []} | {
            name: grouping.bands or self.features.categories(grouping.feature) or []
            for name, grouping in self.pathway.groupings.items()
        }
        for name, categories in where.items():
            if self.refer((*path, name), name, valid, Reason("The grouping")):
                for index, category in enumerate(categories):
                    here = (*path, name, index)
                    self.refer(here, category, valid[name], Reason("The category"))

    def _uncertainty(self) -> None:
        known = dict(numbers(self.scenario)) if self.scenario.uncertainty else {}
        for name, joint in self.scenario.uncertainty.items():
            path = ("uncertainty", name)
            for index, number in enumerate(joint.paths):
                names = [key.removeprefix("pathway.") for key in known]
                self.refer(
                    (*path, "paths", index),
                    number.removeprefix("pathway."),
                    names,
                    Reason("The number"),
                )
                followed = known.get(number) or known.get(f"pathway.{number}")
                if followed is not None and followed.formula is not None:
                    reason = Reason(
                        '"{name}" follows from a formula: draw the parameters in it instead.',
                        name=number,
                    )
                    self.say((*path, "paths", index), reason)
            if joint.on == "log" and joint.distribution != "multivariate_normal":
                reason = Reason("Only a multivariate normal is drawn on logarithms.")
                self.say((*path, "on"), reason)
            if joint.distribution == "draws":
                self._rows(path, joint)
                continue
            given = {"dirichlet": joint.alpha, "multivariate_normal": joint.mean}
            values = given[joint.distribution]
            if len(values) != len(joint.paths):
                reason = Reason(
                    "There are {values} values and {paths} paths; there should be as many.",
                    values=len(values),
                    paths=len(joint.paths),
                )
                self.say(path, reason)
                continue
            if joint.distribution == "dirichlet":
                fits = all(a > 0 for a in joint.alpha)
            else:
                fits = _is_covariance(joint.covariance, len(joint.paths))
            if not fits:
                reason = Reason(
                    'There is no "{name}" distribution with these parameters.',
                    name=joint.distribution,
                )
                self.say(path, reason)

    def _rows(self, path: Path, joint: JointDistribution) -> None:
        if not joint.rows and joint.file is None:
            reason = Reason('There are no draws: give a "file", or "rows".')
            self.say(path, reason)
        for index, row in enumerate(joint.rows):
            if len(row) != len(joint.paths):
                reason = Reason(
                    "There are {values} values and {paths} paths; there should be as many.",
                    values=len(row),
                    paths=len(joint.paths),
                )
                self.say((*path, "rows", index), reason)
                break


def _ring(following: Mapping[str, list[str]], first: str, name: str) -> list[str]:
    """Return how one comes back to itself by way of another; empty: it does not.

    Args:
        following: What each leads to.
        first: The one.
        name: The other, to which it leads.
    """
    trails = [[first, name]]
    while trails:
        trail = trails.pop()
        if trail[-1] == first:
            return trail
        after = following.get(trail[-1], [])
        trails += [[*trail, other] for other in after if other not in trail[1:]]
    return []


def _is_covariance(rows: list[list[float]], size: int) -> bool:
    if len(rows) != size or any(len(row) != size for row in rows):
        return False
    matrix = np.array(rows, float)
    if not np.allclose(matrix, matrix.T):
        return False
    return bool(size == 0 or np.linalg.eigvalsh(matrix).min() > -1e-9 * max(1.0, matrix.max()))
