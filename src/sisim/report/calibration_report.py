"""What a calibration found: other values for a scenario, tables, and words."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sisim.arrays import Floats
from sisim.estimation.calibrate import DRAWS, Calibrated
from sisim.estimation.number_prior import NumberPrior
from sisim.i18n import n_, number, t
from sisim.report.analysis.assumption_words import Assumptions
from sisim.report.formats import decimal, listing, lower, quoted, share_of
from sisim.report.override_text import override_text, rounded
from sisim.report.risk_words import figures

TOGETHER = 0.7
"""Two numbers with so strong a correlation go together."""
HALF = 0.5
"""Each of them is known by itself too if so much of its standard deviation is gone."""
SURER = 0.2
"""A number has become surer if so much of its standard deviation is gone."""
NOTHING = 0.05
"""The targets say nothing of a number if no more of it is gone."""
MUCH_CHANCE = 0.25
"""A warning is given if so much of a target's variance is chance between seeds."""
FEW = 400
"""Fewer effective draws than this are warned of."""
FAR = 0.5
"""A metamodel is warned of if it is so far, in errors of the target, from what was simulated."""
NINETY = (0.05, 0.95)


class TargetRow(NamedTuple):
    """A target: what was observed, and what the numbers give before and after.

    Attributes:
        name: What the file calls it.
        label: What it is called.
        observed: Lower end of the 90 % interval, value, upper end.
        prior: The same before the data.
        posterior: The same after.
        held_out: Whether nothing was fitted to it.
        agrees: Whether what was observed is within the 90 % interval of what the numbers give.
        seed: Share of its variance that is chance between seeds.
    """

    name: str
    label: str
    observed: tuple[float, float, float]
    prior: tuple[float, float, float]
    posterior: tuple[float, float, float]
    held_out: bool
    agrees: bool
    seed: float


class Pair(NamedTuple):
    """Two numbers that go together in the posterior.

    Attributes:
        one: The key of the one.
        other: The key of the other.
        correlation: Their correlation.
        alone: Whether each of them is known by itself, too.
    """

    one: str
    other: str
    correlation: float
    alone: bool


def target_rows_of(found: Calibrated) -> list[TargetRow]:
    """Return a row for each target, those that are held out last."""
    rows = []
    for number_, one in enumerate(found.emulators):
        target, values = one.target, found.targets[:, number_]
        reach = 1.6449 * float(np.hypot(target.error, target.discrepancy))
        apart = abs(float(values.mean()) - target.observed)
        predicted = one.predict(found.space.coordinates(found.draws.to_numpy()))
        sd = float(np.sqrt(values.var() + one.variance(predicted).mean()))
        rows.append(
            TargetRow(
                name=target.name,
                label=target.label,
                observed=(target.observed - reach, target.observed, target.observed + reach),
                prior=_interval(found.prior_targets[:, number_]),
                posterior=_interval(values),
                held_out=target.held_out,
                agrees=apart <= 1.6449 * sd,
                seed=found.seed_shares[target.name],
            )
        )
    return sorted(rows, key=lambda row: row.held_out)


def _interval(values: Floats) -> tuple[float, float, float]:
    low, middle, high = np.nanquantile(values, [NINETY[0], 0.5, NINETY[1]])
    return float(low), float(middle), float(high)


def targets_table(found: Calibrated) -> pd.DataFrame:
    """Return a row for each target.

    Returns:
        Columns: target, observed, observed_low, observed_high, prior, prior_low, prior_high,
        posterior, posterior_low, posterior_high (90 %), held_out, agrees, seed_share.
    """
    rows = []
    for one in target_rows_of(found):
        row: dict[str, Any] = {"target": one.name}
        for key in ("observed", "prior", "posterior"):
            low, middle, high = getattr(one, key)
            row |= {key: middle, f"{key}_low": low, f"{key}_high": high}
        row |= {"held_out": one.held_out, "agrees": one.agrees, "seed_share": one.seed}
        rows.append(row)
    return pd.DataFrame(rows)


def numbers_table(found: Calibrated) -> pd.DataFrame:
    """Return a row for each number.

    Returns:
        Columns: key, prior, prior_low, prior_high, posterior, posterior_low, posterior_high (90 %),
        learned (how much of the standard deviation is gone).
    """
    rows = []
    for prior in found.plan.priors:
        low, middle, high = _interval(found.draws[prior.path].to_numpy())
        before = prior.interval()
        rows.append(
            {
                "key": prior.path,
                "prior": float(prior.values(np.zeros(1))[0]),
                "prior_low": before[0],
                "prior_high": before[1],
                "posterior": middle,
                "posterior_low": low,
                "posterior_high": high,
                "learned": found.learned[prior.path],
            }
        )
    return pd.DataFrame(rows)


