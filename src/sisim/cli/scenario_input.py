"""From the words of a command to a loaded scenario, a folder for the result, an arm, a measure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sisim.cli.options import RESULTS, MeasureOptions, RunOptions, values
from sisim.cli.output import require_folder
from sisim.cli.user_errors import UserError, print_error, require_known
from sisim.i18n import set_currency, t

if TYPE_CHECKING:
    from sisim.analysis.executors import Executor
    from sisim.scenario.scenario import Scenario


def load(name: str, changes: Sequence[str] | None, residents: int | None = None) -> Scenario:
    """Return the scenario of that file or name, with the changes of `--set`.

    From then on amounts are told in its currency.

    Args:
        name: The file, or the name of a ready scenario.
        changes: What is changed in it.
        residents: For how many residents, with what is of the whole municipality in proportion.

    Raises:
        UserError: If a change is not KEY=VALUE.
        ScenarioError: With everything that is wrong in the file.
    """
    from sisim.loading.load import load_scenario
    from sisim.loading.sample import for_residents

    scenario, _ = for_residents(partial(load_scenario, name), values(changes), residents)
    set_currency(scenario.pathway.currency)
    warn_of_size(scenario)
    return scenario


def require_one_currency(scenarios: Iterable[Scenario]) -> None:
    """Check that amounts of some scenarios can be compared.

    Raises:
        UserError: If they are in different currencies.
    """
    every = list(dict.fromkeys(scenario.pathway.currency for scenario in scenarios))
    if len(every) > 1:
        raise UserError(
            t(
                "The scenarios are priced in different currencies: {names}. Let their pathways "
                "have one.",
                names=", ".join(every),
            )
        )
    set_currency(every[0])


def warn_of_size(scenario: Scenario) -> None:
    """Say on standard error that the number of people was changed, and the investment was not."""
    from sisim.loading.sample import changed_size

    size = changed_size(scenario)
    if size is not None and size.unscaled:
        from sisim.report.size_words import size_warning

        print_error(size_warning(scenario))


def open_scenario(name: str, options: RunOptions) -> tuple[Scenario, Path]:
    """Return a scenario and the folder of its result, both checked before any long computation.

    Raises:
        UserError: If there is no such arm or measure, or if the folder cannot be made.
        ScenarioError: With everything that is wrong in the file.
    """
    scenario = load(name, options.changes, options.residents)
    if isinstance(options, MeasureOptions):
        chosen_arm(scenario, options.arm)
        require_measure(scenario, options.measure)
    return scenario, result_folder(scenario, options.out)


def result_folder(scenario: Scenario, out: Path | None) -> Path:
    """Return the folder of a result: the one that was named, or one called as the scenario.

    Raises:
        UserError: If the folder cannot be made.
    """
    folder = out or RESULTS / scenario.name
    require_folder(folder)
    return folder


def require_arms(scenario: Scenario, names: Sequence[str] = ()) -> None:
    """Check that a scenario has arms, and those of these names.

    Raises:
        UserError: If it has none, or not these.
    """
    if not scenario.arms:
        raise UserError(t("The scenario has no [arms], so there is nothing to compare."))
    every = ", ".join(scenario.arms)
    for name in names:
        text = t('The scenario has no arm "{name}"; it has {names}.', name=name, names=every)
        require_known(name, scenario.arms, text)


def chosen_arm(scenario: Scenario, arm: str | None) -> str:
    """Return the arm that is asked about: the last, unless it is named.

    Raises:
        UserError: If there is no such arm.
    """
    require_arms(scenario, () if arm is None else (arm,))
    return arm or list(scenario.arms)[-1]


def require_measure(scenario: Scenario, measure: str) -> None:
    """Check that a measure can be asked for of a scenario.

    Raises:
        UserError: If it cannot, with the nearest one that can, or all.
    """
    from sisim.analysis.measures import chosen, names
    from sisim.scenario.errors import nearest

    every = names(scenario)
    if measure in every:
        return
    text = t('There is no measure "{name}".', name=measure)
    if nearest(measure, every) is None:
        text += " " + t("Valid here: {names}.", names=", ".join(chosen(scenario, ())))
    require_known(measure, every, text)


@contextmanager
def store_errors_answered() -> Iterator[None]:
    """Answer what is wrong with a stored result, in the reader's language.

    Raises:
        UserError: With what is wrong.
    """
    from sisim.analysis.manifest import StoreError

    try:
        yield
    except StoreError as error:
        raise UserError(error.render()) from error


def executor(workers: int | None, cluster: str | None = None) -> Executor:
    """Return where runs take place: on a cluster, in this process, or in several."""
    from sisim.analysis.executors import dask, in_process, processes

    if cluster is not None:
        return dask(cluster)
    return in_process() if workers == 1 else processes(workers)
