"""Does what a file says of who decides fit its investments and administrations?"""

from __future__ import annotations

from sisim.checks.issues import Findings
from sisim.scenario.document import Document
from sisim.scenario.errors import Reason
from sisim.scenario.scenario import Scenario


class SiloCheck(Findings):
    """Everything in `[silo]` that does not fit together."""

    def __init__(self, document: Document, scenario: Scenario):
        super().__init__(document)
        silo, pathway = scenario.silo, scenario.pathway
        if silo is None:
            return
        path = ("silo",)
        for index, arm in enumerate(silo.arms):
            if self.refer((*path, "arms", index), arm, scenario.arms, Reason("The arm")) and (
                silo.arms.index(arm) < index
            ):
                self.say((*path, "arms", index), Reason('"{name}" is named twice.', name=arm))
        for investment, decider in silo.decider.items():
            key = (*path, "decider", investment)
            self.refer(key, investment, scenario.investments, Reason("The investment"))
            self.refer(key, decider, pathway.administrations, Reason("The administration"))
        for index, name in enumerate(silo.joint):
            self.refer((*path, "joint", index), name, pathway.principals, Reason("The principal"))
