"""How many are needed for an evaluation, and what it is worth: in words and in pictures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sisim.evaluation.study import EvaluationStudy
from sisim.i18n import t
from sisim.report.analysis.analysis_frame import (
    Subject,
    answer_chart,
    records,
    row_axis,
    share_axis,
    with_room,
)
from sisim.report.analysis.evaluation_report import worse_than_none
from sisim.report.chart.chart import (
    Axis,
    Bars,
    Chart,
    Column,
    Dash,
    Key,
    Line,
    Mark,
    Panel,
    Rule,
    Word,
    value_axis,
)
from sisim.report.chart.matplotlib_painter import paint
from sisim.report.economics.cost_effectiveness_plane import HUES
from sisim.report.formats import money, unit_for

ENOUGH = 0.8
"""Power that is usually asked for."""
STILL_WRONG = 0.25
"""From this share of wrong decisions on, with the most municipalities, it is told."""
OF = 50
"""Studies that a reader thinks of."""
LOSS = "#D55E00"


def how_many_sentences(study: EvaluationStudy, table: pd.DataFrame) -> Iterator[str]:
    """Yield from how many municipalities on each evaluation finds the effect.

    Args:
        study: What came out.
        table: See `EvaluationStudy.pooled`.
    """
    for label, most, enough in _found(study, table, "municipalities"):
        if enough is None:
            yield t(
                "{label}: not even {k} municipalities together would find the effect in four of "
                "five studies.",
                label=label,
                k=most,
            )
        elif enough == 1:
            yield t(
                "{label}: a single municipality finds the effect in four of five studies.",
                label=label,
            )
        else:
            yield t(
                "{label}: the effect is found in four of five studies with {k} municipalities "
                "together, not with fewer of those tried.",
                label=label,
                k=enough,
            )
    yield from _near(study, table, "municipalities")
    most = int(table["municipalities"].max())
    alone = {(one.design, one.world): one for one in records(study.designs)}
    for row in records(table[(table["municipalities"] == most) & (most > 1)]):
        wrong = row.stops_good if row.world == "effect" else row.carries_on_bad
        own = alone[row.design, row.world]
        biased = abs(own.bias) > 2 * own.bias_mcse
        if biased and wrong >= STILL_WRONG:
            yield _unmended(study.scenario.evaluations[row.design].label.text, row, most, wrong)


def _unmended(label: str, row: Any, most: int, wrong: float) -> str:
    share = t("{n} of {of}", n=round(OF * wrong), of=OF)
    if row.world == "effect":
        return t(
            "{label}: with {k} municipalities together {share} such studies still close down "
            "wrongly. More people do not mend a biased comparison.",
            label=label,
            k=most,
            share=share,
        )
    return t(
        "{label}: with {k} municipalities together {share} such studies still carry on with "
        "what has no effect. More people do not mend a biased comparison.",
        label=label,
        k=most,
        share=share,
    )


def size_sentences(study: EvaluationStudy, designs: pd.DataFrame) -> Iterator[str]:
    """Yield with how many people a year each evaluation finds the effect.

    Args:
        study: What came out with one of the sizes.
        designs: The designs of all sizes, with `per_year`.
    """
    for label, most, enough in _found(study, designs, "per_year"):
        if enough is None:
            yield t(
                "{label}: not even with {n} a year is the effect found in four of five "
                "municipalities.",
                label=label,
                n=most,
            )
        else:
            yield t(
                "{label}: the effect is found in four of five municipalities with {n} a year, not "
                "with fewer of those tried.",
                label=label,
                n=enough,
            )
    yield from _near(study, designs, "per_year")


def _near(study: EvaluationStudy, table: pd.DataFrame, along: str) -> Iterator[str]:
    """Yield for which evaluations chance in the runs decides from which number it is enough."""
    effect = table[(table["world"] == "effect") & table["power"].notna()]
    for name, mine in effect.groupby("design", sort=False):
        finds = _finds(mine)
        error = np.maximum(mine["power_mcse"], 1 / mine["draws"])
        unsure = mine.loc[(finds - ENOUGH).abs() < 2 * error, along]
        if len(unsure):
            yield t(
                "{label}: with {numbers} it is too near four of five for these runs to tell: ask "
                "for more (--draws).",
                label=study.scenario.evaluations[str(name)].label.text,
                numbers=", ".join(f"{one:.0f}" for one in unsure),
            )


def _found(
    study: EvaluationStudy, table: pd.DataFrame, along: str
) -> Iterator[tuple[str, int, int | None]]:
    """Yield each evaluation's label, the most that was tried, and the least that is enough."""
    effect = table[(table["world"] == "effect") & table["power"].notna()]
    for name, mine in effect.groupby("design", sort=False):
        spec = study.scenario.evaluations[str(name)]
        enough = mine.loc[_finds(mine) >= ENOUGH, along]
        yield spec.label.text, int(mine[along].max()), int(enough.min()) if len(enough) else None


