"""What decides whether the team around the young person pays for itself?

Four questions to the ready scenario `placed-youth`, for both of its arms: the project that ends
(in the shape of Team Nystart in Norrköping) and the new way of working.

0. How sure is the result of the scenario as it is?
1. One assumption at a time from its lowest to its highest: the tornado.
2. Break-even: how lasting must the effects be, how many must be reached, what may the team cost?
3. Which numbers decide, and decide the sign, when all vary at once: Morris screening.

    python experiments/placed-youth/study.py            simulates (minutes) and draws
    python experiments/placed-youth/study.py --draw     draws again from the tables beside this file

The scenario's numbers are working values: what is shown is the mechanism.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

from sisim.analysis.evaluator import Evaluator
from sisim.analysis.global_sensitivity import morris
from sisim.analysis.one_way import one_way
from sisim.analysis.precision import precision
from sisim.analysis.question import Ask, together
from sisim.analysis.threshold import BreakEven, break_even, table
from sisim.analysis.varied import alike, factors, value_at
from sisim.i18n import each_language
from sisim.loading.load import load_scenario
from sisim.report.analysis import precision_figure as sure_report
from sisim.report.analysis import threshold_figure as break_even_report
from sisim.report.analysis import tornado
from sisim.report.analysis.analysis_frame import Subject
from sisim.report.analysis.sensitivity_bars import draw_morris
from sisim.scenario.scenario import Scenario

HERE = Path(__file__).parent
NPV = "net_present_value"
ARMS = ("project", "new_way")
SIZE = {"population.residents": 20000, "time.years": 15}
"""Twenty thousand residents, as the team's costs are those of such a municipality."""
RUNS, BARS, POINTS, TRAJECTORIES = 20, 6, 6, 8
"""Runs of the scenario as it is, of each bar's end, of each break-even point; trajectories."""
WISHED = 5e6
"""How sure one might wish to be of the net present value, in kronor."""
ASKED = {
    "project": {
        "investments.team.effects.*.persistence.years": (0.1, 4.0),
        "investments.team.reach": (0.2, 1.0),
        "investments.team.cost.running": (0.0, 12e6),
    },
    "new_way": {
        "investments.team.effects.4.ratio": (0.5, 1.0),
        "investments.team.effects.*.persistence.years": (0.1, 4.0),
        "investments.team.new_way.cost.running": (0.0, 60e6),
    },
}
"""What is asked where it breaks even, through which range."""
CURVE = 5


def subject(scenario: Scenario, arm: str, runs: int) -> Subject:
    """Return what a picture is about."""
    return Subject(scenario, tuple(range(scenario.seed, scenario.seed + runs)), arm, NPV)


def simulate(scenario: Scenario) -> None:
    """Write the tables."""
    runs(scenario)
    for arm in ARMS:
        ask = asking(scenario, arm, BARS)
        one_way(ask, factors(scenario)).to_csv(HERE / f"{arm}-one-way.csv", index=False)
        ask, curves = asking(scenario, arm, POINTS), []
        for key, (low, high) in ASKED[arm].items():
            own = together(ask, key, alike(scenario, key)) if "*" in key else ask
            value = value_at(scenario, key)
            assert value is not None
            found = break_even(own, key, value, low, high, points=CURVE)
            curves.append(found.curve.assign(key=key))
            table([found]).to_csv(HERE / f"{arm}-{_stem(key)}.csv", index=False)
        pd.concat(curves).to_csv(HERE / f"{arm}-curves.csv", index=False)
        varied = factors(scenario, ["investments.*", "drift.*"])
        found_morris = morris(asking(scenario, arm, 1), varied, TRAJECTORIES)
        found_morris.to_csv(HERE / f"{arm}-morris.csv", index=False)


def asking(scenario: Scenario, arm: str, runs: int) -> Ask:
    """Return what an arm is worth as a function of other values."""
    return Evaluator(scenario, arm=arm, replications=runs, threads=1).outcome(NPV)


def runs(scenario: Scenario) -> None:
    """Write the result of the scenario as it is, a row per run."""
    table = Evaluator(scenario, replications=RUNS).evaluate({})
    table.to_csv(HERE / "runs.csv", index=False)


def turned(arm: str) -> list[BreakEven]:
    """Return where the outcome turns, from the tables."""
    curves = pd.read_csv(HERE / f"{arm}-curves.csv")
    found = []
    for key in ASKED[arm]:
        rows = pd.read_csv(HERE / f"{arm}-{_stem(key)}.csv")
        roots = rows.dropna(subset="break_even")
        nothing = rows[rows["break_even"].isna()]
        found.append(
            BreakEven(
                key,
                float(rows["value"].iloc[0]),
                tuple(roots["break_even"]),
                tuple(roots["standard_error"]),
                curves[curves["key"] == key].drop(columns="key"),
                None if nothing.empty else nothing["side"].iloc[0],
                None if nothing.empty else float(nothing["nearest"].iloc[0]),
            )
        )
    return found


def draw(scenario: Scenario) -> None:
    """Draw the pictures and write the words from the tables, in both languages."""
    grades = {one.key: one.grade or "" for one in factors(scenario)}
    for lang in each_language():
        words = []
        every = pd.read_csv(HERE / "runs.csv")
        for arm in ARMS:
            values = every.loc[every["arm"] == arm, NPV].to_numpy()
            sure = precision(values, wished=WISHED)
            words += sure_report.sentences(subject(scenario, arm, RUNS), sure)
            about = subject(scenario, arm, BARS)
            bars = pd.read_csv(HERE / f"{arm}-one-way.csv")
            tornado.draw_tornado(about, bars).savefig(HERE / f"{arm}-tornado-{lang}.png")
            found = turned(arm)
            asked = subject(scenario, arm, POINTS)
            picture = break_even_report.draw_break_even(asked, found)
            picture.savefig(HERE / f"{arm}-break-even-{lang}.png")
            screened = pd.read_csv(HERE / f"{arm}-morris.csv")
            draw_morris(subject(scenario, arm, 1), screened, grades).savefig(
                HERE / f"{arm}-morris-{lang}.png"
            )
            words += [
                *tornado.sentences(about, bars),
                *break_even_report.sentences(asked, found),
                "",
            ]
        (HERE / f"result-{lang}.txt").write_text("\n".join(words), encoding="utf-8")
        print("\n".join(words))


def _stem(key: str) -> str:
    return key.replace("*", "all").replace(".", "-")


def main() -> None:
    """Simulate, unless told only to draw, and draw."""
    scenario = load_scenario("placed-youth", SIZE)
    if "--draw" not in sys.argv[1:]:
        simulate(scenario)
    draw(scenario)


if __name__ == "__main__":
    main()
