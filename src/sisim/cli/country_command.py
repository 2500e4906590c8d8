"""The command that simulates a country."""

from __future__ import annotations

from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Annotated

from sisim.cli.options import OutFolder, Workers, argument, count, flag
from sisim.cli.output import print_table
from sisim.cli.scenario_input import executor, store_errors_answered
from sisim.cli.sweep_commands import Cluster, run_study
from sisim.cli.user_errors import INTERRUPTED, UserError
from sisim.i18n import number, t

if TYPE_CHECKING:
    from sisim.analysis.country import Country

SWEDEN = 10_500_000
"""Residents of Sweden, rounded (Statistics Sweden, 2024: 10.6 million)."""


def country(
    file: Annotated[str, argument("FILE", "A country file: an experiment with [municipalities].")],
    /,
    *,
    sample: Annotated[
        int | None,
        count("N", "So many municipalities alone, spread evenly by size; unset: all."),
    ] = None,
    resume: Annotated[
        bool, flag("Go on with what is in the folder; nothing finished is run again.")
    ] = False,
    out: OutFolder = None,
    workers: Workers = None,
    cluster: Cluster = None,
) -> int:
    """Simulate an investment in every municipality of a country, each with its own numbers.

    The file names a scenario and a table of municipalities: how many live in each, and whatever
    else differs between them, with keys of the scenario as headings. Each is simulated for all of
    its residents, with places and fixed costs in proportion, and with luck of its own. You get the
    sum of all, those of regions and groups, and each municipality against what chance alone does
    to one of its size. The result is a folder as of `sisim sweep`, and can be gone on with.

    Example: `sisim country experiments/country/country.toml --sample 5`
    """
    from sisim.analysis.country import country_of, sampled
    from sisim.analysis.experiment_file import load_experiment
    from sisim.cli.analysis_commands import publish
    from sisim.report.analysis.country_report import draw_country, sentences

    plan = load_experiment(file)
    if plan.experiment.municipalities is None:
        text = t("There is no table [municipalities] in the file; run it with `sisim sweep`.")
        raise UserError(text)
    whole = len(plan.experiment.municipalities.places)
    if sample is not None:
        plan = sampled(plan, sample)
    where, begun = executor(workers, cluster), perf_counter()
    study = run_study(plan, f"sisim country {file}", out, where, resume=resume)
    if study is None:
        return INTERRUPTED
    seconds = perf_counter() - begun
    with store_errors_answered():
        found = country_of(study)
        words = list(sentences(found, whole))
        pictures = {f"country-{arm}": partial(draw_country, found, arm) for arm in found.arms}
        tables = {"municipalities": found.municipalities, "sums": found.sums}
    _summary(found)
    print()
    publish(study.store.folder, "country", pictures, tables, words)
    if not resume:
        print()
        print(_time(found, seconds, where.workers))
    return 0


def _summary(found: Country) -> None:
    """Print what each outcome comes to in the country."""
    from sisim.report.analysis.country_report import sums_shown

    print_table(sums_shown(found))


def _time(found: Country, seconds: float, workers: int) -> str:
    """Return how long it took, and how long the whole of Sweden would take."""
    residents = float(found.residents.sum())
    return t(
        "{residents} residents took {seconds} s with {workers} at once (runs of each: {n}); "
        "Sweden, with 10.5 million, would take about {minutes} min on this computer.",
        residents=number(round(residents)),
        seconds=number(max(round(seconds), 1)),
        workers=workers,
        n=found.study.plan.replications,
        minutes=number(max(round(seconds / residents * SWEDEN / 60), 1)),
    )
