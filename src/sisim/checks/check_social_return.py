"""Can a social return be told: of outcomes that there are, and of people who can be followed?"""

from __future__ import annotations

from sisim.checks.issues import Findings
from sisim.scenario.dates import months_until
from sisim.scenario.document import Document
from sisim.scenario.errors import Reason
from sisim.scenario.scenario import Scenario
from sisim.scenario.social_values import SocialReturn


class SocialReturnCheck(Findings):
    """Problems in what a scenario says of its social return."""

    def __init__(self, document: Document, scenario: Scenario):
        super().__init__(document)
        self.scenario = scenario
        spec = scenario.sroi
        if spec is None:
            return
        self._values(spec)
        self._guessed(spec)
        if spec.investment is not None:
            there = scenario.investments
            self.refer(("sroi", "investment"), spec.investment, there, Reason("The investment"))
        # Who looks at fewer years has not asked for what takes longer: that is said when they do.
        if not any(changed[:1] == ("time",) for changed in document.changed):
            self._time(spec)

    def _values(self, spec: SocialReturn) -> None:
        if not spec.values:
            reason = Reason("Nothing is valued: write [sroi.values.NAME], with an outcome.")
            self.say(("sroi",), reason)
        for name, value in spec.values.items():
            path = ("sroi", "values", name, "outcome")
            outcomes = self.scenario.outcomes
            if not self.refer(path, value.outcome, outcomes, Reason("The outcome")):
                continue
            if outcomes[value.outcome].where:
                reason = Reason(
                    'The outcome "{name}" is of some people only ("where"): participants are who '
                    "they are. Take one without it.",
                    name=value.outcome,
                )
                self.say(path, reason)

    def _guessed(self, spec: SocialReturn) -> None:
        for key in ("deadweight", "displacement", "attribution"):
            value = getattr(spec.guessed, key).value
            if abs(value) > 1:
                reason = Reason(
                    "A share is at most 1 (100 %): write {percent} % as {share}.",
                    percent=value,
                    share=f"{value / 100:.6g}",
                )
                self.say(("sroi", "guessed", key), reason)

    def _time(self, spec: SocialReturn) -> None:
        time = self.scenario.time
        if spec.years_before is not None and spec.years_before > time.history + 1e-6:
            reason = Reason(
                "years_before = {years}, but time.history is {history}: nobody is counted so many "
                "years before the start.",
                years=spec.years_before,
                history=time.history,
            )
            self.say(("sroi", "years_before"), reason)
        end = months_until(time.start) + 12 * time.years
        starts = [
            months_until(one.start)
            for name, one in self.scenario.investments.items()
            if spec.investment in (None, name)
        ]
        if starts and min(starts) + 12 * spec.horizon > end + 1e-6:
            reason = Reason(
                "horizon = {years}, but the scenario ends {ends}: nobody can be followed for so "
                'long. Lower the horizon, or give more "years" under [time].',
                years=spec.horizon,
                ends=time.ends,
            )
            self.say(("sroi", "horizon"), reason)
