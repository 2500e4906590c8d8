"""Diagnosands: how a design does in municipalities whose truth is known.

Names and definitions as in Blair, Coppock & Humphreys, "Research Design in the Social Sciences"
(2023), ch. 10; errors of sign and of magnitude: Gelman & Carlin (2014); Monte Carlo errors: Morris,
White & Crowther (2019), table 6. A diagnosand that rests on draws has its Monte Carlo error beside
it, in a column with `_mcse` after its name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from sisim.arrays import Flags, Floats
from sisim.evaluation.estimate import ALPHA, NAN
from sisim.evaluation.value_of_evaluation import Prior, posterior_nets

Rule = Literal["estimate", "significant", "bayes"]
RULES: tuple[Rule, ...] = ("estimate", "significant", "bayes")
VARIED = ("prior",)
"""Worlds in which the truth differs between draws."""

DIAGNOSANDS = (
    "truth",
    "mean",
    "bias",
    "bias_comparison",
    "bias_whom",
    "sd",
    "rmse",
    "power",
    "coverage",
    "mean_error",
    "wrong_sign",
    "exaggeration",
    "stops_good",
    "carries_on_bad",
    "repayment_error",
    "failed",
)
"""What is measured of each design in each world: see `diagnose`."""

OPTIONAL = ("decided", "net_if_carried_on", "repaid_by_estimate", "repaid_by_truth")
"""Columns that draws may lack."""


class Measured(NamedTuple):
    """A number and its Monte Carlo error."""

    value: float
    mcse: float


def diagnose(
    draws: pd.DataFrame, *, alpha: float = ALPHA, varied: Collection[str] = VARIED
) -> pd.DataFrame:
    """Return how each design does in each world, in the order in which they come.

    Args:
        draws: A row per municipality, world and design, with the columns `design`, `world`,
            `estimate`, `error`, `low`, `high`, `p`, `truth_all` (the mean effect on all
            participants), `truth_studied` (on those studied) and `failed` (a reason; empty or
            None where it did not), and, where they are known, `decided` (1 carried on, 0 stopped,
            NaN neither), `net_if_carried_on`, `repaid_by_estimate` and `repaid_by_truth`.
        alpha: Significant is what has a p-value below this.
        varied: Worlds in which the truth differs between draws.

    Raises:
        KeyError: If a column is missing.

    Returns:
        Columns: design, world, draws, and each of `DIAGNOSANDS` followed by its `_mcse`; NaN where
        nothing tells it.

        truth: The mean of `truth_all`. mean: That of the estimates. bias: Mean estimate less truth;
        bias_comparison: less the truth of those studied; bias_whom: what is left, the truth of
        those studied less that of all. sd: Of estimates (in a varied world their truths differ,
        too). rmse: Root of the mean squared distance from `truth_all`. power: How often an estimate
        is significant. coverage: How often the interval holds the expected truth of those studied.
        mean_error: The mean standard error. wrong_sign, exaggeration: Of significant estimates,
        how often the sign is wrong, and how many times the truth's size they are on average; NaN
        where the truth is nothing. stops_good: How often it is stopped of where it is worth
        carrying on; carries_on_bad: the other way round. repayment_error: Repaid by the estimate
        less by the truth, kronor. failed: How often there is no estimate. failed_why: The most
        common reason, or None.
    """
    rows = []
    for (world, design), some in draws.groupby(["world", "design"], sort=False):
        measured = _measured(some, alpha, varies=world in varied)
        row: dict[str, object] = {"design": design, "world": world, "draws": len(some)}
        for name in DIAGNOSANDS:
            row[name], row[f"{name}_mcse"] = measured.get(name, Measured(NAN, NAN))
        rows.append(row | {"failed_why": _why(some["failed"])})
    names = [name for one in DIAGNOSANDS for name in (one, f"{one}_mcse")]
    return pd.DataFrame(rows, columns=["design", "world", "draws", *names, "failed_why"])


def _measured(some: pd.DataFrame, alpha: float, *, varies: bool) -> dict[str, Measured]:
    """Return the diagnosands of one design in one world."""
    estimate, all_of_them = _column(some, "estimate"), _column(some, "truth_all")
    studied, p = _column(some, "truth_studied"), _column(some, "p")
    did = np.isfinite(estimate)
    off = estimate - all_of_them
    significant = did & (p < alpha)
    expected = studied if varies else np.full(len(some), _mean(studied).value)
    held = (_column(some, "low") <= expected) & (expected <= _column(some, "high"))
    told = significant & (all_of_them != 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        times = np.abs(estimate) / np.abs(all_of_them)
    decided, net = _column(some, "decided"), _column(some, "net_if_carried_on")
    repaid = _column(some, "repaid_by_estimate") - _column(some, "repaid_by_truth")
    return {
        "truth": _mean(all_of_them),
        "mean": _mean(estimate),
        "bias": _mean(off),
        "bias_comparison": _mean(estimate - studied),
        "bias_whom": _mean(np.where(did, studied - all_of_them, NAN)),
        "sd": _deviation(estimate[did]),
        "rmse": _root(off[did] ** 2),
        "power": _share(significant, did),
        "coverage": _share(held, did & np.isfinite(_column(some, "low"))),
        "mean_error": _mean(_column(some, "error")),
        "wrong_sign": _share(np.sign(estimate) != np.sign(all_of_them), told),
        "exaggeration": _mean(times[told]),
        "stops_good": _share(decided == 0, np.isfinite(decided) & (net >= 0)),
        "carries_on_bad": _share(decided == 1, np.isfinite(decided) & (net < 0)),
        "repayment_error": _mean(repaid),
        "failed": _share(~did, np.ones(len(some), bool)),
    }


def _column(some: pd.DataFrame, name: str) -> Floats:
    """Return a column as numbers; NaN where it is not known.

    Raises:
        KeyError: If it is missing and no draws can do without.
    """
    if name not in some and name in OPTIONAL:
        return np.full(len(some), NAN)
    return pd.to_numeric(some[name], errors="coerce").to_numpy(float, na_value=NAN)


def _mean(values: Floats) -> Measured:
    """Return the mean of what is known."""
    known = values[np.isfinite(values)]
    n = len(known)
    if not n:
        return Measured(NAN, NAN)
    return Measured(float(known.mean()), float(known.std(ddof=1)) / n**0.5 if n > 1 else NAN)


def _share(which: Flags, of: Flags) -> Measured:
    """Return how many of some are so."""
    n = int(of.sum())
    if not n:
        return Measured(NAN, NAN)
    share = float(which[of].mean())
    return Measured(share, (share * (1 - share) / n) ** 0.5)


def _deviation(values: Floats) -> Measured:
    """Return the standard deviation, with an error that holds for any distribution."""
    n = len(values)
    if n < 2:
        return Measured(NAN, NAN)
    deviation = float(values.std(ddof=1))
    if n < 4 or deviation == 0:
        return Measured(deviation, NAN if n < 4 else 0.0)
    fourth = float(((values - values.mean()) ** 4).mean())
    squared = max(fourth - deviation**4 * (n - 3) / (n - 1), 0.0) / n
    return Measured(deviation, squared**0.5 / (2 * deviation))


def _root(squares: Floats) -> Measured:
    """Return the root of a mean, by the delta method."""
    mean, error = _mean(squares)
    if not mean > 0:
        return Measured(mean, NAN if np.isnan(mean) else 0.0)
    return Measured(mean**0.5, error / (2 * mean**0.5))


def _why(failed: pd.Series) -> str | None:
    """Return the most common reason."""
    reasons = Counter(str(one) for one in failed if not pd.isna(one) and str(one))
    return reasons.most_common(1)[0][0] if reasons else None


def decide(
    draws: pd.DataFrame,
    rule: Rule,
    *,
    threshold: float = NAN,
    alpha: float = ALPHA,
    prior: Prior | None = None,
) -> pd.Series:
    """Return whether each evaluation leads to carrying on: 1, 0, or NaN where it says nothing.

    Args:
        draws: With the columns `estimate`, `error` and `p`.
        rule: "estimate": the estimate reaches the threshold. "significant": it is above nothing,
            and more than luck would give (which says nothing of whether it is worth it). "bayes":
            carrying on is worth it on average after an estimate that is taken to be unbiased.
        threshold: The effect from which carrying on is worth it, for "estimate".
        alpha: Significant is what has a p-value below this.
        prior: What was thought of the effect, for "bayes".

    Raises:
        ValueError: If there is no such rule, or the rule lacks what it needs.
    """
    estimate = _column(draws, "estimate")
    if rule == "estimate" and not np.isnan(threshold):
        said = estimate >= threshold
    elif rule == "significant":
        said = (_column(draws, "p") < alpha) & (estimate > 0)
    elif rule == "bayes" and prior is not None:
        said = posterior_nets(prior, estimate, _column(draws, "error")) >= 0
    else:
        raise ValueError(f"nothing is decided by {rule} with what is given")
    found = np.where(np.isfinite(estimate), said.astype(float), NAN)
    return pd.Series(found, index=draws.index, name="decided")
