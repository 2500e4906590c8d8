"""From a checked scenario to the tables of the kernel."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sisim.engine import kernel
from sisim.engine.bounds import cross_track_tables
from sisim.engine.clock import Clock
from sisim.engine.draws import purpose_code
from sisim.engine.effects import area_strength, fidelity_path, persistence, phase_code
from sisim.engine.population import category_bounds
from sisim.engine.tables import (
    AGE,
    AGE_CALENDAR,
    AREA,
    ATTRIBUTE,
    BANDS,
    CYCLE,
    DIRECT,
    EFFECT,
    EXPOSURE,
    LOOK_UP,
    MAX_OUT,
    MONTH,
    MOST_CLASSES,
    NEW_WAY_HERE,
    NUMBER,
    ODDS_RATIO,
    PER_MILLE,
    PROBABILITY,
    RATE,
    RATE_RATIO,
    RELATIVE_RISK,
    SHARE,
    STATE,
    TIME_IN_GROUP,
    TIME_IN_STATE,
    TIME_SINCE_GROUP,
    TIMES,
    TREATMENT,
    VISITS,
    VISITS_WINDOW,
    WHEN_AGE,
    WHEN_CYCLE,
    WHEN_MONTH,
    YEAR,
    CalendarRow,
    Compiled,
    DestinationRow,
    EffectRow,
    FactorReference,
    FeatureRow,
    FeatureTables,
    ReferenceRow,
    RunLayout,
    StateRow,
    Tables,
    TimingRow,
    TrackRow,
    TransitionRow,
    TransitionTables,
    UseRow,
)
from sisim.scenario.pathway import Factor, Pathway, Scale
from sisim.scenario.scenario import Bounds, Effect, Scenario
from sisim.scenario.types import Number


def compile_scenario(scenario: Scenario) -> Compiled:
    """Return the tables of `scenario`."""
    clock = Clock.of(scenario)
    build = _Builder(scenario, clock)
    arms = list(scenario.arms)
    uses, use_rows = _history_uses(build)
    groupings, edges, age_radix, by_attribute = _groupings(build)
    target, alternative = _targets(build)
    # Effects come last in the rule, so that a state's features stand before its effects'.
    rule, names = _rule(build, arms)
    effects = list(_own_effects(scenario, arms, names))
    acting = _acting(scenario, clock, build.areas, build.numbers, effects)
    sight = _sight(build, acting)
    kernel.tabulate_constant_chances(
        rule, sight.track, np.empty((max(len(build.features), 1), 1)), np.empty((MAX_OUT, 1))
    )
    age = np.arange(_oldest(scenario, clock) + 1)
    of_state, groups = np.nonzero(sight.member.T)
    numbers = np.arange(len(rule.state))
    rule.state["group_first"] = np.searchsorted(of_state, numbers, "left")
    rule.state["group_last"] = np.searchsorted(of_state, numbers, "right")
    background = _background(build)
    layout = RunLayout(
        n_tracks=len(build.tracks),
        first_step=clock.first_moment,
        history=clock.history,
        gone=len(build.states),
        age_radix=age_radix,
        p_entry=purpose_code("entry"),
        max_age=_oldest(scenario, clock) + 1
        if scenario.population.cohort is not None
        else clock.steps(scenario.population.max_age),
        steps_per_risk_age=max(round(clock.per_year), 1),
        risk_ages_per_step=1.0 / max(round(clock.per_year), 1),
        # Where no risk depends on age, one bound holds for all ages.
        risk_ages=1 + int(scenario.population.max_age) * _by_age(build),
        risk_backgrounds=int(np.prod([size for _, size in background])),
        track=sight.track,
        state=rule.state,
        group_track=sight.group_track,
        state_group=groups.astype(np.int32),
        group_window=np.array(
            [build.windowed.index(g) if g in build.windowed else -1 for g in build.groups], np.int32
        ),
        member=sight.member,
        cell_edges=np.array(edges, np.int32),
        cell_age=np.searchsorted(edges, age, side="right").astype(np.int32),
        start_share=_start_shares(build),
        **acting.layout,
        may_diverge=_may_diverge(build, rule, len(arms)),
        use=use_rows,
        **cross_track_tables(rule, sight, build.references)._asdict(),
    )
    return Compiled(
        scenario=scenario,
        clock=clock,
        tables=Tables(rule, sight, layout, target, alternative),
        tracks=build.track_names,
        states=build.states,
        transitions=names,
        groups=build.groups,
        arms=arms,
        investments=build.investments,
        areas=build.areas,
        features=build.feature_names,
        references=build.references,
        attributes=build.attributes,
        numbers=build.numbers,
        shares=build.shares,
        uses=uses,
        groupings=groupings,
        grouping_attributes=by_attribute,
        background=background,
        windows=len(build.windowed),
    )


class _Builder:
    """Collects features, tables and factor references while a scenario is compiled."""

    def __init__(self, scenario: Scenario, clock: Clock) -> None:
        self.scenario = scenario
        self.pathway: Pathway = scenario.pathway
        self.clock = clock
        self.areas = list(scenario.population.areas) or ["all"]
        self.investments = list(scenario.investments)
        redrawn = {n for n, a in self.pathway.attributes.items() if a.redraw is not None}
        self.redrawn = redrawn
        self.attributes = [
            n for n, a in self.pathway.attributes.items() if a.shares and n not in redrawn
        ]
        self.numbers = [n for n, a in self.pathway.attributes.items() if a.distribution]
        self.tracks: dict[str, list[str]] = {
            name: list(track.states) for name, track in self.pathway.tracks.items()
        }
        # A background that is redrawn is one more track: its categories are states.
        for name in self.pathway.attributes:
            if name in redrawn:
                self.tracks[f"attribute:{name}"] = list(self.pathway.attributes[name].shares)
        self.track_names = list(self.tracks)
        self.states = [(t, s) for t, names in self.tracks.items() for s in names]
        self.number_of = {pair: n for n, pair in enumerate(self.states)}
        self.groups = list(self.pathway.groups)
        self.windowed: list[str] = []
        self.features: dict[tuple[int, int, int], int] = {}
        self.feature_names: list[str] = []
        self.references: list[FactorReference] = []
        self.shares: list[tuple[str, str]] = []
        self.state_feature: list[int] = []
        years = clock.year(np.arange(clock.end + 1))
        self.first_year = int(years[0]) if len(years) else 0
        self.last_year = int(years[-1]) if len(years) else 0

    def feature(
        self, name: str, window: float | None = None, among: str = "area", track: str | None = None
    ) -> int:
        """Return the number of a feature, given as in a file; `track` is whose time is meant."""
        head, _, rest = name.partition(".")
        argument, steps = 0, 0
        match head:
            case "age":
                kind = AGE_CALENDAR if rest == "calendar" else AGE
            case "time_in_state":
                kind, argument = (
                    TIME_IN_STATE,
                    0 if track is None else self.track_names.index(track),
                )
            case "time_in":
                kind, argument = TIME_IN_GROUP, self.groups.index(rest)
            case "time_since":
                kind, argument = TIME_SINCE_GROUP, self.groups.index(rest)
            case "visits":
                kind, argument = VISITS, self.groups.index(rest)
                if window is not None:
                    if rest not in self.windowed:
                        self.windowed.append(rest)
                    kind, argument = VISITS_WINDOW, self.windowed.index(rest)
                    steps = self.clock.months(window)
            case "attribute" if rest in self.redrawn:
                kind, argument = STATE, self.track_names.index(f"attribute:{rest}")
            case "attribute" if rest in self.numbers:
                kind, argument = NUMBER, self.numbers.index(rest)
            case "attribute":
                kind, argument = ATTRIBUTE, self.attributes.index(rest)
            case "state":
                kind, argument = STATE, self.track_names.index(rest)
            case "area":
                kind = AREA
            case "calendar":
                kind = {"month": MONTH, "year": YEAR, "step": CYCLE}[rest]
            case "share":
                pair = (rest, among)
                if pair not in self.shares:
                    self.shares.append(pair)
                kind, argument = SHARE, self.shares.index(pair)
            case _:
                kind, argument = EXPOSURE, self.investments.index(rest)
        return self.number(kind, argument, steps, name)

    def number(self, kind: int, argument: int, steps: int, name: str) -> int:
        """Return the number of a feature, giving it one when it is new."""
        found = self.features.setdefault((kind, argument, steps), len(self.features))
        if found == len(self.feature_names):
            self.feature_names.append(name)
        return found

    def unit(self, name: str, unit: str | None) -> float:
        """Return how many steps one unit of a feature's bounds is; 1 for counts."""
        head = name.split(".")[0]
        if name == "age.calendar" or head in ("visits", "calendar", "attribute"):
            return 1.0
        if head == "share":
            return float(PER_MILLE)
        chosen = unit or ("year" if head == "age" else "month")
        return {"year": self.clock.per_year, "month": self.clock.per_year / 12, "step": 1.0}[chosen]

    def categories(self, name: str) -> list[str]:
        """Return the category names of a categorical feature, in code order."""
        head, _, rest = name.partition(".")
        if head == "area":
            return self.areas
        if head == "exposure":
            return ["never", "during", "after"]
        if head == "state":
            return self.tracks[rest]
        return list(self.pathway.attributes[rest].shares)

    def values(self, factor: Factor) -> NDArray[np.float64]:
        """Return a factor's table by whole-number feature value; the last cell is `otherwise`."""
        assert factor.feature is not None
        name = factor.feature
        otherwise = 1.0 if factor.otherwise is None else factor.otherwise.value
        if factor.direct:
            return np.array([1.0, otherwise])
        if factor.shape is not None:
            return np.append(self._shape(factor), otherwise)
        if isinstance(factor.values, dict):
            default = 1.0 if factor.default is None else factor.default.value
            names = self.categories(name)
            found = np.full(len(names), default)
            for key, value in factor.values.items():
                if key in self.groups and key not in names:
                    for member in self.pathway.groups[key].states:
                        found[names.index(member)] = value.value
                else:
                    found[names.index(key)] = value.value
            return np.append(found, otherwise)
        scale = self.unit(name, factor.unit)
        shift = self.first_year if name == "calendar.year" else 0
        edges = [max(int(np.ceil(edge * scale - 1e-9)) - shift, 0) for edge in factor.below]
        length = (edges[-1] if edges else 0) + 1
        band = np.searchsorted(edges, np.arange(length), side="right")
        return np.append(np.array([v.value for v in factor.values])[band], otherwise)

    def _shape(self, factor: Factor) -> NDArray[np.float64]:
        """Return a named hazard's mean over each step, per year: exact for whoever stays."""
        p = {name: value.value for name, value in factor.parameters.items()}
        edges = np.arange(self.clock.end + self.clock.steps(120) + 2) / self.clock.per_year
        match factor.shape:
            case "weibull":
                cumulative = (edges / p["scale"]) ** p["shape"]
            case "gompertz":
                growth = np.minimum(p["b"] * edges, 700.0)
                cumulative = p["a"] * (np.expm1(growth) / p["b"] if p["b"] else edges)
            case _:
                cumulative = p["a"] * edges
        return np.diff(cumulative) * self.clock.per_year

    def reference(
        self, name: str, factor: Factor, kind: int, track: str | None = None
    ) -> FactorReference:
        """Return a factor as used on a rate or a probability."""
        assert factor.feature is not None
        how = DIRECT if factor.direct else LOOK_UP
        if how == LOOK_UP and factor.feature.partition(".")[2] in self.numbers:
            how = BANDS
        return FactorReference(
            name,
            self.feature(factor.feature, factor.window, factor.among, track),
            self.bands(factor) if how == BANDS else self.values(factor),
            scale_code(factor.scale, kind),
            how,
        )

    def bands(self, factor: Factor) -> NDArray[np.float64]:
        """Return the edges and then the values of a factor over a number."""
        assert isinstance(factor.values, list)
        return np.array([*factor.below, *(value.value for value in factor.values)])

    def flatten(self, names: list[str]) -> list[str]:
        """Return factors with every product replaced by its parts."""
        found: list[str] = []
        for name in names:
            parts = self.pathway.factors[name].product
            found += self.flatten(list(parts)) if parts else [name]
        return found

    def add(self, names: list[str], kind: int, track: str) -> tuple[int, int]:
        """Append the references of `names`; return their range."""
        first = len(self.references)
        for name in self.flatten(names):
            self.references.append(self.reference(name, self.pathway.factors[name], kind, track))
        return first, len(self.references)


