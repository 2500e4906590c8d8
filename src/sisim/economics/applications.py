"""Which applications come to a fund, by what the applicant believes and what is to be repaid.

An administration applies for what it would deliver where what it believes it gains in its own purse
is at least what it must repay: `belief x own reductions - repayment >= 0`, as means over the draws.
The fund pays for it all. Terms differ in what is repaid, in the applicant's own eyes:

- `free`: nothing;
- `strict`: all that the fund has paid, whatever comes of it;
- `capped`: what is observed to fall in the applicant's own costs, and no more than was paid.

Strict terms sort away what the applicant does not believe in, and with it what pays late or in
others' purses. Free and capped terms cost an applicant nothing: everything comes, be it believed
in or not, and what differs is what the fund gets back. An applicant may have other reasons than its
purse: what does not come is therefore an upper bound.
"""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np

from sisim.arrays import Floats
from sisim.economics.ledger import ORE
from sisim.economics.wrong_pockets import Proposal

Terms = Literal["free", "strict", "capped"]
TERMS: tuple[Terms, ...] = get_args(Terms)
"""What is repaid: nothing, all, or what is observed to fall."""
BELIEFS = (1.0, 0.5, 0.0)
"""Shares of the true effect that an applicant believes in."""


def repayment(proposal: Proposal, terms: Terms, *, effect: float, years: int | None) -> Floats:
    """Return what an applicant repays, (draws,).

    Args:
        proposal: What it applies for.
        terms: What is to be repaid.
        effect: How much of the simulated effect comes, as a share.
        years: How many years of its reductions count; None: all.
    """
    own = effect * proposal.reduced({proposal.delivers}, years)
    match terms:
        case "free":
            return np.zeros_like(own)
        case "strict":
            return np.asarray(np.zeros_like(own) + proposal.cost)
        case "capped":
            return np.asarray(np.clip(own, 0.0, np.maximum(proposal.cost, 0.0)))


def believed_gain(proposal: Proposal, terms: Terms, *, belief: float, years: int | None) -> Floats:
    """Return what an applicant believes to gain in its own purse when it has repaid, (draws,).

    Args:
        proposal: What it would apply for.
        terms: What is to be repaid.
        belief: The share of the simulated effect that it believes in.
        years: How many years of its reductions count; None: all.
    """
    own = belief * proposal.reduced({proposal.delivers}, years)
    return np.asarray(own - repayment(proposal, terms, effect=belief, years=years))


def applies(gain: Floats) -> bool:
    """Return whether an application comes: the applicant does not expect to lose."""
    return float(gain.mean()) >= -ORE


def belief_needed(proposal: Proposal, terms: Terms, years: int | None) -> float:
    """Return how much of the effect an applicant must believe in to apply; infinite if never.

    Examples:
        >>> one = Proposal.of("b", "education", 1.0, {"education": 1.5})
        >>> round(belief_needed(one, "strict", None), 4), belief_needed(one, "free", None)
        (0.6667, 0.0)
    """
    own = float(proposal.reduced({proposal.delivers}, years).mean())
    cost = float(proposal.cost.mean())
    if terms != "strict" or cost <= ORE:
        return 0.0
    return cost / own if own > ORE else float("inf")
