"""One person's two lives as a timeline, the money under it, and why they part in a sentence."""

from __future__ import annotations

from itertools import groupby

import numpy as np

from sisim.analysis.life_costs import LifeCosts
from sisim.arrays import Ints
from sisim.engine.trace import WITHOUT, LifeHistory, Moment
from sisim.i18n import t
from sisim.report.captions import name_of_without
from sisim.report.chart.chart import (
    Axis,
    Bars,
    Chart,
    Column,
    Key,
    Line,
    Mark,
    Panel,
    value_axis,
    year_axis,
)
from sisim.report.explanation import GONE
from sisim.report.formats import money, unit_for
from sisim.report.places import AWAY, PLACES, Places
from sisim.report.risk_words import Words, percent

HUES = {"none": "muted", "everyone": "with", "services": "lower", "case": "extra"}
TREATED = "project"


def life_chart(
    found: LifeHistory, costs: LifeCosts, words: Words, places: Places, arm: str, *, most: int = 10
) -> Chart:
    """Return where a person is in two worlds, year by year, and what that costs.

    Args:
        found: The person's lives.
        costs: What they cost.
        words: The words of the scenario.
        places: Where the states are.
        arm: The world beside the one without.
        most: How many years have room beside each other.
    """
    years = year_axis(costs.years, most)
    worlds = (WITHOUT, arm)
    names = tuple(
        (float(row), text.replace(" ", "\N{NO-BREAK SPACE}"))
        for row, text in enumerate((t("Without"), t("With")))
    )
    rows = Axis(1.6, -0.6, names, line=False)
    marks: list[Mark] = []
    seen: set[int] = set()
    for row, world in enumerate(worlds):
        for first, last, place in _stays(_places(found, words, places, world)):
            low, high = max(_when(words, first), years.low), _when(words, last + 1)
            if high <= low:  # before the years that are shown
                continue
            seen.add(place)
            name, hue = f"{world}-{first}", HUES[PLACES[place]]
            marks.append(Bars(name, [row], [low], [high], hue, 0.5, place == 3, across=True))
        for start, end in _treatments(found, world, words):
            name = f"treated-{world}-{start:.2f}"
            marks.append(Bars(name, [row + 0.36], [start], [end], "ink", 0.12, across=True))
    unit = unit_for(float(costs.cost.max(initial=0.0)))
    top = float(costs.cost.max(initial=0.0)) / unit.size or 1.0
    lines: list[Mark] = [
        Line(
            name,
            costs.years,
            costs.cost[costs.arms.index(world)] / unit.size,
            color=color,
            width=width,
            dash="dashed" if world == WITHOUT else "solid",
        )
        for world, name, color, width in (
            (arm, "with", "with", 4.0),
            (WITHOUT, "without", "ink", 3.0),
        )
    ]
    key = [
        Key(HUES[PLACES[n]], places.label(PLACES[n]), n == 3) for n in sorted(seen, reverse=True)
    ]
    if found.treatments.get(arm):
        key.append(Key("ink", t("takes part in the investment")))
    key += [Key("ink", t("Cost without"), line="dashed"), Key("with", t("Cost with"), line="solid")]
    bare = Axis(years.low, years.high)
    title = t("What the person uses, {unit} per year", unit=unit.label())
    panels = (
        Panel("lives", bare, rows, tuple(marks), share=0.8),
        Panel("money", years, value_axis(0.0, 1.06 * top), tuple(lines), title=title),
    )
    return Chart(rows=((1.0, (Column(panels, key=tuple(key), ends=20.0),)),), title=t("Two lives"))


def life_words(found: LifeHistory, costs: LifeCosts, words: Words, arm: str) -> list[str]:
    """Return why the lives part, and what that comes to, in a sentence each."""
    lines = []
    if (parting := _parting(found, arm)) is not None:
        without, with_ = parting
        told = {
            "month": words.month(without.step),
            "track": words.track(without.track),
            "state": words.state(without.track, without.state),
            "one": percent(_chance(without)),
            "other": percent(_chance(with_)),
            "lot": percent(without.draw),
        }
        ends = [_became(moment, words) for moment in parting]
        lines.append(
            t(
                '{month}, {track}: the chance of leaving "{state}" was {one} without and {other} '
                "with the investment. The lot, the same in both worlds, was {lot}: without "
                "{ended}, with {became}.",
                ended=ends[0],
                became=ends[1],
                **told,
            )
        )
    more = costs.difference(arm)
    years = {"first": str(costs.years[0]), "last": str(costs.years[-1])}
    if abs(more) < 1:
        lines.append(t("What the person uses costs as much in both worlds."))
    elif more < 0:
        said = {"amount": money(-more), **years}
        lines.append(t("What the person uses costs {amount} less with, {first} to {last}.", **said))
    else:
        said = {"amount": money(more), **years}
        lines.append(t("What the person uses costs {amount} more with, {first} to {last}.", **said))
    return lines


def alternative(found: LifeHistory, words: Words, places: Places, arm: str) -> str:
    """Return the timeline in words, for who cannot see it."""
    said = []
    for world, name in ((WITHOUT, name_of_without()), (arm, words.arm(arm))):
        stays = [
            f"{words.month(first)} {places.label(PLACES[place])}"
            for first, _, place in _stays(_places(found, words, places, world))
        ]
        said.append(f"{name}: {', '.join(stays)}.")
    return " ".join(said)


def _places(found: LifeHistory, words: Words, places: Places, world: str) -> Ints:
    """Return the place at each step, as its number among `PLACES`; AWAY where not there."""
    states = words.compiled.states
    number = {(str(track), str(state)): n for n, (track, state) in enumerate(states)}
    life = found.states[world]
    steps = [
        [number.get((track, names[step]), AWAY) for track, names in life.items()]
        for step in range(len(next(iter(life.values()))))
    ]
    return places.of(np.array(steps), [(str(track), str(state)) for track, state in states])


def _stays(at: Ints) -> list[tuple[int, int, int]]:
    """Return unbroken stays as (first step, last step, place)."""
    found = []
    for place, group in groupby(enumerate(at.tolist()), key=lambda item: item[1]):
        steps = [step for step, _ in group]
        if place != AWAY:
            found.append((steps[0], steps[-1], place))
    return found


def _when(words: Words, step: int) -> float:
    """Return when a step begins on an axis whose years are half a year wide on either side."""
    clock = words.compiled.clock
    return clock.start_year + (step - clock.start) / clock.per_year - 0.5


def _treatments(found: LifeHistory, world: str, words: Words) -> list[tuple[float, float]]:
    last = words.compiled.clock.end
    return [
        (_when(words, start), _when(words, last if end is None else end))
        for _, start, end in found.treatments.get(world, [])
    ]


def _parting(found: LifeHistory, arm: str) -> tuple[Moment, Moment] | None:
    """Return what happened without and with where the lives first went different ways."""
    by: dict[tuple[int, str], dict[str, Moment]] = {}
    for moment in found.moments:
        by.setdefault((moment.step, moment.track), {})[moment.arm] = moment
    for moments in by.values():
        one, other = moments.get(WITHOUT), moments.get(arm)
        if one and other and one.state == other.state and one.became != other.became:
            return one, other
    return None


def _chance(moment: Moment) -> float:
    return sum(risk.chance for risk in moment.risks)


def _became(moment: Moment, words: Words) -> str:
    if moment.became == moment.state:
        return t("it did not happen")
    if moment.became == GONE:
        return t("is no longer here")
    return t('it became "{state}"', state=words.state(moment.track, moment.became))