def scale_code(scale: Scale | None, kind: int) -> int:
    """Return how a multiplier acts on a rate or a probability; natural scales just multiply."""
    natural = "rate_ratio" if kind == RATE else "relative_risk"
    if scale is None or scale == natural:
        return TIMES
    return {
        "rate_ratio": RATE_RATIO,
        "odds_ratio": ODDS_RATIO,
        "relative_risk": RELATIVE_RISK,
    }[scale]


def _oldest(scenario: Scenario, clock: Clock) -> int:
    """Return an age, in steps, that nobody exceeds."""
    return clock.steps(max(scenario.population.max_age, scenario.population.age)) + clock.end + 1


def _rule(build: _Builder, arms: list[str]) -> tuple[TransitionTables, list[str]]:
    """Return the rule's arrays and the names of the transitions."""
    scenario, pathway, clock = build.scenario, build.pathway, build.clock
    names: list[str] = []
    rows: list[tuple[int, int, float, int, int, int, int]] = []
    destinations: list[tuple[int, float, int, int]] = []
    drift = []
    origins: list[list[int]] = []
    orders: list[tuple[int, int]] = []
    since = np.maximum(clock.years(np.arange(clock.end + 1)), 0)

    def add(
        name: str,
        track: str,
        kind: int,
        base: float,
        references: tuple[int, int],
        to: list[tuple[str, float, list[str]]],
    ) -> None:
        first = len(destinations)
        for state, share, factors in to:
            number = build.number_of[track, state]
            destinations.append((number, share, *build.add(factors, RATE, track)))
        rows.append((kind, 0, base, *references, first, len(destinations)))
        names.append(name)
        growth = scenario.drift.volumes.get(name, Number(value=0)).value
        drift.append((1 + growth) ** since)

    for name, transition in pathway.transitions.items():
        track = transition.track
        if transition.rate is not None:
            kind, base = RATE, transition.rate.per_year / clock.per_year
        else:
            assert transition.probability is not None
            kind, base = PROBABILITY, transition.probability.value
        first, _ = build.add(list(transition.factors), kind, track)
        if (moment := transition.schedule) is not None:
            for when, value in (
                (WHEN_MONTH, moment.month),
                (WHEN_AGE, None if moment.age is None else clock.steps(moment.age)),
                (WHEN_CYCLE, moment.cycle),
            ):
                if value is not None:
                    build.references.append(
                        FactorReference(
                            name="schedule",
                            feature=build.number(when, value, 0, "schedule"),
                            values=np.array([0.0, 1.0, 0.0]),
                            scale=TIMES,
                        )
                    )
        to = [(s, d.share.value, list(d.factors)) for s, d in transition.to.items()]
        add(name, track, kind, base, (first, len(build.references)), to)
        origins.append([build.number_of[track, s] for s in transition.origin])
        orders.append((transition.order, 0 if kind == PROBABILITY else 1))
    for name in (n for n in pathway.attributes if n in build.redrawn):
        attribute, track = pathway.attributes[name], f"attribute:{name}"
        assert attribute.redraw is not None
        here = len(build.references)
        categories = [(s, share.value, list[str]()) for s, share in attribute.shares.items()]
        base = attribute.redraw.per_year / clock.per_year
        add(f"redraw:{name}", track, RATE, base, (here, here), categories)
        origins.append([build.number_of[track, s] for s in attribute.shares])
        orders.append((1, 1))

    effects = _effects(build, names, [row[0] for row in rows], arms)
    transition_rows = np.array(rows, TransitionRow)
    ranks = {order: n for n, order in enumerate(sorted(set(orders)))}
    transition_rows["stage"] = [ranks[order] for order in orders]
    state_rows = np.zeros(len(build.states) + 1, StateRow)
    sole = [_sole(destinations[slice(*row[5:7])]) for row in rows]
    out: list[int] = []
    state_feature: list[int] = []
    destination_rows = np.array(destinations, DestinationRow)
    for number, (track, state) in enumerate(build.states):
        leaving = sorted(
            (t for t, states in enumerate(origins) if number in states),
            key=lambda t: (orders[t], t),
        )
        row = state_rows[number]
        row["track"] = build.track_names.index(track)
        row["exit"] = track in pathway.tracks and pathway.tracks[track].states[state].exit
        row["first"], row["last"] = len(out), len(out) + len(leaving)
        row["stages"] = len({orders[t] for t in leaving})
        row["weighted"] = any(
            d[3] > d[2] for t in leaving for d in destinations[slice(*rows[t][5:7])]
        )
        out += leaving
        ranges = [(rows[t][3], rows[t][4]) for t in leaving]
        ranges += [d[2:4] for t in leaving for d in destinations[rows[t][5] : rows[t][6]]]
        base_features = _features(build, ranges)
        more = _features(
            build,
            [(first, last) for a in range(len(arms) + 1) for first, last in effects[a, leaving]],
        )
        row["feature_first"] = len(state_feature)
        row["feature_base"] = len(state_feature) + len(base_features)
        state_feature += base_features + [f for f in more if f not in base_features]
        row["feature_last"] = len(state_feature)
        # Nothing but the state itself decides: the chances are worked out once.
        own_state = build.features.get((STATE, int(row["track"]), 0), -1)
        row["constant"] = (
            set(base_features) <= {own_state}
            and not more
            and all((drift[t] == 1.0).all() for t in leaving)
        )
        row["tabulated"] = (
            row["constant"] and row["stages"] == 1 and all(sole[t] >= 0 for t in leaving)
        )
    build.state_feature = state_feature
    plain = state_rows[state_rows["tabulated"] == 1]
    most = int((plain["last"] - plain["first"]).max(initial=1)) - 1
    reference_rows = np.zeros(len(build.references), ReferenceRow)
    offset = 0
    for row, reference in zip(reference_rows, build.references, strict=True):
        row["feature"], row["kind"], row["scale"] = (
            reference.feature,
            reference.kind,
            reference.scale,
        )
        row["ratio"], row["table"], row["length"] = (
            reference.ratio,
            offset,
            len(reference.values),
        )
        offset += len(reference.values)
    return TransitionTables(
        state=state_rows,
        out=np.array(out, np.int32),
        only_destination=np.array([sole[t] for t in out], np.int32),
        transition=transition_rows,
        destination=destination_rows,
        reference=reference_rows,
        table=np.concatenate([*(r.values for r in build.references), np.zeros(1)]),
        drift=np.array(drift, np.float64).reshape(len(names), clock.end + 1),
        effects=effects,
        constant_chance=np.zeros(len(out)),
        cumulative_share=np.full((len(state_rows), most), np.inf),
    ), names


