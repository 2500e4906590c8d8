"""Simulate social investments person by person, with and without, all else equal.

Load a scenario, run it, look at the result:

>>> import sisim
>>> scenario = sisim.load("placed-youth", {"population.residents": 2000, "replications": 2})
>>> result = sisim.run(scenario)
>>> sorted(result.costs["arm"].unique())
['new_way', 'project', 'without']
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sisim.economics.measured_effect import evaluated_by

if TYPE_CHECKING:
    from sisim.analysis.executors import Executor
    from sisim.analysis.sweep import Study
    from sisim.economics.measured_effect import Measured
    from sisim.engine.counts import Result
    from sisim.engine.mesa_model import Person, SocialInvestmentModel
    from sisim.engine.simulation import Progress
    from sisim.evaluation_results import EvaluationResults
    from sisim.results import ExpectedResults, Results
    from sisim.scenario.pathway import Pathway as PathwayModel
    from sisim.scenario.scenario import Scenario as ScenarioModel

__all__ = [
    "Pathway",
    "Person",
    "Scenario",
    "SocialInvestmentModel",
    "ceac",
    "ceaf",
    "evaluate",
    "evpi",
    "evppi",
    "expected",
    "icer_table",
    "load",
    "model",
    "open_study",
    "run",
    "sweep",
]

_OF_TABLES = {
    "icer_table": "sisim.economics.incremental_analysis",
    **dict.fromkeys(("ceac", "ceaf", "evpi", "evppi"), "sisim.analysis.decision_analysis"),
}
"""What analyses a table of costs and effects of one's own, and where it is."""

# What draws and simulates is slow to import: only who asks for it waits.


def _evaluated(result: Result, names: Collection[str]) -> Measured:
    from sisim.evaluation.money_by_estimate import measured_effects

    return measured_effects(result, names)


evaluated_by(_evaluated)


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("sisim")
    if name in ("Person", "SocialInvestmentModel"):
        from sisim.engine import mesa_model

        return getattr(mesa_model, name)
    if name in _OF_TABLES:
        from importlib import import_module

        return getattr(import_module(_OF_TABLES[name]), name)
    raise AttributeError(f"module 'sisim' has no attribute {name!r}")


def Pathway(**tables: Any) -> PathwayModel:  # noqa: N802 (as one would call the class)
    """Return a pathway of the tables that a file would have, checked as a file is.

    >>> import sisim
    >>> weather = sisim.Pathway(
    ...     name="weather",
    ...     title="Weather",
    ...     parameters={"rate": 0.1},
    ...     tracks={
    ...         "sky": {
    ...             "label": "Sky",
    ...             "start": "sun",
    ...             "states": {"sun": {"label": "Sun"}, "rain": {"label": "Rain"}},
    ...         }
    ...     },
    ...     transitions={
    ...         "clouds": {"track": "sky", "from": "sun", "to": "rain", "rate": "rate * 2"}
    ...     },
    ... )
    >>> weather.with_values({"parameters.rate": 0.3}).transitions["clouds"].rate.value
    0.6

    Args:
        tables: What stands in a pathway file, by key; parts of it may be models already.

    Raises:
        sisim.scenario.errors.ScenarioError: With everything that is wrong.
    """
    from sisim.loading.load import authored_pathway

    return authored_pathway(tables)


def Scenario(**tables: Any) -> ScenarioModel:  # noqa: N802 (as one would call the class)
    """Return a scenario of the tables that a file would have, checked as a file is.

    Args:
        tables: What stands in a scenario file, by key. The pathway may be a name, a file, or one
            that was built.

    Raises:
        sisim.scenario.errors.ScenarioError: With everything that is wrong.
    """
    from sisim.loading.load import authored_scenario

    return authored_scenario(tables)


def load(
    source: str | os.PathLike[str], overrides: Mapping[str, Any] | None = None
) -> ScenarioModel:
    """Return the scenario in a TOML file, or the ready scenario of that name.

    Args:
        source: The file, or the name.
        overrides: Other values by dotted path, as in `{"time.years": 15}`.

    Raises:
        sisim.scenario.errors.ScenarioError: With everything that is wrong in the file.
    """
    from sisim.loading.load import load_scenario

    return load_scenario(source, overrides or {})


