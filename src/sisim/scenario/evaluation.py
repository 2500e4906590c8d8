"""Evaluations as a file plans them: a design, who is studied, what is compared with what.

An evaluation looks on. It changes nothing that is simulated, and costs nothing in the scenario's
own account: what it would have said is worked out in municipalities where the truth is known.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sisim.scenario.dates import months_until
from sisim.scenario.types import (
    Float,
    Month,
    Name,
    Number,
    Positive,
    Probability,
    Table,
    Text,
)

Design = Literal[
    "lottery",
    "stepped",
    "discontinuity",
    "difference",
    "synthetic",
    "trend",
    "matched",
    "other_areas",
    "earlier_cohorts",
    "before_after",
    "process",
]
Count = Literal["ever", "events", "months"]
Months = Annotated[int, Field(ge=1, le=1200)]
YearsBefore = Annotated[int, Field(ge=1, le=100)]

OWN_KEYS: dict[str, tuple[str, ...]] = {
    "lottery": (),
    "stepped": ("order", "shape"),
    "discontinuity": ("score", "cutoff", "bandwidth"),
    "difference": ("areas", "years_before", "scale"),
    "synthetic": ("areas", "years_before"),
    "trend": ("years_before", "shape", "against_series"),
    "matched": ("match_on", "ratio", "caliper"),
    "other_areas": ("areas",),
    "earlier_cohorts": ("years_before",),
    "before_after": ("months_before",),
    "process": (),
}
"""Which keys a design has that not every other has."""
NEEDED: dict[str, tuple[str, ...]] = {
    "discontinuity": ("score", "cutoff"),
    "difference": ("areas", "years_before"),
    "synthetic": ("areas", "years_before"),
    "trend": ("years_before",),
    "matched": ("match_on",),
    "other_areas": ("areas",),
    "earlier_cohorts": ("years_before",),
}
"""Those of them that it cannot do without."""
SIDE_BY_SIDE = ("lottery", "other_areas", "earlier_cohorts")
"""Designs of two groups side by side, of which one chooses the estimator."""


class Cohorts(Table):
    """Who enters the study, by the month from which each is followed."""

    from_: Month = Field(alias="from", description="The first month.")
    below: Month = Field(description="The first month that is no longer in it.")


class StudyOutcome(Table):
    """What is compared: what happens to each person within so many months.

    One of a `transition`, time in a `group`, units of a `resource`, and the costs of some
    administrations (`costs_of`, in the scenario's price level). It is something of which little is
    good, unless `good` is "high".
    """

    transition: Name | None = Field(None, description="A transition that they may go through.")
    group: Name | None = Field(None, description="A group that they may be in.")
    resource: Name | None = Field(None, description="A resource, in units.")
    costs_of: list[Name] = Field([], description="Administrations whose costs are added up.")
    within: Months = Field(description="Months for which each person is followed.")
    count: Count | None = Field(
        None,
        description="Whether it happens at all (`ever`), how many times (`events`), or for how "
        "many `months`; unset: `ever`.",
    )
    good: Literal["low", "high"] = Field("low", description="Whether little or much is good.")


class Loss(Table):
    """Follow-up that is not obtained, beyond that of those who move away."""

    share: Probability = Field(Probability(value=0), description="Share of those studied.")
    more_if_treated: Annotated[float, Field(ge=-1, le=1)] = Field(
        0.0, description="How much more of those treated: 0.05 is five percentage points."
    )


class Score(Table):
    """The score that decides who is offered a place: a risk, or a background that is a number."""

    risk_of: Name | None = Field(None, description="A transition whose risk it is.")
    attribute: Name | None = Field(None, description="A background that is a number.")
    noise: Annotated[float, Field(ge=0, le=1000)] = Field(
        0.0, description="Error of measurement, in standard deviations of the score."
    )


class Cutoff(Table):
    """Where the threshold lies: a `share` of people over it, or `at` a value of the score."""

    share: Annotated[float, Field(gt=0, lt=1)] | None = Field(None, description="Share over it.")
    at: Float | None = Field(None, description="A value of the score.")


class StudyCost(Table):
    """What the evaluation itself costs, in the scenario's price level."""

    once: Positive = Field(Positive(value=0), description="Whatever the number of people.")
    per_person: Positive = Field(Positive(value=0), description="For every person studied.")
    payer: Name = Field("fund", description="Who pays for the evaluation.")


class StudyDecision(Table):
    """What is decided by the evaluation, and by which rule.

    The threshold is the effect per participant from which it is worth carrying on; unset, it is
    the effect at which the arm that follows from yes breaks even.
    """

    carry_on: Name | None = Field(None, description="The arm that follows from yes.")
    rule: Literal["estimate", "significant", "bayes"] = Field(
        "estimate",
        description="Worth it by the point estimate, only if also significant, or by what is "
        "expected once it is known.",
    )
    threshold: Number | None = Field(None, description="The effect from which it is worth it.")


class Evaluation(Table):
    """A planned evaluation: who is studied, what they are compared with, and how.

    `design` says what those who take part are compared with: a `lottery` from the queue; areas
    that begin by steps (`stepped`); those just below a threshold (`discontinuity`); how other
    areas develop (`difference`, `synthetic`); a `trend` from the years before; people alike
    (`matched`); `other_areas`; `earlier_cohorts`; the same people before (`before_after`); or
    nothing at all (`process`), and then it says nothing about the effect.
    """

    label: Text
    arm: Name | None = Field(None, description="The arm that is evaluated; unset: the only one.")
    investment: Name | None = Field(
        None, description="The investment that is evaluated; unset: the arm's only one."
    )
    design: Design = Field(description="What those who take part are compared with.")
    cohorts: Cohorts
    index: Literal["offered", "begun", "eligible"] = Field(
        "eligible",
        description="From when each is followed: offered a place, begun, or first in the target "
        "group.",
    )
    outcome: StudyOutcome | None = None
    estimator: Literal["plain", "adjusted", "weighted", "rate_ratio"] = Field(
        "plain",
        description="A plain comparison, a regression, weights by propensity, or a ratio of rates.",
    )
    adjust: list[str] = Field([], description='Adjusted for: "age", "area", or a background.')
    alpha: Annotated[float, Field(gt=0, lt=0.5)] = Field(
        0.05, description="Level of significance; intervals hold 1 - alpha."
    )
    lost: Loss = Loss()
    seen: dict[str, Probability] = Field(
        {}, description="How often a register has a background right."
    )
    follow_up_delay: Annotated[int, Field(ge=0, le=1200)] = Field(
        0, description="Months from the last outcome to an answer."
    )
    cost: StudyCost = StudyCost()
    decision: StudyDecision = StudyDecision()
    areas: list[Name] = Field([], description="Areas that are compared with.")
    years_before: YearsBefore | None = Field(None, description="Years before the cohorts.")
    months_before: Months | None = Field(
        None, description="Months before the same people begin; unset: as many as after."
    )
    scale: Literal["additive", "multiplicative"] = Field(
        "additive", description="Whether areas would have changed by as much, or in proportion."
    )
    shape: Literal["level", "line"] = Field(
        "line", description="What the years before are carried forward as."
    )
    against_series: Name | None = Field(
        None, description="An area whose change is taken from the trend."
    )
    match_on: list[str] = Field([], description='Matched on: "age", "area", or a background.')
    ratio: Annotated[int, Field(ge=1, le=100)] = Field(
        1, description="How many are matched to each who takes part."
    )
    caliper: Annotated[float, Field(gt=0, le=1000)] | None = Field(
        None, description="The greatest distance between people matched."
    )
    score: Score | None = None
    cutoff: Cutoff | None = None
    bandwidth: Annotated[float, Field(gt=0)] | None = Field(
        None, description="How far from the threshold people are studied, in units of the score."
    )
    order: Literal["lottery"] | list[Name] = Field(
        "lottery", description="The order in which areas begin: drawn, or given."
    )
    measures: list[Literal["reach", "fidelity", "drop_out"]] = Field(
        [], description="What is looked at of how the intervention is carried out."
    )
    activities: dict[Name, Text] = Field(
        {}, description="What is done in the intervention, and how each activity is documented."
    )
    people: Annotated[int, Field(ge=1, le=10_000_000)] | None = Field(
        None, description="How many people the plan reckons with."
    )
    responsible: Text | None = Field(None, description="Who answers for the evaluation.")
    legal: Text | None = Field(
        None, description="What the legal assessment came to: ethics, secrecy, personal data."
    )

    @property
    def answered(self) -> int:
        """The month, counted from year 0, at whose beginning there is an answer."""
        within = 0 if self.outcome is None else self.outcome.within
        return round(months_until(self.cohorts.below)) - 1 + within + self.follow_up_delay

    @property
    def answer_year(self) -> int:
        """The calendar year by whose end there is an answer."""
        # An answer at the turn of the year is there at its end.
        return (self.answered - 1) // 12