def _sole(destinations: list[tuple[int, float, int, int]]) -> int:
    """Return the only destination, or -1 where something remains to be drawn or worked out."""
    (state, _, first, last), *more = destinations
    return -1 if more or last > first else state


def _by_age(build: _Builder) -> bool:
    """Return whether anything depends on age."""
    return any(kind in (AGE, AGE_CALENDAR, WHEN_AGE) for kind, _, _ in build.features)


def _background(build: _Builder) -> list[tuple[int, int]]:
    """Return the attributes that spread risks the most, as many as keep the bounds small."""
    spread: dict[int, float] = {}
    for reference in build.references:
        kind, number, _ = list(build.features)[reference.feature]
        if kind == ATTRIBUTE and reference.kind == LOOK_UP:
            values = reference.values[:-1]
            most = float(values.max() / max(values.min(), 0.05))
            spread[number] = max(spread.get(number, 1.0), most)
    chosen: list[tuple[int, int]] = []
    classes = 1
    for number in sorted(spread, key=lambda n: -spread[n]):
        size = len(build.pathway.attributes[build.attributes[number]].shares)
        if spread[number] > 1 and classes * size <= MOST_CLASSES:
            chosen.append((number, size))
            classes *= size
    return chosen


def _may_diverge(build: _Builder, rule: TransitionTables, arms: int) -> NDArray[np.bool_]:
    """Return where an arm has an effect, or a feature that arms do not share."""
    kinds = [kind for kind, _, _ in build.features]
    found = np.zeros((arms, len(rule.state)), np.bool_)
    for number, state in enumerate(rule.state):
        own = {
            kinds[f] for f in build.state_feature[state["feature_first"] : state["feature_base"]]
        }
        found[:, number] = bool(own & {SHARE, EXPOSURE})
        for t in rule.out[state["first"] : state["last"]]:
            found[:, number] |= rule.effects[1:, t, 0] < rule.effects[1:, t, 1]
    return found


