"""Calibration: numbers of a pathway that agree with what was observed, and how sure they are.

History matching with metamodels (Vernon, Goldstein & Bower 2010; Andrianakis et al. 2015) in waves,
then a posterior by importance. All points are simulated with the same seeds, so that differences
between them are of the numbers; what the seeds have in common is a variance of its own, which more
points do not make smaller.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from sisim.analysis.executors import Executor
from sisim.arrays import Flags, Floats
from sisim.calibration.expected_measures import require_expected
from sisim.engine.cohort import NotExact
from sisim.estimation.calibration_file import CalibrationPlan, CalibrationTarget
from sisim.estimation.finished_runs import FinishedRuns
from sisim.estimation.metamodel import NEAR, Metamodel, Predicted, metamodel
from sisim.estimation.number_prior import NumberPrior
from sisim.estimation.posterior_sampling import PosteriorSample, sample_posterior
from sisim.estimation.target_values import TargetSetup, exact_targets, simulated_targets
from sisim.scenario.errors import Reason

CUT = 3.0
"""A point is ruled out if a target is so many standard deviations away (Pukelsheim 1994)."""
DRAWS = 2000
"""Draws of the posterior that are kept."""
CHECKED = 32
"""So many of them at most are simulated for real."""
SEEDS_TO_TELL = 16
"""So many seeds tell how much a target differs between seeds."""
CANDIDATES = 2**14
INSIDE = 0.998
"""The middle part of each prior in which points are tried."""
FEWEST = 10
"""A target must have a value at so many points."""
Progress = Callable[[int, int], None]


class NotCalibrated(ValueError):  # noqa: N818 - it says what is the case
    """No combination of the numbers agrees with what was observed, or a target has no values."""

    def __init__(self, *reasons: Reason) -> None:
        super().__init__(*reasons)
        self.reasons = reasons

    def __str__(self) -> str:
        return " ".join(reason.text for reason in self.reasons)


@dataclass(frozen=True)
class NumberSpace:
    """The free numbers as normal scores, as values, and as coordinates that metamodels are of.

    A coordinate is the number, or its logarithm if it is always above 0, from -1 to 1.
    """

    priors: tuple[NumberPrior, ...]

    @cached_property
    def _ends(self) -> Floats:
        return np.array([one.interval(INSIDE) for one in self.priors])

    @cached_property
    def _log(self) -> Flags:
        return np.asarray(self._ends[:, 0] > 0)

    @cached_property
    def _scaled_ends(self) -> Floats:
        return np.where(self._log[:, None], np.log(np.maximum(self._ends, 1e-300)), self._ends)

    def values(self, scores: Floats) -> Floats:
        """Return the values at normal scores, (points, numbers)."""
        return np.column_stack([p.values(scores[:, k]) for k, p in enumerate(self.priors)])

    def coordinates(self, values: Floats) -> Floats:
        """Return the coordinates of values, (points, numbers)."""
        scaled = np.where(self._log, np.log(np.maximum(values, 1e-300)), values)
        low, high = self._scaled_ends.T
        return np.asarray(2 * (scaled - low) / (high - low) - 1)

    def spread_out(self, count: int, seed: int) -> Floats:
        """Return values at Sobol' points, even over the middle of all priors."""
        sequence = stats.qmc.Sobol(len(self.priors), rng=np.random.default_rng(seed))
        sobol = sequence.random_base2((count - 1).bit_length())[:count]
        low, high = self._scaled_ends.T
        scaled = low + sobol * (high - low)
        return np.asarray(np.where(self._log, np.exp(np.minimum(scaled, 700.0)), scaled))


