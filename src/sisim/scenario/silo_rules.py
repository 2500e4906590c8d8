"""Who decides on an investment whose gains may fall in other budgets, as a file says it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from sisim.scenario.types import Name, Table

WholeYears = Annotated[int, Field(ge=1, le=100)]


class SiloHorizons(Table):
    """How many years of reduced costs each decider counts, from the first payment; unset: all.

    `alone`: an administration by itself. `principal`: a fund of its principal. `joint`: principals
    that decide together.
    """

    alone: WholeYears | None = Field(
        None, description="Years that an administration by itself counts."
    )
    principal: WholeYears | None = Field(
        None, description="Years that a fund of the principal counts."
    )
    joint: WholeYears | None = Field(None, description="Years that principals count together.")


class Silo(Table):
    """Who would say yes to the investments, if each looked at its own costs only.

    `decider` says which administration delivers an investment, and so decides on it alone; unset:
    the administration that pays most of it, or of its new way of working.
    """

    arms: list[Name] = Field(
        [], description="Arms that are projects of their own, beside each other; unset: the last."
    )
    decider: dict[Name, Name] = Field(
        {}, description="The administration that decides on an investment alone."
    )
    joint: list[Name] = Field(
        [],
        description="Principals that decide together; unset: that of the decider and the one that "
        "gains most beside it.",
    )
    horizon: SiloHorizons = SiloHorizons()
    sure: Annotated[float, Field(ge=0, le=1)] | None = Field(
        None,
        description="The share of the runs in which a decider must not lose; unset: the mean "
        "decides.",
    )
