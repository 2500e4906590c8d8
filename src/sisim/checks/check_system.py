"""Do the goals for the system fit the scenario: is there such an arm, target group and outcome?"""

from __future__ import annotations

from collections.abc import Collection

from sisim.checks.issues import Findings
from sisim.scenario.document import Document
from sisim.scenario.errors import Reason
from sisim.scenario.scenario import Scenario
from sisim.scenario.system_goals import Better


class SystemCheck(Findings):
    """Everything in `[system]` that does not fit together."""

    def __init__(self, document: Document, scenario: Scenario):
        super().__init__(document)
        self.scenario = scenario
        system = scenario.system
        if system is None:
            return
        if system.arm is not None:
            self.refer(("system", "arm"), system.arm, scenario.arms, Reason("The arm"))
        if system.better is not None:
            self._better(system.better)

    def _better(self, better: Better) -> None:
        path, pathway = ("system", "better"), self.scenario.pathway
        if better.investment is not None:
            key = (*path, "investment")
            what = Reason("The investment")
            self.refer(key, better.investment, self.scenario.investments, what)
        outcome = better.outcome
        if outcome.within > 12 * self.scenario.time.years:
            reason = Reason(
                "Nobody can be followed so long (in months: {asked}, where the scenario has "
                "{whole}).",
                asked=outcome.within,
                whole=round(12 * self.scenario.time.years),
            )
            self.say((*path, "outcome", "within"), reason)
        keys = ("transition", "group", "resource", "costs_of")
        given = [key for key in keys if getattr(outcome, key)]
        if len(given) != 1:
            reason = Reason('Give one of "transition", "group", "resource" and "costs_of".')
            self.say((*path, "outcome"), reason)
            return
        known: dict[str, tuple[Collection[str], Reason]] = {
            "transition": (pathway.transitions, Reason("The transition")),
            "group": (pathway.groups, Reason("The group")),
            "resource": (pathway.resources, Reason("The resource")),
            "costs_of": (pathway.administrations, Reason("The administration")),
        }
        valid, what = known[given[0]]
        names = getattr(outcome, given[0])
        for name in names if isinstance(names, list) else [names]:
            self.refer((*path, "outcome", given[0]), name, valid, what)
