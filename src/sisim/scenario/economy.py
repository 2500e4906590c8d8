"""Money in a scenario file: whose costs count, price level, discounting, counting, a tail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from sisim.i18n import KRONA
from sisim.scenario.pathway import Administration, Principal
from sisim.scenario.price_index import PRICE_INDEX
from sisim.scenario.types import Float, Number, Positive, Table, Year, YearKey

FUND = "fund"
"""Who pays an investment that no administration pays."""
PUBLIC, SOCIETY = "public", "society"
"""The perspectives of all public principals, and of everybody."""


class Tail(Table):
    """What is reckoned with after the last simulated year, and on what basis.

    `last_year`: the yearly difference of the last whole year goes on as it is, for `years`.
    `fading`: it goes on, but halves every `half_life` years.
    """

    years: Annotated[int, Field(gt=0, le=100)] = Field(
        description="How many years the difference goes on."
    )
    basis: Literal["last_year", "fading"] | None = Field(
        None, description="Must be stated: there is no tail without a basis."
    )
    half_life: Positive | None = Field(None, description="Years in which the difference halves.")
    source: str | None = Field(None, description="Why the difference may be thought to go on.")


def _usual_rate() -> Number:
    """Return the discount rate of a file that states none: 3.5 % a year.

    The social discount rate of Swedish cost-benefit analysis (ASEK), which guidance to
    municipalities on social investments takes over.
    """
    return Number(value=0.035, source="S148 ASEK", grade="measured")


class Economy(Table):
    """Price level, discounting and counting conventions.

    `counting`: rewards of a cycle counted at its `start`, `end`, as the mean of `both`, at every
    `point` (0…n with weight 1), or with `weights` of one's own (one per point).
    `events`: rewards of transitions stand at the `start` or the `end` of the cycle in which they
    happen, and count as `counting` says of that point; unset, each counts in full in its cycle.
    `exponent`: the discount exponent of the first cycle, 0 or 1.
    Discount rates are shares a year: 0.035 is 3.5 %, the rate of a file that states none.
    """

    price_level: Year = Field(2024, description="The year in whose money amounts are told.")
    counting: Literal["start", "end", "both", "point", "weights"] = Field(
        "start", description="At which point of a step its costs and rewards are counted."
    )
    weights: list[Float] = Field(
        [], description="A weight for each point of time, where `counting` is `weights`."
    )
    events: Literal["start", "end"] | None = Field(
        None,
        description="At which point the rewards of transitions are counted; unset: in full in "
        "their step.",
    )
    discount_costs: Number = _usual_rate()
    discount_effects: Number = _usual_rate()
    exponent: Literal[0, 1] = Field(
        0, description="How many steps the first one is discounted by: 0 or 1."
    )
    perspective: str = Field(
        PUBLIC,
        description="Whose costs count: an administration, a principal, several of them joined by "
        '"+", "public" (every public principal) or "society" (everybody).',
    )
    deadweight: Number = Field(
        Number(value=0.0),
        description="What a krona of tax costs beyond itself, as a share: in who benefits alone.",
    )
    tail: Tail | None = None
    price_index: dict[YearKey, Positive] = Field(
        {},
        description="The price index of more years, or others, than sisim knows of: a table by "
        'year, or the name of a file with one, beside the scenario: "my-index.toml".',
    )

    def index(self, currency: str) -> dict[int, float]:
        """Return the price index of a currency by year, in order.

        What the file says goes before what ships, which is the index of kronor.
        """
        own = {int(year): number.value for year, number in self.price_index.items()}
        known = PRICE_INDEX if currency == KRONA else {}
        return dict(sorted({**known, **own}.items()))

    @property
    def bearers(self) -> tuple[str, ...]:
        """The parts of the perspective: names of administrations and principals, or "public"."""
        return tuple(part.strip() for part in self.perspective.split("+"))

    def bears(
        self,
        payer: str,
        administrations: Mapping[str, Administration],
        principals: Mapping[str, Principal],
    ) -> bool:
        """Return whether what `payer` pays counts in the perspective.

        What the fund pays counts in every one: an investment is always counted whole. Other
        payers that are no administrations are private, and count in that of society.
        """
        if payer == FUND or SOCIETY in self.bearers:
            return True
        known = administrations.get(payer)
        if known is None:
            return False
        principal = principals.get(known.principal)
        public = principal is None or principal.public
        return (public and PUBLIC in self.bearers) or not {payer, known.principal}.isdisjoint(
            self.bearers
        )
