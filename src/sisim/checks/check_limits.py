"""What can be written but not simulated: the limits of the engine and of the ledger."""

from __future__ import annotations

from collections.abc import Mapping

from sisim.checks.issues import Findings
from sisim.checks.run_size import too_large
from sisim.scenario.condition import Condition
from sisim.scenario.document import Document
from sisim.scenario.errors import Reason
from sisim.scenario.pathway import MAX_OUT
from sisim.scenario.positions import Path
from sisim.scenario.scenario import Effect, Investment, Scenario
from sisim.scenario.steps import whole_steps

MOST_AREAS = 255


class LimitsCheck(Findings):
    """Everything in a scenario that goes beyond what can be simulated or priced."""

    def __init__(self, document: Document, scenario: Scenario):
        super().__init__(document)
        self.scenario = scenario
        self.pathway = scenario.pathway
        self._time()
        self._population()
        self._pathway()
        for name, investment in scenario.investments.items():
            self._investment(("investments", name), investment)
        self._money()
        self._size()

    def _size(self) -> None:
        """Look at whether even one replication is too large."""
        found = None if self.problems else too_large(self.scenario, 1)
        if found is not None:
            key, reason = found
            self.say(tuple(key.split(".")), reason)

    def _time(self) -> None:
        time, per_year = self.scenario.time, self.pathway.steps_per_year
        if whole_steps(time.years * per_year) < 1:
            self.say(("time", "years"), Reason("This is less than one step of the pathway."))
        before = time.history + self.scenario.warm_up
        if time.first_year < before:
            reason = Reason(
                "People are simulated from {years} years before the start, which would be before "
                "the year 0.",
                years=before,
            )
            self.say(("time", "start"), reason)

    def _population(self) -> None:
        population = self.scenario.population
        if len(population.areas) > MOST_AREAS:
            reason = Reason("There can be at most {most} areas.", most=MOST_AREAS)
            self.say(("population", "areas"), reason)
        for track, spec in self.pathway.tracks.items():
            start = population.start.get(track, spec.start)
            for state in [start] if isinstance(start, str) else start:
                if state in spec.states and spec.states[state].exit:
                    reason = Reason(
                        'Nobody can start in "{state}": it leaves the population.', state=state
                    )
                    self.say(("pathway", "tracks", track, "start"), reason)

    def _pathway(self) -> None:
        redrawn = {n for n, a in self.pathway.attributes.items() if a.redraw is not None}
        for name, factor in self.pathway.factors.items():
            if (factor.feature or "").startswith("share.") and factor.among not in ("area", "all"):
                attribute = self.pathway.attributes.get(factor.among.removeprefix("attribute."))
                if attribute is None or not attribute.shares or attribute.redraw is not None:
                    reason = Reason("Peers share an area, or a category that never changes.")
                    self.say(("pathway", "factors", name, "among"), reason)
        for name in redrawn:
            if len(self.pathway.attributes[name].shares) > MAX_OUT:
                reason = Reason("There can be at most {most} destinations.", most=MAX_OUT)
                self.say(("pathway", "attributes", name, "shares"), reason)
        for name, grouping in self.pathway.groupings.items():
            if grouping.feature.partition(".")[2] in redrawn:
                reason = Reason("What is redrawn cannot keep counts apart.")
                self.say(("pathway", "groupings", name, "feature"), reason)
        for name, transition in self.pathway.transitions.items():
            if len(transition.to) > MAX_OUT:
                reason = Reason("There can be at most {most} destinations.", most=MAX_OUT)
                self.say(("pathway", "transitions", name, "to"), reason)
            self._plain(("pathway", "transitions", name), transition.uses, "uses")
            self._plain(("pathway", "transitions", name), transition.weights, "weights")
        self._plain(("pathway", "entry"), self.pathway.entry.uses, "uses")
        self._plain(("pathway", "entry"), self.pathway.entry.weights, "weights")

    def _plain(self, path: Path, uses: object, key: str) -> None:
        assert isinstance(uses, dict)
        for name, use in uses.items():
            if use.factors:
                reason = Reason("Only what is used in a state can have factors.")
                self.say((*path, key, name, "factors"), reason)

    def _investment(self, path: Path, investment: Investment) -> None:
        if whole_steps(investment.years * self.pathway.steps_per_year) < 1:
            self.say((*path, "years"), Reason("This is less than one step of the pathway."))
        conditions = [investment.target]
        while conditions:
            condition: Condition = conditions.pop()
            conditions += condition.any_of
            if "time_in_state" in condition.features:
                reason = Reason(
                    'A target group needs "time_in.GROUP": a person has a state on every track.'
                )
                self.say((*path, "target"), reason)
            if condition is not investment.target and condition.any_of:
                self.say((*path, "target"), Reason('"any_of" cannot stand inside "any_of".'))
        for index, effect in enumerate(investment.effects):
            self._effect((*path, "effects", index), investment, effect)

    def _effect(self, path: Path, investment: Investment, effect: Effect) -> None:
        if "entry" in effect.on and self.scenario.population.cohort is not None:
            self.say((*path, "on"), Reason("Nobody enters a closed cohort."))
        on_use = any(name.startswith(("use:", "weight:")) for name in effect.on)
        if not on_use or effect.acts_on == "area":
            return
        varies = effect.modifier is not None or effect.complement is not None
        if effect.persistence.kind != "none" or varies or investment.learning is not None:
            reason = Reason(
                "An effect of treatment on a use or a weight lasts as long as the treatment and is "
                "the same for everyone."
            )
            self.say(path, reason)

    def _money(self) -> None:
        economy, index = self.scenario.economy, self.scenario.price_index
        for year, value in economy.price_index.items():
            if value.value <= 0:
                reason = Reason("A price index is over 0.")
                self.say(("economy", "price_index", year), reason)
        for name, resource in self.pathway.resources.items():
            years = {resource.price_year, economy.price_level}
            unclear = self.doubtful(("economy", "price_index"))
            if len(years) > 1 and not years <= index.keys() and not unclear:
                reason = self._unconverted(years, index)
                self.say(("pathway", "resources", name, "price_year"), reason)

    def _unconverted(self, years: set[int], index: Mapping[int, float]) -> Reason:
        """Return why prices of some years cannot be converted by an index."""
        named = [str(year) for year in sorted(years)]
        if not index:
            return Reason(
                "There is no price index for {currency}, so that prices of one year cannot be "
                "converted to another; here {years}. Give one under [economy] as price_index, or "
                "let price_level be the year of the prices.",
                currency=self.pathway.currency,
                years=named,
            )
        return Reason(
            "Prices can be converted between {first} and {last}; here {years}. Other years "
            "are given under [economy] as price_index.",
            first=str(min(index)),
            last=str(max(index)),
            years=named,
        )
