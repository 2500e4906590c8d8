"""Do the parts of a pathway fit together?"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping

import numpy as np
from babel.numbers import is_currency

from sisim.checks.factor_grids import wrong_in_grid
from sisim.checks.issues import Findings
from sisim.checks.probability_rows import full_rows, named
from sisim.checks.reachability import leads_somewhere, reachable
from sisim.scenario.correlations import correlation_matrix
from sisim.scenario.document import Document
from sisim.scenario.errors import Reason, ScenarioError, dotted
from sisim.scenario.factor_grid import is_grid
from sisim.scenario.factor_table import table_values
from sisim.scenario.features import DURATIONS, Features
from sisim.scenario.pathway import MAX_OUT, Attribute, Factor, OfMovers, Transition, Use
from sisim.scenario.positions import Path
from sisim.scenario.scenario import Scenario

MOST_FACTORS = 100
"""In a product, products in it and their factors counted too."""
MAX_WINDOW = 64
"""Steps in the longest moving window: the engine remembers visits as the bits of one word."""
LONGEST = 400.0
"""Years; nobody is older, and no run longer."""
MOST_STEPS = 60_000
"""What a feature is looked up by in a table at most: a thousand years of weeks."""
_SHAPES = {"exponential": {"a"}, "weibull": {"shape", "scale"}, "gompertz": {"a", "b"}}


def has_hazard(shape: str, parameters: Mapping[str, float]) -> bool:
    """Return whether a named hazard is a number at every age there is."""
    p = parameters
    try:
        match shape:
            case "weibull":
                total = (LONGEST / p["scale"]) ** p["shape"] if min(p.values()) > 0 else math.nan
            case "gompertz":
                total = p["a"] * math.exp(min(max(p["b"] * LONGEST, 0.0), 700.0))
            case _:
                total = p["a"] * LONGEST
    except OverflowError:
        return False
    return 0 <= total < math.inf


class PathwayCheck(Findings):
    """Everything that does not fit together in a pathway, alone or in a scenario.

    Args:
        document: Where it was read.
        features: What is known of people in it.
        scenario: The scenario that it is in; None: it stands alone.
        prefix: Where it stands in the document.
        sound: Whether it is known to fit together by itself: effects on it are looked at.
    """

    def __init__(
        self,
        document: Document,
        features: Features,
        scenario: Scenario | None = None,
        prefix: Path = (),
        *,
        sound: bool = False,
    ):
        super().__init__(document, prefix)
        self.features = features
        self.pathway = features.pathway
        if not sound:
            self._currency()
            self._payers()
            self._attributes()
            self._tracks()
            self._factors()
            self._transitions()
            self._counting()
            self.distributions(self.pathway)
        self._reach(scenario)

    def _currency(self) -> None:
        currency = self.pathway.currency
        if not is_currency(currency):
            self.say(
                ("currency",),
                Reason(
                    'There is no currency "{code}". It is written by its code (ISO 4217): SEK, '
                    "EUR, NOK, DKK, GBP, USD.",
                    code=currency,
                ),
            )

    def _payers(self) -> None:
        for name, administration in self.pathway.administrations.items():
            self.refer(
                ("administrations", name, "principal"),
                administration.principal,
                self.pathway.principals,
                Reason("The principal"),
            )
        for name, resource in self.pathway.resources.items():
            path = ("resources", name)
            both = resource.administration is not None and bool(resource.payers)
            neither = resource.administration is None and not resource.payers
            if both or (neither and not resource.receivers):
                reason = Reason('Give either "administration" or "payers", so that one pays.')
                self.say(path, reason)
            for receiver in resource.receivers:
                valid = self.pathway.administrations
                here = (*path, "receivers", receiver)
                self.refer(here, receiver, valid, Reason("The administration"))
            if resource.receivers:
                self.sum_to_one((*path, "receivers"), resource.receivers.values())
            payers = [resource.administration] if resource.administration else []
            for payer in [*payers, *resource.payers]:
                key = (*path, "payers", payer) if payer in resource.payers else path
                key = (*key, "administration") if payer not in resource.payers else key
                valid = self.pathway.administrations
                self.refer(key, payer, valid, Reason("The administration"))
            if resource.payers:
                self.sum_to_one((*path, "payers"), resource.payers.values())

    def _attributes(self) -> None:
        for name, attribute in self.pathway.attributes.items():
            path = ("attributes", name)
            if bool(attribute.shares) == (attribute.distribution is not None):
                self.say(path, Reason('Give either "shares" or a "distribution".'))
            elif attribute.distribution is not None:
                values = {key: number.value for key, number in attribute.parameters.items()}
                self.parameters((*path, "parameters"), attribute.distribution, values)
            else:
                self._shares(path, attribute)
            if attribute.sizes and (not attribute.shares or attribute.redraw is not None):
                reason = Reason("Only categories that never change have units.")
                self.say((*path, "sizes"), reason)

        self._correlations()

    def _correlations(self) -> None:
        """Note correlations of what is not drawn once, and those that cannot hold together."""
        given = self.pathway.correlations
        valid = [n for n, a in self.pathway.attributes.items() if a.redraw is None]
        sound = bool(given)
        for name, others in given.items():
            for other, value in others.items():
                here = ("correlations", name, other)
                drawn = Reason("The attribute that is drawn once")
                known = [self.refer(here, one, valid, drawn) for one in (name, other)]
                if name == other or name in given.get(other, {}):
                    sound = False
                    self.say(here, Reason("Each pair of attributes is given once."))
                elif abs(value.value) >= 1:
                    sound = False
                    self.say(here, Reason("A correlation lies between -1 and 1."))
                sound = sound and all(known)
        if sound and np.linalg.eigvalsh(correlation_matrix(self.pathway)[1])[0] <= 1e-9:
            reason = Reason("These correlations cannot all hold at once: make some of them weaker.")
            self.say(("correlations",), reason)

    def _shares(self, path: Path, attribute: Attribute) -> None:
        self.sum_to_one((*path, "shares"), attribute.shares.values())
        for table in ("labels", "sizes"):
            for key in getattr(attribute, table):
                self.refer((*path, table, key), key, attribute.shares, Reason("The category"))
        for key, size in attribute.sizes.items():
            if size.value < 1:
                self.say((*path, "sizes", key), Reason("There is at least one person in a unit."))
        for area, shares in attribute.shares_by.items():
            here = (*path, "shares_by", area)
            if self.features.areas is not None:
                self.refer(here, area, self.features.areas, Reason("The area"))
            for key in shares:
                self.refer((*here, key), key, attribute.shares, Reason("The category"))
            self.sum_to_one(here, shares.values())
        if attribute.of_movers is not None:
            self._of_movers((*path, "of_movers"), attribute, attribute.of_movers)

    def _of_movers(self, path: Path, attribute: Attribute, movers: OfMovers) -> None:
        self.bands(path, movers.below, movers.shares, "shares")
        if attribute.redraw is not None:
            self.say(path, Reason("What is drawn anew cannot depend on who has moved in."))
        for band, shares in enumerate(movers.shares):
            here = (*path, "shares", band)
            for key in shares:
                self.refer((*here, key), key, attribute.shares, Reason("The category"))
            self.sum_to_one(here, shares.values())

    def _tracks(self) -> None:
        for name, track in self.pathway.tracks.items():
            path: Path = ("tracks", name)
            starts = [track.start] if isinstance(track.start, str) else list(track.start)
            for state in starts:
                key = (*path, "start") if isinstance(track.start, str) else (*path, "start", state)
                self.refer(key, state, track.states, Reason("The state"))
            if not isinstance(track.start, str):
                self.sum_to_one((*path, "start"), track.start.values())
            for state, spec in track.states.items():
                self._uses((*path, "states", state), spec.uses, spec.weights)
        for name, group in self.pathway.groups.items():
            path = ("groups", name)
            if self.refer((*path, "track"), group.track, self.pathway.tracks, Reason("The track")):
                self._states((*path, "states"), group.states, group.track)
            if not group.states:
                self.say(path, Reason("The group has no states."))
        self._uses(("entry",), self.pathway.entry.uses, self.pathway.entry.weights)

    def _states(self, path: Path, states: Iterable[str], track: str) -> None:
        seen = set()
        for index, state in enumerate(states):
            self.refer(
                (*path, index), state, self.pathway.tracks[track].states, Reason("The state")
            )
            if state in seen:
                self.say((*path, index), Reason('"{name}" stands here twice.', name=state))
            seen.add(state)

    def _uses(self, path: Path, uses: Mapping[str, Use], weights: Mapping[str, Use]) -> None:
        for name, use in uses.items():
            here = (*path, "uses", name)
            if name not in self.pathway.resources:
                self.refer(
                    here, name, self.pathway.resources, Reason("There is no price: the resource")
                )
            self._names((*here, "factors"), use.factors)
            if use.amount.value < 0:
                self.say(here, Reason("An amount cannot be negative."))
        for name, weight in weights.items():
            here = (*path, "weights", name)
            self.refer(here, name, self.pathway.weights, Reason("The outcome weight"))
            self._names((*here, "factors"), weight.factors)

    def _names(self, path: Path, factors: Iterable[str]) -> None:
        for index, name in enumerate(factors):
            self.refer((*path, index), name, self.pathway.factors, Reason("The factor"))

    def _factors(self) -> None:
        for name, factor in self.pathway.factors.items():
            path = ("factors", name)
            forms = [bool(factor.values), factor.shape, factor.direct, factor.product]
            if is_grid(factor) or factor.table or factor.file:
                for said in wrong_in_grid(factor, self.features):
                    self.say((*path, *said.path), *said[1:])
            elif sum(map(bool, forms)) != 1:
                reason = Reason(
                    'A factor has exactly one of "values", "shape", "direct", "product".'
                )
                self.say(path, reason)
            elif factor.product:
                self._names((*path, "product"), factor.product)
            elif factor.feature is None:
                self.say(path, Reason('The key "{key}" is missing.', key="feature"))
            elif self._feature((*path, "feature"), factor.feature):
                self._table(path, factor, factor.feature)
            self._causal((*path, "causal_share"), factor)
        self._sizes()
        self._cycles()

    def _causal(self, path: Path, factor: Factor) -> None:
        """Note it if a causal share stands where there is no association, or one of 0."""
        if factor.causal_share is None:
            return
        if factor.shape or factor.direct or factor.product:
            reason = Reason('"causal_share" is for a factor with "values", a "table" or a "file".')
            self.say(path, reason)
        elif 0 in table_values(factor):
            reason = Reason(
                'A value of 0 says what cannot be; a "causal_share" of it has no meaning. Put what '
                "is 0 in a factor of its own, without one, and 1 here."
            )
            self.say(path, reason)

    def _feature(self, path: Path, name: str) -> bool:
        if self.features.exists(name):
            return True
        return self.refer(path, name, self.features.names(), Reason("The feature"))

    def _table(self, path: Path, factor: Factor, feature: str) -> None:
        head = feature.partition(".")[0]
        if factor.direct != self.features.is_number(feature):
            reason = Reason('An attribute drawn as a number, and only such, has "direct = true".')
            self.say((*path, "feature"), reason)
        elif factor.shape is not None:
            if head not in ("age", *DURATIONS) or feature == "age.calendar":
                self.say((*path, "feature"), Reason("A shape needs an age or a duration."))
            if set(factor.parameters) != _SHAPES[factor.shape]:
                wanted = sorted(_SHAPES[factor.shape])
                reason = Reason(
                    'The shape "{name}" needs the parameters {wanted}.',
                    name=factor.shape,
                    wanted=wanted,
                )
                self.say(path, reason)
            elif not has_hazard(factor.shape, {n: p.value for n, p in factor.parameters.items()}):
                reason = Reason(
                    'There is no "{name}" hazard with these parameters.', name=factor.shape
                )
                self.say((*path, "parameters"), reason)
        elif isinstance(factor.values, dict):
            self._by_category(path, factor.values, feature)
        elif factor.values:
            self._by_band(path, factor, feature)
        values = (
            factor.values.items() if isinstance(factor.values, dict) else enumerate(factor.values)
        )
        for key, value in values:
            if value.value < 0:
                self.say((*path, "values", key), Reason("A multiplier cannot be negative."))
        self._window((*path, "window"), factor.window, feature)
        if head == "share" and factor.among not in ("area", "all"):
            names = ["area", "all", *(f"attribute.{a}" for a in self.pathway.attributes)]
            if factor.among not in self.pathway.attributes:
                self.refer((*path, "among"), factor.among, names, Reason("The feature"))

    def _by_category(self, path: Path, values: Mapping[str, object], feature: str) -> None:
        if not self.features.is_categorical(feature):
            reason = Reason(
                '"{feature}" has no categories: give "below" and a list of values.', feature=feature
            )
            self.say((*path, "values"), reason)
        elif feature != "area" or self.features.areas is not None:
            for key in values:
                valid = self.features.allowed(feature)
                self.refer((*path, "values", key), key, valid, Reason("The category"))

    def _by_band(self, path: Path, factor: Factor, feature: str) -> None:
        if self.features.is_categorical(feature):
            reason = Reason(
                '"{feature}" has categories: give a table of values by category.', feature=feature
            )
            self.say((*path, "values"), reason)
        else:
            self.bands(path, factor.below, list(factor.values), "values")
            steps = self.features.years(feature, factor.unit) * self.pathway.steps_per_year
            per_unit = steps if feature.partition(".")[0] in ("age", *DURATIONS) else 1.0
            for index, edge in enumerate(factor.below):
                if not self.features.is_number(feature) and edge * per_unit > MOST_STEPS:
                    reason = Reason("The number must be at most {le}.", le=MOST_STEPS / per_unit)
                    self.say((*path, "below", index), reason)

    def _window(self, path: Path, window: float | None, feature: str) -> None:
        if window is None:
            return
        steps = window / 12 * self.pathway.steps_per_year
        if not feature.startswith("visits."):
            self.say(path, Reason("Only visits have a window."))
        elif not 0 < steps <= MAX_WINDOW:
            reason = Reason(
                "A window has 1 to {most} steps; this one has {steps}.",
                most=MAX_WINDOW,
                steps=float(steps),
            )
            self.say(path, reason)

    def _sizes(self) -> None:
        """Note it if a product of products is of more factors than can be looked at.

        Raises:
            ScenarioError: If one is, as nothing that uses it can be looked at either.
        """
        sizes: dict[str, int] = {}
        for name in self.pathway.factors:
            if self._size(name, sizes) > MOST_FACTORS:
                reason = Reason("A product can be of at most {most} factors.", most=MOST_FACTORS)
                self.say(("factors", name, "product"), reason)
                raise ScenarioError(self.problems)

    def _size(self, name: str, sizes: dict[str, int], depth: int = 0) -> int:
        """Return how many factors one is made of, itself among them."""
        if name not in sizes and depth <= MOST_FACTORS:
            sizes[name] = 1  # whatever goes round in a circle does so once
            factor = self.pathway.factors.get(name)
            parts = factor.product if factor else ()
            sizes[name] += sum(self._size(part, sizes, depth + 1) for part in parts)
        return sizes.get(name, MOST_FACTORS)

    def _cycles(self) -> None:
        done: set[str] = set()
        for name in self.pathway.factors:
            trail = [name]
            found = self._cycle_from(trail, done)
            if found:
                reason = Reason(
                    "The factors go round in a circle: {names}.", names=" → ".join(found)
                )
                self.say(("factors", found[0], "product"), reason)

    def _cycle_from(self, trail: list[str], done: set[str]) -> list[str] | None:
        name = trail[-1]
        factor = self.pathway.factors.get(name)
        if factor is None or name in done:
            return None
        done.add(name)
        for part in factor.product:
            if part in trail:
                return [*trail[trail.index(part) :], part]
            found = self._cycle_from([*trail, part], done)
            if found:
                return found
        return None

    def _transitions(self) -> None:
        for name, transition in self.pathway.transitions.items():
            path = ("transitions", name)
            track = transition.track
            if self.refer((*path, "track"), track, self.pathway.tracks, Reason("The track")):
                states = self.pathway.tracks[track].states
                self._states((*path, "from"), transition.origin, track)
                for state in transition.to:
                    self.refer((*path, "to", state), state, states, Reason("The state"))
                for index, state in enumerate(transition.origin):
                    if state in states and states[state].exit:
                        reason = Reason('Nobody is left in "{name}", which is an exit.', name=state)
                        self.say((*path, "from", index), reason)
            if not transition.to or all(d.share.value == 0 for d in transition.to.values()):
                self.say((*path, "to"), Reason("At least one share must be over 0."))
            if not transition.origin:
                self.say((*path, "from"), Reason("The transition begins in no state."))
            self._timing(path, transition)
            self._names((*path, "factors"), transition.factors)
            for state, destination in transition.to.items():
                self._names((*path, "to", state, "factors"), destination.factors)
            self._uses(path, transition.uses, transition.weights)
        transitions = self.pathway.transitions.values()
        out = Counter((t.track, state) for t in transitions for state in set(t.origin))
        for track, spec in self.pathway.tracks.items():
            for state in spec.states:
                if (n := out[track, state]) > MAX_OUT:
                    reason = Reason("{n} transitions begin here; {most} can.", n=n, most=MAX_OUT)
                    self.say(("tracks", track, "states", state), reason)

    def _timing(self, path: Path, transition: Transition) -> None:
        if (transition.rate is None) == (transition.probability is None):
            self.say(path, Reason('Give either "rate" or "probability".'))
        moment = transition.schedule
        if moment is None:
            return
        if transition.rate is not None:
            reason = Reason('With a "schedule" there is a "probability", not a "rate".')
            self.say((*path, "schedule"), reason)
        if (moment.month, moment.age, moment.cycle) == (None, None, None):
            self.say((*path, "schedule"), Reason('A schedule has a "month", "age" or "cycle".'))

    def _counting(self) -> None:
        categorical = [f"attribute.{n}" for n, a in self.pathway.attributes.items() if a.shares]
        for name, grouping in self.pathway.groupings.items():
            path = ("groupings", name)
            valid = ["age", *categorical]
            self.refer((*path, "feature"), grouping.feature, valid, Reason("The feature"))
            self.increasing((*path, "below"), grouping.below)
        by_age = [n for n, g in self.pathway.groupings.items() if g.feature == "age"]
        for name in by_age[1:]:
            self.say(("groupings", name), Reason("Only one grouping can be by age."))
        for name, target in self.pathway.targets.items():
            if target.low > target.high:
                reason = Reason(
                    '"low" ({low}) is greater than "high" ({high}).',
                    low=target.low,
                    high=target.high,
                )
                self.say(("targets", name), reason)

    def _reach(self, scenario: Scenario | None) -> None:
        starts = scenario.population.start if scenario else {}
        reached = reachable(self.features, starts, self._base_changed)
        for track, spec in self.pathway.tracks.items():
            named = leads_somewhere(self.features, track, starts)
            for state in spec.states:
                if state not in named and not self.document.made_up:
                    reason = Reason("Nobody can ever come here: no possible transition leads here.")
                    self.say(("tracks", track, "states", state), reason)
        # All are found before any is said: after that its transitions are unclear.
        for row in list(full_rows(self.features, reached, scenario, self._unclear)):
            reason = Reason(
                "The probabilities out of {state} can sum to {total}, over 1{when}: {names}.",
                state=dotted((row.track, row.state)),
                total=row.total,
                when=_when(row.combination),
                names=list(row.transitions),
            )
            self.say(("transitions", row.transitions[-1]), reason)

    def _unclear(self, transition: str) -> bool:
        """Return whether something is wrong in what says how probable a transition is."""
        factors = named(self.features, self.pathway.transitions[transition].factors)
        parts: list[Path] = [("transitions", transition), *(("factors", name) for name in factors)]
        return any(map(self.doubtful, parts))

    def _base_changed(self, transition: str) -> bool:
        # Zero by an override is a question ("what if this never happened?"), not a mistake.
        path = ("transitions", transition)
        return self.changed((*path, "rate")) or self.changed((*path, "probability"))


def _when(combination: tuple[str, ...]) -> Reason | str:
    return Reason(" (when {what})", what=list(combination)) if combination else ""