def _features(build: _Builder, ranges: list[tuple[int, int]]) -> list[int]:
    """Return the features used by the references in `ranges`, each once."""
    used = (build.references[r].feature for first, last in ranges for r in range(first, last))
    return list(dict.fromkeys(used))


def _effects(
    build: _Builder, transitions: list[str], kinds: list[int], arms: list[str]
) -> NDArray[np.int32]:
    """Append every arm's effects as references; return their ranges (1 + arms, transitions, 2)."""
    ranges = np.zeros((1 + len(arms), len(transitions), 2), np.int32)
    ranges[1:] = len(build.references)
    for number, own in enumerate(_own_effects(build.scenario, arms, transitions)):
        kind = NEW_WAY_HERE if own.effect.acts_on == "area" else TREATMENT
        build.references.append(
            FactorReference(
                name=own.investment,
                feature=build.number(kind, number, 0, f"effect.{own.investment}"),
                values=np.ones(1),
                scale=scale_code(own.effect.scale, kinds[own.transition]),
                kind=EFFECT,
                ratio=own.effect.ratio.value,
            )
        )
        # Effects come arm by arm and transition by transition: what comes later begins later.
        later = ranges[1:].reshape(-1, 2)[own.arm * len(transitions) + own.transition :]
        later[0, 1] = later[1:] = len(build.references)
    return ranges


