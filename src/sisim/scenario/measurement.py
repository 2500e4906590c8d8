"""Measurements: when an instrument is used, on whom, and how many answer."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from sisim.scenario.condition import Condition
from sisim.scenario.types import Name, Probability, Table, Text


class Measurement(Table):
    """A use of an instrument: of everyone the condition `for` is about, with `response` as answers.

    Either every year at the start of a calendar `month`; or `months` after the scenario's start; or
    `months` after people have begun in the investment `after`. Those are known in both their lives:
    what they would have shown without is told beside what they show. `beside` names groups of
    states, whose share among those asked is told too.

    Or, with `left` for an instrument, time to an event: of all who enter a group of states in a
    step, the share that has left it again within so many `months`, for whatever reason.
    """

    label: Text | None = None
    instrument: Name | None = Field(None, description="The instrument that is used.")
    left: Name | None = Field(
        None, description="The group of states whose leaving is timed, in place of an instrument."
    )
    condition: Condition = Field(Condition(), alias="for")
    month: Annotated[int, Field(ge=1, le=12)] | None = Field(
        None, description="The calendar month in which it is used each year, from 1 to 12."
    )
    months: list[Annotated[int, Field(ge=0, le=1200)]] = Field(
        [], description="Months after the start, or after people have begun."
    )
    after: Name | None = Field(
        None, description="The investment from whose beginning months are counted."
    )
    response: Probability = Probability(value=1)
    response_factors: list[Name] = Field([], description="Factors on the chance of an answer.")
    beside: list[Name] = Field([], description="Groups of states whose shares are told beside it.")