def shown_targets(found: Calibrated) -> pd.DataFrame:
    """Return each target for a reader."""
    return pd.DataFrame(
        [
            {
                "": "✓" if one.agrees else "✗",
                t("Target"): one.label,
                t("Observed"): _told(one.observed),
                t("Before the data"): _told(one.prior),
                t("After the data"): _told(one.posterior),
                t("Held out"): t("yes") if one.held_out else "",
                t("Chance between seeds"): share_of(one.seed),
            }
            for one in target_rows_of(found)
        ]
    )


def shown_numbers(found: Calibrated) -> pd.DataFrame:
    """Return each number for a reader."""
    words = Assumptions(found.plan.scenario)
    return pd.DataFrame(
        [
            {
                t("Number"): words.name(row["key"]),
                t("Before the data"): _told((row["prior_low"], row["prior"], row["prior_high"])),
                t("After the data"): _told(
                    (row["posterior_low"], row["posterior"], row["posterior_high"])
                ),
                t("Standard deviation"): share_of(-row["learned"]),
            }
            for row in numbers_table(found).to_dict("records")
        ]
    )


def _told(ends: tuple[float, float, float]) -> str:
    """Return a value with its interval."""
    low, middle, high = ends
    return t(
        "{value} ({low} to {high})", value=figures(middle), low=figures(low), high=figures(high)
    )


def calibrated_values(found: Calibrated, draws: str) -> str:
    """Return a file of other values for any scenario of the pathway: see `override_files`.

    Args:
        found: The calibration.
        draws: The name of the file of draws beside it.
    """
    head = [
        t('Values for scenarios of "{name}": override_files = ["…"]', name=_pathway(found)),
        *sentences(found),
    ]
    values: dict[str, Any] = {one.path: _number(found, one) for one in found.plan.priors}
    values["uncertainty.posterior"] = {
        "distribution": "draws",
        "paths": list(found.plan.paths),
        "file": draws,
    }
    return override_text(head, values)


def _pathway(found: Calibrated) -> str:
    return found.plan.scenario.pathway.name


def _number(found: Calibrated, prior: NumberPrior) -> dict[str, Any]:
    """Return a number as a file has it: its median, its 90 % interval and its marginal."""
    values = found.draws[prior.path].to_numpy()
    low, middle, high = _interval(values)
    fitted = [one.target for one in found.emulators if not one.target.held_out]
    return {
        "value": rounded(middle),
        "low": rounded(low),
        "high": rounded(high),
        "distribution": _marginal(values, prior),
        "source": t("calibrated to: {sources}", sources="; ".join(_sources(fitted))),
        "grade": "derived",
    }


def _sources(targets: list[Any]) -> list[str]:
    return list(dict.fromkeys(one.source for one in targets if one.source))


def _marginal(values: Floats, prior: NumberPrior) -> dict[str, Any]:
    """Return the distribution of a number alone, by its moments."""
    mean, sd = float(values.mean()), max(float(values.std()), 1e-9 * abs(float(values.mean())))
    is_share = prior.number.floor == 0 and prior.number.ceiling == 1
    if is_share and 0 < mean < 1 and sd**2 < mean * (1 - mean):
        return {"name": "beta", "mean": rounded(mean), "sd": rounded(sd)}
    if (values > 0).all():
        logs = np.log(values)
        return {
            "name": "lognormal",
            "meanlog": rounded(float(logs.mean())),
            "sdlog": rounded(max(float(logs.std()), 1e-9)),
        }
    return {"name": "normal", "mean": rounded(mean), "sd": rounded(sd)}


def pairs_together(found: Calibrated) -> list[Pair]:
    """Return the pairs of numbers that go together, those known in combination only first."""
    paths, learned = found.plan.paths, found.learned
    pairs = [
        Pair(
            paths[one],
            paths[other],
            float(found.correlations[one, other]),
            min(learned[paths[one]], learned[paths[other]]) >= HALF,
        )
        for one, other in combinations(range(len(paths)), 2)
    ]
    strong = [one for one in pairs if abs(one.correlation) > TOGETHER]
    return sorted(strong, key=lambda one: (one.alone, -abs(one.correlation)))


def sentences(found: Calibrated) -> list[str]:
    """Return how it was done, what the data have told, and what nobody should overlook."""
    return [
        *_how(found),
        *_learned(found),
        *_told_apart(found),
        *_agreement(found),
        *warnings(found),
    ]