class _OwnEffect(NamedTuple):
    """An effect on a transition, as an arm has it."""

    arm: int
    transition: int
    investment: str
    ending: str
    effect: Effect


def _own_effects(
    scenario: Scenario, arms: list[str], transitions: list[str]
) -> Iterator[_OwnEffect]:
    """Yield every effect in the order of their numbers."""
    for a, arm in enumerate(arms):
        own = [
            (name, ending, effect)
            for name, ending in scenario.arms[arm].investments.items()
            for effect in scenario.investments[name].effects
        ]
        for t, transition in enumerate(transitions):
            for name, ending, effect in own:
                if transition in effect.on:
                    yield _OwnEffect(a, t, name, ending, effect)


class _Acting(NamedTuple):
    """What of the tables depends on how strong investments are, where and when."""

    sight: dict[str, Any]
    layout: dict[str, Any]


def _acting(
    scenario: Scenario,
    clock: Clock,
    areas: list[str],
    numbers: list[str],
    effects: list[_OwnEffect],
) -> _Acting:
    """Return the strength of investments through time; `numbers`: attributes that are numbers."""
    investments, end = list(scenario.investments), clock.end + 1
    arms = list(scenario.arms)
    active = np.zeros((len(arms), len(areas), end), np.bool_)
    entry = np.ones((len(arms), len(areas), end))
    timing = np.zeros((len(arms), max(len(investments), 1)), TimingRow)
    fidelity = np.ones((len(arms), max(len(investments), 1), end))
    for a, arm in enumerate(arms):
        for name, ending in scenario.arms[arm].investments.items():
            number, investment = investments.index(name), scenario.investments[name]
            timing[a, number]["onset"] = clock.months(investment.onset)
            timing[a, number]["project_end"] = clock.at(investment.start) + clock.steps(
                investment.years
            )
            fidelity[a, number] = fidelity_path(investment, clock)
            for effect in investment.effects:
                moves = effect.acts_on == "area" and any(own.effect is effect for own in effects)
                if not moves and "entry" not in effect.on:
                    continue
                strength = area_strength(effect, investment, ending, clock, areas)
                if moves:
                    active[a] |= strength > 0
                if "entry" in effect.on:
                    entry[a] *= 1 - (1 - effect.ratio.value) * strength
    strengths = np.zeros((len(effects), len(areas), end))
    effect_rows = np.zeros(len(effects), EffectRow)
    for number, own in enumerate(effects):
        effect, investment = own.effect, scenario.investments[own.investment]
        effect_rows[number] = (
            investments.index(own.investment),
            phase_code(effect),
            -1 if effect.modifier is None else numbers.index(effect.modifier),
        )
        if effect.acts_on == "area":
            strengths[number] = area_strength(effect, investment, own.ending, clock, areas)
    kept = [persistence(own.effect, clock) for own in effects]
    return _Acting(
        sight={
            "effect": effect_rows,
            "persist": np.array(kept, np.float64).reshape(len(kept), end),
            "strength": strengths,
            "timing": timing,
            "fidelity": fidelity,
        },
        layout={"area_active": active, "entry_ratio": entry},
    )


