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
    instrument: Name | None = None
    left: Name | None = None
    condition: Condition = Field(Condition(), alias="for")
    month: Annotated[int, Field(ge=1, le=12)] | None = None
    months: list[Annotated[int, Field(ge=0, le=1200)]] = []
    after: Name | None = None
    response: Probability = Probability(value=1)
    response_factors: list[Name] = []
    beside: list[Name] = []
