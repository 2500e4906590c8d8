"""Pooled studies: several municipalities that evaluate the same thing together.

Each has an estimate of its own, and the pooled one is their weighted mean: a two-stage
meta-analysis with a common effect (Borenstein et al., "Introduction to Meta-Analysis", ch. 11).
Municipalities are the clusters.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd
from scipy import special

from sisim.arrays import Floats, Ints
from sisim.evaluation.diagnosands import DIAGNOSANDS, VARIED, Rule, decide, diagnose
from sisim.evaluation.estimate import ALPHA, NAN
from sisim.evaluation.value_of_evaluation import Prior

Weights = Literal["size", "precision"]
Errors = Literal["within", "clusters"]
MUNICIPALITIES = (1, 2, 5, 10, 20)
STUDIES = 2000
"""How many pooled studies are put together at least, out of the same municipalities."""
AVERAGED = ("truth_all", "truth_studied", "net_if_carried_on")


def pool(
    estimates: Floats,
    errors: Floats,
    sizes: Floats,
    *,
    weights: Weights = "size",
    error: Errors = "within",
    alpha: float = ALPHA,
) -> pd.DataFrame:
    """Return pooled estimates, a row per study.

    Args:
        estimates: What each municipality found, (studies, municipalities).
        errors: The standard error of each, in the same shape.
        sizes: How many people each studied, in the same shape.
        weights: "size": by people, as if all were one study; "precision": by 1/error², which is
            more precise, but leans towards those whose outcomes happened to differ little.
        error: "within": from each one's own, the effect being the same in all; "clusters": from
            how municipalities differ, which is unreliable for fewer than ten.
        alpha: How often the interval may miss.

    Returns:
        Columns: estimate, error, low, high, p; from clusters they are NaN for one municipality.
    """
    k = estimates.shape[1]
    share = sizes if weights == "size" else errors**-2.0
    share = share / share.sum(axis=1, keepdims=True)
    value = (share * estimates).sum(axis=1)
    if error == "within":
        wide = np.sqrt((share**2 * errors**2).sum(axis=1))
        far, p = float(special.ndtri(1 - alpha / 2)), 2 * special.ndtr(-np.abs(value) / wide)
    elif k == 1:
        wide, far, p = np.full(len(value), NAN), NAN, np.full(len(value), NAN)
    else:
        spread = (share * (estimates - value[:, None])) ** 2
        wide = np.sqrt(spread.sum(axis=1) * k / (k - 1))
        far = float(special.stdtrit(k - 1, 1 - alpha / 2))
        p = 2 * special.stdtr(k - 1, -np.abs(value) / wide)
    columns = {"estimate": value, "error": wide}
    return pd.DataFrame(columns | {"low": value - far * wide, "high": value + far * wide, "p": p})


def pooled_designs(
    draws: pd.DataFrame,
    *,
    municipalities: Sequence[int] = MUNICIPALITIES,
    rule: Rule = "estimate",
    threshold: float = NAN,
    prior: Prior | None = None,
    weights: Weights = "size",
    error: Errors = "within",
    seed: int = 0,
) -> pd.DataFrame:
    """Return how each design does by the number of municipalities that evaluate together.

    Pooled studies are put together out of the simulated municipalities of a world, over and over in
    new ways, each municipality once in each way. Monte Carlo errors count those of one way alone,
    and so are rather too large than too small.

    Args:
        draws: As `diagnose` takes, with `n_treated` and `n_comparison` (people). Those that failed
            are not pooled, nor worlds in which the truth differs between municipalities.
        municipalities: How many join.
        rule: How it is decided on the pooled estimate: see `decide`.
        threshold: The effect from which carrying on is worth it.
        prior: What was thought of the effect, for the rule "bayes".
        weights: See `pool`.
        error: See `pool`. A single municipality has its own.
        seed: Of the ways that they are put together.

    Returns:
        The columns of `diagnose`, with `municipalities` after `world`; `draws` is how many studies
        one way makes. Numbers that there are too few municipalities for are left out.
    """
    tables = []
    same = draws[~draws["world"].isin(VARIED)]
    for n, (_, some) in enumerate(same.groupby(["world", "design"], sort=False)):
        told = some[np.isfinite(some["estimate"].astype(float))].reset_index(drop=True)
        for k in municipalities:
            studies = len(told) // k
            if not studies:
                continue
            rng = np.random.default_rng([seed, n, k])
            ways = 1 if k == 1 else -(-STUDIES // studies)
            order = [rng.permutation(len(told))[: studies * k] for _ in range(ways)]
            who = np.concatenate(order).reshape(-1, k)
            study = _studies(told, who, weights, error)
            study["decided"] = decide(study, rule, threshold=threshold, prior=prior)
            found = diagnose(study)
            for name in DIAGNOSANDS:
                found[f"{name}_mcse"] *= ways**0.5
            found["draws"] = studies
            found.insert(2, "municipalities", k)
            tables.append(found)
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()


def _studies(told: pd.DataFrame, who: Ints, weights: Weights, error: Errors) -> pd.DataFrame:
    """Return pooled studies as draws; of one municipality what it found itself."""
    first = told.iloc[who[:, 0]].reset_index(drop=True)
    if who.shape[1] == 1:
        return first
    values, errors = (told[name].to_numpy(float)[who] for name in ("estimate", "error"))
    sizes = (told["n_treated"] + told["n_comparison"]).to_numpy(float)[who]
    study = pool(values, errors, sizes, weights=weights, error=error)
    for name in AVERAGED:
        if name in told:
            study[name] = told[name].to_numpy(float)[who].mean(axis=1)
    return study.assign(world=first["world"], design=first["design"], failed=None)
