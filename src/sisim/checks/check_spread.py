"""Is what spreads evaluated by an evaluation that there is, and that can find an effect?"""

from __future__ import annotations

from sisim.checks.issues import Findings
from sisim.scenario.document import Document
from sisim.scenario.errors import Reason
from sisim.scenario.scenario import Scenario


class SpreadCheck(Findings):
    """Everything in `[spread]` that does not fit the rest."""

    def __init__(self, document: Document, scenario: Scenario):
        super().__init__(document)
        spread = scenario.spread
        if spread is None or spread.evaluation is None:
            return
        path, name = ("spread", "evaluation"), spread.evaluation
        if not self.refer(path, name, scenario.evaluations, Reason("The evaluation")):
            return
        if scenario.evaluations[name].design == "process":
            reason = Reason(
                '"{name}" is a process evaluation: it can never answer how effective a method is, '
                "so that nobody sees an effect by it.",
                name=name,
            )
            self.say(path, reason)
        if "power" in spread.model_fields_set:
            reason = Reason(
                'The power is given, and is to be read from "{name}": leave one of "power" and '
                '"evaluation" out.',
                name=name,
            )
            self.say(path, reason)