def with_arms(compiled: Compiled, scenario: Scenario) -> Compiled:
    """Return the tables of another version of the arms, most of them being as they were.

    Args:
        compiled: The tables of a scenario.
        scenario: One with other numbers in its investments, and all else the same.
    """
    rule, sight, layout, *targets = compiled.tables
    effects = list(_own_effects(scenario, compiled.arms, compiled.transitions))
    acting = _acting(scenario, compiled.clock, compiled.areas, compiled.numbers, effects)
    references = list(compiled.references)
    rows = rule.reference.copy()
    ratios = iter(effects)
    for r, reference in enumerate(references):
        if reference.kind == EFFECT:
            ratio = next(ratios).effect.ratio.value
            references[r] = replace(reference, ratio=ratio)
            rows["ratio"][r] = ratio
    return replace(
        compiled,
        scenario=scenario,
        references=references,
        tables=Tables(
            rule._replace(reference=rows),
            sight._replace(**acting.sight),
            layout._replace(**acting.layout),
            *targets,
        ),
    )


def _sight(build: _Builder, acting: _Acting) -> FeatureTables:
    """Return what features are observed with."""
    clock, end = build.clock, build.clock.end + 1
    origin = _oldest(build.scenario, clock)
    steps = np.arange(-origin, end)
    calendar = np.zeros(len(steps), CalendarRow)
    calendar["year"] = clock.year(steps) - build.first_year
    calendar["month"] = clock.month(steps)
    for month in range(1, 13):
        calendar["begins"] |= clock.begins(steps, month).astype(np.int32) << month
    track = np.zeros(len(build.tracks), TrackRow)
    first = 0
    for row, (name, states) in zip(track, build.tracks.items(), strict=True):
        row["first"], row["last"] = first, first + len(states)
        row["move"], row["to"], row["start"] = (
            purpose_code(f"{purpose}:{name}") for purpose in ("move", "to", "start")
        )
        first += len(states)
    of_group = np.array(
        [build.track_names.index(build.pathway.groups[g].track) for g in build.groups], np.int32
    )
    return FeatureTables(
        first_step=clock.first_moment,
        origin=origin,
        scenario_start=clock.start,
        feature=np.array(list(build.features), FeatureRow),
        state_feature=np.array(build.state_feature, np.int32),
        track=track,
        group_track=of_group,
        member=np.array(
            [
                [
                    build.pathway.groups[g].track == t and s in build.pathway.groups[g].states
                    for t, s in build.states
                ]
                + [False]
                for g in build.groups
            ],
            np.bool_,
        ).reshape(len(build.groups), len(build.states) + 1),
        calendar=calendar,
        **acting.sight,
    )


