"""Who pays, who gains: a bar to either side for each administration."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from sisim.economics.distribution import WhoGains
from sisim.economics.valuation import Valuation
from sisim.i18n import t
from sisim.report.economics.money_frame import money_canvas
from sisim.report.formats import decimal, unit_for
from sisim.report.present_value import worth_words
from sisim.report.style import (
    BLUE,
    DARK_GREEN,
    DARK_ORANGE,
    GREEN,
    INK,
    MUTED,
    ORANGE,
    PROJECTOR,
    RULE,
    bar,
    fit,
    key_entry,
    label,
    place,
    points,
    write,
)

MOST = 9
"""So many payers have room."""


def draw_who_gains(result: Valuation, arm: str) -> Figure:
    """Draw what each administration pays for an arm, what it saves, and the net of both."""
    gains = result.who_gains[arm]
    name = result.scenario.arms[arm].label.text
    paid, saved = (values.mean(axis=0) for values in _sides(gains))
    unit = unit_for(float(np.abs([*paid, *saved]).max(initial=1.0)))
    least = unit.size / 10**unit.digits / 2
    rows = [n for n in range(len(paid)) if max(abs(paid[n]), abs(saved[n])) >= least]
    rows = sorted(rows, key=lambda n: -max(abs(paid[n]), abs(saved[n])))[:MOST]
    subtitle = t(
        "{arm}: {how}, {unit}, compared with without",
        arm=name,
        how=worth_words(gains.rate),
        unit=unit.label(),
    )
    figure = money_canvas(result, t("Who pays, who gains"), subtitle, everyone=True)
    _key(figure, receives=bool((paid[rows] <= -least).any() or paid.sum() <= -least))

    axes = place(figure, 380, 116, 690, 500)
    axes.grid(visible=False)
    axes.spines["bottom"].set_visible(False)
    axes.set_xticks([])
    axes.set_yticks([])
    heights = range(len(rows) + 1)
    low = max([0.0, *paid[rows], *(-saved[rows])])
    high = max([0.0, *saved[rows], *(-paid[rows])])
    total = (float(paid.sum()), float(saved.sum()))
    low, high = max(low, total[0]), max(high, total[1])
    reach = (low + high) or 1.0
    axes.set_xlim(-low - 0.17 * reach, high + 0.17 * reach)
    axes.set_ylim(len(rows) + 0.6, -0.6)
    axes.axvline(0, color=MUTED, linewidth=points(1.5), zorder=3)
    axes.axhline(len(rows) - 0.5, color=RULE, linewidth=points(1.5))
    values = [*((float(paid[n]), float(saved[n])) for n in rows), total]
    for row, (cost, saving) in zip(heights, values, strict=True):
        own = (ORANGE, DARK_ORANGE, "////") if cost >= 0 else (BLUE, BLUE, "....")
        for amount, hue, dark, hatch in ((-cost, *own), (saving, GREEN, DARK_GREEN, None)):
            if abs(amount) < least:
                continue
            bar(axes, row, amount, hue, height=0.5, hatch=hatch, zorder=2)
            right = amount > 0
            label(
                axes,
                (amount, row),
                decimal(amount / unit.size, unit.digits),
                align="left" if right else "right",
                shift=(7 if right else -7, 0),
                color=dark,
            )
        net = saving - cost
        axes.plot([net, net], [row - 0.36, row + 0.36], color=INK, linewidth=points(4), zorder=5)
    _names(figure, result, gains, rows)
    for row, (cost, saving) in zip(heights, values, strict=True):
        top = _top(row, len(rows)) - 0.55 * PROJECTOR
        text = decimal((saving - cost) / unit.size, unit.digits)
        if saving > cost and text.strip("0,."):
            text = f"+{text}"
        write(figure, 1258, top, text, bold=True, align="right")
    write(figure, 1258, 84, f"┃ {t('Net')}", bold=True, align="right")
    _other_pockets(figure, gains.share_in_other_pockets)
    return figure


def _other_pockets(figure: Figure, share: float) -> None:
    """Write how much of the lower costs benefits others than those who pay."""
    if not np.isnan(share):
        text = t(
            "{n}% of the lower costs benefit others than those who pay", n=decimal(100 * share)
        )
        write(figure, 20, 634, text, bold=True)


def _sides(gains: WhoGains) -> tuple[np.ndarray, np.ndarray]:
    """Return what is paid, transfers too, and what is saved, (replications, payers)."""
    saved = -gains.of("use")
    return saved - gains.net, saved


def _key(figure: Figure, *, receives: bool) -> None:
    """Write what the colours are; receiving more than is paid only where somebody does."""
    key_entry(figure, 400, 84, t("Pays"), ORANGE, hatch="////", color=DARK_ORANGE)
    key_entry(figure, 560, 84, t("Costs that fall"), GREEN, color=DARK_GREEN)
    if receives:
        key_entry(figure, 800, 84, t("Receives"), BLUE, hatch="....", color=BLUE)


def _top(row: float, rows: int) -> float:
    """Return the middle of a row in layout pixels."""
    return 116 + 500 * (row + 0.6) / (rows + 1.2)


def _names(figure: Figure, result: Valuation, gains: WhoGains, rows: list[int]) -> None:
    pathway = result.scenario.pathway
    for row, number in enumerate(rows):
        payer, principal = gains.payers[number], gains.principals[number]
        middle = _top(row, len(rows))
        text = fit(figure, result.scenario.payer_label(payer).text, 350)
        write(figure, 20, middle - 20, text)
        known = pathway.principals.get(principal)
        if known is not None:
            write(figure, 20, middle + 2, known.label.text, size=14, color=MUTED)
    write(figure, 20, _top(len(rows), len(rows)) - 10, t("Total"), bold=True)
