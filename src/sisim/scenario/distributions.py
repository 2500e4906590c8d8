"""The named distributions: which parameters each needs, and how one is drawn from (L8).

Parameters as in Briggs, Claxton & Sculpher, Decision Modelling for Health Economic Evaluation
(2006), ch. 4; a beta or gamma may be given by mean and standard deviation (method of moments).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

PARAMETERS: dict[str, tuple[tuple[str, ...], ...]] = {
    "beta": (("alpha", "beta"), ("mean", "sd")),
    "gamma": (("shape", "scale"), ("mean", "sd")),
    "lognormal": (("meanlog", "sdlog"),),
    "normal": (("mean", "sd"),),
    "uniform": (("low", "high"),),
    "triangular": (("low", "mode", "high"),),
    "fixed": ((),),
}
"""The sets of parameters that describe each distribution."""


def is_complete(name: str, parameters: Mapping[str, float]) -> bool:
    """Return whether exactly one of the sets of parameters of `name` is given."""
    return set(parameters) in [set(choice) for choice in PARAMETERS[name]]


def is_possible(name: str, parameters: Mapping[str, float]) -> bool:
    """Return whether there is a distribution `name` with these parameters."""
    p = parameters
    if any(p.get(key, 1.0) <= 0 for key in ("alpha", "beta", "shape", "scale")):
        return False
    if any(p.get(key, 0.0) < 0 for key in ("sd", "sdlog")):
        return False
    if name == "beta" and "mean" in p:
        return 0 < p["mean"] < 1 and 0 < p["sd"] ** 2 < p["mean"] * (1 - p["mean"])
    if name == "gamma" and "mean" in p:
        return p["mean"] > 0 and p["sd"] > 0
    if name in ("uniform", "triangular"):
        return p["low"] <= p.get("mode", p["low"]) <= p["high"] and p["low"] < p["high"]
    return True


def moments_solved(name: str, parameters: Mapping[str, float]) -> dict[str, float]:
    """Return the parameters, with the shapes of a beta or gamma that is given by its moments."""
    p = dict(parameters)
    if name == "beta" and "mean" in p:
        size = p["mean"] * (1 - p["mean"]) / p["sd"] ** 2 - 1
        return {"alpha": p["mean"] * size, "beta": (1 - p["mean"]) * size}
    if name == "gamma" and "mean" in p:
        return {"shape": (p["mean"] / p["sd"]) ** 2, "scale": p["sd"] ** 2 / p["mean"]}
    return p


def draw_one(name: str, parameters: Mapping[str, float], rng: np.random.Generator) -> float:
    """Return one draw from the distribution `name`."""
    p = moments_solved(name, parameters)
    match name:
        case "beta":
            return float(rng.beta(p["alpha"], p["beta"]))
        case "gamma":
            return float(rng.gamma(p["shape"], p["scale"]))
        case "lognormal":
            return float(rng.lognormal(p["meanlog"], p["sdlog"]))
        case "normal":
            return float(rng.normal(p["mean"], p["sd"]))
        case "uniform":
            return float(rng.uniform(p["low"], p["high"]))
        case "triangular":
            return float(rng.triangular(p["low"], p["mode"], p["high"]))
    raise ValueError(f"no draw from {name}")