def _how(found: Calibrated) -> Iterator[str]:
    points = sum(wave.points for wave in found.waves)
    combinations_ = n_("1 combination", "{n} combinations", points, n=number(points))
    if found.exact:
        yield t("Computed exactly, without chance: {combinations}.", combinations=combinations_)
    else:
        seeds = found.plan.settings.replications
        yield t(
            "Simulated: {combinations}, each with {seeds}.",
            combinations=combinations_,
            seeds=n_("1 seed", "{n} seeds", seeds),
        )
    if found.why_simulated is not None:
        yield t(
            "Not computed exactly, as {why} ({part}).",
            why=found.why_simulated.why.text,
            part=found.why_simulated.part,
        )
    left = found.waves[-1].left
    yield t(
        "Of what was thought possible before, {share} is not ruled out.",
        share=share_of(left, 1)
        if left >= 0.0005
        else t("less than {share}", share=share_of(0.001, 1)),
    )


def _learned(found: Calibrated) -> Iterator[str]:
    every = len(found.plan.paths)
    surer = sum(value >= SURER for value in found.learned.values())
    yield n_(
        "Of {all} numbers 1 has become surer.",
        "Of {all} numbers {n} have become surer.",
        surer,
        all=every,
    )
    untold = [path for path, value in found.learned.items() if value < NOTHING]
    if untold:
        yield t(
            "The targets say nothing of these, which are as unsure as before: {names}.",
            names=_names(found, untold),
        )
    if found.plan.unranged:
        yield t(
            "Left as they are, as they have no range: {names}.",
            names=_names(found, list(found.plan.unranged)),
        )


def _told_apart(found: Calibrated) -> Iterator[str]:
    """Yield which numbers are known in combination only, and how many combinations are."""
    for pair in pairs_together(found):
        yield together_words(found, pair)
    every, told = len(found.plan.paths), int((found.directions > 1).sum())
    if told < every:
        yield n_(
            "The targets tell 1 of the {all} independent combinations of the numbers; the others "
            "rest on the ranges alone: the numbers are not identified by these targets.",
            "The targets tell {n} of the {all} independent combinations of the numbers; the others "
            "rest on the ranges alone: the numbers are not identified by these targets.",
            told,
            all=every,
        )


def together_words(found: Calibrated, pair: Pair) -> str:
    """Return that two numbers go together, and what would tell them apart if nothing does."""
    told = {
        "one": quoted(_names(found, [pair.one])),
        "other": quoted(_names(found, [pair.other])),
        "r": decimal(pair.correlation, 2),
    }
    if pair.alone:
        return t("{one} and {other} go together (correlation {r}), also in the draws.", **told)
    return t(
        "Of {one} and {other} only the combination is known (correlation {r}): add a target that "
        "depends on one of them alone.",
        **told,
    )


def _names(found: Calibrated, paths: list[str]) -> str:
    words = Assumptions(found.plan.scenario)
    return listing([lower(words.name(path)) for path in paths])


def _agreement(found: Calibrated) -> Iterator[str]:
    rows = target_rows_of(found)
    fitted = [row for row in rows if not row.held_out]
    others = [row for row in rows if row.held_out]
    yield t(
        "Targets that agree with what was observed: {met} of {n}.",
        met=sum(row.agrees for row in fitted),
        n=len(fitted),
    )
    if others:
        yield t(
            "Of those that nothing was fitted to: {met} of {n}.",
            met=sum(row.agrees for row in others),
            n=len(others),
        )


def warnings(found: Calibrated) -> list[str]:
    """Return what makes the answer doubtful."""
    said = []
    labels = {one.target.name: one.target.label for one in found.emulators}
    chancy = {name: share for name, share in found.seed_shares.items() if share > MUCH_CHANCE}
    if chancy:
        told = [f"{labels[name]} {share_of(share)}" for name, share in chancy.items()]
        said.append(
            t(
                "Much of the variance is chance between seeds: {targets}. Simulate more residents, "
                "or more replications.",
                targets="; ".join(told),
            )
        )
    far = [name for name, miss in found.misses.items() if miss > FAR]
    if far:
        said.append(
            t(
                "What was read off between the runs is far from runs of the answer itself: "
                "{targets}. Try more combinations (draws).",
                targets="; ".join(labels[name] for name in far),
            )
        )
    if found.sample.effective < FEW:
        said.append(
            t(
                "The {draws} draws rest on {n} effective ones only: ranges are rough.",
                draws=number(DRAWS),
                n=number(round(found.sample.effective)),
            )
        )
    return said
