"""The command that computes a scenario exactly, as a cohort model."""

from __future__ import annotations

from sisim.cli.options import Changes, OutFolder, ScenarioName
from sisim.cli.output import print_table, write_errors_answered
from sisim.cli.progress import progress
from sisim.cli.scenario_input import load, result_folder
from sisim.cli.user_errors import UserError
from sisim.i18n import t


def cohort(scenario: ScenarioName, /, *, changes: Changes = None, out: OutFolder = None) -> None:
    """Compute the expected course of a scenario exactly, without simulating: who is in which state
    cycle by cycle, costs and effects per person, dominance and the cost of one more unit.

    Time in a state or a group and earlier visits are taken in. Where people share places or peers
    there is no exact answer, and the reason is told.

    Example: `sisim cohort my.toml --out result`
    """
    loaded = load(scenario, changes)
    folder = result_folder(loaded, out)
    from sisim.engine.cohort import PATIENCE, NotExact, expected
    from sisim.report.cohort_report import cohort_words, publish_cohort, shown_tables
    from sisim.results import ExpectedResults

    try:
        with progress(t("Computing")):
            result = ExpectedResults(expected(loaded, most_work=PATIENCE))
    except NotExact as error:
        raise UserError(str(error)) from error
    with write_errors_answered(folder):
        written = publish_cohort(result, folder)
    print("\n".join(cohort_words(result)))
    for title, table in shown_tables(result):
        print(f"\n{title}")
        print_table(table)
    print()
    for path in written:
        print(path)
