"""What every ready case comes to, and what that rests on.

Each arm of every file in `scenarios/`, at five runs or as many as its file says: the net present
value and the benefit-cost ratio in the file's perspective, of the costs of the simulated years; the
net of the municipality, the public and society with income and adult life reckoned too, where the
pathway is that of children and young people; and the assumption that the verdict rests on most.
Payments under contracts, which move money between the parties, are left out.

    python experiments/ready-cases/study.py            simulates (most of an hour) and writes
    python experiments/ready-cases/study.py NAME...    of these scenarios alone

The scenarios' numbers are working values: what is shown is the mechanism.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sisim.analysis.switching_values import BAND_FROM, simulate_retained
from sisim.economics.appraisal import RANGE, appraise
from sisim.economics.perspectives import perspectives
from sisim.loading.files import shipped
from sisim.loading.load import load_scenario
from sisim.results import Results
from sisim.scenario.scenario import Scenario

HERE = Path(__file__).parent
PERSPECTIVES = ("municipality", "public", "society")
OLDEST = "adult-life"


def of_arms(scenario: Scenario) -> pd.DataFrame:
    """Return a row per arm."""
    runs = max(scenario.replications, BAND_FROM)
    result = Results(*simulate_retained(scenario, replications=runs))
    verdicts = result.judge(tail=False)
    rows: list[dict[str, Any]] = []
    for arm in scenario.arms:
        row: dict[str, Any] = {"scenario": scenario.name, "arm": arm, "runs": runs}
        row["perspective"] = scenario.economy.perspective
        worth = appraise(result.ledger, arm, tail=False, income=False)
        for name, called in (("net", "net"), ("benefit_cost_ratio", "ratio")):
            found = worth.interval(name)
            row |= {called: found.mean, f"{called}_low": found.low, f"{called}_high": found.high}
        if scenario.time.tail is not None:
            known = perspectives(result.ledger, arm)
            for name in PERSPECTIVES:
                # What is reckoned after the last year, and the net with it.
                later, net = known.gained(name, "later"), known.gained(name)
                low, high = np.quantile(net, RANGE)
                row |= {f"later_{name}": later.mean(), f"net_{name}": net.mean()}
                row |= {f"net_{name}_low": low, f"net_{name}_high": high}
        verdict = verdicts[arm]
        most = next(iter(verdict.rests_on), None)
        row["conclusion"] = verdict.conclusion or "unclear"
        if most is not None:
            row |= {"rests_on": most.key, "in_file": most.value, "turns_at": most.turns}
        rows.append(row)
    return pd.DataFrame(rows)


def with_later_lives(name: str) -> Scenario | None:
    """Return a ready scenario, with adult life after it where its pathway can go on so."""
    path = shipped("scenario")[name]
    scenario = load_scenario(path)
    if not scenario.arms:
        return None
    if scenario.pathway.name != "child-youth" or scenario.economy.tail is not None:
        return scenario
    return load_scenario(path, {"time.tail": OLDEST})


def main() -> None:
    """Write the table, of every ready scenario or of those named."""
    asked = sys.argv[1:] or sorted(shipped("scenario"))
    kept = HERE / "result.csv"
    for name in asked:
        scenario = with_later_lives(name)
        if scenario is None:
            continue
        found = of_arms(scenario)
        if kept.exists():
            before = pd.read_csv(kept)
            found = pd.concat([before[before["scenario"] != name], found], ignore_index=True)
        found.sort_values(["scenario", "arm"]).to_csv(kept, index=False, float_format="%.6g")
        print(name)


if __name__ == "__main__":
    main()
