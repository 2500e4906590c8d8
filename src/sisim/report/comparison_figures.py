"""The two comparison figures on paper: the project that ends, and the new way of working."""

from __future__ import annotations

from matplotlib.figure import Figure

from sisim.analysis.comparison import Comparison, View, Which, compare
from sisim.economics.valuation import Valuation
from sisim.report.chart.matplotlib_painter import paint
from sisim.report.comparison_chart import comparison_chart


def draw_comparison(source: Valuation | Comparison, view: View | None = None) -> Figure:
    """Draw both figures side by side: the project that ends, and the new way of working."""
    return paint(comparison_chart(compare(source, view)))


def draw_comparison_single(
    source: Valuation | Comparison, which: Which, view: View | None = None
) -> Figure:
    """Draw one of the two figures alone, on the same scales as in the pair."""
    return paint(comparison_chart(compare(source, view), (which,)))
