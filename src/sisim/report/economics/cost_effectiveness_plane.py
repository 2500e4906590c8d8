"""The cost-effectiveness plane: what each arm costs and gains, run by run, and the frontier."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator
from matplotlib.transforms import Bbox

from sisim.economics.cost_effectiveness import Effectiveness
from sisim.economics.valuation import Valuation
from sisim.engine.counts import WITHOUT
from sisim.i18n import t
from sisim.report.economics.money_frame import money_canvas
from sisim.report.economics.money_words import dominance_words, price_words, unit_words
from sisim.report.formats import capital, decimal, share_of, unit_for
from sisim.report.labels import Room
from sisim.report.present_value import worth_words
from sisim.report.style import (
    BLUE,
    FONT,
    GREEN,
    HIGH,
    INK,
    MUTED,
    ORANGE,
    PROJECTOR,
    PURPLE,
    SKY,
    VERMILION,
    WIDE,
    figure_of,
    place,
    points,
    scale_ticks,
    wrap,
    write,
)

HUES = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY)
MARKS = ("o", "D", "s", "^", "v", "P")
MOST = 3
"""So many outcomes have room beside each other."""


def draw_frontier(result: Valuation) -> Figure:
    """Draw net cost against what is gained, a panel per outcome, an arm a colour and a mark."""
    effects = list(result.effectiveness)[:MOST]
    costs = np.concatenate([effect.cost.ravel() for effect in effects])
    unit = unit_for(float(max(np.abs(costs).max(), 1.0)))
    subtitle = t(
        "Net cost compared with without, {unit}, {how}; a small mark is a run, a large one their "
        "mean",
        unit=unit.label(),
        how=worth_words(effects[0].rates[0]),
    )
    figure = money_canvas(result, t("What does an outcome cost?"), subtitle)
    wide = (WIDE - 40) / max(len(effects), 1)
    for index, effect in enumerate(effects):
        left = 20 + index * wide
        _panel(figure, left, wide, effect, result, unit.size)
    return figure


def _panel(
    figure: Figure,
    left: float,
    wide: float,
    effect: Effectiveness,
    result: Valuation,
    unit: float,
) -> None:
    label = effect.measure.label.text
    lines = wrap(figure, capital(label), wide - 20, bold=True).split("\n")[:2]
    for number, line in enumerate(lines):
        write(figure, left, 76 + 23 * number, line, bold=True)
    axes = place(figure, left + 62, 138, wide - 90, 400)
    axes.grid(visible=False)
    axes.spines["bottom"].set_visible(False)
    axes.axhline(0, color=MUTED, linewidth=points(1.5), zorder=1)
    axes.axvline(0, color=MUTED, linewidth=points(1.5), zorder=1)
    for number in range(1, len(effect.arms)):
        hue, mark = _look(number)
        axes.scatter(
            effect.effect[:, number],
            effect.cost[:, number],
            s=points(7) ** 2,
            color=hue,
            marker=mark,
            alpha=0.4,
            linewidth=0,
            zorder=3,
        )
    _limits(axes, effect, unit)
    means = effect.effect.mean(axis=0), effect.cost.mean(axis=0)
    on = sorted(
        (n for n, arm in enumerate(effect.arms) if effect.places[arm].standing == "frontier"),
        key=lambda n: means[1][n],
    )
    axes.plot(means[0][on], means[1][on], color=INK, linewidth=points(2.5), zorder=2)
    _name_arms(axes, effect, on, result, wide * 0.45)
    _say(figure, left, wide, effect)


def _name_arms(
    axes: Axes, effect: Effectiveness, on: list[int], result: Valuation, wide: float
) -> None:
    """Mark the mean of every arm, and name it off the runs, the axes and the frontier."""
    figure = figure_of(axes)
    means = effect.effect.mean(axis=0), effect.cost.mean(axis=0)
    room = Room(axes)
    for run in zip(effect.effect[:, 1:].ravel(), effect.cost[:, 1:].ravel(), strict=True):
        room.avoid_line([run[0]] * 2, [run[1]] * 2)
    room.avoid_line([0, 0], axes.get_ylim())
    room.avoid_line(axes.get_xlim(), [0, 0])
    if len(on) > 1:
        room.avoid_line(means[0][on], means[1][on])
    for number in range(len(effect.arms)):
        hue, mark = _look(number)
        x, y = float(means[0][number]), float(means[1][number])
        axes.plot(
            [x],
            [y],
            marker=mark,
            color=hue,
            markersize=points(16),
            zorder=5,
            markeredgecolor="white",
        )
        across, up = room.display(x, y)
        room.avoid_box(Bbox.from_extents(across - 11, up - 11, across + 11, up + 11))
    for number, arm in enumerate(effect.arms):
        hue, _ = _look(number)
        name = t("Without") if arm == WITHOUT else result.scenario.arms[arm].label.text
        across, up = room.display(float(means[0][number]), float(means[1][number]))
        text = wrap(figure, name, wide)
        room.write(text, (across, up + 26), pull=(0.5, 1.0), color=hue, bold=True)


def _say(figure: Figure, left: float, wide: float, effect: Effectiveness) -> None:
    """Write below a panel what its axis counts, and what each arm comes to."""
    more = effect.measure.good == "high"
    unit = unit_words(effect.measure)
    if effect.rates[1]:
        unit = t("{unit} at {rate} a year", unit=unit, rate=share_of(effect.rates[1], 1))
    axis = t("{unit} gained", unit=unit) if more else t("{unit} avoided", unit=unit)
    write(figure, left + 62 + (wide - 90) / 2, 572, axis, color=MUTED, align="center")
    top = 604.0
    for number, arm in enumerate(effect.arms):
        if arm == WITHOUT or top > 640:
            continue
        hue, mark = _look(number)
        figure.add_artist(
            Line2D(
                [(left + 8) / WIDE],
                [1 - (top + 11) / HIGH],
                marker=mark,
                color=hue,
                markersize=points(13),
                transform=figure.transFigure,
            )
        )
        write(figure, left + 24, top, _verdict(effect, arm), color=hue, bold=True)
        top += 24


def _verdict(effect: Effectiveness, arm: str) -> str:
    said = dominance_words(effect, arm) or price_words(effect, arm) or t("no difference")
    return capital(said)


def _limits(axes: Axes, effect: Effectiveness, unit: float) -> None:
    for values, put in ((effect.effect, axes.set_xlim), (effect.cost, axes.set_ylim)):
        low, high = min(0.0, float(values.min())), max(0.0, float(values.max()))
        room = 0.22 * (high - low) or (unit if put == axes.set_ylim else 1.0)
        put(low - room, high + room)
    scale_ticks(axes, 5, unit)
    axes.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
    step = float(np.diff(axes.get_xticks())[0])
    digits = 0 if step >= 1 else 1 if step >= 0.1 else 2
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: decimal(value, digits)))
    axes.tick_params(labelsize=points(PROJECTOR), labelfontfamily=FONT)


def _look(number: int) -> tuple[str, str]:
    """Return the colour and the mark of an arm; `without` is black."""
    if number == 0:
        return INK, "o"
    return HUES[(number - 1) % len(HUES)], MARKS[(number - 1) % len(MARKS)]
