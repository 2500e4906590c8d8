"""A social investment fund: what is put into it, what it pays, and what comes back to it.

The fund need not be called one: it is a reservation of money across the organisation, and `label`
says what it is called where it stands.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sisim.scenario.types import (
    MOST,
    Name,
    Number,
    Positive,
    Probability,
    Table,
    Text,
    Year,
    YearKey,
    Years,
)

Basis = Literal["planned", "mix", "observed", "evaluated", "none"]

MOST_YEARS = 10
"""Repayment goes on for at most so many years after the first payment, unless the file says."""


class Deposit(Table):
    """The same deposit every year, from one year to another, both included."""

    from_: Year = Field(alias="from", description="The first year.")
    to: Year = Field(description="The last year.")
    amount: Positive


class Deposits(Table):
    """What is put into a fund.

    `opening` is there before the first year; `yearly` deposits come at the start of each year;
    `from_surplus` is the share that is set aside, at the end of each year, of what administrations
    keep of their reduced costs.
    """

    opening: Positive = Positive(value=0)
    yearly: list[Deposit] = Field(
        [], description="Deposits that come every year between two years."
    )
    from_surplus: Probability = Probability(value=0)

    def in_year(self, year: int) -> float:
        """Return the yearly deposits that fall in a calendar year."""
        return sum(part.amount.value for part in self.yearly if part.from_ <= year <= part.to)


class Repayment(Table):
    """How the administrations of the fund's principal give back what they no longer need to pay.

    `basis`: `planned`, from the calculation made beforehand (`plan`, or else the mean over the
    replications); `observed`, from the true outcome of each run; `evaluated`, from what the
    `evaluation` of that name says of it; `none`; or a `mix` with `share_planned` of the planned.
    `share` is how much of a reduction is paid back. Years that cost more are set off against those
    that cost less, since repayment began: what has been repaid too much is given back. Repayment
    begins in `first_year`, or `starts_after` years after the first payment, and ends with
    `last_year`, by default ten years after the first payment.

    `cap`: what the fund has paid and not got back, so that the surplus stays with the
    administrations, or none. `cap_year`: the year's reduction, as cash or gross, or none.
    `distribution`: in proportion to the reductions, or by `agreed` shares of what is invested.
    `rounding` is in SEK (1000: tkr), 0 for öre.
    """

    basis: Basis = Field(
        "planned",
        description="What the repayment follows: the plan, the outcome, an evaluation, a mix, "
        "or nothing.",
    )
    share_planned: Probability | None = None
    evaluation: Name | None = Field(
        None, description='The evaluation that tells what is repaid, if basis is "evaluated".'
    )
    outcome_values: dict[Name, Positive] = Field(
        {},
        description="What each administration saves when one unwanted outcome of that evaluation "
        "is avoided, SEK; unset: worked out from prices.",
    )
    set_off: Literal["years", "agreement"] = Field(
        "years",
        description="Whether an administration's years alone are set off against each other, or "
        "administrations within the agreement as well.",
    )
    plan: dict[Name, dict[YearKey, Positive]] = Field(
        {}, description="What each administration repays each year, SEK; unset: worked out."
    )
    share: Probability = Probability(value=1)
    first_year: Year | None = Field(None, description="The first year of repayment.")
    starts_after: Years = Field(
        0, description="Years from the first payment to the first repayment."
    )
    last_year: Year | None = Field(
        None, description="The last year of repayment; unset: ten years after the first payment."
    )
    cap: Literal["invested", "none"] = Field(
        "invested", description="Whether more than what was invested is repaid."
    )
    cap_year: Literal["cash_reduction", "gross_reduction", "none"] = Field(
        "cash_reduction", description="The most that is repaid in a year."
    )
    distribution: Literal["proportional", "agreed"] = Field(
        "proportional", description="Whether shares follow the reductions or are agreed."
    )
    agreed: dict[Name, Positive] = Field({}, description="The agreed share of each administration.")
    rounding: Annotated[int, Field(ge=0, le=MOST)] = Field(
        1000, description="Amounts are rounded to so many kronor; 0: to the öre."
    )
    prices: Literal["fixed", "current"] = Field(
        "fixed", description="Whether it is reckoned in fixed or current prices."
    )

    @property
    def planned(self) -> float:
        """The share of the repayment that follows the plan; the rest follows the outcome."""
        if self.basis == "mix":
            assert self.share_planned is not None  # asked for when the file is read
            return self.share_planned.value
        return 1.0 if self.basis == "planned" else 0.0

    def window(self, paid: int) -> tuple[int, int]:
        """Return the first and last year of repayment, when the fund first paid in year `paid`."""
        first = paid + self.starts_after if self.first_year is None else self.first_year
        return first, paid + MOST_YEARS if self.last_year is None else self.last_year


class Asking(Table):
    """An investment that asks the fund for money: like that of an arm, from another first year.

    `success` is the share of the arm's reductions that come: one that fails has 0.
    """

    arm: Name = Field(description="The arm whose investment it is like.")
    start: Year = Field(description="The year in which it begins.")
    success: Probability = Probability(value=1)


class Many(Table):
    """Many investments that ask one fund, over `years` from the start of the scenario."""

    years: Annotated[int, Field(ge=1, le=100)] = Field(
        20, description="How many years the portfolio is followed."
    )
    investments: Annotated[list[Asking], Field(min_length=1)] = Field(
        description="The investments that ask the fund for money."
    )


class Fund(Table):
    """A reservation of money for social investments, and of which principal it is.

    An investment that names the fund as payer is paid from it as its costs fall, or as `payments`
    says by year. `interest` is what a krona in it earns in a year. With a `portfolio` it is looked
    at whether the fund lives on what comes back.
    """

    label: Text = Text(sv="Sociala investeringsfonden", en="The social investment fund")
    principal: Name = Field(description="The principal whose money it is.")
    deposits: Deposits = Deposits()
    interest: Number = Number(value=0)
    payments: dict[YearKey, Positive] = Field(
        {},
        description="What the fund pays each year, SEK; unset: as the costs of the "
        "investments fall.",
    )
    repayment: Repayment = Repayment()
    portfolio: Many | None = None
