"""Outcome contracts: who pays whom, how much of it whatever happens, how much by outcome.

A contract is a list of payments between parties; everything else follows from them. A payment has
`amounts` by year, a `measure` with a rule for what it earns, or both:

- amounts alone do not depend on any outcome: capital drawn, a fee, the coupon of an ordinary bond;
- a measure alone pays what is earned: a price per unit, or what the tier that was reached pays;
- amounts with a measure are paid for certain but for the share `at_risk`, which is paid only as
  far as it has been earned: a guaranteed 40 % is `at_risk = 0.6`.

All amounts are in the scenario's price level and fall at the end of their year.

Capital is no income, and to pay it back no cost: what an investor, a guarantor or an intermediary
pays or is paid is financing, which is shown by itself beside the investment.

What the capital buys stands in the scenario as the investment's cost. Where the payer of that cost
delivers, capital goes to that administration, and the two meet there. A provider of its own is
paid by whoever is the cost's payer, so that its pay is not counted twice: let a fee at risk here
take the place of that much of the investment's cost.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sisim.scenario.types import (
    Float,
    Name,
    Number,
    Positive,
    Probability,
    Table,
    Text,
    Year,
    Years,
)

FINANCIERS = ("investor", "guarantor", "intermediary")
"""The roles that put money at risk, or pass it on; all others are paid for what they do."""

Against = Literal["without", "before", "stated", "none"]
Period = Annotated[list[Year], Field(min_length=2, max_length=2)]


class Parties(Table):
    """Who takes part besides administrations and the fund, by role: what each is called."""

    investor: Text | None = None
    provider: Text | None = None
    guarantor: Text | None = None
    intermediary: Text | None = None
    evaluator: Text | None = None

    @property
    def names(self) -> dict[str, Text]:
        """What each party is called, by role, those that take part."""
        found = {role: getattr(self, role) for role in type(self).model_fields}
        return {role: name for role, name in found.items() if name is not None}


class Measure(Table):
    """What a payment depends on, and what it is compared with.

    Exactly one of `outcome` (of the scenario's outcomes; people in a group are counted in
    person-years), `resource` (units used) and `saved_by` (the costs of these administrations but
    for the investment itself) is measured, in the whole population, over each of `periods`: years,
    first and last. The counts know no persons, so that a cohort of participants is measured as the
    years in which it lives its risk.

    `against` says what a period is compared with: the same period `without` the investment; the
    mean of the `years_before` the start; a `stated` yearly level, that expected in the first year
    measured; or `none`, when the value itself counts. The two in the middle follow `trend`.

    With `verified_by` it is paid by what an evaluation says: its estimate for all who took part in
    its cohorts, or as a share of what it holds that they would have had without.

    What comes out is an improvement: fewer units, kronor or people, or more of an outcome whose
    `good` is "high". Thresholds and tiers read it as a `share` of what it is compared with, or in
    `units`.
    """

    outcome: Name | None = Field(None, description="The outcome that is measured.")
    resource: Name | None = Field(None, description="The resource whose use is measured.")
    saved_by: list[Name] = Field(
        [], description="The administrations whose reduced costs are measured."
    )
    per: Name | None = Field(None, description="An outcome to divide by: the value is a rate.")
    periods: list[Period] = Field(description="The periods that are measured: first and last year.")
    against: Against = Field("without", description="What a period is compared with.")
    years_before: Annotated[int, Field(ge=1, le=100)] = Field(
        1, description="How many years before the start it is compared with."
    )
    level: Positive | None = Field(None, description="Expected a year, where it is stated.")
    trend: Number = Field(Number(value=0), description="Expected yearly change: 0.02 is 2 %.")
    read_as: Literal["share", "units"] = Field(
        "share", description="Whether thresholds and tiers are shares or units."
    )
    verified_by: Name | None = Field(
        None,
        description="The evaluation whose estimate is paid for, in place of the true difference.",
    )


class Tier(Table):
    """What is paid for a result: at least `from`, or `over`; at most `to`, or `below`.

    It pays a sum (`pays`), or a `price` for every unit of improvement. Without an upper bound it
    ends where the next tier begins.
    """

    from_: Float | None = Field(None, alias="from", description="Inclusive.")
    over: Float | None = Field(None, description="Exclusive.")
    to: Float | None = Field(None, description="Inclusive.")
    below: Float | None = Field(None, description="Exclusive.")
    pays: Positive | None = None
    price: Positive | None = None

    @property
    def start(self) -> float | None:
        """The lower bound, if there is one."""
        return self.over if self.from_ is None else self.from_

    @property
    def end(self) -> float | None:
        """The upper bound, if there is one."""
        return self.below if self.to is None else self.to


class Payment(Table):
    """What one party pays another: see the module for the three forms.

    A party is a role of the contract, an administration, or "fund". What is earned in a period is
    paid in its last year, or `delay` years later. It is earned by one of:

    - `price` for every unit of improvement (of money saved: the share of every krona), if the
      improvement is at least `threshold`. With `pooled`, periods that miss it are paid for in the
      end if all periods together reach that;
    - `tiers`, from the lowest result to the highest.

    `of` names a payment with amounts: what tiers pay, and the caps, are then shares of its sum.
    `unlocked_by` names a measured payment: nothing is earned before that one has earned something.
    """

    label: Text
    from_: Name = Field(
        alias="from", description="Who pays: a party, an administration or the fund."
    )
    to: Name = Field(description="Who is paid: a party, an administration or the fund.")
    amounts: dict[str, Positive] = Field({}, description="By year, as in { 2027 = 1500000 }.")
    at_risk: Probability = Probability(value=0)
    measure: Measure | None = None
    delay: Years = Field(0, description="Years from when it is earned until it is paid.")
    price: Positive | None = None
    threshold: Float | None = Field(
        None, description="The improvement from which anything is earned."
    )
    pooled: Float | None = Field(
        None,
        description="The improvement of all periods together by which missed periods are paid "
        "in the end.",
    )
    tiers: list[Tier] = Field([], description="What is paid for which result, from the lowest.")
    of: Name | None = Field(None, description="The payment of whose sum this is a share.")
    cap: Positive | None = Field(None, description="The most that is paid in all.")
    cap_per_year: Positive | None = None
    unlocked_by: Name | None = Field(
        None, description="The payment that must have earned something first."
    )

    @property
    def steps(self) -> list[Tier]:
        """What is paid at which result, however it was written."""
        if self.tiers or self.price is None:
            return self.tiers
        return [Tier.model_validate({"from": self.threshold, "price": self.price})]

    @property
    def is_financing(self) -> bool:
        """Whether it is paid by, or to, somebody who puts money at risk or passes it on."""
        return not {self.from_, self.to}.isdisjoint(FINANCIERS)

    @property
    def by_year(self) -> dict[int, float]:
        """The stated amounts."""
        return {int(year): amount.value for year, amount in self.amounts.items()}


class Contract(Table):
    """An outcome contract: what its parties pay one another in an arm (unset: in every arm)."""

    label: Text
    arm: Name | None = Field(None, description="The arm in which it holds; unset: every one.")
    parties: Parties = Parties()
    payments: dict[Name, Payment] = Field(
        description="What one party pays another, by a name of your own."
    )
