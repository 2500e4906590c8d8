"""Can an evaluation decide how an investment ends: does it measure the effect, and in time?"""

from __future__ import annotations

from sisim.checks.check_evaluation import investment_of
from sisim.checks.check_scenario import NEW_WAY
from sisim.checks.issues import Findings
from sisim.scenario.dates import months_until
from sisim.scenario.document import Document
from sisim.scenario.errors import Reason
from sisim.scenario.evaluation import Evaluation
from sisim.scenario.positions import Path
from sisim.scenario.scenario import GATED, Arm, Gate, Investment, Scenario


class GateCheck(Findings):
    """Problems in the stage gates of a scenario."""

    def __init__(self, document: Document, scenario: Scenario):
        super().__init__(document)
        self.scenario = scenario
        for name, investment in scenario.investments.items():
            if investment.gate is not None:
                self._gate(("investments", name, "gate"), name, investment, investment.gate)
        for name, arm in scenario.gated.items():
            self._arm(("arms", name, "investments"), arm)

    def _arm(self, path: Path, arm: Arm) -> None:
        gated = [name for name, ending in arm.investments.items() if ending == GATED]
        for name in gated:
            known = self.scenario.investments.get(name)
            if known is not None and known.gate is None:
                reason = Reason(
                    "Nothing says what decides how it ends: give [investments.{name}.gate] with an "
                    '"evaluation".',
                    name=name,
                )
                self.say((*path, name), reason)
        if len(gated) > 1:
            reason = Reason(
                "One gate at a time can be read: {names} are gated here. Give each an arm of its "
                "own.",
                names=", ".join(gated),
            )
            self.say((*path, gated[1]), reason)

    def _gate(self, path: Path, name: str, investment: Investment, gate: Gate) -> None:
        for key in ("yes", "no"):
            if getattr(gate, key) == NEW_WAY and investment.new_way is None:
                reason = Reason('The investment "{name}" has no [new_way] to end in.', name=name)
                self.say((*path, key), reason)
        if gate.yes == gate.no:
            reason = Reason("Yes and no lead to the same ending: nothing is decided.")
            self.say((*path, "no"), reason)
        if gate.meanwhile == "pause" and "continues" in (gate.yes, gate.no):
            reason = Reason(
                'What is to continue cannot pause: take meanwhile = "continues", or the ending '
                '"new_way_of_working".'
            )
            self.say((*path, "meanwhile"), reason)
        here, evaluations = (*path, "evaluation"), self.scenario.evaluations
        if not self.refer(here, gate.evaluation, evaluations, Reason("The evaluation")):
            return
        spec = evaluations[gate.evaluation]
        if spec.design == "process":
            reason = Reason(
                '"{name}" is a process evaluation, and can never answer how effective a method is: '
                "there is nothing to compare with (question 10). Take an evaluation that compares "
                "with something.",
                name=gate.evaluation,
            )
            self.say(here, reason)
            return
        other = investment_of(self.scenario, spec)
        if other is not None and other != name:
            reason = Reason(
                '"{evaluation}" evaluates "{other}", not "{name}".',
                evaluation=gate.evaluation,
                other=other,
                name=name,
            )
            self.say(here, reason)
        # Who looks at fewer years has not asked for what is decided after them.
        looked_at = any(changed[:1] == ("time",) for changed in self.document.changed)
        if not looked_at and (late := answered_too_late(self.scenario, spec)) is not None:
            self.say(here, late)


def answered_too_late(scenario: Scenario, evaluation: Evaluation) -> Reason | None:
    """Return that an evaluation answers when the scenario has ended; None if it has not."""
    time, answered = scenario.time, evaluation.answered
    if answered < months_until(time.start) + 12 * time.years:
        return None
    return Reason(
        "The answer comes {month}, when the scenario has ended ({ends}): nothing is left "
        'to decide. Give more "years" under [time].',
        month=f"{answered // 12}-{1 + answered % 12:02d}",
        ends=time.ends,
    )