@dataclass(frozen=True)
class TargetEmulator:
    """Gives a target between the points at which it is known.

    Attributes:
        target: The target.
        model: The metamodel: of the logarithm of the target, if that is always above 0.
        log: Whether it is.
        middle: Of the coordinates of the points, (numbers,).
        wide: Their standard deviations, (numbers,).
        seed: Standard deviation of a mean over the seeds, in the model's unit.
    """

    target: CalibrationTarget
    model: Metamodel
    log: bool
    middle: Floats
    wide: Floats
    seed: float

    @classmethod
    def fitted(
        cls, target: CalibrationTarget, points: Floats, values: Floats, seeds: Floats, share: float
    ) -> TargetEmulator:
        """Return the emulator of a target.

        Args:
            target: The target.
            points: Coordinates, (points, numbers).
            values: Means over the seeds, (points,); NaN where there is none.
            seeds: The target with several seeds at one point, (seeds,).
            share: What part of the variance between seeds a mean over the seeds has.

        Raises:
            NotCalibrated: If the target has no value at nearly all points.
        """
        known = np.isfinite(values)
        if known.sum() < max(FEWEST, len(values) / 2):
            reason = Reason(
                'The target "{name}" has no value in most runs: nobody is counted in it. Let more '
                "residents be simulated, or leave it out.",
                name=target.name,
            )
            raise NotCalibrated(reason)
        points, values = points[known], values[known]
        log = bool((values > 0).all() and target.observed > 0)
        middle, wide = points.mean(axis=0), np.maximum(points.std(axis=0), 1e-9)
        own = np.hypot(target.error, target.discrepancy) / (target.observed if log else 1.0)
        model = metamodel((points - middle) / wide, np.log(values) if log else values, own)
        some = seeds[np.isfinite(seeds) & (seeds > 0 if log else True)]
        between = np.var(np.log(some) if log else some, ddof=1) if len(some) > 1 else 0.0
        return cls(target, model, log, middle, wide, float(np.sqrt(between * share)))

    def predict(self, points: Floats) -> Predicted:
        """Return the target at coordinates, in its unit."""
        mean, sd = self.model.predict((points - self.middle) / self.wide)
        if not self.log:
            return Predicted(mean, sd)
        mean = np.exp(np.clip(mean, -700.0, 700.0))
        return Predicted(mean, mean * sd)

    def seed_sd(self, mean: Floats) -> Floats:
        """Return the standard deviation of means over the seeds, where the target is `mean`."""
        return mean * self.seed if self.log else np.full_like(mean, self.seed)

    @property
    def error(self) -> float:
        """The leave-one-out error, in the target's unit where it is as observed."""
        return self.model.error * (self.target.observed if self.log else 1.0)

    @property
    def is_near(self) -> bool:
        """Whether it is near enough beside the target's own error."""
        return self.error <= NEAR * float(np.hypot(self.target.error, self.target.discrepancy))

    def variance(self, predicted: Predicted) -> Floats:
        """Return the variance of what was observed around what is predicted."""
        own = self.target.error**2 + self.target.discrepancy**2
        return np.asarray(own + predicted.sd**2 + self.seed_sd(predicted.mean) ** 2)

    def apart(self, points: Floats) -> Floats:
        """Return how implausible points are, in standard deviations."""
        predicted = self.predict(points)
        return np.abs(predicted.mean - self.target.observed) / np.sqrt(self.variance(predicted))

    def likelihood(self, points: Floats) -> Floats:
        """Return the log-likelihood of points."""
        predicted = self.predict(points)
        variance = self.variance(predicted)
        missed = (predicted.mean - self.target.observed) ** 2 / variance
        return np.asarray(-0.5 * (missed + np.log(variance)))


class Wave(NamedTuple):
    """A round of points, and what is left after it.

    Attributes:
        points: Points that were tried.
        left: Share of the prior that is not ruled out after it.
    """

    points: int
    left: float


