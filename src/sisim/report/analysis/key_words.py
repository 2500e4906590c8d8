"""Keys of a scenario in words: what any of them is called, and what its value is called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydantic import BaseModel

from sisim.i18n import t
from sisim.report.formats import capital, listing, lower, quoted
from sisim.scenario.economy import PUBLIC, SOCIETY
from sisim.scenario.errors import Reason
from sisim.scenario.numbers import parameters
from sisim.scenario.scenario import Scenario
from sisim.scenario.types import Text

Part = str | int

FIELDS = {
    "pathway": Reason("pathway"),
    "time": Reason("time"),
    "population": Reason("population"),
    "investments": Reason("investments"),
    "arms": Reason("arms"),
    "funds": Reason("funds"),
    "drift": Reason("development over time"),
    "economy": Reason("economy"),
    "goals": Reason("goals"),
    "contracts": Reason("contracts"),
    "step": Reason("length of a step"),
    "principals": Reason("principals"),
    "administrations": Reason("administrations"),
    "resources": Reason("resources"),
    "weights": Reason("weights"),
    "attributes": Reason("backgrounds"),
    "tracks": Reason("tracks"),
    "groups": Reason("groups"),
    "factors": Reason("factors"),
    "transitions": Reason("transitions"),
    "groupings": Reason("groupings"),
    "entry": Reason("on entry"),
    "calibration": Reason("calibration"),
    "public": Reason("counted as public"),
    "principal": Reason("principal"),
    "currency": Reason("currency"),
    "price": Reason("price"),
    "price_year": Reason("price year"),
    "administration": Reason("administration"),
    "payers": Reason("payers"),
    "receivers": Reason("receivers"),
    "deadweight": Reason("what taxation costs beside the tax"),
    "continues": Reason("goes on from"),
    "from_age": Reason("youngest who go on"),
    "until": Reason("age at the end"),
    "exits": Reason("ways of leaving"),
    "cash": Reason("how the cost falls away"),
    "step_size": Reason("size of a step"),
    "notice": Reason("months of notice"),
    "price_type": Reason("price type"),
    "ordinary": Reason("what everyone has"),
    "bought": Reason("bought of a provider outside"),
    "shares": Reason("shares"),
    "shares_by": Reason("shares by area"),
    "of_movers": Reason("of those who move in"),
    "parameters": Reason("parameters"),
    "formula": Reason("formula"),
    "redraw": Reason("drawn anew a year"),
    "sizes": Reason("sizes"),
    "below": Reason("upper bounds"),
    "per": Reason("per"),
    "start": Reason("start"),
    "states": Reason("states"),
    "uses": Reason("use"),
    "exit": Reason("leaves the population"),
    "amount": Reason("amount"),
    "track": Reason("track"),
    "feature": Reason("feature"),
    "values": Reason("values"),
    "default": Reason("value for the rest"),
    "otherwise": Reason("value for those never there"),
    "window": Reason("window in months"),
    "among": Reason("among whom"),
    "shape": Reason("shape"),
    "direct": Reason("the background itself"),
    "product": Reason("product of factors"),
    "causal_share": Reason("causal share"),
    "scale": Reason("scale of the effect"),
    "from": Reason("from"),
    "to": Reason("to"),
    "distribution": Reason("how it is divided"),
    "rate": Reason("yearly rate"),
    "probability": Reason("probability"),
    "schedule": Reason("moment"),
    "order": Reason("order"),
    "share": Reason("share"),
    "month": Reason("month"),
    "age": Reason("age"),
    "cycle": Reason("cycle"),
    "residents": Reason("residents"),
    "max_age": Reason("highest age"),
    "years": Reason("years"),
    "closed": Reason("closed cohort"),
    "warm_up": Reason("years of warm-up"),
    "history": Reason("years before the start"),
    "growth": Reason("yearly growth"),
    "movers_in": Reason("movers in"),
    "cohort": Reason("size of the cohort"),
    "areas": Reason("areas"),
    "families": Reason("families"),
    "per_year": Reason("share a year"),
    "children": Reason("number of children"),
    "spacing": Reason("years between siblings"),
    "in_common": Reason("what siblings have in common"),
    "grown_at": Reason("age when grown"),
    "between": Reason("between"),
    "target": Reason("target group"),
    "reach": Reason("reach"),
    "capacity": Reason("places"),
    "selection": Reason("selection"),
    "duration": Reason("months of treatment"),
    "drop_out": Reason("drop-out a year"),
    "repeat": Reason("can be repeated"),
    "onset": Reason("months until it works"),
    "fidelity": Reason("share of the effect that comes about"),
    "decay": Reason("share of the delivery lost per year"),
    "refresher": Reason("follow-ups of the method"),
    "learning": Reason("what is learned with the cases"),
    "first": Reason("share of the effect in the first case"),
    "per_doubling": Reason("part of the lack left when the cases are doubled"),
    "preparation": Reason("preparation"),
    "complement": Reason("whole together with"),
    "investment": Reason("investment"),
    "without": Reason("share of the effect without the other part"),
    "effects": Reason("effects"),
    "cost": Reason("cost"),
    "new_way": Reason("new way of working"),
    "features": Reason("characteristics"),
    "any_of": Reason("at least one of"),
    "rule": Reason("rule"),
    "risk_of": Reason("at risk of"),
    "sensitivity": Reason("share of those at risk who are recognised"),
    "specificity": Reason("share of the others who are recognised"),
    "at": Reason("points in time"),
    "on": Reason("what it acts on"),
    "ratio": Reason("ratio"),
    "adds": Reason("addition"),
    "acts_on": Reason("whom it acts on"),
    "phase": Reason("phase"),
    "persistence": Reason("how long it lasts"),
    "modifier": Reason("modified by"),
    "kind": Reason("kind"),
    "start_up": Reason("start-up cost"),
    "running": Reason("running cost a year"),
    "per_participant": Reason("cost per participant"),
    "per_participant_month": Reason("cost per participant and month"),
    "payer": Reason("payer"),
    "delay": Reason("delay"),
    "ramp": Reason("months until full scale"),
    "interval": Reason("months between areas"),
    "replaces": Reason("what is replaced"),
    "deposits": Reason("deposits"),
    "interest": Reason("interest"),
    "payments": Reason("payments"),
    "repayment": Reason("repayment"),
    "portfolio": Reason("portfolio"),
    "opening": Reason("opening balance"),
    "yearly": Reason("yearly"),
    "from_surplus": Reason("share of the surplus"),
    "basis": Reason("basis"),
    "share_planned": Reason("share that follows the plan"),
    "evaluation": Reason("evaluation"),
    "activities": Reason("activities"),
    "responsible": Reason("responsible"),
    "legal": Reason("legal assessment"),
    "outcome_values": Reason("worth of an avoided outcome"),
    "gate": Reason("stage gate"),
    "yes": Reason("if yes"),
    "no": Reason("if no"),
    "meanwhile": Reason("until the answer"),
    "spread": Reason("spread"),
    "p": Reason("p (of one's own accord)"),
    "q": Reason("q (after others)"),
    "power": Reason("power of the evaluation"),
    "stages": Reason("stages on the way"),
    "goes_on": Reason("share that goes on"),
    "region_weight": Reason("weight of the same region"),
    "municipalities": Reason("number of municipalities"),
    "coming": Reason("number of investments that come"),
    "every": Reason("years between them"),
    "support": Reason("support of capacity"),
    "programme": Reason("national programme"),
    "lag": Reason("years until it acts"),
    "set_off": Reason("what is set off"),
    "plan": Reason("plan"),
    "first_year": Reason("first year"),
    "starts_after": Reason("years until it starts"),
    "last_year": Reason("last year"),
    "cap": Reason("cap"),
    "cap_year": Reason("cap per year"),
    "agreed": Reason("agreed shares"),
    "rounding": Reason("rounding"),
    "prices": Reason("prices"),
    "arm": Reason("arm"),
    "success": Reason("probability of success"),
    "volumes": Reason("volumes"),
    "inflation": Reason("inflation"),
    "price_level": Reason("price level"),
    "counting": Reason("when in the year costs are counted"),
    "discount_costs": Reason("discount rate of costs"),
    "discount_effects": Reason("discount rate of effects"),
    "exponent": Reason("exponent of the first year"),
    "perspective": Reason("perspective"),
    "tail": Reason("value after the horizon"),
    "price_index": Reason("price index"),
    "half_life": Reason("half-life"),
    "group": Reason("group"),
    "of": Reason("share of whom"),
    "count": Reason("what is counted"),
    "where": Reason("for whom"),
    "delivery": Reason("delivery"),
    "at_most": Reason("at most"),
    "by": Reason("to be reached by"),
    "parties": Reason("parties"),
    "investor": Reason("investor"),
    "provider": Reason("provider"),
    "guarantor": Reason("guarantor"),
    "intermediary": Reason("intermediary"),
    "evaluator": Reason("evaluator"),
    "amounts": Reason("amounts"),
    "at_risk": Reason("share at risk"),
    "measure": Reason("measure"),
    "threshold": Reason("threshold"),
    "pooled": Reason("threshold of all together"),
    "tiers": Reason("steps of payment"),
    "cap_per_year": Reason("cap a year"),
    "unlocked_by": Reason("unlocked by"),
    "outcome": Reason("outcome"),
    "resource": Reason("resource"),
    "saved_by": Reason("saved by"),
    "periods": Reason("periods"),
    "against": Reason("compared with"),
    "years_before": Reason("years before"),
    "level": Reason("level"),
    "trend": Reason("trend"),
    "read_as": Reason("read as"),
    "verified_by": Reason("verified by"),
    "over": Reason("over"),
    "pays": Reason("pays"),
    "measurements": Reason("what is measured"),
    "correlations": Reason("correlations between backgrounds"),
    "instruments": Reason("instruments of measurement"),
    "table": Reason("table over two features"),
    "file": Reason("file of numbers"),
    "content": Reason("content of the file"),
    "axes": Reason("columns of the file"),
    "mean": Reason("mean"),
    "sd": Reason("standard deviation"),
    "whole": Reason("whole points"),
    "good": Reason("what is good"),
    "ages_below": Reason("limits of age at the start"),
    "age_shares": Reason("shares by age at the start"),
    "intake": Reason("years of intake"),
    "stops": Reason("activities that stop"),
    "sets": Reason("value that is set"),
    "only_in": Reason("states in which it acts"),
    "months": Reason("months"),
    "instead": Reason("what is used instead"),
    "harm": Reason("harm to the wrongly prevented"),
    "once": Reason("used once instead"),
    "events": Reason("when events are counted"),
    "instrument": Reason("instrument"),
    "left": Reason("group that is left"),
    "for": Reason("whom it is about"),
    "after": Reason("after beginning in"),
    "response": Reason("share that answers"),
    "response_factors": Reason("factors of answering"),
    "beside": Reason("groups told beside"),
    "sroi": Reason("social return"),
    "horizon": Reason("years that are valued"),
    "discount": Reason("discount rate of the social return"),
    "per_unit": Reason("worth of a unit"),
    "stakeholder": Reason("who values it"),
    "guessed": Reason("guessed"),
    "displacement": Reason("displacement"),
    "attribution": Reason("attribution to others"),
    "drop_off": Reason("drop-off a year"),
}
"""What the keys of scenario and pathway files are called."""
OF_TABLE = {("guessed", "deadweight"): Reason("deadweight")}
"""What a key is called in one table, where it is another thing elsewhere."""
OPTIONS = {
    "high": Reason("high"),
    "low": Reason("low"),
    "week": Reason("week"),
    "month": Reason("month"),
    "quarter": Reason("quarter"),
    "year": Reason("year"),
    "step": Reason("step"),
    "outlay": Reason("outlay"),
    "capacity": Reason("capacity"),
    "rate_ratio": Reason("rate ratio"),
    "odds_ratio": Reason("odds ratio"),
    "relative_risk": Reason("relative risk"),
    "exponential": Reason("exponential"),
    "weibull": Reason("Weibull"),
    "gompertz": Reason("Gompertz"),
    "first_come": Reason("first come, first served"),
    "highest_risk": Reason("highest risk first"),
    "lottery": Reason("lottery"),
    "participants": Reason("participants"),
    "area": Reason("area"),
    "always": Reason("always"),
    "project": Reason("project"),
    "new_way": Reason("new way of working"),
    "none": Reason("none"),
    "permanent": Reason("permanent"),
    "half_life": Reason("half-life"),
    "linear": Reason("linear"),
    "table": Reason("table"),
    "ends": Reason("ends"),
    "continues": Reason("continues"),
    "gated": Reason("decided by an evaluation"),
    "pause": Reason("pause"),
    "new_way_of_working": Reason("new way of working"),
    "planned": Reason("planned"),
    "mix": Reason("partly by plan"),
    "observed": Reason("by outcome"),
    "evaluated": Reason("by evaluation"),
    "years": Reason("the years of each administration"),
    "agreement": Reason("administrations too"),
    "invested": Reason("what was invested"),
    "cash_reduction": Reason("lower outlays"),
    "gross_reduction": Reason("lower costs"),
    "proportional": Reason("proportional"),
    "agreed": Reason("as agreed"),
    "fixed": Reason("fixed prices"),
    "current": Reason("current prices"),
    "start": Reason("start of the year"),
    "end": Reason("end of the year"),
    "both": Reason("mean of start and end"),
    "point": Reason("each point"),
    "weights": Reason("weights of one's own"),
    "last_year": Reason("as the last year"),
    "fading": Reason("fading"),
    "entries": Reason("new cases"),
    "stock": Reason("ongoing cases"),
    "events": Reason("events"),
    "without": Reason("without the investment"),
    "before": Reason("the time before"),
    "stated": Reason("a stated level"),
    "share": Reason("share"),
    "units": Reason("units"),
    "beta": Reason("beta"),
    "gamma": Reason("gamma"),
    "lognormal": Reason("lognormal"),
    "normal": Reason("normal"),
    "uniform": Reason("uniform"),
}
"""What the values are called that a key may have."""
FEATURES = {
    "age": Reason("age"),
    "age.calendar": Reason("age reached in the year"),
    "age.start": Reason("age at the start"),
    "time_in_state": Reason("months in the state"),
    "time_in": Reason("months in: {what}"),
    "time_since": Reason("months since: {what}"),
    "visits": Reason("times in: {what}"),
    "attribute": Reason("{what}"),
    "state": Reason("{what}"),
    "area": Reason("area"),
    "calendar.month": Reason("month of the year"),
    "calendar.year": Reason("calendar year"),
    "calendar.step": Reason("step of the year"),
    "share": Reason("share of peers in: {what}"),
    "exposure": Reason("has taken part in: {what}"),
}
"""What features are called; {what} is the group, track, attribute or investment."""
KINDS = {
    "states": ("from", "to", "start", "state"),
    "resources": ("uses", "resource"),
    "transitions": ("volumes", "on", "risk_of", "transition"),
    "payers": ("payers", "payer", "administration", "agreed", "saved_by", "outcome_values"),
    "categories": ("shares", "attribute"),
    "areas": ("areas", "shares_by", "area"),
    "groups": ("group", "of", "delivery"),
    "outcomes": ("outcome", "unlocked_by"),
    "prices": ("prices", "price_type"),
}
"""Whose names stand in which keys, where they may be those of something else too."""
PROPER = frozenset({"investments", "arms", "areas", "funds", "contracts", "goals"})
"""What is called by a name, which keeps its capital inside a sentence."""
HIDDEN = frozenset(
    {("", "pathway"), ("arms", "investments"), ("target", "features"), ("any_of", "features")}
)
"""Keys that say nothing to a reader beside the key they stand under."""


@dataclass(frozen=True)
class KeyWords:
    """The words for the keys of a scenario and for what stands there, in the current language."""

    scenario: Scenario

    def name(self, path: Sequence[Part]) -> str | None:
        """Return what a key is called, from the outside in; None if nothing stands there.

        Args:
            path: The parts of the key; those of the pathway with or without `pathway` before them.
        """
        parts = list(path)
        own = self.scenario.parameters
        of_pathway = parts[:1] == ["parameters"] and len(parts) > 1 and parts[1] not in own
        if parts and (of_pathway or parts[0] not in Scenario.model_fields):
            parts = ["pathway", *parts]
        words: list[str] = []
        node: Any = self.scenario
        field = ""
        while parts:
            if isinstance(node, BaseModel) and str(parts[0]) not in _fields(node):
                node = getattr(node, "features", None)  # as files write a condition
                field = "features"
            found = self._step(node, parts, field)
            if found is None:
                return None
            word, field, node, parts = found
            words += [word] if word else []
        return capital(": ".join(dict.fromkeys(words))) if words else None

    def value(self, field: str, value: Any) -> str:
        """Return a value that is no number in words; … if it is a whole table.

        Args:
            field: The last part of the key that is a word of the file's own.
            value: What stands there.
        """
        if isinstance(value, bool):
            return t("yes") if value else t("no")
        if isinstance(value, list | tuple):
            return listing([self.value(field, one) for one in value]) or t("none")
        if isinstance(value, Mapping):
            return "…"
        text = str(value)
        if field == "perspective":
            return listing([self._bearer(part.strip()) for part in text.split("+")])
        if text in OPTIONS and field not in ("start", "from", "to"):
            return OPTIONS[text].text
        if field == "feature":
            return self._named("features", text, None)
        found = self._label(field, text)
        return found or (quoted(text) if field in ("factors", "product", "modifier") else text)

    # ------------------------------------------------------------------------ parts

    def _step(
        self, node: Any, parts: list[Part], field: str
    ) -> tuple[str, str, Any, list[Part]] | None:
        """Return the word for the next part, its field, what stands there and the parts left."""
        if isinstance(node, BaseModel):
            key = str(parts[0])
            if key not in _fields(node):
                return None
            below = getattr(node, _fields(node)[key])
            if isinstance(node, Scenario) and key == "arms":
                below = {**below, **node.gated}
            said = OF_TABLE.get((field, key)) or FIELDS.get(key)
            hidden = said is None or (field, key) in HIDDEN
            return "" if hidden or said is None else said.text, key, below, parts[1:]
        if isinstance(node, Mapping):
            for size in range(len(parts), 0, -1):  # names may have dots
                name = ".".join(map(str, parts[:size]))
                if name in node:
                    return self._named(field, name, node[name]), field, node[name], parts[size:]
        if isinstance(node, list | tuple) and str(parts[0]).isdigit():
            number = int(parts[0])
            if number < len(node):
                word = t("no. {n}", n=number + 1) if len(node) > 1 else ""
                return word, field, node[number], parts[1:]
        return None

    def _named(self, field: str, name: str, node: Any) -> str:
        """Return what an entry of a table with names of one's own is called."""
        if field == "features":
            head, _, rest = name.partition(".")
            message = FEATURES.get(name) or FEATURES.get(head)
            what = self._label(head, rest) or rest
            return name if message is None else message.text.format(what=what)
        label = node if isinstance(node, Text) else getattr(node, "label", None)
        if isinstance(label, Text):
            return label.text if field in PROPER else lower(label.text)
        return self._label(field, name) or quoted(name)

    def _label(self, field: str, name: str) -> str | None:
        """Return the label of what a key names, first among what such a key names."""
        kinds = [kind for kind, fields in KINDS.items() if field in fields]
        for kind in (*kinds, *self._labels):
            if name in self._labels[kind]:
                text = self._labels[kind][name]
                return text if kind in PROPER else lower(text)
        return None

    def _bearer(self, name: str) -> str:
        """Return whose costs count by a part of a perspective."""
        special = {PUBLIC: t("the public sector"), SOCIETY: t("society")}
        return special.get(name) or self._label("payer", name) or name

    @cached_property
    def _labels(self) -> dict[str, dict[str, str]]:
        """The labels of all that has a name, by kind."""
        pathway, scenario = self.scenario.pathway, self.scenario
        tracks, attributes = pathway.tracks.values(), pathway.attributes.values()
        kinds: dict[str, Mapping[str, Any]] = {
            "payers": {
                **pathway.principals,
                **scenario.private_payers,
                **scenario.funds,
                **pathway.administrations,
            },
            "investments": scenario.investments,
            "arms": {**scenario.arms, **scenario.gated},
            "areas": scenario.population.areas,
            "outcomes": scenario.outcomes,
            "groups": pathway.groups,
            "transitions": pathway.transitions,
            "resources": pathway.resources,
            "tracks": pathway.tracks,
            "states": {name: state for track in tracks for name, state in track.states.items()},
            "attributes": pathway.attributes,
            "categories": {name: text for one in attributes for name, text in one.labels.items()},
            "weights": pathway.weights,
            "parameters": {name: number for name, (_, number) in parameters(scenario).items()},
        }
        found = {kind: dict(_texts(table)) for kind, table in kinds.items()}
        return found | {"prices": {"care": t("care"), "staff": t("staff"), "general": t("general")}}


def _texts(table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the label of each entry that has one."""
    for name, node in table.items():
        label = node if isinstance(node, Text) else getattr(node, "label", None)
        if isinstance(label, Text):
            yield name, label.text


def _fields(node: BaseModel) -> dict[str, str]:
    """Return the attributes of a table by the keys that files have for them."""
    return {info.alias or name: name for name, info in type(node).model_fields.items()}
