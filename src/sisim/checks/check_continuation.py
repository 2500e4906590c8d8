"""Can people who leave a pathway go on in another: is it told where each of them begins?"""

from __future__ import annotations

from sisim.checks.issues import Findings
from sisim.scenario.continuation import Continuation, Mapped
from sisim.scenario.document import Document
from sisim.scenario.errors import Reason
from sisim.scenario.features import DURATIONS, Features
from sisim.scenario.pathway import Pathway
from sisim.scenario.positions import Path
from sisim.scenario.scenario import Scenario

MOST_CLASSES = 5_000
"""Combinations of states and backgrounds in which people leave: each is counted in every step."""
_OUTSIDE = ("calendar", "share", "exposure", "area")
"""Features that a life has from what is around it."""


class ContinuationCheck(Findings):
    """What a pathway says of going on from others, as far as it can be seen from itself."""

    def __init__(self, document: Document, pathway: Pathway, prefix: Path = ()):
        super().__init__(document, prefix)
        self.pathway = pathway
        for name, one in pathway.continues.items():
            path = ("continues", name)
            if one.until <= one.from_age:
                reason = Reason("The ages must increase: {edges}.", edges=[one.from_age, one.until])
                self.say((*path, "until"), reason)
            self._named(path, one)
            self._complete(path, one)
            for (kind, part), mapped in one.parts.items():
                if isinstance(mapped.to, list):
                    here = (*path, kind, part)
                    self.bands(here, mapped.below, mapped.to, "to")

    def _named(self, path: Path, one: Continuation) -> None:
        """Look for the tracks, states, attributes and categories that are named."""
        tracks, attributes = self.pathway.tracks, self.pathway.attributes
        for name, mapped in one.tracks.items():
            here = (*path, "tracks", name)
            if self.refer(here, name, tracks, Reason("The track")):
                self._destinations(here, mapped, list(tracks[name].states), Reason("The state"))
        for name, mapped in one.attributes.items():
            here = (*path, "attributes", name)
            if self.refer(here, name, attributes, Reason("The attribute")):
                valid = list(attributes[name].shares)
                self._destinations(here, mapped, valid, Reason("The category"))

    def _destinations(self, path: Path, mapped: Mapped, valid: list[str], what: Reason) -> None:
        named = mapped.to.items() if isinstance(mapped.to, dict) else enumerate(mapped.to)
        for key, name in named:
            self.refer((*path, "to", key), name, valid, what)
        if mapped.default is not None:
            self.refer((*path, "default"), mapped.default, valid, what)

    def _complete(self, path: Path, one: Continuation) -> None:
        """Note it if it is not told where people begin on a track, or of a background."""
        for name, track in self.pathway.tracks.items():
            if name not in one.tracks and not isinstance(track.start, str):
                reason = Reason(
                    'It is not told where people begin on the track "{name}": add it to "tracks".',
                    name=name,
                )
                self.say((*path, "tracks"), reason)
        for name in self.pathway.attributes:
            if name not in one.attributes:
                reason = Reason(
                    'It is not told which background "{name}" people have: add it to "attributes".',
                    name=name,
                )
                self.say((*path, "attributes"), reason)


