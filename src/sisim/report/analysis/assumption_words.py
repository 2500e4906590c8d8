"""What the numbers of a scenario are called: `investments.team.reach` is "Reach"."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Literal

from sisim.i18n import n_, t
from sisim.report.analysis.key_words import KeyWords
from sisim.report.formats import NBSP, currency_amount, listing, percent_sign, quoted
from sisim.report.risk_words import figures
from sisim.scenario.numbers import derived, followers, parameters
from sisim.scenario.owners import grade_name
from sisim.scenario.pathway import Pathway
from sisim.scenario.scenario import Effect, Scenario
from sisim.scenario.types import Text

EffectKind = Literal["prevents", "lowers", "raises", "lowers_odds", "raises_odds"]

SHARES = frozenset(
    {
        "reach",
        "drop_out",
        "share",
        "probability",
        "discount_costs",
        "discount_effects",
        "sensitivity",
        "specificity",
        "first",
        "per_doubling",
        "decay",
        "without",
    }
)
"""Numbers that are read as per cent."""
DIVIDED = frozenset({"shares", "agreed", "payers", "receivers"})
"""Tables and lists of such numbers."""
MONEY = frozenset(
    {"start_up", "running", "per_participant", "per_participant_month", "refresher", "price"}
)
YEARS = frozenset({"price_level", "price_year", "first_year", "last_year", "by"})
"""Numbers that are calendar years."""
MOST_FORMULAS = 2
"""Of those that a parameter is in so many are told."""
LONGEST_LIST = 44
"""Characters; of a longer list of transitions only the first is named."""


@dataclass(frozen=True)
class Assumptions:
    """The words for a scenario's numbers, in the current language."""

    scenario: Scenario

    def name(self, key: str) -> str:
        """Return what the number at a key is called; the key itself if nothing stands there."""
        return self.named(key.split(".")) or key

    def named(self, path: Sequence[str | int]) -> str | None:
        """Return what the thing at a path is called; None if nothing stands there."""
        head, *rest = map(str, path)
        if head == "pathway" and rest:
            head, *rest = rest
        tail = self.scenario.time.tail
        if [head, *rest[:1]] == ["time", "tail"] and tail is not None and rest[1:]:
            inside = Assumptions(self.scenario.model_copy(update={"pathway": tail}))
            what = inside.named(rest[1:])
            return None if what is None else t("{what} (later life)", what=what)
        speak: dict[str, Callable[[list[str]], str | None]] = {
            "investments": self._investment,
            "drift": self._drift,
            "economy": self._economy,
            "resources": self._resource,
            "transitions": self._transition,
            "tracks": self._use,
            "population": self._population,
            "time": self._time,
            "parameters": self._parameter,
        }
        found = speak[head](rest) if rest and head in speak else None
        return KeyWords(self.scenario).name(path) if found is None else found

    def value(self, key: str, value: float) -> str:
        """Return a value of the number at a key as a reader writes it."""
        if not isfinite(value):
            return "–"
        last = key.rpartition(".")[2]
        if key.endswith("persistence.years"):
            return n_("{n} year", "{n} years", 1 if value == 1 else 2, n=figures(value)).replace(
                " ", NBSP
            )
        if last == "ratio":
            change = figures(round(100 * (value - 1), 1)) + percent_sign()
            return f"+{change}" if value > 1 else change
        if last == "rate" and abs(value) < 1:
            return figures(100 * value) + percent_sign()
        dated = last in ("from", "to", "start") and value >= 1000
        if (last in YEARS or dated) and value == int(value):
            return str(int(value))
        divided = DIVIDED.intersection(key.split(".")[-2:])
        grows = key.startswith(("drift.", "population.movers_in.per_year"))
        if last in SHARES or divided or grows or ".fidelity.share." in key:
            return figures(100 * value) + (percent_sign())
        if last in MONEY and abs(value) >= 1e6:
            return currency_amount(figures(value / 1e6), "m").replace(" ", NBSP)
        if last in MONEY and abs(value) >= 1e5:
            return currency_amount(figures(value / 1e3), "k").replace(" ", NBSP)
        return figures(value)

    def told(self, key: str, value: float, ends: tuple[float, float]) -> str:
        """Return the value of the number at a key, and its range, as a short sentence.

        Args:
            key: The key.
            value: The value in the scenario.
            ends: The lowest and the highest value it may have.
        """
        if key.rpartition(".")[2] != "ratio" or not isfinite(value):
            return t("is {value}", value=self.value(key, value))
        raises = value > 1
        size, *range_ = (end - 1 if raises else 1 - end for end in (value, *ends))
        n, low, high = (figures(round(100 * one, 1)) for one in (size, *sorted(range_)))
        said = {"n": n, "low": low, "high": high}
        match self.effect_kind(key, value):
            case "raises_odds":
                return t("raises the odds by {n}% ({low} to {high}%)", **said)
            case "lowers_odds":
                return t("lowers the odds by {n}% ({low} to {high}%)", **said)
            case "raises":
                return t("raises by {n}% ({low} to {high}%)", **said)
            case "lowers":
                return t("lowers by {n}% ({low} to {high}%)", **said)
            case "prevents":
                return t("prevents {n}% ({low} to {high}%)", **said)

    def effect_kind(self, key: str, value: float) -> EffectKind:
        """Return what the effect whose ratio stands at a key does."""
        effect, raises = self._effect(key), value > 1
        if effect is not None and effect.scale == "odds_ratio":
            return "raises_odds" if raises else "lowers_odds"
        if raises:
            return "raises"
        # A use or a weight is made smaller; what happens is prevented.
        used = effect is not None and any(":" in on for on in effect.on)
        return "lowers" if used else "prevents"

    def margin(self, key: str, size: float) -> str:
        """Return a margin of error of the number at a key."""
        if key.rpartition(".")[2] == "ratio" and isfinite(size):
            return figures(round(100 * size, 1)) + percent_sign()
        return self.value(key, size)

    def _effect(self, key: str) -> Effect | None:
        """Return the effect whose ratio stands at a key; None if none does."""
        head, name, *parts = key.split(".")
        investment = self.scenario.investments.get(name) if head == "investments" else None
        if investment is None or parts[0] != "effects" or not parts[1].isdigit():
            return None
        return investment.effects[int(parts[1])]

    def grade(self, grade: str | None) -> str:
        """Return what a number is built on; empty if the file does not say."""
        return grade_name(grade)

    # ------------------------------------------------------------------------ parts

    def _text(self, text: Text | None, name: str) -> str:
        return quoted(name) if text is None else text.text

    @property
    def _pathway(self) -> Pathway:
        return self.scenario.pathway

    def _parameter(self, rest: list[str]) -> str | None:
        known = parameters(self.scenario)
        if rest[0] not in known:
            return None
        label = getattr(known[rest[0]][1], "label", None)
        return t("Parameter {name}", name=rest[0]) if label is None else label.text

    def follows(self, key: str) -> str:
        """Return the formulas that a parameter is in, as a text; empty if it is in none."""
        head, _, name = key.removeprefix("pathway.").partition(".")
        paths = followers(self.scenario).get(name, []) if head == "parameters" else []
        if not paths:
            return ""
        given = derived(self.scenario)
        named = [f"{self.name(path)} = {given[path][1]}" for path in paths[:MOST_FORMULAS]]
        return "; ".join([*named, *(["…"] if len(paths) > MOST_FORMULAS else [])])

    def _investment(self, rest: list[str]) -> str | None:
        name, *parts = rest
        investment = self.scenario.investments.get(name)
        if investment is None or not parts:
            return None
        found = self._of_investment(name, parts)
        if found is None or len(self.scenario.investments) < 2:
            return found
        return f"{found} ({investment.label.text})"

    def _of_investment(self, name: str, parts: list[str]) -> str | None:
        if parts[0] == "new_way" and len(parts) > 1:
            found = self._of_investment(name, parts[1:])
            return None if found is None else t("{what}, new way", what=found)
        if parts[0] in ("cost", "replaces") and len(parts) > 1:
            cost = {
                "start_up": t("Start-up cost"),
                "running": t("Running cost a year"),
                "per_participant": t("Cost per participant"),
                "per_participant_month": t("Cost per participant and month"),
                "refresher": t("Cost of a follow-up of the method"),
            }.get(parts[1])
            if cost is None or parts[0] == "cost":
                return cost
            return t("{what} of what is replaced", what=cost)
        if parts[0] == "effects" and parts[1:2] == ["*"]:
            lasting = parts[2:] == ["persistence", "years"]
            return t("How long the effects last") if lasting else t("All effects")
        if parts[0] == "effects" and len(parts) > 2 and parts[1].isdigit():
            effects = self.scenario.investments[name].effects
            if int(parts[1]) >= len(effects):
                return None
            on = self._targets(effects[int(parts[1])].on)
            if parts[2] in ("ratio", "adds"):
                return t("Effect on: {what}", what=on)
            if parts[2:] == ["persistence", "years"]:
                return t("How long it lasts, effect on: {what}", what=on)
            if parts[2:] == ["complement", "without"]:
                return t("Share without the other part, effect on: {what}", what=on)
            return self._beside(effects[int(parts[1])], parts[2:])
        if parts[0] == "selection" and len(parts) > 1:
            return {
                "sensitivity": t("Share of those at risk who are recognised"),
                "specificity": t("Share of the others who are recognised"),
            }.get(parts[1])
        if parts[0] == "preparation" and len(parts) > 2:
            return self._of_preparation(name, *parts[1:3])
        last = {
            "first": t("Share of the effect in the first case"),
            "per_doubling": t("Part of the lack left when the cases are doubled"),
            "decay": t("Share of the delivery lost per year"),
            "refresher": t("Months between follow-ups of the method"),
        }.get(parts[-1])
        return last or {
            "reach": t("Reach"),
            "fidelity": t("Share of the effect that comes about"),
            "capacity": t("Places"),
            "duration": t("Months of treatment"),
            "drop_out": t("Drop-out a year"),
            "onset": t("Months until it works"),
            "years": t("Years of the project"),
            "ramp": t("Months until full scale"),
            "delay": t("Months of delay"),
        }.get(parts[0])

    def _beside(self, effect: Effect, parts: list[str]) -> str | None:
        """Return what a number of what is given instead, or of an effect's harm, is called."""
        spec = {"instead": effect.instead, "harm": effect.harm}.get(parts[0])
        if spec is None or spec.label is None or len(parts) != 2:
            return None
        what = spec.label.text
        return {
            "share": t("{what}: share", what=what),
            "months": t("{what}: months", what=what),
            "ratio": t("{what}: ratio of the risk", what=what),
        }.get(parts[1])

    def _of_preparation(self, investment: str, part: str, key: str) -> str | None:
        spec = self.scenario.investments[investment].preparation.get(part)
        what = self._text(None if spec is None else spec.label, part)
        if key == "cost":
            return t("Cost of preparation: {what}", what=what)
        return t("Months of preparation: {what}", what=what) if key == "months" else None

    def _targets(self, on: list[str]) -> str:
        names = [self._target(target) for target in on]
        if len(names) > 1 and len(", ".join(names)) > LONGEST_LIST:
            return t("{first} and {n} more", first=names[0], n=len(names) - 1)
        return listing(names)

    def _target(self, target: str) -> str:
        transition = self._pathway.transitions.get(target)
        label = self._text(None if transition is None else transition.label, target)
        return label if label[1:2].isupper() else label[:1].lower() + label[1:]

    def _drift(self, rest: list[str]) -> str | None:
        if rest[0] == "volumes" and len(rest) > 1:
            return t("Growth a year: {what}", what=self._target(rest[1]))
        if rest[0] == "prices" and len(rest) > 1:
            kinds = {"care": t("care"), "staff": t("staff")}
            what = kinds.get(rest[1], rest[1])
            return t("Real price growth a year: {what}", what=what)
        return t("Inflation") if rest[0] == "inflation" else None

    def _economy(self, rest: list[str]) -> str | None:
        return {
            "discount_costs": t("Discount rate of costs"),
            "discount_effects": t("Discount rate of effects"),
        }.get(rest[0])

    def _resource(self, rest: list[str]) -> str | None:
        resource = self._pathway.resources.get(rest[0])
        if resource is None or len(rest) < 2:
            return None
        label = self._text(resource.label, rest[0])
        label = label[:1].lower() + label[1:]
        return {
            "price": t("Price: {what}", what=label),
            "step_size": t("Size of a step: {what}", what=label),
            "notice": t("Months of notice: {what}", what=label),
        }.get(rest[1])

    def _transition(self, rest: list[str]) -> str | None:
        transition = self._pathway.transitions.get(rest[0])
        if transition is None or len(rest) < 2:
            return None
        what = self._target(rest[0])
        if rest[1] == "rate":
            return t("Yearly rate: {what}", what=what)
        if rest[1] == "probability":
            return t("Probability: {what}", what=what)
        if rest[1] == "to" and len(rest) > 2 and transition.track in self._pathway.tracks:
            state = self._pathway.tracks[transition.track].states.get(rest[2])
            to = rest[2] if state is None else self._text(state.label, rest[2])
            to = to[:1].lower() + to[1:]
            return t("Share: {what}, to {state}", what=what, state=to)
        return None

    def _use(self, rest: list[str]) -> str | None:
        if len(rest) < 5 or rest[1] != "states" or rest[3] != "uses":
            return None
        track = self._pathway.tracks.get(rest[0])
        state = None if track is None else track.states.get(rest[2])
        resource = self._pathway.resources.get(rest[4])
        if state is None or resource is None:
            return None
        what, where = self._text(resource.label, rest[4]), self._text(state.label, rest[2])
        return t(
            "Use of {what}: {state}",
            what=what[:1].lower() + what[1:],
            state=where[:1].lower() + where[1:],
        )

    def _population(self, rest: list[str]) -> str | None:
        return {
            "residents": t("Residents"),
            "growth": t("Growth of the population"),
            "movers_in.per_year": t("Share moving in each year"),
        }.get(".".join(rest))

    def _time(self, rest: list[str]) -> str | None:
        return {
            "years": t("Years ahead"),
            "history": t("Years before the start"),
        }.get(".".join(rest))
