"""Can money be reckoned as the file says? Perspective, discounting, the tail, the cash ladder."""

from __future__ import annotations

from sisim.checks.issues import Findings
from sisim.scenario.document import Document
from sisim.scenario.economy import PUBLIC, SOCIETY
from sisim.scenario.errors import Reason
from sisim.scenario.scenario import Scenario

HIGHEST_RATE = 0.2
"""A year; a higher discount rate is a percentage written as it is said."""


class EconomyCheck(Findings):
    """Everything in how a scenario reckons with money that cannot be meant so."""

    def __init__(self, document: Document, scenario: Scenario):
        super().__init__(document)
        self.economy = scenario.economy
        self.pathway = scenario.pathway
        self.years = scenario.time.years
        self.continued = scenario.time.tail is not None
        self._perspective()
        self._rate("discount_costs", self.economy.discount_costs.value)
        self._rate("discount_effects", self.economy.discount_effects.value)
        self._tail()
        self._steps()

    def _perspective(self) -> None:
        path = ("economy", "perspective")
        valid = [PUBLIC, SOCIETY, *self.pathway.principals, *self.pathway.administrations]
        for bearer in self.economy.bearers:
            self.refer(path, bearer, valid, Reason("The perspective"))

    def _rate(self, key: str, rate: float) -> None:
        path = ("economy", key)
        if rate < 0:
            self.say(path, Reason("A discount rate cannot be negative."))
        elif rate > HIGHEST_RATE:
            meant = rate if rate > 1 else 3.5
            while meant > 100 * HIGHEST_RATE:
                meant /= 100
            reason = Reason(
                "A discount rate of {rate} is {percent} % a year, and can be at most {highest} %. "
                "Rates are written as shares: write {meant} % as {share}.",
                rate=rate,
                percent=100 * rate,
                highest=100 * HIGHEST_RATE,
                meant=meant,
                share=f"{meant / 100:.6g}",
            )
            self.say(path, reason)

    def _tail(self) -> None:
        tail = self.economy.tail
        if tail is None:
            return
        path = ("economy", "tail")
        if self.continued:
            reason = Reason(
                'There is one tail at a time: take away either this one or "tail" in [time].'
            )
            self.say(path, reason)
        if self.years < 1:
            self.say(path, Reason("A tail needs at least one whole simulated year to go on from."))
        if tail.basis is None:
            reason = Reason(
                'A tail needs a stated "basis": "last_year" (the difference of the last whole year '
                'goes on) or "fading" (it halves every "half_life" years).'
            )
            self.say(path, reason)
        if tail.basis == "fading" and (tail.half_life is None or tail.half_life.value <= 0):
            reason = Reason('"{kind}" needs "{key}", over 0.', kind=tail.basis, key="half_life")
            self.say(path, reason)
        if tail.basis == "last_year" and tail.half_life is not None:
            reason = Reason('Only "fading" has a "half_life".')
            self.say((*path, "half_life"), reason)

    def _steps(self) -> None:
        for name, resource in self.pathway.resources.items():
            path = ("pathway", "resources", name)
            if resource.step_size is not None and resource.step_size.value <= 0:
                self.say((*path, "step_size"), Reason("The size of a step must be over 0."))
            for key in ("step_size", "notice"):
                if resource.cash != "step" and getattr(resource, key) is not None:
                    reason = Reason('Only a resource with cash = "step" has a "{key}".', key=key)
                    self.say((*path, key), reason)
