"""What share of a group a targeting rule finds, and its errors.

A rule says of each resident at a moment yes or no; the truth is who is in the group at some time in
the years that follow if nothing is invested. The measures are those of a diagnostic test (Altman &
Bland, BMJ 308:1552 and 309:102, 1994).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from sisim.arrays import Flags, Floats
from sisim.loading.load import changed
from sisim.scenario.errors import Place
from sisim.scenario.scenario import Scenario

RULE = "rule"
"""With a number: the name under which a rule of the reader's stands beside the investments."""
NAN = float("nan")


@dataclass(frozen=True)
class Found:
    """How a rule's answers agree with the truth.

    Attributes:
        true_positives: Flagged, and rightly so.
        false_positives: Flagged in vain.
        false_negatives: Missed.
        true_negatives: Rightly left alone.
    """

    true_positives: int
    false_positives: int
    false_negatives: int
    true_negatives: int

    @property
    def flagged(self) -> int:
        """How many the rule points out."""
        return self.true_positives + self.false_positives

    @property
    def cases(self) -> int:
        """How many there are to find."""
        return self.true_positives + self.false_negatives

    @property
    def people(self) -> int:
        """How many were judged."""
        return self.flagged + self.false_negatives + self.true_negatives

    @property
    def sensitivity(self) -> float:
        """The share of the cases that is found."""
        return _share(self.true_positives, self.cases)

    @property
    def specificity(self) -> float:
        """The share of the others that is left alone."""
        return _share(self.true_negatives, self.people - self.cases)

    @property
    def positive_predictive_value(self) -> float:
        """The share of those pointed out who are cases."""
        return _share(self.true_positives, self.flagged)

    @property
    def negative_predictive_value(self) -> float:
        """The share of those left alone who are no cases."""
        return _share(self.true_negatives, self.people - self.flagged)

    @property
    def prevalence(self) -> float:
        """The share of all who are cases: what a rule at random would find."""
        return _share(self.cases, self.people)

    def row(self) -> dict[str, float]:
        """Return everything as a row of a table."""
        names = (
            "people",
            "cases",
            "flagged",
            "true_positives",
            "false_positives",
            "false_negatives",
            "true_negatives",
            "sensitivity",
            "specificity",
            "positive_predictive_value",
            "negative_predictive_value",
            "prevalence",
        )
        return {name: float(getattr(self, name)) for name in names}


def found(flagged: Flags, cases: Flags) -> Found:
    """Return how a rule's answers agree with the truth, person by person.

    Examples:
        >>> one = found(np.array([True, True, False]), np.array([True, False, True]))
        >>> one.sensitivity, one.positive_predictive_value
        (0.5, 0.5)
    """
    return Found(
        true_positives=int((flagged & cases).sum()),
        false_positives=int((flagged & ~cases).sum()),
        false_negatives=int((~flagged & cases).sum()),
        true_negatives=int((~flagged & ~cases).sum()),
    )


def highest(risk: Floats, share: float) -> Flags:
    """Return who is among the `share` of people at the highest risk; ties in their order.

    Examples:
        >>> highest(np.array([0.1, 0.4, 0.2, 0.3]), 0.5).tolist()
        [False, True, False, True]
    """
    chosen = np.zeros(len(risk), np.bool_)
    chosen[np.argsort(-risk, kind="stable")[: round(share * len(risk))]] = True
    return chosen


def with_rules(
    scenario: Scenario, rules: Mapping[str, Mapping[str, Any]]
) -> tuple[Scenario, tuple[str, ...]]:
    """Return a scenario with rules of the reader's own as target groups of investments, and these.

    Args:
        scenario: The scenario.
        rules: Conditions by what they are called, as `target` is written in a file.

    Raises:
        ScenarioError: If a rule is not well.
    """
    payer = next(iter(scenario.pathway.administrations), None)
    own = {
        f"{RULE}-{number}": {
            "label": label,
            "start": scenario.time.start,
            "years": scenario.time.years,
            "target": dict(condition),
            "cost": {"payer": payer},
        }
        for number, (label, condition) in enumerate(rules.items(), 1)
    }
    if not own:
        return scenario, ()
    values = {f"investments.{name}": investment for name, investment in own.items()}
    return changed(scenario, values, dict.fromkeys(values, Place("--rule", 0))), tuple(own)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else NAN