@dataclass(frozen=True)
class Calibrated:
    """What a calibration found.

    Attributes:
        plan: The calibration.
        exact: Whether courses were computed exactly.
        why_simulated: Why they were not, where that was tried.
        waves: The rounds.
        emulators: The last emulator of each target.
        prior_targets: Each target over draws of the prior, (draws, targets), by the first wave.
        sample: The posterior as normal scores.
        checked: Draws of the posterior that were run for real, by target: (draws, targets).
        runs: How many simulations it took.
    """

    plan: CalibrationPlan
    exact: bool
    why_simulated: NotExact | None
    waves: tuple[Wave, ...]
    emulators: tuple[TargetEmulator, ...]
    prior_targets: Floats
    sample: PosteriorSample
    checked: Floats
    runs: int

    @cached_property
    def space(self) -> NumberSpace:
        """The free numbers."""
        return NumberSpace(self.plan.priors)

    @cached_property
    def draws(self) -> pd.DataFrame:
        """The posterior: a row per draw, a column per number."""
        return pd.DataFrame(self.space.values(self.sample.scores), columns=list(self.plan.paths))

    @cached_property
    def targets(self) -> Floats:
        """Each target over the draws of the posterior, (draws, targets), by the emulators."""
        points = self.space.coordinates(self.draws.to_numpy())
        return np.column_stack([one.predict(points).mean for one in self.emulators])

    @cached_property
    def seed_shares(self) -> dict[str, float]:
        """The share of each target's variance that is chance between seeds."""
        points = self.space.coordinates(self.draws.to_numpy())
        found = {}
        for one in self.emulators:
            predicted = one.predict(points)
            seed = one.seed_sd(predicted.mean) ** 2
            found[one.target.name] = float(np.mean(seed / one.variance(predicted)))
        return found

    @cached_property
    def misses(self) -> dict[str, float]:
        """How far emulators are from what was run for real: root mean square, in errors."""
        count = len(self.checked)
        apart = (self.targets[:count] - self.checked) ** 2
        return {
            one.target.name: float(np.sqrt(np.nanmean(apart[:, n])) / one.target.error)
            for n, one in enumerate(self.emulators)
        }

    @cached_property
    def correlations(self) -> Floats:
        """Posterior correlation of each pair of numbers, (numbers, numbers)."""
        return np.atleast_2d(np.corrcoef(self.draws.to_numpy(), rowvar=False))

    @cached_property
    def learned(self) -> dict[str, float]:
        """How much of each number's prior standard deviation is gone, as a share of it."""
        sd = self.sample.scores.std(axis=0)
        return {path: float(1 - sd[k]) for k, path in enumerate(self.plan.paths)}

    @cached_property
    def directions(self) -> Floats:
        """How much the targets tell beside the prior, by combination of numbers, falling.

        Eigenvalues of JᵀΣ⁻¹J in the units of the priors: below 1 the prior tells more.
        """
        middle = self.sample.scores.mean(axis=0)
        step = 0.05
        around = np.concatenate(
            [middle + step * np.eye(len(middle)), middle - step * np.eye(len(middle))]
        )
        points = self.space.coordinates(self.space.values(np.vstack([middle, around])))
        rows = []
        for one in self.emulators:
            if one.target.held_out:
                continue
            predicted = one.predict(points)
            slopes = (predicted.mean[1 : 1 + len(middle)] - predicted.mean[1 + len(middle) :]) / (
                2 * step
            )
            rows.append(slopes / np.sqrt(one.variance(predicted)[0]))
        jacobian = np.array(rows)
        return np.asarray(np.linalg.eigvalsh(jacobian.T @ jacobian)[::-1])


def calibrate(
    plan: CalibrationPlan,
    executor: Executor,
    progress: Progress | None = None,
    kept: FinishedRuns | None = None,
) -> Calibrated:
    """Return what a calibration finds.

    Args:
        plan: The calibration.
        executor: Where simulations take place.
        progress: Called with the runs done, and those that there are at most.
        kept: Runs that have been done before, and where those of now are kept.

    Raises:
        NotExact: If it should be exact, and cannot be.
        NotCalibrated: If no combination of the numbers agrees with what was observed.
    """
    return _Search(plan, executor, progress, kept).run()


def fitted_emulators(
    plan: CalibrationPlan, executor: Executor, progress: Progress | None = None
) -> tuple[TargetEmulator, ...]:
    """Return the emulators of a first wave alone: what they give is compared with any municipality.

    Args:
        plan: The calibration.
        executor: Where simulations take place.
        progress: Called with the runs done, and those that there are at most.

    Raises:
        NotExact: If it should be exact, and cannot be.
    """
    search = _Search(plan, executor, progress)
    return search.wave(search.space.spread_out(plan.settings.draws, 0), np.zeros(len(plan.priors)))


