"""An outcome contract as a picture: its parties, what flows between them, what may come of it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from matplotlib.transforms import Affine2D, Transform

from sisim.arrays import Floats, Ints
from sisim.economics.appraisal import RANGE
from sisim.economics.settlement import Settlement
from sisim.economics.valuation import Valuation
from sisim.i18n import n_, t
from sisim.report.chart.arrangement import EDGE
from sisim.report.chart.canvas import (
    BLACK,
    BLUE,
    DARK_GREEN,
    FINE,
    FONT,
    GREEN,
    INK,
    MUTED,
    PROJECTOR,
    RULE,
    WIDE,
    canvas,
    fit,
    place,
    points,
    width_of,
    wrap,
    write,
)
from sisim.report.comparison_text import footer
from sisim.report.economics.contract_words import (
    at_risk_words,
    bound,
    party_name,
    range_of,
    role_name,
    sentence,
    signed,
    span_of,
)
from sisim.report.formats import Unit, decimal, money, share_of, spread, unit_for
from sisim.scenario.contract import Payment
from sisim.scenario.scenario import Scenario

LEFT, RIGHT = 820.0, 880.0
"""Where the drawing of the flows ends, and where what may happen begins."""
TOP, FOOT = 92.0, 690.0
HEAD, ROW, LEAST, NET = 64.0, 120.0, 62.0, 52.0
"""Heights: a party's box, the most and the least room for a payment, the box of what is left."""
ROOMY = 4
"""With more parties than this, the flows take the whole width."""
TEXT, LEAST_BAR = 15.0, 19.0


def draw_contract(result: Valuation, settled: Settlement) -> Figure:
    """Draw the parties, what flows between them, and what may come of it.

    Each party has its line; each payment is an arrow from who pays to who receives. To the right
    the net of each party, and how likely each trigger or tier is.
    """
    figure, scenario = canvas(), result.scenario
    title = settled.contract.label.text
    write(figure, EDGE, 12, fit(title, 1240, 22, bold=True), size=22, bold=True)
    replications = settled.facts.book.amounts.shape[0]
    under = t(
        "{arm}. Sums {years}, fixed prices {level}, mean of {runs}.",
        arm=scenario.arms[settled.arm].label.text,
        years=span_of(int(settled.years[0]), int(settled.years[-1])),
        level=scenario.economy.price_level,
        runs=n_("{n} run", "{n} runs", replications),
    )
    write(figure, EDGE, 44, fit(under, 1240), color=MUTED)
    roomy = len(settled.parties) <= ROOMY
    _flows(figure, scenario, settled, LEFT if roomy else WIDE - EDGE)
    if roomy:
        below = _nets(figure, scenario, settled)
        _draw_chances(figure, _chances(settled), below)
    write(figure, EDGE, 698, footer(result), size=FINE, color=MUTED)
    return figure


def _flows(figure: Figure, scenario: Scenario, settled: Settlement, right: float) -> None:
    parties, payments = settled.parties, settled.contract.payments
    told = sentence(scenario, settled.contract)
    room = FOOT - TOP - HEAD - NET - 54
    told_in = PROJECTOR if len(payments) <= 2 else TEXT
    said = wrap(told, right - EDGE, told_in).split("\n")
    step = 1.35 * told_in
    if room - step * len(said) < LEAST * len(payments):
        said = []  # a long contract is told in the words beside the picture
    high = min(ROW, (room - step * len(said)) / len(payments))
    bottom = TOP + HEAD + 24 + high * len(payments)
    column = (right - EDGE) / len(parties)
    middle = {party: EDGE + column * (n + 0.5) for n, party in enumerate(parties)}
    wide = min(column - 14, 230.0)
    for party, x in middle.items():
        _line(figure, x, TOP + HEAD, bottom)
        name = party_name(scenario, settled.contract, party)
        role = role_name(settled.contract, party)
        lines = wrap(name, wide - 16, bold=True).split("\n")[:2]
        _box(figure, x, TOP + HEAD / 2, wide, HEAD, private=settled.is_private(party))
        texts = [*((line, PROJECTOR, True) for line in lines)]
        if role and role.casefold() not in name.casefold() and len(lines) == 1:
            texts.append((role, FINE, False))
        height = sum(size * 1.2 for _, size, _ in texts)
        y = TOP + HEAD / 2 - height / 2
        for text, size, bold in texts:
            _middle(figure, x, y + size * 0.6, fit(text, wide - 8, size, bold), size, bold)
            y += size * 1.2
        net = float(settled.flow(party).sum(axis=1).mean())
        _box(figure, x, bottom + NET / 2, wide, NET, private=settled.is_private(party))
        _middle(figure, x, bottom + 14, t("net"), FINE)
        _middle(figure, x, bottom + 35, signed(net), PROJECTOR, bold=True)
    for n, (name, payment) in enumerate(payments.items()):
        amounts = settled.paid[name].mean(axis=0)
        y = TOP + HEAD + 16 + high * (n + 0.6)
        _payment(figure, payment, amounts, settled.years, middle, y, high, column)
    for n, line in enumerate(said):
        write(figure, EDGE, bottom + NET + 20 + step * n, line, size=told_in)


