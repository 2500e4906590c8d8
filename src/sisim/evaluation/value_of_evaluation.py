"""What an evaluation is worth: better decisions, in kronor, before its own cost.

Before the evaluation the effect is uncertain: a prior of (effect, net value of carrying on) pairs.
Without an evaluation it is carried on with if that is worth it on average. An estimate is normal
about a mean and with a deviation that depend on the true effect, both along straight lines: biased
designs have means beside the truth.

Expected value of sample information: Raiffa & Schlaifer, "Applied Statistical Decision Theory",
ch. 4; Briggs, Claxton & Sculpher, "Decision Modelling for Health Economic Evaluation", ch. 7. With
a normal estimate it is an integral in one dimension, and is computed as such: drawn pairs and a
regression through them (Strong, Oakley, Brennan & Breeze 2015) are needed only where the estimate
is not normal.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import special

from sisim.analysis.value_of_information import evpi, evppi
from sisim.arrays import Flags, Floats

POINTS = 2001
"""How finely estimates are told apart in integrals."""
REACH = 7.0
"""How many standard deviations beyond the outermost means they go."""
AT_A_TIME = 200
"""So many points of the prior, or estimates, are worked on at a time."""
NARROWEST = 0.05
"""The least deviation that a fitted line gives, as a share of the mean one."""
FEWEST = 20
"""Fewer estimates say too little of how they are distributed."""
FEWEST_PAIRS = 2000
"""With fewer pairs the spline through them smooths away much of what is to be known."""


@dataclass(frozen=True)
class Prior:
    """What is thought of the effect before the evaluation.

    Attributes:
        effects: True effects, avoided per person, (points,).
        nets: What carrying on is truly worth with each, kronor, (points,).
        chances: How likely each is, (points,), in sum 1.
    """

    effects: Floats
    nets: Floats
    chances: Floats

    @classmethod
    def of_draws(cls, effects: Floats, nets: Floats) -> Prior:
        """Return the prior in which all draws are equally likely."""
        n = len(effects)
        return cls(np.asarray(effects, float), np.asarray(nets, float), np.full(n, 1 / n))

    @cached_property
    def undecided(self) -> float:
        """What the better of carrying on and stopping is worth with no evaluation, kronor."""
        return max(0.0, float(self.chances @ self.nets))

    @cached_property
    def evpi(self) -> float:
        """Expected value of perfect information, kronor."""
        return max(0.0, float(self.chances @ np.maximum(self.nets, 0)) - self.undecided)


class SamplingDistribution(NamedTuple):
    """How an estimate is distributed by the true effect: both are straight lines of it.

    Attributes:
        level: The mean estimate where the true effect is 0.
        slope: How much it rises with the true effect.
        deviation: The standard deviation where the true effect is 0.
        widening: How much it rises with the true effect.
        least: The smallest that it is taken to be.
    """

    level: float
    slope: float
    deviation: float
    widening: float
    least: float

    def at(self, effects: Floats) -> tuple[Floats, Floats]:
        """Return the means and the standard deviations of the estimate, (effects,) each."""
        deviations = np.maximum(self.deviation + self.widening * effects, self.least)
        return np.asarray(self.level + self.slope * effects), np.asarray(deviations)


def fit_sampling(estimates: Floats, effects: Floats) -> SamplingDistribution:
    """Return how estimates are distributed by the true effect, from simulated evaluations.

    Means by least squares; then deviations, by least squares through the sizes of what is left,
    whose mean is √(2/π) of the deviation of a normal variable (Glejser 1969).

    Args:
        estimates: What each said, (draws,), of several worlds; NaN where one failed.
        effects: The true effect in each, (draws,).

    Raises:
        ValueError: If fewer than three are left.
    """
    told = np.isfinite(estimates) & np.isfinite(effects)
    x, y = effects[told], estimates[told]
    if len(x) < 3:
        raise ValueError(f"{len(x)} estimates are too few: at least 3 are needed")
    level, slope = _line(x, y)
    # Two degrees of freedom went to the line.
    scale = np.sqrt(np.pi / 2 * len(x) / (len(x) - 2))
    size = np.abs(y - level - slope * x) * scale
    deviation, widening = _line(x, size)
    return SamplingDistribution(level, slope, deviation, widening, NARROWEST * float(size.mean()))


def _line(x: Floats, y: Floats) -> tuple[float, float]:
    """Return level and slope; of a single x, what is known there and that it tells all."""
    if np.ptp(x) == 0:
        return float(y.mean()), 0.0
    slope = float(np.cov(x, y)[0, 1] / x.var(ddof=1))
    return float(y.mean() - slope * x.mean()), slope


def break_even(effects: Floats, nets: Floats) -> float:
    """Return the effect from which carrying on is worth it: where the line of nets crosses 0.

    Args:
        effects: True effects, (points,), two different ones at least.
        nets: What carrying on is worth with each, (points,).

    Returns:
        NaN if nets do not rise with the effect.

    Examples:
        >>> break_even(np.array([0.0, 0.1]), np.array([-50.0, 50.0]))
        0.05
    """
    level, slope = _line(np.asarray(effects, float), np.asarray(nets, float))
    return -level / slope if slope > 0 else float("nan")


def _worth(prior: Prior, means: Floats, deviations: Floats, at: Floats) -> Floats:
    """Return what carrying on is worth after each estimate, times the chance of it, (estimates,).

    The sum is what it is worth on average, kronor: the estimates are evenly apart.
    """
    worth = np.zeros_like(at)
    for first in range(0, len(means), AT_A_TIME):
        some = slice(first, first + AT_A_TIME)
        wide = deviations[some, None]
        bell = np.exp(-(((at - means[some, None]) / wide) ** 2) / 2) / (wide * np.sqrt(2 * np.pi))
        worth += (prior.chances[some] * prior.nets[some]) @ bell
    return worth * float(at[1] - at[0])


def _possible(means: Floats, deviations: Floats) -> Floats:
    """Return the estimates that may come, evenly apart."""
    low, high = (means - REACH * deviations).min(), (means + REACH * deviations).max()
    finest = float(deviations.min()) / 8
    points = int(np.clip((high - low) / finest, POINTS, 20 * POINTS))
    return np.linspace(low, high, points)


def evsi(prior: Prior, means: Floats, deviations: Floats) -> float:
    """Return the expected value of sample information of one who knows the design's bias, kronor.

    Args:
        prior: What is thought of the effect.
        means: The mean estimate with each true effect of the prior, (points,).
        deviations: Its standard deviation with each, (points,), above 0.

    Returns:
        Between 0 and the expected value of perfect information.
    """
    worth = _worth(prior, means, deviations, _possible(means, deviations))
    best = float(np.maximum(worth, 0).sum())
    return float(np.clip(best - prior.undecided, 0.0, prior.evpi))


def value_of_bayes(
    prior: Prior, means: Floats, deviations: Floats, *, errors: Floats | None = None
) -> float:
    """Return the value of deciding by Bayes' rule without knowing the design's bias, kronor.

    Who decides takes the estimate to be normal about the true effect. With a bias that may be worth
    less than no evaluation at all: below 0.

    Args:
        prior: What is thought of the effect.
        means: The mean estimate with each true effect of the prior, (points,).
        deviations: Its standard deviation with each, (points,).
        errors: The standard deviation that it is taken to have, (points,); None: the true one.
    """
    at = _possible(means, deviations)
    worth = _worth(prior, means, deviations, at)
    stated = deviations if errors is None else errors
    parts = np.array_split(at, -(-len(at) // AT_A_TIME))
    thought = np.concatenate([_after(prior, some, stated) for some in parts])
    return float(worth[thought >= 0].sum()) - prior.undecided


def _after(prior: Prior, estimates: Floats, errors: Floats) -> Floats:
    """Return what carrying on is expected to be worth after each estimate, taken to be unbiased.

    Args:
        prior: What was thought of the effect.
        estimates: (evaluations,).
        errors: Standard errors, (evaluations, 1) or (points of the prior,).
    """
    with np.errstate(divide="ignore"):
        likely = np.log(prior.chances) - np.log(errors)
    likely = likely - ((estimates[:, None] - prior.effects) / errors) ** 2 / 2
    # The likeliest effect counts for one, so that all do not vanish.
    weights = np.exp(likely - likely.max(axis=1, keepdims=True))
    return np.asarray((weights @ prior.nets) / weights.sum(axis=1))


def posterior_nets(prior: Prior, estimates: Floats, errors: Floats) -> Floats:
    """Return what carrying on is expected to be worth after each estimate, taken to be unbiased.

    Args:
        prior: What was thought of the effect.
        estimates: (evaluations,).
        errors: Their standard errors, (evaluations,).

    Returns:
        Kronor, (evaluations,); NaN where there is no estimate.
    """
    return _after(prior, estimates, errors[:, None])


def value_of_rule(prior: Prior, carried_on: Floats) -> float:
    """Return what a rule of decision is worth beyond deciding with no evaluation, kronor.

    Args:
        prior: What is thought of the effect.
        carried_on: How often the rule carries on with each true effect, (points,).
    """
    return float(prior.chances @ (prior.nets * carried_on)) - prior.undecided


def chance_above(limit: float | Floats, means: Floats, deviations: Floats) -> Floats:
    """Return how likely a normal estimate is to reach a limit, with each true effect, (points,)."""
    return np.asarray(special.ndtr((means - limit) / deviations))


def wrong_decisions(prior: Prior, carried_on: Floats) -> tuple[float, float]:
    """Return how often a good investment is stopped, and a bad one carried on with.

    Args:
        prior: What is thought of the effect; good is what is worth carrying on with.
        carried_on: How often a rule carries on with each true effect, (points,).

    Returns:
        Of those that are good, and of those that are bad; NaN where there are none.
    """

    def share(which: Flags, wrong: Floats) -> float:
        total = float(prior.chances[which].sum())
        return float(prior.chances[which] @ wrong[which]) / total if total else float("nan")

    good = prior.nets >= 0
    return share(good, 1 - carried_on), share(~good, carried_on)


def evaluation_value(
    prior: Prior,
    means: Floats,
    deviations: Floats,
    *,
    threshold: float,
    alpha: float = 0.05,
    errors: Floats | None = None,
) -> dict[str, float]:
    """Return what an evaluation is worth by each way to decide on it, kronor.

    Args:
        prior: What is thought of the effect.
        means: The mean estimate with each true effect of the prior, (points,): see
            `SamplingDistribution.at`.
        deviations: Its standard deviation with each, (points,).
        threshold: The estimate from which it is carried on with, by the rule "estimate".
        alpha: How often "significant" takes luck for an effect, for better or for worse.
        errors: The standard error that the evaluation states, (points,); None: the deviations.

    Returns:
        `evpi`, `evsi`, and the value of the rules `estimate`, `significant` and `bayes`; how often
        the rule "estimate" leads wrong: `stops_good` and `carries_on_bad`.
    """
    stated = deviations if errors is None else errors
    by_estimate = chance_above(threshold, means, deviations)
    far = float(special.ndtri(1 - alpha / 2))
    by_significance = chance_above(far * stated, means, deviations)
    stops, carries = wrong_decisions(prior, by_estimate)
    return {
        "evpi": prior.evpi,
        "evsi": evsi(prior, means, deviations),
        "estimate": value_of_rule(prior, by_estimate),
        "significant": value_of_rule(prior, by_significance),
        "bayes": value_of_bayes(prior, means, deviations, errors=errors),
        "stops_good": stops,
        "carries_on_bad": carries,
    }


VALUES = ("evpi", "evsi", "estimate", "significant", "bayes", "stops_good", "carries_on_bad")
"""What `evaluation_value` tells."""


def evaluation_values(
    draws: pd.DataFrame, prior: Prior, *, threshold: float, alpha: float = 0.05
) -> pd.DataFrame:
    """Return what an evaluation of each design is worth, from simulated ones.

    How each design's estimates, and the errors that it states, depend on the true effect is fitted
    to the draws of all worlds together.

    Args:
        draws: With the columns `design`, `estimate`, `error` and `truth_all`.
        prior: What is thought of the effect.
        threshold: The estimate from which it is carried on with, by the rule "estimate".
        alpha: How often "significant" takes luck for an effect.

    Returns:
        Columns: design and those of `evaluation_value`, a row per design in the order in which they
        come; NaN but for `evpi` where a design gives too few estimates to tell.
    """
    rows = []
    for design, some in draws.groupby("design", sort=False):
        estimates, errors, truths = (
            some[name].to_numpy(float) for name in ("estimate", "error", "truth_all")
        )
        told = np.isfinite(estimates) & np.isfinite(errors)
        found = dict.fromkeys(VALUES, float("nan")) | {"evpi": prior.evpi}
        if told.sum() >= FEWEST:
            sampling = fit_sampling(estimates[told], truths[told])
            means, deviations = sampling.at(prior.effects)
            level, slope = _line(truths[told], errors[told])
            stated = np.maximum(level + slope * prior.effects, sampling.least)
            found = evaluation_value(
                prior, means, deviations, threshold=threshold, alpha=alpha, errors=stated
            )
        rows.append({"design": design, **found})
    return pd.DataFrame(rows, columns=["design", *VALUES])


def draw_pairs(
    prior: Prior, sampling: SamplingDistribution, *, pairs: int, seed: int = 0
) -> tuple[Floats, Floats]:
    """Return drawn estimates and the net values behind them, (pairs,) each.

    Each true effect comes as often as it is likely, and each stands in for its part of the
    estimates that may come: drawn in layers, which leaves less to luck.
    """
    rng = np.random.default_rng(seed)
    layers = (np.arange(pairs) + rng.random(pairs)) / pairs
    ends = np.cumsum(prior.chances)
    which = np.minimum(np.searchsorted(ends, layers), len(ends) - 1)
    means, deviations = sampling.at(prior.effects[which])
    luck = special.ndtri((rng.permutation(pairs) + 0.5) / pairs)
    return np.asarray(means + deviations * luck), prior.nets[which]


def evsi_by_regression(estimates: Floats, nets: Floats) -> float:
    """Return the expected value of sample information, from pairs of estimate and net value.

    By the spline of `sisim.analysis.value_of_information.evppi`: it takes nothing for normal.

    Args:
        estimates: (pairs,), as many as `FEWEST_PAIRS`.
        nets: What carrying on is truly worth in each, kronor, (pairs,).

    Raises:
        ValueError: If there are fewer.
    """
    if len(estimates) < FEWEST_PAIRS:
        raise ValueError(f"{len(estimates)} pairs are too few: {FEWEST_PAIRS} are needed")
    benefits = np.column_stack([np.zeros(len(nets)), nets])
    return min(evppi(benefits, estimates), evpi(benefits))
