"""The decision document: `sisim report`."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from sisim.cli.options import RunOptions, ScenarioName, count, flag, option
from sisim.cli.output import write_errors_answered
from sisim.cli.progress import progress
from sisim.cli.saved_result import SavedResult, require_no_runs
from sisim.cli.scenario_input import open_scenario
from sisim.cli.user_errors import UserError
from sisim.i18n import LANGUAGES, Lang, current_language, t

if TYPE_CHECKING:
    from sisim.analysis.decision_findings import DecisionFindings
    from sisim.analysis.psa import Probabilistic
    from sisim.results import Results
    from sisim.scenario.scenario import Scenario

LARGEST_LOGO = 500_000
"""Bytes of a picture at the top of a page that is to be read at once."""
PICTURE_TYPES = {".svg": "svg+xml", ".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg"}


def report(
    scenario: ScenarioName,
    /,
    *,
    lang: Annotated[
        Literal["sv", "en", "both"] | None,
        option("LANG", "In Swedish (sv), English (en) or both; unset: as everything else."),
    ] = None,
    pdf: Annotated[bool, flag("Also as PDF, which takes the extra sisim[pdf].")] = False,
    docx: Annotated[bool, flag("Also as DOCX, to be edited.")] = False,
    xlsx: Annotated[
        bool, flag("Also the workbook in which every number of the text stands.")
    ] = False,
    draws: Annotated[
        int | None,
        count(
            "N", "Draw what is uncertain so many times, for the section on uncertainty.", least=20
        ),
    ] = None,
    result: Annotated[
        Path | None,
        option(
            "FOLDER",
            "Of the result in this folder: its runs, its changes. Other numbers than those there "
            "are refused.",
        ),
    ] = None,
    options: RunOptions = RunOptions(),
) -> None:
    """Write the decision document: two pages for the decision, then what an economist checks, and
    an appendix from which the model can be rebuilt.

    One file of HTML that needs nothing beside it and prints to A4. `[report]` in the file says who
    applies and for what, and has the writer's own words; the recommendation is the writer's, and
    never the program's. What a verdict rests on is told.

    Example: `sisim report team-nystart --out report --lang both --docx`
    """
    saved = None
    if result is not None:
        require_no_runs(options)
        saved = SavedResult.read(result)
        options = replace(saved.options, out=options.out)
    loaded, folder = open_scenario(scenario, options)
    if saved is not None:
        saved.require_same(loaded)
    if pdf:
        _require_pdf()
    logo = _logo(loaded)
    from sisim.report.document.document_source import DocumentSource, file_digests
    from sisim.report.document.write_report import Kind, write_report

    simulated = _simulated(loaded, options, saved)
    asked = _asked(simulated)
    found = DocumentSource(
        simulated,
        None if draws is None else _drawn(loaded, draws, options),
        asked.one_way,
        asked.implementation,
        command=_command(scenario, options, draws),
        files=file_digests(loaded),
        logo=logo,
    )
    languages: tuple[Lang, ...] = LANGUAGES if lang == "both" else (current_language(),)
    wanted: dict[Kind, bool] = {"docx": docx, "pdf": pdf, "xlsx": xlsx}
    with write_errors_answered(folder):
        kinds = [kind for kind, asked in wanted.items() if asked]
        for path in write_report(found, folder, languages, kinds):
            print(path)


def _simulated(scenario: Scenario, options: RunOptions, saved: SavedResult | None) -> Results:
    """Return the result of a scenario, which is the saved one, with runs that are retained."""
    from sisim.analysis.decision_findings import RETAINED
    from sisim.analysis.switching_values import simulate_retained
    from sisim.results import Results

    with progress(t("Simulating")) as tell:
        result = Results(
            *simulate_retained(
                scenario,
                seed=options.seed,
                replications=options.replications,
                retain=RETAINED,
                progress=tell,
            )
        )
    if saved is not None:
        saved.require_equal(result)
    return result


def _drawn(scenario: Scenario, draws: int, options: RunOptions) -> Probabilistic | None:
    """Return what comes of draws of the uncertain numbers; None without arms."""
    from sisim.cli.analysis_commands import analysed
    from sisim.cli.options import ArmOptions

    if not scenario.arms:
        return None
    # A run a draw: the draws are what is asked for, and chance is told of beside them.
    own = ArmOptions(seed=options.seed, replications=1)
    analysis, _ = analysed(scenario, None, draws, own)
    found: Probabilistic = analysis
    return found


def _asked(result: Results) -> DecisionFindings:
    """Return what the document tells of the runs, each part with its progress."""
    from sisim.analysis.decision_findings import decision_findings

    words = {
        "verdict": t("What the verdict rests on"),
        "one_way": t("One number at a time"),
    }
    return decision_findings(result, lambda part: progress(words[part]))


def _command(name: str, options: RunOptions, draws: int | None) -> str:
    """Return the command that writes the same numbers again."""
    words = ["sisim report", name]
    words += [f'--set "{change}"' for change in options.changes or []]
    given = {
        "--seed": options.seed,
        "--replications": options.replications,
        "--residents": options.residents,
        "--draws": draws,
    }
    words += [f"{key} {value}" for key, value in given.items() if value is not None]
    return " ".join(words)


def _require_pdf() -> None:
    """Check that what writes PDF is there, before any long computation.

    Raises:
        UserError: If it is not.
    """
    try:
        import weasyprint  # noqa: F401
    except (ImportError, OSError) as error:
        raise UserError(
            t(
                "--pdf takes the extra {extra}, with the system's Pango. Without it: open the HTML "
                "file in a browser and choose Print, then PDF.",
                extra="sisim[pdf]",
            )
        ) from error


def _logo(scenario: Scenario) -> str:
    """Return the picture at the top as a data address; empty if the file names none.

    Raises:
        UserError: If there is no such picture beside the file, or if it is too large.
    """
    name = None if scenario.report is None else scenario.report.logo
    if name is None:
        return ""
    path = Path(scenario.origin("")).parent / name
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UserError(t('There is no picture "{path}": report.logo.', path=path)) from error
    if len(content) > LARGEST_LOGO:
        raise UserError(
            t(
                'The picture "{path}" has {n} bytes; a logo has at most {most}.',
                path=path,
                n=len(content),
                most=LARGEST_LOGO,
            )
        )
    kind = PICTURE_TYPES[path.suffix.lower()]
    return f"data:image/{kind};base64,{b64encode(content).decode('ascii')}"