def _payment(
    figure: Figure,
    payment: Payment,
    amounts: Floats,
    years: Ints,
    middle: Mapping[str, float],
    y: float,
    high: float,
    column: float,
) -> None:
    start, end = middle[payment.from_], middle[payment.to]
    color = BLUE if payment.measure is None else DARK_GREEN
    _, tall = figure.get_size_inches() * figure.dpi
    inset = 5.0 if end > start else -5.0
    figure.add_artist(
        FancyArrowPatch(
            (start + inset, tall - y),
            (end - inset, tall - y),
            arrowstyle="-|>",
            mutation_scale=points(20),
            linewidth=points(3),
            linestyle="solid" if payment.measure is None else (0, (4, 2)),
            color=color,
            shrinkA=0,
            shrinkB=0,
            transform=_pixels(figure),
            zorder=3,
        )
    )
    room = max(abs(end - start) - 30, column - 30)
    total = float(amounts.sum())
    amount = money(total, unit_for(total) if abs(total) >= 1e4 else Unit(False, 1))
    label = payment.label.text
    x = (start + end) / 2
    for n, line in enumerate(reversed(_named(label, amount, room, high))):
        _middle(figure, x, y - 14 - 20 * n, line, PROJECTOR, bold=True, color=color, clear=True)
    when = np.flatnonzero(np.abs(amounts) > 0.005)
    spans = span_of(int(years[when[0]]), int(years[when[-1]])) if len(when) else ""
    under = f"{spans} · {at_risk_words(payment)}" if spans else at_risk_words(payment)
    _middle(figure, x, y + 14, fit(under, room + 20, FINE), FINE, color=MUTED, clear=True)


def _named(label: str, amount: str, room: float, high: float) -> list[str]:
    """Return what a payment is called and comes to, in the lines there is room for."""
    whole = f"{label} {amount}"
    if width_of(whole, PROJECTOR, True) <= room:
        return [whole]
    if high >= 70:
        return [fit(label, room, bold=True), amount]
    left = room - width_of(f" {amount}", PROJECTOR, True)
    return [f"{fit(label, left, bold=True)} {amount}" if left > 60 else amount]


