"""How sure the result is: the mean as replications are added, and how many more it takes."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sisim.analysis.precision import FEWEST, Precision, precision
from sisim.i18n import t
from sisim.report.analysis.analysis_frame import (
    Subject,
    answer_canvas,
    lower,
    scale_for,
    subtitle_of,
)
from sisim.report.formats import decimal
from sisim.report.labels import EndLabels
from sisim.report.style import BLUE, INK, MUTED, SKY, place, points, scale_ticks, write


def course(values: np.ndarray) -> pd.DataFrame:
    """Return the mean and its interval after each replication.

    Columns: replications, value (of the last one), mean, low, high.
    """
    rows = []
    for n in range(1, len(values) + 1):
        one = precision(values[:n])
        known = n >= FEWEST
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
    notes = [
        t(
            "Dots: runs, with and without on the same people and luck. Band: 95% interval of "
            "their mean (Student's t)."
        )
    ]
    title = t("How sure is the result?")
    figure = answer_canvas(subject, title, subtitle_of(subject, scale), notes)
    axes = place(figure, 110, 100, 850, 460)
    table = course(values)
    axes.fill_between(
        table["replications"],
        table["low"],
        table["high"],
        color=SKY,
        alpha=0.35,
        linewidth=0,
        zorder=1,
    )
    axes.scatter(table["replications"], table["value"], s=points(8) ** 2, color=MUTED, zorder=2)
    axes.plot(table["replications"], table["mean"], color=BLUE, linewidth=points(3.5), zorder=3)
    axes.set_xlim(0.5, len(values) + 0.5)
    low, high = min(0.0, float(values.min())), max(0.0, float(values.max()))
    room = 0.1 * (high - low) or 1.0
    axes.set_ylim(low - (room if low < 0 else 0), high + (room if high > 0 else 0))
    axes.axhline(0, color=INK, linewidth=points(1.5))
    scale_ticks(axes, 6, scale.size)
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    text = scale.text(found.mean)
    if np.isfinite(found.half_width):
        text = f"{text} ± {scale.text(found.half_width)}"
    ends = EndLabels(axes)
    ends.add(found.mean, text, color=BLUE, bold=True)
    ends.settle()
    write(figure, 960, 604, t("Runs →"), align="right", color=MUTED)
    return figure


def sentences(subject: Subject, found: Precision) -> list[str]:
    """Return how sure the result is, and what it takes to be as sure as is wished."""
    wished = found.wished
    scale = scale_for(subject, [found.mean, *([] if wished is None else [wished])])
    what = f"{subject.arm_label()}: {lower(subject.label())}"
    count = decimal(found.replications)
    if not np.isfinite(found.half_width):
        return [
            t(
                "{what} is {mean} in one run, which cannot tell how sure it is.",
                what=what,
                mean=scale.said(found.mean),
            )
        ]
    mean, half = (scale.said(value) for value in (found.mean, found.half_width))
    lines = [
        t("{what} is {mean} ± {half} (95%, {n} runs).", what=what, n=count, mean=mean, half=half)
    ]
    if wished is not None and found.reached:
        lines.append(t("That is as sure as was wished (± {n}).", n=scale.said(wished)))
    elif wished is not None and found.needed is not None:
        lines.append(
            t(
                "To be sure to ± {n} takes {all} runs in all: {more} more.",
                n=scale.said(wished),
                all=decimal(found.needed),
                more=decimal(found.more or 0),
            )
        )
    return lines