class TailCheck(Findings):
    """Whether a scenario's tail goes on from the scenario's pathway."""

    def __init__(self, document: Document, scenario: Scenario):
        super().__init__(document, ("time", "tail"))
        self.scenario, self.pathway = scenario, scenario.pathway
        assert scenario.time.tail is not None
        self.tail = scenario.time.tail
        self.features = Features(self.pathway, scenario.population.areas, scenario.investments)
        one = scenario.continuation
        if one is None:
            reason = Reason(
                '"{tail}" does not say how it goes on from "{name}": add [continues.{name}] to it, '
                "or name another tail.",
                tail=self.tail.name,
                name=self.pathway.name,
            )
            self.say((), reason, choices=self.tail.continues)
            return
        self._payers()
        self._timeless()
        path = ("continues", self.pathway.name)
        states = [state for track in self.pathway.tracks.values() for state in track.states]
        for name, principals in one.exits.items():
            if self.refer((*path, "exits", name), name, states, Reason("The state")):
                self._exit((*path, "exits", name), name)
            for principal, payer in principals.items():
                here = (*path, "exits", name, principal)
                self.refer(here, principal, self.pathway.principals, Reason("The principal"))
                self.refer(here, payer, self.tail.administrations, Reason("The administration"))
        for (kind, part), mapped in one.parts.items():
            self._mapped((*path, kind, part), mapped)
        self._size(path, one)

    def _payers(self) -> None:
        """Note it if an administration of the tail is not one of the scenario's pathway."""
        known = self.pathway.administrations
        for name, own in self.tail.administrations.items():
            path = ("administrations", name)
            if name not in known:
                reason = Reason(
                    'The pathway "{pathway}" has no administration "{name}": add it there, or let '
                    "one that it has pay.",
                    pathway=self.pathway.name,
                    name=name,
                )
                self.say(path, reason, choices=known)
            elif known[name].principal != own.principal:
                reason = Reason(
                    'In the pathway "{pathway}" it belongs to "{principal}".',
                    pathway=self.pathway.name,
                    principal=known[name].principal,
                )
                self.say((*path, "principal"), reason)

    def _timeless(self) -> None:
        """Note it if a life depends on anything but itself: whoever leaves later lives it too."""
        for name, factor in self.tail.factors.items():
            features = [factor.feature] if factor.feature else factor.features
            for feature in features:
                if feature == "age.start" or feature.partition(".")[0] in _OUTSIDE:
                    key = ("factors", name, "feature" if factor.feature else "features")
                    self.say(key, Reason('A tail cannot depend on "{name}".', name=feature))
        for name, transition in self.tail.transitions.items():
            when = transition.schedule
            if when is not None and when.age is None:
                reason = Reason("A tail cannot depend on the calendar: give an age.")
                self.say(("transitions", name, "schedule"), reason)
        for name, attribute in self.tail.attributes.items():
            if attribute.redraw is not None or attribute.distribution is not None:
                reason = Reason("A background of a tail is a category that never changes.")
                self.say(("attributes", name), reason)

    def _exit(self, path: Path, name: str) -> None:
        tracks = self.pathway.tracks.values()
        if not any(track.states[name].exit for track in tracks if name in track.states):
            self.say(path, Reason('Nobody leaves by "{name}": it has no "exit = true".', name=name))

    def _mapped(self, path: Path, mapped: Mapped) -> None:
        feature = mapped.feature
        if not self.features.exists(feature):
            self.refer((*path, "feature"), feature, self.features.names(), Reason("The feature"))
            return
        head = feature.partition(".")[0]
        if self.features.is_number(feature) or head in ("share", "exposure", *DURATIONS[:1]):
            reason = Reason(
                '"{feature}" does not tell where people begin: name a state, a background, an age, '
                "a time in a group, or visits.",
                feature=feature,
            )
            self.say((*path, "feature"), reason)
        elif not self.features.is_categorical(feature):
            if isinstance(mapped.to, dict):
                reason = Reason(
                    '"{feature}" has no categories: give "below" and a list of values.',
                    feature=feature,
                )
                self.say((*path, "to"), reason)
        elif isinstance(mapped.to, list):
            reason = Reason(
                '"{feature}" has categories: give a table of values by category.', feature=feature
            )
            self.say((*path, "to"), reason)
        else:
            self._categories(path, mapped, mapped.to)

    def _categories(self, path: Path, mapped: Mapped, to: dict[str, str]) -> None:
        """Note it if a category is named that is not there, or one that is there is not told of."""
        told: set[str] = set()
        for key in to:
            valid = self.features.allowed(mapped.feature)
            if self.refer((*path, "to", key), key, valid, Reason("The category")):
                told |= self.features.members(mapped.feature, key)
        left = [n for n in self.features.categories(mapped.feature) or () if n not in told]
        if left and mapped.default is None:
            reason = Reason(
                'Of {feature} nothing is said of {names}: name them, or give a "default".',
                feature=mapped.feature,
                names=left,
            )
            self.say((*path, "to"), reason)

    def _size(self, path: Path, one: Continuation) -> None:
        classes = 1
        for mapped in one.parts.values():
            classes *= len(mapped.names)
        if classes > MOST_CLASSES:
            reason = Reason(
                "Combinations of state and background in which people leave: {classes}. At most "
                "{most} can be told apart.",
                classes=classes,
                most=MOST_CLASSES,
            )
            self.say(path, reason)
