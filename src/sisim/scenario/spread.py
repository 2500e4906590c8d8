"""Spread between municipalities: who starts, and when, once somebody has begun."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from sisim.scenario.types import Name, Positive, Probability, Table, Text

MOST_YEARS = 100
UNKNOWN = "no Swedish estimate has been found"


def _assumed(value: float) -> Positive:
    return Positive(value=value, source=UNKNOWN, grade="assumption")


class Support(Table):
    """Support of municipalities' capacity: it holds for this investment and for all that come."""

    p: Positive = Field(_assumed(3.0), description="How many times as large p becomes.")
    q: Positive = Field(Positive(value=1.0), description="How many times as large q becomes.")
    lag: Annotated[int, Field(ge=0, le=MOST_YEARS)] = Field(0, description="Years until it acts.")
    cost: Positive = Field(
        Positive(value=0), description="Kronor a year for each municipality, in all years."
    )


class Programme(Table):
    """A national programme: it sets p of this investment alone, for some years."""

    p: Positive = Field(_assumed(0.1), description="What p is while it lasts.")
    years: Annotated[int, Field(ge=1, le=MOST_YEARS)] = Field(3, description="Years that it lasts.")
    cost: Positive = Field(
        Positive(value=0), description="Kronor a year for each municipality, while it lasts."
    )


class SpreadStage(Table):
    """A stage on the way to a start, such as an analysis of the present state or a procurement.

    Not all go on from it: of seven municipalities that analysed, four procured.
    """

    label: Text
    goes_on: Probability = Field(description="Share of those who come to it that go on from it.")
    years: Annotated[int, Field(ge=0, le=MOST_YEARS)] = Field(1, description="Years that it takes.")


class SpreadPlan(Table):
    """How an investment spreads between municipalities: `sisim spread`.

    In a year each that has not started does so with chance 1 - exp(-(p + q x share seen)): of its
    own accord, and after what others have shown (Bass 1969). Seen are those who have started,
    weighed by the power of their evaluation; those in the same region more, by `region_weight`.
    With `stages` the first of them is taken up, and who leaves at one does not start at all.
    """

    p: Positive = Field(_assumed(0.01), description="Starts of one's own accord, a year.")
    q: Positive = Field(_assumed(0.4), description="Starts after others, a year, if all have.")
    power: Probability = Field(
        Probability(value=1.0),
        description="How often the evaluation of a municipality finds the effect, so that it is "
        "seen.",
    )
    evaluation: Name | None = Field(
        None,
        description="An evaluation of the file whose power that is, in simulated municipalities.",
    )
    stages: dict[Name, SpreadStage] = Field(
        {}, description="The stages that a municipality goes through, by a name of your own."
    )
    region_weight: Probability = Field(
        Probability(value=0.0),
        description="How much those in the same region weigh beside all in the country.",
    )
    years: Annotated[int, Field(ge=1, le=MOST_YEARS)] = Field(25, description="Years looked at.")
    municipalities: Annotated[int, Field(ge=2, le=10_000)] = Field(
        290, description="How many are made up, where no file of them is given."
    )
    coming: Annotated[int, Field(ge=1, le=50)] = Field(
        1, description="How many investments like this one come, itself among them."
    )
    every: Annotated[int, Field(ge=1, le=MOST_YEARS)] = Field(5, description="Years between them.")
    support: Support | None = None
    programme: Programme | None = None
