"""Ten investments through one fund in twenty years: does it live on what comes back?

Every other year an investment like that of `scenarios/repayment.toml` asks the fund for money; some
fail, and nothing comes of them. The fund has enough for three from the start, and nothing more is
put in.
The scenario is simulated once; everything else is book-keeping. Invented numbers.

    python experiments/portfolio/study.py

writes the result beside this file, in seconds.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sisim.economics.fund_portfolio import Portfolio, Venture, portfolio
from sisim.engine.replications import simulate
from sisim.i18n import each_language
from sisim.loading.load import load_scenario
from sisim.report.chart.matplotlib_painter import paint
from sisim.report.comparison_text import footer
from sisim.report.economics.portfolio_report import (
    portfolio_chart,
    portfolio_sentences,
    portfolio_table,
)
from sisim.results import Results
from sisim.scenario.fund import Basis, Fund
from sisim.scenario.types import Positive, Probability

HERE = Path(__file__).parent
SCENARIO = HERE.parents[1] / "scenarios" / "repayment.toml"
YEARS = np.arange(2015, 2035)
ASKED = YEARS[::2]
FAILS = 0.35
"""The share of the investments of which nothing comes; working value."""
SEED = 9
OPENING = 3 * 6_000_000.0
BASES: tuple[Basis, ...] = ("planned", "mix", "observed", "none")


def terms(fund: Fund, basis: Basis) -> Fund:
    """Return the scenario's fund with another basis of repayment, and this study's deposit."""
    share = Probability(value=0.5) if basis == "mix" else None
    rules = fund.repayment.model_copy(update={"basis": basis, "share_planned": share})
    deposits = fund.deposits.model_copy(update={"opening": Positive(value=OPENING)})
    return fund.model_copy(update={"repayment": rules, "deposits": deposits})


def study() -> tuple[Results, dict[Basis, Portfolio]]:
    """Return the simulated scenario, and what became of the fund under each basis."""
    result = Results(simulate(load_scenario(SCENARIO)))
    like = result.repayment("project")
    rng = np.random.default_rng(SEED)
    fails = rng.random(len(ASKED)) < FAILS
    runs = rng.integers(len(result.seeds), size=len(ASKED))
    ventures = [
        Venture.of(like, int(year), run=int(run), success=0.0 if failed else 1.0)
        for year, failed, run in zip(ASKED, fails, runs, strict=True)
    ]
    fund = result.scenario.funds["fund"]
    return result, {basis: portfolio(ventures, terms(fund, basis), YEARS) for basis in BASES}


def main() -> None:
    """Write the pictures, the table and the words."""
    result, found = study()
    portfolio_table(found).round(0).to_csv(HERE / "result.csv", index=False)
    for lang in each_language():
        paint(portfolio_chart(found, footer(result))).savefig(HERE / f"portfolio-{lang}.png")
        words = "\n".join(portfolio_sentences(found)) + "\n"
        (HERE / f"result-{lang}.txt").write_text(words, encoding="utf-8")
        print(words)


if __name__ == "__main__":
    main()
