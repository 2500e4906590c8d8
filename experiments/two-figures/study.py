"""What the main assumptions of the two figures do to what the investment is worth.

`experiments/two-figures.toml` runs every combination of low and high of six assumptions: effect,
reach, duration, half-life, inflow and cost drift. Here its result becomes tables and pictures: what
each assumption does on average over all that the others may be, and how far that varies.

    sisim sweep experiments/two-figures.toml --out RESULT
    python experiments/two-figures/study.py RESULT

The scenario's numbers are working values: what is shown is the mechanism.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from sisim.analysis.question import beyond_chance, chance_of, standard_error
from sisim.analysis.sweep import Study, open_study
from sisim.analysis.varied import grade_of, value_at
from sisim.i18n import each_language
from sisim.report.analysis import tornado
from sisim.report.analysis.analysis_frame import Subject

HERE = Path(__file__).parent
NPV = "net_present_value"
KEPT = [NPV, "invested", "lower_cost", "outcome.placed"]
CALLED = {"half_life": "investments.team.effects.*.persistence.years"}
"""What a lever is called in the pictures where it has a name of its own and several paths."""


def combinations(study: Study) -> pd.DataFrame:
    """Return a row per combination and arm: the means over seeds, and the error of the worth."""
    levers = {study.experiment.paths(key)[0]: key for key in study.experiment.levers}
    by = [*levers, "arm"]
    means = study.table([*by, *KEPT]).groupby(by, sort=False)[KEPT].agg(["mean", "sem"])
    table = means.xs("mean", axis=1, level=1).assign(standard_error=means[NPV, "sem"])
    return table.reset_index().rename(columns=levers)


def effects(study: Study, arm: str) -> pd.DataFrame:
    """Return what each lever does to the worth of an arm, over all that the others may be.

    The columns are those of `sisim.analysis.one_way.one_way`, and `spread`: the standard
    deviation of the effect over the combinations of the others.
    """
    table = study.table()
    own = table[table["arm"] == arm]
    paths = {key: study.experiment.paths(key)[0] for key in study.experiment.levers}
    base = own[NPV].mean()
    rows, chances = [], []
    for key, path in paths.items():
        low, high = sorted(own[path].unique())
        others = [other for other in paths.values() if other != path]
        ends = own.pivot_table(index=[*others, "replication"], columns=path, values=NPV)
        effect = ends[high] - ends[low]
        called = CALLED.get(key, path)
        paired = (ends[end].groupby("replication").mean().to_numpy() for end in (low, high))
        chances.append(chance_of(*paired))
        rows.append(
            {
                "key": called,
                "value": value_at(study.scenario, called),
                "low": low,
                "high": high,
                "grade": grade_of(study.scenario, called),
                "source": None,
                "base": base,
                "at_low": ends[low].mean(),
                "at_high": ends[high].mean(),
                "swing": effect.mean(),
                "swing_error": standard_error(effect.groupby("replication").mean().to_numpy()),
                "changes_sign": ends[low].mean() * ends[high].mean() < 0,
                "spread": effect.groupby(others).mean().std(),
            }
        )
    found = pd.DataFrame(rows).assign(tells=beyond_chance(np.array(chances)))
    return found.iloc[np.argsort(-found["swing"].abs(), kind="stable")]


def main() -> None:
    """Write the tables, the pictures and the words."""
    study = open_study(sys.argv[1])
    scenario = study.scenario
    combinations(study).to_csv(HERE / "combinations.csv", index=False, float_format="%.8g")
    seeds = tuple(range(study.plan.seed, study.plan.seed + study.plan.replications))
    for arm in study.experiment.arms:
        table = effects(study, arm)
        table.to_csv(HERE / f"{arm}-effects.csv", index=False, float_format="%.8g")
        about = Subject(scenario, seeds, arm, NPV)
        for lang in each_language():
            picture = tornado.draw_tornado(about, table, averaged=True)
            picture.savefig(HERE / f"{arm}-effects-{lang}.png")
    worth = combinations(study).query("arm != 'without'").groupby("arm", sort=False)[NPV]
    for arm, values in worth:
        print(f"{arm}: {(values > 0).sum()} of {len(values)} combinations pay for themselves")


if __name__ == "__main__":
    main()
