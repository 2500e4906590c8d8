"""Many investments through one fund: what is in it under each basis of repayment, who is served."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sisim.economics.fund_portfolio import Portfolio, Venture
from sisim.economics.valuation import Valuation
from sisim.i18n import duration, n_, t
from sisim.report.chart.chart import (
    Axis,
    Chart,
    Column,
    Dash,
    Key,
    Line,
    Panel,
    Points,
    Shape,
    value_axis,
    year_axis,
)
from sisim.report.chart.matplotlib_painter import paint
from sisim.report.comparison_text import footer
from sisim.report.formats import money, share_of, unit_for
from sisim.scenario.fund import Basis

HUES: dict[Basis, str] = {
    "planned": "with",
    "mix": "lower_text",
    "observed": "#D55E00",
    "none": "without",
}
DASHES: dict[Basis, Dash] = {
    "planned": "solid",
    "mix": "dashed",
    "observed": "dotted",
    "none": "dashdot",
}


def words(result: Valuation, arms: Sequence[str]) -> list[str]:
    """Return what becomes of each portfolio, a sentence a line."""
    said: list[str] = []
    for name, found in _of(result, arms):
        many = result.scenario.funds[name].portfolio
        assert many is not None
        fund = result.scenario.payer_label(name).text
        head = n_(
            "{fund}: {n} investment asks for money over {length}.",
            "{fund}: {n} investments ask for money over {length}.",
            len(many.investments),
            fund=fund,
            length=duration(many.years),
        )
        said += [*([""] if said else []), head, *portfolio_sentences(found)]
    return said


def tables(result: Valuation, arms: Sequence[str]) -> Mapping[str, pd.DataFrame]:
    """Return the course of the funds with portfolios."""
    parts = [portfolio_table(found).assign(fund=name) for name, found in _of(result, arms)]
    return {"portfolio": pd.concat(parts, ignore_index=True)} if parts else {}


def pictures(result: Valuation, arms: Sequence[str]) -> Mapping[str, Callable[[], Figure]]:
    """Return each portfolio, by file name."""
    return {
        f"portfolio-{name}": lambda found=found: paint(  # type: ignore[misc]
            portfolio_chart(found, footer(result))
        )
        for name, found in _of(result, arms)
    }


def _of(result: Valuation, arms: Sequence[str]) -> Iterator[tuple[str, Mapping[Basis, Portfolio]]]:
    """Yield the portfolios whose investments are like those of these arms."""
    for name, found in result.portfolios.items():
        many = result.scenario.funds[name].portfolio
        if many is not None and {asking.arm for asking in many.investments} <= {*arms}:
            yield name, found


def basis_name(basis: Basis) -> str:
    """Return what a basis of repayment is called."""
    return {
        "planned": t("Repaid by plan"),
        "mix": t("Both plan and outcome"),
        "observed": t("Repaid by outcome"),
        "none": t("No repayment"),
    }[basis]


def portfolio_sentences(found: Mapping[Basis, Portfolio]) -> list[str]:
    """Return for each basis whether the fund lives on what comes back, and who bears the rest."""
    said = []
    for basis, one in found.items():
        asked = len(one.started) + len(one.turned_away)
        lives = (
            t("it can pay for all that it is asked")
            if one.sustains_itself
            else t("it first has to say no in {year}", year=one.runs_dry)
        )
        said.append(
            t(
                "{basis}: of {asked}, {started} can be started; {share} of what is paid comes "
                "back, {lives}. Administrations keep {kept}.",
                basis=basis_name(basis),
                started=len(one.started),
                asked=n_("{n} investment", "{n} investments", asked),
                share=share_of(one.returned),
                lives=lives,
                kept=money(float(one.kept.sum())),
            )
        )
    return said


def portfolio_table(found: Mapping[Basis, Portfolio]) -> pd.DataFrame:
    """Return the course of the fund under each basis.

    Columns: basis, year, payments, repayments, set_aside, balance, committed, kept (SEK), started,
    turned_away.
    """
    parts = []
    for basis, one in found.items():
        account = one.account
        years = account.years
        parts.append(
            pd.DataFrame(
                {
                    "basis": basis,
                    "year": years,
                    "payments": account.payments,
                    "repayments": account.repayments,
                    "set_aside": account.set_aside,
                    "balance": account.balance,
                    "committed": account.committed,
                    "kept": one.kept,
                    "started": _count(one.started, years),
                    "turned_away": _count(one.turned_away, years),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def portfolio_chart(found: Mapping[Basis, Portfolio], foot: str) -> Chart:
    """Return what is in the fund under each basis, and which investments it could pay for.

    Args:
        found: What became of the fund, by basis.
        foot: Where the numbers come from.
    """
    key = (
        Key("ink", t("started, succeeds"), shape="circle"),
        Key("ink", t("started, fails"), shape="cross"),
        Key("muted", t("turned away"), shape="ring"),
    )
    return Chart(
        rows=((1.0, (Column((_balances(found), _ventures(found)), key=key, ends=270.0),)),),
        title=t("Does the fund live on what comes back?"),
        notes=(foot,),
    )


def _balances(found: Mapping[Basis, Portfolio]) -> Panel:
    """Return a line for what is in the fund under each basis."""
    top = max(float(one.account.balance.max()) for one in found.values())
    unit = unit_for(top)
    years = next(iter(found.values())).account.years
    lines = tuple(
        Line(
            basis,
            years,
            one.account.balance,
            basis_name(basis),
            t("{share} comes back", share=share_of(one.returned)),
            HUES[basis],
            3.5,
            DASHES[basis],
            bold=True,
        )
        for basis, one in found.items()
    )
    axis = value_axis(0.0, 1.1 * top or unit.size, 5, unit.size)
    title = t("In the fund at the end of the year, what is promised too, {unit}", unit=unit.label())
    return Panel("balance", year_axis(years, 12), axis, lines, title, share=1.6)


def _ventures(found: Mapping[Basis, Portfolio]) -> Panel:
    """Return a row for each basis, with a sign for each investment that asked for money."""
    years = next(iter(found.values())).account.years
    ticks = tuple((float(row), basis_name(basis)) for row, basis in enumerate(found))
    rows = Axis(len(found) - 0.5, -0.5, ticks, details=tuple(map(_count_words, found.values())))
    marks = tuple(
        mark for row, (basis, one) in enumerate(found.items()) for mark in _row(row, basis, one)
    )
    title = t("Which investments could it pay for?")
    return Panel("ventures", year_axis(years, 12), rows, marks, title)


def _row(row: int, basis: Basis, one: Portfolio) -> list[Points]:
    """Return which investments were paid for, and which were turned away."""
    kinds: tuple[tuple[str, Shape, str, list[Venture]], ...] = (
        ("succeeds", "circle", HUES[basis], [v for v in one.started if v.came.any()]),
        ("fails", "cross", HUES[basis], [v for v in one.started if not v.came.any()]),
        ("away", "ring", "muted", list(one.turned_away)),
    )
    return [
        Points(f"{basis}-{kind}", [v.start for v in some], [row] * len(some), hue, 13.0, shape)
        for kind, shape, hue, some in kinds
    ]


def _count_words(one: Portfolio) -> str:
    """Return how many could be started of those that asked, and the first year it said no."""
    asked = len(one.started) + len(one.turned_away)
    count = t("{n} of {all}", n=len(one.started), all=asked)
    return count if one.runs_dry is None else count + ", " + t("first no {year}", year=one.runs_dry)


def _count(ventures: Sequence[Venture], years: np.ndarray) -> list[int]:
    return [sum(one.start == year for one in ventures) for year in years]
