"""Spread between municipalities: who has started by when, and what it comes to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from matplotlib.figure import Figure

from sisim.analysis.diffusion import PARTICIPANTS, RANGE, Diffusion, Way
from sisim.analysis.measures import NPV
from sisim.evaluation.credible_spread import EvaluatedPower
from sisim.i18n import t
from sisim.report.analysis.analysis_frame import (
    Subject,
    answer_chart,
    records,
    row_axis,
    share_axis,
    with_room,
)
from sisim.report.chart.chart import (
    Axis,
    Bars,
    Chart,
    Column,
    FilledArea,
    Key,
    Line,
    Mark,
    Panel,
    Rule,
    Word,
    even_years,
    value_axis,
)
from sisim.report.chart.matplotlib_painter import paint
from sisim.report.formats import (
    Unit,
    decimal,
    listing,
    lower,
    money,
    percentage_points,
    quoted,
    share_of,
    unit_for,
)
from sisim.scenario.scenario import Scenario

HUE: dict[Way, str] = {"alone": "with", "support": "lower", "programme": "#B34700"}
SPREAD = "cost.spread"
MANY = 100
"""Of so many units and more no decimals are told."""


def draw_spread(found: Diffusion) -> Figure:
    """Draw `spread_chart`."""
    return paint(spread_chart(found))


def _subject(found: Diffusion) -> Subject:
    return Subject(found.scenario, found.seeds, found.arm, NPV)


def spread_chart(found: Diffusion) -> Chart:
    """Return the share of municipalities that have started, and what each purse pays in all."""
    spec = found.spec
    key = tuple(Key(HUE[way], way_label(way)) for way in found.begun)
    started = t("Share of municipalities that have started")
    paid = t("What each purse pays more, year 1 to {years}", years=spec.years)
    columns = [
        Column((_curves(found),), started, key=key, share=1.15),
        Column((_purses(found),), paid),
    ]
    notes = [
        t("Bands: four of five runs."),
        t(
            "Each starter gains what the simulated municipality does, by its residents and from "
            "the year in which it starts. Fixed prices, {level}, not discounted.",
            level=found.scenario.economy.price_level,
        ),
        *([_made_up(found)] if found.places.made_up else []),
    ]
    return answer_chart(
        _subject(found),
        t("How it may spread, if p and q are what is assumed (no Swedish estimate)"),
        t(
            "p = {p}, q = {q}: assumed; {what}, municipalities: {n}",
            p=_plain(spec.p.value),
            q=_plain(spec.q.value),
            what=found.scenario.arms[found.arm].label.text,
            n=len(found.places.names),
        ),
        columns,
        notes,
        discounted=False,
    )


def _curves(found: Diffusion) -> Panel:
    marks: list[Mark] = []
    years = found.spec.years
    for way, own in found.adoption.groupby("way", sort=False):
        at = np.concatenate([[0.0], own["year"].to_numpy(float)])
        low, high, mean = (
            np.concatenate([[0.0], own[name].to_numpy(float)]) for name in ("low", "high", "share")
        )
        color = HUE[_way(way)]
        marks.append(FilledArea(f"{way}-band", at, low, high, color, opacity=0.18))
        marks.append(Line(f"{way}", at, mean, color=color, width=3.5))
    ticks = tuple((float(y), str(y)) for y in even_years(0, years, 6))
    title = t("To the right: years since the first could start")
    return Panel(
        "adoption", Axis(0.0, float(years), ticks), share_axis(0.0, 1.0), tuple(marks), title
    )


def _way(name: object) -> Way:
    return next(way for way in HUE if way == name)


def _purses(found: Diffusion) -> Panel:
    """Return bars of what each purse pays more, and all together, a colour for each way."""
    purses = [*payers(found), *([SPREAD] if _furthered(found) else [])]
    sums = {(way, p): float(found.sums[way, p].mean()) for way in found.begun for p in purses}
    for way in found.begun:
        sums[way, "all"] = sum(sums[way, p] for p in purses)
    unit = _unit(max(map(abs, sums.values())))
    rows = [(payer_label(found, p), "") for p in [*purses, "all"]]
    wide = 0.7 / len(found.begun)
    marks: list[Mark] = []
    for place, purse in enumerate([*purses, "all"]):
        for number, way in enumerate(found.begun):
            value = sums[way, purse]
            at = -place + 0.35 - wide * (number + 0.5)
            ends = [min(value, 0.0)], [max(value, 0.0)]
            marks.append(Bars(f"{way}-{purse}", [at], *ends, HUE[way], 0.85 * wide, across=True))
            said = decimal(value / unit.size, unit.digits)
            to_the_left = value < 0
            marks.append(
                Word(
                    f"{way}-{purse}-said",
                    said,
                    value,
                    at,
                    "right" if to_the_left else "left",
                    (-6.0 if to_the_left else 6.0, 0.0),
                    fine=True,
                )
            )
    marks.append(Rule("nothing", 0.0, "y", "ink", 1.0))
    axis = _purse_axis(list(sums.values()), unit)
    return Panel("purses", axis, row_axis(rows), tuple(marks), unit.label())


def _purse_axis(sums: Sequence[float], unit: Unit) -> Axis:
    """Return an axis of amounts with room for what is told of each, beyond the end of its bar."""
    low, high = min(0.0, *sums), max(0.0, *sums)
    said = [(value < 0, decimal(value / unit.size, unit.digits)) for value in sums]
    before, after = ([text for less, text in said if less is side] for side in (True, False))
    left, right = with_room(low, high, before, after)
    # The panel is half as wide as one of bars alone.
    return value_axis(2 * left - low, 2 * right - high, 3, unit.size)


def _unit(amount: float) -> Unit:
    """Return the unit of an amount of a whole country: of a hundred and more no decimals."""
    unit = unit_for(amount)
    return replace(unit, digits=0) if abs(amount) >= MANY * unit.size else unit


def payers(found: Diffusion) -> list[str]:
    """Return the purses that are affected."""
    return [name for name in found.course.amounts if name.startswith("cost.")]


def _furthered(found: Diffusion) -> bool:
    return any(found.sums[way, SPREAD].any() for way in found.begun)


def payer_label(found: Diffusion, what: str) -> str:
    """Return whose purse it is."""
    if what == "all":
        return t("All together")
    if what == SPREAD:
        return t("Support and programme")
    return found.scenario.payer_label(what.removeprefix("cost.")).text


def way_label(way: Way) -> str:
    """Return what a way to spread is called."""
    return {
        "alone": t("As things are"),
        "support": t("With support of capacity"),
        "programme": t("With a national programme"),
    }[way]


def _made_up(found: Diffusion) -> str:
    return t(
        "The {n} municipalities are made up, with as many large and small ones as is assumed: give "
        "your own with --municipalities.",
        n=len(found.places.names),
    )


def sentences(found: Diffusion) -> Iterator[str]:
    """Yield how fast it spreads, what it comes to, and what that rests on."""
    spec = found.spec
    yield t(
        "p and q are assumptions: no Swedish estimate of either has been found. What follows says "
        "how much hangs on them, not how fast it will spread."
    )
    if found.places.made_up:
        yield _made_up(found)
    table = found.adoption
    for way in found.begun:
        years = {year for year in (5, 10, spec.years) if year <= spec.years}
        parts = [
            t(
                "{share} after year {year} (four of five runs: {low}–{high})",
                share=share_of(row.share),
                year=row.year,
                low=share_of(row.low),
                high=share_of(row.high),
            )
            for row in records(table[(table["way"] == way) & table["year"].isin(years)])
        ]
        yield t("{way}: started have {parts}.", way=way_label(way), parts=listing(parts))
    if spec.stages:
        yield from (_on_the_way(found, way) for way in found.begun)
    for way in found.begun:
        yield _sum(found, way)
    yield from _against(found)


def power_sentence(scenario: Scenario, found: EvaluatedPower) -> str:
    """Return how often others see what has been started, and from what that is read."""
    return t(
        "What has been started is seen as often as {label} finds the effect: in {power} of {n} "
        "simulated municipalities (± {margin}).",
        label=quoted(scenario.evaluations[found.evaluation].label.text),
        power=share_of(found.power),
        n=found.municipalities,
        margin=percentage_points(decimal(200 * found.error)),
    )


def _on_the_way(found: Diffusion, way: Way) -> str:
    table, stages = found.stages, found.spec.stages
    parts = [
        t(
            "{stage} {n}",
            stage=lower(stages[row.stage].label.text) if row.stage else t("starts"),
            n=decimal(row.municipalities),
        )
        for row in records(table[table["way"] == way])
    ]
    return t(
        "{way}, municipalities that come so far, year 1 to {years}: {parts}.",
        way=way_label(way),
        years=found.spec.years,
        parts=listing(parts),
    )


def _sum(found: Diffusion, way: Way) -> str:
    sums = found.sums
    outcomes = list[str]()
    for name, measure in found.scenario.outcomes.items():
        values = {"what": lower(measure.label.text), "n": _signed(sums[way, f"outcome.{name}"])}
        stock = measure.count == "stock"
        outcomes.append(
            t("{what} {n} (person-years)", **values) if stock else t("{what} {n}", **values)
        )
    total = sum(sums[way, p] for p in [*payers(found), SPREAD])
    text = t(
        "{way}, year 1 to {years}: {participants} take part in {n} municipality-years. {costs}",
        way=way_label(way),
        years=found.spec.years,
        participants=decimal(float(sums[way, PARTICIPANTS].mean())),
        n=decimal(float(sums[way, "municipality_years"].mean())),
        costs=_costs(np.asarray(total)),
    )
    if outcomes:
        text += " " + t("Compared with none: {outcomes}.", outcomes="; ".join(outcomes))
    return text


def _costs(total: np.ndarray) -> str:
    mean, (low, high) = float(total.mean()), map(float, np.quantile(total, RANGE))
    unit = _unit(max(abs(mean), abs(low), abs(high)))
    if mean > 0:
        return t(
            "Together all pay {n} more (four of five runs: {low} to {high}).",
            n=money(mean, unit),
            low=money(low, unit),
            high=money(high, unit),
        )
    return t(
        "Together all pay {n} less (four of five runs: {low} to {high}).",
        n=money(-mean, unit),
        low=money(-high, unit),
        high=money(-low, unit),
    )


def _against(found: Diffusion) -> Iterator[str]:
    """Yield capacity against a programme, over all that comes, where the runs tell it."""
    if not {"support", "programme"} <= set(found.begun):
        return
    gap = found.sums["support", PARTICIPANTS] - found.sums["programme", PARTICIPANTS]
    told = abs(float(gap.mean())) > 2 * float(gap.std(ddof=1)) / len(gap) ** 0.5
    if not told:
        yield t("Which of support and programme helps more, these runs do not tell.")
        return
    yield t(
        "Over all investments like this one ({n} in all), {better} reaches {more} more "
        "participants than {other}.",
        n=found.spec.coming,
        better=t("support of capacity") if gap.mean() > 0 else t("a programme for the first"),
        other=t("a programme for the first") if gap.mean() > 0 else t("support of capacity"),
        more=decimal(abs(float(gap.mean()))),
    )


def _signed(runs: np.ndarray) -> str:
    value = float(runs.mean())
    text = decimal(value)
    return f"+{text}" if value > 0 and text != "0" else text


def _plain(value: float) -> str:
    """Return a number with the decimals that it has."""
    return decimal(value, len(f"{value:.6g}".partition(".")[2]))