def _nets(figure: Figure, scenario: Scenario, settled: Settlement) -> float:
    """Draw what each party may be left with: the mean and range of the replications.

    Returns:
        Where the drawing ends, in layout pixels from the top.
    """
    nets = {party: settled.flow(party).sum(axis=1) for party in settled.parties}
    unit = unit_for(max(float(np.abs(net).max()) for net in nets.values()))
    title = t("Net of the payments, {unit}", unit=unit.label())
    write(figure, RIGHT, TOP - 8, title, bold=True)
    replications = len(next(iter(nets.values())))
    under = t("Dot: mean. Bar: 10–90% of {runs}.", runs=n_("{n} run", "{n} runs", replications))
    write(figure, RIGHT, TOP + 15, under, size=FINE, color=MUTED)
    names = {party: party_name(scenario, settled.contract, party) for party in nets}
    room = min(max(width_of(name, FINE) for name in names.values()) + 8, 150.0)
    high = 54.0 * len(nets)
    axes = place(figure, RIGHT + room, TOP + 42, WIDE - EDGE - RIGHT - room - 66, high)
    axes.spines["bottom"].set_visible(False)
    axes.grid(False)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.axvline(0, color=MUTED, linewidth=points(1.5), zorder=1)
    for row, (party, net) in enumerate(nets.items()):
        low, top = np.quantile(net, RANGE) / unit.size
        mean = float(net.mean()) / unit.size
        y = len(nets) - 1 - row
        color = BLUE if settled.is_private(party) else BLACK
        axes.plot(
            [low, top],
            [y, y],
            color=color,
            linewidth=points(7),
            alpha=0.35,
            solid_capstyle="butt",
            zorder=2,
        )
        axes.plot([mean], [y], marker="o", color=color, markersize=points(10), zorder=3)
        shown = "\n".join(wrap(names[party], room - 6, FINE).split("\n")[:2])
        _beside(axes, y, shown, left=True)
        _beside(axes, y, _plus(mean, unit.digits), left=False)
        spanned = spread(low, top, unit.digits)
        axes.text(
            0.5,
            y - 0.34,
            spanned,
            transform=axes.get_yaxis_transform(),
            fontsize=points(FINE),
            fontfamily=FONT,
            color=MUTED,
            ha="center",
            va="center",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
        )
    axes.set_ylim(-0.6, len(nets) - 0.4)
    axes.margins(x=0.08)
    return _returns_and_gains(figure, settled, names, TOP + 42 + high)


def _returns_and_gains(
    figure: Figure, settled: Settlement, names: Mapping[str, str], below: float
) -> float:
    """Write the return of private parties, and how other costs change; return where that ends."""
    for party, name in names.items():
        rate = settled.expected_return(party) if settled.is_private(party) else None
        if rate is not None:
            said = t("{party}: a return of {rate} a year", party=name, rate=share_of(rate, 1))
            below = _note(figure, said, below)
        gain = float(settled.gain(party).sum(axis=1).mean())
        if abs(gain) >= 500:
            amount = money(abs(gain))
            said = (
                t("{party}: other costs lower by {amount}", party=name, amount=amount)
                if gain > 0
                else t("{party}: other costs higher by {amount}", party=name, amount=amount)
            )
            below = _note(figure, said, below)
    return below


def _note(figure: Figure, text: str, below: float) -> float:
    """Write a note under the nets, and return where it ends."""
    lines = wrap(text, WIDE - EDGE - RIGHT, TEXT).split("\n")
    for n, line in enumerate(lines):
        write(figure, RIGHT, below + 6 + 20 * n, line, size=TEXT)
    return below + 4 + 20 * len(lines)


def _beside(axes: Axes, y: float, text: str, *, left: bool) -> None:
    axes.annotate(
        text,
        (0.0 if left else 1.0, y),
        xycoords=axes.get_yaxis_transform(),
        xytext=(points(-6 if left else 6), 0),
        textcoords="offset points",
        ha="right" if left else "left",
        va="center",
        fontsize=points(FINE if left else PROJECTOR),
        fontfamily=FONT,
        color=INK,
        fontweight="normal" if left else "bold",
        annotation_clip=False,
    )


Chance = tuple[str, float, bool]
"""A trigger or a tier, its probability, and whether it begins a new payment."""


def _chances(settled: Settlement) -> list[Chance]:
    """Return the probability of each trigger by period, or of each tier over all periods."""
    table = settled.tiers()
    rows: list[Chance] = []
    for name, own in table.groupby("payment", sort=False):
        payment = settled.contract.payments[str(name)]
        rows.append((payment.label.text, float("nan"), True))
        if payment.threshold is not None:
            for period, part in own[own["tier"] == 1].groupby("period", sort=False):
                limit = payment.pooled if period == "pooled" else payment.threshold
                assert limit is not None
                when = t("together") if period == "pooled" else str(period).replace("-", "–")
                reached = t("at least {limit}", limit=bound(payment, limit))
                rows.append((f"{when}: {reached}", float(part["probability"].iloc[0]), False))
        else:
            for tier, chance in own.groupby("tier")["probability"].mean().items():
                rows.append((range_of(payment, int(str(tier))), float(chance), False))
    return rows


