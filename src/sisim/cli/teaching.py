"""The command that writes the lesson file."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

from sisim.cli.options import RESULTS, Options, values
from sisim.cli.output import refuse_file_early, whole_file
from sisim.cli.progress import progress
from sisim.cli.speech import Refusal
from sisim.i18n import t
from sisim.loading.load import load_scenario

Command = Callable[[str, str], Callable[[Callable[..., None]], Callable[..., None]]]


def add_teaching(command: Command, options: Options, ready_scenario: str) -> None:
    """Add `sisim lesson`."""
    argument, option = options.argument, options.option
    Changes = Annotated[list[str] | None, options.changes]  # noqa: N806 (types)
    Seed = Annotated[int | None, options.seed]  # noqa: N806
    Replications = Annotated[int | None, options.replications]  # noqa: N806

    @command(
        "lesson",
        t(
            "Write one HTML file with the two figures and their main sliders, which opens in any "
            "browser without sisim and without internet: for a lesson, a mail, a meeting.\n\n"
            "Versions of the scenario are worked out beforehand, at a few levels of each slider; "
            "between them the page reads off in proportion. That takes some minutes; fewer "
            "residents, runs or versions are sooner done. "
            "Example: `sisim lesson my.toml --out lesson.html --residents 10000`"
        ),
    )
    def lesson(
        scenario: Annotated[
            str,
            argument(t("SCENARIO"), t("A scenario file, or the name of a ready one.")),
        ] = ready_scenario,
        out: Annotated[
            Path | None,
            option("--out", t("FILE"), t("Where the page is written.")),
        ] = None,
        changes: Changes = None,
        seed: Seed = None,
        replications: Replications = None,
        residents: Annotated[
            int | None,
            option(
                "--residents",
                t("N"),
                t("How many residents; unset: as many as the scenario says."),
                min=1,
            ),
        ] = None,
        versions: Annotated[
            int | None,
            option(
                "--versions",
                t("N"),
                t("How many versions are worked out at most; more make it finer."),
                min=3,
            ),
        ] = None,
    ) -> None:
        given: dict[str, Any] = values(changes)
        if residents is not None:
            given["population.residents"] = residents
        loaded = load_scenario(scenario, given)
        file = out or RESULTS / loaded.name / "lesson.html"
        refuse_file_early(file)
        from sisim.live.echarts import KNOWN, NoCharts
        from sisim.live.lesson import MOST_POINTS, NothingToFollow
        from sisim.live.lesson import lesson as written

        try:
            with progress(t("Working out the versions")) as tell:
                page = written(
                    loaded,
                    seed=seed,
                    replications=replications,
                    most=versions or MOST_POINTS,
                    progress=tell,
                )
        except NothingToFollow as error:
            text = t("The scenario has no [arms], so there is nothing to compare.")
            raise Refusal(text) from error
        except NoCharts as error:
            text = t(
                "NiceGUI {version} has no Apache ECharts in {folder}, which the page is drawn "
                "with. Install a version that has: pip install nicegui=={known}",
                version=error.version,
                folder=error.folder,
                known=KNOWN,
            )
            raise Refusal(text) from error
        with whole_file(file) as partial:
            partial.write_text(page, encoding="utf-8", newline="\n")
        print(file)