def _finds(table: pd.DataFrame) -> pd.Series:
    """Return how often an effect is found: significant, and not of the wrong sign."""
    return table["power"] * (1 - table["wrong_sign"].fillna(0.0))


def draw_how_many(subject: Subject, study: EvaluationStudy, table: pd.DataFrame) -> Figure:
    """Draw `how_many_chart`."""
    return paint(how_many_chart(subject, study, table))


def how_many_chart(subject: Subject, study: EvaluationStudy, table: pd.DataFrame) -> Chart:
    """Return power and wrong decisions by how many municipalities evaluate together.

    Args:
        subject: What is asked of which scenario.
        study: What came out.
        table: See `EvaluationStudy.pooled`.
    """
    return _scale_chart(
        subject,
        study,
        table,
        "municipalities",
        t("Share of studies, by how many municipalities join"),
        t("To the right: how many municipalities evaluate together, as one study."),
    )


def draw_by_size(subject: Subject, study: EvaluationStudy, designs: pd.DataFrame) -> Figure:
    """Draw `by_size_chart`."""
    return paint(by_size_chart(subject, study, designs))


def by_size_chart(subject: Subject, study: EvaluationStudy, designs: pd.DataFrame) -> Chart:
    """Return power and wrong decisions by how many people a year take part.

    Args:
        subject: What is asked of which scenario.
        study: What came out with one of the sizes.
        designs: The designs of all sizes, with `per_year`.
    """
    return _scale_chart(
        subject,
        study,
        designs,
        "per_year",
        t("Share of municipalities, by how many people a year take part"),
        t("To the right: how many people a year take part."),
    )


def _scale_chart(
    subject: Subject,
    study: EvaluationStudy,
    table: pd.DataFrame,
    along: str,
    subtitle: str,
    note: str,
) -> Chart:
    table = table.assign(found=_finds(table))
    numbers = sorted(int(one) for one in table[along].unique())
    panels = [
        _panel(table, along, numbers, "found", "effect", t("Finds the effect")),
        _panel(table, along, numbers, "stops_good", "effect", t("Closes down wrongly")),
        _panel(table, along, numbers, "carries_on_bad", "none", t("Carries on in vain")),
    ]
    shown = [panel for panel in panels if panel is not None]
    notes = [note, t("Dashed: found in four of five.")]
    names = _told(table)
    key = tuple(
        Key(_hue(number), study.scenario.evaluations[name].label.text, line=_dash(number))
        for number, name in enumerate(names)
    )
    columns = [
        Column((panel,), key=key if not number else (), ends=20.0)
        for number, panel in enumerate(shown)
    ]
    return answer_chart(
        subject, t("How many are needed?"), subtitle, columns, notes, discounted=False
    )


def _told(table: pd.DataFrame) -> list[str]:
    """Return the evaluations that say anything."""
    return list(dict.fromkeys(table.loc[table["power"].notna(), "design"]))