def _draw_chances(figure: Figure, rows: list[Chance], below: float) -> None:
    top = below + 28
    rows = rows[: int((FOOT - top - 34) / LEAST_BAR)]
    if not rows:
        return
    write(figure, RIGHT, top, t("How likely is each result?"), bold=True)
    high = min(30.0, (FOOT - top - 34) / len(rows))
    left = min(max(width_of(text, FINE) for text, _, head in rows if not head) + 12, 220.0)
    scale = WIDE - EDGE - RIGHT - left - 60
    y = top + 34
    for text, chance, head in rows:
        if head:
            shown = fit(text, WIDE - EDGE - RIGHT, FINE)
            write(figure, RIGHT, y + 2, shown, size=FINE, color=MUTED)
        else:
            write(figure, RIGHT, y + 2, fit(text, left - 6, FINE), size=FINE)
            _bar(figure, RIGHT + left, y + 1, scale, high * 0.62, RULE)
            _bar(figure, RIGHT + left, y + 1, scale * chance, high * 0.62, GREEN)
            share = share_of(chance)
            write(figure, WIDE - EDGE, y + 2, share, size=FINE, align="right", bold=True)
        y += high


def _plus(value: float, digits: int) -> str:
    return ("+" if round(value, digits) > 0 else "") + decimal(value, digits)


def _pixels(figure: Figure) -> Transform:
    """Return the transform from layout pixels, whatever size the figure is saved at."""
    return Affine2D().scale(1 / figure.dpi) + figure.dpi_scale_trans


def _line(figure: Figure, x: float, top: float, bottom: float) -> None:
    _, tall = figure.get_size_inches() * figure.dpi
    figure.add_artist(
        FancyArrowPatch(
            (x, tall - top),
            (x, tall - bottom),
            arrowstyle="-",
            linewidth=points(2),
            color=RULE,
            shrinkA=0,
            shrinkB=0,
            transform=_pixels(figure),
            zorder=1,
        )
    )


def _bar(figure: Figure, left: float, top: float, wide: float, high: float, color: str) -> None:
    _, tall = figure.get_size_inches() * figure.dpi
    figure.add_artist(
        FancyBboxPatch(
            (left, tall - top - high),
            max(wide, 0.01),
            high,
            boxstyle="square,pad=0",
            facecolor=color,
            edgecolor="none",
            transform=_pixels(figure),
            zorder=2,
        )
    )


def _box(figure: Figure, x: float, y: float, wide: float, high: float, *, private: bool) -> None:
    _, tall = figure.get_size_inches() * figure.dpi
    figure.add_artist(
        FancyBboxPatch(
            (x - wide / 2, tall - y - high / 2),
            wide,
            high,
            boxstyle="round,pad=0,rounding_size=8",
            facecolor="#DCEEF8" if private else "#F5F5F5",
            edgecolor=BLUE if private else INK,
            linewidth=points(2 if private else 1.2),
            transform=_pixels(figure),
            zorder=2,
        )
    )


def _middle(
    figure: Figure,
    x: float,
    y: float,
    text: str,
    size: float,
    bold: bool = False,
    color: str = INK,
    clear: bool = False,
) -> None:
    """Write one line with its middle at a place; `clear` hides what is drawn behind it."""
    _, tall = figure.get_size_inches() * figure.dpi
    figure.text(
        x,
        tall - y,
        text,
        transform=_pixels(figure),
        fontsize=points(size),
        fontfamily=FONT,
        fontweight="bold" if bold else "normal",
        color=color,
        ha="center",
        va="center",
        zorder=4,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.0} if clear else None,
    )
