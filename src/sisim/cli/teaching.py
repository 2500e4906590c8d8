"""The command that writes the lesson file."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

from sisim.cli.options import RESULTS, Options, values
from sisim.cli.output import refuse_file_early, whole_file
from sisim.cli.progress import progress
from sisim.cli.speech import Refusal
from sisim.i18n import Lang, t
from sisim.loading.load import load_scenario

Command = Callable[[str, str], Callable[[Callable[..., None]], Callable[..., None]]]


def add_teaching(command: Command, options: Options, lang: Lang, ready_scenario: str) -> None:
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
            "Example: `sisim lesson my.toml --out lesson.html --residents 10000`",
            lang,
        ),
    )
    def lesson(
        scenario: Annotated[
            str,
            argument(t("SCENARIO", lang),
                     t("A scenario file, or the name of a ready one.", lang)),
        ] = ready_scenario,
        out: Annotated[
            Path | None,
            option("--out", t("FILE", lang), t("Where the page is written.", lang)),
        ] = None,
        changes: Changes = None,
        seed: Seed = None,
        replications: Replications = None,
        residents: Annotated[
            int | None,
            option("--residents", t("N", lang),
                   t("How many residents; unset: as many as the scenario says.", lang), min=1),
        ] = None,
        versions: Annotated[
            int | None,
            option("--versions", t("N", lang),
                   t("How many versions are worked out at most; more make it finer.", lang), min=3),
        ] = None,
    ) -> None:  # fmt: skip
        given: dict[str, Any] = values(changes, lang)
        if residents is not None:
            given["population.residents"] = residents
        loaded = load_scenario(scenario, given)
        file = out or RESULTS / loaded.name / "lesson.html"
        refuse_file_early(file, lang)
        from sisim.live.echarts import KNOWN, NoCharts
        from sisim.live.lesson import MOST_POINTS, NothingToFollow
        from sisim.live.lesson import lesson as written

        try:
            with progress(t("Working out the versions", lang), lang) as tell:
                page = written(loaded, lang, seed=seed, replications=replications,
                               most=versions or MOST_POINTS, progress=tell)  # fmt: skip
        except NothingToFollow as error:
            text = t("The scenario has no [arms], so there is nothing to compare.", lang)
            raise Refusal(text) from error
        except NoCharts as error:
            text = t("NiceGUI {version} has no Apache ECharts in {folder}, which the page is drawn "
                     "with. Install a version that has: pip install nicegui=={known}", lang,
                     version=error.version, folder=error.folder, known=KNOWN)  # fmt: skip
            raise Refusal(text) from error
        with whole_file(file, lang) as partial:
            partial.write_text(page, encoding="utf-8")
        print(file)