def posterior(
    space: NumberSpace, emulators: Sequence[TargetEmulator], draws: int = DRAWS, seed: int = 1
) -> PosteriorSample:
    """Return draws of the numbers, given the targets that are not held out.

    Args:
        space: The numbers.
        emulators: Of each target.
        draws: How many draws.
        seed: Of the draws.
    """
    fitted = [one for one in emulators if not one.target.held_out]

    def likelihood(scores: Floats) -> Floats:
        points = space.coordinates(space.values(scores))
        return np.asarray(sum(one.likelihood(points) for one in fitted))

    return sample_posterior(likelihood, len(space.priors), draws, seed)


class _Search:
    """The search for numbers, from wave to wave."""

    def __init__(
        self,
        plan: CalibrationPlan,
        executor: Executor,
        progress: Progress | None,
        kept: FinishedRuns | None = None,
    ) -> None:
        self.kept = FinishedRuns() if kept is None else kept
        self.plan, self.executor, self.progress = plan, executor, progress
        self.space = NumberSpace(plan.priors)
        self.setup = TargetSetup(plan.scenario, plan.targets)
        settings = plan.settings
        self.done = 0
        self.why_simulated = None if settings.method == "emulator" else self._why_simulated()
        self.exact = settings.method != "emulator" and self.why_simulated is None
        self.seeds = range(
            settings.seed, settings.seed + (1 if self.exact else settings.replications)
        )
        # A wave of fewer points than a plane needs would tell nothing.
        least = max(FEWEST, 3 * (len(plan.priors) + 1))
        waves = max(min(settings.waves, settings.draws // least), 1)
        each = settings.draws // waves
        self.sizes = [settings.draws - each * (waves - 1), *[each] * (waves - 1)]
        self.checks = min(CHECKED, max(8, settings.draws // 8))
        runs = (settings.draws + self.checks) * len(self.seeds)
        self.most = runs + (0 if self.exact else SEEDS_TO_TELL * waves)
        self.points = np.empty((0, len(plan.priors)))
        self.values = np.empty((0, len(plan.targets)))
        self.emulators: tuple[TargetEmulator, ...] = ()

    def run(self) -> Calibrated:
        """Search, sample, and check."""
        points, centre = self.space.spread_out(self.sizes[0], 0), np.zeros(len(self.plan.priors))
        self.emulators = self.wave(points, centre)
        prior_targets = self._over_the_prior()
        left, share = self._not_ruled_out()
        waves = [Wave(len(points), share)]
        sample = posterior(self.space, self.emulators)
        for size in self.sizes[1:]:
            if self._is_near():
                break
            points, centre = self._next(left, sample, size), sample.scores.mean(axis=0)
            self.emulators = self.wave(points, centre)
            left, share = self._not_ruled_out()
            waves.append(Wave(len(points), share))
            sample = posterior(self.space, self.emulators)
        scores = sample.scores[: self.checks]
        checked = self._run(self.space.values(scores), self.seeds).mean(axis=1)
        return Calibrated(
            plan=self.plan,
            exact=self.exact,
            why_simulated=self.why_simulated,
            waves=tuple(waves),
            emulators=self.emulators,
            prior_targets=prior_targets,
            sample=sample,
            checked=checked,
            runs=self.done,
        )

    def wave(self, values: Floats, centre: Floats) -> tuple[TargetEmulator, ...]:
        """Run points, and return emulators of them and of those before that are not far off.

        Args:
            values: The numbers, (points, numbers).
            centre: Normal scores where it is told how much targets differ between seeds.
        """
        found = self._run(values, self.seeds).mean(axis=1)
        points = self.space.coordinates(values)
        if self.emulators:
            near = self._apart(self.points) < 2 * CUT
            self.points, self.values = self.points[near], self.values[near]
        self.points = np.vstack([self.points, points])
        self.values = np.vstack([self.values, found])
        several = np.zeros((1, len(self.plan.targets)))
        if not self.exact:
            first = self.plan.settings.seed
            seeds = range(first, first + max(SEEDS_TO_TELL, len(self.seeds)))
            several = self._run(self.space.values(centre[None, :]), seeds)[0]
        return tuple(
            TargetEmulator.fitted(
                one, self.points, self.values[:, n], several[:, n], 1 / len(self.seeds)
            )
            for n, one in enumerate(self.plan.targets)
        )

    def _why_simulated(self) -> NotExact | None:
        """Return why there is no exact course, where that is not asked for.

        Raises:
            NotExact: If it is.
        """
        pathway = self.plan.scenario.pathway
        try:
            for one in self.plan.targets:
                require_expected(pathway, one.target.measure, one.target.arguments)
            medians = self._named(self.space.values(np.zeros((1, len(self.plan.priors)))))
            exact_targets(self.setup, medians, lambda _: None)
        except NotExact as error:
            if self.plan.settings.method == "exact":
                raise
            return error
        return None

    def _named(self, values: Floats) -> list[dict[str, float]]:
        paths = self.plan.paths
        return [dict(zip(paths, map(float, row), strict=True)) for row in values]

    def _run(self, values: Floats, seeds: Sequence[int]) -> Floats:
        def tell(runs: int) -> None:
            self.done += runs
            if self.progress is not None:
                self.progress(min(self.done, self.most), self.most)

        points = self._named(values)
        if self.exact:
            return exact_targets(self.setup, points, tell)
        return simulated_targets(self.executor, self.setup, points, seeds, tell, self.kept)

    def _fitted(self) -> Iterator[TargetEmulator]:
        return (one for one in self.emulators if not one.target.held_out)

    def _apart(self, points: Floats) -> Floats:
        """Return how implausible points are by their worst target, (points,)."""
        return np.asarray(np.max([one.apart(points) for one in self._fitted()], axis=0))

    def _is_near(self) -> bool:
        return all(one.is_near for one in self._fitted())

    def _over_the_prior(self) -> Floats:
        rng = np.random.default_rng(0)
        values = self.space.values(rng.standard_normal((DRAWS, len(self.plan.priors))))
        points = self.space.coordinates(values)
        return np.column_stack([one.predict(points).mean for one in self.emulators])

    def _not_ruled_out(self) -> tuple[Floats, float]:
        """Return candidates that are not ruled out as scores, and their share of the prior.

        Raises:
            NotCalibrated: If there is none.
        """
        rng = np.random.default_rng(len(self.points))
        scores = rng.standard_normal((CANDIDATES, len(self.plan.priors)))
        apart = self._apart(self.space.coordinates(self.space.values(scores)))
        left = apart < CUT
        share = float(left.mean())
        if share == 0:
            near = posterior(self.space, self.emulators).scores
            other = self._apart(self.space.coordinates(self.space.values(near)))
            if (other >= CUT).all():
                raise NotCalibrated(*self._disagreeing(near[[int(np.argmin(other))]]))
            return near[other < CUT], share
        return scores[left], share

    def _disagreeing(self, scores: Floats) -> Iterator[Reason]:
        """Yield that nothing agrees, and what the nearest misses."""
        yield Reason(
            "No combination of the free numbers within their ranges agrees with all targets. Widen "
            "the ranges, free more numbers, or give the targets a discrepancy. At the nearest:"
        )
        points = self.space.coordinates(self.space.values(scores))
        for one in self._fitted():
            if one.apart(points)[0] >= CUT:
                yield Reason(
                    '"{name}" is {value}, and {observed} was observed.',
                    name=one.target.name,
                    value=f"{one.predict(points).mean[0]:.4g}",
                    observed=f"{one.target.observed:.4g}",
                )

    def _next(self, left: Floats, sample: PosteriorSample, size: int) -> Floats:
        """Return the values of the next points: half not ruled out, half around the posterior."""
        rng = np.random.default_rng(size + len(self.points))
        wide = np.maximum(sample.scores.std(axis=0), 0.05)
        chosen = sample.scores[rng.permutation(len(sample.scores))[: size // 2]]
        around = chosen + wide * rng.standard_normal(chosen.shape)
        rest = left[rng.permutation(len(left))[: size - len(around)]]
        return self.space.values(np.vstack([around, rest]))