def _hue(number: int) -> str:
    return HUES[number % len(HUES)]


def _dash(number: int) -> Dash:
    return ("solid", "dotted", "dashdot")[(number // len(HUES)) % 3]


def _panel(
    table: pd.DataFrame,
    along: str,
    numbers: Sequence[int],
    measure: str,
    world: str,
    title: str,
) -> Panel | None:
    """Return the lines of one measure, a line per evaluation; None where it is not known."""
    marks: list[Mark] = []
    for number, name in enumerate(_told(table)):
        mine = table[(table["design"] == name) & (table["world"] == world)]
        mine = mine[np.isfinite(mine[measure].to_numpy(float))]
        if not len(mine):
            continue
        at = np.array([numbers.index(one) for one in mine[along]], float)
        shares = mine[measure].to_numpy(float)
        marks.append(Line(name, at, shares, "", "", _hue(number), 3.0, _dash(number), markers=True))
    if not marks:
        return None
    if measure == "found":
        marks.append(Rule("enough", ENOUGH, "x", "muted", 1.5, "dashed"))
    ticks = tuple((float(place), f"{one}") for place, one in enumerate(numbers))
    x = Axis(-0.3, len(numbers) - 0.7, ticks)
    return Panel(measure, x, share_axis(-0.02, 1.02), tuple(marks), title)


def worth_known(study: EvaluationStudy) -> bool:
    """Return whether it is known of any evaluation what it is worth to decide by it."""
    return bool(study.designs["value_of_rule"].notna().any())


def draw_worth(subject: Subject, study: EvaluationStudy) -> Figure:
    """Draw `worth_chart`."""
    return paint(worth_chart(subject, study))


def worth_chart(subject: Subject, study: EvaluationStudy) -> Chart:
    """Return what it is worth to decide by each evaluation, less what it costs.

    Args:
        subject: What is asked of which scenario.
        study: What came out, some of whose evaluations have a known worth.
    """
    designs = study.designs
    known = designs[(designs["world"] == "effect") & designs["value_of_rule"].notna()]
    rows = list(records(known))
    values = np.array([row.net_worth for row in rows])
    unit = unit_for(float(np.abs(values).max()))
    texts = [
        t("{net}: worse than no evaluation", net=money(row.net_worth))
        if worse_than_none(row.net_worth)
        else money(row.net_worth)
        for row in rows
    ]
    marks: list[Mark] = []
    for place, (row, text) in enumerate(zip(rows, texts, strict=True)):
        at, value = np.array([-float(place)]), float(row.net_worth)
        ends = np.array([min(value, 0.0)]), np.array([max(value, 0.0)])
        bad = worse_than_none(value)
        color = LOSS if bad else "with"
        marks.append(Bars(row.design, at, *ends, color, 0.55, hatched=bad, across=True))
        marks.append(Word(f"said-{place}", text, max(value, 0.0), -float(place), shift=(8.0, 0.0)))
    low, high = with_room(min(float(values.min()), 0.0), max(float(values.max()), 0.0), after=texts)
    marks.append(Rule("nothing", 0.0, "y", "ink", 1.0))
    labels = [
        (
            study.scenario.evaluations[row.design].label.text,
            t(
                "worth {worth}, costs {cost}",
                worth=money(row.value_of_rule),
                cost=money(row.cost),
            ),
        )
        for row in rows
    ]
    panel = Panel("worth", value_axis(low, high, 5, unit.size), row_axis(labels), tuple(marks))
    notes = [
        t(
            "The worth of an evaluation is that of better decisions over the range of the effect, "
            "beside deciding now; its own cost is taken off."
        )
    ]
    subtitle = t("Value of deciding by the evaluation less its cost, {unit}", unit=unit.label())
    return answer_chart(subject, t("What is it worth?"), subtitle, [Column((panel,))], notes)
