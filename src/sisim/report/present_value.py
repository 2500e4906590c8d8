"""What an amount is called: a present value at its rate where discounted, else a plain sum."""

from __future__ import annotations

from sisim.economics.appraisal import BAND_FROM, Interval
from sisim.i18n import t
from sisim.report.formats import money, share_of, spread, unit_for


def worth_words(rate: float) -> str:
    """Return how amounts are valued at a discount rate of costs, a year.

    Examples:
        >>> worth_words(0.035), worth_words(0.0)
        ('present values at 3.5% a year', 'not discounted')
    """
    if rate == 0:
        return t("not discounted")
    return t("present values at {rate} a year", rate=share_of(rate, 1))


def net_words(rate: float) -> str:
    """Return what is left of lower costs when what is invested has been paid for.

    Examples:
        >>> net_words(0.035), net_words(0.0)
        ('Net present value at 3.5%', 'Net')
    """
    return t("Net") if rate == 0 else t("Net present value at {rate}", rate=share_of(rate, 1))


def valued(label: str, rate: float) -> str:
    """Return the label of an amount, and that it is a present value where it is one."""
    return label if rate == 0 else t("{what} (present value)", what=label)


def estimate(amount: Interval) -> str:
    """Return an amount with its interval over the replications."""
    unit = unit_for(max(abs(amount.mean), abs(amount.low), abs(amount.high)))
    text = money(amount.mean, unit)
    if amount.replications < BAND_FROM:
        return text
    ends = spread(amount.low / unit.size, amount.high / unit.size, unit.digits)
    return t("{amount} (10–90%: {ends})", amount=text, ends=ends) if ends else text
