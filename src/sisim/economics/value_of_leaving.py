"""What it is worth in later life to leave a pathway in one state rather than another."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sisim.economics.ledger import payer_principal
from sisim.economics.prices import PriceList
from sisim.engine.later_lives import later_lives
from sisim.scenario.scenario import Scenario


def value_of_leaving(scenario: Scenario, age: int | None = None) -> pd.DataFrame:
    """Return the expected present value of a later life, by how one leaves and who pays.

    In the scenario's prices, discounted at its rate to the moment of leaving; what is used in a
    year stands in the middle of it.

    Args:
        scenario: One with a tail.
        age: The age at leaving, in whole years; unset: the greatest.

    Returns:
        A row per combination, resource and payer. Columns: one for each of the tail's tracks and
        attributes, administration, principal, resource, value (what is received is negative).

    Raises:
        NotExact: If the tail's pathway has no exact answer.
    """
    lives = later_lives(scenario)
    units = lives.units[lives.ages.index(lives.ages[-1] if age is None else age)]
    years = np.arange(units.shape[1])
    factors = (1.0 + scenario.economy.discount_costs.value) ** -(years + 0.5)
    prices = PriceList(scenario, years + scenario.time.first_year, current=False)
    rows = []
    for number, (name, resource) in enumerate(lives.tail.resources.items()):
        worth = units[..., number] @ (factors * prices.of(resource))
        for administration, share in resource.flows:
            for told, value in zip(lives.classes, worth * share, strict=True):
                rows.append(
                    {
                        **{part: category for (_, part), category in told.items()},
                        "administration": administration,
                        "principal": payer_principal(scenario, administration),
                        "resource": name,
                        "value": float(value),
                    }
                )
    return pd.DataFrame(rows)
