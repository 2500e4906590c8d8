"""What an evaluation says of a run, where the money of a fund or a contract follows it.

Evaluations are made in a room above this one. The package hands in who makes them when it is
imported (`evaluated_by`), so that whatever is settled anywhere is settled by the same estimate: in
a run, in a sweep, in the live page.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sisim.arrays import Floats
    from sisim.engine.counts import Result
    from sisim.scenario.scenario import Scenario


@dataclass(frozen=True)
class MeasuredEffect:
    """What an evaluation says in every replication of one arm, and what is true.

    Attributes:
        evaluation: Its key in the file.
        arm: The arm.
        answer: The calendar year in which it answers.
        estimate: Unwanted outcomes avoided per participant, (replications,); NaN without an answer.
        low: The lower end of its interval, (replications,).
        high: The upper end, (replications,).
        expected: What it holds that those treated would have had without, per person,
            (replications,).
        truth: What participants avoid on average, (replications,); NaN if there are none.
        without: What those treated would truly have had without, per person, (replications,).
        participants: How many take part in the months studied, (replications,).
    """

    evaluation: str
    arm: str
    answer: int
    estimate: Floats
    low: Floats
    high: Floats
    expected: Floats
    truth: Floats
    without: Floats
    participants: Floats

    @property
    def true(self) -> MeasuredEffect:
        """What an evaluation would say that is always right."""
        return replace(self, estimate=self.truth, expected=self.without)


Measured = Mapping[tuple[str, str], MeasuredEffect]
"""By evaluation and arm."""
Evaluate = Callable[["Result", Collection[str]], Measured]

_made_by: list[Evaluate] = []


def evaluated_by(evaluate: Evaluate) -> None:
    """Let evaluations be made by a function that takes a result and the names of some."""
    _made_by[:] = [evaluate]


def measured_effects(result: Result) -> Measured:
    """Return the evaluations that money follows in a scenario, each in every arm that it is of.

    They are made in the same municipalities: with the seeds of the result. Without any, nothing is
    simulated.
    """
    names = followed(result.scenario)
    return _made_by[0](result, names) if names else {}


def followed(scenario: Scenario) -> list[str]:
    """Return the names of the evaluations that the money of a fund or a contract follows."""
    of_funds = [
        fund.repayment.evaluation
        for fund in scenario.funds.values()
        if fund.repayment.basis == "evaluated"
    ]
    of_contracts = [
        payment.measure.verified_by
        for contract in scenario.contracts.values()
        for payment in contract.payments.values()
        if payment.measure is not None
    ]
    return list(dict.fromkeys(name for name in (*of_funds, *of_contracts) if name is not None))
