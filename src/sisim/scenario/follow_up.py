"""The plan of follow-up as a file says it: when, by whom, and what no model foretells."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from sisim.scenario.types import Name, Table, Text

Month = Annotated[int, Field(ge=1, le=1200)]
MONTHS = (6, 12, 24, 36)
"""When it is followed up, in months from the start, unless the scenario says otherwise."""
MEASURED = (
    *("target", "begun", "treated", "spent", "reach", "fidelity", "drop_out"),
    *("participants", "outcome", "measured"),
)
"""What a model foretells: the inflow, the activity, its cost, its reach, and the results."""


class OtherMeasure(Table):
    """Something that is measured though the pathway does not know it: well-being, satisfaction."""

    label: Text
    instrument: Text | None = Field(None, description="With what: a questionnaire, a register.")
    by: Text
    months: list[Month] = Field(
        list(MONTHS), description="Months from the start at which it is measured."
    )


class FollowUpPlan(Table):
    """When it is followed up, and who measures what.

    `by` says who, by what is measured: target, begun, treated, spent, reach, fidelity, drop_out,
    participants, or outcome. Unset, it is the administration that has it in its books.
    """

    months: Annotated[list[Month], Field(min_length=1)] = Field(
        list(MONTHS), description="Months from the start at which it is followed up."
    )
    by: dict[Name, Text] = Field({}, description="Who measures what, by what is measured.")
    others: dict[Name, OtherMeasure] = Field(
        {}, description="What is measured though the pathway does not know it."
    )
