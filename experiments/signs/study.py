"""Which assumptions decide whether the investment pays for itself.

`experiments/signs.toml` draws all that the scenario itself is unsure of, a hundred times. Here its
result becomes tables and pictures: how often each arm pays for itself, how that goes with each
number, what it is worth to know the number before the choice, and where the project fails.

    sisim sweep experiments/signs.toml --out RESULT
    python experiments/signs/study.py RESULT

The scenario's numbers are working values: what is shown is the mechanism.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

from sisim.analysis.psa import Probabilistic, from_study
from sisim.analysis.scenario_discovery import discover
from sisim.analysis.sweep import Study, open_study
from sisim.analysis.value_of_information import evpi, evppi_table
from sisim.analysis.varied import grade_of
from sisim.i18n import LANGUAGES, each_language, t
from sisim.report.analysis import psa_figures as uncertainty
from sisim.report.analysis import scenario_discovery_figure as discovery
from sisim.report.analysis.analysis_frame import Subject

HERE = Path(__file__).parent
NPV = "net_present_value"
FEW = 5
"""Of fewer failures, or of fewer that do not fail, no region can be told."""
THIRDS = ("lowest_third", "middle_third", "highest_third")


def analysed(study: Study, arm: str) -> Probabilistic:
    """Return the analysis of the choice between one arm and doing without."""
    table = study.table()
    return from_study(study.scenario, table[table["arm"].isin(["without", arm])], study.plan.drawn)


def signs(analysis: Probabilistic) -> pd.DataFrame:
    """Return a row per number, the one that is worth most to know first.

    Columns: key, evppi, share and beyond_chance (see `evppi_table`), and how often the arm pays for
    itself in the draws where the number is in its lowest, middle and highest third.
    """
    pays = pd.Series(analysis.of(NPV)[:, 1] > 0)
    drawn = analysis.drawn
    table = evppi_table(analysis.benefits(), {key: drawn[key].to_numpy() for key in drawn})
    thirds = {
        key: pays.groupby(pd.qcut(drawn[key], 3, THIRDS), observed=True).mean() for key in drawn
    }
    table["evppi"] = table["evppi"].round()
    return table.join(pd.DataFrame(thirds).T, on="key")


def main() -> None:
    """Write the tables, the pictures and the words."""
    study = open_study(sys.argv[1])
    scenario, seeds = study.scenario, (study.plan.seed,)
    grades = {key: grade_of(scenario, key) or "" for key in study.plan.drawn}
    draws = study.table(["draw", "arm", NPV, *study.plan.drawn])
    draws = draws[draws["arm"] != "without"]
    draws.to_csv(HERE / "draws.csv", index=False, float_format="%.6g")
    for old in HERE.glob("*.png"):
        old.unlink()
    words: dict[str, list[str]] = {lang: [] for lang in LANGUAGES}
    for arm in study.experiment.arms:
        analysis, about = analysed(study, arm), Subject(scenario, seeds, arm, NPV)
        table = signs(analysis)
        table.to_csv(HERE / f"{arm}-signs.csv", index=False, float_format="%.6g")
        net, box = analysis.of(NPV)[:, 1], None
        if FEW < (net < 0).sum() < len(net) - FEW:
            box, _ = discover({k: analysis.drawn[k].to_numpy() for k in analysis.drawn}, net < 0)
        for lang in each_language():
            words[lang] += uncertainty.sentences(about, analysis)
            note = t("The decision is by money alone.")
            if (table["beyond_chance"] & (table["evppi"] > 0)).any():
                picture = uncertainty.draw_information(
                    about, table, evpi(analysis.benefits()), grades, note
                )
                picture.savefig(HERE / f"{arm}-information-{lang}.png")
            if box is not None:
                words[lang] += discovery.sentences(about, box, net, 0.0)
                picture = discovery.draw_discovery(about, box, analysis.drawn, net, 0.0)
                picture.savefig(HERE / f"{arm}-fails-{lang}.png")
            words[lang].append("")
    for lang, lines in words.items():
        (HERE / f"result-{lang}.txt").write_text("\n".join(lines), encoding="utf-8")
        print("\n".join(lines))


if __name__ == "__main__":
    main()
