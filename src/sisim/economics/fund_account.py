"""The book-keeping of a social investment fund, year by year, on plain arrays.

Two rows that are easily mixed up are kept apart. The *position* is what investments have cost the
fund and not yet given back: question 6's -1 000, -1 000, 0. The *balance* is the money in the
fund: deposits and interest too, and never below zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from sisim.arrays import Floats, Ints


@dataclass(frozen=True)
class FundAccount:
    """What goes in and out of a fund; every array is SEK by year, (..., years).

    Deposits come at the start of a year, payments during it, repayments and what is set aside from
    surplus in its last month. Interest is earned by what stood there when the year began. A payment
    is made even where the money is not enough: what is missing then is the `shortfall`, which
    someone else must add.

    Attributes:
        years: The years, (years,).
        deposits: Put in at the start of each year, the opening amount in the first.
        payments: Paid to investments.
        repayments: Given back by administrations; negative where they had given back too much.
        set_aside: Put in at the end of each year, from what administrations keep.
        decided: Of the payments, what is decided in each year; unset, all in the first.
        rate: Interest per year.
    """

    years: Ints
    deposits: Floats
    payments: Floats
    repayments: Floats
    set_aside: Floats
    decided: Floats | None = None
    rate: float = 0.0

    @cached_property
    def _course(self) -> tuple[Floats, Floats, Floats]:
        """Interest, shortfall and closing balance, each (..., years)."""
        parts = np.broadcast_arrays(self.deposits, self.payments, self.repayments, self.set_aside)
        interest, shortfall, balance = (np.zeros(parts[0].shape) for _ in range(3))
        there = np.zeros(parts[0].shape[:-1])
        for year in range(len(self.years)):
            deposit, payment, repaid, aside = (part[..., year] for part in parts)
            interest[..., year] = self.rate * there
            there = there + interest[..., year] + deposit - payment
            shortfall[..., year] = np.maximum(-there, 0.0)
            # What had been repaid too much is given back, and may not be there either.
            there = np.maximum(there, 0.0) + repaid + aside
            shortfall[..., year] += np.maximum(-there, 0.0)
            there = np.maximum(there, 0.0)
            balance[..., year] = there
        return interest, shortfall, balance

    @property
    def interest(self) -> Floats:
        """Earned by what stood in the fund at the start of each year."""
        return self._course[0]

    @property
    def shortfall(self) -> Floats:
        """Paid in each year without being there: to be added from elsewhere."""
        return self._course[1]

    @property
    def balance(self) -> Floats:
        """What is in the fund at the end of each year; never below zero."""
        return self._course[2]

    @property
    def committed(self) -> Floats:
        """Decided and not yet paid at the end of each year."""
        decided = np.zeros_like(self.payments)
        if self.decided is None:
            decided[..., :1] = self.payments.sum(axis=-1, keepdims=True)
        else:
            decided = self.decided
        return np.asarray(np.cumsum(decided, -1) - np.cumsum(self.payments, -1))

    @property
    def position(self) -> Floats:
        """What investments have given back less what they were paid, with interest."""
        return accumulated(self.repayments - self.payments, self.rate)

    @property
    def lacks(self) -> list[tuple[int, float]]:
        """The years in which money is missing, and the mean of how much."""
        missing = self.shortfall.reshape(-1, len(self.years)).mean(axis=0)
        return [
            (int(year), float(amount))
            for year, amount in zip(self.years, missing, strict=True)
            if amount > 0.005  # less than an öre is rounding
        ]


def accumulated(flows: ArrayLike, rate: float = 0.0) -> Floats:
    """Return what yearly flows have become at the end of each year, (..., years).

    A flow counts in full in its own year and grows by `rate` in each year after.

    Examples:
        >>> accumulated([-1_000.0, 0.0, 1_000.0]).tolist()
        [-1000.0, -1000.0, 0.0]
        >>> accumulated([-100.0, 60.0], 0.05).tolist()
        [-100.0, -45.0]
    """
    flows = np.asarray(flows, np.float64)
    position = np.zeros(flows.shape)
    before = np.zeros(flows.shape[:-1])
    for year in range(flows.shape[-1]):
        before = before * (1.0 + rate) + flows[..., year]
        position[..., year] = before
    return position
