"""Commands about files: what is wrong in one, what it contains, what a key means."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from sisim.cli.options import RESULTS, Changes, ScenarioName, argument, count, flag, option, values
from sisim.cli.output import print_table, require_file, whole_file
from sisim.cli.progress import progress
from sisim.cli.scenario_input import load
from sisim.cli.user_errors import UserError
from sisim.i18n import t
from sisim.scenario.seed_range import MOST_SEED

if TYPE_CHECKING:
    from sisim.scenario.pathway import Pathway

PICTURES = (".svg", ".png", ".pdf")


def check(
    file: Annotated[str, argument("FILE", "A scenario file or a pathway file.")],
    /,
    *,
    changes: Changes = None,
    application: Annotated[
        bool, flag("Tell what an application to a fund must hold, and what is missing.")
    ] = False,
) -> None:
    """Say what is wrong in a scenario or pathway file, or that all is well and what the file
    contains.

    Where rates are so high that the step shows, it is told how far shares of states are from those
    of continuous time, and which step would do. Every evaluation is held against what SKR's guide
    asks of an evaluation plan at least: what is there, and what is missing. With `--application`
    so is everything that the board of a social investment fund asks for: method, target group,
    expected effects and their sources, costs, follow-up and evaluation, and where it is written.

    Example: `sisim check my.toml --application`
    """
    from sisim.loading.file_summary import contents, kind_of
    from sisim.report.application_words import application_words
    from sisim.report.evaluation_plan import evaluation_plan_words
    from sisim.report.step_error_words import step_error_words

    changed = values(changes)
    for line in contents(file, changed):
        print(line)
    if kind_of(file) == "scenario":
        loaded = load(file, changes)
        for line in [*step_error_words(loaded), *evaluation_plan_words(loaded)]:
            print(line)
        if application:
            print("\n".join(application_words(loaded)))
    elif application:
        raise UserError(t("An application is a scenario: a pathway has no investment."))


def explain_key(
    key: Annotated[str, argument("KEY", "A key of a file, with dots, as investments.team.reach.")],
    /,
) -> None:
    """Say what a key of a scenario, pathway or experiment file means, and what it takes.

    Names of your own, such as that of an investment, may be any. A table's keys are listed.

    Example: `sisim explain-key investments.team.reach`
    """
    from sisim.cli.key_explanation import explain

    print("\n".join(explain(key)))


def _print_formulas(loaded: Pathway) -> None:
    from sisim.report.register_table import formula_rows

    if len(derived := formula_rows(loaded)):
        print(t("Numbers that are given by formulas of parameters:"))
        print_table(derived)


def pathway(
    name: Annotated[str, argument("NAME", "A ready pathway, or a pathway file: {names}.")],
    /,
    *,
    changes: Changes = None,
    out: Annotated[Path | None, option("FILE", "Draw it in this file: .svg, .png or .pdf.")] = None,
    residents: Annotated[
        int | None, count("N", "How many people are simulated; unset: as the pathway says.")
    ] = None,
    years: Annotated[
        float | None,
        option("N", "How many years they are observed; unset: as the pathway says.", least=1),
    ] = None,
    seed: Annotated[int, count("N", "The seed of the first run.", least=0, most=MOST_SEED)] = 1,
    seeds: Annotated[int, count("N", "How many runs, each with its seed.")] = 1,
    csv: Annotated[
        Path | None, option("FILE", "Write the targets to this file too, as CSV, with sources.")
    ] = None,
) -> None:
    """Say what a pathway contains, which of its numbers follow from others and how, draw it, and
    hold it against its targets.

    A plain municipality is simulated, without any investment, and what comes out is shown beside
    what statistics say; targets that were held out from tuning are told apart.

    Example: `sisim pathway child-youth --out child-youth.svg --residents 20000`
    """
    picture = out or RESULTS / f"{Path(name).stem}.svg"
    if picture.suffix not in PICTURES:
        raise UserError(t("A drawing is .svg, .png or .pdf."))
    require_file(picture)
    if csv is not None:
        require_file(csv)
    from sisim.loading.file_summary import contents
    from sisim.loading.load import load_pathway

    overrides = values(changes)
    loaded = load_pathway(name, overrides)
    for line in contents(name, overrides, "pathway"):
        print(line)
    _print_formulas(loaded)
    from sisim.report.pathway_diagram import draw_pathway

    with whole_file(picture) as partial:
        draw_pathway(loaded).savefig(partial)
    print(picture, flush=True)
    if not loaded.targets:
        print(t("The pathway has no targets to hold it against."))
        return
    from pandas import DataFrame

    from sisim.calibration.life_histories import targets
    from sisim.report.target_table import target_rows, target_words

    runs = range(seed, seed + seeds)
    with progress(t("Simulating")) as tell:
        table = targets(loaded, residents=residents, years=years, seeds=runs, progress=tell)
    print_table(DataFrame(target_rows(table)))
    print("\n".join(target_words(table)))
    if csv is not None:
        from sisim.report.spreadsheet_files import write_csv

        with whole_file(csv) as partial:
            write_csv(table.reset_index(), partial)
        print(csv)


def assumptions(
    scenario: ScenarioName,
    /,
    *,
    changes: Changes = None,
    out: Annotated[Path | None, option("FILE", "Write it as CSV instead.")] = None,
) -> None:
    """Print the register of assumptions: every number, its range and grade. With `--out`, its
    source and note too.

    Example: `sisim assumptions my.toml --out register.csv`
    """
    loaded = load(scenario, changes)
    from sisim.scenario.register import assumptions as register

    table = register(loaded)
    if out is None:
        from sisim.report.register_table import register_rows

        print_table(register_rows(table))
    else:
        from sisim.report.spreadsheet_files import write_csv

        require_file(out)
        with whole_file(out) as partial:
            write_csv(table, partial)
        print(out)


def schema(
    *,
    of_pathway: Annotated[bool, flag("That of pathway files instead.", name="--pathway")] = False,
) -> None:
    """Print the JSON Schema of scenario files, for an editor that completes and explains while you
    write.

    Example: `sisim schema > scenario.schema.json`, and `#:schema scenario.schema.json` on the
    first line of the scenario.
    """
    from sisim.scenario.json_schema import schema as json_schema

    print(json.dumps(json_schema("pathway" if of_pathway else "scenario"), indent=2))
