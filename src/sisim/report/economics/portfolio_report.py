"""Many investments through one fund: what is in it under each basis of repayment, who is served."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sisim.economics.fund_portfolio import Portfolio, Venture
from sisim.economics.valuation import Valuation
from sisim.i18n import duration, n_, t
from sisim.report.comparison_text import footer
from sisim.report.formats import money, share_of, unit_for
from sisim.report.frame import EDGE
from sisim.report.labels import EndLabels
from sisim.report.style import (
    BLACK,
    BLUE,
    DARK_GREEN,
    FINE,
    HIGH,
    INK,
    MUTED,
    VERMILION,
    WIDE,
    canvas,
    place,
    points,
    scale_ticks,
    width_of,
    write,
)
from sisim.scenario.fund import Basis

HUES: dict[Basis, str] = {"planned": BLUE, "mix": DARK_GREEN, "observed": VERMILION, "none": BLACK}
DASHES = {
    "planned": "solid",
    "mix": (0, (6, 2)),
    "observed": (0, (1, 1)),
    "none": (0, (4, 2, 1, 2)),
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
    """Return what draws each portfolio, by file name."""
    return {
        f"portfolio-{name}": lambda found=found: draw_portfolio(  # type: ignore[misc]
            found, footer(result)
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


def draw_portfolio(found: Mapping[Basis, Portfolio], foot: str) -> Figure:
    """Draw what is in the fund under each basis, and which investments it could pay for.

    Args:
        found: What became of the fund, by basis.
        foot: Where the numbers come from.
    """
    figure = canvas(WIDE, HIGH)
    title = t("Does the fund live on what comes back?")
    write(figure, EDGE, 10, title, size=22, bold=True)
    balances = [one.account.balance for one in found.values()]
    top = max(float(balance.max()) for balance in balances)
    unit = unit_for(top)
    subtitle = t(
        "In the fund at the end of the year, what is promised too, {unit}", unit=unit.label()
    )
    write(figure, EDGE, 40, subtitle, color=MUTED)
    years = next(iter(found.values())).account.years
    left, wide = 250.0, 700.0
    axes = place(figure, left, 84, wide, 310)
    axes.set_xlim(years[0] - 0.6, years[-1] + 0.6)
    axes.set_ylim(0, 1.1 * top)
    scale_ticks(axes, 5, unit.size)
    axes.set_xticks([int(year) for year in years if (year - years[0]) % 5 == 0])
    ends = EndLabels(axes)
    for basis, one in found.items():
        balance, hue = one.account.balance, HUES[basis]
        axes.plot(
            years,
            balance,
            color=hue,
            linestyle=DASHES[basis],
            linewidth=points(3.5),
            zorder=3,
            gid=basis,
        )
        back = t("{share} comes back", share=share_of(one.returned))
        ends.add(float(balance[-1]), f"{basis_name(basis)}\n{back}", color=hue, bold=True)
    ends.settle(padding=6, overflow=34)

    _ventures(figure, found, left, wide, axes.get_xlim())
    _key(figure, 484 + 34.0 * len(found))
    write(figure, EDGE, HIGH - 22, foot, size=FINE, color=MUTED)
    return figure


def _ventures(
    figure: Figure,
    found: Mapping[Basis, Portfolio],
    left: float,
    wide: float,
    ends: tuple[float, float],
) -> None:
    """Draw, a row a basis, which investments were paid for and which were turned away."""
    head = t("Which investments could it pay for?")
    write(figure, EDGE, 440, head, bold=True)
    strip = place(figure, left, 474, wide, 34.0 * len(found))
    strip.set_xlim(ends)
    strip.set_ylim(len(found) - 0.5, -0.5)
    strip.set_yticks([])
    strip.set_xticks([])
    strip.grid(visible=False)
    strip.spines["bottom"].set_visible(False)
    for row, (basis, one) in enumerate(found.items()):
        hue = HUES[basis]
        write(figure, EDGE, 480 + 34.0 * row, basis_name(basis), color=hue)
        for ventures, failed, look in (
            (one.started, False, {"marker": "o", "color": hue}),
            (one.started, True, {"marker": "X", "color": hue}),
            (one.turned_away, None, {"marker": "o", "markerfacecolor": "white", "color": MUTED}),
        ):
            at = [v.start for v in ventures if failed is None or failed is not bool(v.came.any())]
            strip.plot(at, [row] * len(at), ls="none", ms=points(15), zorder=3, **look)  # type: ignore[arg-type]
        asked = len(one.started) + len(one.turned_away)
        count = t("{n} of {all}", n=len(one.started), all=asked)
        if one.runs_dry is not None:
            count += ", " + t("first no {year}", year=one.runs_dry)
        write(figure, left + wide + 14, 480 + 34.0 * row, count, color=hue)


def _key(figure: Figure, top: float) -> None:
    axes = place(figure, 0, top, WIDE, 30)
    axes.set_xlim(0, WIDE)
    axes.set_ylim(0, 1)
    axes.set_axis_off()
    at = 250.0
    for text, look in (
        (t("started, succeeds"), {"marker": "o", "color": INK}),
        (t("started, fails"), {"marker": "X", "color": INK}),
        (t("turned away"), {"marker": "o", "markerfacecolor": "white", "color": MUTED}),
    ):
        axes.plot([at + 10], [0.5], linestyle="none", markersize=points(13), **look)  # type: ignore[arg-type]
        write(figure, at + 26, top + 4, text)
        at += width_of(figure, text) + 70


def _count(ventures: Sequence[Venture], years: np.ndarray) -> list[int]:
    return [sum(one.start == year for one in ventures) for year in years]