def _targets(build: _Builder) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return the target groups as ranges of references whose values are 0 or 1."""

    def add(features: dict[str, list[str] | Bounds]) -> tuple[int, int]:
        first = len(build.references)
        # A state is the quickest to look up and excludes the most.
        for name in sorted(features, key=lambda f: not f.startswith("state.")):
            factor = condition_factor(name, features[name])
            build.references.append(build.reference("condition", factor, RATE))
        return first, len(build.references)

    ranges, parts = [], []
    for number, investment in enumerate(build.scenario.investments.values()):
        ranges.append(add(investment.target.features))
        parts += [(number, *add(part.features)) for part in investment.target.any_of]
    return (
        np.array(ranges, np.int32).reshape(-1, 2),
        np.array(parts, np.int32).reshape(-1, 3),
    )


def condition_factor(feature: str, allowed: list[str] | Bounds) -> Factor:
    """Return a condition on one feature as a factor that is 1 where it holds and 0 elsewhere."""
    zero, one = Number(value=0), Number(value=1)
    if not isinstance(allowed, Bounds):
        values = dict.fromkeys(allowed, one)
        return Factor(feature=feature, values=values, default=zero, otherwise=zero)
    edges, inside = [], [one]
    if allowed.from_ is not None:
        edges.append(allowed.from_)
        inside = [zero, one]
    if allowed.below is not None:
        edges.append(allowed.below)
        inside.append(zero)
    return Factor(
        feature=feature, below=edges, values=inside, otherwise=zero, window=allowed.window
    )


def _start_shares(build: _Builder) -> NDArray[np.float64]:
    """Return the cumulative start shares within each track, by area."""
    found = np.zeros((len(build.areas), len(build.states)))
    for track, states in build.tracks.items():
        first = build.number_of[track, states[0]]
        for area, area_name in enumerate(build.areas):
            if track.startswith("attribute:"):
                attribute = build.pathway.attributes[track.split(":", 1)[1]]
                bounds = np.append(category_bounds(attribute, area_name), 1.0)
            else:
                start = build.scenario.population.start.get(
                    track, build.pathway.tracks[track].start
                )
                weight = (
                    {start: 1.0}
                    if isinstance(start, str)
                    else {s: w.value for s, w in start.items()}
                )
                shares = np.array([weight.get(s, 0.0) for s in states])
                bounds = np.cumsum(shares / shares.sum())
                bounds[np.flatnonzero(shares)[-1] :] = 1.0
            found[area, first : first + len(states)] = bounds
    return found


def _history_uses(
    build: _Builder,
) -> tuple[list[tuple[str, str, str, str]], NDArray[np.void]]:
    """Return the uses in states that have factors, to be counted person by person."""
    names, rows = [], []
    for track, spec in build.pathway.tracks.items():
        for state, content in spec.states.items():
            for kind, uses in (("use", content.uses), ("weight", content.weights)):
                for name, use in uses.items():
                    if use.factors:
                        references = build.add(list(use.factors), RATE, track)
                        amount = use.amount.value / build.clock.per_year
                        names.append((kind, name, track, state))
                        rows.append((build.number_of[track, state], amount, *references))
    return names, np.array(rows, UseRow)


def _groupings(
    build: _Builder,
) -> tuple[dict[str, list[str]], list[int], int, list[tuple[str, int]]]:
    """Return the groupings' categories, the age edges and radix, and the attributes' radices."""
    groupings: dict[str, list[str]] = {"area": build.areas}
    radix = len(build.areas)
    edges: list[int] = []
    age_radix = 0
    attributes: list[tuple[str, int]] = []
    for name, grouping in build.pathway.groupings.items():
        if grouping.feature == "age":
            edges = [build.clock.steps(edge) for edge in grouping.below]
            groupings[name] = grouping.bands
            age_radix = radix
        else:
            attribute = grouping.feature.partition(".")[2]
            groupings[name] = list(build.pathway.attributes[attribute].shares)
            attributes.append((attribute, radix))
        radix *= len(groupings[name])
    return groupings, edges, age_radix, attributes
