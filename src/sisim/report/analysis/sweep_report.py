"""What a sweep ends with: a picture of every combination of levers, and a sentence about them."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sisim.analysis.measures import NPV
from sisim.analysis.sweep import Study
from sisim.economics.appraisal import BAND_FROM
from sisim.engine.counts import WITHOUT
from sisim.i18n import n_, number, t
from sisim.report.analysis.analysis_frame import (
    Subject,
    answer_chart,
    measure_axis,
    row_axis,
    scale_for,
    subtitle_of,
    undefined_chart,
    with_room,
)
from sisim.report.analysis.assumption_words import Assumptions
from sisim.report.analysis.key_words import KeyWords
from sisim.report.chart.chart import Chart, Column, Key, Mark, Panel, Points, Rule
from sisim.report.chart.matplotlib_painter import paint
from sisim.report.formats import decimal
from sisim.report.replication_words import few_runs

MOST_DRAWN = 20
"""Combinations in a picture; of more, those with the highest and the lowest results."""


def outcomes_asked(study: Study) -> list[str]:
    """Return the outcomes that are no yearly parts of others, in the order of the file.

    Where the file leaves it open, what the investment is worth comes first.
    """
    wanted = study.experiment.outcomes
    found = [name for name in study.plan.outcomes if not name.rpartition(".")[2].isdigit()]

    def asked(name: str) -> list[bool]:
        return [*(fnmatchcase(name, one) for one in wanted), name == NPV]

    found.sort(key=asked, reverse=True)
    return found


def lever_label(study: Study, key: str) -> str:
    """Return what a lever is called: what it changes first, and how much more."""
    first, *more = study.experiment.paths(key)
    name = Assumptions(study.plan.scenario).name(first)
    if not more:
        return name
    return n_("{first}, and 1 number more", "{first}, and {n} numbers more", len(more), first=name)


def lever_values(study: Study, path: str, values: Any) -> list[Any]:
    """Return the values of a lever as a reader calls them; numbers stay numbers."""
    words, field = KeyWords(study.plan.scenario), path.rpartition(".")[2]
    return [words.value(field, one) if isinstance(one, str | bool) else one for one in values]


def draw_sweep(study: Study, spread: pd.DataFrame) -> Figure:
    """Draw `sweep_chart`."""
    return paint(sweep_chart(study, spread))


def sweep_chart(study: Study, spread: pd.DataFrame) -> Chart:
    """Return each combination of levers in a row: the mean, and where nine runs of ten lie.

    Args:
        study: What was run.
        spread: See `Study.spread`; of the first outcome that the file asks for.
    """
    arms = [arm for arm in dict.fromkeys(spread["arm"]) if arm != WITHOUT]
    name = outcomes_asked(study)[0]
    own = spread[spread["arm"] != WITHOUT]
    subject = Subject(study.scenario, _seeds(study), arms[0] if arms else WITHOUT, name)
    title, said = t("Every combination of levers"), sweep_sentences(study, spread)
    if own[f"{name}_mean"].isna().all():
        return undefined_chart(subject, title, said)
    shown = _drawn(own, name)
    names = [_combination(study, own, choice) for choice in shown]
    values = own.loc[own["choice"].isin(shown), [f"{name}_{end}" for end in ("low", "high")]]
    scale = scale_for(subject, own[f"{name}_mean"].to_numpy())
    turn = [subject.turn] if subject.turn is not None else []
    ends = [*values.to_numpy(float).ravel(), *turn]
    low, high = with_room(float(np.nanmin(ends)), float(np.nanmax(ends)))
    columns: list[Column] = []
    for arm in arms:
        some = own[own["arm"] == arm].set_index("choice").loc[shown]
        rows = row_axis(names)
        marks = tuple(_marks(some, name, subject.turn))
        title_of = subject.arm_label(arm) if len(arms) > 1 else ""
        axis = measure_axis(scale, low, high, 4 if len(arms) > 1 else 6)
        drawn = t("mean, and four runs of five") if _many(own) else t("mean")
        key = () if columns else (Key("with", drawn, shape="circle"),)
        columns.append(Column((Panel(f"sweep-{arm}", axis, rows, marks, title_of),), key=key))
    notes = []
    if len(shown) < own["choice"].nunique():
        notes.append(
            t(
                "Of {of} combinations, those with the highest and the lowest results are drawn.",
                of=number(own["choice"].nunique()),
            )
        )
    subtitle = subtitle_of(subject, scale) if len(arms) == 1 else subject.label()
    unit = f", {scale.unit}" if len(arms) > 1 and scale.unit else ""
    # Where levers move how money counts, nothing can be said of all rows.
    alike = not any(path.startswith("economy.") for path in study.experiment.chosen)
    return answer_chart(subject, title, f"{subtitle}{unit}", columns, notes, discounted=alike)


def _seeds(study: Study) -> tuple[int, ...]:
    return tuple(range(study.plan.seed, study.plan.seed + study.plan.replications))


def sweep_sentences(study: Study, spread: pd.DataFrame) -> list[str]:
    """Return where the first outcome is highest and lowest, and how often it is worth it."""
    name = outcomes_asked(study)[0]
    lines = []
    for arm in [one for one in dict.fromkeys(spread["arm"]) if one != WITHOUT]:
        subject = Subject(study.scenario, (), arm, name)
        own = spread[(spread["arm"] == arm) & spread[f"{name}_mean"].notna()]
        if own.empty:
            lines += subject.undefined(study.finished, study.finished)
            continue
        scale = scale_for(subject, own[f"{name}_mean"].to_numpy())
        best, worst = (own.loc[own[f"{name}_mean"].agg(end)] for end in ("idxmax", "idxmin"))
        told = {
            "what": subject.what(),
            "most": scale.said(best[f"{name}_mean"]),
            "where": ", ".join(_combination(study, spread, int(best["choice"]))),
            "least": scale.said(worst[f"{name}_mean"]),
            "other": ", ".join(_combination(study, spread, int(worst["choice"]))),
        }
        if len(own) == 1:
            lines.append(t("{what}: {most} on average.", what=told["what"], most=told["most"]))
        else:
            lines.append(
                t(
                    "{what} is highest, {most} on average, with {where}, and lowest, {least}, with "
                    "{other}.",
                    **told,
                )
            )
        if len(own) > 1 and _many(own) and subject.turn is not None and name != "payback_year":
            carried = int((own[f"{name}_low"] > subject.turn).sum())
            lines.append(
                t(
                    "In {carried} of {of} combinations it is above {turn} in at least nine runs of "
                    "ten.",
                    carried=number(carried),
                    of=number(len(own)),
                    turn=subject.turn_words(),
                )
            )
    return [*lines, *few_runs(int(spread["runs"].min()))]


def _many(spread: pd.DataFrame) -> bool:
    """Return whether there are runs enough to show how they are spread."""
    return int(spread["runs"].min()) >= BAND_FROM


def _drawn(own: pd.DataFrame, name: str) -> list[int]:
    """Return the combinations that are drawn, in the order of the file."""
    means = own.groupby("choice")[f"{name}_mean"].mean().dropna().sort_values()
    if len(means) > MOST_DRAWN:
        means = pd.concat([means.head(MOST_DRAWN // 2), means.tail(MOST_DRAWN // 2)])
    return sorted(int(choice) for choice in means.index)


def _combination(study: Study, spread: pd.DataFrame, choice: int) -> tuple[str, str]:
    """Return the levers of a combination with their values: the first, and the others."""
    row = spread[spread["choice"] == choice].iloc[0]
    said = []
    for key in study.experiment.levers:
        path = study.experiment.paths(key)[0]
        (value,) = lever_values(study, path, [row[path]])
        text = value if isinstance(value, str) else decimal(float(value), _decimals(float(value)))
        said.append(f"{lever_label(study, key)} {text}")
    first, *others = said or [t("as in the file")]
    return first, ", ".join(others)


def _decimals(value: float) -> int:
    return len(f"{value:.6g}".partition(".")[2])


def _marks(some: pd.DataFrame, name: str, turn: float | None) -> Iterator[Mark]:
    """Yield an interval and a mean in each row."""
    if turn is not None:
        yield Rule("turn", turn, "y", "rule", 1.5)
    ends = some[[f"{name}_{end}" for end in ("low", "mean", "high")]].to_numpy(float)
    for place, (low, mean, high) in enumerate(ends):
        if mean != mean:
            continue
        y = -float(place)
        if _many(some):
            yield Rule(f"range-{place}", y, "x", "with", 4.0, ends=(low, high))
        yield Points(f"mean-{place}", np.array([mean]), np.array([y]), "with", 13.0)
