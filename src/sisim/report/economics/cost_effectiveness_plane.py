"""The cost-effectiveness plane: what each arm costs and gains, run by run, and the frontier."""

from __future__ import annotations

import numpy as np

from sisim.arrays import Floats
from sisim.economics.cost_effectiveness import Effectiveness
from sisim.economics.valuation import Valuation
from sisim.engine.counts import WITHOUT
from sisim.i18n import t
from sisim.report.chart.chart import (
    Axis,
    Chart,
    Column,
    Key,
    Line,
    Mark,
    Note,
    Panel,
    Points,
    Rule,
    Shape,
    value_axis,
)
from sisim.report.economics.money_frame import money_chart
from sisim.report.economics.money_words import dominance_words, price_words, unit_words
from sisim.report.formats import capital, listing, lower, share_of, unit_for
from sisim.report.present_value import worth_words

HUES = ("#0072B2", "#B34700", "#00694C", "#8F3E6C", "#8A5A00", "#7A5230")
SHAPES: tuple[Shape, ...] = ("circle", "diamond", "square", "triangle", "cross", "ring")
MOST = 3
"""So many outcomes have room beside each other."""


def frontier_chart(result: Valuation) -> Chart:
    """Return net cost against what is gained, a panel per outcome, an arm a colour and a shape."""
    effects = list(result.effectiveness)
    costs = np.concatenate([effect.cost.ravel() for effect in effects])
    unit = unit_for(float(max(np.abs(costs).max(), 1.0)))
    arms = effects[0].arms
    key = tuple(
        Key(_look(n)[0], _name(result, arm), shape=_look(n)[1]) for n, arm in enumerate(arms)
    )
    cost = _axis(costs, 5, unit.size)
    columns = tuple(_column(result, effect, cost) for effect in effects[:MOST])
    subtitle = t(
        "Net cost compared with without, {unit}, {how}; a small mark is a run, a large one their "
        "mean",
        unit=unit.label(),
        how=worth_words(effects[0].rates[0]),
    )
    rows: list[tuple[float, tuple[Column, ...]]] = [(0.16, (Column((), key=key),)), (2.0, columns)]
    if len(effects) > MOST:
        rest = listing([lower(effect.measure.label.text) for effect in effects[MOST:]])
        more = t("Not drawn, but in the table: {rest}.", rest=rest)
        rows.append((0.16, (Column((), caption=more),)))
    return money_chart(result, t("What does an outcome cost?"), subtitle, rows)


def _look(number: int) -> tuple[str, Shape]:
    """Return the colour and the shape of an arm; `without` is black."""
    if number == 0:
        return "ink", "circle"
    return HUES[(number - 1) % len(HUES)], SHAPES[(number - 1) % len(SHAPES)]


def _name(result: Valuation, arm: str) -> str:
    return t("Without") if arm == WITHOUT else result.scenario.arms[arm].label.text


def _axis(values: Floats, count: int, unit: float = 1.0) -> Axis:
    low, high = min(0.0, float(values.min())), max(0.0, float(values.max()))
    room = 0.14 * (high - low) or unit
    return value_axis(low - room, high + room, count, unit)


def _column(result: Valuation, effect: Effectiveness, cost: Axis) -> Column:
    """Return the plane of one outcome, and what each arm comes to below it."""
    name = effect.measure.name
    gained = _axis(effect.effect, 3)
    marks: list[Mark] = [
        Rule(f"{name}-no-cost", 0.0, "x", width=1.5),
        Rule(f"{name}-no-effect", 0.0, "y", width=1.5),
    ]
    for n in range(1, len(effect.arms)):
        hue, shape = _look(n)
        arm = f"{name}-{effect.arms[n]}"
        x, y = effect.effect[:, n], effect.cost[:, n]
        if len(x) > 1:
            marks.append(Points(f"{arm}-runs", x, y, hue, 7.0, shape, opacity=0.45))
    marks += [*_frontier(effect), *_means(effect), *_corners(name, gained, cost)]
    said = [
        f"{_name(result, arm)}: {_verdict(effect, arm)}." for arm in effect.arms if arm != WITHOUT
    ]
    title = f"{_unit(effect)} →"
    panel = Panel(name, Axis(gained.low, gained.high, gained.ticks), cost, tuple(marks), title)
    return Column((panel,), caption=capital(effect.measure.label.text), after="\n".join(said))


def _frontier(effect: Effectiveness) -> list[Mark]:
    """Return the frontier over arms whose price the runs carry: no slope out of noise."""
    on = [
        n
        for n, arm in enumerate(effect.arms)
        if arm == WITHOUT or (effect.places[arm].standing == "frontier" and effect.carried(arm))
    ]
    x, y = effect.effect.mean(axis=0)[on], effect.cost.mean(axis=0)[on]
    order = np.argsort(y)
    return [Line(f"{effect.measure.name}-frontier", x[order], y[order], width=2.0)]


def _means(effect: Effectiveness) -> list[Mark]:
    found: list[Mark] = []
    for n, arm in enumerate(effect.arms):
        hue, shape = _look(n)
        x, y = float(effect.effect[:, n].mean()), float(effect.cost[:, n].mean())
        found.append(Points(f"{effect.measure.name}-{arm}", [x], [y], hue, 16.0, shape))
    return found


def _corners(name: str, gained: Axis, cost: Axis) -> list[Mark]:
    """Return what it means to lie in a corner of the plane, where there is room."""
    low, high = gained.low, gained.high
    corners = (
        ("better-dearer", t("better, dearer"), high, cost.high, -1, -1),
        ("better-cheaper", t("better, cheaper"), high, cost.low, -1, 1),
        ("worse-dearer", t("worse, dearer"), low, cost.high, 1, -1),
        ("worse-cheaper", t("worse, cheaper"), low, cost.low, 1, 1),
    )
    return [
        Note(
            f"{name}-{corner}",
            (text,),
            ((x, y),),
            ((70.0 * across, 14.0 * up),),
            reach=40.0,
            color="muted",
        )
        for corner, text, x, y, across, up in corners
        if (x > 0.15 * (high - low) or x < -0.15 * (high - low))
        and abs(y) > 0.05 * (cost.high - cost.low)
    ]


def _unit(effect: Effectiveness) -> str:
    """Return what the horizontal axis counts."""
    unit = unit_words(effect.measure)
    if effect.rates[1]:
        unit = t("{unit} at {rate} a year", unit=unit, rate=share_of(effect.rates[1], 1))
    if effect.measure.good == "high":
        return t("{unit} gained", unit=unit)
    return t("{unit} avoided", unit=unit)


def _verdict(effect: Effectiveness, arm: str) -> str:
    return dominance_words(effect, arm) or price_words(effect, arm) or t("no difference")