def run(
    scenario: ScenarioModel | str | os.PathLike[str],
    *,
    seed: int | None = None,
    replications: int | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Results:
    """Return what comes of a scenario: people, money, figures and words.

    Args:
        scenario: What to simulate: a scenario, a file, or the name of a ready scenario.
        seed: The seed of the first replication, the next ones following; unset: the scenario's.
        replications: How many; unset: as many as the scenario says.
        threads: How many threads to use; the result does not depend on it.
        progress: Called with the steps done and the steps in all.
    """
    from sisim.engine.machine_code import compile_once
    from sisim.engine.replications import simulate
    from sisim.results import Results

    if isinstance(scenario, str | os.PathLike):
        scenario = load(scenario)
    compile_once()
    return Results(
        simulate(scenario, seed=seed, replications=replications, threads=threads, progress=progress)
    )


def expected(
    scenario: ScenarioModel | str | os.PathLike[str], overrides: Mapping[str, Any] | None = None
) -> ExpectedResults:
    """Return the expected course of a scenario, computed exactly as a cohort model.

    Args:
        scenario: A scenario, a file, or the name of a ready scenario.
        overrides: Other values by dotted path, where `scenario` is a file or a name.

    Raises:
        sisim.engine.cohort.NotExact: If there is no exact answer, with the reason.
        sisim.scenario.errors.ScenarioError: With everything that is wrong in the file.
    """
    from sisim.engine.cohort import expected as course
    from sisim.engine.machine_code import compile_once
    from sisim.results import ExpectedResults

    if isinstance(scenario, str | os.PathLike):
        scenario = load(scenario, overrides)
    compile_once()
    return ExpectedResults(course(scenario))


def model(
    source: ScenarioModel | str | os.PathLike[str],
    overrides: Mapping[str, Any] | None = None,
    *,
    arm: str = "without",
    seed: int | None = None,
    person: type[Person] | None = None,
) -> SocialInvestmentModel:
    """Return a scenario as a Mesa model: see `sisim.engine.mesa_model`.

    Args:
        source: The scenario: loaded, a file, or the name of a ready one.
        overrides: Other values by dotted path, where `source` is a file or a name.
        arm: The arm that its agents and reporters see.
        seed: The seed of every draw; unset: the scenario's.
        person: The class of its agents; unset: `sisim.Person`, who follows the pathway's rule.

    Raises:
        sisim.scenario.errors.ScenarioError: With everything that is wrong in the file.
        ValueError: If there is no such arm, or `person` decides in an arm with investments.
    """
    from sisim.engine.machine_code import compile_once
    from sisim.engine.mesa_model import Person, SocialInvestmentModel

    if isinstance(source, str | os.PathLike):
        source, overrides = load(source, overrides), None
    compile_once()
    return SocialInvestmentModel(
        source, arm=arm, seed=seed, person=person or Person, overrides=overrides
    )


def sweep(
    experiment: str | os.PathLike[str],
    out: str | os.PathLike[str],
    *,
    executor: Executor | None = None,
    resume: bool = False,
    expand: Mapping[str, int] | int | None = None,
    progress: Progress | None = None,
) -> Study:
    """Run an experiment, and keep what comes of it in a folder: see `sisim.analysis.sweep.sweep`.

    Args:
        experiment: The experiment file.
        out: The folder.
        executor: Where cells run (see `sisim.analysis.executors`); unset: on all cores.
        resume: Go on with what is in the folder.
        expand: So many draws (or, where nothing is drawn, replications) more.
        progress: Called with the cells done and the cells in all.
    """
    from sisim.analysis.sweep import sweep as run_experiment

    return run_experiment(
        experiment, out, executor=executor, resume=resume, expand=expand, progress=progress
    )


def evaluate(
    scenario: str | os.PathLike[str] | ScenarioModel,
    names: str | Sequence[str] = (),
    *,
    draws: int = 500,
    size: int | None = None,
    seed: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
    folder: str | os.PathLike[str] | None = None,
) -> EvaluationResults:
    """Return what planned evaluations would say in many municipalities where the truth is known.

    Args:
        scenario: The scenario, its file, or the name of a ready one.
        names: Which of its `[evaluations]`; none: all.
        draws: How many municipalities, in each world.
        size: How many a year take part: residents and places in proportion; unset: as it is.
        seed: The seed of the first municipality; unset: the scenario's.
        executor: Where they are simulated: see `sisim.analysis.executors`; the result does not
            depend on it. Unset: in this process.
        progress: Called with how many are done and how many there are.
        folder: Where what is finished is kept until all is, and gone on with; unset: nowhere.

    Raises:
        LookupError: If there is no evaluation of that name, or none at all.
        sisim.analysis.manifest.StoreError: If what is kept is of another study.
        sisim.evaluation.study.StudyError: If one fails in more than a fifth of the municipalities.
    """
    from sisim.evaluation.study import evaluate as study_of
    from sisim.evaluation.study import sized
    from sisim.evaluation_results import EvaluationResults
    from sisim.scenario.scenario import Scenario as Model

    loaded = scenario if isinstance(scenario, Model) else load(scenario)
    chosen = [names] if isinstance(names, str) else names
    if size is not None:
        loaded = sized(loaded, chosen, size, seed=seed)
    study = study_of(
        loaded,
        chosen,
        draws=draws,
        seed=seed,
        executor=executor,
        progress=progress,
        folder=folder,
    )
    return EvaluationResults.of(study)


def open_study(folder: str | os.PathLike[str]) -> Study:
    """Return the result of an experiment that is in a folder."""
    from sisim.analysis.sweep import open_study as open_result

    return open_result(folder)
