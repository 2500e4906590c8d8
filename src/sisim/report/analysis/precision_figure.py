"""How sure the result is: the mean as replications are added, and how many more it takes."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sisim.analysis.measures import turning_point
from sisim.analysis.precision import FEWEST, Precision, precision
from sisim.economics.appraisal import BAND_FROM
from sisim.i18n import n_, t
from sisim.report.analysis.analysis_frame import (
    Subject,
    answer_canvas,
    scale_for,
    subtitle_of,
    ticks_up,
    undefined_canvas,
)
from sisim.report.formats import decimal
from sisim.report.labels import EndLabels
from sisim.report.style import BLUE, INK, MUTED, SKY, place, points, write


def course(values: np.ndarray) -> pd.DataFrame:
    """Return the mean and its interval after each replication.

    Columns: replications, value (of the last one), mean, low, high.
    """
    rows = []
    for n in range(1, len(values) + 1):
        one = precision(values[:n])
        known = one.defined >= FEWEST
        rows.append(
            {
                "replications": n,
                "value": values[n - 1],
                "mean": one.mean,
                "low": one.low if known else np.nan,
                "high": one.high if known else np.nan,
            }
        )
    return pd.DataFrame(rows)


def draw_precision(subject: Subject, values: np.ndarray, found: Precision) -> Figure:
    """Draw each replication, and the mean with its interval as they are added."""
    scale = scale_for(subject, values)
    title = t("How sure is the result?")
    if not found.defined:
        return undefined_canvas(subject, title, sentences(subject, found))
    notes = [
        t(
            "Dots: runs, with and without on the same people and luck. Band, from {n} runs on: 95% "
            "interval of their mean (Student's t).",
            n=BAND_FROM,
        ),
        *subject.undefined(found.undefined, found.replications),
        *subject.few_runs,
    ]
    figure = answer_canvas(subject, title, subtitle_of(subject, scale), notes)
    axes = place(figure, 110, 100, 850, 460)
    table = course(values)
    enough = table[table["value"].notna().cumsum() >= BAND_FROM]
    if len(enough):
        axes.fill_between(
            enough["replications"],
            enough["low"],
            enough["high"],
            color=SKY,
            alpha=0.35,
            linewidth=0,
            zorder=1,
        )
    axes.scatter(table["replications"], table["value"], s=points(8) ** 2, color=MUTED, zorder=2)
    axes.plot(table["replications"], table["mean"], color=BLUE, linewidth=points(3.5), zorder=3)
    axes.set_xlim(0.5, len(values) + 0.5)
    known, turn = values[np.isfinite(values)], turning_point(subject.measure)
    marked = known if turn is None else np.append(known, turn)
    low, high = float(marked.min()), float(marked.max())
    room = 0.1 * (high - low) or 1.0
    flat = low == high
    below, above = (0 if end == turn and not flat else room for end in (low, high))
    axes.set_ylim(low - below, high + above)
    if turn is not None:
        axes.axhline(turn, color=INK, linewidth=points(1.5))
    ticks_up(axes, 6, scale)
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    text = scale.text(found.mean)
    if np.isfinite(found.half_width):
        text = f"{text} ± {scale.margin(found.half_width)}"
    ends = EndLabels(axes)
    ends.add(found.mean, text, color=BLUE, bold=True)
    ends.settle()
    write(figure, 960, 604, t("Runs →"), align="right", color=MUTED)
    return figure


def sentences(subject: Subject, found: Precision) -> list[str]:
    """Return how sure the result is, and what it takes to be as sure as is wished."""
    wished = found.wished
    scale = scale_for(subject, [found.mean, *([] if wished is None else [wished])])
    what, undefined = subject.what(), subject.undefined(found.undefined, found.replications)
    if not found.defined:
        return undefined
    mean = scale.said(found.mean)
    if not np.isfinite(found.half_width):
        return [
            t(
                "{what} is {mean} in one run, which cannot tell how sure it is.",
                what=what,
                mean=mean,
            ),
            *undefined,
        ]
    lines = [
        t(
            "{what} is {mean} ± {half} (95%, {runs}).",
            what=what,
            runs=n_("{n} run", "{n} runs", found.defined),
            mean=mean,
            half=scale.margin(found.half_width),
        ),
        *undefined,
    ]
    if wished is not None and found.reached:
        lines.append(t("That is as sure as was wished (± {n}).", n=scale.margin(wished)))
    elif wished is not None and found.needed is not None:
        lines.append(
            t(
                "To be sure to ± {n} takes {runs} in all: {more} more.",
                n=scale.margin(wished),
                runs=n_("{n} run", "{n} runs", found.needed),
                more=decimal(found.more or 0),
            )
        )
    return lines
