"""How sure the result is: the mean as replications are added, and how many more it takes."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sisim.analysis.precision import FEWEST, Precision, precision
from sisim.economics.appraisal import BAND_FROM
from sisim.i18n import n_, t
from sisim.report.analysis.analysis_frame import (
    Subject,
    answer_chart,
    between_ends,
    measure_axis,
    scale_for,
    subtitle_of,
    undefined_chart,
)
from sisim.report.chart.chart import (
    Chart,
    Column,
    FilledArea,
    Key,
    Line,
    Mark,
    Panel,
    Points,
    Rule,
    year_axis,
)
from sisim.report.chart.matplotlib_painter import paint
from sisim.report.formats import decimal


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
    """Draw `precision_chart`."""
    return paint(precision_chart(subject, values, found))


def precision_chart(subject: Subject, values: np.ndarray, found: Precision) -> Chart:
    """Return each replication, and the mean with its interval as they are added."""
    title = t("How sure is the result?")
    if not found.defined:
        return undefined_chart(subject, title, sentences(subject, found))
    scale, table, turn = scale_for(subject, values), course(values), subject.turn
    enough = table[table["value"].notna().cumsum() >= BAND_FROM]
    runs = table["replications"].to_numpy()
    text = scale.said(found.mean)
    if len(enough) and np.isfinite(found.half_width):
        text = f"{text} ± {scale.margin(found.half_width)}"
    x, low, high = (enough[name].to_numpy(float) for name in ("replications", "low", "high"))
    marks: list[Mark] = [
        FilledArea("band", x, low, high, "with"),
        Points("runs", runs, table["value"].to_numpy(), "muted", 9.0),
        Line("mean", runs, table["mean"].to_numpy(), text, "", "with", 3.5, bold=True),
    ]
    if turn is not None:
        marks.insert(0, Rule("turn", turn, "x", "ink", 1.5))
    known = values[np.isfinite(values)]
    marked = known if turn is None else np.append(known, turn)
    axis = measure_axis(scale, *between_ends(float(marked.min()), float(marked.max())))
    panel = Panel("runs", year_axis(runs, 12), axis, tuple(marks))
    key = (
        Key("muted", t("a run"), shape="circle"),
        Key("with", t("their mean so far"), line="solid"),
    )
    after = t("To the right: the number of runs.")
    column = Column((panel,), key=key, after=after, ends=270.0)
    notes = [
        t(
            "Dots: runs, with and without on the same people and luck. Band, from {n} runs on: 95% "
            "interval of their mean (Student's t).",
            n=BAND_FROM,
        ),
        *subject.undefined(found.undefined, found.replications),
        *subject.few_runs,
    ]
    return answer_chart(subject, title, subtitle_of(subject, scale), [column], notes)


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
