"""What is drawn in a chart, read from its data."""

from __future__ import annotations

from typing import TypeVar

from sisim.report.chart.chart import Chart

M = TypeVar("M")


def marks_of(chart: Chart, kind: type[M]) -> list[M]:
    """Return the marks of a kind in all panels of a chart, in the order of drawing."""
    return [
        mark
        for _, columns in chart.rows
        for column in columns
        for panel in column.panels
        for mark in panel.marks
        if isinstance(mark, kind)
    ]
