"""The social return on investment as a file states it: what is valued, and what was guessed."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from sisim.scenario.types import Name, Number, Positive, Share, Table, Text


class SocialValue(Table):
    """What somebody values of an outcome, though nobody pays it: no part of the ledger."""

    outcome: Name = Field(description="An outcome of the file.")
    per_unit: Positive = Field(
        description="Kronor that one less (or one more, where much is good) is worth: per event, "
        "or per person and year in the group."
    )
    stakeholder: Text = Field(description="Who values it.")


class GuessedFilters(Table):
    """What an application guessed of the value that is not due to the investment."""

    deadweight: Number = Field(
        Number(value=0.25), description="Share that would have happened anyway."
    )
    displacement: Number = Field(
        Number(value=0.0), description="Share that others have lost by it."
    )
    attribution: Number = Field(
        Number(value=0.0), description="Share that is due to other investments."
    )
    drop_off: Share = Field(
        Share(value=0.1), description="Share of the effect that is lost each year."
    )


class SocialReturn(Table):
    """The social return on investment (SROI): what was guessed, beside what is simulated.

    What is recorded without a comparison group is the change from a level before: that of the same
    people in the year before they began, or of earlier cohorts.
    """

    investment: Name | None = Field(
        None, description="Which investment; unset: the first of the arm's."
    )
    horizon: Annotated[int, Field(ge=1, le=100)] = Field(
        5, description="For how many years a participant's effect is valued."
    )
    discount: Positive = Field(
        Positive(value=0.035), description="Discount rate a year, from when each begins."
    )
    years_before: Annotated[int, Field(ge=1, le=100)] | None = Field(
        None,
        description="Years of earlier cohorts that the level before is taken from; unset: the same "
        "people in the year before they began.",
    )
    values: dict[Name, SocialValue] = Field(
        {}, description="What is valued though nobody pays it, by a name of your own."
    )
    guessed: GuessedFilters = GuessedFilters()
